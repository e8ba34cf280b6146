//! The DOCX: a document that an officer edits and signs, in the layout of Decree 30/2020 and with styles that a word processor
//! knows (Title, Heading 1 to 3, List, Caption).
//!
//! Written by hand as WordprocessingML (ECMA-376, transitional), in seven parts of which only `document.xml`, its links and
//! `docProps` change from paper to paper. Charts are tables with their points: an officer can correct a number in them.
//! Every part has the same time in the archive, so that the same paper gives the same bytes.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::FormError;
use super::text::{escape, stamp};
use super::wording::Wording;
use analytics::briefing::paper::{Language, Paper};

mod body;
mod parts;
mod tables;

/// A paper as DOCX.
pub(super) fn render(paper: &Paper, made_at: i64) -> Result<Vec<u8>, FormError> {
    let stamp = stamp(made_at).ok_or(FormError::Time(made_at))?;
    let words = Wording::of(paper.language);
    let body = body::of(paper, words);
    let core = parts::core(
        &escape(&format!("{} – {}", paper.title, paper.subject)),
        &escape(&paper.letterhead.agency),
        words.tag,
        &stamp,
    );
    let simulated = paper.simulated.as_deref().map(escape).unwrap_or_default();
    let language = if paper.language == Language::Vi {
        "vi-VN"
    } else {
        "en-GB"
    };
    let files = [
        ("[Content_Types].xml", parts::CONTENT_TYPES.to_owned()),
        ("_rels/.rels", parts::RELATIONS.to_owned()),
        ("docProps/core.xml", core),
        ("docProps/app.xml", parts::APP.to_owned()),
        ("word/document.xml", body.document),
        (
            "word/_rels/document.xml.rels",
            parts::document_relations(&body.links),
        ),
        ("word/styles.xml", parts::styles(language)),
        ("word/numbering.xml", parts::numbering(body.numbered)),
        ("word/settings.xml", parts::settings(language)),
        ("word/header.xml", parts::header()),
        ("word/first_header.xml", parts::first_header()),
        ("word/footer.xml", parts::footer(&simulated)),
    ];
    let mut pack = ZipWriter::new(Cursor::new(Vec::new()));
    // The time of the archive's own notes is that of the first day that they can hold.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, text) in files {
        pack.start_file(name, options)?;
        pack.write_all(text.as_bytes())?;
    }
    Ok(pack.finish()?.into_inner())
}
