//! Ids of events, made of what they say.
//!
//! `place.kind-time-…-hash`: the step's place in a dossier's course, its kind, its time, what decides between two that say
//! different things of one instant, and 64 bits of SHA-256 over all of it. The contract lets the greatest (`time`, `source`, `id`)
//! count, and ids compare as text; hence
//! - of two steps in one second the one that comes later in a dossier's course is the later;
//! - of two due dates for one reception, or set at one instant, the later one counts;
//! - of two filings the one that says more counts, and of two settlements the one with an electronic result.
//!
//! The hash has no key: it is the same in every installation, and tells nothing that the event does not.

use compact_str::{CompactString, format_compact};
use sha2::{Digest as _, Sha256};

use super::moment;
use crate::event::{Body, EventTime};

/// What stands where there is no due date: before every other.
const NO_TIME: &str = "00000000000000";

/// The id of what is said of an instant.
pub(super) fn id(time: EventTime, body: &Body) -> CompactString {
    let kind = body.type_name();
    let step = kind.strip_prefix("dossier.").unwrap_or(kind);
    let (place, weight) = (place(body), weight(body));
    let when = moment::write(time);
    let mut content = Vec::with_capacity(256);
    content.extend_from_slice(kind.as_bytes());
    content.push(0);
    content.extend_from_slice(when.as_bytes());
    body.write_json(&mut content);
    let hash = crate::hex::encode(&Sha256::digest(&content)[..8]);
    format_compact!("{place:02}.{step}-{when}-{weight}{hash}")
}

/// A step's place in a dossier's course.
const fn place(body: &Body) -> u8 {
    match body {
        Body::DossierSubmitted(_) => 10,
        Body::DossierPaid(_) => 11,
        Body::DossierAccepted(_) => 20,
        Body::DossierDigitised(_) => 21,
        Body::DossierTaken(_) => 30,
        Body::SupplementRequested(_) => 40,
        Body::DossierSuspended(_) => 41,
        Body::DossierSupplemented(_) => 50,
        Body::DossierResumed(_) => 51,
        Body::DossierExtended(_) => 60,
        Body::DossierRefused(_) => 70,
        Body::DossierWithdrawn(_) => 71,
        Body::DossierStopped(_) => 72,
        Body::DossierResolved(_) => 80,
        Body::DossierReturned(_) => 90,
        // Nothing else is told here.
        _ => 99,
    }
}

/// What decides between two events of one kind and instant, with its separator.
fn weight(body: &Body) -> CompactString {
    let due = |due: Option<EventTime>| due.map_or(NO_TIME.into(), moment::write);
    let known = |flag: Option<bool>| match flag {
        None => 0,
        Some(false) => 1,
        Some(true) => 2,
    };
    match body {
        Body::DossierSubmitted(b) => format_compact!(
            "{}{}{}-",
            u8::from(b.channel.is_some()),
            known(b.verified_account),
            known(b.has_fee)
        ),
        Body::DossierAccepted(b) => format_compact!("{}-", due(b.due_at)),
        Body::DossierExtended(b) => format_compact!("{}-", due(Some(b.due_at))),
        Body::DossierResolved(b) => format_compact!("{}-", known(b.e_result)),
        Body::DossierDigitised(b) => {
            let parts = b.parts.map_or(0, |parts| parts.0);
            format_compact!("{parts:07}-")
        }
        _ => CompactString::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::DossierId;
    use crate::event::types::{DossierAccepted, DossierExtended, SupplementRequested};
    use crate::event::value::is_id;

    fn at(text: &str) -> EventTime {
        moment::read(&text.into(), "x").unwrap().unwrap()
    }

    #[test]
    fn a_later_due_date_has_the_greater_id() {
        let dossier = DossierId::new("000.99.99.H26-260928-0007").unwrap();
        let received = at("20260928143000");
        let accepted = |due_at| {
            let dossier = dossier.clone();
            id(
                received,
                &Body::DossierAccepted(DossierAccepted { dossier, due_at }),
            )
        };
        let none = accepted(None);
        let first = accepted(Some(at("20261001143000")));
        let later = accepted(Some(at("20261001143001")));
        assert!(none < first && first < later, "{none} {first} {later}");
        let extended = DossierExtended {
            dossier: dossier.clone(),
            due_at: at("20260101000000"),
            apology: None,
        };
        let extended = id(received, &Body::DossierExtended(extended));
        assert!(later < extended, "a new date counts more than the first");
        let request = Body::SupplementRequested(SupplementRequested {
            dossier,
            reason: None,
        });
        let longest = [first, extended, id(received, &request)];
        assert!(longest.iter().all(|id| is_id(id)), "{longest:?}");
    }
}
