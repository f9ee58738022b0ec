//! How often an address (or whatever else somebody is known by) may do something that is rare for people: a token bucket each.
//! Invariant: however many come, no more than [`ADDRESSES_MAX`] are remembered; whoever is forgotten begins with a full bucket.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crate::{
    address::AddressKey,
    bucket::{Bucket, Rate},
    limits::ADDRESSES_MAX,
};

/// The buckets. The lock is held for one map operation.
#[derive(Debug)]
pub struct Rates<K> {
    rate: Rate,
    epoch: Instant,
    buckets: Mutex<HashMap<K, Bucket>>,
}

/// One for each address.
pub type AddressRates = Rates<AddressKey>;

impl<K: Eq + Hash> Rates<K> {
    /// Everybody may do as much as `rate` says.
    #[must_use]
    pub fn new(rate: Rate) -> Rates<K> {
        Rates { rate, epoch: Instant::now(), buckets: Mutex::default() }
    }

    /// Takes so many tokens, if they are there.
    pub fn take(&self, key: K, tokens: u64, now: Instant) -> bool {
        let now_us = now.saturating_duration_since(self.epoch).as_micros() as u64;
        let mut buckets = self.buckets();
        if buckets.len() >= ADDRESSES_MAX && !buckets.contains_key(&key) {
            let full = self.rate.burst;
            buckets.retain(|_, bucket| {
                bucket.fill(now_us);
                !bucket.holds(full)
            });
            if buckets.len() >= ADDRESSES_MAX {
                // A flood of addresses: nobody new for now.
                return false;
            }
        }
        let bucket = buckets.entry(key).or_insert_with(|| Bucket::new(self.rate, now_us));
        bucket.fill(now_us);
        let there = bucket.holds(tokens);
        if there {
            bucket.take(tokens);
        }
        there
    }

    /// Gives back what was taken for something that turned out not to count.
    pub fn give_back(&self, key: &K, tokens: u64) {
        if let Some(bucket) = self.buckets().get_mut(key) {
            bucket.give_back(tokens);
        }
    }

    fn buckets(&self) -> MutexGuard<'_, HashMap<K, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::Ipv4Addr, time::Duration};

    fn key(number: u32) -> AddressKey {
        AddressKey::of(Ipv4Addr::from(number).into())
    }

    #[test]
    fn each_address_has_its_own_rate() {
        let rates = AddressRates::new(Rate { per_s: 2, burst: 3 });
        let now = Instant::now();
        assert_eq!([0; 5].map(|_| rates.take(key(1), 1, now)), [true, true, true, false, false]);
        assert!(rates.take(key(2), 1, now));
        let later = now + Duration::from_secs(1);
        assert_eq!([0; 3].map(|_| rates.take(key(1), 1, later)), [true, true, false]);
        rates.give_back(&key(1), 1);
        assert_eq!([0; 2].map(|_| rates.take(key(1), 1, later)), [true, false]);
        rates.give_back(&key(2), 100);
        assert_eq!([0; 4].map(|_| rates.take(key(2), 1, now)), [true, true, true, false], "no more than there was");
    }

    #[test]
    fn a_table_full_of_busy_addresses_refuses_new_ones_until_some_have_rested() {
        let rates = AddressRates::new(Rate { per_s: 1, burst: 1 });
        let now = Instant::now();
        (0..ADDRESSES_MAX as u32).for_each(|number| assert!(rates.take(key(number), 1, now)));
        assert!(!rates.take(key(u32::MAX), 1, now));
        assert!(rates.take(key(u32::MAX), 1, now + Duration::from_secs(2)));
        assert_eq!(rates.buckets.lock().unwrap().len(), 1);
    }
}
