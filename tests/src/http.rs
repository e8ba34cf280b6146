//! The HTTP client of the tests.

use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The content type, or nothing.
    pub content_type: String,
    /// Seconds after which to come again, where it says so.
    pub retry_after: Option<u32>,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| {
            panic!(
                "{}: not JSON ({e}): {}",
                self.status,
                crate::program::head(&self.text)
            )
        })
    }

    /// The body as JSON of an answer that must be 200.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(
            self.status,
            200,
            "expected 200: {}",
            crate::program::head(&self.text)
        );
        self.json()
    }

    /// Asserts an RFC 9457 problem with this status.
    #[track_caller]
    pub fn assert_problem(&self, status: u16) {
        assert_eq!(
            self.status,
            status,
            "body: {}",
            crate::program::head(&self.text)
        );
        assert!(
            self.content_type.starts_with("application/problem+json"),
            "an error is a problem document, not {}",
            self.content_type
        );
        let problem = self.json();
        assert!(
            problem["title"].is_string(),
            "a problem has a title: {problem}"
        );
        if !problem["status"].is_null() {
            assert_eq!(problem["status"], status, "the body repeats the status");
        }
    }
}

/// A client of one server.
#[derive(Debug, Clone)]
pub struct Http {
    base: String,
    client: Client,
}

impl Http {
    /// A client of the server at `base`.
    pub fn new(base: &str) -> Self {
        let client = Client::builder()
            .timeout(Duration::from_mins(1))
            .no_proxy()
            .build()
            .expect("a plain client can be made");
        Self {
            base: base.to_owned(),
            client,
        }
    }

    /// GET; `None` if no answer came.
    pub fn try_get(&self, path: &str) -> Option<Answer> {
        let answer = self
            .client
            .get(format!("{}{path}", self.base))
            .send()
            .ok()?;
        read(answer)
    }

    /// GET with query parameters.
    #[track_caller]
    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let sent = self
            .client
            .get(format!("{}{path}", self.base))
            .query(query)
            .send();
        let answer = sent.unwrap_or_else(|e| panic!("no answer to GET {path}: {e}"));
        read(answer).expect("the answer can be read")
    }

    /// GET of a report's route.
    #[track_caller]
    pub fn report(&self, kind: &str, from: &str, to: &str, by: Option<&str>) -> Answer {
        let mut query = vec![("from", from), ("to", to)];
        query.extend(by.map(|by| ("by", by)));
        self.get(&format!("/api/v1/{kind}"), &query)
    }

    /// A metric of `/metrics`, by its name with its labels; 0 where it has not moved yet.
    #[track_caller]
    pub fn metric(&self, name: &str) -> f64 {
        let text = self.get("/metrics", &[]).text;
        let value = text.lines().find_map(|line| {
            let (found, value) = line.rsplit_once(' ')?;
            (found == name).then(|| value.parse().ok()).flatten()
        });
        value.unwrap_or(0.0)
    }

    /// Asks for SQL.
    #[track_caller]
    pub fn sql(&self, sql: &str) -> Answer {
        self.try_post_to("/api/v1/sql", sql)
            .expect("the server answers")
    }

    /// POST of a body to `/api/v1/events`; `None` if no whole answer came.
    pub fn try_post(
        &self,
        body: Vec<u8>,
        content_type: &str,
        encoding: Option<&str>,
    ) -> Option<Answer> {
        let mut request = self
            .client
            .post(format!("{}/api/v1/events", self.base))
            .header("content-type", content_type)
            .body(body);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        read(request.send().ok()?)
    }

    /// POST of a text to any route; `None` if no whole answer came.
    pub fn try_post_to(&self, path: &str, body: &str) -> Option<Answer> {
        let request = self.client.post(format!("{}{path}", self.base));
        read(request.body(body.to_owned()).send().ok()?)
    }

    /// POST of JSON to a path.
    #[track_caller]
    pub fn post_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.send_json(Method::POST, path, body)
    }

    /// PUT of JSON to a path.
    #[track_caller]
    pub fn put_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.send_json(Method::PUT, path, body)
    }

    /// JSON to a path by any method.
    #[track_caller]
    pub fn send_json(&self, method: Method, path: &str, body: &serde_json::Value) -> Answer {
        let request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().ok().and_then(read);
        answer.expect("the server answers")
    }

    /// POST of NDJSON text; `None` if no whole answer came.
    pub fn try_post_lines(&self, lines: &str) -> Option<Answer> {
        self.try_post(lines.as_bytes().to_vec(), "application/x-ndjson", None)
    }

    /// POST of NDJSON text that must be answered.
    #[track_caller]
    pub fn post(&self, lines: &str) -> Answer {
        self.try_post_lines(lines).expect("the server answers")
    }

    /// POST of NDJSON text of which every line must be accepted.
    #[track_caller]
    pub fn post_all(&self, lines: &str) {
        let answer = self.post(lines).ok();
        assert_eq!(
            answer["accepted"],
            lines.lines().count(),
            "not all accepted: {answer}"
        );
    }
}

fn read(answer: reqwest::blocking::Response) -> Option<Answer> {
    let status = answer.status().as_u16();
    let content_type = answer
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let retry_after = answer.headers().get("retry-after");
    let retry_after = retry_after
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    let text = answer.text().ok()?;
    Some(Answer {
        status,
        content_type,
        retry_after,
        text,
    })
}
