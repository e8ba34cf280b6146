//! The process graph against a plain count, and backlogs and ways told by hand.

use super::backlog::{Backlogs, By};
use super::process::Process;
use super::routes::Routing;
use crate::live::dossier::{
    Dossier, DossierEvent as E, Filing, HandOut, HandOver, Settlement, StepKind,
};
use crate::mark::Marks;
use crate::registry::{Registered, Registry};
use crate::rules::Rules;
use ingest::event::EventTime;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

fn filing(site: &str, agency: &str, home: Option<&str>) -> E {
    E::Submitted(Box::new(Filing {
        procedure: "p".into(),
        field: "f".into(),
        site: site.into(),
        agency: agency.into(),
        channel: None,
        home_unit: home.map(Into::into),
        performer: None,
        verified_account: None,
        has_fee: None,
    }))
}

fn dossier(events: Vec<(EventTime, E)>) -> Dossier {
    Dossier {
        marks: Marks::told(events),
    }
}

fn event(kind: u8) -> E {
    match kind {
        0 => filing("s", "dept/a", None),
        1 => E::Accepted(None),
        2 => E::Transferred("b".into(), None),
        3 => E::Taken(
            "b".into(),
            Some(Box::new(HandOver {
                step: Some("ký".into()),
                ..HandOver::default()
            })),
        ),
        4 => E::SupplementRequested(None),
        5 => E::Supplemented(None),
        _ => E::Resolved(Settlement::default()),
    }
}

fn label(kind: u8) -> String {
    match event(kind) {
        E::Taken(..) => "taken: ký".to_owned(),
        other => other.kind().as_str().to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Counts, medians, courses and rework are those of a plain count over lists of words.
    #[test]
    fn the_graph_is_a_plain_count(
        courses in prop::collection::vec(prop::collection::vec((0_u8..7, 1_i64..200), 0..9), 0..40),
    ) {
        let mut process = Process::default();
        let mut edges: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
        let mut variants: BTreeMap<Vec<String>, u64> = BTreeMap::new();
        let (mut reworked, mut events) = (0, 0);
        for course in &courses {
            let mut t = at("2026-11-02T08:00");
            let mut marks = Vec::new();
            let mut words = Vec::new();
            for (kind, minutes) in course {
                t = t.plus_seconds(minutes * 60);
                marks.push((t, event(*kind)));
                words.push((label(*kind), *minutes));
            }
            process.add(&dossier(marks), at("2027-01-01T00:00"));
            if words.is_empty() {
                continue;
            }
            events += words.len() as u64;
            for pair in words.windows(2) {
                let key = (pair[0].0.clone(), pair[1].0.clone());
                edges.entry(key).or_default().push(pair[1].1 as f64 / 60.0);
            }
            let names: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
            edges.entry(("begin".to_owned(), names[0].clone())).or_default().push(0.0);
            edges.entry((names[names.len() - 1].clone(), "end".to_owned())).or_default().push(0.0);
            let mut sorted = names.clone();
            sorted.sort();
            sorted.dedup();
            reworked += u64::from(sorted.len() < names.len());
            *variants.entry(names).or_default() += 1;
        }
        let graph = process.finish(usize::MAX);
        prop_assert_eq!(graph.events, events);
        prop_assert_eq!(graph.reworked, reworked);
        prop_assert_eq!(graph.edges.len(), edges.len());
        for edge in &graph.edges {
            let mut hours = edges[&(edge.from.clone(), edge.to.clone())].clone();
            prop_assert_eq!(edge.count, hours.len() as u64);
            hours.sort_by(f64::total_cmp);
            let median = hours[hours.len().div_ceil(2) - 1];
            match edge.median_hours {
                Some(told) => prop_assert!((told - median).abs() <= 0.01 * median + 1e-9),
                None => prop_assert!(edge.from == "begin" || edge.to == "end"),
            }
        }
        let told: BTreeMap<Vec<String>, u64> =
            graph.variants.iter().map(|c| (c.activities.clone(), c.dossiers)).collect();
        prop_assert_eq!(told, variants);
        let done: u64 = graph.activities.iter().map(|a| a.count).sum();
        prop_assert_eq!(done, events);
        for activity in &graph.activities {
            prop_assert!(activity.repeated_in <= activity.dossiers && activity.dossiers <= activity.count);
        }
    }
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    let mut words: Vec<&str> = StepKind::ALL.iter().map(|kind| kind.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), StepKind::ALL.len());
    for (at, kind) in StepKind::ALL.iter().enumerate() {
        assert_eq!(*kind as usize, at);
    }
}

#[test]
fn a_backlog_is_with_whom_it_is_and_as_old_as_it_is() {
    let rules = Rules::shipped().unwrap();
    let now = at("2026-11-20T08:00");
    let open = |accepted: &str, due: Option<&str>, more: Vec<(EventTime, E)>| {
        let begin = vec![
            (at(accepted), filing("s", "dept/a", None)),
            (at(accepted), E::Accepted(due.map(at))),
        ];
        dossier([begin, more].concat())
    };
    let taken = vec![(at("2026-11-19T09:00"), E::Taken("tax/b".into(), None))];
    let all = [
        open("2026-11-19T09:00", Some("2026-11-20T17:00"), vec![]),
        open("2026-11-02T09:00", Some("2026-11-10T17:00"), taken),
        open("2026-11-18T09:00", None, vec![]),
        open(
            "2026-11-18T09:00",
            Some("2026-11-25T17:00"),
            vec![(at("2026-11-18T10:00"), E::Suspended(None))],
        ),
        open(
            "2026-11-18T09:00",
            None,
            vec![(at("2026-11-18T10:00"), E::Resolved(Settlement::default()))],
        ),
        dossier(vec![(
            at("2026-11-19T09:00"),
            filing("s", "commune/c", None),
        )]),
    ];
    let of = |by| {
        let mut backlogs = Backlogs::new(&rules, by, now);
        for dossier in &all {
            backlogs.add(dossier);
        }
        backlogs.finish()
    };
    let agencies = of(By::Agency);
    let a = &agencies["dept/a"];
    assert_eq!(
        (a.open, a.overdue, a.due_soon, a.paused, a.no_due_date),
        (4, 1, 1, 1, 1)
    );
    assert_eq!(a.age_days, [1, 2, 0, 0, 1, 0]);
    assert_eq!(a.oldest, Some(at("2026-11-02T09:00")));
    assert_eq!(agencies["commune/c"].awaiting_acceptance, 1);
    let holders = of(By::Holder);
    assert_eq!((holders["tax/b"].open, holders["dept/a"].open), (1, 3));
    let levels = of(By::Level);
    assert_eq!(
        (levels["city"].open, levels["commune"].awaiting_acceptance),
        (4, 1)
    );
}

#[test]
fn ways_are_counted_with_what_crosses_a_boundary() {
    let rules = Rules::shipped().unwrap();
    let point = |id: &str, unit: &str| Registered {
        id: id.into(),
        name: id.to_owned(),
        kind: "point",
        unit: unit.into(),
        lon: 105.8,
        lat: 21.0,
        coord_class: "A",
        open: true,
    };
    let registry = Registry::new(
        [point("s1", "u1"), point("s2", "u2")],
        ["u1".into(), "u2".into()],
    );
    let filed = |t: &str, site: &str, agency: &str, home: Option<&str>, out: Option<&str>| {
        let mut events = vec![(at(t), filing(site, agency, home))];
        events.extend(out.map(|site| {
            let out = HandOut {
                site: Some(site.into()),
                channel: None,
            };
            (at("2026-11-19T08:00"), E::Returned(Some(Box::new(out))))
        }));
        dossier(events)
    };
    let mut routing = Routing::new(
        &rules,
        &registry,
        at("2026-11-01T00:00"),
        at("2026-11-20T00:00"),
    );
    for dossier in [
        filed("2026-11-02T08:00", "s1", "dept/a", Some("u1"), Some("s1")),
        filed("2026-11-02T08:00", "s1", "dept/a", Some("u2"), Some("s2")),
        filed("2026-11-02T08:00", "s1", "dept/a", Some("u2"), Some("s2")),
        filed("2026-11-02T08:00", "s2", "ministry/x", None, None),
        filed("2026-11-02T08:00", "elsewhere", "dept/a", Some("u2"), None),
        filed("2026-10-02T08:00", "s1", "dept/a", Some("u2"), None),
    ] {
        routing.add(&dossier);
    }
    let routes = routing.finish(2);
    assert_eq!(
        (
            routes.dossiers,
            routes.home_known,
            routes.cross_boundary,
            routes.returned_elsewhere
        ),
        (5, 3, 2, 2)
    );
    assert_eq!(
        (routes.by_system["city"], routes.by_system["ministry"]),
        (4, 1)
    );
    assert_eq!(
        (routes.different, routes.ways.len(), routes.ways[0].dossiers),
        (4, 2, 2)
    );
}
