//! The files of a data directory that people write, by the server or by hand; a backup has them.

use std::path::Path;

use super::DataDirError;

/// The name of the operator's working calendar.
pub const CALENDAR: &str = "calendar.toml";
/// The name of the operator's procedures.
pub const PROCEDURES: &str = "procedures.toml";
/// The name of the operator's limits.
pub const LIMITS: &str = "limits.toml";
/// The name of what the operator says of agencies.
pub const AGENCIES: &str = "agencies.toml";
/// The name of what the operator's senders of the national exchange mean ([`crate::national::mapping`]).
pub const NATIONAL: &str = "national.toml";
/// The name of the operator's receivers of alerts.
pub const NOTIFY: &str = "notify.toml";
/// The name of what people have entered.
pub const ENTRIES: &str = "entries.ndjson";
/// The name of the accounts, whose passwords stand there as hashes.
pub const ACCOUNTS: &str = "accounts.json";
/// The name of the keys, which stand there as hashes, or as what signatures are checked with.
pub const KEYS: &str = "keys.json";
/// The folder of the alert desk's log ([`crate::desk`]).
pub const DESK: &str = "desk";
/// The folder of the log of who came in and did what, and in it the file with the end of its chain.
pub const AUDIT: &str = "audit";
/// See [`AUDIT`].
pub const AUDIT_HEAD: &str = "head.json";
/// All of the files.
pub const OWN: [&str; 9] = [
    CALENDAR, PROCEDURES, LIMITS, AGENCIES, NATIONAL, NOTIFY, ENTRIES, ACCOUNTS, KEYS,
];
/// One of the files that people write ([`OWN`]) in a directory, where it is there.
pub fn own(path: &Path, name: &str) -> Result<Option<String>, DataDirError> {
    let path = path.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(DataDirError::Io {
            action: "read",
            path,
            source,
        }),
    }
}
