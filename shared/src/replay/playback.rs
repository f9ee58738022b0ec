//! Playing a recording: forward by steps, anywhere by seeking, or all of it for its check sums.
//!
//! Invariant: a whole file is checked for damage when it is opened, and then unpacked a second at a time, so that a
//! recording of hours costs little more memory than its bytes.

use std::collections::BTreeMap;

use super::{
    HEADER_BYTES_MAX, Header, MAGIC, ReplayError,
    chunk::{CHUNK_BYTES_MAX, Chunk, Held, TickRecord},
};
use crate::{
    defs::Defs,
    ids::PlayerId,
    protocol::{DecodeError, OwnSeason, SeasonEnd, codec, rules_hash},
    rewind::Rewind,
    room::{scoreboard::Scoreboard, season::Standing},
    sim::{Command, Event, Order, World, checksum, step},
    tick::Tick,
};

/// A kept world every so many ticks makes seeking back cheap: ten seconds to begin with…
const KEPT_EVERY: usize = 600;
/// …and twice as far apart whenever there are this many: some megabytes, however long the recording.
const KEPT_MAX: usize = 256;

/// A recording, opened.
#[derive(Debug, Clone)]
pub struct Playback {
    defs: Defs,
    room: String,
    start: Tick,
    bytes: Vec<u8>,
    chunks: Vec<Place>,
    ticks: usize,
    /// The file ended in the middle of a chunk: cut short, good up to there.
    cut: bool,
    now: Moment,
    events: Vec<Event>,
    /// What enters the ticks of the chunk under way, and the check sum after them.
    records: Vec<TickRecord>,
    checksum: u32,
    chunk: usize,
    /// Moments at borders of chunks, by number of ticks played.
    kept: BTreeMap<usize, Moment>,
    kept_every: usize,
}

/// Where a chunk is.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Of its frame, bytes from the start of the file.
    offset: usize,
    /// Ticks before it.
    first: usize,
}

/// Everything that goes on from tick to tick.
#[derive(Debug, Clone)]
struct Moment {
    world: World,
    held: Held,
    names: BTreeMap<PlayerId, String>,
    /// Where everybody was lately.
    rewind: Rewind,
    played: usize,
    /// How the last season ended.
    season: Option<PastSeason>,
}

/// A season that ended in a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastSeason {
    /// Ticks from the start of the recording.
    pub played: usize,
    /// How it ended for everybody; its number, which no recording tells, is 0.
    pub end: SeasonEnd,
    /// And for each pilot.
    pub each: Vec<(PlayerId, OwnSeason)>,
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
    pub fn open(bytes: Vec<u8>) -> Result<Playback, ReplayError> {
        let (header, mut offset) = read_header(&bytes)?;
        let (mut chunks, mut ticks, mut held, mut cut) = (Vec::new(), 0, Held::new(), false);
        while offset < bytes.len() {
            let Some(frame) = frame(&bytes[offset..], CHUNK_BYTES_MAX, offset)? else {
                cut = true;
                break;
            };
            let damaged = |error| ReplayError::Damaged { offset, error };
            let chunk: Chunk = codec::decode_replay(frame).map_err(damaged)?;
            chunk.unpack(&mut held).map_err(damaged)?;
            chunks.push(Place { offset, first: ticks });
            ticks += chunk.len();
            offset += 4 + frame.len();
        }
        let defs = Defs::of(header.terms);
        let mut world = World::new(header.seed, header.secret, &defs);
        world.tick = header.start;
        let now = Moment {
            world,
            held: Held::new(),
            names: BTreeMap::new(),
            rewind: Rewind::default(),
            played: 0,
            season: None,
        };
        Ok(Playback {
            room: header.room,
            start: header.start,
            kept: BTreeMap::from([(0, now.clone())]),
            kept_every: KEPT_EVERY,
            defs,
            bytes,
            chunks,
            ticks,
            cut,
            now,
            events: Vec::new(),
            records: Vec::new(),
            checksum: 0,
            chunk: 0,
        })
    }

    /// The world as of now.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.now.world
    }

    /// The tables it is played by.
    #[must_use]
    pub fn defs(&self) -> &Defs {
        &self.defs
    }

    /// Name of the room.
    #[must_use]
    pub fn room(&self) -> &str {
        &self.room
    }

    /// The name of whoever holds or last held a slot.
    #[must_use]
    pub fn name_of(&self, player: PlayerId) -> Option<&str> {
        self.now.names.get(&player).map(String::as_str)
    }

    /// How the last season ended, if one has.
    #[must_use]
    pub fn season(&self) -> Option<&PastSeason> {
        self.now.season.as_ref()
    }

    /// What happened in the last step.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Ticks played, and ticks there are.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        (self.now.played, self.ticks)
    }

    /// Whether the file was cut short.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Plays one tick; false at the end.
    ///
    /// # Errors
    /// When a recorded check sum differs.
    pub fn step(&mut self) -> Result<bool, ReplayError> {
        let Some(place) = self.chunk_of(self.now.played)? else { return Ok(false) };
        let now = &mut self.now;
        let record = &self.records[now.played - place.first];
        record.apply(&mut now.held);
        for order in &record.orders {
            // Unless the record says otherwise, a new holder is not called like the last one.
            if let Order::Enlist { player, .. } | Order::Return { player, .. } | Order::Restore { player, .. } = order {
                now.names.insert(*player, format!("Pilot {}", player.index() + 1));
            }
        }
        now.names.extend(record.names.iter().cloned());
        if let Some(Order::Tune { tuning }) = record.orders.iter().rfind(|order| matches!(order, Order::Tune { .. })) {
            self.defs.retune(tuning);
        }
        if record.orders.iter().any(|order| matches!(order, Order::EndSeason { .. })) {
            let board = Scoreboard::of(&now.world, &self.defs, None);
            let name_of = |player| now.names.get(&player).map(String::as_str);
            let (end, each) = Standing::of(&now.world, name_of, 0, board).into_parts();
            now.season = Some(PastSeason { played: now.played + 1, end, each });
        }
        let commands: Vec<(PlayerId, Command)> = now.held.iter().map(|(player, command)| (*player, *command)).collect();
        self.events.clear();
        // Shots are held against this very recording's past, as the room held them.
        now.rewind.begin(now.world.tick.next(), record.lags.iter().copied());
        step(&mut now.world, &record.orders, &commands, &self.defs, &now.rewind, &mut self.events);
        now.rewind.record(&now.world);
        now.played += 1;
        if now.played == place.first + self.records.len() {
            self.finish_chunk()?;
        }
        Ok(true)
    }

    /// Goes to the kept moment that makes the way to `ticks` shortest, if that is shorter than from here.
    /// True when it moved.
    pub fn jump(&mut self, ticks: usize) -> bool {
        let Some((&at, moment)) = self.kept.range(..=ticks).next_back() else { return false };
        let nearer = ticks < self.now.played || at > self.now.played;
        if nearer {
            self.now = moment.clone();
            self.defs.retune(&self.now.world.tuning);
            self.events.clear();
        }
        nearer
    }

    /// Goes to where `ticks` have been played (or the end).
    ///
    /// # Errors
    /// When a check sum on the way differs.
    pub fn seek(&mut self, ticks: usize) -> Result<(), ReplayError> {
        self.jump(ticks);
        while self.now.played < ticks && self.step()? {}
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
            ticks: self.now.world.tick.since(self.start).unsigned_abs() as usize,
            checked: self.chunks.len(),
            checksum: checksum(&self.now.world),
            pilots: self.now.world.population(),
            kills,
            cut: self.cut,
        })
    }

    /// The chunk that holds what enters after `played` ticks, unpacked; `None` at the end.
    fn chunk_of(&mut self, played: usize) -> Result<Option<Place>, ReplayError> {
        if played >= self.ticks {
            return Ok(None);
        }
        let index = self.chunks.partition_point(|place| place.first <= played) - 1;
        let place = self.chunks[index];
        if self.records.is_empty() || index != self.chunk {
            debug_assert_eq!(place.first, played, "moments are kept only at borders of chunks");
            let damaged = |error| ReplayError::Damaged { offset: place.offset, error };
            let frame = frame(&self.bytes[place.offset..], CHUNK_BYTES_MAX, place.offset)?;
            let frame = frame.ok_or(damaged(DecodeError::Malformed))?;
            let chunk: Chunk = codec::decode_replay(frame).map_err(damaged)?;
            self.records = chunk.unpack(&mut self.now.held.clone()).map_err(damaged)?;
            (self.chunk, self.checksum) = (index, chunk.checksum);
        }
        Ok(Some(place))
    }

    /// Compares the check sum, and keeps this moment if one is due.
    fn finish_chunk(&mut self) -> Result<(), ReplayError> {
        let (recorded, found) = (self.checksum, checksum(&self.now.world));
        if recorded != found {
            let (tick, played) = (self.now.world.tick, self.now.played);
            return Err(ReplayError::Diverged { tick, played, recorded, found });
        }
        let last = self.kept.range(..=self.now.played).next_back().map_or(0, |(&at, _)| at);
        if self.now.played - last >= self.kept_every {
            self.kept.insert(self.now.played, self.now.clone());
        }
        if self.kept.len() > KEPT_MAX {
            self.kept_every *= 2;
            let mut index = 0;
            self.kept.retain(|_, _| {
                index += 1;
                index % 2 == 1
            });
        }
        Ok(())
    }
}

fn read_header(bytes: &[u8]) -> Result<(Header, usize), ReplayError> {
    if !bytes.starts_with(&MAGIC) {
        // The last character of the magic is the number of the format.
        let family = &MAGIC[..MAGIC.len() - 1];
        return Err(if bytes.starts_with(family) { ReplayError::OtherFormat } else { ReplayError::NotARecording });
    }
    let offset = MAGIC.len();
    let frame = frame(&bytes[offset..], HEADER_BYTES_MAX, offset)?.ok_or(ReplayError::NotARecording)?;
    let header: Header = codec::decode_replay(frame).map_err(|error| ReplayError::Damaged { offset, error })?;
    if header.rules != rules_hash() {
        return Err(ReplayError::OtherRules { theirs: header.rules });
    }
    header.check().map_err(|error| ReplayError::Damaged { offset, error })?;
    Ok((header, offset + 4 + frame.len()))
}

/// The frame that `bytes` begin with, at `offset` of the file; `None` when the file ends inside it.
fn frame(bytes: &[u8], limit: usize, offset: usize) -> Result<Option<&[u8]>, ReplayError> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) as usize;
    if length > limit {
        return Err(ReplayError::Damaged { offset, error: DecodeError::TooLong { bytes: length, limit } });
    }
    Ok(rest.get(..length))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{
        replay::CHUNK_TICKS,
        rng::{Keyed, Purpose},
        room::{ConnId, Output, Room, RoomConfig, RoomEvent},
        tick::TICK_US,
    };

    fn collect(room: &mut Room, bytes: &mut Vec<u8>) {
        while let Some(chunk) = room.poll_recording() {
            bytes.extend(chunk);
        }
    }

    /// A room of bots, recorded for `ticks`, and the world it came to. A person called Ada comes after two seconds.
    pub fn recording(ticks: u64) -> (Vec<u8>, World) {
        let mut room =
            Room::new(RoomConfig { seed: 12, bots: 10, start_points: 300, record: true, ..RoomConfig::default() });
        let (mut bytes, conn) = (Vec::new(), ConnId(1));
        for i in 1..=ticks {
            let now_us = i * TICK_US;
            if i == 120 {
                room.handle(RoomEvent::newcomer(conn), now_us);
                let message =
                    crate::protocol::ClientMessage::Play { name: "Ada".into(), class: crate::defs::ShipClass::Spark };
                room.handle(RoomEvent::Message { conn, message }, now_us);
            }
            room.tick(now_us, &|_| false);
            while let Some(output) = room.poll_output() {
                assert!(!matches!(output, Output::Snapshot { .. }), "nobody can take any");
            }
            collect(&mut room, &mut bytes);
        }
        room.finish_recording();
        collect(&mut room, &mut bytes);
        (bytes, room.world().clone())
    }

    fn open(bytes: &[u8]) -> Result<Playback, ReplayError> {
        Playback::open(bytes.to_vec())
    }

    #[test]
    fn a_recorded_room_plays_back_to_the_same_world() {
        let (bytes, world) = recording(1_830);
        let summary = open(&bytes).unwrap().verify().unwrap();
        assert_eq!((summary.ticks, summary.checked), (1_830, 31));
        assert_eq!(summary.checksum, checksum(&world));
        // A struct per change was 26 bytes a tick.
        assert!(bytes.len() < 1_830 * 14, "{} bytes", bytes.len());
    }

    #[test]
    fn names_come_and_go_with_their_pilots() {
        let (bytes, _) = recording(300);
        let mut playback = open(&bytes).unwrap();
        assert_eq!(playback.room(), "Drift");
        playback.seek(60).unwrap();
        let names = |playback: &Playback| -> Vec<String> {
            (0..12).filter_map(|slot| playback.name_of(PlayerId(slot)).map(str::to_owned)).collect()
        };
        let before = names(&playback);
        assert!(before.len() == 10 && !before.contains(&"Ada".to_owned()), "{before:?}");
        playback.seek(200).unwrap();
        assert!(names(&playback).contains(&"Ada".to_owned()));
        playback.seek(60).unwrap();
        assert_eq!(names(&playback), before);
    }

    #[test]
    fn seeking_back_and_forth_arrives_at_the_same_worlds() {
        let (bytes, _) = recording(1_500);
        let mut straight = open(&bytes).unwrap();
        let mut sums = vec![checksum(straight.world())];
        while straight.step().unwrap() {
            sums.push(checksum(straight.world()));
        }
        let mut seeker = open(&bytes).unwrap();
        for goal in [1_400, 10, 700, 699, 1_499, 0, 9_999, 601, 600] {
            seeker.seek(goal).unwrap();
            let at = goal.min(1_500);
            assert_eq!((seeker.position(), checksum(seeker.world())), ((at, 1_500), sums[at]), "to {goal}");
        }
    }

    #[test]
    fn kept_worlds_thin_out_and_seeking_stays_exact() {
        let (bytes, _) = recording(900);
        let mut playback = open(&bytes).unwrap();
        playback.kept_every = 1;
        let mut sums = vec![checksum(playback.world())];
        while playback.step().unwrap() {
            sums.push(checksum(playback.world()));
        }
        // As if it had been hours: one after the other until there are too many.
        let filler = playback.kept[&0].clone();
        (1..=KEPT_MAX).for_each(|i| {
            playback.kept.insert(1_000_000 + i, filler.clone());
        });
        playback.seek(0).unwrap();
        // Over the border by playing, not by a jump to what is kept there.
        playback.seek(CHUNK_TICKS - 1).unwrap();
        playback.step().unwrap();
        assert!(playback.kept.len() <= KEPT_MAX && playback.kept_every == 2, "{}", playback.kept.len());
        assert!(playback.kept.contains_key(&0));
        for goal in [400, 30, 899] {
            playback.seek(goal).unwrap();
            assert_eq!(checksum(playback.world()), sums[goal], "to {goal}");
        }
    }

    #[test]
    fn damage_is_found_and_named() {
        let (bytes, _) = recording(300);
        assert_eq!(open(b"GIF89a").unwrap_err(), ReplayError::NotARecording);
        assert_eq!(open(b"").unwrap_err(), ReplayError::NotARecording);
        assert_eq!(open(&MAGIC).unwrap_err(), ReplayError::NotARecording);
        assert_eq!(open(b"PERIREC1 and more").unwrap_err(), ReplayError::OtherFormat);
        let mut other = bytes.clone();
        // Within the fingerprint: behind the magic, the length of the header and the tag of a long number.
        other[15] ^= 1;
        assert!(matches!(open(&other), Err(ReplayError::OtherRules { .. })));
        let mut bomb = bytes.clone();
        bomb[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        let limit = DecodeError::TooLong { bytes: u32::MAX as usize, limit: HEADER_BYTES_MAX };
        assert_eq!(open(&bomb).unwrap_err(), ReplayError::Damaged { offset: 8, error: limit });
        let cut = open(&bytes[..bytes.len() - 3]).unwrap().verify().unwrap();
        assert!(cut.cut && cut.ticks == 240);
    }

    #[test]
    fn harmed_files_are_errors_or_matches_and_never_panics() {
        let (bytes, _) = recording(180);
        for round in 0..600 {
            let mut keyed = Keyed::new(1, Tick(round), 0, Purpose::Test);
            let mut harmed = bytes.clone();
            for _ in 0..=keyed.below(3) {
                let at = 8 + keyed.below(harmed.len() as u32 - 8) as usize;
                match keyed.below(4) {
                    0 => harmed[at] ^= 1 << keyed.below(8),
                    1 => harmed[at] = u8::MAX,
                    2 => drop(harmed.remove(at)),
                    _ => harmed.insert(at, keyed.bits() as u8),
                }
            }
            let _ = Playback::open(harmed).and_then(Playback::verify);
        }
    }

    #[test]
    fn every_way_to_cut_a_file_short_is_survived() {
        let (bytes, _) = recording(130);
        for end in (0..bytes.len()).step_by(7) {
            let _ = open(&bytes[..end]).and_then(Playback::verify);
        }
    }
}
