//! How good bytes are harmed.

use shared::rng::Keyed;

/// One to four of: a flipped bit, a byte anew, a cut, a tail, a piece twice.
pub fn wound(bytes: &mut Vec<u8>, keyed: &mut Keyed) {
    for _ in 0..=keyed.below(4) {
        let at = keyed.below(bytes.len().max(1) as u32) as usize;
        match keyed.below(5) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << keyed.below(8),
            1 if !bytes.is_empty() => bytes[at] = keyed.bits() as u8,
            2 => bytes.truncate(at),
            3 => bytes.extend((0..keyed.below(40)).map(|_| 0xfb)),
            _ => {
                let piece = bytes[at..].to_vec();
                bytes.extend(piece.into_iter().take(64));
            }
        }
    }
}
