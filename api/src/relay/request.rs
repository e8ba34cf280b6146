//! A batch as a request to the server: packed, with a key or signed by one.

use std::path::PathBuf;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Certificate, Client, Url, header, redirect};
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use crate::doors::secret::hex;
use crate::doors::signing;
use crate::http::events::IMPORT;

/// How long an answer may take: the server answers when all is durable.
const PATIENCE: Duration = Duration::from_mins(1);
/// And a connection.
const CONNECTING: Duration = Duration::from_secs(10);
/// The longest answer that is read.
const LONGEST: usize = 4 * 1024 * 1024;
/// The longest key.
const LONGEST_KEY: usize = 1_000;

/// Where the key is.
#[derive(Clone)]
pub enum Key {
    /// None: the server is open, on this machine.
    None,
    /// It was given.
    Given(String),
    /// In a file, which is read for each request: another key holds at once.
    File(PathBuf),
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Given(_) => f.write_str("Given(…)"),
            Self::File(path) => write!(f, "File({})", path.display()),
        }
    }
}

/// The way to the server.
#[derive(Debug, Clone)]
pub struct Line {
    /// The server, without a path.
    pub to: String,
    /// What lets the relay in.
    pub key: Key,
    /// The key signs requests instead of going with them.
    pub does_sign: bool,
    /// Who signs the server's certificate, beside those whom this machine trusts.
    pub ca: Option<PathBuf>,
}

/// Why the server cannot be asked as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The certificates.
    #[error("--ca {path}: {detail}; name a PEM file of certificates")]
    Ca {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The client.
    #[error("the server cannot be asked: {0}")]
    Client(String),
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The key's file.
    #[error("the key cannot be read from {path}: {detail}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A key of another form.
    #[error("the key is none that `vonglau key create` prints: vgl_… on one line")]
    NoKey,
    /// The line is down.
    #[error("the server cannot be reached: {0}")]
    Away(String),
    /// It is slow, or the batch is large for it.
    #[error("the server did not answer in time: {0}")]
    Slow(String),
}

impl RequestError {
    fn of(error: &reqwest::Error) -> Self {
        // A connection that does not come about is no matter of the batch.
        if error.is_timeout() && !error.is_connect() {
            Self::Slow(told(error))
        } else {
            Self::Away(told(error))
        }
    }
}

/// Sends requests.
#[derive(Debug)]
pub struct Sender {
    client: Client,
    url: String,
    line: Line,
}

impl Sender {
    /// To a server.
    pub fn new(line: &Line) -> Result<Self, LineError> {
        let mut client = Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(CONNECTING)
            // A key goes nowhere but where it was sent.
            .redirect(redirect::Policy::none());
        if line.to.starts_with("http://") {
            // What is not encrypted goes to the server itself, whatever the environment says of proxies.
            client = client.no_proxy();
        }
        if let Some(path) = &line.ca {
            let bad = |detail: String| LineError::Ca {
                path: path.clone(),
                detail,
            };
            let pem = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
            let all = Certificate::from_pem_bundle(&pem).map_err(|e| bad(e.to_string()))?;
            if all.is_empty() {
                return Err(bad("it has no certificate".to_owned()));
            }
            for each in all {
                client = client.add_root_certificate(each);
            }
        }
        let client = client.build().map_err(|e| LineError::Client(told(&e)))?;
        Ok(Self {
            client,
            url: format!("{}/api/v1/events", line.to),
            line: line.clone(),
        })
    }

    /// Sends lines of events; `is_late` where they waited here, so that when they come says nothing of clocks. `now` is in seconds
    /// since 1970.
    pub async fn send(
        &self,
        lines: &[u8],
        is_late: bool,
        now: i64,
    ) -> Result<Answer, RequestError> {
        // Packing in memory does not fail; plain lines are taken as well.
        let packed = zstd::bulk::compress(lines, 3).ok();
        let is_packed = packed.is_some();
        let body = packed.unwrap_or_else(|| lines.to_vec());
        let mut request = self
            .client
            .post(&self.url)
            .header(header::CONTENT_TYPE, "application/x-ndjson");
        if is_packed {
            request = request.header(header::CONTENT_ENCODING, "zstd");
        }
        if is_late {
            request = request.header(IMPORT, "1");
        }
        if let Some(key) = self.key()? {
            if self.line.does_sign {
                let (id, signature) = sign(&key, &body, now).ok_or(RequestError::NoKey)?;
                request = request
                    .header(signing::KEY, id)
                    .header(signing::SIGNATURE, signature);
            } else {
                request = request.bearer_auth(key);
            }
        }
        let away = |e: reqwest::Error| RequestError::of(&e);
        let mut response = request.body(body).send().await.map_err(away)?;
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let mut answer = Answer {
            status: response.status().as_u16(),
            retry_after,
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            answer.body.extend_from_slice(&chunk);
            if answer.body.len() > LONGEST {
                break;
            }
        }
        Ok(answer)
    }

    fn key(&self) -> Result<Option<String>, RequestError> {
        let key = match &self.line.key {
            Key::None => return Ok(None),
            Key::Given(key) => key.clone(),
            Key::File(path) => std::fs::read_to_string(path).map_err(|e| RequestError::Key {
                path: path.clone(),
                detail: e.to_string(),
            })?,
        };
        let key = key.trim();
        let is_key = !key.is_empty()
            && key.len() <= LONGEST_KEY
            && key.bytes().all(|b| b.is_ascii_graphic());
        if is_key {
            Ok(Some(key.to_owned()))
        } else {
            Err(RequestError::NoKey)
        }
    }
}

/// A key's id and the signature of a body; `None` where it is no key.
fn sign(key: &str, body: &[u8], now: i64) -> Option<(String, String)> {
    let (id, secret) = key.strip_prefix("vgl_")?.split_once('_')?;
    let digest = Sha256::digest(secret.as_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(&digest).ok()?;
    mac.update(format!("{now}.").as_bytes());
    mac.update(body);
    let sum = hex(&mac.finalize().into_bytes());
    Some((id.to_owned(), format!("t={now},v1={sum}")))
}

/// Reads the address of a server: `https://` and a name; `http://` on this machine, or where that was allowed.
pub fn server(text: &str, may_be_plain: bool) -> Result<String, &'static str> {
    let none = "--to is no address of a server: give one such as https://vonglau.example.vn";
    let url = Url::parse(text).map_err(|_| none)?;
    let is_bare =
        matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if !url.username().is_empty() || url.password().is_some() {
        return Err("--to has a password in it: the key stands in --key-file");
    }
    let host = url.host_str().unwrap_or_default();
    let is_here = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" if is_bare && !host.is_empty() => {}
        "http" if is_bare && (is_here || may_be_plain) => {}
        "http" if is_bare => {
            return Err(
                "--to is not encrypted: the key and the events could be read on the way; take https://, or say --plain where the line itself is protected",
            );
        }
        _ => return Err(none),
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// An error with its causes, without the address.
fn told(error: &reqwest::Error) -> String {
    let mut error: &dyn std::error::Error = error;
    let mut text = String::new();
    while let Some(source) = error.source() {
        text = source.to_string();
        error = source;
    }
    if text.is_empty() {
        text = error.to_string();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_the_server_checks() {
        let body = b"{}\n";
        let (id, signature) = sign("vgl_abcd_secret-1", body, 1_700_000_000).unwrap();
        assert_eq!(id, "abcd");
        let read = signing::Signature::parse(&signature).unwrap();
        let secret: [u8; 32] = Sha256::digest(b"secret-1").into();
        assert!(read.fits(&secret, body).is_ok());
        assert!(read.fits(&secret, b"{} \n").is_err());
        assert!(sign("another", body, 0).is_none());
    }

    #[test]
    fn keys_go_over_encrypted_lines() {
        for good in [
            "https://vonglau.example.vn",
            "https://10.0.0.1:8443/",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost:8080/",
        ] {
            assert_eq!(
                server(good, false).as_deref(),
                Ok(good.trim_end_matches('/'))
            );
        }
        assert!(server("http://10.0.0.1:8080", true).is_ok());
        for bad in [
            "http://10.0.0.1:8080",
            "https://user:password@vonglau.example.vn",
            "https://vonglau.example.vn/api",
            "ftp://vonglau.example.vn",
            "vonglau.example.vn",
            "",
        ] {
            assert!(server(bad, false).is_err(), "{bad}");
        }
    }
}
