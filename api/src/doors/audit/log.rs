//! Appending to the audit log.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

use super::super::files::{Stamp, as_folder, flush_folder, io, locked, replace_json, stamp};
use super::verify::{Fault, Head, months, read_head};
use super::{AuditError, BEGIN, Entry, HEAD, Line};

/// Held while a process writes: commands keep what they do beside a running server.
const LOCK: &str = "audit.lock";

/// The log of a running server, or of a command.
#[derive(Debug)]
pub struct AuditLog {
    folder: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    head: Head,
    /// By which another process's `head.json` is told from ours.
    stamp: Stamp,
    /// The month that is written, and its file with its length.
    open: Option<(String, File, u64)>,
}

impl AuditLog {
    /// Opens the log in a folder, which is made where it is not there. Looks at the last month alone; [`super::verify()`] looks at all.
    pub fn open(folder: &Path) -> Result<Self, AuditError> {
        let mut made = std::fs::DirBuilder::new();
        made.recursive(true).mode(0o700);
        made.create(folder).map_err(io("create", folder))?;
        as_folder(folder)?;
        let _held = locked(&folder.join(LOCK))?;
        let mut inner = Inner {
            head: Head::default(),
            stamp: None,
            open: None,
        };
        inner.follow(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            inner: Mutex::new(inner),
        })
    }

    /// Keeps an entry; it is on the disk when this returns.
    pub fn append(&self, entry: Entry) -> Result<(), AuditError> {
        self.append_all(vec![entry])
    }

    /// Keeps entries, all or none; they are on the disk when this returns.
    pub fn append_all(&self, entries: Vec<Entry>) -> Result<(), AuditError> {
        let Some(first) = entries.first() else {
            return Ok(());
        };
        let mut inner = self.inner.lock();
        let _held = locked(&self.folder.join(LOCK))?;
        if stamp(&self.folder.join(HEAD)) != inner.stamp {
            inner.follow(&self.folder)?;
        }
        // A clock that was set back must not go back to an older file: the chain's order is the files' order.
        let month = first.at.month().max(inner.head.month.clone());
        let mut head = Head {
            month: month.clone(),
            ..inner.head.clone()
        };
        let mut text = String::new();
        for entry in entries {
            let line = Line::new(head.count + 1, head.hash, entry);
            head.count = line.n;
            head.hash = line.hash.unwrap_or(BEGIN);
            text.push_str(&line.text());
            text.push('\n');
        }
        if let Err(e) = inner.write(&self.folder, &month, text.as_bytes()) {
            // What stands on the disk now is looked at before the next line is written.
            inner.stamp = None;
            return Err(e);
        }
        inner.head = head;
        inner.anchor(&self.folder)
    }

    /// Count and hash of what is kept, to be noted elsewhere.
    pub fn head(&self) -> Head {
        self.inner.lock().head.clone()
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Inner {
    /// Takes up the log as it stands on the disk: at the start, and after another process wrote.
    fn follow(&mut self, folder: &Path) -> Result<(), AuditError> {
        self.open = None;
        self.head = taken_in(folder, read_head(folder)?)?;
        self.anchor(folder)
    }

    fn anchor(&mut self, folder: &Path) -> Result<(), AuditError> {
        let path = folder.join(HEAD);
        replace_json(&path, &self.head)?;
        self.stamp = stamp(&path);
        Ok(())
    }

    fn write(&mut self, folder: &Path, month: &str, bytes: &[u8]) -> Result<(), AuditError> {
        let path = folder.join(format!("{month}.ndjson"));
        let (name, mut file, length) = match self.open.take() {
            Some(open) if open.0 == month => open,
            _ => {
                let mut open = OpenOptions::new();
                let file = open.create(true).append(true).mode(0o600).open(&path);
                let file = file.map_err(io("open", &path))?;
                as_folder(&path)?;
                let length = file.metadata().map_err(io("look at", &path))?.len();
                flush_folder(&path)?;
                (month.to_owned(), file, length)
            }
        };
        let done = file.write_all(bytes).and_then(|()| file.sync_data());
        if let Err(source) = done {
            // Half a line must not stand before the next whole one; where it cannot be taken back now, opening again does.
            let undone = file.set_len(length).and_then(|()| file.sync_data());
            if undone.is_ok() {
                self.open = Some((name, file, length));
            }
            return Err(io("write", &path)(source).into());
        }
        self.open = Some((name, file, length + bytes.len() as u64));
        Ok(())
    }
}

/// The head with whole lines beyond it taken in, and a torn end cut off.
fn taken_in(folder: &Path, head: Option<Head>) -> Result<Head, AuditError> {
    let months = months(folder)?;
    let Some(month) = months.last() else {
        return match head {
            Some(head) if head.count > 0 => Err(AuditError::Damaged(Fault::of_file(
                &head.month,
                "its file is missing",
            ))),
            _ => Ok(Head::default()),
        };
    };
    let Some(head) = head else {
        return Err(AuditError::Damaged(Fault::of_file(
            HEAD,
            "it is missing, and there are lines",
        )));
    };
    let path = folder.join(format!("{month}.ndjson"));
    let bytes = std::fs::read(&path).map_err(io("read", &path))?;
    let whole = bytes
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    if whole < bytes.len() {
        tracing::warn!(path = %path.display(), "cut off a line that was never answered for");
        let file = OpenOptions::new().write(true).open(&path);
        let file = file.map_err(io("open", &path))?;
        file.set_len(whole as u64).map_err(io("cut", &path))?;
        file.sync_all().map_err(io("flush", &path))?;
    }
    let mut found = Head::default();
    let mut is_met = head.count == 0;
    let text = String::from_utf8_lossy(&bytes[..whole]);
    for (number, text) in text.lines().enumerate() {
        let fault = |why| AuditError::Damaged(Fault::of_line(month, number + 1, why));
        let line: Line = serde_json::from_str(text).map_err(|_| fault("it is no entry"))?;
        if number == 0 {
            // The files before are not read: this line says what stands there.
            found.count = line.n.saturating_sub(1);
            found.hash = line.prev;
            is_met |= found.count == head.count && found.hash == head.hash;
        }
        found = found.followed_by(&line, text, month).map_err(fault)?;
        is_met |= found.count == head.count && found.hash == head.hash;
    }
    if whole == 0 && head.month != *month {
        // A month's file that a crash left empty.
        return Ok(head);
    }
    if !is_met || found.count < head.count {
        return Err(AuditError::Damaged(Fault::of_file(
            month,
            "the line that head.json names as the last is missing or another",
        )));
    }
    if found.count > head.count {
        tracing::warn!(
            lines = found.count - head.count,
            "took in lines that a crash left beyond the head"
        );
    }
    Ok(found)
}
