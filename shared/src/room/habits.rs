//! What a pilot's commands look like when no hand gives them: for those who run the server, who judge; nothing here does anything
//! to anybody.
//!
//! Four marks, each a figure that people stay far below:
//!
//! - *snaps*: within one tick the aim leaps on a foe, exact to [`EXACT`], and that foe is hit;
//! - *follows*: a foe that moves across is followed with less delay than a hand has ([`EXACT`] of what moves [`ACROSS`] a tick and more
//!   is two ticks, where people take five and more);
//! - *awake*: a day without a rest of five minutes;
//! - *repeats*: the same long row of buttons, each for the same number of ticks, again, or from two pilots.
//!
//! Invariants: a steady tick allocates nothing; a mark stays for as long as the seat does; only commands that came in time count, so
//! a bad line marks nobody.

use glam::Vec2;

use super::{Room, commands::Source};
use crate::{
    defs::Defs,
    ids::PlayerId,
    sim::{Command, Event, Ship, World},
    tick::{TICK_HZ, Tick},
};

/// How near to a foe's direction an aim is exact: sine of 0.75°. Aims go in steps of 0.09°.
const EXACT: f32 = 0.013;
/// A leap within a tick, cosine of 15°.
const LEAP: f32 = 0.966;
/// A foe is aimed at within this, cosine of 20°.
const AIMED: f32 = 0.94;
/// A foe crosses when its direction turns by this in a tick: sine of 0.35°.
const ACROSS: f32 = 0.006;
/// Foes beyond are no matter, u.
const REACH_U: f32 = 900.0;
/// A hit follows a leap within so many ticks, or does not belong to it.
const HIT_TICKS: i32 = 90;
/// How often the foe that is aimed at is chosen anew, ticks.
const CHOOSE_TICKS: u32 = 15;
/// Leaps toward a foe that are looked at together…
const SNAPS: u8 = 24;
/// …of which so many have to be exact and followed by a hit.
const SNAPS_EXACT: u8 = 16;
/// Ticks of a crossing foe that are looked at together…
const FOLLOWS: u16 = 480;
/// …of which so many have to be exact.
const FOLLOWS_EXACT: u16 = 384;
/// Without another command for so long somebody rests, ticks.
const REST_TICKS: i32 = 5 * 60 * TICK_HZ as i32;
/// Nobody is awake for so long, ticks.
const AWAKE_TICKS: i32 = 24 * 3_600 * TICK_HZ as i32;
/// Changes of buttons in a row that is compared.
const ROW: usize = 32;
/// One row in so many is remembered, by what it says, so that it is the same one when it comes again.
const ONE_IN: u64 = 8;
/// A row has so many different parts, or it says nothing (a tapping thumb).
const PARTS: usize = 8;
/// Rows that are remembered in a room.
const ROWS_KEPT: usize = 256;
/// Rows that come again until somebody is marked.
const REPEATS: u8 = 4;

/// What somebody is marked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u8);

impl Marks {
    /// Leaps on foes and hits.
    pub const SNAPS: Marks = Marks(1);
    /// Follows quicker than a hand.
    pub const FOLLOWS: Marks = Marks(2);
    /// A day without a rest.
    pub const AWAKE: Marks = Marks(4);
    /// Presses the same again.
    pub const REPEATS: Marks = Marks(8);
    /// Each of them, with what staff read.
    pub const ALL: [(Marks, &'static str); 4] = [
        (Marks::SNAPS, "aim leaps on foes and hits"),
        (Marks::FOLLOWS, "aim follows quicker than a hand"),
        (Marks::AWAKE, "a day without a rest"),
        (Marks::REPEATS, "the same presses again and again"),
    ];

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are not among `others`.
    #[must_use]
    pub fn but(self, others: Marks) -> Marks {
        Marks(self.0 & !others.0)
    }

    /// These and those.
    #[must_use]
    pub fn and(self, others: Marks) -> Marks {
        Marks(self.0 | others.0)
    }

    /// What staff read of each.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Marks::ALL.into_iter().filter(move |(mark, _)| self.0 & mark.0 != 0).map(|(_, words)| words)
    }
}

/// What is known of one pilot's hand.
#[derive(Debug, Clone, Default)]
pub struct Habits {
    /// What it is marked with.
    pub marks: Marks,
    last: Option<(Tick, Command)>,
    aim: Aim,
    /// Since when there was no rest, and when the last other command came.
    awake: Option<(Tick, Tick)>,
    row: Row,
}

#[derive(Debug, Clone, Default)]
struct Aim {
    /// Whom the aim is on.
    foe: Option<PlayerId>,
    /// An exact leap that waits for its hit.
    leapt: Option<(PlayerId, Tick)>,
    snaps: u8,
    snaps_exact: u8,
    follows: u16,
    follows_exact: u16,
}

/// The last changes of the buttons.
#[derive(Debug, Clone, Default)]
struct Row {
    /// What was held, and for how many ticks.
    parts: [u32; ROW],
    count: u32,
    since: Option<Tick>,
    repeats: u8,
}

/// Rows of everybody in a room.
#[derive(Debug, Clone)]
pub struct Rows {
    kept: Vec<(u64, PlayerId, u32)>,
    next: usize,
}

impl Default for Rows {
    fn default() -> Rows {
        Rows { kept: Vec::with_capacity(ROWS_KEPT), next: 0 }
    }
}

impl Rows {
    /// Remembers a row that ended with the `count`th change of `player`; whether it was there before.
    fn note(&mut self, hash: u64, player: PlayerId, count: u32) -> bool {
        // A row may not be compared with one that it overlaps.
        let is_other = |by: PlayerId, at: u32| by != player || count.wrapping_sub(at) >= ROW as u32;
        let known = self.kept.iter().any(|&(kept, by, at)| kept == hash && is_other(by, at));
        if self.kept.len() < ROWS_KEPT {
            self.kept.push((hash, player, count));
        } else {
            self.kept[self.next] = (hash, player, count);
            self.next = (self.next + 1) % ROWS_KEPT;
        }
        known
    }
}

impl Room {
    /// Looks at everybody's command of the step that was just done.
    pub(super) fn note_habits(&mut self) {
        let Room { world, seats, commands, events, config, rows, .. } = self;
        for (player, human) in seats.humans_mut() {
            let came = human.conn.is_some() && human.commands.source() == Some(Source::Sent);
            let command = commands.binary_search_by_key(&player, |(by, _)| *by).ok().map(|at| commands[at].1);
            match (world.ship(player), command.filter(|_| came)) {
                (Some(ship), Some(command)) => {
                    human.habits.note(world, &config.defs, ship, command, rows);
                    events.iter().for_each(|event| human.habits.hear(event, player));
                }
                _ => human.habits.pause(),
            }
        }
    }
}

impl Habits {
    /// One more command that came in time, and the world after it.
    fn note(&mut self, world: &World, defs: &Defs, ship: &Ship, command: Command, rows: &mut Rows) {
        let tick = world.tick;
        let before =
            self.last.replace((tick, command)).filter(|(last, _)| tick.since(*last) == 1).map(|(_, last)| last);
        self.note_rest(tick, before != Some(command));
        if let Some(before) = before {
            self.aim.note(world, defs, ship, before, command);
            if before.buttons != command.buttons {
                self.row.note(before.buttons.0, tick, ship.id.player, rows);
            }
        } else {
            (self.aim.foe, self.row.since) = (None, None);
        }
        self.judge();
    }

    /// Nothing is known of this tick.
    fn pause(&mut self) {
        self.last = None;
    }

    fn hear(&mut self, event: &Event, player: PlayerId) {
        if let Event::Damaged { ship, by: Some(by), .. } = event
            && *by == player
            && self.aim.leapt.take_if(|(foe, _)| *foe == ship.player).is_some()
        {
            self.aim.snaps_exact += 1;
        }
    }

    fn note_rest(&mut self, tick: Tick, is_other: bool) {
        let (since, last) = self.awake.filter(|(_, last)| tick.since(*last) < REST_TICKS).unwrap_or((tick, tick));
        self.awake = Some((since, if is_other { tick } else { last }));
        if tick.since(since) >= AWAKE_TICKS {
            self.mark(Marks::AWAKE);
        }
    }

    fn judge(&mut self) {
        let aim = &mut self.aim;
        let mut marks = Marks::default();
        if aim.snaps >= SNAPS {
            if aim.snaps_exact >= SNAPS_EXACT {
                marks = marks.and(Marks::SNAPS);
            }
            (aim.snaps, aim.snaps_exact) = (0, 0);
        }
        if aim.follows >= FOLLOWS {
            if aim.follows_exact >= FOLLOWS_EXACT {
                marks = marks.and(Marks::FOLLOWS);
            }
            (aim.follows, aim.follows_exact) = (0, 0);
        }
        if self.row.repeats >= REPEATS {
            marks = marks.and(Marks::REPEATS);
        }
        self.mark(marks);
    }

    fn mark(&mut self, marks: Marks) {
        self.marks = self.marks.and(marks);
    }
}

impl Aim {
    fn note(&mut self, world: &World, defs: &Defs, ship: &Ship, before: Command, command: Command) {
        let (nose, tick) = (command.aim.unit(), world.tick);
        self.leapt.take_if(|(_, at)| tick.since(*at) > HIT_TICKS);
        let leaps = before.aim.unit().dot(nose) < LEAP;
        if leaps || tick.0.wrapping_add(u32::from(ship.id.player.0)).is_multiple_of(CHOOSE_TICKS) {
            self.foe = choose(world, defs, ship, nose);
        }
        let Some(foe) = self.foe else { return };
        let Some(target) = world.ship(foe) else { return self.foe = None };
        // What a page shows is a tick old when its command is carried out.
        let [before, now] = [1.0, 0.0].map(|ticks| ways(defs, ship, target, ticks));
        let is_on = |way: &Vec2| nose.dot(*way) > 0.0 && nose.perp_dot(*way).abs() < EXACT;
        let is_exact = before.iter().chain(&now).any(is_on);
        if leaps {
            self.snaps += 1;
            if is_exact {
                self.leapt = Some((foe, tick));
            }
        } else if before[0].perp_dot(now[0]).abs() >= ACROSS {
            self.follows += 1;
            self.follows_exact += u16::from(is_exact);
        }
    }
}

/// The foe that the aim is on, if it is on one.
fn choose(world: &World, defs: &Defs, ship: &Ship, nose: Vec2) -> Option<PlayerId> {
    let (own, at) = (ship.id.player, ship.body.pos.to_vec2());
    let nearness = |other: &Ship| {
        let way = other.body.pos.to_vec2() - at;
        let cosine = nose.dot(way.normalize_or_zero());
        (way.length() < REACH_U && cosine > AIMED && !defs.mode.spares(own, other.id.player))
            .then_some((cosine, other.id.player))
    };
    let nearest = world.ships().filter_map(nearness);
    nearest.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, player)| player)
}

/// The ways to a foe so many ticks ago: directly, and ahead of it by as long as a shot takes.
fn ways(defs: &Defs, ship: &Ship, foe: &Ship, ticks_ago: f32) -> [Vec2; 2] {
    let vel = foe.body.vel.to_vec2() - ship.body.vel.to_vec2();
    let way = foe.body.pos.to_vec2() - ship.body.pos.to_vec2() - vel * (ticks_ago / TICK_HZ as f32);
    let mut ahead = way;
    if let Some(bolt) = defs.weapon(defs.ship(ship.class).primary).bolt() {
        for _ in 0..3 {
            ahead = way + vel * (ahead.length() / bolt.speed);
        }
    }
    [way.normalize_or_zero(), ahead.normalize_or_zero()]
}

impl Row {
    /// What was held up to `tick` is held no more.
    fn note(&mut self, held: u8, tick: Tick, player: PlayerId, rows: &mut Rows) {
        let Some(since) = self.since.replace(tick) else { return };
        let part = u32::from(held) << 16 | tick.since(since).clamp(0, 0xffff).cast_unsigned();
        self.parts[self.count as usize % ROW] = part;
        self.count = self.count.wrapping_add(1);
        if self.count < ROW as u32 {
            return;
        }
        let hash = self.hash();
        if hash.is_multiple_of(ONE_IN) && self.says_something() && rows.note(hash, player, self.count) {
            self.repeats = self.repeats.saturating_add(1);
        }
    }

    /// Of the parts, oldest first (FNV-1a, with its bits mixed at the end).
    fn hash(&self) -> u64 {
        let oldest = self.count as usize % ROW;
        let parts = self.parts[oldest..].iter().chain(&self.parts[..oldest]);
        let hash = parts.fold(0xcbf2_9ce4_8422_2325_u64, |hash, part| {
            (hash ^ u64::from(*part)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        hash ^ hash >> 29
    }

    fn says_something(&self) -> bool {
        let first = |at: usize| !self.parts[..at].contains(&self.parts[at]);
        (0..ROW).filter(|at| first(*at)).count() >= PARTS
    }
}

#[cfg(test)]
mod tests;
