//! The date, for what must be meant after this process has ended, too. Everything else counts with `Instant`.
//!
//! Invariant: it does not jump. The wall clock is read once, when the process begins; from then on what passes is counted by a clock
//! that only goes forward. So whatever becomes of the wall clock meanwhile, nobody is unbanned early and nothing is too old at once.
//! What a clock that was put right should change it changes at the next start; the time in which a machine slept does not count.

use std::{
    sync::LazyLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

static CLOCK: LazyLock<Clock> = LazyLock::new(|| Clock::set(SystemTime::now(), Instant::now()));

/// A date, and the moment at which it was read.
#[derive(Debug, Clone, Copy)]
struct Clock {
    read_s: u64,
    at: Instant,
}

impl Clock {
    fn set(wall: SystemTime, at: Instant) -> Clock {
        Clock { read_s: wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()), at }
    }

    fn now_s(self, now: Instant) -> u64 {
        self.read_s + now.saturating_duration_since(self.at).as_secs()
    }
}

/// Seconds since 1970; 0 when the machine believed to be before that.
#[must_use]
pub fn now_s() -> u64 {
    CLOCK.now_s(Instant::now())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        staff::bans::Bans,
        store::{BanKind, BanRow, Target},
    };

    #[test]
    fn a_ban_lasts_its_hour_whatever_the_wall_clock_says_meanwhile() {
        let began = Instant::now();
        let clock = Clock::set(UNIX_EPOCH + Duration::from_secs(1_000_000), began);
        let (ban_s, target) = (clock.now_s(began), Target::Profile([7; 32]));
        let row = BanRow {
            id: 0,
            kind: BanKind::Ban,
            target: target.clone(),
            who: String::new(),
            by: String::new(),
            reason: String::new(),
            at_s: ban_s,
            until_s: Some(ban_s + 3_600),
        };
        let mut bans = Bans::default();
        bans.add(row).expect("room for one");
        // What the wall says an hour too early or too late is not asked.
        let holds = |after_s| bans.all(clock.now_s(began + Duration::from_secs(after_s))).count() == 1;
        assert!(holds(0) && holds(3_599) && !holds(3_600));
        assert_eq!(Clock::set(UNIX_EPOCH - Duration::from_secs(1), began).now_s(began), 0);
    }

    #[test]
    fn it_is_today_and_goes_forward() {
        let first = now_s();
        let wall = Clock::set(SystemTime::now(), Instant::now()).read_s;
        assert!(first.abs_diff(wall) <= 2 || wall < first, "{first} and {wall}");
        assert!(now_s() >= first);
    }
}
