//! The rooms of a server, as the page lists them.

use shared::defs::{GameMode, Mutator};

use crate::words::{Language, Word};

/// What a server says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoomList {
    /// Its name.
    pub server: String,
    /// A line for whoever opens the page.
    pub motd: String,
    /// Its public rooms.
    pub rooms: Vec<Listing>,
}

/// One of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// What its address is made of.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is played, as the server words it.
    pub mode: String,
    /// People who play…
    pub players: u32,
    /// …of how many who may…
    pub max_players: u32,
    /// …and bots.
    pub bots: u32,
    /// It asks for a password.
    pub locked: bool,
    /// What of the game's numbers is not as usual, as the server words it.
    pub physics: String,
    /// What made them so.
    pub mutators: Vec<Mutator>,
}

/// What a server is called that nobody named: the page says that already.
const GAME: &str = "Perihelion";

impl RoomList {
    /// The name that a host gave the server; empty where none did.
    #[must_use]
    pub fn given_name(&self) -> &str {
        let name = self.server.trim();
        if name == GAME { "" } else { name }
    }
}

impl Listing {
    /// What is said of it beside its name.
    #[must_use]
    pub fn facts(&self, language: Language) -> String {
        let number = |number: u32| number.to_string();
        let people =
            Word::RoomPeople.with(language, &[&number(self.players), &number(self.max_players), &number(self.bots)]);
        // A mode of a later server has no word here, and one that the room is named after needs none.
        let mode = GameMode::from_word(&self.mode).map(|mode| title(mode).say(language)).unwrap_or_default();
        let mode = if mode == self.name { "" } else { mode };
        let lock = if self.locked { Word::RoomLocked.say(language) } else { "" };
        let names = self.mutators.iter().map(|mutator| {
            let told = Word::of_mutator(*mutator).say(language);
            told.split_once(": ").map_or(told, |(name, _)| name)
        });
        let names = names.collect::<Vec<_>>().join(", ");
        // Who knows the names need not read the numbers to choose a room.
        let physics = if names.is_empty() { &self.physics } else { &names };
        [mode, &people, lock, physics].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// What its mutators do, a line each, and the numbers; nothing where all is as usual.
    #[must_use]
    pub fn particulars(&self, language: Language) -> String {
        let lines = self.mutators.iter().map(|mutator| Word::of_mutator(*mutator).say(language));
        lines.chain([&*self.physics]).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

fn title(mode: GameMode) -> Word {
    match mode {
        GameMode::Drift => Word::ModeDrift,
        GameMode::CoreWar => Word::ModeCoreWar,
        GameMode::Duel => Word::ModeDuel,
        GameMode::Y1962 => Word::Mode1962,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutator_has_a_name_and_says_what_it_does() {
        for (mutator, language) in Mutator::ALL.into_iter().flat_map(|it| Language::ALL.map(|language| (it, language)))
        {
            let word = Word::of_mutator(mutator);
            assert_eq!((word.key(), word.say(language).matches(": ").count()), (mutator.name(), 1));
        }
    }

    #[test]
    fn a_server_is_named_where_its_host_named_it() {
        for (server, shown) in [("Perihelion", ""), ("", ""), (" ", ""), ("Perihelion West", "Perihelion West")] {
            let list = RoomList { server: server.to_owned(), ..RoomList::default() };
            assert_eq!(list.given_name(), shown, "{server:?}");
        }
    }

    #[test]
    fn a_room_is_told_in_one_line() {
        let room = Listing {
            name: "Friends".to_owned(),
            mode: "core-war".to_owned(),
            players: 3,
            max_players: 64,
            bots: 13,
            locked: true,
            physics: "gravity 150 %".to_owned(),
            ..Listing::default()
        };
        assert_eq!(room.facts(Language::English), "Core War · 3 of 64 people, 13 bots · password · gravity 150 %");
        let physics = String::new();
        let named = Listing { name: "Core War".to_owned(), locked: false, physics, ..room };
        assert_eq!(named.facts(Language::English), "3 of 64 people, 13 bots");
        let mutators = vec![Mutator::HeavyStar, Mutator::RichKills];
        let mutated = Listing { mutators, physics: "gravity 220 %".to_owned(), ..named.clone() };
        assert_eq!(mutated.facts(Language::English), "3 of 64 people, 13 bots · Heavy star, Rich kills");
        assert!(mutated.facts(Language::German).ends_with(" · Schwerer Stern, Reiche Beute"));
        let particulars = mutated.particulars(Language::English);
        assert!(particulars.starts_with("Heavy star: it") && particulars.ends_with("\ngravity 220 %"), "{particulars}");
        let later = Listing { mode: "chess".to_owned(), ..named };
        assert_eq!(later.facts(Language::German), "3 von 64 Leuten, 13 Bots");
    }
}
