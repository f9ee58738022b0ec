//! What a core is to its team and to the other: ore goes in, blows take off, and whoever is launched begins beside it.
//! Invariant: a core counts only while a round is fought, and nothing that its own team does harms it. Where cores are
//! and that they are solid is of the sky (both ends know it); what they still take is of the round.

use glam::Vec2;

use super::{
    movement::Kinematics,
    round::RoundPhase,
    stage::Stage,
    world::{MILLI, Pickup},
};
use crate::{
    defs::{PickupKind, Team, WeaponKind},
    ids::PlayerId,
    math,
    quantize::{Angle, Lattice},
    rng::Keyed,
};

/// A blow of `points` by `by` to the core of `team`; the own one takes none.
pub(super) fn strike(stage: &mut Stage<'_>, team: Team, by: PlayerId, points: u16) {
    let Some(core) = &stage.defs.arena.core else { return };
    let Some(round) = stage.world.round.as_mut().filter(|round| round.phase == RoundPhase::Play) else { return };
    let own = Team::of(by);
    if own == team || round.cores[team as usize] <= 0 {
        return;
    }
    let left = &mut round.cores[team as usize];
    let before = *left;
    *left = (before - i32::from(points) * MILLI).max(0);
    // Counted by what the core has lost, so that small blows add up to as much as large ones.
    let step = i32::from(core.score_damage) * MILLI;
    let score = (before.div_euclid(step) - left.div_euclid(step)).cast_unsigned();
    round.points[own as usize] += ((before - *left) / MILLI).cast_unsigned();
    if let Some(pilot) = stage.world.pilot_mut(by) {
        pilot.score += score;
    }
}

/// Ore is unloaded by whoever is slow beside the own core, and mines go off beside the enemy's.
pub(super) fn resolve(stage: &mut Stage<'_>) {
    let (Some(core), Some(cores)) = (&stage.defs.arena.core, stage.sky.cores) else { return };
    if stage.world.round.is_none_or(|round| round.phase != RoundPhase::Play) {
        return;
    }
    set_off_mines(stage, cores, core.radius);
    // In the second half of a round nothing is mended any more, so that most rounds end before their time.
    let rounds = stage.defs.mode.round_ticks();
    let full = i32::from(stage.defs.mode.terms.core_hull) * MILLI;
    for player in (0..stage.world.pilots.len()).map(|slot| PlayerId(slot as u16)) {
        if !stage.world.tick.0.wrapping_add(u32::from(player.0)).is_multiple_of(core.dock_ticks) {
            continue;
        }
        let team = Team::of(player) as usize;
        let Some(pilot) = stage.world.pilot_mut(player) else { continue };
        let Some(ship) = pilot.ship.as_mut().filter(|ship| ship.cargo > 0) else { continue };
        if !docks(&ship.body, cores[team], core.dock_reach, core.dock_u_s) {
            continue;
        }
        ship.cargo -= 1;
        pilot.score += core.ore_score;
        if let Some(round) = &mut stage.world.round {
            round.points[team] += core.ore_points;
            let mends = if round.left * 2 > rounds { i32::from(core.mends) * MILLI } else { 0 };
            round.cores[team] = (round.cores[team] + mends).min(full);
        }
    }
}

/// Whether a ship is near and slow enough to unload.
fn docks(body: &Kinematics, (centre, vel): (Vec2, Vec2), reach: f32, slow_u_s: f32) -> bool {
    let near = body.pos.to_vec2().distance_squared(centre) < reach * reach;
    near && body.vel.to_vec2().distance_squared(vel) < slow_u_s * slow_u_s
}

fn set_off_mines(stage: &mut Stage<'_>, cores: [(Vec2, Vec2); 2], radius: f32) {
    let weapon = stage.defs.weapon(WeaponKind::Mine);
    let Some(mine) = weapon.mine() else { return };
    let reach = radius + mine.reach * 0.5;
    let damage = weapon.damage;
    let mut pickups = std::mem::take(&mut stage.world.pickups);
    pickups.retain(|pickup: &Pickup| {
        let Some(owner) = pickup.owner.filter(|_| pickup.kind == PickupKind::Mine) else { return true };
        let enemy = Team::of(owner).other();
        let armed = pickup.life + mine.arm_ticks <= mine.life_ticks;
        let (centre, _) = cores[enemy as usize];
        if !armed || pickup.pos.to_vec2().distance_squared(centre) > reach * reach {
            return true;
        }
        strike(stage, enemy, owner, damage);
        stage.events.push(super::Event::Collected { id: pickup.id, kind: PickupKind::Mine, by: owner });
        false
    });
    stage.world.pickups = pickups;
}

/// Places tried for a launch beside a core.
const TRIES: u32 = 6;
/// A launch keeps this far from the hull of its core, u: from and to.
const BERTH: (f32, f32) = (70.0, 230.0);

/// Where a pilot is launched beside the own core: at rest to it, nose outward, as clear of others as may be.
pub(super) fn berth(stage: &Stage<'_>, player: PlayerId, keyed: &mut Keyed) -> Option<Kinematics> {
    let (core, cores) = (stage.defs.arena.core.as_ref()?, stage.sky.cores?);
    let (centre, vel) = cores[Team::of(player) as usize];
    let room = |pos: Vec2| {
        let others = stage.world.ships().filter(|ship| ship.id.player != player);
        others.map(|ship| ship.body.pos.to_vec2().distance_squared(pos)).fold(f32::INFINITY, f32::min)
    };
    let mut draw = || centre + math::unit(keyed.angle()) * (core.radius + keyed.range(BERTH.0, BERTH.1));
    let mut pos = draw();
    for _ in 1..TRIES {
        let other = draw();
        if room(other) > room(pos) {
            pos = other;
        }
    }
    Some(Kinematics { pos: Lattice::nearest(pos), vel: Lattice::nearest(vel), heading: Angle::of(pos - centre) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, GameMode, ShipClass, Terms},
        sim::{Buttons, Command, Now, Order, World, step},
    };

    /// Two of Dawn and one of Dusk, launched into a round that is fought; nobody is protected.
    fn war() -> (World, Defs) {
        let mut defs = Defs::of(Terms::of(GameMode::CoreWar));
        defs.rules.protection_ticks = 0;
        let mut world = World::new(1, 1, &defs);
        let crew = [0, 1, 2].map(PlayerId);
        let enlist = crew.map(|player| Order::Enlist { player, bot: false, points: 200 });
        step(&mut world, &enlist, &[], &defs, &Now, &mut Vec::new());
        for _ in 0..90 {
            step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
        }
        let launch = crew.map(|player| Order::Launch { player, class: ShipClass::Spark });
        step(&mut world, &launch, &[], &defs, &Now, &mut Vec::new());
        (world, defs)
    }

    /// Puts a pilot's ship `away` from the core of `team`, at rest to it, the nose toward its middle.
    fn place(world: &mut World, player: u16, team: Team, away: Vec2) -> Angle {
        let (centre, vel) = world.layout.cores(world.tick, 0.0).unwrap()[team as usize];
        let ship = world.pilot_mut(PlayerId(player)).and_then(|pilot| pilot.ship.as_mut()).unwrap();
        let heading = Angle::of(-away);
        ship.body = Kinematics { pos: Lattice::nearest(centre + away), vel: Lattice::nearest(vel), heading };
        heading
    }

    /// What the cores have lost after pilot 0 has fired for a second from `away` of the core of `team`.
    fn fire_at(team: Team, away: Vec2) -> [i32; 2] {
        let (mut world, defs) = war();
        let before = world.round.unwrap().cores;
        let aim = place(&mut world, 0, team, away);
        let fire = [(PlayerId(0), Command::new(Buttons(Buttons::FIRE), aim))];
        for _ in 0..60 {
            step(&mut world, &[], &fire, &defs, &Now, &mut Vec::new());
        }
        let after = world.round.unwrap();
        let lost = [0, 1].map(|team| (before[team] - after.cores[team]) / MILLI);
        let score = world.pilot(PlayerId(0)).unwrap().score - 200;
        assert_eq!(u32::from(lost[1] > 0), u32::from(score > 0), "blows that count bring points");
        lost
    }

    #[test]
    fn shots_harm_the_enemys_core_and_never_the_own_one() {
        let [_, dusk] = fire_at(Team::Dusk, Vec2::new(250.0, 0.0));
        assert!((24..=60).contains(&dusk), "{dusk}");
        assert_eq!(fire_at(Team::Dawn, Vec2::new(250.0, 0.0)), [0, 0]);
    }

    #[test]
    fn shots_pass_through_friends_and_end_on_foes() {
        for (target, harmed) in [(2, false), (1, true)] {
            let (mut world, defs) = war();
            let aim = place(&mut world, 0, Team::Dawn, Vec2::new(900.0, 0.0));
            place(&mut world, target, Team::Dawn, Vec2::new(780.0, 0.0));
            let full = world.ship(PlayerId(target)).unwrap().shield;
            let fire = [(PlayerId(0), Command::new(Buttons(Buttons::FIRE), aim))];
            for _ in 0..30 {
                step(&mut world, &[], &fire, &defs, &Now, &mut Vec::new());
            }
            assert_eq!(world.ship(PlayerId(target)).unwrap().shield < full, harmed, "pilot {target}");
        }
    }

    #[test]
    fn ore_is_unloaded_slowly_beside_the_own_core_and_mends_it() {
        for (team, speed, unloads) in [(Team::Dawn, 0.0, true), (Team::Dawn, 260.0, false), (Team::Dusk, 0.0, false)] {
            let (mut world, defs) = war();
            world.round.as_mut().unwrap().cores = [1_000 * MILLI; 2];
            place(&mut world, 0, team, Vec2::new(200.0, 0.0));
            let ship = world.pilot_mut(PlayerId(0)).and_then(|pilot| pilot.ship.as_mut()).unwrap();
            ship.cargo = 10;
            ship.body.vel = Lattice::nearest(ship.body.vel.to_vec2() + Vec2::new(0.0, speed));
            for _ in 0..31 {
                step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
            }
            let (round, pilot) = (world.round.unwrap(), world.pilot(PlayerId(0)).unwrap());
            assert_eq!(pilot.ship.as_ref().unwrap().cargo == 0, unloads, "{team:?} {speed}");
            let mended = round.cores.iter().sum::<i32>() / MILLI - 2_000;
            let expected = if unloads { (50, 50, 210) } else { (0, 0, 200) };
            assert_eq!((mended, round.points[0], pilot.score), expected);
        }
    }

    #[test]
    fn a_mine_beside_the_enemys_core_goes_off_and_one_beside_the_own_stays() {
        for (owner, left) in [(0, 0), (1, 1)] {
            let (mut world, defs) = war();
            let (centre, _) = world.layout.cores(world.tick, 0.0).unwrap()[Team::Dusk as usize];
            let mine = Pickup {
                id: crate::ids::BodyId(900),
                kind: PickupKind::Mine,
                amount: 1,
                owner: Some(PlayerId(owner)),
                pos: Lattice::nearest(centre + Vec2::new(100.0, 0.0)),
                vel: Lattice::ZERO,
                life: 600,
            };
            world.pickups.push(mine);
            let before = world.round.unwrap().cores[1];
            step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
            assert_eq!(world.pickups.len(), left);
            assert_eq!(world.round.unwrap().cores[1] < before, left == 0);
        }
    }

    #[test]
    fn the_round_ends_with_a_core_and_a_hard_ram_counts() {
        let (mut world, defs) = war();
        world.round.as_mut().unwrap().cores[1] = MILLI;
        place(&mut world, 0, Team::Dusk, Vec2::new(110.0, 0.0));
        let ship = world.pilot_mut(PlayerId(0)).and_then(|pilot| pilot.ship.as_mut()).unwrap();
        ship.body.vel = Lattice::nearest(Vec2::new(-330.0, 0.0));
        let mut events = Vec::new();
        for _ in 0..5 {
            step(&mut world, &[], &[], &defs, &Now, &mut events);
        }
        let over = super::super::Event::RoundOver { winner: Some(Team::Dawn), won: true };
        assert!(events.contains(&over), "{events:?}");
        assert!(world.ship(PlayerId(0)).unwrap().hull > 0);
    }
}
