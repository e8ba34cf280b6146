//! Typesetting in process: a template and files of values become a PDF, tagged, PDF/UA-1.
//!
//! The template sees the files it is given and nothing else: no others, no packages, no clock, no network; what they hold is
//! read as values, never as markup. The typesetter itself refuses what breaks the standard (a figure without alternative text,
//! a heading level that is skipped, a document without a title), so that a paper is either accessible or not made. The same job gives
//! the same bytes.
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

/// What is to be typeset.
#[derive(Debug)]
pub struct Job {
    /// The layout.
    pub template: &'static str,
    /// The files that it reads, by name.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// What tells this document from others, which its identifier is made of.
    pub name: String,
    /// When it is made, Unix seconds.
    pub made_at: i64,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// The typesetter refused it.
    #[error("{0}")]
    Refused(String),
    /// A time that no calendar of PDF holds.
    #[error("{0} seconds is no time that a document can be made at")]
    Time(i64),
}

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

/// The world that a template sees.
struct Desk {
    template: Source,
    files: Vec<(FileId, Bytes)>,
}

impl Desk {
    fn with(job: Job) -> Result<Self, TypesetError> {
        let file = |name: &str| {
            let path =
                VirtualPath::new(name).map_err(|error| TypesetError::Refused(error.to_string()))?;
            Ok::<FileId, TypesetError>(RootedPath::new(VirtualRoot::Project, path).intern())
        };
        let files = job.files.into_iter();
        let files = files.map(|(name, bytes)| Ok((file(name)?, Bytes::new(bytes))));
        Ok(Self {
            template: Source::new(file("paper.typ")?, job.template.to_owned()),
            files: files.collect::<Result<_, TypesetError>>()?,
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
        let found = self.files.iter().find(|(known, _)| *known == id);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHOP.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A job as PDF.
pub fn typeset(job: Job) -> Result<Vec<u8>, TypesetError> {
    let bytes = set(job);
    typst::comemo::evict(0);
    bytes
}

fn set(job: Job) -> Result<Vec<u8>, TypesetError> {
    let said = |errors: &[SourceDiagnostic]| {
        let errors: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        TypesetError::Refused(errors.join("; "))
    };
    let (made_at, name) = (job.made_at, job.name.clone());
    let desk = Desk::with(job)?;
    let document: PagedDocument = typst::compile(&desk)
        .output
        .map_err(|errors| said(&errors))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|error| TypesetError::Refused(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{name}\n{made_at}")),
        creator: Smart::Custom(Some("Vọng Lâu".to_owned())),
        timestamp: Some(Timestamp::new_utc(
            instant(made_at).ok_or(TypesetError::Time(made_at))?,
        )),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| said(&errors))
}

fn instant(made_at: i64) -> Option<Datetime> {
    let at = jiff::Timestamp::from_second(made_at).ok()?;
    let at = jiff::tz::TimeZone::UTC.to_datetime(at);
    let small = |n: i8| u8::try_from(n).ok();
    Datetime::from_ymd_hms(
        i32::from(at.year()),
        small(at.month())?,
        small(at.day())?,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
    )
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
