//! Growing delays after failures to sign in.
//!
//! Failures are counted three ways: for an address, whatever names it tries, and for a name, both of strangers to the account;
//! and for a name from each address at which it has signed in before, or at the machine itself. After [`FREE`]
//! failures each further one doubles a delay, up to [`LONGEST_S`]. While it lasts nothing is looked at and nothing is counted, so that
//! knocking does not lengthen it; [`FORGOTTEN_S`] after the last failure all is forgotten.
//!
//! Strangers who keep failing with a name therefore lock out strangers: whoever has signed in from a place before, or sits at
//! the machine, is delayed by failures of that place alone. A name that nobody has is counted like any other.
//!
//! Memory is bounded by [`MOST`] counts; past it the one that failed longest ago goes.

use std::collections::HashMap;
use std::hash::Hash;

use super::super::address::Prefix;
use super::super::at::At;

/// Failures without a delay.
const FREE: u32 = 5;
/// Failures of an address without a delay: several people may sit behind one.
const FREE_OF_ADDRESS: u32 = 20;
/// The longest delay, seconds.
pub const LONGEST_S: i64 = 900;
/// After so many seconds without a failure a count is forgotten.
pub const FORGOTTEN_S: i64 = 3_600;
/// Counts kept, of each way.
pub const MOST: usize = 10_000;

/// Failures of one kind.
#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    last: At,
    until: At,
}

/// Counts by something.
#[derive(Debug)]
struct Counts<K> {
    free: u32,
    by: HashMap<K, Count>,
}

impl<K: Hash + Eq + Clone> Counts<K> {
    fn new(free: u32) -> Self {
        Self {
            free,
            by: HashMap::new(),
        }
    }

    /// Seconds to wait, at least one; none when it need not.
    fn wait(&self, key: &K, now: At) -> Option<u32> {
        let count = self.by.get(key)?;
        // A clock that was set back does not make a delay longer than it can be.
        let until = count.until.min(now.plus_seconds(LONGEST_S));
        let left = until.since(now).div_ceil(1_000);
        (left > 0).then_some(left as u32)
    }

    fn failed(&mut self, key: K, now: At) {
        if self.by.len() >= MOST && !self.by.contains_key(&key) {
            self.make_room(now);
        }
        let fresh = Count {
            failures: 0,
            last: now,
            until: now,
        };
        let count = self.by.entry(key).or_insert(fresh);
        if is_forgotten(count, now) {
            *count = fresh;
        }
        count.failures = count.failures.saturating_add(1);
        count.last = now;
        count.until = now.plus_seconds(delay_s(count.failures, self.free));
    }

    /// Takes back a failure that was counted of an attempt that was allowed: there was no delay before it.
    fn undo(&mut self, key: &K) {
        if let Some(count) = self.by.get_mut(key) {
            count.failures = count.failures.saturating_sub(1);
            count.until = count.last;
        }
    }

    fn make_room(&mut self, now: At) {
        self.by.retain(|_, count| !is_forgotten(count, now));
        // A tenth goes at once, so that the search is not made for each newcomer.
        if self.by.len() >= MOST {
            let mut lasts: Vec<At> = self.by.values().map(|count| count.last).collect();
            lasts.sort_unstable();
            let until = lasts[MOST / 10];
            self.by.retain(|_, count| count.last > until);
        }
    }
}

fn is_forgotten(count: &Count, now: At) -> bool {
    now.since(count.last) >= FORGOTTEN_S as u64 * 1_000
}

/// The delay after a failure: none for the first ones, then 2, 4, 8 … seconds.
fn delay_s(failures: u32, free: u32) -> i64 {
    let over = failures.saturating_sub(free).min(20);
    if over == 0 {
        0
    } else {
        (1_i64 << over).min(LONGEST_S)
    }
}

/// What is remembered of failures.
#[derive(Debug)]
pub struct Lockout {
    addresses: Counts<Prefix>,
    strangers: Counts<String>,
    places: Counts<(String, Prefix)>,
}

impl Default for Lockout {
    fn default() -> Self {
        Self {
            addresses: Counts::new(FREE_OF_ADDRESS),
            strangers: Counts::new(FREE),
            places: Counts::new(FREE),
        }
    }
}

/// Somebody who wants to sign in.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The name given, whether or not it is an account's.
    pub name: &'a str,
    /// From where.
    pub from: Prefix,
    /// Whether the account has signed in from there before.
    pub is_known: bool,
}

impl Attempt<'_> {
    fn is_at_home(&self) -> bool {
        self.is_known || self.from.is_loopback()
    }

    fn place(&self) -> (String, Prefix) {
        (self.name.to_owned(), self.from)
    }
}

impl Lockout {
    /// Seconds to wait before this attempt is looked at; none when it may be.
    pub fn wait(&self, attempt: Attempt<'_>, now: At) -> Option<u32> {
        if attempt.is_at_home() {
            return self.places.wait(&attempt.place(), now);
        }
        let of_address = self.addresses.wait(&attempt.from, now);
        let of_name = self.strangers.wait(&attempt.name.to_owned(), now);
        of_address.max(of_name)
    }

    /// Counts it as failed, before it is looked at, so that many at once are not all looked at.
    pub fn failed(&mut self, attempt: Attempt<'_>, now: At) {
        self.addresses.failed(attempt.from, now);
        if attempt.is_at_home() {
            self.places.failed(attempt.place(), now);
        } else {
            self.strangers.failed(attempt.name.to_owned(), now);
        }
    }

    /// It was neither right nor wrong: it does not count.
    pub fn undo(&mut self, attempt: Attempt<'_>) {
        self.addresses.undo(&attempt.from);
        if attempt.is_at_home() {
            self.places.undo(&attempt.place());
        } else {
            self.strangers.undo(&attempt.name.to_owned());
        }
    }

    /// It was right: failures of the name from there are forgotten.
    pub fn succeeded(&mut self, attempt: Attempt<'_>) {
        self.addresses.undo(&attempt.from);
        if attempt.is_at_home() {
            self.places.by.remove(&attempt.place());
        } else {
            self.strangers.by.remove(attempt.name);
        }
    }

    /// Forgets the failures of a name up to an instant: for `vonglau account unlock`. Those of addresses stay: they are of all
    /// names that were tried from there.
    pub fn forget(&mut self, name: &str, until: At) {
        let is_later = |count: &Count| count.last > until;
        self.strangers
            .by
            .retain(|of, count| of != name || is_later(count));
        self.places
            .by
            .retain(|(of, _), count| of != name || is_later(count));
    }

    /// How many counts are kept.
    pub fn kept(&self) -> usize {
        self.addresses.by.len() + self.strangers.by.len() + self.places.by.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn from(last: u32) -> Prefix {
        Prefix::of(std::net::IpAddr::from(std::net::Ipv4Addr::from(
            0x0a00_0000 + (last << 8),
        )))
    }

    fn stranger(name: &str, last: u32) -> Attempt<'_> {
        Attempt {
            name,
            from: from(last),
            is_known: false,
        }
    }

    const NOW: At = At::of_seconds(1_000_000);

    #[test]
    fn delays_grow_and_end() {
        let mut lockout = Lockout::default();
        let mut now = NOW;
        let mut delays = Vec::new();
        for _ in 0..16 {
            lockout.failed(stranger("ca-1", 1), now);
            let wait = lockout.wait(stranger("ca-1", 1), now).unwrap_or(0);
            delays.push(wait);
            now = now.plus_seconds(i64::from(wait));
            assert_eq!(
                lockout.wait(stranger("ca-1", 1), now),
                None,
                "over after the time it said"
            );
        }
        assert_eq!(delays[..8], [0, 0, 0, 0, 0, 2, 4, 8]);
        assert_eq!(delays[15], LONGEST_S as u32);
        assert_eq!(lockout.wait(stranger("ca-2", 2), now), None);
    }

    #[test]
    fn strangers_do_not_lock_out_who_has_been_here() {
        let mut lockout = Lockout::default();
        for i in 0..1_000 {
            lockout.failed(stranger("operator", i), NOW);
        }
        assert!(lockout.wait(stranger("operator", 5_000), NOW).is_some());
        let known = Attempt {
            is_known: true,
            ..stranger("operator", 5_000)
        };
        assert_eq!(lockout.wait(known, NOW), None);
        let machine = Attempt {
            from: Prefix::of([127, 0, 0, 1].into()),
            ..stranger("operator", 0)
        };
        assert_eq!(lockout.wait(machine, NOW), None);
    }

    #[test]
    fn one_address_does_not_try_all_names() {
        let mut lockout = Lockout::default();
        for i in 0..=FREE_OF_ADDRESS {
            lockout.failed(stranger(&format!("name-{i}"), 1), NOW);
        }
        assert!(lockout.wait(stranger("another", 1), NOW).is_some());
        assert_eq!(lockout.wait(stranger("another", 2), NOW), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut lockout = Lockout::default();
        for i in 0..3 * MOST as u32 {
            lockout.failed(stranger(&i.to_string(), i), NOW.plus_seconds(i64::from(i)));
        }
        assert!(lockout.kept() <= 3 * MOST, "{}", lockout.kept());
    }

    proptest! {
        /// Whatever was tried, by whom and when: who waits as long as the longest delay may try, and knocking meanwhile changes nothing.
        #[test]
        fn nobody_is_locked_out_for_ever(
            tries in proptest::collection::vec((0_u32..3, 0_u32..3, any::<bool>(), -50_i64..2_000), 0..120),
            name in 0_u32..3, place in 0_u32..3, is_known: bool,
        ) {
            let names = ["a", "b", "operator"];
            let mut lockout = Lockout::default();
            let mut now = NOW;
            for (name, place, is_known, passed) in tries {
                now = now.plus_seconds(passed);
                let attempt = Attempt { is_known, ..stranger(names[name as usize], place) };
                if let Some(wait) = lockout.wait(attempt, now) {
                    prop_assert!(i64::from(wait) <= LONGEST_S);
                } else {
                    lockout.failed(attempt, now);
                }
            }
            let attempt = Attempt { is_known, ..stranger(names[name as usize], place) };
            let wait = lockout.wait(attempt, now);
            prop_assert_eq!(lockout.wait(attempt, now), wait);
            prop_assert_eq!(lockout.wait(attempt, now.plus_seconds(LONGEST_S)), None);
        }

        /// Guesses that an attacker with one address has in a day are few.
        #[test]
        fn guesses_are_few(start in 0_i64..1_000_000) {
            let mut lockout = Lockout::default();
            let (mut now, mut guesses) = (At::of_seconds(start), 0);
            let end = now.plus_seconds(86_400);
            while now < end {
                if let Some(wait) = lockout.wait(stranger("operator", 1), now) {
                    now = now.plus_seconds(i64::from(wait));
                } else {
                    lockout.failed(stranger("operator", 1), now);
                    guesses += 1;
                }
            }
            prop_assert!(guesses < 120, "{guesses} guesses a day");
        }
    }
}
