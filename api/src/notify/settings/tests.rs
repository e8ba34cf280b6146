//! What a file of receivers may be, and what is said where it may not.

use proptest::prelude::*;

use super::*;
use crate::notify::message::tests::notice;

const MAIL: &str = "[[receiver]]\nname = \"shift\"\nkind = \"email\"\nsmtp = \"smtp://localhost:2525\"\nfrom = \"Vọng Lâu <vonglau@example.vn>\"\nto = [\"Ca trực <room@example.vn>\", \"b@example.vn\"]\n";
const HOOK: &str = "[[receiver]]\nname = \"hotline\"\nkind = \"webhook\"\nurl = \"https://hotline.example.vn/x\"\nsecret_file = \"secret\"\n";
const MANAGER: &str = "[[receiver]]\nname = \"operations\"\nkind = \"alertmanager\"\nurl = \"http://manager.example.vn:9093/\"\n";

/// The only receiver of a text.
fn one(text: &str) -> Receiver {
    let mut settings = Settings::parse(text).unwrap();
    assert_eq!(settings.receivers.len(), 1);
    settings.receivers.remove(0)
}

/// What is said about a text.
fn refusal(text: &str) -> String {
    Settings::parse(text).unwrap_err().to_string()
}

/// Microseconds at a local time of March 2026; the 2nd is a Monday.
fn local(day: i8, hour: i8, minute: i8) -> i64 {
    let civil = jiff::civil::date(2026, 3, day).at(hour, minute, 0, 0);
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(7));
    civil.to_zoned(zone).unwrap().timestamp().as_microsecond()
}

#[test]
fn the_three_kinds_are_read_with_what_they_mean_unwritten() {
    let settings = Settings::parse(&format!("{MAIL}{HOOK}{MANAGER}")).unwrap();
    let [mail, hook, manager] = &settings.receivers[..] else {
        panic!("{settings:?}");
    };
    assert_eq!((mail.line, hook.line, manager.line), (1, 7, 12));
    assert_eq!(mail.priorities.len(), 3);
    assert_eq!(mail.on.len(), 7);
    assert_eq!((&mail.shift, mail.repeat_us), (&Shift::ALWAYS, None));
    let Channel::Email(email) = &mail.channel else {
        panic!("{mail:?}");
    };
    assert_eq!(email.to.len(), 2);
    assert_eq!(
        (&*email.smtp.host, email.smtp.port, email.smtp.tls),
        ("localhost", 2525, Tls::None)
    );
    let Channel::Alertmanager { url } = &manager.channel else {
        panic!("{manager:?}");
    };
    assert_eq!(url.as_str(), "http://manager.example.vn:9093/api/v2/alerts");
    assert_eq!(manager.repeat_us, Some(300_000_000));
    assert_eq!(Settings::parse("").unwrap(), Settings::default());
}

#[test]
fn what_may_not_be_is_refused_with_its_line_and_what_to_do() {
    let cases: [(String, &[&str]); 18] = [
        (
            format!("{MAIL}\n{HOOK}prioritys = [\"high\"]"),
            &["line 13", "prioritys", "priorities"],
        ),
        (
            format!("{HOOK}priorities = [\"urgent\"]"),
            &["line 6", "urgent", "high"],
        ),
        (format!("{HOOK}priorities = []"), &["hotline", "empty"]),
        (format!("{HOOK}on = []"), &["hotline", "empty"]),
        (
            format!("{HOOK}\n{HOOK}"),
            &["line 7", "another of this name"],
        ),
        (HOOK.replace("hotline\"", "Hot line\""), &["small letters"]),
        (HOOK.replace("https://", "ftp://"), &["`ftp:`", "https://"]),
        (
            HOOK.replace("https://", "https://u:p@"),
            &["a user or a password"],
        ),
        (
            HOOK.replace("secret_file = \"secret\"", ""),
            &["secret_file"],
        ),
        (
            format!("{HOOK}smtp = \"smtp://a\""),
            &["`smtp`", "no key of this kind"],
        ),
        (
            format!("{HOOK}shift = \"Mon-Fry 07:30-17:30\""),
            &["Mon-Fry", "Mon-Fri 07:30-17:30"],
        ),
        (format!("{HOOK}repeat = \"10s\""), &["repeat", "2h"]),
        (format!("{MANAGER}repeat = \"never\""), &["forgets"]),
        (
            MAIL.replace("smtp://localhost", "http://localhost"),
            &["smtps://"],
        ),
        (
            MAIL.replace("smtp://localhost:2525", "smtps://host/path"),
            &["more than a host"],
        ),
        (
            MAIL.replace("b@example.vn", "b at example"),
            &["`to`", "b at example"],
        ),
        (
            format!("{MAIL}user = \"u\""),
            &["password_file", "together"],
        ),
        (
            format!(
                "{}user = \"u\"\npassword_file = \"p\"",
                MAIL.replace("localhost:2525", "mail.example.vn")
            ),
            &["unencrypted", "smtps://"],
        ),
    ];
    for (text, words) in cases {
        let said = refusal(&text);
        for word in words {
            assert!(said.contains(word), "`{word}` is not in: {said}");
        }
    }
}

#[test]
fn a_secret_in_the_file_is_refused_and_never_shown() {
    for text in [
        format!("{MAIL}password = \"hunter2\""),
        format!("{HOOK}secret = \"hunter2\""),
        format!("{MAIL}pasword = \"hunter2\""),
        format!("{MAIL}password = \"hunter2"),
        MAIL.replace("smtp://", "smtp://u:hunter2@"),
        HOOK.replace("https://", "https://u:hunter2@"),
    ] {
        let said = refusal(&text);
        assert!(!said.contains("hunter2"), "{said}");
        assert!(said.contains("line "), "{said}");
    }
    assert!(refusal(&format!("{MAIL}password = \"hunter2\"")).contains("password_file"));
}

#[test]
fn a_line_break_in_an_address_is_refused() {
    let said = refusal(&MAIL.replace("b@example.vn", "b@example.vn\\r\\nBcc: c@example.vn"));
    assert!(said.contains("line break"), "{said}");
}

#[test]
fn secrets_are_looked_for_beside_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.toml");
    let said = Settings::load(&path).unwrap_err().to_string();
    assert!(said.contains("cannot be read"), "{said}");
    std::fs::write(&path, HOOK).unwrap();
    let said = Settings::load(&path).unwrap_err().to_string();
    assert!(
        said.contains("hotline") && said.contains("secret"),
        "{said}"
    );
    std::fs::write(folder.path().join("secret"), "short\n").unwrap();
    let said = Settings::load(&path).unwrap_err().to_string();
    assert!(said.contains("5 bytes") && said.contains("16"), "{said}");
    std::fs::write(folder.path().join("secret"), "0123456789abcdef\n").unwrap();
    let settings = Settings::load(&path).unwrap();
    let Channel::Webhook(webhook) = &settings.receivers[0].channel else {
        panic!("{settings:?}");
    };
    assert_eq!(webhook.secret_file, folder.path().join("secret"));
}

#[test]
fn a_shift_is_in_local_time_and_may_cross_midnight() {
    let shift = Shift::parse(["Mon-Fri 07:30-17:30", "Sat 22:00-06:00"]).unwrap();
    for (at, covered) in [
        (local(2, 7, 29), false),
        (local(2, 7, 30), true),
        (local(2, 17, 29), true),
        (local(2, 17, 30), false),
        (local(7, 21, 59), false),
        (local(7, 23, 0), true),
        (local(8, 5, 59), true),
        (local(8, 6, 0), false),
    ] {
        assert_eq!(shift.covers(at), covered, "{at}");
    }
    assert_eq!(shift.begins(local(6, 17, 30)), local(7, 22, 0));
    assert_eq!(shift.begins(local(8, 6, 0) + 5), local(9, 7, 30));
    let sundays = Shift::parse(["Sun 22:00-06:00"]).unwrap();
    assert!(sundays.covers(local(2, 5, 0)), "over the week's end");
    assert!(
        Shift::parse(["Sat-Mon 00:00-24:00"])
            .unwrap()
            .covers(local(1, 12, 0))
    );
    for text in [
        "",
        "Mon",
        "Mon 7:30-17:30",
        "Mon 08:00-08:00",
        "Mon 25:00-26:00",
        "Mon 08:00-24:01",
        "always ",
    ] {
        assert!(Shift::parse([text]).is_err(), "{text}");
    }
    assert!(Shift::parse(["always", "Mon 08:00-09:00"]).is_err());
}

#[test]
fn filters_are_all_to_fit_but_for_the_end_of_what_was_told() {
    let receiver = one(&format!(
        "{HOOK}priorities = [\"high\"]\ngroups = [\"flow\"]\nowners = [\"site\"]\non = [\"raised\", \"normal\"]\nalways_high = true"
    ));
    let of = |change: &dyn Fn(&mut Notice)| {
        let mut notice = notice(1, "c");
        notice.priority = Priority::High;
        change(&mut notice);
        notice
    };
    assert!(receiver.wants(&of(&|_| ()), false));
    assert!(!receiver.wants(&of(&|n| n.priority = Priority::Medium), false));
    assert!(!receiver.wants(&of(&|n| n.group = "doors".into()), false));
    assert!(!receiver.wants(&of(&|n| n.owner = "room".into()), false));
    assert!(!receiver.wants(&of(&|n| n.what = What::Escalated), false));
    let fallen = of(&|n| (n.what, n.priority) = (What::Normal, Priority::Low));
    assert!(!receiver.wants(&fallen, false) && receiver.wants(&fallen, true));
    let test = of(&|n| (n.what, n.priority, n.group) = (What::Test, Priority::Low, "x".into()));
    assert!(receiver.wants(&test, false) && receiver.any_time(&test));
    let all = one(HOOK);
    let dead = of(&|n| (n.group, n.subject) = (RECEIVER_GROUP.into(), "hotline".into()));
    assert!(!all.wants(&dead, true), "never to the dead receiver itself");
    assert!(one(MAIL).wants(&dead, false));
}

proptest! {
    #[test]
    fn the_next_begin_is_the_first_covered_minute(
        from in 0_u32..1440, length in 1_u32..1440, day in 0_usize..7, at in 0_i64..2_000_000_000_000_000,
    ) {
        let to = (from + length) % 1440;
        let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day];
        let text = format!("{day} {:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60);
        let shift = Shift::parse([&*text]).unwrap();
        let begins = shift.begins(at);
        prop_assert!(begins >= at && shift.covers(begins));
        prop_assert_eq!(begins == at, shift.covers(at));
        // Minute by minute there is none before.
        let minute = 60_000_000;
        let mut earlier = at;
        let mut looked = 0;
        while earlier < begins {
            prop_assert!(!shift.covers(earlier));
            earlier += minute * 7;
            looked += 1;
        }
        prop_assert!(looked <= 10_080 / 7 + 1, "within a week");
    }

    #[test]
    fn no_text_makes_it_fall(text in "\\PC{0,200}") {
        let _ = Settings::parse(&text);
        let _ = Settings::parse(&format!("{HOOK}shift = \"{text}\""));
        let _ = Settings::parse(&MAIL.replace("localhost:2525", &text));
    }
}
