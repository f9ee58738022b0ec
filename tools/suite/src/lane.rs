//! A player's second lane to the room: a line of its own, with losses of its own, that takes its time to open.
//! Invariant: nothing travels on it before the round trips of its handshake, which are as bad as the line is.

use shared::{
    link::Link,
    replica::{LaneStep, Replica},
};

/// Round trips until a message can be sent: of TCP, TLS and the upgrade.
const HANDSHAKES: u32 = 3;

/// The lane.
#[derive(Debug)]
pub struct Lane {
    /// To the room.
    pub link: Link,
    /// The server has no place for it.
    pub refused: bool,
    /// When it is open, once it was asked for, µs of the match.
    opens_us: Option<u64>,
    open: bool,
}

impl Lane {
    /// Not asked for yet.
    #[must_use]
    pub fn new(link: Link) -> Lane {
        Lane { link, refused: false, opens_us: None, open: false }
    }

    /// Does what `replica` wants, `clock_us` being how far its clock is ahead; returns the bytes sent, which `up` has to
    /// make room for.
    pub fn speak(&mut self, replica: &mut Replica, up: &mut Link, at_us: u64, clock_us: u64) -> usize {
        match replica.poll_lane() {
            Some(LaneStep::Open) if self.refused => replica.handle_lane_close(at_us + clock_us),
            Some(LaneStep::Open) => {
                self.open = false;
                self.opens_us = Some(self.shake_hands(at_us));
            }
            Some(LaneStep::Close) => {
                (self.open, self.opens_us) = (false, None);
                self.link.clear(at_us);
            }
            None => {}
        }
        if !self.open && self.opens_us.is_some_and(|opens_us| opens_us <= at_us) {
            self.open = true;
            replica.handle_lane_open(at_us + clock_us);
        }
        let mut sent = 0;
        while let Some(bytes) = replica.poll_lane_transmit() {
            sent += bytes.len();
            self.link.send_beside(up, bytes, at_us);
        }
        sent
    }

    /// When the last word of the handshake has come back. Both ways are taken for as bad as the way up.
    fn shake_hands(&mut self, mut at_us: u64) -> u64 {
        for _ in 0..2 * HANDSHAKES {
            self.link.send(Vec::new(), at_us);
            at_us = self.link.due_us().unwrap_or(at_us);
            self.link.receive(at_us);
        }
        at_us
    }
}
