//! Rounds of two teams: the countdown, the fight, who won it, and the next one by itself. What a core does is in `war`.
//!
//! Invariant: a round is state of the world and goes by ticks, so a recording comes to the same end; nothing is predicted
//! of it but that ships and shots of one team spare each other, which follows from the slots. A round counts down, so that
//! the wrap of ticks does not touch it. Not here: who launches and when (`rules` refuses what [`admits`] does not allow;
//! a room gives the orders).

use super::{
    events::Event,
    rules,
    stage::Stage,
    world::{MILLI, World},
};
use crate::{
    defs::{Defs, ModeDef, Team, mode::TEAMS},
    ids::PlayerId,
    tick::TICK_HZ,
};

/// Where a match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(u8)]
pub enum RoundPhase {
    /// For somebody to fight with: whoever is here flies about.
    Waiting,
    /// The countdown: nobody flies.
    Ready,
    /// The fight.
    Play,
    /// It is decided, and shown for a moment.
    Over,
}

/// The round under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Number in the match, from 1, wrapping.
    pub number: u16,
    /// Where it stands.
    pub phase: RoundPhase,
    /// Ticks until the phase ends by itself; 0 where it does not.
    pub left: u32,
    /// What the cores still take, milli-points, by team; 0 without cores.
    pub cores: [i32; TEAMS],
    /// By team: what it did in this round of a Core War, or the rounds it has won.
    pub points: [u32; TEAMS],
    /// Who won the round that is over; nobody in a draw.
    pub winner: Option<Team>,
}

/// For so long after the beginning of a round everybody is called into it, ticks.
const CALL_TICKS: u32 = TICK_HZ;

impl Round {
    /// The first round of a match.
    #[must_use]
    pub fn first(defs: &Defs) -> Round {
        let hull = if defs.arena.core.is_some() { i32::from(defs.mode.terms.core_hull) * MILLI } else { 0 };
        Round {
            number: 1,
            phase: RoundPhase::Ready,
            left: u32::from(defs.mode.ready_ticks),
            cores: [hull; TEAMS],
            points: [0; TEAMS],
            winner: None,
        }
    }

    /// Whether the match is over, not only the round.
    #[must_use]
    pub fn is_won(&self, mode: &ModeDef) -> bool {
        let most = self.points.into_iter().max().unwrap_or(0);
        self.phase == RoundPhase::Over && (!mode.one_life || most >= u32::from(mode.terms.wins))
    }

    /// Ticks since the fight began, while it goes on.
    #[must_use]
    pub fn played(&self, mode: &ModeDef) -> u32 {
        mode.round_ticks().saturating_sub(self.left)
    }
}

/// Whether the rounds let a pilot without a ship launch now.
#[must_use]
pub fn admits(world: &World, defs: &Defs, player: PlayerId) -> bool {
    let Some(round) = &world.round else { return true };
    let fresh = world.pilot(player).is_some_and(|pilot| pilot.death.is_none());
    match round.phase {
        RoundPhase::Waiting => true,
        RoundPhase::Ready | RoundPhase::Over => false,
        RoundPhase::Play => !defs.mode.one_life || (fresh && round.played(&defs.mode) < CALL_TICKS),
    }
}

/// Whether a round has just begun, and calls everybody into it who has no ship.
#[must_use]
pub fn calls(world: &World, defs: &Defs, player: PlayerId) -> bool {
    let Some(round) = world.round.filter(|round| round.phase == RoundPhase::Play) else { return false };
    let fresh = world.pilot(player).is_some_and(|pilot| pilot.death.is_none());
    fresh && round.played(&defs.mode) < CALL_TICKS
}

/// Somebody came who was not here before: a match against bots, or alone, begins anew with a person who comes to a team
/// without any, and so does one that waited for somebody else.
pub(super) fn greet(stage: &mut Stage<'_>, bot: bool) {
    let Some(round) = stage.world.round.filter(|_| !bot && stage.defs.mode.one_life) else { return };
    if round.phase == RoundPhase::Waiting {
        let first = Round::first(stage.defs);
        stage.world.round = Some(Round { number: first.number, points: first.points, ..round });
        return;
    }
    let manned = |team: Team| {
        let mut crew = stage.world.pilots.iter().enumerate().filter_map(|(slot, pilot)| Some((slot, pilot.as_ref()?)));
        crew.any(|(slot, pilot)| !pilot.bot && Team::of(PlayerId(slot as u16)) == team)
    };
    if !Team::ALL.into_iter().all(manned) {
        begin(stage, Round::first(stage.defs));
    }
}

/// One tick of the round.
pub(super) fn resolve(stage: &mut Stage<'_>) {
    let Some(mut round) = stage.world.round else { return };
    let mode = &stage.defs.mode;
    round.left = round.left.saturating_sub(1);
    match round.phase {
        // Whoever comes back finds the match as it was left.
        RoundPhase::Waiting if both_here(stage.world) => {
            begin(stage, Round { number: round.number, points: round.points, ..Round::first(stage.defs) });
        }
        RoundPhase::Waiting => {}
        RoundPhase::Ready if mode.one_life && !both_here(stage.world) => {
            stage.world.round = Some(Round { phase: RoundPhase::Waiting, left: 0, winner: None, ..round });
        }
        RoundPhase::Ready if round.left == 0 => {
            (round.phase, round.left) = (RoundPhase::Play, mode.round_ticks());
            stage.world.round = Some(round);
            stage.events.push(Event::RoundBegan);
        }
        RoundPhase::Play => match verdict(stage, &round) {
            Some(winner) => finish(stage, round, winner),
            None => stage.world.round = Some(round),
        },
        RoundPhase::Over if round.left == 0 => {
            let next = Round::first(stage.defs);
            let goes_on = !round.is_won(mode);
            let points = if goes_on { round.points } else { next.points };
            let number = if goes_on || !mode.one_life { round.number.wrapping_add(1) } else { 1 };
            begin(stage, Round { number, points, ..next });
        }
        RoundPhase::Ready | RoundPhase::Over => stage.world.round = Some(round),
    }
}

fn both_here(world: &World) -> bool {
    let here = |team: Team| {
        let mut slots = world.pilots.iter().enumerate().filter(|(_, pilot)| pilot.is_some());
        slots.any(|(slot, _)| Team::of(PlayerId(slot as u16)) == team)
    };
    Team::ALL.into_iter().all(here)
}

/// Who has won by now, if it is decided; `Some(None)` is a draw.
fn verdict(stage: &Stage<'_>, round: &Round) -> Option<Option<Team>> {
    let mode = &stage.defs.mode;
    let better = |of: [u32; TEAMS]| match of[0].cmp(&of[1]) {
        core::cmp::Ordering::Greater => Some(Team::Dawn),
        core::cmp::Ordering::Less => Some(Team::Dusk),
        core::cmp::Ordering::Equal => None,
    };
    if !mode.one_life {
        if let Some(broken) = Team::ALL.into_iter().find(|&team| round.cores[team as usize] <= 0) {
            return Some(Some(broken.other()));
        }
        let hulls = round.cores.map(i32::cast_unsigned);
        return (round.left == 0).then(|| better(round.points).or_else(|| better(hulls)));
    }
    if round.played(mode) < CALL_TICKS {
        return None;
    }
    let flying = fleets(stage.world);
    match flying {
        [(0, _), (0, _)] => Some(None),
        [_, (0, _)] => Some(Some(Team::Dawn)),
        [(0, _), _] => Some(Some(Team::Dusk)),
        _ if round.left == 0 => Some(better(flying.map(|(ships, _)| ships)).or_else(|| better(flying.map(|f| f.1)))),
        _ => None,
    }
}

/// Ships of both teams, and what their hulls and shields take together.
fn fleets(world: &World) -> [(u32, u32); TEAMS] {
    let mut fleets = [(0, 0); TEAMS];
    for ship in world.ships() {
        let fleet = &mut fleets[Team::of(ship.id.player) as usize];
        fleet.0 += 1;
        fleet.1 += (ship.hull + ship.shield).max(0).cast_unsigned();
    }
    fleets
}

fn finish(stage: &mut Stage<'_>, mut round: Round, winner: Option<Team>) {
    let mode = &stage.defs.mode;
    if let Some(team) = winner.filter(|_| mode.one_life) {
        round.points[team as usize] += 1;
    }
    (round.phase, round.winner) = (RoundPhase::Over, winner);
    let won = round.is_won(mode);
    round.left = u32::from(if won { mode.won_ticks } else { mode.over_ticks });
    stage.world.round = Some(round);
    stage.events.push(Event::RoundOver { winner, won });
}

/// Clears the arena for `round`: no ship, shot or mine of the last one is left, and nobody is dead any more.
fn begin(stage: &mut Stage<'_>, round: Round) {
    for player in (0..stage.world.pilots.len()).map(|slot| PlayerId(slot as u16)) {
        rules::park(stage, player);
        if let Some(pilot) = stage.world.pilot_mut(player) {
            (pilot.death, pilot.blame) = (None, None);
            pilot.hurts.clear();
        }
    }
    let world = &mut *stage.world;
    world.shots.clear();
    world.pickups.retain(|pickup| pickup.owner.is_none());
    world.round = Some(round);
}
