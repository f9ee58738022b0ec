//! The side that is told: a spectator's connection through the game's own replica. Invariant: a connection that ends is
//! tried again after a while, for as long as the comparison runs.

use shared::{
    defs::Defs,
    limits::PANORAMA_HALF_U,
    protocol::{ServerMessage, codec::decode_server},
    replica::{Intent, Phase, Replica},
};

use super::{Line, clock::ServerClock, pane::Pane, picture::Picture, place::Place};
use crate::{
    browser,
    socket::{Happening, Socket},
};

/// After a connection ended, ms.
const AGAIN_MS: f64 = 3_000.0;
/// For a welcome to come, ms; some networks swallow the upgrade without a word.
const WELCOME_MS: f64 = 3_000.0;

/// The connection, while there is one.
#[derive(Debug, Default)]
pub struct Push {
    visit: Option<Visit>,
    again_ms: f64,
    place: Place,
}

#[derive(Debug)]
struct Visit {
    socket: Socket,
    replica: Replica,
    is_open: bool,
    began_ms: f64,
}

impl Push {
    /// The comparison rests.
    pub fn rest(&mut self) {
        *self = Push::default();
    }

    /// The room it shows; while it is away, the one it showed.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Takes in what came, and gives the picture of this moment.
    pub fn frame(&mut self, now: f64, pane: &mut Pane, clock: &mut ServerClock, line: &Line) -> Option<Picture> {
        if self.visit.is_none() && now >= self.again_ms {
            self.again_ms = now + AGAIN_MS;
            let view_half = (PANORAMA_HALF_U, PANORAMA_HALF_U);
            let replica = Replica::new(Defs::standard(), view_half, None, us(now));
            let Some(socket) = Socket::connect("/ws") else {
                self.place = Place::after(None);
                return None;
            };
            self.visit = Some(Visit { socket, replica, is_open: false, began_ms: now });
        }
        let Visit { socket, replica, is_open, began_ms } = self.visit.as_mut()?;
        let mut goes_on = true;
        while let Some((at, happening)) = socket.poll() {
            match happening {
                Happening::Open => *is_open = true,
                Happening::Message(bytes) => goes_on &= take(replica, &bytes, at, (pane, clock, line)),
                Happening::Close(code) => {
                    line.ended(code);
                    goes_on = false;
                }
            }
        }
        match replica.welcome() {
            Some(welcome) => self.place = Place::Room(welcome.id.clone()),
            None if !goes_on => self.place = Place::after(line.farewell()),
            None if now - *began_ms > WELCOME_MS => self.place = Place::after(None),
            None => {}
        }
        replica.frame(us(now), Intent::default());
        // What is sent before it is open would be lost.
        while let Some(bytes) = is_open.then(|| replica.poll_transmit()).flatten() {
            socket.send(&bytes);
        }
        let view = replica.view();
        let picture = (view.phase != Phase::Connecting).then(|| Picture::of_view(view, replica.defs()));
        if !goes_on {
            self.visit = None;
            self.again_ms = browser::now_ms() + AGAIN_MS;
        }
        picture
    }
}

/// Whether the connection can go on after this message.
fn take(
    replica: &mut Replica,
    bytes: &[u8],
    at: f64,
    (pane, clock, line): (&mut Pane, &mut ServerClock, &Line),
) -> bool {
    pane.weighed(bytes.len() + frame_head_bytes(bytes.len()));
    if let Ok(ServerMessage::Snapshot(snapshot)) = decode_server(bytes) {
        clock.heard(snapshot.tick, at);
        pane.heard(snapshot.tick);
        line.arrived(at);
    }
    replica.handle_bytes(bytes, us(at)).is_ok()
}

/// RFC 6455 §5.2; a server masks nothing.
fn frame_head_bytes(payload: usize) -> usize {
    match payload {
        0..126 => 2,
        126..65_536 => 4,
        _ => 10,
    }
}

fn us(ms: f64) -> u64 {
    (ms * 1_000.0) as u64
}
