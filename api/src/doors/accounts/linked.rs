//! Accounts that are linked to somebody of the identity provider.
//!
//! An operator links them, by the subject that the provider names ([`crate::doors::openid::digest_of`]); one subject is one account. The
//! account's own password goes on holding: the provider may be away.

use super::{Account, AccountError, Accounts, At, Digest};

/// Why somebody whom the provider proved is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLinked {
    /// No account is linked to them, or it is disabled.
    Unknown,
    /// The account wants a second factor, and the provider did not ask for one.
    OneFactor,
}

impl Accounts {
    /// Links an account to a subject, or to nobody; its sessions end.
    pub fn link(&self, name: &str, subject: Option<Digest>, now: At) -> Result<(), AccountError> {
        self.kept.edit(|all| {
            let other = all.accounts.iter().find(|(of, account)| {
                *of != name && subject.is_some() && account.subject == subject
            });
            if let Some((other, _)) = other {
                return Err(AccountError::Linked(other.clone()));
            }
            let account = all.accounts.get_mut(name);
            let account = account.ok_or_else(|| AccountError::Absent(name.to_owned()))?;
            account.subject = subject;
            account.sessions_from = now;
            Ok(())
        })
    }

    /// The account of a subject.
    pub fn of_subject(
        &self,
        subject: Digest,
        has_second_factor: bool,
    ) -> Result<String, NotLinked> {
        self.kept.read(|all| {
            let linked =
                |account: &Account| account.subject == Some(subject) && !account.is_disabled;
            let found = all.accounts.iter().find(|(_, account)| linked(account));
            let (name, account) = found.ok_or(NotLinked::Unknown)?;
            let wants_another = self.needs_second_factor(account) || account.totp.is_some();
            if wants_another && !has_second_factor {
                return Err(NotLinked::OneFactor);
            }
            Ok(name.clone())
        })
    }
}
