//! A pilot's commands waiting for their ticks. Invariant: each tick uses at most one command, a late one never
//! moves a ship, and 250 ms of silence means neutral controls: there is nothing to gain from a bad line.

use crate::{
    limits::{COMMAND_REPEAT_TICKS, COMMANDS_AHEAD_MAX, HISTORY_TICKS},
    protocol::owner_state::UsedCommand,
    sim::Command,
    tick::{TICK_US, Tick},
};

/// Slots of the ring; a power of two that covers every command that may wait.
const SLOTS: usize = 64;
const _: () = assert!(SLOTS > COMMANDS_AHEAD_MAX as usize && SLOTS.is_power_of_two());
/// Margins are the least over two halves of this window, ticks: 500 ms in all.
const MARGIN_HALF: i32 = 15;

/// Commands of one pilot.
#[derive(Debug, Clone)]
pub struct CommandBuffer {
    waiting: [Option<(Tick, Command)>; SLOTS],
    last: Command,
    silent_ticks: u32,
    /// Whether a command was ever used since the line began: before that, silence is no starvation.
    begun: bool,
    used: Vec<(Tick, UsedCommand)>,
    margins: Margins,
    /// Commands that arrived after their tick.
    pub late: u64,
    /// Commands too far ahead, or for a tick that already had one.
    pub refused: u64,
}

impl Default for CommandBuffer {
    fn default() -> CommandBuffer {
        CommandBuffer {
            waiting: [None; SLOTS],
            last: Command::default(),
            silent_ticks: COMMAND_REPEAT_TICKS,
            begun: false,
            used: Vec::new(),
            margins: Margins::default(),
            late: 0,
            refused: 0,
        }
    }
}

impl CommandBuffer {
    /// Takes in a command for `tick`, `now` being the last tick stepped and `next_in_us` the time until the next.
    pub fn insert(&mut self, tick: Tick, command: Command, now: Tick, next_in_us: i64) {
        let ahead = tick.since(now);
        self.margins.note(now, (i64::from(ahead) - 1) * TICK_US as i64 + next_in_us);
        if ahead <= 0 {
            self.late += 1;
            return;
        }
        let slot = &mut self.waiting[tick.0 as usize % SLOTS];
        if ahead > COMMANDS_AHEAD_MAX || slot.is_some_and(|(taken, _)| taken == tick) {
            self.refused += 1;
            return;
        }
        *slot = Some((tick, command));
    }

    /// The command for `tick`: the one sent for it, the last one for a while, then none.
    pub fn take(&mut self, tick: Tick) -> Command {
        let slot = &mut self.waiting[tick.0 as usize % SLOTS];
        let sent = slot.take_if(|(at, _)| *at == tick).map(|(_, command)| command);
        let command = match sent {
            Some(command) => {
                self.silent_ticks = 0;
                self.begun = true;
                command
            }
            None => {
                self.silent_ticks = self.silent_ticks.saturating_add(1);
                if self.silent_ticks > COMMAND_REPEAT_TICKS { self.last.neutral() } else { self.last }
            }
        };
        self.last = command;
        if self.used.len() >= HISTORY_TICKS {
            self.used.remove(0);
        }
        self.used.push((tick, UsedCommand { command, as_sent: sent.is_some() }));
        command
    }

    /// The commands used in the ticks after `from` up to `to`, if all of them are remembered.
    #[must_use]
    pub fn used_since(&self, from: Tick, to: Tick) -> Option<Vec<UsedCommand>> {
        let wanted = to.since(from);
        let used: Vec<UsedCommand> = self
            .used
            .iter()
            .filter(|(tick, _)| tick.is_after(from) && !tick.is_after(to))
            .map(|(_, used)| *used)
            .collect();
        (wanted > 0 && used.len() == wanted as usize).then_some(used)
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
        self.margins = Margins::default();
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
    use crate::{quantize::Angle, sim::Buttons};

    /// Feeds the ticks in `sent` (while tick 0 was the last stepped), then takes `1..=to`, telling each by
    /// `u`sed, `r`epeated or `n`eutral.
    fn check(sent: &[i32], to: u32, wanted: &str) {
        let mut buffer = CommandBuffer::default();
        for &tick in sent {
            buffer.insert(Tick(0).plus(tick), Command::new(Buttons(Buttons::THRUST), Angle(0)), Tick(0), 1_000);
        }
        let mut begun = false;
        let told: String = (1..=to)
            .map(|tick| {
                let command = buffer.take(Tick(tick));
                let used = buffer.used_since(Tick(tick - 1), Tick(tick)).unwrap()[0];
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

    #[test]
    fn the_margin_is_the_least_of_the_last_half_second() {
        let mut buffer = CommandBuffer::default();
        let command = Command::default();
        buffer.insert(Tick(103), command, Tick(100), TICK_US as i64 / 2);
        assert_eq!(buffer.margin(Tick(100)), 10);
        buffer.insert(Tick(100), command, Tick(101), TICK_US as i64 / 2);
        assert_eq!(buffer.margin(Tick(102)), -6);
        assert_eq!(buffer.margin(Tick(102).plus(40)), 0, "forgotten");
        assert_eq!(buffer.late, 1);
    }
}
