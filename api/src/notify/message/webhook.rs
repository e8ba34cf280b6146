//! A batch as a webhook's body.
//!
//! ```json
//! {
//!   "version": 1,
//!   "key": "4f0c…",                          // of this message, the same at each try; also X-Vonglau-Key
//!   "receiver": "hotline",
//!   "sent_at": "2026-03-02T09:15:00+07:00",   // of this try
//!   "simulated": true,                        // some notice is of simulated data
//!   "given_up": 0,                            // notices given up since the last message that was taken
//!   "notices": [{                             // in the order of the desk's log
//!     "key": "17",                            // of this notice; keep it and pass over what has it again
//!     "number": 17, "case": "…", "repeated": false,
//!     "what": "raised",                       // raised escalated normal corrected urged closed test
//!     "priority": "high", "group": "flow", "rule": "wait_mean", "owner": "site",
//!     "subject": "CN19", "subject_name": "…",
//!     "title": { "vi": "…", "en": "…" }, "response": { … }, "evidence": { … },
//!     "since": "2026-03-02T09:00:00+07:00", "at": "2026-03-02T09:14:50+07:00",
//!     "url": "https://…/…",                   // or null
//!     "simulated": true
//!   }]
//! }
//! ```
//!
//! Later versions may add keys; one that changes what a key means is another `version`.

use serde::Serialize;

use super::{Batch, Told, page, rfc3339};

/// The version of the body.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Body<'a> {
    version: u32,
    key: String,
    receiver: &'a str,
    sent_at: String,
    simulated: bool,
    given_up: u64,
    notices: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Words<'a> {
    vi: &'a str,
    en: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    key: String,
    number: u64,
    case: &'a str,
    repeated: bool,
    what: &'static str,
    priority: &'static str,
    group: &'a str,
    rule: &'a str,
    owner: &'a str,
    subject: &'a str,
    subject_name: &'a str,
    title: Words<'a>,
    response: Words<'a>,
    evidence: Words<'a>,
    since: String,
    at: String,
    url: Option<String>,
    simulated: bool,
}

/// The body of a batch sent at an instant (microseconds since 1970).
///
/// # Errors
/// Where it cannot be written as JSON, which none of its parts allows.
pub fn body(batch: &Batch, at: i64) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Body {
        version: VERSION,
        key: batch.key(),
        receiver: &batch.receiver,
        sent_at: rfc3339(at),
        simulated: batch.is_simulated(),
        given_up: batch.given_up,
        notices: batch.notices.iter().map(item).collect(),
    })
}

fn item(told: &Told) -> Item<'_> {
    let notice = &*told.notice;
    Item {
        key: told.key(),
        number: notice.number,
        case: &notice.case,
        repeated: told.repeated_at.is_some(),
        what: notice.what.as_str(),
        priority: notice.priority.as_str(),
        group: &notice.group,
        rule: &notice.rule,
        owner: &notice.owner,
        subject: &notice.subject,
        subject_name: &notice.subject_name,
        title: Words {
            vi: &notice.title_vi,
            en: &notice.title_en,
        },
        response: Words {
            vi: &notice.response_vi,
            en: &notice.response_en,
        },
        evidence: Words {
            vi: &notice.evidence_vi,
            en: &notice.evidence_en,
        },
        since: rfc3339(notice.since),
        at: rfc3339(notice.at),
        url: page(notice),
        simulated: notice.simulated,
    }
}
