//! One number for a whole world, to compare runs, machines and replays.

use super::{command::Command, movement::Kinematics, world::World};
use crate::quantize::Lattice;

/// FNV-1a over 32-bit words: tiny, order-sensitive, the same everywhere. Not for secrets.
#[derive(Debug, Clone, Copy)]
pub struct Fnv(u32);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0x811C_9DC5)
    }
}

impl Fnv {
    /// Mixes in one word.
    pub fn word(&mut self, word: u32) -> &mut Fnv {
        for byte in word.to_le_bytes() {
            self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
        self
    }

    /// Mixes in a lattice point.
    pub fn point(&mut self, point: Lattice) -> &mut Fnv {
        self.word(point.x.cast_unsigned()).word(point.y.cast_unsigned())
    }

    /// Mixes in a ship's motion.
    pub fn body(&mut self, body: Kinematics) -> &mut Fnv {
        self.point(body.pos).point(body.vel).word(u32::from(body.heading.0))
    }

    /// Mixes in a command.
    pub fn command(&mut self, command: Command) -> &mut Fnv {
        self.word(u32::from(command.buttons.0) << 16 | u32::from(command.aim.0))
    }

    /// The sum.
    #[must_use]
    pub fn finish(self) -> u32 {
        self.0
    }

    /// The sum folded to 16 bits.
    #[must_use]
    pub fn finish_u16(self) -> u16 {
        (self.0 ^ (self.0 >> 16)) as u16
    }
}

/// Check sum of everything authoritative in `world`.
#[must_use]
pub fn checksum(world: &World) -> u32 {
    let mut fnv = Fnv::default();
    fnv.word(world.tick.0).word(world.edge.radius.cast_unsigned()).word(world.edge.target.cast_unsigned());
    for (slot, pilot) in world.pilots.iter().enumerate() {
        let Some(pilot) = pilot else { continue };
        fnv.word(slot as u32).word(pilot.score).word(pilot.kills).word(pilot.deaths).word(u32::from(pilot.life));
        if let Some(ship) = &pilot.ship {
            fnv.body(ship.body).command(ship.controls);
            for value in [ship.hull, ship.shield, ship.energy] {
                fnv.word(value.cast_unsigned());
            }
            fnv.word(u32::from(ship.shield_wait) << 16 | u32::from(ship.protection));
            fnv.word(u32::from(ship.cooldown) << 24 | u32::from(ship.boost_left) << 16 | u32::from(ship.cargo));
        }
    }
    for shot in &world.shots {
        fnv.point(shot.pos).point(shot.vel).word(u32::from(shot.key.owner.0) << 16 | u32::from(shot.age));
    }
    for rock in &world.belt {
        fnv.word(u32::from(rock.hull)).word(rock.regrow.map_or(0, |tick| tick.0));
    }
    for rock in &world.rocks {
        fnv.point(rock.pos).point(rock.vel).word(u32::from(rock.id.0) << 16 | u32::from(rock.hull));
    }
    for pickup in &world.pickups {
        fnv.point(pickup.pos).word(u32::from(pickup.id.0) << 16 | u32::from(pickup.life));
    }
    fnv.finish()
}
