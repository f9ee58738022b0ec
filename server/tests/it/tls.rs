//! https and wss by the program itself: a page, a player, a renewed certificate, and those who speak no TLS.

use std::{
    fs,
    sync::Arc,
    time::{Duration, SystemTime},
};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer},
};
use tokio_tungstenite::{client_async, tungstenite::Message};

use crate::{
    clients::hello,
    running::{Folder, Running, in_time, until},
};

/// A certificate for this machine and its key in files of their own.
struct Pair {
    folder: Folder,
    cert: CertificateDer<'static>,
}

impl Pair {
    fn new() -> Pair {
        let folder = Folder::new();
        let cert = write_pair(&folder, 0);
        Pair { folder, cert }
    }

    fn serve(&self) -> Running {
        let (cert, key) = (self.folder.path().join("cert.pem"), self.folder.path().join("key.pem"));
        Running::start_set(
            |limits| limits.header_timeout = Duration::from_millis(500),
            |server| (server.tls_cert, server.tls_key) = (Some(cert), Some(key)),
        )
    }
}

/// A fresh pair, written with a time of its own.
fn write_pair(folder: &Folder, second: u64) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    for (name, text) in [("key.pem", made.signing_key.serialize_pem()), ("cert.pem", made.cert.pem())] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let when = SystemTime::now() + Duration::from_secs(second);
        fs::File::options().write(true).open(path).unwrap().set_modified(when).unwrap();
    }
    made.cert.der().clone()
}

/// A connection that trusts this certificate and no other.
async fn connect(server: &Running, cert: &CertificateDer<'static>) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(cert.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let stream = TcpStream::connect(server.address).await?;
    let name = "localhost".try_into().unwrap();
    in_time("a handshake", TlsConnector::from(Arc::new(config.with_no_client_auth())).connect(name, stream)).await
}

#[tokio::test]
async fn the_page_and_a_player_come_encrypted() {
    let pair = Pair::new();
    let server = pair.serve();
    let mut page = connect(&server, &pair.cert).await.unwrap();
    page.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    in_time("the page", page.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("<title>Perihelion</title>"), "{answer}");
    assert!(answer.to_lowercase().contains("strict-transport-security: max-age="), "{answer}");
    let stream = connect(&server, &pair.cert).await.unwrap();
    let (mut player, _) = client_async("wss://localhost/ws", stream).await.expect("upgrades");
    player.send(Message::Binary(hello().into())).await.unwrap();
    assert!(in_time("a welcome", player.next()).await.unwrap().unwrap().is_binary());
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_who_comes_and_disturbs_nobody() {
    let pair = Pair::new();
    let server = pair.serve();
    let stream = connect(&server, &pair.cert).await.unwrap();
    let (mut player, _) = client_async("wss://localhost/ws", stream).await.expect("upgrades");
    player.send(Message::Binary(hello().into())).await.unwrap();
    let renewed = write_pair(&pair.folder, 60);
    until("the new one is in use", async || connect(&server, &renewed).await.is_ok()).await;
    assert!(connect(&server, &pair.cert).await.is_err(), "the old one is gone");
    player.send(Message::Ping("still there?".into())).await.unwrap();
    in_time("a pong", async { while !matches!(player.next().await, Some(Ok(Message::Pong(_)))) {} }).await;
}

#[tokio::test]
async fn who_speaks_no_tls_or_half_of_it_is_gone_in_time() {
    let pair = Pair::new();
    let server = pair.serve();
    for said in [&b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], &[22, 3, 1, 2, 0], b""] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(said).await.unwrap();
        let mut answer = Vec::new();
        let ended = in_time("an end", stream.read_to_end(&mut answer)).await;
        assert!(!answer.starts_with(b"HTTP"), "{said:?}: {ended:?} {answer:?}");
    }
}
