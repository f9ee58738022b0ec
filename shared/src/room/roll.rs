//! Who is here, for those who run the server.

use super::{
    ConnId, Marks, ProfileKey, Room,
    seats::{Holder, Seat},
    visitor::Visitor,
};
use crate::limits::PLAYERS_MAX;

/// One who plays or watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerRow {
    /// The connection, unless it dropped or is a bot.
    pub conn: Option<ConnId>,
    /// The browser of a person, if it says so.
    pub profile: Option<ProfileKey>,
    /// Slot; who only watches has a number behind all slots, by the connection.
    pub slot: u16,
    /// Name; empty for who only watches.
    pub name: String,
    /// Flown by the server.
    pub is_bot: bool,
    /// 0 or 1 where there are teams.
    pub team: Option<u8>,
    /// Name of the ship's class, or of the one to be launched.
    pub class: &'static str,
    /// Points.
    pub points: u32,
    /// Ships destroyed this season.
    pub kills: u32,
    /// Round trip, ms; 0: unknown.
    pub rtt_ms: u16,
    /// Nobody hears what they say.
    pub is_muted: bool,
    /// What their commands look like when no hand gives them.
    pub marks: Marks,
    /// Has no slot.
    pub is_watching: bool,
    /// Has a ship in the arena.
    pub flying: bool,
}

/// Numbers of those who watch repeat after so many connections.
const WATCHERS: u64 = 60_000;
const _: () = assert!(PLAYERS_MAX as u64 + WATCHERS <= u16::MAX as u64);

impl Room {
    /// Everybody, those with a slot first and in order of slots.
    #[must_use]
    pub fn players(&self) -> Vec<PlayerRow> {
        let seated = self.seats.iter().map(|seat| self.seated(seat));
        let watching = self.visitors.iter().filter(|(_, visitor)| visitor.seat.is_none());
        seated.chain(watching.map(|(conn, visitor)| self.watching(*conn, visitor))).collect()
    }

    fn seated(&self, seat: &Seat) -> PlayerRow {
        let human = if let Holder::Human(human) = &seat.holder { Some(human) } else { None };
        let visitor = human.and_then(|human| self.visitors.get(&human.conn?));
        let pilot = self.world.pilot(seat.player);
        let ship = pilot.and_then(|pilot| pilot.ship.as_ref());
        let defs = &self.config.defs;
        PlayerRow {
            conn: human.and_then(|human| human.conn),
            profile: human.and_then(|human| human.profile),
            slot: seat.player.0,
            name: seat.name.clone(),
            is_bot: human.is_none(),
            team: defs.mode.team(seat.player).map(|team| team as u8),
            class: defs.ship(ship.map_or(seat.class, |ship| ship.class)).name,
            points: pilot.map_or(0, |pilot| pilot.score),
            kills: pilot.map_or(0, |pilot| pilot.kills),
            rtt_ms: visitor.map_or(0, rtt_ms),
            is_muted: human.and_then(|human| human.mute).is_some_and(|mute| mute.lasts(self.world.tick)),
            marks: human.map_or_else(Marks::default, |human| human.habits.marks),
            is_watching: false,
            flying: ship.is_some(),
        }
    }

    fn watching(&self, conn: ConnId, visitor: &Visitor) -> PlayerRow {
        PlayerRow {
            conn: Some(conn),
            profile: visitor.profile,
            slot: (PLAYERS_MAX as u64 + conn.0 % WATCHERS) as u16,
            name: String::new(),
            is_bot: false,
            team: None,
            class: "",
            points: 0,
            kills: 0,
            rtt_ms: rtt_ms(visitor),
            is_muted: visitor.mute.is_some_and(|mute| mute.lasts(self.world.tick)),
            marks: Marks::default(),
            is_watching: true,
            flying: false,
        }
    }
}

fn rtt_ms(visitor: &Visitor) -> u16 {
    u16::try_from(visitor.flow.rtt_us() / 1_000).unwrap_or(u16::MAX)
}
