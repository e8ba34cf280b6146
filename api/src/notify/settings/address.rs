//! Where servers are: the addresses of SMTP servers and of HTTP receivers, as they are written.

use reqwest::Url;

/// How a connection to an SMTP server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: `smtp://`.
    None,
    /// From the first byte: `smtps://`.
    Whole,
    /// After STARTTLS, without which nothing is sent: `smtp+starttls://`.
    Start,
}

/// An SMTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub tls: Tls,
}

impl Smtp {
    /// True where what is sent stays on this machine.
    pub fn is_here(&self) -> bool {
        let address = self.host.trim_matches(['[', ']']).parse();
        self.host == "localhost" || address.is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }
}

/// Reads the address of an SMTP server.
pub(super) fn smtp(text: &str) -> Result<Smtp, String> {
    let shape =
        "write smtp = \"smtps://host:465\", \"smtp+starttls://host:587\" or \"smtp://host:25\"";
    let url = Url::parse(text).map_err(|e| format!("`smtp` is no address ({e}); {shape}"))?;
    let (tls, port) = match url.scheme() {
        "smtp" => (Tls::None, 25),
        "smtps" => (Tls::Whole, 465),
        "smtp+starttls" => (Tls::Start, 587),
        other => return Err(format!("`smtp` begins with `{other}://`; {shape}")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "`smtp` holds a user or a password; write them as `user` and `password_file`"
                .to_owned(),
        );
    }
    let rest_is_empty = matches!(url.path(), "" | "/") && url.query().is_none();
    if !rest_is_empty || url.fragment().is_some() {
        return Err(format!("`smtp` has more than a host and a port; {shape}"));
    }
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(|| format!("`smtp` names no host; {shape}"))?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]_".contains(c);
    if !host.chars().all(is_plain) {
        return Err(format!("`smtp` has an odd host `{host}`; {shape}"));
    }
    Ok(Smtp {
        // Brackets belong to the address's text, not to the host that is asked for.
        host: host.trim_matches(['[', ']']).to_ascii_lowercase(),
        port: url.port().unwrap_or(port),
        tls,
    })
}

/// Reads the address of an HTTP receiver. What is wrong is told without the address: its path may be a secret.
pub(super) fn http(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|e| format!("`url` is no address ({e}); write url = \"https://host/path\""))?;
    if !matches!(url.scheme(), "http" | "https") {
        let scheme = url.scheme();
        return Err(format!(
            "`url` begins with `{scheme}:`; only https:// and http:// are spoken"
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "`url` holds a user or a password; take them out: a webhook is known by its signature"
                .to_owned(),
        );
    }
    if url.fragment().is_some() {
        return Err("`url` has a part after #, which is never sent; take it out".to_owned());
    }
    Ok(url)
}

/// Where an Alertmanager takes alerts, from its own address.
pub(super) fn alertmanager(text: &str) -> Result<Url, String> {
    const TAKES: &str = "/api/v2/alerts";
    let mut url = http(text)?;
    if url.query().is_some() {
        return Err(
            "`url` has a part after ?; write only the Alertmanager's own address".to_owned(),
        );
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with(TAKES) {
        url.set_path(&format!("{path}{TAKES}"));
    }
    Ok(url)
}
