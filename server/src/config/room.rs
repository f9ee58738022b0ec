//! `[rooms.<id>]`: a public room. What is here is a host's wish; [`Blueprint`] is what a room is made from.

use std::{fmt, ops::RangeInclusive};

use shared::{
    bot::Skill,
    defs::{GameMode, Mutator, Terms, Tuning},
    limits::{PASSWORD_BYTES_MAX, PLAYERS_MAX, SEASON_MINUTES_MAX},
    protocol::ChatMode,
    room::RoomBounds,
    tick::TICK_HZ,
};

use super::{
    NetSettings,
    kind::{Kind, list, optional, text, whole, word},
    raw::Raw,
    setting::settings,
};
use crate::{
    clock::now_s,
    room::{Blueprint, Choice, Numbers},
};

/// People in a room, as the file counts them.
const PILOTS_MAX: u16 = PLAYERS_MAX as u16;
const ID_CHARS_MAX: usize = 24;
/// Whatever letters it has, it fits on the wire.
const PASSWORD_CHARS_MAX: usize = PASSWORD_BYTES_MAX / 4;

settings! {
    /// A public room; as many as you like, each under an id of its own, of which its address is made: `/r/main`.
    pub struct RoomSettings {
        /// Name of the room.
        name: Option<String> = None, optional(text(1..=32), "that of the mode: \"Drift\""), [Flag("name"), Live];
        /// What is played: drift (everybody for themselves), core-war (two teams, two cores), duel (rounds of one
        /// life), 1962.
        mode: GameMode = GameMode::Drift, word(&MODES), [Flag("mode"), Vacant];
        /// People who may play at once; bots make way for them.
        max_players: Option<u16> = None, optional(whole(1..=PILOTS_MAX), "64, or 2 in duel and 1962"),
            [Flag("max-players"), Live];
        /// Fill the room up to this many pilots with bots.
        bots: Option<u16> = None, optional(whole(0..=PILOTS_MAX), "16, or 2 in duel and 1962"), [Flag("bots"), Live];
        /// How well bots fly: easy (clumsy, all of them), normal (most are, a few are sharp), hard (most are sharp).
        bot_skill: Skill = Skill::Normal, word(&SKILLS), [Flag("bot-skill"), Vacant];
        /// Minutes of a season of drift, after which scores begin anew; 0: scores last.
        season_minutes: SeasonTicks = 10 * TICKS_PER_MINUTE, SeasonMinutes, [Flag("season-minutes"), Vacant];
        /// A round lasts this long at most.
        round_seconds: Option<u16> = None, optional(whole(Terms::ROUND_S), "480 in core-war, 90 in duel, 120 in 1962"),
            [Flag("round-seconds"), Vacant];
        /// Rounds that win a match of duel or 1962.
        wins: Option<u8> = None, optional(whole(Terms::WINS), "5"), [Flag("wins"), Vacant];
        /// Damage that a core takes in core-war.
        core_hull: Option<u16> = None, optional(whole(Terms::CORE_HULL), "7500"), [Flag("core-hull"), Vacant];
        /// What makes it another game; several multiply with each other and with the section physics. weekly is another one each
        /// week, from Monday on, UTC. Who comes is told.
        mutators: Vec<Choice> = Vec::new(), list(word(&MUTATORS)), [Flag("mutators"), Live];
        /// Points that every pilot begins with; 160 buy a Lancer.
        start_points: u32 = 0, whole(0..=1_000_000), [Flag("start-points"), Vacant];
        /// What people may say to each other: off (nothing), quick (eight phrases), full (anything).
        chat: ChatMode = ChatMode::Full, word(&CHATS), [Flag("chat"), Live];
        /// Asked of everybody who wants in.
        password: Option<String> = None, optional(text(1..=PASSWORD_CHARS_MAX), "everybody may come"), [Secret, Live];
        /// Seed of the arena.
        seed: Option<u64> = None, optional(whole(0..=u64::MAX), "a random one"), [Flag("seed"), Vacant];
    }
}

const MODES: [(&str, GameMode); 4] =
    [("drift", GameMode::Drift), ("core-war", GameMode::CoreWar), ("duel", GameMode::Duel), ("1962", GameMode::Y1962)];
const CHATS: [(&str, ChatMode); 3] = [("off", ChatMode::Off), ("quick", ChatMode::Quick), ("full", ChatMode::Full)];

const SKILLS: [(&str, Skill); 3] = [("easy", Skill::Easy), ("normal", Skill::Normal), ("hard", Skill::Hard)];
/// Every mutator, and the one of the week.
const MUTATORS: [(&str, Choice); Mutator::ALL.len() + 1] = {
    let mut words = [("weekly", Choice::Weekly); Mutator::ALL.len() + 1];
    let mut at = 0;
    while at < Mutator::ALL.len() {
        words[at] = (Mutator::ALL[at].name(), Choice::One(Mutator::ALL[at]));
        at += 1;
    }
    words
};

/// Why a room cannot be as it is wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// `max_players` or `bots`.
    pub key: &'static str,
    /// What is played.
    pub mode: GameMode,
}

impl RoomSettings {
    /// The numbers of the match.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let usual = Terms::of(self.mode);
        Terms {
            mode: self.mode,
            round_s: self.round_seconds.unwrap_or(usual.round_s),
            core_hull: self.core_hull.unwrap_or(usual.core_hull),
            wins: self.wins.unwrap_or(usual.wins),
        }
    }

    /// Its name.
    #[must_use]
    pub fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| mode_title(self.mode).to_owned())
    }

    /// People who may play at once.
    #[must_use]
    pub fn players_max(&self) -> u16 {
        self.max_players.unwrap_or(self.mode.players_max())
    }

    /// Pilots up to whom bots fill it.
    #[must_use]
    pub fn bots(&self) -> u16 {
        self.bots.unwrap_or(self.mode.bots())
    }

    /// Whether the mode holds as many.
    ///
    /// # Errors
    /// More people or bots than it does.
    pub fn check(&self) -> Result<(), TooMany> {
        for (key, wanted) in [("max_players", self.players_max()), ("bots", self.bots())] {
            if wanted > self.mode.players_limit() {
                return Err(TooMany { key, mode: self.mode });
            }
        }
        Ok(())
    }

    /// The room to make of it, on a server whose numbers are these.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn blueprint(&self, id: RoomId, physics: Tuning) -> Result<Blueprint, getrandom::Error> {
        let numbers = Numbers { physics, mutators: self.mutators.clone() };
        Ok(Blueprint {
            id,
            name: self.title(),
            seed: self.seed.map_or_else(getrandom::u64, Ok)?,
            secret: getrandom::u64()?,
            bots: self.bots(),
            bot_skill: self.bot_skill,
            players_max: self.players_max(),
            terms: self.terms(),
            tuning: numbers.at(now_s()),
            numbers,
            start_points: self.start_points,
            // Where there are rounds they are what begins anew.
            season_ticks: if self.mode == GameMode::Drift { self.season_minutes } else { 0 },
            chat: self.chat,
            password: self.password.clone(),
            bounds: RoomBounds::default(),
            net: NetSettings::default(),
            record: None,
        })
    }
}

/// The room's name unless the host gives one.
fn mode_title(mode: GameMode) -> &'static str {
    match mode {
        GameMode::Drift => "Drift",
        GameMode::CoreWar => "Core War",
        GameMode::Duel => "Duel",
        GameMode::Y1962 => "1962",
    }
}

/// The id of a room: what stands in its address. Of a public room small letters, of a private one a code of large ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoomId(String);

/// Letters and digits that nobody confuses when they are read out; 32, so that a byte draws one without favour.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// A thousand million codes: at the ten attempts in ten seconds that an address has, years to find one of a full server.
const CODE_CHARS: usize = 6;

impl RoomId {
    /// A code for a private room.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn draw_code() -> Result<RoomId, getrandom::Error> {
        let mut bytes = [0; CODE_CHARS];
        getrandom::fill(&mut bytes)?;
        Ok(RoomId(bytes.iter().map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)])).collect()))
    }

    /// The code that a text means, whichever way it was typed; `None` when it is none.
    #[must_use]
    pub fn parse_code(text: &str) -> Option<RoomId> {
        let code = text.to_ascii_uppercase();
        let good = code.len() == CODE_CHARS && code.bytes().all(|letter| CODE_LETTERS.contains(&letter));
        good.then_some(RoomId(code))
    }

    /// What an id is made of.
    pub const ALLOWED: &'static str = "1 to 24 small letters, digits and hyphens, not six digits alone";

    /// The room there is without a settings file, and the one that flags speak of.
    #[must_use]
    pub fn main() -> RoomId {
        RoomId("main".to_owned())
    }

    /// `None` for what is no id.
    #[must_use]
    pub fn parse(text: &str) -> Option<RoomId> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let good = (1..=ID_CHARS_MAX).contains(&text.len()) && text.chars().all(plain);
        // What may be a code is none: a code is a secret, an id is not.
        let is_a_code = RoomId::parse_code(text).is_some_and(|code| code.0 == text);
        (good && !is_a_code).then(|| RoomId(text.to_owned()))
    }

    /// A room as it may be called where it is not to be given away: who knows the code of a private one can come in.
    #[must_use]
    pub fn openly(name: &str) -> &str {
        if RoomId::parse(name).is_some() { name } else { "a private room" }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The length of a season as the room counts it.
type SeasonTicks = u32;

const TICKS_PER_MINUTE: u32 = 60 * TICK_HZ;
const MINUTES: RangeInclusive<f64> = 0.0..=SEASON_MINUTES_MAX as f64;

/// Minutes, kept as ticks. Parts of a minute are allowed down to a tick: whoever tries things out does not wait for ten
/// minutes.
struct SeasonMinutes;

impl Kind for SeasonMinutes {
    type Value = SeasonTicks;

    fn allowed(&self) -> String {
        format!("0 (no seasons) or up to {SEASON_MINUTES_MAX} minutes")
    }

    fn placeholder(&self) -> &'static str {
        "N"
    }

    fn read(&self, raw: &Raw) -> Option<SeasonTicks> {
        let minutes: f64 = raw.number()?.parse().ok()?;
        let ticks = (minutes * f64::from(TICKS_PER_MINUTE)).round();
        (MINUTES.contains(&minutes) && (minutes == 0.0 || ticks >= 1.0)).then_some(ticks as SeasonTicks)
    }

    fn write(&self, ticks: &SeasonTicks) -> Option<String> {
        Some((f64::from(*ticks) / f64::from(TICKS_PER_MINUTE)).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_may_be_a_part_of_a_minute_or_have_no_end() {
        let ticks = |text: &str| SeasonMinutes.read(&Raw::Number(text.to_owned()));
        assert_eq!((ticks("0.2"), ticks("0"), ticks("1440")), (Some(720), Some(0), Some(5_184_000)));
        assert_eq!((ticks("1441"), ticks("-1"), ticks("NaN"), ticks("0.0001")), (None, None, None, None));
    }

    #[test]
    fn a_code_is_drawn_anew_and_may_be_typed_in_small_letters() {
        let (one, other) = (RoomId::draw_code().unwrap(), RoomId::draw_code().unwrap());
        assert_ne!(one, other);
        assert_eq!(RoomId::parse_code(&one.as_str().to_ascii_lowercase()), Some(one.clone()));
        for code in [one.as_str(), "234567"] {
            assert_eq!((RoomId::parse(code), RoomId::openly(code)), (None, "a private room"), "{code}");
        }
        assert_eq!(RoomId::openly("main"), "main");
        for text in ["", "ABCDE", "ABCDEFG", "ABCDE0", "ABCDEI", "ÄBCDE"] {
            assert_eq!(RoomId::parse_code(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_fits_into_an_address() {
        for (text, good) in
            [("main", true), ("core-war-2", true), ("", false), ("Main", false), ("a/b", false), ("é", false)]
        {
            assert_eq!(RoomId::parse(text).is_some(), good, "{text}");
        }
        assert!(RoomId::parse(&"a".repeat(25)).is_none());
    }
}
