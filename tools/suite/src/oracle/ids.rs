//! No name is given to another thing within two seconds: whoever saw the old one would take the new for it.

use shared::{
    ids::{BodyId, PARTS_MAX, ShipId, ShotKey},
    sim::World,
    tick::TICK_HZ,
};

/// A name rests this long, ticks.
const REST_TICKS: u32 = 2 * TICK_HZ;

/// When each name was last in use, in ticks of the match from 1; 0 is never.
#[derive(Debug)]
pub struct Ids {
    bodies: Vec<u32>,
    ships: Vec<u32>,
    shots: Vec<u32>,
    now: u32,
}

impl Default for Ids {
    fn default() -> Ids {
        Ids { bodies: vec![0; 1 << 16], ships: Vec::new(), shots: Vec::new(), now: 0 }
    }
}

impl Ids {
    /// Looks at the world after a tick.
    ///
    /// # Errors
    /// The name that came back too soon.
    pub fn check(&mut self, world: &World) -> Result<(), String> {
        self.now += 1;
        let slots = world.pilots.len().max(self.ships.len() / 256) * 256;
        self.ships.resize(slots, 0);
        self.shots.resize(slots * usize::from(PARTS_MAX), 0);
        let bodies = world.rocks.iter().map(|rock| rock.id).chain(world.pickups.iter().map(|pickup| pickup.id));
        for BodyId(id) in bodies {
            rest(&mut self.bodies[usize::from(id)], self.now).map_err(|ago| format!("body {id} after {ago} ticks"))?;
        }
        for ShipId { player, life } in world.ships().map(|ship| ship.id) {
            let place = player.index() * 256 + usize::from(life);
            rest(&mut self.ships[place], self.now)
                .map_err(|ago| format!("ship {life} of slot {} after {ago} ticks", player.0))?;
        }
        for ShotKey { owner, tick, part } in world.shots.iter().map(|shot| shot.key) {
            let place = (owner.index() * 256 + usize::from(tick)) * usize::from(PARTS_MAX) + usize::from(part);
            rest(&mut self.shots[place], self.now)
                .map_err(|ago| format!("shot {tick}.{part} of slot {} after {ago} ticks", owner.0))?;
        }
        Ok(())
    }

    /// Makes every name look as if it had been in use a second ago.
    pub fn age(&mut self) {
        let ago = self.now.saturating_sub(TICK_HZ);
        for table in [&mut self.bodies, &mut self.ships, &mut self.shots] {
            table.iter_mut().filter(|used| **used < ago).for_each(|used| *used = ago);
        }
    }
}

/// Notes a name in use; how long it had rested when that was too short.
fn rest(used: &mut u32, now: u32) -> Result<(), u32> {
    let ago = now - std::mem::replace(used, now);
    // In use in the tick before is the same thing still; never is as good as long ago.
    if ago > 1 && ago < REST_TICKS && ago != now { Err(ago) } else { Ok(()) }
}
