//! The forms of a paper: PDF to be filed, DOCX to be edited and signed, XLSX to be reckoned with, HTML to be read on a phone.
//!
//! In flows a [`Paper`], out flow bytes. The layout is that of Decree 30/2020/NĐ-CP, Appendix I, in each form that is printed.
//!
//! Invariants: the same paper, form and `made_at` give the same bytes, in any process; no text of a paper is ever read as
//! markup, as a formula or as a script; a link leads into the paper, to `http(s)` or `mailto`, or it is plain text; what is
//! marked is marked by a sign and a word. What all forms share stands in [`outline`] (headings and links), [`plot`] (what a chart
//! looks like), [`wording`] (the forms' own words) and [`text`] (cleaning, escaping, column widths).

use thiserror::Error;

use crate::typesetting::TypesetError;
use analytics::briefing::paper::{Block, Paper, Table};

mod docx;
mod html;
mod outline;
mod pdf;
mod plot;
mod text;
mod wording;
mod xlsx;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

/// What a paper is made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// To be read, printed and filed: tagged, PDF/UA-1.
    Pdf,
    /// To be edited and signed in a word processor.
    Docx,
    /// The tables behind the figures, with the query of each.
    Xlsx,
    /// One page without scripts, for a phone as for a printer.
    Html,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Docx, Self::Xlsx, Self::Html];

    /// The form that files with this extension have, `pdf` as well as `PDF`; none for any other.
    pub fn from_extension(extension: &str) -> Option<Self> {
        let same = |form: &Self| form.extension().eq_ignore_ascii_case(extension);
        Self::ALL.into_iter().find(same)
    }

    /// What a file's name ends with, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Html => "html",
        }
    }

    /// The media type to be sent with it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

/// Why a paper could not be made into a form.
#[derive(Debug, Error)]
pub enum FormError {
    /// A row is not as long as the table's columns: whoever wrote the paper has to mend it.
    #[error(
        "row {row} of `{table}` has {cells} cells for {columns} columns: give each column one cell"
    )]
    Ragged {
        /// The table's caption or the sheet's name.
        table: String,
        /// Which row, from 1.
        row: usize,
        /// How many cells it has.
        cells: usize,
        /// How many it should have.
        columns: usize,
    },
    /// A sheet's name that a spreadsheet refuses, or that two sheets have.
    #[error(
        "the sheet name `{0}` cannot be used: give each sheet a name of its own, of 1 to 31 letters, digits, spaces and `-`"
    )]
    SheetName(String),
    /// A time that no calendar of the forms holds.
    #[error(
        "{0} seconds is no time that a paper can be made at: give Unix seconds of the years 1980 to 9999"
    )]
    Time(i64),
    /// The typesetter refused the paper.
    #[error(
        "the PDF could not be typeset, which is a fault of the template: report it with the paper. {0}"
    )]
    Typeset(String),
    /// The spreadsheet could not be written.
    #[error("the XLSX could not be written: ask for fewer rows, or report it with the paper. {0}")]
    Spreadsheet(#[from] rust_xlsxwriter::XlsxError),
    /// The document could not be packed.
    #[error("the DOCX could not be packed: report it with the paper. {0}")]
    Pack(#[from] zip::result::ZipError),
    /// The document could not be packed.
    #[error("the DOCX could not be packed: report it with the paper. {0}")]
    Write(#[from] std::io::Error),
}

impl From<TypesetError> for FormError {
    fn from(error: TypesetError) -> Self {
        match error {
            TypesetError::Refused(why) => Self::Typeset(why),
            TypesetError::Time(made_at) => Self::Time(made_at),
        }
    }
}

/// Makes a paper into a form. `made_at` (Unix seconds) is what the file says about when it was made; it is the only time in it.
///
/// # Errors
/// When the paper breaks its own invariants (rows, sheet names), the time cannot be written, or a writer fails.
pub fn render(paper: &Paper, form: Form, made_at: i64) -> Result<Vec<u8>, FormError> {
    check(paper)?;
    match form {
        Form::Pdf => pdf::render(paper, made_at),
        Form::Docx => docx::render(paper, made_at),
        Form::Xlsx => xlsx::render(paper, made_at),
        Form::Html => Ok(html::render(paper, made_at)?.into_bytes()),
    }
}

/// The content security policy with which a server gives the HTML.
pub fn policy() -> String {
    html::policy()
}

/// What every form relies on.
fn check(paper: &Paper) -> Result<(), FormError> {
    let tables = paper.blocks.iter().filter_map(|block| match block {
        Block::Table(Table {
            caption,
            columns,
            rows,
            ..
        }) => Some((caption, columns, rows)),
        _ => None,
    });
    let sheets = paper
        .sheets
        .iter()
        .map(|sheet| (&sheet.name, &sheet.columns, &sheet.rows));
    for (table, columns, rows) in tables.chain(sheets) {
        if let Some(row) = rows.iter().position(|row| row.len() != columns.len()) {
            return Err(FormError::Ragged {
                table: table.clone(),
                row: row + 1,
                cells: rows[row].len(),
                columns: columns.len(),
            });
        }
    }
    let mut names: Vec<String> = Vec::new();
    for sheet in &paper.sheets {
        let name = sheet.name.to_lowercase();
        let is_sign = |sign: char| !(sign.is_alphanumeric() || sign == ' ' || sign == '-');
        if name.trim().is_empty()
            || sheet.name.chars().count() > 31
            || sheet.name.contains(is_sign)
            || names.contains(&name)
        {
            return Err(FormError::SheetName(sheet.name.clone()));
        }
        names.push(name);
    }
    Ok(())
}
