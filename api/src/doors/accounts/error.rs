//! Why an account was not changed.

use super::super::files::FileError;
use super::super::role::Role;
use super::super::scope::BadScope;
use super::super::secret::NoRandom;
use super::MOST;
use super::password::{HashError, Weak};

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// A name is none.
    #[error(
        "`{0}` cannot be an account's name: use a seat's code of 3 to 32 small letters, digits and ._- such as ca-1, never a person's name or number"
    )]
    Name(String),
    /// There is one of this name.
    #[error("there is an account `{0}` already: choose another name")]
    Taken(String),
    /// The subject is another account's.
    #[error("this subject is linked to `{0}` already: unlink that account first")]
    Linked(String),
    /// There is none.
    #[error("there is no account `{0}`: `vonglau account list` names those that there are")]
    Absent(String),
    /// The role is for keys.
    #[error("a {0} does not sign in: make a key for it (`vonglau key create`)")]
    NotAPersons(Role),
    /// The scope.
    #[error(transparent)]
    Scope(#[from] BadScope),
    /// The last one who could make accounts.
    #[error("`{0}` is the last operator who can sign in: make another one first")]
    LastOperator(String),
    /// Too many.
    #[error("there may be up to {MOST} accounts: remove those that nobody uses")]
    TooMany,
    /// The password given as the present one is another.
    #[error("the present password is another")]
    Wrong,
    /// The new password.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// The new password is the old one.
    #[error("the new password must be another than the present one")]
    Same,
    /// The code is not of now.
    #[error(
        "the code is not the one that the authenticator shows now: wait for the next one, and see that the device's clock is right"
    )]
    Code,
    /// Nothing was begun.
    #[error("begin the enrolment first, which gives the secret")]
    NotBegun,
    /// Too many failures.
    #[error("too many failures: try again in {0} s")]
    Wait(u32),
    /// No hash.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandom),
}
