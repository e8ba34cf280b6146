//! Each sign and each reading on a case made for it, and on one that is innocent.

use super::quality::Quality;
use super::signs::{BURST, Rated, Sign, Signs, TOGETHER};
use crate::live::dossier::{Dossier, DossierEvent as E, Filing, Settlement};
use crate::mark::Marks;
use crate::registry::Registry;
use crate::rules::Rules;
use ingest::event::EventTime;
use ingest::event::types::RatingChannel;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

fn dossier(due: Option<&str>, events: Vec<(&str, E)>) -> Dossier {
    let filing = E::Submitted(Box::new(Filing {
        procedure: "1.001234.000.00.00.H26".into(),
        field: "f".into(),
        site: "s".into(),
        agency: "dept/a".into(),
        channel: None,
        home_unit: None,
        performer: None,
        verified_account: None,
        has_fee: None,
    }));
    let begin = [
        ("2026-11-02T08:00", filing),
        ("2026-11-02T09:00", E::Accepted(due.map(at))),
    ];
    let all = begin.into_iter().chain(events);
    Dossier {
        marks: Marks::told(all.map(|(t, what)| (at(t), what))),
    }
}

fn resolved() -> E {
    E::Resolved(Settlement::default())
}

fn seen(dossiers: &[Dossier], sign: Sign) -> u64 {
    let rules = Rules::shipped().unwrap();
    let mut signs = Signs::new(&rules, at("2026-11-01T00:00"), at("2026-12-01T00:00"));
    for (i, dossier) in dossiers.iter().enumerate() {
        signs.dossier(&format!("d{i}"), dossier);
    }
    let report = signs.finish();
    let told = report.signs.iter().find(|told| told.sign == sign).unwrap();
    assert_eq!(told.seen.by_unit.values().sum::<u64>(), told.seen.count);
    told.seen.count
}

#[test]
fn signs_of_dossiers_are_seen_and_innocent_ones_are_not() {
    let due = Some("2026-11-10T17:00");
    let good = || dossier(due, vec![("2026-11-05T10:00", resolved())]);
    let cases: [(Sign, Dossier, Dossier); 5] = [
        (
            Sign::EndsRewritten,
            dossier(
                due,
                vec![
                    ("2026-11-12T10:00", E::Stopped(None)),
                    ("2026-11-13T10:00", resolved()),
                ],
            ),
            // The same end told twice.
            dossier(
                due,
                vec![
                    ("2026-11-05T10:00", resolved()),
                    ("2026-11-05T10:00", resolved()),
                ],
            ),
        ),
        (
            Sign::ZeroDuration,
            dossier(None, vec![("2026-11-02T09:00", resolved())]),
            good(),
        ),
        (
            Sign::EndedBeforeSeen,
            dossier(due, vec![("2026-11-02T08:30", resolved())]),
            good(),
        ),
        (
            Sign::DueMoved,
            dossier(
                due,
                vec![(
                    "2026-11-09T10:00",
                    E::Extended(at("2026-11-20T17:00"), None),
                )],
            ),
            dossier(
                due,
                vec![(
                    "2026-11-09T10:00",
                    E::Extended(at("2026-11-20T17:00"), Some(true)),
                )],
            ),
        ),
        (
            Sign::AskedAtTheEdge,
            dossier(
                due,
                vec![("2026-11-10T14:00", E::SupplementRequested(None))],
            ),
            dossier(
                due,
                vec![("2026-11-03T14:00", E::SupplementRequested(None))],
            ),
        ),
    ];
    for (sign, odd, innocent) in cases {
        assert_eq!(seen(&[odd], sign), 1, "{sign:?}");
        assert_eq!(seen(&[innocent], sign), 0, "{sign:?}");
    }
    let moved = dossier(
        due,
        vec![
            ("2026-11-03T10:00", E::SupplementRequested(None)),
            (
                "2026-11-05T10:00",
                E::Extended(at("2026-11-20T17:00"), None),
            ),
        ],
    );
    assert_eq!(seen(&[moved], Sign::DueMoved), 0);
    let together: Vec<Dossier> = (0..TOGETHER).map(|_| good()).collect();
    assert_eq!(seen(&together, Sign::EndedTogether), TOGETHER as u64);
    assert_eq!(seen(&together[1..], Sign::EndedTogether), 0);
    // What happened before the span is not of it.
    let old = dossier(
        due,
        vec![
            ("2026-11-12T10:00", E::Stopped(None)),
            ("2026-11-13T10:00", resolved()),
        ],
    );
    let rules = Rules::shipped().unwrap();
    let mut signs = Signs::new(&rules, at("2026-11-20T00:00"), at("2026-12-01T00:00"));
    signs.dossier("old", &old);
    assert_eq!(signs.finish().dossiers, 0);
}

#[test]
fn signs_of_ratings_are_seen_and_innocent_ones_are_not() {
    let rules = Rules::shipped().unwrap();
    let rated = |time: EventTime, channel, lacks_visit| Rated {
        site: "s".into(),
        counter: Some("c1".into()),
        time,
        channel,
        lacks_visit,
    };
    let count = |ratings: &[Rated], sign| {
        let mut signs = Signs::new(&rules, at("2026-11-01T00:00"), at("2026-12-01T00:00"));
        for rating in ratings {
            signs.rating(rating);
        }
        let report = signs.finish();
        report
            .signs
            .into_iter()
            .find(|told| told.sign == sign)
            .unwrap()
            .seen
            .count
    };
    use RatingChannel::{App, Device, Officer};
    let morning = at("2026-11-03T09:00");
    let burst: Vec<Rated> = (0..BURST as i64)
        .map(|i| rated(morning.plus_seconds(i * 14), Device, false))
        .collect();
    assert_eq!(count(&burst, Sign::RatingBurst), 1);
    let apart: Vec<Rated> = (0..BURST as i64)
        .map(|i| rated(morning.plus_seconds(i * 15), Device, false))
        .collect();
    assert_eq!(count(&apart, Sign::RatingBurst), 0);
    assert_eq!(
        count(&[rated(morning, Officer, false)], Sign::RatingByOfficer),
        1
    );
    assert_eq!(
        count(&[rated(morning, Device, false)], Sign::RatingByOfficer),
        0
    );
    assert_eq!(
        count(&[rated(morning, Device, true)], Sign::RatingWithoutVisit),
        1
    );
    for (time, channel, expected) in [
        ("2026-11-03T18:01", Device, 1),
        ("2026-11-03T17:59", Device, 0),
        ("2026-11-03T12:30", Device, 0),
        ("2026-11-03T22:00", App, 0),
        ("2026-11-07T09:00", Device, 1),
    ] {
        let rating = rated(at(time), channel, false);
        assert_eq!(
            count(&[rating], Sign::RatingAfterClosing),
            expected,
            "{time}"
        );
    }
}

#[test]
fn odd_histories_are_counted_with_examples_in_any_order() {
    let rules = Rules::shipped().unwrap();
    let registry = Registry::default();
    let odd = [
        ("000.00.01.H26-261102-0001", dossier(None, vec![])),
        (
            "no form",
            dossier(
                Some("2026-11-10T17:00"),
                vec![("2026-11-05T10:00", resolved())],
            ),
        ),
        (
            "000.00.01.H26-261102-0002",
            dossier(Some("2026-11-01T17:00"), vec![]),
        ),
    ];
    let found = |order: &[usize]| {
        let mut quality = Quality::new(
            &rules,
            &registry,
            at("2026-11-01T00:00"),
            at("2026-12-01T00:00"),
        );
        for i in order {
            quality.add(odd[*i].0, &odd[*i].1);
        }
        quality.finish()
    };
    let all = found(&[0, 1, 2]);
    assert_eq!(all, found(&[2, 0, 1]));
    let counts: Vec<(&str, u64)> = all.found.iter().map(|r| (&*r.code, r.odd.count)).collect();
    assert_eq!(
        counts,
        [
            ("due_before_reception", 1),
            ("no_due_date", 1),
            ("code_form", 1),
            ("unregistered_site", 3),
            ("localised_procedure", 3),
        ]
    );
    assert_eq!(all.found[2].odd.examples, ["no form"]);
}
