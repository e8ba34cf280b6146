//! The event contract, version 1, as types.
//!
//! [`types`] is the table of every event type with its fields, required or optional; from it the
//! structs, the decoders and the encoders are generated, so that they cannot differ.
//! [`fields`] is a line's JSON as it is taken apart, and `scan` reads plain lines into it quickly.
//! [`record`] is an event as the journal keeps it.
//! [`value`] says what a field of each kind accepts. [`time`] is event time: microseconds since the
//! Unix epoch, read from and written as RFC 3339, with the local day of Hà Nội.

pub mod fields;
pub mod record;
pub(crate) mod scan;
pub mod time;
pub mod types;
pub mod value;

pub use fields::Fields;
pub use time::EventTime;
pub use types::Body;
pub use value::{
    Agency, Applicant, CounterId, DeviceId, DossierId, IncidentId, PetitionId, Reason, SiteId,
    TaskId, Text, TicketId, UnitCode,
};

use compact_str::CompactString;

/// One accepted event: the envelope's identity and time, and the typed body.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// CloudEvents `source`: who says it.
    pub source: CompactString,
    /// CloudEvents `id`: unique within the source.
    pub id: CompactString,
    /// When it happened at the point, by the producer's clock.
    pub time: EventTime,
    /// What happened.
    pub body: Body,
}

impl Event {
    /// The order of precedence among events for one fact: the greatest (`time`, `source`, `id`) counts.
    pub fn precedence(&self) -> (EventTime, &str, &str) {
        (self.time, self.source.as_str(), self.id.as_str())
    }

    /// Appends the event in canonical form: one line of structured CloudEvents JSON with the fields
    /// in the table's order, without a line end. Equal events have equal lines.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"specversion\":\"1.0\",\"id\":\"");
        out.extend_from_slice(self.id.as_bytes());
        out.extend_from_slice(b"\",\"source\":\"");
        out.extend_from_slice(self.source.as_bytes());
        out.extend_from_slice(b"\",\"type\":\"");
        out.extend_from_slice(self.body.type_name().as_bytes());
        out.extend_from_slice(b"\",\"time\":\"");
        self.time.write_rfc3339(out);
        out.extend_from_slice(b"\",\"data\":");
        self.body.write_json(out);
        out.push(b'}');
    }
}
