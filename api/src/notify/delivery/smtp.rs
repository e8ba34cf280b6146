//! Mail to a receiver: one conversation for one message.
//!
//! Addresses are told apart, which a transport that stops at the first refused one does not allow: those that the server
//! takes get the mail; those that it puts off (4xx) are tried again without the others; those that it refuses (5xx) are a
//! remark, unless all are refused.

use std::collections::BTreeSet;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::bounds::{Failure, Trouble};
use super::channel::secret_of;
use crate::notify::message::{Batch, mail, one_line};
use crate::notify::settings::{Email, Tls};

/// How long the farewell may take once the mail is taken.
const FAREWELL: Duration = Duration::from_secs(1);
/// Longest part of an error that is kept, characters.
const LONGEST_ERROR: usize = 300;

/// What sends a receiver's mail.
pub(super) struct Post {
    email: Box<Email>,
    limit: Duration,
    tls: Option<TlsParameters>,
    /// The addresses that have the message of a key already.
    have: (String, BTreeSet<String>),
}

impl Post {
    pub(super) fn new(email: Box<Email>, limit: Duration) -> Self {
        Self {
            email,
            limit,
            tls: None,
            have: (String::new(), BTreeSet::new()),
        }
    }

    /// Sends a batch; the instant (microseconds since 1970) is the mail's date.
    pub(super) async fn send(&mut self, batch: &Batch, at: i64) -> Result<Option<String>, Failure> {
        let failed = |text: String| Failure {
            trouble: Trouble::Refused,
            text,
        };
        let mail = mail::mail(&self.email, batch, at).map_err(|e| failed(e.to_string()))?;
        let login = match &self.email.login {
            None => None,
            Some((user, file)) => Some(Credentials::new(user.clone(), secret_of(file, 1).await?)),
        };
        let key = batch.key();
        if self.have.0 != key {
            self.have = (key, BTreeSet::new());
        }
        if self.email.smtp.tls != Tls::None && self.tls.is_none() {
            let made = TlsParameters::new(self.email.smtp.host.clone());
            self.tls = Some(made.map_err(|e| failed(said("the certificates cannot be read", &e)))?);
        }
        let limit = self.limit;
        let conversation = self.converse(&mail, login);
        let Ok(outcome) = tokio::time::timeout(limit, conversation).await else {
            return Err(Failure {
                trouble: Trouble::Passing,
                text: format!(
                    "the mail server did not finish in {limit:?}; see that it is up and reached"
                ),
            });
        };
        let (mut connection, outcome) = outcome?;
        // The mail is with the server: a farewell that fails changes nothing.
        let _ = tokio::time::timeout(FAREWELL.min(limit), connection.quit()).await;
        outcome
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let smtp = &self.email.smtp;
        let hello = ClientId::Domain(self.email.from.email.domain().to_owned());
        let whole = self.tls.clone().filter(|_| smtp.tls == Tls::Whole);
        let server = (&*smtp.host, smtp.port);
        let connected =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.limit), &hello, whole, None)
                .await;
        let mut connection =
            connected.map_err(|e| passing("the mail server is not reached", &e))?;
        if let (Tls::Start, Some(tls)) = (smtp.tls, self.tls.clone()) {
            let started = connection.starttls(tls, &hello).await;
            started.map_err(|e| passing("the mail server does not begin encryption", &e))?;
        }
        Ok(connection)
    }

    async fn converse(
        &mut self,
        mail: &[u8],
        login: Option<Credentials>,
    ) -> Result<(AsyncSmtpConnection, Result<Option<String>, Failure>), Failure> {
        let mut connection = self.connect().await?;
        if let Some(login) = login {
            let known = connection.auth(DEFAULT_MECHANISMS, &login).await;
            known.map_err(|e| Failure {
                trouble: trouble(&e, Trouble::Refused),
                // Not what the server says: it may show what it was given.
                text: match e.status() {
                    Some(code) => format!("the mail server refuses the login ({code}); look at `user` and the file of `password_file`"),
                    None => said("the login failed", &without_answer(&e)),
                },
            })?;
        }
        let from = Mail::new(Some(self.email.from.email.clone()), Vec::new());
        let taken = connection.command(from).await;
        taken.map_err(|e| {
            failure(
                "the mail server does not take mail of `from`",
                &e,
                Trouble::Refused,
            )
        })?;

        let (mut taken, mut put_off, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for to in &self.email.to {
            let address = to.email.to_string();
            if self.have.1.contains(&address) {
                continue;
            }
            match connection
                .command(Rcpt::new(to.email.clone(), Vec::new()))
                .await
            {
                Ok(_) => taken.push(address),
                Err(e) if e.is_permanent() => refused.push(said(&address, &e)),
                Err(e) if e.is_transient() => put_off.push(said(&address, &e)),
                Err(e) => return Err(passing("the mail server broke off", &e)),
            }
        }
        if !taken.is_empty() {
            let begun = connection.command(Data).await;
            begun.map_err(|e| {
                failure(
                    "the mail server does not take the mail",
                    &e,
                    Trouble::Content,
                )
            })?;
            let ended = connection.message(mail).await;
            ended.map_err(|e| {
                failure(
                    "the mail server does not take the mail",
                    &e,
                    Trouble::Content,
                )
            })?;
        }
        self.have.1.extend(taken);
        let outcome = if let Some(first) = put_off.first() {
            Err(Failure {
                trouble: Trouble::Passing,
                text: format!(
                    "{} of {} addresses are put off: {first}",
                    put_off.len(),
                    self.email.to.len()
                ),
            })
        } else if self.have.1.is_empty() {
            let first = refused.first().map_or("", String::as_str);
            Err(Failure {
                trouble: Trouble::Refused,
                text: format!("the mail server refuses every address of `to`: {first}"),
            })
        } else {
            let first = refused.first();
            Ok(first.map(|first| {
                format!(
                    "{} of {} addresses are refused: {first}",
                    refused.len(),
                    self.email.to.len()
                )
            }))
        };
        Ok((connection, outcome))
    }
}

fn said(what: &str, error: &dyn std::fmt::Display) -> String {
    one_line(&format!("{what}: {error}"), LONGEST_ERROR)
}

fn without_answer(error: &Error) -> &'static str {
    if error.is_response() || error.is_client() {
        "the server and this program have no way of logging in in common"
    } else {
        "the connection broke"
    }
}

fn trouble(error: &Error, permanent: Trouble) -> Trouble {
    if error.is_permanent() {
        permanent
    } else {
        Trouble::Passing
    }
}

fn failure(what: &str, error: &Error, permanent: Trouble) -> Failure {
    Failure {
        trouble: trouble(error, permanent),
        text: said(what, error),
    }
}

fn passing(what: &str, error: &Error) -> Failure {
    failure(what, error, Trouble::Refused)
}
