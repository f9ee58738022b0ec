//! One client's line, made bad on the client's side: both ways through [`Link`], seeded. Invariant: messages keep their
//! order and none is lost, as on a real WebSocket; what is under way when a connection ends is gone with it.
//!
//! The real line below is loopback; what a real TCP does with lost packets is `tools/netlab`'s business.

use shared::link::{Link, Profile};

/// A bad line in front of a good one.
#[derive(Debug)]
pub struct Wire {
    /// To the server.
    pub up: Link,
    /// From the server.
    pub down: Link,
    /// To the server by a second lane.
    pub lane: Link,
}

impl Wire {
    /// An empty line of client `index`; the same seed delays the same messages.
    pub fn new(profile: Profile, seed: u64, index: u32) -> Wire {
        let way = |way| Link::new(profile, seed ^ u64::from(index) << 8 ^ way);
        Wire { up: way(1), down: way(2), lane: way(3) }
    }

    /// When the next message of any way arrives, µs.
    pub fn due_us(&self) -> Option<u64> {
        [self.up.due_us(), self.down.due_us(), self.lane.due_us()].into_iter().flatten().min()
    }

    /// A message for the server; what a thin line takes, both lanes share.
    pub fn send_up(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.up.send_beside(&mut self.lane, bytes, now_us);
    }

    /// One for the second lane.
    pub fn send_lane(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.lane.send_beside(&mut self.up, bytes, now_us);
    }
}

/// The line of this name.
pub fn profile(name: &str) -> Result<Profile, String> {
    let known = Profile::ALL.map(|profile| profile.name).join(", ");
    Profile::named(name).ok_or_else(|| format!("there is no line {name}: {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_names_and_delays() {
        let poor = profile("poor").unwrap();
        let mut wire = Wire::new(poor, 7, 3);
        assert_eq!(wire.due_us(), None);
        wire.up.send(vec![1], 1_000);
        let due_us = wire.due_us().unwrap();
        assert!(due_us >= 1_000 + poor.delay_us, "{due_us}");
        assert_eq!(wire.up.receive(due_us - 1), None);
        assert_eq!((wire.up.receive(due_us), wire.down.receive(due_us)), (Some(vec![1]), None));
        assert!(profile("splendid").unwrap_err().contains("lan, good"));
    }
}
