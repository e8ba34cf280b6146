//! Each indicator's arithmetic on cases made for it.

use super::{at, day};
use crate::index::definition::{Definitions, Formula};
use crate::index::judge::Loss;
use crate::index::score::{Origin, Ratio, Scored, score, totals};
use crate::index::tally::{Asked, Index, Lost, Part, Wanted};
use crate::live::dossier::{Dossier, DossierEvent as E, Filing, Parts, Payment, Settlement};
use crate::live::petition::{Petition, PetitionEvent, Step};
use crate::mark::Marks;
use crate::registry::Registry;
use crate::rules::{Own, Rules};
use compact_str::CompactString;
use ingest::event::types::{DossierChannel, PaymentMethod};

const PROCEDURES: &str = "
[[procedure]]
code = \"1.000001\"
effective_from = \"2026-01-01\"
online = \"full\"
has_fee = true
pays_online = true
gives_paper = true
[[procedure]]
code = \"1.000002\"
effective_from = \"2026-01-01\"
online = \"partial\"
has_fee = true
gives_paper = false
[[procedure]]
code = \"1.000003\"
effective_from = \"2026-01-01\"
online = \"none\"
";

fn filing(procedure: &str, channel: DossierChannel, agency: &str) -> E {
    E::Submitted(Box::new(Filing {
        procedure: procedure.into(),
        field: "f".into(),
        site: "s".into(),
        agency: agency.into(),
        channel: Some(channel),
        home_unit: None,
        performer: None,
        verified_account: Some(channel == DossierChannel::Online),
        has_fee: None,
    }))
}

fn dossier(procedure: &str, channel: DossierChannel, events: Vec<(&str, E)>) -> Dossier {
    let first = ("2026-11-02T08:00", filing(procedure, channel, "dept/a"));
    let accepted = (
        "2026-11-02T09:00",
        E::Accepted(Some(at("2026-11-10T17:00"))),
    );
    let all = [first, accepted].into_iter().chain(events);
    Dossier {
        marks: Marks::told(all.map(|(t, what)| (at(t), what))),
    }
}

fn resolved(e_result: Option<bool>) -> E {
    E::Resolved(Settlement {
        result: None,
        e_result,
    })
}

fn digitised(reused: u32, from_store: u32) -> E {
    E::Digitised(Some(Box::new(Parts {
        parts: Some(3),
        reused: Some(reused),
        from_store: Some(from_store),
    })))
}

fn paid(method: PaymentMethod, amount: f64) -> E {
    E::Paid(Some(Box::new(Payment {
        method: Some(method),
        amount_vnd: Some(amount),
        via: None,
    })))
}

/// November's index as of its 20th, of some dossiers, with the losses of one indicator.
fn november(
    on: &str,
    dossiers: &[(&str, Dossier)],
    petitions: &[(CompactString, Petition)],
    ratings: &[(&str, u8)],
    losses: &str,
) -> (Vec<Scored>, Vec<Lost>, u64) {
    let rules = Rules::with(Own {
        procedures: Some(PROCEDURES),
        ..Own::default()
    })
    .unwrap();
    let registry = Registry::default();
    let definitions = Definitions::shipped().unwrap();
    let version = definitions.on(day(on));
    let wanted = version.indicators.iter().find(|i| i.code == losses);
    let asked = Asked {
        version,
        from: at("2026-11-01T00:00"),
        to: at("2026-11-20T08:00"),
        period_end: at("2026-12-01T00:00"),
        part: Part::City,
        losses: wanted.map(|indicator| Wanted { indicator, key: "" }),
    };
    let mut index = Index::new(asked, &rules, &registry);
    for (dossier, score) in ratings {
        index.rating(dossier, *score);
    }
    index.petitions(petitions);
    for (code, dossier) in dossiers {
        index.dossier(code, dossier);
    }
    let (mut parts, lost) = index.finish(|_, _| None);
    let city = parts.remove(0);
    (city.indicators, lost, city.at_risk)
}

fn of<'a>(scored: &'a [Scored], code: &str) -> &'a Scored {
    scored.iter().find(|s| s.code == code).unwrap()
}

fn assert_counts(scored: &[Scored], code: &str, good: f64, all: f64, points: f64) {
    let one = of(scored, code);
    assert_eq!(one.ratio, Some(Ratio { good, all }), "{code}");
    assert!(
        (one.points.unwrap() - points).abs() < 1e-9,
        "{code}: {:?}",
        one.points
    );
}

use DossierChannel::{Counter, Online};

#[test]
fn progress_counts_settled_and_open_dossiers_by_the_memos_rules() {
    let request = E::SupplementRequested(None);
    let supplemented = E::Supplemented(None);
    let old = |t: &'static str| {
        let marks = [
            ("2026-09-02T08:00", filing("p", Counter, "dept/a")),
            (
                "2026-09-02T09:00",
                E::Accepted(Some(at("2026-10-10T17:00"))),
            ),
            (t, resolved(None)),
        ];
        Dossier {
            marks: Marks::told(marks.into_iter().map(|(t, what)| (at(t), what))),
        }
    };
    let dossiers = [
        (
            "in time",
            dossier("p", Counter, vec![("2026-11-10T17:00", resolved(None))]),
        ),
        (
            "late",
            dossier("p", Counter, vec![("2026-11-11T08:00", resolved(None))]),
        ),
        ("open late", dossier("p", Counter, vec![])),
        (
            "asked twice, in time",
            dossier(
                "p",
                Counter,
                vec![
                    ("2026-11-03T09:00", request.clone()),
                    ("2026-11-03T10:00", supplemented.clone()),
                    ("2026-11-04T09:00", request.clone()),
                    ("2026-11-04T10:00", supplemented.clone()),
                    ("2026-11-05T10:00", resolved(None)),
                ],
            ),
        ),
        // Its end is the request: in time before the due date, and late after it.
        (
            "awaits",
            dossier("p", Counter, vec![("2026-11-10T09:00", request.clone())]),
        ),
        (
            "awaits, asked late",
            dossier("p", Counter, vec![("2026-11-12T09:00", request)]),
        ),
        (
            "stopped",
            dossier("p", Counter, vec![("2026-11-05T09:00", E::Stopped(None))]),
        ),
        (
            "withdrawn late",
            dossier("p", Counter, vec![("2026-11-12T09:00", E::Withdrawn(None))]),
        ),
        (
            "refused",
            dossier("p", Counter, vec![("2026-11-12T09:00", E::Refused(None))]),
        ),
        ("settled before", old("2026-10-30T08:00")),
        ("old and late", old("2026-11-03T08:00")),
    ];
    let (scored, lost, _) = november("2022-07-01", &dossiers, &[], &[], "2.1");
    assert_counts(&scored, "2.1", 3.0, 9.0, 20.0 * 3.0 / 9.0);
    let told: Vec<(&str, Loss)> = lost.iter().map(|l| (&*l.case, l.loss)).collect();
    assert_eq!(
        told,
        [
            ("old and late", Loss::SettledLate),
            ("late", Loss::SettledLate),
            ("open late", Loss::OpenLate),
            ("awaits, asked late", Loss::OpenLate),
            ("asked twice, in time", Loss::AskedTwice),
            ("withdrawn late", Loss::EndedLate),
        ]
    );
    let each = of(&scored, "2.1").points_each.unwrap();
    assert!((each * lost.len() as f64 - of(&scored, "2.1").lost.unwrap()).abs() < 1e-9);
}

#[test]
fn online_and_payment_have_their_denominators() {
    let dossiers = [
        (
            "a",
            dossier(
                "1.000001",
                Online,
                vec![
                    ("2026-11-03T08:00", paid(PaymentMethod::Online, 10_000.0)),
                    ("2026-11-05T08:00", resolved(Some(true))),
                ],
            ),
        ),
        // On paper and without an electronic result, an online dossier is not wholly one.
        (
            "b",
            dossier(
                "1.000001.000.00.00.H26",
                Online,
                vec![("2026-11-05T08:00", resolved(Some(false)))],
            ),
        ),
        (
            "c",
            dossier(
                "1.000001",
                Counter,
                vec![("2026-11-03T08:00", paid(PaymentMethod::Cash, 10_000.0))],
            ),
        ),
        (
            "d",
            dossier(
                "1.000002",
                Counter,
                vec![("2026-11-03T08:00", paid(PaymentMethod::Cash, 0.0))],
            ),
        ),
        ("e", dossier("1.000003", Counter, vec![])),
    ];
    let (scored, lost, _) = november("2022-07-01", &dossiers, &[], &[], "3.3");
    assert_counts(&scored, "3.1", 2.0, 3.0, 2.0 * (2.0 / 3.0) / 0.8);
    assert_counts(&scored, "3.2", 1.0, 2.0, 2.0);
    assert_counts(&scored, "3.3", 1.0, 5.0, 6.0 * 0.2 / 0.5);
    assert_eq!(lost.len(), 4);
    let costs = |code: &str| {
        let (_, lost, _) = november("2022-07-01", &dossiers, &[], &[], code);
        let told: Vec<(String, Loss)> = lost.into_iter().map(|l| (l.case, l.loss)).collect();
        told
    };
    assert_eq!(
        costs("3.1"),
        [("1.000003".to_owned(), Loss::ProcedureNotOffered)]
    );
    assert_eq!(
        costs("3.2"),
        [("1.000002".to_owned(), Loss::ProcedureNotUsedOnline)]
    );
    assert_eq!(
        costs("3.5a"),
        [("1.000002".to_owned(), Loss::PaymentNotOffered)]
    );
    assert_eq!(
        costs("3.5b"),
        [("1.000002".to_owned(), Loss::PaymentNotUsed)]
    );
    assert_eq!(costs("4.5a").len(), 2);
    assert_counts(&scored, "3.5a", 1.0, 2.0, 2.0 * 0.5 / 0.8);
    assert_counts(&scored, "3.5b", 1.0, 2.0, 2.0 * 0.5 / 0.8);
    // Of fee-bearing ones a is paid online, b not yet and c in cash; d's fee is nothing.
    assert_counts(&scored, "3.6", 1.0, 3.0, 2.0);
    let (scored, ..) = november("2026-11-01", &dossiers, &[], &[], "");
    assert_counts(&scored, "3.1", 2.0, 3.0, 8.0);
    assert_counts(&scored, "3.6", 1.0, 3.0, 10.0 / 3.0);
}

#[test]
fn digitisation_counts_what_was_settled_and_what_was_received() {
    let dossiers = [
        (
            "a",
            dossier(
                "1.000001",
                Online,
                vec![
                    ("2026-11-03T08:00", digitised(1, 1)),
                    ("2026-11-05T08:00", resolved(Some(true))),
                ],
            ),
        ),
        (
            "b",
            dossier(
                "1.000001",
                Counter,
                vec![
                    ("2026-11-03T08:00", digitised(0, 0)),
                    ("2026-11-05T08:00", resolved(Some(false))),
                ],
            ),
        ),
        // Its procedure yields no paper; nothing is said of an electronic result.
        (
            "c",
            dossier(
                "1.000002",
                Counter,
                vec![("2026-11-05T08:00", resolved(None))],
            ),
        ),
        ("d", dossier("1.000001", Counter, vec![])),
    ];
    let (scored, lost, _) = november("2022-07-01", &dossiers, &[], &[], "4.2");
    assert_counts(&scored, "4.1", 1.0, 2.0, 3.0);
    assert_counts(&scored, "4.2", 1.0, 3.0, 4.0 / 3.0 / 0.8);
    assert_counts(&scored, "4.3", 1.0, 4.0, 2.0 * 0.25 / 0.8);
    assert_counts(&scored, "4.4", 1.0, 4.0, 1.0);
    assert_counts(&scored, "4.5a", 1.0, 2.0, 1.0);
    assert_counts(&scored, "4.5b", 1.0, 4.0, 0.5);
    assert_eq!(of(&scored, "4.2").unreported, 1);
    let unreported: Vec<bool> = lost.iter().map(|l| l.unreported).collect();
    assert_eq!(unreported, [false, true]);
    assert!(lost.iter().all(|l| l.loss.cure().is_some()));
}

fn petition(steps: &[(&str, Step)], more: impl Fn(&mut PetitionEvent)) -> Petition {
    let marks = steps.iter().map(|(t, step)| {
        let mut event = PetitionEvent {
            step: *step,
            site: None,
            agency: None,
            field: None,
            about: None,
            due: Some(at("2026-11-10T17:00")),
            satisfied: None,
            dossier: None,
            repeat_of: None,
        };
        more(&mut event);
        (at(t), event)
    });
    Petition {
        marks: Marks::told(marks),
    }
}

#[test]
fn satisfaction_counts_petitions_and_the_dossiers_they_are_about() {
    let received = ("2026-11-02T08:00", Step::Received);
    let petitions = vec![
        (
            "good".into(),
            petition(&[received, ("2026-11-10T17:00", Step::Answered)], |_| {}),
        ),
        (
            "late".into(),
            petition(&[received, ("2026-11-11T08:00", Step::Answered)], |_| {}),
        ),
        (
            "open late".into(),
            petition(&[received], |p| p.dossier = Some("complained".into())),
        ),
        (
            "unsatisfied".into(),
            petition(&[received, ("2026-11-05T08:00", Step::Answered)], |p| {
                p.satisfied = Some(false);
            }),
        ),
        (
            "again".into(),
            petition(&[received, ("2026-11-05T08:00", Step::Answered)], |p| {
                p.repeat_of = Some("good".into());
            }),
        ),
        (
            "before".into(),
            petition(
                &[
                    ("2026-10-02T08:00", Step::Received),
                    ("2026-10-05T08:00", Step::Answered),
                ],
                |_| {},
            ),
        ),
    ];
    let settled = || dossier("p", Counter, vec![("2026-11-05T08:00", resolved(None))]);
    let dossiers = [
        ("liked", settled()),
        ("unrated", settled()),
        ("disliked", settled()),
        ("complained", settled()),
        (
            "late",
            dossier("p", Counter, vec![("2026-11-12T08:00", resolved(None))]),
        ),
        ("open", dossier("p", Counter, vec![])),
    ];
    let ratings = [("liked", 5), ("disliked", 2), ("unrated", 3)];
    let (scored, lost, _) = november("2022-07-01", &dossiers, &petitions, &ratings, "5.4");
    assert_counts(&scored, "5.2", 3.0, 5.0, 3.6);
    // `good` was said again.
    assert_counts(&scored, "5.3", 1.0, 5.0, 1.2);
    assert_counts(&scored, "5.4", 2.0, 5.0, 6.0 * 0.4 / 0.9);
    let told: Vec<(&str, Loss)> = lost.iter().map(|l| (&*l.case, l.loss)).collect();
    assert_eq!(
        told,
        [
            ("disliked", Loss::Disliked),
            ("complained", Loss::HasPetition),
            ("late", Loss::Late)
        ]
    );
    let (scored, ..) = november("2022-07-01", &[], &[], &[], "");
    for (code, points) in [
        ("5.2", Some(6.0)),
        ("5.3", Some(6.0)),
        ("5.4", Some(0.0)),
        ("2.1", None),
    ] {
        assert_eq!(of(&scored, code).points, points, "{code}");
        assert_eq!(of(&scored, code).origin, Origin::NoCase, "{code}");
    }
}

#[test]
fn what_nobody_knows_is_no_zero_and_what_people_enter_is_said_to_be() {
    let definitions = Definitions::shipped().unwrap();
    let version = definitions.on(day("2026-11-01"));
    let (scored, ..) = november("2026-11-01", &[], &[], &[], "");
    for code in ["1.1", "1.2", "1.3", "1.4", "4.6"] {
        assert_eq!(
            (of(&scored, code).points, of(&scored, code).origin),
            (None, Origin::Unknown),
            "{code}"
        );
    }
    let (groups, whole) = totals(version, &scored);
    assert_eq!(groups[0].1.max_known, 0.0);
    assert_eq!((whole.max, whole.points), (100.0, 12.0));
    assert!((whole.at_most() - (100.0 - whole.max_known + 12.0)).abs() < 1e-9);
    let one = version
        .indicators
        .iter()
        .find(|i| i.formula == Formula::PublishedOnTime)
        .unwrap();
    let entered = score(
        one,
        Some(Ratio {
            good: 9.0,
            all: 12.0,
        }),
        0,
        true,
    );
    assert_eq!(
        (entered.points, entered.origin),
        (Some(4.5), Origin::Entered)
    );
}

#[test]
fn what_is_due_before_the_periods_end_is_at_risk() {
    let open_until = |due: &str| {
        let marks = [
            ("2026-11-12T08:00", filing("p", Counter, "dept/a")),
            ("2026-11-12T09:00", E::Accepted(Some(at(due)))),
        ];
        Dossier {
            marks: Marks::told(marks.into_iter().map(|(t, what)| (at(t), what))),
        }
    };
    let dossiers = [
        ("soon", open_until("2026-11-25T17:00")),
        ("after", open_until("2026-12-02T17:00")),
        ("late", open_until("2026-11-19T17:00")),
    ];
    let (scored, _, at_risk) = november("2026-11-01", &dossiers, &[], &[], "");
    assert_counts(&scored, "2.1", 2.0, 3.0, 20.0 * 2.0 / 3.0);
    assert_eq!(at_risk, 1);
    let (_, lost, _) = november("2026-11-01", &dossiers, &[], &[], "2.1");
    let told: Vec<(&str, Loss)> = lost.iter().map(|l| (&*l.case, l.loss)).collect();
    assert_eq!(told, [("soon", Loss::AtRisk), ("late", Loss::OpenLate)]);
}
