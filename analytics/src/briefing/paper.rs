//! A paper: what is printed, sent and archived, free of any form. What a reader sees stands in [`Paper::blocks`],
//! what a doubter opens in [`Paper::sheets`]. The forms (PDF, DOCX, HTML, XLSX) are made of it elsewhere.
//!
//! Invariants: every text is in one language and already formatted (numbers, dates, units); a figure without a sample is a
//! cell with [`Mark::NoData`], never a zero; the same paper gives the same bytes in every form.

use serde::{Deserialize, Serialize};

/// What language a paper is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

/// One paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// Its language.
    pub language: Language,
    /// What stands over the title, as Decree 30/2020 lays it out.
    pub letterhead: Letterhead,
    /// The kind of paper (tên loại): `BÁO CÁO`.
    pub title: String,
    /// What it is about (trích yếu nội dung).
    pub subject: String,
    /// Said at once and on each page when the data are simulated.
    pub simulated: Option<String>,
    /// What is read, in order.
    pub blocks: Vec<Block>,
    /// Who signs, and who receives it.
    pub closing: Closing,
    /// The tables behind the figures, with where each comes from.
    pub sheets: Vec<Sheet>,
    /// Small print: up to when the data are complete, sources and credits.
    pub fine_print: Vec<String>,
}

/// What stands over the title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letterhead {
    /// The agency above (cơ quan chủ quản), in capitals.
    pub parent: String,
    /// The agency that issues it, in capitals.
    pub agency: String,
    /// The national title (Quốc hiệu).
    pub nation: String,
    /// The motto (Tiêu ngữ).
    pub motto: String,
    /// Number and sign, such as `Số:        /BC-TTPVHCC`: the number is left for the clerk.
    pub number: String,
    /// Place and date.
    pub place_and_date: String,
}

/// Who signs, and who receives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// `Nơi nhận:` and its lines.
    pub recipients: Vec<String>,
    /// The signer's authority and office, in capitals, one line each.
    pub signer: Vec<String>,
}

/// A piece of what is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A heading of level 1 to 3. `anchor` is unique in the paper.
    Heading {
        /// 1 to 3.
        level: u8,
        /// What others link to.
        anchor: String,
        /// Its words, numbered already.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        spans: Vec<Span>,
    },
    /// A list of sentences.
    List {
        /// Counted (1., 2.) or with dashes.
        ordered: bool,
        /// One item each.
        items: Vec<Vec<Span>>,
    },
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
    /// Set apart: a warning about the data.
    Note {
        /// Its words.
        spans: Vec<Span>,
    },
}

/// Words in one style.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The words.
    pub text: String,
    /// In bold.
    pub strong: bool,
    /// Where it leads: `#anchor` in the paper, `sheet:NAME` to a sheet, or a full address.
    pub link: Option<String>,
}

/// Left (words) or right (numbers).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A column's heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its words, with the unit where it has one.
    pub title: String,
    /// How its cells stand.
    pub align: Align,
}

/// A table of what is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows (and the text that is read aloud for it).
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// Where its figures come from: the name of a sheet.
    pub sheet: Option<String>,
}

/// What a cell says beside its text. Shown by a sign and a word or by shape, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Better than what it is compared with.
    Better,
    /// Worse than what it is compared with.
    Worse,
    /// A target that is met.
    Met,
    /// A target that is missed.
    Missed,
    /// Nothing was measured.
    NoData,
    /// Approximate.
    Approximate,
}

/// A cell: its text as it is read, and its number where it is one (for XLSX and for sorting).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// As it is read.
    pub text: String,
    /// As it is reckoned with.
    pub number: Option<f64>,
    /// What is said beside it.
    pub mark: Option<Mark>,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Drawn {
    /// Lying bars, one a label.
    Bars,
    /// A line over labels in order.
    Line,
}

/// A chart with direct labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What it shows, in words: for who cannot see it.
    pub alternative: String,
    /// How it is drawn.
    pub drawn: Drawn,
    /// What it counts in.
    pub unit: String,
    /// Its points, in order.
    pub points: Vec<ChartPoint>,
    /// A line with its name, such as the target.
    pub target: Option<ChartTarget>,
    /// Where its figures come from: the name of a sheet.
    pub sheet: Option<String>,
}

/// A point of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// Its name.
    pub label: String,
    /// Its value; none where nothing was measured.
    pub value: Option<f64>,
    /// The value as it is read.
    pub text: String,
    /// From where to where it may lie, when that matters.
    pub between: Option<(f64, f64)>,
    /// The value before, to compare with.
    pub before: Option<f64>,
}

/// A line across a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartTarget {
    /// Its name.
    pub label: String,
    /// Where it lies.
    pub value: f64,
}

/// A table behind figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name: unique, at most 31 characters, of letters, digits, spaces and `-`.
    pub name: String,
    /// What it holds.
    pub title: String,
    /// How its figures are defined, one sentence each.
    pub definitions: Vec<String>,
    /// The question that gives the same figures: a command or an SQL query.
    pub query: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}
