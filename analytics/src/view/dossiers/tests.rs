//! The tally says what a count of everything says, whatever came in between and whatever the clock did.

use std::collections::BTreeSet;

use ingest::decode::{Decoder, Secret};
use ingest::event::{Event, EventTime};
use proptest::prelude::*;

use super::*;

/// Six days of ten-minute steps from a Friday's night, so that a weekend lies in them.
const STEPS: u16 = 6 * 144;

fn at(step: u16) -> EventTime {
    let begin = EventTime::parse_rfc3339("2026-11-20T00:00:00+07:00").unwrap();
    begin.plus_seconds(i64::from(step) * 600)
}

/// An event over few dossiers and few instants, so that they meet and tie.
fn line(n: usize, (kind, dossier, step, value): (u8, u8, u16, u8)) -> String {
    let due = at(u16::from(value) * 17 % STEPS);
    let (name, more) = match kind % 9 {
        0 | 1 => {
            let (site, agency) = (value % 3, value % 2);
            let filing =
                format!(r#","procedure":"p","field":"f","site":"s{site}","agency":"a{agency}""#);
            ("submitted", filing)
        }
        2 | 3 => ("accepted", format!(r#","due_at":"{due}""#)),
        4 => ("supplement_requested", String::new()),
        5 => ("supplemented", String::new()),
        6 => ("extended", format!(r#","due_at":"{due}""#)),
        7 => ("resolved", String::new()),
        _ => ("withdrawn", String::new()),
    };
    let time = at(step);
    format!(
        r#"{{"specversion":"1.0","id":"{n}","source":"x","type":"dossier.{name}","time":"{time}","data":{{"dossier":"d{}"{more}}}}}"#,
        dossier % 5
    )
}

fn events(told: &[(u8, u8, u16, u8)]) -> Vec<Event> {
    let lines = told.iter().enumerate().map(|(n, told)| line(n, *told));
    let text: Vec<String> = lines.collect();
    let batch = Decoder::new(&Secret::new([1; 32])).ndjson(text.join("\n").as_bytes(), None);
    assert_eq!(batch.len(), told.len(), "all are read");
    batch.events().cloned().collect()
}

/// A site's dossiers by the figures' own sums.
fn summed(state: &State, rules: &Rules, site: &str, now: EventTime) -> SiteDossiers {
    let (next, mut figures, mut due_today) = (EventTime(now.0 + 1), DossierFigures::default(), 0);
    for dossier in state.dossiers.values() {
        let d = dossier.at(next, rules);
        if d.filing.is_none_or(|f| &*f.site != site) {
            continue;
        }
        figures.add(&d, now.day().start(), next);
        let is_due = |due: EventTime| due.day() == now.day() && due >= now;
        due_today += u64::from(d.stage == Stage::Open && d.due.is_some_and(is_due));
    }
    SiteDossiers {
        in_progress: figures.in_progress(),
        due_today,
        overdue: figures.open_overdue,
        submitted_today: figures.submitted,
        resolved_today: figures.resolved(),
        resolved_overdue_today: figures.resolved_overdue,
    }
}

/// What happens to a tally between events.
#[derive(Debug, Clone)]
enum Act {
    /// What was touched is counted.
    Touch,
    /// Time is so many minutes further, or back.
    Pass(i64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Touch),
        6 => (0..300_i64).prop_map(Act::Pass),
        1 => (-2_000..2_000_i64).prop_map(Act::Pass),
    ]
}

proptest! {
    #[test]
    fn what_is_kept_up_is_what_is_counted_anew(
        told in proptest::collection::vec((any::<u8>(), any::<u8>(), 0..STEPS, any::<u8>()), 1..60),
        acts in proptest::collection::vec((0..4_usize, act()), 1..60),
    ) {
        let rules = Rules::shipped().unwrap();
        let mut events = events(&told).into_iter();
        let (mut state, mut tally) = (State::default(), DossierTally::default());
        let mut touched: BTreeSet<CompactString> = BTreeSet::new();
        let mut now = at(60);
        for (some, act) in acts {
            for event in events.by_ref().take(some) {
                state.apply(&event);
                touched.extend(event.body.dossier().map(|code| CompactString::from(code.as_str())));
            }
            let before: Vec<SiteDossiers> = (0..3).map(|s| tally.of(&format!("s{s}"))).collect();
            let mut concerned: BTreeSet<Name> = BTreeSet::new();
            concerned.extend(tally.touch(touched.iter(), &state, &rules, now));
            touched.clear();
            for (site, before) in ["s0", "s1", "s2"].into_iter().zip(before) {
                prop_assert!(tally.of(site) == before || concerned.contains(site));
            }
            if let Act::Pass(minutes) = act {
                now = now.plus_seconds(minutes * 60);
                tally.pass(&state, &rules, now);
                for site in ["s0", "s1", "s2"] {
                    prop_assert_eq!(tally.of(site), summed(&state, &rules, site, now));
                    let anew = site_dossiers(site, state.dossiers.values(), &rules, now);
                    prop_assert_eq!(anew, tally.of(site));
                }
            }
        }
    }
}

#[test]
fn due_now_is_due_today_and_overdue_a_moment_later_as_well() {
    let rules = Rules::shipped().unwrap();
    let due = at(60);
    let told = [
        r#"{"specversion":"1.0","id":"1","source":"x","type":"dossier.submitted","time":"2026-11-20T08:00:00+07:00","data":{"dossier":"d","procedure":"p","field":"f","site":"s0","agency":"a"}}"#.to_owned(),
        format!(r#"{{"specversion":"1.0","id":"2","source":"x","type":"dossier.accepted","time":"2026-11-20T08:00:00+07:00","data":{{"dossier":"d","due_at":"{due}"}}}}"#),
    ];
    let batch = Decoder::new(&Secret::new([1; 32])).ndjson(told.join("\n").as_bytes(), None);
    let mut state = State::default();
    for event in batch.events() {
        state.apply(event);
    }
    let mut tally = DossierTally::default();
    for moment in [-1, 0, 1] {
        let now = EventTime(due.0 + moment);
        tally.pass(&state, &rules, now);
        assert_eq!(tally.of("s0"), summed(&state, &rules, "s0", now));
        assert_eq!(tally.of("s0").in_progress, 1);
        assert_eq!(tally.of("s0").due_today, u64::from(moment <= 0));
    }
    assert_eq!(tally.of("s0").overdue, 1);
}
