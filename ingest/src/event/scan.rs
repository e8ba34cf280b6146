//! A quick reader of the plain JSON that producers send: one pass, nothing copied.
//!
//! [`object`] takes what nearly every line is made of — members whose names and texts have no escapes, whole
//! numbers, flags, short lists, little nesting — and gives the very [`Fields`] that the general reader
//! gives. At anything else, and at anything malformed, it answers `None`, and the general reader
//! decides. So it never has an opinion of its own: that it agrees wherever it answers is property-tested.

use std::borrow::Cow;

use super::fields::{Fields, Json, MAX_LIST};

/// How deep the quick reader goes before it leaves a line to the general one.
const MAX_DEPTH: u32 = 4;
/// Whole numbers of so many digits always fit.
const MAX_DIGITS: usize = 18;

/// Reads a line that is one plain JSON object; `None` leaves it to the general reader.
pub(crate) fn object(line: &[u8]) -> Option<Fields<'_>> {
    let mut scan = Scan {
        text: std::str::from_utf8(line).ok()?,
        at: 0,
    };
    scan.blanks();
    let Json::Object(fields) = scan.value(0)? else {
        return None;
    };
    scan.blanks();
    (scan.at == line.len()).then_some(fields)
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes one byte, if it is this one.
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, json: Json<'a>) -> Option<Json<'a>> {
        let rest = &self.text.as_bytes()[self.at..];
        rest.starts_with(word.as_bytes()).then(|| {
            self.at += word.len();
            json
        })
    }

    fn value(&mut self, depth: u32) -> Option<Json<'a>> {
        match self.peek()? {
            b'"' => self.string().map(|s| Json::Str(Cow::Borrowed(s))),
            b'{' => self.members(depth),
            b'[' => self.list(depth),
            b'0'..=b'9' => self.whole_number(),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => None,
        }
    }

    fn string(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let begin = self.at;
        let rest = &self.text.as_bytes()[begin..];
        let length = plain_length(rest)?;
        if rest[length] != b'"' {
            return None;
        }
        self.at += length + 1;
        self.text.get(begin..begin + length)
    }

    fn whole_number(&mut self) -> Option<Json<'a>> {
        let rest = &self.text.as_bytes()[self.at..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let plain = digits <= MAX_DIGITS && (digits == 1 || rest[0] != b'0');
        let ended = matches!(
            rest.get(digits)?,
            b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r'
        );
        if !(plain && ended) {
            return None;
        }
        self.at += digits;
        let number = rest[..digits]
            .iter()
            .fold(0, |n, b| n * 10 + i64::from(b - b'0'));
        Some(Json::Int(number))
    }

    fn list(&mut self, depth: u32) -> Option<Json<'a>> {
        self.take(b'[')?;
        let mut items = Vec::new();
        self.blanks();
        if self.take(b']').is_some() {
            return Some(Json::List(items));
        }
        if depth >= MAX_DEPTH {
            return None;
        }
        while items.len() < MAX_LIST {
            self.blanks();
            items.push(self.value(depth + 1)?);
            self.blanks();
            if self.take(b']').is_some() {
                return Some(Json::List(items));
            }
            self.take(b',')?;
        }
        None
    }

    fn members(&mut self, depth: u32) -> Option<Json<'a>> {
        self.take(b'{')?;
        let mut fields = Fields::default();
        self.blanks();
        if self.take(b'}').is_some() {
            return Some(Json::Object(fields));
        }
        if depth >= MAX_DEPTH {
            return None;
        }
        loop {
            self.blanks();
            let name = self.string()?;
            self.blanks();
            self.take(b':')?;
            self.blanks();
            let value = self.value(depth + 1)?;
            fields.put(Cow::Borrowed(name), value);
            self.blanks();
            if self.take(b'}').is_some() {
                return Some(Json::Object(fields));
            }
            self.take(b',')?;
        }
    }
}

/// How many bytes stand before the first that ends a text, escapes or is a control character; eight at a time.
fn plain_length(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The highest bit of each byte that is zero, of the lowest such byte for certain: a borrow only runs upwards.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quotes = zeros(word ^ (ONES * u64::from(b'"')));
        let escapes = zeros(word ^ (ONES * u64::from(b'\\')));
        let controls = zeros(word & (ONES * 0xe0));
        let stops = quotes | escapes | controls;
        if stops != 0 {
            return Some(at * 8 + stops.trailing_zeros() as usize / 8);
        }
    }
    let end = rest
        .iter()
        .position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f))?;
    Some(words.len() * 8 + end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn general(line: &[u8]) -> Option<Fields<'_>> {
        match serde_json::from_slice(line) {
            Ok(Json::Object(fields)) => Some(fields),
            _ => None,
        }
    }

    #[test]
    fn plain_lines_are_read_and_all_others_left_to_the_general_reader() {
        let plain = r#" { "a":"b ẫ", "n" : 17,"z":0,"t":true,"f":false,"o":null,"l":["x",[]],"d":{"a":1} } "#;
        assert_eq!(object(plain.as_bytes()), general(plain.as_bytes()));
        assert!(object(plain.as_bytes()).is_some());
        let repeated = r#"{"a":1,"b":2,"a":3}"#;
        assert_eq!(object(repeated.as_bytes()), general(repeated.as_bytes()));
        for other in [
            "",
            "{",
            "[1]",
            r#"{"a":01}"#,
            r#"{"a":-1}"#,
            r#"{"a":1.5}"#,
            r#"{"a":"\n"}"#,
            r#"{"a":1,}"#,
            r#"{"a":1}{"#,
            r#"{"a":1234567890123456789}"#,
            "{\"a\":\"\t\"}",
            "{\"a\":\"\u{0}\"}",
        ] {
            assert_eq!(object(other.as_bytes()), None, "{other}");
        }
    }

    /// Any JSON, with the blanks and the oddities that producers and attackers write.
    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|b| b.to_string()),
            any::<i64>().prop_map(|n| n.to_string()),
            any::<f64>().prop_map(|n| serde_json::json!(n).to_string()),
            "[0-9.eE+-]{1,6}",
            "\\PC{0,12}".prop_map(|s| serde_json::json!(s).to_string()),
            "\"[a-z\\\\u0-9\t]{0,8}\"",
        ];
        leaf.prop_recursive(6, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..70)
                    .prop_map(|items| format!("[{}]", items.join(" , "))),
                proptest::collection::vec(("[a-c\"]{1,2}", inner), 0..6).prop_map(|members| {
                    let members: Vec<String> = members
                        .iter()
                        .map(|(k, v)| format!("\"{k}\":{v}"))
                        .collect();
                    format!("{{{} }}", members.join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_text_ends_where_its_first_special_byte_is(
            plain in proptest::collection::vec(0x20..=0xff_u8, 0..30), special in any::<u8>(), after in any::<[u8; 12]>()
        ) {
            let is_special = |b: &u8| matches!(b, b'"' | b'\\' | 0..=0x1f);
            let bytes = [&plain[..], &[special], &after].concat();
            prop_assert_eq!(plain_length(&bytes), bytes.iter().position(is_special));
            prop_assert_eq!(plain_length(&plain), plain.iter().position(is_special));
        }

        #[test]
        fn agrees_with_the_general_reader_wherever_it_answers(line in json(), cut in any::<proptest::sample::Index>()) {
            let object_line = format!("{{\"data\":{line}}}");
            for bytes in [line.as_bytes(), object_line.as_bytes(), &object_line.as_bytes()[..cut.index(object_line.len())]] {
                if let Some(fields) = object(bytes) {
                    prop_assert_eq!(Some(fields), general(bytes));
                }
            }
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(fields) = object(&bytes) {
                prop_assert_eq!(Some(fields), general(&bytes));
            }
        }
    }
}
