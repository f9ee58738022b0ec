//! What happened during a step, for scores, replication and effects. Invariant: events tell of changes already
//! made to the world; nobody has to apply them.

use serde::{Deserialize, Serialize};

use crate::{
    defs::{PickupKind, RockSize, Team, WeaponKind},
    ids::{BodyId, PlayerId, ShipId, ShotKey},
    quantize::Lattice,
};

/// What hurt a ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// A shot of this weapon.
    Shot(WeaponKind),
    /// The star's heat.
    Star,
    /// Hitting a planet.
    Planet,
    /// Hitting a rock.
    Rock,
    /// Hitting another ship.
    Ram,
    /// Staying outside the arena.
    Edge,
    /// Hitting a team's core.
    Core,
    /// A jump through hyperspace that went wrong.
    Hyperspace,
}

/// What a shot ended on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShotHit {
    /// A ship.
    Ship(PlayerId),
    /// A rock of a belt, by slot.
    Belt(u16),
    /// A loose rock.
    Loose(BodyId),
    /// A planet, by index.
    Planet(u8),
    /// The star.
    Star,
    /// The core of a team.
    Core(Team),
}

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A ship came into the world.
    Launched {
        /// Which.
        ship: ShipId,
    },
    /// A ship left the world without being destroyed.
    Parked {
        /// Which.
        ship: ShipId,
    },
    /// A shot hit something before its time. (A shot that merely expires tells nobody: both ends know.)
    ShotEnded {
        /// Which.
        key: ShotKey,
        /// What it hit.
        hit: ShotHit,
        /// Where.
        pos: Lattice,
    },
    /// A ray left a barrel and went all of its way.
    Ray {
        /// Whose.
        owner: PlayerId,
        /// Of what.
        weapon: WeaponKind,
        /// Muzzle.
        from: Lattice,
        /// Where it was stopped, or its end.
        to: Lattice,
        /// What stopped it, if anything.
        hit: Option<ShotHit>,
    },
    /// A ship lost shield or hull.
    Damaged {
        /// Which.
        ship: ShipId,
        /// By whom.
        by: Option<PlayerId>,
        /// Of what.
        cause: Cause,
        /// Milli-points.
        amount: i32,
    },
    /// One of those who did damage to a ship that is about to be destroyed; told before its end, most first.
    Blamed {
        /// Whose ship.
        victim: PlayerId,
        /// By whom.
        by: PlayerId,
        /// Milli-points, of the last seconds.
        amount: i32,
    },
    /// A ship was destroyed.
    Destroyed {
        /// Which.
        ship: ShipId,
        /// By whom.
        killer: Option<PlayerId>,
        /// Of what.
        cause: Cause,
        /// Points the killer gained.
        points: u32,
    },
    /// A belt rock broke.
    BeltBroken {
        /// Slot.
        slot: u16,
    },
    /// A loose rock broke (or crumbled, when `by_force` is false).
    LooseBroken {
        /// Which.
        id: BodyId,
        /// Size.
        size: RockSize,
        /// Shot apart rather than crumbled.
        by_force: bool,
    },
    /// A season is over: scores begin anew.
    SeasonEnded,
    /// A pickup was taken.
    Collected {
        /// Which.
        id: BodyId,
        /// What.
        kind: PickupKind,
        /// By whom.
        by: PlayerId,
    },
    /// A round began.
    RoundBegan,
    /// A round was decided.
    RoundOver {
        /// Who won it; nobody in a draw.
        winner: Option<Team>,
        /// The match is over, too.
        won: bool,
    },
}
