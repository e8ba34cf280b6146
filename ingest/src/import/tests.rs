//! The language on small files, and arbitrary bytes.

use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

fn run(mapping: &str, csv: &[u8]) -> (String, Summary) {
    let mapping = Mapping::parse(mapping).unwrap();
    let mut out = Vec::new();
    let summary = import(&mapping, csv, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), summary)
}

const SMALL: &str = r#"
version = 1
name = "small"
[input]
delimiter = ";"
time_zone = "Europe/Warsaw"
[times.at]
text = "{when}"
formats = ["%Y-%m-%d %H:%M", "%d.%m.%Y"]
not_before = "2020-01-01"
not_after = "2020-12-31"
[[values]]
name = "priority"
text = "{class}"
map = { A = "normal", B = "vulnerable" }
otherwise = "skip"
[[filter]]
text = "{office}"
not = ["test"]
reason = "a test office"
[[events]]
type = "ticket.issued"
source = "import/{office|slug}"
id = "{@line}-{@hash}"
time = "at"
[events.data]
site = { id = "{office|slug}" }
ticket = { id = "{number}" }
service = "{service|squeeze}"
priority = "{priority}"
purpose = { constant = "submit" }
count = { integer = "{n}", times = 60, min = 0, unknown = ["-"], optional = true }
"#;

#[test]
fn rows_end_as_events_or_under_a_reason() {
    let csv = "office;when;number;service;class;n\n\
        Wola  Śródmieście;2020-03-01 10:00;A1;  two  words ;A;4.0\n\
        Wola;1.3.2020;A2;x;B;-\n\
        Wola;2020-10-25 02:30;A3;x;B;9\n\
        Wola;2019-03-01 10:00;A4;x;A;1\n\
        Wola;yesterday;A5;x;A;1\n\
        Wola;2020-03-01 10:00;A 6;x;A;1\n\
        Wola;2020-03-01 10:00;A7;x;C;1\n\
        test;2020-03-01 10:00;A8;x;A;1\n\
        Wola;2020-03-01 10:00;A9;x\n\
        Wola;2020-03-01 10:00;A10;x;A;many\n\
        Wola;;A11;x;A;1\n";
    let (out, summary) = run(SMALL, csv.as_bytes());
    let events: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 4, "{summary}");
    assert_eq!(events[0]["data"]["site"], "wola-srodmiescie");
    assert_eq!(events[0]["data"]["service"], "two words");
    assert_eq!(events[0]["data"]["count"], 240);
    assert_eq!(events[0]["time"], "2020-03-01T10:00:00+01:00");
    assert_eq!(events[1]["time"], "2020-03-01T00:00:00+01:00");
    assert_eq!(events[1]["data"]["priority"], "vulnerable");
    assert!(events[1]["data"].get("count").is_none());
    // 02:30 came twice that night: the first.
    assert_eq!(events[2]["time"], "2020-10-25T02:30:00+02:00");
    let count = |map: &BTreeMap<String, Found>, reason: &str| {
        map.get(reason).map(|found| (found.count, found.first_line))
    };
    assert_eq!(summary.rows, 11);
    assert_eq!(
        count(&summary.skipped_rows, "at: date out of range"),
        Some((1, 5))
    );
    assert_eq!(
        count(&summary.skipped_rows, "at: unreadable time"),
        Some((1, 6))
    );
    assert_eq!(
        count(&summary.skipped_rows, "priority: unknown value"),
        Some((1, 8))
    );
    assert_eq!(count(&summary.skipped_rows, "a test office"), Some((1, 9)));
    assert_eq!(
        count(&summary.skipped_rows, "wrong number of cells"),
        Some((1, 10))
    );
    assert_eq!(
        count(
            &summary.skipped_events,
            "ticket.issued: ticket: not an id of the contract's form"
        ),
        Some((1, 7))
    );
    assert_eq!(
        count(&summary.skipped_events, "ticket.issued: no time"),
        Some((1, 12))
    );
    assert_eq!(
        count(&summary.left_out, "ticket.issued.count: not a whole number"),
        Some((1, 11))
    );
    assert_eq!(
        count(
            &summary.left_out,
            "at: in a clock change, earlier offset taken"
        ),
        Some((1, 4))
    );
}

const BOARD: &str = r#"
version = 1
name = "board"
[times.at]
text = "{at}"
formats = ["%Y-%m-%dT%H:%M"]
[[checks]]
kind = "frozen"
name = "frozen"
key = "{site}"
watch = "{n}"
time = "at"
minutes = 30
when = [{ text = "{n}", not = ["0"] }]
drop = true
[[checks]]
kind = "silent"
name = "silent"
key = "{site}"
time = "at"
minutes = 45
[[checks]]
kind = "out_of_order"
name = "back"
key = "{site}"
time = "at"
[[checks]]
kind = "repeated"
name = "again"
key = "{site} {at}"
[[events]]
type = "queue.snapshot"
source = "b/{site}"
id = "{at}/{@hash}"
time = "at"
[events.data]
site = { id = "{site}" }
service = { constant = "all" }
waiting = { integer = "{n}" }
open_counters = { constant = 1 }
"#;

#[test]
fn checks_find_what_they_look_for() {
    let csv = "site,at,n\n\
        a,2020-03-02T08:00,5\n\
        a,2020-03-02T08:20,5\n\
        a,2020-03-02T08:40,5\n\
        a,2020-03-02T08:40,6\n\
        a,2020-03-02T08:40,6\n\
        a,2020-03-02T10:00,0\n\
        a,2020-03-02T10:40,0\n\
        a,2020-03-02T10:00,0\n\
        a,2020-03-03T08:00,0\n\
        b,2020-03-03T08:00,1\n";
    let (out, summary) = run(BOARD, csv.as_bytes());
    let check = |name: &str| {
        summary
            .checks
            .iter()
            .find(|check| check.name == name)
            .unwrap()
    };
    assert_eq!(
        (check("frozen").count, check("frozen").first_line),
        (1, Some(4))
    );
    assert_eq!(check("frozen").keys["a"].longest_minutes, Some(40));
    // 08:40 to 10:00; the night and b's only row are no gaps, but b said nothing on the first day.
    assert_eq!(
        (
            check("silent").count,
            check("silent").keys["a"].longest_minutes
        ),
        (1, Some(80))
    );
    assert_eq!(check("silent").keys["b"].silent_days, ["2020-03-02"]);
    assert_eq!(
        (check("back").count, check("back").first_line),
        (1, Some(9))
    );
    // 08:40 three times, once with the content of the row before, once with another; 10:00 twice.
    assert_eq!(check("again").count, 3);
    assert_eq!(check("again").keys["with other content"].count, 1);
    assert_eq!(out.lines().count(), 9);
    let ids: HashSet<&str> = out
        .lines()
        .map(|line| line.split('"').nth(7).unwrap())
        .collect();
    assert_eq!(ids.len(), 7, "equal rows have one id, others their own");
}

#[test]
fn mappings_that_do_not_fit_are_refused() {
    let parse = |text: &str| {
        Mapping::parse(text)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    assert!(parse("version = 2\nname = \"x\"\nevents = []").contains("version 2"));
    assert!(parse("version = 1\nname = \"x\"\nevents = []\nspelt = 1").contains("spelt"));
    assert!(parse("version = 1\nname = \"x\"\nevents = []").contains("events"));
    let fit = |text: &str, csv: &str| {
        let mapping = Mapping::parse(text).unwrap();
        import(&mapping, csv.as_bytes(), &mut Vec::new())
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    assert!(fit(BOARD, "site,at,m\n").contains("no column `n`"));
    assert!(fit(BOARD, "").contains("empty"));
    assert!(
        fit(
            &BOARD.replace("time = \"at\"\n[events", "time = \"later\"\n[events"),
            "site,at,n\n"
        )
        .contains("times.later")
    );
    assert!(fit(&SMALL.replace("Europe/Warsaw", "Mars/Base"), "a;b\n").contains("Mars/Base"));
    assert!(
        fit(
            &SMALL.replace("type = \"ticket", "for = \"first\"\ntype = \"ticket"),
            "office;when;number;service;class;n\n"
        )
        .contains("[group]")
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mapping = Mapping::parse(SMALL).unwrap();
        let mut csv = b"office;when;number;service;class;n\n".to_vec();
        csv.extend(&body);
        let mut first = Vec::new();
        let mut second = Vec::new();
        let summary = import(&mapping, csv.as_slice(), &mut first).unwrap();
        import(&mapping, csv.as_slice(), &mut second).unwrap();
        prop_assert_eq!(&first, &second);
        let skipped: u64 = summary.skipped_rows.values().chain(summary.skipped_events.values()).map(|f| f.count).sum();
        prop_assert_eq!(summary.rows, skipped + summary.events);
        let _ = import(&mapping, body.as_slice(), &mut Vec::new());
        let _ = unpacked(body.as_slice()).map(|input| import(&mapping, input, &mut Vec::new()).is_ok());
    }

    #[test]
    fn odd_cells_make_lines_of_json(
        rows in proptest::collection::vec(("[\"\\\\a-zé \u{0}-\u{1f}]{0,12}", "[0-9 :.-]{0,18}", "[A-Z0-9\"]{0,5}", "[AB]"), 0..20)
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        writer.write_record(["office", "when", "number", "service", "class", "n"]).unwrap();
        for (service, when, number, class) in &rows {
            let when = if when.len() % 2 == 0 { "2020-05-05 10:00" } else { when };
            writer.write_record(["Wola", when, number, service, class, "7"]).unwrap();
        }
        let (out, _) = run(SMALL, &writer.into_inner().unwrap());
        for line in out.lines() {
            prop_assert!(serde_json::from_str::<Value>(line).is_ok(), "{}", line);
        }
    }

    #[test]
    fn no_mapping_text_makes_it_panic(text in "[a-z\\[\\]{}=\"\n .|@]{0,200}") {
        let _ = Mapping::parse(&text);
        let names = template::Names { columns: &[], values: &[] };
        let _ = Template::compile(&text, names, true);
    }
}
