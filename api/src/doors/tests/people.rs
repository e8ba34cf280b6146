//! People: the first start, signing in and out, passwords, second factors, sessions, pages.

use super::super::caller::{By, Stage};
use super::super::sessions::Bounds;
use super::*;

#[tokio::test]
async fn from_the_first_start_to_a_whole_session() {
    let house = House::new();
    let once = house.doors.accounts.first_start(NOW).unwrap().unwrap();
    let got = house.sign_in("operator", &once, None).await;
    assert_eq!(
        (got.status.as_u16(), &got.body["stage"]),
        (200, &json!("change_password"))
    );
    let set = got.headers["set-cookie"].to_str().unwrap();
    for part in [
        "__Host-vonglau=",
        "; Path=/",
        "; HttpOnly",
        "; SameSite=Strict",
        "; Secure",
        "; Max-Age=43200",
    ] {
        assert!(set.contains(part), "{set}");
    }
    let cookie = got.cookie();
    assert_eq!(
        house
            .page("GET /api/v1/visits", &cookie, &Value::Null)
            .await
            .code(),
        "change_password_first"
    );
    let weak = json!({"present": once, "new": "matkhau@2026!"});
    assert_eq!(
        house
            .page("POST /api/v1/session/password", &cookie, &weak)
            .await
            .code(),
        "weak_password"
    );
    let wrong = json!({"present": "x", "new": PASSWORD});
    assert_eq!(
        house
            .page("POST /api/v1/session/password", &cookie, &wrong)
            .await
            .code(),
        "wrong_password"
    );
    house.clock.pass(1);
    let good = json!({"present": once, "new": PASSWORD});
    let got = house
        .page("POST /api/v1/session/password", &cookie, &good)
        .await;
    assert_eq!(got.body["session"]["stage"], "enrol_totp", "{got:?}");
    let second = got.cookie();
    assert_ne!(second, cookie, "rights rose, and the id is another");
    assert_eq!(
        house
            .page("GET /api/v1/session", &cookie, &Value::Null)
            .await
            .status,
        401
    );
    assert_eq!(
        house
            .page("GET /api/v1/archive", &second, &Value::Null)
            .await
            .code(),
        "enrol_totp_first"
    );

    let begun = house
        .page(
            "POST /api/v1/session/totp",
            &second,
            &json!({"password": PASSWORD}),
        )
        .await;
    assert!(
        begun.body["uri"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/"),
        "{begun:?}"
    );
    let secret = begun.body["secret"].as_str().unwrap().to_owned();
    let code = code_of(&secret, NOW.plus_seconds(1));
    let got = house
        .page(
            "POST /api/v1/session/totp/confirm",
            &second,
            &json!({"code": code}),
        )
        .await;
    assert_eq!(
        got.body["recovery_codes"].as_array().unwrap().len(),
        10,
        "{got:?}"
    );
    assert_eq!(got.body["session"]["stage"], "full");
    let third = got.cookie();
    assert_eq!(
        house
            .page("GET /api/v1/archive", &third, &Value::Null)
            .await
            .status,
        200
    );
    assert_eq!(
        house
            .page("GET /api/v1/dossiers/list", &third, &Value::Null)
            .await
            .code(),
        "not_permitted"
    );

    let out = house
        .page("DELETE /api/v1/session", &third, &Value::Null)
        .await;
    assert_eq!(out.status, 204);
    assert!(
        out.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    assert_eq!(
        house
            .page("GET /api/v1/session", &third, &Value::Null)
            .await
            .status,
        401
    );
    assert_eq!(
        house.sign_in("operator", PASSWORD, None).await.code(),
        "code_wanted"
    );
    let expected = [
        "operator signed_in POST /session",
        "operator refused GET /api/v1/visits",
        "operator account_changed POST /session/password",
        "operator refused GET /api/v1/archive",
        "operator account_changed POST /session/totp/confirm",
        "operator exported GET /api/v1/archive",
        "operator refused GET /api/v1/dossiers/list",
        "operator signed_out DELETE /session",
    ];
    assert_eq!(house.log(), expected);
}

/// The code of a secret as the page shows it.
fn code_of(secret: &str, at: At) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let five = |c| format!("{:05b}", LETTERS.find(c).unwrap());
    let bits = secret.chars().map(five).collect::<Vec<_>>().concat();
    let bytes: Vec<u8> = (0..20)
        .map(|i| u8::from_str_radix(&bits[8 * i..8 * i + 8], 2).unwrap())
        .collect();
    let totp = json!({"secret": bytes, "last_step": 0});
    let totp: super::super::accounts::totp::Totp = serde_json::from_value(totp).unwrap();
    totp.code(at)
}

fn planner_house() -> House {
    let house = House::new();
    house.account("operator", Role::Operator, Scope::default());
    house.account("seat-1", Role::Planner, Scope::default());
    house
}

#[tokio::test]
async fn a_page_of_another_origin_does_nothing_with_a_cookie() {
    let house = planner_house();
    let cookie = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    let with = |extra: &[(&'static str, &'static str)]| {
        let mut headers = vec![("cookie", cookie.clone())];
        headers.extend(
            extra
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        headers
    };
    for (asked, extra, code) in [
        (
            "POST /api/v1/scenarios",
            vec![
                ("origin", "https://evil.example"),
                ("x-vonglau-request", "1"),
            ],
            "foreign_origin",
        ),
        (
            "POST /api/v1/scenarios",
            vec![("origin", "null"), ("x-vonglau-request", "1")],
            "foreign_origin",
        ),
        (
            "POST /api/v1/scenarios",
            vec![("origin", "https://vl.hanoi.vn")],
            "header_wanted",
        ),
        (
            "POST /api/v1/scenarios",
            vec![("sec-fetch-site", "cross-site"), ("x-vonglau-request", "1")],
            "foreign_origin",
        ),
        (
            "GET /api/v1/visits",
            vec![("origin", "https://evil.example")],
            "foreign_origin",
        ),
        (
            "GET /ws",
            vec![("upgrade", "websocket"), ("origin", "https://evil.example")],
            "foreign_origin",
        ),
        ("GET /ws", vec![("upgrade", "websocket")], "foreign_origin"),
    ] {
        let headers = with(&extra);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let got = house.send(FAR, asked, &headers, "").await;
        assert_eq!(
            (got.status.as_u16(), got.code()),
            (403, code),
            "{asked} {extra:?}"
        );
    }
    // Nor does it sign anybody in.
    let body = json!({"name": "seat-1", "password": PASSWORD}).to_string();
    for headers in [
        vec![],
        vec![
            ("origin", "https://evil.example"),
            ("x-vonglau-request", "1"),
        ],
    ] {
        let got = house
            .send(FAR, "POST /api/v1/session", &headers, &body)
            .await;
        assert_eq!(got.status, 403);
        assert!(!got.headers.contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn a_session_ends_idle_by_its_account_and_everywhere() {
    let house = planner_house();
    let cookie = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    let is_in = async |cookie: &str| {
        house
            .page("GET /api/v1/session", cookie, &Value::Null)
            .await
            .status
            == 200
    };
    house.clock.pass(i64::from(Bounds::default().idle_s) - 1);
    assert!(is_in(&cookie).await);
    house.clock.pass(i64::from(Bounds::default().idle_s));
    assert!(!is_in(&cookie).await);

    let first = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    let second = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    let listed = house
        .page("GET /api/v1/session/all", &first, &Value::Null)
        .await;
    assert_eq!(listed.body["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(
        house
            .page("DELETE /api/v1/session/all", &first, &Value::Null)
            .await
            .status,
        204
    );
    assert!(!is_in(&first).await && !is_in(&second).await);

    let third = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    house.clock.pass(1);
    house
        .doors
        .accounts
        .set_disabled("seat-1", true, house.doors.clock.now())
        .unwrap();
    assert!(!is_in(&third).await, "a command disabled it");
    house
        .doors
        .accounts
        .set_disabled("seat-1", false, house.doors.clock.now())
        .unwrap();
    assert!(
        !is_in(&third).await,
        "and it stays out until it signs in again"
    );
}

#[tokio::test]
async fn a_change_of_role_holds_at_once_and_ends_sessions() {
    let house = planner_house();
    let cookie = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    house.clock.pass(1);
    let now = house.doors.clock.now();
    house
        .doors
        .accounts
        .set_role("seat-1", Role::Supervisor, Scope::default(), now)
        .unwrap();
    assert_eq!(
        house
            .page("GET /api/v1/visits", &cookie, &Value::Null)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn signing_in_ends_the_browsers_former_session() {
    let house = planner_house();
    let first = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    let body = json!({"name": "seat-1", "password": PASSWORD});
    let second = house
        .page("POST /api/v1/session", &first, &body)
        .await
        .cookie();
    assert_ne!(
        first, second,
        "an id that was planted before is worth nothing"
    );
    assert_eq!(
        house
            .page("GET /api/v1/session", &first, &Value::Null)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn outsiders_learn_nothing_and_slow_down() {
    let house = planner_house();
    let known = house.sign_in("seat-1", "wrong one", None).await;
    let unknown = house.sign_in("0912345678", "wrong one", None).await;
    assert_eq!(
        (known.status, known.code()),
        (unknown.status, unknown.code())
    );
    assert_eq!(known.body, unknown.body);
    assert!(
        !house.log().concat().contains("0912345678"),
        "what was typed as a name may be anything"
    );
    for _ in 0..4 {
        assert_eq!(house.sign_in("seat-1", "wrong one", None).await.status, 401);
    }
    assert_eq!(house.sign_in("seat-1", "wrong one", None).await.status, 401);
    let waits = house.sign_in("seat-1", PASSWORD, None).await;
    assert_eq!(
        (waits.status.as_u16(), waits.code()),
        (429, "too_many_requests")
    );
    let seconds: i64 = waits.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    house.clock.pass(seconds);
    assert_eq!(house.sign_in("seat-1", PASSWORD, None).await.status, 200);
}

#[tokio::test]
async fn a_ticket_opens_one_connection_as_its_holder() {
    let house = planner_house();
    let cookie = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    let given = house
        .page("POST /api/v1/session/ticket", &cookie, &Value::Null)
        .await;
    let ticket = given.body["ticket"].as_str().unwrap().to_owned();
    let elsewhere = house
        .get(&format!("/api/v1/visits?ticket={ticket}"), &[])
        .await;
    assert_eq!(elsewhere.status, 401, "for WebSockets alone");
    let path = format!("/ws?ticket={ticket}");
    assert_eq!(house.get(&path, &[]).await.body["who"], "seat-1");
    assert_eq!(house.get(&path, &[]).await.code(), "bad_ticket");
    // A ticket does not outlive its session.
    let given = house
        .page("POST /api/v1/session/ticket", &cookie, &Value::Null)
        .await;
    let ticket = given.body["ticket"].as_str().unwrap().to_owned();
    house
        .page("DELETE /api/v1/session", &cookie, &Value::Null)
        .await;
    assert_eq!(
        house.get(&format!("/ws?ticket={ticket}"), &[]).await.code(),
        "bad_ticket"
    );
}

#[tokio::test]
async fn a_connection_hears_when_its_session_ends() {
    let house = planner_house();
    let signed = house.sign_in("seat-1", PASSWORD, None).await;
    let cookie = signed.cookie();
    let (digest, _) = house.doors.sessions.of("seat-1", NOW).swap_remove(0);
    let caller = Caller {
        who: "seat-1".to_owned(),
        role: Role::Planner,
        scope: Scope::default(),
        by: By::Ticket,
        stage: Stage::Full,
        holder: super::super::caller::Holder::Session(digest),
    };
    assert_eq!(house.doors.still(&caller), Some(caller.clone()));
    house
        .page("DELETE /api/v1/session", &cookie, &Value::Null)
        .await;
    assert_eq!(house.doors.still(&caller), None);
}

#[tokio::test]
async fn sessions_survive_a_restart() {
    let house = planner_house();
    let cookie = house.sign_in("seat-1", PASSWORD, None).await.cookie();
    let settings = house.doors.settings.clone();
    let doors = Doors::open(
        house.dir.path(),
        settings,
        Arc::clone(&house.clock) as _,
        Arc::new(places),
    );
    let doors = Arc::new(doors.unwrap());
    let again = House {
        router: router(&doors),
        doors,
        clock: Arc::clone(&house.clock),
        dir: tempfile::tempdir().unwrap(),
    };
    assert_eq!(
        again
            .page("GET /api/v1/session", &cookie, &Value::Null)
            .await
            .body["who"],
        "seat-1"
    );
}

#[tokio::test]
async fn on_loopback_without_tls_the_cookie_is_plain_and_still_held() {
    let house = House::with(Settings::default());
    house.account("operator", Role::Operator, Scope::default());
    let got = house.sign_in("operator", PASSWORD, None).await;
    let set = got.headers["set-cookie"].to_str().unwrap();
    assert!(
        set.starts_with("vonglau=")
            && set.contains("HttpOnly; SameSite=Strict")
            && !set.contains("Secure"),
        "{set}"
    );
}
