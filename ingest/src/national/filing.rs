//! What a record of `DongBoHoSoMC` says of the filing and of the papers handed in.

use super::Feed;
use super::mapping::Said;
use super::message::{DossierRecord, Paper};
use super::refusal::{Note, Refusal};
use super::scalar::Scalar;
use crate::event::types::{DossierChannel, DossierDigitised, DossierSubmitted};
use crate::event::value::{Count, is_id};
use crate::event::{DossierId, EventTime, Text};

/// What the filing says, by the words of its day.
pub(super) fn filing(
    record: &DossierRecord,
    dossier: &DossierId,
    feed: &Feed<'_>,
    at: EventTime,
    notes: &mut Vec<Note>,
) -> Result<DossierSubmitted, Refusal> {
    let words = feed.words(at);
    let procedure = record.procedure.text();
    let procedure = procedure.ok_or(Refusal::Missing("MaTTHC"))?;
    let field = match (record.field_code.text(), record.field_name.text()) {
        (Some(code), _) => match words.field(code) {
            Some(name) => name.clone(),
            None => code_text(code).ok_or(Refusal::Form("MaLinhVuc"))?,
        },
        (None, Some(name)) => Text::new(name).ok_or(Refusal::Form("TenLinhVuc"))?,
        (None, None) => return Err(Refusal::Missing("MaLinhVuc")),
    };
    let fees = record.fees.0.as_ref();
    Ok(DossierSubmitted {
        dossier: dossier.clone(),
        procedure: code_text(procedure).ok_or(Refusal::Form("MaTTHC"))?,
        field,
        site: feed.site(dossier, at).ok_or(Refusal::Form("MaHoSo"))?,
        agency: feed
            .agency(dossier, &record.handling_unit, at)
            .ok_or(Refusal::Form("MaHoSo"))?,
        channel: channel(record, feed, at, notes),
        home_unit: None,
        applicant: None,
        performer: None,
        verified_account: record.verified.flag(),
        has_fee: fees.map(|fees| !fees.is_empty()),
    })
}

/// A code: it has no blanks, so that a sentence typed into its field is not carried.
fn code_text(code: &str) -> Option<Text> {
    is_id(code).then(|| Text::new(code)).flatten()
}

/// How it was filed: by its channel, or where that is absent by the system that it was filed on.
fn channel(
    record: &DossierRecord,
    feed: &Feed<'_>,
    at: EventTime,
    notes: &mut Vec<Note>,
) -> Option<DossierChannel> {
    let words = feed.words(at);
    if let Some(word) = record.channel.text() {
        let channel = words.channel(word);
        if channel.is_none() {
            notes.push(Note::LeftOut("KenhThucHien"));
        }
        return channel;
    }
    match words.filed_on(record.filed_on.text()?) {
        Some(Said::That(channel)) => Some(*channel),
        Some(Said::Nothing) => None,
        None => {
            notes.push(Note::LeftOut("NoiNopHoSo"));
            None
        }
    }
}

/// What was digitised. One client says that nothing was while its papers are marked: the papers count.
pub(super) fn digitised(record: &DossierRecord, dossier: &DossierId) -> Option<DossierDigitised> {
    let is_set = |scalar: &Scalar| scalar.text().is_some_and(|word| word != "0");
    let is_there = |paper: &&Paper| !is_set(&paper.deleted);
    let count = |is: fn(&Paper) -> bool| {
        let papers = record.papers.elements().iter().filter(is_there);
        Count(u32::try_from(papers.filter(|paper| is(paper)).count()).unwrap_or(u32::MAX))
    };
    let reused = |paper: &Paper| matches!(paper.reused.text(), Some("1" | "2"));
    let from_store = |paper: &Paper| paper.from_store.flag() == Some(true);
    let parts = count(|paper| {
        // What is used again or taken from the store is there in electronic form.
        paper.digitised.flag() == Some(true)
            || matches!(paper.reused.text(), Some("1" | "2"))
            || paper.from_store.flag() == Some(true)
    });
    let said = record.digitised.flag() == Some(true);
    if !said && parts.0 == 0 {
        return None;
    }
    let known = record.papers.0.is_some();
    Some(DossierDigitised {
        dossier: dossier.clone(),
        parts: known.then_some(parts),
        reused: known.then(|| count(reused)),
        from_store: known.then(|| count(from_store)),
    })
}
