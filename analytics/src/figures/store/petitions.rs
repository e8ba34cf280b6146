//! Petitions put together from the rows of their steps, which come in order.

use ingest::event::EventTime;
use ingest::event::types::About;

use super::Unreadable;
use super::columns::Columns;
use crate::live::petition::{Petition, PetitionEvent, Step};
use crate::mark::Marks;
use crate::names::Name;

/// Petitions being read: the steps of one may reach from one batch into the next.
#[derive(Default)]
pub(super) struct Petitions {
    code: String,
    steps: Vec<(EventTime, PetitionEvent)>,
}

impl Petitions {
    /// Reads some rows; `each` is handed every petition that is whole.
    pub(super) fn add(
        &mut self,
        columns: &Columns<'_>,
        rows: usize,
        each: &mut dyn FnMut(&str, Petition),
    ) -> Result<(), Unreadable> {
        let text = |name| columns.text(name);
        let (code, step, about) = (text("feedback")?, text("step")?, text("about")?);
        let (site, agency, field) = (text("site")?, text("agency")?, text("field")?);
        let (dossier, repeat_of) = (text("dossier")?, text("repeat_of")?);
        let (at, satisfied) = (columns.whole("at_us")?, columns.whole("satisfied")?);
        let due = columns.maybe_whole("due_us")?;
        for row in 0..rows {
            if code.value(row) != self.code {
                self.hand_on(each);
                code.value(row).clone_into(&mut self.code);
            }
            let step = Step::from_word(step.value(row));
            let step = step.ok_or_else(|| Unreadable("a petition's step is unknown".to_owned()))?;
            let name = |text: Option<&str>| text.map(Name::from);
            self.steps.push((
                EventTime(at.value(row)),
                PetitionEvent {
                    step,
                    site: name(site.get(row)),
                    agency: name(agency.get(row)),
                    field: name(field.get(row)),
                    about: about.get(row).and_then(About::from_word),
                    due: due.get(row).map(EventTime),
                    satisfied: match satisfied.value(row) {
                        0 => Some(false),
                        1 => Some(true),
                        _ => None,
                    },
                    dossier: dossier.get(row).map(Into::into),
                    repeat_of: repeat_of.get(row).map(Into::into),
                },
            ));
        }
        Ok(())
    }

    /// Hands on the last one.
    pub(super) fn finish(mut self, each: &mut dyn FnMut(&str, Petition)) {
        self.hand_on(each);
    }

    fn hand_on(&mut self, each: &mut dyn FnMut(&str, Petition)) {
        if self.steps.is_empty() {
            return;
        }
        let marks = Marks::told(self.steps.drain(..));
        each(&self.code, Petition { marks });
    }
}
