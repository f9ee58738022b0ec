//! What a room has for one connection: messages in order, one tick's snapshot among them, and a close code.
//!
//! What a tick says (kills, names, scores) *rides*: it waits for this connection's next snapshot, two ticks at most, and
//! goes into the socket with it, so that it costs neither a wake-up nor a packet of its own. What answers a client's
//! own message goes at once.
//!
//! Invariants: messages keep their order. At most one snapshot is between the room and the socket: the slot counts as
//! taken from the moment the room fills it until the writer has handed the bytes to the kernel; while it is taken the
//! room skips this client before encoding, so what it sends next is new. At most [`RELIABLE_MAX`] other messages wait.
//! Nothing here waits on the room's side.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use bytes::Bytes;
use shared::protocol::CloseCode;
use tokio::sync::{mpsc, oneshot};

use crate::limits::RELIABLE_MAX;

/// Ticks that a message waits for a snapshot to ride with; then it goes alone.
const RIDE_TICKS: u8 = 2;

/// The room's end.
#[derive(Debug)]
pub struct Outbox {
    queue: mpsc::Sender<Batch>,
    counts: Arc<Counts>,
    close: Option<oneshot::Sender<Goodbye>>,
    riders: Vec<Bytes>,
    ridden_ticks: u8,
    snapshot: Vec<Bytes>,
}

/// The connection's end.
#[derive(Debug)]
pub struct Inbox {
    /// What is to be written.
    pub waiting: Waiting,
    /// The room's wish to end this connection; an error when the room is gone.
    pub closing: oneshot::Receiver<Goodbye>,
}

/// Why a connection is ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goodbye {
    /// The code.
    pub code: CloseCode,
    /// What to tell the player in the place of the code's own words, at most `limits::REASON_BYTES_MAX`.
    pub reason: Option<String>,
}

impl From<CloseCode> for Goodbye {
    fn from(code: CloseCode) -> Goodbye {
        Goodbye { code, reason: None }
    }
}

/// What is to be written.
#[derive(Debug)]
pub struct Waiting {
    queue: mpsc::Receiver<Batch>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    snapshot_taken: AtomicBool,
    /// Messages besides the snapshot that the writer has not taken yet.
    reliable: AtomicUsize,
}

/// Messages that were handed over together.
#[derive(Debug)]
struct Batch {
    /// Never empty.
    messages: Vec<Bytes>,
    reliable: usize,
    frees_slot: bool,
}

/// Why the room cannot send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxError {
    /// Too much waits: the client does not keep up.
    Full,
    /// The connection has ended.
    Gone,
}

/// Both ends for a new connection.
#[must_use]
pub fn pair() -> (Outbox, Inbox) {
    // Each batch holds a message that counts, or the snapshot: there can be no more of them.
    let (queue, waiting) = mpsc::channel(RELIABLE_MAX + 1);
    let (close, closing) = oneshot::channel();
    let counts = Arc::new(Counts::default());
    let waiting = Waiting { queue: waiting, counts: Arc::clone(&counts) };
    let outbox =
        Outbox { queue, counts, close: Some(close), riders: Vec::new(), ridden_ticks: 0, snapshot: Vec::new() };
    (outbox, Inbox { waiting, closing })
}

impl Outbox {
    /// Whether the slot is free.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.counts.snapshot_taken.load(Ordering::Acquire)
    }

    /// Sends a message now, behind what waits.
    ///
    /// # Errors
    /// See `OutboxError`.
    pub fn send(&mut self, bytes: Bytes) -> Result<(), OutboxError> {
        self.ride(bytes)?;
        self.hand_over()
    }

    /// Lets a message wait for the next snapshot.
    ///
    /// # Errors
    /// `OutboxError::Full`.
    pub fn ride(&mut self, bytes: Bytes) -> Result<(), OutboxError> {
        if self.counts.reliable.fetch_add(1, Ordering::AcqRel) >= RELIABLE_MAX {
            self.counts.reliable.fetch_sub(1, Ordering::AcqRel);
            return Err(OutboxError::Full);
        }
        self.riders.push(bytes);
        Ok(())
    }

    /// Fills the slot with a message of this tick's snapshot; [`Self::end_tick`] hands it over.
    pub fn put_snapshot(&mut self, bytes: Bytes) {
        self.snapshot.push(bytes);
    }

    /// The tick has said everything: hands over its snapshot with all that rides, or what has waited long enough.
    ///
    /// # Errors
    /// `OutboxError::Full` if there is a snapshot although the slot was taken (nobody asked first),
    /// `OutboxError::Gone`.
    pub fn end_tick(&mut self) -> Result<(), OutboxError> {
        if self.riders.is_empty() {
            self.ridden_ticks = 0;
        } else {
            self.ridden_ticks += 1;
        }
        if self.snapshot.is_empty() && self.ridden_ticks < RIDE_TICKS { Ok(()) } else { self.hand_over() }
    }

    fn hand_over(&mut self) -> Result<(), OutboxError> {
        let reliable = self.riders.len();
        let frees_slot = !self.snapshot.is_empty();
        let mut messages = std::mem::take(&mut self.riders);
        if messages.is_empty() {
            std::mem::swap(&mut messages, &mut self.snapshot);
        } else {
            messages.append(&mut self.snapshot);
        }
        self.ridden_ticks = 0;
        if messages.is_empty() {
            return Ok(());
        }
        if frees_slot && self.counts.snapshot_taken.swap(true, Ordering::AcqRel) {
            return Err(OutboxError::Full);
        }
        self.queue.try_send(Batch { messages, reliable, frees_slot }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => OutboxError::Full,
            mpsc::error::TrySendError::Closed(_) => OutboxError::Gone,
        })
    }

    /// Asks the connection to end. The first goodbye wins.
    pub fn close(&mut self, goodbye: Goodbye) {
        if let Some(close) = self.close.take() {
            // It may have ended by itself.
            let _ = close.send(goodbye);
        }
    }
}

impl Waiting {
    /// Waits for something to write and appends everything there is now to `messages`; whether the slot is to be
    /// freed once it is written. `None` when the room has dropped its end. Safe to cancel.
    pub async fn next(&mut self, messages: &mut Vec<Bytes>) -> Option<bool> {
        let mut next = self.queue.recv().await;
        let mut frees_slot = false;
        next.as_ref()?;
        while let Some(batch) = next {
            self.counts.reliable.fetch_sub(batch.reliable, Ordering::AcqRel);
            frees_slot |= batch.frees_slot;
            messages.extend(batch.messages);
            next = self.queue.try_recv().ok();
        }
        Some(frees_slot)
    }

    /// The socket has taken the last snapshot.
    pub fn free_slot(&self) {
        self.counts.snapshot_taken.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(byte: u8) -> Bytes {
        vec![byte].into()
    }

    /// Everything there is now, as first bytes, and whether it frees the slot.
    async fn next(inbox: &mut Inbox) -> (Vec<u8>, bool) {
        let mut messages = Vec::new();
        let frees_slot = inbox.waiting.next(&mut messages).await.expect("the room lives");
        (messages.iter().map(|message| message[0]).collect(), frees_slot)
    }

    #[tokio::test]
    async fn the_slot_is_taken_until_the_socket_has_the_bytes() {
        let (mut outbox, mut inbox) = pair();
        assert!(outbox.is_writable());
        outbox.put_snapshot(bytes(1));
        outbox.put_snapshot(bytes(2));
        outbox.end_tick().unwrap();
        assert!(!outbox.is_writable());
        assert_eq!(next(&mut inbox).await, (vec![1, 2], true));
        assert!(!outbox.is_writable(), "taken out, not yet written");
        inbox.waiting.free_slot();
        assert!(outbox.is_writable());
        outbox.put_snapshot(bytes(3));
        outbox.end_tick().unwrap();
        outbox.put_snapshot(bytes(4));
        assert_eq!(outbox.end_tick(), Err(OutboxError::Full), "nobody asked");
    }

    #[tokio::test]
    async fn what_a_tick_says_rides_with_the_snapshot_and_answers_go_at_once() {
        let (mut outbox, mut inbox) = pair();
        outbox.ride(bytes(1)).unwrap();
        outbox.end_tick().unwrap();
        assert!(inbox.waiting.queue.is_empty(), "it waits for a snapshot");
        outbox.ride(bytes(2)).unwrap();
        outbox.put_snapshot(bytes(9));
        outbox.end_tick().unwrap();
        assert_eq!(inbox.waiting.queue.len(), 1, "handed over at once");
        assert_eq!(next(&mut inbox).await, (vec![1, 2, 9], true));
        inbox.waiting.free_slot();
        outbox.ride(bytes(3)).unwrap();
        outbox.send(bytes(4)).unwrap();
        assert_eq!(next(&mut inbox).await, (vec![3, 4], false), "in order");
        outbox.ride(bytes(5)).unwrap();
        outbox.end_tick().unwrap();
        outbox.end_tick().unwrap();
        assert_eq!(next(&mut inbox).await, (vec![5], false), "no snapshot came in two ticks");
    }

    #[tokio::test]
    async fn messages_have_a_limit_and_know_when_nobody_reads() {
        let (mut outbox, mut inbox) = pair();
        for n in 0..RELIABLE_MAX {
            if n % 2 == 0 { outbox.send(bytes(0)).unwrap() } else { outbox.ride(bytes(0)).unwrap() }
        }
        outbox.put_snapshot(bytes(9));
        outbox.end_tick().expect("the snapshot has a place of its own");
        assert_eq!(outbox.send(bytes(0)), Err(OutboxError::Full));
        assert_eq!(outbox.ride(bytes(0)), Err(OutboxError::Full));
        assert_eq!(next(&mut inbox).await.0.len(), RELIABLE_MAX + 1);
        outbox.send(bytes(0)).expect("there is room again");
        drop(inbox);
        assert_eq!(outbox.send(bytes(0)), Err(OutboxError::Gone));
    }

    #[tokio::test]
    async fn the_first_close_code_wins_and_a_room_that_is_gone_has_none() {
        let (mut outbox, inbox) = pair();
        outbox.close(CloseCode::Kicked.into());
        outbox.close(CloseCode::Bye.into());
        assert_eq!(inbox.closing.await, Ok(CloseCode::Kicked.into()));
        let (outbox, inbox) = pair();
        drop(outbox);
        assert!(inbox.closing.await.is_err());
    }
}
