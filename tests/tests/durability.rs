//! Proves that an acknowledged event is never lost and never counted twice: the server is killed
//! twenty times in the middle of ingest, at random moments, with several posters at work.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use harness::events::{DAY, NEXT_DAY, line, ndjson};
use harness::http::Http;
use harness::program;
use harness::server::{Clock, Server};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

const KILLS: usize = 20;
const POSTERS: usize = 3;
const BATCH: usize = 150;
const SITES: usize = 5;

/// A batch of tickets of its own.
fn batch(poster: usize, number: usize) -> String {
    let lines: Vec<String> = (0..BATCH)
        .map(|i| {
            let ticket = format!("P{poster}-{number}-{i}");
            let data = json!({"site": format!("site{}", (number + i) % SITES), "ticket": ticket, "service": "certification"});
            line("ticket.issued", "08:00:00", &ticket, data)
        })
        .collect();
    ndjson(&lines)
}

/// What the posters have sent, over all lives of the server.
#[derive(Debug, Default)]
struct Ledger {
    next: [usize; POSTERS],
    acknowledged: Vec<(usize, usize)>,
    unanswered: Vec<(usize, usize)>,
}

fn count(answer: &Value, name: &str) -> u64 {
    answer[name]
        .as_u64()
        .unwrap_or_else(|| panic!("a count of {name}: {answer}"))
}

/// Posts batches until the server is gone.
fn post_until_killed(http: &Http, poster: usize, ledger: &Mutex<Ledger>, killed: &AtomicBool) {
    loop {
        let number = {
            let mut ledger = ledger
                .lock()
                .expect("no poster panics while it holds the ledger");
            ledger.next[poster] += 1;
            ledger.next[poster]
        };
        let answer = http.try_post_lines(&batch(poster, number));
        let mut ledger = ledger
            .lock()
            .expect("no poster panics while it holds the ledger");
        let Some(answer) = answer else {
            assert!(
                killed.load(Ordering::SeqCst),
                "no answer from a living server"
            );
            ledger.unanswered.push((poster, number));
            return;
        };
        assert_eq!(
            count(&answer.ok(), "accepted"),
            BATCH as u64,
            "a new batch is new"
        );
        ledger.acknowledged.push((poster, number));
    }
}

/// Sends again what was not acknowledged, and checks a sample of what was.
fn settle(http: &Http, ledger: &mut Ledger, rng: &mut ChaCha8Rng) {
    for (poster, number) in std::mem::take(&mut ledger.unanswered) {
        let answer = http.post(&batch(poster, number)).ok();
        let known = count(&answer, "accepted") + count(&answer, "duplicate");
        assert_eq!(
            known, BATCH as u64,
            "a batch sent again is wholly taken: {answer}"
        );
        ledger.acknowledged.push((poster, number));
    }
    for _ in 0..4.min(ledger.acknowledged.len()) {
        let (poster, number) = ledger.acknowledged[rng.random_range(0..ledger.acknowledged.len())];
        let answer = http.post(&batch(poster, number)).ok();
        assert_eq!(
            count(&answer, "duplicate"),
            BATCH as u64,
            "an acknowledged batch is there after a kill: {answer}"
        );
    }
}

#[test]
fn twenty_kills_lose_nothing_acknowledged_and_double_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let mut rng = ChaCha8Rng::seed_from_u64(20);
    let ledger = Mutex::new(Ledger::default());

    for _ in 0..KILLS {
        let server = Server::start(&data, Clock::Events);
        let http = server.http();
        settle(
            &http,
            &mut ledger.lock().expect("nobody posts yet"),
            &mut rng,
        );
        let killed = AtomicBool::new(false);
        let moment = Duration::from_millis(rng.random_range(5..250));
        std::thread::scope(|scope| {
            for poster in 0..POSTERS {
                let (http, ledger, killed) = (&http, &ledger, &killed);
                scope.spawn(move || post_until_killed(http, poster, ledger, killed));
            }
            // Not a wait for something: the moment of the kill is what the test draws.
            std::thread::sleep(moment);
            killed.store(true, Ordering::SeqCst);
            server.kill();
        });
    }

    let server = Server::start(&data, Clock::Events);
    let http = server.http();
    let mut ledger = ledger.into_inner().expect("all posters have ended");
    settle(&http, &mut ledger, &mut rng);
    assert!(
        ledger.acknowledged.len() > KILLS,
        "the kills fell into real work: {} batches",
        ledger.acknowledged.len()
    );

    let everything = ledger.acknowledged.len() as u64 * BATCH as u64;
    for (poster, number) in &ledger.acknowledged {
        let answer = http.post(&batch(*poster, *number)).ok();
        assert_eq!(
            count(&answer, "duplicate"),
            BATCH as u64,
            "everything is there exactly once: {answer}"
        );
        assert_eq!(
            count(&answer, "conflicting"),
            0,
            "with the content it had: {answer}"
        );
    }
    let by_site = http.report("visits", DAY, NEXT_DAY, Some("site")).ok();
    let rows = by_site["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), SITES);
    assert_eq!(
        rows.iter().map(|row| count(row, "visits")).sum::<u64>(),
        everything
    );
    assert!(
        server.stop().success(),
        "a server asked to stop ends with 0"
    );

    // The same figures without a server, and in the tables of facts.
    let report = program::report("visits", &data, DAY, NEXT_DAY, None);
    assert_eq!(count(&report["rows"][0], "visits"), everything);
    let path = data.to_str().expect("test paths are UTF-8");
    let table = program::run(&["sql", "--data", path, "select count(*) as n from visits"]).done();
    assert!(
        table.stdout.contains(&everything.to_string()),
        "sql counts {everything}: {}",
        table.stdout
    );
}

#[test]
fn a_polite_stop_keeps_everything_and_the_next_start_knows_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    server.http().post_all(&batch(0, 1));
    assert!(server.stop().success());
    let server = Server::start(dir.path(), Clock::Events);
    let answer = server.http().post(&batch(0, 1)).ok();
    assert_eq!(count(&answer, "duplicate"), BATCH as u64);
}

#[test]
fn a_half_written_last_record_is_cut_off_and_the_rest_stays() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    server.http().post_all(&batch(0, 1));
    server.http().post_all(&batch(0, 2));
    server.kill();

    // A crash can leave a piece of a record behind the last whole one. The journal's file is the
    // one that grew last; which format it has is the program's own business.
    let journal = harness::newest_journal(dir.path());
    let mut bytes = std::fs::read(&journal).expect("the journal can be read");
    bytes.extend_from_slice(&[0x17, 0x00, 0x2a, 0xff, 0x01]);
    std::fs::write(&journal, bytes).expect("the journal can be written");

    let server = Server::start(dir.path(), Clock::Events);
    for number in [1, 2] {
        let answer = server.http().post(&batch(0, number)).ok();
        assert_eq!(
            count(&answer, "duplicate"),
            BATCH as u64,
            "nothing acknowledged is lost"
        );
    }
    server.http().post_all(&batch(0, 3));
    server.kill();
    let server = Server::start(dir.path(), Clock::Events);
    let answer = server.http().post(&batch(0, 3)).ok();
    assert_eq!(
        count(&answer, "duplicate"),
        BATCH as u64,
        "what was written after the cut is kept too"
    );
}

#[test]
fn damage_inside_the_journal_is_said_and_never_a_silent_loss() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    for number in 1..=20 {
        server.http().post_all(&batch(0, number));
    }
    server.kill();
    let journal = harness::newest_journal(dir.path());
    let mut bytes = std::fs::read(&journal).expect("the journal can be read");
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 16] {
        *byte ^= 0x5a;
    }
    std::fs::write(&journal, bytes).expect("the journal can be written");

    let name = journal
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let data = dir.path().to_str().expect("test paths are UTF-8");
    let report = program::run(&[
        "report", "visits", "--data", data, "--from", DAY, "--to", NEXT_DAY, "--format", "json",
    ]);
    assert_ne!(report.code, 101, "no panic: {}", report.stderr);
    let whole = report.code == 0 && count(&report.json()["rows"][0], "visits") == 20 * BATCH as u64;
    assert!(
        whole || report.stderr.contains(name),
        "neither whole nor said: {} {}",
        report.code,
        report.stderr
    );
}
