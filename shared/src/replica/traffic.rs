//! What the bytes were spent on: a count by kind of message, snapshots by section. Invariant: the kinds of one
//! direction sum up to the bytes of that direction (a bit that fills up a byte counts for [`Kind::Head`]).

/// What bytes can be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Kind {
    /// Snapshots: the envelope, the station, the arena's edge.
    Head,
    /// Snapshots: the own ship.
    Owner,
    /// Snapshots: other ships.
    Ships,
    /// Snapshots: shots.
    Shots,
    /// Snapshots: loose rocks.
    Rocks,
    /// Snapshots: pickups.
    Pickups,
    /// Snapshots: rocks of the belts.
    Belts,
    /// Snapshots: what ended and what happened.
    Events,
    /// Names, leaderboard, kills, greetings.
    Society,
    /// Up: commands and acknowledgements.
    Commands,
    /// Up: everything else.
    Requests,
}

/// How many kinds there are.
pub const KINDS: usize = Kind::Requests as usize + 1;

impl Kind {
    /// All of them, in order; those that come down first.
    pub const ALL: [Kind; KINDS] = [
        Kind::Head,
        Kind::Owner,
        Kind::Ships,
        Kind::Shots,
        Kind::Rocks,
        Kind::Pickups,
        Kind::Belts,
        Kind::Events,
        Kind::Society,
        Kind::Commands,
        Kind::Requests,
    ];

    /// Whether it goes to the server.
    #[must_use]
    pub fn is_up(self) -> bool {
        matches!(self, Kind::Commands | Kind::Requests)
    }

    /// One word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Head => "head",
            Kind::Owner => "own ship",
            Kind::Ships => "ships",
            Kind::Shots => "shots",
            Kind::Rocks => "rocks",
            Kind::Pickups => "pickups",
            Kind::Belts => "belts",
            Kind::Events => "events",
            Kind::Society => "names, scores",
            Kind::Commands => "commands",
            Kind::Requests => "requests",
        }
    }
}

/// The count, in bits. A reader of a snapshot says how many bits are left after each section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    bits: [u64; KINDS],
    left: usize,
    marked: u64,
}

impl Traffic {
    /// A body begins with `left` bits.
    pub fn begin(&mut self, left: usize) {
        self.left = left;
        self.marked = 0;
    }

    /// What was read since the last mark was `kind`; `left` bits remain.
    pub fn mark(&mut self, kind: Kind, left: usize) {
        let read = self.left.saturating_sub(left) as u64;
        self.left = left;
        self.bits[kind as usize] += read;
        self.marked += read;
    }

    /// The snapshot whose sections were marked had this many bytes in all: the rest was its head.
    pub fn finish(&mut self, bytes: usize) {
        self.bits[Kind::Head as usize] += (bytes as u64 * 8).saturating_sub(self.marked);
        self.begin(0);
    }

    /// A whole message was `kind`.
    pub fn add(&mut self, kind: Kind, bytes: usize) {
        self.bits[kind as usize] += bytes as u64 * 8;
    }

    /// Bytes of `kind` so far.
    #[must_use]
    pub fn bytes(&self, kind: Kind) -> f64 {
        self.bits[kind as usize] as f64 / 8.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(traffic: &Traffic, up: bool) -> f64 {
        Kind::ALL.iter().filter(|kind| kind.is_up() == up).map(|kind| traffic.bytes(*kind)).sum()
    }

    #[test]
    fn sections_and_head_sum_up_to_the_message() {
        let mut traffic = Traffic::default();
        traffic.begin(80);
        traffic.mark(Kind::Owner, 79);
        traffic.mark(Kind::Ships, 40);
        traffic.mark(Kind::Events, 3);
        traffic.finish(14);
        traffic.add(Kind::Society, 100);
        traffic.add(Kind::Commands, 9);
        assert_eq!(traffic.bytes(Kind::Ships), 39.0 / 8.0);
        assert_eq!((total(&traffic, false), total(&traffic, true)), (114.0, 9.0));
    }

    #[test]
    fn every_kind_is_listed_once_under_its_own_number() {
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
        }
    }

    #[test]
    fn a_reader_that_goes_backwards_counts_nothing() {
        let mut traffic = Traffic::default();
        traffic.begin(8);
        traffic.mark(Kind::Owner, 90);
        traffic.finish(0);
        assert_eq!(total(&traffic, false), 0.0);
    }
}
