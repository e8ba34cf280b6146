//! Accounts that are linked to somebody of the identity provider.
//!
//! An operator links them, by the subject that the provider names ([`crate::doors::openid::Subject`]); one subject is one account. The
//! account's own password goes on holding: the provider may be away.

use super::{Account, AccountError, Accounts, At, Digest};
use crate::doors::sessions::Proved;

/// Why somebody whom the provider proved is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotLinked {
    /// No account is linked to them, or it is disabled.
    Unknown,
    /// The account of this name wants a second factor, and the provider did not ask for one.
    OneFactor(String),
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

    /// The account of somebody whom the provider proved.
    pub fn of_subject(&self, proved: Proved) -> Result<String, NotLinked> {
        self.kept.read(|all| {
            let linked =
                |account: &Account| account.subject == Some(proved.subject) && !account.is_disabled;
            let found = all.accounts.iter().find(|(_, account)| linked(account));
            let (name, account) = found.ok_or(NotLinked::Unknown)?;
            if self.wants_second_factor(account) && !proved.has_second_factor {
                return Err(NotLinked::OneFactor(name.clone()));
            }
            Ok(name.clone())
        })
    }
}
