//! How often an address may do something that is rare for people: a token bucket each. Invariant: however many addresses
//! come, no more than [`ADDRESSES_MAX`] are remembered; whoever is forgotten begins with a full bucket.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use crate::{
    address::AddressKey,
    bucket::{Bucket, Rate},
    limits::ADDRESSES_MAX,
};

/// The buckets. The lock is held for one map operation.
#[derive(Debug)]
pub struct AddressRates {
    rate: Rate,
    epoch: Instant,
    buckets: Mutex<HashMap<AddressKey, Bucket>>,
}

impl AddressRates {
    /// Everybody may do as much as `rate` says.
    #[must_use]
    pub fn new(rate: Rate) -> AddressRates {
        AddressRates { rate, epoch: Instant::now(), buckets: Mutex::default() }
    }

    /// Takes so many tokens of an address, if they are there.
    pub fn take(&self, key: AddressKey, tokens: u64, now: Instant) -> bool {
        let now_us = now.saturating_duration_since(self.epoch).as_micros() as u64;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
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
