//! Mail, in real conversations.

use super::servers::{Act, Smtp, smtp};
use super::*;

fn text(server: &Smtp) -> String {
    format!(
        "[[receiver]]\nname = \"shift\"\nkind = \"email\"\nsmtp = \"smtp://127.0.0.1:{}\"\nfrom = \"Vọng Lâu <vonglau@example.vn>\"\nto = [\"a@example.vn\", \"b@example.vn\"]\n",
        server.port
    )
}

#[tokio::test]
async fn what_comes_together_is_one_mail_and_settled_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = smtp(vec![]).await;
    let mut bounds = quick();
    bounds.join_us = 200_000;
    let (delivery, mut reports) = start(&text(&server), bounds, folder.path());
    delivery.offer(notice(1, "c"));
    delivery.offer(notice(2, "d"));
    let mail = next(&mut server.mails).await;
    assert_eq!(mail.to, ["a@example.vn", "b@example.vn"]);
    assert!(mail.header("Subject").is_ascii());
    assert_eq!(mail.header("References").split(' ').count(), 2);
    assert_eq!(mail.login, None);
    let report = next(&mut reports).await;
    assert_eq!(report.fates, [(1, Fate::Delivered), (2, Fate::Delivered)]);
    assert_eq!((&*report.receiver, report.up_to), ("shift", 2));
    let health = until(&delivery, 0, |h| h.delivered == 2).await;
    assert!(health.is_well() && health.since_ok.is_some() && health.waiting == 0);
    delivery.offer(notice(2, "d"));
    delivery.stop(PATIENCE).await;
    assert!(server.mails.try_recv().is_err(), "a number is told once");
}

#[tokio::test]
async fn what_is_put_off_or_broken_off_is_sent_again_as_the_same_mail() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = smtp(vec![Act::LaterAfterData, Act::Break, Act::Take]).await;
    let (delivery, mut reports) = start(&text(&server), quick(), folder.path());
    delivery.offer(notice(1, "c"));
    let failing = until(&delivery, 0, |h| h.failing_since.is_some()).await;
    assert!(!failing.last_error.is_empty() && failing.waiting == 1);
    let mail = next(&mut server.mails).await;
    assert_eq!(next(&mut reports).await.fates, [(1, Fate::Delivered)]);
    let key = mail.header("X-Vonglau-Key");
    assert_eq!(mail.header("Message-ID"), format!("<{key}@example.vn>"));
    assert!(
        until(&delivery, 0, |h| h.failing_since.is_none())
            .await
            .is_well()
    );
}

#[tokio::test]
async fn an_address_that_is_refused_does_not_keep_the_mail_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = smtp(vec![Act::Address("a@example.vn", 550)]).await;
    let (delivery, mut reports) = start(&text(&server), quick(), folder.path());
    delivery.offer(notice(1, "c"));
    assert_eq!(next(&mut server.mails).await.to, ["b@example.vn"]);
    assert_eq!(next(&mut reports).await.fates, [(1, Fate::Delivered)]);
    let health = until(&delivery, 0, |h| h.delivered == 1).await;
    assert!(!health.is_well() && health.failing_since.is_none());
    assert!(
        health.last_error.contains("550") && health.last_error.contains("a@example.vn"),
        "{health:?}"
    );
}

#[tokio::test]
async fn an_address_that_is_put_off_is_tried_again_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = smtp(vec![Act::Address("a@example.vn", 450)]).await;
    let (delivery, mut reports) = start(&text(&server), quick(), folder.path());
    delivery.offer(notice(1, "c"));
    assert_eq!(next(&mut server.mails).await.to, ["b@example.vn"]);
    assert_eq!(next(&mut server.mails).await.to, ["a@example.vn"]);
    assert_eq!(next(&mut reports).await.fates, [(1, Fate::Delivered)]);
    delivery.stop(PATIENCE).await;
}

#[tokio::test]
async fn where_every_address_is_refused_it_is_kept_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = smtp(vec![Act::Address("a@example.vn", 550)]).await;
    let text = text(&server).replace(", \"b@example.vn\"", "");
    let (delivery, mut reports) = start(&text, quick(), folder.path());
    delivery.offer(notice(1, "c"));
    let health = until(&delivery, 0, |h| h.failing_since.is_some()).await;
    assert!(
        health.last_error.contains("every address") && health.waiting == 1,
        "{health:?}"
    );
    assert_eq!(
        next(&mut server.mails).await.to,
        ["a@example.vn"],
        "once the address is there"
    );
    assert_eq!(next(&mut reports).await.fates, [(1, Fate::Delivered)]);
}

#[tokio::test]
async fn a_mail_that_is_refused_for_what_it_says_does_not_hold_up_the_others() {
    let folder = tempfile::tempdir().unwrap();
    // The two joined, the first alone thrice, then the second.
    let mut server = smtp(vec![Act::NeverAfterData; 4]).await;
    let mut bounds = quick();
    bounds.join_us = 100_000;
    let (delivery, mut reports) = start(&text(&server), bounds, folder.path());
    delivery.offer(notice(1, "c"));
    delivery.offer(notice(2, "d"));
    assert_eq!(next(&mut reports).await.fates, [(1, Fate::Refused)]);
    assert_eq!(next(&mut reports).await.fates, [(2, Fate::Delivered)]);
    let _ = next(&mut server.mails).await;
    assert_eq!(until(&delivery, 0, |h| h.delivered == 1).await.dropped, 1);
}

#[tokio::test]
async fn a_server_that_hangs_is_left_after_the_limit_and_delays_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut hangs = smtp(vec![Act::Hang, Act::Take]).await;
    let mut other = smtp(vec![]).await;
    let both = format!(
        "{}{}",
        text(&hangs),
        text(&other).replace("\"shift\"", "\"other\"")
    );
    let mut bounds = quick();
    bounds.limit_us = 1_500_000;
    let (delivery, mut reports) = start(&both, bounds, folder.path());
    let begin = std::time::Instant::now();
    delivery.offer(notice(1, "c"));
    let _ = next(&mut other.mails).await;
    assert_eq!(next(&mut reports).await.receiver, "other");
    assert!(hangs.mails.try_recv().is_err(), "it hangs still");
    let health = until(&delivery, 0, |h| h.failing_since.is_some()).await;
    assert!(
        begin.elapsed() >= Duration::from_millis(1_500),
        "not before the limit"
    );
    assert!(health.last_error.contains("did not finish"), "{health:?}");
    let _ = next(&mut hangs.mails).await;
    assert_eq!(next(&mut reports).await.receiver, "shift");
}

#[tokio::test]
async fn the_password_comes_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = smtp(vec![]).await;
    let text = format!(
        "{}user = \"vonglau\"\npassword_file = \"password\"\n",
        text(&server)
    );
    let (delivery, _reports) = start(&text, quick(), folder.path());
    delivery.offer(notice(1, "c"));
    let mail = next(&mut server.mails).await;
    // Base64 of \0vonglau\0hunter2 (RFC 4616).
    assert_eq!(mail.login.unwrap(), "AUTH PLAIN AHZvbmdsYXUAaHVudGVyMg==");
    std::fs::remove_file(folder.path().join("password")).unwrap();
    delivery.offer(notice(2, "c"));
    let health = until(&delivery, 0, |h| h.failing_since.is_some()).await;
    assert!(
        health.last_error.contains("password") && !health.last_error.contains("hunter2"),
        "{health:?}"
    );
}

#[tokio::test]
async fn without_encryption_nothing_is_sent_where_it_is_asked_for() {
    for scheme in ["smtp+starttls://", "smtps://"] {
        let folder = tempfile::tempdir().unwrap();
        let mut server = smtp(vec![]).await;
        let text = text(&server).replace("smtp://", scheme);
        let (delivery, _reports) = start(&text, quick(), folder.path());
        delivery.offer(notice(1, "c"));
        let health = until(&delivery, 0, |h| h.failing_since.is_some()).await;
        assert!(!health.last_error.is_empty());
        delivery.stop(PATIENCE).await;
        assert!(server.mails.try_recv().is_err());
    }
}
