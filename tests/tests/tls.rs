//! Proves that a server speaks TLS by itself: with its certificate, with another one as soon as the files have changed, without those
//! who have none where that is asked for, and for this machine's own commands beside it; and that nobody holds a connection by
//! saying nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use harness::caller::key;
use harness::events::{ndjson, ticket};
use harness::program::run;
use harness::server::{Clock, Server, Setup};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::blocking::Client;
use reqwest::{Certificate, Identity};

/// Who signs.
struct Signer {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Signer {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A certificate and its key, as PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let params = CertificateParams::new(vec![name.to_owned()]).expect("names");
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, &self.issuer).expect("a certificate");
        (signed.pem(), key.serialize_pem())
    }

    fn client(&self) -> reqwest::blocking::ClientBuilder {
        let root = Certificate::from_pem(self.pem.as_bytes()).expect("a certificate");
        Client::builder()
            .add_root_certificate(root)
            .tls_built_in_root_certs(false)
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file can be written");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

fn status(client: &Client, url: &str) -> Option<u16> {
    let answer = client.get(url).send().ok()?;
    Some(answer.status().as_u16())
}

#[test]
fn a_server_speaks_tls_with_the_certificate_that_the_files_hold() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, cert, key_file) = (
        dir.path().join("data"),
        dir.path().join("cert.pem"),
        dir.path().join("key.pem"),
    );
    let (first, second) = (Signer::new(), Signer::new());
    let (pem, secret) = first.sign("127.0.0.1");
    write(&cert, &pem);
    write(&key_file, &secret);
    let args = ["--tls-cert", text(&cert), "--tls-key", text(&key_file)];
    let setup = Setup {
        args: &args,
        locked: true,
        ..Setup::default()
    };
    let server = Server::start_with(&data, Clock::Events, setup);
    let url = format!("https://{}/api/v1/about", server.tls_address());
    let of_first = first.client().build().expect("a client");
    assert_eq!(status(&of_first, &url), Some(401), "it asks who is there");
    let of_second = second.client().build().expect("a client");
    assert_eq!(status(&of_second, &url), None, "it is not the second's");

    // A session's cookie is for TLS alone.
    let log = server.log();
    let shown = log
        .split("its password `")
        .nth(1)
        .and_then(|rest| rest.split('`').next());
    let body = serde_json::json!({"name": "operator", "password": shown.expect("a password")});
    let request = of_first
        .post(url.replace("about", "session"))
        .header("x-vonglau-request", "1");
    let answer = request.json(&body).send().expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(
        cookie.starts_with("__Host-vonglau=") && cookie.contains("Secure"),
        "{cookie}"
    );

    // Commands of this machine need no certificate, and a key all the same.
    let source = key(&data, &["--role", "source"]);
    let lines = dir.path().join("lines.ndjson");
    write(&lines, &ndjson(&[ticket("issued", "08:00", "00004", "A1")]));
    let sent = run(&[
        "ingest",
        text(&lines),
        "--data",
        text(&data),
        "--key",
        &source,
    ])
    .done();
    assert_eq!(sent.json()["accepted"], 1);
    assert_eq!(
        run(&["ingest", text(&lines), "--data", text(&data)]).code,
        1
    );

    // A certificate that is no good leaves the one before in use; a good one takes its place.
    write(&cert, "not a certificate");
    let (pem, secret) = second.sign("127.0.0.1");
    write(&key_file, &secret);
    assert_eq!(status(&of_first, &url), Some(401));
    write(&cert, &pem);
    let begun = Instant::now();
    // Each with a connection of its own: one that is kept has shaken hands already.
    while status(&second.client().build().expect("a client"), &url) != Some(401) {
        assert!(
            begun.elapsed() < Duration::from_secs(90),
            "the new certificate is not used"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(
        status(&first.client().build().expect("a client"), &url),
        None
    );

    // When it ends is told to who watches the service.
    let operator = key(&data, &["--role", "operator"]);
    let metrics = second.client().build().expect("a client");
    let metrics = metrics
        .get(url.replace("api/v1/about", "metrics"))
        .bearer_auth(operator);
    let told = metrics.send().expect("an answer").text().expect("text");
    let ends = told
        .lines()
        .find_map(|line| line.strip_prefix("vonglau_tls_certificate_ends_timestamp_seconds "));
    let ends: f64 = ends.expect("it is told").parse().expect("a number");
    assert!(ends > 1_800_000_000.0, "{ends}");

    // Nobody holds a place by saying nothing, and what is no handshake ends at once.
    let mut socket = TcpStream::connect(server.tls_address()).expect("a connection");
    socket
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .expect("it can be sent");
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert!(server.stop().success());
}

#[test]
fn callers_without_a_certificate_are_not_let_in_where_one_is_asked_for() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, cert, key_file, ca) = (
        dir.path().join("data"),
        dir.path().join("cert.pem"),
        dir.path().join("key.pem"),
        dir.path().join("ca.pem"),
    );
    let (server_side, points, stranger) = (Signer::new(), Signer::new(), Signer::new());
    let (pem, secret) = server_side.sign("127.0.0.1");
    write(&cert, &pem);
    write(&key_file, &secret);
    write(&ca, &points.pem);
    let args = [
        "--tls-cert",
        text(&cert),
        "--tls-key",
        text(&key_file),
        "--tls-client-ca",
        text(&ca),
    ];
    let setup = Setup {
        args: &args,
        locked: true,
        ..Setup::default()
    };
    let server = Server::start_with(&data, Clock::Events, setup);
    let url = format!("https://{}/healthz", server.tls_address());
    let with = |signer: &Signer| {
        let (pem, secret) = signer.sign("kiosk");
        let identity =
            Identity::from_pem(format!("{pem}{secret}").as_bytes()).expect("a certificate");
        server_side
            .client()
            .identity(identity)
            .build()
            .expect("a client")
    };
    assert_eq!(status(&with(&points), &url), Some(200));
    assert_eq!(status(&with(&stranger), &url), None);
    assert_eq!(
        status(&server_side.client().build().expect("a client"), &url),
        None
    );
}

#[test]
fn a_certificate_that_cannot_be_used_is_told_before_anything_is_opened() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (cert, key_file) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    let (pem, _) = Signer::new().sign("127.0.0.1");
    let (_, other) = Signer::new().sign("127.0.0.1");
    write(&cert, &pem);
    write(&key_file, &other);
    let data = dir.path().join("data");
    let serve = ["serve", "--data", text(&data), "--listen", "127.0.0.1:0"];
    let asked = |more: &[&str]| run(&[&serve[..], more].concat());
    let both = ["--tls-cert", text(&cert), "--tls-key", text(&key_file)];
    let wrong = asked(&both);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
    assert!(wrong.stderr.contains("key.pem"), "{}", wrong.stderr);
    write(&cert, "");
    let empty = asked(&both);
    assert!(
        empty.code == 2 && empty.stderr.contains("no certificate"),
        "{}",
        empty.stderr
    );
    let half = asked(&["--tls-cert", text(&cert)]);
    assert!(
        half.code == 2 && half.stderr.contains("--tls-key"),
        "{}",
        half.stderr
    );
    assert!(!data.exists());
}
