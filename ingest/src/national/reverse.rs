//! A dossier's events as a record of `DongBoHoSoMC`, to hold against what a sender has.
//!
//! The record has the fields that are not personal, as far as our events know them: [`record`] also says which events it cannot
//! carry, by reading it again. Of files only that they are there is known: where the protocol wants a link stands
//! [`NOT_KEPT`]. It is for reconciliation; the portal itself wants names that are not kept here.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::mapping::{Mapping, Status};
use super::scalar::Scalar;
use super::{Feed, is_unit_code, moment, sync};
use crate::event::types::{DossierDigitised, DossierSubmitted};
use crate::event::{Body, Event, EventTime};

/// What stands for a link that a sender has and this service has not.
pub const NOT_KEPT: &str = "urn:vonglau:not-kept";

/// A dossier as a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The record.
    pub record: Value,
    /// Events whose fact the record does not carry.
    pub left_out: Vec<Event>,
}

/// Writes the events of one dossier as a record that `unit` would send.
///
/// `None` without a filing, or when `unit` is no identifier.
pub fn record(unit: &str, events: &[Event], mapping: &Mapping) -> Option<Written> {
    let feed = Feed::new(&Scalar::from(unit), mapping)?;
    let mut events: Vec<&Event> = events.iter().collect();
    events.sort_by_key(|event| event.precedence());
    let course = Course::of(&events)?;
    let record = Value::Object(course.write(&feed));
    let carried = read_again(&record, &feed);
    let left_out = events.into_iter().filter(|event| {
        let fact = (event.time, &event.body);
        !carried
            .iter()
            .any(|event| (event.time, &event.body) == fact)
    });
    Some(Written {
        left_out: left_out.cloned().collect(),
        record,
    })
}

/// A message of records.
pub fn message(unit: &str, records: Vec<Value>) -> Value {
    json!({"session": "", "madonvi": unit, "service": "DongBoHoSoMC", "isUpdating": "True", "data": records})
}

fn read_again(record: &Value, feed: &Feed<'_>) -> Vec<Event> {
    let text = record.to_string();
    let raw: Result<&serde_json::value::RawValue, _> = serde_json::from_str(&text);
    let told = raw.map(|raw| sync::tell(&[raw], feed)).unwrap_or_default();
    let events = told.into_iter().filter_map(|told| told.outcome.ok());
    events.flat_map(|(events, _)| events).collect()
}

/// A round of supplement.
#[derive(Default)]
struct Round {
    asked_at: Option<EventTime>,
    came_at: Option<EventTime>,
    due_after: Option<EventTime>,
}

/// What the events say, of each fact the last.
struct Course<'a> {
    filed_at: EventTime,
    filing: &'a DossierSubmitted,
    accepted: Option<(EventTime, Option<EventTime>)>,
    digitised: Option<&'a DossierDigitised>,
    paid: Option<&'a Body>,
    end: Option<(EventTime, &'a Body)>,
    returned: Option<(EventTime, &'a Body)>,
    rounds: Vec<Round>,
    status: Status,
}

impl<'a> Course<'a> {
    fn of(events: &[&'a Event]) -> Option<Self> {
        let last = |is: fn(&Body) -> bool| {
            let found = events.iter().rfind(|event| is(&event.body));
            found.map(|event| (event.time, &event.body))
        };
        let (filed_at, filing) = events.iter().rev().find_map(|event| match &event.body {
            Body::DossierSubmitted(filing) => Some((event.time, filing)),
            _ => None,
        })?;
        let accepted = events.iter().rev().find_map(|event| match &event.body {
            Body::DossierAccepted(b) => Some((event.time, b.due_at)),
            _ => None,
        });
        let digitised = events.iter().rev().find_map(|event| match &event.body {
            Body::DossierDigitised(b) => Some(b),
            _ => None,
        });
        let is_end = |body: &Body| {
            use Body as B;
            matches!(
                body,
                B::DossierRefused(_)
                    | B::DossierWithdrawn(_)
                    | B::DossierStopped(_)
                    | B::DossierResolved(_)
            )
        };
        Some(Self {
            filed_at,
            filing,
            accepted,
            digitised,
            paid: last(|body| matches!(body, Body::DossierPaid(_))).map(|(_, body)| body),
            end: last(is_end),
            returned: last(|body| matches!(body, Body::DossierReturned(_))),
            rounds: rounds(events),
            status: status(events),
        })
    }

    fn write(&self, feed: &Feed<'_>) -> Map<String, Value> {
        let words = feed.words(self.filed_at);
        let mut record = Map::new();
        let mut put = |name: &str, value: &str| {
            record.insert(name.to_owned(), value.into());
        };
        let filing = self.filing;
        put("MaHoSo", filing.dossier.as_str());
        put("MaTTHC", filing.procedure.as_str());
        let field = filing.field.as_str();
        match words.field_word(&filing.field) {
            Some(code) => put("MaLinhVuc", code),
            None if crate::event::value::is_id(field) => put("MaLinhVuc", field),
            None => put("TenLinhVuc", field),
        }
        let channel = filing.channel.and_then(|c| words.channel_word(c));
        put("KenhThucHien", channel.unwrap_or_default());
        let agency = filing.agency.as_str();
        let coded = Some(agency).filter(|agency| is_unit_code(agency));
        let handling = words.agency_word(&filing.agency).or(coded);
        put("DonViXuLy", handling.unwrap_or_default());
        put("TaiKhoanDuocXacThucVoiVNeID", flag(filing.verified_account));
        let paid = match self.paid {
            Some(Body::DossierPaid(paid)) => paid.via.as_ref().and_then(|via| words.paid_word(via)),
            _ => None,
        };
        put("DuocThanhToanTrucTuyen", paid.unwrap_or_default());
        put("NgayNopHoSo", &moment::write(self.filed_at));
        let (received_at, promised) = match self.accepted {
            Some((at, due)) => (Some(at), due),
            None => (None, None),
        };
        put("NgayTiepNhan", &time(received_at));
        let promise = self.promise(promised);
        put("NgayHenTra", &time(promise.now));
        let latest = self.latest();
        let word = feed.words(latest).status_word(self.status);
        put("TrangThaiHoSo", word.unwrap_or_default());
        let (ended, refused) = match self.end {
            Some((at, Body::DossierRefused(_))) => (None, Some(at)),
            Some((at, _)) => (Some(at), None),
            None => (None, None),
        };
        put("NgayKetThucXuLy", &time(ended));
        put("NgayTuChoi", &time(refused));
        put("NgayTra", &time(self.returned.map(|(at, _)| at)));
        let handover = match self.returned {
            Some((at, Body::DossierReturned(b))) => {
                b.channel.and_then(|c| feed.words(at).handover_word(c))
            }
            _ => None,
        };
        put("HinhThuc", handover.unwrap_or_default());
        put("HoSoCoThanhPhanSoHoa", flag(self.digitised.map(|_| true)));
        let mut list = |name: &str, value: Option<Vec<Value>>| {
            if let Some(value) = value {
                record.insert(name.to_owned(), value.into());
            }
        };
        list("TaiLieuNop", self.digitised.and_then(papers));
        let fee = |has_fee| if has_fee { vec![json!({})] } else { Vec::new() };
        list("DanhSachLePhi", filing.has_fee.map(fee));
        list("DanhSachHoSoBoSung", Some(self.write_rounds(&promise)));
        let link = |there| {
            let paper = || json!({"DuongDanTepTinKetQua": NOT_KEPT});
            if there { vec![paper()] } else { Vec::new() }
        };
        let e_result = match self.end {
            Some((_, Body::DossierResolved(b))) => b.e_result,
            _ => None,
        };
        list("DanhSachGiayToKetQua", e_result.map(link));
        record
    }

    /// The latest instant that the record tells.
    fn latest(&self) -> EventTime {
        let rounds = self.rounds.iter().flat_map(|r| [r.asked_at, r.came_at]);
        let accepted = self.accepted.map(|(at, _)| at);
        let ends = [self.end, self.returned].map(|end| end.map(|(at, _)| at));
        let told = rounds.chain([accepted]).chain(ends).flatten();
        told.max().map_or(self.filed_at, |at| at.max(self.filed_at))
    }

    /// The promise now, and where a round has moved it the one before.
    fn promise(&self, first: Option<EventTime>) -> Promise {
        let moved = |round: &Round| round.due_after.is_some_and(|due| Some(due) != first);
        let moved_in = self.rounds.iter().position(moved);
        let last = self.rounds.iter().rev().find_map(|round| round.due_after);
        match (first, moved_in) {
            (Some(_), Some(_)) => Promise {
                now: last,
                before: first,
                moved_in,
            },
            _ => Promise {
                now: first,
                before: None,
                moved_in: None,
            },
        }
    }

    fn write_rounds(&self, promise: &Promise) -> Vec<Value> {
        let rounds = self.rounds.iter().enumerate().map(|(index, round)| {
            let before = promise.before.filter(|_| promise.moved_in == Some(index));
            json!({
                "NgayBoSung": time(round.asked_at),
                "NgayTiepNhanBoSung": time(round.came_at),
                "NgayHenTraTruoc": time(before),
                "NgayHenTraMoi": time(round.due_after),
            })
        });
        rounds.collect()
    }
}

/// When the result is promised.
struct Promise {
    now: Option<EventTime>,
    before: Option<EventTime>,
    /// The round that moved it first.
    moved_in: Option<usize>,
}

fn time(at: Option<EventTime>) -> compact_str::CompactString {
    at.map(moment::write).unwrap_or_default()
}

const fn flag(flag: Option<bool>) -> &'static str {
    match flag {
        None => "",
        Some(true) => "1",
        Some(false) => "0",
    }
}

/// As many papers as were counted, with how they came.
fn papers(digitised: &DossierDigitised) -> Option<Vec<Value>> {
    let parts = digitised.parts?.0;
    let [reused, from_store] =
        [digitised.reused, digitised.from_store].map(|count| count.map_or(0, |count| count.0));
    let papers = (0..parts.max(reused).max(from_store)).map(|n| {
        json!({
            "DuocSoHoa": flag(Some(n < parts)),
            "DuocTaiSuDung": flag(Some(n < reused)),
            "DuocLayTuKhoDMQG": flag(Some(n < from_store)),
        })
    });
    Some(papers.collect())
}

/// Requests with what answers them, in order of time, and the due dates set with them.
fn rounds(events: &[&Event]) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    for event in events {
        match &event.body {
            Body::SupplementRequested(_) => rounds.push(Round {
                asked_at: Some(event.time),
                ..Round::default()
            }),
            Body::DossierSupplemented(_) => {
                let open = rounds.iter_mut().find(|round| round.came_at.is_none());
                match open {
                    Some(round) => round.came_at = Some(event.time),
                    None => rounds.push(Round {
                        came_at: Some(event.time),
                        ..Round::default()
                    }),
                }
            }
            _ => {}
        }
    }
    for event in events {
        let Body::DossierExtended(extended) = &event.body else {
            continue;
        };
        let is_free = |round: &&mut Round| round.due_after.is_none();
        let mut free = rounds.iter_mut().filter(is_free);
        let set_here = |round: &&mut Round| round.came_at.or(round.asked_at) == Some(event.time);
        if let Some(round) = free.find(set_here) {
            round.due_after = Some(extended.due_at);
            continue;
        }
        // The round that it was set in has another date, or another time by now: one of its own says it.
        let is_here = |at: Option<EventTime>| at == Some(event.time);
        let mut own = Round {
            due_after: Some(extended.due_at),
            ..Round::default()
        };
        if rounds.iter().any(|round| is_here(round.came_at)) {
            own.came_at = Some(event.time);
        } else if rounds.iter().any(|round| is_here(round.asked_at)) {
            own.asked_at = Some(event.time);
        } else {
            continue;
        }
        rounds.push(own);
    }
    rounds
}

/// The state as its last events have it.
fn status(events: &[&Event]) -> Status {
    let mut status = Status::Registered;
    let mut open: HashSet<Status> = HashSet::new();
    for event in events {
        let next = match &event.body {
            Body::DossierAccepted(_) => Status::Accepted,
            Body::DossierTaken(_) | Body::DossierTransferred(_) => Status::Processing,
            Body::SupplementRequested(_) => {
                open.insert(Status::Supplement);
                continue;
            }
            Body::DossierSuspended(_) => {
                open.insert(Status::Financial);
                continue;
            }
            Body::DossierSupplemented(_) => {
                open.remove(&Status::Supplement);
                Status::Processing
            }
            Body::DossierResumed(_) => {
                open.remove(&Status::Financial);
                Status::Processing
            }
            Body::DossierRefused(_) => Status::Refused,
            Body::DossierWithdrawn(_) => Status::Withdrawn,
            Body::DossierStopped(_) => Status::Stopped,
            Body::DossierResolved(_) => Status::Resolved,
            Body::DossierReturned(_) => Status::Returned,
            _ => continue,
        };
        let is_unsettled = matches!(
            status,
            Status::Refused | Status::Withdrawn | Status::Stopped
        );
        let is_over = is_unsettled || matches!(status, Status::Resolved | Status::Returned);
        let ends = matches!(
            next,
            Status::Refused | Status::Withdrawn | Status::Stopped | Status::Resolved
        );
        // An end is undone by another end alone; what comes back unsettled is no result.
        if ends || !is_over || (next == Status::Returned && !is_unsettled) {
            status = next;
        }
    }
    let stands = [Status::Supplement, Status::Financial];
    let stopped = stands.into_iter().find(|stop| open.contains(stop));
    match (status, stopped) {
        (Status::Registered | Status::Accepted | Status::Processing, Some(stop)) => stop,
        _ => status,
    }
}
