//! Every address with every role, through the middleware: what the table says is what happens.

use super::super::right::Reach;
use super::super::routes::narrows;
use super::*;

/// A pattern with something in its places.
fn concrete(pattern: &str) -> String {
    let part = |part: &str| {
        if part.starts_with('{') {
            "s1".to_owned()
        } else {
            part.to_owned()
        }
    };
    pattern.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn what_the_table_says_happens() {
    // Everybody asks at once here, which is not what is tried.
    let rate = super::super::limits::Rate {
        per_second: 1e6,
        burst: 1e6,
    };
    let house = House::with(Settings {
        tls: true,
        per_caller: rate,
        per_address: rate,
        sign_ins: rate,
        ..Settings::default()
    });
    let keys: Vec<_> = Role::ALL
        .map(|role| (role, scope_of(role), house.bearer(role, scope_of(role))))
        .into();
    for route in &ROUTES {
        let path = concrete(route.pattern);
        let asked = format!("{} {path}", route.method);
        let nobody = house.send(FAR, &asked, &[], "").await;
        if route.right == super::super::right::Right::Public {
            assert!(
                nobody.status != 401 && nobody.status != 500 || path.ends_with("/session"),
                "{asked}: {nobody:?}"
            );
        } else {
            assert_eq!(
                (nobody.status.as_u16(), nobody.code()),
                (401, "not_signed_in"),
                "{asked}"
            );
            assert!(nobody.headers.contains_key("www-authenticate"));
        }
        for (role, scope, key) in &keys {
            let got = house.send(FAR, &asked, &[("authorization", key)], "").await;
            let reach = route.right.reach(*role);
            let narrowed = scope.narrowed(reach, route.narrowing, &places);
            match (reach, narrowed) {
                _ if route.right == super::super::right::Right::Public => {
                    assert_ne!(got.code(), "not_permitted");
                }
                (Reach::Denied, _) => {
                    assert_eq!(
                        (got.status.as_u16(), got.code()),
                        (403, "not_permitted"),
                        "{role}: {asked}"
                    );
                }
                (_, Err(_)) => {
                    assert_eq!(
                        (got.status.as_u16(), got.code()),
                        (403, "out_of_scope"),
                        "{role}: {asked}"
                    );
                }
                (_, Ok(narrowed)) if !narrowed.is_all() && !narrows(route.pattern) => {
                    assert_eq!(
                        (got.status.as_u16(), got.code()),
                        (403, "out_of_scope"),
                        "{role}: {asked}"
                    );
                }
                (_, Ok(narrowed)) => {
                    assert!(
                        !["not_permitted", "out_of_scope"].contains(&got.code()),
                        "{role}: {asked}: {got:?}"
                    );
                    if got.body.get("sites").is_some() {
                        assert_eq!(got.body["sites"], json!(narrowed.sites), "{role}: {asked}");
                        assert_eq!(
                            got.body["agencies"],
                            json!(narrowed.agencies),
                            "{role}: {asked}"
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_in_no_table_is_denied() {
    let house = House::new();
    let key = house.bearer(Role::ShiftLead, Scope::default());
    let auth = [("authorization", key.as_str())];
    let got = house.get("/api/v1/forgotten", &auth).await;
    assert_eq!((got.status.as_u16(), got.code()), (403, "not_permitted"));
    assert_eq!(
        house.get("/api/v1/nothing/here", &auth).await.code(),
        "not_found"
    );
    assert_eq!(
        house.get("/api/v1/nothing/here", &[]).await.code(),
        "not_signed_in"
    );
    let got = house.send(FAR, "DELETE /api/v1/visits", &auth, "").await;
    assert_eq!(
        (got.status.as_u16(), got.code()),
        (405, "method_not_allowed")
    );
    assert_eq!(
        house.get("/", &[]).await.body,
        "a page",
        "pages hold nothing of anybody"
    );
    assert_eq!(house.send(FAR, "POST /", &[], "").await.status, 405);
    // What is written otherwise is not taken for the same.
    for path in [
        "/api/v1//visits",
        "/api/v1/Visits",
        "/api/v1/visits/",
        "/api/v1/%76isits",
        "//api/v1/visits",
        "/api/v1/./visits",
    ] {
        let got = house.get(path, &[]).await;
        let is_page =
            got.body == "a page" || got.code() == "not_signed_in" || got.code() == "not_found";
        assert!(is_page, "{path}: {got:?}");
    }
}

#[tokio::test]
async fn a_units_points_narrow_an_answer() {
    let house = House::new();
    let scope = Scope {
        units: Some(["u1".to_owned()].into()),
        ..Scope::default()
    };
    let key = house.bearer(Role::UnitOfficer, scope);
    let auth = [("authorization", key.as_str())];
    assert_eq!(
        house.get("/api/v1/sites/s1", &auth).await.body["sites"],
        json!(["s1", "s2"])
    );
    assert_eq!(
        house.get("/api/v1/flows", &auth).await.code(),
        "out_of_scope"
    );
    assert_eq!(
        house.get("/api/v1/tasks", &auth).await.code(),
        "out_of_scope"
    );
}
