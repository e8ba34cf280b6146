//! Signing in, choosing a password, enrolling a second factor.
//!
//! Each takes tens of milliseconds of a thread for the password's hash; who calls bounds how many run at once
//! ([`super::super::serving`]). A failure is counted before the hash is made, and taken back where it was none.

use super::super::address::Prefix;
use super::super::at::At;
use super::super::caller::Stage;
use super::lockout::Attempt;
use super::totp::{Totp, kept_of, recovery_codes};
use super::{Account, AccountError, Accounts, PLACE_S, PLACES, password};

/// Enrolments begun and not confirmed that are remembered.
const BEGUN: usize = 1_000;

/// Somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub name: String,
    /// What its session lacks.
    pub stage: Stage,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name, password or code.
    #[error("the name, the password or the code is not right")]
    Wrong,
    /// The password is right, and a code is wanted too.
    #[error("give the code of the authenticator too, or a recovery code")]
    CodeWanted,
    /// Too many failures.
    #[error("too many failures: try again in {0} s")]
    Wait(u32),
    /// The accounts cannot be used.
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl From<super::FileError> for SignInError {
    fn from(error: super::FileError) -> Self {
        Self::Account(error.into())
    }
}

impl Accounts {
    /// Signs somebody in.
    pub fn sign_in(
        &self,
        name: &str,
        password: &str,
        code: Option<&str>,
        from: Prefix,
        now: At,
    ) -> Result<SignedIn, SignInError> {
        // A name that could be none is counted as one and the same.
        let name = if super::is_name(name) { name } else { "" };
        let found = self.kept.read(|all| all.accounts.get(name).cloned());
        if let Some(until) = found.as_ref().and_then(|account| account.unlocked) {
            self.lockout.lock().forget(name, until);
        }
        let attempt = Attempt {
            name,
            from,
            is_known: found
                .as_ref()
                .is_some_and(|account| account.knows(from, now)),
        };
        self.begin(attempt, now).map_err(SignInError::Wait)?;
        let hash = found
            .as_ref()
            .map_or(&self.nobody, |account| &account.password);
        let is_right = password::verify(password, hash);
        let Some(account) = found.filter(|account| is_right && !account.is_disabled) else {
            return Err(SignInError::Wrong);
        };
        if account.totp.is_some() && code.is_none_or(str::is_empty) {
            self.lockout.lock().undo(attempt);
            return Err(SignInError::CodeWanted);
        }
        // What is kept now counts: a code may have been used, or the password changed, while the hash was made.
        let stage = self.kept.edit(|all| {
            let now_kept = all.accounts.get_mut(name).ok_or(SignInError::Wrong)?;
            if now_kept.is_disabled || now_kept.password != account.password {
                return Err(SignInError::Wrong);
            }
            if !now_kept.takes(code.unwrap_or_default(), now) {
                return Err(SignInError::Wrong);
            }
            now_kept.remember(from, now);
            Ok(self.stage(now_kept))
        })?;
        self.lockout.lock().succeeded(attempt);
        Ok(SignedIn {
            name: name.to_owned(),
            stage,
        })
    }

    /// Waits are kept to, and the attempt is counted as failed until it is known better.
    fn begin(&self, attempt: Attempt<'_>, now: At) -> Result<(), u32> {
        let mut lockout = self.lockout.lock();
        if let Some(seconds) = lockout.wait(attempt, now) {
            return Err(seconds);
        }
        lockout.failed(attempt, now);
        Ok(())
    }

    /// Asks again for the password of somebody who is signed in.
    fn confirm(
        &self,
        name: &str,
        password: &str,
        from: Prefix,
        now: At,
    ) -> Result<Account, AccountError> {
        let found = self.kept.read(|all| all.accounts.get(name).cloned());
        let account = found.ok_or_else(|| AccountError::Absent(name.to_owned()))?;
        // Who has a session is at home, and yet may not guess on.
        let attempt = Attempt {
            name,
            from,
            is_known: true,
        };
        self.begin(attempt, now).map_err(AccountError::Wait)?;
        if !password::verify(password, &account.password) {
            return Err(AccountError::Wrong);
        }
        self.lockout.lock().succeeded(attempt);
        Ok(account)
    }

    /// Changes somebody's own password. Every session of the account made before now is void.
    pub fn change_password(
        &self,
        name: &str,
        (present, new): (&str, &str),
        from: Prefix,
        now: At,
    ) -> Result<(), AccountError> {
        let account = self.confirm(name, present, from, now)?;
        password::check(new, name)?;
        if password::verify(new, &account.password) {
            return Err(AccountError::Same);
        }
        let hash = password::hash(new)?;
        self.change(name, |account| {
            account.password = hash;
            account.must_change = false;
            account.sessions_from = now;
        })
    }

    /// Begins to enrol a second factor: its secret, which the account has not until a code of it is given. The password is asked again,
    /// so that a session left open enrols nobody else's.
    pub fn begin_totp(
        &self,
        name: &str,
        password: &str,
        from: Prefix,
        now: At,
    ) -> Result<Totp, AccountError> {
        self.confirm(name, password, from, now)?;
        let totp = Totp::new()?;
        let mut begun = self.begun.lock();
        if begun.len() >= BEGUN && !begun.contains_key(name) {
            begun.clear();
        }
        begun.insert(name.to_owned(), totp.clone());
        Ok(totp)
    }

    /// Confirms it with a code; answers the recovery codes, to be shown once. Sessions made before now are void.
    pub fn confirm_totp(
        &self,
        name: &str,
        code: &str,
        from: Prefix,
        now: At,
    ) -> Result<Vec<String>, AccountError> {
        let attempt = Attempt {
            name,
            from,
            is_known: true,
        };
        let begun = self.begun.lock().get(name).cloned();
        let mut totp = begun.ok_or(AccountError::NotBegun)?;
        self.begin(attempt, now).map_err(AccountError::Wait)?;
        if !totp.take(code, now) {
            return Err(AccountError::Code);
        }
        let (shown, kept) = recovery_codes()?;
        self.change(name, |account| {
            account.totp = Some(totp);
            account.recovery = kept;
            account.sessions_from = now;
        })?;
        self.begun.lock().remove(name);
        self.lockout.lock().succeeded(attempt);
        Ok(shown)
    }
}

impl Account {
    /// Whether it has signed in from there of late.
    fn knows(&self, from: Prefix, now: At) -> bool {
        let is_recent = |at: At| now.since(at) < PLACE_S as u64 * 1_000;
        self.places
            .iter()
            .any(|(place, at)| *place == from && is_recent(*at))
    }

    fn remember(&mut self, from: Prefix, now: At) {
        self.places.retain(|(place, _)| *place != from);
        self.places.push((from, now));
        let excess = self.places.len().saturating_sub(PLACES);
        self.places.drain(..excess);
    }

    /// Takes the second factor, a recovery code in its stead; true where none is enrolled.
    fn takes(&mut self, code: &str, now: At) -> bool {
        let Some(totp) = &mut self.totp else {
            return true;
        };
        if totp.take(code, now) {
            return true;
        }
        let kept = kept_of(code);
        let before = self.recovery.len();
        self.recovery.retain(|code| *code != kept);
        self.recovery.len() < before
    }
}
