//! Everything of a span that is judged case by case: ratings of dossiers, petitions, and dossiers.
//!
//! As with figures ([`crate::answers`]), it comes from the live state where that holds all of the span, and from the store otherwise,
//! and is the same.

use analytics::figures::store::survey;
use analytics::live::dossier::Dossier;
use analytics::live::petition::Petition;
use compact_str::CompactString;
use ingest::event::EventTime;

use crate::answers::{AnswerError, is_forced_to_store};
use crate::core::Core;

/// Who is shown the cases of a span, in this order.
pub trait Surveyor {
    /// A rating of a dossier, given in the span.
    fn rating(&mut self, dossier: &str, score: u8);
    /// The petitions that something happened to since the span began, or that are not answered.
    fn petitions(&mut self, petitions: &[(CompactString, Petition)]);
    /// A dossier that may count in the span.
    fn dossier(&mut self, code: &str, dossier: &Dossier);
}

impl Core {
    /// Shows the cases of `[from, to)`. It may wait for the disk or the network: call it where that is allowed.
    pub fn survey(
        &self,
        from: EventTime,
        to: EventTime,
        surveyor: &mut dyn Surveyor,
    ) -> Result<(), AnswerError> {
        {
            let state = self.state.read();
            let holds = state.whole_since.is_none_or(|since| from >= since);
            if holds && !is_forced_to_store() {
                for (_, _, day) in state.days_between(from, to) {
                    let ratings = day.ratings.before(to).iter();
                    for mark in ratings.filter(|mark| mark.time >= from) {
                        if let Some(dossier) = &mark.what.dossier {
                            surveyor.rating(dossier, mark.what.score);
                        }
                    }
                }
                let counts = |petition: &Petition| {
                    let last = petition.marks.before(to).last();
                    last.is_some_and(|last| last.time >= from) || petition.is_open_before(to)
                };
                let petitions = state.petitions.iter();
                let petitions = petitions.filter(|(_, petition)| counts(petition));
                let mut petitions: Vec<_> = petitions
                    .map(|(code, p)| (code.clone(), p.clone()))
                    .collect();
                petitions.sort_by(|a, b| a.0.cmp(&b.0));
                surveyor.petitions(&petitions);
                for (code, dossier) in &state.dossiers {
                    surveyor.dossier(code, dossier);
                }
                return Ok(());
            }
        }
        self.fresh_facts()?;
        let engine = self.engine();
        for batch in self.ask_rows(&survey::ratings_query(engine, from, to))? {
            survey::ratings(&batch, |dossier, score| surveyor.rating(dossier, score))?;
        }
        let petitions = self.ask_rows(&survey::petitions_query(engine, from, to))?;
        surveyor.petitions(&survey::petitions(&petitions)?);
        for query in survey::dossier_queries(engine, from, to) {
            for batch in self.ask_rows(&query)? {
                survey::dossiers(&batch, |code, dossier| surveyor.dossier(code, dossier))?;
            }
        }
        Ok(())
    }
}
