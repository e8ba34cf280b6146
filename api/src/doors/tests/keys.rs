//! Programs: bearer keys and signatures.

use super::super::right::Right;
use super::super::signing::sign;
use super::*;

#[tokio::test]
async fn a_bearer_key_is_taken_until_it_is_revoked() {
    let house = House::new();
    let (id, whole) = house.key(Role::Source, Scope::default(), Use::Bearer);
    let auth = format!("Bearer {whole}");
    let send = async |auth: &str| {
        house
            .send(FAR, "POST /api/v1/events", &[("authorization", auth)], "x")
            .await
    };
    let got = send(&auth).await;
    assert_eq!(
        (got.status.as_u16(), got.body["who"].as_str()),
        (200, Some(format!("key:{id}").as_str()))
    );
    assert_eq!(got.headers["cache-control"], "no-store");
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwdw==",
        &whole,
        &auth.replace("vgl_", "vgl-"),
        &format!("{auth} "),
        &format!("Bearer  {whole}"),
    ] {
        let got = send(wrong).await;
        assert_eq!(
            (got.status.as_u16(), got.code()),
            (401, "bad_key"),
            "{wrong}"
        );
    }
    house.doors.keys.revoke(&id, NOW).unwrap();
    assert_eq!(send(&auth).await.code(), "bad_key");
    // A wrong key is refused where everybody may come, too: its sender should hear of it.
    assert_eq!(
        house
            .get("/healthz", &[("authorization", &auth)])
            .await
            .code(),
        "bad_key"
    );
}

#[tokio::test]
async fn a_signed_request_counts_once_with_its_body() {
    let house = House::new();
    let (id, whole) = house.key(Role::Source, Scope::default(), Use::Signing);
    let secret = whole.rsplit('_').next().unwrap().to_owned();
    let send = async |id: &str, signature: &str, body: &str| {
        let headers = [("x-vonglau-key", id), ("x-vonglau-signature", signature)];
        house.send(FAR, "POST /api/v1/events", &headers, body).await
    };
    let signature = sign(&secret, NOW, b"one line");
    assert_eq!(
        send(&id, &signature, "another line").await.code(),
        "bad_signature"
    );
    let got = send(&id, &signature, "one line").await;
    assert_eq!(
        (got.status.as_u16(), got.body["body"].as_str()),
        (200, Some("one line")),
        "the handler has the body"
    );
    let again = send(&id, &signature, "one line").await;
    assert!(
        again.body["detail"]
            .as_str()
            .unwrap()
            .contains("used before"),
        "{again:?}"
    );
    house.clock.pass(301);
    assert!(
        send(&id, &sign(&secret, NOW, b"x"), "x").await.body["detail"]
            .as_str()
            .unwrap()
            .contains("NTP")
    );
    let now = NOW.plus_seconds(301);
    assert_eq!(send(&id, &sign(&secret, now, b"x"), "x").await.status, 200);
    assert_eq!(
        send("0000000000000000", &sign(&secret, now, b"y"), "y")
            .await
            .code(),
        "bad_signature"
    );
    let bearer = house.key(Role::Source, Scope::default(), Use::Bearer);
    let own = sign(bearer.1.rsplit('_').next().unwrap(), now, b"z");
    assert_eq!(
        send(&bearer.0, &own, "z").await.code(),
        "bad_signature",
        "a bearer key signs nothing"
    );
    assert_eq!(send(&id, "t=1,v1=00", "z").await.code(), "bad_signature");
    assert_eq!(
        house
            .get("/api/v1/visits", &[("x-vonglau-key", &id)])
            .await
            .code(),
        "bad_signature"
    );
}

#[tokio::test]
async fn a_signed_body_is_bounded() {
    let house = House::with(Settings {
        tls: true,
        signed_body: 10,
        ..Settings::default()
    });
    let (id, whole) = house.key(Role::Source, Scope::default(), Use::Signing);
    let body = "more than ten bytes";
    let signature = sign(whole.rsplit('_').next().unwrap(), NOW, body.as_bytes());
    let headers = [
        ("x-vonglau-key", id.as_str()),
        ("x-vonglau-signature", &signature),
    ];
    assert_eq!(
        house
            .send(FAR, "POST /api/v1/events", &headers, body)
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn two_kinds_of_credentials_are_refused() {
    let house = House::new();
    let auth = house.bearer(Role::Operator, Scope::default());
    let both = [
        ("authorization", auth.as_str()),
        ("x-vonglau-key", "x"),
        ("x-vonglau-signature", "t=1,v1=0"),
    ];
    assert_eq!(house.get("/metrics", &both).await.code(), "two_credentials");
    let twice = [
        ("authorization", auth.as_str()),
        ("authorization", auth.as_str()),
    ];
    assert_eq!(house.get("/metrics", &twice).await.code(), "bad_key");
    assert_eq!(
        house
            .get("/ws?ticket=0", &[("authorization", &auth)])
            .await
            .code(),
        "two_credentials"
    );
}

#[tokio::test]
async fn a_scrapers_key_reads_the_metrics_alone() {
    let house = House::new();
    let scope = Scope {
        rights: Some([Right::Metrics].into()),
        ..Scope::default()
    };
    let auth = house.bearer(Role::Operator, scope);
    let auth = [("authorization", auth.as_str())];
    assert_eq!(house.get("/metrics", &auth).await.status, 200);
    assert_eq!(
        house.get("/api/v1/archive", &auth).await.code(),
        "not_permitted"
    );
    assert_eq!(house.get("/healthz", &auth).await.status, 200);
}

#[tokio::test]
async fn a_key_comes_from_any_page_since_no_page_has_it() {
    let house = House::new();
    let auth = house.bearer(Role::Source, Scope::default());
    let headers = [
        ("authorization", auth.as_str()),
        ("origin", "https://kiosk.example"),
    ];
    assert_eq!(
        house
            .send(FAR, "POST /api/v1/events", &headers, "x")
            .await
            .status,
        200
    );
}
