//! Gifts: what those who run the server lay before a pilot's nose. Invariant: from then on it is a pickup like any other, for
//! whoever is there first; what is worth points, and what harms, is never one ([`PickupKind::GIFTS`]).

use super::{pickups, stage::Stage, world::Pickup};
use crate::{
    defs::{PickupKind, pickup},
    ids::PlayerId,
    quantize::Lattice,
    tick::ticks,
};

/// Beyond what is collected at once, u: far enough to be seen before it is aboard.
const AHEAD: f32 = 90.0;

/// Lays one before the ship of `player`, as fast as that flies; without a ship nothing happens.
pub(super) fn lay(stage: &mut Stage<'_>, player: PlayerId, kind: PickupKind) {
    let Some(ship) = stage.world.ship(player) else { return };
    if PickupKind::GIFTS.iter().all(|(_, gift)| *gift != kind) {
        return;
    }
    let reach = stage.defs.ship(ship.class).radius + pickup::REACH + AHEAD;
    let pos = Lattice::nearest(ship.body.pos.to_vec2() + ship.body.heading.unit() * reach);
    let vel = ship.body.vel;
    let id = stage.world.fresh_body();
    let life = ticks(pickup::LIFE_S);
    pickups::push(stage, Pickup { id, kind, amount: 1, owner: None, pos, vel, life });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, ShipClass},
        sim::{Buttons, Command, Now, Order, World, step},
    };

    const PLAYER: PlayerId = PlayerId(0);

    /// A pilot at rest where nothing else is.
    fn alone() -> (World, Defs) {
        let (defs, player) = (Defs::standard(), PLAYER);
        let mut world = World::new(1, 1, &defs);
        let orders =
            [Order::Enlist { player, bot: false, points: 0 }, Order::Launch { player, class: ShipClass::Spark }];
        step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
        let body = &mut world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut()).expect("it flies").body;
        (body.pos, body.vel) = (Lattice::nearest(glam::Vec2::new(1_800.0, 900.0)), Lattice::ZERO);
        (world, defs)
    }

    fn given(kind: PickupKind) -> World {
        let (mut world, defs) = alone();
        let order = Order::Gift { player: PLAYER, kind };
        step(&mut world, &[order, Order::Gift { player: PlayerId(9), kind }], &[], &defs, &Now, &mut Vec::new());
        world
    }

    #[test]
    fn a_gift_floats_before_the_nose_and_is_taken_by_flying_ahead() {
        let (mut world, defs) = (given(PickupKind::Decoy), Defs::standard());
        let floats = |world: &World| world.pickups.iter().filter(|pickup| pickup.kind == PickupKind::Decoy).count();
        assert_eq!(floats(&world), 1, "one, and none for who has no ship");
        let heading = world.ship(PLAYER).expect("it flies").body.heading;
        let ahead = (PLAYER, Command::new(Buttons(Buttons::THRUST), heading));
        for _ in 0..120 {
            assert!(!world.ship(PLAYER).is_some_and(|ship| ship.decoy) || floats(&world) == 0);
            step(&mut world, &[], &[ahead], &defs, &Now, &mut Vec::new());
        }
        assert!(world.ship(PLAYER).is_some_and(|ship| ship.decoy));
    }

    #[test]
    fn neither_points_nor_mines_are_given() {
        for kind in [PickupKind::Ore, PickupKind::Mine] {
            assert!(given(kind).pickups.iter().all(|pickup| pickup.kind != kind), "{kind:?}");
        }
    }
}
