//! A writer and a reader of bits, least significant first. Invariant: the reader never reads past its bytes and
//! never allocates; every writing method has a reading twin of the same name.

/// The bytes ended in the middle of a value, or a value is not one that the writer makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BitsError;

/// Bits to bytes.
#[derive(Debug, Clone, Default)]
pub struct BitWriter {
    /// Zero beyond `len`, and long enough that eight bytes from the byte being written exist.
    bytes: Vec<u8>,
    len: usize,
}

/// Bits that fit one write of eight bytes at any offset within a byte.
const CHUNK: u32 = 56;

impl BitWriter {
    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        let used = self.len.div_ceil(8);
        self.bytes[..used].fill(0);
        self.len = 0;
    }

    /// Bits written so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes so far; unused bits of the last one are 0.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len.div_ceil(8)]
    }

    /// The low `count` (0..=56) bits of `value`; higher bits must be 0.
    pub fn wide(&mut self, value: u64, count: u32) {
        debug_assert!(count <= CHUNK && value >> count == 0, "{value} does not fit {count} bits");
        let (at, offset) = (self.len / 8, self.len % 8);
        if self.bytes.len() < at + 8 {
            self.bytes.resize((at + 8) * 2, 0);
        }
        if let Some(window) = self.bytes[at..].first_chunk_mut::<8>() {
            *window = (u64::from_le_bytes(*window) | value << offset).to_le_bytes();
        }
        self.len += count as usize;
    }

    /// The low `count` (0..=32) bits of `value`; higher bits must be 0.
    pub fn bits(&mut self, value: u32, count: u32) {
        self.wide(u64::from(value), count);
    }

    /// One bit.
    pub fn flag(&mut self, value: bool) {
        self.bits(u32::from(value), 1);
    }

    /// Two's complement in `count` (1..=32) bits; `value` must fit.
    pub fn signed(&mut self, value: i32, count: u32) {
        debug_assert!(
            value >> (count - 1) == 0 || value >> (count - 1) == -1,
            "{value} does not fit {count} signed bits"
        );
        self.bits(value.cast_unsigned() & mask(count), count);
    }

    /// Any integer; small ones are short: five bits of length, then the zigzag value without its leading one.
    pub fn sized(&mut self, value: i32) {
        let zigzag = ((value << 1) ^ (value >> 31)).cast_unsigned();
        let length = (32 - zigzag.leading_zeros()).min(31);
        if length == 31 {
            self.wide(u64::from(length) | u64::from(zigzag) << 5, 37);
        } else if length > 1 {
            self.wide(u64::from(length) | u64::from(zigzag & mask(length - 1)) << 5, 4 + length);
        } else {
            self.bits(length, 5);
        }
    }

    /// A count, small ones short: groups of three bits, each behind a "more" bit.
    pub fn count(&mut self, mut value: u32) {
        while value > 7 {
            self.bits(1 | (value & 7) << 1, 4);
            value = (value >> 3) - 1;
        }
        self.bits(value << 1, 4);
    }

    /// `value`, known to both ends to be below `end`, in as few bits as that needs.
    pub fn below(&mut self, value: usize, end: usize) {
        self.bits(value as u32, bits_below(end));
    }

    /// `len` bits of `source`, starting at its bit `start`.
    pub fn copy(&mut self, source: &BitWriter, start: usize, len: usize) {
        let mut reader = BitReader::new(source.bytes());
        reader.at = start;
        let mut left = len;
        while left > 0 {
            let chunk = left.min(CHUNK as usize) as u32;
            let bits = reader.wide(chunk).expect("the range lies inside the source");
            self.wide(bits, chunk);
            left -= chunk as usize;
        }
    }
}

/// Bits that hold any number below `end`.
#[must_use]
pub fn bits_below(end: usize) -> u32 {
    usize::BITS - end.saturating_sub(1).leading_zeros()
}

fn mask(count: u32) -> u32 {
    if count >= 32 { u32::MAX } else { (1 << count) - 1 }
}

/// Bytes to bits.
#[derive(Debug, Clone)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    /// Reads from the first bit of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> BitReader<'a> {
        BitReader { bytes, at: 0 }
    }

    /// Bits not yet read, padding included.
    #[must_use]
    pub fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    /// Twin of [`BitWriter::wide`].
    ///
    /// # Errors
    /// When fewer than `count` bits are left.
    pub fn wide(&mut self, count: u32) -> Result<u64, BitsError> {
        if self.left() < count as usize {
            return Err(BitsError);
        }
        let (first, offset) = (self.at / 8, self.at % 8);
        let rest = &self.bytes[first..];
        let window = match rest.first_chunk::<8>() {
            Some(window) => u64::from_le_bytes(*window),
            None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        self.at += count as usize;
        Ok(window >> offset & ((1 << count) - 1))
    }

    /// Twin of [`BitWriter::bits`].
    ///
    /// # Errors
    /// When fewer than `count` bits are left.
    pub fn bits(&mut self, count: u32) -> Result<u32, BitsError> {
        Ok(self.wide(count)? as u32)
    }

    /// Twin of [`BitWriter::below`].
    ///
    /// # Errors
    /// When the bits end, or the value is not below `end`.
    pub fn below(&mut self, end: usize) -> Result<usize, BitsError> {
        let value = self.bits(bits_below(end))? as usize;
        if value < end { Ok(value) } else { Err(BitsError) }
    }

    /// Twin of [`BitWriter::flag`].
    ///
    /// # Errors
    /// When no bit is left.
    pub fn flag(&mut self) -> Result<bool, BitsError> {
        Ok(self.bits(1)? == 1)
    }

    /// Twin of [`BitWriter::signed`].
    ///
    /// # Errors
    /// When fewer than `count` bits are left.
    pub fn signed(&mut self, count: u32) -> Result<i32, BitsError> {
        let raw = self.bits(count)?.cast_signed();
        Ok(raw << (32 - count) >> (32 - count))
    }

    /// Twin of [`BitWriter::sized`].
    ///
    /// # Errors
    /// When the bits end.
    pub fn sized(&mut self) -> Result<i32, BitsError> {
        let length = self.bits(5)?;
        let zigzag = match length {
            0 => 0,
            1 => 1,
            31 => self.bits(32)?,
            _ => 1 << (length - 1) | self.bits(length - 1)?,
        };
        Ok((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    /// Twin of [`BitWriter::count`].
    ///
    /// # Errors
    /// When the bits end, or the count is beyond any that is written (2^24).
    pub fn count(&mut self) -> Result<u32, BitsError> {
        let (mut value, mut shift, mut base) = (0u32, 0, 0u32);
        loop {
            let group = self.bits(4)?;
            value += (group >> 1) << shift;
            if group & 1 == 0 {
                return Ok(value + base);
            }
            shift += 3;
            base += 1 << shift;
            if shift > 21 {
                return Err(BitsError);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Item {
        Bits(u32, u32),
        Signed(i32, u32),
        Sized(i32),
        Count(u32),
        Wide(u64, u32),
        Below(usize, usize),
    }

    fn item() -> impl Strategy<Value = Item> {
        prop_oneof![
            (any::<u32>(), 1u32..=32).prop_map(|(value, count)| Item::Bits(value & mask(count), count)),
            (any::<i32>(), 1u32..=32).prop_map(|(value, count)| Item::Signed(value >> (32 - count), count)),
            any::<i32>().prop_map(Item::Sized),
            (-2_000i32..2_000).prop_map(Item::Sized),
            (0u32..1 << 20).prop_map(Item::Count),
            (0u32..30).prop_map(Item::Count),
            (any::<u64>(), 1u32..=CHUNK).prop_map(|(value, count)| Item::Wide(value >> (64 - count), count)),
            (0usize..600)
                .prop_flat_map(|value| (Just(value), value + 1..700))
                .prop_map(|(value, end)| Item::Below(value, end)),
        ]
    }

    fn write(writer: &mut BitWriter, item: &Item) {
        match *item {
            Item::Bits(value, count) => writer.bits(value, count),
            Item::Signed(value, count) => writer.signed(value, count),
            Item::Sized(value) => writer.sized(value),
            Item::Count(value) => writer.count(value),
            Item::Wide(value, count) => writer.wide(value, count),
            Item::Below(value, end) => writer.below(value, end),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(items in proptest::collection::vec(item(), 0..60), start in 0usize..9) {
            let mut source = BitWriter::default();
            items.iter().for_each(|item| write(&mut source, item));
            // A writer that was used before writes the same.
            let mut copied = source.clone();
            copied.clear();
            copied.bits(0, start as u32);
            copied.copy(&source, 0, source.len());
            for (writer, skip) in [(&source, 0), (&copied, start as u32)] {
                let mut reader = BitReader::new(writer.bytes());
                reader.bits(skip).unwrap();
                for item in &items {
                    match *item {
                        Item::Bits(value, count) => prop_assert_eq!(reader.bits(count), Ok(value)),
                        Item::Signed(value, count) => prop_assert_eq!(reader.signed(count), Ok(value)),
                        Item::Sized(value) => prop_assert_eq!(reader.sized(), Ok(value)),
                        Item::Count(value) => prop_assert_eq!(reader.count(), Ok(value)),
                        Item::Wide(value, count) => prop_assert_eq!(reader.wide(count), Ok(value)),
                        Item::Below(value, end) => prop_assert_eq!(reader.below(end), Ok(value)),
                    }
                }
                prop_assert!(reader.left() < 8);
            }
        }

        #[test]
        fn rubbish_ends_in_an_error_not_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut reader = BitReader::new(&bytes);
            while reader.sized().is_ok() && reader.count().is_ok() && reader.flag().is_ok() && reader.signed(24).is_ok() {}
        }
    }

    #[test]
    fn small_numbers_are_short() {
        let length = |value| {
            let mut writer = BitWriter::default();
            writer.sized(value);
            writer.len()
        };
        assert_eq!([length(0), length(-1), length(1), length(5)], [5, 5, 6, 8]);
    }
}
