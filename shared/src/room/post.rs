//! What a room has to send, in order: bytes in one buffer that is used again and again, so that a steady tick allocates
//! nothing. The shell takes everything out after each call; then the buffer is empty again.

use std::collections::VecDeque;

use super::io::{ConnId, Output};
use crate::protocol::{CloseCode, ServerMessage, Snapshot, codec};

/// Outgoing things, and the bytes they consist of.
#[derive(Debug, Default)]
pub struct Post {
    queue: VecDeque<Item>,
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Item {
    Snapshot { conn: ConnId, from: usize, to: usize },
    Reliable { conn: ConnId, from: usize, to: usize },
    Close { conn: ConnId, code: CloseCode, from: usize, to: usize },
}

impl Post {
    /// Sends a part of a snapshot; returns the length of the message, bytes.
    pub fn snapshot(&mut self, conn: ConnId, head: &Snapshot, body: &[u8]) -> usize {
        let from = self.bytes.len();
        codec::write_snapshot(&mut self.bytes, head, body);
        let to = self.bytes.len();
        self.queue.push_back(Item::Snapshot { conn, from, to });
        to - from
    }

    /// Sends a message that must arrive.
    pub fn reliable(&mut self, conn: ConnId, message: &ServerMessage) {
        self.reliable_bytes(conn, &codec::encode_server(message));
    }

    /// The same, encoded already.
    pub fn reliable_bytes(&mut self, conn: ConnId, message: &[u8]) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(message);
        self.queue.push_back(Item::Reliable { conn, from, to: self.bytes.len() });
    }

    /// Ends a connection; `reason` is told in the place of the code's own.
    pub fn close(&mut self, conn: ConnId, code: CloseCode, reason: Option<&str>) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(reason.unwrap_or_default().as_bytes());
        self.queue.push_back(Item::Close { conn, code, from, to: self.bytes.len() });
    }

    /// The next thing.
    pub fn poll(&mut self) -> Option<Output<'_>> {
        let Some(item) = self.queue.pop_front() else {
            self.bytes.clear();
            return None;
        };
        Some(match item {
            Item::Snapshot { conn, from, to } => Output::Snapshot { conn, bytes: &self.bytes[from..to] },
            Item::Reliable { conn, from, to } => Output::Reliable { conn, bytes: &self.bytes[from..to] },
            Item::Close { conn, code, from, to } => {
                // What went in is text.
                let reason = core::str::from_utf8(&self.bytes[from..to]).unwrap_or_default();
                Output::Close { conn, code, reason: Some(reason).filter(|reason| !reason.is_empty()) }
            }
        })
    }
}

/// Messages for one connection that must arrive but may wait for its turn, a tick at most, so that they leave together
/// with its snapshot.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    bytes: Vec<u8>,
    lengths: Vec<usize>,
}

impl Mail {
    /// Puts one message in.
    pub fn put(&mut self, message: &[u8]) {
        self.bytes.extend_from_slice(message);
        self.lengths.push(message.len());
    }

    /// Sends everything; returns how many bytes that is.
    pub fn send(&mut self, conn: ConnId, post: &mut Post) -> usize {
        let mut from = 0;
        for length in self.lengths.drain(..) {
            post.reliable_bytes(conn, &self.bytes[from..from + length]);
            from += length;
        }
        self.bytes.clear();
        from
    }
}
