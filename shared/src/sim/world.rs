//! The state of one arena. Invariant: at the end of every step each moving thing lies on the integer lattice;
//! everything here is authoritative (derived data lives in [`super::sky::Sky`] and is rebuilt).

use std::sync::Arc;

use super::{
    command::{Buttons, Command},
    layout::Layout,
    movement::Kinematics,
    prey::Prey,
    round::Round,
    scratch::Scratch,
    tow::Hook,
    wells::Well,
};
use crate::{
    defs::{Defs, PickupKind, RockSize, ShipClass, Special, Tuning, WeaponKind},
    ids::{BodyId, PlayerId, ShipId, ShotKey},
    quantize::{Lattice, STEPS},
    tick::Tick,
};

/// Thousandths of a point: the unit of hull, shield and energy.
pub const MILLI: i32 = 1_000;

/// How long a weapon is remembered to have been ready, ticks: as late as a trigger may come.
pub const READY_TICKS_MAX: i8 = 15;

/// One arena.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// The tick whose end this is.
    pub tick: Tick,
    /// Seed of every draw: launches, debris. Whoever knew it could foretell them, so no client is told.
    pub secret: u64,
    /// Planets and belts, from their own seed; never changes.
    pub layout: Arc<Layout>,
    /// The edge.
    pub edge: Edge,
    /// Pilots by slot.
    pub pilots: Vec<Option<Pilot>>,
    /// Shots in flight, in order of firing.
    pub shots: Vec<Shot>,
    /// Rocks of the belts, by slot of the layout.
    pub belt: Vec<BeltRock>,
    /// Loose rocks, by id.
    pub rocks: Vec<LooseRock>,
    /// Pickups, by age.
    pub pickups: Vec<Pickup>,
    /// Small stars for a while, by age; also those that ended lately.
    pub wells: Vec<Well>,
    /// The round under way, where there are rounds.
    pub round: Option<Round>,
    /// Loose rocks that a line pulled at in this tick: their way is no formula.
    pub towed: Vec<BodyId>,
    /// Likenesses of ships, by age.
    pub decoys: Vec<Decoy>,
    /// Next number for a free body.
    pub next_body: u16,
    /// What of the tables is not as usual: those of every step say the same.
    pub tuning: Tuning,
    /// Memory for steps; no state.
    pub scratch: Scratch,
}

/// The arena's edge, in lattice steps; moves toward its target a little each tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Edge {
    /// Radius now, 1/256 u.
    pub radius: i32,
    /// Radius it moves to, 1/256 u.
    pub target: i32,
}

impl Edge {
    /// Radius now, u.
    #[must_use]
    pub fn radius_u(self) -> f32 {
        self.radius as f32 / STEPS
    }
}

/// A pilot in a slot, with or without a ship.
#[derive(Debug, Clone, PartialEq)]
pub struct Pilot {
    /// Flown by the server.
    pub bot: bool,
    /// Points.
    pub score: u32,
    /// Ships destroyed.
    pub kills: u32,
    /// Ships lost.
    pub deaths: u32,
    /// Ships destroyed since the last one was lost.
    pub streak: u32,
    /// The most of those this season.
    pub best_streak: u32,
    /// The highest class flown this season; of equals the last.
    pub best_class: ShipClass,
    /// Launches so far, wrapping; the current or last ship's `life`.
    pub life: u8,
    /// The ship, while alive.
    pub ship: Option<Ship>,
    /// How the last ship was lost.
    pub death: Option<Death>,
    /// Who last did damage, and when.
    pub blame: Option<(PlayerId, Tick)>,
    /// When the ship was last turned into another.
    pub refit: Option<Tick>,
    /// Who did how much to this ship lately, for assists.
    pub hurts: Vec<Hurts>,
    /// Whom this pilot has destroyed lately.
    pub prey: Vec<Prey>,
    /// The same number for those who play from one place; 0: not known.
    pub household: u32,
}

/// What one pilot did to another's ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hurts {
    /// Who.
    pub by: PlayerId,
    /// Milli-points in all.
    pub amount: i32,
    /// The last time.
    pub tick: Tick,
}

/// Pilots remembered in [`Pilot::hurts`]; more: who did it longest ago is forgotten.
pub const HURTS_MAX: usize = 6;

/// How a ship was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Death {
    /// When.
    pub tick: Tick,
    /// Where.
    pub pos: Lattice,
    /// By whom, if anyone.
    pub killer: Option<PlayerId>,
    /// Of what.
    pub cause: super::events::Cause,
}

/// A ship, exactly. Its owner is told all of it, others only the public part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ship {
    /// Whose, and which life.
    pub id: ShipId,
    /// Class.
    pub class: ShipClass,
    /// Position, velocity, heading.
    pub body: Kinematics,
    /// What the engines did in the last step: buttons after energy and boost had their say, never the trigger.
    pub controls: Command,
    /// Hull, milli-points.
    pub hull: i32,
    /// Shield, milli-points; beyond what the class has while an over-shield wears off.
    pub shield: i32,
    /// Energy, milli-points.
    pub energy: i32,
    /// Ticks until the shield recharges.
    pub shield_wait: u16,
    /// Ticks until the next shot; below 0 it has been ready for that long, up to [`READY_TICKS_MAX`].
    pub cooldown: i8,
    /// Ticks until a charging ray is released; 0 when none is charging.
    pub charge: u8,
    /// Ticks of boost left.
    pub boost_left: u8,
    /// Ticks until the second weapon may fire.
    pub second_wait: u8,
    /// Ticks for which the special goes on by itself; 0 when it is not active.
    pub special_left: u16,
    /// Ticks until the special may begin again.
    pub special_wait: u16,
    /// Ticks of spawn protection left.
    pub protection: u16,
    /// Ticks since the engines were last on, up to [`ORBIT_TICKS`](super::helm::ORBIT_TICKS).
    pub coasted: u8,
    /// Ore aboard.
    pub cargo: u16,
    /// Ticks of multi-fire left.
    pub multi_left: u16,
    /// A repel is aboard.
    pub repel: bool,
    /// A decoy is aboard.
    pub decoy: bool,
    /// Jumps through hyperspace in this life.
    pub jumps: u8,
    /// What its tow line holds.
    pub line: Option<Hook>,
}

impl Ship {
    /// A fresh ship of `class`.
    #[must_use]
    pub fn fresh(id: ShipId, class: ShipClass, body: Kinematics, defs: &Defs) -> Ship {
        let def = defs.ship(class);
        Ship {
            id,
            class,
            body,
            controls: Command::new(Buttons(0), body.heading),
            hull: i32::from(def.hull) * MILLI,
            shield: i32::from(def.shield) * MILLI,
            energy: i32::from(def.energy) * MILLI,
            shield_wait: 0,
            cooldown: 0,
            charge: 0,
            boost_left: 0,
            second_wait: 0,
            special_left: 0,
            special_wait: if let Special::LongView(_) = def.special.kind { def.special.wait_ticks } else { 0 },
            protection: defs.rules.protection_ticks,
            coasted: 0,
            cargo: 0,
            multi_left: 0,
            repel: false,
            decoy: false,
            jumps: 0,
            line: None,
        }
    }
}

/// A likeness of a ship, see [`super::decoys`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoy {
    /// What is seen, under a name of its own.
    pub ship: Ship,
    /// Of whom.
    pub of: ShipId,
    /// Ticks until it is gone.
    pub left: u16,
}

/// A shot in flight: a pure function of its launch and time, until something ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shot {
    /// Name.
    pub key: ShotKey,
    /// What fired it.
    pub weapon: WeaponKind,
    /// Position.
    pub pos: Lattice,
    /// Velocity.
    pub vel: Lattice,
    /// Ticks since firing.
    pub age: u16,
}

/// A rock of a belt; where it is follows from the layout and the tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeltRock {
    /// Damage it still takes, points; 0 while broken.
    pub hull: u16,
    /// When it grows back, while broken.
    pub regrow: Option<Tick>,
}

/// A loose rock, falling freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooseRock {
    /// Name.
    pub id: BodyId,
    /// Size.
    pub size: RockSize,
    /// Position.
    pub pos: Lattice,
    /// Velocity.
    pub vel: Lattice,
    /// Damage it still takes, points.
    pub hull: u16,
    /// Ticks until it crumbles.
    pub life: u16,
    /// Who had it on a tow line last: what it hits is that pilot's doing. No client is told.
    pub flung: Option<PlayerId>,
}

/// A pickup, drifting to rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pickup {
    /// Name.
    pub id: BodyId,
    /// Kind.
    pub kind: PickupKind,
    /// Ore in it, or 1.
    pub amount: u8,
    /// Whose mine it is; nobody's for all else.
    pub owner: Option<PlayerId>,
    /// Position.
    pub pos: Lattice,
    /// Velocity.
    pub vel: Lattice,
    /// Ticks until it vanishes.
    pub life: u16,
}

impl World {
    /// An empty arena at tick 0: planets and belts by `seed`, which clients know, draws by `secret`, which they do not.
    #[must_use]
    pub fn new(seed: u64, secret: u64, defs: &Defs) -> World {
        let layout = Layout::new(seed, &defs.arena);
        let belt = layout.slots.iter().map(|slot| BeltRock { hull: slot.size.def().hull, regrow: None }).collect();
        let radius = Lattice::nearest(glam::Vec2::new(defs.arena.radius_min, 0.0)).x;
        World {
            tick: Tick(0),
            secret,
            layout: Arc::new(layout),
            edge: Edge { radius, target: radius },
            pilots: Vec::new(),
            shots: Vec::new(),
            belt,
            rocks: Vec::new(),
            pickups: Vec::new(),
            wells: Vec::new(),
            towed: Vec::new(),
            decoys: Vec::new(),
            round: defs.mode.teams.then(|| Round::first(defs)),
            next_body: 0,
            tuning: defs.tuning,
            scratch: Scratch::default(),
        }
    }

    /// The pilot in a slot.
    #[must_use]
    pub fn pilot(&self, player: PlayerId) -> Option<&Pilot> {
        self.pilots.get(player.index())?.as_ref()
    }

    /// The pilot in a slot, to change.
    pub fn pilot_mut(&mut self, player: PlayerId) -> Option<&mut Pilot> {
        self.pilots.get_mut(player.index())?.as_mut()
    }

    /// The ship of a pilot.
    #[must_use]
    pub fn ship(&self, player: PlayerId) -> Option<&Ship> {
        self.pilot(player)?.ship.as_ref()
    }

    /// Every ship, in order of slots.
    pub fn ships(&self) -> impl Iterator<Item = &Ship> {
        self.pilots.iter().flatten().filter_map(|pilot| pilot.ship.as_ref())
    }

    /// All that looks like a ship: ships, then decoys.
    pub fn shown_ships(&self) -> impl Iterator<Item = &Ship> {
        self.ships().chain(self.decoys.iter().map(|decoy| &decoy.ship))
    }

    /// What is seen under this name.
    #[must_use]
    pub fn shown_ship(&self, player: PlayerId) -> Option<&Ship> {
        if player.is_decoy() {
            return self.decoys.iter().map(|decoy| &decoy.ship).find(|ship| ship.id.player == player);
        }
        self.ship(player)
    }

    /// Number of pilots, with or without a ship.
    #[must_use]
    pub fn population(&self) -> usize {
        self.pilots.iter().flatten().count()
    }

    /// A number for a new free body that none in the world has.
    pub fn fresh_body(&mut self) -> BodyId {
        loop {
            let id = BodyId(self.next_body);
            self.next_body = self.next_body.wrapping_add(1);
            let taken =
                self.rocks.iter().any(|rock| rock.id == id) || self.pickups.iter().any(|pickup| pickup.id == id);
            if !taken {
                return id;
            }
        }
    }
}
