//! Webhooks and an Alertmanager, over real connections.

use super::servers::{Answer, Http, http};
use super::*;
use crate::notify::message::signature;
use crate::notify::settings::RECEIVER_GROUP;

fn hook(name: &str, server: &Http) -> String {
    let port = server.port;
    format!(
        "[[receiver]]\nname = \"{name}\"\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{port}/token-in-path\"\nsecret_file = \"secret\"\n"
    )
}

#[tokio::test]
async fn a_request_is_signed_and_tried_until_it_is_taken_under_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = http(vec![Answer::Status(500), Answer::Status(503)]).await;
    let (delivery, mut reports) = start(&hook("hotline", &server), quick(), folder.path());
    delivery.offer(notice(1, "c"));
    let mut keys = Vec::new();
    for _ in 0..3 {
        let request = next(&mut server.requests).await;
        let signed = request.header(signature::HEADER);
        let now = now_us() / 1_000_000;
        assert_eq!(
            signature::check(SECRET.as_bytes(), &signed, &request.body, now),
            Ok(())
        );
        assert_eq!(request.header("content-type"), "application/json");
        assert_eq!(request.json()["key"], request.header("X-Vonglau-Key"));
        keys.push(request.header("X-Vonglau-Key"));
    }
    keys.dedup();
    assert_eq!(keys.len(), 1);
    assert_eq!(next(&mut reports).await.fates, [(1, Fate::Delivered)]);
    assert!(until(&delivery, 0, |h| h.delivered == 1).await.is_well());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = http(vec![]).await;
    let to = format!("http://127.0.0.1:{}/", other.port);
    let mut server = http(vec![Answer::Redirect(to)]).await;
    let (delivery, mut reports) = start(&hook("hotline", &server), quick(), folder.path());
    delivery.offer(notice(1, "c"));
    let health = until(&delivery, 0, |h| h.failing_since.is_some()).await;
    assert!(
        health.last_error.contains("307") && health.last_error.contains("redirect"),
        "{health:?}"
    );
    let _ = next(&mut server.requests).await;
    let _ = next(&mut server.requests).await;
    let _ = next(&mut reports).await;
    assert!(
        other.requests.try_recv().is_err(),
        "nothing went to the other host"
    );
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_nobody_and_its_address_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut hangs = http(vec![Answer::Hang]).await;
    let mut other = http(vec![]).await;
    let both = format!("{}{}", hook("hangs", &hangs), hook("other", &other));
    let mut bounds = quick();
    bounds.limit_us = 1_500_000;
    let (delivery, mut reports) = start(&both, bounds, folder.path());
    delivery.offer(notice(1, "c"));
    let _ = next(&mut other.requests).await;
    assert_eq!(next(&mut reports).await.receiver, "other");
    let health = until(&delivery, 0, |h| h.failing_since.is_some()).await;
    assert!(health.last_error.contains("in time"), "{health:?}");
    assert!(!health.last_error.contains("token"), "{health:?}");
    let (first, second) = (
        next(&mut hangs.requests).await,
        next(&mut hangs.requests).await,
    );
    assert_eq!(first.json()["key"], second.json()["key"]);
    assert_eq!(next(&mut reports).await.receiver, "hangs");
}

#[tokio::test]
async fn nobody_there_is_a_failure_without_the_address_and_its_alert_goes_to_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = gone.local_addr().unwrap().port();
    drop(gone);
    let (_, requests) = mpsc::unbounded_channel();
    let dead = Http { port, requests };
    let mut other = http(vec![]).await;
    let both = format!("{}{}", hook("dead", &dead), hook("other", &other));
    let (delivery, _reports) = start(&both, quick(), folder.path());
    delivery.offer(notice(1, "c"));
    let health = until(&delivery, 0, |h| h.failing_since.is_some()).await;
    assert!(
        !health.last_error.contains("token") && !health.last_error.contains("127.0.0.1"),
        "{health:?}"
    );
    let mut alert = notice(2, "dead receiver");
    (alert.group, alert.subject) = (RECEIVER_GROUP.to_owned(), "dead".to_owned());
    delivery.offer(alert);
    let health = delivery.health();
    assert_eq!(health[0].waiting, 1, "not for itself");
    loop {
        let request = next(&mut other.requests).await;
        if request.json()["notices"]
            .to_string()
            .contains("dead receiver")
        {
            break;
        }
    }
}

#[tokio::test]
async fn a_case_is_told_in_order_through_failures_and_a_test_reaches_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = http(vec![
        Answer::Status(500),
        Answer::Status(200),
        Answer::Status(500),
    ])
    .await;
    let (delivery, _reports) = start(&hook("hotline", &server), quick(), folder.path());
    let steps = [
        What::Raised,
        What::Escalated,
        What::Urged,
        What::Normal,
        What::Closed,
    ];
    for (number, what) in (1..).zip(steps) {
        let mut step = notice(number, "c");
        step.what = what;
        delivery.offer(step);
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    let mut told: Vec<u64> = Vec::new();
    while told.last() != Some(&5) {
        for notice in next(&mut server.requests).await.json()["notices"]
            .as_array()
            .unwrap()
        {
            told.push(notice["number"].as_u64().unwrap());
        }
    }
    let mut firsts = told.clone();
    firsts.sort_unstable();
    firsts.dedup();
    assert_eq!(firsts, [1, 2, 3, 4, 5]);
    let first_of = |number| told.iter().position(|n| *n == number);
    assert!(
        (1..5).all(|number| first_of(number) < first_of(number + 1)),
        "{told:?}"
    );

    let mut test = notice(0, "test");
    test.what = What::Test;
    assert!(!delivery.offer_to("nobody", test.clone()));
    assert!(delivery.offer_to("hotline", test));
    loop {
        if next(&mut server.requests).await.json()["notices"][0]["what"] == "test" {
            break;
        }
    }
}

#[tokio::test]
async fn an_alertmanager_gets_its_list_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = http(vec![]).await;
    let port = server.port;
    let text = format!(
        "[[receiver]]\nname = \"m\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:{port}\"\n"
    );
    let (delivery, mut reports) = start(&text, quick(), folder.path());
    delivery.offer(notice(1, "c"));
    let request = next(&mut server.requests).await;
    assert_eq!(request.path, "/api/v2/alerts");
    assert_eq!(request.json()[0]["labels"]["alertname"], "wait_mean");
    assert_eq!(next(&mut reports).await.fates, [(1, Fate::Delivered)]);
    delivery.stop(PATIENCE).await;
}

#[tokio::test]
async fn after_a_restart_what_was_settled_is_not_told_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = http(vec![]).await;
    let (first, mut reports) = start(&hook("hotline", &server), quick(), folder.path());
    let mut kept = Progress::default();
    first.offer(notice(1, "c"));
    let report = next(&mut reports).await;
    kept.settle(report.fates.iter().map(|(number, _)| *number), report.up_to);
    let _ = next(&mut server.requests).await;
    first.stop(PATIENCE).await;

    let settings = Settings::load(&folder.path().join("notify.toml")).unwrap();
    let known = HashMap::from([("hotline".to_owned(), kept)]);
    let second = Delivery::start(&settings, quick(), &known, Arc::new(|_| ())).unwrap();
    for number in 1..=2 {
        second.offer(notice(number, "c"));
    }
    let request = next(&mut server.requests).await;
    assert_eq!(request.json()["notices"].as_array().unwrap().len(), 1);
    assert_eq!(request.json()["notices"][0]["number"], 2);
}
