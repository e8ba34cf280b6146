//! Somebody who asks a server with a key or a cookie.

use std::path::Path;

use reqwest::blocking::{Client, Response};
use reqwest::{Method, StatusCode, header};
use serde_json::Value;

use crate::program::run;
use crate::server::Server;

/// One who asks, with a cookie once it has one.
#[derive(Debug)]
pub struct Caller {
    base: String,
    client: Client,
    /// Its key.
    pub key: Option<String>,
    cookie: Option<String>,
}

impl Caller {
    /// With a key, or none.
    pub fn new(server: &Server, key: Option<&str>) -> Self {
        Self {
            base: format!("http://{}", server.address()),
            client: Client::new(),
            key: key.map(str::to_owned),
            cookie: None,
        }
    }

    /// Asks, and keeps the cookie that comes.
    #[track_caller]
    pub fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        request = request.header("x-vonglau-request", "1");
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer: Response = request.send().expect("the server answers");
        if let Some(cookie) = answer.headers().get(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie is text");
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
                "{cookie}"
            );
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        let status = answer.status();
        (status, answer.json().unwrap_or_default())
    }

    /// Reads.
    #[track_caller]
    pub fn get(&mut self, path: &str) -> (StatusCode, Value) {
        self.ask(Method::GET, path, None)
    }

    /// Sends JSON.
    #[track_caller]
    pub fn post(&mut self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.ask(Method::POST, path, Some(body))
    }

    /// Sends lines of events.
    #[track_caller]
    pub fn events(&self, lines: &str) -> (StatusCode, Value) {
        let mut request = self.client.post(format!("{}/api/v1/events", self.base));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        let request = request.header(header::CONTENT_TYPE, "application/x-ndjson");
        let answer = request
            .body(lines.to_owned())
            .send()
            .expect("the server answers");
        let status = answer.status();
        (status, answer.json().unwrap_or_default())
    }
}

/// A new key of a data directory: its role and more, as the command takes them.
#[track_caller]
pub fn key(data: &Path, more: &[&str]) -> String {
    let data = data.to_str().expect("test paths are UTF-8");
    let made = run(&[&["key", "create", "--data", data], more].concat()).done();
    made.stdout.trim().to_owned()
}
