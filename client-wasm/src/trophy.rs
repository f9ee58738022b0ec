//! The best kill of this visit, as a clip to be shared. Plain Rust; the reel has the pictures, `platform` sends it away.
//! Invariant: a clip is cut a moment after the kill, so that one sees it happen, and a better one takes its place.

use shared::{clip::Cut, defs::Terms, ids::PlayerId};

use crate::{net::Triumph, reel::Reel};

/// The clip is cut this long after the kill, µs: as much as is shown of it.
const AFTER_US: u64 = 950_000;

/// The best kill so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// The clip, as a file.
    pub bytes: Vec<u8>,
    /// Who was shot down, under which name…
    pub victim: (PlayerId, String),
    /// …for how many points.
    pub points: u32,
}

/// The best kill so far, and one that may be better.
#[derive(Debug, Default)]
pub struct Trophy {
    pending: Option<Triumph>,
    best: Option<Best>,
}

impl Trophy {
    /// Hears of a kill.
    pub fn hear(&mut self, triumph: Triumph) {
        let known = self.pending.map(|pending| pending.points).max(self.best.as_ref().map(|best| best.points));
        if known.is_none_or(|points| triumph.points > points) {
            self.pending = Some(triumph);
        }
    }

    /// Cuts the clip when it is time; true when there is a new best. `named` says what a pilot is called, and whether the
    /// server flies it.
    pub fn cut<'n>(
        &mut self,
        reel: &Reel,
        (room, terms): (&str, Terms),
        now_us: u64,
        named: impl Fn(PlayerId) -> Option<(&'n str, bool)>,
    ) -> bool {
        let Some(triumph) = self.pending.take_if(|pending| now_us >= pending.at_us + AFTER_US) else { return false };
        let cut = Cut {
            stills: &reel.stills(),
            kill_us: triumph.at_us,
            killer: triumph.own,
            victim: triumph.victim,
            cause: triumph.cause,
            points: triumph.points,
            room,
            terms,
        };
        // Without enough pictures (just come in, a hidden tab) the one before stays.
        let Some(clip) = cut.clip(&named) else { return false };
        let name = named(triumph.victim).map_or("?", |(name, _)| name).to_owned();
        self.best = Some(Best { bytes: clip.to_bytes(), victim: (triumph.victim, name), points: triumph.points });
        true
    }

    /// The best so far.
    #[must_use]
    pub fn best(&self) -> Option<&Best> {
        self.best.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{film::Film, view::scene};
    use glam::Vec2;
    use shared::{
        replica::view::{Phase, ShipView, View},
        sim::Cause,
    };

    const VICTIM: PlayerId = PlayerId(7);

    fn triumph(points: u32, at_us: u64) -> Triumph {
        Triumph { own: PlayerId(1), victim: VICTIM, cause: Cause::Ram, points, at_us }
    }

    fn flown(reel: &mut Reel, from_us: u64, until_us: u64) {
        for at_us in (from_us..until_us).step_by(16_667) {
            let x = at_us as f32 / 10_000.0;
            let ship =
                |player: u16, own| ShipView { own, ..scene::tests::ship(player, Vec2::new(x, f32::from(player))) };
            let view = View { phase: Phase::Flying, ships: vec![ship(1, true), ship(7, false)], ..View::default() };
            reel.watch(&view, at_us);
        }
    }

    fn cut(trophy: &mut Trophy, reel: &Reel, now_us: u64) -> bool {
        trophy.cut(reel, ("Drift", Terms::default()), now_us, |player| {
            Some((if player == VICTIM { "Bo" } else { "Ada" }, player == VICTIM))
        })
    }

    #[test]
    fn a_kill_becomes_a_clip_that_the_page_for_recordings_plays() {
        let (mut reel, mut trophy) = (Reel::default(), Trophy::default());
        flown(&mut reel, 0, 5_900_000);
        trophy.hear(triumph(20, 5_000_000));
        assert!(!cut(&mut trophy, &reel, 5_800_000) && trophy.best().is_none(), "the end is not yet seen");
        flown(&mut reel, 5_900_000, 6_100_000);
        assert!(cut(&mut trophy, &reel, 6_100_000));
        let best = trophy.best().expect("it was cut");
        assert_eq!((best.victim.1.as_str(), best.points), ("Bo", 20));
        let mut film = Film::default();
        film.open("best.clip", best.bytes.clone());
        film.frame();
        assert_eq!(
            (film.trouble(Default::default()), film.followed(), film.title().0),
            (None, Some(PlayerId(1)), "Drift")
        );
        assert_eq!(film.view().ships.len(), 2);
        for _ in 0..60 {
            film.advance(0.1, || 0);
        }
        assert_eq!((film.playing(), film.kills().len()), (false, 1));
    }

    #[test]
    fn only_a_better_one_takes_its_place() {
        let (mut reel, mut trophy) = (Reel::default(), Trophy::default());
        flown(&mut reel, 0, 6_000_000);
        for (points, at_us, best) in [(20, 4_900_000, 20), (20, 4_950_000, 20), (5, 4_960_000, 20), (30, 5_000_000, 30)]
        {
            trophy.hear(triumph(points, at_us));
            cut(&mut trophy, &reel, 6_000_000);
            assert_eq!(trophy.best().map(|best| best.points), Some(best), "after {points} points");
        }
        trophy.hear(triumph(99, 60_000_000));
        assert!(!cut(&mut trophy, &reel, 70_000_000), "the pictures are long gone");
        assert_eq!(trophy.best().map(|best| best.points), Some(30));
    }
}
