//! `DongBoHoSoMC`: a dossier as it stands, told as the events that led there.

use serde_json::value::RawValue;

use super::bodies::{refused, requested, resolved, returned, stopped, supplemented, withdrawn};
use super::filing::{digitised, filing};
use super::mapping::{Said, Status};
use super::message::{self, DossierRecord, Round};
use super::refusal::{Note, Refusal};
use super::{Feed, Told, moment};
use crate::event::types::{
    DossierAccepted, DossierExtended, DossierPaid, DossierSubmitted, PaymentMethod,
};
use crate::event::{Body, DossierId, Event, EventTime};

/// What each record tells.
pub(super) fn tell(records: &[&RawValue], feed: &Feed<'_>) -> Vec<Told> {
    let told = records.iter().map(|raw| {
        let record: DossierRecord = match message::record(raw) {
            Ok(record) => record,
            Err(refusal) => {
                return Told {
                    dossier: None,
                    outcome: Err(refusal),
                };
            }
        };
        let dossier = super::dossier(&record.dossier);
        let outcome = match &dossier {
            Some(dossier) => Course::read(&record, dossier, feed).map(Course::tell),
            None => Err(Refusal::Dossier),
        };
        Told { dossier, outcome }
    });
    told.collect()
}

/// A record with its times and words read.
struct Course<'a> {
    record: &'a DossierRecord,
    dossier: &'a DossierId,
    feed: &'a Feed<'a>,
    status: Status,
    filed_at: EventTime,
    received_at: Option<EventTime>,
    due_at: Option<EventTime>,
    ended_at: Option<EventTime>,
    returned_at: Option<EventTime>,
    refused_at: Option<EventTime>,
    rounds: Vec<Supplement>,
    filing: DossierSubmitted,
    events: Vec<Event>,
    notes: Vec<Note>,
}

/// A round of supplement with its times.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Supplement {
    asked_at: Option<EventTime>,
    came_at: Option<EventTime>,
    due_before: Option<EventTime>,
    due_after: Option<EventTime>,
}

impl Supplement {
    fn read(round: &Round) -> Result<Self, Refusal> {
        Ok(Self {
            asked_at: moment::read(&round.asked_at, "NgayBoSung")?,
            came_at: moment::read(&round.came_at, "NgayTiepNhanBoSung")?,
            due_before: moment::read(&round.due_before, "NgayHenTraTruoc")?,
            due_after: moment::read(&round.due_after, "NgayHenTraMoi")?,
        })
    }

    /// The due date that it sets, and when: with the supplement, or with its request while that is open.
    fn extension(&self) -> Option<(EventTime, EventTime)> {
        let due = self
            .due_after
            .filter(|_| self.due_after != self.due_before)?;
        Some((self.came_at.or(self.asked_at)?, due))
    }
}

impl<'a> Course<'a> {
    fn read(
        record: &'a DossierRecord,
        dossier: &'a DossierId,
        feed: &'a Feed<'a>,
    ) -> Result<Self, Refusal> {
        let received_at = moment::read(&record.received_at, "NgayTiepNhan")?;
        let filed_at = moment::read(&record.filed_at, "NgayNopHoSo")?;
        let filed_at = filed_at
            .or(received_at)
            .ok_or(Refusal::Missing("NgayNopHoSo"))?;
        let due_at = moment::read(&record.due_at, "NgayHenTra")?;
        let ended_at = moment::read(&record.ended_at, "NgayKetThucXuLy")?;
        let returned_at = moment::read(&record.returned_at, "NgayTra")?;
        let refused_at = moment::read(&record.refused_at, "NgayTuChoi")?;
        let rounds = record.rounds.elements().iter().map(Supplement::read);
        let mut rounds = rounds.collect::<Result<Vec<_>, _>>()?;
        // In order of time, however the list has them.
        rounds.sort_unstable_by_key(|round| (round.asked_at.or(round.came_at), round.clone()));
        let of_rounds = rounds.iter().flat_map(|r| [r.asked_at, r.came_at]);
        let told = [received_at, ended_at, returned_at, refused_at];
        let latest = of_rounds.chain(told).flatten().max();
        // The state is the latest of what is told; its word is of that day.
        let latest = latest.map_or(filed_at, |t| t.max(filed_at));
        let word = record.status.text();
        let word = word.ok_or(Refusal::Missing("TrangThaiHoSo"))?;
        let status = feed.words(latest).status(word);
        let mut notes = Vec::new();
        let filing = filing(record, dossier, feed, filed_at, &mut notes)?;
        Ok(Self {
            record,
            dossier,
            feed,
            status: status.ok_or(Refusal::Unmapped("TrangThaiHoSo"))?,
            filed_at,
            received_at,
            due_at,
            ended_at,
            returned_at,
            refused_at,
            rounds,
            filing,
            events: Vec::new(),
            notes,
        })
    }

    fn tell(mut self) -> (Vec<Event>, Vec<Note>) {
        let filing = Body::DossierSubmitted(self.filing.clone());
        self.put(self.filed_at, filing);
        self.payment();
        if let Some(at) = self.received_at
            && self.status != Status::Refused
        {
            self.reception(at);
        }
        for round in std::mem::take(&mut self.rounds) {
            self.supplement(&round);
        }
        self.end();
        (self.events, self.notes)
    }

    fn put(&mut self, time: EventTime, body: Body) {
        self.events.push(self.feed.event(time, body));
    }

    fn payment(&mut self) {
        let Some(word) = self.record.paid.text() else {
            return;
        };
        match self.feed.words(self.filed_at).paid_online(word) {
            Some(Said::That(via)) => {
                let paid = DossierPaid {
                    dossier: self.dossier.clone(),
                    method: Some(PaymentMethod::Online),
                    amount_vnd: None,
                    via: Some(via.clone()),
                };
                self.put(self.filed_at, Body::DossierPaid(paid));
            }
            Some(Said::Nothing) => {}
            None => self.notes.push(Note::LeftOut("DuocThanhToanTrucTuyen")),
        }
    }

    fn reception(&mut self, at: EventTime) {
        // What was promised at the reception, before any round has moved it.
        let promised = self.rounds.iter().find_map(|round| round.due_before);
        let accepted = DossierAccepted {
            dossier: self.dossier.clone(),
            due_at: promised.or(self.due_at),
        };
        self.put(at, Body::DossierAccepted(accepted));
        if let Some(digitised) = digitised(self.record, self.dossier) {
            self.put(at, Body::DossierDigitised(digitised));
        }
    }

    fn supplement(&mut self, round: &Supplement) {
        let dossier = self.dossier;
        if let Some(at) = round.asked_at {
            self.put(at, requested(dossier));
        }
        if let Some(at) = round.came_at {
            self.put(at, supplemented(dossier));
        }
        if let Some((at, due_at)) = round.extension() {
            let extended = DossierExtended {
                dossier: dossier.clone(),
                due_at,
                apology: None,
            };
            self.put(at, Body::DossierExtended(extended));
        }
    }

    fn end(&mut self) {
        let dossier = self.dossier;
        let (at, field, body) = match self.status {
            Status::Refused => {
                let at = self.refused_at.or(self.ended_at);
                (at, "NgayTuChoi", refused(dossier))
            }
            Status::Withdrawn => (self.ended_at, "NgayKetThucXuLy", withdrawn(dossier)),
            Status::Stopped => (self.ended_at, "NgayKetThucXuLy", stopped(dossier)),
            Status::Resolved | Status::Returned => {
                let results = self.record.results.0.as_ref();
                let e_result = results.map(|papers| papers.iter().any(|paper| paper.link.0));
                let body = resolved(dossier, e_result);
                (self.ended_at, "NgayKetThucXuLy", body)
            }
            // Without a date it was not received, whatever the state says.
            Status::Accepted => {
                if self.received_at.is_none() {
                    self.notes.push(Note::Undated("NgayTiepNhan"));
                }
                return;
            }
            Status::Registered | Status::Processing | Status::Supplement | Status::Financial => {
                return;
            }
        };
        match at {
            Some(at) => self.put(at, body),
            None => self.notes.push(Note::Undated(field)),
        }
        if matches!(self.status, Status::Resolved | Status::Returned) {
            self.handover();
        }
    }

    fn handover(&mut self) {
        let Some(at) = self.returned_at else {
            if self.status == Status::Returned {
                self.notes.push(Note::Undated("NgayTra"));
            }
            return;
        };
        let word = self.record.handover.text();
        let channel = word.map(|word| self.feed.words(at).handover(word));
        if channel == Some(None) {
            self.notes.push(Note::LeftOut("HinhThuc"));
        }
        let body = returned(self.dossier, channel.flatten());
        self.put(at, body);
    }
}
