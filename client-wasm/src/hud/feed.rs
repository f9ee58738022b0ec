//! Who killed whom, the last few. Invariant: a line stays six seconds; at most [`ROWS`] are shown, newest last.

use shared::{defs::WeaponKind, ids::PlayerId, sim::Cause};

use super::{Cached, Dom, Frame, Id, Widget};
use crate::{
    names::Masks,
    net::Kill,
    settings::shown_name,
    words::{Language, Word},
};

/// The list's element; rows of killer, what happened, and victim.
pub const LIST: Id = "feed";
/// Lines shown.
pub const ROWS: usize = 5;
/// Time a line stays, µs.
const STAY_US: u64 = 6_000_000;

/// The list.
#[derive(Debug, Default)]
pub struct Feed {
    /// Index of the first kill shown, time of the last, whose kills are marked, and how names and verbs are said.
    shown: Cached<(usize, u64, Option<PlayerId>, bool, Language)>,
}

impl Widget for Feed {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let kills = frame.kills();
        let now_us = (frame.now_s * 1e6) as u64;
        let fresh =
            kills.iter().rev().take(ROWS).take_while(|kill| now_us.saturating_sub(kill.at_us) < STAY_US).count();
        let first = kills.len() - fresh;
        // The newest line's time makes the key: a full log no longer grows.
        let newest_us = kills.last().map_or(0, |kill| kill.at_us);
        if self.shown.changed((first, newest_us, frame.own(), frame.masks.is_some(), frame.language)) {
            for row in 0..ROWS {
                line(row, kills[first..].get(row), frame.own(), (frame.masks, frame.language), dom);
            }
        }
    }
}

fn line(
    row: usize,
    kill: Option<&Kill>,
    own: Option<PlayerId>,
    (masks, language): (Option<&Masks>, Language),
    dom: &mut dyn Dom,
) {
    dom.row_flag(LIST, row, "off", kill.is_none());
    let Some(kill) = kill else { return };
    let (victim, victims_name) = &kill.victim;
    let victims_name = shown_name(masks, *victim, own, victims_name);
    let names = match &kill.killer {
        Some((killer, killers_name)) => [shown_name(masks, *killer, own, killers_name), victims_name],
        None => [victims_name, ""],
    };
    dom.cell(LIST, row, 0, names[0]);
    dom.cell(LIST, row, 1, verb(kill).say(language));
    dom.cell(LIST, row, 2, names[1]);
    let by_own = own.is_some() && kill.killer.as_ref().map(|(killer, _)| *killer) == own;
    dom.row_flag(LIST, row, "by-own", by_own);
    dom.row_flag(LIST, row, "of-own", own == Some(*victim));
}

/// What happened, between the two names, or after the one.
fn verb(kill: &Kill) -> Word {
    match (kill.killer.is_some(), kill.cause) {
        (true, Cause::Shot(weapon)) => did(weapon),
        (true, Cause::Star) => Word::DidBurn,
        (true, Cause::Planet) => Word::DidWreck,
        (true, Cause::Rock) => Word::DidWreck,
        (true, Cause::Ram) => Word::DidRam,
        (true, Cause::Core | Cause::Hyperspace) => Word::DidWreck,
        (true, Cause::Edge) => Word::DidDriveOut,
        (false, Cause::Shot(_)) => Word::WasShot,
        (false, Cause::Star) => Word::WasStar,
        (false, Cause::Planet) => Word::WasPlanet,
        (false, Cause::Rock) => Word::WasRock,
        (false, Cause::Ram) => Word::WasRammed,
        (false, Cause::Core) => Word::WasCore,
        (false, Cause::Hyperspace) => Word::WasHyperspace,
        (false, Cause::Edge) => Word::WasLost,
    }
}

/// What a pilot did with a weapon.
fn did(weapon: WeaponKind) -> Word {
    match weapon {
        WeaponKind::Pulse | WeaponKind::Twin | WeaponKind::Light => Word::DidShoot,
        WeaponKind::Rail => Word::DidPierce,
        WeaponKind::Beam => Word::DidCut,
        WeaponKind::Scatter => Word::DidBlow,
        WeaponKind::Shards => Word::DidTear,
        WeaponKind::Mine => Word::DidMine,
        WeaponKind::Turret => Word::DidGun,
        WeaponKind::Torpedo => Word::DidTorpedo,
        WeaponKind::Broadside => Word::DidFlatten,
    }
}

/// A weapon in one word.
fn weapon_word(weapon: WeaponKind) -> &'static str {
    match weapon {
        WeaponKind::Pulse | WeaponKind::Twin | WeaponKind::Light => "shot",
        WeaponKind::Rail => "rail",
        WeaponKind::Beam => "beam",
        WeaponKind::Scatter => "scatter",
        WeaponKind::Shards => "splinters",
        WeaponKind::Mine => "mine",
        WeaponKind::Turret => "turrets",
        WeaponKind::Torpedo => "torpedo",
        WeaponKind::Broadside => "broadside",
    }
}

/// The cause in one word.
#[must_use]
pub fn cause_word(cause: Cause) -> &'static str {
    match cause {
        Cause::Shot(weapon) => weapon_word(weapon),
        Cause::Star => "star",
        Cause::Planet => "planet",
        Cause::Rock => "rock",
        Cause::Ram => "ram",
        Cause::Edge => "edge",
        Cause::Core => "core",
        Cause::Hyperspace => "hyperspace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        film::{Film, tests::recording},
        hud::{
            Source,
            tests::{Recorded, with_frame},
        },
    };
    use shared::replica::view::View;

    #[test]
    fn a_line_names_both_or_only_the_unlucky_one() {
        let kill = |killer: Option<&str>, cause| Kill {
            killer: killer.map(|name| (PlayerId(1), name.to_owned())),
            victim: (PlayerId(2), "Bo".to_owned()),
            cause,
            at_us: 0,
        };
        let mut dom = Recorded::default();
        let (ada, bo, plain) = (Some(PlayerId(1)), Some(PlayerId(2)), (None, Language::English));
        let masks = Masks::new(Language::English);
        line(0, Some(&kill(Some("Ada"), Cause::Ram)), ada, plain, &mut dom);
        line(1, Some(&kill(None, Cause::Star)), bo, plain, &mut dom);
        line(2, None, None, plain, &mut dom);
        line(3, Some(&kill(Some("Ada"), Cause::Shot(WeaponKind::Rail))), None, plain, &mut dom);
        line(4, Some(&kill(Some("Ada"), Cause::Ram)), ada, (Some(&masks), Language::German), &mut dom);
        for what in [
            "feed[3,1]=pierced",
            "feed[4,0]=Ada",
            "feed[4,1]=rammte",
            "feed[4,2]=Pilot 2",
            "feed[0,0]=Ada",
            "feed[0,1]=rammed",
            "feed[0,2]=Bo",
            "feed[0].by-own",
            "feed[0]!of-own",
            "feed[1]!by-own",
            "feed[1].of-own",
            "feed[3]!by-own",
            "feed[1,0]=Bo",
            "feed[1,1]=flew into the star",
            "feed[2].off",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }

    #[test]
    fn the_marks_go_with_whoever_is_followed() {
        let mut film = Film::default();
        film.open("match.rec", recording(7_200));
        let mut feed = Feed::default();
        while film.kills().is_empty() {
            assert!(film.playing(), "nobody died");
            film.advance(0.2, || 0);
        }
        let victim = film.kills()[0].victim.0;
        let mut marked = |film: &Film| {
            let mut dom = Recorded::default();
            with_frame(&View::default(), |frame| {
                feed.update(&Frame { source: Source::Film(film), now_s: film.time_s(), ..*frame }, &mut dom);
            });
            dom.has("feed[0].of-own")
        };
        film.look_at(glam::Vec2::ZERO);
        assert!(!marked(&film), "nobody is followed");
        film.follow(victim);
        assert!(marked(&film));
    }
}
