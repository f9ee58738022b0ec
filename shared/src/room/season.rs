//! Seasons: when one ends, and what everybody came to in it. Invariant: it ends by the room's ticks, so a room that stands
//! still loses no time; the standing is that of the world before the step that sets the scores back.

use super::scoreboard::Scoreboard;
use crate::{
    ids::PlayerId,
    limits::PODIUM_STEPS,
    protocol::{OwnSeason, PodiumPlace, ScoreRow, SeasonEnd},
    sim::World,
    tick::Tick,
};

/// The season under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// How long one is, ticks; 0 when there are none.
    length: u32,
    /// Number of this one, from 1.
    number: u16,
    ends: Tick,
}

impl Season {
    /// The first one of a room that stands at `start`; without end if `length` is 0 ticks.
    #[must_use]
    pub fn new(length: u32, start: Tick) -> Season {
        Season { length, number: 1, ends: start.plus(length.cast_signed()) }
    }

    /// The season that was under way when the room ended, if it is one that this room would have.
    #[must_use]
    pub fn go_on(self, number: u16, ends: Tick) -> Season {
        let left = ends.since(self.ends);
        let fits = left <= 0 && left.unsigned_abs() < self.length;
        if fits { Season { number, ends, ..self } } else { self }
    }

    /// Number of this one, from 1.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The tick at which it ends, if it does.
    #[must_use]
    pub fn ends(&self) -> Option<Tick> {
        (self.length > 0).then_some(self.ends)
    }

    /// Goes on to the next one if this is over at `tick`; the number of the one that ended.
    pub fn turn(&mut self, tick: Tick) -> Option<u16> {
        if self.ends()?.is_after(tick) {
            return None;
        }
        let ended = self.number;
        self.number = self.number.wrapping_add(1);
        self.ends = tick.plus(self.length.cast_signed());
        Some(ended)
    }
}

/// How a season ended for everybody.
#[derive(Debug)]
pub struct Standing<'a> {
    board: Scoreboard,
    world: &'a World,
    /// The part that all readers are told.
    common: SeasonEnd,
}

impl<'a> Standing<'a> {
    /// The standing of season `number`, as `world` is. Who has no name has no place.
    #[must_use]
    pub fn of<'n>(
        world: &'a World,
        name_of: impl Fn(PlayerId) -> Option<&'n str>,
        number: u16,
        board: Scoreboard,
    ) -> Standing<'a> {
        let place = |row: &ScoreRow| {
            let pilot = world.pilot(row.player)?;
            // Who left in this very tick has no name any more, and no place to stand on.
            let name = name_of(row.player)?.to_owned();
            Some(PodiumPlace { player: row.player, name, bot: pilot.bot, points: row.score })
        };
        let best = board.rows().iter().filter_map(place).take(PODIUM_STEPS).collect();
        let common = SeasonEnd { number, pilots: board.rows().len() as u16, best, own: None };
        Standing { board, world, common }
    }

    /// What the reader in slot `own` is told.
    #[must_use]
    pub fn told_to(&self, own: Option<PlayerId>) -> Box<SeasonEnd> {
        Box::new(SeasonEnd { own: own.and_then(|player| self.own(player)), ..self.common.clone() })
    }

    /// How it ended for everybody, and for each pilot: what a recording shows of it.
    #[must_use]
    pub fn into_parts(self) -> (SeasonEnd, Vec<(PlayerId, OwnSeason)>) {
        let each = self.board.rows().iter().filter_map(|row| Some((row.player, self.own(row.player)?))).collect();
        (self.common, each)
    }

    fn own(&self, player: PlayerId) -> Option<OwnSeason> {
        let (rank, pilot) = (self.board.rank(player)?, self.world.pilot(player)?);
        Some(OwnSeason {
            rank,
            points: pilot.score,
            kills: pilot.kills,
            deaths: pilot.deaths,
            streak: pilot.best_streak,
            class: pilot.best_class,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_ends_by_ticks_across_their_wrap_and_the_next_one_begins_at_once() {
        let start = Tick(u32::MAX - 40);
        let mut season = Season::new(100, start);
        let ended: Vec<(i32, u16)> =
            (0..=310).filter_map(|after| Some((after, season.turn(start.plus(after))?))).collect();
        assert_eq!(ended, [(100, 1), (200, 2), (300, 3)]);
        assert_eq!(season.ends(), Some(start.plus(400)));
    }

    #[test]
    fn without_a_length_there_is_no_end() {
        let mut season = Season::new(0, Tick(0));
        assert_eq!((season.ends(), season.turn(Tick(1_000_000))), (None, None));
    }
}
