//! From where a request comes.
//!
//! The peer of the connection counts. `X-Forwarded-For` is believed only of proxies that were set by address, and read from the right:
//! each believed proxy vouches for the one before it, and the first that is not believed is the caller, whatever stands left of it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

/// The longest chain of proxies that is read.
const MOST_HOPS: usize = 16;

/// An address without its last part: what the audit log keeps, and by which failures and rates are counted. IPv4 to 24 bits, IPv6 to 48.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix(IpAddr);

impl Prefix {
    /// Of an address; one of IPv4 in the clothes of IPv6 is of IPv4.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(Ipv4Addr::from(u32::from(v4) & 0xffff_ff00).into()),
            IpAddr::V6(v6) if v6.is_loopback() => Self(v6.into()),
            IpAddr::V6(v6) => Self(Ipv6Addr::from(u128::from(v6) >> 80 << 80).into()),
        }
    }

    /// Whether it is the machine itself.
    pub const fn is_loopback(&self) -> bool {
        self.0.is_loopback()
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = match self.0 {
            IpAddr::V4(_) => 24,
            IpAddr::V6(_) => 48,
        };
        write!(f, "{}/{bits}", self.0)
    }
}

impl std::str::FromStr for Prefix {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = text.split_once('/').map_or(text, |(address, _)| address);
        Ok(Self::of(address.parse()?))
    }
}

impl Serialize for Prefix {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Prefix {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Proxies whose word about the caller's address is taken: addresses, or nets as `10.0.0.0/8`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u8)>);

/// A proxy's address cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address of a proxy: give one such as 10.0.0.5, or a net such as 10.0.0.0/24")]
pub struct BadProxy(pub String);

impl Proxies {
    /// Reads addresses and nets.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, BadProxy> {
        let read = |text: &str| {
            let (address, bits) = text
                .split_once('/')
                .map_or((text, None), |(a, b)| (a, Some(b)));
            let address: IpAddr = address.parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
            (bits > 0 && bits <= most).then_some((address, bits))
        };
        let nets = texts
            .into_iter()
            .map(|text| read(text).ok_or_else(|| BadProxy(text.to_owned())));
        Ok(Self(nets.collect::<Result<_, _>>()?))
    }

    /// Whether an address is one of them.
    pub fn have(&self, address: IpAddr) -> bool {
        self.0.iter().any(|(net, bits)| match (net, address) {
            (IpAddr::V4(net), IpAddr::V4(address)) => {
                (u32::from(*net) ^ u32::from(address)) >> (32 - bits) == 0
            }
            (IpAddr::V6(net), IpAddr::V6(address)) => {
                (u128::from(*net) ^ u128::from(address)) >> (128 - bits) == 0
            }
            _ => false,
        })
    }

    /// Who is behind a connection. A chain that cannot be read is not believed: then it is the last proxy itself.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if self.0.is_empty() {
            return client;
        }
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let hops = values.flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
        for hop in hops.take(MOST_HOPS) {
            if !self.have(client) {
                break;
            }
            let Some(before) = address_in(hop.trim()) else {
                break;
            };
            client = before;
        }
        client
    }
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn address_in(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let with_port: std::net::SocketAddr = text.parse().ok()?;
    Some(with_port.ip().to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn forwarded(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn nobody_is_believed_unless_it_was_set() {
        let headers = forwarded(&["9.9.9.9"]);
        let none = Proxies::default();
        assert_eq!(none.client(ip("127.0.0.1"), &headers), ip("127.0.0.1"));
        let proxies = Proxies::parse(["10.0.0.5"]).unwrap();
        assert_eq!(proxies.client(ip("10.0.0.6"), &headers), ip("10.0.0.6"));
        assert_eq!(proxies.client(ip("10.0.0.5"), &headers), ip("9.9.9.9"));
        assert_eq!(
            proxies.client(ip("::ffff:10.0.0.5"), &headers),
            ip("9.9.9.9")
        );
    }

    #[test]
    fn what_a_caller_wrote_itself_does_not_count() {
        let proxies = Proxies::parse(["10.0.0.0/24", "fd00::/8"]).unwrap();
        let client = |values: &[&str]| proxies.client(ip("10.0.0.5"), &forwarded(values));
        assert_eq!(client(&["127.0.0.1, 8.8.8.8"]), ip("8.8.8.8"));
        assert_eq!(client(&["127.0.0.1", "8.8.8.8"]), ip("8.8.8.8"));
        assert_eq!(
            client(&["1.1.1.1, 8.8.8.8, 10.0.0.9"]),
            ip("8.8.8.8"),
            "two proxies"
        );
        assert_eq!(client(&["8.8.8.8:4711"]), ip("8.8.8.8"));
        assert_eq!(client(&["[2001:db8::1]:443, fd00::1"]), ip("2001:db8::1"));
        for wrong in [
            "unknown",
            "",
            "8.8.8.8,",
            "'; drop table",
            "8.8.8.8 9.9.9.9",
            "1.2.3",
        ] {
            assert_eq!(client(&[wrong]), ip("10.0.0.5"), "{wrong}");
        }
        assert_eq!(client(&[]), ip("10.0.0.5"));
    }

    #[test]
    fn addresses_are_cut() {
        assert_eq!(Prefix::of(ip("203.0.113.77")).to_string(), "203.0.113.0/24");
        assert_eq!(
            Prefix::of(ip("::ffff:203.0.113.77")).to_string(),
            "203.0.113.0/24"
        );
        assert_eq!(
            Prefix::of(ip("2001:db8:1:2:3::4")).to_string(),
            "2001:db8:1::/48"
        );
        assert!(Prefix::of(ip("::1")).is_loopback());
        for wrong in ["10.0.0.1/33", "10.0.0.1/0", "host", "10.0.0.1/x", "::1/129"] {
            let error = Proxies::parse([wrong]).unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }

    proptest! {
        /// A caller that comes through one believed proxy cannot choose its own address, whatever it writes.
        #[test]
        fn headers_do_not_move_a_caller(written in "[ -~]{0,60}", own: [u8; 4]) {
            let proxies = Proxies::parse(["10.9.8.7"]).unwrap();
            let own = IpAddr::from(own);
            prop_assume!(own != ip("10.9.8.7"));
            let headers = forwarded(&[&format!("{written}, {own}")]);
            prop_assert_eq!(proxies.client(ip("10.9.8.7"), &headers), own);
        }

        #[test]
        fn a_prefix_is_read_as_it_is_written(v4: [u8; 4], v6: [u16; 8]) {
            for address in [IpAddr::from(v4), IpAddr::from(v6)] {
                let prefix = Prefix::of(address);
                prop_assert_eq!(prefix.to_string().parse::<Prefix>().unwrap(), prefix);
            }
        }
    }
}
