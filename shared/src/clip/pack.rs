//! Whole numbers as bytes: seven bits each, the small ones first in line, the sign in the lowest bit. Invariant: reading is
//! bounded by the bytes there are.

use crate::protocol::DecodeError;

/// Writes numbers.
#[derive(Debug, Default)]
pub struct Packer {
    /// What was written.
    pub bytes: Vec<u8>,
}

impl Packer {
    /// Writes one.
    pub fn put(&mut self, value: i32) {
        let mut left = (value.cast_unsigned() << 1) ^ (value >> 31).cast_unsigned();
        while left >= 0x80 {
            self.bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        self.bytes.push(left as u8);
    }

    /// Writes several.
    pub fn put_all(&mut self, values: &[i32]) {
        values.iter().for_each(|value| self.put(*value));
    }

    /// Writes bits that are no number.
    pub fn put_bits(&mut self, bits: u32) {
        self.bytes.extend(bits.to_le_bytes());
    }
}

/// Reads them again.
#[derive(Debug)]
pub struct Unpacker<'a> {
    bytes: &'a [u8],
}

impl<'a> Unpacker<'a> {
    /// From the first byte on.
    pub fn new(bytes: &'a [u8]) -> Unpacker<'a> {
        Unpacker { bytes }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.bytes.len()
    }

    /// Reads one.
    pub fn take(&mut self) -> Result<i32, DecodeError> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
            }
        }
        Err(DecodeError::Malformed)
    }

    /// Reads a count of things that take at least a byte each.
    pub fn count(&mut self) -> Result<usize, DecodeError> {
        let count = usize::try_from(self.take()?).map_err(|_| DecodeError::Malformed)?;
        if count <= self.left() { Ok(count) } else { Err(DecodeError::Malformed) }
    }

    /// Reads one that fits a byte.
    pub fn small(&mut self) -> Result<u8, DecodeError> {
        u8::try_from(self.take()?).map_err(|_| DecodeError::Malformed)
    }

    /// Reads several.
    pub fn series(&mut self, count: usize) -> Result<Vec<i32>, DecodeError> {
        if count > self.left() {
            return Err(DecodeError::Malformed);
        }
        (0..count).map(|_| self.take()).collect()
    }

    /// Reads bits that are no number.
    pub fn bits(&mut self) -> Result<u32, DecodeError> {
        let (bits, rest) = self.bytes.split_first_chunk::<4>().ok_or(DecodeError::Malformed)?;
        self.bytes = rest;
        Ok(u32::from_le_bytes(*bits))
    }

    /// Reads so many bytes.
    pub fn slice(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (slice, rest) = self.bytes.split_at_checked(count).ok_or(DecodeError::Malformed)?;
        self.bytes = rest;
        Ok(slice)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let (first, rest) = self.bytes.split_first().ok_or(DecodeError::Malformed)?;
        self.bytes = rest;
        Ok(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_comes_back(values: Vec<i32>, bits: u32) {
            let mut packer = Packer::default();
            packer.put_all(&values);
            packer.put_bits(bits);
            let mut unpacker = Unpacker::new(&packer.bytes);
            prop_assert_eq!(unpacker.series(values.len()), Ok(values));
            prop_assert_eq!((unpacker.bits(), unpacker.left()), (Ok(bits), 0));
        }

        #[test]
        fn any_bytes_are_numbers_or_none(bytes: Vec<u8>) {
            let mut unpacker = Unpacker::new(&bytes);
            while unpacker.left() > 0 && unpacker.take().is_ok() {}
        }
    }

    #[test]
    fn small_ones_take_a_byte() {
        for (value, bytes) in [(0, 1), (-64, 1), (63, 1), (64, 2), (i32::MIN, 5), (i32::MAX, 5)] {
            let mut packer = Packer::default();
            packer.put(value);
            assert_eq!(packer.bytes.len(), bytes, "{value}");
        }
    }
}
