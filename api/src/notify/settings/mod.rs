//! Receivers as data: an operator's `notify.toml`, read, checked and with its secrets' files found.
//!
//! ```toml
//! [[receiver]]
//! name = "shift"                       # small letters, digits, - and _
//! kind = "email"                       # email, webhook or alertmanager
//! priorities = ["medium", "high"]      # all where it is not written
//! groups = []                          # empty: all
//! owners = ["room", "operator"]        # empty: all
//! on = ["raised", "escalated", "normal", "corrected", "urged", "closed"]   # all where it is not written
//! shift = ["Mon-Fri 07:30-17:30", "Sat 08:00-12:00"]                       # or "always"; local time, UTC+7
//! always_high = true                   # high ones outside the shift too
//! repeat = "2h"                        # told again while it stands and nobody took it; "never" where it is not written
//! smtp = "smtp+starttls://mail.example.vn:587"   # or smtps:// or smtp://
//! user = "vonglau"
//! password_file = "smtp-password"      # beside this file, or a whole path
//! from = "Vọng Lâu <vonglau@example.vn>"
//! to = ["Ca trực <room@example.vn>"]
//!
//! [[receiver]]
//! name = "hotline"
//! kind = "webhook"
//! url = "https://hotline.example.vn/vonglau"
//! secret_file = "hotline-secret"       # at least 16 bytes; see message::signature
//!
//! [[receiver]]
//! name = "operations"
//! kind = "alertmanager"
//! url = "http://alertmanager.example.vn:9093"
//! repeat = "5m"                        # always needed there; this is what it is where it is not written
//! ```
//!
//! What waits for a shift is told when it begins; a case that began and ended outside it is not told at all. Outside the
//! shift nothing is sent, but for high ones where `always_high` is set, with what the same case still had waiting.
//!
//! What may not be is refused with the line, the receiver and what to do; an unknown key too, since a misspelt filter would
//! silently send everything. Secrets are read from their files at each try, so that a changed one needs no restart.
//! Certificates are checked against the system's store; `SSL_CERT_FILE` names another.

mod address;
mod shift;
#[cfg(test)]
mod tests;
mod written;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use reqwest::Url;

pub use address::{Smtp, Tls};
pub use shift::{Shift, ShiftError};

use super::message::{Notice, Priority, What};

/// The group of the desk's alerts about receivers: such an alert, whose subject is a receiver's name, is not sent to that
/// receiver.
pub const RECEIVER_GROUP: &str = "receiver";
/// Shortest secret of a webhook, bytes.
pub const SHORTEST_SECRET: usize = 16;

/// The file of receivers may not be used as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error(
        "{file} cannot be read ({why}); give the service's account the right to read it, or name another file"
    )]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system said.
        why: String,
    },
    /// It is not TOML, or has a key or a word that is none of ours.
    #[error("line {line}: {why}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// A receiver is not right.
    #[error("line {line}, receiver `{receiver}`: {why}")]
    Receiver {
        /// The line on which it begins, from 1.
        line: usize,
        /// Its name, or its place where it has none.
        receiver: String,
        /// What is wrong and what to do.
        why: String,
    },
}

/// All receivers, checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// In the file's order; names differ.
    pub receivers: Vec<Receiver>,
}

/// Somebody who is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Receiver {
    /// Its name.
    pub name: String,
    /// The line of the file on which it begins, from 1.
    pub line: usize,
    /// By which way.
    pub channel: Channel,
    /// Of which priorities; never empty.
    pub priorities: BTreeSet<Priority>,
    /// Of which groups; all where it is empty.
    pub groups: BTreeSet<String>,
    /// Of whose alerts; all where it is empty.
    pub owners: BTreeSet<String>,
    /// Of which steps; never empty.
    pub on: BTreeSet<What>,
    /// When.
    pub shift: Shift,
    /// High ones outside the shift too.
    pub always_high: bool,
    /// Microseconds after which a standing case is told again; `None` never.
    pub repeat_us: Option<i64>,
}

/// The way to a receiver.
#[derive(Debug, Clone, PartialEq)]
pub enum Channel {
    /// Mail over SMTP.
    Email(Box<Email>),
    /// A signed request.
    Webhook(Webhook),
    /// Alertmanager's second interface.
    Alertmanager {
        /// Where alerts are posted, whole.
        url: Url,
    },
}

/// Mail over SMTP.
#[derive(Debug, Clone, PartialEq)]
pub struct Email {
    /// The server.
    pub smtp: Smtp,
    /// The user and the file with the password.
    pub login: Option<(String, PathBuf)>,
    /// Whose mail it is.
    pub from: Mailbox,
    /// To whom; never empty.
    pub to: Vec<Mailbox>,
}

/// A signed request.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// Where to.
    pub url: Url,
    /// The file with the secret.
    pub secret_file: PathBuf,
}

impl Settings {
    /// From the text of a file. No file is looked at: paths are as they are written.
    ///
    /// # Errors
    /// What is wrong first, with its line and what to do.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        written::read(text)
    }

    /// From a file; paths of secrets are taken from its folder, and the secrets are read once to see that they can be.
    ///
    /// # Errors
    /// As [`Settings::parse`], and where a file cannot be read or holds no usable secret.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|e| SettingsError::Unreadable {
            file: path.display().to_string(),
            why: e.to_string(),
        })?;
        let mut settings = Self::parse(&text)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for receiver in &mut settings.receivers {
            let shortest = match receiver.channel {
                Channel::Webhook(_) => SHORTEST_SECRET,
                _ => 1,
            };
            let Some(file) = receiver.secret_path() else {
                continue;
            };
            *file = folder.join(&*file);
            let read = std::fs::read_to_string(&*file).map_err(|e| e.to_string());
            if let Err(why) = read.and_then(|text| secret(&text, shortest).map(drop)) {
                let why = format!("{} cannot be used: {why}", file.display());
                return Err(receiver.refused(why));
            }
        }
        Ok(settings)
    }
}

impl Receiver {
    fn secret_path(&mut self) -> Option<&mut PathBuf> {
        match &mut self.channel {
            Channel::Email(email) => email.login.as_mut().map(|(_, file)| file),
            Channel::Webhook(webhook) => Some(&mut webhook.secret_file),
            Channel::Alertmanager { .. } => None,
        }
    }

    fn refused(&self, why: String) -> SettingsError {
        SettingsError::Receiver {
            line: self.line,
            receiver: self.name.clone(),
            why,
        }
    }

    /// True where it wants to be told of a notice, whatever the time. `is_known` says that it was told of the case already:
    /// the end of such a case is for it even where the priority has changed meanwhile.
    pub fn wants(&self, notice: &Notice, is_known: bool) -> bool {
        if notice.group == RECEIVER_GROUP && notice.subject == self.name {
            return false;
        }
        if notice.what == What::Test {
            return true;
        }
        let ends_known = is_known && notice.what.ends();
        let fits = |set: &BTreeSet<String>, word: &String| set.is_empty() || set.contains(word);
        self.on.contains(&notice.what)
            && (ends_known || self.priorities.contains(&notice.priority))
            && fits(&self.groups, &notice.group)
            && fits(&self.owners, &notice.owner)
    }

    /// True where the shift does not count for a notice.
    pub fn any_time(&self, notice: &Notice) -> bool {
        notice.what == What::Test || (self.always_high && notice.priority == Priority::High)
    }
}

/// The secret in a file's text: without the line's end, and not too short.
pub(super) fn secret(text: &str, shortest: usize) -> Result<String, String> {
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.len() < shortest {
        return Err(format!(
            "it holds {} bytes, and at least {shortest} are needed; write a longer secret into it",
            secret.len()
        ));
    }
    if secret.contains(['\r', '\n', '\0']) {
        return Err("it holds more than one line; leave the secret alone in it".to_owned());
    }
    Ok(secret.to_owned())
}
