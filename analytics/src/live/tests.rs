//! Order never matters, repetition never matters: every figure, view and fact of a random day is the same
//! however its events are shuffled and repeated.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use ingest::decode::{Decoder, Secret};
use ingest::event::time::Day;
use ingest::event::{Event, EventTime};
use proptest::prelude::*;

use super::archive::{self, Key};
use super::dossier::Dossier;
use super::{State, checkpoint};
use crate::facts;
use crate::figures::boards::HOLD_S;
use crate::figures::within::Within;
use crate::figures::{Family, Question, answer};
use crate::registry::{Registered, Registry};
use crate::rules::Rules;
use crate::view;

/// Kinds of events over few entities and few instants, so that they meet and tie.
fn line(n: usize, kind: u8, entity: u8, minute: u16, value: u8) -> String {
    let (site, ticket) = (entity % 2, entity % 3);
    let dossier = format!("d{}", entity % 4);
    let counter = value % 2;
    let day = 23 + minute / 700;
    let at = |m: u16| {
        format!(
            "2026-11-{:02}T{:02}:{:02}:00+07:00",
            day,
            8 + (m % 700) / 60,
            m % 60
        )
    };
    let time = at(minute);
    let due = format!("2026-11-{:02}T15:00:00+07:00", 23 + value % 5);
    let (name, data) = match kind % 24 {
        0 => (
            "ticket.issued",
            format!(r#""site":"s{site}","ticket":"t{ticket}","service":"v{counter}""#),
        ),
        1 => (
            "ticket.called",
            format!(r#""site":"s{site}","ticket":"t{ticket}","counter":"c{counter}""#),
        ),
        2 => (
            "ticket.started",
            format!(r#""site":"s{site}","ticket":"t{ticket}","counter":"c{counter}""#),
        ),
        3 => (
            "ticket.finished",
            format!(
                r#""site":"s{site}","ticket":"t{ticket}","dossiers":{}"#,
                value % 3
            ),
        ),
        4 => (
            "ticket.abandoned",
            format!(r#""site":"s{site}","ticket":"t{ticket}""#),
        ),
        5 => (
            "ticket.transferred",
            format!(r#""site":"s{site}","ticket":"t{ticket}","service":"v{counter}""#),
        ),
        6 => (
            "queue.snapshot",
            format!(
                r#""site":"s{site}","service":"v{counter}","waiting":{value},"open_counters":1"#
            ),
        ),
        7 => (
            "rating.given",
            format!(
                r#""score":{},"channel":"kiosk","site":"s{site}""#,
                1 + value % 5
            ),
        ),
        8 => (
            "counter.opened",
            format!(r#""site":"s{site}","counter":"c{counter}","services":["v0"]"#),
        ),
        9 => (
            "counter.closed",
            format!(r#""site":"s{site}","counter":"c{counter}""#),
        ),
        10 => ("site.opened", format!(r#""site":"s{site}""#)),
        11 => (
            "device.heartbeat",
            format!(r#""site":"s{site}","device":"k1","kind":"kiosk""#),
        ),
        12 => (
            "dossier.submitted",
            format!(
                r#""dossier":"{dossier}","procedure":"p","field":"f{counter}","site":"s{site}","agency":"a{counter}""#
            ),
        ),
        13 => (
            "dossier.accepted",
            format!(r#""dossier":"{dossier}","due_at":"{due}""#),
        ),
        14 => ("dossier.accepted", format!(r#""dossier":"{dossier}""#)),
        15 => (
            "dossier.supplement_requested",
            format!(r#""dossier":"{dossier}""#),
        ),
        16 => ("dossier.supplemented", format!(r#""dossier":"{dossier}""#)),
        17 => ("dossier.suspended", format!(r#""dossier":"{dossier}""#)),
        18 => ("dossier.resumed", format!(r#""dossier":"{dossier}""#)),
        19 => (
            "dossier.extended",
            format!(r#""dossier":"{dossier}","due_at":"{due}""#),
        ),
        20 => ("dossier.resolved", format!(r#""dossier":"{dossier}""#)),
        21 => ("dossier.withdrawn", format!(r#""dossier":"{dossier}""#)),
        22 => ("dossier.digitised", format!(r#""dossier":"{dossier}""#)),
        _ => (
            "feedback.received",
            format!(r#""feedback":"f{counter}","site":"s{site}""#),
        ),
    };
    let source = if value.is_multiple_of(2) { "x" } else { "y" };
    format!(
        r#"{{"specversion":"1.0","id":"{n}","source":"{source}","type":"{name}","time":"{time}","data":{{{data}}}}}"#
    )
}

fn registry() -> Registry {
    let point = Registered {
        id: "s0".into(),
        name: "Điểm".to_owned(),
        kind: "point",
        unit: "u0".into(),
        lon: 105.8,
        lat: 21.0,
        coord_class: "A",
        open: true,
    };
    Registry::new([point], ["u0".into()])
}

/// Everything that can be asked of the state that events make, as one text.
fn everything(events: &[Event]) -> String {
    let mut state = State::default();
    for event in events {
        state.apply(event);
    }
    answers(&state)
}

/// Everything that can be asked of a state, as one text.
fn answers(state: &State) -> String {
    let (registry, rules) = (registry(), Rules::shipped().unwrap());
    let at = |s: &str| EventTime::parse_rfc3339(s).unwrap();
    let (from, to) = (
        at("2026-11-23T00:00:00+07:00"),
        at("2026-11-26T00:00:00+07:00"),
    );
    let mut out = String::new();
    for family in Family::ALL {
        let groupings = family.groupings().iter().copied().map(Some).chain([None]);
        for by in groupings {
            let question = Question {
                family,
                from,
                to,
                as_of: to,
                by,
                all: true,
                within: Within::ALL,
            };
            let table = answer(state, &registry, &rules, &question).unwrap();
            let _ = writeln!(
                out,
                "{family:?} {by:?}\n{}",
                table.to_csv(by.map(super::super::figures::group::By::as_str))
            );
        }
    }
    let now = at("2026-11-23T12:00:00+07:00");
    let mut sites: Vec<_> = state.lasting.places.keys().collect();
    sites.sort_unstable();
    for site in sites {
        let dossiers = state.dossiers.values();
        let counts = view::site_dossiers(site, dossiers, &rules, now);
        let live = view::site_live(state, &registry, &rules, site, counts, now);
        let visits = view::visits_today(state, site, now);
        let _ = writeln!(out, "{}", serde_json::to_string(&live.summary).unwrap());
        let place = state.lasting.places.get(site);
        let today = state.day_of(now.day(), site);
        let _ = writeln!(
            out,
            "{:?} {:?} {:?} {:?}",
            view::services(place, &visits, now),
            view::counters(place, today, &visits, now),
            view::boards(today, now),
            view::waits(place, &visits, now)
        );
    }
    let context = facts::Context {
        state,
        registry: &registry,
        rules: &rules,
    };
    for table in facts::TABLES {
        let rows = facts::changes(context, table, all()).unwrap();
        let rows: Vec<_> = rows
            .iter()
            .map(|(day, r)| (day, standing(r)))
            .filter(|(_, r)| r.num_rows() > 0)
            .collect();
        let _ = writeln!(out, "{} {rows:?}", table.name);
    }
    out
}

/// The rows that are not deletions: how a row came to its day is not order's business.
fn standing(rows: &ingest::store::Rows) -> arrow::array::RecordBatch {
    let stays = arrow::compute::not(&rows.deleted).unwrap();
    arrow::compute::filter_record_batch(&rows.batch, &stays).unwrap()
}

/// The whole journal.
fn all() -> facts::Window {
    facts::Window {
        since: 0,
        until: u64::MAX,
    }
}

type Stored = BTreeMap<(&'static str, ingest::event::time::Day, String), String>;

/// Takes the changes since a position as a store does: by key, the last counts, deletions take away.
fn take(context: facts::Context<'_>, window: facts::Window, stored: &mut Stored) {
    for table in facts::TABLES {
        for (day, rows) in facts::changes(context, table, window).unwrap() {
            for row in 0..rows.batch.num_rows() {
                let cell = |name: &str| {
                    let column = rows.batch.column_by_name(name).unwrap();
                    arrow::util::display::array_value_to_string(column, row).unwrap()
                };
                let key = table.key.iter().map(|name| cell(name) + "|").collect();
                let all: String = table
                    .columns
                    .iter()
                    .map(|(name, _)| cell(name) + "|")
                    .collect();
                if rows.deleted.value(row) {
                    stored.remove(&(table.name, day, key));
                } else {
                    stored.insert((table.name, day, key), all);
                }
            }
        }
    }
}

/// What has left, as a disk keeps it.
type Shelf = HashMap<Vec<u8>, Vec<u8>>;

/// Folds an event in; what it is about comes back before.
fn fold(state: &mut State, shelf: &Shelf, event: &Event) {
    if let Some(key) = state.lacks(event)
        && let Some(bytes) = shelf.get(&key.bytes())
    {
        assert_eq!(Key::from_bytes(&key.bytes()).as_ref(), Some(&key));
        state.restore(&key, bytes).unwrap();
    }
    state.apply(event);
}

/// Lets go what is over at an instant and has its rows in a store that has come to `taken`.
fn let_go(state: &mut State, shelf: &mut Shelf, now: EventTime, taken: u64) {
    state.let_go(now);
    for key in state.leaving(now, taken) {
        assert!(state.take_out(&key, 0).is_none(), "no store has its rows");
        let mut leaving = state.take_out(&key, taken).unwrap();
        assert!(!state.holds(&key));
        if leaving.changed.is_multiple_of(3) {
            state.put_back(key.clone(), &leaving);
            leaving = state.take_out(&key, taken).unwrap();
        }
        shelf.insert(key.bytes(), leaving.packed().unwrap());
    }
    state.tidy(now);
}

/// A state as of a checkpoint that is written while events go on coming: `until` of them before each block.
fn checkpointed(state: &mut State, shelf: &Shelf, coming: &[Event]) -> State {
    let plan = checkpoint::Plan::of(state);
    let mut blocks = vec![plan.head().to_vec()];
    let mut coming = coming.iter();
    for at in 0..plan.len() {
        if let Some(event) = coming.next() {
            fold(state, shelf, event);
        }
        blocks.push(plan.block(at, state));
    }
    coming.for_each(|event| fold(state, shelf, event));
    checkpoint::read(&blocks).unwrap()
}

/// Facts are made on the threads that all share, under the state's lock: while it is laid out anew they may all be waiting for it.
#[test]
fn laying_memory_out_anew_does_not_wait_for_the_threads_that_all_share() {
    let text: Vec<String> = (0..40_u16)
        .map(|n| line(usize::from(n), n as u8, n as u8, n * 7, 0))
        .collect();
    let batch = Decoder::new(&Secret::new([1; 32])).ndjson(text.join("\n").as_bytes(), None);
    let mut fresh = State::default();
    batch.events().for_each(|event| drop(fresh.apply(event)));
    let shown = answers(&fresh);
    let state = std::sync::RwLock::new(fresh);
    let shared = rayon::current_num_threads();
    let all_here = std::sync::Barrier::new(shared + 1);
    std::thread::scope(|scope| {
        let mut held = state.write().unwrap();
        scope.spawn(|| {
            rayon::broadcast(|_| {
                all_here.wait();
                drop(state.read());
            });
        });
        all_here.wait();
        held.compact().unwrap();
    });
    assert_eq!(answers(&state.into_inner().unwrap()), shown);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// Whatever has left, come back, left again, been laid out anew and been read from a checkpoint: once all is back, everything is as
    /// if it had stayed; and a store that took the changes along the way has the same rows.
    #[test]
    fn what_leaves_and_comes_back_was_never_gone(
        parts in proptest::collection::vec((any::<u8>(), any::<u8>(), 0..2_800_u16, 0..6_u8), 1..80),
        acts in proptest::collection::vec((any::<prop::sample::Index>(), 0..4_u8, 0..12_i64), 0..12),
    ) {
        let text: Vec<String> =
            parts.iter().enumerate().map(|(n, (k, e, m, v))| line(n, *k, *e, *m, *v)).collect();
        let batch = Decoder::new(&Secret::new([1; 32])).ndjson(text.join("\n").as_bytes(), None);
        let events: Vec<Event> = batch.events().cloned().collect();
        let (registry, rules) = (registry(), Rules::shipped().unwrap());
        let mut state = State::default();
        let mut shelf = Shelf::default();
        let mut stored = BTreeMap::new();
        let mut taken = 0;
        let begin = EventTime::parse_rfc3339("2026-11-23T12:00:00+07:00").unwrap();
        let mut n = 0;
        while n < events.len() {
            fold(&mut state, &shelf, &events[n]);
            n += 1;
            for (_, act, days) in acts.iter().filter(|(at, _, _)| at.index(events.len()) + 1 == n) {
                match act {
                    0 => {
                        let context = facts::Context { state: &state, registry: &registry, rules: &rules };
                        take(context, facts::Window { since: taken, until: state.events }, &mut stored);
                        taken = state.events;
                    }
                    1 => let_go(&mut state, &mut shelf, begin.plus_seconds(86_400 * days), taken),
                    2 => {
                        let (events, shown) = (state.events, answers(&state));
                        state.compact().unwrap();
                        prop_assert_eq!((state.events, answers(&state)), (events, shown));
                    }
                    _ => {
                        let coming = &events[n..(n + 3).min(events.len())];
                        let reread = checkpointed(&mut state, &shelf, coming);
                        prop_assert_eq!(reread.events, n as u64);
                        // The program stops, and goes on from the checkpoint.
                        state = reread;
                    }
                }
            }
        }
        let context = facts::Context { state: &state, registry: &registry, rules: &rules };
        take(context, facts::Window { since: taken, until: state.events }, &mut stored);
        // All comes back, as for a store that begins again.
        for (key, bytes) in &shelf {
            state.restore(&Key::from_bytes(key).unwrap(), bytes).unwrap();
        }
        prop_assert_eq!(answers(&state), everything(&events));
        let context = facts::Context { state: &state, registry: &registry, rules: &rules };
        let mut whole = BTreeMap::new();
        take(context, all(), &mut whole);
        prop_assert_eq!(stored, whole);
    }

    /// What has left bears on no answer about the time from which on the state is whole.
    #[test]
    fn what_left_bears_on_nothing_later(
        parts in proptest::collection::vec((any::<u8>(), any::<u8>(), 0..2_800_u16, 0..6_u8), 1..80),
        days in 0..12_i64,
    ) {
        let text: Vec<String> =
            parts.iter().enumerate().map(|(n, (k, e, m, v))| line(n, *k, *e, *m, *v)).collect();
        let batch = Decoder::new(&Secret::new([1; 32])).ndjson(text.join("\n").as_bytes(), None);
        let (registry, rules) = (registry(), Rules::shipped().unwrap());
        let mut state = State::default();
        batch.events().for_each(|event| drop(state.apply(event)));
        let begin = EventTime::parse_rfc3339("2026-11-23T12:00:00+07:00").unwrap();
        let now = begin.plus_seconds(86_400 * days);
        let ask = |state: &State, from: EventTime| {
            let mut out = String::new();
            for family in Family::ALL {
                for by in family.groupings().iter().copied().map(Some).chain([None]) {
                    // A board's last word holds for a while.
                    let from = from.plus_seconds(if family == Family::Boards { HOLD_S } else { 0 });
                    let question = Question { family, from, to: from.plus_seconds(200_000), as_of: now, by, all: true, within: Within::ALL };
                    let table = answer(state, &registry, &rules, &question).unwrap();
                    let _ = writeln!(out, "{family:?} {by:?} {:?}", table.rows);
                }
            }
            out
        };
        let from = Day(now.day().0 - archive::DAYS_STAY).start();
        let before = ask(&state, from);
        let_go(&mut state, &mut Shelf::default(), now, u64::MAX);
        prop_assert_eq!(state.whole_since, Some(from));
        prop_assert_eq!(ask(&state, from), before);
    }

    /// A dossier's history is all that its figures need.
    #[test]
    fn a_history_tells_what_a_dossier_was_at_any_instant(
        parts in proptest::collection::vec((12..23_u8, any::<u8>(), 0..1_400_u16, 0..6_u8), 1..60),
        hours in 0..96_i64,
    ) {
        let text: Vec<String> =
            parts.iter().enumerate().map(|(n, (k, e, m, v))| line(n, *k, *e, *m, *v)).collect();
        let batch = Decoder::new(&Secret::new([1; 32])).ndjson(text.join("\n").as_bytes(), None);
        let mut state = State::default();
        batch.events().for_each(|event| drop(state.apply(event)));
        let rules = Rules::shipped().unwrap();
        let at = EventTime::parse_rfc3339("2026-11-23T00:00:00+07:00").unwrap().plus_seconds(3600 * hours);
        for dossier in state.dossiers.values() {
            let told = Dossier::of_history(&dossier.history()).unwrap();
            prop_assert_eq!(told.at(at, &rules), dossier.at(at, &rules));
        }
    }

    #[test]
    fn any_order_and_repetition_of_events_gives_the_same_answers(
        parts in proptest::collection::vec((any::<u8>(), any::<u8>(), 0..1_400_u16, 0..6_u8), 1..60),
        order in any::<u64>(),
        repeats in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let text: Vec<String> =
            parts.iter().enumerate().map(|(n, (k, e, m, v))| line(n, *k, *e, *m, *v)).collect();
        let batch = Decoder::new(&Secret::new([1; 32])).ndjson(text.join("\n").as_bytes(), None);
        prop_assert_eq!(&batch.rejected, &[]);
        let events: Vec<Event> = batch.events().cloned().collect();
        let expected = everything(&events);

        let mut shuffled = events.clone();
        shuffled.extend(repeats.iter().map(|i| events[i.index(events.len())].clone()));
        // A permutation by a mixed key: as good as any for the purpose, and reproducible.
        let mut keyed: Vec<(u64, Event)> = shuffled
            .into_iter()
            .enumerate()
            .map(|(i, e)| ((i as u64 + 1).wrapping_mul(order | 1).rotate_left(23) ^ order, e))
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Event> = keyed.into_iter().map(|(_, e)| e).collect();
        prop_assert_eq!(everything(&shuffled), expected);
    }

    /// Bảng 01: the four parts of the partition always add up, at every instant.
    #[test]
    fn the_partition_of_dossiers_adds_up(
        parts in proptest::collection::vec((12..23_u8, any::<u8>(), 0..1_400_u16, 0..6_u8), 1..60),
        hours in 0..96_i64,
    ) {
        let text: Vec<String> =
            parts.iter().enumerate().map(|(n, (k, e, m, v))| line(n, *k, *e, *m, *v)).collect();
        let batch = Decoder::new(&Secret::new([1; 32])).ndjson(text.join("\n").as_bytes(), None);
        let mut state = State::default();
        batch.events().for_each(|event| drop(state.apply(event)));
        let from = EventTime::parse_rfc3339("2026-11-23T00:00:00+07:00").unwrap();
        let to = from.plus_seconds(3600 * (hours + 1));
        let question = Question { family: Family::Dossiers, from, to, as_of: to, by: None, all: false, within: Within::ALL };
        let table = answer(&state, &registry(), &Rules::shipped().unwrap(), &question).unwrap();
        let json = table.rows_json(None);
        let n = |name: &str| json[0][name].as_u64().unwrap();
        let by = |suffix: &str| ["resolved_early_or_on_time", "resolved_overdue", "in_progress_in_time", "in_progress_overdue"]
            .iter().map(|f| n(&format!("{f}{suffix}"))).sum::<u64>();
        prop_assert_eq!(by(""), n("total"));
        prop_assert_eq!(by("_by_date"), n("total"));
        prop_assert_eq!(n("resolved_early_or_on_time") + n("resolved_overdue"), n("resolved"));
    }

    /// A store that takes the changes now and then, some of them twice, ends with what one taking of all gives.
    #[test]
    fn changes_taken_in_pieces_are_the_whole(
        parts in proptest::collection::vec((any::<u8>(), any::<u8>(), 0..4_000_u16, 0..6_u8), 1..60),
        takings in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..6),
    ) {
        let text: Vec<String> =
            parts.iter().enumerate().map(|(n, (k, e, m, v))| line(n, *k, *e, *m, *v)).collect();
        let batch = Decoder::new(&Secret::new([1; 32])).ndjson(text.join("\n").as_bytes(), None);
        let events: Vec<Event> = batch.events().cloned().collect();
        let takings: Vec<(usize, bool)> =
            takings.iter().map(|(i, acknowledged)| (i.index(events.len() + 1), *acknowledged)).collect();
        let (registry, rules) = (registry(), Rules::shipped().unwrap());
        let mut state = State::default();
        let mut stored = BTreeMap::new();
        let mut since = 0;
        for (n, event) in events.iter().enumerate() {
            state.apply(event);
            for (_, acknowledged) in takings.iter().filter(|(at, _)| *at == n) {
                let context = facts::Context { state: &state, registry: &registry, rules: &rules };
                take(context, facts::Window { since, until: state.events }, &mut stored);
                if *acknowledged {
                    since = state.events;
                }
            }
        }
        let context = facts::Context { state: &state, registry: &registry, rules: &rules };
        // The rest in two windows.
        let middle = since + (state.events - since) / 2;
        take(context, facts::Window { since, until: middle }, &mut stored);
        take(context, facts::Window { since: middle, until: state.events }, &mut stored);
        let mut whole = BTreeMap::new();
        take(context, all(), &mut whole);
        prop_assert_eq!(stored, whole);
    }
}
