//! Playing a recording: forward by steps, anywhere by seeking, or all of it for its check sums.

use std::collections::BTreeMap;

use super::{CHUNK_BYTES_MAX, CHUNK_TICKS, Chunk, Header, MAGIC, ReplayError, TickRecord};
use crate::{
    defs::Defs,
    ids::PlayerId,
    protocol::{DecodeError, codec, proto_hash},
    sim::{Command, Event, World, checksum, step},
    tick::Tick,
};

/// A kept world every so many ticks makes seeking back cheap: ten seconds.
const KEPT_EVERY: usize = 600;
/// A header is never longer than this, bytes.
const HEADER_BYTES_MAX: usize = 64;

/// A recording, opened.
#[derive(Debug, Clone)]
pub struct Playback {
    defs: Defs,
    start: Tick,
    ticks: Vec<TickRecord>,
    /// Check sums by number of ticks played.
    sums: BTreeMap<usize, u32>,
    /// Worlds by number of ticks played, with the commands held then.
    kept: BTreeMap<usize, (World, BTreeMap<PlayerId, Command>)>,
    world: World,
    held: BTreeMap<PlayerId, Command>,
    played: usize,
    events: Vec<Event>,
    /// The file ended in the middle of a chunk: cut short, good up to there.
    cut: bool,
}

/// What playing all of a recording showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Ticks played.
    pub ticks: usize,
    /// Check sums compared.
    pub checked: usize,
    /// Check sum at the end.
    pub checksum: u32,
    /// Pilots at the end.
    pub pilots: usize,
    /// Ships destroyed.
    pub kills: usize,
    /// The file was cut short.
    pub cut: bool,
}

impl Playback {
    /// Reads a file.
    ///
    /// # Errors
    /// See [`ReplayError`]; divergence shows only when played.
    pub fn open(bytes: &[u8]) -> Result<Playback, ReplayError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(ReplayError::NotARecording)?;
        let mut offset = MAGIC.len();
        let (frame, mut rest) = frame(rest, HEADER_BYTES_MAX, offset)?.ok_or(ReplayError::NotARecording)?;
        let header: Header = codec::decode_replay(frame).map_err(|error| ReplayError::Damaged { offset, error })?;
        if header.rules != proto_hash() {
            return Err(ReplayError::OtherRules { theirs: header.rules });
        }
        offset += 4 + frame.len();
        let (mut ticks, mut sums, mut cut) = (Vec::new(), BTreeMap::new(), false);
        while !rest.is_empty() {
            let Some((frame, later)) = self::frame(rest, CHUNK_BYTES_MAX, offset)? else {
                cut = true;
                break;
            };
            let damaged = |error| ReplayError::Damaged { offset, error };
            let chunk: Chunk = codec::decode_replay(frame).map_err(damaged)?;
            if chunk.ticks.is_empty() || chunk.ticks.len() > CHUNK_TICKS {
                return Err(damaged(DecodeError::OutOfRange { field: "ticks" }));
            }
            ticks.extend(chunk.ticks);
            sums.insert(ticks.len(), chunk.checksum);
            offset += 4 + frame.len();
            rest = later;
        }
        let defs = Defs::standard();
        let mut world = World::new(header.seed, header.secret, &defs);
        world.tick = header.start;
        Ok(Playback {
            kept: BTreeMap::from([(0, (world.clone(), BTreeMap::new()))]),
            defs,
            start: header.start,
            ticks,
            sums,
            world,
            held: BTreeMap::new(),
            played: 0,
            events: Vec::new(),
            cut,
        })
    }

    /// The world as of now.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What happened in the last step.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Ticks played, and ticks there are.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        (self.played, self.ticks.len())
    }

    /// Plays one tick; false at the end.
    ///
    /// # Errors
    /// When a recorded check sum differs.
    pub fn step(&mut self) -> Result<bool, ReplayError> {
        let Some(record) = self.ticks.get(self.played) else { return Ok(false) };
        for (player, change) in &record.changes {
            match change {
                Some(command) => self.held.insert(*player, *command),
                None => self.held.remove(player),
            };
        }
        let commands: Vec<(PlayerId, Command)> =
            self.held.iter().map(|(player, command)| (*player, *command)).collect();
        self.events.clear();
        step(&mut self.world, &record.orders, &commands, &self.defs, &mut self.events);
        self.played += 1;
        if let Some(&recorded) = self.sums.get(&self.played) {
            let played = checksum(&self.world);
            if played != recorded {
                return Err(ReplayError::Diverged { tick: self.world.tick, recorded, played });
            }
        }
        if self.played.is_multiple_of(KEPT_EVERY) {
            self.kept.entry(self.played).or_insert_with(|| (self.world.clone(), self.held.clone()));
        }
        Ok(true)
    }

    /// Goes to where `ticks` have been played (or the end).
    ///
    /// # Errors
    /// When a check sum on the way differs.
    pub fn seek(&mut self, ticks: usize) -> Result<(), ReplayError> {
        let goal = ticks.min(self.ticks.len());
        if let Some((&at, (world, held))) = self.kept.range(..=goal).next_back()
            && (goal < self.played || at > self.played)
        {
            (self.world, self.held, self.played) = (world.clone(), held.clone(), at);
        }
        while self.played < goal {
            self.step()?;
        }
        Ok(())
    }

    /// Plays everything from where it is.
    ///
    /// # Errors
    /// When a check sum differs.
    pub fn verify(mut self) -> Result<Summary, ReplayError> {
        let mut kills = 0;
        while self.step()? {
            kills += self.events.iter().filter(|event| matches!(event, Event::Destroyed { .. })).count();
        }
        Ok(Summary {
            ticks: self.world.tick.since(self.start).unsigned_abs() as usize,
            checked: self.sums.len(),
            checksum: checksum(&self.world),
            pilots: self.world.population(),
            kills,
            cut: self.cut,
        })
    }
}

/// A frame, and what follows it.
type Frame<'a> = (&'a [u8], &'a [u8]);

/// The next frame and what follows; `None` when the file ends inside it.
fn frame(bytes: &[u8], limit: usize, offset: usize) -> Result<Option<Frame<'_>>, ReplayError> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) as usize;
    if length > limit {
        return Err(ReplayError::Damaged { offset, error: DecodeError::TooLong { bytes: length, limit } });
    }
    Ok(rest.split_at_checked(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rng::{Keyed, Purpose},
        room::{Room, RoomConfig},
        tick::TICK_US,
    };

    /// A room of bots, recorded for `ticks`.
    fn recording(ticks: u64) -> (Vec<u8>, World) {
        let mut room = Room::new(RoomConfig { seed: 12, bots: 10, record: true, ..RoomConfig::default() });
        let mut bytes = Vec::new();
        for i in 1..=ticks {
            room.tick(i * TICK_US, &|_| true);
            while room.poll_output().is_some() {}
            while let Some(chunk) = room.poll_recording() {
                bytes.extend(chunk);
            }
        }
        room.finish_recording();
        while let Some(chunk) = room.poll_recording() {
            bytes.extend(chunk);
        }
        (bytes, room.world().clone())
    }

    #[test]
    fn a_recorded_room_plays_back_to_the_same_world() {
        let (bytes, world) = recording(1_830);
        let summary = Playback::open(&bytes).unwrap().verify().unwrap();
        assert_eq!((summary.ticks, summary.checked), (1_830, 31));
        assert_eq!(summary.checksum, checksum(&world));
        assert!(bytes.len() < 1_830 * 40, "{} bytes", bytes.len());
    }

    #[test]
    fn seeking_back_and_forth_arrives_at_the_same_worlds() {
        let (bytes, _) = recording(1_500);
        let mut straight = Playback::open(&bytes).unwrap();
        let mut sums = vec![checksum(straight.world())];
        while straight.step().unwrap() {
            sums.push(checksum(straight.world()));
        }
        let mut seeker = Playback::open(&bytes).unwrap();
        for goal in [1_400, 10, 700, 699, 1_499, 0, 9_999] {
            seeker.seek(goal).unwrap();
            let at = goal.min(1_500);
            assert_eq!((seeker.position(), checksum(seeker.world())), ((at, 1_500), sums[at]), "to {goal}");
        }
    }

    #[test]
    fn damage_is_found_and_named() {
        let (bytes, _) = recording(300);
        assert_eq!(Playback::open(b"GIF89a").unwrap_err(), ReplayError::NotARecording);
        let mut other = bytes.clone();
        other[12] ^= 1;
        assert!(matches!(Playback::open(&other), Err(ReplayError::OtherRules { .. } | ReplayError::Damaged { .. })));
        let cut = Playback::open(&bytes[..bytes.len() - 3]).unwrap().verify().unwrap();
        assert!(cut.cut && cut.ticks == 240);
        let mut keyed = Keyed::new(1, Tick(0), 0, Purpose::Test);
        for _ in 0..300 {
            let mut harmed = bytes.clone();
            let at = 30 + keyed.below(harmed.len() as u32 - 30) as usize;
            harmed[at] ^= 1 << keyed.below(8);
            // Whatever it becomes, it is an error or a playable match; never a panic.
            let _ = Playback::open(&harmed).and_then(Playback::verify);
        }
    }
}
