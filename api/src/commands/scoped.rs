//! What the commands about keys, accounts and the audit log share.

use std::path::Path;

use ::ingest::datadir::SETTINGS;
use anyhow::bail;
use clap::Args;

use crate::doors::AUDIT;
use crate::doors::at::{Clock as _, WallClock};
use crate::doors::audit::{AuditLog, Entry, What};
use crate::doors::scope::Scope;

/// What a key or an account is bounded to.
#[derive(Debug, Args)]
pub(super) struct ScopeArgs {
    /// Points that it is for; all without it
    #[arg(long, value_name = "POINT,…", value_delimiter = ',')]
    sites: Vec<String>,
    /// Units that it is for, with all their points
    #[arg(long, value_name = "UNIT,…", value_delimiter = ',')]
    units: Vec<String>,
    /// Agencies that it is for
    #[arg(long, value_name = "AGENCY,…", value_delimiter = ',')]
    agencies: Vec<String>,
}

impl ScopeArgs {
    pub(super) fn scope(&self) -> Scope {
        let codes = |all: &[String]| (!all.is_empty()).then(|| all.iter().cloned().collect());
        Scope {
            sites: codes(&self.sites),
            units: codes(&self.units),
            agencies: codes(&self.agencies),
            ..Scope::default()
        }
    }
}

/// The data directory, which must be one.
pub(super) fn existing(dir: &Path) -> anyhow::Result<&Path> {
    if !dir.join(SETTINGS).exists() {
        bail!(
            "{} is no data directory: give the one that the server uses, or start it once",
            dir.display()
        );
    }
    Ok(dir)
}

/// Keeps in the audit log what a command at the machine did.
pub(super) fn noted(dir: &Path, what: What, target: &str) -> anyhow::Result<()> {
    let entry = Entry {
        at: WallClock.now(),
        who: "command".to_owned(),
        role: None,
        from: None,
        what,
        target: target.to_owned(),
        request: String::new(),
    };
    Ok(AuditLog::open(&dir.join(AUDIT))?.append(entry)?)
}
