//! Local accounts: `accounts.json` in the data directory.
//!
//! An account is a seat's, not a person's: its name is a code such as `ca-1`, and nothing else about its holder is kept. Commands
//! change the file beside a running server ([`super::files::Kept`]); the server sees it at the next request.
//!
//! Signing in tells an outsider nothing: an account that is not there, one that is disabled and a wrong password take the same
//! time and have the same answer. That a code is wanted is told to who has the password.

mod error;
mod linked;
pub mod lockout;
pub mod password;
mod signing_in;
#[cfg(test)]
mod tests;
pub mod totp;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::address::Prefix;
use super::at::At;
use super::caller::Stage;
use super::files::{FileError, Kept};
use super::right::sees_dossiers;
use super::role::Role;
use super::scope::Scope;
use super::secret::{Digest, base32, random};
use lockout::Lockout;
use totp::Totp;

pub use error::AccountError;
pub use linked::NotLinked;
pub use signing_in::{SignInError, SignedIn};

/// The file's name.
pub const FILE: &str = ingest::datadir::ACCOUNTS;
/// The first account's name.
pub const FIRST: &str = "operator";
/// The layout that this program writes.
const FORMAT: u32 = 1;
/// Accounts, at most.
const MOST: usize = 10_000;
/// Places at which an account has signed in that are remembered.
const PLACES: usize = 8;
/// After so many seconds a place is a stranger again: 90 days.
const PLACE_S: i64 = 90 * 86_400;

/// Who must have a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotpFor {
    /// Roles that can see or take out single dossiers.
    #[default]
    SeesDossiers,
    /// Everybody.
    Everybody,
    /// Nobody; who has enrolled one still needs it.
    Nobody,
}

/// An account as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    role: Role,
    #[serde(default)]
    scope: Scope,
    password: String,
    must_change: bool,
    #[serde(default)]
    is_disabled: bool,
    totp: Option<Totp>,
    #[serde(default)]
    recovery: Vec<Digest>,
    made: At,
    /// Sessions from before are void.
    sessions_from: At,
    #[serde(default)]
    places: Vec<(Prefix, At)>,
    /// Who it is with the identity provider, as a digest. What an older program does not know is written only where it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<Digest>,
    /// Failures up to then are forgotten: an operator's command says so beside the server, which counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unlocked: Option<At>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct All {
    format: u32,
    accounts: BTreeMap<String, Account>,
}

impl Default for All {
    fn default() -> Self {
        Self {
            format: FORMAT,
            accounts: BTreeMap::new(),
        }
    }
}

/// An account as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// What it is bounded to.
    pub scope: Scope,
    /// Whether it may not sign in.
    pub is_disabled: bool,
    /// Whether it must choose a password.
    pub must_change: bool,
    /// Whether a second factor is enrolled.
    pub has_totp: bool,
    /// Recovery codes left.
    pub recovery_left: usize,
    /// Whether it is linked to somebody of the identity provider.
    pub is_linked: bool,
    /// When it was made.
    pub made: At,
}

/// What an account may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its role.
    pub role: Role,
    /// What it is bounded to.
    pub scope: Scope,
    /// What its sessions lack.
    pub stage: Stage,
    /// Sessions made before are void.
    pub sessions_from: At,
    /// Who it is with the identity provider.
    pub subject: Option<Digest>,
    /// It wants a second factor, from whoever proves its holder.
    pub wants_second_factor: bool,
}

/// All accounts.
#[derive(Debug)]
pub struct Accounts {
    kept: Kept<All>,
    totp_for: TotpFor,
    lockout: Mutex<Lockout>,
    /// Second factors that were begun and not confirmed.
    begun: Mutex<HashMap<String, Totp>>,
    /// A hash for names that nobody has.
    nobody: String,
}

impl Accounts {
    /// Opens a data directory's accounts.
    pub fn open(dir: &Path, totp_for: TotpFor) -> Result<Self, AccountError> {
        let kept = Kept::<All>::open(dir.join(FILE))?;
        let format = kept.read(|all| all.format);
        if format != FORMAT {
            return Err(AccountError::File(FileError::Damaged {
                path: dir.join(FILE),
                detail: format!("format {format} is of another version of the program"),
            }));
        }
        Ok(Self {
            kept,
            totp_for,
            lockout: Mutex::default(),
            begun: Mutex::default(),
            nobody: password::hash(&super::secret::token()?)?,
        })
    }

    /// Where there is no account, makes the first operator; answers its one-time password, to be printed once.
    pub fn first_start(&self, now: At) -> Result<Option<String>, AccountError> {
        if self.kept.read(|all| !all.accounts.is_empty()) {
            return Ok(None);
        }
        match self.create(FIRST, Role::Operator, Scope::default(), now) {
            Ok(password) => Ok(Some(password)),
            // Another process was quicker.
            Err(AccountError::Taken(_)) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Makes an account; answers its one-time password, which its holder must change at first use.
    pub fn create(
        &self,
        name: &str,
        role: Role,
        scope: Scope,
        now: At,
    ) -> Result<String, AccountError> {
        if !is_name(name) {
            return Err(AccountError::Name(name.to_owned()));
        }
        if !role.is_a_persons() {
            return Err(AccountError::NotAPersons(role));
        }
        scope.check(role)?;
        let (shown, hash) = one_time()?;
        self.kept.edit(|all| {
            if all.accounts.contains_key(name) {
                return Err(AccountError::Taken(name.to_owned()));
            }
            if all.accounts.len() >= MOST {
                return Err(AccountError::TooMany);
            }
            let account = Account {
                role,
                scope,
                password: hash,
                must_change: true,
                is_disabled: false,
                totp: None,
                recovery: Vec::new(),
                made: now,
                sessions_from: now,
                places: Vec::new(),
                subject: None,
                unlocked: None,
            };
            all.accounts.insert(name.to_owned(), account);
            Ok(())
        })?;
        Ok(shown)
    }

    /// Gives a new one-time password, ends the account's sessions and forgets its failures; its second factor too where that is
    /// lost.
    pub fn reset(&self, name: &str, with_totp: bool, now: At) -> Result<String, AccountError> {
        let (shown, hash) = one_time()?;
        self.change(name, |account| {
            account.password = hash;
            account.must_change = true;
            account.sessions_from = now;
            account.places.clear();
            account.unlocked = Some(now);
            if with_totp {
                account.totp = None;
                account.recovery.clear();
            }
        })?;
        Ok(shown)
    }

    /// Forgets the failures with its name up to now, in a running server too.
    pub fn unlock(&self, name: &str, now: At) -> Result<(), AccountError> {
        self.change(name, |account| account.unlocked = Some(now))
    }

    /// Gives a role and a scope; the account's sessions end.
    pub fn set_role(
        &self,
        name: &str,
        role: Role,
        scope: Scope,
        now: At,
    ) -> Result<(), AccountError> {
        if !role.is_a_persons() {
            return Err(AccountError::NotAPersons(role));
        }
        scope.check(role)?;
        self.change(name, |account| {
            account.role = role;
            account.scope = scope;
            account.sessions_from = now;
        })
    }

    /// Lets it sign in, or not; when not, its sessions end.
    pub fn set_disabled(&self, name: &str, is_disabled: bool, now: At) -> Result<(), AccountError> {
        self.change(name, |account| {
            account.is_disabled = is_disabled;
            account.sessions_from = now;
        })
    }

    /// Takes it away.
    pub fn remove(&self, name: &str) -> Result<(), AccountError> {
        self.kept.edit(|all| {
            let gone = all.accounts.remove(name);
            gone.ok_or_else(|| AccountError::Absent(name.to_owned()))?;
            keeps_an_operator(all, name)
        })
    }

    /// All of them, by name.
    pub fn list(&self) -> Vec<Shown> {
        let shown = |(name, account): (&String, &Account)| Shown {
            name: name.clone(),
            role: account.role,
            scope: account.scope.clone(),
            is_disabled: account.is_disabled,
            must_change: account.must_change,
            has_totp: account.totp.is_some(),
            recovery_left: account.recovery.len(),
            is_linked: account.subject.is_some(),
            made: account.made,
        };
        self.kept
            .read(|all| all.accounts.iter().map(shown).collect())
    }

    /// What an account may do now; none where there is none, or where it may not sign in.
    pub fn standing(&self, name: &str) -> Option<Standing> {
        self.kept.read(|all| {
            let account = all
                .accounts
                .get(name)
                .filter(|account| !account.is_disabled)?;
            Some(Standing {
                role: account.role,
                scope: account.scope.clone(),
                stage: self.stage(account),
                sessions_from: account.sessions_from,
                subject: account.subject,
                wants_second_factor: self.wants_second_factor(account),
            })
        })
    }

    fn needs_second_factor(&self, account: &Account) -> bool {
        match self.totp_for {
            TotpFor::SeesDossiers => sees_dossiers(account.role),
            TotpFor::Everybody => true,
            TotpFor::Nobody => false,
        }
    }

    /// Whether it is to have one, or has one.
    fn wants_second_factor(&self, account: &Account) -> bool {
        self.needs_second_factor(account) || account.totp.is_some()
    }

    fn stage(&self, account: &Account) -> Stage {
        if account.must_change {
            Stage::ChangePassword
        } else if self.needs_second_factor(account) && account.totp.is_none() {
            Stage::EnrolTotp
        } else {
            Stage::Full
        }
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Account)) -> Result<(), AccountError> {
        self.kept.edit(|all| {
            let account = all.accounts.get_mut(name);
            change(account.ok_or_else(|| AccountError::Absent(name.to_owned()))?);
            keeps_an_operator(all, name)
        })
    }
}

/// A change must leave somebody who can run the service.
fn keeps_an_operator(all: &All, changed: &str) -> Result<(), AccountError> {
    let can = |account: &Account| account.role == Role::Operator && !account.is_disabled;
    if all.accounts.values().any(can) {
        Ok(())
    } else {
        Err(AccountError::LastOperator(changed.to_owned()))
    }
}

/// Whether a text may be an account's name: a code, in which no telephone or citizen's number has room.
fn is_name(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    (3..=32).contains(&name.len())
        && digits <= 8
        && name.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

/// A password to be used once, of 100 random bits, and its hash.
fn one_time() -> Result<(String, String), AccountError> {
    let letters = base32(&random::<13>()?).to_lowercase();
    let groups: Vec<&str> = (0..4).map(|i| &letters[5 * i..5 * i + 5]).collect();
    let shown = groups.join("-");
    let hash = password::hash(&shown)?;
    Ok((shown, hash))
}
