//! Rocks: chipping, breaking, drifting, growing back.

use glam::Vec2;

use super::{events::Event, pickups, sky::Sky, stage::Stage, world::LooseRock};
use crate::{
    defs::{RockSize, rock},
    ids::BodyId,
    limits::ROCKS_MAX,
    math,
    quantize::Lattice,
    rng::{Keyed, Purpose},
    tick::ticks,
};

/// Moves a loose rock by one tick; false when its time is up or it met the star or a planet.
pub fn advance(rock: &mut LooseRock, sky: &Sky<'_>) -> bool {
    rock.life = rock.life.saturating_sub(1);
    sky.fall(&mut rock.pos, &mut rock.vel);
    let pos = rock.pos.to_vec2();
    let reach = sky.arena.star.burn_radius + rock.size.def().radius;
    let on_planet = sky.arena.planets.iter().zip(sky.planets).any(|(planet, centre)| {
        let reach = planet.radius + rock.size.def().radius * 0.5;
        (pos - centre).length_squared() < reach * reach
    });
    rock.life > 0 && pos.length_squared() > reach * reach && !on_planet
}

/// Moves every loose rock and lets broken belt rocks grow back.
pub(super) fn resolve(stage: &mut Stage<'_>) {
    let Stage { world, sky, events, .. } = stage;
    world.rocks.retain_mut(|rock| {
        let stays = advance(rock, sky);
        if !stays {
            events.push(Event::LooseBroken { id: rock.id, size: rock.size, by_force: false });
        }
        stays
    });
    for (slot, rock) in world.belt.iter_mut().enumerate() {
        if rock.regrow.is_some_and(|when| !when.is_after(world.tick)) {
            rock.regrow = None;
            rock.hull = world.layout.slots[slot].size.def().hull;
        }
    }
}

/// Takes `points` off a belt rock; at 0 it breaks and starts to grow back.
pub(super) fn chip_belt(stage: &mut Stage<'_>, slot: u16, points: u16) {
    let index = usize::from(slot);
    let regrow = stage.world.tick.plus(i32::from(stage.defs.rules.belt_regrow_ticks));
    let rock = &mut stage.world.belt[index];
    rock.hull = rock.hull.saturating_sub(points);
    if rock.hull > 0 {
        return;
    }
    rock.regrow = Some(regrow);
    stage.events.push(Event::BeltBroken { slot });
    let (layout, tick) = (&stage.world.layout, stage.world.tick);
    let (pos, vel) = (layout.rock(index, tick, 0.0), layout.rock_velocity(index, tick));
    shatter(stage, layout_size(stage, index), pos, vel, u32::from(slot));
}

fn layout_size(stage: &Stage<'_>, index: usize) -> RockSize {
    stage.world.layout.slots[index].size
}

/// Takes `points` off a loose rock; at 0 it breaks.
pub(super) fn chip_loose(stage: &mut Stage<'_>, id: BodyId, points: u16) {
    let Some(index) = stage.world.rocks.iter().position(|rock| rock.id == id) else { return };
    let rock = &mut stage.world.rocks[index];
    rock.hull = rock.hull.saturating_sub(points);
    if rock.hull > 0 {
        return;
    }
    let rock = stage.world.rocks.remove(index);
    stage.events.push(Event::LooseBroken { id, size: rock.size, by_force: true });
    shatter(stage, rock.size, rock.pos.to_vec2(), rock.vel.to_vec2(), 0x1_0000 | u32::from(id.0));
}

/// Turns a rock into two smaller ones and its ore. `entity` keys the draw.
fn shatter(stage: &mut Stage<'_>, size: RockSize, pos: Vec2, vel: Vec2, entity: u32) {
    let mut keyed = Keyed::new(stage.world.secret, stage.world.tick, entity, Purpose::Debris);
    pickups::scatter(stage, &mut keyed, size, pos, vel);
    let Some(part) = size.def().breaks_into else { return };
    let away = math::unit(keyed.angle());
    for side in [away, -away] {
        if stage.world.rocks.len() >= ROCKS_MAX {
            return;
        }
        let rock = LooseRock {
            id: stage.world.fresh_body(),
            size: part,
            pos: Lattice::nearest(pos + side * part.def().radius),
            vel: Lattice::nearest(vel + side * (rock::BREAK_SPEED * keyed.range(0.7, 1.3))),
            hull: part.def().hull,
            life: ticks(rock::LOOSE_LIFE_S),
            flung: None,
        };
        stage.world.rocks.push(rock);
    }
}
