//! Counts the bytes a socket has delivered, so that a message that begins and never ends can be noticed:
//! tungstenite gives whole messages only and says nothing of half ones.
//!
//! Invariant: the count is exact; what it is compared with may be a little generous to the peer (see
//! [`Meter::settle_all`]).

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use prometheus_client::metrics::counter::Counter;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::counters::Counters;

/// Bytes read, and bytes accounted for by whole messages.
#[derive(Debug, Default)]
pub struct Meter {
    read: AtomicU64,
    settled: AtomicU64,
}

impl Meter {
    /// A data message is complete: all that was read belongs to it. (The next message may have begun in the same
    /// read; then its clock starts with its second read.)
    pub fn settle_all(&self) {
        self.settled.store(self.read.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// A control frame is complete. It may stand between the parts of a message, so it accounts for itself only.
    pub fn settle(&self, bytes: u64) {
        let settled = self.settled.load(Ordering::Relaxed) + bytes;
        self.settled.store(settled.min(self.read.load(Ordering::Relaxed)), Ordering::Relaxed);
    }

    /// Bytes read that no whole message accounts for.
    fn unsettled(&self) -> u64 {
        self.read.load(Ordering::Relaxed).saturating_sub(self.settled.load(Ordering::Relaxed))
    }

    /// Counts no more: the session is over, and what still comes is only read away.
    pub fn release(&self) {
        self.settled.store(u64::MAX, Ordering::Relaxed);
    }

    /// Whether a message has begun and is not complete.
    pub fn is_pending(&self) -> bool {
        self.unsettled() > 0
    }
}

/// A socket with a meter on its reading side. It fails once more bytes came than one message may have: an endless run
/// of empty continuation frames is one message that never ends, and no limit on messages would see it.
#[derive(Debug)]
pub struct Metered<S> {
    socket: S,
    meter: Arc<Meter>,
    unsettled_max: u64,
    /// Of all sockets together.
    received: Counter,
    sent: Counter,
}

impl<S> Metered<S> {
    /// Wraps `socket`; the meter stands at zero. Reading fails once `unsettled_max` bytes are not part of any whole
    /// message.
    pub fn new(socket: S, unsettled_max: u64, counters: &Counters) -> (Metered<S>, Arc<Meter>) {
        let meter = Arc::new(Meter::default());
        let (received, sent) = (counters.received.clone(), counters.sent.clone());
        (Metered { socket, meter: Arc::clone(&meter), unsettled_max, received, sent }, meter)
    }

    /// Counts what was written.
    fn wrote(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = result {
            self.sent.inc_by(bytes as u64);
        }
        result
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.meter.unsettled() > self.unsettled_max {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::QuotaExceeded, "a message without an end")));
        }
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.socket).poll_read(cx, buffer);
        let bytes = (buffer.filled().len() - before) as u64;
        self.meter.read.fetch_add(bytes, Ordering::Relaxed);
        self.received.inc_by(bytes);
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.wrote(result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.wrote(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn half_a_message_is_pending_also_around_control_frames() {
        let (mut socket, meter) = Metered::new(&b"0123456789"[..], 100, &Counters::default());
        assert!(!meter.is_pending());
        socket.read_exact(&mut [0; 4]).await.unwrap();
        assert!(meter.is_pending());
        meter.settle(3);
        assert!(meter.is_pending(), "one byte is left over");
        meter.settle(100);
        assert!(!meter.is_pending());
        socket.read_exact(&mut [0; 6]).await.unwrap();
        assert!(meter.is_pending());
        meter.settle_all();
        assert!(!meter.is_pending());
    }

    #[tokio::test]
    async fn a_message_without_an_end_breaks_the_socket() {
        let (mut socket, _meter) = Metered::new(tokio::io::repeat(0), 1_000, &Counters::default());
        let mut read = 0;
        let error = loop {
            match socket.read(&mut [0; 64]).await {
                Ok(bytes) => read += bytes,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
        assert!((1_000..1_100).contains(&read), "{read}");
    }
}
