//! One number for a whole world, to compare runs, machines and replays.

use super::{
    command::Command,
    events::Cause,
    movement::Kinematics,
    prey::Prey,
    round::Round,
    tow::Hook,
    wells::Well,
    world::{BeltRock, Death, Decoy, Hurts, LooseRock, Pickup, Pilot, Ship, Shot, World},
};
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
}

/// Check sum of everything authoritative in `world`; the layout follows from its seed and is not mixed in. Fields
/// are taken apart by name, so that a new one does not compile until it is mixed in too.
#[must_use]
pub fn checksum(world: &World) -> u32 {
    let World {
        tick,
        secret,
        layout: _,
        edge,
        pilots,
        shots,
        belt,
        rocks,
        pickups,
        wells,
        round,
        towed,
        decoys,
        next_body,
        tuning,
        scratch: _,
    } = world;
    let mut fnv = Fnv::default();
    fnv.word(tick.0).word(*secret as u32).word((secret >> 32) as u32).word(u32::from(*next_body));
    fnv.word(edge.radius.cast_unsigned()).word(edge.target.cast_unsigned());
    for (row, percent) in tuning.changed() {
        row.name.bytes().for_each(|letter| {
            fnv.word(u32::from(letter));
        });
        fnv.word(u32::from(percent));
    }
    for (slot, pilot) in pilots.iter().enumerate() {
        if let Some(pilot) = pilot {
            fnv.word(slot as u32);
            mix_pilot(&mut fnv, pilot);
        }
    }
    for Shot { key, weapon, pos, vel, age } in shots {
        fnv.point(*pos).point(*vel).word(u32::from(key.owner.0) << 16 | u32::from(*age));
        fnv.word((*weapon as u32) << 16 | u32::from(key.part) << 8 | u32::from(key.tick));
    }
    for BeltRock { hull, regrow } in belt {
        fnv.word(u32::from(*hull)).word(regrow.map_or(0, |tick| tick.0));
    }
    for LooseRock { id, size, pos, vel, hull, life, flung } in rocks {
        fnv.point(*pos).point(*vel).word(u32::from(id.0) << 16 | u32::from(*hull));
        fnv.word((*size as u32) << 16 | u32::from(*life)).word(flung.map_or(u32::MAX, |by| u32::from(by.0)));
    }
    for Pickup { id, kind, amount, owner, pos, vel, life } in pickups {
        fnv.point(*pos).point(*vel).word(u32::from(id.0) << 16 | u32::from(*life));
        fnv.word((*kind as u32) << 8 | u32::from(*amount)).word(owner.map_or(u32::MAX, |owner| u32::from(owner.0)));
    }
    for Decoy { ship, of, left } in decoys {
        mix_ship(&mut fnv, ship);
        fnv.word(u32::from(of.player.0) << 16 | u32::from(of.life)).word(u32::from(*left));
    }
    for id in towed {
        fnv.word(u32::from(id.0));
    }
    for Well { pos, from, kind } in wells {
        fnv.point(*pos).word(from.0).word(*kind as u32);
    }
    if let Some(round) = round {
        mix_round(&mut fnv, round);
    }
    fnv.finish()
}

fn mix_round(fnv: &mut Fnv, round: &Round) {
    let Round { number, phase, left, cores, points, winner } = round;
    fnv.word(u32::from(*number) << 16 | *phase as u32).word(*left);
    fnv.word(winner.map_or(u32::MAX, |team| team as u32));
    for (core, points) in cores.iter().zip(points) {
        fnv.word(core.cast_unsigned()).word(*points);
    }
}

fn mix_pilot(fnv: &mut Fnv, pilot: &Pilot) {
    let Pilot { bot, score, kills, deaths, streak, best_streak, best_class, life, ship, death, .. } = pilot;
    let Pilot { blame, refit, hurts, prey, household, .. } = pilot;
    fnv.word(*score).word(*kills).word(*deaths).word(u32::from(*life) << 1 | u32::from(*bot));
    fnv.word(*streak).word(*best_streak).word(*best_class as u32);
    fnv.word(refit.map_or(0, |when| when.0));
    for Hurts { by, amount, tick } in hurts {
        fnv.word(u32::from(by.0)).word(amount.cast_unsigned()).word(tick.0);
    }
    for Prey { who, tick, times } in prey {
        fnv.word(who.map_or(u32::MAX, |who| u32::from(who.0))).word(tick.0).word(u32::from(*times));
    }
    fnv.word(*household);
    if let Some((by, when)) = blame {
        fnv.word(u32::from(by.0)).word(when.0);
    }
    if let Some(Death { tick, pos, killer, cause }) = death {
        fnv.word(tick.0).point(*pos).word(killer.map_or(u32::MAX, |killer| u32::from(killer.0)));
        fnv.word(match cause {
            Cause::Shot(weapon) => 16 + *weapon as u32,
            Cause::Star => 1,
            Cause::Planet => 2,
            Cause::Rock => 3,
            Cause::Ram => 4,
            Cause::Edge => 5,
            Cause::Core => 6,
            Cause::Hyperspace => 7,
        });
    }
    if let Some(ship) = ship {
        mix_ship(fnv, ship);
    }
}

fn mix_ship(fnv: &mut Fnv, ship: &Ship) {
    let Ship {
        id,
        class,
        body,
        controls,
        hull,
        shield,
        energy,
        shield_wait,
        cooldown,
        charge,
        boost_left,
        second_wait,
        special_left,
        special_wait,
        protection,
        coasted,
        cargo,
        multi_left,
        repel,
        decoy,
        jumps,
        line,
    } = ship;
    fnv.word(u32::from(id.player.0) << 16 | u32::from(id.life) << 8 | *class as u32).body(*body).command(*controls);
    for value in [*hull, *shield, *energy] {
        fnv.word(value.cast_unsigned());
    }
    fnv.word(u32::from(*shield_wait) << 16 | u32::from(*protection));
    fnv.word(u32::from(cooldown.cast_unsigned()) << 24 | u32::from(*boost_left) << 16 | u32::from(*cargo));
    fnv.word(u32::from(*coasted) << 16 | u32::from(*second_wait) << 8 | u32::from(*charge));
    fnv.word(u32::from(*special_left) << 16 | u32::from(*special_wait));
    fnv.word(u32::from(*jumps) << 24 | u32::from(*multi_left) << 2 | u32::from(*decoy) << 1 | u32::from(*repel));
    fnv.word(match line {
        None => 0,
        Some(Hook::Ship(player)) => 1 << 16 | u32::from(player.0),
        Some(Hook::Rock(id)) => 2 << 16 | u32::from(id.0),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::Defs,
        ids::PlayerId,
        sim::golden::{Match, SCRIPTS},
        tick::Tick,
    };

    #[test]
    fn what_can_differ_shows() {
        let defs = Defs::standard();
        let mut live = Match::new(&SCRIPTS[1], &defs);
        (0..600).for_each(|_| live.advance(&defs));
        let sum = checksum(&live.world);
        let changes: [fn(&mut World); 6] = [
            |world| world.next_body ^= 1,
            |world| world.pilots.iter_mut().flatten().for_each(|pilot| pilot.bot = !pilot.bot),
            |world| world.pilots.iter_mut().flatten().for_each(|pilot| pilot.blame = Some((PlayerId(1), Tick(2)))),
            |world| world.shots.iter_mut().for_each(|shot| shot.key.tick ^= 1),
            |world| world.belt[3].hull ^= 1,
            |world| world.secret ^= 1 << 40,
        ];
        for (i, change) in changes.into_iter().enumerate() {
            let mut world = live.world.clone();
            change(&mut world);
            assert_ne!(checksum(&world), sum, "change {i}");
        }
    }
}
