//! The identity provider: a small real one on loopback, with the tokens that an honest and a dishonest one would give.

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::routing::post;
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreIdToken, CoreJsonWebKeySet,
    CoreJwsSigningAlgorithm as Alg,
};
use openidconnect::{
    AccessToken, JsonWebKeyId, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey,
};
use parking_lot::Mutex;

use super::super::caller::By;
use super::super::openid::{OpenIdSettings, Subject};
use super::super::secret::Digest;
use super::super::sessions::{self, Bounds};
use super::*;

const BACK: &str = "https://vl.hanoi.vn/api/v1/session/openid/back";
const SECRET: &str = "a secret of the client, thirty-two bytes";
/// Ed25519 keys of the tests.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n";
const OTHER: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA\n-----END PRIVATE KEY-----\n";

#[derive(Default)]
struct Given {
    issuer: String,
    keys: Vec<CoreEdDsaPrivateSigningKey>,
    /// The challenge of the sign-in that is under way.
    challenge: String,
    token: String,
    /// How often what it publishes was asked for.
    asked: usize,
}

/// A provider that gives the token which it is told to.
#[derive(Clone)]
struct Provider(Arc<Mutex<Given>>);

fn key(pem: &str, id: &str) -> CoreEdDsaPrivateSigningKey {
    let id = JsonWebKeyId::new(id.to_owned());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(pem, Some(id)).unwrap()
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let given = Given {
            issuer,
            keys: vec![key(KEY, "one")],
            ..Given::default()
        };
        let provider = Self(Arc::new(Mutex::new(given)));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(published))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn issuer(&self) -> String {
        self.0.lock().issuer.clone()
    }

    fn digest_of(&self, subject: &str) -> Digest {
        Subject::new(&self.issuer(), subject).digest().unwrap()
    }

    fn settings(&self) -> OpenIdSettings {
        OpenIdSettings {
            issuer: self.issuer(),
            client: "vonglau".to_owned(),
            secret: Some(SECRET.to_owned()),
            back: BACK.to_owned(),
            name: "Tài khoản Thành phố".to_owned(),
            acr: vec!["urn:hanoi:2".to_owned()],
        }
    }

    /// A house that knows it, with a planner and a supervisor who are linked.
    fn house(&self) -> House {
        let house = House::with(Settings {
            tls: true,
            openid: Some(self.settings()),
            ..Settings::default()
        });
        let accounts = &house.doors.accounts;
        accounts.first_start(NOW).unwrap();
        for (name, role) in [("seat-1", Role::Planner), ("seat-2", Role::Supervisor)] {
            accounts.create(name, role, Scope::default(), NOW).unwrap();
            let subject = self.digest_of(&format!("subject of {name}"));
            accounts.link(name, Some(subject), NOW).unwrap();
        }
        house
    }

    /// The claims of an honest token.
    fn claims(&self, nonce: &str, subject: &str) -> Value {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        json!({
            "iss": self.issuer(), "sub": subject, "aud": ["vonglau"], "exp": now + 300, "iat": now, "nonce": nonce,
            "name": "Nguyễn Văn Thử", "email": "thu@example.vn", "amr": ["pwd"],
        })
    }

    fn gives(&self, claims: &Value) {
        self.gives_signed(claims, &key(KEY, "one"));
    }

    fn gives_signed(&self, claims: &Value, key: &CoreEdDsaPrivateSigningKey) {
        let claims = serde_json::from_value(claims.clone()).unwrap();
        let access = AccessToken::new("an access token".to_owned());
        let token = CoreIdToken::new(claims, key, Alg::EdDsa, Some(&access), None).unwrap();
        self.0.lock().token = token.to_string();
    }
}

async fn published(State(provider): State<Provider>) -> axum::Json<Value> {
    let mut given = provider.0.lock();
    given.asked += 1;
    let at = &given.issuer;
    axum::Json(json!({
        "issuer": at, "authorization_endpoint": format!("{at}/authorize"), "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{at}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
}

async fn keys(State(provider): State<Provider>) -> axum::Json<CoreJsonWebKeySet> {
    let given = provider.0.lock();
    let keys = given
        .keys
        .iter()
        .map(PrivateSigningKey::as_verification_key);
    axum::Json(CoreJsonWebKeySet::new(keys.collect()))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(sent): Form<HashMap<String, String>>,
) -> (StatusCode, axum::Json<Value>) {
    let given = provider.0.lock();
    let verifier = PkceCodeVerifier::new(sent["code_verifier"].clone());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    let is_right = sent["code"] == "a code"
        && sent["grant_type"] == "authorization_code"
        && sent["redirect_uri"] == BACK
        && challenge.as_str() == given.challenge
        && headers.contains_key("authorization");
    if !is_right {
        let error = json!({"error": "invalid_grant", "error_description": "của Nguyễn Văn Thử"});
        return (StatusCode::BAD_REQUEST, axum::Json(error));
    }
    let answer = json!({
        "access_token": "an access token", "token_type": "Bearer", "id_token": given.token,
    });
    (StatusCode::OK, axum::Json(answer))
}

/// A sign-in that was begun: the address's parameters, and the state's cookie.
struct Begun {
    sent: HashMap<String, String>,
    cookie: String,
}

async fn begin(house: &House, provider: &Provider) -> Begun {
    begin_with(house, provider, &[]).await
}

async fn begin_with(house: &House, provider: &Provider, headers: &[(&str, &str)]) -> Begun {
    let got = house.get("/api/v1/session/openid", headers).await;
    assert_eq!(got.status, 303, "{got:?}");
    let to = url::Url::parse(got.headers["location"].to_str().unwrap()).unwrap();
    let sent: HashMap<String, String> = to.query_pairs().into_owned().collect();
    assert_eq!(to.path(), "/authorize");
    assert_eq!(
        (
            sent["client_id"].as_str(),
            sent["redirect_uri"].as_str(),
            sent["scope"].as_str()
        ),
        ("vonglau", BACK, "openid")
    );
    let set = got.headers["set-cookie"].to_str().unwrap();
    for part in [
        "__Host-vonglau-openid=",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Secure",
    ] {
        assert!(set.contains(part), "{set}");
    }
    provider
        .0
        .lock()
        .challenge
        .clone_from(&sent["code_challenge"]);
    Begun {
        sent,
        cookie: got.cookie(),
    }
}

/// Comes back as a browser does that the provider sends on: from its page, with the state's cookie alone.
async fn back(house: &House, query: &str, cookie: &str) -> Got {
    let headers = [
        ("cookie", cookie),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
    ];
    house
        .get(&format!("/api/v1/session/openid/back?{query}"), &headers)
        .await
}

async fn comes_back(house: &House, begun: &Begun) -> Got {
    let query = format!("code=a%20code&state={}", begun.sent["state"]);
    back(house, &query, &begun.cookie).await
}

fn led_to(got: &Got) -> &str {
    assert_eq!(got.status, 303, "{got:?}");
    got.headers["location"].to_str().unwrap()
}

/// The session's cookie among those that an answer sets.
fn session_of(got: &Got) -> Option<String> {
    let set = got.headers.get_all("set-cookie").iter();
    let set = set.map(|value| {
        value
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    });
    set.into_iter()
        .find(|set| set.starts_with("__Host-vonglau="))
}

#[tokio::test]
async fn somebody_linked_signs_in_and_nothing_of_the_person_is_kept() {
    let provider = Provider::start().await;
    let house = provider.house();
    let ways = house.get("/api/v1/session/ways", &[]).await;
    assert_eq!(ways.body["openid"]["name"], "Tài khoản Thành phố");
    let begun = begin(&house, &provider).await;
    provider.gives(&provider.claims(&begun.sent["nonce"], "subject of seat-1"));
    let got = comes_back(&house, &begun).await;
    assert_eq!(led_to(&got), "/");
    let session = session_of(&got).unwrap();
    let me = house.get("/api/v1/session", &[("cookie", &session)]).await;
    // The account's one-time password was never used, and is not asked for.
    assert_eq!(
        (&me.body["who"], &me.body["stage"]),
        (&json!("seat-1"), &json!("full"))
    );
    let log = house.log();
    assert!(
        log.iter().any(|line| line.starts_with("seat-1 signed_in")),
        "{log:?}"
    );
    // It is over: neither the state nor the code is good for another.
    assert_eq!(
        led_to(&comes_back(&house, &begun).await),
        "/?refused=not_begun"
    );
    house.doors.sessions.flush(NOW).unwrap();
    for file in std::fs::read_dir(house.dir.path()).unwrap() {
        let path = file.unwrap().path();
        let Ok(text) = std::fs::read(&path) else {
            continue;
        };
        let text = String::from_utf8_lossy(&text).into_owned();
        for planted in ["Nguyễn", "thu@example.vn", "subject of"] {
            assert!(!text.contains(planted), "{planted} in {}", path.display());
        }
    }
    // Unlinked, its session ends.
    house.clock.pass(1);
    house
        .doors
        .accounts
        .link("seat-1", None, house.doors.clock.now())
        .unwrap();
    let me = house.get("/api/v1/session", &[("cookie", &session)]).await;
    assert_eq!(me.status, 401);
}

#[tokio::test]
async fn who_is_linked_to_nothing_or_lacks_a_second_factor_is_told_so() {
    let provider = Provider::start().await;
    let house = provider.house();
    let comes = async |subject: &str, also: Value| {
        let begun = begin(&house, &provider).await;
        let mut claims = provider.claims(&begun.sent["nonce"], subject);
        for (name, value) in also.as_object().unwrap() {
            claims[name] = value.clone();
        }
        provider.gives(&claims);
        let got = comes_back(&house, &begun).await;
        (led_to(&got).to_owned(), session_of(&got).is_some())
    };
    let led = |to: &str, is_in: bool| (to.to_owned(), is_in);
    assert_eq!(
        comes("somebody else", json!({})).await,
        led("/?refused=not_linked", false)
    );
    let supervisor = "subject of seat-2";
    assert_eq!(
        comes(supervisor, json!({})).await,
        led("/?refused=second_factor", false)
    );
    assert_eq!(
        comes(supervisor, json!({"amr": ["pwd", "mfa"]})).await,
        led("/", true)
    );
    assert_eq!(
        comes(supervisor, json!({"acr": "urn:hanoi:2"})).await,
        led("/", true)
    );
    assert_eq!(
        comes(supervisor, json!({"acr": "urn:hanoi:1"})).await,
        led("/?refused=second_factor", false)
    );
    house
        .doors
        .accounts
        .set_disabled("seat-1", true, NOW)
        .unwrap();
    assert_eq!(
        comes("subject of seat-1", json!({})).await,
        led("/?refused=not_linked", false)
    );
    let taken = house
        .doors
        .accounts
        .link("seat-1", Some(provider.digest_of(supervisor)), NOW);
    assert!(taken.unwrap_err().to_string().contains("seat-2"));
}

#[tokio::test]
async fn tokens_that_are_not_to_be_believed_sign_nobody_in() {
    let provider = Provider::start().await;
    let house = provider.house();
    let changes: [(&str, Value); 5] = [
        ("nonce", json!("of another sign-in")),
        ("aud", json!(["another client"])),
        ("iss", json!("http://127.0.0.1:1")),
        ("exp", json!(1_700_000_000)),
        ("sub", json!("")),
    ];
    for (name, value) in changes {
        let begun = begin(&house, &provider).await;
        let mut claims = provider.claims(&begun.sent["nonce"], "subject of seat-1");
        claims[name] = value;
        provider.gives(&claims);
        let got = comes_back(&house, &begun).await;
        assert!(session_of(&got).is_none(), "{name}");
        let word = if name == "sub" {
            "not_linked"
        } else {
            "untrue"
        };
        assert_eq!(led_to(&got), format!("/?refused={word}"), "{name}");
    }
    // Signed by another key, by none, by the client's secret, and no token at all.
    let begun = begin(&house, &provider).await;
    let claims = provider.claims(&begun.sent["nonce"], "subject of seat-1");
    provider.gives_signed(&claims, &key(OTHER, "one"));
    assert_eq!(
        led_to(&comes_back(&house, &begun).await),
        "/?refused=untrue"
    );
    let begun = begin(&house, &provider).await;
    let claims = provider.claims(&begun.sent["nonce"], "subject of seat-1");
    let claims = serde_json::from_value(claims).unwrap();
    let by_secret = CoreIdToken::new(
        claims,
        &CoreHmacKey::new(SECRET),
        Alg::HmacSha256,
        None,
        None,
    );
    provider.0.lock().token = by_secret.unwrap().to_string();
    assert_eq!(
        led_to(&comes_back(&house, &begun).await),
        "/?refused=untrue"
    );
    let begun = begin(&house, &provider).await;
    provider.0.lock().token = "e30.e30.".to_owned();
    let got = comes_back(&house, &begun).await;
    assert!(session_of(&got).is_none() && led_to(&got) != "/");
}

#[tokio::test]
async fn a_sign_in_begun_elsewhere_or_left_for_long_is_none() {
    let provider = Provider::start().await;
    let house = provider.house();
    let begun = begin(&house, &provider).await;
    provider.gives(&provider.claims(&begun.sent["nonce"], "subject of seat-1"));
    // A foreign page begins nothing for who looks at it, and uses up nothing.
    for _ in 0..100 {
        let foreign = [("sec-fetch-site", "cross-site")];
        let got = house.get("/api/v1/session/openid", &foreign).await;
        assert_eq!(led_to(&got), "/?refused=not_begun");
    }
    // Somebody else's link, opened in a browser that began nothing, or another sign-in.
    let query = format!("code=a%20code&state={}", begun.sent["state"]);
    assert_eq!(
        led_to(&back(&house, &query, "x=y").await),
        "/?refused=not_begun"
    );
    let other = begin(&house, &provider).await;
    assert_eq!(
        led_to(&back(&house, &query, &other.cookie).await),
        "/?refused=not_begun"
    );
    assert_eq!(led_to(&back(&house, "", "").await), "/?refused=not_begun");
    // A code of another sign-in does not fit its proof.
    let got = comes_back(&house, &begun).await;
    assert_eq!(led_to(&got), "/?refused=refused");
    house.clock.pass(600);
    assert_eq!(
        led_to(&comes_back(&house, &other).await),
        "/?refused=not_begun"
    );
    // What the provider says is said in its word, and nothing else of it.
    let begun = begin(&house, &provider).await;
    let query = format!("error=access_denied&state={}", begun.sent["state"]);
    assert_eq!(
        led_to(&back(&house, &query, &begun.cookie).await),
        "/?refused=refused"
    );
    assert_eq!(
        led_to(&comes_back(&house, &begun).await),
        "/?refused=not_begun"
    );
}

#[tokio::test]
async fn a_key_that_the_provider_changed_is_fetched_and_its_absence_is_told() {
    let provider = Provider::start().await;
    let house = House::with(Settings {
        sessions: Bounds::default(),
        ..provider.house().doors.settings.clone()
    });
    let accounts = &house.doors.accounts;
    accounts
        .create("seat-1", Role::Planner, Scope::default(), NOW)
        .unwrap();
    let subject = provider.digest_of("subject of seat-1");
    accounts.link("seat-1", Some(subject), NOW).unwrap();
    let begun = begin(&house, &provider).await;
    provider.0.lock().keys = vec![key(OTHER, "two")];
    provider.gives_signed(
        &provider.claims(&begun.sent["nonce"], "subject of seat-1"),
        &key(OTHER, "two"),
    );
    // It was asked a moment ago: it is not asked again for every odd token.
    assert_eq!(
        led_to(&comes_back(&house, &begun).await),
        "/?refused=untrue"
    );
    house.clock.pass(61);
    let begun = begin(&house, &provider).await;
    provider.gives_signed(
        &provider.claims(&begun.sent["nonce"], "subject of seat-1"),
        &key(OTHER, "two"),
    );
    assert_eq!(led_to(&comes_back(&house, &begun).await), "/");
    assert_eq!(provider.0.lock().asked, 2);
    // Nobody listens there.
    let settings = OpenIdSettings {
        issuer: "http://127.0.0.1:9".to_owned(),
        ..provider.settings()
    };
    let house = House::with(Settings {
        tls: true,
        openid: Some(settings),
        ..Settings::default()
    });
    let got = house.get("/api/v1/session/openid", &[]).await;
    assert_eq!(led_to(&got), "/?refused=unreachable");
    let none = House::new();
    let got = none.get("/api/v1/session/openid", &[]).await;
    assert_eq!((got.status.as_u16(), got.code()), (404, "no_provider"));
}

#[tokio::test]
async fn the_browsers_former_session_ends_and_failures_stand_in_the_log() {
    let provider = Provider::start().await;
    let house = provider.house();
    let begun = begin(&house, &provider).await;
    provider.gives(&provider.claims(&begun.sent["nonce"], "subject of seat-1"));
    let former = session_of(&comes_back(&house, &begun).await).unwrap();
    // Another person at the same machine: the provider's page sends no cookie of the session's, which is strict.
    let begun = begin_with(&house, &provider, &[("cookie", &former)]).await;
    let mut claims = provider.claims(&begun.sent["nonce"], "subject of seat-2");
    provider.gives(&claims);
    assert_eq!(
        led_to(&comes_back(&house, &begun).await),
        "/?refused=second_factor"
    );
    let me = house.get("/api/v1/session", &[("cookie", &former)]).await;
    assert_eq!(me.status, 200, "nobody else came");
    let begun = begin_with(&house, &provider, &[("cookie", &former)]).await;
    claims["nonce"] = json!(begun.sent["nonce"]);
    claims["amr"] = json!(["mfa"]);
    provider.gives(&claims);
    let got = comes_back(&house, &begun).await;
    assert_eq!(led_to(&got), "/");
    let me = house.get("/api/v1/session", &[("cookie", &former)]).await;
    assert_eq!(me.status, 401);
    let session = session_of(&got).unwrap();
    let me = house.get("/api/v1/session", &[("cookie", &session)]).await;
    assert_eq!(me.body["who"], "seat-2");
    let begun = begin(&house, &provider).await;
    let query = format!("error=access_denied&state={}", begun.sent["state"]);
    back(&house, &query, &begun.cookie).await;
    // Anybody's link fills nothing.
    for _ in 0..3 {
        back(&house, "code=a&state=b", "x=y").await;
        back(&house, "code=a&code=b&state=%FF", "x=y").await;
    }
    let failures: Vec<String> = house
        .log()
        .into_iter()
        .filter(|line| line.contains("sign_in_failed"))
        .collect();
    assert_eq!(failures.len(), 2, "{failures:?}");
    assert!(
        failures[0].starts_with("seat-2 ") && failures[0].contains("second_factor"),
        "{failures:?}"
    );
    assert!(failures[1].contains("refused"), "{failures:?}");
}

#[tokio::test]
async fn a_session_of_the_providers_holds_while_it_would_be_let_in() {
    let provider = Provider::start().await;
    let house = provider.house();
    let begun = begin(&house, &provider).await;
    provider.gives(&provider.claims(&begun.sent["nonce"], "subject of seat-1"));
    let session = session_of(&comes_back(&house, &begun).await).unwrap();
    let found = house
        .doors
        .sessions
        .find(session.split_once('=').unwrap().1, NOW);
    let (digest, kept) = found.unwrap();
    let of = |session: &sessions::Session| house.doors.of_session(digest, session, By::Session);
    assert!(of(&kept).is_some());
    let proved = kept.proved.unwrap();
    assert_eq!(proved.subject, provider.digest_of("subject of seat-1"));
    let other = sessions::Session {
        proved: Some(sessions::Proved {
            subject: Digest::of(b"somebody else"),
            ..proved
        }),
        ..kept.clone()
    };
    assert!(of(&other).is_none());
    // Its account is another's by now, whom the rule asks for more.
    let stricter = sessions::Session {
        account: "seat-2".to_owned(),
        proved: Some(sessions::Proved {
            subject: provider.digest_of("subject of seat-2"),
            has_second_factor: false,
        }),
        ..kept
    };
    assert!(of(&stricter).is_none());
}

#[tokio::test]
async fn a_provider_that_answers_nonsense_is_told_and_signs_nobody_in() {
    let provider = Provider::start().await;
    let house = provider.house();
    for nonsense in ["", "nothing", "a.b", "a.b.c", "e30.e30.AA"] {
        let begun = begin(&house, &provider).await;
        provider.0.lock().token = nonsense.to_owned();
        let got = comes_back(&house, &begun).await;
        assert!(session_of(&got).is_none(), "{nonsense}");
        assert_eq!(led_to(&got), "/?refused=unreachable", "{nonsense}");
    }
    // Another address than its own: that is another provider.
    let there = provider.issuer();
    provider.0.lock().issuer = "http://127.0.0.1:1".to_owned();
    let settings = OpenIdSettings {
        issuer: there,
        ..provider.settings()
    };
    let other = House::with(Settings {
        tls: true,
        openid: Some(settings),
        ..Settings::default()
    });
    let got = other.get("/api/v1/session/openid", &[]).await;
    assert_eq!(led_to(&got), "/?refused=unreachable");
}
