//! What a pilot says to have seen, against what was measured. Invariant: whatever is claimed, the moment that hits
//! are held against lies within 100 ms of what the line explains, and never in the future.
//!
//! A command for tick T is carried out at T, and a client that shows the present shows T as well: its clock runs
//! ahead by the round trip and a margin, and it simulates what it was told forward by as much. So its honest claim
//! is a tick or two back: a frame shows the moment between the last two ticks, and the command that answers it is
//! for the next. Only a client that draws what it was told *without* bringing it forward sees the past, and at most
//! as far back as its news are old.

use crate::{
    protocol::sent::{SEEN_PARTS, Seen},
    rewind::REWIND_TICKS_MAX,
    tick::TICK_US,
};

/// A claim may be off what was measured by this much, in [`SEEN_PARTS`]: 100 ms, which is also a screen of ten
/// frames a second.
const TOLERANCE: i64 = 6 * SEEN_PARTS as i64;

/// As far back as any room looks, in [`SEEN_PARTS`].
const BACK_MAX: u8 = REWIND_TICKS_MAX * SEEN_PARTS;

/// So many milliseconds in [`SEEN_PARTS`] of a tick.
#[must_use]
pub fn parts_of(ms: u16) -> u8 {
    let parts = u64::from(ms) * 1_000 * u64::from(SEEN_PARTS) / TICK_US;
    u8::try_from(parts).unwrap_or(u8::MAX).min(BACK_MAX)
}

/// A claim, settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// How far back to hold ships, in [`SEEN_PARTS`] of a tick.
    pub back: u8,
    /// Whether the claim was replaced by the measured value.
    pub replaced: bool,
}

/// Settles a claim. `rtt_us` is the least round trip measured lately, `early_us` how long before its tick the
/// command came; `back_max` is as far back as the room looks, in [`SEEN_PARTS`].
#[must_use]
pub fn settle(seen: Seen, rtt_us: u64, early_us: i64, back_max: u8) -> Settled {
    let measured = measured(seen, rtt_us, early_us);
    let claimed = i64::from(seen.back);
    let replaced = (claimed - measured).abs() > TOLERANCE || seen.back == u8::MAX;
    let back = if replaced { measured } else { claimed };
    Settled { back: back.clamp(0, i64::from(back_max.min(BACK_MAX))) as u8, replaced }
}

/// What the line explains: the delay the client says it draws with, but no more than its news are old (the round
/// trip and the time its commands wait here) and a buffer of 100 ms.
fn measured(seen: Seen, rtt_us: u64, early_us: i64) -> i64 {
    let news_us = rtt_us.min(10_000_000).cast_signed() + early_us.clamp(0, 1_000_000);
    let news = news_us * i64::from(SEEN_PARTS) / TICK_US as i64;
    i64::from(seen.delay).min(news + TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::ShipClass,
        protocol::{ClientMessage, CommandBatch, SentCommand},
        room::{ConnId, Room, RoomConfig, RoomEvent},
    };

    /// Claims `back` ticks with a delay of `delay` ticks on a line of `rtt_ms`, commands coming a tick early.
    fn check(back: f32, delay: f32, rtt_ms: u64) -> (f32, bool) {
        let parts = |ticks: f32| (ticks * f32::from(SEEN_PARTS)) as u8;
        let seen = Seen { back: parts(back), delay: parts(delay) };
        let settled = settle(seen, rtt_ms * 1_000, TICK_US as i64, BACK_MAX);
        (f32::from(settled.back) / f32::from(SEEN_PARTS), settled.replaced)
    }

    #[test]
    fn claims_within_a_tenth_of_a_second_stand() {
        for (back, delay, rtt_ms, settled) in [
            // A client that shows the present: 1.5 ticks, whatever its line.
            (1.25, 1.5, 0, (1.25, false)),
            (2.0, 1.5, 300, (2.0, false)),
            (7.5, 1.5, 300, (7.5, false)),
            (0.0, 1.5, 300, (0.0, false)),
            // One that draws the past, 100 ms round trip: seven ticks of news and a buffer.
            (9.0, 9.0, 100, (9.0, false)),
            (3.0, 9.0, 100, (3.0, false)),
        ] {
            assert_eq!(check(back, delay, rtt_ms), settled, "{back} ticks back, {delay} behind, {rtt_ms} ms");
        }
    }

    #[test]
    fn claims_beyond_it_are_replaced_by_what_was_measured() {
        for (back, delay, rtt_ms, settled) in [
            // From the past…
            (8.0, 1.5, 300, (1.5, true)),
            (31.0, 1.5, 0, (1.5, true)),
            // …and from the future, of one that says it draws the past.
            (0.0, 9.0, 100, (9.0, true)),
            // Nobody needs to draw older pictures than arrive here: a tick early, no round trip, 100 ms.
            (12.0, 30.0, 0, (12.0, false)),
            (31.0, 31.0, 0, (7.0, true)),
            // However slow the line, 200 ms is the end.
            (20.0, 20.0, 400, (12.0, false)),
        ] {
            assert_eq!(check(back, delay, rtt_ms), settled, "{back} ticks back, {delay} behind, {rtt_ms} ms");
        }
        assert!(settle(Seen { back: 255, delay: 255 }, u64::MAX, i64::MAX, 255).back <= 96);
        assert!(settle(Seen { back: 0, delay: 0 }, 0, i64::MIN, BACK_MAX).back == 0);
    }

    #[test]
    fn a_room_looks_as_far_back_as_it_is_made_to() {
        let back = |rewind_ms: u16| {
            let (conn, tick_us) = (ConnId(1), TICK_US);
            let mut room = Room::new(RoomConfig { bots: 0, rewind_ms, ..RoomConfig::default() });
            room.handle(RoomEvent::newcomer(conn), 0);
            let play = ClientMessage::Play { name: "x".into(), class: ShipClass::Spark };
            room.handle(RoomEvent::Message { conn, message: play }, 0);
            let (ack, first) = (room.world().tick, room.world().tick.next());
            let seen = Seen { back: 40, delay: 48 };
            let batch = CommandBatch { ack, stamp_ms: 0, seen, first, commands: vec![SentCommand::default()] };
            room.handle(RoomEvent::Message { conn, message: ClientMessage::Commands(batch) }, 0);
            room.tick(tick_us, &|_| true);
            room.lags[0].1.back
        };
        assert_eq!([200, 50, 0].map(back), [40, 24, 0]);
    }

    #[test]
    fn a_room_may_look_less_far_back() {
        let back = |ms: u16| settle(Seen { back: 56, delay: 72 }, 100_000, TICK_US as i64, parts_of(ms));
        assert_eq!([0, 50, 200].map(|ms| back(ms).back), [0, 24, 56]);
        assert!(!back(0).replaced, "it is no lie to see the past");
        assert_eq!((parts_of(200), parts_of(u16::MAX)), (BACK_MAX, BACK_MAX));
    }
}
