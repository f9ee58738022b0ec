//! The last second as others saw it: the truth of every ship at every recent tick, for deltas; what ended in each, so that
//! nobody has to search for it; and what happened, for sparks.
//!
//! Invariant: every shot, loose rock and pickup of the world has a slot of its own here, and whoever was told of a thing
//! and then goes through the moments in order misses no end.

use super::sets::Slots;
use crate::{
    defs::Defs,
    ids::{BodyId, PlayerId, ShotKey},
    limits::{HISTORY_TICKS, ROCKS_MAX},
    protocol::{
        body::{self, Happening, rock_steps},
        entity_state::PublicShip,
    },
    quantize::Lattice,
    sim::{Cause, Event, ShotHit, World, world::MILLI},
    tick::Tick,
};

/// The end of a thing that its readers cannot foretell, with the slot it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended<N> {
    /// Slot it had.
    pub slot: u16,
    /// Its name on the wire.
    pub name: N,
    /// Whom a shot hit, or who took a pickup.
    pub by: Option<PlayerId>,
    /// The hit did all of the weapon's damage.
    pub hurt: bool,
}

/// Something that happened, and how a reader may know of it otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub what: Happening,
    /// Where, if its reader need not know the ship.
    pub place: Option<Lattice>,
    /// The shot whose end says the same.
    pub shot: Option<ShotKey>,
}

/// Ends of one kind of thing in one tick.
#[derive(Debug, Clone)]
pub struct Ends<N> {
    /// Those that must be told.
    pub told: Vec<Ended<N>>,
    /// Slots of those that ended as everybody could foretell.
    pub foreseen: Vec<u16>,
}

impl<N> Default for Ends<N> {
    fn default() -> Ends<N> {
        Ends { told: Vec::new(), foreseen: Vec::new() }
    }
}

impl<N> Ends<N> {
    fn clear(&mut self) {
        self.told.clear();
        self.foreseen.clear();
    }
}

/// One tick.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// Which.
    pub tick: Tick,
    /// Ships by slot, with their sums.
    pub ships: Vec<Option<(PublicShip, u64)>>,
    /// Decoys, likewise.
    pub decoys: Vec<(PublicShip, u64)>,
    /// Shots that ended.
    pub shots: Ends<ShotKey>,
    /// Loose rocks that ended.
    pub rocks: Ends<BodyId>,
    /// Slots of loose rocks whose hull on the wire changed.
    pub chipped: Vec<(u16, BodyId)>,
    /// Slots of loose rocks that a tow line pulled at.
    pub towed: Vec<(u16, BodyId)>,
    /// Pickups that ended.
    pub pickups: Ends<BodyId>,
    /// What happened.
    pub happenings: Vec<Happened>,
}

impl Moment {
    /// What was seen under this name, and its sum.
    fn shown(&self, player: PlayerId) -> Option<&(PublicShip, u64)> {
        if player.is_decoy() {
            return self.decoys.iter().find(|(ship, _)| ship.id.player == player);
        }
        self.ships.get(player.index())?.as_ref()
    }
}

/// A thing that ends by itself at a tick known to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mortal<N> {
    name: N,
    ends: Tick,
}

/// The last [`HISTORY_TICKS`] ticks.
#[derive(Debug, Clone)]
pub struct History {
    moments: Vec<Moment>,
    shots: Slots<Mortal<ShotKey>>,
    rocks: Slots<BodyId>,
    rock_steps: Vec<u8>,
    /// When a line last pulled at the rock in each slot.
    rock_towed: Vec<Option<Tick>>,
    pickups: Slots<Mortal<BodyId>>,
}

impl Default for History {
    fn default() -> History {
        History {
            moments: vec![Moment::default(); HISTORY_TICKS],
            shots: Slots::default(),
            rocks: Slots::default(),
            rock_steps: vec![0; ROCKS_MAX],
            rock_towed: vec![None; ROCKS_MAX],
            pickups: Slots::default(),
        }
    }
}

impl History {
    /// Remembers `world` as it is, and the events of the step that made it.
    pub fn record(&mut self, world: &World, defs: &Defs, events: &[Event]) {
        let History { moments, shots, rocks, rock_steps, rock_towed, pickups } = self;
        let moment = &mut moments[world.tick.0 as usize % HISTORY_TICKS];
        moment.tick = world.tick;
        moment.ships.clear();
        moment.ships.extend(world.pilots.iter().map(|pilot| {
            let ship = PublicShip::of(pilot.as_ref()?.ship.as_ref()?, defs);
            Some((ship, ship.sum()))
        }));
        moment.decoys.clear();
        moment.decoys.extend(world.decoys.iter().map(|decoy| {
            let ship = PublicShip::of(&decoy.ship, defs);
            (ship, ship.sum())
        }));
        record_shots(moment, shots, world, defs, events);
        record_rocks(moment, rocks, (rock_steps, rock_towed), world, events);
        record_pickups(moment, pickups, world, events);
        record_happenings(moment, world, defs, events);
    }

    /// The moment at `tick`, if remembered.
    #[must_use]
    pub fn at(&self, tick: Tick) -> Option<&Moment> {
        Some(&self.moments[tick.0 as usize % HISTORY_TICKS]).filter(|moment| moment.tick == tick)
    }

    /// The moments after `from` up to `to`, oldest first, as far as they are remembered.
    pub fn since(&self, from: Tick, to: Tick) -> impl Iterator<Item = &Moment> {
        let ticks = to.since(from).clamp(0, HISTORY_TICKS as i32 - 1);
        (0..ticks).rev().filter_map(move |i| self.at(to.plus(-i)))
    }

    /// A ship at `tick`.
    #[must_use]
    pub fn ship(&self, player: PlayerId, tick: Tick) -> Option<&PublicShip> {
        Some(&self.at(tick)?.shown(player)?.0)
    }

    /// The check sum of a ship at `tick`.
    #[must_use]
    pub fn sum(&self, player: PlayerId, tick: Tick) -> Option<u64> {
        Some(self.at(tick)?.shown(player)?.1)
    }

    /// The same life of a ship at each tick after `from` up to `to`, oldest first, if all are remembered.
    pub fn path(&self, base: &PublicShip, from: Tick, to: Tick, path: &mut Vec<PublicShip>) -> bool {
        path.clear();
        let ticks = to.since(from);
        if !(1..HISTORY_TICKS as i32).contains(&ticks) {
            return false;
        }
        for i in 1..=ticks {
            match self.ship(base.id.player, from.plus(i)) {
                Some(ship) if ship.id == base.id => path.push(*ship),
                _ => return false,
            }
        }
        true
    }

    /// The slot of the world's shot number `index`.
    #[must_use]
    pub fn shot_slot(&self, index: usize) -> u16 {
        self.shots.of(index)
    }

    /// The slot of the world's loose rock number `index`.
    #[must_use]
    pub fn rock_slot(&self, index: usize) -> u16 {
        self.rocks.of(index)
    }

    /// Hull on the wire of the loose rock in `slot`.
    #[must_use]
    pub fn rock_steps(&self, slot: u16) -> u8 {
        self.rock_steps[usize::from(slot)]
    }

    /// The slot of the world's pickup number `index`.
    #[must_use]
    pub fn pickup_slot(&self, index: usize) -> u16 {
        self.pickups.of(index)
    }
}

fn record_shots(moment: &mut Moment, slots: &mut Slots<Mortal<ShotKey>>, world: &World, defs: &Defs, events: &[Event]) {
    moment.shots.clear();
    let mortal = |shot: &crate::sim::Shot| {
        let left = i32::from(defs.weapon(shot.weapon).life_ticks()) - i32::from(shot.age);
        Mortal { name: shot.key, ends: world.tick.plus(left) }
    };
    let Ends { told, foreseen } = &mut moment.shots;
    slots.follow(world.shots.iter().map(mortal), |slot, Mortal { name, ends }| {
        // A shot's last tick is the one at its age's end; in the next it is gone. Star and planets stop it for all to see.
        if world.tick.is_after(ends) || events.iter().any(|event| is_fall(event, name)) {
            foreseen.push(slot);
        } else {
            told.push(Ended { slot, name, by: None, hurt: false });
        }
    });
    // A blow comes right behind the shot that dealt it.
    for (i, event) in events.iter().enumerate() {
        let Event::ShotEnded { key, hit: ShotHit::Ship(player), .. } = *event else { continue };
        if let Some(ended) = told.iter_mut().find(|ended| ended.name == key) {
            ended.by = Some(player);
            ended.hurt = full_blow(events.get(i + 1), key, player, defs);
        }
    }
}

/// Whether `event` is the shot `name` meeting the star, a planet or a core.
fn is_fall(event: &Event, name: ShotKey) -> bool {
    matches!(event, Event::ShotEnded { key, hit: ShotHit::Planet(_) | ShotHit::Star | ShotHit::Core(_), .. } if *key == name)
}

/// Whether `event` is `victim` taking all the damage of a weapon, from the owner of the shot `key`.
fn full_blow(event: Option<&Event>, key: ShotKey, victim: PlayerId, defs: &Defs) -> bool {
    match event {
        Some(&Event::Damaged { ship, by, cause: Cause::Shot(weapon), amount }) => {
            ship.player == victim && by == Some(key.owner) && amount == i32::from(defs.weapon(weapon).damage) * MILLI
        }
        _ => false,
    }
}

fn record_rocks(
    moment: &mut Moment,
    slots: &mut Slots<BodyId>,
    (steps, towed): (&mut [u8], &mut [Option<Tick>]),
    world: &World,
    events: &[Event],
) {
    moment.rocks.clear();
    moment.chipped.clear();
    moment.towed.clear();
    let Ends { told, foreseen } = &mut moment.rocks;
    slots.follow(world.rocks.iter().map(|rock| rock.id), |slot, name| {
        let crumbled =
            events.iter().any(|event| matches!(event, Event::LooseBroken { id, by_force: false, .. } if *id == name));
        // Whoever has not heard yet where a line took it foresees another end, or none.
        let strayed = towed[usize::from(slot)].take().is_some_and(|when| world.tick.since(when) < HISTORY_TICKS as i32);
        if crumbled && !strayed {
            foreseen.push(slot);
        } else {
            told.push(Ended { slot, name, by: None, hurt: false });
        }
    });
    for (index, rock) in world.rocks.iter().enumerate() {
        let slot = slots.of(index);
        let now = rock_steps(rock.hull, rock.size);
        let before = core::mem::replace(&mut steps[usize::from(slot)], now);
        if before != now {
            moment.chipped.push((slot, rock.id));
        }
        if world.towed.contains(&rock.id) {
            towed[usize::from(slot)] = Some(world.tick);
            moment.towed.push((slot, rock.id));
        }
    }
}

fn record_pickups(moment: &mut Moment, slots: &mut Slots<Mortal<BodyId>>, world: &World, events: &[Event]) {
    moment.pickups.clear();
    let mortal =
        |pickup: &crate::sim::Pickup| Mortal { name: pickup.id, ends: world.tick.plus(i32::from(pickup.life)) };
    let Ends { told, foreseen } = &mut moment.pickups;
    slots.follow(world.pickups.iter().map(mortal), |slot, Mortal { name, ends }| {
        let by = events.iter().find_map(|event| match event {
            Event::Collected { id, by, .. } if *id == name => Some(*by),
            _ => None,
        });
        if by.is_none() && !ends.is_after(world.tick) {
            foreseen.push(slot);
        } else {
            told.push(Ended { slot, name, by, hurt: false });
        }
    });
}

fn record_happenings(moment: &mut Moment, world: &World, defs: &Defs, events: &[Event]) {
    moment.happenings.clear();
    let mut shot = None;
    for event in events {
        let (what, place) = match *event {
            Event::ShotEnded { key, .. } => {
                let told = moment.shots.told.iter().find(|ended| ended.name == key);
                shot = told.filter(|ended| ended.hurt).map(|ended| ended.name);
                continue;
            }
            Event::Launched { ship } => (Happening::Launched(ship), None),
            Event::Destroyed { ship, .. } => {
                let death = world.pilot(ship.player).and_then(|pilot| pilot.death);
                (Happening::Destroyed(ship), death.map(|death| death.pos))
            }
            Event::Damaged { ship, by, cause, amount } => {
                let points = body::points_of(amount);
                (Happening::Damaged { player: ship.player, by, points, cause }, None)
            }
            // A beam is seen by the ship that has it on.
            Event::Ray { weapon, .. } if defs.weapon(weapon).is_beam() => continue,
            Event::Ray { owner, from, to, hit, weapon: _ } => {
                let victim = match hit {
                    Some(ShotHit::Ship(player)) => Some(player),
                    _ => None,
                };
                (Happening::Ray { owner, from, to, struck: hit.is_some(), victim }, None)
            }
            _ => continue,
        };
        let shot = shot.take();
        if !matches!(what, Happening::Damaged { points: 0, .. }) {
            moment.happenings.push(Happened { what, place, shot });
        }
    }
}
