//! Nothing that waits is without a limit: outputs, snapshots under way, deeds to tell, bytes on a line, a message.

use shared::limits::{DEEDS_KEPT, SNAPSHOT_BYTES_MAX, SNAPSHOT_PARTS_MAX, SNAPSHOTS_UNACKED_MAX};

use crate::harness::{Match, Sabotage};

/// Bytes on one direction of a line: what a socket's buffers of 32 KiB hold at both ends. Flow control must keep
/// far below that.
const LINE_BYTES_MAX: usize = 64 * 1_024;
/// Messages for one connection from one tick: welcome, two rosters, leaderboard, joined, deeds, a close, and a snapshot.
const OUTPUTS_EACH_MAX: usize = 7 + SNAPSHOT_PARTS_MAX;

/// Looks at a match after a tick.
///
/// # Errors
/// What is beyond its limit.
pub fn check(live: &mut Match) -> Result<(), String> {
    let flood = if live.sabotaged(Sabotage::FloodLine) { 1 << 20 } else { 0 };
    let outputs = live.facts.outputs;
    if outputs > (live.players.len() + 2) * OUTPUTS_EACH_MAX {
        return Err(format!("{outputs} outputs of one tick"));
    }
    for (index, bytes) in &live.facts.snapshots {
        if *bytes > SNAPSHOT_BYTES_MAX {
            return Err(format!("a snapshot of {bytes} bytes for player {index}"));
        }
    }
    for (index, player) in live.players.iter().enumerate() {
        for (way, line) in [("up", &player.up), ("down", &player.down), ("of the lane", &player.lane.link)] {
            let bytes = line.under_way().1 + flood;
            if bytes > LINE_BYTES_MAX {
                return Err(format!("{bytes} bytes on the line {way} of player {index}"));
            }
        }
        let Some(standing) = live.room.standing(player.conn) else { continue };
        if standing.unacked > SNAPSHOTS_UNACKED_MAX || standing.untold > DEEDS_KEPT {
            return Err(format!("player {index}: {standing:?}"));
        }
    }
    Ok(())
}
