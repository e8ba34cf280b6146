//! Headers and floods that are meant to get in, or to fill something.

use proptest::prelude::*;

use super::super::address::Proxies;
use super::super::limits::Rate;
use super::*;

#[tokio::test]
async fn an_open_server_is_open_to_its_own_machine_and_pages_alone() {
    let house = House::with(Settings {
        open: true,
        ..Settings::default()
    });
    let ask = async |from: &str, host: &str, extra: &[(&str, &str)]| {
        let mut headers = vec![("host", host)];
        headers.extend(extra);
        house.send(from, "GET /api/v1/visits", &headers, "").await
    };
    assert_eq!(
        ask("127.0.0.1", "127.0.0.1:8080", &[]).await.body["who"],
        "open"
    );
    assert_eq!(ask("::1", "localhost:8080", &[]).await.body["who"], "open");
    assert_eq!(ask("203.0.113.9", "127.0.0.1:8080", &[]).await.status, 401);
    assert_eq!(
        ask("127.0.0.1", "evil.example:8080", &[]).await.status,
        421,
        "a name bent to this machine"
    );
    assert_eq!(
        ask(
            "127.0.0.1",
            "127.0.0.1:8080",
            &[("origin", "http://evil.example")]
        )
        .await
        .code(),
        "foreign_origin"
    );
    let own = [("origin", "http://127.0.0.1:8080")];
    assert_eq!(ask("127.0.0.1", "127.0.0.1:8080", &own).await.status, 200);
    // No header makes somebody else be at the machine.
    for header in [
        "x-forwarded-for",
        "x-real-ip",
        "forwarded",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
    ] {
        let got = ask("203.0.113.9", "127.0.0.1:8080", &[(header, "127.0.0.1")]).await;
        assert_eq!(got.status, 401, "{header}");
    }
    let feed = [
        ("host", "127.0.0.1:8080"),
        ("origin", "https://news.example"),
    ];
    assert_eq!(
        house
            .send("127.0.0.1", "GET /api/v1/public/waits", &feed, "")
            .await
            .status,
        200,
        "for every page"
    );
    let events = [("host", "127.0.0.1:8080")];
    assert_eq!(
        house
            .send("127.0.0.1", "POST /api/v1/events", &events, "x")
            .await
            .status,
        200,
        "as a program sends them"
    );
}

#[tokio::test]
async fn a_connection_without_an_address_is_nobodys() {
    let house = House::with(Settings {
        open: true,
        ..Settings::default()
    });
    let request = Request::get("/api/v1/visits")
        .header("host", "127.0.0.1")
        .body(Body::empty())
        .unwrap();
    let response = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn floods_of_an_address_and_a_caller_are_told_to_wait() {
    let slow = Rate {
        per_second: 1.0,
        burst: 3.0,
    };
    let house = House::with(Settings {
        tls: true,
        per_address: slow,
        proxies: Proxies::parse(["10.0.0.1"]).unwrap(),
        ..Settings::default()
    });
    let from = async |peer: &str, forwarded: &str| {
        let headers = [("x-forwarded-for", forwarded)];
        house.send(peer, "GET /healthz", &headers, "").await
    };
    for i in 0..6 {
        let got = from("203.0.113.9", &format!("8.8.8.{i}")).await;
        assert_eq!(
            got.status == 429,
            i >= 3,
            "a header that is not believed gives no new bucket"
        );
    }
    assert_eq!(
        from("10.0.0.1", "203.0.113.9").await.status,
        429,
        "the same behind a proxy that is"
    );
    assert_eq!(from("10.0.0.1", "203.0.113.10").await.status, 200);
    for i in 0..6 {
        let got = house
            .send(&format!("2001:db8::{i}"), "GET /healthz", &[], "")
            .await;
        assert_eq!(
            got.status == 429,
            i >= 3,
            "one household's addresses are one"
        );
    }
    let house = House::with(Settings {
        tls: true,
        per_caller: slow,
        ..Settings::default()
    });
    let (reader, source) = (
        house.bearer(Role::Display, Scope::default()),
        house.bearer(Role::Source, Scope::default()),
    );
    for i in 0..6 {
        let from = format!("203.0.113.{i}");
        let got = house
            .send(
                &from,
                "GET /api/v1/visits",
                &[("authorization", &reader)],
                "",
            )
            .await;
        assert_eq!(got.status == 429, i >= 3, "wherever it comes from");
        let got = house
            .send(
                &from,
                "POST /api/v1/events",
                &[("authorization", &source)],
                "x",
            )
            .await;
        assert_eq!(got.status, 200, "sources have back-pressure of their own");
    }
}

#[tokio::test]
async fn sign_ins_of_an_address_are_few() {
    let house = House::with(Settings {
        tls: true,
        sign_ins: Rate {
            per_second: 0.1,
            burst: 2.0,
        },
        ..Settings::default()
    });
    assert_eq!(house.sign_in("a-name", "x", None).await.status, 401);
    assert_eq!(house.sign_in("b-name", "x", None).await.status, 401);
    assert_eq!(house.sign_in("c-name", "x", None).await.status, 429);
}

#[tokio::test]
async fn bodies_that_are_no_sign_in_are_refused() {
    let house = House::new();
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"name":"a"}"#,
        r#"{"name":1,"password":2}"#,
        r#"{"name":"a","password":"b","role":"operator"}"#,
        &format!(r#"{{"name":"a","password":"{}"}}"#, "x".repeat(10_000)),
    ] {
        let headers = [("x-vonglau-request", "1")];
        let got = house
            .send(FAR, "POST /api/v1/session", &headers, body)
            .await;
        assert_eq!(got.status, 400, "{body}");
        assert!(got.headers.contains_key("x-request-id"));
    }
}

#[tokio::test]
async fn a_planted_cookie_beside_the_own_one_is_none() {
    let house = House::new();
    house.account("operator", Role::Operator, Scope::default());
    house.account("seat-1", Role::Planner, Scope::default());
    let cookie = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    let ask = async |cookie: &str| {
        house
            .get("/api/v1/session", &[("cookie", cookie)])
            .await
            .status
            .as_u16()
    };
    assert_eq!(ask(&cookie).await, 200);
    assert_eq!(ask(&format!("a=b; {cookie}; c=d")).await, 200);
    let id = cookie.split_once('=').unwrap().1;
    for wrong in [
        format!("{cookie}; __Host-vonglau={}", "0".repeat(64)),
        format!("__Host-vonglau=; {cookie}"),
        format!("vonglau={id}"),
        format!("__host-vonglau={id}"),
        format!("__Host-vonglau=\"{id}\""),
        format!("__Host-vonglau={id}%20"),
    ] {
        assert_eq!(ask(&wrong).await, 401, "{wrong}");
    }
}

#[tokio::test]
async fn nothing_is_shown_when_it_cannot_be_kept() {
    let house = House::new();
    let auth = house.bearer(Role::Auditor, Scope::default());
    let auth = [("authorization", auth.as_str())];
    assert_eq!(house.get("/api/v1/dossiers/list", &auth).await.status, 200);
    // The folder is gone, and the head cannot be replaced.
    std::fs::remove_dir_all(house.doors.audit.folder()).unwrap();
    let got = house.get("/api/v1/dossiers/list", &auth).await;
    assert_eq!((got.status.as_u16(), got.code()), (503, "audit_unwritten"));
    assert_eq!(
        house.get("/api/v1/visits", &auth).await.status,
        200,
        "figures are no dossiers"
    );
}

#[tokio::test]
async fn a_page_that_is_refused_on_and_on_does_not_fill_the_log() {
    let house = House::new();
    let auth = house.bearer(Role::Display, Scope::default());
    for _ in 0..100 {
        let got = house
            .get("/api/v1/dossiers/list", &[("authorization", &auth)])
            .await;
        assert_eq!(got.code(), "not_permitted");
    }
    assert_eq!(house.log().len(), 30);
}

#[tokio::test]
async fn the_log_is_read_by_its_reader_and_tells_of_tampering() {
    let house = House::new();
    let key = |role| house.bearer(role, Scope::default());
    let (auditor, operator) = (key(Role::Auditor), key(Role::Operator));
    house
        .get(
            "/api/v1/dossiers/000.00.25.H26-261123-0001",
            &[("authorization", &auditor)],
        )
        .await;
    house
        .get(
            "/api/v1/visits?from=2026-11-01&format=csv",
            &[("authorization", &auditor)],
        )
        .await;
    assert_eq!(
        house
            .get("/api/v1/audit", &[("authorization", &operator)])
            .await
            .code(),
        "not_permitted"
    );
    let log = house.log();
    assert!(
        log[0].ends_with("saw_dossier GET /api/v1/dossiers/000.00.25.H26-261123-0001"),
        "{log:?}"
    );
    assert!(
        log[1].ends_with("exported GET /api/v1/visits"),
        "no parameters: {log:?}"
    );
    let check = house
        .get("/api/v1/audit/check", &[("authorization", &auditor)])
        .await;
    assert_eq!(check.body["is_whole"], true, "{check:?}");
    let file = house.doors.audit.folder().join("2026-11.ndjson");
    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace("visits", "boards");
    std::fs::write(&file, text).unwrap();
    let check = house
        .get("/api/v1/audit/check", &[("authorization", &auditor)])
        .await;
    assert_eq!(check.body["is_whole"], false);
    assert!(
        check.body["fault"]
            .as_str()
            .unwrap()
            .starts_with("line 2 of 2026-11.ndjson"),
        "{check:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever an outsider puts into the headers that are looked at, it is nobody.
    #[test]
    fn no_header_makes_somebody(
        name in prop_oneof![Just("authorization"), Just("cookie"), Just("x-vonglau-key"), Just("x-vonglau-signature"),
            Just("x-forwarded-for"), Just("origin"), Just("x-vonglau-request"), Just("upgrade")],
        value in "(Bearer |__Host-vonglau=|t=1,v1=)?[ -~]{0,100}", query in "[!-~&&[^#\\\\\"<>`{}|^]]{0,40}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let house = House::new();
            for path in ["/api/v1/visits", "/api/v1/dossiers/list", "/ws", "/metrics"] {
                let path = format!("{path}?ticket={query}");
                if path.parse::<axum::http::Uri>().is_err() || value.parse::<axum::http::HeaderValue>().is_err() {
                    continue;
                }
                let got = house.get(&path, &[(name, &value)]).await;
                assert!([401, 403].contains(&got.status.as_u16()), "{name}: {value}: {got:?}");
            }
        });
    }
}
