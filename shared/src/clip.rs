//! The last seconds before a kill, small enough to be sent to a friend: what the killer's screen showed, on a coarse grid.
//!
//! A [`Recording`](crate::replay) is exact and begins with its match; a clip is a few seconds from the middle of one, cut
//! by the page that saw it. It is evidence of nothing: whoever makes one could make up another.
//!
//! ```text
//! pictures of the page ─► Cut ─► Clip ─► bytes ─► ClipScreening: the View that is drawn
//! bytes    MAGIC, head behind its length, tracks and moments each behind their number
//! track    thing, key (32 bits), look, path, states of a ship
//! path     first value, first difference, then how much each difference is more than the one before; 1/4 u, 1/1024 turn
//! ```
//!
//! Invariant: bytes from anywhere give an error, never a panic, an allocation of more than some times their length, or a
//! name that hides something.

mod cut;
mod pack;
mod path;
mod screening;

use serde::{Deserialize, Serialize};

use crate::{
    defs::{PickupKind, RockSize, ShipClass, Terms, WeaponKind},
    ids::PlayerId,
    limits::{NAME_BYTES_MAX, NAME_CHARS_MAX, PLAYERS_MAX},
    protocol::{DecodeError, codec},
    replay::is_plain,
    sim::Cause,
    tick::{TICK_HZ, Tick},
};

use pack::{Packer, Unpacker};
use path::Path;

pub use cut::{Cut, Still};
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
    /// The mouths of the wormhole, 1/4 u.
    pub mouths: Option<[(i32, i32); 2]>,
    /// Who is in it.
    pub cast: Vec<Actor>,
}

/// What a track is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Thing {
    Ship,
    Shot,
    Belt,
    Loose,
    Pickup,
    Planet,
    Core,
    Well,
}

impl Thing {
    const ALL: [Thing; 8] =
        [Thing::Ship, Thing::Shot, Thing::Belt, Thing::Loose, Thing::Pickup, Thing::Planet, Thing::Core, Thing::Well];

    /// Frames between two samples: what steers is sampled in each, what floats about rarely.
    fn step(self) -> usize {
        match self {
            Thing::Ship | Thing::Shot => 1,
            Thing::Belt | Thing::Loose | Thing::Pickup | Thing::Planet | Thing::Core | Thing::Well => 5,
        }
    }

    /// Whether it has a direction.
    fn turns(self) -> bool {
        matches!(self, Thing::Ship | Thing::Belt | Thing::Loose)
    }

    /// How many looks there are: classes, weapons, sizes and so on, by their index.
    fn looks(self) -> usize {
        match self {
            Thing::Ship => ShipClass::COUNT,
            Thing::Shot => WeaponKind::COUNT,
            Thing::Belt | Thing::Loose => RockSize::ALL.len(),
            Thing::Pickup => PickupKind::ALL.len(),
            Thing::Planet => 1,
            Thing::Core => 256,
            Thing::Well => 2,
        }
    }
}

/// Something's way, and what it was like. All kinds share one type: code for eight would be most of what a clip costs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Track {
    thing: Thing,
    /// Which: see [`key`].
    key: u32,
    /// Class, weapon, size, kind; of a core its hull in 1/255.
    look: u8,
    path: Path,
    /// Of a ship: how many frames it lasts, and what it was like.
    states: Vec<(u8, State)>,
}

/// What a ship is like: buttons, marks, hull and shield in 1/255, and what its line holds (two bytes, little-endian).
type State = [u8; 6];

/// How things are told apart.
mod key {
    use crate::ids::{PlayerId, ShipId, ShotKey};

    pub fn of_ship(ship: ShipId) -> u32 {
        u32::from(ship.player.0) << 8 | u32::from(ship.life)
    }

    pub fn ship(key: u32) -> ShipId {
        ShipId { player: PlayerId((key >> 8) as u16), life: key as u8 }
    }

    pub fn of_shot(shot: ShotKey) -> u32 {
        u32::from(shot.owner.0) << 16 | u32::from(shot.tick) << 8 | u32::from(shot.part)
    }

    pub fn shot(key: u32) -> ShotKey {
        ShotKey { owner: PlayerId((key >> 16) as u16), tick: (key >> 8) as u8, part: key as u8 }
    }
}

/// A clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// What it is about.
    pub head: Head,
    tracks: Vec<Track>,
    moments: Vec<Moment>,
}

/// A place, 1/4 u.
type Place = (i32, i32);

/// What can be seen and heard of what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Launched,
    Fired,
    Struck,
    Beam,
    BeamStruck,
    Damaged,
    Destroyed,
    RockBroken,
    Collected,
    Leapt,
    Dissolved,
}

impl What {
    const ALL: [What; 11] = [
        What::Launched,
        What::Fired,
        What::Struck,
        What::Beam,
        What::BeamStruck,
        What::Damaged,
        What::Destroyed,
        What::RockBroken,
        What::Collected,
        What::Leapt,
        What::Dissolved,
    ];
}

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    frame: u16,
    what: What,
    /// A ship's key, or that of whoever did it; above all of them: nobody's.
    who: u32,
    by: u32,
    /// Weapon, size, kind or points.
    look: u16,
    at: Place,
    /// Where to, or how fast, 1/4 u/s.
    to: Place,
}

/// The key of nobody.
const NOBODY: u32 = u32::MAX;

impl Clip {
    /// Whether bytes mean to be a clip.
    #[must_use]
    pub fn is_clip(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// As a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut packer = Packer { bytes: MAGIC.to_vec() };
        let head = codec::encode_replay(&self.head);
        packer.put(head.len() as i32);
        packer.bytes.extend(head);
        packer.put(self.tracks.len() as i32);
        self.tracks.iter().for_each(|track| track.pack(&mut packer));
        packer.put(self.moments.len() as i32);
        self.moments.iter().for_each(|moment| moment.pack(&mut packer));
        packer.bytes
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it is none, or says anything that is out of range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Clip, DecodeError> {
        if bytes.len() > CLIP_BYTES_MAX {
            return Err(DecodeError::TooLong { bytes: bytes.len(), limit: CLIP_BYTES_MAX });
        }
        let mut from = Unpacker::new(bytes.strip_prefix(&MAGIC).ok_or(DecodeError::Malformed)?);
        let head = from.count()?;
        let head: Head = codec::decode_replay(from.slice(head)?)?;
        head.beyond().map_or(Ok(()), |field| Err(DecodeError::OutOfRange { field }))?;
        let tracks = (0..from.count()?).map(|_| Track::unpack(&mut from, head.frames)).collect::<Result<_, _>>()?;
        let moments =
            (0..from.count()?).map(|_| Moment::unpack(&mut from, head.frames)).collect::<Result<Vec<_>, _>>()?;
        if from.left() > 0 {
            return Err(DecodeError::Trailing { bytes: from.left() });
        }
        if moments.is_sorted_by_key(|moment| moment.frame) {
            Ok(Clip { head, tracks, moments })
        } else {
            Err(DecodeError::OutOfRange { field: "moments" })
        }
    }

    /// A pilot's name, and whether the server flew it.
    #[must_use]
    pub fn actor(&self, player: PlayerId) -> Option<&Actor> {
        self.head.cast.iter().find(|actor| actor.player == player)
    }
}

impl Head {
    /// The first thing that is out of range.
    fn beyond(&self) -> Option<&'static str> {
        let text = |text: &str, chars: usize| is_plain(text) && (1..=chars).contains(&text.chars().count());
        let named = |actor: &Actor| text(&actor.name, NAME_CHARS_MAX) && actor.name.len() <= NAME_BYTES_MAX;
        // A decoy is named after its pilot.
        let slot = |player: PlayerId| player.pilot().index() < PLAYERS_MAX;
        let checks = [
            ("terms", self.terms.beyond().is_none()),
            ("room", text(&self.room, ROOM_CHARS_MAX)),
            ("frames", (2..=FRAMES_MAX).contains(&usize::from(self.frames))),
            ("kill", self.kill < self.frames && slot(self.killer) && slot(self.victim)),
            ("mouths", self.mouths.iter().flatten().all(|place| path::is_place(*place))),
            ("cast", self.cast.len() <= CAST_MAX && self.cast.iter().all(|actor| slot(actor.player) && named(actor))),
        ];
        checks.iter().find(|(_, good)| !good).map(|(field, _)| *field)
    }
}

impl Track {
    fn pack(&self, to: &mut Packer) {
        to.put(self.thing as i32);
        to.put_bits(self.key);
        to.put(self.look.into());
        self.path.pack(to);
        to.put(self.states.len() as i32);
        for (frames, state) in &self.states {
            to.bytes.push(*frames);
            to.bytes.extend(state);
        }
    }

    fn unpack(from: &mut Unpacker<'_>, frames: u16) -> Result<Track, DecodeError> {
        let thing = *Thing::ALL.get(usize::from(from.small()?)).ok_or(DecodeError::OutOfRange { field: "thing" })?;
        let (key, look) = (from.bits()?, from.small()?);
        let path = Path::unpack(from, usize::from(frames), thing.step(), thing.turns())?;
        let mut states = Vec::new();
        for _ in 0..from.count()? {
            let frames = from.slice(1)?[0];
            let state = from.slice(size_of::<State>())?.try_into().map_err(|_| DecodeError::Malformed)?;
            states.push((frames, state));
        }
        let track = Track { thing, key, look, path, states };
        track.beyond().map_or(Ok(track), |field| Err(DecodeError::OutOfRange { field }))
    }

    fn beyond(&self) -> Option<&'static str> {
        let lasts: usize = self.states.iter().map(|(frames, _)| usize::from(*frames)).sum();
        let is_ship = self.thing == Thing::Ship;
        let pilot = match self.thing {
            Thing::Ship => key::ship(self.key).player,
            Thing::Shot => key::shot(self.key).owner,
            Thing::Belt | Thing::Loose | Thing::Pickup | Thing::Planet | Thing::Core | Thing::Well => PlayerId(0),
        };
        let checks = [
            ("look", usize::from(self.look) < self.thing.looks()),
            ("key", pilot.pilot().index() < PLAYERS_MAX),
            ("key", self.thing != Thing::Planet || self.key < PLANETS_MAX),
            ("states", lasts == if is_ship { self.path.frames() } else { 0 }),
        ];
        checks.iter().find(|(_, good)| !good).map(|(field, _)| *field)
    }
}

impl Moment {
    fn pack(&self, to: &mut Packer) {
        to.put_all(&[self.frame.into(), self.what as i32]);
        to.put_bits(self.who);
        to.put_bits(self.by);
        to.put_all(&[self.look.into(), self.at.0, self.at.1, self.to.0, self.to.1]);
    }

    fn unpack(from: &mut Unpacker<'_>, frames: u16) -> Result<Moment, DecodeError> {
        let (frame, what) = (from.take()?, from.small()?);
        let (who, by, look) = (from.bits()?, from.bits()?, from.take()?);
        let (at, to) = ((from.take()?, from.take()?), (from.take()?, from.take()?));
        let within = u16::try_from(frame).ok().filter(|frame| *frame < frames);
        let what = What::ALL.get(usize::from(what)).copied();
        let look = u16::try_from(look).ok();
        match (within, what, look) {
            (Some(frame), Some(what), Some(look)) if path::is_place(at) && path::is_place(to) => {
                Ok(Moment { frame, what, who, by, look, at, to })
            }
            _ => Err(DecodeError::OutOfRange { field: "moment" }),
        }
    }
}

/// More planets than any arena has.
const PLANETS_MAX: u32 = 8;
/// Bits of a ship's marks.
const PROTECTED: u8 = 1;
const CHARGING: u8 = 2;
const SPECIAL: u8 = 4;
const OVER: u8 = 8;
const MULTI: u8 = 16;
/// Its line holds a ship, or a rock.
const HOLDS_SHIP: u8 = 32;
const HOLDS_ROCK: u8 = 64;

#[cfg(test)]
mod tests;
