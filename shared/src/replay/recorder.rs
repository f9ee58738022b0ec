//! Recording a match as it happens. Invariant: it costs a comparison per pilot and tick, and what it holds is at
//! most one chunk; the shell takes finished chunks away.

use std::collections::VecDeque;

use super::{
    Header, MAGIC, ROOM_CHARS_MAX,
    chunk::{CHUNK_TICKS, Chunk, Held, TickRecord},
};
use crate::{
    defs::Terms,
    ids::PlayerId,
    protocol::{codec, rules_hash},
    rewind::Lag,
    sim::{Command, Order, World, checksum},
};

/// Chunks that wait for the shell at most. Full: recording ends, because a gap would make the rest worthless.
const WAITING_MAX: usize = 64;

/// A recording in progress.
#[derive(Debug, Clone)]
pub struct Recorder {
    /// Commands held now…
    held: Held,
    /// …and before the chunk under way.
    packed: Held,
    records: Vec<TickRecord>,
    ready: VecDeque<Vec<u8>>,
    ended: bool,
}

impl Recorder {
    /// Starts with a fresh `world`, before its first step; `seed` is that of its layout, `room` its name, `terms` what is
    /// played.
    #[must_use]
    pub fn new(world: &World, seed: u64, room: &str, terms: Terms) -> Recorder {
        let plain = |c: &char| super::chunk::is_plain(c.encode_utf8(&mut [0; 4]));
        let room = room.chars().filter(plain).take(ROOM_CHARS_MAX).collect();
        let header = Header { rules: rules_hash(), seed, secret: world.secret, start: world.tick, room, terms };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(framed(codec::encode_replay(&header)));
        Recorder {
            held: Held::new(),
            packed: Held::new(),
            records: Vec::with_capacity(CHUNK_TICKS),
            ready: VecDeque::from([bytes]),
            ended: false,
        }
    }

    /// Notes one step: what went in, the lags its shots asked about, and the world that came out. `name_of` knows
    /// those who come.
    pub fn record(
        &mut self,
        orders: &[Order],
        commands: &[(PlayerId, Command)],
        lags: Vec<(PlayerId, Lag)>,
        world: &World,
        name_of: impl Fn(PlayerId) -> Option<String>,
    ) {
        if self.ended {
            return;
        }
        let gone = |player: &PlayerId| commands.binary_search_by_key(player, |(player, _)| *player).is_err();
        let mut changes: Vec<(PlayerId, Option<Command>)> =
            self.held.keys().filter(|player| gone(player)).map(|player| (*player, None)).collect();
        let fresh = commands.iter().filter(|(player, command)| self.held.get(player) != Some(command));
        changes.extend(fresh.map(|&(player, command)| (player, Some(command))));
        let names = orders.iter().filter_map(|order| match *order {
            Order::Enlist { player, .. } | Order::Return { player, .. } | Order::Restore { player, .. } => {
                Some((player, name_of(player)?))
            }
            Order::Discharge { .. }
            | Order::Launch { .. }
            | Order::Park { .. }
            | Order::Refit { .. }
            | Order::EndSeason { .. }
            | Order::Tune { .. }
            | Order::Household { .. }
            | Order::Gift { .. } => None,
        });
        let record = TickRecord { orders: orders.to_vec(), names: names.collect(), changes, lags };
        record.apply(&mut self.held);
        self.records.push(record);
        if self.records.len() == CHUNK_TICKS {
            self.finish_chunk(world);
        }
    }

    /// Closes the chunk under way, so that the recording reaches up to `world`.
    pub fn finish_chunk(&mut self, world: &World) {
        if self.records.is_empty() || self.ended {
            return;
        }
        let chunk = Chunk::pack(&self.records, &mut self.packed, checksum(world));
        self.records.clear();
        if self.ready.len() >= WAITING_MAX {
            self.ended = true;
            return;
        }
        self.ready.push_back(framed(codec::encode_replay(&chunk)));
    }

    /// The next bytes to append to the file.
    pub fn poll(&mut self) -> Option<Vec<u8>> {
        self.ready.pop_front()
    }
}

fn framed(bytes: Vec<u8>) -> Vec<u8> {
    let mut framed = (bytes.len() as u32).to_le_bytes().to_vec();
    framed.extend(bytes);
    framed
}
