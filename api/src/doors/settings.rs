//! What an operator sets of the doors.

use std::net::SocketAddr;

use super::accounts::TotpFor;
use super::address::Proxies;
use super::limits::Rate;
use super::openid::OpenIdSettings;
use super::sessions::Bounds;

/// The doors' settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whoever is at the machine needs no credentials; only for a server that listens to the machine alone.
    pub open: bool,
    /// Browsers come over TLS, of this server or of a proxy before it.
    pub tls: bool,
    /// Names, with ports where they have one, under which browsers come; any name where none is set.
    pub hosts: Vec<String>,
    /// Proxies whose word about addresses is taken.
    pub proxies: Proxies,
    /// How long sessions hold.
    pub sessions: Bounds,
    /// The city's identity provider.
    pub openid: Option<OpenIdSettings>,
    /// Who must have a second factor.
    pub totp_for: TotpFor,
    /// Requests of an address. The machine's own are not counted.
    pub per_address: Rate,
    /// Requests of a caller. A source's are not counted: the way in has its own back-pressure.
    pub per_caller: Rate,
    /// Attempts of an address to sign in.
    pub sign_ins: Rate,
    /// Passwords hashed at once, 19 MiB each.
    pub hashing: usize,
    /// The longest body of a signed request, bytes; it is held while it is checked.
    pub signed_body: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            open: false,
            tls: false,
            hosts: Vec::new(),
            proxies: Proxies::default(),
            sessions: Bounds::default(),
            openid: None,
            totp_for: TotpFor::default(),
            // A floor of screens behind one address that comes back at once.
            per_address: Rate {
                per_second: 200.0,
                burst: 2_000.0,
            },
            // One key may be that of a thousand screens.
            per_caller: Rate {
                per_second: 200.0,
                burst: 2_000.0,
            },
            sign_ins: Rate {
                per_second: 0.5,
                burst: 20.0,
            },
            hashing: 2,
            signed_body: 32 * 1024 * 1024,
        }
    }
}

/// Settings that would leave a door open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    /// Open to others.
    #[error(
        "a server that is open (--open, demo) listens to this machine alone, and {0} is no loopback address: listen on 127.0.0.1 or [::1], or leave out --open"
    )]
    Open(SocketAddr),
    /// In the clear.
    #[error(
        "on {0} passwords would pass in the clear: listen on 127.0.0.1 behind a proxy that has a certificate, or say with --behind-tls that one stands before this address"
    )]
    Clear(SocketAddr),
    /// It says that it is open and behind proxies.
    #[error(
        "an open server believes no proxy: whoever is behind it would be taken for somebody at this machine"
    )]
    OpenBehindProxy,
    /// The identity provider sends browsers back over TLS, which they do not come by.
    #[error(
        "the identity provider sends browsers back to {0}, and cookies would not be for TLS alone: give --tls-cert and --tls-key, or say with --behind-tls that a proxy has the certificate"
    )]
    BackInClear(String),
    /// The identity provider sends browsers to a name that is refused.
    #[error(
        "the identity provider sends browsers back to {0}, which is none of --hosts: add its name there"
    )]
    BackElsewhere(String),
}

impl Settings {
    /// Whether a server may listen at an address with these.
    pub fn check(&self, listen: SocketAddr) -> Result<(), BadSettings> {
        let is_own = listen.ip().to_canonical().is_loopback();
        if self.open && !is_own {
            Err(BadSettings::Open(listen))
        } else if self.open && self.proxies != Proxies::default() {
            Err(BadSettings::OpenBehindProxy)
        } else if !self.tls && !is_own {
            Err(BadSettings::Clear(listen))
        } else {
            self.check_back()
        }
    }

    /// Whether browsers arrive where the identity provider sends them.
    fn check_back(&self) -> Result<(), BadSettings> {
        let back = self.openid.as_ref().map(|openid| openid.back.clone());
        // Any other is of this machine, which is always known by its name.
        let Some(back) = back.filter(|back| back.starts_with("https://")) else {
            return Ok(());
        };
        if !self.tls {
            return Err(BadSettings::BackInClear(back));
        }
        // As browsers name it: with a port where it is not the usual one.
        let place = back.split_once("://").map_or("", |(_, rest)| rest);
        let host = place.split('/').next().unwrap_or_default();
        let is_known = self.hosts.is_empty()
            || self
                .hosts
                .iter()
                .any(|known| known.eq_ignore_ascii_case(host));
        is_known
            .then_some(())
            .ok_or(BadSettings::BackElsewhere(back))
    }

    /// The session cookie's name. A browser takes `__Host-` for this very host, over TLS, and from no page of a subdomain.
    pub const fn cookie(&self) -> &'static str {
        if self.tls {
            "__Host-vonglau"
        } else {
            "vonglau"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_arrive_where_the_provider_sends_them() {
        let checked = |tls, hosts: &[&str], back: &str| {
            let openid = OpenIdSettings {
                issuer: "https://id.hanoi.vn".to_owned(),
                client: "vonglau".to_owned(),
                secret: None,
                back: format!("{back}/api/v1/session/openid/back"),
                name: String::new(),
                acr: Vec::new(),
            };
            let settings = Settings {
                tls,
                hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
                openid: Some(openid),
                ..Settings::default()
            };
            settings.check("127.0.0.1:8080".parse().unwrap())
        };
        let own = "http://127.0.0.1:8080";
        let city = "https://vl.hanoi.vn";
        assert_eq!(checked(false, &["vl.hanoi.vn"], own), Ok(()));
        assert_eq!(checked(true, &[], city), Ok(()));
        assert_eq!(checked(true, &["other.vn", "VL.hanoi.vn"], city), Ok(()));
        assert!(matches!(
            checked(false, &[], city),
            Err(BadSettings::BackInClear(_))
        ));
        for (hosts, back) in [
            (["other.vn"], city),
            (["vl.hanoi.vn"], "https://vl.hanoi.vn:8443"),
        ] {
            assert!(matches!(
                checked(true, &hosts, back),
                Err(BadSettings::BackElsewhere(_))
            ));
        }
    }

    #[test]
    fn a_server_does_not_listen_where_a_door_would_be_open() {
        let listens = |open, tls, at: &str| {
            let settings = Settings {
                open,
                tls,
                ..Settings::default()
            };
            settings.check(at.parse().unwrap())
        };
        assert_eq!(listens(true, false, "127.0.0.1:8080"), Ok(()));
        assert_eq!(listens(true, false, "[::1]:8080"), Ok(()));
        assert_eq!(listens(false, false, "127.0.0.1:8080"), Ok(()));
        assert_eq!(listens(false, true, "0.0.0.0:8080"), Ok(()));
        for (open, tls, at) in [
            (true, true, "0.0.0.0:1"),
            (true, false, "10.0.0.1:1"),
            (true, false, "[::]:1"),
        ] {
            assert!(
                matches!(listens(open, tls, at), Err(BadSettings::Open(_))),
                "{at}"
            );
        }
        assert!(matches!(
            listens(false, false, "0.0.0.0:1"),
            Err(BadSettings::Clear(_))
        ));
    }
}
