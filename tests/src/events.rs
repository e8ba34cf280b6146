//! Writing event lines.

use std::ops::Range;

use serde_json::{Value, json};

/// The Monday that most tests use, a plain working day.
pub const DAY: &str = "2026-11-23";
/// The local midnight that ends [`DAY`].
pub const NEXT_DAY: &str = "2026-11-24";

/// One line (without its line end): type, local time of [`DAY`] as `08:01:02` or a whole RFC 3339
/// time, id, and data.
pub fn line(kind: &str, time: &str, id: &str, data: Value) -> String {
    line_from("test", kind, time, id, data)
}

/// As [`line`], from a source of one's own.
pub fn line_from(source: &str, kind: &str, time: &str, id: &str, data: Value) -> String {
    json!({"specversion":"1.0","id":id,"source":source,"type":kind,"time":at(time),"data":data})
        .to_string()
}

/// `08:01:02` or `08:01` on [`DAY`], or a whole RFC 3339 time as it is.
pub fn at(time: &str) -> String {
    match time.len() {
        0..=5 => format!("{DAY}T{time}:00+07:00"),
        6..=12 => format!("{DAY}T{time}+07:00"),
        _ => time.to_owned(),
    }
}

/// A `ticket.…` line whose id is made of its parts.
pub fn ticket(what: &str, time: &str, site: &str, ticket: &str) -> String {
    let mut data = json!({"site": site, "ticket": ticket});
    match what {
        "issued" | "transferred" => data["service"] = json!("certification"),
        "called" | "started" => data["counter"] = json!("1"),
        _ => {}
    }
    let id = format!("{site}/{ticket}/{what}/{time}").replace('+', "-");
    line(&format!("ticket.{what}"), time, &id, data)
}

/// A `ticket.issued` line at any instant of the machine's clock, for servers on wall time.
pub fn issued_now(site: &str, name: &str) -> String {
    let now = jiff::Timestamp::now().to_string();
    let data = json!({"site": site, "ticket": name, "service": "certification"});
    line("ticket.issued", &now, &format!("{site}/{name}"), data)
}

/// Lines joined as NDJSON, each with its line end.
pub fn ndjson<S: AsRef<str>>(lines: &[S]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line.as_ref());
        text.push('\n');
    }
    text
}

/// A batch of `size` issued tickets of its own, as lines of NDJSON.
pub fn tickets(number: usize, size: usize) -> String {
    let lines: Vec<String> = (0..size)
        .map(|i| {
            let ticket = format!("{number}-{i}");
            let data = json!({"site": "00004", "ticket": ticket, "service": "certification"});
            line("ticket.issued", "08:00:00", &ticket, data)
        })
        .collect();
    ndjson(&lines)
}

/// Signs of life of points' ticket machines every five minutes of [`DAY`], each over a span of its minutes, in order of time.
pub fn beats(points: &[(&str, Range<u32>)]) -> String {
    let mut lines = Vec::new();
    for minute in (0..288).map(|n| n * 5) {
        for (site, _) in points.iter().filter(|(_, span)| span.contains(&minute)) {
            let clock = format!("{:02}:{:02}:10", minute / 60, minute % 60);
            let data = json!({"site": site, "device": "k1", "kind": "ticket_machine"});
            let id = format!("{site}/{minute}");
            lines.push(line("device.heartbeat", &clock, &id, data));
        }
    }
    ndjson(&lines)
}
