//! TLS by rustls: a certificate with its key, read anew when the files change.
//!
//! When the certificate in use ends is told in `vonglau_tls_certificate_ends_timestamp_seconds`. A file that cannot be used leaves the one before in use and is told in the log and in `vonglau_tls_reload_failures_total`: a slip
//! while a certificate is renewed closes no door.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Time between two looks at the files.
const LOOKS: Duration = Duration::from_secs(30);

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{path} cannot be read as PEM: {source}", path = .path.display())]
    Pem {
        /// Which.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// There is no certificate in it.
    #[error(
        "{0} has no certificate: give a PEM file, the server's own first and then those that signed it"
    )]
    Empty(String),
    /// The key is not the certificate's, or of a kind that is not known.
    #[error("the key of {path} cannot be used with the certificate: {source}", path = .path.display())]
    Key {
        /// The key's file.
        path: PathBuf,
        /// Why.
        source: tokio_rustls::rustls::Error,
    },
    /// Callers' certificates cannot be checked.
    #[error("certificates of {path} cannot be used to check callers': {why}", path = .path.display())]
    ClientCa {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The versions of the protocol are not there.
    #[error("TLS cannot be set up: {0}")]
    Protocol(tokio_rustls::rustls::Error),
}

/// The files.
#[derive(Debug, Clone)]
pub struct Files {
    /// The certificate and those that signed it.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Whoever comes must have a certificate that one of these has signed.
    pub client_ca: Option<PathBuf>,
}

/// Size and time of a file, by which a change is seen.
type Seen = [Option<(u64, SystemTime)>; 2];

/// A certificate that may change while it is in use.
#[derive(Debug)]
struct Resolver(Mutex<Arc<CertifiedKey>>);

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.lock()))
    }
}

/// TLS of a server.
pub struct Tls {
    files: Files,
    provider: Arc<CryptoProvider>,
    resolver: Arc<Resolver>,
    acceptor: TlsAcceptor,
    seen: Mutex<Seen>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unread = |source| TlsError::Pem {
        path: path.to_owned(),
        source,
    };
    let all = CertificateDer::pem_file_iter(path).map_err(unread)?;
    let all = all.collect::<Result<Vec<_>, _>>().map_err(unread)?;
    if all.is_empty() {
        return Err(TlsError::Empty(path.display().to_string()));
    }
    Ok(all)
}

impl Files {
    fn read(&self, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
        let chain = certificates(&self.certificate)?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|source| TlsError::Pem {
            path: self.key.clone(),
            source,
        })?;
        CertifiedKey::from_der(chain, key, provider).map_err(|source| TlsError::Key {
            path: self.key.clone(),
            source,
        })
    }

    fn seen(&self) -> Seen {
        [&self.certificate, &self.key].map(|path| {
            let found = std::fs::metadata(path).ok()?;
            Some((found.len(), found.modified().ok()?))
        })
    }
}

impl Tls {
    /// Of files, which must be good at the start.
    pub fn new(files: Files) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let seen = files.seen();
        let resolver = Arc::new(Resolver(Mutex::new(Arc::new(files.read(&provider)?))));
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Protocol)?;
        let builder = match &files.client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let bad = |why: String| TlsError::ClientCa {
                    path: path.clone(),
                    why,
                };
                let mut roots = RootCertStore::empty();
                for certificate in certificates(path)? {
                    roots.add(certificate).map_err(|e| bad(e.to_string()))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(
                    Arc::new(roots),
                    Arc::clone(&provider),
                );
                builder.with_client_cert_verifier(verifier.build().map_err(|e| bad(e.to_string()))?)
            }
        };
        let mut config =
            builder.with_cert_resolver(Arc::clone(&resolver) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            files,
            provider,
            resolver,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            seen: Mutex::new(seen),
        })
    }

    /// Shakes hands.
    pub async fn accept(&self, socket: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(socket).await
    }

    /// Reads the files where they have changed; answers whether another certificate is in use now.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let found = self.files.seen();
        if found == *self.seen.lock() {
            return Ok(false);
        }
        let key = self.files.read(&self.provider)?;
        *self.resolver.0.lock() = Arc::new(key);
        // Only now: what was half written is looked at again.
        *self.seen.lock() = found;
        Ok(true)
    }

    /// When the certificate in use ends, in seconds since 1970; `None` of one that does not say.
    pub fn ends(&self) -> Option<i64> {
        let key = Arc::clone(&self.resolver.0.lock());
        let (_, certificate) = X509Certificate::from_der(key.cert.first()?).ok()?;
        Some(certificate.validity().not_after.timestamp())
    }

    /// Looks at the files again and again.
    pub async fn follow(self: Arc<Self>) {
        let mut looks = tokio::time::interval(LOOKS);
        loop {
            looks.tick().await;
            if let Some(ends) = self.ends() {
                metrics::gauge!("vonglau_tls_certificate_ends_timestamp_seconds").set(ends as f64);
            }
            let this = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || this.reload()).await {
                Ok(Ok(true)) => tracing::info!("another certificate is in use"),
                Ok(Ok(false)) | Err(_) => {}
                Ok(Err(error)) => {
                    metrics::counter!("vonglau_tls_reload_failures_total").increment(1);
                    tracing::error!(%error, "the new certificate is not used; the one before stays");
                }
            }
        }
    }
}
