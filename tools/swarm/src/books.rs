//! What a client has come to, across its connections: whether the server still knows it after a return. Invariant: a finding is never
//! the client's own mistake. Where it cannot know there is none (a season ended meanwhile), or one death more is thought possible (a
//! server that was killed may not have told of the last one).

use shared::{defs::Defs, ids::PlayerId, protocol::Deed};

/// After a return everything that was missed has been told by then, µs.
const SETTLED_US: u64 = 3_000_000;

/// The books of one client.
#[derive(Debug, Default)]
pub struct Books {
    /// Points by the last table.
    score: Option<u32>,
    /// Deaths heard of, and seasons.
    falls: u32,
    seasons: u32,
    /// How often it had died when that table came.
    falls_then: u32,
    seasons_then: u32,
    review: Option<Review>,
}

/// A return that is to be looked at.
#[derive(Debug, Clone, Copy)]
struct Review {
    before: u32,
    falls: u32,
    seasons: u32,
    due_us: u64,
    /// Deaths that may have been told to nobody.
    untold: u32,
    /// The last table had too few points: its deaths may be told after it.
    doubted: bool,
}

/// What came of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The points were there.
    Kept,
    /// There were fewer than deaths explain.
    Shrunk {
        /// Points before.
        before: u32,
        /// Points after.
        after: u32,
        /// Deaths meanwhile.
        falls: u32,
    },
}

impl Books {
    /// Something happened.
    pub fn hear(&mut self, deed: &Deed, own: Option<PlayerId>) {
        match deed {
            Deed::Kill { victim, .. } if Some(*victim) == own => self.falls += 1,
            Deed::Season(_) => self.seasons += 1,
            Deed::Kill { .. } | Deed::Hit { .. } | Deed::Round { .. } => {}
        }
    }

    /// The slot was got back; `cut`: it was not the client who let go of the connection before.
    pub fn returned(&mut self, cut: bool, now_us: u64) {
        self.review = self.score.map(|before| Review {
            before,
            falls: self.falls_then,
            seasons: self.seasons_then,
            due_us: now_us + SETTLED_US,
            untold: cut.into(),
            doubted: false,
        });
    }

    /// There is no slot to come back to.
    pub fn begin_anew(&mut self) {
        *self = Books::default();
    }

    /// The own row of a table.
    pub fn see(&mut self, score: u32, now_us: u64) -> Option<Finding> {
        let finding = match &mut self.review {
            Some(review) if now_us < review.due_us => return None,
            Some(review) if review.seasons == self.seasons => {
                let falls = self.falls - review.falls;
                let keeps = Defs::standard().rules.death_keeps;
                let least = (0..falls + review.untold).fold(review.before, |score, _| (score as f32 * keeps) as u32);
                if score < least && !std::mem::replace(&mut review.doubted, true) {
                    return None;
                }
                let shrunk = Finding::Shrunk { before: review.before, after: score, falls };
                Some(if score < least { shrunk } else { Finding::Kept })
            }
            _ => None,
        };
        (self.score, self.falls_then, self.seasons_then) = (Some(score), self.falls, self.seasons);
        self.review = None;
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{protocol::SeasonEnd, sim::Cause};

    const OWN: PlayerId = PlayerId(3);

    fn fall(victim: PlayerId) -> Deed {
        Deed::Kill { killer: None, victim, cause: Cause::Star, points: 0 }
    }

    /// What two tables find after a return with so many points, of a hundred before and deaths of these meanwhile.
    fn found_after(cut: bool, after: u32, victims: &[PlayerId]) -> Option<Finding> {
        let mut books = Books::default();
        assert_eq!(books.see(100, 0), None);
        books.returned(cut, 1_000);
        victims.iter().for_each(|victim| books.hear(&fall(*victim), Some(OWN)));
        assert_eq!(books.see(7, 2_000), None, "not everything was told yet");
        books.see(after, 1_000 + SETTLED_US).or_else(|| books.see(after, 2_000 + SETTLED_US))
    }

    fn found(after: u32, victims: &[PlayerId]) -> Option<Finding> {
        found_after(false, after, victims)
    }

    #[test]
    fn points_may_shrink_by_own_deaths_alone() {
        assert_eq!(found(100, &[]), Some(Finding::Kept));
        assert_eq!(found(99, &[PlayerId(4)]), Some(Finding::Shrunk { before: 100, after: 99, falls: 0 }));
        assert_eq!(found(40, &[OWN]), Some(Finding::Kept));
        assert_eq!(found(39, &[OWN]), Some(Finding::Shrunk { before: 100, after: 39, falls: 1 }));
        assert_eq!(found(16, &[OWN, OWN]), Some(Finding::Kept));
    }

    #[test]
    fn the_death_may_be_told_after_the_table_or_never_where_the_server_was_cut_off() {
        let mut books = Books::default();
        books.see(100, 0);
        books.returned(false, 0);
        assert_eq!(books.see(40, SETTLED_US), None);
        books.hear(&fall(OWN), Some(OWN));
        assert_eq!(books.see(40, SETTLED_US + 1), Some(Finding::Kept));
        assert_eq!(found_after(true, 40, &[]), Some(Finding::Kept));
        assert!(matches!(found_after(true, 39, &[]), Some(Finding::Shrunk { .. })));
    }

    #[test]
    fn a_season_that_ended_meanwhile_explains_everything() {
        let mut books = Books::default();
        books.see(100, 0);
        books.returned(false, 0);
        let end = SeasonEnd { number: 1, pilots: 2, best: Vec::new(), own: None };
        books.hear(&Deed::Season(Box::new(end)), Some(OWN));
        assert_eq!(books.see(0, SETTLED_US), None);
        assert_eq!(books.see(0, SETTLED_US + 1), None);
    }

    #[test]
    fn a_death_before_the_last_table_explains_nothing_and_one_after_it_does() {
        let mut books = Books::default();
        books.hear(&fall(OWN), Some(OWN));
        books.see(100, 0);
        books.returned(false, 0);
        books.see(40, SETTLED_US);
        assert!(matches!(books.see(40, SETTLED_US + 1), Some(Finding::Shrunk { .. })));
        books.hear(&fall(OWN), Some(OWN));
        books.returned(false, SETTLED_US + 1);
        assert_eq!(books.see(16, 3 * SETTLED_US), Some(Finding::Kept));
    }
}
