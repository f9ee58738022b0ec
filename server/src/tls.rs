//! TLS by the program itself: a certificate and its key from files, read anew when they change. Invariant: a pair that
//! does not fit together, or cannot be read, never replaces one that works; connections that are open keep theirs.

mod expiry;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::{CryptoProvider, ring},
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A certificate that ends within this time should have been renewed by now (Let's Encrypt's live 90 days and are renewed at
/// 60)…
const ENDS_SOON: Duration = Duration::from_secs(14 * 86_400);
/// …and the log says so this often.
const WARN_EVERY: Duration = Duration::from_secs(86_400);

/// The two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that vouch for it, PEM.
    pub cert: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

/// What is wrong with them.
#[derive(Debug)]
pub enum TlsError {
    /// One cannot be read, or holds nothing of the kind.
    File(PathBuf, String),
    /// The key is none for the certificate, or of a kind that is not known.
    Pair(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::File(path, reason) => write!(f, "{}: {reason}", path.display()),
            TlsError::Pair(error) => write!(f, "tls_cert and tls_key do not go together: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}

/// The pair in use, and the files it came from.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    seen: Stamp,
    shelf: Arc<Shelf>,
}

/// Where a handshake takes the pair from. The lock is held for a clone, once in a handshake and once in a renewal.
#[derive(Debug)]
struct Shelf(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shelf {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What tells that a file was replaced: when either was written, and how long it is.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl Tls {
    /// Reads the pair.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn open(files: TlsFiles) -> Result<Tls, TlsError> {
        let seen = stamp(&files);
        let pair = read(&files)?;
        Ok(Tls { files, seen, shelf: Arc::new(Shelf(RwLock::new(Arc::new(pair)))) })
    }

    /// What greets connections, now and after renewals.
    ///
    /// # Errors
    /// The library finds its own choices inconsistent.
    pub fn acceptor(&self) -> Result<TlsAcceptor, TlsError> {
        let builder = ServerConfig::builder_with_provider(Arc::new(provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(TlsError::Pair)?;
        let shelf: Arc<dyn ResolvesServerCert> = Arc::clone(&self.shelf) as _;
        let mut config = builder.with_no_client_auth().with_cert_resolver(shelf);
        // HTTP/2 has no upgrade that we speak.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Looks at the files now and then, until the server is to end.
    pub async fn keep_fresh(mut self, mut shutdown: watch::Receiver<bool>) {
        let mut warned: Option<Instant> = None;
        loop {
            if warned.is_none_or(|warned| warned.elapsed() >= WARN_EVERY) {
                warned = Some(Instant::now());
                self.warn_if_it_ends_soon();
            }
            tokio::select! {
                () = sleep(LOOK_EVERY) => self.refresh(),
                _ = shutdown.wait_for(|&stopping| stopping) => return,
            }
        }
    }

    fn warn_if_it_ends_soon(&self) {
        if let Some(left) = self.left(SystemTime::now()).filter(|&left| left < ENDS_SOON) {
            let days = left.as_secs() / 86_400;
            tracing::warn!(days, cert = %self.files.cert.display(), "the certificate ends soon, or has ended");
        }
    }

    /// How long the pair in use is good; zero when it has ended, `None` when that cannot be told.
    fn left(&self, now: SystemTime) -> Option<Duration> {
        let pair = self.shelf.0.read().unwrap_or_else(PoisonError::into_inner);
        let end = pair.cert.first().and_then(|cert| expiry::end_of(cert))?;
        Some(end.duration_since(now).unwrap_or_default())
    }

    /// Takes a new pair if there is one. Whoever writes the two files one after the other is seen in between: then they
    /// do not go together, and the next look finds them complete.
    fn refresh(&mut self) {
        let now = stamp(&self.files);
        if now == self.seen {
            return;
        }
        match read(&self.files) {
            Ok(pair) => {
                *self.shelf.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
                tracing::info!(cert = %self.files.cert.display(), "a new certificate is in use");
            }
            Err(error) => tracing::error!(%error, "the new certificate cannot be used; the old one stays"),
        }
        self.seen = now;
    }
}

fn provider() -> CryptoProvider {
    ring::default_provider()
}

fn stamp(files: &TlsFiles) -> Stamp {
    let of = |path: &Path| fs::metadata(path).and_then(|meta| Ok((meta.modified()?, meta.len()))).ok();
    [of(&files.cert), of(&files.key)]
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let wrong = |path: &Path, what: &str| TlsError::File(path.to_owned(), what.to_owned());
    let bytes = |path: &Path| fs::read(path).map_err(|error: io::Error| wrong(path, &error.to_string()));
    let certs: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes(&files.cert)?).collect();
    let certs = certs.map_err(|_| wrong(&files.cert, "this is no PEM file"))?;
    if certs.is_empty() {
        return Err(wrong(&files.cert, "it holds no certificate in PEM"));
    }
    let key = PrivateKeyDer::from_pem_slice(&bytes(&files.key)?);
    let key = key.map_err(|_| wrong(&files.key, "it holds no private key in PEM"))?;
    CertifiedKey::from_der(certs, key, &provider()).map_err(TlsError::Pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("perihelion-tls-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }

        fn files(&self) -> TlsFiles {
            TlsFiles { cert: self.0.join("cert.pem"), key: self.0.join("key.pem") }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// A fresh pair: the certificate and the key, PEM.
    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    /// Writes it with a time of its own, for file systems that count in seconds.
    fn write(path: &Path, text: &str, second: u64) {
        fs::write(path, text).unwrap();
        let when = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + second);
        fs::File::options().write(true).open(path).unwrap().set_modified(when).unwrap();
    }

    fn in_use(tls: &Tls) -> Vec<u8> {
        tls.shelf.0.read().unwrap().cert[0].to_vec()
    }

    #[test]
    fn a_renewed_pair_is_taken_and_a_broken_one_is_not() {
        let folder = Folder::new("renewed");
        let files = folder.files();
        let (cert, key) = pair();
        write(&files.cert, &cert, 0);
        write(&files.key, &key, 0);
        let mut tls = Tls::open(files.clone()).unwrap();
        tls.acceptor().unwrap();
        let first = in_use(&tls);
        let (cert, key) = pair();
        write(&files.cert, &cert, 1);
        tls.refresh();
        assert_eq!(in_use(&tls), first, "half a renewal: the key is the old one");
        write(&files.key, &key, 2);
        tls.refresh();
        let second = in_use(&tls);
        assert_ne!(second, first);
        write(&files.cert, "rubbish", 3);
        tls.refresh();
        fs::remove_file(&files.key).unwrap();
        tls.refresh();
        assert_eq!(in_use(&tls), second);
    }

    #[test]
    fn what_is_wrong_names_the_file() {
        let folder = Folder::new("wrong");
        let files = folder.files();
        let refused = |files: &TlsFiles| Tls::open(files.clone()).unwrap_err().to_string();
        assert!(refused(&files).contains("cert.pem"), "{}", refused(&files));
        write(&files.cert, "nothing", 0);
        assert!(refused(&files).contains("no certificate"), "{}", refused(&files));
        let (cert, _) = pair();
        write(&files.cert, &cert, 1);
        assert!(refused(&files).contains("key.pem"), "{}", refused(&files));
        write(&files.key, &cert, 1);
        assert!(refused(&files).contains("no private key"), "{}", refused(&files));
        write(&files.key, &pair().1, 2);
        assert!(refused(&files).contains("do not go together"), "{}", refused(&files));
    }
}
