//! The PDF: `paper.typ`, typeset from data that [`view`] makes of a paper.

use super::FormError;
use super::text::clean;
use crate::typesetting::{Job, typeset};
use analytics::briefing::paper::Paper;

mod view;

/// The layout.
const TEMPLATE: &str = include_str!("paper.typ");

/// A paper as PDF.
pub(super) fn render(paper: &Paper, made_at: i64) -> Result<Vec<u8>, FormError> {
    // The years that every form can write.
    super::text::civil(made_at).ok_or(FormError::Time(made_at))?;
    let view = serde_json::to_vec(&view::of(paper))
        .map_err(|error| FormError::Typeset(error.to_string()))?;
    let job = Job {
        template: TEMPLATE,
        files: vec![("paper.json", view)],
        name: format!("{}\n{}", clean(&paper.title), clean(&paper.subject)),
        made_at,
    };
    Ok(typeset(job)?)
}
