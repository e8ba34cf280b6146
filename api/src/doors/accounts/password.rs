//! Passwords: what one may be, and what is kept of it.
//!
//! Kept is an argon2id hash with the parameters that OWASP's cheat sheet on password storage gives first (19 MiB, two passes,
//! one lane). A password is brought to NFKC before, as NIST SP 800-63B says: a Vietnamese letter may be typed as one or as two characters.
//! Rules are SP 800-63B's too: length, not of the commonest, not the name; no demand for kinds of characters.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization as _;

use crate::doors::secret::{Digest, NoRandom, random};

/// Memory of a hash, KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// The shortest password, characters.
pub const SHORTEST: usize = 12;
/// The longest, characters: hashing is no way to keep the server busy.
pub const LONGEST: usize = 128;
/// Different characters that a password has at least.
const DIFFERENT: usize = 5;

/// The commonest passwords that would be long enough, without their last digits and signs.
const COMMON: &str = include_str!("common.txt");
/// Words that many passwords here are made of. What is left without them must still be long.
const WORDS: [&str; 16] = [
    "password",
    "matkhau",
    "hanoi",
    "vonglau",
    "vietnam",
    "quantri",
    "admin",
    "administrator",
    "operator",
    "supervisor",
    "welcome",
    "qwerty",
    "hanhchinhcong",
    "motcua",
    "giamsat",
    "trungtam",
];
/// Characters that must be left.
const LEFT: usize = 6;

/// A password that may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short.
    #[error(
        "the password must have at least {SHORTEST} characters: several words that have nothing to do with each other are good"
    )]
    Short,
    /// Too long.
    #[error("the password may have up to {LONGEST} characters")]
    Long,
    /// One of the commonest.
    #[error(
        "the password is among the first that are tried: choose words that have nothing to do with each other"
    )]
    Common,
    /// Few characters over and over, or a row of neighbours.
    #[error(
        "the password is a row or a repetition: choose words that have nothing to do with each other"
    )]
    Row,
    /// It has the account's name.
    #[error("the password must not have the account's name in it")]
    Name,
}

/// A hash could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// No salt.
    #[error(transparent)]
    Random(#[from] NoRandom),
    /// The hash refuses, for want of memory.
    #[error("the password cannot be hashed ({0}): see that the machine has memory left")]
    Hash(String),
}

fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// Checks a new password of an account.
pub fn check(password: &str, name: &str) -> Result<(), Weak> {
    let password = normal(password);
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::Short);
    }
    if length > LONGEST {
        return Err(Weak::Long);
    }
    let small = password.to_lowercase();
    let mut letters: Vec<char> = small.chars().collect();
    if is_row(&letters) {
        return Err(Weak::Row);
    }
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < DIFFERENT {
        return Err(Weak::Row);
    }
    if name.len() >= 3 && small.contains(&name.to_lowercase()) {
        return Err(Weak::Name);
    }
    if is_common(&small) {
        return Err(Weak::Common);
    }
    Ok(())
}

/// Whether each character is the one before, or its neighbour, as in `1111…`, `abcdef…` and `987654…`; or a shorter row
/// over and over.
fn is_row(letters: &[char]) -> bool {
    let near = letters.windows(2).filter(|pair| {
        let apart = i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
        apart.abs() <= 1
    });
    let is_near = near.count() + 3 >= letters.len();
    let repeats = (1..=letters.len() / 3).any(|period| {
        let same = letters.iter().zip(&letters[period..]);
        same.clone().all(|(a, b)| a == b)
    });
    is_near || repeats
}

fn is_common(small: &str) -> bool {
    let plain: String = small.chars().map(unleet).collect();
    let is_end = |c: char| !c.is_alphabetic();
    let bare = |text: &str| text.trim_matches(is_end).to_owned();
    let forms = [small.to_owned(), bare(small), plain.clone(), bare(&plain)];
    let listed = |form: &String| COMMON.lines().any(|common| common == form);
    if forms.iter().any(listed) {
        return true;
    }
    // The commonest words, with a year and a sign.
    [small, &plain].into_iter().any(|text| {
        let mut left = text.to_owned();
        for word in WORDS {
            left = left.replace(word, "");
        }
        let letters = left.chars().filter(|c| c.is_alphabetic()).count();
        left.len() < text.len() && letters < LEFT
    })
}

/// Signs that stand for letters.
const fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.map_err(|e| HashError::Hash(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash that is kept of a password, in PHC's form. It takes tens of milliseconds and 19 MiB.
pub fn hash(password: &str) -> Result<String, HashError> {
    let salt = SaltString::encode_b64(&random::<16>()?);
    let salt = salt.map_err(|e| HashError::Hash(e.to_string()))?;
    let hash = hasher()?.hash_password(normal(password).as_bytes(), &salt);
    Ok(hash
        .map_err(|e| HashError::Hash(e.to_string()))?
        .to_string())
}

/// A digest that takes as long as [`hash`] and is always the same: for what is looked up by it.
pub fn slow(of: &[u8], salt: &[u8; 32]) -> Result<Digest, HashError> {
    let mut digest = [0; 32];
    let made = hasher()?.hash_password_into(of, salt, &mut digest);
    made.map_err(|e| HashError::Hash(e.to_string()))?;
    Ok(Digest(digest))
}

/// Whether a password is the one of which a hash is kept. It takes as long as [`hash`], whatever the answer, unless the hash is
/// damaged, which is no.
pub fn verify(password: &str, kept: &str) -> bool {
    let length = password.chars().take(LONGEST + 1).count();
    // What could never be set is compared as the empty text, which takes as long.
    let password = if length > LONGEST { "" } else { password };
    let (Ok(hash), Ok(hasher)) = (PasswordHash::new(kept), hasher()) else {
        return false;
    };
    let verified = hasher.verify_password(normal(password).as_bytes(), &hash);
    verified.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let kept = hash("bốn từ không liên quan").unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(verify("bốn từ không liên quan", &kept));
        let apart: String = "bốn từ không liên quan".nfd().collect();
        assert!(
            verify(&apart, &kept),
            "the same letters, typed as two characters each"
        );
        assert!(!verify("bốn từ không liên quạn", &kept));
        assert!(!verify("", &kept));
        assert!(!verify("x", "not a hash"));
        assert!(!verify(&"x".repeat(1_000_000), &kept));
        assert_ne!(hash("bốn từ không liên quan").unwrap(), kept, "salted");
    }

    #[test]
    fn weak_passwords_are_refused_and_say_why() {
        for (password, why) in [
            ("short", Weak::Short),
            ("mười ký tự!", Weak::Short),
            ("111111111111", Weak::Row),
            ("123456789012", Weak::Row),
            ("abcdefghijkl", Weak::Row),
            ("abcabcabcabc", Weak::Row),
            ("abababababab", Weak::Row),
            ("password1234", Weak::Common),
            ("P@ssw0rd2026!", Weak::Common),
            ("MatKhau@2026", Weak::Common),
            ("Hanoi@123456", Weak::Common),
            ("qwertyuiop123", Weak::Common),
            ("iloveyou123456", Weak::Common),
            ("administrator1", Weak::Common),
            ("vonglauhanoi2026", Weak::Common),
            ("trường ca-1 trưởng", Weak::Name),
        ] {
            assert_eq!(check(password, "ca-1"), Err(why), "{password}");
        }
        assert_eq!(check(&"ab cd ef gh ".repeat(5), "ca-1"), Err(Weak::Row));
        assert_eq!(check(&"ab cd ef gh ".repeat(20), "ca-1"), Err(Weak::Long));
    }

    #[test]
    fn good_passwords_are_taken() {
        for password in [
            "ngựa pin ghim đúng",
            "correct horse battery staple",
            "hanoi thuyền giấy mùa đông",
            "k7Qw2-tR9xz-4mB",
            "không-ai-đoán-được",
        ] {
            assert_eq!(check(password, "ca-1"), Ok(()), "{password}");
        }
    }
}
