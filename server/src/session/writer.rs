//! The writing half: what the room has for this client, and a ping when nothing was heard.
//!
//! Invariant: the snapshot slot is free again only after the kernel has taken the bytes, and that has a deadline;
//! a client that does not read costs one snapshot, one queue and one socket buffer, and only for so long.

use futures_util::SinkExt;
use shared::protocol::CloseCode;
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::{End, Sink};
use crate::{limits::Limits, room::Inbox};

/// Writes until the room or the socket ends it.
pub(super) async fn write(sink: &mut Sink, mut inbox: Inbox, limits: &Limits, heard_nothing: &Notify) -> End {
    let closing = inbox.closing();
    tokio::select! {
        biased;
        end = closed_by_room(closing) => end,
        end = write_all(sink, &mut inbox, limits, heard_nothing) => end,
    }
}

/// The room's code; without one the room is gone.
async fn closed_by_room(mut closing: watch::Receiver<Option<CloseCode>>) -> End {
    let code = closing.wait_for(Option::is_some).await.ok().and_then(|code| *code);
    End::Close(code.unwrap_or(CloseCode::RoomGone))
}

async fn write_all(sink: &mut Sink, inbox: &mut Inbox, limits: &Limits, heard_nothing: &Notify) -> End {
    loop {
        let (messages, frees_slot) = tokio::select! {
            batch = inbox.next() => match batch {
                Some(batch) => (batch.messages.into_iter().map(Message::Binary).collect(), batch.frees_slot),
                None => std::future::pending().await,
            },
            () = heard_nothing.notified() => (vec![Message::Ping(Bytes::new())], false),
        };
        match timeout(limits.write_timeout, send(sink, messages)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Gone,
            Err(_) => return End::Close(CloseCode::TooSlow),
        }
        if frees_slot {
            inbox.free_slot();
        }
    }
}

/// All of one tick in one write.
async fn send(sink: &mut Sink, messages: Vec<Message>) -> Result<(), Error> {
    for message in messages {
        sink.feed(message).await?;
    }
    sink.flush().await
}
