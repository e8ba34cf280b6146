//! The examples and the rules, record by record.

mod arbitrary;
mod privacy;
mod round;
mod words;

use super::*;
use crate::decode::{Decoder, Secret};
use serde_json::{Value, json};

pub(super) const DOSSIERS: &str = include_str!("examples/dossier.json");
pub(super) const PROGRESS: &str = include_str!("examples/progress.json");
/// The dossier of the examples.
pub(super) const CODE: &str = "000.99.99.H26-260928-0007";

pub(super) fn shipped() -> Mapping {
    Mapping::shipped().unwrap()
}

/// A message of the examples' sender.
pub(super) fn message(service: &str, data: &[Value]) -> Vec<u8> {
    let message = json!({"session": "s", "madonvi": "000.99.99.H26", "service": service, "isUpdating": "True", "data": data});
    message.to_string().into_bytes()
}

/// A record of progress.
pub(super) fn step(status: &str, at: &str) -> Value {
    json!({"MaHoSo": CODE, "ThoiDiemXuLy": at, "TrangThai": status})
}

/// A dossier that was filed and received, with more.
pub(super) fn filed(more: Value) -> Value {
    let mut record = json!({
        "MaHoSo": CODE, "MaTTHC": "9.990001", "MaLinhVuc": "G00-XX01", "TrangThaiHoSo": "4",
        "NgayNopHoSo": "20260928101500", "NgayTiepNhan": "20260928143000", "NgayHenTra": "20261001143000",
    });
    for (name, value) in more.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

pub(super) fn read_or_fail(body: &[u8]) -> Reading {
    read(body, &shipped()).unwrap()
}

/// The events of a reading, each of which the decoder takes.
pub(super) fn events(reading: &Reading) -> Vec<Event> {
    let batch = Decoder::new(&Secret::new([7; 32])).ndjson(&reading.lines, None);
    assert_eq!(batch.rejected, [], "the decoder takes what is told");
    assert_eq!(batch.dropped_fields, 0);
    batch.events().cloned().collect()
}

/// Kind, local time and data of each event of a message.
fn told(body: &[u8]) -> Vec<(String, String, Value)> {
    let told = events(&read_or_fail(body)).into_iter().map(|event| {
        let mut line = Vec::new();
        event.write_json(&mut line);
        let line: Value = serde_json::from_slice(&line).unwrap();
        let kind = line["type"].as_str().unwrap().replace("dossier.", "");
        let mut data = line["data"].clone();
        data.as_object_mut().unwrap().remove("dossier");
        (kind, moment::write(event.time).to_string(), data)
    });
    told.collect()
}

/// Kinds and times alone.
fn course(body: &[u8]) -> Vec<(String, String)> {
    let told = told(body).into_iter();
    told.map(|(kind, at, _)| (kind, at[6..12].to_owned()))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |&(kind, at): &(&str, &str)| (kind.to_owned(), at.to_owned());
    expected.iter().map(owned).collect()
}

#[test]
fn the_dossiers_of_the_example_become_their_courses() {
    let reading = read_or_fail(DOSSIERS.as_bytes());
    let all = told(DOSSIERS.as_bytes());
    let expected = [
        (
            "submitted",
            "20260928101500",
            json!({"procedure": "9.990001", "field": "G00-XX01", "site": "000.99.99.H26",
                "agency": "000.99.99.H26", "channel": "online", "verified_account": true, "has_fee": true}),
        ),
        (
            "paid",
            "20260928101500",
            json!({"method": "online", "via": "dvcqg"}),
        ),
        (
            "accepted",
            "20260928143000",
            json!({"due_at": "2026-10-02T14:30:00+07:00"}),
        ),
        (
            "digitised",
            "20260928143000",
            json!({"parts": 2, "reused": 1, "from_store": 1}),
        ),
        ("supplement_requested", "20260930090000", json!({})),
        ("supplemented", "20261001090000", json!({})),
        (
            "extended",
            "20261001090000",
            json!({"due_at": "2026-10-06T14:30:00+07:00"}),
        ),
        (
            "submitted",
            "20260928150000",
            json!({"procedure": "9.990002.000.00.00.H26", "field": "Lĩnh vực giả định B", "site": "000.99.99.H26",
                "agency": "000.99.98.H26", "channel": "counter", "verified_account": false, "has_fee": false}),
        ),
        (
            "accepted",
            "20260928150000",
            json!({"due_at": "2026-09-30T15:00:00+07:00"}),
        ),
        ("resolved", "20260930110000", json!({"e_result": true})),
        ("returned", "20260930153000", json!({"channel": "counter"})),
    ];
    let expected: Vec<(String, String, Value)> = expected
        .into_iter()
        .map(|(kind, at, data)| (kind.to_owned(), at.to_owned(), data))
        .collect();
    assert_eq!(all, expected);
    let lines: Vec<_> = reading.records.iter().map(|r| r.lines.clone()).collect();
    assert_eq!(lines, [1..8, 8..12]);
    let answer = reading.answer(&[]);
    assert!(answer.is_success(), "{answer:?}");
    assert!(answer.message.contains("thành công"));
    let source = &events(&reading)[0].source;
    assert_eq!(source, "national/000.99.99.H26");
}

#[test]
fn the_progress_of_the_example_stops_the_clock_and_lets_it_go_on() {
    let expected = [
        ("accepted", "281430"),
        ("taken", "290910"),
        ("supplement_requested", "300900"),
        ("taken", "010900"),
        ("supplemented", "010900"),
        ("resolved", "051600"),
    ];
    assert_eq!(course(PROGRESS.as_bytes()), pairs(&expected));
    let taken = &told(PROGRESS.as_bytes())[1].2;
    let expected = json!({"agency": "000.99.99.H26", "step_due_at": "2026-09-30T17:00:00+07:00"});
    assert_eq!(*taken, expected, "no text of a department");
}

#[test]
fn the_same_fact_told_by_both_services_is_one_event() {
    let ids = |body: &str| -> Vec<String> {
        let events = events(&read_or_fail(body.as_bytes()));
        let of_supplement = events.iter().filter(|event| {
            matches!(
                event.body,
                Body::SupplementRequested(_) | Body::DossierSupplemented(_)
            )
        });
        of_supplement.map(|event| event.id.to_string()).collect()
    };
    assert_eq!(ids(DOSSIERS), ids(PROGRESS));
}

#[test]
fn status_four_ends_what_its_message_does_not_show_to_be_over() {
    for (statuses, expected) in [
        (vec!["4"], vec!["taken", "supplemented", "resumed"]),
        (vec!["2", "4"], vec!["accepted", "taken"]),
        (
            vec!["2", "5", "4"],
            vec!["accepted", "supplement_requested", "taken", "supplemented"],
        ),
        (
            vec!["2", "6", "4", "4"],
            vec!["accepted", "suspended", "taken", "resumed", "taken"],
        ),
        (
            vec!["5", "2", "4"],
            vec!["supplement_requested", "accepted", "taken", "supplemented"],
        ),
        (
            vec!["1", "3", "7", "8", "9", "10"],
            vec!["refused", "withdrawn", "stopped", "resolved", "returned"],
        ),
    ] {
        let records = statuses.iter().enumerate();
        let records: Vec<Value> = records
            .map(|(hour, status)| step(status, &format!("202609281{hour}0000")))
            .collect();
        let kinds = |records: &[Value]| -> Vec<String> {
            let course = course(&message("CapNhatTienDoHoSoMC", records));
            course.into_iter().map(|(kind, _)| kind).collect()
        };
        assert_eq!(kinds(&records), expected, "{statuses:?}");
        let mut back: Vec<Value> = records.clone();
        back.reverse();
        let (mut here, mut there) = (kinds(&records), kinds(&back));
        here.sort_unstable();
        there.sort_unstable();
        assert_eq!(here, there, "whatever their order: {statuses:?}");
    }
}

#[test]
fn a_states_own_date_says_when() {
    let cases = [
        (
            json!({"TrangThaiHoSo": "3", "NgayTuChoi": "20260929080000"}),
            vec![("submitted", "281015"), ("refused", "290800")],
        ),
        (
            json!({"TrangThaiHoSo": "7", "NgayKetThucXuLy": "20260929080000"}),
            vec![
                ("submitted", "281015"),
                ("accepted", "281430"),
                ("withdrawn", "290800"),
            ],
        ),
        (
            json!({"TrangThaiHoSo": "8", "NgayKetThucXuLy": "20260929080000"}),
            vec![
                ("submitted", "281015"),
                ("accepted", "281430"),
                ("stopped", "290800"),
            ],
        ),
        (
            json!({"TrangThaiHoSo": "4", "NgayKetThucXuLy": "20260929080000", "NgayTra": "20260929090000"}),
            vec![("submitted", "281015"), ("accepted", "281430")],
        ),
        (
            json!({"TrangThaiHoSo": "9", "NgayNopHoSo": "", "NgayKetThucXuLy": "20260929080000"}),
            vec![
                ("submitted", "281430"),
                ("accepted", "281430"),
                ("resolved", "290800"),
            ],
        ),
    ];
    for (more, expected) in cases {
        let body = message("DongBoHoSoMC", &[filed(more.clone())]);
        assert_eq!(course(&body), pairs(&expected), "{more}");
    }
    // The date of a state is optional: what is known is taken, and what is missing is said.
    let body = message("DongBoHoSoMC", &[filed(json!({"TrangThaiHoSo": "10"}))]);
    let reading = read_or_fail(&body);
    let noted = [Note::Undated("NgayKetThucXuLy"), Note::Undated("NgayTra")];
    assert_eq!(reading.records[0].outcome, Ok(noted.to_vec()));
    assert!(reading.answer(&[]).is_success());
}

#[test]
fn scalars_are_read_whatever_json_they_come_as() {
    let text = filed(
        json!({"TrangThaiHoSo": "9", "NgayKetThucXuLy": "20260929080000", "KenhThucHien": "3", "TaiKhoanDuocXacThucVoiVNeID": "1", "NgayTra": ""}),
    );
    let other = filed(
        json!({"TrangThaiHoSo": 9, "NgayKetThucXuLy": 20_260_929_080_000_u64, "KenhThucHien": 3, "TaiKhoanDuocXacThucVoiVNeID": true, "NgayTra": null, "TaiLieuNop": null, "DanhSachLePhi": ""}),
    );
    let read = |record: Value| read_or_fail(&message("DongBoHoSoMC", &[record])).lines;
    assert_eq!(read(text), read(other));
}

#[test]
fn a_record_is_refused_with_the_name_of_what_is_wrong_and_the_others_are_taken() {
    let wrong = [
        (json!("x"), Refusal::Shape),
        (json!(["x"]), Refusal::Shape),
        (filed(json!({"TaiLieuNop": ["x"]})), Refusal::Shape),
        (filed(json!({"MaHoSo": "không hợp lệ"})), Refusal::Dossier),
        (filed(json!({"MaHoSo": null})), Refusal::Dossier),
        (
            filed(json!({"NgayHenTra": "01/10/2026"})),
            Refusal::Moment("NgayHenTra"),
        ),
        (
            filed(json!({"DanhSachHoSoBoSung": [{"NgayBoSung": "x"}]})),
            Refusal::Moment("NgayBoSung"),
        ),
        (
            filed(json!({"TrangThaiHoSo": "receiving"})),
            Refusal::Unmapped("TrangThaiHoSo"),
        ),
        (
            filed(json!({"TrangThaiHoSo": ""})),
            Refusal::Missing("TrangThaiHoSo"),
        ),
        (filed(json!({"MaTTHC": ""})), Refusal::Missing("MaTTHC")),
        (
            filed(json!({"MaTTHC": "một thủ tục"})),
            Refusal::Form("MaTTHC"),
        ),
        (
            filed(json!({"NgayNopHoSo": "", "NgayTiepNhan": ""})),
            Refusal::Missing("NgayNopHoSo"),
        ),
    ];
    let mut data: Vec<Value> = wrong.iter().map(|(record, _)| record.clone()).collect();
    data.push(filed(json!({})));
    let reading = read_or_fail(&message("DongBoHoSoMC", &data));
    for ((record, refusal), found) in wrong.iter().zip(&reading.records) {
        assert_eq!(found.outcome, Err(*refusal), "{record}");
    }
    assert_eq!(events(&reading).len(), 2, "the last record's");
    let answer = reading.answer(&[]);
    assert_eq!(answer.error_code, "1");
    assert!(!answer.is_success());
    let whole = serde_json::to_string(&answer).unwrap();
    assert!(
        !whole.to_lowercase().contains("thành công"),
        "a client looks for these words alone: {whole}"
    );
    for (answer, refused) in answer.data.iter().zip(&reading.records) {
        let is_taken = refused.outcome.is_ok();
        assert_eq!(answer.error_code == "0", is_taken, "{answer:?}");
        let number: i32 = answer.error_code.parse().unwrap();
        assert!(![3, -3].contains(&number), "{answer:?}");
    }
}

#[test]
fn a_message_that_cannot_be_read_says_why() {
    let whole = |text: &str| read(text.as_bytes(), &shipped()).map(|_| ());
    for (text, fault) in [
        ("[]", Fault::Shape),
        (r#"["a","000.99.99.H26","DongBoHoSoMC",[]]"#, Fault::Shape),
        ("\"x\"", Fault::Shape),
        (r#"{"madonvi":"a","madonvi":"a"}"#, Fault::Shape),
        (r#"{"service":"DongBoHoSoMC","data":[]}"#, Fault::Unit),
        (
            r#"{"madonvi":"đơn vị","service":"DongBoHoSoMC","data":[]}"#,
            Fault::Unit,
        ),
        (
            r#"{"madonvi":"a","service":"LayThuTuc","data":[]}"#,
            Fault::Service,
        ),
        (r#"{"madonvi":"a","service":"DongBoHoSoMC"}"#, Fault::Data),
        (
            r#"{"madonvi":"a","service":"DongBoHoSoMC","data":{}}"#,
            Fault::Data,
        ),
    ] {
        assert_eq!(whole(text), Err(fault), "{text}");
    }
    assert!(matches!(whole("{"), Err(Fault::Json { line: 1, .. })));
    assert_eq!(
        whole("\u{feff}{\"madonvi\":\"a\",\"service\":\"DongBoHoSoMC\",\"data\":[]}"),
        Ok(())
    );
}

#[test]
fn a_line_that_the_decoder_refuses_is_its_records_fault() {
    let reading = read_or_fail(DOSSIERS.as_bytes());
    let early = EventTime::parse_rfc3339("2026-09-29T00:00:00+07:00");
    let batch = Decoder::new(&Secret::new([7; 32])).ndjson(&reading.lines, early);
    assert!(
        !batch.rejected.is_empty(),
        "some of it is ahead of that clock"
    );
    let answer = reading.answer(&batch.rejected);
    let codes: Vec<&str> = answer.data.iter().map(|record| record.error_code).collect();
    assert_eq!((answer.error_code, codes), ("1", vec!["207", "207"]));
}

#[test]
fn a_later_due_date_counts_whichever_message_came_last() {
    let send = |due: &str| {
        let body = message("DongBoHoSoMC", &[filed(json!({"NgayHenTra": due}))]);
        events(&read_or_fail(&body)).remove(1)
    };
    let (first, later) = (send("20261001143000"), send("20261005143000"));
    assert!(first.precedence() < later.precedence());
    assert_eq!(first, send("20261001143000"), "sent again it is the same");
}
