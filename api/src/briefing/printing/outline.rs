//! A paper's headings and where its links lead, the same in every form.
//!
//! Levels never skip (PDF/UA-1 asks for it): a paper that goes from 1 to 3 is shown as going from 1 to 2. A link that leads
//! nowhere, or to anything but the web and mail, is no link.

use std::collections::HashMap;

use analytics::briefing::paper::{Block, Paper};

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal<'a> {
    /// To a heading, counted from 0.
    Heading(usize),
    /// To a sheet, counted from 0.
    Sheet(usize),
    /// Out of the paper.
    Outside(&'a str),
}

/// Headings and sheets by name.
#[derive(Debug)]
pub(super) struct Outline<'a> {
    headings: HashMap<&'a str, usize>,
    sheets: HashMap<&'a str, usize>,
    /// Of each heading in order: its level, and what an address calls it.
    pub(super) entries: Vec<(u8, String)>,
}

impl<'a> Outline<'a> {
    /// The outline of a paper.
    pub(super) fn of(paper: &'a Paper) -> Self {
        let mut headings = HashMap::new();
        let mut entries: Vec<(u8, String)> = Vec::new();
        for block in &paper.blocks {
            let Block::Heading { level, anchor, .. } = block else {
                continue;
            };
            let deepest = entries.last().map_or(1, |(last, _)| last + 1);
            let level = (*level).clamp(1, 3).min(deepest);
            let is_first = !headings.contains_key(anchor.as_str());
            let id = if is_first && is_address(anchor) {
                anchor.clone()
            } else {
                format!("h.{}", entries.len())
            };
            headings.entry(anchor.as_str()).or_insert(entries.len());
            entries.push((level, id));
        }
        let named = paper.sheets.iter().enumerate();
        let sheets = named.map(|(n, sheet)| (sheet.name.as_str(), n)).collect();
        Self {
            headings,
            sheets,
            entries,
        }
    }

    /// Where a link leads, if anywhere.
    pub(super) fn goal<'b>(&self, link: &'b str) -> Option<Goal<'b>> {
        if let Some(anchor) = link.strip_prefix('#') {
            return self.headings.get(anchor).copied().map(Goal::Heading);
        }
        if let Some(name) = link.strip_prefix("sheet:") {
            return self.sheet(name);
        }
        let is_known = ["https://", "http://", "mailto:"].iter().any(|scheme| {
            link.get(..scheme.len()).is_some_and(|begin| {
                begin.eq_ignore_ascii_case(scheme) && link.len() > scheme.len()
            })
        });
        let is_plain = !link
            .chars()
            .any(|sign| sign.is_whitespace() || sign.is_control());
        (is_known && is_plain).then_some(Goal::Outside(link))
    }

    /// A sheet by its name.
    pub(super) fn sheet(&self, name: &str) -> Option<Goal<'static>> {
        self.sheets.get(name).copied().map(Goal::Sheet)
    }
}

/// Whether an anchor can stand in an address as it is. The ids that the forms make contain a dot, and so never meet one.
fn is_address(anchor: &str) -> bool {
    anchor.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && anchor.len() <= 80
        && anchor
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_')
}
