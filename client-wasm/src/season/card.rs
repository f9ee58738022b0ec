//! The result card: what is written on the picture of a season, and where. Invariant: names come as they are to be shown,
//! so streamer mode holds on the picture too; how it is painted is `platform::result_card`.

use shared::{
    defs::Defs,
    protocol::{PodiumPlace, SeasonEnd},
};

use crate::{
    hud::score::grouped,
    words::{Language, Word},
};

/// Size of the picture, px: what most pages show beside a link.
pub const SIZE: (u32, u32) = (1_200, 630);

/// What stands on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Above all: the season and the room.
    pub head: String,
    /// The own name, or the winner's for one who only watched.
    pub name: String,
    /// Its place.
    pub place: String,
    /// Wears the crown.
    pub crowned: bool,
    /// Figures: how much, of what.
    pub figures: Vec<(String, &'static str)>,
    /// The best: place, name, points.
    pub best: Vec<(String, String, String)>,
    /// Date and link.
    pub foot: (String, String),
}

/// What a card is made from besides the season itself.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The own name.
    pub name: &'a str,
    /// Name of the room.
    pub room: &'a str,
    /// Day on which the season ended.
    pub date: &'a str,
    /// Where the room is.
    pub link: &'a str,
    /// In this language.
    pub language: Language,
}

impl Card {
    /// The card of `end`; `shown` says how a pilot's name is to be shown.
    #[must_use]
    pub fn of(end: &SeasonEnd, occasion: &Occasion<'_>, defs: &Defs, shown: impl Fn(&PodiumPlace) -> String) -> Card {
        let language = occasion.language;
        let best: Vec<_> = end
            .best
            .iter()
            .enumerate()
            .map(|(at, place)| (["#", &(at + 1).to_string()].concat(), shown(place), grouped(place.points)))
            .collect();
        let (mut figures, mut rank, mut name) = (Vec::new(), 1, best.first().map(|(_, name, _)| name.clone()));
        if let Some(own) = &end.own {
            rank = own.rank;
            name = Some(occasion.name.to_owned());
            figures = vec![
                (grouped(own.points), Word::CardPoints.say(language)),
                (own.kills.to_string(), Word::CardKills.say(language)),
                (own.streak.to_string(), Word::CardStreak.say(language)),
                (defs.ship(own.class).name.to_owned(), Word::CardShip.say(language)),
            ];
        } else if let Some(winner) = end.best.first() {
            figures.push((grouped(winner.points), Word::CardPoints.say(language)));
        }
        Card {
            head: Word::CardHead.with(language, &[&end.number.to_string(), occasion.room]),
            name: name.unwrap_or_default(),
            place: Word::RankOf.with(language, &[&rank.to_string(), &end.pilots.to_string()]),
            crowned: rank == 1,
            figures,
            best,
            foot: (occasion.date.to_owned(), occasion.link.to_owned()),
        }
    }

    /// The name of the file.
    #[must_use]
    pub fn file_name(&self) -> String {
        ["perihelion-", &self.foot.0, ".png"].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::season::tests::season;

    fn occasion() -> Occasion<'static> {
        Occasion {
            name: "Bob",
            room: "Drift",
            date: "2026-03-01",
            link: "https://play.example/",
            language: Language::English,
        }
    }

    #[test]
    fn a_card_tells_the_own_season_and_names_as_they_are_shown() {
        let masked = |place: &PodiumPlace| ["Pilot ", &place.player.0.to_string()].concat();
        let card = Card::of(&season(), &occasion(), &Defs::standard(), masked);
        assert_eq!((card.name.as_str(), card.place.as_str(), card.crowned), ("Bob", "#2 of 12", false));
        let figures: Vec<&str> = card.figures.iter().map(|(how_much, _)| how_much.as_str()).collect();
        assert_eq!(figures, ["300", "5", "4", "Wraith"]);
        assert_eq!(card.best[0].1, "Pilot 7");
        assert_eq!(card.head, "Season 3 in Drift");
        assert_eq!(card.foot.1, "https://play.example/");
        assert_eq!(card.file_name(), "perihelion-2026-03-01.png");
    }

    #[test]
    fn who_only_watched_gets_the_winners_card() {
        let end = SeasonEnd { own: None, ..season() };
        let card = Card::of(&end, &occasion(), &Defs::standard(), |place| place.name.clone());
        assert_eq!((card.name.as_str(), card.crowned, card.figures.len()), ("Ada", true, 1));
    }
}
