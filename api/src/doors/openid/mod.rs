//! Signing in at the city's identity provider: OpenID Connect, the authorization code flow with PKCE.
//!
//! What flows in: the settings, and the browser that comes back with a code. What flows out: a [`Known`]: who the provider says it is, and whether it asked for a second factor. Which account that is, [`super::accounts`] says: an operator links a
//! subject to an account beforehand, so that nobody of the provider's whole directory comes in uncalled.
//!
//! What holds:
//! - a sign-in is begun here, in the same browser (its state is in a cookie, too), ends within ten minutes, and once ([`begun`]);
//! - of the token only the subject and how it was proved are read, and the subject is kept as a digest: no name or address of a
//!   person is kept or logged;
//! - a token is signed with a key that the provider publishes (never with the client's secret), for this client, for this sign-in.

mod begun;
mod settings;
mod subject;

use std::sync::Arc;
use std::time::Duration;

use axum::http;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreJwsSigningAlgorithm as Alg,
    CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, TokenResponse as _,
};
use parking_lot::Mutex;

use super::at::At;
use super::secret::{Digest, NoRandom};
use begun::{Begun, New, One};
pub use settings::{BadOpenId, OpenIdSettings, check_issuer};
pub use subject::Subject;

/// The provider is asked for what it publishes again after so many seconds.
const FRESH_S: u64 = 3_600;
/// And after a failure no sooner than this.
const AGAIN_S: u64 = 5;
/// And no sooner than this, though a token is signed with a key that was not published then.
const ANEW_S: u64 = 60;
/// Longest answer of the provider that is read, bytes.
const LONGEST: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(10);
/// How tokens may be signed: by the provider's own keys.
const SIGNED: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];

/// Why nobody was signed in by the provider.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdError {
    /// The provider did not answer, or not as it should.
    #[error("the identity provider does not answer as it should: {0}")]
    Unreachable(String),
    /// The state is none that was begun here, in this browser, of late.
    #[error("the sign-in was not begun here, or longer than ten minutes ago: begin again")]
    NotBegun,
    /// The provider refused.
    #[error("the identity provider refused: {0}")]
    Refused(String),
    /// Its token is signed by none of the keys that it was known to publish.
    #[error("the identity provider's token is signed by none of its keys: {0}")]
    Unsigned(String),
    /// Its token is not to be believed.
    #[error("the identity provider's token is not to be believed: {0}")]
    Untrue(String),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandom),
}

/// Where a browser is sent, and what it must come back with.
#[derive(Debug)]
pub struct Sent {
    /// The provider's address.
    pub to: String,
    /// What the browser keeps meanwhile.
    pub cookie: String,
}

/// Who came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who it is.
    pub subject: Subject,
    /// The provider asked for a second factor.
    pub has_second_factor: bool,
}

/// What a browser came back with, the refusals of others among it.
#[derive(Debug)]
pub struct CameBack {
    one: One,
    /// The session that the browser had when it began.
    pub former: Option<Digest>,
}

/// An identity provider.
#[derive(Debug)]
pub struct Provider {
    settings: OpenIdSettings,
    http: reqwest::Client,
    /// What it publishes, and since when that is known.
    published: Mutex<Option<(Arc<CoreProviderMetadata>, At)>>,
    begun: Begun,
    /// One asks, and the others wait for its answer; when that failed last.
    asking: tokio::sync::Mutex<Option<At>>,
}

impl Provider {
    /// Of settings; the provider is asked when somebody signs in.
    pub fn open(settings: OpenIdSettings) -> Result<Self, BadOpenId> {
        // An address that leads on is not followed: it could lead into the house. Nor is one without TLS, whatever the provider
        // publishes, unless it is of this machine itself.
        let http = reqwest::Client::builder()
            .https_only(is_https(&settings.issuer))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|e| BadOpenId::Client(e.to_string()))?;
        Ok(Self {
            settings,
            http,
            published: Mutex::default(),
            begun: Begun::new().map_err(|e| BadOpenId::Random(e.to_string()))?,
            asking: tokio::sync::Mutex::default(),
        })
    }

    /// What the button to it says.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Begins a sign-in, in a browser with a session or without.
    pub async fn begin(&self, former: Option<Digest>, now: At) -> Result<Sent, OpenIdError> {
        let published = self.published(now, FRESH_S).await?;
        let New { state, cookie, one } = self.begun.begin(former, now)?;
        let verifier = PkceCodeVerifier::new(one.verifier);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let own = (CsrfToken::new(state), Nonce::new(one.nonce));
        let (to, _, _) = client(&self.settings, &published)?
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || own.0,
                move || own.1,
            )
            .set_pkce_challenge(challenge)
            .url();
        Ok(Sent {
            to: to.into(),
            cookie,
        })
    }

    /// The sign-in that a browser comes back from, by the address's state and the browser's cookie; it is over by that.
    pub fn came_back(&self, state: &str, cookie: &str, now: At) -> Result<CameBack, OpenIdError> {
        let taken = self.begun.take(state, cookie, now);
        let (one, former) = taken.ok_or(OpenIdError::NotBegun)?;
        Ok(CameBack { one, former })
    }

    /// Ends a sign-in with the provider's code.
    pub async fn finish(
        &self,
        code: String,
        CameBack { one, .. }: CameBack,
        now: At,
    ) -> Result<Known, OpenIdError> {
        let published = self.published(now, FRESH_S).await?;
        let answer = self.exchange(&published, code, one.verifier).await?;
        let nonce = Nonce::new(one.nonce);
        match self.known(&published, &answer, &nonce) {
            // It may be signed with a key that was published since.
            Err(OpenIdError::Unsigned(why)) => {
                let anew = self.published(now, ANEW_S).await;
                let anew = anew.map_err(|_| OpenIdError::Unsigned(why))?;
                self.known(&anew, &answer, &nonce)
            }
            known => known,
        }
    }

    async fn exchange(
        &self,
        published: &CoreProviderMetadata,
        code: String,
        verifier: String,
    ) -> Result<CoreTokenResponse, OpenIdError> {
        let client = client(&self.settings, published)?;
        let asked = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|e| OpenIdError::Unreachable(e.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let ask = |request| ask(self.http.clone(), request);
        asked.request_async(&ask).await.map_err(|e| match e {
            // What it says of it may be anything; its word is one of a few.
            openidconnect::RequestTokenError::ServerResponse(said) => {
                OpenIdError::Refused(word(said.error().as_ref()))
            }
            openidconnect::RequestTokenError::Request(e) => OpenIdError::Unreachable(told(&e)),
            // What stands there may be a person's: only where it does is told.
            openidconnect::RequestTokenError::Parse(e, _) => {
                OpenIdError::Unreachable(format!("its answer is none at `{}`", e.path()))
            }
            openidconnect::RequestTokenError::Other(why) => OpenIdError::Unreachable(why),
        })
    }

    fn known(
        &self,
        published: &CoreProviderMetadata,
        answer: &CoreTokenResponse,
        nonce: &Nonce,
    ) -> Result<Known, OpenIdError> {
        let untrue = |why: String| OpenIdError::Untrue(why);
        let client = client(&self.settings, published)?;
        let token = answer.id_token();
        let token = token.ok_or_else(|| untrue("there is no id token".to_owned()))?;
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNED);
        let claims: &CoreIdTokenClaims = token.claims(&verifier, nonce).map_err(|e| match e {
            ClaimsVerificationError::SignatureVerification(why) => {
                OpenIdError::Unsigned(why.to_string())
            }
            other => untrue(other.to_string()),
        })?;
        if let Some(expected) = claims.access_token_hash() {
            let alg = token.signing_alg().map_err(|e| untrue(e.to_string()))?;
            let key = token
                .signing_key(&verifier)
                .map_err(|e| untrue(e.to_string()))?;
            let found = AccessTokenHash::from_token(answer.access_token(), alg, key)
                .map_err(|e| untrue(e.to_string()))?;
            if found != *expected {
                return Err(untrue("it is of another access token".to_owned()));
            }
        }
        let methods = claims.auth_method_refs().into_iter().flatten();
        let is_multiple = methods.into_iter().any(|method| method.as_str() == "mfa");
        let class = claims.auth_context_ref().map(|class| class.as_str());
        let is_of_class = class.is_some_and(|class| self.settings.acr.iter().any(|a| a == class));
        Ok(Known {
            subject: Subject::new(&self.settings.issuer, claims.subject().as_str()),
            has_second_factor: is_multiple || is_of_class,
        })
    }

    /// What the provider publishes, no older than so many seconds.
    async fn published(
        &self,
        now: At,
        fresh_s: u64,
    ) -> Result<Arc<CoreProviderMetadata>, OpenIdError> {
        if let Some(published) = self.held(now, fresh_s) {
            return Ok(published);
        }
        let unreachable = |e: String| OpenIdError::Unreachable(e);
        let mut failed = self.asking.lock().await;
        if let Some(published) = self.held(now, fresh_s) {
            return Ok(published);
        }
        if failed.is_some_and(|at| is_within(at, now, AGAIN_S)) {
            return Err(unreachable("it did not a moment ago".to_owned()));
        }
        *failed = Some(now);
        let issuer = IssuerUrl::new(self.settings.issuer.clone());
        let issuer = issuer.map_err(|e| unreachable(e.to_string()))?;
        let ask = |request| ask(self.http.clone(), request);
        let found = CoreProviderMetadata::discover_async(issuer, &ask).await;
        let found = Arc::new(found.map_err(|e| unreachable(told(&e)))?);
        // Browsers are sent there: not without TLS either.
        let is_safe =
            is_https(found.authorization_endpoint().as_str()) || !is_https(&self.settings.issuer);
        if !is_safe {
            return Err(unreachable(
                "it sends browsers to an address without TLS".to_owned(),
            ));
        }
        *failed = None;
        *self.published.lock() = Some((Arc::clone(&found), now));
        Ok(found)
    }

    fn held(&self, now: At, fresh_s: u64) -> Option<Arc<CoreProviderMetadata>> {
        let held = self.published.lock().clone();
        let held = held.filter(|(_, at)| is_within(*at, now, fresh_s));
        held.map(|(published, _)| published)
    }
}

/// Whether it is no longer ago than so many seconds; a clock that was set back makes nothing fresh.
fn is_within(at: At, now: At, seconds: u64) -> bool {
    at <= now && now.since(at) < seconds * 1_000
}

fn is_https(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| url.scheme() == "https")
}

/// An error with what is behind it, which alone says what is wrong with an address.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(behind) = next {
        text = format!("{text}: {behind}");
        next = behind.source();
    }
    text
}

/// A provider's word for an error, where it is a word.
pub fn word(said: &str) -> String {
    let is_word =
        (1..=40).contains(&said.len()) && said.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_word { said } else { "something else" }.to_owned()
}

/// The client as the provider's answers are read with it.
fn client(
    settings: &OpenIdSettings,
    published: &CoreProviderMetadata,
) -> Result<Client, OpenIdError> {
    let back = RedirectUrl::new(settings.back.clone());
    let back = back.map_err(|e| OpenIdError::Unreachable(e.to_string()))?;
    let secret = settings.secret.clone().map(ClientSecret::new);
    let id = ClientId::new(settings.client.clone());
    Ok(CoreClient::from_provider_metadata(published.clone(), id, secret).set_redirect_uri(back))
}

type Client = CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

/// The provider could not be asked.
#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("its answer is longer than {LONGEST} bytes")]
    Long,
    #[error("its answer is none: {0}")]
    Form(#[from] http::Error),
}

async fn ask(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, AskError> {
    let request = reqwest::Request::try_from(request)?;
    let mut answer = client.execute(request).await?;
    let mut response = http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        if body.len() + part.len() > LONGEST {
            return Err(AskError::Long);
        }
        body.extend_from_slice(&part);
    }
    Ok(response.body(body)?)
}
