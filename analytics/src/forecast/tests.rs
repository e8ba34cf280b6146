//! Courses told by hand, and chances against a city whose chances are known.

use super::course::Course;
use super::model::{Model, Split, Tried, Width};
use crate::live::dossier::{Dossier, DossierEvent as E, Filing, Settlement};
use crate::mark::Marks;
use crate::names::Name;
use crate::rules::Rules;
use ingest::event::EventTime;
use proptest::prelude::*;

const HOUR: i64 = 3_600_000_000;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

fn dossier(events: Vec<(&str, E)>) -> Dossier {
    let filing = E::Submitted(Box::new(Filing {
        procedure: "p".into(),
        field: "f".into(),
        site: "s".into(),
        agency: "a".into(),
        channel: None,
        home_unit: None,
        performer: None,
        verified_account: None,
        has_fee: None,
    }));
    let begin = [
        ("2026-11-02T08:00", filing),
        (
            "2026-11-02T09:00",
            E::Accepted(Some(at("2026-11-05T09:00"))),
        ),
    ];
    let all = begin.into_iter().chain(events);
    Dossier {
        marks: Marks::told(all.map(|(t, what)| (at(t), what))),
    }
}

#[test]
fn a_course_has_its_allotted_time_whatever_stood_still() {
    let rules = Rules::shipped().unwrap();
    let of = |events, t| Course::of(&dossier(events), at(t), &rules);
    let open = of(vec![], "2026-11-03T09:00").unwrap();
    assert_eq!(
        (open.allotted, open.used, open.late),
        (24 * HOUR, 8 * HOUR, None)
    );
    let stopped = vec![
        ("2026-11-03T09:00", E::SupplementRequested(None)),
        ("2026-11-04T09:00", E::Supplemented(None)),
        ("2026-11-04T11:00", E::Taken("b".into(), None)),
    ];
    let moved = of(stopped.clone(), "2026-11-05T09:00").unwrap();
    assert_eq!(
        (moved.allotted, moved.used, moved.due),
        (24 * HOUR, 16 * HOUR, at("2026-11-06T09:00"))
    );
    assert_eq!(
        (&**moved.step_at(9 * HOUR), &**moved.step_at(10 * HOUR)),
        ("a", "b")
    );
    // While it stands, nothing is used and what is left stays.
    let standing = of(stopped[..1].to_vec(), "2026-11-03T17:00").unwrap();
    assert_eq!((standing.allotted, standing.used), (24 * HOUR, 8 * HOUR));
    let late = of(
        vec![("2026-11-05T10:00", E::Resolved(Settlement::default()))],
        "2026-11-09T08:00",
    )
    .unwrap();
    assert_eq!(
        (late.late, late.used, late.is_open),
        (Some(true), 25 * HOUR, false)
    );
    assert_eq!(of(vec![], "2026-11-09T08:00").unwrap().late, Some(true));
    assert_eq!(
        of(
            vec![("2026-11-03T10:00", E::Withdrawn(None))],
            "2026-11-09T08:00"
        ),
        None
    );
}

fn course(agency: &str, procedure: &str, used: i64, late: bool, due: EventTime) -> Course {
    Course {
        procedure: procedure.into(),
        agency: agency.into(),
        due,
        allotted: 100 * HOUR,
        used: if late { 120 * HOUR } else { used * HOUR },
        late: Some(late),
        is_open: false,
        steps: vec![(0, Name::from(agency))],
    }
}

fn open(agency: &str, procedure: &str, used: i64) -> Course {
    Course {
        used: used * HOUR,
        late: None,
        is_open: true,
        ..course(agency, procedure, used, false, EventTime(0))
    }
}

#[test]
fn chances_are_those_of_the_dossiers_that_were_as_far() {
    let mut model = Model::default();
    // Nine in ten are done at half their time, and of those that are not every second one is late.
    for i in 0..2_000 {
        let (used, late) = if i % 10 == 0 {
            (90, i % 20 == 0)
        } else {
            (50, false)
        };
        model.learn(&course("a", "p", used, late, EventTime(0)));
    }
    let chance = |used| model.chance(&open("a", "p", used)).late;
    assert!((chance(0) - 0.05).abs() < 0.005, "{}", chance(0));
    assert!((chance(52) - 0.05).abs() < 0.005);
    assert!((chance(60) - 0.5).abs() < 0.02, "{}", chance(60));
    assert!(chance(95) > 0.9, "{}", chance(95));
    let told = model.chance(&open("a", "p", 60));
    let widths: Vec<Width> = told.groups.iter().map(|g| g.width).collect();
    assert_eq!(
        widths,
        [Width::City, Width::Agency, Width::Procedure, Width::Step]
    );
    assert_eq!((told.groups[0].open, told.groups[0].late), (200, 100));
    // Of an agency that nothing is known of, it is the city's.
    let strange = model.chance(&open("x", "y", 60));
    assert_eq!(strange.groups.len(), 1);
    assert_eq!(Model::default().chance(&open("a", "p", 60)).late, 0.5);
    let overdue = Course {
        late: Some(true),
        ..open("a", "p", 120)
    };
    assert_eq!(model.chance(&overdue).late, 1.0);
}

#[test]
fn three_dossiers_decide_little_and_three_hundred_nearly_all() {
    let mut model = Model::default();
    for i in 0..10_000 {
        model.learn(&course("a", "p", 99, i % 100 == 0, EventTime(0)));
    }
    let bad = |model: &mut Model, n| {
        (0..n).for_each(|_| model.learn(&course("b", "q", 99, true, EventTime(0))));
    };
    bad(&mut model, 3);
    let few = model.chance(&open("b", "q", 10)).late;
    assert!(few < 0.35, "{few}");
    bad(&mut model, 297);
    let many = model.chance(&open("b", "q", 10)).late;
    assert!(many > 0.95, "{many}");
}

#[test]
fn a_model_says_of_days_that_it_has_not_seen_what_comes() {
    // Two agencies whose dossiers are late with their own chances once they are slow.
    let mut seed = 7_u64;
    let mut draw = || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / f64::from(1_u32 << 31)
    };
    let split = Split {
        from: EventTime(0),
        try_from: EventTime(700 * HOUR),
        until: EventTime(1_000 * HOUR),
    };
    let courses: Vec<Course> = (0..20_000)
        .map(|_| {
            let due = EventTime((draw() * 1_000.0) as i64 * HOUR);
            let (agency, slow, late) = if draw() < 0.5 {
                ("a", 0.1, 0.2)
            } else {
                ("b", 0.4, 0.6)
            };
            let is_slow = draw() < slow;
            let is_late = is_slow && draw() < late;
            let used = if is_slow { 97 } else { 30 };
            course(agency, "p", used, is_late, due)
        })
        .collect();
    let tried = Tried::of(&courses, split);
    assert_eq!(tried.model.dossiers, 20_000);
    let calibration = &tried.calibration;
    assert!(calibration.n > 10_000);
    for bin in calibration.bins.iter().filter(|bin| bin.n > 500) {
        assert!((bin.said - bin.came).abs() < 0.03, "{bin:?}");
    }
    assert!(calibration.brier.unwrap() < 0.8 * calibration.brier_of_rate.unwrap());
    let chance = |agency, used| tried.model.chance(&open(agency, "p", used)).late;
    for (agency, used, expected) in [
        ("a", 40, 0.2),
        ("b", 40, 0.6),
        ("a", 0, 0.02),
        ("b", 0, 0.24),
    ] {
        assert!(
            (chance(agency, used) - expected).abs() < 0.03,
            "{agency} {used}: {}",
            chance(agency, used)
        );
    }
}

proptest! {
    /// A chance is one, and what is told of each group is part of the group before.
    #[test]
    fn a_chance_is_a_share(
        learned in prop::collection::vec((0_u8..3, 0_u8..3, 0_i64..100, any::<bool>()), 0..60),
        asked in (0_u8..4, 0_u8..4, 0_i64..130),
    ) {
        let mut model = Model::default();
        for (agency, procedure, used, late) in learned {
            model.learn(&course(&agency.to_string(), &procedure.to_string(), used, late, EventTime(0)));
        }
        let chance = model.chance(&open(&asked.0.to_string(), &asked.1.to_string(), asked.2));
        prop_assert!((0.0..=1.0).contains(&chance.late));
        for pair in chance.groups.windows(2) {
            prop_assert!(pair[1].open <= pair[0].open && pair[1].late <= pair[0].late);
        }
        prop_assert!(chance.groups.iter().all(|g| g.late <= g.open));
    }
}
