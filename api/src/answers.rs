//! Answers to questions about figures: from the live state where it holds all of the span, from the store where some has
//! left.
//!
//! Both give the same answer to the last digit ([`analytics::figures::store`]). The recent past is answered from
//! memory: at once, and also while a store elsewhere is away.

use analytics::figures::boards::HOLD_S;
use analytics::figures::store::Answer;
use analytics::figures::table::Table;
use analytics::figures::{self, Family, Question, QuestionError, store};
use analytics::live::State;
use arrow::array::RecordBatch;
use ingest::desk::DeskError;
use ingest::store::{Store, StoreError};

use crate::core::Core;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The question has none.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// The store cannot be asked.
    #[error(
        "the store of facts has no answer: {0}; spans of today and yesterday are answered without it"
    )]
    Store(#[from] StoreError),
    /// The log of the alert desk cannot be read.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The store's answer is none.
    #[error(transparent)]
    Unreadable(#[from] store::Unreadable),
}

/// Where answers come from; set to `store` by tests that compare the two.
pub(crate) fn is_forced_to_store() -> bool {
    std::env::var_os("VONGLAU_ANSWERS_FROM").is_some_and(|from| from == "store")
}

impl Core {
    /// Answers a question about figures. It may wait for the disk or the network: call it where that is allowed.
    pub fn answer(&self, question: &Question) -> Result<Table, AnswerError> {
        question.check()?;
        if question.family == Family::Alerts {
            return Ok(self.alert_figures(question)?);
        }
        {
            let state = self.state.read();
            if holds(&state, question) && !is_forced_to_store() {
                let (registry, rules) = (&self.registry, &self.rules);
                return Ok(figures::answer(&state, registry, rules, question)?);
            }
        }
        self.fresh_facts()?;
        let engine = self.engine();
        let mut answer = Answer::new(question, engine, &self.registry, &self.rules);
        for query in store::queries(question, engine) {
            for batch in self.ask_rows(&query)? {
                answer.add(&batch)?;
            }
        }
        Ok(answer.table(&self.state.read().lasting))
    }

    /// Asks the store a query over its rows.
    pub(crate) fn ask_rows(&self, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
        match &self.facts {
            Store::ClickHouse(store) => store.query_bytes(sql),
            Store::Embedded(store) => self.ask_here(store, sql),
        }
    }
}

/// True where nothing has left that bears on a question.
fn holds(state: &State, question: &Question) -> bool {
    let begin = match question.family {
        Family::Boards => question.from.plus_seconds(-HOLD_S),
        _ => question.from,
    };
    state.whole_since.is_none_or(|since| begin >= since)
}
