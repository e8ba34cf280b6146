//! `clickhouse://user:password@host:8123/database?cluster=name&keep=5 YEAR&timeout=1m`.

use std::time::Duration;

use url::Url;

/// How long an insert or a question may take where the address does not say.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Where a ClickHouse is, and how its tables are made.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
    /// The database that holds the facts.
    pub database: String,
    /// Who asks.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The cluster, by the name that its servers give it; none for a single server.
    pub cluster: Option<String>,
    /// How long rows are kept, as ClickHouse writes an interval; none for ever.
    pub keep: Option<String>,
    /// The longest time for an insert or a question.
    pub timeout: Duration,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

/// Why an address is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store `{shown}` {why}; give one such as clickhouse://user@host:8123/database")]
pub struct AddressError {
    shown: String,
    why: &'static str,
}

impl Address {
    /// Reads an address. `password` counts where the address has none, so that it need not stand in a command line.
    pub fn parse(text: &str, password: Option<String>) -> Result<Self, AddressError> {
        let scheme = text.split(':').next().unwrap_or_default();
        let wrong = |why| AddressError {
            // What follows may have a password.
            shown: format!("{scheme}:…"),
            why,
        };
        let url = Url::parse(text).map_err(|_| wrong("is no address"))?;
        if url.scheme() != "clickhouse" {
            return Err(wrong("is of no kind that is known"));
        }
        let host = url.host_str().ok_or_else(|| wrong("names no host"))?;
        let decode = |part: &str| {
            percent_encoding::percent_decode_str(part)
                .decode_utf8_lossy()
                .into_owned()
        };
        let database = url.path().trim_matches('/');
        let database = if database.is_empty() {
            "vonglau"
        } else {
            database
        };
        if !is_name(database) {
            return Err(wrong(
                "has a database whose name is not of letters, digits and _",
            ));
        }
        let mut address = Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(8123),
            database: database.to_owned(),
            user: Some(decode(url.username())).filter(|user| !user.is_empty()),
            password: url.password().map(decode).or(password),
            cluster: None,
            keep: None,
            timeout: TIMEOUT,
        };
        for (name, value) in url.query_pairs() {
            match &*name {
                "cluster" if is_name(&value) => address.cluster = Some(value.into_owned()),
                "keep" if is_interval(&value) => address.keep = Some(value.into_owned()),
                "cluster" => {
                    return Err(wrong(
                        "has a cluster whose name is not of letters, digits and _",
                    ));
                }
                "keep" => return Err(wrong("has a `keep` that is not such as 5 YEAR")),
                "timeout" => {
                    address.timeout = duration(&value)
                        .ok_or_else(|| wrong("has a `timeout` that is not such as 30s or 2m"))?;
                }
                _ => {
                    return Err(wrong(
                        "has a setting that is not `cluster`, `keep` or `timeout`",
                    ));
                }
            }
        }
        Ok(address)
    }

    /// The server's HTTP address.
    pub fn http(&self) -> String {
        format!("http://{}:{}", self.host, self.port)
    }

    /// The address without secrets.
    pub fn shown(&self) -> String {
        format!("clickhouse://{}:{}/{}", self.host, self.port, self.database)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn duration(text: &str) -> Option<Duration> {
    let duration: jiff::SignedDuration = text.parse().ok()?;
    duration.is_positive().then(|| duration.unsigned_abs())
}

fn is_interval(text: &str) -> bool {
    let mut parts = text.split(' ');
    let (number, unit, rest) = (parts.next(), parts.next(), parts.next());
    number.is_some_and(|n| n.parse::<u16>().is_ok_and(|n| n > 0))
        && matches!(unit, Some("DAY" | "WEEK" | "MONTH" | "YEAR"))
        && rest.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_never_show_a_password() {
        let address = Address::parse(
            "clickhouse://van:b%40t@ch.example:9000/facts?cluster=hn&keep=5+YEAR&timeout=1500ms",
            None,
        )
        .unwrap();
        assert_eq!(address.http(), "http://ch.example:9000");
        assert_eq!(
            (address.user.as_deref(), address.password.as_deref()),
            (Some("van"), Some("b@t"))
        );
        assert_eq!(
            (
                &*address.database,
                address.cluster.as_deref(),
                address.keep.as_deref()
            ),
            ("facts", Some("hn"), Some("5 YEAR"))
        );
        assert_eq!(address.timeout, Duration::from_millis(1500));
        assert!(!format!("{address:?}").contains("b@t"));
        let plain = Address::parse("clickhouse://localhost", Some("secret".to_owned())).unwrap();
        assert_eq!(
            (plain.http(), &*plain.database, plain.password.as_deref()),
            (
                "http://localhost:8123".to_owned(),
                "vonglau",
                Some("secret")
            )
        );
        for bad in [
            "clickhouse",
            "http://host",
            "clickhouse://",
            "clickhouse://h/a-b",
            "clickhouse://h/a?cluster=a'b",
            "clickhouse://h/a?keep=5 YEAR; DROP",
            "clickhouse://h/a?ttl=1",
            "clickhouse://h/a?timeout=soon",
            "clickhouse://h/a?timeout=-1s",
            "clickhouse://h/a?timeout=0s",
        ] {
            let error = Address::parse(bad, None).unwrap_err().to_string();
            assert!(error.contains("such as clickhouse://"), "{error}");
        }
    }
}
