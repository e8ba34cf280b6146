//! Answers that took long to reckon, kept for a while: a page that nine people look at asks its question once.
//!
//! An answer that was there at once is not kept, so that what is cheap is always fresh. One that took long is given again for
//! [`TIMES`] as long, and no longer than [`AT_MOST`]: it says itself of when it is (`as_of`). What somebody enters in between
//! makes all of them old. Who asks what another is just having reckoned waits for that answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use parking_lot::Mutex;

use super::App;
use super::problem::Problem;
use crate::doors::scope::Narrowed;

/// Quicker answers are not kept.
const AT_LEAST: Duration = Duration::from_millis(250);
/// For how many times as long as it took an answer is kept.
const TIMES: u32 = 20;
/// The longest that an answer is kept.
const AT_MOST: Duration = Duration::from_mins(2);
/// Questions whose answers are kept.
const QUESTIONS: usize = 64;
/// The largest answer that is kept.
const BYTES: usize = 2 * 1024 * 1024;

#[derive(Debug, Clone)]
struct Kept {
    until: Instant,
    /// How many entries people had made.
    entries: u64,
    kind: Option<HeaderValue>,
    body: Bytes,
}

type Slot = Arc<tokio::sync::Mutex<Option<Kept>>>;

/// Answers by question.
#[derive(Debug)]
pub struct Remembered {
    at_least: Duration,
    times: u32,
    slots: Mutex<HashMap<String, Slot>>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self {
            at_least: AT_LEAST,
            times: TIMES,
            slots: Mutex::default(),
        }
    }
}

impl Remembered {
    fn slot(&self, question: String) -> Slot {
        let mut slots = self.slots.lock();
        if slots.len() >= QUESTIONS && !slots.contains_key(&question) {
            let now = Instant::now();
            // What is being reckoned, and what still counts, stays; where that is all, all of it goes.
            slots.retain(|_, slot| {
                let kept = slot.try_lock();
                kept.map_or(true, |kept| {
                    kept.as_ref().is_some_and(|kept| kept.until > now)
                })
            });
            if slots.len() >= QUESTIONS {
                slots.clear();
            }
        }
        Arc::clone(slots.entry(question).or_default())
    }

    /// The answer that is kept, or the one that is reckoned now.
    async fn give(
        &self,
        question: String,
        entries: u64,
        reckon: impl Future<Output = Response>,
    ) -> Response {
        let slot = self.slot(question);
        let mut kept = slot.lock().await;
        if let Some(kept) = &*kept
            && kept.until > Instant::now()
            && kept.entries == entries
        {
            return answer(kept.kind.clone(), kept.body.clone());
        }
        *kept = None;
        let begin = Instant::now();
        let response = reckon.await;
        let took = begin.elapsed();
        if response.status() != StatusCode::OK || took < self.at_least {
            return response;
        }
        let kind = response.headers().get(header::CONTENT_TYPE).cloned();
        let Ok(body) = to_bytes(response.into_body(), usize::MAX).await else {
            let detail = "the answer could not be read to its end; ask again";
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return Problem::new(status, "internal", detail).into_response();
        };
        if body.len() <= BYTES {
            *kept = Some(Kept {
                until: Instant::now() + took.saturating_mul(self.times).min(AT_MOST),
                entries,
                kind: kind.clone(),
                body: body.clone(),
            });
        }
        answer(kind, body)
    }
}

/// Gives an answer that is kept, or has it reckoned.
pub async fn remembered(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let accepts = request.headers().get(header::ACCEPT);
    let accepts = accepts
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    // Of who sees a part, another part's answer is another one.
    let narrowed = request.extensions().get::<Narrowed>();
    let narrowed = narrowed.filter(|narrowed| !narrowed.is_all());
    let part = narrowed.map_or_else(String::new, |narrowed| format!("{narrowed:?}"));
    let question = format!("{} {accepts} {part}", request.uri());
    let entries = app.core.entries.count();
    let answered = app.remembered.give(question, entries, next.run(request));
    answered.await
}

fn answer(kind: Option<HeaderValue>, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    if let Some(kind) = kind {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    async fn ask(
        remembered: &Remembered,
        question: &str,
        entries: u64,
        reckoned: &AtomicU32,
    ) -> String {
        let reckon = async {
            let number = reckoned.fetch_add(1, Ordering::SeqCst) + 1;
            if question == "wrong" {
                return Problem::bad_request("no").into_response();
            }
            format!("{question} {number}").into_response()
        };
        let response = remembered.give(question.to_owned(), entries, reckon).await;
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn what_took_long_is_given_again_until_somebody_enters_something() {
        let remembered = Remembered {
            at_least: Duration::ZERO,
            times: u32::MAX,
            ..Remembered::default()
        };
        let reckoned = AtomicU32::new(0);
        assert_eq!(ask(&remembered, "a", 0, &reckoned).await, "a 1");
        assert_eq!(ask(&remembered, "a", 0, &reckoned).await, "a 1");
        assert_eq!(ask(&remembered, "b", 0, &reckoned).await, "b 2");
        assert_eq!(ask(&remembered, "a", 1, &reckoned).await, "a 3");
        ask(&remembered, "wrong", 1, &reckoned).await;
        ask(&remembered, "wrong", 1, &reckoned).await;
        assert_eq!(reckoned.load(Ordering::SeqCst), 5, "a problem is not kept");
    }

    #[tokio::test]
    async fn what_is_there_at_once_is_always_fresh() {
        let (remembered, reckoned) = (Remembered::default(), AtomicU32::new(0));
        assert_eq!(ask(&remembered, "a", 0, &reckoned).await, "a 1");
        assert_eq!(ask(&remembered, "a", 0, &reckoned).await, "a 2");
    }
}
