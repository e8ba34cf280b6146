//! Which identity provider, and as whom it knows this service.

/// The settings of a provider.
#[derive(Clone)]
pub struct OpenIdSettings {
    /// Its address, as its tokens name it.
    pub issuer: String,
    /// This service's name with it.
    pub client: String,
    /// This service's secret with it, where it has one.
    pub secret: Option<String>,
    /// The address to which browsers come back: `https://…/api/v1/session/openid/back`.
    pub back: String,
    /// What the button says.
    pub name: String,
    /// Classes of proof (`acr`) that count as a second factor, beside a token whose methods name `mfa`.
    pub acr: Vec<String>,
}

impl std::fmt::Debug for OpenIdSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenIdSettings")
            .field("issuer", &self.issuer)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// Settings that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOpenId {
    /// An address.
    #[error(
        "{what} `{given}` must be an https address (http for this machine alone), as the provider has it registered"
    )]
    Address {
        /// Of what.
        what: &'static str,
        /// What was given.
        given: String,
    },
    /// The path.
    #[error(
        "the address to come back to, `{0}`, must end with /api/v1/session/openid/back, where this service waits for it"
    )]
    Back(String),
    /// No key for what is begun.
    #[error("{0}")]
    Random(String),
    /// The HTTP client.
    #[error(
        "the identity provider cannot be asked: {0}; see that the system's certificates are there (ca-certificates)"
    )]
    Client(String),
}

impl OpenIdSettings {
    /// Whether they can be used.
    pub fn check(&self) -> Result<(), BadOpenId> {
        check_issuer(&self.issuer)?;
        check_address("the address to come back to", &self.back)?;
        if self.back.ends_with("/api/v1/session/openid/back") {
            Ok(())
        } else {
            Err(BadOpenId::Back(self.back.clone()))
        }
    }
}

/// Whether an address can be a provider's.
pub fn check_issuer(issuer: &str) -> Result<(), BadOpenId> {
    check_address("the issuer", issuer)
}

fn check_address(what: &'static str, given: &str) -> Result<(), BadOpenId> {
    let bad = || BadOpenId::Address {
        what,
        given: given.to_owned(),
    };
    is_protected(given).then_some(()).ok_or_else(bad)
}

/// Whether an address is of TLS, or does not leave the machine.
fn is_protected(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else {
        return false;
    };
    let is_own = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && (url.scheme() == "https" || url.scheme() == "http" && is_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_do_not_pass_in_the_clear() {
        let with = |issuer: &str, back: &str| {
            let settings = OpenIdSettings {
                issuer: issuer.to_owned(),
                client: "vonglau".to_owned(),
                secret: None,
                back: back.to_owned(),
                name: String::new(),
                acr: Vec::new(),
            };
            settings.check().is_ok()
        };
        let back = "https://vl.hanoi.vn/api/v1/session/openid/back";
        assert!(with("https://id.hanoi.vn/realms/hanoi", back));
        assert!(with("http://127.0.0.1:8080", back));
        for bad in [
            "http://id.hanoi.vn",
            "id.hanoi.vn",
            "ftp://127.0.0.1",
            "https://someone@id.hanoi.vn",
            "https://:secret@id.hanoi.vn",
            "https://id.hanoi.vn/?realm=1",
            "http://127.0.0.1.evil.vn",
        ] {
            assert!(!with(bad, back), "{bad}");
            assert!(!with("https://id.hanoi.vn", bad), "{bad}");
        }
        assert!(!with("https://id.hanoi.vn", "https://vl.hanoi.vn/"));
    }
}
