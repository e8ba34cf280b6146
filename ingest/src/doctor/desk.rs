//! The alert desk's log under examination: every line of every month is read.

use std::path::Path;

use super::{Finding, Notebook};
use crate::desk;
use crate::sealed::SealedError;

/// Reads it all. It can be looked at while a server appends: half a line at the end is under way, or is cut off at the
/// next start.
pub(super) fn look(dir: &Path) -> Vec<Finding> {
    let mut book = Notebook::of("desk");
    match desk::check(dir) {
        Ok(0) => book.ok("its log has no line yet".to_owned()),
        Ok(lines) => book.ok(format!("its log reads: {lines} lines")),
        Err(SealedError::Damaged { path, line }) => {
            let detail = format!("line {line} of {} is damaged", path.display());
            let advice = format!(
                "stop the server and put line {line} of that file in the newest backup in its place; where no backup has it, take the line out: what it said is lost; check the disk"
            );
            book.wrong("desk_damaged", detail, &advice);
        }
        Err(e) => book.wrong(
            "desk_unreadable",
            e.to_string(),
            "run as the user who owns the directory; check the disk",
        ),
    }
    book.findings
}
