//! The few words that the forms add of their own, in both languages, and how a cell's mark is said.

use serde::Serialize;

use super::text::clean;
use analytics::briefing::paper::{Cell, Language, Mark};

/// The forms' own words in one language.
#[derive(Debug, Serialize)]
pub(super) struct Wording {
    /// BCP 47, for the file's own note of its language.
    pub(super) tag: &'static str,
    pub(super) table: &'static str,
    pub(super) figure: &'static str,
    pub(super) no_data: &'static str,
    pub(super) before: &'static str,
    pub(super) between: &'static str,
    pub(super) unit: &'static str,
    pub(super) source: &'static str,
    pub(super) annex: &'static str,
    pub(super) definitions: &'static str,
    pub(super) query: &'static str,
    pub(super) rows: &'static str,
    pub(super) contents: &'static str,
    pub(super) no_sheets: &'static str,
    pub(super) sheet: &'static str,
    pub(super) holds: &'static str,
    pub(super) item: &'static str,
    pub(super) value: &'static str,
    pub(super) bar: &'static str,
    pub(super) signature: &'static str,
    better: &'static str,
    worse: &'static str,
    met: &'static str,
    missed: &'static str,
    approximate: &'static str,
}

const VI: Wording = Wording {
    tag: "vi-VN",
    table: "Bảng",
    figure: "Hình",
    no_data: "không có số liệu",
    before: "Kỳ trước",
    between: "Khoảng có thể",
    unit: "Đơn vị",
    source: "Nguồn",
    annex: "Phụ lục: nguồn của các số liệu",
    definitions: "Định nghĩa",
    query: "Truy vấn",
    rows: "Số dòng",
    contents: "Danh mục",
    no_sheets: "Báo cáo này không có bảng số liệu.",
    sheet: "Trang tính",
    holds: "Nội dung",
    item: "Mục",
    value: "Giá trị",
    bar: "Biểu đồ",
    signature: "(Ký, ghi rõ họ tên)",
    better: "tốt hơn",
    worse: "kém hơn",
    met: "đạt",
    missed: "chưa đạt",
    approximate: "ước tính",
};

const EN: Wording = Wording {
    tag: "en",
    table: "Table",
    figure: "Figure",
    no_data: "no data",
    before: "Period before",
    between: "Range it may lie in",
    unit: "Unit",
    source: "Source",
    annex: "Annex: where the figures come from",
    definitions: "Definitions",
    query: "Query",
    rows: "Rows",
    contents: "Contents",
    no_sheets: "This report has no tables of data.",
    sheet: "Sheet",
    holds: "What it holds",
    item: "Item",
    value: "Value",
    bar: "Chart",
    signature: "(Signature and full name)",
    better: "better",
    worse: "worse",
    met: "met",
    missed: "not met",
    approximate: "estimate",
};

impl Wording {
    /// The words of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Vi => &VI,
            Language::En => &EN,
        }
    }
}

/// A cell as it is shown: its words, then a sign with a word of its own, told apart without any colour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Shown {
    /// The cell's words, or that there are no data.
    pub(super) text: String,
    /// A sign and the word for it.
    pub(super) mark: Option<(&'static str, &'static str)>,
    /// Nothing was measured: set in italics.
    pub(super) silent: bool,
}

impl Shown {
    /// How a cell is shown.
    pub(super) fn of(cell: &Cell, words: &'static Wording) -> Self {
        let text = clean(&cell.text);
        let mark = match cell.mark {
            None => None,
            Some(Mark::NoData) => {
                let is_bare = text.chars().all(|sign| "—–- ".contains(sign));
                let text = if is_bare {
                    words.no_data.to_owned()
                } else {
                    text
                };
                return Self {
                    text,
                    mark: None,
                    silent: true,
                };
            }
            Some(Mark::Better) => Some(("▲", words.better)),
            Some(Mark::Worse) => Some(("▼", words.worse)),
            Some(Mark::Met) => Some(("✓", words.met)),
            Some(Mark::Missed) => Some(("✗", words.missed)),
            Some(Mark::Approximate) => Some(("≈", words.approximate)),
        };
        // A cell that says no more than its mark is said once.
        let is_said = mark.is_some_and(|(_, word)| text.to_lowercase() == word);
        Self {
            text: if is_said { String::new() } else { text },
            mark,
            silent: false,
        }
    }

    /// In one line, which may break before the mark but not in it.
    pub(super) fn line(&self) -> String {
        match self.mark {
            None => self.text.clone(),
            Some((sign, word)) if self.text.is_empty() => format!("{sign}\u{a0}{word}"),
            Some((sign, word)) => format!("{} {sign}\u{a0}{word}", self.text),
        }
    }
}
