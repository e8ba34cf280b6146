//! The forms of a briefing: bytes of a file, the same for the same briefing.

use analytics::briefing::model::Briefing;
use analytics::briefing::paper::Paper;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The figures, for programs.
    Json,
    /// The paper as data: what the other forms are made of.
    Paper,
}

/// A form could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the briefing cannot be written: {0}")]
pub struct FormError(#[from] serde_json::Error);

/// What is asked for a form, as messages say it.
pub const KNOWN: &str = "json or paper.json";

impl Form {
    /// Of its word, which is also the ending of its files.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            "paper" | "paper.json" => Some(Self::Paper),
            _ => None,
        }
    }

    /// Of a file's name.
    pub fn of_file(name: &str) -> Option<Self> {
        let is_paper = name.ends_with(".paper.json");
        let ending = name.rsplit_once('.')?.1;
        Self::from_word(if is_paper { "paper" } else { ending })
    }

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Paper => "paper",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json | Self::Paper => "application/json",
        }
    }
}

/// A briefing and its paper in a form.
pub fn forms(paper: &Paper, briefing: &Briefing, form: Form) -> Result<Vec<u8>, FormError> {
    Ok(match form {
        Form::Json => serde_json::to_vec(briefing)?,
        Form::Paper => serde_json::to_vec(paper)?,
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
