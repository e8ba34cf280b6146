//! Proves that who is for a part of the city sees that part as who sees all of it does, and nothing of the others: in every family of
//! figures, from memory and from the store, at the alert desk and in the live views.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use harness::caller::{Caller, key};
use harness::events::ndjson;
use harness::live::{Readers, View};
use harness::program::run;
use harness::server::{Clock, Server, Setup};
use reqwest::StatusCode;
use serde_json::{Value, json};

const SPAN: &str = "from=2026-11-23&to=2026-11-24";
/// Families, and by what the figures of one point or agency stand in everybody's answer.
const OF_POINTS: [&str; 6] = [
    "visits", "boards", "ratings", "dossiers", "duties", "feedback",
];
const OF_AGENCIES: [&str; 3] = ["dossiers", "duties", "feedback"];

fn rows(answer: &(StatusCode, Value)) -> Vec<Value> {
    assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
    answer.1["rows"].as_array().expect("rows").clone()
}

/// The row of a key, without it.
fn row_of(rows: &[Value], by: &str, key: &str) -> Option<Value> {
    let mut row = rows.iter().find(|row| row[by] == key)?.clone();
    row.as_object_mut().expect("an object").remove(by);
    Some(row)
}

/// The key with the most of something.
fn most(rows: &[Value], by: &str, of: &str) -> String {
    let most = rows.iter().max_by_key(|row| row[of].as_u64());
    most.expect("a row")[by].as_str().expect("a key").to_owned()
}

struct Callers {
    all: Caller,
    officer: Caller,
    liaison: Caller,
    site: String,
    agency: String,
}

/// A small city until half past ten, of which the two busiest points are not heard any more from half past nine on; and the busier one.
fn morning() -> (String, String) {
    let city = "simulate --days 1 --start 2026-11-23 --seed 7 --scale 0.05";
    let words: Vec<&str> = city.split(' ').collect();
    let lines = run(&words).done().stdout;
    let events: Vec<(&str, Value)> = lines
        .lines()
        .map(|line| (line, serde_json::from_str(line).expect("an event")))
        .collect();
    let is_before = |event: &Value, clock: &str| {
        let time = event["time"].as_str().expect("a time");
        time < &*format!("2026-11-23T{clock}")
    };
    let mut tickets: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, event) in events
        .iter()
        .filter(|(_, event)| event["type"] == "ticket.issued" && is_before(event, "09:30"))
    {
        *tickets
            .entry(event["data"]["site"].as_str().expect("a site"))
            .or_default() += 1;
    }
    let mut busiest: Vec<(&str, usize)> = tickets.into_iter().collect();
    busiest.sort_by_key(|(site, n)| (std::cmp::Reverse(*n), *site));
    let lost: Vec<&str> = busiest.iter().take(2).map(|(site, _)| *site).collect();
    let kept = events.iter().filter(|(_, event)| {
        let site = event["data"]["site"].as_str().unwrap_or_default();
        is_before(
            event,
            if lost.contains(&site) {
                "09:30"
            } else {
                "10:30"
            },
        )
    });
    let text = ndjson(&kept.map(|(line, _)| *line).collect::<Vec<_>>());
    (text, lost[0].to_owned())
}

/// Who asks about a city: everybody's supervisor, the officer of one point, the liaison of one agency, by default the busiest.
fn callers(server: &Server, data: &Path, site: &str, agency: Option<&str>) -> Callers {
    let supervisor = key(data, &["--role", "supervisor"]);
    let mut all = Caller::new(server, Some(&supervisor));
    let site = site.to_owned();
    let agency = agency.map_or_else(
        || {
            let dossiers = rows(&all.get(&format!("/api/v1/dossiers?{SPAN}&by=agency")));
            most(&dossiers, "agency", "accepted")
        },
        str::to_owned,
    );
    let officer = key(data, &["--role", "unit_officer", "--sites", &site]);
    let liaison = key(data, &["--role", "agency_liaison", "--agencies", &agency]);
    Callers {
        all,
        officer: Caller::new(server, Some(&officer)),
        liaison: Caller::new(server, Some(&liaison)),
        site,
        agency,
    }
}

/// The figures of the parts, each held against everybody's.
fn parts_are_parts(callers: &mut Callers) -> Vec<Value> {
    let Callers {
        all,
        officer,
        liaison,
        site,
        agency,
    } = callers;
    let mut told = Vec::new();
    for family in OF_POINTS {
        let path = format!("/api/v1/{family}?{SPAN}");
        let whole = row_of(&rows(&all.get(&format!("{path}&by=site"))), "site", site);
        let own = rows(&officer.get(&path));
        let by_site = rows(&officer.get(&format!("{path}&by=site&all=true")));
        assert!(
            by_site.iter().all(|row| row["site"] == *site),
            "{family}: {by_site:?}"
        );
        if let Some(whole) = whole {
            assert_eq!(own, std::slice::from_ref(&whole), "{family}");
            assert_eq!(row_of(&by_site, "site", site), Some(whole), "{family}");
        }
        let by_report = rows(&officer.get(&format!("/api/v1/report?family={family}&{SPAN}")));
        assert_eq!(by_report, own, "{family}");
        told.extend(own);
    }
    for family in OF_AGENCIES {
        let path = format!("/api/v1/{family}?{SPAN}");
        let whole = row_of(
            &rows(&all.get(&format!("{path}&by=agency"))),
            "agency",
            agency,
        );
        let own = rows(&liaison.get(&path));
        if let Some(whole) = whole {
            assert_eq!(own, [whole], "{family}");
        }
        told.extend(own);
    }
    // A nought would say that nobody had come.
    for family in ["visits", "boards", "ratings"] {
        for path in [
            format!("{family}?{SPAN}"),
            format!("report?family={family}&{SPAN}"),
        ] {
            let (status, refused) = liaison.get(&format!("/api/v1/{path}"));
            assert_eq!(
                (status, &refused["code"]),
                (StatusCode::FORBIDDEN, &json!("out_of_scope")),
                "{path}"
            );
        }
    }
    told
}

/// All cases, once points that are not heard stand among them: alone, or together.
fn silent_points(all: &mut Caller) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let told = all.get("/api/v1/alerts?state=all").1;
        let cases = told["alerts"].as_array().expect("cases").clone();
        let mut groups = cases.iter().filter_map(|case| case["group"].as_str());
        if groups.any(|group| ["silent", "outage"].contains(&group)) {
            return cases;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "two points are silent: {told}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn who_is_for_a_part_of_the_city_sees_it_as_everybody_does_and_nothing_else() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let (lines, site) = morning();
    let server = Server::start_locked(data.path(), Clock::Events);
    let source = key(data.path(), &["--role", "source"]);
    assert_eq!(
        Caller::new(&server, Some(&source)).events(&lines).0,
        StatusCode::OK
    );
    let mut callers = callers(&server, data.path(), &site, None);
    let in_memory = parts_are_parts(&mut callers);

    let all = rows(&callers.all.get("/api/v1/backlog?by=site"));
    let own = rows(&callers.officer.get("/api/v1/backlog?by=site"));
    let theirs: Vec<&Value> = all
        .iter()
        .filter(|row| row["key"] == callers.site)
        .collect();
    assert_eq!(own.iter().collect::<Vec<_>>(), theirs);

    // The alert desk: everybody's cases that name the part, and no others.
    let every = silent_points(&mut callers.all);
    let is_of = |case: &Value, site: &str, agency: &str| {
        let is_member = case["members"]
            .as_array()
            .is_some_and(|all| all.iter().any(|m| m == site));
        case["site"] == site || case["agency"] == agency || is_member
    };
    let agency = callers.agency.clone();
    for (caller, site, agency) in [
        (&mut callers.officer, &*site, "-"),
        (&mut callers.liaison, "-", &*agency),
    ] {
        let (status, seen) = caller.get("/api/v1/alerts?state=all");
        assert_eq!(status, StatusCode::OK, "{seen}");
        let seen = seen["alerts"].as_array().expect("cases");
        let ids: Vec<&Value> = seen.iter().map(|case| &case["id"]).collect();
        let theirs = every.iter().filter(|case| is_of(case, site, agency));
        let theirs = theirs.collect::<Vec<_>>();
        assert!(
            site == "-" || !theirs.is_empty(),
            "the point is not heard: {every:?}"
        );
        assert_eq!(
            ids,
            theirs.iter().map(|case| &case["id"]).collect::<Vec<_>>()
        );
        for case in &every {
            let id = case["id"].as_str().expect("an id");
            let (status, _) = caller.get(&format!("/api/v1/alerts/{id}"));
            let (act, _) = caller.post(
                &format!("/api/v1/alerts/{id}/explain"),
                &json!({"by": "seat/9", "text": "đang xử lý"}),
            );
            // A case of several points is seen, and is the room's to act on.
            let wanted = match (
                ids.contains(&&case["id"]),
                case["subject"]["kind"] == "city",
            ) {
                (false, _) => [StatusCode::NOT_FOUND; 2],
                (true, true) => [StatusCode::OK, StatusCode::FORBIDDEN],
                (true, false) => [StatusCode::OK; 2],
            };
            assert_eq!([status, act], wanted, "{id}");
        }
        for case in seen {
            let members = case["members"].as_array().expect("members");
            assert!(members.iter().all(|member| member == site), "{case}");
        }
    }

    // Live: a snapshot and what follows.
    let reader = Readers::new();
    let follow = |caller: &mut Caller, topic: &str| {
        let (status, ticket) = caller.post("/api/v1/session/ticket", &json!({}));
        assert_eq!(status, StatusCode::OK, "{ticket}");
        let url = format!(
            "{}?ticket={}",
            server.ws_url(),
            ticket["ticket"].as_str().expect("a ticket")
        );
        reader.subscribe(&url, topic)
    };
    let of_officer = follow(&mut callers.officer, "city");
    let of_all = follow(&mut callers.all, "city");
    let key = format!("site/{site}");
    let later = format!(
        r#"{{"specversion":"1.0","id":"late","source":"part","type":"ticket.issued","time":"2026-11-23T10:29:59+07:00","data":{{"site":"{site}","ticket":"Z1","service":"v"}}}}"#
    );
    let before = of_officer.first();
    assert_eq!(
        Caller::new(&server, Some(&source)).events(&later).0,
        StatusCode::OK
    );
    let changed = of_officer.until("the ticket is told", |view: &View| {
        view.values.get(&key) != before.values.get(&key)
    });
    let whole = of_all.until("everybody is told", |view: &View| {
        view.values.get(&key) == changed.values.get(&key)
    });
    let keys: Vec<&str> = changed.values.keys().map(|key| &**key).collect();
    assert_eq!(keys, ["clock", &key, "source"]);
    assert!(whole.values.len() > 100);
    let cases = follow(&mut callers.liaison, "alerts").first();
    assert!(
        cases
            .values
            .keys()
            .all(|key| key == "clock" || key.starts_with("a/")),
        "{cases:?}"
    );
    let refused = follow(&mut callers.officer, "feed");
    refused.until_other("it is as if there were no such topic", |other| {
        other["code"] == "unknown_topic"
    });
    drop((of_officer, of_all, refused));

    // The store gives the same parts.
    assert!(server.stop().success());
    let setup = Setup {
        locked: true,
        env: &[("VONGLAU_ANSWERS_FROM", "store")],
        ..Setup::default()
    };
    let server = Server::start_with(data.path(), Clock::Events, setup);
    let mut callers = self::callers(&server, data.path(), &site, Some(&agency));
    let from_store = parts_are_parts(&mut callers);
    // A ticket more was issued in between.
    assert_eq!(from_store.len(), in_memory.len());
    assert_eq!(from_store[1..], in_memory[1..]);
}
