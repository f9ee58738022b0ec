//! How entries lie in a journal, and how they are found again whatever has become of its end.
//!
//! ```text
//! length u32 | crc32 of the body u32 | body (an Entry) | length…
//! ```
//!
//! Little-endian. Invariant: `read` gives the longest run of whole frames from the beginning, never panics and allocates
//! no more than the bytes it is given.

use shared::{protocol::codec, room::Save};

use super::{DatedFlight, Entry};

const HEAD_BYTES: usize = 8;

/// What a journal says, summed up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// Whose it is.
    pub head: String,
    /// The last time in it, seconds since 1970.
    pub time_s: u64,
    /// Slots and clock.
    pub save: Save,
    /// Flights that ended.
    pub flights: Vec<DatedFlight>,
    /// Bytes at the end that are no whole frame.
    pub torn: usize,
}

impl Contents {
    /// Adds what an entry tells.
    pub fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Head(head) => self.head = head,
            Entry::Time(time_s) => self.time_s = time_s,
            Entry::Flight(flight) => self.flights.push(flight),
            Entry::Record(record) => self.save.apply(&record),
        }
    }
}

/// Appends an entry.
pub fn write(bytes: &mut Vec<u8>, entry: &Entry) {
    let body = codec::encode_stored(entry);
    let length = u32::try_from(body.len()).expect("an entry is a few hundred bytes");
    bytes.extend(length.to_le_bytes());
    bytes.extend(crc32fast::hash(&body).to_le_bytes());
    bytes.extend(body);
}

/// Everything up to the first frame that is not whole.
#[must_use]
pub fn read(bytes: &[u8]) -> Contents {
    let mut contents = Contents::default();
    let mut rest = bytes;
    while let Some((entry, behind)) = next(rest) {
        contents.apply(entry);
        rest = behind;
    }
    contents.torn = rest.len();
    contents
}

/// The entries of a journal, one by one, and what is behind each.
pub(super) fn next(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
    let word = |at: usize| head[at..at + 4].try_into().map(u32::from_le_bytes).ok();
    let (body, behind) = rest.split_at_checked(usize::try_from(word(0)?).ok()?)?;
    // A file that grew and was not written is zeros: an empty body, whose sum is zero.
    if body.is_empty() || crc32fast::hash(body) != word(4)? {
        return None;
    }
    Some((codec::decode_stored(body).ok()?, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_up_to_the_first_frame_that_is_not_whole() {
        let mut bytes = Vec::new();
        let entries = [Entry::Head("drift".into()), Entry::Time(7), Entry::Time(9)];
        let mut ends = vec![0];
        for entry in &entries {
            write(&mut bytes, entry);
            ends.push(bytes.len());
        }
        for end in 0..=bytes.len() {
            let whole = ends.iter().filter(|at| **at > 0 && **at <= end).count();
            let mut expected = Contents { torn: end - ends[whole], ..Contents::default() };
            entries[..whole].iter().cloned().for_each(|entry| expected.apply(entry));
            assert_eq!(read(&bytes[..end]), expected, "cut at {end}");
        }
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x10;
            let whole = ends.iter().filter(|end| **end > 0 && **end <= at).count();
            assert_eq!(read(&bad).torn, bytes.len() - ends[whole], "flipped at {at}");
        }
        for seed in 0..20_000_u64 {
            let draw = |at: u64| shared::rng::mix(seed << 16 | at);
            let rubbish: Vec<u8> = (0..draw(0) % 64).map(|at| draw(at + 1) as u8 & 0x1f).collect();
            assert_eq!(read(&rubbish).torn, rubbish.len(), "rubbish {seed}");
        }
        assert_eq!(read(&[0; 4_096]), Contents { torn: 4_096, ..Contents::default() });
    }
}
