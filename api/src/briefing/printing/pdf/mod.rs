//! The PDF: typeset in process by `paper.typ` from data that are only ever values, never markup.
//!
//! The template sees two files: itself, and `paper.json`, which [`view`] makes. It has no other files, no packages, no clock
//! and no network. Tagged, PDF/UA-1; the typesetter itself refuses what breaks that standard (a figure without alternative
//! text, a heading level that is skipped, a document without a title), so that a paper is either accessible or not made.
//!
//! What the typesetter remembers between papers is dropped after each: papers are rare, and memory is not.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::FormError;
use super::text::clean;
use analytics::briefing::paper::Paper;

mod view;

/// The layout.
const TEMPLATE: &str = include_str!("paper.typ");

/// What does not change from paper to paper.
struct Shop {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

/// The families that the template names: a serif with all of Vietnamese, and a second one for the signs of marks.
const FAMILIES: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];

static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    // The serif's bold italic lacks ơ and ư; without it, its semibold italic is taken.
    let has = |font: &Font, letters: &str| {
        letters
            .chars()
            .all(|sign| font.info().coverage.contains(u32::from(sign)))
    };
    let known = |font: &Font| FAMILIES.contains(&font.info().family.as_str()) && has(font, "ơưƠƯ");
    let read = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data)));
    let fonts: Vec<Font> = read.filter(known).collect();
    Shop {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

/// The world that the template sees.
struct Desk {
    template: Source,
    paper: (FileId, Bytes),
}

impl Desk {
    fn with(paper: Vec<u8>) -> Result<Self, FormError> {
        let file = |name: &str| {
            let path =
                VirtualPath::new(name).map_err(|error| FormError::Typeset(error.to_string()))?;
            Ok::<FileId, FormError>(RootedPath::new(VirtualRoot::Project, path).intern())
        };
        Ok(Self {
            template: Source::new(file("paper.typ")?, TEMPLATE.to_owned()),
            paper: (file("paper.json")?, Bytes::new(paper)),
        })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &SHOP.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHOP.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            Ok(self.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.paper.0 {
            Ok(self.paper.1.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHOP.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A paper as PDF.
pub(super) fn render(paper: &Paper, made_at: i64) -> Result<Vec<u8>, FormError> {
    let bytes = typeset(paper, made_at);
    typst::comemo::evict(0);
    bytes
}

fn typeset(paper: &Paper, made_at: i64) -> Result<Vec<u8>, FormError> {
    let view = serde_json::to_vec(&view::of(paper))
        .map_err(|error| FormError::Typeset(error.to_string()))?;
    let desk = Desk::with(view)?;
    let said = |errors: &[SourceDiagnostic]| {
        let errors: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        FormError::Typeset(errors.join("; "))
    };
    let document: PagedDocument = typst::compile(&desk)
        .output
        .map_err(|errors| said(&errors))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|error| FormError::Typeset(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!(
            "{}\n{}\n{made_at}",
            clean(&paper.title),
            clean(&paper.subject)
        )),
        creator: Smart::Custom(Some("Vọng Lâu".to_owned())),
        timestamp: Some(Timestamp::new_utc(instant(made_at)?)),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| said(&errors))
}

fn instant(made_at: i64) -> Result<Datetime, FormError> {
    let (year, month, day, seconds) =
        super::text::civil(made_at).ok_or(FormError::Time(made_at))?;
    let (hour, minute, second) = (
        (seconds / 3600) as u8,
        (seconds / 60 % 60) as u8,
        (seconds % 60) as u8,
    );
    Datetime::from_ymd_hms(year, month, day, hour, minute, second).ok_or(FormError::Time(made_at))
}

#[cfg(test)]
mod tests {
    use super::SHOP;

    /// Each vowel with each tone, as one letter; and đ.
    const LETTERS: &str =
        "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ";

    #[test]
    fn the_serif_has_all_of_vietnamese() {
        let letters: String = LETTERS
            .chars()
            .chain(LETTERS.to_uppercase().chars())
            .collect();
        assert_eq!(letters.chars().count(), 2 * (12 * 6 + 1));
        let serifs = SHOP
            .fonts
            .iter()
            .filter(|font| font.info().family == super::FAMILIES[0]);
        let serifs: Vec<_> = serifs.collect();
        assert_eq!(serifs.len(), 5);
        for font in serifs {
            let lacking: String = letters
                .chars()
                .chain("–−≤≥≈…“”₫%".chars())
                .filter(|sign| !font.info().coverage.contains(u32::from(*sign)))
                .collect();
            assert_eq!(lacking, "", "{:?}", font.info().variant);
        }
        for sign in "▲▼✓✗≈×←".chars() {
            assert!(
                SHOP.fonts
                    .iter()
                    .any(|font| font.info().coverage.contains(u32::from(sign))),
                "{sign}"
            );
        }
    }
}
