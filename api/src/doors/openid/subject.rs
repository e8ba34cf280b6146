//! Whom a provider proved, and what is kept of it.

use super::super::accounts::password::{self, HashError};
use super::super::secret::Digest;

/// Somebody of a provider: its address, and the `sub` of its tokens, which may be a person's number. It is neither shown nor logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    issuer: String,
    name: String,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subject(…)")
    }
}

impl Subject {
    /// Of a provider; a slash at the end of its address does not matter.
    pub fn new(issuer: &str, name: &str) -> Self {
        Self {
            issuer: issuer.trim_end_matches('/').to_owned(),
            name: name.to_owned(),
        }
    }

    /// What is kept. There are few numbers of citizens, and a quick hash of one would be found by trying them all: this takes as long as a
    /// password's, tens of milliseconds and 19 MiB.
    pub fn digest(&self) -> Result<Digest, HashError> {
        let salt = Digest::of_parts(&[b"openid\0", self.issuer.as_bytes()]);
        password::slow(self.name.as_bytes(), &salt.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_from_another_and_from_one_of_another_provider() {
        let of = |issuer, name| Subject::new(issuer, name).digest().unwrap();
        let one = of("https://id.hanoi.vn", "a");
        assert_eq!(one, of("https://id.hanoi.vn/", "a"));
        assert_ne!(one, of("https://id.hanoi.vn", "b"));
        assert_ne!(one, of("https://id.example.vn", "a"));
        assert!(
            !format!("{:?}", Subject::new("https://id.hanoi.vn", "a-number")).contains("number")
        );
    }
}
