//! Who holds which slot: people and bots, their names, and the grace a dropped person has. Invariant: one slot,
//! one holder; a resume key opens at most one seat and only once.

use std::collections::BTreeSet;

use super::{ConnId, commands::CommandBuffer, deeds::Log, habits::Habits, ledger::ProfileKey, mute::Mute};
use crate::{
    bot::Brain,
    defs::{ModeDef, ShipClass, Team},
    ids::PlayerId,
    limits::{NAME_BYTES_MAX, NAME_CHARS_MAX, PLAYERS_MAX},
    name,
    protocol::RosterEntry,
    tick::{TICK_HZ, Tick},
};

/// SHA-256 of a resume token: all the room keeps of it.
pub type ResumeKey = [u8; 32];

/// One slot's holder.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Slot.
    pub player: PlayerId,
    /// Cleaned name, unique in the room…
    pub name: String,
    /// …also to the eye.
    look: String,
    /// Who flies.
    pub holder: Holder,
    /// Wants a ship as soon as the rules allow.
    pub wants_launch: bool,
    /// …of this class, if the score allows.
    pub class: ShipClass,
}

/// Who flies.
#[derive(Debug, Clone)]
pub enum Holder {
    /// The server.
    Bot(Box<Brain>),
    /// A person.
    Human(Box<Human>),
}

/// A person in a seat.
#[derive(Debug, Clone)]
pub struct Human {
    /// The live connection, unless it dropped.
    pub conn: Option<ConnId>,
    /// Opens this seat to the next connection.
    pub key: ResumeKey,
    /// Who it is, if they wish to be known again.
    pub profile: Option<ProfileKey>,
    /// Opened it for the present connection; good until that one has shown that the new key reached it.
    pub previous_key: Option<ResumeKey>,
    /// When the connection dropped, µs.
    pub lost_us: Option<u64>,
    /// Commands waiting for their ticks.
    pub commands: CommandBuffer,
    /// What this pilot must hear exactly once.
    pub deeds: Log,
    /// Nobody hears what they say.
    pub mute: Option<Mute>,
    /// What their commands look like.
    pub habits: Habits,
}

/// A freed slot rests this long before somebody else gets it, ticks: whoever still sees the last holder's ship or
/// shots must not take them for the next one's.
const REST_TICKS: i32 = 2 * TICK_HZ as i32;

/// All seats, and what changed about names since the last look.
#[derive(Debug, Clone, Default)]
pub struct Seats {
    seats: Vec<Option<Seat>>,
    /// When each slot was freed last.
    freed: Vec<Option<Tick>>,
    now: Tick,
    arrived: Vec<PlayerId>,
    left: Vec<PlayerId>,
}

impl Seats {
    /// Every seat, in order of slots.
    pub fn iter(&self) -> impl Iterator<Item = &Seat> {
        self.seats.iter().flatten()
    }

    /// Every seat, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Seat> {
        self.seats.iter_mut().flatten()
    }

    /// The seat of a slot.
    #[must_use]
    pub fn get(&self, player: PlayerId) -> Option<&Seat> {
        self.seats.get(player.index())?.as_ref()
    }

    /// The seat of a slot, to change.
    pub fn get_mut(&mut self, player: PlayerId) -> Option<&mut Seat> {
        self.seats.get_mut(player.index())?.as_mut()
    }

    /// The person in a slot, to look at.
    #[must_use]
    pub fn human(&self, player: PlayerId) -> Option<&Human> {
        match &self.get(player)?.holder {
            Holder::Human(human) => Some(human),
            Holder::Bot(_) => None,
        }
    }

    /// The person in a slot.
    pub fn human_mut(&mut self, player: PlayerId) -> Option<&mut Human> {
        match &mut self.get_mut(player)?.holder {
            Holder::Human(human) => Some(human),
            Holder::Bot(_) => None,
        }
    }

    /// Every person, here or away.
    pub fn humans_mut(&mut self) -> impl Iterator<Item = (PlayerId, &mut Human)> {
        self.iter_mut().filter_map(|seat| match &mut seat.holder {
            Holder::Human(human) => Some((seat.player, &mut **human)),
            Holder::Bot(_) => None,
        })
    }

    /// How many people and how many bots are seated.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let bots = self.iter().filter(|seat| matches!(seat.holder, Holder::Bot(_))).count();
        (self.iter().count() - bots, bots)
    }

    /// The room is at `tick`.
    pub fn keep_time(&mut self, tick: Tick) {
        self.now = tick;
    }

    /// Seats somebody in the lowest free slot that has rested (or any free one, if the room is that full); `None`
    /// when all are taken. `wanted` is cleaned and made unique;
    /// an unusable name becomes "Pilot" and the slot's number.
    /// With a `team` it is one of that team's slots.
    pub fn add(
        &mut self,
        wanted: &str,
        team: Option<Team>,
        holder: impl FnOnce(PlayerId) -> Holder,
    ) -> Option<PlayerId> {
        let fits = |index: usize| team.is_none_or(|team| Team::of(PlayerId(index as u16)) == team);
        let free = |index: &usize| self.seats[*index].is_none() && fits(*index);
        let rested = |index: &usize| self.freed[*index].is_none_or(|freed| self.now.since(freed) >= REST_TICKS);
        let next = (self.seats.len()..PLAYERS_MAX).find(|index| fits(*index));
        let index = match ((0..self.seats.len()).filter(free).find(rested), next) {
            (Some(index), _) => index,
            (None, Some(next)) => {
                self.seats.resize(next + 1, None);
                self.freed.resize(next + 1, None);
                next
            }
            (None, None) => (0..self.seats.len()).find(free)?,
        };
        let player = PlayerId(index as u16);
        self.seat(player, wanted, holder(player));
        Some(player)
    }

    /// Seats somebody where they sat before, if nobody sits there.
    pub fn add_at(&mut self, player: PlayerId, name: &str, holder: Holder) -> bool {
        let index = player.index();
        if index >= PLAYERS_MAX || self.get(player).is_some() {
            return false;
        }
        if self.seats.len() <= index {
            self.seats.resize(index + 1, None);
            self.freed.resize(index + 1, None);
        }
        self.seat(player, name, holder);
        true
    }

    fn seat(&mut self, player: PlayerId, wanted: &str, holder: Holder) {
        let name = self.unique(name::clean(wanted).unwrap_or_else(|| format!("Pilot {}", player.index() + 1)));
        let (look, class) = (name::look_of(&name), ShipClass::default());
        self.seats[player.index()] = Some(Seat { player, look, name, holder, wants_launch: true, class });
        self.arrived.push(player);
    }

    /// The team that a person joins, where there are teams: the one with fewer people, then with fewer pilots.
    #[must_use]
    pub fn team_for_person(&self, mode: &ModeDef) -> Option<Team> {
        self.smaller_team(mode, |team| {
            let (humans, bots) = self.crew(team);
            (humans, humans + bots)
        })
    }

    /// The team that a bot joins: the one with fewer pilots.
    #[must_use]
    pub fn team_for_bot(&self, mode: &ModeDef) -> Option<Team> {
        self.smaller_team(mode, |team| {
            let (humans, bots) = self.crew(team);
            (humans + bots, 0)
        })
    }

    /// 1 where all people are of one team, so that they need a bot to fight with; else 0.
    #[must_use]
    pub fn foes_missing(&self, mode: &ModeDef) -> usize {
        let people = Team::ALL.map(|team| self.crew(team).0 > 0);
        usize::from(mode.teams && people[0] != people[1])
    }

    fn smaller_team(&self, mode: &ModeDef, size: impl Fn(Team) -> (usize, usize)) -> Option<Team> {
        mode.teams.then(|| if size(Team::Dusk) < size(Team::Dawn) { Team::Dusk } else { Team::Dawn })
    }

    /// People and bots of a team.
    #[must_use]
    pub fn crew(&self, team: Team) -> (usize, usize) {
        let crew = || self.iter().filter(|seat| Team::of(seat.player) == team);
        let bots = crew().filter(|seat| matches!(seat.holder, Holder::Bot(_))).count();
        (crew().count() - bots, bots)
    }

    /// Frees a slot.
    pub fn remove(&mut self, player: PlayerId) {
        if let Some(seat) = self.seats.get_mut(player.index())
            && seat.take().is_some()
        {
            self.freed[player.index()] = Some(self.now);
            self.arrived.retain(|&arrived| arrived != player);
            self.left.push(player);
        }
    }

    /// The seat that `key` opens.
    #[must_use]
    pub fn find_key(&self, key: &ResumeKey) -> Option<PlayerId> {
        self.iter()
            .find(|seat| matches!(&seat.holder, Holder::Human(human) if human.key == *key || human.previous_key == Some(*key)))
            .map(|seat| seat.player)
    }

    /// Names that came and slots that were freed since the last call.
    pub fn take_changes(&mut self) -> Option<(Vec<RosterEntry>, Vec<PlayerId>)> {
        if self.arrived.is_empty() && self.left.is_empty() {
            return None;
        }
        let arrived = std::mem::take(&mut self.arrived);
        let entries = arrived.iter().filter_map(|&player| self.get(player)).map(entry).collect();
        let mut left = std::mem::take(&mut self.left);
        left.retain(|player| !arrived.contains(player));
        Some((entries, left))
    }

    /// The person who has been gone longest, to make way when the room is full.
    #[must_use]
    pub fn longest_lost(&self) -> Option<PlayerId> {
        let lost = self.iter().filter_map(|seat| match &seat.holder {
            Holder::Human(human) => Some((human.lost_us?, seat.player)),
            Holder::Bot(_) => None,
        });
        lost.min().map(|(_, player)| player)
    }

    /// Everybody, as others know them.
    #[must_use]
    pub fn entries(&self) -> Vec<RosterEntry> {
        self.iter().map(entry).collect()
    }

    fn unique(&self, name: String) -> String {
        let looks: BTreeSet<&str> = self.iter().map(|seat| seat.look.as_str()).collect();
        let taken = |name: &str| looks.contains(name::look_of(name).as_str());
        if !taken(&name) {
            return name;
        }
        // Room for a space and three digits, by characters and by bytes.
        let mut short: String = name.chars().take(NAME_CHARS_MAX - 4).collect();
        while short.len() > NAME_BYTES_MAX - 4 {
            short.pop();
        }
        (2..)
            .map(|n| format!("{} {n}", short.trim_end()))
            .find(|name| !taken(name))
            .expect("there are more numbers than slots")
    }
}

fn entry(seat: &Seat) -> RosterEntry {
    RosterEntry { player: seat.player, name: seat.name.clone(), bot: matches!(seat.holder, Holder::Bot(_)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn human(_: PlayerId) -> Holder {
        Holder::Human(Box::new(Human {
            conn: None,
            key: [0; 32],
            profile: None,
            previous_key: None,
            lost_us: None,
            commands: CommandBuffer::default(),
            deeds: Log::default(),
            mute: None,
            habits: Habits::default(),
        }))
    }

    #[test]
    fn names_are_unique_and_never_empty() {
        let mut seats = Seats::default();
        let wide = "\u{1D11E}".repeat(12);
        for name in ["Ada", "\u{0410}da", "", "ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOP", &wide, &wide] {
            seats.add(name, None, human);
        }
        let names: Vec<&str> = seats.iter().map(|seat| seat.name.as_str()).collect();
        assert_eq!(names[..5], ["Ada", "\u{0410}da 2", "Pilot 3", "ABCDEFGHIJKLMNOP", "ABCDEFGHIJKL 2"]);
        assert!(names.iter().all(|name| name.len() <= NAME_BYTES_MAX && name.chars().count() <= NAME_CHARS_MAX));
    }

    #[test]
    fn a_freed_slot_rests_is_used_again_and_told_as_new() {
        let mut seats = Seats::default();
        seats.add("a", None, human);
        let gone = seats.add("b", None, human).unwrap();
        seats.take_changes();
        seats.remove(gone);
        seats.keep_time(Tick(0).plus(REST_TICKS - 1));
        let other = seats.add("d", None, human).unwrap();
        assert_ne!(other, gone);
        seats.remove(other);
        seats.keep_time(Tick(0).plus(REST_TICKS));
        seats.take_changes();
        assert_eq!(seats.add("c", None, human), Some(gone));
        let (entries, left) = seats.take_changes().unwrap();
        assert_eq!((entries[0].name.as_str(), entries[0].player, left), ("c", gone, vec![]));
        assert_eq!(seats.take_changes(), None);
    }

    #[test]
    fn people_are_spread_evenly_over_teams_and_bots_fill_the_smaller_one() {
        let mode = ModeDef::of(crate::defs::Terms::of(crate::defs::GameMode::CoreWar));
        let mut seats = Seats::default();
        for number in 0..6 {
            let team = seats.team_for_person(&mode);
            let player = seats.add("x", team, human).unwrap();
            assert_eq!((player.0, Some(Team::of(player))), (number, team));
        }
        seats.remove(PlayerId(1));
        seats.remove(PlayerId(3));
        assert_eq!(seats.team_for_person(&mode), Some(Team::Dusk));
        assert_eq!(seats.team_for_bot(&mode), Some(Team::Dusk));
        let next = seats.add("x", Some(Team::Dusk), human).unwrap();
        assert_eq!(next, PlayerId(7), "slots rest");
        assert_eq!((seats.crew(Team::Dawn), seats.crew(Team::Dusk)), ((3, 0), (2, 0)));
        let drift = ModeDef::of(crate::defs::Terms::default());
        assert_eq!(seats.team_for_person(&drift), None);
    }

    #[test]
    fn the_room_has_an_end() {
        let mut seats = Seats::default();
        for _ in 0..PLAYERS_MAX {
            assert!(seats.add("x", None, human).is_some());
        }
        assert_eq!(seats.add("x", None, human), None);
        seats.remove(PlayerId(7));
        assert_eq!(seats.add("x", None, human), Some(PlayerId(7)), "rather too soon than not at all");
    }
}
