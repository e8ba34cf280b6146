//! The planner's questions over HTTP: what changes would change, scenarios that are kept, features for a GIS.

use harness::server::{Clock, Server, fresh};
use reqwest::Method;
use serde_json::{Value, json};

fn add(id: &str, lon: f64, lat: f64) -> Value {
    json!({"do": "add", "id": id, "name": "Nhà văn hoá thôn 3", "kind": "community", "lon": lon, "lat": lat})
}

#[test]
fn what_a_point_more_would_change_is_what_coverage_of_both_differs_by() {
    let it = fresh(Clock::Events);
    let ask = |body: Value| it.http.post_json("/api/v1/coverage/scenario", &body);
    // By foot half an hour is not far: a point more in the mountains reaches people whom none does.
    let words = json!({"mode": "walk", "rule": "time", "minutes": 30});
    let with = |changes: Value| {
        let mut body = words.clone();
        body["changes"] = changes;
        body
    };
    let none = ask(with(json!([]))).ok();
    assert_eq!(none["gained"], 0);
    assert_eq!(none["cells"], json!([]));
    let before = it
        .http
        .get("/api/v1/coverage?mode=walk&rule=time&summary=true", &[])
        .ok();
    assert_eq!(none["before"], before["city"]);
    assert_eq!(
        none["question"]["kinds"],
        json!(["branch", "point", "community", "mobile"])
    );

    let told = ask(with(json!([add("new-1", 105.37, 21.07)]))).ok();
    let count = |value: &Value| value.as_i64().expect("people");
    assert!(count(&told["gained"]) > 0, "{told}");
    assert_eq!(told["lost"], 0);
    let grown = count(&told["after"]["covered"]) - count(&told["before"]["covered"]);
    assert_eq!(grown, count(&told["gained"]));
    let cells = told["cells"].as_array().expect("cells");
    let newly = cells
        .iter()
        .filter(|c| c["after"]["covered"] == true && c["before"]["covered"] == false);
    let people: i64 = newly.map(|c| count(&c["population"])).sum();
    assert_eq!(people, count(&told["gained"]));
    let point = &told["points"][0];
    assert_eq!(
        point["rescued"], told["gained"],
        "it alone covers whom it gains"
    );
    assert!(count(&point["people"]) >= people);

    let all = {
        let mut body = with(json!([add("new-1", 105.37, 21.07)]));
        body["cells"] = json!("all");
        ask(body).ok()
    };
    let after: i64 = all["cells"]
        .as_array()
        .expect("cells")
        .iter()
        .filter(|c| c["after"]["covered"] == true)
        .map(|c| count(&c["population"]))
        .sum();
    assert_eq!(after, count(&told["after"]["covered"]));
}

#[test]
fn what_cannot_be_is_told_and_the_rest_is_done() {
    let it = fresh(Clock::Events);
    let ask = |body: Value| it.http.post_json("/api/v1/coverage/scenario", &body);
    let told = ask(json!({"changes": [
        {"do": "remove", "id": "nobody"}, add("exchanged", 21.0, 105.8), add("sea", 108.0, 20.0), add("good", 105.8, 21.0),
    ]}))
    .ok();
    let codes: Vec<&Value> = told["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .map(|w| &w["code"])
        .collect();
    assert_eq!(codes, ["unknown_point", "swapped", "outside"]);
    assert_eq!(told["points"].as_array().map(Vec::len), Some(1));
    for (body, code) in [
        (json!({"mode": "boat"}), "bad_request"),
        (json!({"minutes": -1}), "bad_request"),
        (json!({"colour": "red"}), "bad_request"),
        (
            json!({"changes": [{"do": "add", "id": "", "name": "x", "kind": "point", "lon": 105.8, "lat": 21.0}]}),
            "bad_change",
        ),
        (
            json!({"changes": vec![json!({"do": "remove", "id": "x"}); 501]}),
            "too_many_changes",
        ),
    ] {
        let answer = ask(body.clone());
        assert!(
            (400..=422).contains(&answer.status),
            "{body}: {}",
            answer.status
        );
        let problem: Value = serde_json::from_str(&answer.text).expect("a problem");
        assert_eq!(problem["code"], code, "{body}");
    }
}

#[test]
fn scenarios_are_kept_changed_and_taken_away_across_a_restart() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(data.path(), Clock::Events);
    let body = json!({
        "name": "Thêm điểm Ba Vì", "note": "", "by": "planner", "question": {"mode": "walk"},
        "changes": [add("new-1", 105.37, 21.07)],
    });
    let saved = server.http().post_json("/api/v1/scenarios", &body).ok();
    let id = saved["id"].as_str().expect("an id").to_owned();
    assert_eq!(saved["question"]["minutes"], 30.0);
    assert_eq!(saved["changes"], body["changes"]);
    let path = format!("/api/v1/scenarios/{id}");
    let mut other = body.clone();
    other["name"] = json!("Thêm điểm Ba Vì (2)");
    server.kill();
    let server = Server::start(data.path(), Clock::Events);
    let http = server.http();
    assert_eq!(http.get(&path, &[]).ok()["name"], "Thêm điểm Ba Vì");
    assert_eq!(http.put_json(&path, &other).ok()["name"], other["name"]);
    let all = http.get("/api/v1/scenarios", &[]).ok();
    assert_eq!(all["scenarios"].as_array().map(Vec::len), Some(1));
    http.send_json(Method::DELETE, &path, &json!(null)).ok();
    assert_eq!(http.get(&path, &[]).status, 404);
    assert_eq!(
        http.put_json(&path, &saved).ok()["id"],
        id,
        "it comes back as it was told"
    );
    let nobody = http.put_json("/api/v1/scenarios/nobody", &other);
    assert_eq!(nobody.status, 404);
}

#[test]
fn a_scenario_leaves_as_csv_geojson_and_geoparquet_with_the_same_cells() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(data.path(), Clock::Events);
    let http = server.http();
    // An id that a spreadsheet would reckon.
    let changes = json!([add("=1+1", 105.37, 21.07)]);
    let question = json!({"mode": "walk", "rule": "time", "minutes": 30});
    let mut asked = question.clone();
    asked["changes"] = changes.clone();
    let computed = http.post_json("/api/v1/coverage/scenario", &asked).ok();
    let cells = computed["cells"].as_array().expect("cells");
    let body = json!({"name": "Thêm điểm Ba Vì", "question": question, "changes": changes});
    let saved = http.post_json("/api/v1/scenarios", &body).ok();
    let path = format!(
        "/api/v1/scenarios/{}/export",
        saved["id"].as_str().expect("an id")
    );

    let geojson = http.get(&path, &[("format", "geojson")]);
    assert_eq!(geojson.content_type, "application/geo+json");
    let geojson = geojson.ok();
    let features = geojson["features"].as_array().expect("features");
    let of = |kind: &str| {
        features
            .iter()
            .filter(|f| f["geometry"]["type"] == kind)
            .collect::<Vec<_>>()
    };
    let polygons: Vec<&Value> = of("Polygon").iter().map(|f| &f["properties"]).collect();
    assert!(polygons.into_iter().eq(cells));
    assert_eq!(of("Point").len(), 1);
    let about = &geojson["about"];
    assert_eq!(about["gained"], computed["gained"]);
    assert_eq!(
        (&about["question"], &about["data"]),
        (&computed["question"], &computed["data"])
    );
    assert_eq!(about["scenario"]["name"], "Thêm điểm Ba Vì");

    let csv = http.get(&path, &[("format", "csv")]);
    assert!(csv.content_type.starts_with("text/csv"));
    let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
    let rows: Vec<std::collections::BTreeMap<String, String>> = reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect();
    assert_eq!(rows.len(), cells.len());
    for (row, cell) in rows.iter().zip(cells) {
        assert_eq!(cell["cell"], row["cell"]);
        assert_eq!(cell["after"]["minutes"].to_string(), row["minutes_after"]);
        assert_eq!(cell["before"]["covered"].to_string(), row["covered_before"]);
        assert_eq!((&*row["mode"], &*row["rule_minutes"]), ("walk", "30.0"));
        let nearest = cell["after"]["nearest"].as_str().unwrap_or_default();
        let told = if nearest == "=1+1" { "'=1+1" } else { nearest };
        assert_eq!(row["nearest_after"], told);
    }
    assert!(rows.iter().any(|row| row["nearest_after"] == "'=1+1"));

    let address = format!("http://{}{path}?format=geoparquet", server.address());
    let bytes = reqwest::blocking::get(address).and_then(reqwest::blocking::Response::bytes);
    let bytes = bytes.expect("an answer");
    let file = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes)
        .expect("a Parquet file");
    let metadata = file
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .cloned();
    let metadata = metadata.unwrap_or_default();
    let geo = metadata
        .iter()
        .find(|m| m.key == "geo")
        .and_then(|m| m.value.as_deref());
    let geo: Value = serde_json::from_str(geo.expect("metadata of GeoParquet")).expect("JSON");
    assert_eq!(geo["columns"]["geometry"]["encoding"], "WKB");
    let batches: Vec<_> = file
        .build()
        .expect("rows")
        .map(|b| b.expect("a batch"))
        .collect();
    let (mut at, mut corners) = (0, 0);
    for batch in &batches {
        use arrow::array::AsArray as _;
        let minutes = batch.column_by_name("minutes_after").expect("minutes");
        let minutes = minutes.as_primitive::<arrow::datatypes::Float64Type>();
        let polygons = batch
            .column_by_name("geometry")
            .expect("polygons")
            .as_binary::<i32>();
        for row in 0..batch.num_rows() {
            assert_eq!(
                cells[at]["after"]["minutes"].as_f64(),
                Some(minutes.value(row))
            );
            let wkb = polygons.value(row);
            assert_eq!(wkb[..9], [1, 3, 0, 0, 0, 1, 0, 0, 0]);
            let count = u32::from_le_bytes(wkb[9..13].try_into().expect("four bytes"));
            assert_eq!(wkb.len(), 13 + 16 * count as usize);
            assert_eq!(wkb[13..29], wkb[wkb.len() - 16..], "the ring is closed");
            corners += count;
            at += 1;
        }
    }
    assert!(at == cells.len() && corners >= 6 * at as u32);

    for lang in ["vi", "en"] {
        let page = http.get(&path, &[("format", "pdf"), ("lang", lang)]);
        assert_eq!((page.status, &*page.content_type), (200, "application/pdf"));
        assert!(page.text.starts_with("%PDF-1."));
    }
    http.get(&path, &[("format", "doc")]).assert_problem(400);
    http.get("/api/v1/scenarios/nobody/export", &[("format", "csv")])
        .assert_problem(404);
}

#[test]
fn a_gis_reads_points_units_and_cells_page_by_page() {
    let it = fresh(Clock::Events);
    let get = |path: &str| it.http.get(&format!("/api/v1{path}"), &[]);
    let landing = get("/ogc").ok();
    for link in landing["links"].as_array().expect("links") {
        let href = link["href"].as_str().expect("a link");
        assert_eq!(it.http.get(href, &[]).status, 200, "{href}");
    }
    let collections = get("/ogc/collections").ok();
    for collection in collections["collections"].as_array().expect("collections") {
        let id = collection["id"].as_str().expect("an id");
        let mut next = format!("/api/v1/ogc/collections/{id}/items?limit=10000");
        let mut seen = 0;
        loop {
            let page = it.http.get(&next, &[]).ok();
            seen += page["features"].as_array().map_or(0, Vec::len);
            let link = page["links"]
                .as_array()
                .expect("links")
                .iter()
                .find(|l| l["rel"] == "next");
            let Some(link) = link else {
                assert_eq!(page["numberMatched"], seen, "{id}");
                break;
            };
            next = link["href"].as_str().expect("a link").to_owned();
        }
        let least = if id == "gaps" { 1 } else { 126 };
        assert!(seen >= least, "{id}: {seen}");
        let first = get(&format!("/ogc/collections/{id}/items?limit=1")).ok();
        let feature = &first["features"][0];
        let name = feature["id"].as_str().expect("an id");
        assert_eq!(
            &get(&format!("/ogc/collections/{id}/items/{name}")).ok(),
            feature
        );
    }
    let near = get("/ogc/collections/points/items?bbox=105.8,21.0,105.9,21.1&limit=1000").ok();
    let inside = |f: &Value| {
        let at = |i: usize| f["geometry"]["coordinates"][i].as_f64().expect("degrees");
        (105.8..=105.9).contains(&at(0)) && (21.0..=21.1).contains(&at(1))
    };
    let features = near["features"].as_array().expect("features");
    assert!(!features.is_empty() && features.iter().all(inside));
    for bad in [
        "points/items?bbox=1,2,3",
        "points/items?colour=red",
        "points/items?limit=0",
    ] {
        assert_eq!(get(&format!("/ogc/collections/{bad}")).status, 400, "{bad}");
    }
    for unknown in ["lakes", "points/items/nobody"] {
        assert_eq!(
            get(&format!("/ogc/collections/{unknown}")).status,
            404,
            "{unknown}"
        );
    }
}

/// By foot half an hour is not far.
const WALK: &str = "mode=walk&rule=time&minutes=30";

fn people(value: &Value) -> i64 {
    value.as_i64().expect("people")
}

#[test]
fn gaps_are_all_who_are_left_out() {
    let it = fresh(Clock::Events);
    let get = |path: &str| it.http.get(&format!("/api/v1{path}"), &[]).ok();
    let told = get(&format!("/coverage/gaps?{WALK}"));
    let city = get(&format!("/coverage?{WALK}&summary=true"))["city"].clone();
    let left_out = people(&city["population"]) - people(&city["covered"]);
    assert_eq!(people(&told["people"]), left_out);
    let gaps = told["gaps"].as_array().expect("gaps");
    assert_eq!(
        gaps.iter().map(|g| people(&g["people"])).sum::<i64>(),
        left_out
    );
    assert!(gaps.is_sorted_by_key(|g| -people(&g["people"])));
    for gap in gaps {
        assert!(gap["name"].as_str().is_some_and(|name| !name.is_empty()));
        let (mean, worst) = (gap["mean_minutes"].as_f64(), gap["worst_minutes"].as_f64());
        assert!(mean <= worst && mean >= Some(30.0), "{gap}");
    }
    let large = get(&format!("/coverage/gaps?{WALK}&least=5000"));
    let large = large["gaps"].as_array().expect("gaps");
    assert!(large.len() < gaps.len() && large.iter().all(|g| people(&g["people"]) >= 5000));
}

#[test]
fn a_week_has_nobody_by_night_and_the_covered_by_day() {
    let it = fresh(Clock::Events);
    let get = |path: &str| it.http.get(&format!("/api/v1{path}"), &[]).ok();
    let told = get(&format!("/coverage/hours?{WALK}&week=2026-11-26"));
    let slots = told["slots"].as_array().expect("slots");
    assert_eq!(slots.len(), 7 * 96);
    let covered = get(&format!("/coverage?{WALK}&summary=true"))["city"]["covered"].clone();
    let at = |weekday: usize, hour: usize| people(&slots[weekday * 96 + hour * 4]);
    assert_eq!(at(0, 3), 0);
    assert_eq!(at(6, 10), 0, "no point is open on a Sunday");
    assert_eq!(slots.iter().map(people).max(), covered.as_i64());
    assert_eq!(told["assumed"], true);
    let hours = &told["hours_a_week"];
    assert!(
        hours["worst_tenth"].as_f64() <= hours["mean"].as_f64(),
        "{hours}"
    );

    let fair = get(&format!("/coverage/equity?{WALK}"));
    let gini = fair["gini"].as_f64().expect("a figure");
    assert!(gini > 0.0 && gini < 1.0);
    assert!(fair["worst_tenth_minutes"].as_f64() >= fair["mean_minutes"].as_f64());
    let bands = fair["bands"].as_array().expect("bands");
    let share = |speed: f64| {
        let band = bands
            .iter()
            .find(|b| b["speed"] == speed && b["detour"] == 1.3);
        band.and_then(|b| b["share"].as_f64())
    };
    assert!(
        share(0.8) < share(1.0) && share(1.0) < share(1.2),
        "{bands:?}"
    );
}

#[test]
fn where_nothing_is_known_of_waits_the_way_alone_counts_and_says_so() {
    let it = fresh(Clock::Events);
    let told = it
        .http
        .get(&format!("/api/v1/coverage/queue?{WALK}"), &[])
        .ok();
    let summary = &told["summary"];
    assert_eq!(summary["unknown_people"], summary["people"]);
    assert_eq!(summary["mean_wait"], Value::Null);
    let cells = told["cells"].as_array().expect("cells");
    assert!(
        cells
            .iter()
            .all(|c| c["is_known"] == false && c["wait"].is_null() && c["point"] == c["nearest"])
    );
    assert!(
        told["points"]
            .as_array()
            .expect("points")
            .iter()
            .all(|p| p["basis"] == "none")
    );
}

#[test]
fn what_siting_says_is_what_the_scenario_of_its_places_gives() {
    let it = fresh(Clock::Events);
    let words = json!({"mode": "walk", "rule": "time", "minutes": 30});
    let ask = |more: Value| {
        let mut body = words.clone();
        body.as_object_mut()
            .expect("a body")
            .extend(more.as_object().expect("more").clone());
        it.http.post_json("/api/v1/siting", &body)
    };
    let told = ask(json!({"problem": "most_people", "number": 3, "candidates": "cells"})).ok();
    assert!(
        told["objective"].as_f64() <= told["bound"].as_f64(),
        "{told}"
    );
    assert!(told["gap"].as_f64() <= Some(0.01), "{told}");
    let chosen = told["chosen"].as_array().expect("places");
    assert_eq!(chosen.len(), 3);
    let mut body = words.clone();
    body["changes"] = chosen
        .iter()
        .map(|c| {
            json!({"do": "add", "id": c["id"], "name": c["name"], "kind": "community", "lon": c["lon"], "lat": c["lat"]})
        })
        .collect();
    let scenario = it.http.post_json("/api/v1/coverage/scenario", &body).ok();
    assert_eq!(scenario["after"], told["after"]);
    assert_eq!(scenario["gained"].as_f64(), told["objective"].as_f64());
    for (place, point) in chosen
        .iter()
        .zip(scenario["points"].as_array().expect("points"))
    {
        assert_eq!(place["alone"], point["rescued"], "{place}");
    }

    let all = json!({"problem": "share", "target": 1.0, "candidates": [
        {"id": "a", "name": "A", "lon": 105.37, "lat": 21.07}, {"id": "b", "name": "B", "lon": 21.0, "lat": 105.8},
        {"id": "a", "name": "A again", "lon": 105.4, "lat": 21.0},
    ]});
    let told = ask(all).ok();
    let codes: Vec<&Value> = told["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .map(|w| &w["code"])
        .collect();
    assert_eq!(codes, ["swapped", "duplicate"]);
    assert_eq!(told["chosen"][0]["id"], "a");

    let closed = ask(json!({"problem": "close", "number": 2})).ok();
    let lost = people(&closed["before"]["covered"]) - people(&closed["after"]["covered"]);
    assert_eq!(Some(lost as f64), closed["objective"].as_f64());
    let mobile = ask(json!({"problem": "mobile", "vehicles": 1, "sessions_a_week": 4})).ok();
    let timetable = mobile["timetable"].as_array().expect("a timetable");
    assert!(!timetable.is_empty() && timetable.len() <= 4, "{mobile}");
    let gained = people(&mobile["after"]["covered"]) - people(&mobile["before"]["covered"]);
    assert_eq!(Some(gained as f64), mobile["objective"].as_f64());
    for problem in ["least_minutes", "least_worst"] {
        let told = ask(json!({"problem": problem, "number": 2})).ok();
        assert!(
            told["objective"].as_f64() >= told["bound"].as_f64(),
            "{told}"
        );
    }
    for (more, code) in [
        (json!({"problem": "most_people", "number": 0}), "bad_number"),
        (
            json!({"problem": "most_people", "candidates": []}),
            "no_candidates",
        ),
        (json!({"problem": "share", "capacity": 5}), "bad_request"),
        (json!({"problem": "world_peace"}), "bad_request"),
    ] {
        let answer = ask(more.clone());
        assert!((400..=422).contains(&answer.status), "{more}");
        let problem: Value = serde_json::from_str(&answer.text).expect("a problem");
        assert_eq!(problem["code"], code, "{more}");
    }
}

#[test]
fn by_bus_the_same_people_as_the_command_counts_and_outside_its_hours_nobody_rides() {
    let it = fresh(Clock::Events);
    let asked = |query: &str| it.http.get(&format!("/api/v1/coverage/bus{query}"), &[]);
    let ask = |query: &str| asked(query).ok();
    let told = ask("");
    assert_eq!(told["city"]["population"], 8_807_523);
    let under = &told["city"]["under"];
    assert!(people(&under["p10"]) > people(&under["p50"]));
    assert!(people(&under["p50"]) > people(&under["p90"]));
    let riding = people(&told["city"]["riding"]);
    assert!(riding > 0, "{riding}");
    assert_eq!(told["timetable"]["credit"]["date"], "2018");
    assert_eq!(told["timetable"]["window_is_beyond"], false);
    let units = told["units"].as_array().expect("units");
    let sum: i64 = units.iter().map(|u| people(&u["under"]["p50"])).sum();
    assert_eq!(sum, people(&under["p50"]));

    let words = harness::program::run(&["bus", "--summary"]).stdout;
    let median = format!(
        "at 50 % of departures from 10:00 to 11:00: {} of",
        under["p50"]
    );
    assert!(words.contains(&median), "{median} is not in {words}");

    // Cell by cell, the same once more.
    let cells = ask("?cells=all");
    let rows = cells["rows"].as_array().expect("rows");
    let near = rows
        .iter()
        .filter(|r| r["p50"].as_f64().is_some_and(|m| m < 30.0));
    assert_eq!(
        near.map(|r| people(&r["population"])).sum::<i64>(),
        people(&under["p50"])
    );

    let night = ask("?from=21:00&until=22:00");
    assert_eq!(night["timetable"]["window_is_beyond"], true);
    assert_eq!(people(&night["city"]["riding"]), 0);
    assert!(people(&night["city"]["under"]["p50"]) < people(&under["p50"]));

    for (query, code) in [
        ("?weekday=8", "bad_request"),
        ("?minutes=0", "bad_request"),
        ("?from=7", "bad_request"),
        ("?from=10:00&until=10:00", "bad_window"),
        ("?speed=3", "bad_request"),
    ] {
        let refused = asked(query);
        assert_eq!(refused.status, 400, "{query}");
        assert_eq!(refused.json()["code"], code, "{query}");
    }
}

#[test]
fn groups_are_of_those_who_are_given_and_what_is_no_place_is_told() {
    let it = fresh(Clock::Events);
    let ask = |body: &Value| it.http.post_json("/api/v1/coverage/groups", body);
    let summary = it
        .http
        .get("/api/v1/coverage?summary=true&rule=time", &[])
        .ok();
    let units = summary["units"].as_array().expect("units");
    // As many of one group as there are people, of another in one commune alone.
    let mut rows: Vec<Value> = units
        .iter()
        .map(|u| json!({"group": "everybody", "place": u["unit"], "weight": u["population"]}))
        .collect();
    rows.push(json!({"group": "elderly", "place": "09676", "weight": 1000}));
    rows.push(json!({"group": "elderly", "place": "nowhere", "weight": 5}));
    rows.push(json!({"group": "elderly", "place": "09676", "weight": -5}));
    let told = ask(&json!({"rule": "time", "rows": rows})).ok();
    let groups = told["groups"].as_array().expect("groups");
    let [elderly, everybody] = groups.as_slice() else {
        panic!("{groups:?}")
    };
    let near = |a: &Value, b: f64| (a.as_f64().expect("a number") - b).abs() < 0.01;
    assert!(near(
        &everybody["covered"],
        people(&summary["city"]["covered"]) as f64
    ));
    assert!(near(
        &everybody["far"],
        people(&summary["city"]["far_population"]) as f64
    ));
    let unit = units
        .iter()
        .find(|u| u["unit"] == "09676")
        .expect("it is there");
    assert!(near(
        &elderly["covered"],
        1000.0 * unit["share"].as_f64().expect("a share")
    ));
    assert_eq!(told["left_out"]["rows"], 2);
    assert_eq!(told["left_out"]["told"][0]["fault"], "unknown_place");
    assert_eq!(told["left_out"]["told"][1]["fault"], "bad_weight");
    assert_eq!(ask(&json!({"row": []})).status, 400);
}

#[test]
fn districts_of_old_and_town_and_country_add_up_to_the_city() {
    let it = fresh(Clock::Events);
    let summary = it.http.get("/api/v1/coverage?summary=true", &[]).ok();
    for (areas, count) in [("districts", 30), ("zones", 2)] {
        let areas = summary[areas].as_array().expect("areas");
        assert_eq!(areas.len(), count);
        for sum in ["population", "covered", "far_population"] {
            let all: i64 = areas.iter().map(|a| people(&a[sum])).sum();
            assert_eq!(all, people(&summary["city"][sum]), "{sum}");
        }
        let units: i64 = areas.iter().map(|a| people(&a["units"])).sum();
        assert_eq!(units, 126);
    }
}
