//! A crowd for the benchmark: as many ships, shots and rocks as the game promises to draw in time, all of them in sight,
//! all of them moving, shooting and being struck. Invariant: a function of the tick alone, so that every run draws the same;
//! nothing here knows the rules.

use glam::Vec2;
use shared::{
    defs::{PickupKind, RockSize, ShipClass, WeaponKind},
    ids::{BodyId, PlayerId, ShipId, ShotKey},
    math,
    replica::view::{Focus, Gauges, Phase, PickupView, RockId, RockView, ShipView, ShotView, View, ViewEvent},
    rng::{Keyed, Purpose},
    sim::Buttons,
    tick::Tick,
};

/// What is in sight.
pub const SHIPS: u16 = 200;
/// What is in sight.
pub const SHOTS: u16 = 400;
/// What is in sight.
pub const ROCKS: u16 = 300;
const PICKUPS: u16 = 40;
/// Where all of it is: half of the usual view, u.
const HALF: Vec2 = Vec2::new(780.0, 430.0);
/// A shot is another one after this many ticks.
const SHOT_TICKS: u32 = 60;

/// The picture of a tick; the memory of `view` is used again.
pub fn draw(view: &mut View, tick: u32) {
    view.phase = Phase::Flying;
    view.tick = Tick(tick);
    (view.arena_radius, view.view_factor) = (2_200.0, 1.0);
    view.own = Some(Gauges { hull: (60.0, 100.0), shield: (f32::from((tick % 40) as u8), 40.0), ..Gauges::default() });
    view.ships.clear();
    view.ships.extend((0..SHIPS).map(|i| ship(i, tick)));
    view.shots.clear();
    view.shots.extend((0..SHOTS).map(|i| shot(i, tick)));
    view.rocks.clear();
    view.rocks.extend((0..ROCKS).map(|i| rock(i, tick)));
    view.pickups.clear();
    view.pickups.extend((0..PICKUPS).map(pickup));
    view.planets.clear();
    view.planets.extend([Vec2::new(1_300.0, 200.0), Vec2::new(-900.0, 1_400.0)]);
    let own = view.ships[0];
    view.focus = Focus { pos: own.pos, vel: own.vel, ship: Some(own.id) };
    events(view, tick);
}

/// A fixed draw of thing `i`: the `n`-th of its numbers, in [0, 1).
fn lot(i: u16, n: u32) -> f32 {
    Keyed::new(7, Tick(n), u32::from(i), Purpose::Bot).unit()
}

/// On an ellipse of its own, once round in 8 to 20 s.
fn ship(i: u16, tick: u32) -> ShipView {
    let rate = math::TAU / (8.0 + 12.0 * lot(i, 1)) * if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    let phase = lot(i, 2) * math::TAU + tick as f32 / 60.0 * rate;
    let reach = if i == 0 { Vec2::splat(60.0) } else { HALF * (0.15 + 0.85 * lot(i, 3).sqrt()) };
    let way = math::unit(phase);
    let vel = Vec2::new(-way.y, way.x) * reach * rate;
    let buttons = if (tick / 40 + u32::from(i)).is_multiple_of(3) { Buttons::FIRE } else { Buttons::THRUST };
    ShipView {
        id: ShipId { player: PlayerId(i), life: 1 },
        class: ShipClass::from_index((i % ShipClass::COUNT as u16) as u8).unwrap_or_default(),
        pos: way * reach,
        vel,
        heading_rad: math::angle_of(vel),
        buttons: Buttons(buttons),
        hull: 0.2 + 0.8 * lot(i, 4),
        shield: lot(i, 5 + tick / 60),
        protected: i % 17 == 3,
        charging: i % 13 == 5,
        special: i % 7 == 2,
        over: i % 19 == 4,
        multi: i % 23 == 6,
        line: None,
        own: i == 0,
        stale: false,
    }
}

fn shot(i: u16, tick: u32) -> ShotView {
    let age = (tick + u32::from(i)) % SHOT_TICKS;
    let number = (tick + u32::from(i)) / SHOT_TICKS;
    let vel = math::unit(lot(i, 900 + number) * math::TAU) * 420.0;
    let from = HALF * Vec2::new(lot(i, 100 + number), lot(i, 500 + number)) * 2.0 - HALF;
    let weapons = [WeaponKind::Pulse, WeaponKind::Twin, WeaponKind::Scatter, WeaponKind::Shards, WeaponKind::Torpedo];
    ShotView {
        key: ShotKey { owner: PlayerId(i % SHIPS), tick: number as u8, part: (i / SHIPS) as u8 },
        weapon: weapons[usize::from(i) % weapons.len()],
        pos: from + vel * (age as f32 / 60.0),
        vel,
        opacity: 1.0,
        own: i.is_multiple_of(SHIPS),
    }
}

fn rock(i: u16, tick: u32) -> RockView {
    let place = HALF * Vec2::new(lot(i, 11), lot(i, 12)) * 2.0 - HALF;
    RockView {
        id: RockId::Loose(BodyId(i)),
        size: RockSize::ALL[usize::from(i) % RockSize::ALL.len()],
        pos: place + math::unit(lot(i, 13) * math::TAU + tick as f32 / 200.0) * 30.0,
        spin_rad: tick as f32 / 90.0 + f32::from(i),
        hull: lot(i, 14),
    }
}

fn pickup(i: u16) -> PickupView {
    let pos = HALF * Vec2::new(lot(i, 21), lot(i, 22)) * 2.0 - HALF;
    PickupView { id: BodyId(1_000 + i), kind: PickupKind::Ore, pos, fading: i.is_multiple_of(5), owner: None }
}

/// A heavy fight: some thirty shots leave and strike in every tick, something breaks ten times a second.
fn events(view: &mut View, tick: u32) {
    view.events.clear();
    for n in 0..8 {
        let ship = view.ships[(tick as usize * 13 + n * 29) % view.ships.len()];
        let (owner, weapon) = (ship.id.player, WeaponKind::Pulse);
        view.events.push(ViewEvent::Fired { owner, weapon, pos: ship.pos, own: ship.own });
        let (pos, vel) = (ship.pos, Vec2::new(400.0, 90.0));
        view.events.push(ViewEvent::Struck { pos, vel, ship: Some(ship.id) });
        let (by, amount) = (Some(PlayerId(1)), 12);
        view.events.push(ViewEvent::Damaged { ship: ship.id, by, amount, pos, own: ship.own, by_own: false });
    }
    if tick.is_multiple_of(6) {
        let ship = view.ships[1 + tick as usize % (view.ships.len() - 1)];
        view.events.push(ViewEvent::Destroyed { ship: ship.id, pos: ship.pos, vel: ship.vel, own: false });
        view.events.push(ViewEvent::RockBroken { pos: ship.pos, size: RockSize::Large });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_promised_is_in_sight_and_moves_smoothly() {
        let (mut one, mut next) = (View::default(), View::default());
        for tick in [0, 100, 5_000] {
            draw(&mut one, tick);
            draw(&mut next, tick + 1);
            assert_eq!((one.ships.len(), one.shots.len(), one.rocks.len()), (200, 400, 300));
            let inside = |pos: Vec2| pos.abs().cmple(HALF + Vec2::splat(450.0)).all();
            assert!(one.shots.iter().all(|shot| inside(shot.pos)));
            assert!(one.ships.iter().all(|ship| ship.pos.abs().cmple(HALF).all()), "tick {tick}");
            let leap = |(a, b): (&ShipView, &ShipView)| a.pos.distance(b.pos);
            assert!(one.ships.iter().zip(&next.ships).map(leap).all(|leap| leap < 20.0), "tick {tick}");
            assert!(one.own_ship().is_some() && one.events.len() >= 24);
        }
    }
}
