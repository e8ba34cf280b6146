//! An event's record: the form in which the journal keeps it, and whose hash the duplicate index compares.
//!
//! Equal events have equal records. In order: the type's number, which is its place in the table of [`super::types`];
//! the time, eight bytes of microseconds; `source` and `id`; a number whose bits say which optional fields there are,
//! the first of the type's in the lowest; then the fields that there are, in the table's order. A number is written
//! seven bits at a time, the lowest first; a text as its length and its bytes; an amount or an instant as eight bytes,
//! the lowest first; a word of an enumeration as its place in it.
//!
//! So the table's order is the format. A new type goes behind the last, a new field behind its type's last and
//! is optional, a new word behind its enumeration's last: then old records are read by new programs, and a new record
//! is refused by an old one and never misread. A test holds the table to the one that was first kept.

use compact_str::CompactString;

use super::types::Body;
use super::value::Value;
use super::{Event, EventTime};

/// Writes values into a record.
#[derive(Debug)]
pub struct Packer<'a>(&'a mut Vec<u8>);

impl<'a> Packer<'a> {
    /// Behind what is there.
    pub const fn new(out: &'a mut Vec<u8>) -> Self {
        Self(out)
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Eight bytes.
    pub fn eight(&mut self, bytes: [u8; 8]) {
        self.0.extend_from_slice(&bytes);
    }

    /// A number, in as many bytes as it needs.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// Takes values from a record; every answer is `None` where the record does not go on as it should.
#[derive(Debug)]
pub struct Unpacker<'a>(&'a [u8]);

impl<'a> Unpacker<'a> {
    /// Of some bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Eight bytes.
    pub fn eight(&mut self) -> Option<[u8; 8]> {
        let (eight, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*eight)
    }

    /// A number.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// So many bytes.
    pub fn bytes(&mut self, length: u64) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A text, where it lies.
    pub fn str(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    /// A text.
    pub fn text(&mut self) -> Option<CompactString> {
        self.str().map(CompactString::from)
    }

    /// True at the end.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Event {
    /// Appends its record.
    pub fn pack(&self, out: &mut Vec<u8>) {
        let mut out = Packer::new(out);
        out.byte(self.body.number());
        self.time.pack(&mut out);
        out.text(&self.source);
        out.text(&self.id);
        self.body.pack(&mut out);
    }

    /// Reads a record back; `None` for what [`Event::pack`] never writes. The values in it were checked when the event was
    /// accepted, and are not again.
    pub fn unpack(record: &[u8]) -> Option<Self> {
        let mut from = Unpacker::new(record);
        let number = from.byte()?;
        let event = Self {
            time: EventTime::unpack(&mut from)?,
            source: from.text()?,
            id: from.text()?,
            body: Body::unpack(number, &mut from)?,
        };
        from.is_empty().then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The table when records were first kept. It may grow at its end and at its lines' ends, and not otherwise:
    /// journals of years depend on it.
    const FIRST: &str = include_str!("record/first.txt");

    #[test]
    fn the_table_has_only_grown() {
        let today: Vec<String> = Body::table();
        for (first, today) in FIRST.lines().zip(&today) {
            assert!(
                today == first
                    || today
                        .strip_prefix(first)
                        .is_some_and(|more| more.starts_with(" ?")),
                "the journal has `{first}`, the table `{today}`"
            );
        }
        assert!(today.len() >= FIRST.lines().count(), "{}", today.join("\n"));
    }

    #[test]
    fn a_record_of_tomorrow_is_refused() {
        let opened = br#"{"specversion":"1.0","id":"1","source":"s","type":"site.opened","time":"2026-11-23T08:00:00Z","data":{"site":"a"}}"#;
        let event = crate::decode::read_event(opened).unwrap().0;
        let mut record = Vec::new();
        event.pack(&mut record);
        assert_eq!(Event::unpack(&record), Some(event));
        let mut with_more = record.clone();
        with_more.push(0);
        assert_eq!(Event::unpack(&with_more), None, "more than a record");
        // Behind number, time, source and id: which optional fields there are.
        let given = 1 + 8 + 2 + 2;
        assert_eq!(record[given], 0);
        record[given] = 1;
        assert_eq!(
            Event::unpack(&record),
            None,
            "an optional field of a newer table"
        );
        record[given] = 0;
        record[0] = 200;
        assert_eq!(Event::unpack(&record), None, "a type of a newer table");
    }

    /// Some value that a kind of field accepts, as JSON.
    fn value(kind: &str, n: u64) -> serde_json::Value {
        use serde_json::json;
        let instant = EventTime(n as i64 % 4_000_000_000_000_000);
        let of = |words: &[&str]| json!(words[n as usize % words.len()]);
        match kind {
            "EventTime" => json!(instant.to_string()),
            "Day" => json!(instant.day().to_string()),
            "Text" => json!(format!("chứng thực {n}")),
            "Texts" => json!((0..n % 4).map(|i| format!("việc {i}")).collect::<Vec<_>>()),
            "Shown" => [json!(""), json!(n % 1000), json!("A 17")][n as usize % 3].clone(),
            "Count" => json!(n % 1_000_001),
            "Amount" => json!(n as f64 / 7.0 % 1e9),
            "Lon" | "Lat" => json!(n as f64 / 7.0 % 90.0),
            "Score" => json!(n % 5 + 1),
            "bool" => json!(n.is_multiple_of(2)),
            "Reason" => json!("incomplete"),
            "SpanKind" => of(&["regular", "session"]),
            "Performer" => of(&["official", "postal", "volunteer"]),
            "Priority" => of(&["normal", "appointment", "vulnerable"]),
            "Purpose" => of(&["submit", "collect", "self_service", "pay", "other"]),
            "RatingChannel" => of(&["device", "kiosk", "qr", "app", "survey", "officer"]),
            "DossierChannel" => of(&["counter", "online", "postal", "mobile", "community"]),
            "Outcome" => of(&["approved", "rejected"]),
            "PaymentMethod" => of(&["cash", "online"]),
            "About" => of(&["procedure", "staff", "other"]),
            "DeviceKind" => of(&["ticket_machine", "rating", "camera", "kiosk", "board"]),
            "TaskState" => of(&["open", "done"]),
            "IncidentKind" => of(&["outage", "security", "premises", "other"]),
            // All others are identifiers.
            _ => json!(format!("a/{n}")),
        }
    }

    /// A line of a type with its required fields and some of its optional ones.
    fn line(table_line: &str, seed: u64) -> String {
        let (word, fields) = table_line.split_once(' ').unwrap();
        let mut seed = seed;
        let mut data = serde_json::Map::new();
        for field in fields
            .split_inclusive(['!', '?'])
            .collect::<Vec<_>>()
            .windows(2)
        {
            let is_required = field[0].ends_with('!');
            let (name, kind) = field[1]
                .trim_end_matches(['!', '?'])
                .trim()
                .split_once(": ")
                .unwrap();
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if is_required || seed >> 60 < 10 {
                data.insert(name.to_owned(), value(kind, seed >> 12));
            }
        }
        serde_json::json!({"specversion": "1.0", "id": "1", "source": "s", "type": word,
            "time": "2026-11-23T08:00:00.123456+07:00", "data": data})
        .to_string()
    }

    proptest! {
        #[test]
        fn every_types_events_come_back(seed in any::<u64>()) {
            for table_line in Body::table() {
                let line = line(&table_line, seed);
                let (event, unknown) = crate::decode::read_event(line.as_bytes()).expect(&line);
                prop_assert_eq!(unknown, 0);
                let mut record = Vec::new();
                event.pack(&mut record);
                let unpacked = Event::unpack(&record);
                prop_assert_eq!(unpacked.as_ref(), Some(&event), "{}", line);
                for cut in 0..record.len() {
                    prop_assert_eq!(Event::unpack(&record[..cut]), None);
                }
                let mut canonical = Vec::new();
                event.write_json(&mut canonical);
                let again = crate::decode::read_event(&canonical).unwrap();
                prop_assert_eq!(again, (event, 0));
            }
        }

        #[test]
        fn numbers_come_back(number in any::<u64>(), bits in 0..64_u32) {
            let number = number >> bits;
            let mut bytes = Vec::new();
            Packer::new(&mut bytes).number(number);
            let mut from = Unpacker::new(&bytes);
            prop_assert_eq!(from.number(), Some(number));
            prop_assert!(from.is_empty());
        }

        #[test]
        fn arbitrary_bytes_never_panic(number in 0..80_u8, bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Event::unpack(&[&[number][..], &bytes].concat());
        }
    }
}
