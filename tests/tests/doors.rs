//! Proves the doors through the program: without credentials nothing is told, the first account signs in, changes its password and has its
//! role's rights and no more; keys have their role, points and types; a bounded key sees its part; what was done stands in a chain
//! that is verified; and an open server asks nobody.

use harness::caller::{Caller, key};
use harness::events::{ndjson, ticket};
use harness::program::run;
use harness::server::{Clock, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[test]
fn nobody_is_told_anything_without_credentials_and_the_first_account_has_a_password_for_once() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start_locked(data.path(), Clock::Events);
    let mut nobody = Caller::new(&server, None);
    for path in [
        "/api/v1/visits",
        "/api/v1/alerts",
        "/api/v1/about",
        "/metrics",
        "/ws",
        "/api/v1/no-such",
    ] {
        assert_eq!(nobody.get(path).0, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(
        nobody
            .events(&ndjson(&[ticket("issued", "08:00", "00004", "A1")]))
            .0,
        StatusCode::UNAUTHORIZED
    );
    for path in ["/healthz", "/readyz", "/api/v1/openapi.json"] {
        assert_eq!(nobody.get(path).0, StatusCode::OK, "{path}");
    }

    let log = server.log();
    let shown = log
        .split("its password `")
        .nth(1)
        .expect("a password is shown once");
    let first = shown.split('`').next().expect("it ends").to_owned();
    let mut operator = Caller::new(&server, None);
    let wrong = operator.post(
        "/api/v1/session",
        &json!({"name": "operator", "password": "guess"}),
    );
    assert_eq!(
        (wrong.0, &wrong.1["code"]),
        (StatusCode::UNAUTHORIZED, &json!("not_signed_in"))
    );
    let (status, session) = operator.post(
        "/api/v1/session",
        &json!({"name": "operator", "password": first}),
    );
    assert_eq!(
        (status, &session["stage"]),
        (StatusCode::OK, &json!("change_password"))
    );
    let (status, refused) = operator.get("/api/v1/visits?from=2026-11-23&to=2026-11-24");
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::FORBIDDEN, &json!("change_password_first"))
    );
    let weak = operator.post(
        "/api/v1/session/password",
        &json!({"present": first, "new": "short"}),
    );
    assert_eq!(
        (weak.0, &weak.1["code"]),
        (StatusCode::BAD_REQUEST, &json!("weak_password"))
    );
    let new = "một mật khẩu đủ dài";
    let (status, risen) = operator.post(
        "/api/v1/session/password",
        &json!({"present": first, "new": new}),
    );
    assert_eq!(status, StatusCode::OK, "{risen}");
    assert_eq!(risen["session"]["role"], "operator");
    drop(server);

    // The password is kept as a hash alone, and the second start shows none.
    let server = Server::start_locked(data.path(), Clock::Events);
    assert!(!server.log().contains("its password"));
    for entry in std::fs::read_dir(data.path())
        .expect("the directory")
        .flatten()
    {
        let Ok(text) = std::fs::read_to_string(entry.path()) else {
            continue;
        };
        assert!(
            !text.contains(new) && !text.contains(&first),
            "{:?}",
            entry.path()
        );
    }
    let mut again = Caller::new(&server, None);
    assert_eq!(
        again
            .post(
                "/api/v1/session",
                &json!({"name": "operator", "password": new})
            )
            .0,
        StatusCode::OK
    );
}

#[test]
fn a_key_has_its_role_its_points_and_its_types_and_no_more() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start_locked(data.path(), Clock::Events);
    let source = key(
        data.path(),
        &[
            "--role", "source", "--sites", "00004", "--types", "ticket.*",
        ],
    );
    let mut kiosk = Caller::new(&server, Some(&source));
    let one = |kind: &str, site: &str, n: &str| ndjson(&[ticket(kind, "08:00", site, n)]);
    assert_eq!(
        kiosk.events(&one("issued", "00004", "A1")).0,
        StatusCode::OK
    );
    let (status, refused) = kiosk.events(&one("issued", "00008", "A1"));
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::FORBIDDEN, &json!("out_of_scope"))
    );
    assert_eq!(
        kiosk.get("/api/v1/visits?from=2026-11-23&to=2026-11-24").0,
        StatusCode::FORBIDDEN
    );

    let room = key(data.path(), &["--role", "supervisor"]);
    let mut room = Caller::new(&server, Some(&room));
    let (status, visits) = room.get("/api/v1/visits?from=2026-11-23&to=2026-11-24&by=site");
    assert_eq!(status, StatusCode::OK);
    let rows = visits["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 1, "what was refused was not taken: {visits}");
    assert_eq!(
        room.events(&one("issued", "00004", "A2")).0,
        StatusCode::FORBIDDEN
    );

    // An officer of one point: its own, and nothing of the others or of all.
    let officer = key(data.path(), &["--role", "unit_officer", "--sites", "00004"]);
    let mut officer = Caller::new(&server, Some(&officer));
    assert_eq!(officer.get("/api/v1/sites/00004").0, StatusCode::OK);
    assert_eq!(officer.get("/api/v1/sites/00008").0, StatusCode::NOT_FOUND);
    let (status, refused) = officer.get("/api/v1/flows?from=2026-11-23&to=2026-11-24");
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::FORBIDDEN, &json!("out_of_scope"))
    );

    let nonsense = Caller::new(&server, Some("vgl_0123456789abcdef_nothing")).get("/api/v1/about");
    assert_eq!(nonsense.0, StatusCode::UNAUTHORIZED);

    // Taken back: refused at the next request.
    let data_dir = data.path().to_str().expect("test paths are UTF-8");
    let id = source.split('_').nth(1).expect("an id").to_owned();
    run(&["key", "revoke", "--data", data_dir, &id]).done();
    assert_eq!(
        kiosk.events(&one("issued", "00004", "A3")).0,
        StatusCode::UNAUTHORIZED
    );
    let listed = run(&["key", "list", "--data", data_dir]).done();
    assert!(
        listed.stdout.contains(&id) && !listed.stdout.contains(&source),
        "{}",
        listed.stdout
    );

    // A command that asks the server needs a key, too.
    let args = [
        "report",
        "visits",
        "--data",
        data_dir,
        "--from",
        "2026-11-23",
        "--to",
        "2026-11-24",
        "--format",
        "json",
    ];
    assert_eq!(run(&args).code, 1);
    let with = [&args[..], &["--key", room.key.as_deref().expect("a key")]].concat();
    assert_eq!(run(&with).done().json()["rows"][0]["visits"], 1);

    // Keys come back with a backup, and what was revoked before it stays so.
    let copies = tempfile::tempdir().expect("a temporary directory");
    let (copy, other) = (copies.path().join("backup"), copies.path().join("data"));
    let (to, from) = (copy.to_str(), other.to_str());
    let (to, from) = (to.expect("UTF-8"), from.expect("UTF-8"));
    run(&["backup", "--data", data_dir, to]).done();
    run(&["restore", to, "--data", from]).done();
    let server = Server::start_locked(&other, Clock::Events);
    let mut room = Caller::new(&server, room.key.as_deref());
    assert_eq!(
        room.get("/api/v1/visits?from=2026-11-23&to=2026-11-24").0,
        StatusCode::OK
    );
    let kiosk = Caller::new(&server, Some(&source));
    assert_eq!(
        kiosk.events(&one("issued", "00004", "A4")).0,
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn what_was_done_stands_in_a_chain_in_which_a_change_is_found() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start_locked(data.path(), Clock::Events);
    let lead = key(data.path(), &["--role", "shift_lead"]);
    let mut lead = Caller::new(&server, Some(&lead));
    let (status, _) = lead.get("/api/v1/dossiers/list");
    assert_eq!(status, StatusCode::OK);
    drop(server);
    let dir = data.path().to_str().expect("test paths are UTF-8");
    run(&["audit", "verify", "--data", dir]).done();
    let exported = run(&["audit", "export", "--data", dir]).done();
    let lines: Vec<Value> = exported
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    assert!(
        lines.iter().any(|l| l["what"] == "key_changed"),
        "{lines:#?}"
    );
    assert!(
        lines.iter().any(|l| l["what"] == "saw_dossier"),
        "{lines:#?}"
    );

    let folder = data.path().join("audit");
    let file = std::fs::read_dir(&folder)
        .expect("the folder")
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "ndjson"))
        .expect("a month's file");
    let text = std::fs::read_to_string(&file).expect("the log");
    std::fs::write(&file, text.replacen("saw_dossier", "signed_out", 1))
        .expect("it can be changed");
    let found = run(&["audit", "verify", "--data", dir]);
    assert_eq!(found.code, 1);
    assert!(found.stderr.contains("line"), "{}", found.stderr);
}

#[test]
fn a_server_is_open_to_its_own_machine_alone() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let dir = data.path().to_str().expect("test paths are UTF-8");
    let open = run(&["serve", "--data", dir, "--open", "--listen", "0.0.0.0:0"]);
    assert_eq!(open.code, 2, "{}", open.stderr);
    let clear = run(&["serve", "--data", dir, "--listen", "0.0.0.0:0"]);
    assert_eq!(clear.code, 2, "{}", clear.stderr);
    assert!(
        clear.stderr.contains("certificate") || clear.stderr.contains("--behind-tls"),
        "{}",
        clear.stderr
    );
}
