//! Texts, bodies and signatures.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::notify::settings::{Channel, Email, Settings};

/// A notice that a case was raised.
pub(in crate::notify) fn notice(number: u64, case: &str) -> Notice {
    Notice {
        case: case.to_owned(),
        number,
        what: What::Raised,
        priority: Priority::Medium,
        group: "flow".to_owned(),
        rule: "wait_mean".to_owned(),
        subject: "CN19".to_owned(),
        subject_name: "Chi nhánh số 19".to_owned(),
        owner: "site".to_owned(),
        title_vi: "Chờ trung bình quá 15 phút".to_owned(),
        title_en: "Mean wait over 15 minutes".to_owned(),
        response_vi: "Mở thêm quầy.".to_owned(),
        response_en: "Open another counter.".to_owned(),
        evidence_vi: "17 phút, 42 lượt".to_owned(),
        evidence_en: "17 minutes, 42 visits".to_owned(),
        since: 1_772_416_800_000_000,
        at: 1_772_417_700_000_000,
        url: Some("https://vonglau.example.vn/desk?case=7".to_owned()),
        simulated: true,
    }
}

/// A batch of notices told the first time.
pub(in crate::notify) fn batch(notices: Vec<Notice>) -> Batch {
    let told = |notice| Told {
        notice: Arc::new(notice),
        repeated_at: None,
    };
    Batch {
        receiver: "shift".to_owned(),
        notices: notices.into_iter().map(told).collect(),
        given_up: 0,
    }
}

fn email() -> Email {
    let text = "[[receiver]]\nname = \"shift\"\nkind = \"email\"\nsmtp = \"smtp://localhost\"\nfrom = \"Vọng Lâu <vonglau@example.vn>\"\nto = \"room@example.vn\"";
    match Settings::parse(text).unwrap().receivers.remove(0).channel {
        Channel::Email(email) => *email,
        other => panic!("{other:?}"),
    }
}

/// The lines of a mail's headers, those that go on joined.
fn headers(mail: &[u8]) -> Vec<String> {
    let text = String::from_utf8(mail.to_vec()).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    head.split("\r\n").map(str::to_owned).collect()
}

fn header(mail: &[u8], name: &str) -> String {
    let all = headers(mail);
    let found = all
        .iter()
        .find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found
        .unwrap_or_else(|| panic!("no {name} in {all:?}"))
        .to_owned()
}

#[test]
fn vietnamese_comes_first_and_simulated_is_said() {
    let batch = batch(vec![notice(17, "c")]);
    assert_eq!(
        mail::subject(&batch),
        "[Vọng Lâu] [mô phỏng/simulated] Phát sinh (trung bình): Chờ trung bình quá 15 phút — Chi nhánh số 19"
    );
    let text = mail::body(&batch);
    let order = [
        "MÔ PHỎNG",
        "SIMULATED",
        "Mở thêm quầy.",
        "#17 c",
        "English",
        "Open another counter.",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|word| text.find(word).expect(word))
        .collect();
    assert!(places.is_sorted(), "{text}");
    assert!(text.contains("Từ: 09:00 02/03/2026"), "{text}");
    assert!(text.contains("https://vonglau.example.vn/desk?case=7"));
}

#[test]
fn a_case_threads_and_a_mail_that_is_sent_twice_is_the_same() {
    let (raised, mut normal) = (notice(17, "c"), notice(18, "c"));
    normal.what = What::Normal;
    let send =
        |notice: &Notice, at| mail::mail(&email(), &batch(vec![notice.clone()]), at).unwrap();
    let (first, again, last) = (send(&raised, 1), send(&raised, 5_000_000), send(&normal, 9));
    assert_eq!(header(&first, "Message-ID"), header(&again, "Message-ID"));
    assert_ne!(header(&first, "Message-ID"), header(&last, "Message-ID"));
    assert_eq!(header(&first, "In-Reply-To"), header(&last, "In-Reply-To"));
    assert!(header(&first, "Message-ID").ends_with("@example.vn>"));
    let other = mail::mail(&email(), &batch(vec![notice(19, "d")]), 1).unwrap();
    assert_ne!(header(&other, "References"), header(&last, "References"));
    let mut repeated = batch(vec![raised.clone()]);
    repeated.notices[0].repeated_at = Some(7_000_000);
    assert_ne!(
        repeated.key(),
        batch(vec![raised]).key(),
        "a reminder is another mail"
    );
}

#[test]
fn a_webhook_s_body_is_as_documented() {
    let mut joined = batch(vec![notice(17, "c"), notice(18, "d")]);
    joined.notices[1].repeated_at = Some(1_772_418_000_000_000);
    joined.given_up = 3;
    let body: Value =
        serde_json::from_slice(&webhook::body(&joined, 1_772_418_000_000_000).unwrap()).unwrap();
    assert_eq!(body["version"], 1);
    assert_eq!(body["key"], joined.key());
    assert_eq!(body["sent_at"], "2026-03-02T09:20:00+07:00");
    assert_eq!(
        (&body["simulated"], &body["given_up"]),
        (&Value::from(true), &Value::from(3))
    );
    assert_eq!(body["notices"][0]["key"], "17");
    assert_eq!(body["notices"][1]["key"], "18r1772418000");
    assert_eq!(body["notices"][1]["repeated"], true);
    assert_eq!(
        body["notices"][0]["title"]["vi"],
        "Chờ trung bình quá 15 phút"
    );
    assert_eq!(body["notices"][0]["since"], "2026-03-02T09:00:00+07:00");
    let mut bad = notice(1, "c");
    bad.url = Some("javascript:alert(1)".to_owned());
    let body: Value =
        serde_json::from_slice(&webhook::body(&batch(vec![bad]), 1).unwrap()).unwrap();
    assert_eq!(body["notices"][0]["url"], Value::Null);
}

#[test]
fn an_alertmanager_is_told_the_last_state_of_each_case() {
    let mut normal = notice(19, "c");
    (normal.what, normal.at) = (What::Normal, 1_772_418_000_000_000);
    let list = batch(vec![notice(17, "c"), notice(18, "d"), normal]);
    let at = 1_772_418_600_000_000;
    let body: Value =
        serde_json::from_slice(&alertmanager::body(&list, at, 300_000_000).unwrap()).unwrap();
    let [ended, stands] = &body.as_array().unwrap()[..] else {
        panic!("{body}");
    };
    assert_eq!(ended["endsAt"], "2026-03-02T09:20:00+07:00");
    assert_eq!(
        stands["endsAt"], "2026-03-02T09:45:00+07:00",
        "three repeats ahead"
    );
    assert_eq!(stands["startsAt"], "2026-03-02T09:00:00+07:00");
    let labels = &stands["labels"];
    assert_eq!(
        (&labels["alertname"], &labels["severity"]),
        (&Value::from("wait_mean"), &Value::from("warning"))
    );
    assert_eq!(
        (&labels["site"], &labels["simulated"]),
        (&Value::from("CN19"), &Value::from("true"))
    );
    assert_eq!(
        stands["annotations"]["response_en"],
        "Open another counter."
    );
    assert_eq!(
        stands["generatorURL"],
        "https://vonglau.example.vn/desk?case=7"
    );
    let mut bare = notice(1, "c");
    (bare.owner, bare.url) = (String::new(), None);
    let body: Value =
        serde_json::from_slice(&alertmanager::body(&batch(vec![bare]), at, 1).unwrap()).unwrap();
    assert!(body[0]["labels"].get("owner").is_none() && body[0].get("generatorURL").is_none());
}

#[test]
fn a_signature_is_checked_as_documented() {
    let (secret, body) = (b"0123456789abcdef", b"{\"version\":1}");
    let header = signature::sign(secret, 1_772_417_700, body);
    // Computed apart, with Python's hmac.
    assert_eq!(
        header,
        "t=1772417700,v1=2f34415b2ee26bb9ab57e7601de70235dbc6177ed484f9d6df3723617454d021"
    );
    use signature::{SignatureError, check};
    assert_eq!(check(secret, &header, body, 1_772_418_000), Ok(()));
    assert_eq!(
        check(secret, &header, body, 1_772_418_001),
        Err(SignatureError::Stale(301))
    );
    assert_eq!(
        check(secret, &header, body, 1_772_417_000),
        Err(SignatureError::Stale(-700))
    );
    assert_eq!(
        check(secret, &header, b"{}", 1_772_417_700),
        Err(SignatureError::Wrong)
    );
    assert_eq!(
        check(b"another secret..", &header, body, 1_772_417_700),
        Err(SignatureError::Wrong)
    );
    let moved = header.replace("t=1772417700", "t=1772417701");
    assert_eq!(
        check(secret, &moved, body, 1_772_417_700),
        Err(SignatureError::Wrong)
    );
    for bad in ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=zz"] {
        assert_eq!(
            check(secret, bad, body, 1),
            Err(SignatureError::Malformed),
            "{bad}"
        );
    }
}

proptest! {
    /// What is put into the texts never comes out as a header, as a line of the head, or as a second line of the subject.
    #[test]
    fn no_text_becomes_a_header(text in any::<String>(), case in any::<String>()) {
        let evil = format!("{text}\r\nBcc: evil@example.com\r\n\r\n.\r\n{text}");
        let mut bad = notice(5, &format!("{case}\r\nX-Evil: 1"));
        for field in [&mut bad.title_vi, &mut bad.subject_name, &mut bad.evidence_vi, &mut bad.owner, &mut bad.subject, &mut bad.rule] {
            field.clone_from(&evil);
        }
        bad.url = Some(evil.clone());
        let mail = mail::mail(&email(), &batch(vec![bad]), 1).unwrap();
        let names: Vec<String> = headers(&mail).iter().map(|line| line.split(':').next().unwrap().to_ascii_lowercase()).collect();
        let known = ["from", "subject", "message-id", "date", "content-type", "auto-submitted", "x-vonglau-key", "to", "in-reply-to", "references", "content-transfer-encoding", "mime-version"];
        for name in &names {
            prop_assert!(known.contains(&&**name), "{name}");
        }
        prop_assert!(mail.is_ascii(), "what is not ASCII is encoded");
    }

    #[test]
    fn a_line_is_one_line_and_not_too_long(text in any::<String>(), longest in 1_usize..50) {
        let line = one_line(&text, longest);
        prop_assert!(line.chars().count() <= longest);
        prop_assert!(!line.chars().any(char::is_control));
        let again = one_line(&line, longest);
        prop_assert_eq!(&again, &line);
    }

    #[test]
    fn no_instant_makes_it_fall(at in any::<i64>()) {
        let mut odd = notice(1, "c");
        (odd.at, odd.since) = (at, at);
        prop_assert!(mail::mail(&email(), &batch(vec![odd.clone()]), at).is_ok());
        prop_assert!(webhook::body(&batch(vec![odd.clone()]), at).is_ok());
        prop_assert!(alertmanager::body(&batch(vec![odd]), at, 1).is_ok());
    }
}
