//! Sign-ins that are begun: each holds for ten minutes, in the browser that began it, and once.
//!
//! Nothing is kept of one that is begun, so that nobody fills anything by beginning many. Its state says when it began and is sealed with a
//! key of this process; nonce and proof are made of the state with the same key. The browser keeps the state and which session it had, for
//! that ends with the new one, and the seal is over both. Kept is which states came back, the last [`KEPT`] of them: one that was forgotten
//! for others could be used again within its ten minutes, by the same browser, with a code that the provider gives out once.

use std::collections::VecDeque;

use hmac::{Hmac, KeyInit as _, Mac as _};
use parking_lot::Mutex;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::super::at::At;
use super::super::secret::{Digest, NoRandom, hex, random, unhex};

/// Seconds that a sign-in may take.
pub(super) const HOLDS_S: i64 = 600;
/// States that came back and are remembered.
const KEPT: usize = 10_000;
/// Digits of a state before its seal: 128 random bits, and milliseconds since 1970.
const OPEN: usize = 48;

/// What a sign-in's end is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct One {
    /// What the token must name.
    pub(super) nonce: String,
    /// What proves that who begins and who asks for the token are one.
    pub(super) verifier: String,
}

/// One that was just begun.
#[derive(Debug)]
pub(super) struct New {
    /// What the provider gives back.
    pub(super) state: String,
    /// What the browser keeps.
    pub(super) cookie: String,
    pub(super) one: One,
}

/// The key, and the states that came back.
pub(super) struct Begun {
    key: [u8; 64],
    used: Mutex<VecDeque<(Digest, At)>>,
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

impl Begun {
    /// With a key of its own.
    pub(super) fn new() -> Result<Self, NoRandom> {
        Ok(Self {
            key: random()?,
            used: Mutex::default(),
        })
    }

    /// Begins one, in a browser with a session or without.
    pub(super) fn begin(&self, former: Option<Digest>, now: At) -> Result<New, NoRandom> {
        let open = format!("{}{:016x}", hex(&random::<16>()?), now.0);
        let former = former.map(|digest| hex(&digest.0)).unwrap_or_default();
        let state = format!("{open}{}", self.made("state", &open, &former));
        Ok(New {
            cookie: format!("{state}{former}"),
            one: self.one(&state),
            state,
        })
    }

    /// Takes one by the state that came back and what the browser kept; it is over by that. Answers the session that the browser had, too.
    pub(super) fn take(&self, state: &str, cookie: &str, now: At) -> Option<(One, Option<Digest>)> {
        let former = cookie.strip_prefix(state)?;
        let (open, seal) = state.split_at_checked(OPEN)?;
        let is_own = self.made("state", open, former);
        if !bool::from(is_own.as_bytes().ct_eq(seal.as_bytes())) {
            return None;
        }
        // Sealed, and so as it was written.
        let began = At(i64::from_str_radix(open.get(32..)?, 16).ok()?);
        let former = match former {
            "" => None,
            digits => Some(Digest(unhex(digits)?)),
        };
        (holds(began, now) && self.is_first(state, now)).then(|| (self.one(state), former))
    }

    fn is_first(&self, state: &str, now: At) -> bool {
        let mut used = self.used.lock();
        used.retain(|(_, at)| holds(*at, now));
        let digest = Digest::of(state.as_bytes());
        if used.iter().any(|(one, _)| *one == digest) {
            return false;
        }
        if used.len() >= KEPT {
            used.pop_front();
        }
        used.push_back((digest, now));
        true
    }

    fn one(&self, state: &str) -> One {
        One {
            nonce: self.made("nonce", state, ""),
            verifier: self.made("verifier", state, ""),
        }
    }

    /// 64 digits that only this process makes of a text.
    fn made(&self, what: &str, of: &str, and: &str) -> String {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        for part in [what, "\0", of, "\0", and] {
            mac.update(part.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }
}

/// A clock that was set back does not make it hold for longer.
fn holds(begun: At, now: At) -> bool {
    begun <= now && now < begun.plus_seconds(HOLDS_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: At = At::of_seconds(1_795_651_200);

    #[test]
    fn one_holds_once_and_for_ten_minutes() {
        let begun = Begun::new().unwrap();
        let [a, b, c] = [(); 3].map(|()| begun.begin(None, NOW).unwrap());
        assert!(a.one != b.one && a.state != b.state && a.one.nonce != a.one.verifier);
        let late = NOW.plus_seconds(HOLDS_S);
        let last = late.plus_seconds(-1);
        assert_eq!(
            begun.take(&a.state, &a.cookie, last),
            Some((a.one.clone(), None))
        );
        assert_eq!(begun.take(&a.state, &a.cookie, last), None, "it was taken");
        assert_eq!(begun.take(&b.state, &b.cookie, late), None);
        let before = NOW.plus_seconds(-1);
        assert_eq!(begun.take(&c.state, &c.cookie, before), None);
        let restarted = Begun::new().unwrap();
        assert_eq!(
            restarted.take(&c.state, &c.cookie, NOW),
            None,
            "of another process"
        );
    }

    #[test]
    fn what_was_changed_on_the_way_is_none() {
        let begun = Begun::new().unwrap();
        let former = Digest::of(b"a session");
        let new = begun.begin(Some(former), NOW).unwrap();
        let mut bad = vec![
            (String::new(), String::new()),
            (new.state.clone(), String::new()),
            (new.state.clone(), new.state.clone()),
            (String::new(), new.cookie.clone()),
            (new.state[..64].to_owned(), new.cookie.clone()),
            (new.cookie.clone(), new.cookie.clone()),
            ("é".repeat(60), "é".repeat(60)),
        ];
        for at in 0..new.cookie.len() {
            let mut cookie = new.cookie.clone().into_bytes();
            cookie[at] = if cookie[at] == b'0' { b'1' } else { b'0' };
            let cookie = String::from_utf8(cookie).unwrap();
            bad.push((cookie[..new.state.len()].to_owned(), cookie));
        }
        for (state, cookie) in &bad {
            assert_eq!(begun.take(state, cookie, NOW), None, "{state} {cookie}");
        }
        assert_eq!(
            begun.take(&new.state, &new.cookie, NOW),
            Some((new.one, Some(former)))
        );
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let begun = Begun::new().unwrap();
        for _ in 0..KEPT {
            let new = begun.begin(None, NOW).unwrap();
            begun
                .used
                .lock()
                .push_back((Digest::of(new.state.as_bytes()), NOW));
        }
        let one = begun.begin(None, NOW).unwrap();
        assert!(begun.take(&one.state, &one.cookie, NOW).is_some());
        assert!(begun.take(&one.state, &one.cookie, NOW).is_none());
        assert_eq!(begun.used.lock().len(), KEPT);
        let late = NOW.plus_seconds(HOLDS_S);
        let one = begun.begin(None, late).unwrap();
        assert!(begun.take(&one.state, &one.cookie, late).is_some());
        assert_eq!(begun.used.lock().len(), 1);
    }
}
