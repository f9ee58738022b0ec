//! Secrets that open something: drawn at random, shown once, remembered by their hash alone. Invariant: what is in memory or on
//! the disk opens nothing.

use std::fmt;

use sha2::{Digest, Sha256};

/// Bytes of randomness.
const SECRET_BYTES: usize = 32;

/// A secret, to be handed to whom it is for.
pub struct Secret([u8; SECRET_BYTES]);

/// What is remembered of a [`Secret`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretKey([u8; 32]);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn draw() -> Result<Secret, getrandom::Error> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Secret(bytes))
    }

    /// What to remember of it.
    #[must_use]
    pub fn key(&self) -> SecretKey {
        SecretKey(Sha256::digest(self.0).into())
    }

    /// Another one that follows from it, and from which it does not follow: for a lesser right.
    #[must_use]
    pub fn pass(&self) -> Secret {
        let mut hash = Sha256::new();
        hash.update(b"pass");
        hash.update(self.0);
        Secret(hash.finalize().into())
    }

    /// As text, for a cookie or a link.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The secret of a text, if it has the shape of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Secret> {
        let digits: Vec<u8> =
            text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        (digits.len() == 2 * SECRET_BYTES).then(|| bytes.try_into().ok().map(Secret)).flatten()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_from_its_text_and_nothing_else_does() {
        let (a, b) = (Secret::draw().unwrap(), Secret::draw().unwrap());
        assert_ne!(a.key(), b.key());
        assert!(a.pass().key() == a.pass().key() && a.pass().key() != a.key() && a.pass().key() != b.pass().key());
        assert_eq!(Secret::parse(&a.text()).unwrap().key(), a.key());
        for text in ["", "00", &a.text()[1..], &format!("{}0", a.text()), &"é".repeat(32), &"g".repeat(64)] {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
        assert!(!format!("{a:?}").contains(&a.text()[..8]));
    }
}
