//! The tables of each tick that a replica still reckons: those that hold by the latest news, and those that were told to
//! hold later. Invariant: the same tick has the same tables here and in the room, whenever one asks.

use std::collections::VecDeque;

use crate::{
    defs::{Defs, Terms, Tuning},
    limits::TUNINGS_AHEAD_MAX,
    tick::Tick,
};

/// The tables by tick.
#[derive(Debug, Clone)]
pub struct Tables {
    /// Of the latest news.
    now: Defs,
    /// From their ticks on, in order.
    coming: VecDeque<(Tick, Defs)>,
}

impl Tables {
    /// Those alone.
    #[must_use]
    pub fn new(defs: Defs) -> Tables {
        Tables { now: defs, coming: VecDeque::new() }
    }

    /// What a welcome says. What one was made with holds where it says the same: a test may play by tables of its own.
    pub fn greet(&mut self, terms: Terms, tuning: &Tuning) {
        self.coming.clear();
        if self.now.mode.terms != terms || self.now.tuning != *tuning {
            self.now = Defs::tuned(terms, tuning);
        }
    }

    /// Other numbers hold from a tick on. False when that is before what was told earlier, or too much was.
    #[must_use]
    pub fn announce(&mut self, from: Tick, tuning: &Tuning) -> bool {
        let in_order = self.coming.back().is_none_or(|(before, _)| from.is_after(*before));
        let good = in_order && self.coming.len() < TUNINGS_AHEAD_MAX;
        if good {
            self.coming.push_back((from, Defs::tuned(self.now.mode.terms, tuning)));
        }
        good
    }

    /// There is news of `tick`: nothing before it is reckoned any more.
    pub fn settle(&mut self, tick: Tick) {
        while let Some((_, defs)) = self.coming.pop_front_if(|(from, _)| !from.is_after(tick)) {
            self.now = defs;
        }
    }

    /// The tables that the step into `tick` goes by.
    #[must_use]
    pub fn at(&self, tick: Tick) -> &Defs {
        self.coming.iter().rfind(|(from, _)| !from.is_after(tick)).map_or(&self.now, |(_, defs)| defs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuning(percent: u16) -> Tuning {
        let mut tuning = Tuning::STANDARD;
        tuning.set("gravity", percent).unwrap();
        tuning
    }

    #[test]
    fn each_tick_has_its_tables() {
        let mut tables = Tables::new(Defs::standard());
        let start = Tick(u32::MAX - 15);
        assert!(tables.announce(start.plus(10), &tuning(150)) && tables.announce(start.plus(20), &tuning(50)));
        assert!(!tables.announce(start.plus(20), &tuning(60)), "told in order");
        let seen = |tables: &Tables| {
            [0, 9, 10, 19, 20, 900].map(|after| tables.at(start.plus(after)).tuning.get("gravity").unwrap())
        };
        assert_eq!(seen(&tables), [100, 100, 150, 150, 50, 50]);
        tables.settle(start.plus(9));
        assert_eq!(seen(&tables), [100, 100, 150, 150, 50, 50], "across the wrap of the clock");
        tables.settle(start.plus(11));
        assert_eq!(seen(&tables), [150, 150, 150, 150, 50, 50]);
        tables.greet(Terms::default(), &Tuning::STANDARD);
        assert_eq!(seen(&tables), [100; 6]);
        for after in 0..TUNINGS_AHEAD_MAX as i32 {
            assert!(tables.announce(start.plus(after), &tuning(50)));
        }
        assert!(!tables.announce(start.plus(500), &tuning(50)), "there is an end");
    }
}
