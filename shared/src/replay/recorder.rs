//! Recording a match as it happens. Invariant: it costs a comparison per pilot and tick, and what it holds is at
//! most one chunk; the shell takes finished chunks away.

use std::collections::{BTreeMap, VecDeque};

use super::{CHUNK_TICKS, Chunk, Header, MAGIC, TickRecord};
use crate::{
    ids::PlayerId,
    protocol::{codec, proto_hash},
    sim::{Command, Order, World, checksum},
};

/// Chunks that wait for the shell at most. Full: recording ends, because a gap would make the rest worthless.
const WAITING_MAX: usize = 64;

/// A recording in progress.
#[derive(Debug, Clone)]
pub struct Recorder {
    held: BTreeMap<PlayerId, Command>,
    chunk: Chunk,
    ready: VecDeque<Vec<u8>>,
    ended: bool,
}

impl Recorder {
    /// Starts with a fresh `world`, before its first step; `seed` is that of its layout.
    #[must_use]
    pub fn new(world: &World, seed: u64) -> Recorder {
        let header = Header { rules: proto_hash(), seed, secret: world.secret, start: world.tick };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(framed(codec::encode_replay(&header)));
        Recorder { held: BTreeMap::new(), chunk: Chunk::default(), ready: VecDeque::from([bytes]), ended: false }
    }

    /// Notes one step: what went in, and the world that came out.
    pub fn record(&mut self, orders: &[Order], commands: &[(PlayerId, Command)], world: &World) {
        if self.ended {
            return;
        }
        let mut changes = Vec::new();
        self.held.retain(|player, _| {
            let stays = commands.binary_search_by_key(player, |(player, _)| *player).is_ok();
            if !stays {
                changes.push((*player, None));
            }
            stays
        });
        for &(player, command) in commands {
            if self.held.insert(player, command) != Some(command) {
                changes.push((player, Some(command)));
            }
        }
        self.chunk.ticks.push(TickRecord { orders: orders.to_vec(), changes });
        if self.chunk.ticks.len() == CHUNK_TICKS {
            self.finish_chunk(world);
        }
    }

    /// Closes the chunk under way, so that the recording reaches up to `world`.
    pub fn finish_chunk(&mut self, world: &World) {
        if self.chunk.ticks.is_empty() || self.ended {
            return;
        }
        let mut chunk = std::mem::take(&mut self.chunk);
        chunk.checksum = checksum(world);
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
