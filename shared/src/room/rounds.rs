//! What a room tells of its rounds. Invariant: a change of phase is told at once, the rest four times a second at most,
//! and nothing where there are no rounds.

use super::Room;
use crate::{
    defs::Defs,
    protocol::{RoundNews, ServerMessage},
    sim::{RoundPhase, World, world::MILLI},
    tick::TICK_HZ,
};

/// Between two changes of points and cores that are told, ticks.
const TOLD_TICKS: i32 = TICK_HZ as i32 / 4;

/// How the round stands, where there is one.
#[must_use]
pub fn news(world: &World) -> Option<RoundNews> {
    let round = world.round?;
    Some(RoundNews {
        tick: world.tick,
        number: round.number,
        phase: round.phase,
        left: round.left,
        cores: round.cores.map(|core| (core.max(0) as u32).div_ceil(MILLI as u32) as u16),
        points: round.points,
        winner: round.winner,
    })
}

/// Ticks until a dead pilot may launch, who would have to wait `wait` without rounds: in a round of one life until it ends
/// by the clock, which is the longest it can be.
#[must_use]
pub fn wait(world: &World, defs: &Defs, wait: u16) -> u16 {
    match world.round {
        Some(round) if defs.mode.one_life && round.phase == RoundPhase::Play => {
            u16::try_from(round.left).unwrap_or(u16::MAX).max(wait)
        }
        Some(round) if round.phase == RoundPhase::Over => u16::try_from(round.left).unwrap_or(u16::MAX).max(wait),
        _ => wait,
    }
}

/// Whether the same phase began anew: its time does not run on from what was told.
fn restarted(told: &RoundNews, now: &RoundNews) -> bool {
    let passed = now.tick.since(told.tick).max(0).cast_unsigned();
    now.left != told.left.saturating_sub(passed)
}

impl Room {
    /// Tells everybody how the round stands, when that is news.
    pub(super) fn announce_round(&mut self) {
        let Some(now) = news(&self.world) else { return };
        let fresh = self.round_told.is_none_or(|told| {
            let turned = (told.number, told.phase, told.winner) != (now.number, now.phase, now.winner);
            let changed = (told.cores, told.points) != (now.cores, now.points);
            turned || restarted(&told, &now) || (changed && now.tick.since(told.tick) >= TOLD_TICKS)
        });
        if fresh {
            self.round_told = Some(now);
            self.say_all(&ServerMessage::Round(now));
        }
    }
}
