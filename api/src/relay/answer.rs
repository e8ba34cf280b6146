//! What a server's answer to a batch means. Pure.
//!
//! A batch is done with only by a receipt that accounts for all of its lines. Between a point and its server there are proxies, portals
//! that ask for a password with status 200, and servers being set up: what is not clearly the server's word about these events is a
//! reason to come again, never to give one up.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

/// The server is not come to later than this, whatever it says.
const LONGEST: Duration = Duration::from_mins(10);
/// The longest sentence of another's that is passed on, in characters.
const SENTENCE: usize = 300;

/// The code of an event that a key may not send.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

/// An answer as it came.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

/// A line that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// Its number in the batch, from 1.
    pub line: u64,
    /// Why.
    pub code: String,
    /// For people.
    #[serde(default)]
    pub message: String,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The server has all of them, but for these.
    Done(Vec<Line>),
    /// The same again, later.
    Again {
        /// When, where the server says so.
        after: Option<Duration>,
        /// Why.
        why: String,
    },
    /// It will not take the batch as it is: smaller ones show which event it is.
    Smaller {
        /// Why.
        code: String,
        /// For people.
        message: String,
        /// One event alone may be given up: it is what the server will never take.
        may_give_up: bool,
    },
}

/// Judges the answer to a batch of so many lines.
pub fn judge(answer: &Answer, lines: u64) -> Verdict {
    let again = |why: String| Verdict::Again { after: None, why };
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let part = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    // A problem of the server's own names itself so; a proxy's does not.
    let is_its_own = part("type").starts_with("urn:vonglau:problem:");
    let (code, detail) = (plain(&part("code"), 40), plain(&part("detail"), SENTENCE));
    match answer.status {
        200 | 202 => receipt(&answer.body, lines).map_or_else(
            || {
                again(
                    "what answers is no server of Vong Lau, or something on the way: look at --to"
                        .to_owned(),
                )
            },
            Verdict::Done,
        ),
        401 => again(format!(
            "the server does not know the key ({detail}): put one that `vonglau key create --role source` prints into the key's file"
        )),
        // One event that this key may not send: which, and whether it may send others, smaller batches show.
        403 if is_its_own && code == OUT_OF_SCOPE => Verdict::Smaller {
            code,
            message: format!(
                "the server does not let this key send these events ({detail}): give the relay a key with the right points and types"
            ),
            may_give_up: false,
        },
        403 => again(format!(
            "the server does not let this key send these events ({detail}): give the relay a key with the right points and types"
        )),
        413 => Verdict::Smaller {
            code: "too_large".to_owned(),
            message: detail,
            may_give_up: false,
        },
        // What it cannot read as JSON it never can. All else may have come about on the way, or be mended.
        400 | 422 if is_its_own && code == "malformed_json" => Verdict::Smaller {
            code,
            message: detail,
            may_give_up: true,
        },
        // When to come again is the server's to say, not that of what stands before it.
        429 | 503 if is_its_own => Verdict::Again {
            after: answer
                .retry_after
                .map(|seconds| Duration::from_secs(seconds).min(LONGEST)),
            why: format!("the server takes nothing now: {detail}"),
        },
        status => again(format!("the server answered {status} {detail}")),
    }
}

/// Another's words, short and without what would move a cursor.
fn plain(text: &str, most: usize) -> String {
    let visible = text.chars().filter(|c| !c.is_control());
    visible.take(most).collect()
}

/// The refused lines of a receipt that accounts for so many; `None` where it is none.
fn receipt(body: &[u8], lines: u64) -> Option<Vec<Line>> {
    #[derive(Deserialize)]
    struct Receipt {
        accepted: u64,
        duplicate: u64,
        rejected: Vec<Line>,
    }
    let receipt: Receipt = serde_json::from_slice(body).ok()?;
    let rejected = receipt.rejected.len() as u64;
    let accounted = receipt
        .accepted
        .checked_add(receipt.duplicate)?
        .checked_add(rejected)?;
    let are_of_it = receipt
        .rejected
        .iter()
        .all(|each| (1..=lines).contains(&each.line));
    (accounted == lines && are_of_it).then_some(receipt.rejected)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: Value) -> Answer {
        Answer {
            status,
            retry_after: None,
            body: body.to_string().into_bytes(),
        }
    }

    fn problem(code: &str) -> Value {
        json!({"type": format!("urn:vonglau:problem:{code}"), "code": code, "detail": "so it is"})
    }

    #[test]
    fn only_a_receipt_for_all_lines_is_done() {
        let whole = json!({"accepted": 1, "duplicate": 1, "conflicting": 1, "rejected": [{"line": 2, "code": "clock_ahead", "message": "m"}]});
        let Verdict::Done(lines) = judge(&answer(200, whole.clone()), 3) else {
            panic!("a receipt");
        };
        assert_eq!((lines[0].line, &*lines[0].code), (2, "clock_ahead"));
        for (body, lines) in [
            (whole.clone(), 4),
            (json!({"accepted": 3}), 3),
            (json!("<html>sign in</html>"), 3),
            (
                json!({"accepted": u64::MAX, "duplicate": 5, "rejected": []}),
                4,
            ),
            (
                json!({"accepted": 2, "duplicate": 0, "rejected": [{"line": 9, "code": "x"}]}),
                3,
            ),
        ] {
            assert!(matches!(
                judge(&answer(200, body), lines),
                Verdict::Again { .. }
            ));
        }
        let portal = Answer {
            status: 200,
            body: b"<html>".to_vec(),
            ..Answer::default()
        };
        assert!(matches!(judge(&portal, 1), Verdict::Again { .. }));
    }

    #[test]
    fn nothing_is_given_up_for_what_can_be_mended() {
        for (status, body) in [
            (401, problem("unauthorized")),
            (403, problem("forbidden")),
            (403, json!({"code": "out_of_scope"})),
            (400, problem("unreadable_body")),
            (408, problem("unreadable_body")),
            (400, problem("another")),
            (422, problem("another")),
            (404, json!({})),
            (301, json!({})),
            (400, json!("a proxy's page")),
            (400, problem("damaged_body")),
            (415, problem("unsupported_encoding")),
            (422, json!({})),
            (429, problem("journal_full")),
            (500, problem("internal")),
            (502, json!({})),
            (503, problem("stopping")),
        ] {
            let verdict = judge(&answer(status, body), 1);
            assert!(
                matches!(verdict, Verdict::Again { .. }),
                "{status}: {verdict:?}"
            );
        }
        let large = judge(&answer(413, json!({})), 1);
        assert!(matches!(
            large,
            Verdict::Smaller {
                may_give_up: false,
                ..
            }
        ));
        let scope = judge(&answer(403, problem("out_of_scope")), 1);
        assert!(matches!(
            scope,
            Verdict::Smaller {
                may_give_up: false,
                ..
            }
        ));
        let bad = judge(&answer(400, problem("malformed_json")), 1);
        assert!(matches!(
            bad,
            Verdict::Smaller {
                may_give_up: true,
                ..
            }
        ));
    }

    #[test]
    fn the_server_says_when_within_bounds() {
        let mut full = answer(429, problem("journal_full"));
        full.retry_after = Some(10);
        let Verdict::Again { after, why } = judge(&full, 1) else {
            panic!("again");
        };
        assert_eq!(after, Some(Duration::from_secs(10)));
        assert!(why.contains("so it is"), "{why}");
        full.retry_after = Some(u64::MAX);
        let Verdict::Again { after, .. } = judge(&full, 1) else {
            panic!("again");
        };
        assert_eq!(after, Some(LONGEST));
        // A proxy does not say when.
        for (status, body) in [
            (429, json!({})),
            (503, json!({})),
            (500, problem("internal")),
        ] {
            let mut other = answer(status, body);
            other.retry_after = Some(10);
            let Verdict::Again { after: None, .. } = judge(&other, 1) else {
                panic!("{status} says when");
            };
        }
        let long = json!({"type": "urn:vonglau:problem:x", "code": "x", "detail": format!("\u{1b}[2J{}", "x".repeat(5_000))});
        let Verdict::Again { why, .. } = judge(&answer(503, long), 1) else {
            panic!("again");
        };
        assert!(why.chars().count() < 2 * SENTENCE && !why.contains('\u{1b}'));
    }
}
