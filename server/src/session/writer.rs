//! The writing half: what the room has for this client, and a ping when nothing was heard.
//!
//! Invariant: the snapshot slot is free again only after the kernel has taken the bytes, and that has a deadline;
//! a client that does not read costs one snapshot, one queue and one socket buffer, and only for so long.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
};

use futures_util::SinkExt;
use shared::protocol::CloseCode;
use tokio::{sync::Notify, time::timeout};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::{End, Sink};
use crate::{
    limits::Limits,
    room::{Inbox, Waiting},
};

/// Writes until the room or the socket ends it.
pub(super) async fn write(sink: &mut Sink, inbox: Inbox, limits: &Limits, heard_nothing: &Notify) -> End {
    let Inbox { waiting, closing } = inbox;
    tokio::select! {
        biased;
        // Without a code the room is gone.
        goodbye = closing => End::Dismiss(goodbye.unwrap_or(CloseCode::RoomGone.into())),
        end = write_all(sink, waiting, limits, heard_nothing) => end,
    }
}

async fn write_all(sink: &mut Sink, mut waiting: Waiting, limits: &Limits, heard_nothing: &Notify) -> End {
    let mut messages = Vec::new();
    let mut silence = pin!(heard_nothing.notified());
    loop {
        let (ping, frees_slot) = tokio::select! {
            written = waiting.next(&mut messages) => match written {
                Some(frees_slot) => (false, frees_slot),
                None => std::future::pending().await,
            },
            () = silence.as_mut() => {
                silence.set(heard_nothing.notified());
                (true, false)
            }
        };
        let sending = pin!(send(sink, &mut messages, ping));
        match in_time(limits, sending).await {
            Some(Ok(())) => {}
            Some(Err(_)) => return End::Gone,
            None => return End::Close(CloseCode::TooSlow),
        }
        if frees_slot {
            waiting.free_slot();
        }
    }
}

/// Waits with a deadline; none is set for what is done at once, as almost everything is.
async fn in_time<F: Future>(limits: &Limits, mut work: Pin<&mut F>) -> Option<F::Output> {
    match poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        Poll::Ready(done) => Some(done),
        Poll::Pending => timeout(limits.write_timeout, work).await.ok(),
    }
}

/// All there is in one write.
async fn send(sink: &mut Sink, messages: &mut Vec<Bytes>, ping: bool) -> Result<(), Error> {
    if ping {
        sink.feed(Message::Ping(Bytes::new())).await?;
    }
    for bytes in messages.drain(..) {
        sink.feed(Message::Binary(bytes)).await?;
    }
    sink.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn only_what_waits_has_a_deadline() {
        let limits = Limits { write_timeout: Duration::from_secs(3), ..Limits::default() };
        assert_eq!(in_time(&limits, pin!(async { 7 })).await, Some(7));
        let began = tokio::time::Instant::now();
        let slow = tokio::time::sleep(Duration::from_secs(2));
        assert_eq!(in_time(&limits, pin!(slow)).await, Some(()));
        assert_eq!(in_time(&limits, pin!(std::future::pending::<()>())).await, None);
        assert_eq!(began.elapsed(), Duration::from_secs(5));
    }
}
