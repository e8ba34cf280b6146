//! What a field accepts, and how it is kept.
//!
//! Every type here states its accepted form in [`Value::EXPECTED`], the sentence a producer is shown when its value
//! is refused.

use compact_str::CompactString;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::fields::{Json, MAX_LIST};
use super::record::{Packer, Unpacker};
use super::time::{Day, EventTime};

/// The longest text field, in characters, after normalisation to NFC.
pub const MAX_TEXT_CHARS: usize = 200;
/// The longest identifier, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// A value that a field may have.
pub trait Value: Sized {
    /// The accepted form, ending the sentence "`field` must be …".
    const EXPECTED: &'static str;
    /// Reads it; `None` when the form is not accepted.
    fn read(json: Json<'_>) -> Option<Self>;
    /// Appends it as JSON.
    fn write(&self, out: &mut Vec<u8>);
    /// Appends it to a record.
    fn pack(&self, out: &mut Packer<'_>);
    /// Takes it from a record; `None` for what [`Value::pack`] never writes.
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self>;
}

/// Which bytes an identifier may have.
const IN_ID: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        allowed[b] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'/' | b'-');
        b += 1;
    }
    allowed
};

/// True for `^[A-Za-z0-9._:/-]{1,64}$`, the form of every identifier of the contract.
pub fn is_id(s: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&s.len()) && s.bytes().all(|b| IN_ID[usize::from(b)])
}

fn write_string(s: &str, out: &mut Vec<u8>) {
    if !s
        .bytes()
        .any(|b| matches!(b, b'"' | b'\\' | 0..=0x1f | 0x7f))
    {
        out.push(b'"');
        out.extend_from_slice(s.as_bytes());
        out.push(b'"');
        return;
    }
    // Writing into a Vec cannot fail, and a str is always serialisable.
    let _ = serde_json::to_writer(out, s);
}

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(CompactString);

        impl $name {
            /// Of an identifier's text; `None` when it has not the contract's form.
            pub fn new(s: &str) -> Option<Self> {
                is_id(s).then(|| Self(s.into()))
            }
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Value for $name {
            const EXPECTED: &'static str = "an identifier of 1 to 64 characters A-Z a-z 0-9 . _ : / -";
            fn read(json: Json<'_>) -> Option<Self> {
                match json {
                    Json::Str(s) => Self::new(&s),
                    _ => None,
                }
            }
            fn write(&self, out: &mut Vec<u8>) {
                out.push(b'"');
                out.extend_from_slice(self.0.as_bytes());
                out.push(b'"');
            }
            fn pack(&self, out: &mut Packer<'_>) {
                out.text(&self.0);
            }
            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                from.text().map(Self)
            }
        }
    )*};
}

id_types! {
    /// A service point's code (*điểm phục vụ*).
    SiteId;
    /// A ticket's number as printed; unique within its site and local day.
    TicketId;
    /// A counter's code (*quầy*), unique within its site.
    CounterId;
    /// A device's code.
    DeviceId;
    /// A dossier's code (*mã hồ sơ*).
    DossierId;
    /// A petition's code (*phản ánh, kiến nghị*).
    PetitionId;
    /// A plan's task.
    TaskId;
    /// A competent agency's code (*cơ quan giải quyết*).
    Agency;
    /// An administrative unit's code.
    UnitCode;
    /// An incident at a point.
    IncidentId;
    /// A pseudonym of an applicant. The producer makes it; the decoder keys it again before it goes on.
    Applicant;
}

impl DossierId {
    /// True for the national form of a dossier code, `000.00.25.H26-261123-0001`
    /// (domain rules §2.5: `^[0-9A-Z]{3}(\.[0-9A-Z]{2,3}){2}\.[A-Z]\d{2}-\d{6}-\d{4,6}$`).
    pub fn code_valid(&self) -> bool {
        let upper = |s: &str| {
            s.bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        let number = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = self.0.split('-').collect();
        let [agency, date, sequence] = parts[..] else {
            return false;
        };
        let groups: Vec<&str> = agency.split('.').collect();
        let [a, b, c, d] = groups[..] else {
            return false;
        };
        let top = d.len() == 3 && d.as_bytes()[0].is_ascii_uppercase() && number(&d[1..]);
        a.len() == 3
            && [b, c].iter().all(|g| (2..=3).contains(&g.len()))
            && [a, b, c].iter().all(|g| upper(g))
            && top
            && date.len() == 6
            && (4..=6).contains(&sequence.len())
            && number(date)
            && number(sequence)
    }
}

/// A short text in NFC: a service, a procedure, a field, a subject, a lead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Text(CompactString);

impl Text {
    /// Normalised to NFC; `None` when empty, over [`MAX_TEXT_CHARS`] or with control characters.
    pub fn new(s: &str) -> Option<Self> {
        // Plain ASCII is in NFC and a character a byte.
        if s.len() <= MAX_TEXT_CHARS && s.bytes().all(|b| (0x21..0x7f).contains(&b)) {
            return (!s.is_empty()).then(|| Self(s.into()));
        }
        let text: CompactString = if is_nfc(s) {
            s.into()
        } else {
            s.nfc().collect()
        };
        let fits = !text.trim().is_empty()
            && (text.len() <= MAX_TEXT_CHARS || text.chars().count() <= MAX_TEXT_CHARS)
            && !text.chars().any(char::is_control);
        fits.then_some(Self(text))
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Value for Text {
    const EXPECTED: &'static str = "a text of 1 to 200 characters without control characters";
    fn read(json: Json<'_>) -> Option<Self> {
        match json {
            Json::Str(s) => Self::new(&s),
            _ => None,
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_string(&self.0, out);
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.text(&self.0);
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        from.text().map(Self)
    }
}

/// What a board shows as being served: a text, or a number printed as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(pub CompactString);

impl Value for Shown {
    const EXPECTED: &'static str = "a text of at most 200 characters or a whole number";
    fn read(json: Json<'_>) -> Option<Self> {
        match json {
            Json::Str(s) if s.is_empty() => Some(Self(CompactString::default())),
            Json::Str(s) => Text::new(&s).map(|t| Self(t.0)),
            Json::Int(n) => Some(Self(compact_str::format_compact!("{n}"))),
            _ => None,
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_string(&self.0, out);
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.text(&self.0);
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        from.text().map(Self)
    }
}

/// Why something ended or stopped: a code of the installation's list. Any other text may name a
/// person and is kept as `other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason(&'static str);

impl Reason {
    /// The list that ships. An installation's own list arrives with its configuration.
    pub const CODES: [&'static str; 12] = [
        "other",
        "incomplete",
        "not_competent",
        "not_eligible",
        "wrong_form",
        "withdrawn_by_applicant",
        "financial_obligation",
        "awaiting_agency",
        "verification",
        "inspection",
        "no_answer",
        "duplicate",
    ];
    /// The code.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl Value for Reason {
    const EXPECTED: &'static str = "a reason code";
    fn read(json: Json<'_>) -> Option<Self> {
        let code = match &json {
            Json::Str(s) => Self::CODES.iter().find(|code| *code == s),
            _ => None,
        };
        Some(Self(code.unwrap_or(&"other")))
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_string(self.0, out);
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.text(self.0);
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        Self::read(Json::Str(from.str()?.into()))
    }
}

impl Value for bool {
    const EXPECTED: &'static str = "true or false";
    fn read(json: Json<'_>) -> Option<Self> {
        match json {
            Json::Bool(b) => Some(b),
            _ => None,
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.byte(u8::from(*self));
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        Some(from.byte()? != 0)
    }
}

/// A count: a whole number from 0 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u32);

impl Value for Count {
    const EXPECTED: &'static str = "a whole number from 0 to 1000000";
    fn read(json: Json<'_>) -> Option<Self> {
        let n = match json {
            Json::Int(n) => n,
            Json::Float(f) if f.fract() == 0.0 && f.abs() <= 1e6 => f as i64,
            Json::Bool(b) => i64::from(b),
            _ => return None,
        };
        (0..=1_000_000).contains(&n).then_some(Self(n as u32))
    }
    fn write(&self, out: &mut Vec<u8>) {
        match self.0 {
            n @ 0..=9 => out.push(b'0' + n as u8),
            n => out.extend_from_slice(compact_str::format_compact!("{n}").as_bytes()),
        }
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.number(u64::from(self.0));
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        u32::try_from(from.number()?).ok().map(Self)
    }
}

/// A number that is finite and not negative.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Amount(pub f64);

impl Value for Amount {
    const EXPECTED: &'static str = "a number, not negative";
    fn read(json: Json<'_>) -> Option<Self> {
        let n = match json {
            Json::Int(n) => n as f64,
            Json::Float(f) => f,
            _ => return None,
        };
        (0.0..1e15).contains(&n).then_some(Self(n))
    }
    fn write(&self, out: &mut Vec<u8>) {
        // Finite and under 10^15 by construction: it always has a JSON form, and a whole one fits.
        let _ = if self.0.fract() == 0.0 {
            serde_json::to_writer(out, &(self.0 as i64))
        } else {
            serde_json::to_writer(out, &self.0)
        };
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.eight(self.0.to_le_bytes());
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        from.eight().map(f64::from_le_bytes).map(Self)
    }
}

/// A satisfaction score, 1 (worst) to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(pub u8);

impl Value for Score {
    const EXPECTED: &'static str = "a whole number from 1 to 5";
    fn read(json: Json<'_>) -> Option<Self> {
        match json {
            Json::Int(n @ 1..=5) => Some(Self(n as u8)),
            _ => None,
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'0' + self.0);
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.byte(self.0);
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        from.byte().map(Self)
    }
}

macro_rules! degrees {
    ($($(#[$doc:meta])* $name:ident $limit:literal $expected:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name(pub f64);

        impl Value for $name {
            const EXPECTED: &'static str = $expected;
            fn read(json: Json<'_>) -> Option<Self> {
                let n = match json {
                    Json::Int(n) => n as f64,
                    Json::Float(f) => f,
                    _ => return None,
                };
                (n.abs() <= $limit).then_some(Self(n))
            }
            fn write(&self, out: &mut Vec<u8>) {
                let _ = serde_json::to_writer(out, &self.0);
            }
            fn pack(&self, out: &mut Packer<'_>) {
                out.eight(self.0.to_le_bytes());
            }
            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                from.eight().map(f64::from_le_bytes).map(Self)
            }
        }
    )*};
}

degrees! {
    /// Degrees east, WGS 84.
    Lon 180.0 "a longitude from -180 to 180";
    /// Degrees north, WGS 84.
    Lat 90.0 "a latitude from -90 to 90";
}

impl Value for EventTime {
    const EXPECTED: &'static str =
        "a time in RFC 3339 with an offset, such as 2026-11-23T08:01:02+07:00";
    fn read(json: Json<'_>) -> Option<Self> {
        match json {
            Json::Str(s) => Self::parse_rfc3339(&s),
            _ => None,
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        self.write_rfc3339(out);
        out.push(b'"');
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.eight(self.0.to_le_bytes());
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        from.eight().map(i64::from_le_bytes).map(Self)
    }
}

impl Value for Day {
    const EXPECTED: &'static str = "a date such as 2026-11-23";
    fn read(json: Json<'_>) -> Option<Self> {
        match json {
            Json::Str(s) => Self::parse_iso(&s),
            _ => None,
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_string(&self.to_string(), out);
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.eight(i64::from(self.0).to_le_bytes());
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let days = from.eight().map(i64::from_le_bytes)?;
        i32::try_from(days).ok().map(Self)
    }
}

/// A list of texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts(pub Vec<Text>);

impl Value for Texts {
    const EXPECTED: &'static str = "a list of at most 64 texts";
    fn read(json: Json<'_>) -> Option<Self> {
        match json {
            Json::List(items) if items.len() <= MAX_LIST => items
                .into_iter()
                .map(Text::read)
                .collect::<Option<_>>()
                .map(Self),
            _ => None,
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (i, text) in self.0.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            text.write(out);
        }
        out.push(b']');
    }
    fn pack(&self, out: &mut Packer<'_>) {
        out.number(self.0.len() as u64);
        for text in &self.0 {
            text.pack(out);
        }
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let count = from.number()?;
        (0..count)
            .map(|_| Text::unpack(from))
            .collect::<Option<_>>()
            .map(Self)
    }
}
