//! Lists from outside. Invariant: memory grows with the bytes that are there, never with a length that is merely claimed (serde makes
//! room for up to a mebibyte of what a list says it holds).

use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};

/// Reads a list; for `deserialize_with`.
pub(super) fn growing<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_seq(Growing(PhantomData))
}

struct Growing<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Growing<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut there = Vec::new();
        while let Some(next) = list.next_element()? {
            there.push(next);
        }
        Ok(there)
    }
}
