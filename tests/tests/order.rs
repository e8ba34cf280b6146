//! Proves that order of arrival and repetition never matter: the same events in other orders, in other
//! batches, some of them twice, over a restart or at the same time, give the same live views.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use harness::events::{DAY, NEXT_DAY, ndjson, ticket};
use harness::live::{Readers, SOON, View};
use harness::server::{Clock, Server, fresh};
use harness::{histories, program};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tempfile::TempDir;

/// A view's values, less what is said to follow arrival: the counts since the server's start,
/// when something was received, and forecasts, which rest on the days that had been learned by then.
fn facts(view: &View) -> Value {
    let aside = ["source", "outlook"];
    let kept = view
        .values
        .iter()
        .filter(|(key, _)| !aside.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The views of the city and two sites, once they have stopped changing for a while: some figures are
/// brought up to date only every few seconds.
fn once_quiet(server: &Server) -> Vec<Value> {
    let readers = Readers::new();
    let topics = ["city", "site/00004", "site/t7"];
    let look = || {
        topics
            .map(|topic| facts(&readers.subscribe(&server.ws_url(), topic).first()))
            .to_vec()
    };
    let deadline = Instant::now() + SOON;
    let (mut seen, mut since) = (look(), Instant::now());
    while since.elapsed() < Duration::from_secs(4) {
        assert!(Instant::now() < deadline, "the views never fall quiet");
        std::thread::sleep(Duration::from_millis(50));
        let now = look();
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
    seen
}

/// The views after these lines came in batches, with a restart half-way if asked.
fn views_after(lines: &[String], batch: usize, restart: bool) -> Vec<Value> {
    let data: TempDir = tempfile::tempdir().expect("a temporary directory");
    let mut server = Server::start(data.path(), Clock::Events);
    let batches: Vec<&[String]> = lines.chunks(batch).collect();
    for (i, batch) in batches.iter().enumerate() {
        if restart && i == batches.len() / 2 {
            server.kill();
            server = Server::start(data.path(), Clock::Events);
        }
        let answer = server.http().post(&ndjson(batch)).ok();
        assert_eq!(answer["rejected"], serde_json::json!([]), "{answer}");
    }
    once_quiet(&server)
}

/// The leaves at which two values differ, each with its path.
fn differences(path: &str, got: &Value, expected: &Value, found: &mut Vec<String>) {
    match (got, expected) {
        (Value::Object(got), Value::Object(expected)) => {
            let keys: BTreeSet<&String> = got.keys().chain(expected.keys()).collect();
            for key in keys {
                let (got, expected) = (got.get(key), expected.get(key));
                let path = format!("{path}.{key}");
                differences(
                    &path,
                    got.unwrap_or(&Value::Null),
                    expected.unwrap_or(&Value::Null),
                    found,
                );
            }
        }
        _ if got != expected => found.push(format!("{path}: {got} but in order {expected}")),
        _ => {}
    }
}

#[track_caller]
fn assert_same(what: &str, got: &[Value], expected: &[Value]) {
    let mut found = Vec::new();
    for (got, expected) in got.iter().zip(expected) {
        differences("", got, expected, &mut found);
    }
    assert!(
        found.is_empty(),
        "{what}: {} differences: {:#?}",
        found.len(),
        &found[..found.len().min(25)]
    );
}

#[test]
fn any_order_batching_repetition_and_a_restart_give_the_same_views() {
    let day = program::run(&[
        "simulate", "--days", "1", "--start", DAY, "--seed", "3", "--scale", "0.05",
    ])
    .done()
    .stdout;
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut lines: Vec<String> = day.lines().map(str::to_owned).collect();
    for n in 0..150 {
        lines.extend(histories::ticket(&mut rng, n));
        lines.extend(histories::board(&mut rng, n % 20 + 1000 * n));
        lines.extend(histories::dossier(&mut rng, n));
    }
    let in_order = views_after(&lines, 5000, false);

    let mut reversed = lines.clone();
    reversed.reverse();
    assert_same("reversed", &views_after(&reversed, 777, false), &in_order);

    let mut shuffled = lines;
    shuffled.extend_from_within(..shuffled.len() / 4);
    shuffled.shuffle(&mut rng);
    assert_same(
        "shuffled, repeated and restarted",
        &views_after(&shuffled, 1500, true),
        &in_order,
    );
}

#[test]
fn the_same_batch_from_many_at_once_is_accepted_once() {
    let it = fresh(Clock::Events);
    let lines: Vec<String> = (0..300)
        .map(|i| ticket("issued", "08:00", "00004", &format!("A{i}")))
        .collect();
    let body = ndjson(&lines);
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let posters: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| it.http.post(&body).ok()))
            .collect();
        posters
            .into_iter()
            .map(|poster| poster.join().expect("a poster ends"))
            .collect()
    });
    let sum = |name: &str| {
        answers
            .iter()
            .map(|answer| answer[name].as_u64().expect("a count"))
            .sum::<u64>()
    };
    assert_eq!(
        (sum("accepted"), sum("duplicate"), sum("conflicting")),
        (300, 5 * 300, 0)
    );
    assert_eq!(
        it.http.report("visits", DAY, NEXT_DAY, None).ok()["rows"][0]["visits"],
        300
    );
}
