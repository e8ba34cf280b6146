//! Refusals by their codes, what is kept and what is not, and arbitrary bytes.

use super::*;
use proptest::prelude::*;

fn decoder() -> Decoder {
    Decoder::new(&Secret::new([7; 32]))
}

fn one(line: &str) -> Result<Event, Code> {
    let batch = decoder().ndjson(line.as_bytes(), None);
    match (batch.events().next(), batch.rejected.first()) {
        (Some(event), None) => Ok(event.clone()),
        (None, Some(rejection)) => Err(rejection.code),
        other => panic!("one line, one answer: {other:?}"),
    }
}

const ISSUED: &str = r#"{"specversion":"1.0","id":"k1-000017","source":"site/00004/kiosk/1","type":"ticket.issued","time":"2026-11-23T08:01:02.123+07:00","data":{"site":"00004","ticket":"A017","service":"certification","priority":"normal"}}"#;

#[test]
fn the_contracts_example_is_read_and_written_back_the_same() {
    let event = one(ISSUED).unwrap();
    let mut canonical = Vec::new();
    event.write_json(&mut canonical);
    assert_eq!(read_event(&canonical).unwrap(), (event.clone(), 0));
    let Body::TicketIssued(body) = &event.body else {
        panic!("{event:?}")
    };
    assert_eq!(body.site.as_str(), "00004");
    assert_eq!(body.service.as_str(), "certification");
}

#[test]
fn each_refusal_has_its_code() {
    let with = |from: &str, to: &str| one(&ISSUED.replace(from, to)).map(|_| ());
    assert_eq!(one("{").map(|_| ()), Err(Code::MalformedJson));
    assert_eq!(one("[1]").map(|_| ()), Err(Code::NotCloudEvent));
    assert_eq!(with("\"1.0\"", "\"0.3\""), Err(Code::NotCloudEvent));
    assert_eq!(with("\"id\"", "\"ID\""), Err(Code::NotCloudEvent));
    assert_eq!(with("k1-000017", "k1 17"), Err(Code::BadValue));
    assert_eq!(
        with("ticket.issued", "ticket.eaten"),
        Err(Code::UnknownType)
    );
    assert_eq!(with("\"ticket\"", "\"tickets\""), Err(Code::MissingField));
    assert_eq!(with("\"A017\"", "null"), Err(Code::MissingField));
    assert_eq!(with("\"A017\"", "17"), Err(Code::BadValue));
    assert_eq!(with("+07:00", ""), Err(Code::BadValue));
    assert_eq!(with("\"time\"", "\"tine\""), Err(Code::MissingField));
    assert_eq!(with("certification", &"x".repeat(201)), Err(Code::BadValue));
    assert_eq!(with("certification", &"ẫ".repeat(200)), Ok(()));
}

#[test]
fn text_is_kept_in_nfc_and_reasons_by_code() {
    let Ok(Event {
        body: Body::TicketIssued(b),
        ..
    }) = one(&ISSUED.replace("certification", "chu\u{31b}\u{301}ng"))
    else {
        panic!()
    };
    assert_eq!(b.service.as_str(), "chứng");
    let refused = r#"{"specversion":"1.0","id":"1","source":"s","type":"dossier.refused","time":"2026-11-23T08:00:00Z","data":{"dossier":"d","reason":"bà Nguyễn thiếu giấy"}}"#;
    let Ok(Event {
        body: Body::DossierRefused(b),
        ..
    }) = one(refused)
    else {
        panic!()
    };
    assert_eq!(b.reason.unwrap().as_str(), "other");
}

#[test]
fn unknown_fields_are_counted_and_gone_and_pseudonyms_are_keyed() {
    let line = ISSUED.replace(
        "\"priority\"",
        "\"full_name\":\"Nguyễn Văn A\",\"phone\":{\"n\":1},\"applicant\":\"p-1\",\"priority\"",
    );
    let batch = decoder().ndjson(line.as_bytes(), None);
    assert_eq!(batch.dropped_fields, 2);
    let records = &batch.chunks[0].records;
    for personal in ["Nguy", "p-1"] {
        assert_eq!(memchr::memmem::find(records, personal.as_bytes()), None);
    }
    let record = Block::records(records).next().unwrap();
    assert_eq!(
        Event::unpack(record).as_ref(),
        batch.events().next(),
        "reading the journal does not key twice"
    );
}

#[test]
fn the_clock_bounds_the_future_and_nothing_else() {
    let now = EventTime::parse_rfc3339("2026-11-23T08:00:00+07:00");
    let at = |t: &str| {
        let line = ISSUED.replace("2026-11-23T08:01:02.123+07:00", t);
        let batch = decoder().ndjson(line.as_bytes(), now);
        batch.rejected.first().map(|r| r.code)
    };
    assert_eq!(at("2026-11-23T08:05:00+07:00"), None);
    assert_eq!(
        at("2026-11-23T08:05:00.000001+07:00"),
        Some(Code::ClockAhead)
    );
    assert_eq!(at("1970-01-01T00:00:00Z"), None);
}

#[test]
fn lines_keep_their_numbers_past_blank_ones() {
    let body = format!("\n{ISSUED}\r\n\n{{\n");
    let batch = decoder().ndjson(body.as_bytes(), None);
    assert_eq!(batch.chunks[0].decoded[0].line, 2);
    assert_eq!(batch.rejected[0].line, 4);
}

#[test]
fn a_body_of_more_lines_than_events_could_be_is_refused_as_a_whole() {
    let bad = "x\n".repeat(MAX_LINES + 1);
    let refused = decoder().bounded_ndjson(bad.as_bytes(), None);
    assert!(matches!(refused, Err(BodyError::TooManyLines)));
    let taken = decoder().bounded_ndjson(&bad.as_bytes()[..2_000], None);
    assert_eq!(taken.unwrap().rejected.len(), 1_000);
    let array = format!("[{}1]", "1,".repeat(MAX_LINES));
    let refused = decoder().cloudevents_batch(array.as_bytes(), None);
    assert!(matches!(refused, Err(BodyError::TooManyLines)));
    let cut = decoder().cloudevents_batch(&array.as_bytes()[..array.len() - 1], None);
    assert!(matches!(cut, Err(BodyError::NotABatch(_))));
}

#[test]
fn a_packed_body_takes_no_more_memory_than_it_may() {
    use std::io::Write as _;
    let pack = |window| {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(window).unwrap();
        encoder.write_all(ISSUED.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    assert_eq!(
        unpack(&pack(25), Encoding::Zstd).unwrap(),
        ISSUED.as_bytes()
    );
    let wide = pack(27);
    let refused = unpack(&wide, Encoding::Zstd);
    assert!(matches!(refused, Err(BodyError::Damaged { .. })));
    let refused = unpack_within(ISSUED.as_bytes(), Encoding::Identity, 10);
    assert!(matches!(refused, Err(BodyError::TooLarge(10))));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let batch = decoder().ndjson(&bytes, None);
        let lines = bytes.split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty()).count();
        prop_assert_eq!(batch.len() + batch.rejected.len(), lines);
        let _ = decoder().cloudevents_batch(&bytes, None);
        let _ = unpack(&bytes, Encoding::Gzip);
        let _ = unpack(&bytes, Encoding::Zstd);
    }

    #[test]
    fn arbitrary_fields_of_every_type_never_panic_and_round_trip(
        kind in 0..Body::TYPES.len(),
        values in proptest::collection::vec((0..14_usize, any::<i64>(), "\\PC{0,8}"), 12),
    ) {
        let names = ["site", "ticket", "counter", "service", "dossier", "score", "channel", "waiting",
            "open_counters", "agency", "from", "to", "due_at", "count"];
        let data: serde_json::Map<String, serde_json::Value> = values.iter().map(|(name, n, text)| {
            let value = match n.rem_euclid(4) {
                0 => serde_json::json!(n),
                1 => serde_json::json!(n.rem_euclid(7)),
                2 => serde_json::json!(text),
                _ => serde_json::json!("2026-11-23T08:00:00Z"),
            };
            (names[*name].to_owned(), value)
        }).collect();
        let line = serde_json::json!({"specversion":"1.0","id":"i","source":"s","type":Body::TYPES[kind],
            "time":"2026-11-23T08:00:00Z","data":data}).to_string();
        let batch = decoder().ndjson(line.as_bytes(), None);
        if let Some(event) = batch.events().next() {
            let record = Block::records(&batch.chunks[0].records).next().unwrap();
            let unpacked = Event::unpack(record);
            prop_assert_eq!(unpacked.as_ref(), Some(event));
            let mut line = Vec::new();
            event.write_json(&mut line);
            let again = read_event(&line).unwrap();
            prop_assert_eq!(&again.0, event);
        }
    }
}
