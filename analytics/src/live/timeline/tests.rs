//! Timelines against the figures, and cases told by hand.

use std::sync::LazyLock;

use super::*;
use crate::live::dossier::{Filing, Settlement};
use crate::mark::Marks;
use crate::rules::Own;
use proptest::prelude::*;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

/// The agency works on Saturday mornings, and the city does not.
static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let own = "[[hours]]\nof = [\"agency/dept/a\"]\neffective_from = \"2026-01-01\"\n\
        weekdays = [\"08:00-12:00\", \"13:00-17:00\"]\nsaturday = [\"08:00-12:00\"]";
    Rules::with(Own {
        calendar: Some(own),
        ..Own::default()
    })
    .unwrap()
});

fn filing(agency: &str) -> DossierEvent {
    DossierEvent::Submitted(Box::new(Filing {
        procedure: "p".into(),
        field: "f".into(),
        site: "s".into(),
        agency: agency.into(),
        channel: None,
        home_unit: None,
        performer: None,
        verified_account: None,
        has_fee: None,
    }))
}

fn dossier(events: Vec<(EventTime, DossierEvent)>) -> Dossier {
    Dossier {
        marks: Marks::told(events),
    }
}

fn phases(timeline: &Timeline) -> Vec<(Phase, f64)> {
    let spans = timeline.spans.iter();
    spans.map(|s| (s.phase, s.working_hours)).collect()
}

#[test]
fn every_span_names_the_event_that_began_it() {
    use DossierEvent as E;
    use Phase as P;
    let dossier = dossier(vec![
        (at("2026-11-16T09:00"), filing("dept/b")),
        (
            at("2026-11-16T10:00"),
            E::Accepted(Some(at("2026-11-18T10:00"))),
        ),
        (
            at("2026-11-16T14:00"),
            E::Transferred("dept/c".into(), None),
        ),
        (at("2026-11-17T08:00"), E::SupplementRequested(None)),
        (at("2026-11-17T17:00"), E::Supplemented(None)),
        (at("2026-11-19T15:00"), E::Resolved(Settlement::default())),
        (at("2026-11-20T09:00"), E::Returned(None)),
    ]);
    let timeline = dossier.timeline(at("2026-11-23T08:00"), &RULES);
    assert_eq!(
        phases(&timeline),
        [
            (P::AwaitingReception, 1.0),
            (P::Running, 6.0),
            (P::AwaitingSupplement, 8.0),
            (P::Running, 10.0),
            (P::Overdue, 4.0),
            (P::AwaitingCollection, 3.0),
            (P::Over, 7.0),
        ]
    );
    let events: Vec<&str> = timeline.spans.iter().map(|s| s.because.event).collect();
    assert_eq!(
        events,
        [
            "submitted",
            "accepted",
            "supplement_requested",
            "supplemented",
            "accepted",
            "resolved",
            "returned"
        ]
    );
    let due = &timeline.due_dates[0];
    assert_eq!(
        (due.due, due.moved_to),
        (at("2026-11-18T10:00"), at("2026-11-19T10:00"))
    );
    let turns: Vec<(&str, f64)> = timeline
        .turns
        .iter()
        .map(|t| (&*t.holder, t.working_hours))
        .collect();
    assert_eq!(turns, [("dept/b", 3.0), ("dept/c", 17.0)]);
    assert_eq!(timeline.remarks, []);
}

#[test]
fn an_agencys_own_hours_count() {
    let of = |agency: &str| {
        dossier(vec![
            (at("2026-11-20T16:00"), filing(agency)),
            (at("2026-11-20T16:00"), DossierEvent::Accepted(None)),
            (
                at("2026-11-23T09:00"),
                DossierEvent::Resolved(Settlement::default()),
            ),
        ])
    };
    let worked = |agency: &str| {
        let state_at = at("2026-11-24T00:00");
        let dossier = of(agency);
        hours(dossier.at(state_at, &RULES).worked.unwrap())
    };
    assert_eq!((worked("dept/a"), worked("dept/b")), (6.0, 2.0));
}

#[test]
fn what_is_not_as_it_should_be_is_remarked_and_read() {
    use DossierEvent as E;
    use Remark as R;
    let t = |hour: i64| at("2026-11-16T08:00").plus_seconds(hour * 3600);
    let remarks = |events: Vec<(EventTime, E)>| {
        let mut events = events;
        events.sort_by_key(|(time, _)| *time);
        dossier(events).timeline(t(1_000), &RULES).remarks
    };
    let due = Some(t(100));
    for (events, expected) in [
        (vec![(t(0), E::Accepted(due))], vec![R::NoFiling]),
        (
            vec![
                (t(0), filing("a")),
                (t(1), E::Resolved(Settlement::default())),
            ],
            vec![R::NoReception],
        ),
        (
            vec![
                (t(0), filing("a")),
                (t(1), E::Accepted(None)),
                (t(2), E::Accepted(due)),
            ],
            vec![R::ReceivedTwice],
        ),
        (
            vec![(t(0), E::Accepted(due)), (t(1), filing("a"))],
            vec![R::ReceivedBeforeFiled],
        ),
        (
            vec![
                (t(0), filing("a")),
                (t(1), E::Taken("a".into(), None)),
                (t(2), E::Accepted(due)),
            ],
            vec![R::BeforeReception],
        ),
        (
            vec![(t(0), filing("a")), (t(2), E::Accepted(Some(t(1))))],
            vec![R::DueBeforeReception],
        ),
        (
            vec![(t(0), filing("a")), (t(1), E::Accepted(None))],
            vec![R::NoDueDate],
        ),
        (
            vec![
                (t(0), filing("a")),
                (t(1), E::Accepted(due)),
                (t(2), E::SupplementRequested(None)),
                (t(3), E::Supplemented(None)),
                (t(4), E::SupplementRequested(None)),
            ],
            vec![R::SupplementTwice],
        ),
        (
            vec![
                (t(0), filing("a")),
                (t(1), E::Accepted(due)),
                (t(2), E::Supplemented(None)),
            ],
            vec![R::SupplementUnasked],
        ),
        (
            // Told with a taking: that the clock goes on, where nothing had stopped it.
            vec![
                (t(0), filing("a")),
                (t(1), E::Accepted(due)),
                (t(2), E::Taken("a".into(), None)),
                (t(2), E::Supplemented(None)),
                (t(2), E::Resumed(None)),
            ],
            vec![],
        ),
        (
            // One reception and one end, each told twice.
            vec![
                (t(0), filing("a")),
                (t(1), E::Accepted(None)),
                (t(1), E::Accepted(due)),
                (t(2), E::Resolved(Settlement::default())),
                (t(2), E::Resolved(Settlement::default())),
            ],
            vec![],
        ),
        (
            vec![
                (t(0), filing("a")),
                (t(1), E::Accepted(due)),
                (t(2), E::Resolved(Settlement::default())),
                (t(3), E::SupplementRequested(None)),
                (t(4), E::Returned(None)),
            ],
            vec![R::AfterEnd],
        ),
        (
            vec![
                (t(0), filing("a")),
                (t(1), E::Accepted(due)),
                (t(2), E::Resolved(Settlement::default())),
                (t(3), E::Withdrawn(None)),
            ],
            vec![R::EndedTwice],
        ),
        (
            vec![
                (t(0), filing("a")),
                (t(1), E::Resolved(Settlement::default())),
                (t(2), E::Accepted(due)),
            ],
            vec![R::BeforeReception, R::AfterEnd, R::SettledBeforeReception],
        ),
    ] {
        assert_eq!(remarks(events.clone()), expected, "{events:?}");
    }
}

/// Some event of a dossier.
fn event(kind: u8, time: EventTime) -> DossierEvent {
    use DossierEvent as E;
    let due = time.plus_seconds((i64::from(kind) - 40) * 5_000);
    match kind % 16 {
        0 | 1 => filing(["dept/a", "dept/b"][usize::from(kind / 128)]),
        2 => E::Accepted(None),
        3 | 4 => E::Accepted(Some(due)),
        5 => E::SupplementRequested(None),
        6 => E::Supplemented(None),
        7 => E::Suspended(None),
        8 => E::Resumed(None),
        9 => E::Extended(due, None),
        10 => E::Taken("dept/b".into(), None),
        11 => E::Transferred("dept/c".into(), None),
        12 if kind < 128 => E::Resolved(Settlement::default()),
        13 if kind < 64 => E::Withdrawn(None),
        14 => E::Returned(None),
        _ => E::Digitised(None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// Whatever happened in whatever order: spans follow each other, the clock's are the time that figures count, and the
    /// due date and lateness are the figures'.
    #[test]
    fn a_timeline_is_the_figures_told(
        parts in proptest::collection::vec((any::<u8>(), 0..12_000_i64), 1..14), asked in 0..14_000_i64
    ) {
        let begin = at("2026-11-13T08:00");
        let mut events: Vec<_> = parts.iter().map(|(kind, minute)| {
            let time = begin.plus_seconds(minute * 60);
            (time, event(*kind, time))
        }).collect();
        events.sort_by_key(|(time, _)| *time);
        let dossier = dossier(events);
        let instant = begin.plus_seconds(asked * 60);
        let state = dossier.at(instant, &RULES);
        let timeline = dossier.timeline(instant, &RULES);
        let first = dossier.marks.before(instant).first().map(|mark| mark.time);
        prop_assert_eq!(timeline.spans.first().map(|s| s.from), first);
        for pair in timeline.spans.windows(2) {
            prop_assert_eq!(pair[0].to, Some(pair[1].from));
        }
        prop_assert!(timeline.spans.last().is_none_or(|last| last.to.is_none()));
        prop_assert_eq!(timeline.due_dates.last().map(|set| set.moved_to), state.due);

        let calendar = state.calendar;
        let until = state.ended.unwrap_or(instant);
        let running = timeline.spans.iter().filter(|s| s.phase.runs());
        let worked: WorkingUs = running.map(|s| calendar.between(s.from, s.to.unwrap_or(instant))).sum();
        if let Some(counted) = state.worked {
            prop_assert_eq!(worked, counted);
        }
        let turns: f64 = timeline.turns.iter().map(|turn| turn.working_hours).sum();
        prop_assert!(turns <= hours(worked) + 1e-3);

        let is_told = timeline.spans.iter().any(|s| s.phase == Phase::Overdue);
        let counts = matches!(state.stage, Stage::Open | Stage::Resolved);
        if let Some(due) = state.due.filter(|_| counts) {
            let began = state.began.unwrap_or(until);
            let is_late = until > due;
            prop_assert!(!is_told || is_late, "{timeline:?}");
            // Late by time in which nothing was worked, or before the clock began, or by a date that was past when it was
            // set, is late and nothing to tell.
            let sound_from = |set: &DueDate| set.because.time.max(began);
            let is_sound = timeline.due_dates.last().is_some_and(|set| set.due >= sound_from(set));
            if is_late && is_sound && calendar.between(due.max(began), until) > 0 && !state.paused {
                prop_assert!(is_told, "{timeline:?}");
            }
        } else if counts {
            prop_assert!(!is_told);
        }
    }
}
