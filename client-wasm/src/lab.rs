//! The netcode lab: the game on a line that is as bad as one likes, with parts of its netcode switched off.
//!
//! Two [`Link`]s stand between socket and `Net`, one for each way, so the connection is real and only this page feels
//! it. Invariant: whatever the panel or the address says, the settings stay within their ranges, and no message is
//! lost or reordered by a change. What the panel looks like is in `hud/lab`.

mod setup;

use shared::link::Link;

pub use setup::{KNOBS, Knob, PRESETS, Setup, TOGGLES, Toggle};

/// The lab.
#[derive(Debug)]
pub struct Lab {
    /// What is set.
    pub setup: Setup,
    /// The panel is folded away.
    pub folded: bool,
    up: Link,
    down: Link,
    /// The second lane: as bad as the first, with losses of its own.
    lane: Link,
}

impl Lab {
    /// The lab as the address asks for it. `fragment` may be anything.
    #[must_use]
    pub fn new(fragment: &str, folded: bool, seed: u64) -> Lab {
        let setup = Setup::from_fragment(fragment);
        let profile = setup.profile();
        let line = |way: u64| Link::new(profile, seed ^ way);
        Lab { setup, folded, up: line(0), down: line(0x9E37_79B9), lane: line(0x7F4A_7C15) }
    }

    /// A control of the panel was moved; what is not one changes nothing. True when the settings changed.
    pub fn take(&mut self, id: &str, value: f64, now_us: u64) -> bool {
        if id == "lab-fold" {
            self.folded = !self.folded;
            return false;
        }
        let setup = self.setup.with(id, value);
        self.change(setup, now_us)
    }

    /// The address was edited. True when the settings changed.
    pub fn take_fragment(&mut self, fragment: &str, now_us: u64) -> bool {
        self.change(Setup::from_fragment(fragment), now_us)
    }

    fn change(&mut self, setup: Setup, now_us: u64) -> bool {
        let changed = setup != self.setup;
        self.setup = setup;
        if changed {
            self.up.set_profile(setup.profile(), now_us);
            self.down.set_profile(setup.profile(), now_us);
            self.lane.set_profile(setup.profile(), now_us);
        }
        changed
    }

    /// A message for the server.
    pub fn send_up(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.up.send_beside(&mut self.lane, bytes, now_us);
    }

    /// A message for the server on the second lane, which shares what a thin line takes.
    pub fn send_lane(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.lane.send_beside(&mut self.up, bytes, now_us);
    }

    /// A message from the server.
    pub fn send_down(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.down.send(bytes, now_us);
    }

    /// The next message that is due at the server.
    pub fn receive_up(&mut self, now_us: u64) -> Option<Vec<u8>> {
        self.up.receive(now_us)
    }

    /// The next message that is due at the server by the second lane.
    pub fn receive_lane(&mut self, now_us: u64) -> Option<Vec<u8>> {
        self.lane.receive(now_us)
    }

    /// The next message that is due here.
    pub fn receive_down(&mut self, now_us: u64) -> Option<Vec<u8>> {
        self.down.receive(now_us)
    }

    /// Bytes that the line has not yet taken.
    #[must_use]
    pub fn backlog_bytes(&self, now_us: u64) -> u64 {
        self.up.waiting_bytes(now_us)
    }

    /// The connection is gone, and with it what was under way.
    pub fn hang_up(&mut self, now_us: u64) {
        self.up.clear(now_us);
        self.down.clear(now_us);
        self.lane.clear(now_us);
    }

    /// The second lane is gone.
    pub fn hang_up_lane(&mut self, now_us: u64) {
        self.lane.clear(now_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_take_the_delay_that_is_set_and_a_change_is_felt_at_once() {
        let mut lab = Lab::new("#delay=200", false, 1);
        lab.send_up(vec![1], 0);
        lab.send_down(vec![2], 0);
        assert_eq!((lab.receive_up(199_000), lab.receive_down(199_000)), (None, None));
        assert_eq!((lab.receive_up(200_000), lab.receive_down(200_000)), (Some(vec![1]), Some(vec![2])));
        lab.send_down(vec![3], 300_000);
        assert!(lab.take("lab-delay", 10.0, 300_000) && !lab.take("lab-delay", 10.0, 300_000));
        assert_eq!(lab.receive_down(310_000), Some(vec![3]));
        lab.send_down(vec![4], 400_000);
        lab.hang_up(400_000);
        assert_eq!(lab.receive_down(9_000_000), None);
    }

    #[test]
    fn the_second_lane_is_as_bad_as_the_first_and_loses_other_messages() {
        let mut lab = Lab::new("#delay=100&loss=100", false, 1);
        let (mut both, mut one) = (0, 0);
        for n in 0..300u64 {
            let sent_us = n * 2_000_000;
            lab.send_up(vec![1], sent_us);
            lab.send_lane(vec![1], sent_us);
            let late =
                [lab.receive_up(sent_us + 120_000), lab.receive_lane(sent_us + 120_000)].map(|got| got.is_none());
            both += u32::from(late == [true, true]);
            one += u32::from(late[0] != late[1]);
            let _ = (lab.receive_up(sent_us + 1_900_000), lab.receive_lane(sent_us + 1_900_000));
        }
        assert!(one > 30 && both < one / 4, "{one} late on one, {both} on both");
        lab.send_lane(vec![1], 900_000_000);
        lab.hang_up_lane(900_000_000);
        assert_eq!(lab.receive_lane(990_000_000), None);
    }

    #[test]
    fn a_good_line_is_no_line_at_all() {
        let mut lab = Lab::new("", false, 1);
        lab.send_up(vec![1], 5);
        assert_eq!((lab.receive_up(5), lab.backlog_bytes(5)), (Some(vec![1]), 0));
    }

    #[test]
    fn folding_is_no_setting_and_strangers_change_nothing() {
        let mut lab = Lab::new("", false, 1);
        assert!(!lab.take("lab-fold", 0.0, 0) && lab.folded);
        for (id, value) in [("name", 3.0), ("", f64::NAN), ("lab-delay", f64::NAN), ("lab-preset-99", 0.0)] {
            assert!(!lab.take(id, value, 0), "{id}");
        }
    }
}
