//! An SMTP server and an HTTP receiver for tests: each plays what it is told, one act a conversation, and tells what it got.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect};
use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What the SMTP server does in a conversation; it takes all once nothing is left to play.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    Take,
    /// 451 to the mail's text.
    LaterAfterData,
    /// 554 to the mail's text.
    NeverAfterData,
    /// The connection ends within the mail's text.
    Break,
    /// Nothing is ever said.
    Hang,
    /// A code for an address, 250 for the others.
    Address(&'static str, u16),
}

/// A mail that a server took.
#[derive(Debug, Clone)]
pub(super) struct Mail {
    pub(super) to: Vec<String>,
    pub(super) text: String,
    pub(super) login: Option<String>,
}

impl Mail {
    pub(super) fn header(&self, name: &str) -> String {
        let head = self
            .text
            .split("\r\n\r\n")
            .next()
            .unwrap()
            .replace("\r\n ", " ");
        let found = head
            .split("\r\n")
            .find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found
            .unwrap_or_else(|| panic!("no {name} in {head}"))
            .to_owned()
    }
}

pub(super) struct Smtp {
    pub(super) port: u16,
    pub(super) mails: mpsc::UnboundedReceiver<Mail>,
}

pub(super) async fn smtp(acts: Vec<Act>) -> Smtp {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, mails) = mpsc::unbounded_channel();
    let acts = Arc::new(Mutex::new(VecDeque::from(acts)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let act = acts.lock().pop_front().unwrap_or(Act::Take);
            tokio::spawn(converse(stream, act, sender.clone()));
        }
    });
    Smtp { port, mails }
}

/// One conversation (RFC 5321); `None` where the other side went.
async fn converse(stream: TcpStream, act: Act, mails: mpsc::UnboundedSender<Mail>) -> Option<()> {
    if act == Act::Hang {
        std::future::pending::<()>().await;
    }
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut mail = Mail {
        to: Vec::new(),
        text: String::new(),
        login: None,
    };
    write.write_all(b"220 test\r\n").await.ok()?;
    loop {
        let line = lines.next_line().await.ok()??;
        let word = line.get(..4).unwrap_or("").to_ascii_uppercase();
        let answer = match &*word {
            "EHLO" => "250-test\r\n250 AUTH PLAIN".to_owned(),
            "AUTH" => {
                mail.login = Some(line.clone());
                "235 known".to_owned()
            }
            "MAIL" => "250 so".to_owned(),
            "RCPT" => {
                let to = line.split(['<', '>']).nth(1)?.to_owned();
                match &act {
                    Act::Address(address, code) if *address == to => format!("{code} not {to}"),
                    _ => {
                        mail.to.push(to);
                        "250 so".to_owned()
                    }
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                loop {
                    let line = lines.next_line().await.ok()??;
                    if act == Act::Break {
                        return None;
                    }
                    if line == "." {
                        break;
                    }
                    mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.text.push_str("\r\n");
                }
                match act {
                    Act::LaterAfterData => "451 later".to_owned(),
                    Act::NeverAfterData => "554 never".to_owned(),
                    _ => {
                        mails.send(mail.clone()).ok()?;
                        "250 taken".to_owned()
                    }
                }
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.ok()?;
                return Some(());
            }
            _ => "500 what".to_owned(),
        };
        write
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
    }
}

/// What the HTTP receiver answers; 200 once nothing is left to play.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Status(u16),
    Hang,
    Redirect(String),
}

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub(super) struct Http {
    pub(super) port: u16,
    pub(super) requests: mpsc::UnboundedReceiver<Request>,
}

pub(super) async fn http(answers: Vec<Answer>) -> Http {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, requests) = mpsc::unbounded_channel();
    let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
    let answer = move |uri: axum::http::Uri, headers: HeaderMap, body: Bytes| {
        let path = uri.path().to_owned();
        drop(sender.send(Request {
            path,
            headers,
            body,
        }));
        let answer = answers.lock().pop_front();
        async move {
            match answer {
                None => StatusCode::OK.into_response(),
                Some(Answer::Status(code)) => StatusCode::from_u16(code).unwrap().into_response(),
                Some(Answer::Redirect(to)) => Redirect::temporary(&to).into_response(),
                Some(Answer::Hang) => {
                    tokio::time::sleep(Duration::from_hours(1)).await;
                    StatusCode::OK.into_response()
                }
            }
        }
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Http { port, requests }
}
