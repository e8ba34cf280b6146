//! What `vonglau serve` can be told beside where its data are: how long things are kept, who may come in, TLS, brokers.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::brokers::nats;
use crate::commands::UsageError;
use crate::doors::address::Proxies;
use crate::doors::openid::OpenIdSettings;
use crate::doors::sessions::Bounds;
use crate::doors::settings::Settings;
use crate::listening::tls::Files;

/// How long things are kept.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Keeps {
    /// Give up the journal's begin once all stores have it and it is so many days old, and with it the last trace of
    /// applicants' pseudonyms; by default the whole journal is kept
    #[arg(
        id = "keep_journal_days",
        long = "keep-journal-days",
        value_name = "DAYS",
        env = "VONGLAU_KEEP_JOURNAL_DAYS"
    )]
    pub(super) journal_days: Option<u32>,
    /// Forget facts that are older than so many days, by the first day of what they are about; by default all are kept.
    /// In ClickHouse the store's `keep=` says it
    #[arg(
        id = "keep_facts_days",
        long = "keep-facts-days",
        value_name = "DAYS",
        env = "VONGLAU_KEEP_FACTS_DAYS"
    )]
    pub(super) facts_days: Option<u32>,
}

/// Events from an MQTT broker.
#[derive(Debug, Clone, clap::Args)]
pub struct MqttArgs {
    /// Take events from a broker's topic, too: `mqtt://user@host:1883/vonglau/events/#`. The password may stand in
    /// `VONGLAU_MQTT_PASSWORD`; the line to the broker is this machine's or a protected one, since it is not encrypted
    #[arg(long, value_name = "TOPIC", env = "VONGLAU_MQTT")]
    pub(super) mqtt: Option<String>,
    /// Under which client's name the broker keeps what comes while the service is away; this service's alone
    #[arg(
        long,
        value_name = "NAME",
        default_value = "vonglau",
        env = "VONGLAU_MQTT_CLIENT"
    )]
    pub(super) mqtt_client: String,
}

/// Events from a stream of NATS JetStream.
#[derive(Debug, Clone, clap::Args)]
pub struct NatsArgs {
    /// Take events from a stream of NATS JetStream, too: `nats://user@host:4222/STREAM`, `tls://…` for an encrypted line, with a
    /// subject behind it for some of its messages (`/STREAM/kiosks.>`). A password stands in `VONGLAU_NATS_PASSWORD`, a token in
    /// `VONGLAU_NATS_TOKEN`
    #[arg(long, value_name = "STREAM", env = "VONGLAU_NATS")]
    nats: Option<String>,
    /// The durable consumer under which the broker keeps what was taken; this service's alone, made where it is not there
    #[arg(
        long,
        value_name = "NAME",
        default_value = "vonglau",
        env = "VONGLAU_NATS_CONSUMER"
    )]
    nats_consumer: String,
    /// Who signs the broker's certificate, instead of those whom this machine trusts: a PEM file
    #[arg(long, value_name = "FILE", env = "VONGLAU_NATS_CA")]
    nats_ca: Option<PathBuf>,
}

impl NatsArgs {
    pub(super) fn settings(self) -> Result<Option<nats::Settings>, UsageError> {
        let Some(address) = self.nats else {
            return Ok(None);
        };
        let address = nats::Address::parse(&address).map_err(|e| UsageError(e.to_string()))?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if self.nats_consumer.is_empty() || !self.nats_consumer.chars().all(is_name) {
            let why = "--nats-consumer is a name of letters, digits, - and _";
            return Err(UsageError(why.to_owned()));
        }
        let secret = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Ok(Some(nats::Settings {
            address,
            consumer: self.nats_consumer,
            secret: nats::Secret {
                password: secret("VONGLAU_NATS_PASSWORD"),
                token: secret("VONGLAU_NATS_TOKEN"),
            },
            ca: self.nats_ca,
        }))
    }
}

/// TLS without a proxy.
#[derive(Debug, Clone, clap::Args)]
pub struct TlsArgs {
    /// Speak TLS with this certificate: a PEM file, the server's own first and then those that signed it. It is read anew when it
    /// changes
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_key",
        env = "VONGLAU_TLS_CERT"
    )]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, a PEM file
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_cert",
        env = "VONGLAU_TLS_KEY"
    )]
    tls_key: Option<PathBuf>,
    /// Let only callers in whose certificate one of these has signed, beside their key or password: a PEM file
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_cert",
        env = "VONGLAU_TLS_CLIENT_CA"
    )]
    tls_client_ca: Option<PathBuf>,
}

impl TlsArgs {
    pub(super) fn files(self) -> Option<Files> {
        Some(Files {
            certificate: self.tls_cert?,
            key: self.tls_key?,
            client_ca: self.tls_client_ca,
        })
    }
}

/// The city's identity provider (OpenID Connect).
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OpenIdArgs {
    /// Let people sign in at an identity provider, too: its address, as its tokens name it. Who may is linked by `vonglau account link`
    #[arg(
        long,
        value_name = "URL",
        requires = "openid_client",
        requires = "openid_back",
        env = "VONGLAU_OPENID_ISSUER"
    )]
    openid_issuer: Option<String>,
    /// This service's name with the provider
    #[arg(
        long,
        value_name = "ID",
        requires = "openid_issuer",
        env = "VONGLAU_OPENID_CLIENT"
    )]
    openid_client: Option<String>,
    /// A file with this service's secret with the provider, where it has one
    #[arg(
        long,
        value_name = "FILE",
        requires = "openid_issuer",
        env = "VONGLAU_OPENID_SECRET_FILE"
    )]
    openid_secret_file: Option<PathBuf>,
    /// Where the provider sends browsers back to, as it has it registered: `https://HOST/api/v1/session/openid/back`
    #[arg(
        long,
        value_name = "URL",
        requires = "openid_issuer",
        env = "VONGLAU_OPENID_BACK"
    )]
    openid_back: Option<String>,
    /// What the button on the sign-in page calls the provider
    #[arg(
        long,
        value_name = "NAME",
        default_value = "Tài khoản Thành phố",
        env = "VONGLAU_OPENID_NAME"
    )]
    openid_name: String,
    /// Classes of proof (`acr`) that count as a second factor, beside tokens whose methods (`amr`) name `mfa`
    #[arg(
        long,
        value_name = "CLASS,…",
        value_delimiter = ',',
        requires = "openid_issuer",
        env = "VONGLAU_OPENID_ACR"
    )]
    openid_acr: Vec<String>,
}

impl OpenIdArgs {
    fn settings(self) -> Result<Option<OpenIdSettings>, UsageError> {
        let (Some(issuer), Some(client), Some(back)) =
            (self.openid_issuer, self.openid_client, self.openid_back)
        else {
            return Ok(None);
        };
        let settings = OpenIdSettings {
            issuer,
            client,
            secret: self
                .openid_secret_file
                .as_deref()
                .map(secret_in)
                .transpose()?,
            back,
            name: self.openid_name,
            acr: self.openid_acr,
        };
        settings.check().map_err(|e| UsageError(e.to_string()))?;
        Ok(Some(settings))
    }
}

/// A secret that stands in a file which its owner alone reads.
fn secret_in(file: &Path) -> Result<String, UsageError> {
    let shown = file.display();
    let bad = |e: std::io::Error| UsageError(format!("cannot read {shown}: {e}"));
    let mode = std::fs::metadata(file).map_err(bad)?.permissions().mode();
    if mode & 0o037 != 0 {
        let why = format!(
            "{shown} holds a secret and others may read or write it: set it to its owner and group alone (chmod 640)"
        );
        return Err(UsageError(why));
    }
    let text = std::fs::read_to_string(file).map_err(bad)?;
    let secret = text.trim();
    if secret.is_empty() {
        let why = format!("{shown} is empty: put the secret there that the provider gave");
        return Err(UsageError(why));
    }
    Ok(secret.to_owned())
}

/// Who may come in.
#[derive(Debug, Clone, clap::Args)]
pub struct DoorsArgs {
    #[command(flatten)]
    openid: OpenIdArgs,
    /// A proxy before the service speaks TLS to browsers: cookies are for TLS alone, and other addresses than loopback may be
    /// listened on
    #[arg(long, env = "VONGLAU_BEHIND_TLS")]
    behind_tls: bool,
    /// Addresses of proxies whose word about the caller's address is taken, such as 10.0.0.5 or 10.0.0.0/24
    #[arg(
        long,
        value_name = "ADDRESS,…",
        value_delimiter = ',',
        env = "VONGLAU_PROXIES"
    )]
    proxies: Vec<String>,
    /// Names under which browsers come, with ports where they have one; any where none is given
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        env = "VONGLAU_HOSTS"
    )]
    hosts: Vec<String>,
    /// Minutes without a page in sight after which a session ends
    #[arg(long, value_name = "MINUTES", default_value_t = Bounds::default().idle_s / 60, env = "VONGLAU_SESSION_IDLE_MINUTES",
        value_parser = clap::value_parser!(u32).range(1..=1_440))]
    session_idle_minutes: u32,
    /// Hours after which everybody signs in again; a wall that nobody sits at wants more than a shift
    #[arg(long, value_name = "HOURS", default_value_t = Bounds::default().absolute_s / 3_600, env = "VONGLAU_SESSION_HOURS",
        value_parser = clap::value_parser!(u32).range(1..=2_160))]
    session_hours: u32,
}

impl DoorsArgs {
    pub(super) fn settings(self, open: bool) -> Result<Settings, UsageError> {
        let proxies = Proxies::parse(self.proxies.iter().map(String::as_str));
        Ok(Settings {
            open,
            openid: self.openid.settings()?,
            tls: self.behind_tls,
            hosts: self.hosts,
            proxies: proxies.map_err(|e| UsageError(e.to_string()))?,
            sessions: Bounds {
                idle_s: self.session_idle_minutes * 60,
                absolute_s: self.session_hours * 3_600,
            },
            ..Settings::default()
        })
    }
}
