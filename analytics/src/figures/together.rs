//! Several questions about the dossiers and duties of one span, each dossier shown once for all of them.
//!
//! What a dossier is at the end of the span takes longest to say, and is the same for every grouping. The answers are those of
//! the questions asked one by one.

use ingest::event::EventTime;

use super::table::Table;
use super::{Family, Question, dossiers, duties};
use crate::live::dossier::Dossier;
use crate::registry::Registry;
use crate::rules::Rules;

enum Answer<'a> {
    Dossiers(dossiers::Answer<'a>),
    Duties(duties::Answer<'a>),
}

/// The answers in the making.
pub struct Together<'a> {
    to: EventTime,
    rules: &'a Rules,
    answers: Vec<(&'a Question, Answer<'a>)>,
    asks_duties: bool,
}

impl<'a> Together<'a> {
    /// Of questions that end at `to`, about dossiers and duties, none by time. Others are left out.
    pub fn new(
        to: EventTime,
        questions: &'a [Question],
        registry: &'a Registry,
        rules: &'a Rules,
    ) -> Self {
        let is_of_it = |question: &&Question| {
            question.to == to && question.by.is_none_or(|by| by.bucket_us().is_none())
        };
        let answers = questions.iter().filter(is_of_it).filter_map(|question| {
            let answer = match question.family {
                Family::Dossiers => {
                    Answer::Dossiers(dossiers::Answer::new(question, registry, rules))
                }
                Family::Duties => Answer::Duties(duties::Answer::new(question, registry, rules)),
                _ => return None,
            };
            Some((question, answer))
        });
        let answers: Vec<_> = answers.collect();
        Self {
            to,
            rules,
            asks_duties: answers
                .iter()
                .any(|(_, answer)| matches!(answer, Answer::Duties(_))),
            answers,
        }
    }

    /// Adds a dossier that may count in the span.
    pub fn add(&mut self, dossier: &Dossier) {
        let state = dossier.at(self.to, self.rules);
        let asked = if self.asks_duties {
            dossier.duties(&state, self.to, self.rules)
        } else {
            Vec::new()
        };
        for (_, answer) in &mut self.answers {
            match answer {
                Answer::Dossiers(answer) => answer.add_state(&state),
                Answer::Duties(answer) => answer.add_asked(&state, &asked),
            }
        }
    }

    /// The tables, each with its question.
    pub fn tables(self) -> impl Iterator<Item = (&'a Question, Table)> {
        self.answers.into_iter().map(|(question, answer)| {
            let table = match answer {
                Answer::Dossiers(answer) => answer.table(),
                Answer::Duties(answer) => answer.table(),
            };
            (question, table)
        })
    }
}
