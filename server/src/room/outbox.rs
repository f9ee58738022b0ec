//! What a room has for one connection: one tick's snapshot, a queue of messages that must arrive, a close code.
//!
//! Invariant: at most one snapshot is between the room and the socket. The slot counts as taken from the moment
//! the room fills it until the writer has handed the bytes to the kernel; while it is taken the room skips this
//! client before encoding, so what it sends next is new. Nothing here waits on the room's side.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use shared::protocol::CloseCode;
use tokio::sync::{mpsc, watch};

use crate::limits::RELIABLE_MAX;

/// The messages of one tick for one client, in order.
pub type SnapshotBatch = Vec<Bytes>;

/// The room's end.
#[derive(Debug)]
pub struct Outbox {
    reliable: mpsc::Sender<Bytes>,
    snapshot: mpsc::Sender<SnapshotBatch>,
    snapshot_taken: Arc<AtomicBool>,
    close: watch::Sender<Option<CloseCode>>,
}

/// The connection's end.
#[derive(Debug)]
pub struct Inbox {
    reliable: mpsc::Receiver<Bytes>,
    snapshot: mpsc::Receiver<SnapshotBatch>,
    snapshot_taken: Arc<AtomicBool>,
    close: watch::Receiver<Option<CloseCode>>,
}

/// Why the room cannot send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxError {
    /// The queue is full: the client does not keep up.
    Full,
    /// The connection has ended.
    Gone,
}

/// Both ends for a new connection.
#[must_use]
pub fn pair() -> (Outbox, Inbox) {
    let (reliable_in, reliable_out) = mpsc::channel(RELIABLE_MAX);
    let (snapshot_in, snapshot_out) = mpsc::channel(1);
    let (close_in, close_out) = watch::channel(None);
    let taken = Arc::new(AtomicBool::new(false));
    (
        Outbox { reliable: reliable_in, snapshot: snapshot_in, snapshot_taken: Arc::clone(&taken), close: close_in },
        Inbox { reliable: reliable_out, snapshot: snapshot_out, snapshot_taken: taken, close: close_out },
    )
}

impl Outbox {
    /// Whether the slot is free.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.snapshot_taken.load(Ordering::Acquire)
    }

    /// Fills the slot.
    ///
    /// # Errors
    /// `OutboxError::Full` if it was taken (the caller did not ask first), `OutboxError::Gone`.
    pub fn put_snapshot(&self, batch: SnapshotBatch) -> Result<(), OutboxError> {
        if self.snapshot_taken.swap(true, Ordering::AcqRel) {
            return Err(OutboxError::Full);
        }
        self.snapshot.try_send(batch).map_err(OutboxError::of)
    }

    /// Queues a message that must arrive.
    ///
    /// # Errors
    /// See `OutboxError`.
    pub fn put_reliable(&self, bytes: Bytes) -> Result<(), OutboxError> {
        self.reliable.try_send(bytes).map_err(OutboxError::of)
    }

    /// Asks the connection to end. The first code wins.
    pub fn close(&self, code: CloseCode) {
        self.close.send_if_modified(|current| {
            let first = current.is_none();
            current.get_or_insert(code);
            first
        });
    }
}

impl OutboxError {
    fn of<T>(error: mpsc::error::TrySendError<T>) -> OutboxError {
        match error {
            mpsc::error::TrySendError::Full(_) => OutboxError::Full,
            mpsc::error::TrySendError::Closed(_) => OutboxError::Gone,
        }
    }
}

/// What is to be written next.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    /// In order, messages that must arrive first.
    pub messages: Vec<Bytes>,
    /// Whether the slot is to be freed once they are written.
    pub frees_slot: bool,
}

impl Inbox {
    /// Waits for something to write: everything there is now. `None` when the room has dropped its end.
    pub async fn next(&mut self) -> Option<Batch> {
        let (first, snapshot) = tokio::select! {
            reliable = self.reliable.recv() => (Some(reliable?), None),
            snapshot = self.snapshot.recv() => (None, Some(snapshot?)),
        };
        // The snapshot is taken before the queue is drained: whatever the room queued before it is then in front
        // of it on the wire too.
        let snapshot = snapshot.or_else(|| self.snapshot.try_recv().ok());
        let mut messages: Vec<Bytes> = first.into_iter().collect();
        while let Ok(bytes) = self.reliable.try_recv() {
            messages.push(bytes);
        }
        let frees_slot = snapshot.is_some();
        messages.extend(snapshot.into_iter().flatten());
        Some(Batch { messages, frees_slot })
    }

    /// The socket has taken the last snapshot.
    pub fn free_slot(&self) {
        self.snapshot_taken.store(false, Ordering::Release);
    }

    /// A watch on the room's wish to end this connection.
    #[must_use]
    pub fn closing(&self) -> watch::Receiver<Option<CloseCode>> {
        self.close.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_slot_is_taken_until_the_socket_has_the_bytes() {
        let (outbox, mut inbox) = pair();
        assert!(outbox.is_writable());
        outbox.put_snapshot(vec![Bytes::from_static(&[1]), Bytes::from_static(&[2])]).unwrap();
        assert!(!outbox.is_writable());
        assert_eq!(outbox.put_snapshot(vec![Bytes::from_static(&[3])]), Err(OutboxError::Full));
        let batch = inbox.next().await.unwrap();
        assert_eq!(
            batch,
            Batch { messages: vec![Bytes::from_static(&[1]), Bytes::from_static(&[2])], frees_slot: true }
        );
        assert!(!outbox.is_writable(), "taken out, not yet written");
        inbox.free_slot();
        assert!(outbox.is_writable());
    }

    #[tokio::test]
    async fn what_was_queued_before_a_snapshot_is_written_before_it() {
        let (outbox, mut inbox) = pair();
        outbox.put_reliable(Bytes::from_static(&[1])).unwrap();
        outbox.put_reliable(Bytes::from_static(&[2])).unwrap();
        outbox.put_snapshot(vec![Bytes::from_static(&[9])]).unwrap();
        assert_eq!(
            inbox.next().await.unwrap().messages,
            [Bytes::from_static(&[1]), Bytes::from_static(&[2]), Bytes::from_static(&[9])]
        );
    }

    #[tokio::test]
    async fn the_queue_has_a_limit_and_knows_when_nobody_reads() {
        let (outbox, inbox) = pair();
        for _ in 0..RELIABLE_MAX {
            outbox.put_reliable(Bytes::from_static(&[0])).unwrap();
        }
        assert_eq!(outbox.put_reliable(Bytes::from_static(&[0])), Err(OutboxError::Full));
        drop(inbox);
        assert_eq!(outbox.put_reliable(Bytes::from_static(&[0])), Err(OutboxError::Gone));
        assert_eq!(outbox.put_snapshot(vec![]), Err(OutboxError::Gone));
    }

    #[test]
    fn the_first_close_code_wins() {
        let (outbox, inbox) = pair();
        outbox.close(CloseCode::Kicked);
        outbox.close(CloseCode::Bye);
        assert_eq!(*inbox.closing().borrow(), Some(CloseCode::Kicked));
    }
}
