//! A pilot's commands waiting for their ticks. Invariant: each tick uses at most one command, a late one never
//! moves a ship, and 250 ms of silence means neutral controls: there is nothing to gain from a bad line. Commands may
//! come twice and out of order, when a client has a second lane: the first copy counts, the other is nothing at all.
//!
//! Triggers are another matter: a tap that comes late is still a tap. Its command is for a tick that is over, so it
//! does not steer, but its press is carried out in the next tick, once. For the same reason a trigger is not
//! repeated when a command is missing: engines go on, presses do not.

use std::collections::VecDeque;

use crate::{
    limits::{COMMAND_REPEAT_TICKS, COMMANDS_AHEAD_MAX, HISTORY_TICKS},
    protocol::{
        owner_state::UsedCommand,
        sent::{Edges, Seen, SentCommand},
    },
    rewind::Lag,
    sim::{Buttons, Command, hits::CATCH_UP_TICKS_MAX},
    tick::{TICK_US, Tick},
};

/// Slots of the ring; a power of two that covers every command that may wait.
const SLOTS: usize = 64;
const _: () = assert!(SLOTS > COMMANDS_AHEAD_MAX as usize && SLOTS.is_power_of_two());
/// Margins are the least over two halves of this window, ticks: 500 ms in all.
const MARGIN_HALF: i32 = 15;
/// A press that comes later than this is forgotten, ticks: by then the ship has been taken out of the pilot's hands.
const PRESS_LATE_MAX: i32 = COMMAND_REPEAT_TICKS as i32;
/// Ticks in which one tick of catching up is earned. A line that is late now and then has all it needs; who is late
/// by design finds that late shots merely leave later.
const CREDIT_TICKS: u16 = 30;
/// Catching up that can be saved, ticks.
const CREDIT_MAX: u16 = 2 * CATCH_UP_TICKS_MAX as u16;
/// What is pressed rather than held.
const PRESSED: u8 = Buttons::FIRE | Buttons::BOOST;

/// Commands of one pilot.
#[derive(Debug, Clone)]
pub struct CommandBuffer {
    waiting: [Option<(Tick, SentCommand, u8)>; SLOTS],
    last: Command,
    silent_ticks: u32,
    heard: Heard,
    /// Whether a command was ever used since the line began: before that, silence is no starvation.
    begun: bool,
    used: VecDeque<(Tick, UsedCommand)>,
    margins: Margins,
    /// Presses counted so far, and the tick of the command that told of the last ones.
    counted: Option<(Tick, Edges)>,
    owed: Owed,
    /// Catching up earned, in parts of a tick ([`CREDIT_TICKS`] make one).
    credit: u16,
    /// Commands that arrived after their tick.
    pub late: u64,
    /// Presses carried out late.
    pub presses_late: u64,
}

/// Late presses to carry out in the next tick.
#[derive(Debug, Clone, Copy, Default)]
struct Owed {
    buttons: Buttons,
    /// The tick in which the trigger was pulled.
    fired: Option<Tick>,
}

/// What to do in a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The command to use.
    pub command: Command,
    /// How late, and against which moment.
    pub lag: Lag,
}

impl Default for CommandBuffer {
    fn default() -> CommandBuffer {
        CommandBuffer {
            waiting: [None; SLOTS],
            last: Command::default(),
            silent_ticks: COMMAND_REPEAT_TICKS,
            heard: Heard::default(),
            begun: false,
            used: VecDeque::new(),
            margins: Margins::default(),
            counted: None,
            owed: Owed::default(),
            credit: CREDIT_MAX * CREDIT_TICKS,
            late: 0,
            presses_late: 0,
        }
    }
}

impl CommandBuffer {
    /// Takes in a command for `tick`, `now` being the last tick stepped and `next_in_us` the time until the next.
    /// `back` is how far back its pilot was looking, settled, in `protocol::sent::SEEN_PARTS`. False when it is a copy of
    /// one that came before.
    pub fn insert(&mut self, tick: Tick, sent: SentCommand, back: u8, now: Tick, next_in_us: i64) -> bool {
        let ahead = tick.since(now);
        if ahead <= COMMANDS_AHEAD_MAX && !self.heard.note(tick) {
            return false;
        }
        self.margins.note(now, (i64::from(ahead) - 1) * TICK_US as i64 + next_in_us);
        if ahead <= 0 {
            self.late += 1;
            self.owe(tick, sent, now);
        } else if ahead <= COMMANDS_AHEAD_MAX {
            self.waiting[tick.0 as usize % SLOTS] = Some((tick, sent, back));
        }
        true
    }

    /// Notes the presses of a command that came too late to steer.
    fn owe(&mut self, tick: Tick, sent: SentCommand, now: Tick) {
        let fresh = self.count(tick, sent.edges);
        if now.next().since(tick) > PRESS_LATE_MAX || fresh == Buttons(0) {
            return;
        }
        self.presses_late += 1;
        self.owed.buttons = self.owed.buttons.with(fresh.0, true);
        if fresh.any(Buttons::FIRE) {
            self.owed.fired.get_or_insert(tick);
        }
    }

    /// What was pressed since the last command counted; a command of an earlier tick says nothing new.
    fn count(&mut self, tick: Tick, edges: Edges) -> Buttons {
        match self.counted {
            Some((last, _)) if !tick.is_after(last) => Buttons(0),
            before => {
                self.counted = Some((tick, edges));
                before.map_or(Buttons(0), |(_, counted)| edges.since(counted))
            }
        }
    }

    /// The command for `tick`: the one sent for it, the last one for a while, then none; with what is owed.
    pub fn take(&mut self, tick: Tick) -> Taken {
        self.credit = (self.credit + 1).min(CREDIT_MAX * CREDIT_TICKS);
        let slot = &mut self.waiting[tick.0 as usize % SLOTS];
        let sent = slot.take_if(|(at, _, _)| *at == tick);
        let owed = std::mem::take(&mut self.owed);
        let steered = match sent {
            Some((_, sent, _)) => {
                self.silent_ticks = 0;
                self.begun = true;
                // A press whose own command never came (a merged one) shows in the counters only.
                let pressed = self.count(tick, sent.edges);
                Command { buttons: sent.command.buttons.with(pressed.0, true), aim: sent.command.aim }
            }
            None => {
                self.silent_ticks = self.silent_ticks.saturating_add(1);
                let silent = self.silent_ticks > COMMAND_REPEAT_TICKS;
                let last = Command { buttons: self.last.buttons.with(PRESSED, false), aim: self.last.aim };
                if silent { last.neutral() } else { last }
            }
        };
        let command = Command { buttons: steered.buttons.with(owed.buttons.0, true), aim: steered.aim };
        self.last = steered;
        if self.used.len() >= HISTORY_TICKS {
            self.used.pop_front();
        }
        let as_sent = sent.is_some_and(|(_, sent, _)| sent.command == command);
        self.used.push_back((tick, UsedCommand { command, as_sent }));
        Taken { command, lag: self.lag(tick, owed, sent.map(|(_, _, back)| back)) }
    }

    fn lag(&mut self, tick: Tick, owed: Owed, back: Option<u8>) -> Lag {
        // Nobody said what was looked at in a tick without a command.
        let back = back.unwrap_or(Seen::PRESENT);
        let Some(fired) = owed.fired else { return Lag { back, ..Lag::default() } };
        let late = tick.since(fired).clamp(0, PRESS_LATE_MAX) as u8;
        let catch_up = u16::from(late.min(CATCH_UP_TICKS_MAX)).min(self.credit / CREDIT_TICKS);
        self.credit -= catch_up * CREDIT_TICKS;
        Lag { late, catch_up: catch_up as u8, back }
    }

    /// Writes into `used` the commands used in the ticks after `from` up to `to`; whether all of them are remembered.
    #[must_use]
    pub fn used_since(&self, from: Tick, to: Tick, used: &mut Vec<UsedCommand>) -> bool {
        used.clear();
        let wanted = to.since(from);
        // The newest are wanted, and few of the many that are kept.
        let first = self.used.partition_point(|(tick, _)| !tick.is_after(from));
        let newer = self.used.range(first..).take_while(|(tick, _)| !tick.is_after(to));
        used.extend(newer.map(|(_, used)| *used));
        wanted > 0 && used.len() == wanted as usize
    }

    /// Where the command of the last tick came from; `None` before the first one of this line.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        let source = match self.silent_ticks {
            0 => Source::Sent,
            1..=COMMAND_REPEAT_TICKS => Source::Repeated,
            _ => Source::Neutral,
        };
        self.begun.then_some(source)
    }

    /// The least time before their tick that commands arrived within 500 ms, quarter ticks, saturated.
    #[must_use]
    pub fn margin(&self, now: Tick) -> i8 {
        self.margins.least(now)
    }

    /// Forgets what waits; for a pilot whose line was cut.
    pub fn clear(&mut self) {
        self.waiting = [None; SLOTS];
        self.rest();
        self.heard = Heard::default();
        self.margins = Margins::default();
        self.counted = None;
        self.owed = Owed::default();
    }

    /// Silence from here to the next command is meant: the tab is hidden, or the line is cut.
    pub fn rest(&mut self) {
        self.begun = false;
    }
}

/// Where a tick's command came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Sent for that tick, and there in time.
    Sent,
    /// None came in time: the last one again.
    Repeated,
    /// None came for too long: hands off.
    Neutral,
}

/// For which ticks a command has come: the newest, and a bit for each of the [`SLOTS`] up to it. What is older counts as
/// heard.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    newest: Option<Tick>,
    bits: u64,
}

impl Heard {
    /// Notes the command for `tick`; whether it is the first.
    fn note(&mut self, tick: Tick) -> bool {
        let ahead = self.newest.map_or(SLOTS as i32, |newest| tick.since(newest));
        if ahead > 0 {
            self.bits = self.bits.checked_shl(ahead.unsigned_abs()).unwrap_or(0) | 1;
            self.newest = Some(tick);
            return true;
        }
        let bit = 1u64.checked_shl(ahead.unsigned_abs()).unwrap_or(0);
        let first = bit != 0 && self.bits & bit == 0;
        self.bits |= bit;
        first
    }
}

/// Least margins of two half windows, so that old lateness is forgotten.
#[derive(Debug, Clone, Copy, Default)]
struct Margins {
    halves: [Option<(i32, i64)>; 2],
}

impl Margins {
    fn note(&mut self, now: Tick, margin_us: i64) {
        let half = (now.0 / MARGIN_HALF as u32).cast_signed();
        let slot = &mut self.halves[half.rem_euclid(2) as usize];
        *slot = match *slot {
            Some((at, least)) if at == half => Some((half, least.min(margin_us))),
            _ => Some((half, margin_us)),
        };
    }

    fn least(&self, now: Tick) -> i8 {
        let half = (now.0 / MARGIN_HALF as u32).cast_signed();
        let fresh = self.halves.iter().flatten().filter(|(at, _)| half - at <= 1);
        let least = fresh.map(|(_, least)| *least).min().unwrap_or(0);
        (least * 4 / TICK_US as i64).clamp(i64::from(i8::MIN), i64::from(i8::MAX)) as i8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantize::Angle;

    fn steer(buttons: u8) -> SentCommand {
        SentCommand { command: Command::new(Buttons(buttons), Angle(0)), edges: Edges::default() }
    }

    /// Feeds the ticks in `sent` (while tick 0 was the last stepped), then takes `1..=to`, telling each by
    /// `u`sed, `r`epeated or `n`eutral.
    fn check(sent: &[i32], to: u32, wanted: &str) {
        let mut buffer = CommandBuffer::default();
        for &tick in sent {
            buffer.insert(Tick(0).plus(tick), steer(Buttons::THRUST), 0, Tick(0), 1_000);
        }
        let mut begun = false;
        let told: String = (1..=to)
            .map(|tick| {
                let command = buffer.take(Tick(tick)).command;
                let used = {
                    let mut used = Vec::new();
                    assert!(buffer.used_since(Tick(tick - 1), Tick(tick), &mut used));
                    used[0]
                };
                assert_eq!(used.command, command);
                let (letter, source) = match (used.as_sent, command.buttons.0) {
                    (true, _) => ('u', Source::Sent),
                    (false, 0) => ('n', Source::Neutral),
                    (false, _) => ('r', Source::Repeated),
                };
                begun |= used.as_sent;
                assert_eq!(buffer.source(), begun.then_some(source), "{letter} at {tick}");
                letter
            })
            .collect();
        assert_eq!(told, wanted);
        buffer.clear();
        assert_eq!(buffer.source(), None, "a new line has not starved yet");
    }

    #[test]
    fn a_missing_command_repeats_the_last_one_for_a_while() {
        check(&[1, 2, 4], 5, "uurur");
        check(&[1], 18, "urrrrrrrrrrrrrrrnn");
        check(&[], 2, "nn");
    }

    #[test]
    fn late_far_and_double_commands_change_nothing() {
        check(&[-5, 0, 40, 200, 2, 2], 3, "nur");
    }

    /// A pilot sends a command for every tick from 1, holding the trigger in those of `held`; the command for a
    /// tick arrives just before it, or `late` ticks later for those named in `lates`. Returns the ticks in which
    /// the trigger was pulled, each with how late it was and how much it may catch up.
    fn pulls(held: &[u32], lates: &[(u32, u32)], to: u32) -> Vec<(u32, u8, u8)> {
        let mut buffer = CommandBuffer::default();
        let mut arrivals: Vec<(u32, u32, SentCommand)> = Vec::new();
        let (mut edges, mut before) = (Edges::default(), Buttons(0));
        for tick in 0..to {
            let now = Buttons(0).with(Buttons::FIRE, held.contains(&tick));
            edges = edges.pressed(before, now);
            before = now;
            let late = lates.iter().find(|(at, _)| *at == tick).map_or(0, |(_, late)| *late);
            // In order, as on a stream: nothing overtakes.
            let arrives = arrivals.last().map_or(0, |(at, _, _)| *at).max(tick + late);
            arrivals.push((arrives, tick, SentCommand { command: Command::new(now, Angle(0)), edges }));
        }
        let mut pulled = Vec::new();
        for tick in 0..to {
            for (_, at, sent) in arrivals.iter().filter(|(arrives, _, _)| *arrives == tick) {
                buffer.insert(Tick(100 + at), *sent, 0, Tick(99 + tick), 1_000);
            }
            let Taken { command, lag } = buffer.take(Tick(100 + tick));
            if command.buttons.any(Buttons::FIRE) {
                pulled.push((tick, lag.late, lag.catch_up));
            }
        }
        pulled
    }

    #[test]
    fn a_tap_is_neither_lost_nor_doubled() {
        assert_eq!(pulls(&[5], &[], 40), [(5, 0, 0)]);
        assert_eq!(pulls(&[5], &[(5, 3)], 40), [(8, 3, 3)], "carried out late");
        assert_eq!(pulls(&[5], &[(6, 9)], 40), [(5, 0, 0)], "not repeated");
        assert_eq!(pulls(&[5], &[(4, 8)], 40), [(12, 7, 6)], "caught up to the cap");
        assert_eq!(pulls(&[5], &[(5, 15)], 60), [(20, 15, 6)]);
        assert_eq!(pulls(&[5], &[(5, 16)], 60), [], "too late");
        assert_eq!(pulls(&[5, 7], &[(3, 8)], 40), [(11, 6, 6)], "two taps in one tick are one pull");
        assert_eq!(pulls(&[5, 9], &[(9, 2)], 40), [(5, 0, 0), (11, 2, 2)]);
        // A held trigger that comes late is pulled by its press, and then held.
        assert_eq!(pulls(&[5, 6, 7, 8], &[(5, 2)], 40), [(7, 2, 2), (8, 0, 0)]);
    }

    #[test]
    fn who_is_late_by_design_leaves_later_and_no_more() {
        let taps: Vec<u32> = (1..100).map(|i| i * 12).collect();
        let lates: Vec<(u32, u32)> = taps.iter().map(|&tick| (tick, 6)).collect();
        let pulled = pulls(&taps, &lates, 1_300);
        assert!(pulled.len() <= taps.len());
        let caught_up: u32 = pulled.iter().map(|(_, _, catch_up)| u32::from(*catch_up)).sum();
        assert!(caught_up <= 12 + 1_300 / u32::from(CREDIT_TICKS), "{caught_up} ticks in {} shots", pulled.len());
    }

    #[test]
    fn commands_that_come_twice_or_from_far_pull_nothing() {
        let mut buffer = CommandBuffer::default();
        let press = |presses: u8| {
            let mut edges = Edges::default();
            (0..presses).for_each(|_| edges = edges.pressed(Buttons(0), Buttons(Buttons::FIRE)));
            SentCommand { command: Command::default(), edges }
        };
        buffer.insert(Tick(101), press(0), 0, Tick(100), 0);
        assert_eq!(buffer.take(Tick(101)).command, Command::default());
        for (tick, presses) in [(100, 1), (101, 2), (90, 3), (500, 1), (0, 2)] {
            buffer.insert(Tick(tick), press(presses), 0, Tick(101), 0);
        }
        assert_eq!(buffer.take(Tick(102)).command, Command::default(), "only news count, and only once");
        buffer.insert(Tick(102), press(1), 0, Tick(102), 0);
        buffer.insert(Tick(102), press(2), 0, Tick(102), 0);
        assert!(buffer.take(Tick(103)).command.buttons.any(Buttons::FIRE));
        assert_eq!(buffer.take(Tick(104)).command, Command::default());
    }

    #[test]
    fn a_merged_press_counts_without_its_bit() {
        let mut buffer = CommandBuffer::default();
        buffer.insert(Tick(1), steer(0), 0, Tick(0), 0);
        let edges = Edges::default().pressed(Buttons(0), Buttons(Buttons::BOOST));
        buffer.insert(Tick(2), SentCommand { edges, ..steer(0) }, 0, Tick(0), 0);
        buffer.take(Tick(1));
        assert!(buffer.take(Tick(2)).command.buttons.any(Buttons::BOOST));
        let mut used = Vec::new();
        assert!(buffer.used_since(Tick(1), Tick(2), &mut used));
        let used = used[0];
        assert!(!used.as_sent && used.command.buttons.any(Buttons::BOOST), "the owner is told");
    }

    #[test]
    fn the_moment_looked_at_comes_with_the_command() {
        let mut buffer = CommandBuffer::default();
        buffer.insert(Tick(1), steer(0), 33, Tick(0), 0);
        assert_eq!(buffer.take(Tick(1)).lag.back, 33);
        assert_eq!(buffer.take(Tick(2)).lag.back, Seen::PRESENT, "nothing was said of this tick");
    }

    #[test]
    fn a_copy_that_comes_later_says_nothing_of_the_line_and_presses_nothing() {
        let mut buffer = CommandBuffer::default();
        let mut insert = |tick: u32, buttons: u8, now: u32| {
            let sent = SentCommand { edges: Edges::default().pressed(Buttons(0), Buttons(buttons)), ..steer(buttons) };
            (buffer.insert(Tick(tick), sent, 0, Tick(now), 0), buffer.margin(Tick(now)), buffer.late)
        };
        assert_eq!(insert(101, 0, 100), (true, 0, 0));
        assert_eq!(insert(102, Buttons::FIRE, 100), (true, 0, 0));
        assert_eq!(insert(101, 0, 110), (false, 0, 0), "ten ticks late, and long known");
        assert_eq!(insert(102, Buttons::FIRE, 110), (false, 0, 0));
        assert_eq!(insert(100, 0, 110), (true, -44, 1), "overtaken, but the first word of that tick");
        assert_eq!(insert(103, 0, 110), (true, -44, 2));
    }

    proptest::proptest! {
        #[test]
        fn the_first_of_each_tick_is_told_from_its_copies(jumps in proptest::collection::vec(-70i32..40, 1..300)) {
            let (mut heard, mut all) = (Heard::default(), std::collections::BTreeSet::new());
            let (mut newest, mut tick) = (None, Tick(u32::MAX - 500));
            for jump in jumps {
                tick = tick.plus(jump);
                let old = newest.is_some_and(|newest: Tick| newest.since(tick) >= SLOTS as i32);
                proptest::prop_assert_eq!(heard.note(tick), !old && all.insert(tick.0));
                newest = Some(newest.map_or(tick, |newest| if tick.is_after(newest) { tick } else { newest }));
            }
        }
    }

    #[test]
    fn the_margin_is_the_least_of_the_last_half_second() {
        let mut buffer = CommandBuffer::default();
        buffer.insert(Tick(103), steer(0), 0, Tick(100), TICK_US as i64 / 2);
        assert_eq!(buffer.margin(Tick(100)), 10);
        buffer.insert(Tick(100), steer(0), 0, Tick(101), TICK_US as i64 / 2);
        assert_eq!(buffer.margin(Tick(102)), -6);
        assert_eq!(buffer.margin(Tick(102).plus(40)), 0, "forgotten");
        assert_eq!(buffer.late, 1);
    }
}
