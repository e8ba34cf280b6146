//! Signed requests of sources.
//!
//! A source sends `X-Vonglau-Key: <id>` and `X-Vonglau-Signature: t=<seconds>,v1=<hex>`, where `v1` is the HMAC-SHA-256, with the SHA-256 of
//! the key's secret (the text after the last `_`) as its key, over `<seconds>.` followed by the body's bytes as they are sent. A
//! signature holds within [`OFF_S`] of now, and once: it is remembered until it would be too old anyway. Who sends the same
//! body again signs it with a new time; events are known by their ids, so that nothing counts twice.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use parking_lot::Mutex;
use sha2::Sha256;

use super::at::At;
use super::secret::{Digest, hex, unhex};

/// The header of the key's id.
pub const KEY: &str = "x-vonglau-key";
/// The header of the signature.
pub const SIGNATURE: &str = "x-vonglau-signature";
/// Seconds that a sender's clock may be off.
pub const OFF_S: i64 = 300;
/// Signatures remembered, at most: over 600 s, so many requests a second.
const MOST: usize = 300_000;

/// A signature as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    seconds: i64,
    sum: [u8; 32],
}

/// Why a signature is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// It cannot be read.
    #[error("`X-Vonglau-Signature` must be t=<seconds since 1970>,v1=<64 hexadecimal digits>")]
    Form,
    /// Its time is too far from now.
    #[error(
        "the signature's time is more than {OFF_S} s from the server's: set the sender's clock by NTP"
    )]
    Time,
    /// It is another's.
    #[error("the signature does not fit the body, or the key")]
    Wrong,
    /// It was used.
    #[error("the signature was used before: sign what is sent again with a new time")]
    Replayed,
    /// More are remembered than there is room for.
    #[error("too many signed requests: send larger batches")]
    TooMany,
}

impl Signature {
    /// Reads the header. Each part stands once, in this order, and nothing else.
    pub fn parse(header: &str) -> Result<Self, BadSignature> {
        let parts = header
            .strip_prefix("t=")
            .and_then(|rest| rest.split_once(",v1="));
        let (seconds, sum) = parts.ok_or(BadSignature::Form)?;
        let is_number =
            (1..=12).contains(&seconds.len()) && seconds.bytes().all(|b| b.is_ascii_digit());
        let seconds = seconds
            .parse()
            .ok()
            .filter(|_| is_number)
            .ok_or(BadSignature::Form)?;
        let sum = unhex(sum).ok_or(BadSignature::Form)?;
        Ok(Self { seconds, sum })
    }

    /// Whether its time is near enough, which can be said before a body is read.
    pub fn is_of_now(&self, now: At) -> Result<(), BadSignature> {
        let off = self.seconds.saturating_sub(now.seconds()).abs();
        if off <= OFF_S {
            Ok(())
        } else {
            Err(BadSignature::Time)
        }
    }

    /// Whether it is this key's over this body.
    pub fn fits(&self, secret: &[u8; 32], body: &[u8]) -> Result<(), BadSignature> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| BadSignature::Wrong)?;
        mac.update(format!("{}.", self.seconds).as_bytes());
        mac.update(body);
        // Compared in constant time.
        mac.verify_slice(&self.sum).map_err(|_| BadSignature::Wrong)
    }
}

/// The header that a sender makes with the secret of its whole key, the text after the last `_`.
pub fn sign(secret: &str, at: At, body: &[u8]) -> String {
    let key = Digest::of(secret.as_bytes());
    let seconds = at.seconds();
    // HMAC takes keys of any length.
    let sum = Hmac::<Sha256>::new_from_slice(&key.0).map(|mut mac| {
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(body);
        hex(&mac.finalize().into_bytes())
    });
    format!("t={seconds},v1={}", sum.unwrap_or_default())
}

/// Signatures that were used.
#[derive(Debug, Default)]
pub struct Used {
    by: Mutex<HashMap<Digest, At>>,
}

impl Used {
    /// Remembers a signature that fits; refuses it when it was used.
    pub fn once(&self, key: &str, signature: &Signature, now: At) -> Result<(), BadSignature> {
        let mark = Digest::of_parts(&[key.as_bytes(), b".", &signature.sum]);
        let mut by = self.by.lock();
        if by.contains_key(&mark) {
            return Err(BadSignature::Replayed);
        }
        if by.len() >= MOST {
            by.retain(|_, until| now < *until);
        }
        if by.len() >= MOST {
            return Err(BadSignature::TooMany);
        }
        // The last instant at which it would still be near enough, and the one after.
        by.insert(mark, At::of_seconds(signature.seconds + OFF_S + 1));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: At = At::of_seconds(1_795_651_200);
    const SECRET: &str = "5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b5aa765d61d8327deb882cf99";

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let sum = hex(&mac.finalize().into_bytes());
        assert_eq!(
            sum,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_signature_holds_near_now_and_once() {
        let signature = Signature::parse(&sign(SECRET, NOW, b"body")).unwrap();
        let key = Digest::of(SECRET.as_bytes()).0;
        assert_eq!(signature.fits(&key, b"body"), Ok(()));
        assert_eq!(signature.fits(&key, b"bodY"), Err(BadSignature::Wrong));
        assert_eq!(signature.fits(&[0; 32], b"body"), Err(BadSignature::Wrong));
        for (seconds, is_near) in [
            (-301, false),
            (-300, true),
            (0, true),
            (300, true),
            (301, false),
        ] {
            assert_eq!(
                signature.is_of_now(NOW.plus_seconds(seconds)).is_ok(),
                is_near
            );
        }
        let used = Used::default();
        assert_eq!(used.once("k", &signature, NOW), Ok(()));
        assert_eq!(
            used.once("k", &signature, NOW.plus_seconds(600)),
            Err(BadSignature::Replayed)
        );
        assert_eq!(
            used.once("l", &signature, NOW),
            Ok(()),
            "of another key it is another"
        );
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let sum = "a".repeat(64);
        for wrong in [
            String::new(),
            "t=1".to_owned(),
            format!("v1={sum},t=1"),
            format!("t=,v1={sum}"),
            format!("t=-1,v1={sum}"),
            format!("t=+1,v1={sum}"),
            format!("t=1 ,v1={sum}"),
            format!("t=1,v1={sum},v1={sum}"),
            format!("t=1,t=2,v1={sum}"),
            format!("t=9999999999999,v1={sum}"),
            format!("t=1,v1={}", &sum[1..]),
            format!("t=1,v1={}", sum.to_uppercase()),
        ] {
            assert_eq!(Signature::parse(&wrong), Err(BadSignature::Form), "{wrong}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let used = Used::default();
        let mut signature = Signature {
            seconds: NOW.seconds(),
            sum: [0; 32],
        };
        for i in 0..MOST as u64 {
            signature.sum[..8].copy_from_slice(&i.to_be_bytes());
            used.once("k", &signature, NOW).unwrap();
        }
        signature.sum = [255; 32];
        assert_eq!(used.once("k", &signature, NOW), Err(BadSignature::TooMany));
        let later = NOW.plus_seconds(OFF_S + 1);
        signature.seconds = later.seconds();
        assert_eq!(used.once("k", &signature, later), Ok(()));
    }

    proptest! {
        #[test]
        fn any_body_is_signed(body: Vec<u8>, other: Vec<u8>, seconds in 0_i64..99_999_999_999) {
            let signature = Signature::parse(&sign(SECRET, At::of_seconds(seconds), &body)).unwrap();
            let key = Digest::of(SECRET.as_bytes()).0;
            prop_assert_eq!(signature.fits(&key, &body), Ok(()));
            prop_assert_eq!(signature.fits(&key, &other).is_ok(), body == other);
        }
    }
}
