//! Every death is counted once for who died and once for who did it, and nothing else is.

use shared::{
    ids::PlayerId,
    sim::{Event, World},
};

/// Kills and deaths by slot, from events alone.
#[derive(Debug, Default)]
pub struct Accounts {
    by_slot: Vec<(u32, u32)>,
}

impl Accounts {
    /// Looks at the world after a tick and at what happened in it.
    ///
    /// # Errors
    /// Whose account is wrong.
    pub fn check(&mut self, world: &World, events: &[Event]) -> Result<(), String> {
        self.by_slot.resize(self.by_slot.len().max(world.pilots.len()), (0, 0));
        for event in events {
            if *event == Event::SeasonEnded {
                self.by_slot.fill((0, 0));
            }
            if let Event::Destroyed { ship, killer, .. } = event {
                self.by_slot[ship.player.index()].1 += 1;
                if *killer == Some(ship.player) {
                    return Err(format!("slot {} is its own killer", ship.player.0));
                }
                if let Some(killer) = killer {
                    self.by_slot[killer.index()].0 += 1;
                }
            }
        }
        for (slot, counted) in self.by_slot.iter_mut().enumerate() {
            let Some(pilot) = world.pilot(PlayerId(slot as u16)) else {
                *counted = (0, 0);
                continue;
            };
            let told = (pilot.kills, pilot.deaths);
            if told == (0, 0) && pilot.score == 0 {
                // Somebody new, perhaps in the very tick in which the last one left.
                *counted = told;
            }
            if *counted != told {
                return Err(format!("slot {slot} has (kills, deaths) {told:?}, events say {counted:?}"));
            }
        }
        Ok(())
    }
}
