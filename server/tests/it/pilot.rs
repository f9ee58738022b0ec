//! A player: the very client logic the browser runs (`shared::replica`) over a real WebSocket.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use shared::{
    defs::{Defs, ShipClass},
    ids::PlayerId,
    protocol::Resume,
    quantize::Angle,
    replica::{Intent, Replica},
};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    clients::{Socket, open_at},
    running::DEADLINE,
};

pub struct Pilot {
    pub replica: Replica,
    pub intent: Intent,
    socket: Socket,
    began: Instant,
    frames: Interval,
}

/// Buttons alone; the nose stays.
pub fn press(buttons: u8) -> Intent {
    Intent { buttons: shared::sim::Buttons(buttons), aim: None }
}

impl Pilot {
    /// Connects; the hello leaves with the first [`Self::until`].
    pub async fn connect(address: SocketAddr, resume: Option<Resume>) -> Pilot {
        Pilot::connect_at(address, "/ws", resume).await
    }

    /// The same to the room at this path.
    pub async fn connect_at(address: SocketAddr, path: &str, resume: Option<Resume>) -> Pilot {
        Pilot::over(open_at(address, path).await, resume)
    }

    /// The same over a socket that is open.
    pub fn over(socket: Socket, resume: Option<Resume>) -> Pilot {
        let replica = Replica::new(Defs::standard(), (800, 450), resume, 0);
        let mut frames = interval(Duration::from_micros(16_667));
        frames.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Pilot { replica, intent: press(0), socket, began: Instant::now(), frames }
    }

    /// Connects, asks to play and waits until the own ship is there.
    pub async fn play(address: SocketAddr, name: &str) -> Pilot {
        let mut pilot = Pilot::connect(address, None).await;
        pilot.until("a welcome", |replica| replica.welcome().is_some()).await;
        pilot.replica.play(name, ShipClass::Spark);
        pilot.until("the own ship", |replica| own_position(replica).is_some()).await;
        pilot
    }

    /// Plays on, at 60 frames a second, until it is so.
    pub async fn until(&mut self, what: &str, mut condition: impl FnMut(&Replica) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !condition(&self.replica) {
            assert!(Instant::now() < deadline, "never happened: {what}; the view is {:?}", self.replica.view().phase);
            self.step(what).await;
        }
    }

    /// The next message or frame.
    pub async fn step(&mut self, what: &str) {
        tokio::select! {
            message = self.socket.next() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    let now_us = self.now_us();
                    self.replica.handle_bytes(&bytes, now_us).expect("our own server's messages make sense");
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("waiting for {what}: {other:?}"),
            },
            _ = self.frames.tick() => {
                let (now_us, intent) = (self.now_us(), Intent { ..self.intent });
                self.replica.frame(now_us, intent);
            }
        }
        while let Some(bytes) = self.replica.poll_transmit() {
            self.socket.send(Message::Binary(bytes.into())).await.expect("sent");
        }
    }

    /// Plays on until the server closes: the code.
    pub async fn closed(mut self) -> u16 {
        crate::clients::closed(&mut self.socket).await.0
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap()
    }
}

/// Towards a place, full ahead.
pub fn head_for(from: (f32, f32), to: (f32, f32)) -> Intent {
    let heading_rad = (to.1 - from.1).atan2(to.0 - from.0);
    Intent { aim: Some(Angle::nearest(heading_rad)), ..press(shared::sim::Buttons::THRUST) }
}

/// Whether the ship of `player` is in sight.
pub fn sees(replica: &Replica, player: PlayerId) -> bool {
    replica.view().ships.iter().any(|ship| ship.id.player == player)
}

/// Where the own ship is, u.
pub fn own_position(replica: &Replica) -> Option<(f32, f32)> {
    replica.view().own_ship().map(|ship| (ship.pos.x, ship.pos.y))
}
