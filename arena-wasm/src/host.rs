//! A room and its one visitor.
//!
//! Invariant: what is said to it and by it are the messages of the wire, so nothing of the page knows the difference.
//! Sans-io: whoever holds it brings bytes and the time.

use std::collections::VecDeque;

use shared::{
    protocol::{ChatMode, ClientMessage, CloseCode, NoticeText, Opening, codec},
    room::{ConnId, Credentials, Order, Output, Pace, Pacer, Room, RoomConfig, RoomEvent},
};

/// Bots to practise with; one more pilot is the visitor.
const PILOTS: u16 = 10;

/// Something for the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A message.
    Message(Vec<u8>),
    /// The connection ends, with this code.
    Close(u16),
}

/// The room and its one connection.
#[derive(Debug)]
pub struct Host {
    room: Room,
    pacer: Pacer,
    /// The connection that there is; numbers are not used again.
    conn: ConnId,
    greeted: bool,
    said: VecDeque<Said>,
}

impl Host {
    /// A fresh arena, another for each `seed`.
    #[must_use]
    pub fn new(seed: u64, now_us: u64) -> Host {
        let config = RoomConfig {
            name: "Practice".into(),
            seed,
            secret: seed.rotate_left(32),
            bots: PILOTS,
            players_max: 1,
            // There is nobody to talk to.
            chat: ChatMode::Off,
            ..RoomConfig::default()
        };
        let (room, pacer) = (Room::new(config), Pacer::new(now_us));
        Host { room, pacer, conn: ConnId(0), greeted: false, said: VecDeque::new() }
    }

    /// A new connection takes the place of the one before.
    pub fn open(&mut self, now_us: u64) {
        if self.greeted {
            self.room.handle(RoomEvent::Disconnect { conn: self.conn }, now_us);
        }
        self.conn = ConnId(self.conn.0 + 1);
        self.greeted = false;
        self.said.clear();
    }

    /// Takes in a message. What makes no sense ends the connection, as on a server.
    pub fn hear(&mut self, bytes: &[u8], now_us: u64) {
        let conn = self.conn;
        let event = if self.greeted {
            codec::decode_client(bytes).ok().map(|message| RoomEvent::Message { conn, message })
        } else {
            match codec::decode_opening(bytes) {
                Ok(Opening::Hello(hello)) => {
                    Some(RoomEvent::Connect { conn, hello, credentials: Credentials::of_number(0) })
                }
                _ => None,
            }
        };
        self.greeted = event.is_some();
        match event {
            Some(RoomEvent::Message { message: ClientMessage::Console(_), .. }) => {
                let text = NoticeText::clean("There are no commands in practice.");
                let tell = text.map(|text| RoomEvent::Order(Order::Tell { conn, text }));
                tell.into_iter().for_each(|event| self.room.handle(event, now_us));
            }
            Some(event) => self.room.handle(event, now_us),
            None => self.said.push_back(Said::Close(CloseCode::Protocol as u16)),
        }
        self.collect();
    }

    /// Takes the steps that are due at `now_us`.
    pub fn pass(&mut self, now_us: u64) {
        while matches!(self.pacer.pace(now_us), Pace::Tick { .. }) {
            self.room.tick(now_us, &|_| true);
            self.collect();
        }
    }

    /// The next thing for the page.
    pub fn poll(&mut self) -> Option<Said> {
        self.said.pop_front()
    }

    /// What must arrive goes before the snapshots of the same moment.
    fn collect(&mut self) {
        let mut snapshots = Vec::new();
        while let Some(output) = self.room.poll_output() {
            match output {
                Output::Snapshot { conn, bytes } if conn == self.conn => snapshots.push(Said::Message(bytes.to_vec())),
                Output::Reliable { conn, bytes } if conn == self.conn => {
                    self.said.push_back(Said::Message(bytes.to_vec()));
                }
                Output::Close { conn, code, reason: _ } if conn == self.conn => {
                    self.said.push_back(Said::Close(code as u16))
                }
                Output::Snapshot { .. } | Output::Reliable { .. } | Output::Close { .. } => {}
            }
        }
        self.said.extend(snapshots);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{
        defs::{Defs, ShipClass},
        replica::{Intent, Replica, view::Phase},
        sim::Buttons,
        tick::TICK_US,
    };

    fn fly(host: &mut Host, ticks: u64, now_us: &mut u64, done: impl Fn(&Replica) -> bool) -> bool {
        host.open(*now_us);
        let mut replica = Replica::new(Defs::standard(), (800, 450), None, *now_us);
        let mut asked = false;
        for _ in 0..ticks {
            *now_us += TICK_US;
            host.pass(*now_us);
            while let Some(said) = host.poll() {
                let Said::Message(bytes) = said else { panic!("it closed") };
                replica.handle_bytes(&bytes, *now_us).expect("the room makes sense");
            }
            if replica.welcome().is_some() && !asked {
                asked = true;
                replica.play("Pupil", ShipClass::Spark);
            }
            let intent = Intent { buttons: Buttons(Buttons::THRUST), ..Intent::default() };
            replica.frame(*now_us, intent);
            while let Some(bytes) = replica.poll_transmit() {
                host.hear(&bytes, *now_us);
            }
            if done(&replica) {
                return true;
            }
        }
        false
    }

    #[test]
    fn one_flies_among_bots_and_may_come_back() {
        let mut now_us = 5_000_000;
        let mut host = Host::new(7, now_us);
        let flies = |replica: &Replica| {
            let view = replica.view();
            view.phase == Phase::Flying && view.own_ship().is_some_and(|own| own.vel.length() > 50.0)
        };
        assert!(fly(&mut host, 300, &mut now_us, flies));
        assert_eq!(host.room.status().bots, PILOTS - 1);
        // The seat of the page before is kept for a while; there must be room for the next page nevertheless.
        assert!(fly(&mut host, 300, &mut now_us, flies), "after a reload");
    }

    #[test]
    fn nonsense_ends_the_connection_and_the_next_one_is_heard() {
        let mut host = Host::new(1, 0);
        host.open(0);
        for bytes in [&b""[..], b"\xFF\xFF\xFF\xFF", &[0; 4_096]] {
            host.hear(bytes, 0);
            assert_eq!(host.poll(), Some(Said::Close(4002)), "{bytes:?}");
        }
        let mut now_us = 0;
        assert!(fly(&mut host, 300, &mut now_us, |replica| replica.view().phase == Phase::Flying));
        host.hear(b"\xFF\xFF", now_us);
        let said: Vec<Said> = std::iter::from_fn(|| host.poll()).collect();
        assert_eq!(said.last(), Some(&Said::Close(4002)));
    }

    #[test]
    fn a_page_that_slept_is_not_played_after() {
        let mut host = Host::new(3, 0);
        host.pass(100_000);
        let before = host.room.status().tick;
        host.pass(60_000_000);
        assert!(host.room.status().tick.since(before) < 10);
    }
}
