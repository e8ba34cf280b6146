//! The forms of a briefing: bytes of a file, the same for the same briefing.

use analytics::briefing::model::Briefing;
use analytics::briefing::paper::Paper;

use super::printing;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The figures, for programs.
    Json,
    /// The paper as data: what the other forms are made of.
    Paper,
    /// The paper to be read, filed, edited or reckoned with.
    Printed(printing::Form),
}

/// A form could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// As data.
    #[error("the briefing cannot be written: {0}")]
    Data(#[from] serde_json::Error),
    /// As a paper.
    #[error(transparent)]
    Printed(#[from] printing::FormError),
}

/// What is asked for a form, as messages say it.
pub const KNOWN: &str = "pdf, docx, xlsx, html, json or paper.json";

impl Form {
    /// Of its word, which is also the ending of its files.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            "paper" | "paper.json" => Some(Self::Paper),
            other => printing::Form::from_extension(other).map(Self::Printed),
        }
    }

    /// Of a file's name.
    pub fn of_file(name: &str) -> Option<Self> {
        let is_paper = name.ends_with(".paper.json");
        let ending = name.rsplit_once('.')?.1;
        Self::from_word(if is_paper { "paper" } else { ending })
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Paper => "paper",
            Self::Printed(form) => form.extension(),
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json | Self::Paper => "application/json",
            Self::Printed(form) => form.media_type(),
        }
    }
}

/// A briefing and its paper in a form.
pub fn forms(paper: &Paper, briefing: &Briefing, form: Form) -> Result<Vec<u8>, FormError> {
    Ok(match form {
        Form::Json => serde_json::to_vec(briefing)?,
        Form::Paper => serde_json::to_vec(paper)?,
        // The time of the data, not of the asking: the same data give the same bytes.
        Form::Printed(form) => {
            let told_to = briefing.now.to.0.div_euclid(1_000_000);
            printing::render(paper, form, told_to)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_ending_says_its_form() {
        assert_eq!(Form::of_file("tuan-47.json"), Some(Form::Json));
        assert_eq!(Form::of_file("tuan-47.paper.json"), Some(Form::Paper));
        assert_eq!(Form::of_file("json"), None);
        assert_eq!(Form::of_file("tuan-47.exe"), None);
    }
}
