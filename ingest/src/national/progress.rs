//! `CapNhatTienDoHoSoMC`: a dossier's steps, each told as an event at its own time.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::bodies::{
    refused, requested, resolved, resumed, returned, stopped, supplemented, suspended, withdrawn,
};
use super::mapping::Status;
use super::message::{self, StepRecord};
use super::refusal::Refusal;
use super::scalar::Scalar;
use super::{Feed, Told, moment};
use crate::event::types::{DossierAccepted, DossierTaken};
use crate::event::{Agency, Body, DossierId, Event, EventTime, Text};

/// What each record tells.
pub(super) fn tell(records: &[&RawValue], feed: &Feed<'_>) -> Vec<Told> {
    let read = records.iter().map(|raw| {
        let record: StepRecord = match message::record(raw) {
            Ok(record) => record,
            Err(refusal) => return (None, Err(refusal)),
        };
        let dossier = super::dossier(&record.dossier);
        let step = match &dossier {
            Some(dossier) => Step::read(&record, dossier, feed),
            None => Err(Refusal::Dossier),
        };
        (dossier, step)
    });
    let mut read: Vec<(Option<DossierId>, Result<Step, Refusal>)> = read.collect();
    end_stops(&mut read);
    let told = read.into_iter().map(|(dossier, step)| Told {
        outcome: match (&dossier, step) {
            (Some(dossier), Ok(step)) => Ok((step.events(dossier, feed), Vec::new())),
            (None, Ok(_)) => Err(Refusal::Dossier),
            (_, Err(refusal)) => Err(refusal),
        },
        dossier,
    });
    told.collect()
}

/// A record read.
struct Step {
    at: EventTime,
    status: Status,
    agency: Agency,
    step: Option<Text>,
    step_due_at: Option<EventTime>,
    /// Of status 4: whether the clock goes on with it, as far as its message tells.
    ends_supplement: bool,
    ends_financial: bool,
}

impl Step {
    fn read(record: &StepRecord, dossier: &DossierId, feed: &Feed<'_>) -> Result<Self, Refusal> {
        let at = moment::read(&record.at, "ThoiDiemXuLy")?;
        let at = at.ok_or(Refusal::Missing("ThoiDiemXuLy"))?;
        let words = feed.words(at);
        let word = record.status.text();
        let word = word.ok_or(Refusal::Missing("TrangThai"))?;
        let department = record.department.text();
        Ok(Self {
            at,
            status: words.status(word).ok_or(Refusal::Unmapped("TrangThai"))?,
            agency: feed
                .agency(dossier, &Scalar::default(), at)
                .ok_or(Refusal::Form("MaHoSo"))?,
            step: department.and_then(|text| words.step(text)).cloned(),
            step_due_at: moment::read(&record.step_due_at, "NgayKetThucTheoQuyDinh")?,
            ends_supplement: false,
            ends_financial: false,
        })
    }

    fn events(&self, dossier: &DossierId, feed: &Feed<'_>) -> Vec<Event> {
        let own = match self.status {
            Status::Registered => return Vec::new(),
            Status::Accepted => Body::DossierAccepted(DossierAccepted {
                dossier: dossier.clone(),
                due_at: None,
            }),
            Status::Refused => refused(dossier),
            Status::Processing => Body::DossierTaken(DossierTaken {
                dossier: dossier.clone(),
                agency: self.agency.clone(),
                step: self.step.clone(),
                step_due_at: self.step_due_at,
                paper: None,
            }),
            Status::Supplement => requested(dossier),
            Status::Financial => suspended(dossier),
            Status::Withdrawn => withdrawn(dossier),
            Status::Stopped => stopped(dossier),
            Status::Resolved => resolved(dossier, None),
            Status::Returned => returned(dossier, None),
        };
        let ended = [
            self.ends_supplement.then(|| supplemented(dossier)),
            self.ends_financial.then(|| resumed(dossier)),
        ];
        let bodies = [Some(own)].into_iter().chain(ended).flatten();
        bodies.map(|body| feed.event(self.at, body)).collect()
    }
}

/// What is known of a stop at some point of a dossier's history.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Nothing: it may have begun in another message.
    Unknown,
    Open,
    Over,
}

/// Decides which stops the records of status 4 end, from each dossier's records in order of time.
fn end_stops(read: &mut [(Option<DossierId>, Result<Step, Refusal>)]) {
    let mut histories: HashMap<DossierId, Vec<&mut Step>> = HashMap::new();
    for (dossier, step) in read {
        if let (Some(dossier), Ok(step)) = (dossier, step) {
            histories.entry(dossier.clone()).or_default().push(step);
        }
    }
    for history in histories.values_mut() {
        // Of one second, what begins a stop comes before what ends it, as with the events themselves.
        history.sort_by_key(|step| (step.at, step.status));
        let (mut supplement, mut financial) = (Stop::Unknown, Stop::Unknown);
        for step in history {
            match step.status {
                Status::Supplement => supplement = Stop::Open,
                Status::Financial => financial = Stop::Open,
                // Nothing stands when a dossier is received, unless it was seen to begin.
                Status::Accepted => {
                    for stop in [&mut supplement, &mut financial] {
                        if *stop == Stop::Unknown {
                            *stop = Stop::Over;
                        }
                    }
                }
                Status::Processing => {
                    step.ends_supplement = supplement != Stop::Over;
                    step.ends_financial = financial != Stop::Over;
                    (supplement, financial) = (Stop::Over, Stop::Over);
                }
                _ => {}
            }
        }
    }
}
