//! What people enter that no event says: checked, kept, and answered for once it is on the disk.

use axum::http::StatusCode;
use ingest::event::value::MAX_TEXT_CHARS;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::core::Core;
use ingest::entries::EntriesError;

/// Enters a value with its source, which is a document or a report and never a person; `null` takes away what stood there.
pub(super) fn enter(
    core: &Core,
    register: &str,
    key: &str,
    value: Value,
    source: &str,
) -> Result<Value, Problem> {
    let now = core.now(&core.state.read());
    let source = line("source", source)?;
    let put = core.entries.put(now, register, key, value, &source);
    let number = put.map_err(|e| match e {
        EntriesError::TooMuch(detail) => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
        }
        other @ EntriesError::Sealed(_) => Problem::internal(&other.into()),
    })?;
    Ok(json!({"number": number, "key": key, "entered_at": now}))
}

/// A line of text that may be kept: not empty, of one line, in NFC.
pub(super) fn line(name: &str, text: &str) -> Result<String, Problem> {
    use unicode_normalization::UnicodeNormalization as _;
    let text: String = text.trim().nfc().collect();
    let is_line = !text.is_empty()
        && text.chars().count() <= MAX_TEXT_CHARS
        && !text.chars().any(char::is_control);
    is_line.then_some(text).ok_or_else(|| {
        Problem::refused(
            "not_a_line",
            format!("`{name}` must be a line of 1 to {MAX_TEXT_CHARS} characters"),
        )
    })
}
