//! One client's WebSocket: small buffers like the server's, so that a thousand of them fit beside it.
//!
//! Invariant: every wait has an end. What the bytes mean is not known here.

use std::{io, net::IpAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Bytes, Error, Message, protocol::WebSocketConfig},
};

use crate::target::Target;

/// Bytes tungstenite reads and gathers at once: it zeroes the read buffer before every read.
const BUFFER_BYTES: usize = 4_096;
/// Bytes it may hold back for a server that does not read.
const WRITE_BYTES_MAX: usize = 65_536;
/// For connection and upgrade.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For a message to be taken by the kernel.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// For the close frames.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<TcpStream>);

/// What a socket says.
#[derive(Debug)]
pub enum Heard {
    /// A message.
    Message(Bytes),
    /// Ping, pong, or another thing to pass over.
    Nothing,
    /// The server's close frame with this code.
    Closed(u16),
    /// The connection broke.
    Lost,
}

impl Socket {
    /// Connects and upgrades; `receive_bytes` shrinks the kernel's buffer, for who means not to read; `from` is an
    /// address of this machine.
    ///
    /// # Errors
    /// Nobody there, refused by the server, or too late.
    pub async fn open(target: &Target, receive_bytes: Option<u32>, from: Option<IpAddr>) -> Result<Socket, Error> {
        let opening = async {
            let stream = connect(target, receive_bytes, from).await?;
            let config = WebSocketConfig::default()
                .read_buffer_size(BUFFER_BYTES)
                .write_buffer_size(BUFFER_BYTES)
                .max_write_buffer_size(WRITE_BYTES_MAX)
                .max_message_size(Some(shared::limits::SERVER_MESSAGE_BYTES_MAX))
                .max_frame_size(Some(shared::limits::SERVER_MESSAGE_BYTES_MAX));
            client_async_with_config(target.url(), stream, Some(config)).await
        };
        let (socket, _) = timeout(CONNECT_TIMEOUT, opening).await.map_err(|_| too_late())??;
        Ok(Socket(socket))
    }

    /// The next thing. Safe to cancel.
    pub async fn next(&mut self) -> Heard {
        match self.0.next().await {
            Some(Ok(Message::Binary(bytes))) => Heard::Message(bytes),
            Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map_or(1005, |frame| frame.code.into())),
            Some(Ok(_)) => Heard::Nothing,
            Some(Err(_)) | None => Heard::Lost,
        }
    }

    /// Puts a message behind those that wait for [`Socket::flush`].
    ///
    /// # Errors
    /// The connection broke or does not drain.
    pub async fn feed(&mut self, message: Message) -> Result<(), Error> {
        timeout(WRITE_TIMEOUT, self.0.feed(message)).await.map_err(|_| too_late())?
    }

    /// Sends what waits.
    ///
    /// # Errors
    /// The connection broke or does not drain.
    pub async fn flush(&mut self) -> Result<(), Error> {
        timeout(WRITE_TIMEOUT, self.0.flush()).await.map_err(|_| too_late())?
    }

    /// Closes with a close frame, and waits a little for the server's.
    pub async fn close(mut self) {
        let goodbye = async {
            if self.0.close(None).await.is_ok() {
                while let Some(Ok(_)) = self.0.next().await {}
            }
        };
        // Who does not answer is left.
        let _ = timeout(CLOSE_TIMEOUT, goodbye).await;
    }

    /// The TCP socket below without the runtime. A server says nothing before the hello, so nothing is lost that was
    /// read already.
    ///
    /// # Errors
    /// The runtime does not let go of it.
    pub fn into_std(self) -> io::Result<std::net::TcpStream> {
        self.0.into_inner().into_std()
    }

    /// The TCP socket below, to speak something else on it.
    pub fn raw(&mut self) -> &mut TcpStream {
        self.0.get_mut()
    }
}

/// A TCP connection to the first address that answers.
///
/// # Errors
/// None answers.
pub async fn connect(target: &Target, receive_bytes: Option<u32>, from: Option<IpAddr>) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for &address in &target.addresses {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(bytes) = receive_bytes {
            socket.set_recv_buffer_size(bytes)?;
        }
        if let Some(from) = from.filter(|from| from.is_ipv4() == address.is_ipv4()) {
            socket.bind((from, 0).into())?;
        }
        match socket.connect(address).await {
            Ok(stream) => {
                // Browsers do so too: a command must not wait for the last one's acknowledgement.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn too_late() -> Error {
    Error::Io(io::ErrorKind::TimedOut.into())
}

/// Bytes that a WebSocket frame puts before `payload` bytes (RFC 6455 §5.2); a client masks.
pub fn frame_bytes(payload: usize, masked: bool) -> usize {
    let length = match payload {
        0..=125 => 2,
        126..=65_535 => 4,
        _ => 10,
    };
    length + if masked { 4 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_cost_what_the_rfc_says() {
        for (payload, masked, bytes) in [(0, false, 2), (125, true, 6), (126, false, 4), (65_536, true, 14)] {
            assert_eq!(frame_bytes(payload, masked), bytes, "{payload}");
        }
    }
}
