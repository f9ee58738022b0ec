//! Whom a pilot has destroyed lately: the same one again pays half as much each time, and so does anybody of the own household, so
//! that nobody grows rich on a friend who holds still.
//!
//! Invariant: a few are remembered, those of latest; nothing here knows what a household is but that two are of the same.

use super::world::Pilot;
use crate::{ids::PlayerId, tick::Tick};

/// Pilots that are remembered; more: the one of longest ago is forgotten.
const PREY_MAX: usize = 8;

/// Times that are counted: by then it pays nothing.
const TIMES_MAX: u8 = 16;

/// Somebody whom a pilot has destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prey {
    /// Who; `None`: whoever was of the own household.
    pub who: Option<PlayerId>,
    /// The last time.
    pub tick: Tick,
    /// How often.
    pub times: u8,
}

impl Pilot {
    /// Under whom `victim` is remembered.
    #[must_use]
    pub fn prey_of(&self, player: PlayerId, victim: &Pilot) -> Option<PlayerId> {
        (self.household == 0 || self.household != victim.household).then_some(player)
    }

    /// What destroying them is worth at `tick`, of 1.
    #[must_use]
    pub fn prey_worth(&self, who: Option<PlayerId>, tick: Tick, prey_ticks: u16) -> f32 {
        let known = self.prey.iter().find(|prey| prey.who == who && tick.since(prey.tick) <= i32::from(prey_ticks));
        known.map_or(1.0, |prey| 1.0 / (1_u32 << prey.times.min(TIMES_MAX)) as f32)
    }

    /// Remembers that they were destroyed.
    pub fn note_prey(&mut self, who: Option<PlayerId>, tick: Tick, prey_ticks: u16) {
        self.prey.retain(|prey| tick.since(prey.tick) <= i32::from(prey_ticks));
        let times = match self.prey.iter().position(|prey| prey.who == who) {
            Some(known) => self.prey.remove(known).times,
            None => 0,
        };
        if self.prey.len() >= PREY_MAX {
            self.prey.remove(0);
        }
        self.prey.push(Prey { who, tick, times: (times + 1).min(TIMES_MAX) });
    }
}
