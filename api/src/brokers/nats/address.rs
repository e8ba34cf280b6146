//! Where a stream is: `nats://[user@]host[:port]/STREAM[/subject]`, or `tls://…`.

use std::net::{IpAddr, Ipv6Addr};

/// The port without a name.
const PORT: u16 = 4_222;

/// A broker's stream, and which of its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    is_encrypted: bool,
    host: String,
    port: u16,
    user: Option<String>,
    stream: String,
    subject: String,
}

/// An address that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "--nats names no stream: give an address such as nats://vonglau@127.0.0.1:4222/EVENTS, tls:// for an encrypted one, or with a subject behind it, /EVENTS/kiosks.>; a password stands in VONGLAU_NATS_PASSWORD"
)]
pub struct BadAddress;

impl Address {
    /// Reads an address. One with a password is none: command lines are seen by everybody on a machine.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let (scheme, rest) = text.split_once("://").ok_or(BadAddress)?;
        let is_encrypted = match scheme {
            "nats" => false,
            "tls" => true,
            _ => return Err(BadAddress),
        };
        let (place, path) = rest.split_once('/').ok_or(BadAddress)?;
        let (user, place) = place
            .rsplit_once('@')
            .map_or((None, place), |(user, place)| (Some(user), place));
        // An address of IPv6 has colons of its own, and stands in brackets.
        let end = place.rfind(']').map_or(0, |end| end + 1);
        let (host, port) = match place[end..].rsplit_once(':') {
            Some((_, port)) => (
                &place[..place.len() - port.len() - 1],
                port.parse().map_err(|_| BadAddress)?,
            ),
            None => (place, PORT),
        };
        let inner = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let is_host = match inner {
            Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && !host.contains(['[', ']', ':']),
        };
        let (stream, subject) = path.split_once('/').unwrap_or((path, ""));
        let is_name = |text: &str| {
            !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || ".*>/\\".contains(c))
        };
        let is_subject = subject.is_empty()
            || subject
                .split('.')
                .all(|token| token == ">" || token == "*" || is_name(token));
        let is_user = user.is_none_or(|user| !user.is_empty() && !user.contains(':'));
        if !is_host || !is_name(stream) || !is_subject || !is_user {
            return Err(BadAddress);
        }
        Ok(Self {
            is_encrypted,
            host: host.to_owned(),
            port,
            user: user.map(str::to_owned),
            stream: stream.to_owned(),
            subject: subject.to_owned(),
        })
    }

    /// The broker alone, without the user.
    pub(super) fn url(&self) -> String {
        let scheme = if self.is_encrypted { "tls" } else { "nats" };
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) const fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// True where the broker is on this machine.
    pub(super) fn is_here(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        host == "localhost"
            || host
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback())
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    pub(super) fn stream(&self) -> &str {
        &self.stream
    }

    /// Which messages; empty for all.
    pub(super) fn subject(&self) -> &str {
        &self.subject
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_stream() {
        let read = Address::parse("nats://vonglau@10.0.0.4:4223/EVENTS/kiosks.*.>").unwrap();
        assert_eq!(
            read,
            Address {
                is_encrypted: false,
                host: "10.0.0.4".to_owned(),
                port: 4_223,
                user: Some("vonglau".to_owned()),
                stream: "EVENTS".to_owned(),
                subject: "kiosks.*.>".to_owned(),
            }
        );
        assert_eq!(read.url(), "nats://10.0.0.4:4223");
        let all = Address::parse("tls://broker/EVENTS").unwrap();
        assert_eq!((all.port, all.subject()), (PORT, ""));
        assert_eq!(all.url(), "tls://broker:4222");
        let sixth = Address::parse("nats://u@[::1]:4223/S").unwrap();
        assert_eq!(
            (sixth.url().as_str(), sixth.is_here()),
            ("nats://[::1]:4223", true)
        );
        assert_eq!(
            Address::parse("nats://[::1]/S").unwrap().url(),
            "nats://[::1]:4222"
        );
        assert!(Address::parse("nats://localhost/S").unwrap().is_here());
        assert!(!all.is_here() && !read.is_here());
        for bad in [
            "nats://::1/S",
            "nats://[::1/S",
            "nats://[broker]/S",
            "nats://[::1]x:4222/S",
            "mqtt://broker/a",
            "broker:4222/a",
            "nats://broker",
            "nats://broker/",
            "nats:///a",
            "nats://broker:port/a",
            "nats://@broker/a",
            "nats://user:password@broker/a",
            "nats://broker/a.b",
            "nats://broker/a/b..c",
            "nats://broker/a/b c",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
