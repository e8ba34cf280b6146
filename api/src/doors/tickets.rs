//! One-time tickets, by which a program that cannot send headers or cookies opens a WebSocket.
//!
//! A ticket is 256 random bits in the address, holds for [`HOLDS_S`] seconds, and once. It says whose it is and no more: what that
//! session or key may do is asked again when it is used, so that a ticket does not outlive what it hangs on.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::at::At;
use super::caller::Holder;
use super::secret::{Digest, NoRandom, token, unhex};

/// Seconds that a ticket holds.
pub const HOLDS_S: i64 = 30;
/// Tickets out, at most.
const MOST: usize = 20_000;
/// Tickets out of one holder, at most.
const MOST_OF_ONE: usize = 16;

/// Why there is no ticket.
#[derive(Debug, thiserror::Error)]
pub enum NoTicket {
    /// Too many are out.
    #[error("too many tickets are out: use one, or wait {HOLDS_S} s")]
    TooMany,
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandom),
}

/// Tickets that are out.
#[derive(Debug, Default)]
pub struct Tickets {
    out: Mutex<HashMap<Digest, (Holder, At)>>,
}

impl Tickets {
    /// Gives a ticket.
    pub fn give(&self, holder: Holder, now: At) -> Result<String, NoTicket> {
        let mut out = self.out.lock();
        let of_one = out
            .values()
            .filter(|(h, until)| *h == holder && now < *until)
            .count();
        if of_one >= MOST_OF_ONE {
            return Err(NoTicket::TooMany);
        }
        if out.len() >= MOST {
            out.retain(|_, (_, until)| now < *until);
        }
        if out.len() >= MOST {
            return Err(NoTicket::TooMany);
        }
        let ticket = token()?;
        out.insert(
            Digest::of(ticket.as_bytes()),
            (holder, now.plus_seconds(HOLDS_S)),
        );
        Ok(ticket)
    }

    /// Takes a ticket; whose it was, unless it is none, was used, or is too old.
    pub fn take(&self, ticket: &str, now: At) -> Option<Holder> {
        unhex(ticket)?;
        let (holder, until) = self.out.lock().remove(&Digest::of(ticket.as_bytes()))?;
        // A clock that was set back does not make it hold for longer.
        let holds = now < until && now >= until.plus_seconds(-HOLDS_S);
        holds.then_some(holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: At = At::of_seconds(1_795_651_200);

    #[test]
    fn a_ticket_holds_once_and_for_half_a_minute() {
        let tickets = Tickets::default();
        let holder = Holder::Key("k".to_owned());
        let give = || tickets.give(holder.clone(), NOW).unwrap();
        let ticket = give();
        assert_eq!(
            tickets.take(&ticket, NOW.plus_seconds(29)),
            Some(holder.clone())
        );
        assert_eq!(tickets.take(&ticket, NOW.plus_seconds(29)), None, "used");
        let ticket = give();
        assert_eq!(tickets.take(&ticket, NOW.plus_seconds(30)), None, "too old");
        let ticket = give();
        assert_eq!(
            tickets.take(&ticket, NOW.plus_seconds(-60)),
            None,
            "the clock was set back"
        );
        for wrong in ["", "x", &ticket[2..], &"0".repeat(64)] {
            assert_eq!(tickets.take(wrong, NOW), None);
        }
    }

    #[test]
    fn tickets_are_bounded() {
        let tickets = Tickets::default();
        for i in 0..3 * MOST_OF_ONE {
            let given = tickets.give(Holder::Key("k".to_owned()), NOW);
            assert_eq!(given.is_ok(), i < MOST_OF_ONE);
        }
        assert!(
            tickets
                .give(Holder::Key("k".to_owned()), NOW.plus_seconds(30))
                .is_ok()
        );
    }
}
