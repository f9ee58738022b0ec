//! From the world of a recording to the [`View`] that is drawn: the same plain data that a connection's scribe
//! writes, by the same functions. Invariant: it decides nothing about the game; all of the world is described,
//! because a recording has no secrets left.

use glam::Vec2;

use crate::{
    defs::{Defs, PickupKind},
    ids::{BodyId, PlayerId, ShipId, ShotKey},
    protocol::reckon::{Reckoner, Skies},
    quantize::Lattice,
    replica::{
        picture, shot_line,
        view::{self, RoundView, View, ViewEvent},
    },
    room::rounds,
    sim::{Event, Kinematics, ShotHit, World, torus, world::MILLI, wormhole},
    tick::Tick,
};

/// Events kept for one frame; the oldest beyond that are dropped.
const EVENTS_MAX: usize = 512;

/// Where things were before the last step: what moved is drawn between the two, and what is gone was there.
#[derive(Debug, Clone, Default)]
pub struct Projector {
    ships: Vec<(ShipId, Kinematics)>,
    shots: Vec<(ShotKey, Lattice)>,
    rocks: Vec<(BodyId, Lattice)>,
    pickups: Vec<(BodyId, Lattice)>,
    skies: Skies,
}

impl Projector {
    /// Remembers `world` before its next step; after a seek, as it is: a still picture until it goes on.
    pub fn remember(&mut self, world: &World) {
        self.ships.clear();
        self.ships.extend(world.shown_ships().map(|ship| (ship.id, ship.body)));
        self.shots.clear();
        self.shots.extend(world.shots.iter().map(|shot| (shot.key, shot.vel)));
        self.rocks.clear();
        self.rocks.extend(world.rocks.iter().map(|rock| (rock.id, rock.pos)));
        self.pickups.clear();
        self.pickups.extend(world.pickups.iter().map(|pickup| (pickup.id, pickup.pos)));
    }

    /// Turns the events of the step from what is remembered to `world` into those of a picture, for a watcher who
    /// follows `own`.
    pub fn tell(&self, world: &World, defs: &Defs, events: &[Event], own: Option<PlayerId>, told: &mut Vec<ViewEvent>) {
        for shot in world.shots.iter().filter(|shot| shot.age == 0) {
            let owner = shot.key.owner;
            view::push_fired(told, owner, shot.weapon, shot.pos.to_vec2(), Some(owner) == own);
        }
        // A beam is seen by the ship that has it on.
        let beam = |event: &&Event| matches!(event, Event::Ray { weapon, .. } if defs.weapon(*weapon).is_beam());
        told.extend(events.iter().filter(|event| !beam(event)).filter_map(|event| self.event(world, event, own)));
        told.extend(world.shown_ships().filter_map(|ship| {
            let (from, to) = (self.was(|was| was == ship.id)?.1.pos.to_vec2(), ship.body.pos.to_vec2());
            let own = Some(ship.id.player) == own;
            let leapt = wormhole::leapt(from, to) && !torus::came_round(from, to, defs.arena.wrap_half);
            leapt.then_some(ViewEvent::Leapt { ship: ship.id, from, to, own })
        }));
        let gone = self.ships.iter().filter(|(id, _)| id.player.is_decoy() && world.shown_ship(id.player).is_none());
        told.extend(gone.map(|(_, body)| ViewEvent::Dissolved { pos: body.pos.to_vec2(), vel: body.vel.to_vec2() }));
        if told.len() > EVENTS_MAX {
            told.drain(..told.len() - EVENTS_MAX);
        }
    }

    fn event(&self, world: &World, event: &Event, own: Option<PlayerId>) -> Option<ViewEvent> {
        Some(match *event {
            Event::Launched { ship } => ViewEvent::Launched { ship, pos: world.ship(ship.player)?.body.pos.to_vec2() },
            Event::ShotEnded { key, hit, pos } => {
                let (_, vel) = self.shots.iter().find(|(known, _)| *known == key)?;
                let ship = match hit {
                    ShotHit::Ship(player) => self.was(|ship| ship.player == player).map(|(ship, _)| ship),
                    ShotHit::Belt(_) | ShotHit::Loose(_) | ShotHit::Planet(_) | ShotHit::Star | ShotHit::Core(_) => {
                        None
                    }
                };
                ViewEvent::Struck { pos: pos.to_vec2(), vel: vel.to_vec2(), ship }
            }
            Event::Ray { owner, from, to, hit, weapon: _ } => {
                let ship = match hit {
                    Some(ShotHit::Ship(player)) => self.was(|ship| ship.player == player).map(|(ship, _)| ship),
                    Some(_) | None => None,
                };
                let (from, to, struck) = (from.to_vec2(), to.to_vec2(), hit.is_some());
                ViewEvent::Beam { owner, from, to, struck, ship, own: Some(owner) == own }
            }
            Event::Damaged { ship, by, cause: _, amount } => {
                let amount = u16::try_from((amount + MILLI / 2) / MILLI).ok().filter(|points| *points > 0)?;
                let here = world.ship(ship.player).filter(|there| there.id == ship).map(|there| there.body);
                let body = here.or_else(|| self.was(|was| was == ship).map(|(_, body)| body))?;
                let own_ship = Some(ship.player) == own;
                ViewEvent::Damaged {
                    ship,
                    by,
                    amount,
                    pos: body.pos.to_vec2(),
                    own: own_ship,
                    by_own: by.is_some() && by == own,
                }
            }
            Event::Destroyed { ship, .. } => {
                let (_, body) = self.was(|was| was == ship)?;
                let own = Some(ship.player) == own;
                ViewEvent::Destroyed { ship, pos: body.pos.to_vec2(), vel: body.vel.to_vec2(), own }
            }
            Event::BeltBroken { slot } => {
                let size = world.layout.slots.get(usize::from(slot))?.size;
                ViewEvent::RockBroken { pos: world.layout.rock(usize::from(slot), world.tick, 0.0), size }
            }
            Event::LooseBroken { id, size, by_force: true } => {
                ViewEvent::RockBroken { pos: place_of(&self.rocks, id)?, size }
            }
            Event::Collected { id, kind, by } => self.collected(id, kind, Some(by) == own)?,
            Event::Parked { .. }
            | Event::Blamed { .. }
            | Event::SeasonEnded
            | Event::LooseBroken { by_force: false, .. }
            | Event::RoundBegan
            | Event::RoundOver { .. } => return None,
        })
    }

    fn collected(&self, id: BodyId, kind: PickupKind, own: bool) -> Option<ViewEvent> {
        Some(ViewEvent::Collected { pos: place_of(&self.pickups, id)?, kind, own })
    }

    fn was(&self, which: impl Fn(ShipId) -> bool) -> Option<(ShipId, Kinematics)> {
        self.ships.iter().find(|(ship, _)| which(*ship)).copied()
    }

    /// Fills `view`, all but its events: `alpha` of the way to `world`, through the eyes of `own`. Without anybody to
    /// follow, the focus of `view` stays.
    pub fn describe(&mut self, world: &World, defs: &Defs, alpha: f32, own: Option<PlayerId>, view: &mut View) {
        let (layout, shown) = (&world.layout, world.tick.plus(-1));
        view.tick = shown;
        view.alpha = alpha;
        view.arena_radius = world.edge.radius_u();
        view.planets.clear();
        view.planets.extend((0..layout.planets.len()).map(|planet| layout.planet(planet, shown, alpha)));
        view.ships.clear();
        view.ships.extend(world.shown_ships().map(|ship| {
            // A ship that was not there before stands where it appeared.
            let before = self.was(|was| was == ship.id).map_or(ship.body, |(_, body)| body);
            picture::ship(ship, defs, picture::between(before, ship.body, alpha), Some(ship.id.player) == own)
        }));
        view.follow_own();
        view.shots.clear();
        view.shots.extend(world.shots.iter().map(|shot| picture::shot(shot, alpha, 1.0, Some(shot.key.owner) == own)));
        rocks(world, shown, alpha, view);
        view.pickups.clear();
        view.pickups.extend(world.pickups.iter().map(|pickup| picture::pickup(pickup, alpha)));
        view.wells.clear();
        let wells = world.wells.iter().filter(|well| well.pulls(shown));
        view.wells.extend(wells.map(|well| (well.pos.to_vec2(), well.kind)));
        picture::wormhole(layout, defs, shown, view);
        view.round = rounds::news(world).map(|news| RoundView::of(&news, world.tick));
        picture::cores(layout, defs, shown, alpha, view);
        self.own(world, defs, own, view);
        picture::beams(view, defs);
    }

    fn own(&mut self, world: &World, defs: &Defs, own: Option<PlayerId>, view: &mut View) {
        view.forecast.clear();
        view.shot_line.points.clear();
        view.view_factor = 1.0;
        let Some(ship) = own.and_then(|own| world.ship(own)) else {
            view.own = None;
            return;
        };
        let (layout, edge_radius) = (&world.layout, world.edge.radius_u());
        self.skies.wells.clone_from(&world.wells);
        let sky = self.skies.at(layout, defs, world.tick);
        view.own = Some(picture::gauges(ship, defs, &sky, edge_radius));
        let mut reckoner = Reckoner { layout, defs, skies: &mut self.skies, edge_radius };
        picture::forecast(ship, defs, world.tick, &mut reckoner, &mut view.forecast);
        shot_line::draw(ship, defs, world.tick, &mut reckoner, &view.rocks, &mut view.shot_line);
    }
}

fn rocks(world: &World, shown: Tick, alpha: f32, view: &mut View) {
    view.rocks.clear();
    let belt = world.belt.iter().enumerate().filter(|(_, rock)| rock.regrow.is_none());
    view.rocks.extend(belt.map(|(slot, rock)| {
        let full = world.layout.slots[slot].size.def().hull;
        picture::belt_rock(&world.layout, slot, share(rock.hull, full), shown, alpha)
    }));
    let loose = world.rocks.iter();
    view.rocks
        .extend(loose.map(|rock| picture::loose_rock(rock, share(rock.hull, rock.size.def().hull), shown, alpha)));
}

fn share(hull: u16, full: u16) -> f32 {
    f32::from(hull) / f32::from(full).max(1.0)
}

fn place_of(known: &[(BodyId, Lattice)], id: BodyId) -> Option<Vec2> {
    known.iter().find(|(known, _)| *known == id).map(|(_, pos)| pos.to_vec2())
}
