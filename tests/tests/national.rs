//! The national exchange through the program: its messages become dossiers that are explained and counted, in whatever
//! order and however often they come, and are answered in that protocol's manner.

use harness::program;
use harness::server::{Clock, Fresh, Server, fresh};
use serde_json::{Value, json};

const CODE: &str = "000.99.99.H26-260928-0007";
const DOSSIERS: &str = "ingest/src/national/examples/dossier.json";
const PROGRESS: &str = "ingest/src/national/examples/progress.json";

fn example(path: &str) -> Value {
    let text = std::fs::read_to_string(program::workspace().join(path));
    serde_json::from_str(&text.expect("an example")).expect("an example is JSON")
}

#[track_caller]
fn send(it: &Fresh, message: &Value) -> Value {
    let answer = it
        .http
        .try_post_to("/api/v1/national", &message.to_string())
        .expect("the server answers");
    answer.ok()
}

#[track_caller]
fn send_whole(it: &Fresh, message: &Value) {
    let answer = send(it, message);
    assert_eq!(answer["error_code"], "0", "{answer}");
    let said = answer["message"].as_str().expect("a message");
    assert!(said.contains("thành công"), "{answer}");
    let sent = message["data"].as_array().expect("records").len();
    assert_eq!(answer["data"].as_array().expect("records").len(), sent);
}

fn dossier(it: &Fresh, code: &str) -> Value {
    it.http.get(&format!("/api/v1/dossiers/{code}"), &[]).ok()
}

/// What is seen of all that was sent.
fn seen(it: &Fresh) -> [Value; 3] {
    let report = it
        .http
        .report("dossiers", "2026-09-28", "2026-10-12", Some("agency"))
        .ok();
    [
        dossier(it, CODE),
        dossier(it, "000.99.99.H26-260928-0008"),
        report["rows"].clone(),
    ]
}

/// A message of some of another's records.
fn with_records(message: &Value, records: &[Value]) -> Value {
    let mut one = message.clone();
    one["data"] = json!(records);
    one
}

#[test]
fn a_dossier_of_the_national_portal_is_explained() {
    let it = fresh(Clock::Events);
    send_whole(&it, &example(DOSSIERS));
    send_whole(&it, &example(PROGRESS));
    let told = dossier(&it, CODE);
    assert_eq!(told["filing"]["agency"], "000.99.99.H26");
    assert_eq!(told["filing"]["channel"], "online");
    assert_eq!(told["stage"], "resolved");
    assert_eq!(told["due"], "2026-10-06T14:30:00+07:00");
    assert_eq!(told["overdue"], false);
    assert_eq!(told["working_hours"], 33.5);
    assert_eq!(told["remarks"], json!([]));
    let [_, other, rows] = seen(&it);
    assert_eq!(other["stage"], "resolved");
    let figures = |agency: &str| {
        let rows = rows.as_array().expect("rows");
        let row = rows.iter().find(|row| row["agency"] == agency);
        let row = row.unwrap_or_else(|| panic!("{agency} has figures: {rows:?}"));
        ["submitted", "resolved_early_or_on_time", "supplement_twice"]
            .map(|name| row[name].as_u64().expect("a count"))
    };
    assert_eq!(figures("000.99.99.H26"), [1, 1, 0]);
    assert_eq!(figures("000.99.98.H26"), [1, 1, 0]);

    // Sent again, nothing is new.
    let events = it.http.metric("vonglau_state_events");
    for _ in 0..2 {
        send_whole(&it, &example(PROGRESS));
        send_whole(&it, &example(DOSSIERS));
    }
    assert_eq!(it.http.metric("vonglau_state_events"), events);
}

#[test]
fn the_order_of_messages_and_records_changes_nothing() {
    let together = fresh(Clock::Events);
    send_whole(&together, &example(DOSSIERS));
    send_whole(&together, &example(PROGRESS));
    let expected = seen(&together);

    // The other way round, the records too.
    let back = fresh(Clock::Events);
    for message in [example(PROGRESS), example(DOSSIERS)] {
        let mut records = message["data"].as_array().expect("records").clone();
        records.reverse();
        send_whole(&back, &with_records(&message, &records));
    }
    assert_eq!(seen(&back), expected);

    // One by one: where no record before it tells, status 4 ends every stop.
    let apart = fresh(Clock::Events);
    for place in [4, 1, 3, 0, 2] {
        for message in [example(PROGRESS), example(DOSSIERS)] {
            let records = message["data"].as_array().expect("records");
            if let Some(record) = records.get(place) {
                let one = with_records(&message, std::slice::from_ref(record));
                send_whole(&apart, &one);
            }
        }
    }
    assert_eq!(seen(&apart), expected);

    // A due date that is sent again counts when it is later, whichever comes first.
    let mut later = example(DOSSIERS);
    later["data"][1]["NgayHenTra"] = json!("20261001150000");
    let due = |messages: &[&Value]| {
        let it = fresh(Clock::Events);
        for message in messages {
            send_whole(&it, message);
        }
        dossier(&it, "000.99.99.H26-260928-0008")["due"].clone()
    };
    let first = example(DOSSIERS);
    assert_eq!(due(&[&first, &later]), "2026-10-01T15:00:00+07:00");
    assert_eq!(due(&[&later, &first]), "2026-10-01T15:00:00+07:00");
}

#[test]
fn what_is_wrong_is_answered_record_by_record() {
    let it = fresh(Clock::Wall);
    let mut message = example(DOSSIERS);
    message["data"][0]["NgayHenTra"] = json!("Nguyễn-Kx5Wb7");
    let mut ahead = message["data"][1].clone();
    ahead["NgayTra"] = json!("20990101080000");
    let records = [
        message["data"][0].clone(),
        message["data"][1].clone(),
        ahead,
    ];
    let answer = send(&it, &with_records(&message, &records));
    assert_eq!(answer["error_code"], "1", "{answer}");
    let codes: Vec<&Value> = answer["data"]
        .as_array()
        .expect("records")
        .iter()
        .map(|record| &record["error_code"])
        .collect();
    assert_eq!(codes, ["204", "0", "207"], "{answer}");
    assert_eq!(answer["data"][0]["MaHoSo"], CODE);
    assert!(!answer.to_string().contains("thành công"), "{answer}");
    assert!(!answer.to_string().contains("Kx5Wb7"), "{answer}");

    let other = json!({"madonvi": "000.99.99.H26", "service": "TraCuuHoSo", "data": []});
    assert_eq!(send(&it, &other)["error_code"], "101");
    for text in ["{", "[]", "Nguyễn-Kx5Wb7"] {
        let answer = it.http.try_post_to("/api/v1/national", text);
        let answer = answer.expect("the server answers");
        answer.assert_problem(400);
        assert!(!answer.text.contains("Kx5Wb7"), "{}", answer.text);
    }
    let log = it.server.log();
    assert!(
        !log.contains("Kx5Wb7") && !log.contains("Người Thử"),
        "{log}"
    );
}

#[test]
fn an_installations_own_words_count() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let own = "version = 1\n[[table]]\neffective_from = \"2026-01-01\"\nfeeds = [\"000.99.99.H26\"]\n\
        status = { xong = \"resolved\" }\nagencies = { \"000.99.99.H26\" = \"dept/justice\" }\n";
    let path = dir.path().join("national.toml");
    std::fs::write(&path, own).expect("the directory is ours");
    let mut message = example(DOSSIERS);
    message["data"][0]["TrangThaiHoSo"] = json!("xong");
    message["data"][0]["NgayKetThucXuLy"] = json!("20261005160000");
    let server = Server::start(dir.path(), Clock::Events);
    let answer = server
        .http()
        .try_post_to("/api/v1/national", &message.to_string())
        .expect("the server answers")
        .ok();
    let codes = [
        &answer["data"][0]["error_code"],
        &answer["data"][1]["error_code"],
    ];
    assert_eq!(codes, ["0", "205"], "its words are no numbers: {answer}");
    let told = server
        .http()
        .get(&format!("/api/v1/dossiers/{CODE}"), &[])
        .ok();
    assert_eq!(told["stage"], "resolved");
    assert_eq!(told["filing"]["agency"], "dept/justice");
    server.stop();

    let other = tempfile::tempdir().expect("a temporary directory");
    let (backup, restored) = (other.path().join("backup"), other.path().join("restored"));
    let [data, backup, restored] =
        [dir.path(), &backup, &restored].map(|path| path.to_str().expect("UTF-8"));
    program::run(&["backup", backup, "--data", data]).done();
    program::run(&["restore", backup, "--data", restored]).done();
    let kept = std::fs::read_to_string(std::path::Path::new(restored).join("national.toml"));
    assert_eq!(kept.expect("a backup holds it"), own);

    std::fs::write(&path, "version = 3\n").expect("the directory is ours");
    let address = format!("127.0.0.1:{}", harness::server::free_port());
    let run = program::run(&["serve", "--data", data, "--open", "--listen", &address]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("national.toml"), "{}", run.stderr);
}

#[test]
fn messages_in_a_file_become_events() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("messages.json");
    let text = format!("{}\n{}", example(DOSSIERS), example(PROGRESS));
    std::fs::write(&file, text).expect("the directory is ours");
    let file = file.to_str().expect("UTF-8");
    let run = program::run(&["import", "--national", file]).done();
    assert_eq!(run.stdout.lines().count(), 17, "{}", run.stdout);
    assert!(!run.stdout.contains("Người"), "{}", run.stdout);
    let events = dir.path().join("events.ndjson");
    std::fs::write(&events, &run.stdout).expect("the directory is ours");
    let counts = program::ingest(&events, &dir.path().join("data"));
    assert_eq!(counts["rejected"], 0, "{counts}");
    assert_eq!(counts["conflicting"], 0, "{counts}");
    assert_eq!(
        program::run(&["import", file]).code,
        2,
        "a CSV needs a mapping"
    );
}
