//! The signature of a webhook's body, and how a receiver checks it.
//!
//! The header is `X-Vonglau-Signature: t=<seconds since 1970>,v1=<64 hexadecimal digits>`, where `v1` is the
//! HMAC-SHA-256 (RFC 2104) of the decimal `t`, a dot and the body's bytes as they came, under the shared secret.
//!
//! A receiver: reads the body as bytes, before any parsing; takes `t` and `v1`; **refuses where `t` is more than 5 minutes
//! from its own clock**, either way, so that an old request cannot be played again; computes the HMAC and compares it in
//! constant time; and answers 2xx once it has kept the notices, leaving out those whose `key` it already has: a request
//! whose answer was lost comes again, with a new `t` and the same keys. [`check`] does all but the last. A later scheme
//! would add `v2=` beside `v1=`; parts that are not known are passed over.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::hex;

/// The header's name.
pub const HEADER: &str = "X-Vonglau-Signature";
/// Seconds that a signature's time may be from the receiver's clock.
pub const TOLERANCE_S: i64 = 300;

/// A signature that a receiver refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header has not its parts.
    #[error("the signature is not `t=…,v1=…`; refuse the request")]
    Malformed,
    /// Too old, or ahead.
    #[error(
        "the signature's time is {0} s from here; refuse the request, and see that both clocks are right"
    )]
    Stale(i64),
    /// Another body or another secret.
    #[error(
        "the signature does not fit; refuse the request, and see that both sides have the same secret"
    )]
    Wrong,
}

/// The header's value for a body signed at an instant (seconds since 1970).
pub fn sign(secret: &[u8], at_s: i64, body: &[u8]) -> String {
    let tag = mac(secret, at_s, body).finalize().into_bytes();
    format!("t={at_s},v1={}", hex(&tag))
}

/// Checks a header against a body as a receiver does at an instant (seconds since 1970).
///
/// # Errors
/// Why the request is to be refused.
pub fn check(secret: &[u8], header: &str, body: &[u8], now_s: i64) -> Result<(), SignatureError> {
    let part = |name: &str| {
        header
            .split(',')
            .find_map(|part| part.trim().strip_prefix(name))
    };
    let at = part("t=").and_then(|t| t.parse::<i64>().ok());
    let tag = part("v1=").and_then(unhex);
    let (Some(at), Some(tag)) = (at, tag) else {
        return Err(SignatureError::Malformed);
    };
    let apart = now_s.saturating_sub(at);
    if apart.saturating_abs() > TOLERANCE_S {
        return Err(SignatureError::Stale(apart));
    }
    let fits = mac(secret, at, body).verify_slice(&tag);
    fits.map_err(|_| SignatureError::Wrong)
}

fn mac(secret: &[u8], at_s: i64, body: &[u8]) -> Hmac<Sha256> {
    // RFC 2104 takes keys of every length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .unwrap_or_else(|_| Hmac::<Sha256>::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    mac.update(at_s.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}
