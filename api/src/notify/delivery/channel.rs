//! The way to a receiver, opened: mail or requests, each try within the time limit.

use std::path::Path;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode, Url, redirect};

use super::bounds::{Failure, Trouble};
use super::smtp::Post;
use crate::notify::message::{Batch, alertmanager, one_line, signature, webhook};
use crate::notify::settings::{self, Channel, Receiver, SHORTEST_SECRET, Webhook};

/// The header with a message's key.
const KEY_HEADER: &str = "X-Vonglau-Key";
/// Longest part of an error that is kept, characters.
const LONGEST_ERROR: usize = 300;

/// A way that is open.
pub(super) enum Way {
    /// Mail.
    Mail(Box<Post>),
    /// A signed request.
    Signed(Client, Webhook),
    /// An Alertmanager.
    Alerts {
        client: Client,
        url: Url,
        repeat_us: i64,
    },
}

impl Way {
    /// Of a receiver, each of whose tries takes `limit` at most.
    pub(super) fn open(receiver: &Receiver, limit: Duration) -> Result<Self, reqwest::Error> {
        // A redirect could lead the message to another host; a proxy of the environment was not meant for it; and a
        // connection that was kept open may be dead by the next message.
        let client = || {
            Client::builder()
                .redirect(redirect::Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(0)
                .connect_timeout(limit)
                .timeout(limit)
                .user_agent("vonglau")
                .build()
        };
        Ok(match &receiver.channel {
            Channel::Email(email) => Self::Mail(Box::new(Post::new(email.clone(), limit))),
            Channel::Webhook(webhook) => Self::Signed(client()?, webhook.clone()),
            Channel::Alertmanager { url } => Self::Alerts {
                client: client()?,
                url: url.clone(),
                repeat_us: receiver.repeat_us.unwrap_or(0),
            },
        })
    }

    /// Sends a batch at an instant (microseconds since 1970).
    pub(super) async fn send(&mut self, batch: &Batch, at: i64) -> Result<Option<String>, Failure> {
        let (client, url, body, signed) = match self {
            Self::Mail(post) => return post.send(batch, at).await,
            Self::Signed(client, to) => {
                let secret = secret_of(&to.secret_file, SHORTEST_SECRET).await?;
                let body = webhook::body(batch, at).map_err(unwritten)?;
                let signed = signature::sign(secret.as_bytes(), at.div_euclid(1_000_000), &body);
                (client, &to.url, body, Some(signed))
            }
            Self::Alerts {
                client,
                url,
                repeat_us,
            } => {
                let body = alertmanager::body(batch, at, *repeat_us).map_err(unwritten)?;
                (client, &*url, body, None)
            }
        };
        let mut request = client
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(KEY_HEADER, batch.key());
        if let Some(signed) = signed {
            request = request.header(signature::HEADER, signed);
        }
        match request.body(body).send().await {
            Ok(response) => judge(response.status()),
            Err(e) => Err(unanswered(e)),
        }
    }
}

/// The secret in a file.
pub(super) async fn secret_of(file: &Path, shortest: usize) -> Result<String, Failure> {
    let failed = |why: String| Failure {
        trouble: Trouble::Refused,
        text: format!("{} cannot be used: {why}", file.display()),
    };
    let text = tokio::fs::read_to_string(file)
        .await
        .map_err(|e| failed(e.to_string()))?;
    settings::secret(&text, shortest).map_err(failed)
}

fn unwritten(error: serde_json::Error) -> Failure {
    Failure {
        trouble: Trouble::Content,
        text: format!("the message cannot be written: {error}"),
    }
}

/// What an answer says. Its body is not read: it could be long, or hold what it was sent.
fn judge(status: StatusCode) -> Result<Option<String>, Failure> {
    if status.is_success() {
        return Ok(None);
    }
    let (trouble, what) = match status.as_u16() {
        300..=399 => (
            Trouble::Refused,
            "redirects are not followed, they could lead to another host; write the last address into `url`",
        ),
        408 | 425 | 429 | 500..=599 => (Trouble::Passing, "it is tried again"),
        400 | 413 | 415 | 422 => (
            Trouble::Content,
            "it does not take this message; see that it takes the documented body",
        ),
        401 | 403 => (
            Trouble::Refused,
            "see that both sides have the same secret and the same time",
        ),
        _ => (Trouble::Refused, "look at `url`"),
    };
    Err(Failure {
        trouble,
        text: format!("the receiver answered {}: {what}", status.as_u16()),
    })
}

fn unanswered(error: reqwest::Error) -> Failure {
    let is_late = error.is_timeout();
    // Without the address: its path may be a secret.
    let error = error.without_url();
    let mut text = if is_late {
        "the receiver did not answer in time".to_owned()
    } else {
        error.to_string()
    };
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    Failure {
        trouble: Trouble::Passing,
        text: one_line(&text, LONGEST_ERROR),
    }
}
