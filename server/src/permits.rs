//! Who may come in: counts of connections, in all and per address.
//!
//! Invariant: what was granted is given back exactly once, by dropping the permit. The one lock is held for a few
//! map operations per connection, never across an await and never by a tick; a channel to an owning task would
//! cost more and make a refusal wait.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    address::AddressKey,
    limits::{ADDRESSES_MAX, Limits},
};

/// The counts, shared by all who grant.
#[derive(Debug, Clone)]
pub struct Permits(Arc<Mutex<Counts>>);

/// What a permit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A TCP connection that speaks HTTP.
    Http,
    /// A WebSocket, from the upgrade on.
    Session,
    /// The same of staff, for whom some places are kept.
    Staff,
    /// A WebSocket that is the second lane of another, from the upgrade on.
    Lane,
    /// A WebSocket that has not said hello.
    Handshake,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The server is full.
    Full,
    /// This address has, or had lately, too many.
    Address,
}

#[derive(Debug)]
struct Counts {
    limits: Arc<Limits>,
    http: usize,
    sessions: usize,
    lanes: usize,
    handshakes: usize,
    by_address: HashMap<AddressKey, AddressCounts>,
}

#[derive(Debug, Default)]
struct AddressCounts {
    http: usize,
    sessions: Places,
    lanes: Places,
    /// Private rooms that were made.
    rooms: Places,
}

/// WebSockets of one kind from one address.
#[derive(Debug, Default)]
struct Places {
    held: usize,
    /// When the latest began; at most as many as may begin within their window.
    recent: VecDeque<Instant>,
}

/// How far back making private rooms is counted.
const ROOMS_WINDOW: Duration = Duration::from_secs(60);

/// The right to one connection; dropping it gives the place back.
#[derive(Debug)]
pub struct Permit {
    permits: Permits,
    /// By which it was counted. None for a proxy, whose connections are anybody's, and for who was exempt when it came:
    /// a reload may have changed that since.
    key: Option<AddressKey>,
    kind: Kind,
}

impl Permits {
    /// Nobody is in yet.
    #[must_use]
    pub fn new(limits: Arc<Limits>) -> Permits {
        let by_address = HashMap::new();
        Permits(Arc::new(Mutex::new(Counts { limits, http: 0, sessions: 0, lanes: 0, handshakes: 0, by_address })))
    }

    /// Other limits from now on; who is in stays.
    pub fn set_limits(&self, limits: Arc<Limits>) {
        self.with(|counts| counts.limits = limits);
    }

    /// Those of now.
    #[must_use]
    pub fn limits(&self) -> Arc<Limits> {
        self.with(|counts| Arc::clone(&counts.limits))
    }

    /// Asks for one place; without an address only the limits for all count.
    ///
    /// # Errors
    /// Says which limit is reached.
    pub fn acquire(&self, kind: Kind, key: impl Into<Option<AddressKey>>, now: Instant) -> Result<Permit, Refusal> {
        let key = self.with(|counts| counts.enter(kind, key.into(), now))?;
        Ok(Permit { permits: self.clone(), key, kind })
    }

    /// Counts a private room that is about to be made.
    ///
    /// # Errors
    /// This address has made too many lately.
    pub fn make_room(&self, key: AddressKey, now: Instant) -> Result<(), Refusal> {
        self.with(|counts| {
            let limits = Arc::clone(&counts.limits);
            if limits.exempts(key) {
                return Ok(());
            }
            let most = limits.private_rooms_new_max;
            let rooms = &mut counts.of_address(key, now, &limits)?.rooms;
            rooms.forget_old(now, ROOMS_WINDOW);
            if rooms.recent.len() >= most {
                return Err(Refusal::Address);
            }
            rooms.recent.push_back(now);
            Ok(())
        })
    }

    /// WebSockets open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.with(|counts| counts.sessions)
    }

    /// Second lanes open.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.with(|counts| counts.lanes)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Counts) -> T) -> T {
        // The counts are plain numbers, whole after every statement: a panic elsewhere leaves nothing half done.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.permits.with(|counts| counts.leave(self.kind, self.key, Instant::now()));
    }
}

impl Counts {
    /// The address under which it is counted, if it is.
    fn enter(&mut self, kind: Kind, key: Option<AddressKey>, now: Instant) -> Result<Option<AddressKey>, Refusal> {
        let limits = &*Arc::clone(&self.limits);
        let full = match kind {
            Kind::Http => self.http + self.sessions + self.lanes >= limits.connections_max,
            Kind::Session => self.is_full(limits.sessions_of_players(), limits),
            Kind::Staff => self.is_full(limits.sessions_max, limits),
            Kind::Lane => self.lanes >= limits.lanes_max || self.sessions + self.lanes >= limits.connections_max,
            Kind::Handshake => self.handshakes >= limits.handshakes_max,
        };
        if full {
            return Err(Refusal::Full);
        }
        if kind == Kind::Handshake {
            self.handshakes += 1;
            return Ok(None);
        }
        let counted = key.filter(|key| !limits.exempts(*key));
        if let Some(key) = counted {
            self.enter_address(kind, key, now, limits)?;
        }
        match kind {
            Kind::Http => self.http += 1,
            Kind::Session | Kind::Staff => self.sessions += 1,
            Kind::Lane => self.lanes += 1,
            Kind::Handshake => unreachable!("handled above"),
        }
        Ok(counted)
    }

    fn is_full(&self, sessions_max: usize, limits: &Limits) -> bool {
        self.sessions >= sessions_max || self.sessions + self.lanes >= limits.connections_max
    }

    /// The counts of an address, if there is room for another one.
    fn of_address(&mut self, key: AddressKey, now: Instant, limits: &Limits) -> Result<&mut AddressCounts, Refusal> {
        if self.by_address.len() >= ADDRESSES_MAX && !self.by_address.contains_key(&key) {
            self.by_address.retain(|_, counts| !counts.is_idle(now, limits));
            if self.by_address.len() >= ADDRESSES_MAX {
                return Err(Refusal::Full);
            }
        }
        Ok(self.by_address.entry(key).or_default())
    }

    fn enter_address(&mut self, kind: Kind, key: AddressKey, now: Instant, limits: &Limits) -> Result<(), Refusal> {
        let counts = self.of_address(key, now, limits)?;
        let (places, held_max, new_max) = match kind {
            Kind::Session | Kind::Staff => (&mut counts.sessions, limits.sessions_per_address, limits.sessions_new_max),
            Kind::Lane => (&mut counts.lanes, limits.lanes_per_address, limits.lanes_new_max),
            Kind::Http if counts.http >= limits.http_per_address => return Err(Refusal::Address),
            Kind::Http => {
                counts.http += 1;
                return Ok(());
            }
            Kind::Handshake => unreachable!("not counted by address"),
        };
        places.forget_old(now, limits.sessions_new_window);
        if places.held >= held_max || places.recent.len() >= new_max {
            return Err(Refusal::Address);
        }
        places.held += 1;
        places.recent.push_back(now);
        Ok(())
    }

    fn leave(&mut self, kind: Kind, key: Option<AddressKey>, now: Instant) {
        match kind {
            Kind::Http => self.http -= 1,
            Kind::Session | Kind::Staff => self.sessions -= 1,
            Kind::Lane => self.lanes -= 1,
            Kind::Handshake => {
                self.handshakes -= 1;
                return;
            }
        }
        let Some(key) = key else { return };
        if let Some(counts) = self.by_address.get_mut(&key) {
            match kind {
                Kind::Http => counts.http -= 1,
                Kind::Session | Kind::Staff => counts.sessions.held -= 1,
                Kind::Lane => counts.lanes.held -= 1,
                Kind::Handshake => unreachable!("handled above"),
            }
            if counts.is_idle(now, &self.limits) {
                self.by_address.remove(&key);
            }
        }
    }
}

impl AddressCounts {
    /// Whether forgetting it changes nothing.
    fn is_idle(&self, now: Instant, limits: &Limits) -> bool {
        let window = limits.sessions_new_window;
        self.http == 0
            && [(&self.sessions, window), (&self.lanes, window), (&self.rooms, ROOMS_WINDOW)]
                .iter()
                .all(|(places, window)| places.is_idle(now, *window))
    }
}

impl Places {
    fn forget_old(&mut self, now: Instant, window: Duration) {
        while self.recent.front().is_some_and(|&began| now.duration_since(began) >= window) {
            self.recent.pop_front();
        }
    }

    fn is_idle(&self, now: Instant, window: Duration) -> bool {
        let last = self.recent.back();
        self.held == 0 && last.is_none_or(|&began| now.duration_since(began) >= window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u32) -> AddressKey {
        AddressKey::of(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n).into())
    }

    fn permits(change: impl FnOnce(&mut Limits)) -> Permits {
        let mut limits = Limits::default();
        change(&mut limits);
        Permits::new(Arc::new(limits))
    }

    #[test]
    fn an_address_has_eight_sessions_and_gets_a_place_back() {
        let permits = permits(|_| {});
        let now = Instant::now();
        let mut held: Vec<_> = (0..8).map(|_| permits.acquire(Kind::Session, key(1), now).unwrap()).collect();
        assert_eq!(permits.acquire(Kind::Session, key(1), now).unwrap_err(), Refusal::Address);
        held.push(permits.acquire(Kind::Session, key(2), now).expect("another address is not concerned"));
        held.remove(0);
        held.push(permits.acquire(Kind::Session, key(1), now).expect("a place is free again"));
        assert_eq!(permits.sessions(), 9);
    }

    #[test]
    fn lanes_take_no_place_of_a_session_and_have_an_end_of_their_own() {
        let permits = permits(|limits| (limits.connections_max, limits.lanes_max) = (12, 9));
        let now = Instant::now();
        let take = |kind, n| permits.acquire(kind, key(n), now);
        let mut held: Vec<_> = (0..8).map(|_| take(Kind::Lane, 1).unwrap()).collect();
        assert_eq!(take(Kind::Lane, 1).unwrap_err(), Refusal::Address);
        held.push(take(Kind::Session, 1).expect("who has lanes may also play"));
        held.push(take(Kind::Lane, 2).expect("another address is not concerned"));
        assert_eq!(take(Kind::Lane, 3).unwrap_err(), Refusal::Full);
        held.extend([take(Kind::Session, 3).unwrap(), take(Kind::Session, 3).unwrap()]);
        assert_eq!(take(Kind::Session, 4).unwrap_err(), Refusal::Full, "all sockets are one number");
        assert_eq!((permits.sessions(), permits.lanes()), (3, 9));
        held.clear();
        assert_eq!((permits.sessions(), permits.lanes()), (0, 0));
    }

    #[test]
    fn an_address_opens_ten_in_ten_seconds() {
        let permits = permits(|_| {});
        let start = Instant::now();
        for n in 0..10 {
            drop(permits.acquire(Kind::Session, key(1), start + Duration::from_millis(n)).unwrap());
        }
        let soon = start + Duration::from_millis(9_999);
        assert_eq!(permits.acquire(Kind::Session, key(1), soon).unwrap_err(), Refusal::Address);
        assert!(permits.acquire(Kind::Session, key(1), start + Duration::from_secs(10)).is_ok());
    }

    #[test]
    fn loopback_knows_only_the_global_limit() {
        let permits = permits(|limits| limits.connections_max = 20);
        let loopback = AddressKey::of(std::net::Ipv4Addr::LOCALHOST.into());
        let now = Instant::now();
        let _held: Vec<_> = (0..20).map(|_| permits.acquire(Kind::Session, loopback, now).unwrap()).collect();
        assert_eq!(permits.acquire(Kind::Session, loopback, now).unwrap_err(), Refusal::Full);
        assert_eq!(permits.acquire(Kind::Http, key(1), now).unwrap_err(), Refusal::Full);
    }

    #[test]
    fn a_school_behind_one_address_is_as_many_as_it_is() {
        let permits = permits(|limits| limits.exempt = vec!["10.0.0.0/30".parse().unwrap()]);
        let now = Instant::now();
        let take = |n| permits.acquire(Kind::Session, key(n), now);
        let _class: Vec<_> = (0..30).map(|_| take(1).unwrap()).collect();
        let _others: Vec<_> = (0..8).map(|_| take(9).unwrap()).collect();
        assert_eq!(take(9).unwrap_err(), Refusal::Address);
        assert!((0..5).all(|_| permits.make_room(key(1), now).is_ok()));
    }

    #[test]
    fn who_came_in_exempt_takes_nothing_from_the_counts_when_that_has_changed() {
        let permits = permits(|_| {});
        let loopback = AddressKey::of(std::net::Ipv4Addr::LOCALHOST.into());
        let kinds = [Kind::Http, Kind::Session, Kind::Lane];
        let take = || kinds.map(|kind| permits.acquire(kind, loopback, Instant::now()).unwrap());
        let exempt = take();
        permits.set_limits(Arc::new(Limits { loopback_exempt: false, ..Limits::default() }));
        let counted = take();
        drop(exempt);
        let held = || permits.with(|counts| counts.by_address.get(&loopback).map_or(0, |held| held.http));
        assert_eq!((held(), permits.sessions(), permits.lanes()), (1, 1, 1));
        permits.set_limits(Arc::new(Limits::default()));
        drop(counted);
        assert_eq!((held(), permits.sessions(), permits.lanes()), (0, 0, 0));
    }

    #[test]
    fn an_address_makes_two_private_rooms_in_a_minute() {
        let permits = permits(|_| {});
        let now = Instant::now();
        let make = |n, after_s| permits.make_room(key(n), now + Duration::from_secs(after_s));
        assert_eq!((make(1, 0), make(1, 1), make(1, 59)), (Ok(()), Ok(()), Err(Refusal::Address)));
        assert_eq!((make(2, 59), make(1, 60)), (Ok(()), Ok(())), "another address, and the first one later");
    }

    #[test]
    fn some_places_are_for_staff() {
        let permits = permits(|limits| (limits.sessions_max, limits.sessions_reserved) = (3, 2));
        let take = |kind, n| permits.acquire(kind, key(n), Instant::now());
        let _player = take(Kind::Session, 1).unwrap();
        assert_eq!(take(Kind::Session, 2).unwrap_err(), Refusal::Full);
        let first = take(Kind::Staff, 3).unwrap();
        let _second = take(Kind::Staff, 4).unwrap();
        assert_eq!(take(Kind::Staff, 5).unwrap_err(), Refusal::Full, "there are no more than there are");
        drop(first);
        assert_eq!(take(Kind::Session, 2).unwrap_err(), Refusal::Full);
        assert!(take(Kind::Staff, 5).is_ok());
    }

    #[test]
    fn handshakes_have_their_own_limit() {
        let permits = permits(|limits| limits.handshakes_max = 2);
        let now = Instant::now();
        let _a = permits.acquire(Kind::Handshake, key(1), now).unwrap();
        let b = permits.acquire(Kind::Handshake, key(2), now).unwrap();
        assert_eq!(permits.acquire(Kind::Handshake, key(3), now).unwrap_err(), Refusal::Full);
        drop(b);
        assert!(permits.acquire(Kind::Handshake, key(3), now).is_ok());
    }

    #[test]
    fn addresses_that_left_are_forgotten() {
        let permits = permits(|limits| limits.sessions_new_window = Duration::ZERO);
        for n in 0..1_000 {
            drop(permits.acquire(Kind::Session, key(n), Instant::now()).unwrap());
            drop(permits.acquire(Kind::Http, key(n), Instant::now()).unwrap());
            drop(permits.acquire(Kind::Lane, key(n), Instant::now()).unwrap());
        }
        assert_eq!(permits.with(|counts| counts.by_address.len()), 0);
        assert_eq!(permits.with(|counts| (counts.sessions, counts.http)), (0, 0));
    }
}
