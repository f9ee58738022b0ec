//! What a pilot must hear exactly once and in order, also across a resume: kills of the room, its own hits, and how seasons
//! ended.
//!
//! Each deed has a number that counts on for as long as the seat lives, not the connection. Invariant: a connection
//! is told each deed at most once, in order, none left out unless more than [`DEEDS_KEPT`] were missed. Not here:
//! sparks of the moment, which ride in snapshots and are not told later.

use std::collections::VecDeque;

use crate::{
    limits::{DEEDS_KEPT, DEEDS_PER_NEWS_MAX},
    protocol::{Deed, News},
};

/// One pilot's deeds, or those a spectator hears of.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// The newest deeds; the last one has number `next - 1`.
    kept: VecDeque<Deed>,
    /// Number of the next deed, wrapping.
    next: u16,
    /// How many of the kept ones this connection has yet to be told.
    untold: usize,
    /// The pilot has heard of deeds in a room before this one, nobody here knows how many.
    follows: bool,
}

impl Log {
    /// For a pilot who comes from a room that ended: numbers go on from what the first connection says it has heard.
    #[must_use]
    pub fn that_follows() -> Log {
        Log { follows: true, ..Log::default() }
    }

    /// Something happened that this pilot must hear.
    pub fn note(&mut self, deed: Deed) {
        if self.kept.len() >= DEEDS_KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(deed);
        self.next = self.next.wrapping_add(1);
        self.untold = (self.untold + 1).min(self.kept.len());
    }

    /// The next deeds to tell, if there are any; they count as told.
    pub fn take(&mut self) -> Option<News> {
        if self.untold == 0 {
            return None;
        }
        let first = self.next.wrapping_sub(self.untold as u16);
        let from = self.kept.len() - self.untold;
        let deeds: Vec<Deed> = self.kept.iter().skip(from).take(DEEDS_PER_NEWS_MAX).cloned().collect();
        self.untold -= deeds.len();
        Some(News { first, deeds })
    }

    /// A new connection takes over and has heard everything before number `heard`. Whatever it claims, it is told
    /// no more than is kept.
    pub fn resume(&mut self, heard: u16) {
        if std::mem::take(&mut self.follows) {
            // Nothing was told here, whatever happened meanwhile.
            self.next = heard.wrapping_add(self.kept.len() as u16);
        }
        self.untold = usize::from(self.next.wrapping_sub(heard)).min(self.kept.len());
    }

    /// Deeds yet to be told.
    #[must_use]
    pub fn untold(&self) -> usize {
        self.untold
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::PlayerId, sim::Cause};

    fn deed(number: u16) -> Deed {
        Deed::Kill { killer: None, victim: PlayerId(number), cause: Cause::Star, points: 0 }
    }

    /// The numbers told until nothing is left, checked against what is told.
    fn told(log: &mut Log) -> Vec<u16> {
        let mut numbers = Vec::new();
        while let Some(news) = log.take() {
            assert!(news.deeds.len() <= DEEDS_PER_NEWS_MAX);
            for (i, told) in news.deeds.into_iter().enumerate() {
                let number = news.first.wrapping_add(i as u16);
                assert_eq!(told, deed(number));
                numbers.push(number);
            }
        }
        numbers
    }

    #[test]
    fn each_deed_is_told_once_and_after_a_resume_only_what_was_missed() {
        let mut log = Log { next: u16::MAX - 2, ..Log::default() };
        let numbers: Vec<u16> = (0..6).map(|i| (u16::MAX - 2).wrapping_add(i)).collect();
        numbers.iter().for_each(|&number| log.note(deed(number)));
        assert_eq!(told(&mut log), numbers, "across the wrap too");
        assert_eq!(told(&mut log), [], "once");
        log.resume(numbers[4]);
        assert_eq!(told(&mut log), numbers[4..], "what it had not heard");
        log.resume(numbers[5].wrapping_add(1));
        assert_eq!(told(&mut log), []);
    }

    #[test]
    fn whoever_comes_from_another_room_hears_from_there_on_and_what_happened_before_the_return() {
        let mut log = Log::that_follows();
        [3_000, 3_001].into_iter().for_each(|number| log.note(deed(number)));
        log.resume(3_000);
        log.note(deed(3_002));
        assert_eq!(told(&mut log), [3_000, 3_001, 3_002]);
        log.resume(3_001);
        assert_eq!(told(&mut log), [3_001, 3_002], "from then on as in any room");
    }

    #[test]
    fn nothing_claimed_brings_more_than_is_kept() {
        let mut log = Log::default();
        (0..1_000).for_each(|number| log.note(deed(number)));
        for heard in [0, 5, 999, 1_000, 1_001, u16::MAX] {
            log.resume(heard);
            assert!(log.untold() <= DEEDS_KEPT);
            let numbers = told(&mut log);
            assert!(numbers.last().is_none_or(|&last| last == 999), "{heard}: {numbers:?}");
        }
    }
}
