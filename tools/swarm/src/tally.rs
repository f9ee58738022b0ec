//! What clients count while they fly, and how counts are added up.
//!
//! Invariant: arrivals and ends count from the start of the run to its end, everything that becomes a rate or a
//! percentile only in the measured stretch. Counting decides nothing; what the figures mean is in
//! [`crate::report`].

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;
use serde::Serialize;
use shared::replica::view::LineView;

use crate::{comeback::End, kind, news::Arrival, socket::frame_bytes};

/// Beyond this a time is "very long", µs.
const TIME_MAX_US: u64 = 30_000_000;
/// A frame this much after its beat was late: more than one beat and the next.
pub const LATE: Duration = Duration::from_millis(20);
/// News older than this is no longer fresh: three snapshots in a row did not come.
pub const STALE_MS: f32 = 100.0;

/// Times in µs, within 1 %.
#[derive(Debug, Clone)]
pub struct Times(Histogram<u32>);

impl Times {
    fn new() -> Times {
        Times(Histogram::new_with_bounds(1, TIME_MAX_US, 2).expect("constant bounds, in order"))
    }

    /// One more.
    pub fn record(&mut self, time_us: u64) {
        self.0.saturating_record(time_us);
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time that a share `quantile` of all does not exceed, ms; `None` without any.
    pub fn quantile_ms(&self, quantile: f64) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.0.value_at_quantile(quantile) as f64 / 1_000.0)
    }

    fn add(&mut self, other: &Times) {
        self.0.add(&other.0).expect("all have the same bounds");
    }
}

/// Bytes of messages, within 1 %.
#[derive(Debug, Clone)]
pub struct Sizes(Histogram<u32>);

impl Sizes {
    fn new() -> Sizes {
        let max = shared::limits::SERVER_MESSAGE_BYTES_MAX as u64;
        Sizes(Histogram::new_with_bounds(1, max, 2).expect("constant bounds, in order"))
    }

    fn record(&mut self, bytes: usize) {
        self.0.saturating_record(bytes as u64);
    }

    /// The sizes that 0 %, 1 % … 100 % of all do not exceed; empty without any.
    pub fn percentiles(&self) -> Vec<u64> {
        let percents = if self.0.is_empty() { 0..0 } else { 0..101 };
        percents.map(|percent| self.0.value_at_quantile(f64::from(percent) / 100.0)).collect()
    }

    fn add(&mut self, other: &Sizes) {
        self.0.add(&other.0).expect("all have the same bounds");
    }
}

/// How early commands came, quarter ticks, exactly: there are 256 values.
#[derive(Debug, Clone)]
pub struct Margins(Box<[u64; 256]>);

impl Margins {
    fn new() -> Margins {
        Margins(Box::new([0; 256]))
    }

    fn record(&mut self, margin: i8) {
        self.0[(i16::from(margin) + 128) as usize] += 1;
    }

    /// The margin that a share `quantile` of all does not exceed, ticks; `None` without any.
    pub fn quantile_ticks(&self, quantile: f64) -> Option<f64> {
        let total: u64 = self.0.iter().sum();
        let wanted = (total as f64 * quantile).ceil().max(1.0) as u64;
        let mut seen = 0;
        let index = self.0.iter().position(|count| {
            seen += count;
            seen >= wanted
        })?;
        Some((index as f64 - 128.0) / 4.0)
    }

    /// How many there are, and how many say that commands came late.
    pub fn late(&self) -> (u64, u64) {
        (self.0.iter().sum(), self.0[..128].iter().sum())
    }

    fn add(&mut self, other: &Margins) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(count, other)| *count += other);
    }
}

/// Messages and their payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// How many.
    pub messages: u64,
    /// Bytes of payload.
    pub bytes: u64,
}

impl Count {
    fn one(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes as u64;
    }

    fn add(&mut self, other: Count) {
        self.messages += other.messages;
        self.bytes += other.bytes;
    }
}

/// How often each thing happened, over the whole run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Events {
    /// WebSockets opened.
    #[serde(rename = "connections")]
    pub connected: u32,
    /// Clients that were welcomed at least once (of one client: 0 or 1).
    pub welcomed: u32,
    /// Clients that got a slot at least once (of one client: 0 or 1).
    pub joined: u32,
    /// Slots got back with a token.
    pub rejoined: u32,
    /// Returns for which the token was no good any more.
    pub forgotten: u32,
    /// Returns after which the points were there.
    pub kept: u32,
    /// Returns after which there were fewer than deaths explain: bugs.
    pub shrunk: u32,
    /// Ships flown.
    pub launches: u32,
    /// Lines let go on purpose.
    pub dropped: u32,
    /// Attempts to connect that failed.
    pub refused: u32,
    /// Connections that broke without a close frame.
    pub lost: u32,
    /// Messages that the client logic could not make sense of: bugs.
    pub nonsense: u32,
    /// Close frames of the server by code.
    pub closes: BTreeMap<u16, u32>,
}

/// One client's counts, or the sum of several.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Over the whole run.
    pub events: Events,
    /// From the server, by [`kind::DOWN`].
    pub down: [Count; kind::DOWN.len()],
    /// To the server, by [`kind::UP`].
    pub up: [Count; kind::UP.len()],
    /// Bytes of WebSocket frames around them, down and up.
    pub framing: (u64, u64),
    /// Snapshots by tick: several messages may carry one.
    pub snapshots: u64,
    /// Time spent connected, µs.
    pub client_us: u64,
    /// From sending a command to the snapshot that echoes it, without the server's own wait.
    pub rtt: Times,
    /// The same with the wait for the tick and the snapshot.
    pub ack: Times,
    /// Between two snapshots.
    pub gaps: Times,
    /// From the first snapshot after an outage to the first that is current again.
    pub recoveries: Times,
    /// How early commands came, as every snapshot tells.
    pub margins: Margins,
    /// Bytes of snapshots.
    pub sizes: Sizes,
    /// Age of the newest snapshot at each frame.
    pub staleness: Times,
    /// Frames on which it was above [`STALE_MS`].
    pub stale_frames: u64,
    /// Frames on which a snapshot had come at all.
    pub fresh_frames: u64,
    /// Predictions checked, and those that were not exact.
    pub predictions: (u64, u64),
    /// Sum and maximum of corrections, u.
    pub corrections: (f64, f32),
    /// How late frames were.
    pub lateness: Times,
    /// Frames due, and those that were [`LATE`] or left out.
    pub frames: (u64, u64),
}

impl Tally {
    /// Nothing yet.
    pub fn new() -> Tally {
        Tally {
            events: Events::default(),
            down: Default::default(),
            up: Default::default(),
            framing: (0, 0),
            snapshots: 0,
            client_us: 0,
            rtt: Times::new(),
            ack: Times::new(),
            gaps: Times::new(),
            recoveries: Times::new(),
            margins: Margins::new(),
            sizes: Sizes::new(),
            staleness: Times::new(),
            stale_frames: 0,
            fresh_frames: 0,
            predictions: (0, 0),
            corrections: (0.0, 0.0),
            lateness: Times::new(),
            frames: (0, 0),
        }
    }

    /// A message came.
    pub fn came(&mut self, kind: usize, bytes: usize) {
        self.down[kind].one(bytes);
        self.framing.0 += frame_bytes(bytes, false) as u64;
    }

    /// A message went.
    pub fn went(&mut self, kind: usize, bytes: usize) {
        self.up[kind].one(bytes);
        self.framing.1 += frame_bytes(bytes, true) as u64;
    }

    /// A frame came `late` after its beat, and `missed` before it not at all. One within its beat's time is due and
    /// on time.
    pub fn framed(&mut self, late: Duration, missed: u64) {
        self.lateness.record(u64::try_from(late.as_micros()).unwrap_or(u64::MAX));
        self.frames.0 += 1 + missed;
        self.frames.1 += missed + u64::from(late > LATE);
    }

    /// A snapshot message of so many bytes came; `playing` when its margin is about commands.
    pub fn snapshot(&mut self, arrival: Arrival, margin: i8, playing: bool, bytes: usize) {
        self.sizes.record(bytes);
        self.snapshots += u64::from(arrival.is_new);
        if arrival.is_new && playing {
            self.margins.record(margin);
        }
        if let Some(gap_us) = arrival.gap_us {
            self.gaps.record(gap_us);
        }
        if let Some(recovered_us) = arrival.recovered_us {
            self.recoveries.record(recovered_us);
        }
    }

    /// At a frame the newest snapshot was so old.
    pub fn aged(&mut self, age_us: u64) {
        self.staleness.record(age_us);
        self.fresh_frames += 1;
        self.stale_frames += u64::from(age_us as f32 > STALE_MS * 1_000.0);
    }

    /// What the replica says of its line, and what it said a frame ago.
    pub fn line(&mut self, line: &LineView, before: &LineView) {
        self.aged((line.staleness_ms * 1_000.0) as u64);
        self.predictions.0 += u64::from(line.predictions.saturating_sub(before.predictions));
        let wrong = line.mispredictions.saturating_sub(before.mispredictions);
        self.predictions.1 += u64::from(wrong);
        if wrong > 0 {
            // Two wrong ones within a frame show the last one's correction only; at 30 snapshots a second that is
            // rare.
            self.corrections.0 += f64::from(wrong) * f64::from(line.correction_u);
            self.corrections.1 = self.corrections.1.max(line.correction_u);
        }
    }

    /// Adds another's.
    pub fn add(&mut self, other: &Tally) {
        self.events.add(&other.events);
        self.down.iter_mut().zip(other.down).for_each(|(count, other)| count.add(other));
        self.up.iter_mut().zip(other.up).for_each(|(count, other)| count.add(other));
        self.framing = (self.framing.0 + other.framing.0, self.framing.1 + other.framing.1);
        self.snapshots += other.snapshots;
        self.client_us += other.client_us;
        self.rtt.add(&other.rtt);
        self.ack.add(&other.ack);
        self.gaps.add(&other.gaps);
        self.recoveries.add(&other.recoveries);
        self.margins.add(&other.margins);
        self.sizes.add(&other.sizes);
        self.staleness.add(&other.staleness);
        self.stale_frames += other.stale_frames;
        self.fresh_frames += other.fresh_frames;
        self.predictions = (self.predictions.0 + other.predictions.0, self.predictions.1 + other.predictions.1);
        self.corrections = (self.corrections.0 + other.corrections.0, self.corrections.1.max(other.corrections.1));
        self.lateness.add(&other.lateness);
        self.frames = (self.frames.0 + other.frames.0, self.frames.1 + other.frames.1);
    }
}

/// Snapshots a second while connected; `None` for who was connected for less than half of `measured`.
pub fn snapshots_s(snapshots: u64, client_us: u64, measured: Duration) -> Option<f64> {
    let connected_s = client_us as f64 / 1e6;
    (connected_s > measured.as_secs_f64() / 2.0).then(|| snapshots as f64 / connected_s)
}

impl Events {
    /// A connection ended.
    pub fn ended(&mut self, end: End) {
        match end {
            End::Over => {}
            End::Closed(code) => *self.closes.entry(code).or_default() += 1,
            End::Lost => self.lost += 1,
            End::Dropped => self.dropped += 1,
            End::Nonsense => self.nonsense += 1,
        }
    }

    /// Adds another's.
    pub fn add(&mut self, other: &Events) {
        for (total, more) in [
            (&mut self.connected, other.connected),
            (&mut self.welcomed, other.welcomed),
            (&mut self.joined, other.joined),
            (&mut self.rejoined, other.rejoined),
            (&mut self.forgotten, other.forgotten),
            (&mut self.kept, other.kept),
            (&mut self.shrunk, other.shrunk),
            (&mut self.launches, other.launches),
            (&mut self.dropped, other.dropped),
            (&mut self.refused, other.refused),
            (&mut self.lost, other.lost),
            (&mut self.nonsense, other.nonsense),
        ] {
            *total += more;
        }
        for (&code, &count) in &other.closes {
            *self.closes.entry(code).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_a_hundredth() {
        let mut times = Times::new();
        assert_eq!(times.quantile_ms(0.5), None);
        (1..=1_000).for_each(|ms| times.record(ms * 1_000));
        for (quantile, ms) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0), (1.0, 1_000.0)] {
            let found = times.quantile_ms(quantile).unwrap();
            assert!((found - ms).abs() <= ms * 0.011, "{quantile}: {found}");
        }
        times.record(u64::MAX);
        assert!(times.quantile_ms(1.0).unwrap() >= TIME_MAX_US as f64 / 1_000.0, "the very long saturates");
    }

    #[test]
    fn margins_are_exact_and_say_who_is_late() {
        let mut margins = Margins::new();
        assert_eq!((margins.quantile_ticks(0.5), margins.late()), (None, (0, 0)));
        [-128, -4, 0, 6, 8, 127].into_iter().for_each(|margin| margins.record(margin));
        let quantiles = [0.01, 0.5, 1.0].map(|quantile| margins.quantile_ticks(quantile).unwrap());
        assert_eq!((quantiles, margins.late()), ([-32.0, 0.0, 31.75], (6, 2)));
    }

    #[test]
    fn sizes_are_a_hundred_and_one_numbers_or_none() {
        let mut sizes = Sizes::new();
        assert!(sizes.percentiles().is_empty());
        (1..=100).for_each(|bytes| sizes.record(bytes));
        let percentiles = sizes.percentiles();
        assert_eq!((percentiles.len(), percentiles[0], percentiles[50], percentiles[100]), (101, 1, 50, 100));
    }

    #[test]
    fn late_and_left_out_frames_count_as_late() {
        let mut tally = Tally::new();
        tally.framed(Duration::from_millis(1), 0);
        tally.framed(LATE, 0);
        tally.framed(LATE + Duration::from_millis(1), 0);
        tally.framed(Duration::ZERO, 5);
        assert_eq!(tally.frames, (9, 6));
    }

    #[test]
    fn the_line_counts_what_is_new_in_it() {
        let mut tally = Tally::new();
        let before = LineView { predictions: 10, mispredictions: 1, correction_u: 9.0, ..LineView::default() };
        let line = LineView { predictions: 14, mispredictions: 3, correction_u: 0.5, ..before };
        tally.line(&line, &before);
        tally.line(&LineView { staleness_ms: 140.0, ..line }, &line);
        assert_eq!((tally.predictions, tally.corrections), ((4, 2), (1.0, 0.5)));
        assert_eq!((tally.stale_frames, tally.fresh_frames), (1, 2));
    }

    #[test]
    fn sums_hold_everything_of_both() {
        let (mut one, mut other) = (Tally::new(), Tally::new());
        one.came(2, 100);
        other.came(2, 50);
        other.went(1, 20);
        other.rtt.record(5_000);
        other.events.ended(End::Closed(4005));
        other.events.rejoined = 2;
        one.events.ended(End::Closed(4005));
        one.add(&other);
        assert_eq!(one.down[2], Count { messages: 2, bytes: 150 });
        assert_eq!((one.up[1].bytes, one.framing), (20, (4, 6)));
        assert_eq!((one.events.closes[&4005], one.events.rejoined), (2, 2));
        assert!(one.rtt.quantile_ms(0.5).is_some());
    }

    #[test]
    fn who_was_hardly_there_has_no_rate() {
        assert_eq!(snapshots_s(300, 10_000_000, Duration::from_secs(10)), Some(30.0));
        assert_eq!(snapshots_s(300, 10_000_000, Duration::from_secs(30)), None);
    }
}
