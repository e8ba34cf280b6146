//! Proves that receivers are told what the alert desk shows: a signed request and a mail for what is raised, nothing twice
//! over a stop or a power cut, and the return to normal after it; and that a faulty `notify.toml` stops the start.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use harness::events::{line, ndjson};
use harness::program;
use harness::server::{Clock, Server, free_port};
use serde_json::{Value, json};

const SECRET: &str = "a secret of the test's own";
/// How long a message may take: it waits ten seconds for others to join it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Listens on a free port and has each conversation on a thread of its own.
fn listen<T: Send + 'static>(
    converse: impl Fn(TcpStream, &Sender<T>) -> std::io::Result<()> + Clone + Send + 'static,
) -> (u16, Receiver<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (converse, tell) = (converse.clone(), tell.clone());
            // A side that goes in the middle has its conversation again.
            std::thread::spawn(move || drop(converse(stream, &tell)));
        }
    });
    (port, told)
}

/// A signed request: its body, of which the signature was looked at.
fn http(stream: TcpStream, tell: &Sender<Value>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut signature) = (0, String::new());
    loop {
        let mut head = String::new();
        reader.read_line(&mut head)?;
        let Some((name, value)) = head.trim_end().split_once(": ") else {
            if head.trim_end().is_empty() {
                break;
            }
            continue;
        };
        match &*name.to_ascii_lowercase() {
            "content-length" => length = value.parse().expect("a length"),
            "x-vonglau-signature" => value.clone_into(&mut signature),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut told: Value = serde_json::from_slice(&body).expect("the body is JSON");
    told["is_signed"] = json!(is_signed(&signature, &body));
    tell.send(told).ok();
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    reader.get_mut().write_all(answer)
}

/// A conversation of RFC 5321 that takes every mail.
fn smtp(mut stream: TcpStream, tell: &Sender<String>) -> std::io::Result<()> {
    let reader = BufReader::new(stream.try_clone()?);
    let (mut mail, mut is_data) = (String::new(), false);
    stream.write_all(b"220 test\r\n")?;
    for line in reader.lines() {
        let line = line?;
        if is_data && line != "." {
            mail.push_str(&line);
            mail.push('\n');
            continue;
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match (&*word, is_data) {
            (_, true) => {
                is_data = false;
                tell.send(std::mem::take(&mut mail)).ok();
                "250 taken"
            }
            ("DATA", _) => {
                is_data = true;
                "354 go on"
            }
            ("QUIT", _) => "221 bye",
            _ => "250 so",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

/// Checks `t=…,v1=…` as the contract says.
fn is_signed(header: &str, body: &[u8]) -> bool {
    let (t, tag) = header.split_once(",v1=").expect("two parts");
    let t = t.strip_prefix("t=").expect("a time");
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("a clock after 1970").as_secs();
    let signed = [t.as_bytes(), b".", body].concat();
    let mut hex = String::new();
    for byte in hmac(SECRET.as_bytes(), &signed) {
        write!(hex, "{byte:02x}").expect("a string takes all");
    }
    t.parse::<u64>().is_ok_and(|t| now.abs_diff(t) < 300) && hex == tag
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    use hmac::{KeyInit as _, Mac as _};
    let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key);
    let mac = mac.expect("a key of any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

/// Signs of life of points every five minutes, each from one minute of the day to another, in order of time.
fn beats(points: &[(&str, std::ops::Range<u32>)]) -> String {
    let minutes = (0..288).map(|n| n * 5);
    let lines = minutes.flat_map(|minute| {
        let at_work = points
            .iter()
            .filter(move |(_, span)| span.contains(&minute));
        at_work.map(move |(site, _)| {
            let clock = format!("{:02}:{:02}:10", minute / 60, minute % 60);
            let data = json!({"site": site, "device": "k1", "kind": "ticket_machine"});
            line(
                "device.heartbeat",
                &clock,
                &format!("{site}/{minute}"),
                data,
            )
        })
    });
    ndjson(&lines.collect::<Vec<String>>())
}

/// The next request: signed, of simulated data, and of one notice, which it gives.
#[track_caller]
fn next(requests: &Receiver<Value>) -> Value {
    let body = requests.recv_timeout(PATIENCE).expect("a request comes");
    assert_eq!(body["is_signed"], true, "{body}");
    assert_eq!(body["simulated"], true, "{body}");
    let notices = body["notices"].as_array().expect("notices");
    assert_eq!(notices.len(), 1, "{body}");
    notices[0].clone()
}

/// Waits until the file says that all receivers are done with a number.
#[track_caller]
fn wait_kept(data: &Path, number: u64) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = std::fs::read_to_string(data.join("notify.progress")).unwrap_or_default();
        let kept: Value = serde_json::from_str(&text).unwrap_or_default();
        let done = ["hotline", "shift"].map(|name| kept["receivers"][name]["up_to"].as_u64());
        if done.iter().all(|up_to| up_to.is_some_and(|n| n >= number)) {
            return;
        }
        assert!(Instant::now() < deadline, "{number} is not kept: {text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn receivers_are_told_once_whatever_happens_to_the_server() {
    let (hook, requests) = listen(http);
    let (post, mails) = listen(smtp);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    // The directory is made by a server that tells nobody: what it raises is told to nobody later either.
    let server = Server::start(&data, Clock::Events);
    let (silent, other, third) = ("00004", "00008", "00025");
    let before = beats(&[(silent, 450..540), (other, 450..560)]);
    server.http().post_all(&before);
    wait_case(&server, silent, "new");
    assert!(server.stop().success());
    assert!(!data.join("notify.progress").exists());
    let text = format!(
        r#"
        [[receiver]]
        name = "hotline"
        kind = "webhook"
        groups = ["silent"]
        on = ["raised", "normal", "corrected"]
        url = "http://127.0.0.1:{hook}/told"
        secret_file = "hotline-secret"
        [[receiver]]
        name = "shift"
        kind = "email"
        groups = ["silent"]
        on = ["raised", "normal", "corrected"]
        smtp = "smtp://127.0.0.1:{post}"
        from = "Vọng Lâu <vonglau@example.vn>"
        to = "room@example.vn"
        "#
    );
    std::fs::write(data.join("notify.toml"), text).expect("it can be written");
    std::fs::write(data.join("hotline-secret"), SECRET).expect("it can be written");

    // From here on it is told: a third point begins and falls silent.
    let server = Server::start(&data, Clock::Events);
    let falls = beats(&[(third, 560..580), (other, 560..600)]);
    server.http().post_all(&falls);
    let raised = next(&requests);
    assert_eq!(raised["what"], "raised");
    assert_eq!(
        (&raised["rule"], &raised["subject"]),
        (&json!("silent"), &json!(third))
    );
    assert_eq!(raised["title"]["vi"], "Điểm phục vụ mất tín hiệu");
    assert!(
        raised["evidence"]["vi"]
            .as_str()
            .is_some_and(|e| e.contains("ngưỡng 7 phút"))
    );
    let mail = mails.recv_timeout(PATIENCE).expect("a mail comes");
    let case = raised["case"].as_str().expect("a case");
    let number = raised["number"].as_u64().expect("a number");
    assert!(mail.contains("To: room@example.vn"), "{mail}");
    let alerts = server.http().get("/api/v1/alerts", &[]).ok();
    assert!(
        alerts["alerts"]
            .to_string()
            .contains(&format!("\"{case}\""))
    );
    assert!(server.stop().success());
    // What was taken is kept at the stop, however lately it came.
    wait_kept(&data, number);

    // What returns after the restart is told, and what was told is not.
    let server = Server::start(&data, Clock::Events);
    let returns = beats(&[(third, 600..620), (other, 600..620)]);
    server.http().post_all(&returns);
    let normal = next(&requests);
    assert_eq!(
        (&normal["what"], &normal["case"]),
        (&json!("normal"), &raised["case"])
    );
    let after = normal["number"].as_u64().expect("a number");
    assert!(after > number);
    let second = mails.recv_timeout(PATIENCE).expect("a mail comes");
    assert_ne!(key(&mail), key(&second));
    // Nor is it after a power cut, once it was kept.
    wait_kept(&data, after);
    server.kill();

    let server = Server::start(&data, Clock::Events);
    server.http().post_all(&beats(&[(other, 620..650)]));
    let again = next(&requests);
    assert_eq!(again["what"], "raised");
    assert!(
        again["number"].as_u64().is_some_and(|n| n > after),
        "{again}"
    );
    assert!(server.stop().success());
    assert!(requests.try_recv().is_err(), "nothing else was told");
}

/// A mail's key.
fn key(mail: &str) -> &str {
    let found = mail
        .lines()
        .find_map(|line| line.strip_prefix("X-Vonglau-Key: "));
    found.unwrap_or_else(|| panic!("no key in {mail}"))
}

/// Waits until a point's silence is a case in a state.
#[track_caller]
fn wait_case(server: &Server, site: &str, state: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let query = [("group", "silent"), ("site", site), ("state", state)];
        let found = server.http().get("/api/v1/alerts", &query).ok();
        if found["alerts"].as_array().is_some_and(|all| all.len() == 1) {
            return;
        }
        assert!(Instant::now() < deadline, "no such case: {found}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_faulty_file_stops_the_start_and_says_where() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    assert!(Server::start(&data, Clock::Events).stop().success());
    let text = "[[receiver]]\nname = \"shift\"\nkind = \"pigeon\"\n";
    std::fs::write(data.join("notify.toml"), text).expect("it can be written");
    let (data, address) = (
        data.to_str().expect("UTF-8"),
        format!("127.0.0.1:{}", free_port()),
    );
    let args = [
        "serve", "--data", data, "--open", "--clock", "events", "--listen", &address,
    ];
    let ended = program::run(&args);
    assert_ne!(ended.code, 0);
    assert!(
        ended.stderr.contains("notify.toml") && ended.stderr.contains("line 3"),
        "{}",
        ended.stderr
    );
}
