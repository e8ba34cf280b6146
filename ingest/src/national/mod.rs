//! The national exchange: messages of the national public service portal (*Cổng Dịch vụ công quốc gia*) become contract
//! events, and are answered in that protocol's manner.
//!
//! # In and out
//!
//! In goes one message, `{session, madonvi, service, isUpdating, data: […]}`, whose `service` is `DongBoHoSoMC` (dossiers
//! as they stand, [`sync`]) or `CapNhatTienDoHoSoMC` (their progress, [`progress`]). Every scalar is a text; numbers and
//! booleans are read as one, `null` and `""` are absent ([`scalar`]). Times are `yyyyMMddHHmmss` of Hà Nội ([`moment`]).
//! Out come lines of NDJSON that go through the ordinary [`crate::decode::Decoder`], so that there is one definition of
//! what an event may be, and for each record what was made of it ([`Reading`]). [`answer`] puts that and the decoder's
//! refusals into the protocol's form; [`reverse`] writes a dossier's events as a record again.
//!
//! Everything here is a pure function of the message and the mapping: no clock, no memory of earlier messages. Whether
//! a dossier is new is therefore not known, `isUpdating` is not asked, and a first sending of a known dossier is taken
//! like a second one, where the portal would answer "already exists": what it repeats are duplicates, which do no harm.
//!
//! # What a record becomes
//!
//! | `DongBoHoSoMC` | event | at |
//! |---|---|---|
//! | always | `submitted` | `NgayNopHoSo`, else `NgayTiepNhan` |
//! | `DuocThanhToanTrucTuyen` | `paid`, online, without an amount: what was charged is not what was paid | as `submitted`: when it was paid is not said |
//! | `NgayTiepNhan`, unless refused | `accepted`; due at `NgayHenTra`, or the first `NgayHenTraTruoc` | `NgayTiepNhan` |
//! | `TaiLieuNop`, `HoSoCoThanhPhanSoHoa` | `digitised` | `NgayTiepNhan` |
//! | `DanhSachHoSoBoSung` | `supplement_requested`, `supplemented` | `NgayBoSung`, `NgayTiepNhanBoSung` |
//! | a `NgayHenTraMoi` that is not `NgayHenTraTruoc` | `extended` | the supplement's coming, else its request |
//! | status 3 | `refused` | `NgayTuChoi`, else `NgayKetThucXuLy` |
//! | status 7, 8 | `withdrawn`, `stopped` | `NgayKetThucXuLy` |
//! | status 9, 10 | `resolved` | `NgayKetThucXuLy` |
//! | `NgayTra` with status 9, 10 | `returned` | `NgayTra` |
//!
//! Status 5 and 6 by themselves say that something happened and not when: that comes with the rounds and the progress.
//! A status without its date is taken all the same, since the date is optional in the protocol, with a note.
//!
//! | `CapNhatTienDoHoSoMC` | event at `ThoiDiemXuLy` |
//! |---|---|
//! | 1 | none |
//! | 2, 3, 7, 8, 9, 10 | `accepted` without a due date, `refused`, `withdrawn`, `stopped`, `resolved`, `returned` |
//! | 4 | `taken` by the agency, with the step where the mapping knows `PhongBanXuLy`; and see below |
//! | 5, 6 | `supplement_requested`, `suspended` for a financial obligation |
//!
//! **When the clock goes on.** Status 4 ends what 5 or 6 began, without saying which. Within a message it is decided from
//! the dossier's own records in order of time: after 5 it is also `supplemented`, after 6 also `resumed`, after 2 or 4
//! neither. Where no record before it tells, it is both. That is harmless to every figure: ending a stop that
//! is not there changes nothing (`analytics::live::dossier`), while a stop that is never ended would hold the clock for
//! ever; the steps' table alone then has a line too many. What this costs: of a history that is sent with a piece
//! missing *inside* a message, the clock stands until the next status 4 or the end.
//!
//! # Codes are data
//!
//! Which word means what stands in `mapping.toml` ([`mapping`]), by day and by sender; an installation's `national.toml`
//! adds to it. A status that it does not know refuses the record, any other unknown code is left out with a note: nothing is guessed.
//!
//! # Identity
//!
//! `source` is `national/` + `madonvi`. An `id` is made of what the event says and nothing else ([`identity`]): a message that is
//! sent again gives duplicates alone, whatever else came between, and the same fact told by both services in the same
//! second is one event. Where two events say different things of one instant, the contract lets the greatest id count:
//! so the id begins with the step's place in a dossier's course, and a due date stands in it before the hash. A later due date
//! wins, in whatever order they came. Bringing a due date forward by sending the record again therefore has no effect.
//!
//! # Personal data
//!
//! The structures that a message is read into ([`message`]) have no field for a name, a number, an address, a summary, a
//! note, a file's name or a session: such members end in the JSON reader. Texts that are only looked up in the
//! mapping (`DonViXuLy`, `PhongBanXuLy`) are never carried, and no text shows itself in a `Debug` form. A refusal names the
//! field, not its content; a `MaHoSo` is answered only in an identifier's form.

pub mod answer;
mod bodies;
mod filing;
mod identity;
pub mod mapping;
mod message;
mod moment;
mod progress;
mod refusal;
pub mod reverse;
mod scalar;
mod sync;
#[cfg(test)]
mod tests;

use std::ops::Range;

use compact_str::{CompactString, format_compact};
use serde_json::value::RawValue;

use crate::event::value::is_id;
use crate::event::{Agency, Body, DossierId, Event, EventTime, SiteId};
pub use answer::Answer;
pub use mapping::{Mapping, MappingError};
pub use refusal::{Fault, Note, Refusal};
use scalar::Scalar;

/// A message read: its events as lines, and what became of each record.
#[derive(Debug, Default)]
pub struct Reading {
    /// NDJSON for the decoder.
    pub lines: Vec<u8>,
    /// The records, in the message's order.
    pub records: Vec<Record>,
}

/// What became of a record.
#[derive(Debug)]
pub struct Record {
    /// Its dossier, where `MaHoSo` has an identifier's form.
    pub dossier: Option<DossierId>,
    /// Its lines' numbers, counted from 1 as the decoder does.
    pub lines: Range<u64>,
    /// What is to be said of it, or why nothing of it was taken.
    pub outcome: Result<Vec<Note>, Refusal>,
}

/// Reads a message.
///
/// # Errors
/// When it is not JSON, or not a message of this protocol that can be read record by record.
pub fn read(body: &[u8], mapping: &Mapping) -> Result<Reading, Fault> {
    let message = message::Message::of_json(body)?;
    let feed = Feed::new(&message.unit, mapping).ok_or(Fault::Unit)?;
    let told = match message.service.text() {
        Some("DongBoHoSoMC") => sync::tell(&message.records()?, &feed),
        Some("CapNhatTienDoHoSoMC") => progress::tell(&message.records()?, &feed),
        _ => return Err(Fault::Service),
    };
    let mut reading = Reading::default();
    let mut next = 1;
    for Told { dossier, outcome } in told {
        let begin = next;
        let outcome = outcome.map(|(events, notes)| {
            for event in &events {
                event.write_json(&mut reading.lines);
                reading.lines.push(b'\n');
            }
            next += events.len() as u64;
            notes
        });
        reading.records.push(Record {
            dossier,
            lines: begin..next,
            outcome,
        });
    }
    Ok(reading)
}

/// The messages of a text that holds one after the other, each to be read by [`read`]; ends with the first that is not JSON.
pub fn messages(text: &[u8]) -> impl Iterator<Item = Result<&[u8], Fault>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    let mut values = values.map(|value| match value {
        Ok(value) => Ok(value.get().as_bytes()),
        Err(e) => Err(Fault::Json {
            line: e.line(),
            column: e.column(),
        }),
    });
    let mut is_over = false;
    std::iter::from_fn(move || {
        let next = values.next().filter(|_| !is_over)?;
        is_over = next.is_err();
        Some(next)
    })
}

/// What a record tells, before it is written.
struct Told {
    dossier: Option<DossierId>,
    outcome: Result<(Vec<Event>, Vec<Note>), Refusal>,
}

/// A sender, and what its words mean.
#[derive(Debug)]
struct Feed<'a> {
    /// `madonvi`, which has an identifier's form.
    unit: CompactString,
    source: CompactString,
    mapping: &'a Mapping,
}

impl<'a> Feed<'a> {
    /// Of `madonvi`; `None` when it cannot be part of a source.
    fn new(unit: &Scalar, mapping: &'a Mapping) -> Option<Self> {
        let unit = unit.text()?;
        let source = format_compact!("national/{unit}");
        is_id(&source).then(|| Self {
            unit: unit.into(),
            source,
            mapping,
        })
    }

    /// What its words mean at an instant.
    fn words(&self, at: EventTime) -> mapping::Words<'_> {
        self.mapping.words(&self.unit, at.day())
    }

    fn event(&self, time: EventTime, body: Body) -> Event {
        Event {
            source: self.source.clone(),
            id: identity::id(time, &body),
            time,
            body,
        }
    }

    /// The competent agency: as mapped from the handling unit, the dossier's code or the sender; or the handling unit
    /// where it is given as a code; else the unit in the dossier's code.
    fn agency(&self, dossier: &DossierId, handling: &Scalar, at: EventTime) -> Option<Agency> {
        let words = self.words(at);
        let own = self.own_unit(dossier);
        let handling = handling.text();
        let mapped = handling.and_then(|text| words.agency(text));
        let coded = || {
            handling
                .filter(|text| is_unit_code(text))
                .and_then(Agency::new)
        };
        mapped
            .cloned()
            .or_else(coded)
            .or_else(|| words.agency(own).cloned())
            .or_else(|| words.agency(&self.unit).cloned())
            .or_else(|| Agency::new(own))
    }

    /// The receiving point: as mapped from the dossier's code or the sender, else the unit in the dossier's code.
    fn site(&self, dossier: &DossierId, at: EventTime) -> Option<SiteId> {
        let words = self.words(at);
        let own = self.own_unit(dossier);
        let mapped = words.site(own).or_else(|| words.site(&self.unit));
        mapped.cloned().or_else(|| SiteId::new(own))
    }

    /// The unit that a dossier's code names; the sender where the code is of another form.
    fn own_unit<'d>(&'d self, dossier: &'d DossierId) -> &'d str {
        match dossier.as_str().split_once('-') {
            Some((unit, _)) if dossier.code_valid() => unit,
            _ => &self.unit,
        }
    }
}

/// True for an agency's code of four groups, such as `000.00.01.H26`.
fn is_unit_code(text: &str) -> bool {
    // The form is a dossier code's first part, and said there once.
    DossierId::new(&format_compact!("{text}-000000-0000")).is_some_and(|id| id.code_valid())
}

/// The dossier that a record names.
fn dossier(code: &Scalar) -> Option<DossierId> {
    code.text().and_then(DossierId::new)
}
