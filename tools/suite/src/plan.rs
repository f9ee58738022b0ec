//! Everything a seed decides about a match: who plays, on which lines, with which screens, what goes wrong and when.
//! Invariant: a plan is a pure function of seed, length and what the command line fixed.

use shared::{
    defs::{ShipClass, Tuning},
    link::{FREEZE, Profile},
    rng::{Keyed, Purpose},
    room::RoomConfig,
    tick::{TICK_HZ, Tick},
};

use crate::harness::{Habits, Pranks, Style};

/// Fewest and most people in a match.
pub const PEOPLE: (u32, u32) = (4, 24);
/// Most bots beside them.
const BOTS_MAX: u32 = 12;
/// A thin uplink, bytes/s: a little more than a client sends, headers included.
const UPLINK_BYTES_S: u64 = 3_500;
/// Ticks of a season where there are seasons: two or three a match.
const SEASON_TICKS: u32 = 17 * 60;
/// One of so many matches that are not fair has a room that may send hardly anything.
const FRUGAL_ONE_OF: u32 = 16;
/// …this much to each, bytes/s: a fortieth of the usual. Backed off to its floor it is still enough for a message now
/// and then.
pub const FRUGAL_BYTES_S: u32 = 600;

/// One of so many foul matches has other numbers again and again.
const TUNED_ONE_OF: u32 = 4;
/// Tunables that are left alone: without them nobody would come to fly, or nobody would ever be struck.
const UNTUNED: [&str; 2] = ["respawn", "protection"];

/// What kind of match it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Nothing goes wrong but the line; figures come from these.
    Fair,
    /// See [`FREEZE`].
    Outages,
    /// Rare things happen often: see [`Switches`].
    Foul,
}

/// Rare things that are switched on in a foul match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Switches {
    /// Writers are busy at random.
    pub busy: bool,
    /// Replicas ask for everything anew at random.
    pub need_full: bool,
    /// Acknowledgements are held back.
    pub hold_ack: bool,
    /// Ticks start shortly before they wrap.
    pub wrap: bool,
    /// Whoever resumes does so twice.
    pub resume_twice: bool,
    /// The uplink is thin.
    pub thin_uplink: bool,
    /// Clocks jump ahead.
    pub clock_jumps: bool,
    /// Lines are cut and come back.
    pub cuts: bool,
    /// Tabs fall asleep and wake.
    pub naps: bool,
    /// There is no place for a second lane.
    pub no_lanes: bool,
}

/// Something a person does, or that happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Opens the page.
    Join,
    /// The line breaks; the room hears of it at once when true.
    Cut(bool),
    /// Comes back with the token.
    Redial,
    /// Comes back once more with the same token, in another tab.
    RedialAgain,
    /// Gives the slot up.
    Leave,
    /// Plays again.
    Play,
    /// The tab is hidden, or shown.
    Sleep(bool),
    /// The clock jumps ahead by so many ms.
    Jump(u16),
    /// The window changes.
    Resize((u16, u16)),
}

/// A match to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// Length before the lines heal, ticks.
    pub ticks: u32,
    /// Every person's line.
    pub profile: Profile,
    /// What kind of match.
    pub weather: Weather,
    /// What is switched on.
    pub switches: Switches,
    /// The room may send [`FRUGAL_BYTES_S`] to each and no more.
    pub frugal: bool,
    /// Bots.
    pub bots: u16,
    /// People, by index.
    pub people: Vec<Habits>,
    /// What happens: tick of the match, to whom, what; in order.
    pub acts: Vec<(u32, usize, Act)>,
    /// When the game's numbers change, and to what; in order.
    pub tunings: Vec<(u32, Tuning)>,
}

impl Plan {
    /// The match of `seed`, `secs` long; `profile` and `people` are drawn unless given.
    #[must_use]
    pub fn new(seed: u64, secs: u32, profile: Option<Profile>, people: Option<usize>) -> Plan {
        let mut keyed = Keyed::new(seed, Tick(0), 1, Purpose::Test);
        let drawn = Profile::ALL[(seed % Profile::ALL.len() as u64) as usize];
        let weather = match seed / Profile::ALL.len() as u64 % 4 {
            0 => Weather::Fair,
            1 => Weather::Outages,
            _ => Weather::Foul,
        };
        let count = (PEOPLE.0 + keyed.below(PEOPLE.1 - PEOPLE.0 + 1)) as usize;
        let bots = keyed.below(BOTS_MAX + 1) as u16;
        let mut plan = Plan {
            seed,
            ticks: secs * TICK_HZ,
            profile: profile.unwrap_or(drawn),
            weather,
            switches: if weather == Weather::Foul { switches(&mut keyed) } else { Switches::default() },
            frugal: weather != Weather::Fair && frugal(seed),
            bots,
            people: Vec::new(),
            acts: Vec::new(),
            tunings: if weather == Weather::Foul { tunings(seed, secs * TICK_HZ) } else { Vec::new() },
        };
        for index in 0..people.unwrap_or(count) {
            let mut keyed = Keyed::new(seed, Tick(0), 100 + index as u32, Purpose::Test);
            plan.people.push(habits(index, &mut keyed));
            plan.script(index, &mut keyed);
        }
        plan.acts.sort_by_key(|(at, index, _)| (*at, *index));
        plan
    }

    /// The room of this match.
    #[must_use]
    pub fn room(&self) -> RoomConfig {
        let start = if self.switches.wrap { Tick(u32::MAX - 1_000) } else { Tick(0) };
        let usual = RoomConfig::default();
        let bytes_per_s = if self.frugal { FRUGAL_BYTES_S } else { usual.bytes_per_s };
        let (seed, secret) = (self.seed, self.seed ^ 0x5EC2_E700);
        // Enough for a ship of the first step, the second, the third or the last.
        let start_points = [0, 60, 300, 800][(self.seed / 32 % 4) as usize];
        // In half of the matches that are not fair seasons end while people come and go.
        let season_ticks = if self.weather != Weather::Fair && self.seed % 2 == 1 { SEASON_TICKS } else { 0 };
        RoomConfig {
            season_ticks,
            seed,
            secret,
            bots: self.bots,
            start,
            start_points,
            record: true,
            bytes_per_s,
            ..usual
        }
    }

    /// Lines to the room and from it.
    #[must_use]
    pub fn lines(&self) -> (Profile, Profile) {
        let mut down = self.profile;
        if self.weather == Weather::Outages {
            down.freeze = FREEZE;
        }
        let mut up = down;
        if self.switches.thin_uplink {
            up.rate_bytes_s = UPLINK_BYTES_S;
        }
        (up, down)
    }

    /// What lines and room do beside the usual.
    #[must_use]
    pub fn pranks(&self) -> Pranks {
        Pranks {
            busy: if self.switches.busy { 0.15 } else { 0.0 },
            hold_ack_ticks: if self.switches.hold_ack { 40 } else { 0 },
            need_full: if self.switches.need_full { 0.004 } else { 0.0 },
            no_lanes: self.switches.no_lanes,
        }
    }

    /// What person `index` does.
    fn script(&mut self, index: usize, keyed: &mut Keyed) {
        // Most are there from the start; some come later. The first is always there.
        let late = index > 0 && keyed.chance(0.25);
        let joins = if late { keyed.below(self.ticks * 2 / 3 + 1) } else { keyed.below(30) };
        self.acts.push((joins, index, Act::Join));
        if self.weather != Weather::Foul {
            return;
        }
        // A few disturbances each, one after the other, all over before the end.
        let mut at = joins + 120 + keyed.below(900);
        while at + 1_000 < self.ticks {
            let pause = 30 + keyed.below(600);
            match keyed.below(5) {
                0 if self.switches.cuts => self.drop_line(index, (at, pause), keyed),
                1 if self.switches.naps => {
                    self.acts.push((at, index, Act::Sleep(true)));
                    self.acts.push((at + pause, index, Act::Sleep(false)));
                }
                2 if self.switches.clock_jumps => {
                    self.acts.push((at, index, Act::Jump(50 + keyed.below(1_500) as u16)));
                }
                3 => {
                    self.acts.push((at, index, Act::Leave));
                    self.acts.push((at + pause, index, Act::Play));
                }
                _ => self.acts.push((at, index, Act::Resize(window(keyed)))),
            }
            at += pause + 300 + keyed.below(1_200);
        }
    }

    fn drop_line(&mut self, index: usize, (at, pause): (u32, u32), keyed: &mut Keyed) {
        self.acts.push((at, index, Act::Cut(keyed.chance(0.5))));
        self.acts.push((at + pause, index, Act::Redial));
        if self.switches.resume_twice {
            self.acts.push((at + pause + 2 + keyed.below(40), index, Act::RedialAgain));
        }
    }
}

/// Other numbers again and again, sometimes before the last ones hold. Drawn apart, so that all else about a seed is as it
/// was.
fn tunings(seed: u64, ticks: u32) -> Vec<(u32, Tuning)> {
    let mut keyed = Keyed::new(seed, Tick(0), 3, Purpose::Test);
    if keyed.below(TUNED_ONE_OF) != 0 {
        return Vec::new();
    }
    let (mut tunings, mut at) = (Vec::new(), 0);
    while at + 300 < ticks {
        let mut tuning = Tuning::STANDARD;
        for row in Tuning::TABLE.iter().filter(|row| !UNTUNED.contains(&row.name)) {
            if keyed.chance(0.3) {
                let percent = u32::from(row.min) + keyed.below(u32::from(row.max - row.min) + 1);
                tuning.set(row.name, percent as u16).expect("within its limits");
            }
        }
        tunings.push((at, tuning));
        at += 40 + keyed.below(600);
    }
    tunings
}

/// Drawn apart, so that all else about a seed is as it was.
fn frugal(seed: u64) -> bool {
    Keyed::new(seed, Tick(0), 2, Purpose::Test).below(FRUGAL_ONE_OF) == 0
}

fn switches(keyed: &mut Keyed) -> Switches {
    let mut draw = || keyed.chance(0.4);
    Switches {
        busy: draw(),
        need_full: draw(),
        hold_ack: draw(),
        wrap: draw(),
        resume_twice: draw(),
        thin_uplink: draw(),
        clock_jumps: draw(),
        cuts: draw() || draw(),
        naps: draw(),
        no_lanes: draw(),
    }
}

fn habits(index: usize, keyed: &mut Keyed) -> Habits {
    let style = match (index, keyed.below(10)) {
        // Somebody whose flight nobody's shots decide, and somebody who fights.
        (0, _) => Style::Peaceful,
        (1, _) | (_, 0..=2) => Style::Wild,
        (_, 3..=6) => Style::Brain,
        (_, 7) => Style::Peaceful,
        (_, 8) => Style::Still,
        _ => Style::Spectator,
    };
    let frame_ticks = match keyed.below(10) {
        0..=5 => 1,
        6..=7 => 2,
        8 => 4,
        _ => 0,
    };
    let class = ShipClass::ALL[keyed.below(ShipClass::COUNT as u32) as usize];
    // Figures about pictures come from the first two, so they have smooth screens.
    Habits { style, frame_ticks: if index < 2 { 1 } else { frame_ticks }, view_half: window(keyed), class }
}

/// Half extents of some window, u.
fn window(keyed: &mut Keyed) -> (u16, u16) {
    match keyed.below(4) {
        0 => (450, 900),
        1 => (1_100, 400),
        2 => (320, 200),
        _ => (800, 450),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_match_and_seeds_cover_everything() {
        let plans: Vec<Plan> = (0..300).map(|seed| Plan::new(seed, 60, None, None)).collect();
        assert_eq!(plans[7], Plan::new(7, 60, None, None));
        for profile in Profile::ALL {
            for weather in [Weather::Fair, Weather::Outages, Weather::Foul] {
                assert!(plans.iter().any(|plan| plan.profile == profile && plan.weather == weather));
            }
        }
        let people: Vec<usize> = plans.iter().map(|plan| plan.people.len()).collect();
        assert_eq!((people.iter().min(), people.iter().max()), (Some(&4), Some(&24)));
        let switches: [fn(&Switches) -> bool; 10] = [
            |s| s.busy,
            |s| s.need_full,
            |s| s.hold_ack,
            |s| s.wrap,
            |s| s.resume_twice,
            |s| s.thin_uplink,
            |s| s.clock_jumps,
            |s| s.cuts,
            |s| s.naps,
            |s| s.no_lanes,
        ];
        for (i, switch) in switches.into_iter().enumerate() {
            assert!(plans.iter().filter(|plan| switch(&plan.switches)).count() > 20, "switch {i}");
        }
        let tuned = plans.iter().filter(|plan| !plan.tunings.is_empty());
        assert!((15..=60).contains(&tuned.clone().count()) && tuned.clone().all(|plan| plan.weather == Weather::Foul));
        for weather in [Weather::Outages, Weather::Foul] {
            let frugal = plans.iter().filter(|plan| plan.frugal && plan.weather == weather).count();
            assert!((4..=15).contains(&frugal), "{frugal} in {weather:?}");
        }
        assert!(plans.iter().all(|plan| !plan.frugal || plan.weather != Weather::Fair));
        for style in [Style::Wild, Style::Peaceful, Style::Still, Style::Brain, Style::Spectator] {
            assert!(plans.iter().flat_map(|plan| &plan.people).any(|habits| habits.style == style));
        }
    }

    #[test]
    fn acts_are_in_order_and_everybody_is_back_in_time() {
        for seed in 0..300 {
            let plan = Plan::new(seed, 60, None, None);
            assert!(plan.acts.is_sorted_by_key(|(at, ..)| *at), "seed {seed}");
            assert!(plan.acts.iter().all(|(at, ..)| at + 100 < plan.ticks), "seed {seed}");
            for index in 0..plan.people.len() {
                let own: Vec<Act> = plan.acts.iter().filter(|(_, who, _)| *who == index).map(|act| act.2).collect();
                assert_eq!(own[0], Act::Join, "seed {seed}");
                assert_ne!(own.last().map(|act| matches!(act, Act::Cut(_) | Act::Sleep(true))), Some(true));
            }
        }
    }
}
