//! From a producer's line to a typed event, or a reason why not.
//!
//! Steps, each with its own refusal: the line is JSON (`malformed_json`), a CloudEvents 1.0 envelope
//! (`not_cloudevent`), of a known type (`unknown_type`), with its required fields (`missing_field`)
//! in accepted forms (`bad_value`), and not ahead of the clock (`clock_ahead`). Decoding is pure: the
//! clock and the installation's secret are arguments.
//!
//! A decoded line carries its record ([`crate::event::record`]), which the journal keeps, and two keyed hashes: 128 bits
//! of `source` + `id`, by which duplicates are found, and 64 bits of the record, by which
//! conflicting content is. The hashes are keyed with the installation's secret, so that no producer
//! can make two identities collide; an accidental collision of 128 bits is not to be expected in
//! the life of an installation (under 10⁻¹⁸ for ten billion events).

use std::hash::Hasher as _;
use std::io::Read;

use compact_str::CompactString;
use hmac::{Hmac, KeyInit, Mac};
use rayon::prelude::*;
use serde_json::value::RawValue;
use siphasher::sip::SipHasher13;
use siphasher::sip128::{Hasher128, SipHasher13 as SipHasher128};

use crate::event::fields::{FieldError, Json};
use crate::event::value::Value;
use crate::event::{Applicant, Body, Event, EventTime, Fields, scan};
use crate::journal::Block;

/// How far ahead of the server's clock an event's time may be.
pub const CLOCK_TOLERANCE_S: i64 = 5 * 60;

/// The largest body, unpacked.
pub const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;

/// Lines of one body, at most. An event has more than a hundred bytes, so that no body of events comes near this: it bounds what the
/// refusals of a body of nothing but line ends, or of letters on a line each, take of the memory.
pub const MAX_LINES: usize = MAX_BODY_BYTES / 100;

/// The largest window of a packed body, as a power of two: what a stream asks for is taken of the memory before anything is unpacked.
const ZSTD_WINDOW_LOG: u32 = 25;

/// Bytes of lines in a piece of work for one thread.
const CHUNK_BYTES: usize = 128 * 1024;
/// Events of an array in a piece of work for one thread.
const CHUNK_LINES: usize = 1024;
/// What a line usually has, for making room.
const EXPECTED_LINE_BYTES: usize = 240;
/// What a record usually has, for making room.
const EXPECTED_RECORD_BYTES: usize = 128;
/// A chunk's records from this size on are packed for the journal by themselves.
const BLOCK_BYTES: usize = 16 * 1024;

/// Why a line was refused: the contract's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// Not JSON.
    MalformedJson,
    /// JSON, but not a CloudEvents 1.0 envelope in structured form.
    NotCloudEvent,
    /// A type that the contract does not have.
    UnknownType,
    /// A required field is absent.
    MissingField,
    /// A field has not the accepted form.
    BadValue,
    /// The event's time is too far ahead of the clock.
    ClockAhead,
}

impl Code {
    /// The contract's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed_json",
            Self::NotCloudEvent => "not_cloudevent",
            Self::UnknownType => "unknown_type",
            Self::MissingField => "missing_field",
            Self::BadValue => "bad_value",
            Self::ClockAhead => "clock_ahead",
        }
    }
}

/// A refused line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The line's number, from 1; in a CloudEvents batch, the event's.
    pub line: u64,
    /// Why.
    pub code: Code,
    /// What is wrong and what is expected, for the person who can mend the producer.
    pub message: String,
}

/// What is known of a decoded line besides its event, before it is known whether it is new.
#[derive(Debug, Clone, Copy)]
pub struct Decoded {
    /// The line's number, from 1.
    pub line: u64,
    /// Keyed hash of `source` + `id`.
    pub key: u128,
    /// Keyed hash of its record.
    pub content: u64,
    /// Where its record ends in its chunk's.
    pub end: usize,
}

/// Some decoded lines with the bytes that the journal keeps.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The events, in order.
    pub events: Vec<Event>,
    /// What is known of each event's line.
    pub decoded: Vec<Decoded>,
    /// Their records, as [`Block::put`] puts them.
    pub records: Vec<u8>,
    /// The records packed for the journal, where it is worth packing by itself.
    pub block: Option<Block>,
}

impl Chunk {
    /// Each event's record with its length.
    pub fn put_records(&self) -> impl Iterator<Item = &[u8]> {
        let mut begin = 0;
        self.decoded.iter().map(move |d| {
            let record = &self.records[begin..d.end];
            begin = d.end;
            record
        })
    }
}

/// A decoded batch.
#[derive(Debug, Default)]
pub struct Batch {
    /// Lines that are events, in order.
    pub chunks: Vec<Chunk>,
    /// Lines that are not, in order.
    pub rejected: Vec<Rejection>,
    /// Unknown fields that were left out of the events.
    pub dropped_fields: u64,
    /// The sources of the lines that are ahead of the clock, one for each.
    pub ahead: Vec<CompactString>,
    /// It came from where things happen, as they happened: when it came says something of clocks. An import's does not.
    pub is_live: bool,
}

impl Batch {
    /// How many events.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.events.len()).sum()
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events in order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.chunks.iter().flat_map(|chunk| &chunk.events)
    }
}

/// Why a whole body could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The body is larger than allowed.
    #[error("the body is larger than {} MiB unpacked; send smaller batches", .0 / 1024 / 1024)]
    TooLarge(usize),
    /// The body has more lines than a body of events could have.
    #[error("the body has more than {MAX_LINES} lines or events; send smaller batches")]
    TooManyLines,
    /// The compressed stream is damaged or cut short.
    #[error("the {encoding} body is damaged or cut short ({detail}); send it again")]
    Damaged {
        /// `gzip` or `zstd`.
        encoding: &'static str,
        /// What the decompressor said.
        detail: String,
    },
    /// A CloudEvents batch is not a JSON array.
    #[error("the batch is not a JSON array of CloudEvents: {0}")]
    NotABatch(String),
}

/// The installation's secret, from which all its keys come.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Of 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A name for the installation that tells nothing of the secret: sixteen hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        crate::hex::encode(&self.derive(b"vonglau installation")[..8])
    }

    fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        match Hmac::<sha2::Sha256>::new_from_slice(&self.0) {
            Ok(mut mac) => {
                mac.update(purpose);
                mac.finalize().into_bytes().into()
            }
            // HMAC takes keys of any length.
            Err(_) => unreachable!("HMAC-SHA-256 refuses no key"),
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Turns lines into events. Holds a key for each purpose, derived from the secret.
#[derive(Clone)]
pub struct Decoder {
    /// `None` where pseudonyms stay as they are given.
    applicant: Option<[u8; 32]>,
    identity: [u8; 16],
    content: [u8; 16],
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decoder(…)")
    }
}

impl Decoder {
    /// With the installation's secret.
    pub fn new(secret: &Secret) -> Self {
        let half = |purpose: &[u8]| {
            let mut key = [0; 16];
            key.copy_from_slice(&secret.derive(purpose)[..16]);
            key
        };
        Self {
            applicant: Some(secret.derive(b"applicant pseudonym, version 1")),
            identity: half(b"duplicate identity, version 1"),
            content: half(b"duplicate content, version 1"),
        }
    }

    /// For who hands events on to an installation whose secret it does not have: pseudonyms stay as they are given, for that
    /// installation to key them. Its hashes are not for comparing.
    pub const fn for_handing_on() -> Self {
        Self {
            applicant: None,
            identity: [0; 16],
            content: [0; 16],
        }
    }

    /// Decodes NDJSON; `now` is the server's clock, `None` where event times are not held against it.
    pub fn ndjson(&self, body: &[u8], now: Option<EventTime>) -> Batch {
        self.text(body, 1, now)
    }

    /// As [`Decoder::ndjson`], for a body of whoever may send: one of more than [`MAX_LINES`] is refused as a whole.
    pub fn bounded_ndjson(&self, body: &[u8], now: Option<EventTime>) -> Result<Batch, BodyError> {
        if memchr::memchr_iter(b'\n', body).count() > MAX_LINES {
            return Err(BodyError::TooManyLines);
        }
        Ok(self.ndjson(body, now))
    }

    /// Decodes a CloudEvents batch: a JSON array, its events numbered from 1.
    pub fn cloudevents_batch(
        &self,
        body: &[u8],
        now: Option<EventTime>,
    ) -> Result<Batch, BodyError> {
        let Items(items) =
            serde_json::from_slice(body).map_err(|e| BodyError::NotABatch(e.to_string()))?;
        let items = items.ok_or(BodyError::TooManyLines)?;
        let latest = latest(now);
        let chunks = items.par_chunks(CHUNK_LINES).enumerate().map(|(i, items)| {
            let numbers = (i * CHUNK_LINES) as u64 + 1..;
            let texts = items.iter().map(|item| item.get().as_bytes());
            self.chunk(numbers.zip(texts), items.len(), latest)
        });
        Ok(whole(chunks.collect()))
    }

    /// Decodes a text of lines, the first of which has the given number; on all processors where there
    /// are many.
    pub fn text(&self, text: &[u8], first_line: u64, now: Option<EventTime>) -> Batch {
        let latest = latest(now);
        let decode = |(number, lines): (u64, &[u8])| {
            let numbered = (number..).zip(Lines(lines));
            let numbered = numbered.filter(|(_, line)| !line.trim_ascii().is_empty());
            self.chunk(numbered, lines.len() / EXPECTED_LINE_BYTES, latest)
        };
        let pieces = pieces(text, first_line);
        if pieces.len() == 1 {
            return whole(pieces.into_iter().map(decode).collect());
        }
        whole(pieces.into_par_iter().map(decode).collect())
    }

    /// Decodes some lines: the events, and those that are not with the fields left out.
    fn chunk<'a>(
        &self,
        lines: impl Iterator<Item = (u64, &'a [u8])>,
        expected: usize,
        latest: Option<EventTime>,
    ) -> Batch {
        let mut chunk = Chunk {
            events: Vec::with_capacity(expected),
            decoded: Vec::with_capacity(expected),
            records: Vec::with_capacity(expected * EXPECTED_RECORD_BYTES),
            block: None,
        };
        let mut batch = Batch::default();
        let mut record = Vec::new();
        for (line, bytes) in lines {
            match self.event(bytes) {
                Ok((event, _)) if latest.is_some_and(|latest| event.time > latest) => {
                    batch.rejected.push(Rejection {
                        line,
                        code: Code::ClockAhead,
                        message: format!(
                            "`time` {} is more than 5 minutes ahead of the server's clock; set the sender's clock",
                            event.time
                        ),
                    });
                    batch.ahead.push(event.source);
                }
                Ok((event, dropped)) => {
                    record.clear();
                    event.pack(&mut record);
                    Block::put(&record, &mut chunk.records);
                    batch.dropped_fields += dropped as u64;
                    chunk.decoded.push(Decoded {
                        line,
                        key: self.identity(&event),
                        content: self.content(&record),
                        end: chunk.records.len(),
                    });
                    chunk.events.push(event);
                }
                Err((code, message)) => batch.rejected.push(Rejection {
                    line,
                    code,
                    message,
                }),
            }
        }
        if chunk.records.len() >= BLOCK_BYTES {
            chunk.block = Some(Block::pack(&chunk.records, chunk.events.len()));
        }
        batch.chunks.push(chunk);
        batch
    }

    /// The pseudonym by which an applicant whom a sender calls so stands in this installation; `None` for what is no pseudonym.
    pub fn applicant(&self, given: &str) -> Option<Applicant> {
        let given = Applicant::new(given)?;
        Some(
            self.applicant
                .map_or_else(|| given.clone(), |key| pseudonym(key, &given)),
        )
    }

    /// The keyed hash by which duplicates are found.
    pub fn identity(&self, event: &Event) -> u128 {
        let mut hasher = SipHasher128::new_with_key(&self.identity);
        hasher.write(event.source.as_bytes());
        // A byte that no identifier has keeps `a` + `bc` apart from `ab` + `c`.
        hasher.write_u8(0);
        hasher.write(event.id.as_bytes());
        hasher.finish128().as_u128()
    }

    /// The keyed hash of a record, by which conflicting content is found.
    pub fn content(&self, record: &[u8]) -> u64 {
        let mut hasher = SipHasher13::new_with_key(&self.content);
        hasher.write(record);
        hasher.finish()
    }

    fn event(&self, bytes: &[u8]) -> Result<(Event, usize), (Code, String)> {
        let (mut event, dropped) = read_event(bytes)?;
        if let (Some(key), Some(applicant)) = (self.applicant, event.body.applicant_mut()) {
            *applicant = pseudonym(key, applicant);
        }
        Ok((event, dropped))
    }
}

/// The elements of an array; `None` where there are more than [`MAX_LINES`], which are not kept.
struct Items<'a>(Option<Vec<&'a RawValue>>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Items<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> serde::de::Visitor<'de> for Elements {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut all: A,
            ) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = all.next_element()? {
                    if items.len() == MAX_LINES {
                        while all.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                        return Ok(Items(None));
                    }
                    items.push(item);
                }
                Ok(Items(Some(items)))
            }
        }
        from.deserialize_seq(Elements)
    }
}

/// Keys a producer's pseudonym again, so that it means nothing outside this installation.
fn pseudonym(key: [u8; 32], applicant: &Applicant) -> Applicant {
    let mac = Secret(key).derive(applicant.as_str().as_bytes());
    let text = crate::hex::encode(&mac[..16]);
    Applicant::new(&text).unwrap_or_else(|| applicant.clone())
}

/// The latest time that an event may have.
fn latest(now: Option<EventTime>) -> Option<EventTime> {
    now.map(|t| t.plus_seconds(CLOCK_TOLERANCE_S))
}

/// Puts parts together, in order.
fn whole(parts: Vec<Batch>) -> Batch {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().unwrap_or_default();
    for part in parts {
        whole.chunks.extend(part.chunks);
        whole.rejected.extend(part.rejected);
        whole.dropped_fields += part.dropped_fields;
        whole.ahead.extend(part.ahead);
    }
    whole
}

/// The lines of a text, without their ends.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.0).unwrap_or(self.0.len());
        let line = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        Some(line)
    }
}

/// Cuts a text at line ends into pieces of about [`CHUNK_BYTES`], each with the number of its first line.
fn pieces(text: &[u8], first_line: u64) -> Vec<(u64, &[u8])> {
    let mut pieces = Vec::with_capacity(text.len() / CHUNK_BYTES + 1);
    let (mut rest, mut number) = (text, first_line);
    while rest.len() > CHUNK_BYTES {
        let Some(end) = memchr::memchr(b'\n', &rest[CHUNK_BYTES..]) else {
            break;
        };
        let (piece, after) = rest.split_at(CHUNK_BYTES + end + 1);
        pieces.push((number, piece));
        number += memchr::memchr_iter(b'\n', piece).count() as u64;
        rest = after;
    }
    pieces.push((number, rest));
    pieces
}

/// Reads a line; its applicant's pseudonym is not keyed yet. Answers how many fields are unknown, too.
pub(crate) fn read_event(bytes: &[u8]) -> Result<(Event, usize), (Code, String)> {
    let mut envelope = match scan::object(bytes) {
        Some(envelope) => envelope,
        None => read_object(bytes)?,
    };
    match envelope.take("specversion") {
        Some(Json::Str(v)) if v == "1.0" => {}
        _ => {
            return Err((
                Code::NotCloudEvent,
                "`specversion` must be \"1.0\"".to_owned(),
            ));
        }
    }
    let source = identifier(&mut envelope, "source")?;
    let id = identifier(&mut envelope, "id")?;
    let Some(Json::Str(type_name)) = envelope.take("type") else {
        return Err((
            Code::NotCloudEvent,
            "the attribute `type` is missing or not a text".to_owned(),
        ));
    };
    let time: EventTime = envelope.required("time").map_err(field_error)?;
    let mut data = match envelope.take("data") {
        Some(Json::Object(data)) => data,
        None => Fields::default(),
        Some(_) => return Err((Code::BadValue, "`data` must be a JSON object".to_owned())),
    };
    let Some(body) = Body::decode(&type_name, &mut data) else {
        let shown: String = type_name.chars().take(64).collect();
        return Err((
            Code::UnknownType,
            format!("the type `{shown}` is not in the contract"),
        ));
    };
    let body = body.map_err(field_error)?;
    Ok((
        Event {
            source,
            id,
            time,
            body,
        },
        data.len(),
    ))
}

/// Reads any line that is a JSON object.
fn read_object(bytes: &[u8]) -> Result<Fields<'_>, (Code, String)> {
    match serde_json::from_slice(bytes) {
        Ok(Json::Object(envelope)) => Ok(envelope),
        Ok(_) => Err((
            Code::NotCloudEvent,
            "a line must be one JSON object".to_owned(),
        )),
        Err(e) => Err((Code::MalformedJson, format!("not JSON: {e}"))),
    }
}

/// An envelope's identifying attribute.
fn identifier(
    envelope: &mut Fields<'_>,
    name: &'static str,
) -> Result<compact_str::CompactString, (Code, String)> {
    match envelope.take(name) {
        Some(Json::Str(s)) if crate::event::value::is_id(&s) => Ok(s.as_ref().into()),
        Some(Json::Str(_)) => Err((
            Code::BadValue,
            format!("`{name}` must be {}", crate::event::SiteId::EXPECTED),
        )),
        _ => Err((
            Code::NotCloudEvent,
            format!("the attribute `{name}` is missing or not a text"),
        )),
    }
}

fn field_error(e: FieldError) -> (Code, String) {
    let code = match e {
        FieldError::Missing(_) => Code::MissingField,
        FieldError::Bad { .. } => Code::BadValue,
    };
    (code, e.to_string())
}

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// `gzip`.
    Gzip,
    /// `zstd`.
    Zstd,
}

/// Unpacks a body, refusing one that is damaged, cut short or larger than [`MAX_BODY_BYTES`].
pub fn unpack(body: &[u8], encoding: Encoding) -> Result<std::borrow::Cow<'_, [u8]>, BodyError> {
    unpack_within(body, encoding, MAX_BODY_BYTES)
}

/// As [`unpack`], of a bound of one's own.
pub fn unpack_within(
    body: &[u8],
    encoding: Encoding,
    most: usize,
) -> Result<std::borrow::Cow<'_, [u8]>, BodyError> {
    let (name, reader): (_, Box<dyn Read + '_>) = match encoding {
        Encoding::Identity if body.len() > most => return Err(BodyError::TooLarge(most)),
        Encoding::Identity => return Ok(body.into()),
        Encoding::Gzip => ("gzip", Box::new(flate2::read::MultiGzDecoder::new(body))),
        Encoding::Zstd => {
            let damaged = |e: std::io::Error| BodyError::Damaged {
                encoding: "zstd",
                detail: e.to_string(),
            };
            let mut decoder = zstd::stream::read::Decoder::new(body).map_err(damaged)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(damaged)?;
            ("zstd", Box::new(decoder))
        }
    };
    let mut out = Vec::new();
    reader
        .take(most as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|e| BodyError::Damaged {
            encoding: name,
            detail: e.to_string(),
        })?;
    if out.len() > most {
        return Err(BodyError::TooLarge(most));
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests;
