//! Random histories of tickets, dossiers and boards, wilder than any real day: starts before issues,
//! repeated ends, spans that overlap, corrections. Each has a site of its own, so that a report by
//! site gives the figures of each one alone.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::events::{DAY, line_from};

/// An instant of [`DAY`] in the given minutes, in text.
fn minute_of_day(rng: &mut ChaCha8Rng, minutes: std::ops::Range<u32>) -> String {
    let minute = rng.random_range(minutes);
    let (second, milli) = (rng.random_range(0..60), rng.random_range(0..1000));
    format!(
        "{DAY}T{:02}:{:02}:{second:02}.{milli:03}+07:00",
        minute / 60,
        minute % 60
    )
}

/// One ticket at site `t{n}`. Two histories of which the contract does not say what they mean are not
/// drawn: a repeated finish that leaves out its dossiers, and one without any start.
pub fn ticket(rng: &mut ChaCha8Rng, n: usize) -> Vec<String> {
    let site = format!("t{n}");
    let mut kinds = Vec::new();
    if rng.random_bool(0.9) {
        kinds.push("issued");
        if rng.random_bool(0.15) {
            kinds.push("issued");
        }
    }
    for (kind, most) in [("called", 3), ("started", 2), ("transferred", 2)] {
        for _ in 0..rng.random_range(0..=most) {
            kinds.push(kind);
        }
    }
    for _ in 0..rng.random_range(0..=2) {
        let once = kinds.contains(&"finished") && !kinds.contains(&"started");
        kinds.push(if !once && rng.random_bool(0.75) {
            "finished"
        } else {
            "abandoned"
        });
    }
    let refinished = kinds.iter().filter(|kind| **kind == "finished").count() > 1;
    let mut lines = Vec::new();
    for (i, kind) in kinds.iter().enumerate() {
        // Mostly in order: each kind in a part of the day of its own; sometimes anywhere.
        let usual = match *kind {
            "issued" => 480..500,
            "called" => 495..510,
            "started" | "transferred" => 500..530,
            _ => 520..560,
        };
        let time = if rng.random_bool(0.15) {
            minute_of_day(rng, 470..570)
        } else {
            minute_of_day(rng, usual)
        };
        let mut data = json!({"site": site, "ticket": "A1"});
        match *kind {
            "issued" | "transferred" => data["service"] = json!("certification"),
            "called" | "started" => data["counter"] = json!(rng.random_range(1..4).to_string()),
            "finished" if refinished || rng.random_bool(0.5) => {
                data["dossiers"] = json!(rng.random_range(1..5));
            }
            _ => {}
        }
        lines.push(line_from(
            &format!("{site}/k"),
            &format!("ticket.{kind}"),
            &time,
            &i.to_string(),
            data,
        ));
    }
    lines
}

/// A minute within some working days around [`DAY`], at any hour.
fn some_minute(rng: &mut ChaCha8Rng) -> String {
    let day = rng.random_range(16..=27);
    let minute = rng.random_range(7 * 60..18 * 60);
    format!(
        "2026-11-{day:02}T{:02}:{:02}:00+07:00",
        minute / 60,
        minute % 60
    )
}

/// One dossier submitted at site `d{n}`: any steps at any times, corrections and second ends among them.
pub fn dossier(rng: &mut ChaCha8Rng, n: usize) -> Vec<String> {
    let code = format!("D{n}");
    let mut steps: Vec<(&str, Value)> = vec![("submitted", json!({}))];
    for _ in 0..rng.random_range(0..=2) {
        let due = if rng.random_bool(0.85) {
            json!({"due_at": some_minute(rng)})
        } else {
            json!({})
        };
        steps.push(("accepted", due));
    }
    for (kind, most) in [
        ("supplement_requested", 3),
        ("supplemented", 2),
        ("suspended", 2),
        ("resumed", 2),
    ] {
        for _ in 0..rng.random_range(0..=most) {
            steps.push((kind, json!({})));
        }
    }
    for _ in 0..rng.random_range(0..=2) {
        steps.push(("extended", json!({"due_at": some_minute(rng)})));
    }
    if rng.random_bool(0.4) {
        steps.push(("digitised", json!({"parts": 2})));
    }
    for _ in 0..rng.random_range(0..=2) {
        let ends = [
            "resolved",
            "resolved",
            "resolved",
            "refused",
            "withdrawn",
            "stopped",
        ];
        steps.push((ends.choose(rng).expect("there are ends"), json!({})));
    }
    let mut lines = Vec::new();
    for (i, (kind, mut data)) in steps.into_iter().enumerate() {
        data["dossier"] = json!(code);
        let time = match kind {
            "submitted" => "2026-11-16T08:00:00+07:00".to_owned(),
            _ => some_minute(rng),
        };
        if kind == "submitted" {
            data["procedure"] = json!("1.000001");
            data["field"] = json!(
                ["đất đai", "hộ tịch"]
                    .choose(rng)
                    .expect("there are fields")
            );
            data["site"] = json!(format!("d{n}"));
            data["agency"] = json!(format!("agency/{}", n % 3));
        }
        lines.push(line_from(
            &format!("d{n}"),
            &format!("dossier.{kind}"),
            &time,
            &i.to_string(),
            data,
        ));
    }
    lines
}

/// A morning of a board with up to three services at site `b{n}`, with silences.
pub fn board(rng: &mut ChaCha8Rng, n: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for service in 0..rng.random_range(1..=3) {
        for i in 0..rng.random_range(1..40) {
            let data = json!({
                "site": format!("b{n}"),
                "service": format!("s{service}"),
                "waiting": rng.random_range(0..30),
                "open_counters": rng.random_range(0..6),
            });
            let time = minute_of_day(rng, 480..720);
            lines.push(line_from(
                &format!("b{n}/{service}"),
                "queue.snapshot",
                &time,
                &i.to_string(),
                data,
            ));
        }
    }
    lines
}
