//! What a build set aside or doubted, row by row, and what that does to the pack.

use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// Most findings kept one by one for each file and kind; the counts go on.
pub const MAX_FINDINGS_OF_A_KIND: u64 = 1_000;

/// One row of a file that was set aside, or used with a doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file's name.
    pub file: String,
    /// Where in it: "line 5", "feature 3", "byte 1024"; features count from 1.
    pub at: String,
    /// What the row is about: a code, an id; empty where it has none.
    pub name: String,
    /// What is wrong and what was done.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            at,
            name,
            what,
        } = self;
        let name = if name.is_empty() {
            String::new()
        } else {
            format!(" ({name})")
        };
        write!(f, "{file}: {at}{name}: {what}")
    }
}

/// What a build found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The findings in the order of reading, of each file and kind at most
    /// [`MAX_FINDINGS_OF_A_KIND`].
    pub findings: Vec<Finding>,
    /// Number of findings by file and kind.
    pub counts: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// What all of it does to the pack, a sentence each.
    pub effects: Vec<String>,
}

impl Report {
    /// Notes a row. The kind is a few words that rows of the same mistake share.
    pub(super) fn add(
        &mut self,
        file: &str,
        kind: &'static str,
        at: impl Into<String>,
        name: impl Into<String>,
        what: impl Into<String>,
    ) {
        let kinds = self.counts.entry(file.to_owned()).or_default();
        let count = kinds.entry(kind).or_default();
        *count += 1;
        if *count <= MAX_FINDINGS_OF_A_KIND {
            self.findings.push(Finding {
                file: file.to_owned(),
                at: at.into(),
                name: name.into(),
                what: what.into(),
            });
        }
    }

    /// Says what follows for the pack.
    pub(super) fn effect(&mut self, sentence: impl Into<String>) {
        self.effects.push(sentence.into());
    }

    /// Number of findings of a file, told or not.
    pub fn count(&self, file: &str) -> u64 {
        self.counts
            .get(file)
            .map_or(0, |kinds| kinds.values().sum())
    }
}
