//! Who is here, and what is done about one of them. Invariant: a command is about exactly one player, or about nobody: a name that
//! two have is refused with both of them.

use std::sync::Arc;

use shared::{
    protocol::{CloseCode, NoticeText},
    room::{ConnId, Order as RoomOrder, PlayerRow},
};

use super::{Desk, Done, Refused, Undo, busy};
use crate::{
    clock::now_s,
    room::RoomHandle,
    staff::{
        bans::Guest,
        command::{Order, PlayerWord, Value},
    },
    store::{BanKind, Target},
};

/// Lines about one room.
const LINES: usize = 40;
/// Players that a refusal lists.
const CANDIDATES: usize = 8;

/// A player that was named.
struct Player {
    room: Arc<RoomHandle>,
    row: PlayerRow,
}

pub(in crate::staff) fn who(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let rooms = match desk.room(order)? {
        Some(room) => vec![room],
        None => desk.staff.lobby.all(),
    };
    let lines: Vec<String> = rooms.iter().map(|room| lines_of(desk, room)).collect();
    Ok(Done::text(lines.join("\n")))
}

fn lines_of(desk: &Desk<'_>, room: &RoomHandle) -> String {
    let rows = people(room);
    let mut lines = vec![format!("{}: {}", room.blueprint().id, count(rows.len()))];
    lines.extend(rows.iter().take(LINES).map(|row| {
        let guest = row.conn.and_then(|conn| desk.staff.present().find(conn));
        let address = guest.map(|guest| format!(", from #{}", guest.address.tag())).unwrap_or_default();
        let does = match (row.is_watching, row.conn.is_some()) {
            (true, _) => "watches".to_owned(),
            (false, true) => format!("{} points, {} ms", row.points, row.rtt_ms),
            (false, false) => "has lost the line".to_owned(),
        };
        format!("{}: {does}{}{address}", shown(row), if row.is_muted { ", muted" } else { "" })
    }));
    if rows.len() > LINES {
        lines.push(format!("… of {}", rows.len()));
    }
    lines.join("\n")
}

fn count(people: usize) -> String {
    match people {
        0 => "nobody".to_owned(),
        1 => "one person".to_owned(),
        many => format!("{many} people"),
    }
}

pub(in crate::staff) fn kick(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let player = desk.player(order)?;
    let conn = player.conn()?;
    let reason = order.text("reason").and_then(NoticeText::clean);
    if !player.room.order(RoomOrder::Kick { conn, code: CloseCode::Kicked, reason }) {
        return Err(busy());
    }
    Ok(Done::text(format!("{} is removed", shown(&player.row))))
}

pub(in crate::staff) fn ban(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    decide(desk, BanKind::Ban, order)
}

pub(in crate::staff) fn mute(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    decide(desk, BanKind::Mute, order)
}

fn decide(desk: &Desk<'_>, kind: BanKind, order: &Order) -> Result<Done, Refused> {
    let player = desk.player(order)?;
    let Guest { address, profile } = player.guest(desk)?;
    let target = profile.map_or(Target::Address(address), Target::Profile);
    let who = if player.row.name.is_empty() { shown(&player.row) } else { player.row.name };
    desk.decide(kind, target, who, order)
}

pub(in crate::staff) fn unmute(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let player = desk.player(order)?;
    let guest = player.guest(desk)?;
    let ids = desk.staff.with(|book| book.bans.of(BanKind::Mute, &guest, now_s()));
    if ids.is_empty() {
        return Err(Refused::new(format!("{} is not muted", shown(&player.row))));
    }
    let (rows, kept) = desk.staff.lift(&ids);
    desk.can_undo(Undo::PutBack(rows));
    Ok(Done::keeping(format!("{} is heard again", shown(&player.row)), kept))
}

impl Player {
    fn conn(&self) -> Result<ConnId, Refused> {
        self.row.conn.ok_or_else(|| Refused::new(format!("{} has lost the line", shown(&self.row))))
    }

    fn guest(&self, desk: &Desk<'_>) -> Result<Guest, Refused> {
        let guest = desk.staff.present().find(self.conn()?);
        guest.ok_or_else(|| Refused::new(format!("{} has just left", shown(&self.row))))
    }
}

impl Desk<'_> {
    /// The one player that an order is about: in the room that is meant, else wherever there is exactly one.
    fn player(&self, order: &Order) -> Result<Player, Refused> {
        let Some(Value::Player(word)) = order.given("player") else { return Err(Refused::new("who?")) };
        let meant = self.room.map(|name| self.room_of(name)).transpose()?;
        let here = meant.as_ref().map(|room| players(std::slice::from_ref(room))).unwrap_or_default();
        let named: Vec<Player> = here.into_iter().filter(|player| is_named(&player.row, word)).collect();
        let named = match (named.is_empty(), &meant, word) {
            // A number means somebody in a room; a name may be looked for elsewhere.
            (false, ..) | (true, Some(_), PlayerWord::Slot(_)) => named,
            (true, ..) => {
                let everywhere = players(&self.staff.lobby.all());
                everywhere.into_iter().filter(|player| is_named(&player.row, word)).collect()
            }
        };
        match <[Player; 1]>::try_from(named) {
            Ok([player]) => Ok(player),
            Err(none) if none.is_empty() => Err(self.nobody(word)),
            Err(several) => Err(Refused::new(format!("more than one is meant: {}", listed(&several)))),
        }
    }

    fn nobody(&self, word: &PlayerWord) -> Refused {
        let word = match word {
            PlayerWord::Slot(slot) => format!("#{slot}"),
            PlayerWord::Name(name) => format!("{:?}", name.chars().take(40).collect::<String>()),
        };
        let everybody = players(&self.staff.lobby.all());
        if everybody.is_empty() {
            return Refused::new(format!("there is no {word}, nor anybody else"));
        }
        Refused::new(format!("there is no {word}; here are {}", listed(&everybody)))
    }
}

/// People, not bots.
fn people(room: &RoomHandle) -> Vec<PlayerRow> {
    let report = room.report();
    // What a room that rests reported last are places kept for who may come back.
    report.players.iter().filter(|row| !row.is_bot && (row.conn.is_some() || !report.paused)).cloned().collect()
}

fn players(rooms: &[Arc<RoomHandle>]) -> Vec<Player> {
    rooms.iter().flat_map(|room| people(room).into_iter().map(|row| Player { room: Arc::clone(room), row })).collect()
}

fn is_named(row: &PlayerRow, word: &PlayerWord) -> bool {
    match word {
        PlayerWord::Slot(slot) => row.slot == *slot,
        PlayerWord::Name(name) => !row.name.is_empty() && row.name.to_lowercase() == name.to_lowercase(),
    }
}

fn listed(players: &[Player]) -> String {
    let shown = |player: &Player| format!("{} in {}", shown(&player.row), player.room.blueprint().id);
    let list: Vec<String> = players.iter().take(CANDIDATES).map(shown).collect();
    let more = if players.len() > CANDIDATES { format!(" … of {}", players.len()) } else { String::new() };
    format!("{}{more}", list.join(", "))
}

fn shown(row: &PlayerRow) -> String {
    if row.name.is_empty() { format!("#{}", row.slot) } else { format!("#{} {}", row.slot, row.name) }
}
