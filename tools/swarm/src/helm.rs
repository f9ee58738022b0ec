//! How a light client flies: scripted commands for the coming ticks, kept in time by the server's own reports.
//!
//! Invariant: a function of seed, index and ticks; it knows nothing of the world. It is a crude stand-in for
//! `shared::replica::clock`: good enough that commands arrive in time, which is all a load needs.

use shared::{
    protocol::{CommandBatch, Edges, Seen, SentCommand},
    sim::Command,
    tick::Tick,
};
use suite::player::wild;

/// Ticks of one batch: 60 commands a second in 30 messages.
const BATCH: i32 = 2;
/// Where commands begin, ahead of the news, until there is a report.
const LEAD: i32 = 6;
/// How early commands should arrive, ticks.
const MARGIN: i32 = 3;
/// Further off than this the schedule begins anew, ticks.
const LOST: i32 = 90;
/// Reports are the least of half a second and come a round trip late: listening more often would answer the same
/// lateness twice, µs.
const LISTEN_US: u64 = 1_200_000;

/// The schedule and the script of one client.
#[derive(Debug)]
pub struct Helm {
    seed: u64,
    index: u32,
    newest: Option<Tick>,
    margin: i32,
    next: Option<Tick>,
    listened_us: u64,
    /// Ticks to leave out: commands come too early.
    hold: i32,
}

impl Helm {
    /// Of client `index`.
    pub fn new(seed: u64, index: u32) -> Helm {
        Helm { seed, index, newest: None, margin: 0, next: None, listened_us: 0, hold: 0 }
    }

    /// A snapshot came; `margin` in quarter ticks, as it tells.
    pub fn note(&mut self, tick: Tick, margin: i8) {
        self.newest = Some(tick);
        self.margin = i32::from(margin).div_euclid(4);
    }

    /// What is to be sent now; only the acknowledgement unless `flying`. `None` before the first snapshot.
    pub fn batch(&mut self, flying: bool, now_us: u64) -> Option<CommandBatch> {
        let newest = self.newest?;
        let stamp_ms = (now_us / 1_000) as u16;
        if !flying {
            let seen = Seen::default();
            return Some(CommandBatch { ack: newest, stamp_ms, seen, first: newest, commands: Vec::new() });
        }
        let first = self.keep_time(newest, now_us);
        let count = (BATCH - self.hold).max(0);
        self.hold = (self.hold - BATCH).max(0);
        self.next = Some(first.plus(count));
        let sent = |command| SentCommand { command, edges: Edges::default() };
        let commands = (0..count).map(|n| sent(self.command(first.plus(n)))).collect();
        Some(CommandBatch { ack: newest, stamp_ms, seen: Seen::present(1.5), first, commands })
    }

    fn keep_time(&mut self, newest: Tick, now_us: u64) -> Tick {
        let Some(next) = self.next.filter(|next| (0..LOST).contains(&next.since(newest))) else {
            (self.listened_us, self.hold) = (now_us, 0);
            return newest.plus(LEAD);
        };
        if now_us.saturating_sub(self.listened_us) < LISTEN_US {
            return next;
        }
        self.listened_us = now_us;
        let early = self.margin - MARGIN;
        // Late: jump ahead at once. Early: leave some out, for their ticks are told already.
        self.hold = (early - 1).max(0);
        next.plus((-early).max(0))
    }

    fn command(&self, tick: Tick) -> Command {
        let (buttons, aim) = wild(self.seed, tick, self.index, true);
        Command::new(buttons, aim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeSet, VecDeque};

    /// Flies against a server `owd` ticks away for 20 s; the share of the last ten seconds' ticks that had a command
    /// in time, and the margins then.
    fn fly(owd: u32) -> (f32, Vec<i32>) {
        let mut helm = Helm::new(3, 5);
        let mut up: VecDeque<(u32, CommandBatch)> = VecDeque::new();
        let mut down: VecDeque<(u32, Tick, i8)> = VecDeque::new();
        let (mut there, mut margins, mut shown) = (BTreeSet::new(), VecDeque::new(), Vec::new());
        let mut starved = 0;
        for now in 1_000..2_200u32 {
            while up.front().is_some_and(|(at, _)| *at <= now) {
                let (_, batch) = up.pop_front().unwrap();
                for n in 0..batch.commands.len() as i32 {
                    let tick = batch.first.plus(n);
                    margins.push_back((now, tick.since(Tick(now)) - 1));
                    there.insert(tick.0);
                }
            }
            starved += u32::from(now >= 1_600 && !there.contains(&now));
            margins.retain(|(at, _)| now - at < 30);
            let least = margins.iter().map(|(_, margin)| *margin).min().unwrap_or(0);
            if now >= 1_600 {
                shown.push(least);
            }
            if now % 2 == 0 {
                down.push_back((now + owd, Tick(now), (least * 4).clamp(-128, 127) as i8));
            }
            while down.front().is_some_and(|(at, _, _)| *at <= now) {
                let (_, tick, margin) = down.pop_front().unwrap();
                helm.note(tick, margin);
            }
            if now % 2 == 1
                && let Some(batch) = helm.batch(true, u64::from(now) * 16_667)
            {
                up.push_back((now + owd, batch));
            }
        }
        (starved as f32 / 600.0, shown)
    }

    #[test]
    fn commands_arrive_in_time_and_not_much_too_early() {
        for owd in [0, 1, 3, 6, 12] {
            let (starved, margins) = fly(owd);
            assert_eq!(starved, 0.0, "{owd} ticks away: {margins:?}");
            assert!(margins.iter().all(|margin| (0..=8).contains(margin)), "{owd} ticks away: {margins:?}");
        }
    }

    #[test]
    fn nothing_is_said_before_the_first_snapshot_and_no_command_without_a_ship() {
        let mut helm = Helm::new(3, 5);
        assert_eq!(helm.batch(true, 0), None);
        helm.note(Tick(9), 0);
        assert!(helm.batch(false, 0).is_some_and(|batch| batch.commands.is_empty() && batch.ack == Tick(9)));
        let batch = helm.batch(true, 0).unwrap();
        assert_eq!((batch.first, batch.commands.len()), (Tick(9 + 6), 2));
    }

    #[test]
    fn the_script_holds_buttons_and_changes_them() {
        let helm = Helm::new(3, 5);
        let held: Vec<_> = (0..600).map(|tick| helm.command(Tick(tick)).buttons).collect();
        assert!(held.chunks(30).all(|held| held.iter().all(|buttons| *buttons == held[0])));
        assert!(held.iter().map(|buttons| buttons.0).collect::<BTreeSet<_>>().len() > 10);
    }
}
