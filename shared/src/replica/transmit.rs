//! What the replica says and when: commands in batches, the acknowledgement that is the flow control, the view's size.

use super::{Kind, Replica};
use crate::{
    limits::COMMANDS_PER_BATCH_MAX,
    protocol::{ClientMessage, CommandBatch, Seen, body::Station, codec},
    tick::Tick,
};

/// An acknowledgement goes out at least this often while snapshots come, µs.
const ACK_US: u64 = 60_000;
/// Commands in a message where messages are dear: on a line that loses some, each a stall, and in a crowd.
const BATCH: usize = 2;
/// People in the room from which on it counts as a crowd: a server that holds so many is spared half of its reading.
const CROWD: usize = 128;
/// The view's size is told this often at most while a window is dragged, µs.
const VIEW_US: u64 = 250_000;
/// …and where one wants to look, µs: no more than a server hears of anybody for long.
const WISH_US: u64 = 200_000;

impl Replica {
    pub(super) fn tell_view(&mut self, now_us: u64) {
        if now_us.saturating_sub(self.view_told_us) < VIEW_US {
            return;
        }
        if let Some(half) = self.view_wanted.take() {
            self.view_told_us = now_us;
            self.say(&ClientMessage::SetView { half });
        }
    }

    pub(super) fn tell_wish(&mut self, now_us: u64) {
        let waits = matches!(self.known.station, Station::Dead { .. });
        if self.known.station == Station::Flying || (self.player.is_some() && !waits) {
            (self.place, self.wish) = (None, None);
        }
        if now_us.saturating_sub(self.wish_told_us) < WISH_US {
            return;
        }
        if let Some(wish) = self.wish.take() {
            self.wish_told_us = now_us;
            self.say(&ClientMessage::Watch(wish));
        }
    }

    pub(super) fn acknowledge(&mut self, now_us: u64) {
        if self.uplink_blocked {
            return;
        }
        let spectating = self.player.is_none();
        if spectating || now_us.saturating_sub(self.last_ack_us) > ACK_US {
            self.send_batch(now_us);
        }
    }

    /// Sends what waits, in runs of consecutive ticks (the clock may have jumped), with the acknowledgement.
    pub(super) fn send_batch(&mut self, now_us: u64) {
        let mut waiting = std::mem::take(&mut self.batch);
        let mut rest = waiting.as_slice();
        loop {
            let run = rest
                .windows(2)
                .take_while(|pair| pair[0].0.next() == pair[1].0)
                .count()
                .saturating_add(1)
                .min(rest.len())
                .min(COMMANDS_PER_BATCH_MAX);
            let (now, later) = rest.split_at(run);
            let batch = CommandBatch {
                ack: self.known.tick,
                stamp_ms: (now_us / 1_000) as u16,
                seen: now.last().map_or_else(Seen::default, |(tick, _)| self.seen_for(*tick)),
                first: now.first().map_or(self.known.tick, |(tick, _)| *tick),
                commands: now.iter().map(|(_, sent)| *sent).collect(),
            };
            self.say(&ClientMessage::Commands(batch));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        self.last_ack_us = now_us;
        waiting.clear();
        self.batch = waiting;
    }

    /// What the last picture showed when the pilot gave the command for `tick`: everything at one moment, between two
    /// ticks of the own present.
    fn seen_for(&self, tick: Tick) -> Seen {
        Seen::present(tick.since(self.view.tick) as f32 - self.view.alpha)
    }

    /// Sends waiting commands when a batch is full or a button changed. While the uplink is blocked they wait for it,
    /// the newest of them, and then leave as one message: what is old by then would be too late anyway.
    pub(super) fn send_due(&mut self, edge: bool, now_us: u64) {
        if self.uplink_blocked {
            let old = self.batch.len().saturating_sub(COMMANDS_PER_BATCH_MAX);
            self.batch.drain(..old);
        } else if self.batch.len() >= self.batch_size(now_us) || (edge && !self.batch.is_empty()) {
            self.send_batch(now_us);
        }
    }

    /// A command that waits for the next one must be given a tick earlier: that is lead, and everybody else is guessed
    /// that much farther.
    fn batch_size(&self, now_us: u64) -> usize {
        let steady = self.clock.as_ref().is_some_and(|clock| clock.is_steady(now_us));
        // Looked at only so far as it takes.
        let is_crowd = || self.roster.values().filter(|entry| !entry.bot).nth(CROWD - 1).is_some();
        if (steady || self.lane.is_open()) && !is_crowd() { 1 } else { BATCH }
    }

    pub(super) fn say(&mut self, message: &ClientMessage) {
        let bytes = codec::encode_client(message);
        let kind = if matches!(message, ClientMessage::Commands(_)) { Kind::Commands } else { Kind::Requests };
        self.line.traffic.add(kind, bytes.len());
        if kind == Kind::Commands && self.lane.send(&bytes) {
            self.line.traffic.add(kind, bytes.len());
        }
        self.outbox.push_back(bytes);
    }
}
