//! The second factor: codes of an authenticator program (RFC 6238 over RFC 4226), and codes for when it is lost.
//!
//! HMAC-SHA-1, six digits, steps of 30 s: what every authenticator program does without being told. The code of the step before and
//! after is taken too, for clocks that differ; a step that was used, or one before it, never again.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use crate::doors::at::At;
use crate::doors::secret::{Digest, NoRandom, base32, random};

/// Seconds of a step.
const STEP_S: i64 = 30;
/// Steps that a clock may be off.
const OFF: i64 = 1;
/// Codes for when the program is lost.
const RECOVERY: usize = 10;

/// What is kept of an enrolled program: the secret that both know, and the last step that was used.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totp {
    secret: [u8; 20],
    last_step: i64,
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Totp(…, last_step: {})", self.last_step)
    }
}

impl Totp {
    /// A new secret.
    pub fn new() -> Result<Self, NoRandom> {
        Ok(Self {
            secret: random()?,
            last_step: 0,
        })
    }

    /// The secret as a person types it into the program.
    pub fn typed(&self) -> String {
        base32(&self.secret)
    }

    /// The address that a QR code for the program holds. A name is of letters that need no escape.
    pub fn uri(&self, name: &str) -> String {
        format!(
            "otpauth://totp/Vong%20Lau:{name}?secret={}&issuer=Vong%20Lau&algorithm=SHA1&digits=6&period={STEP_S}",
            self.typed()
        )
    }

    /// Takes a code, once; false where it is not of about now, or of a step that was used.
    pub fn take(&mut self, code: &str, at: At) -> bool {
        let now = at.seconds().div_euclid(STEP_S);
        let mut found = None;
        // All of them are computed, so that the time taken tells nothing.
        for step in now - OFF..=now + OFF {
            let expected = format!("{:06}", hotp(&self.secret, step.max(0) as u64, 1_000_000));
            let same: bool = expected.as_bytes().ct_eq(code.as_bytes()).into();
            if same && step > self.last_step {
                found = Some(step);
            }
        }
        match found {
            Some(step) => {
                self.last_step = step;
                true
            }
            None => false,
        }
    }

    /// The code of an instant, as the program shows it.
    #[cfg(test)]
    pub(crate) fn code(&self, at: At) -> String {
        let step = at.seconds().div_euclid(STEP_S);
        format!("{:06}", hotp(&self.secret, step as u64, 1_000_000))
    }
}

/// RFC 4226, section 5.3: the dynamic truncation of an HMAC over a counter.
fn hotp(secret: &[u8], counter: u64, modulus: u32) -> u32 {
    // HMAC takes keys of any length, so that there is no error to meet.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        return modulus;
    };
    mac.update(&counter.to_be_bytes());
    let sum = mac.finalize().into_bytes();
    let at = usize::from(sum[19] & 15);
    let word = u32::from_be_bytes([sum[at] & 127, sum[at + 1], sum[at + 2], sum[at + 3]]);
    word % modulus
}

/// New codes for when the program is lost: as they are shown once, and what is kept of them. Each has 80 random bits.
pub fn recovery_codes() -> Result<(Vec<String>, Vec<Digest>), NoRandom> {
    let mut shown = Vec::with_capacity(RECOVERY);
    for _ in 0..RECOVERY {
        let letters = base32(&random::<10>()?).to_lowercase();
        let groups: Vec<&str> = (0..4).map(|i| &letters[4 * i..4 * i + 4]).collect();
        shown.push(groups.join("-"));
    }
    let kept = shown.iter().map(|code| kept_of(code)).collect();
    Ok((shown, kept))
}

/// What is kept of a recovery code, however it is typed.
pub fn kept_of(code: &str) -> Digest {
    let bare = code.chars().filter(char::is_ascii_alphanumeric);
    let bare: String = bare.take(64).map(|c| c.to_ascii_lowercase()).collect();
    Digest::of_parts(&[b"recovery:", bare.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OF_THE_RFC: &[u8] = b"12345678901234567890";

    fn program() -> Totp {
        Totp {
            secret: *b"12345678901234567890",
            last_step: 0,
        }
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        let expected = [
            755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871,
            520_489,
        ];
        for (counter, code) in expected.into_iter().enumerate() {
            assert_eq!(hotp(OF_THE_RFC, counter as u64, 1_000_000), code);
        }
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (seconds, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000_u64, 65_353_130),
        ] {
            assert_eq!(hotp(OF_THE_RFC, seconds / 30, 100_000_000), code);
        }
    }

    #[test]
    fn a_code_counts_once_and_none_before_it() {
        let mut program = program();
        let at = At::of_seconds(1_111_111_111);
        let (before, now) = (program.code(at.plus_seconds(-30)), program.code(at));
        assert!(program.take(&now, at));
        assert!(!program.take(&now, at), "used");
        assert!(!program.take(&before, at), "older than one that was used");
        let next = program.code(at.plus_seconds(30));
        assert!(program.take(&next, at), "the program's clock is ahead");
    }

    #[test]
    fn what_is_no_code_is_not_taken() {
        for wrong in ["", "0", "00000", "0000000", "      ", "٠٨١٨٠٤", "81804"] {
            assert!(
                !program().take(wrong, At::of_seconds(1_111_111_109)),
                "{wrong}"
            );
        }
        assert!(program().take("081804", At::of_seconds(1_111_111_109)));
    }

    #[test]
    fn recovery_codes_are_known_however_they_are_typed() {
        let (shown, kept) = recovery_codes().unwrap();
        assert_eq!((shown.len(), kept.len()), (RECOVERY, RECOVERY));
        let typed = shown[3].to_uppercase().replace('-', " ");
        assert_eq!(kept_of(&typed), kept[3]);
        assert_eq!(shown[0].len(), 19);
    }

    proptest! {
        #[test]
        fn codes_of_other_times_are_not_taken(seconds in 100_000_i64..4_000_000_000, off in 2_i64..1_000_000, ahead: bool) {
            let at = At::of_seconds(seconds);
            let other = at.plus_seconds(if ahead { 30 * off } else { -30 * off }.max(-seconds));
            let code = program().code(other);
            // Three codes of a million are right, whatever they were made for.
            let is_one = (-1..=1).any(|step| program().code(at.plus_seconds(30 * step)) == code);
            prop_assert_eq!(program().take(&code, at), is_one);
        }
    }
}
