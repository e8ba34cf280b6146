//! What is read: decisions first, then figures against targets, then changes, then the other fields of work.
//!
//! [`opening`], [`targets`], [`changes`] and [`fields`] are its parts, in the order in which they are read.

mod changes;
mod fields;
mod opening;
mod targets;

use super::forms::{count, length};
use super::names::pick;
use super::reader::Reader;
use super::{heading, say};
use crate::briefing::model::{Briefing, Warning};
use crate::briefing::paper::{Block, Language};
pub(super) use targets::{figure_cell, text_cell, verdict_cell};

pub(super) fn blocks(briefing: &Briefing, language: Language, reader: Reader) -> Vec<Block> {
    let it = Body { briefing, language };
    let mut blocks = it.notes();
    if briefing.warnings.contains(&Warning::NoData) {
        blocks.push(it.nothing());
    } else {
        blocks.push(it.lead());
    }
    blocks.extend(it.decisions());
    blocks.push(heading(
        "figures",
        it.words("II. KẾT QUẢ SO VỚI MỤC TIÊU", "II. FIGURES AGAINST TARGETS"),
    ));
    blocks.push(Block::Table(it.table()));
    blocks.extend(it.changes());
    blocks.push(heading(
        "work",
        it.words("IV. CÁC MẶT CÔNG TÁC KHÁC", "IV. OTHER FIELDS OF WORK"),
    ));
    let lines = [
        it.overdue(),
        it.index(),
        it.network(),
        it.mobile(),
        it.satisfaction(),
        it.feedback(),
        reader.sees_tasks().then(|| it.tasks()).flatten(),
        Some(it.quality()),
    ];
    blocks.push(Block::List {
        ordered: false,
        items: lines.into_iter().flatten().map(|line| line.0).collect(),
    });
    blocks
}

struct Body<'a> {
    briefing: &'a Briefing,
    language: Language,
}

impl Body<'_> {
    pub(super) fn words(&self, vi: &str, en: &str) -> String {
        pick(self.language, vi, en).to_owned()
    }

    pub(super) fn count(&self, x: f64) -> String {
        count(self.language, x)
    }

    /// What the span before is called: `tuần trước`.
    pub(super) fn before(&self) -> String {
        let length = length(self.language, self.briefing.length);
        say!(self.language, "{length} trước", "the {length} before")
    }
}

/// A name within a sentence.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
