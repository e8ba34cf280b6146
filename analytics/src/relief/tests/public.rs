//! What the public is told, and what it is not.

use serde_json::{Value, json};

use super::estimate::{at, door, live, morning, registry, state};
use crate::live::State;
use crate::names::Name;
use crate::relief::opening::Opening;
use crate::relief::public::{PointNow, feed};
use crate::relief::{Basis, Expected, Neighbour, Neighbours, Outlook, Settings, Today};
use crate::view::SiteLive;
use ingest::event::EventTime;

fn told(state: &State, sites: &[&str], now: EventTime) -> Value {
    let registry = registry(sites);
    let lives: Vec<(SiteLive, Opening)> = sites
        .iter()
        .map(|site| (live(state, &registry, site, now), door(state, site, now)))
        .collect();
    let near = |to: &&str| Neighbour {
        site: Name::from(*to),
        minutes: 6.2,
        km: 2.0,
        approximate: false,
    };
    let neighbours: Neighbours = sites
        .iter()
        .map(|from| {
            let others = sites.iter().filter(|to| *to != from);
            (Name::from(*from), others.map(near).collect())
        })
        .collect();
    let today = Today::of(lives.iter().map(|(live, door)| (live, *door)), now);
    let points = lives.iter().map(|(live, opening)| PointNow {
        summary: &live.summary,
        opening: *opening,
    });
    let list = feed(points, &today, &neighbours, &Settings::default(), now, true);
    serde_json::to_value(list).unwrap()
}

#[test]
fn a_long_wait_a_short_one_and_no_data() {
    let mut events = morning("busy", 12, 26, 2);
    events.extend(morning("calm", 10, 1, 0));
    events.push((
        "counter.resumed",
        "23T09:20",
        r#""site":"calm","counter":"c""#.to_owned(),
    ));
    let state = state(&events);
    let list = told(&state, &["calm", "busy", "mute"], at("23T09:25"));
    assert_eq!(list["as_of"], "2026-11-23T09:25:00+07:00");
    assert_eq!(
        (&list["simulated"], &list["standard_min"]),
        (&json!(true), &json!(15))
    );
    let ids: Vec<_> = list["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["id"])
        .collect();
    assert_eq!(ids, ["busy", "calm", "mute"], "in order of code");
    assert_eq!(
        list["points"][0],
        json!({
            "id": "busy", "name": "Điểm busy", "kind": "point", "lon": 105.8, "lat": 21.0,
            "state": "open", "opens_at": null, "closes_at": "2026-11-23T12:00:00+07:00",
            "heard_at": "2026-11-23T09:22:00+07:00", "waiting": 2, "waiting_source": "tickets",
            "wait": {"from_min": 25, "to_min": 30, "sample": 12, "basis": "hour"},
            "over_standard": true,
            // 26 minutes here; there one minute and 6.2 of travel. It pays for one: a second has four minutes more there
            // and four fewer here, and costs those who come there anyway.
            "neighbour": {"id": "calm", "name": "Điểm calm", "travel_min": 7, "approximate": false,
                          "from_min": 0, "to_min": 5, "saves_min": 18},
        })
    );
    let calm = &list["points"][1];
    assert_eq!(
        (&calm["over_standard"], &calm["neighbour"]),
        (&json!(false), &Value::Null)
    );
    let mute = &list["points"][2];
    assert_eq!(mute["state"], "no_data");
    for figure in [
        "waiting",
        "wait",
        "over_standard",
        "neighbour",
        "heard_at",
        "waiting_source",
    ] {
        assert_eq!(mute[figure], Value::Null, "{figure}");
    }
}

#[test]
fn at_night_it_is_closed_and_says_until_when() {
    let state = state(&morning("s", 12, 26, 0));
    let list = told(&state, &["s", "mute"], at("23T20:00"));
    for point in list["points"].as_array().unwrap() {
        assert_eq!(point["state"], "closed");
        assert_eq!(
            point["opens_at"], "2026-11-25T08:00:00+07:00",
            "the 24th is a day off"
        );
        assert_eq!(
            (&point["wait"], &point["waiting"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[test]
fn a_site_that_is_not_registered_is_not_told_and_nothing_more_than_the_shape() {
    let state = state(&morning("s", 12, 26, 2));
    let now = at("23T09:25");
    let live = live(&state, &registry(&[]), "s", now);
    let point = PointNow {
        summary: &live.summary,
        opening: door(&state, "s", now),
    };
    let today = Today::of([(&live, point.opening)], now);
    let neighbours = Neighbours::default();
    let list = feed(
        [point],
        &today,
        &neighbours,
        &Settings::default(),
        now,
        false,
    );
    assert!(list.points.is_empty());
    let told = told(&state, &["s"], now);
    let mut names: Vec<&str> = told["points"][0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names.join(" "),
        "closes_at heard_at id kind lat lon name neighbour opens_at over_standard state wait waiting waiting_source"
    );
}

/// Says what it was told to.
struct Said(Expected);

impl Outlook for Said {
    fn expected(&self, _: &str, _: f64) -> Option<Expected> {
        Some(self.0.clone())
    }
}

#[test]
fn no_wait_of_fewer_than_five_people_is_told() {
    let state = state(&morning("s", 12, 26, 2));
    let now = at("23T09:25");
    let live = live(&state, &registry(&["s"]), "s", now);
    let wait = |basis, sample| {
        let outlook = Said(Expected {
            wait_s: Some(600.0),
            basis,
            sample,
            ..Expected::default()
        });
        let point = PointNow {
            summary: &live.summary,
            opening: door(&state, "s", now),
        };
        let (near, settings) = (Neighbours::default(), Settings::default());
        let list = feed([point], &outlook, &near, &settings, now, false);
        let point = serde_json::to_value(&list.points[0]).unwrap();
        assert_eq!(point["wait"].is_null(), point["over_standard"].is_null());
        point["wait"]["sample"].clone()
    };
    for basis in [Some(Basis::Hour), Some(Basis::Queue), None] {
        assert_eq!((wait(basis, 4), wait(basis, 5)), (Value::Null, json!(5)));
    }
    assert_eq!(wait(Some(Basis::Forecast), 2), 2, "whole days of people");
}
