//! A client's second lane: a socket of its own in a task of its own, because opening it must not hold up the first.
//!
//! Invariant: copies that the task cannot take are left out; it ends with the lane.

use std::net::IpAddr;

use tokio::{sync::mpsc, task::JoinHandle};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    socket::{Heard, Socket},
    target::Target,
};

/// Copies that may wait for the socket: a second of them.
const WAITING_MAX: usize = 64;

/// The lane of one connection, if it has one.
#[derive(Debug, Default)]
pub struct Lane(Option<Running>);

#[derive(Debug)]
struct Running {
    copies: mpsc::Sender<Vec<u8>>,
    opened: mpsc::Receiver<()>,
    task: JoinHandle<()>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneEvent {
    /// It is open.
    Open,
    /// It ended, or could not be opened.
    Closed,
}

impl Lane {
    /// Begins to open it, in the place of an older one.
    pub fn open(&mut self, target: &Target, from: Option<IpAddr>) {
        self.close();
        let (copies, waiting) = mpsc::channel(WAITING_MAX);
        let (tell, opened) = mpsc::channel(1);
        let task = tokio::spawn(carry(target.lane(), from, waiting, tell));
        self.0 = Some(Running { copies, opened, task });
    }

    /// Drops it.
    pub fn close(&mut self) {
        if let Some(running) = self.0.take() {
            running.task.abort();
        }
    }

    /// Sends a copy.
    pub fn send(&mut self, bytes: Vec<u8>) {
        if let Some(running) = &self.0 {
            // What does not fit has gone out on the other lane.
            let _ = running.copies.try_send(bytes);
        }
    }

    /// Waits for what becomes of it; for ever when there is none. Safe to cancel.
    pub async fn event(&mut self) -> LaneEvent {
        let Some(running) = &mut self.0 else { return std::future::pending().await };
        if running.opened.recv().await.is_some() {
            return LaneEvent::Open;
        }
        self.0 = None;
        LaneEvent::Closed
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.close();
    }
}

/// Its task. The end of `opened` tells of its own.
async fn carry(target: Target, from: Option<IpAddr>, mut copies: mpsc::Receiver<Vec<u8>>, opened: mpsc::Sender<()>) {
    let Ok(mut socket) = Socket::open(&target, None, from).await else { return };
    if opened.send(()).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            copy = copies.recv() => {
                let Some(copy) = copy else { return socket.close().await };
                let sent = async {
                    socket.feed(Message::Binary(copy.into())).await?;
                    socket.flush().await
                };
                if sent.await.is_err() {
                    return;
                }
            }
            heard = socket.next() => match heard {
                Heard::Message(_) | Heard::Nothing => {}
                Heard::Closed(_) | Heard::Lost => return,
            },
        }
    }
}
