//! WebSocket clients that do exactly as told: one through tungstenite, one byte by byte.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use shared::{
    protocol::{
        Chat, ClientMessage, CommandBatch, Hello, Opening, ProfileToken, Resume, ResumeToken, Seen, ServerMessage,
        Words, codec,
    },
    tick::Tick,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::running::in_time;

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub async fn open(address: SocketAddr) -> Socket {
    open_at(address, "/ws").await
}

/// The same at this path.
pub async fn open_at(address: SocketAddr, path: &str) -> Socket {
    in_time("an upgrade", connect_async(format!("ws://{address}{path}"))).await.expect("upgrades").0
}

/// The same from one of this machine's other addresses.
#[cfg(target_os = "linux")]
pub async fn open_from(from: [u8; 4], address: SocketAddr) -> Socket {
    in_time("an upgrade", async {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from((from, 0))).expect("an address of this machine");
        let stream = socket.connect(address).await.expect("connects");
        tokio_tungstenite::client_async(format!("ws://{address}/ws"), MaybeTlsStream::Plain(stream))
            .await
            .expect("upgrades")
            .0
    })
    .await
}

/// The same for a second lane.
pub async fn open_lane(address: SocketAddr) -> Socket {
    open_at(address, "/ws?lane").await
}

/// The status and the `Origin` of an upgrade that sends one.
pub async fn status_with_origin(address: SocketAddr, origin: &str) -> u16 {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    request.headers_mut().insert("origin", origin.parse().unwrap());
    match in_time("an answer", connect_async(request)).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{origin}: {error}"),
    }
}

pub fn hello() -> Vec<u8> {
    codec::encode_opening(&Opening::Hello(Hello { resume: None, profile: None, view_half: (800, 450) }))
}

/// What happens to a hello with this profile, and with a token to resume by: the close code and reason of who is not
/// welcome, or the socket.
pub async fn knock(address: SocketAddr, profile: Option<u8>, resume: Option<u8>) -> Result<Socket, (u16, String)> {
    let mut socket = open(address).await;
    let resume = resume.map(|byte| Resume { token: ResumeToken([byte; 16]), heard: 0 });
    let profile = profile.map(|byte| ProfileToken([byte; 16]));
    let hello = codec::encode_opening(&Opening::Hello(Hello { resume, profile, view_half: (800, 450) }));
    // Who is refused at once need not have been heard.
    let _ = socket.send(Message::Binary(hello.into())).await;
    match in_time("a word", socket.next()).await {
        Some(Ok(Message::Binary(_))) => Ok(socket),
        Some(Ok(Message::Close(Some(frame)))) => Err((frame.code.into(), frame.reason.to_string())),
        other => panic!("{other:?}"),
    }
}

/// Upgraded, and the hello was taken: the welcome has come.
pub async fn welcomed(address: SocketAddr) -> Socket {
    let mut socket = open(address).await;
    socket.send(Message::Binary(hello().into())).await.expect("sent");
    let first = in_time("a welcome", socket.next()).await.expect("open").expect("whole");
    assert!(first.is_binary(), "{first:?}");
    socket
}

/// Reads until the close frame: its code and reason. Zero when the connection ended without one.
pub async fn closed(socket: &mut Socket) -> (u16, String) {
    in_time("a close frame", async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Ok(Message::Close(None))) => return (1005, String::new()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return (0, String::new()),
            }
        }
    })
    .await
}

/// A client frame by hand, masked with zeros.
pub fn frame(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first_byte];
    match payload.len() {
        length @ 0..=125 => bytes.push(0x80 | length as u8),
        length => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

pub const FIN_BINARY: u8 = 0x82;
pub const FIRST_BINARY: u8 = 0x02;
pub const PING: u8 = 0x89;

/// An upgraded TCP socket that speaks only what is written to it.
pub async fn open_raw(address: SocketAddr) -> TcpStream {
    in_time("an upgrade", async {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        let request = format!(
            "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("takes the request");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("an answer"));
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
        stream
    })
    .await
}

/// Reads server frames to the end: the close code, or 0 without one.
pub async fn raw_close_code(stream: &mut TcpStream) -> u16 {
    in_time("the end of the connection", async {
        loop {
            match read_frame(stream).await {
                Some((0x88, payload)) if payload.len() >= 2 => return u16::from_be_bytes([payload[0], payload[1]]),
                Some(_) => {}
                None => return 0,
            }
        }
    })
    .await
}

/// Says a line to everybody.
pub async fn say(socket: &mut Socket, text: &str) {
    let message = ClientMessage::Say(Words::Text(text.into()));
    socket.send(Message::Binary(codec::encode_client(&message).into())).await.expect("sent");
}

/// The next word of the chat.
pub async fn next_chat(socket: &mut Socket) -> Chat {
    in_time("a word", async {
        loop {
            if let Message::Binary(bytes) = socket.next().await.expect("open").expect("whole")
                && let Ok(ServerMessage::Chat(chat)) = codec::decode_server(&bytes)
            {
                return chat;
            }
        }
    })
    .await
}

/// One server frame: its first byte and payload. `None` at the end.
pub async fn read_frame(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let first = stream.read_u8().await.ok()?;
    let length = match stream.read_u8().await.ok()? {
        126 => usize::from(stream.read_u16().await.ok()?),
        127 => usize::try_from(stream.read_u64().await.ok()?).expect("a sane length"),
        length => usize::from(length),
    };
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await.ok()?;
    Some((first, payload))
}

/// An empty batch of commands: an acknowledgement.
pub fn commands(ack: Tick) -> Vec<u8> {
    let batch = CommandBatch { ack, stamp_ms: 0, seen: Seen::default(), first: ack, commands: Vec::new() };
    codec::encode_client(&ClientMessage::Commands(batch))
}

/// Reads snapshots and acknowledges; gives the longest pause between two messages until told to stop.
pub async fn longest_pause(mut socket: Socket, stop: impl Future) -> Duration {
    let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
    let mut ack = tokio::time::interval(Duration::from_millis(33));
    let mut tick = Tick(0);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            message = socket.next() => {
                let message = message.expect("nobody else is closed").expect("whole");
                if let Ok(ServerMessage::Snapshot(snapshot)) = codec::decode_server(&message.into_data()) {
                    tick = snapshot.tick;
                    longest = longest.max(last.elapsed());
                    last = Instant::now();
                }
            }
            _ = ack.tick() => socket.send(Message::Binary(commands(tick).into())).await.expect("sent"),
            _ = &mut stop => return longest.max(last.elapsed()),
        }
    }
}
