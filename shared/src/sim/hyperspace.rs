//! A jump through hyperspace: elsewhere in one tick, nobody chooses where. Invariant: the place follows from (seed, tick,
//! pilot), all public, so the pilot's own screen jumps in the same tick; whether the ship comes out whole is drawn by the
//! secret seed, and only the room knows.

use glam::Vec2;

use super::{
    damage::{self, Hurt},
    events::Cause,
    scratch::Scratch,
    sky::Sky,
    stage::Stage,
    world::{MILLI, Ship},
    wormhole::LEAP_U,
};
use crate::{
    defs::{Defs, Special},
    quantize::Lattice,
    rng::{Keyed, Purpose},
    tick::Tick,
};

/// Places tried for one jump.
const TRIES: u32 = 8;
/// A jump ends this far from the star, in multiples of where it burns.
const CLEAR: f32 = 6.0;
/// The first jump goes wrong with this chance, and each further one with as much more: in *Spacewar!* it was an eighth.
const RISK: f32 = 1.0 / 16.0;

/// Puts `ship` elsewhere, as fast as before.
pub(super) fn jump(ship: &mut Ship, sky: &Sky<'_>) {
    ship.jumps = ship.jumps.saturating_add(1);
    let reach = sky.arena.wrap_half * 0.92;
    let before = ship.body.pos.to_vec2();
    let mut keyed = Keyed::new(sky.seed, sky.tick, u32::from(ship.id.player.0), Purpose::Hyperspace);
    let mut draw = || Vec2::new(keyed.range(-reach, reach), keyed.range(-reach, reach));
    let clear = sky.arena.star.burn_radius * CLEAR;
    // Far enough that whatever sweeps from tick to tick takes it for a leap.
    let good = |pos: Vec2| pos.length() > clear && pos.distance(before) > 2.0 * LEAP_U;
    let mut pos = draw();
    for _ in 1..TRIES {
        if good(pos) {
            break;
        }
        pos = draw();
    }
    ship.body.pos = Lattice::nearest(pos);
}

/// Whether the jump that `ship` has just made breaks it.
pub(super) fn breaks(ship: &Ship, defs: &Defs, secret: u64, tick: Tick) -> bool {
    let jumps = defs.ship(ship.class).special.kind == Special::Hyperspace;
    jumps
        && Keyed::new(secret, tick, u32::from(ship.id.player.0), Purpose::Hyperspace)
            .chance(RISK * f32::from(ship.jumps))
}

/// Those whose jump went wrong are no more.
pub(super) fn resolve(stage: &mut Stage<'_>, scratch: &mut Scratch) {
    for player in scratch.lost.drain(..) {
        let Some(ship) = stage.world.ship(player) else { continue };
        let amount = ship.hull + ship.shield + MILLI;
        damage::hurt(stage, player, Hurt { amount, by: None, cause: Cause::Hyperspace });
    }
}
