//! The doors: who may come in, what each may see and change, and what is remembered of it.
//!
//! A request passes [`gate::identify`], which finds out who asks, and [`gate::permit`], which looks its address up in the table and
//! refuses or lets it on with a [`scope::Narrowed`] that the handler applies. [`serving`] has the addresses of sessions and of the audit
//! log. Live topics are judged by [`topics`].
//!
//! - [`role`], [`right`], [`routes`], [`topics`], [`scope`]: the rules, as tables without I/O.
//! - [`accounts`], [`openid`], [`sessions`], [`tickets`], [`keys`], [`signing`]: credentials, and what is kept of them.
//! - [`address`], [`origin`], [`limits`]: what a request's sender can and cannot say of itself.
//! - [`audit`]: the chained log.
//!
//! What holds: an address or a topic that is not in a table is denied; a secret is kept as a hash, in files that only their owner
//! reads; what outsiders can make grow is bounded; nothing here knows a person's name.

pub mod accounts;
pub mod address;
pub mod at;
pub mod audit;
pub mod caller;
pub mod files;
pub mod gate;
pub mod keys;
pub mod limits;
pub mod openid;
pub mod origin;
pub mod right;
pub mod role;
pub mod routes;
pub mod scope;
pub mod secret;
pub mod serving;
pub mod sessions;
pub mod settings;
pub mod signing;
pub mod tickets;
pub mod topics;

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;

use accounts::{AccountError, Accounts};
use address::Prefix;
use at::{At, Clock};
use audit::{AuditError, AuditLog, Entry, What};
use caller::{By, Caller, Holder, Stage};
use files::FileError;
use keys::{Key, Keys};
use limits::{Limits, Rate};
use scope::Places;
use sessions::Sessions;
use settings::Settings;
use tickets::Tickets;

/// The audit log's folder in the data directory.
pub const AUDIT: &str = ingest::datadir::AUDIT;
/// Refusals of a caller that the audit log keeps: a page that asks on and on does not fill the disk.
const REFUSALS: Rate = Rate {
    per_second: 0.2,
    burst: 30.0,
};
/// Sign-ins of an address that are begun at the identity provider: a shift that begins behind one address. They are counted apart, so that
/// no page of others uses up what passwords are tried by.
const PROVIDER_SIGN_INS: Rate = Rate {
    per_second: 1.0,
    burst: 60.0,
};
/// Files of the doors in the data directory. A backup has them, but for sessions, which end with a restore.
pub const FILES: [&str; 3] = [accounts::FILE, keys::FILE, sessions::FILE];

/// Why the doors cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum DoorsError {
    /// Accounts.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// Keys or sessions.
    #[error(transparent)]
    File(#[from] FileError),
    /// The audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The identity provider.
    #[error(transparent)]
    OpenId(#[from] openid::BadOpenId),
}

/// All that the middleware and the handlers work with.
pub struct Doors {
    /// The settings.
    pub settings: Settings,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Which points a unit has.
    pub places: Arc<dyn Places + Send + Sync>,
    /// Accounts.
    pub accounts: Accounts,
    /// Sessions.
    pub sessions: Sessions,
    /// Tickets.
    pub tickets: Tickets,
    /// Keys.
    pub keys: Keys,
    /// The city's identity provider, where one is set.
    pub openid: Option<openid::Provider>,
    /// The audit log.
    pub audit: AuditLog,
    signatures: signing::Used,
    by_address: Limits<IpAddr>,
    by_caller: Limits<String>,
    sign_ins: Limits<IpAddr>,
    provider_sign_ins: Limits<IpAddr>,
    refusals: Limits<String>,
    hashing: Semaphore,
}

impl std::fmt::Debug for Doors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doors").finish_non_exhaustive()
    }
}

impl Doors {
    /// Opens the doors of a data directory.
    pub fn open(
        dir: &Path,
        settings: Settings,
        clock: Arc<dyn Clock>,
        places: Arc<dyn Places + Send + Sync>,
    ) -> Result<Self, DoorsError> {
        Ok(Self {
            accounts: Accounts::open(dir, settings.totp_for)?,
            sessions: Sessions::open(dir, settings.sessions, clock.now())?,
            tickets: Tickets::default(),
            keys: Keys::open(dir)?,
            openid: settings
                .openid
                .clone()
                .map(openid::Provider::open)
                .transpose()?,
            audit: AuditLog::open(&dir.join(AUDIT))?,
            signatures: signing::Used::default(),
            by_address: Limits::new(settings.per_address),
            by_caller: Limits::new(settings.per_caller),
            sign_ins: Limits::new(settings.sign_ins),
            provider_sign_ins: Limits::new(PROVIDER_SIGN_INS),
            refusals: Limits::new(REFUSALS),
            hashing: Semaphore::new(settings.hashing.max(1)),
            settings,
            clock,
            places,
        })
    }

    /// Who is behind a session or a key now; none when it does not hold any more. Connections ask again every half minute or so, and
    /// close when there is nobody, or somebody of another role or scope.
    pub fn still(&self, caller: &Caller) -> Option<Caller> {
        self.resolve(&caller.holder, caller.by, self.clock.now())
    }

    fn resolve(&self, holder: &Holder, by: By, now: At) -> Option<Caller> {
        match holder {
            Holder::Machine => self.settings.open.then(Caller::open),
            Holder::Key(id) => Some(of_key(id, self.keys.find(id, now)?, by)),
            Holder::Session(digest) => {
                let session = self.sessions.peek(digest, now)?;
                self.of_session(*digest, &session, by)
            }
        }
    }

    /// The caller of a session, unless its account is gone, disabled, or has ended it.
    fn of_session(
        &self,
        digest: secret::Digest,
        session: &sessions::Session,
        by: By,
    ) -> Option<Caller> {
        let standing = self.accounts.standing(&session.account)?;
        let stage = match session.proved {
            None => standing.stage,
            // The provider proved what the account's own password and code would have.
            Some(proved)
                if standing.subject == Some(proved.subject)
                    && (proved.has_second_factor || !standing.wants_second_factor) =>
            {
                Stage::Full
            }
            // It is somebody else's by now, or the rule was made stricter.
            Some(_) => return None,
        };
        (session.made >= standing.sessions_from).then(|| Caller {
            who: session.account.clone(),
            role: standing.role,
            scope: standing.scope,
            by,
            stage,
            holder: Holder::Session(digest),
        })
    }

    /// Keeps in the audit log what a caller did. It waits for the disk.
    pub fn note(
        &self,
        caller: Option<&Caller>,
        from: Option<Prefix>,
        (what, target): (What, &str),
        request: &str,
    ) -> Result<(), AuditError> {
        self.audit.append(Entry {
            at: self.clock.now(),
            who: caller.map_or("unknown", |caller| &caller.who).to_owned(),
            role: caller.map(|caller| caller.role),
            from,
            what,
            target: target.to_owned(),
            request: request.to_owned(),
        })
    }
}

fn of_key(id: &str, key: Key, by: By) -> Caller {
    Caller {
        who: format!("key:{id}"),
        role: key.role,
        scope: key.scope,
        by,
        stage: Stage::Full,
        holder: Holder::Key(id.to_owned()),
    }
}
