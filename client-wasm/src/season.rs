//! Seasons as the page knows them: how the last one ended, and for how long the podium stands. Invariant: an end that was
//! heard opens the podium once; what is closed stays closed.

pub mod card;

use shared::protocol::SeasonEnd;

/// The podium stands this long, µs.
pub const STANDS_US: u64 = 12_000_000;

/// The end of the last season.
#[derive(Debug, Clone, Default)]
pub struct Ceremony {
    last: Option<SeasonEnd>,
    heard_us: u64,
    /// The podium stands until then.
    until_us: u64,
}

impl Ceremony {
    /// A season ended.
    pub fn hear(&mut self, end: SeasonEnd, now_us: u64) {
        (self.last, self.heard_us, self.until_us) = (Some(end), now_us, now_us + STANDS_US);
    }

    /// Closes the podium.
    pub fn dismiss(&mut self) {
        self.until_us = 0;
    }

    /// How the last season ended, as far as this page heard.
    #[must_use]
    pub fn last(&self) -> Option<&SeasonEnd> {
        self.last.as_ref()
    }

    /// When that was, µs.
    #[must_use]
    pub fn heard_us(&self) -> u64 {
        self.heard_us
    }

    /// What the podium shows, while it stands.
    #[must_use]
    pub fn podium(&self, now_us: u64) -> Option<&SeasonEnd> {
        self.last().filter(|_| now_us < self.until_us)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use shared::{
        defs::ShipClass,
        ids::PlayerId,
        protocol::{OwnSeason, PodiumPlace},
    };

    /// A season of three pilots, the reader (slot 4) among them.
    pub fn season() -> SeasonEnd {
        let place = |slot: u16, name: &str, points| PodiumPlace {
            player: PlayerId(slot),
            name: name.to_owned(),
            bot: slot == 9,
            points,
        };
        SeasonEnd {
            number: 3,
            pilots: 12,
            best: vec![place(7, "Ada", 1_240), place(4, "Bob", 300), place(9, "Halley", 120)],
            own: Some(OwnSeason { rank: 2, points: 300, kills: 5, deaths: 1, streak: 4, class: ShipClass::Wraith }),
        }
    }

    #[test]
    fn the_podium_stands_for_a_while_and_what_is_closed_stays_closed() {
        let mut ceremony = Ceremony::default();
        assert!(ceremony.podium(0).is_none() && ceremony.last().is_none());
        ceremony.hear(season(), 1_000);
        assert!(ceremony.podium(9_000_000).is_some());
        assert!(ceremony.podium(1_000 + STANDS_US).is_none() && ceremony.last().is_some());
        ceremony.hear(season(), 20_000_000);
        ceremony.dismiss();
        assert!(ceremony.podium(20_000_001).is_none() && ceremony.last().is_some());
    }
}
