//! Sign-ins that are begun: each holds for ten minutes, and once; how many there are is bounded.

use std::collections::HashMap;

use super::super::at::At;
use super::super::secret::Digest;

/// Seconds that a sign-in may take.
pub(super) const HOLDS_S: i64 = 600;
/// Sign-ins begun at once, at most.
const MOST: usize = 10_000;

/// What a sign-in's end is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct One {
    /// What the token must name.
    pub(super) nonce: String,
    /// What proves that who begins and who asks for the token are one.
    pub(super) verifier: String,
}

/// All that are begun, by the digest of their state.
#[derive(Debug, Default)]
pub(super) struct Begun(HashMap<Digest, (One, At)>);

impl Begun {
    /// Adds one; false where there are too many.
    pub(super) fn add(&mut self, state: &str, one: One, now: At) -> bool {
        if self.0.len() >= MOST {
            self.0.retain(|_, (_, at)| holds(*at, now));
        }
        let has_room = self.0.len() < MOST;
        if has_room {
            self.0.insert(Digest::of(state.as_bytes()), (one, now));
        }
        has_room
    }

    /// Takes one, which is over by that.
    pub(super) fn take(&mut self, state: &str, now: At) -> Option<One> {
        let (one, at) = self.0.remove(&Digest::of(state.as_bytes()))?;
        holds(at, now).then_some(one)
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

    fn one() -> One {
        One {
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
        }
    }

    #[test]
    fn one_holds_once_and_for_ten_minutes() {
        let mut begun = Begun::default();
        assert!(begun.add("a", one(), NOW) && begun.add("b", one(), NOW));
        let late = NOW.plus_seconds(HOLDS_S);
        assert_eq!(begun.take("c", NOW), None);
        assert_eq!(begun.take("a", late.plus_seconds(-1)), Some(one()));
        assert_eq!(begun.take("a", NOW), None, "it was taken");
        assert_eq!(begun.take("b", late), None);
        assert!(begun.add("b", one(), NOW));
        assert_eq!(begun.take("b", NOW.plus_seconds(-1)), None);
    }

    #[test]
    fn they_are_bounded_and_old_ones_make_room() {
        let mut begun = Begun::default();
        for n in 0..2 * MOST {
            assert_eq!(begun.add(&n.to_string(), one(), NOW), n < MOST);
        }
        assert!(begun.add("late", one(), NOW.plus_seconds(HOLDS_S)));
        assert_eq!(begun.0.len(), 1);
    }
}
