//! Everything of a span that is judged case by case, from a store: petitions, ratings of dossiers, and dossiers.

use arrow::array::RecordBatch;
use compact_str::CompactString;
use ingest::event::EventTime;

use super::columns::Columns;
use super::petitions::Petitions;
use super::{
    Engine, Unreadable, dossiers_where, feedback_query, histories, history, spans_of_dossiers,
};
use crate::live::dossier::Dossier;
use crate::live::petition::Petition;

/// The query for the petitions that may count in `[from, to)`.
pub fn petitions_query(engine: Engine, from: EventTime, to: EventTime) -> String {
    feedback_query(engine, from, to)
}

/// The query for the ratings of dossiers given in `[from, to)`.
pub fn ratings_query(engine: Engine, from: EventTime, to: EventTime) -> String {
    format!(
        "select dossier, score from {} where dossier is not null and at >= {} and at < {}",
        engine.rows("ratings"),
        engine.instant(from),
        engine.instant(to),
    )
}

/// The queries for the dossiers that may count in `[from, to)`, piece by piece.
pub fn dossier_queries(engine: Engine, from: EventTime, to: EventTime) -> Vec<String> {
    let of = |(first, after)| {
        let chosen = dossiers_where(engine, from, first, after);
        format!("select dossier, history from {chosen}")
    };
    spans_of_dossiers(from, to).map(of).collect()
}

/// Reads petitions of all batches of an answer.
pub fn petitions(batches: &[RecordBatch]) -> Result<Vec<(CompactString, Petition)>, Unreadable> {
    let mut all = Vec::new();
    let mut reading = Petitions::default();
    for batch in batches {
        let columns = Columns::of(batch);
        reading.add(&columns, batch.num_rows(), &mut |code, petition| {
            all.push((code.into(), petition));
        })?;
    }
    reading.finish(&mut |code, petition| all.push((code.into(), petition)));
    Ok(all)
}

/// Reads ratings of dossiers.
pub fn ratings(batch: &RecordBatch, mut each: impl FnMut(&str, u8)) -> Result<(), Unreadable> {
    let columns = Columns::of(batch);
    let (dossier, score) = (columns.text("dossier")?, columns.whole("score")?);
    for row in 0..batch.num_rows() {
        each(dossier.value(row), score.value(row) as u8);
    }
    Ok(())
}

/// Reads dossiers with their codes.
pub fn dossiers(
    batch: &RecordBatch,
    mut each: impl FnMut(&str, &Dossier),
) -> Result<(), Unreadable> {
    let columns = Columns::of(batch);
    let (code, bytes) = (columns.text("dossier")?, histories(&columns)?);
    for (row, bytes) in bytes.iter().enumerate() {
        if let Some(bytes) = bytes {
            each(code.value(row), &history(bytes)?);
        }
    }
    Ok(())
}

impl Engine {
    /// The query for every rating of `[from, to)`.
    pub fn select_ratings(self, from: EventTime, to: EventTime) -> String {
        format!(
            "select site, counter, channel, ticket, {} as at_us from {} where at >= {} and at < {}",
            self.microseconds("at"),
            self.rows("ratings"),
            self.instant(from),
            self.instant(to),
        )
    }

    /// The query for the visits that ratings of `[from, to)` name, and when they began.
    pub fn select_rated_visits(self, from: EventTime, to: EventTime) -> String {
        let last = EventTime(to.0 - 1).day().max(from.day());
        format!(
            "select site, ticket, {} as at_us from {} where day >= {} and day <= {} and started_at is not null \
             and ticket in (select ticket from {} where ticket is not null and at >= {} and at < {})",
            self.microseconds("started_at"),
            self.rows("visits"),
            self.day(from.day()),
            self.day(last),
            self.rows("ratings"),
            self.instant(from),
            self.instant(to),
        )
    }
}

/// The query for dossiers by what the store knows of them; what it does not is the reader's to tell. Texts that are not plain
/// are left to the reader, too.
pub fn listing_query(
    engine: Engine,
    stages: &[&str],
    texts: &[(&str, Option<&String>)],
    code: &str,
    days: [Option<ingest::event::time::Day>; 2],
) -> String {
    let mut conditions = vec!["true".to_owned()];
    if !stages.is_empty() {
        let stages: Vec<String> = stages.iter().map(|stage| format!("'{stage}'")).collect();
        conditions.push(format!("stage in ({})", stages.join(", ")));
    }
    let is_plain = |text: &str| !text.is_empty() && !text.contains(['\'', '\\', '%', '_']);
    for (column, text) in texts {
        if let Some(text) = text.filter(|text| is_plain(text)) {
            conditions.push(format!("{column} = '{text}'"));
        }
    }
    if is_plain(code) {
        conditions.push(format!("upper(dossier) like '%{code}%'"));
    }
    if let Some(from) = days[0] {
        conditions.push(format!("day >= {}", engine.day(from)));
    }
    if let Some(to) = days[1] {
        conditions.push(format!("day <= {}", engine.day(to)));
    }
    format!(
        "select dossier, history from {} where {}",
        engine.rows("dossiers"),
        conditions.join(" and ")
    )
}
