//! The last seconds before a kill, small enough to be sent to a friend: what the killer's screen showed, on a coarse grid.
//!
//! A [`Recording`](crate::replay) is exact and begins with its match; a clip is a few seconds from the middle of one, cut
//! by the page that saw it. It is evidence of nothing: whoever makes one could make up another.
//!
//! ```text
//! pictures of the page ─► Cut ─► Clip ─► bytes: MAGIC, then the clip ─► ClipScreening: the View that is drawn
//! path     first value, first difference, then how much each difference is more than the one before; 1/4 u, 1/1024 turn
//! ```
//!
//! Invariant: bytes from anywhere give an error, never a panic, an allocation of more than some times their length, or a
//! name that hides something.

mod cut;
mod path;
mod screening;

use serde::{Deserialize, Serialize};

use crate::{
    defs::{PickupKind, RockSize, ShipClass, Team, Terms, WeaponKind},
    ids::{BodyId, PlayerId, ShipId, ShotKey},
    limits::{NAME_BYTES_MAX, NAME_CHARS_MAX, PLAYERS_MAX},
    protocol::{DecodeError, codec},
    replay::is_plain,
    sim::{Cause, WellKind},
    tick::{TICK_HZ, Tick},
};

pub use cut::{Cut, Still};
use path::Path;
pub use screening::ClipScreening;

/// First bytes of every clip; the number is that of the format.
pub const MAGIC: [u8; 8] = *b"PERICLP1";
/// A clip is never longer, bytes: a crowded one has about 20,000.
pub const CLIP_BYTES_MAX: usize = 64 * 1_024;
/// Ticks from one frame to the next: 20 Hz, between which is interpolated.
pub const FRAME_TICKS: usize = 3;
/// Frames of a clip: some seconds.
pub const FRAMES_MAX: usize = 6 * TICK_HZ as usize / FRAME_TICKS;
/// Ships that a clip has names for.
const CAST_MAX: usize = 256;
/// Things that happen in a clip.
const MOMENTS_MAX: usize = 2_048;
/// Characters in a room's name.
const ROOM_CHARS_MAX: usize = 32;

/// Who is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Slot.
    pub player: PlayerId,
    /// Name at the time.
    pub name: String,
    /// Flown by the server.
    pub bot: bool,
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Name of the room.
    pub room: String,
    /// What was played.
    pub terms: Terms,
    /// The tick of the first frame.
    pub tick: Tick,
    /// Who won; the camera is with this one.
    pub killer: PlayerId,
    /// Who lost.
    pub victim: PlayerId,
    /// By what.
    pub cause: Cause,
    /// What it was worth, points.
    pub points: u32,
    /// Radius of the arena, u.
    pub arena_radius: u16,
    /// Frames in it.
    pub frames: u16,
    /// The frame of the kill.
    pub kill: u16,
    /// The mouths of the wormhole, u.
    pub mouths: Option<[(i32, i32); 2]>,
}

/// A ship's way, and how it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipTrack {
    id: ShipId,
    class: ShipClass,
    path: Path,
    /// Buttons and marks, hull and shield in 1/255; each with the number of frames that it lasts.
    looks: Vec<(u8, u8, u8, u8, u8)>,
}

/// A clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clip {
    /// What it is about.
    pub head: Head,
    /// Names.
    pub cast: Vec<Actor>,
    ships: Vec<ShipTrack>,
    shots: Vec<(ShotKey, WeaponKind, Path)>,
    belts: Vec<(u16, RockSize, Path)>,
    loose: Vec<(BodyId, RockSize, Path)>,
    pickups: Vec<(BodyId, PickupKind, Path)>,
    planets: Vec<Path>,
    cores: Vec<(Team, u8, Path)>,
    wells: Vec<(WellKind, Path)>,
    moments: Vec<(u16, Moment)>,
}

/// A place, 1/4 u.
type Place = (i32, i32);

/// What can be seen and heard of what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Moment {
    Launched { ship: ShipId, pos: Place },
    Fired { owner: PlayerId, weapon: WeaponKind, pos: Place },
    Struck { pos: Place, vel: Place, ship: Option<ShipId> },
    Beam { owner: PlayerId, from: Place, to: Place, struck: bool, ship: Option<ShipId> },
    Damaged { ship: ShipId, by: Option<PlayerId>, amount: u16, pos: Place },
    Destroyed { ship: ShipId, pos: Place, vel: Place },
    RockBroken { pos: Place, size: RockSize },
    Collected { pos: Place, kind: PickupKind },
    Leapt { ship: ShipId, from: Place, to: Place },
}

impl Clip {
    /// Whether bytes mean to be a clip.
    #[must_use]
    pub fn is_clip(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// As a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(codec::encode_replay(self));
        bytes
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it is none, or says anything that is out of range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Clip, DecodeError> {
        if bytes.len() > CLIP_BYTES_MAX {
            return Err(DecodeError::TooLong { bytes: bytes.len(), limit: CLIP_BYTES_MAX });
        }
        let body = bytes.strip_prefix(&MAGIC).ok_or(DecodeError::Malformed)?;
        let clip: Clip = codec::decode_replay(body)?;
        clip.beyond().map_or(Ok(clip), |field| Err(DecodeError::OutOfRange { field }))
    }

    /// A pilot's name, and whether the server flew it.
    #[must_use]
    pub fn actor(&self, player: PlayerId) -> Option<&Actor> {
        self.cast.iter().find(|actor| actor.player == player)
    }

    /// The first thing that is out of range.
    fn beyond(&self) -> Option<&'static str> {
        let head = &self.head;
        let frames = usize::from(head.frames);
        let text = |text: &str, chars: usize| is_plain(text) && (1..=chars).contains(&text.chars().count());
        let named = |actor: &Actor| text(&actor.name, NAME_CHARS_MAX) && actor.name.len() <= NAME_BYTES_MAX;
        let slot = |player: PlayerId| player.index() < PLAYERS_MAX;
        let fits = |path: &Path, step| path.fits(frames, step);
        let ship = |track: &ShipTrack| {
            let frames: usize = track.looks.iter().map(|look| usize::from(look.0)).sum();
            slot(track.id.player) && fits(&track.path, EVERY) && track.path.turns() && frames == track.path.frames()
        };
        let moments = &self.moments;
        let checks = [
            ("terms", head.terms.beyond().is_none()),
            ("room", text(&head.room, ROOM_CHARS_MAX)),
            ("frames", (2..=FRAMES_MAX).contains(&frames)),
            ("kill", head.kill < head.frames && slot(head.killer) && slot(head.victim)),
            ("mouths", head.mouths.iter().flatten().all(|&(x, y)| path::is_place(x, y))),
            ("cast", self.cast.len() <= CAST_MAX && self.cast.iter().all(|actor| slot(actor.player) && named(actor))),
            ("ships", self.ships.iter().all(ship)),
            ("shots", self.shots.iter().all(|(key, _, path)| slot(key.owner) && fits(path, EVERY))),
            ("rocks", self.belts.iter().all(|(_, _, path)| fits(path, RARELY) && path.turns())),
            ("rocks", self.loose.iter().all(|(_, _, path)| fits(path, RARELY) && path.turns())),
            ("pickups", self.pickups.iter().all(|(_, _, path)| fits(path, RARELY))),
            ("planets", self.planets.len() <= PLANETS_MAX && self.planets.iter().all(|path| fits(path, RARELY))),
            ("cores", matches!(self.cores.len(), 0 | 2) && self.cores.iter().all(|(_, _, path)| fits(path, RARELY))),
            ("wells", self.wells.iter().all(|(_, path)| fits(path, RARELY))),
            ("moments", moments.len() <= MOMENTS_MAX && moments.is_sorted_by_key(|(frame, _)| *frame)),
            ("moments", moments.iter().all(|(frame, moment)| *frame < head.frames && moment.is_somewhere())),
        ];
        checks.iter().find(|(_, good)| !good).map(|(field, _)| *field)
    }
}

impl Moment {
    fn is_somewhere(&self) -> bool {
        let good = |places: &[Place]| places.iter().all(|&(x, y)| path::is_place(x, y));
        match *self {
            Moment::Launched { pos, .. }
            | Moment::Fired { pos, .. }
            | Moment::Damaged { pos, .. }
            | Moment::RockBroken { pos, .. }
            | Moment::Collected { pos, .. } => good(&[pos]),
            Moment::Struck { pos, vel, .. } | Moment::Destroyed { pos, vel, .. } => good(&[pos, vel]),
            Moment::Beam { from, to, .. } | Moment::Leapt { from, to, .. } => good(&[from, to]),
        }
    }
}

/// Frames between two samples of what steers…
const EVERY: usize = 1;
/// …and of what floats about.
const RARELY: usize = 5;
/// More planets than any arena has.
const PLANETS_MAX: usize = 8;
/// Bits of a ship's marks.
const PROTECTED: u8 = 1;
const CHARGING: u8 = 2;
const SPECIAL: u8 = 4;
const OVER: u8 = 8;
const MULTI: u8 = 16;

#[cfg(test)]
mod tests;
