//! Figures against their targets, as a table.

use super::super::forms::{NOTHING, length, target, value};
use super::super::names::{SheetName, figure, pick};
use super::super::{say, sentence};
use super::Body;
use crate::briefing::model::{Headline, Trend, Unit, Value, Verdict};
use crate::briefing::paper::{Align, Cell, Column, Language, Mark, Table};

impl Body<'_> {
    pub(super) fn table(&self) -> Table {
        let language = self.language;
        let length = length(language, self.briefing.length);
        let column = |title: String, align: Align| Column { title, align };
        let (now, before) = (
            say!(language, "{length} này", "this {length}"),
            say!(language, "{length} trước", "the {length} before"),
        );
        Table {
            caption: self.words(
                "Các chỉ tiêu chính so với kỳ trước, cùng kỳ năm trước và mục tiêu",
                "Headline figures beside the span before, the year before and the target",
            ),
            columns: vec![
                column(self.words("Chỉ tiêu", "Figure"), Align::Left),
                column(sentence(&now), Align::Right),
                column(sentence(&before), Align::Right),
                column(
                    self.words("Cùng kỳ năm trước", "A year before"),
                    Align::Right,
                ),
                column(self.words("Mục tiêu", "Target"), Align::Right),
                column(self.words("Đánh giá", "Verdict"), Align::Left),
            ],
            rows: self
                .briefing
                .headlines
                .iter()
                .map(|h| self.row(h))
                .collect(),
            sheet: Some(SheetName::Headlines.text(language).to_owned()),
        }
    }

    pub(super) fn row(&self, h: &Headline) -> Vec<Cell> {
        let language = self.language;
        let mark = match h.trend {
            Trend::Better => Some(Mark::Better),
            Trend::Worse => Some(Mark::Worse),
            _ => None,
        };
        let goal = h.target.as_ref().map(|goal| {
            let sign = if goal.at_least { "≥" } else { "≤" };
            let value = target(language, h.unit, goal.value);
            // All or none leaves no room on the other side.
            if goal.value == 0.0 || (h.unit == Unit::Share && goal.value >= 1.0) {
                value
            } else {
                format!("{sign} {value}")
            }
        });
        vec![
            text_cell(figure(language, h.code)),
            figure_cell(language, h.unit, h.now, mark),
            figure_cell(language, h.unit, h.previous, None),
            figure_cell(language, h.unit, h.last_year, None),
            Cell {
                number: h.target.as_ref().map(|target| target.value),
                text: goal.unwrap_or_else(|| NOTHING.to_owned()),
                mark: None,
            },
            verdict_cell(language, h.verdict),
        ]
    }
}

pub(in crate::briefing::words) fn text_cell(text: &str) -> Cell {
    Cell {
        text: text.to_owned(),
        number: None,
        mark: None,
    }
}

/// A figure's cell; what was not measured says so.
pub(in crate::briefing::words) fn figure_cell(
    language: Language,
    unit: Unit,
    figure: Value,
    mark: Option<Mark>,
) -> Cell {
    match figure.value {
        Some(x) => Cell {
            text: value(language, unit, x),
            number: Some(x),
            mark,
        },
        None => Cell {
            text: NOTHING.to_owned(),
            number: None,
            mark: Some(Mark::NoData),
        },
    }
}

pub(in crate::briefing::words) fn verdict_cell(language: Language, verdict: Verdict) -> Cell {
    let (vi, en, mark) = match verdict {
        Verdict::Met => ("Đạt", "Met", Some(Mark::Met)),
        Verdict::Missed => ("Chưa đạt", "Missed", Some(Mark::Missed)),
        Verdict::Uncertain => ("Chưa đủ mẫu", "Too few to say", Some(Mark::Approximate)),
        Verdict::NoTarget => (NOTHING, NOTHING, None),
        Verdict::NoData => ("Chưa có số liệu", "Not known", Some(Mark::NoData)),
    };
    Cell {
        text: pick(language, vi, en).to_owned(),
        number: None,
        mark,
    }
}
