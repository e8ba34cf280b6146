//! Verifying and exporting the audit log; neither changes anything.

use std::fmt;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::at::At;
use super::super::files::{FileError, io};
use super::super::secret::Digest;
use super::{AuditError, BEGIN, HEAD, Line};

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Lines.
    pub count: u64,
    /// Hash of the last one.
    pub hash: Digest,
    /// Month of the last one, as `2026-11`; empty where there is none.
    pub month: String,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            count: 0,
            hash: BEGIN,
            month: String::new(),
        }
    }
}

impl Head {
    /// The head after a line, or what is wrong with the line.
    pub(super) fn followed_by(
        &self,
        line: &Line,
        text: &str,
        month: &str,
    ) -> Result<Self, &'static str> {
        if line.n != self.count + 1 {
            return Err("its number does not follow: a line was taken out, put in or moved");
        }
        if line.prev != self.hash {
            return Err(
                "it does not follow from the line before: that one was changed, or this one moved",
            );
        }
        let hash = line.hash.ok_or("it has no hash")?;
        if line.hashed() != hash || line.text() != text {
            return Err("it is not what was written: its hash is another");
        }
        Ok(Self {
            count: line.n,
            hash,
            month: month.to_owned(),
        })
    }
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which file.
    pub file: String,
    /// Which line of it, from 1 on; none for the whole file.
    pub line: Option<usize>,
    /// What is wrong.
    pub why: &'static str,
}

impl Fault {
    pub(super) fn of_file(month: &str, why: &'static str) -> Self {
        Self {
            file: named(month),
            line: None,
            why,
        }
    }

    pub(super) fn of_line(month: &str, line: usize, why: &'static str) -> Self {
        Self {
            file: named(month),
            line: Some(line),
            why,
        }
    }
}

fn named(month: &str) -> String {
    if month == HEAD {
        HEAD.to_owned()
    } else {
        format!("{month}.ndjson")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line} of {}: {}", self.file, self.why),
            None => write!(f, "{}: {}", self.file, self.why),
        }
    }
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The end of the chain, as far as it is whole.
    pub head: Head,
    /// Whole lines beyond what `head.json` counts: a crash leaves one group of them, until the next start.
    pub beyond: u64,
    /// The first thing that is wrong.
    pub fault: Option<Fault>,
}

/// Months that have a file, in order.
pub(super) fn months(folder: &Path) -> Result<Vec<String>, FileError> {
    let mut months = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io("read", folder))? {
        let name = entry.map_err(io("read", folder))?.file_name();
        let name = name.to_string_lossy();
        if let Some(month) = name.strip_suffix(".ndjson") {
            months.push(month.to_owned());
        }
    }
    months.sort_unstable();
    Ok(months)
}

/// The head that is kept beside the log.
pub(super) fn read_head(folder: &Path) -> Result<Option<Head>, AuditError> {
    let path = folder.join(HEAD);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| AuditError::Damaged(Fault::of_file(HEAD, "it is not a head"))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(io("read", &path)(source).into()),
    }
}

/// Goes through the whole chain; `noted` is a head that was kept elsewhere, which the chain must still have.
pub fn verify(folder: &Path, noted: Option<(u64, Digest)>) -> Result<Verified, AuditError> {
    let kept = match read_head(folder) {
        Ok(kept) => kept,
        Err(AuditError::Damaged(fault)) => {
            return Ok(Verified {
                head: Head::default(),
                beyond: 0,
                fault: Some(fault),
            });
        }
        Err(e) => return Err(e),
    };
    let mut head = Head::default();
    let mut met = [kept.as_ref().map(|h| (h.count, h.hash)), noted];
    let mut meet = |head: &Head| {
        for wanted in &mut met {
            if *wanted == Some((head.count, head.hash)) {
                *wanted = None;
            }
        }
        met
    };
    let mut left = meet(&head);
    let broken = |head: Head, fault| {
        Ok(Verified {
            head,
            beyond: 0,
            fault: Some(fault),
        })
    };
    for month in months(folder)? {
        let path = folder.join(format!("{month}.ndjson"));
        let bytes = std::fs::read(&path).map_err(io("read", &path))?;
        for (number, text) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            let fault = |why| Fault::of_line(&month, number + 1, why);
            let Some((b'\n', text)) = text.split_last() else {
                return broken(
                    head,
                    fault("it has no end: the file was cut, or a crash left it"),
                );
            };
            let read = std::str::from_utf8(text).ok();
            let read = read.and_then(|text| Some((serde_json::from_str::<Line>(text).ok()?, text)));
            let Some((line, text)) = read else {
                return broken(head, fault("it is no entry"));
            };
            match head.followed_by(&line, text, &month) {
                Ok(next) => head = next,
                Err(why) => return broken(head, fault(why)),
            }
            left = meet(&head);
        }
    }
    let fault = match (&kept, left) {
        (None, _) if head.count > 0 => Some(Fault::of_file(HEAD, "it is missing")),
        (_, [Some(_), _]) => Some(Fault::of_file(
            HEAD,
            "the chain has not the line that it names as the last: lines were cut off its end",
        )),
        (_, [_, Some(_)]) => Some(Fault::of_file(
            HEAD,
            "the chain has not the line that was noted elsewhere: it was cut, or made anew",
        )),
        _ => None,
    };
    let beyond = head.count.saturating_sub(kept.map_or(0, |kept| kept.count));
    Ok(Verified {
        head,
        beyond,
        fault,
    })
}

/// Writes the lines of a span, `[from, to)`, as they stand; answers how many. The head goes with it as the last line, so that the
/// span can be placed in the chain.
pub fn export(folder: &Path, from: At, to: At, out: &mut impl Write) -> Result<u64, AuditError> {
    let mut told = 0;
    let failed = |source| AuditError::from(io("write", Path::new("the export"))(source));
    for month in months(folder)? {
        let path = folder.join(format!("{month}.ndjson"));
        let bytes = std::fs::read(&path).map_err(io("read", &path))?;
        for (number, text) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            let line: Line = serde_json::from_slice(text).map_err(|_| {
                AuditError::Damaged(Fault::of_line(&month, number + 1, "it is no entry"))
            })?;
            if line.entry.at >= from && line.entry.at < to {
                out.write_all(text).map_err(failed)?;
                told += 1;
            }
        }
    }
    let head = read_head(folder)?.unwrap_or_default();
    let head = serde_json::json!({"head": head});
    writeln!(out, "{head}").map_err(failed)?;
    Ok(told)
}
