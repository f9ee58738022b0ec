//! How often one address may ask for something: a token bucket each. Invariants: the table has a limit; full of busy
//! addresses, a new one is refused. The one lock is held for a map operation, never across an await and never by a tick.

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

/// The buckets of all who asked lately.
#[derive(Debug)]
pub struct Rates {
    rate: Rate,
    began: Instant,
    buckets: Mutex<HashMap<AddressKey, Bucket>>,
}

impl Rates {
    /// Nobody has asked.
    #[must_use]
    pub fn new(rate: Rate) -> Rates {
        Rates { rate, began: Instant::now(), buckets: Mutex::default() }
    }

    /// Whether `key` may ask once more; if so, that was once.
    #[must_use]
    pub fn take(&self, key: AddressKey, now: Instant) -> bool {
        let now_us = u64::try_from(now.saturating_duration_since(self.began).as_micros()).unwrap_or(u64::MAX);
        // Whole after every statement: a panic elsewhere leaves nothing half done.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES_MAX && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| {
                bucket.fill(now_us);
                !bucket.holds(self.rate.burst)
            });
            if buckets.len() >= ADDRESSES_MAX {
                return false;
            }
        }
        let bucket = buckets.entry(key).or_insert_with(|| Bucket::new(self.rate, now_us));
        bucket.fill(now_us);
        let may = bucket.holds(1);
        if may {
            bucket.take(1);
        }
        may
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
        let rates = Rates::new(Rate { per_s: 2, burst: 3 });
        let now = Instant::now();
        assert_eq!([0; 5].map(|_| rates.take(key(1), now)), [true, true, true, false, false]);
        assert!(rates.take(key(2), now));
        let later = now + Duration::from_secs(1);
        assert_eq!([0; 3].map(|_| rates.take(key(1), later)), [true, true, false]);
    }

    #[test]
    fn a_table_full_of_busy_addresses_refuses_new_ones_until_some_have_rested() {
        let rates = Rates::new(Rate { per_s: 1, burst: 1 });
        let now = Instant::now();
        (0..ADDRESSES_MAX as u32).for_each(|number| assert!(rates.take(key(number), now)));
        assert!(!rates.take(key(u32::MAX), now));
        assert!(rates.take(key(u32::MAX), now + Duration::from_secs(2)));
        assert_eq!(rates.buckets.lock().unwrap().len(), 1);
    }
}
