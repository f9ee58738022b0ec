//! Who killed whom, the last few. Invariant: a line stays six seconds; at most [`ROWS`] are shown, newest last.

use shared::{defs::WeaponKind, sim::Cause};

use super::{Cached, Dom, Frame, Id, Widget};
use crate::net::Kill;

/// The list's element; rows of killer, what happened, and victim.
pub const LIST: Id = "feed";
/// Lines shown.
pub const ROWS: usize = 5;
/// Time a line stays, µs.
const STAY_US: u64 = 6_000_000;

/// The list.
#[derive(Debug, Default)]
pub struct Feed {
    /// Index of the first kill shown and one past the last.
    shown: Cached<(usize, usize)>,
}

impl Widget for Feed {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let kills = frame.kills();
        let now_us = (frame.now_s * 1e6) as u64;
        let fresh =
            kills.iter().rev().take(ROWS).take_while(|kill| now_us.saturating_sub(kill.at_us) < STAY_US).count();
        let first = kills.len() - fresh;
        // The newest line's time makes the key: a full log no longer grows.
        if self.shown.changed((first, kills.last().map_or(0, |kill| kill.at_us as usize))) {
            for row in 0..ROWS {
                line(row, kills[first..].get(row), dom);
            }
        }
    }
}

fn line(row: usize, kill: Option<&Kill>, dom: &mut dyn Dom) {
    dom.row_flag(LIST, row, "off", kill.is_none());
    let Some(kill) = kill else { return };
    dom.cell(LIST, row, 0, kill.killer.as_deref().unwrap_or(""));
    dom.cell(LIST, row, 1, verb(kill));
    dom.cell(LIST, row, 2, if kill.killer.is_some() { &kill.victim } else { "" });
    if kill.killer.is_none() {
        dom.cell(LIST, row, 0, &kill.victim);
    }
    dom.row_flag(LIST, row, "by-own", kill.by_own);
    dom.row_flag(LIST, row, "of-own", kill.of_own);
}

/// What happened, between the two names, or after the one.
fn verb(kill: &Kill) -> &'static str {
    match (kill.killer.is_some(), kill.cause) {
        (true, Cause::Shot(WeaponKind::Pulse)) => "shot down",
        (true, Cause::Shot(WeaponKind::Rail)) => "pierced",
        (true, Cause::Star) => "burned",
        (true, Cause::Planet) => "wrecked",
        (true, Cause::Rock) => "wrecked",
        (true, Cause::Ram) => "rammed",
        (true, Cause::Edge) => "drove out",
        (false, Cause::Shot(WeaponKind::Pulse)) => "was shot down",
        (false, Cause::Shot(WeaponKind::Rail)) => "was pierced",
        (false, Cause::Star) => "flew into the star",
        (false, Cause::Planet) => "crashed on a planet",
        (false, Cause::Rock) => "hit a rock",
        (false, Cause::Ram) => "was rammed",
        (false, Cause::Edge) => "was lost beyond the edge",
    }
}

/// The cause in one word.
#[must_use]
pub fn cause_word(cause: Cause) -> &'static str {
    match cause {
        Cause::Shot(WeaponKind::Pulse) => "shot",
        Cause::Shot(WeaponKind::Rail) => "rail",
        Cause::Star => "star",
        Cause::Planet => "planet",
        Cause::Rock => "rock",
        Cause::Ram => "ram",
        Cause::Edge => "edge",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::Recorded;

    #[test]
    fn a_line_names_both_or_only_the_unlucky_one() {
        let kill = |killer: Option<&str>, cause| Kill {
            killer: killer.map(str::to_owned),
            victim: "Bo".to_owned(),
            cause,
            by_own: true,
            of_own: false,
            at_us: 0,
        };
        let mut dom = Recorded::default();
        line(0, Some(&kill(Some("Ada"), Cause::Ram)), &mut dom);
        line(1, Some(&kill(None, Cause::Star)), &mut dom);
        line(2, None, &mut dom);
        line(3, Some(&kill(Some("Ada"), Cause::Shot(WeaponKind::Rail))), &mut dom);
        for what in [
            "feed[3,1]=pierced",
            "feed[0,0]=Ada",
            "feed[0,1]=rammed",
            "feed[0,2]=Bo",
            "feed[0].by-own",
            "feed[1,0]=Bo",
            "feed[1,1]=flew into the star",
            "feed[2].off",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }
}
