//! Who is here, and what is done about one of them. Invariant: a command is about exactly one player, or about nobody: a name that
//! two have is refused with both of them.

use std::sync::Arc;

use shared::{
    defs::ModeDef,
    ids::PlayerId,
    protocol::{CloseCode, NoticeText},
    room::{ConnId, Order as RoomOrder, PlayerRow},
};

use super::{Desk, Done, Refused, Undo, busy};
use crate::{
    clock::now_s,
    room::RoomHandle,
    staff::{
        bans::Guest,
        order::{Order, PlayerWord, Value},
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
        let marks: String = row.marks.words().map(|words| format!(", {words}")).collect();
        format!("{}: {does}{}{marks}{address}", shown(row), if row.is_muted { ", muted" } else { "" })
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
    let reason = order.text("reason").and_then(NoticeText::clean);
    let kick = |conn| RoomOrder::Kick { conn, code: CloseCode::Kicked, reason: reason.clone() };
    if let Some((who, target)) = desk.reported(order)? {
        let here = desk.staff.present().all(|guest| guest.is(&target));
        if here.is_empty() {
            return Err(Refused::new(format!("{who} has left")));
        }
        let done = here.into_iter().all(|(conn, _, room)| room.order(kick(conn)));
        return if done { Ok(Done::text(format!("{who} is removed"))) } else { Err(busy()) };
    }
    let player = desk.player(order)?;
    // Whoever lost the line has a slot alone.
    let does = player.row.conn.map_or(RoomOrder::Vacate { player: PlayerId(player.row.slot) }, kick);
    if !player.room.order(does) {
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

pub(in crate::staff) fn gift(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let Some(Value::Pickup(kind)) = order.given("pickup") else { return Err(Refused::new("which pickup?")) };
    let player = desk.player(order)?;
    let terms = player.room.blueprint().terms;
    if !ModeDef::of(terms).rarities {
        return Err(Refused::new(format!("in {} nobody is given anything: both have the same", terms.mode.word())));
    }
    if !player.row.flying {
        return Err(Refused::new(format!("{} has no ship just now", shown(&player.row))));
    }
    if !player.room.order(RoomOrder::Gift { player: PlayerId(player.row.slot), kind: *kind }) {
        return Err(busy());
    }
    Ok(Done::text(format!("it floats before {}", shown(&player.row))))
}

fn decide(desk: &Desk<'_>, kind: BanKind, order: &Order) -> Result<Done, Refused> {
    if let Some((who, target)) = desk.reported(order)? {
        return desk.decide(kind, target, who, order);
    }
    let player = desk.player(order)?;
    let target = player.target(desk)?;
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

    /// By what they are kept out or quiet: their browser, also when they have lost the line, or else their address.
    fn target(&self, desk: &Desk<'_>) -> Result<Target, Refused> {
        match self.row.profile {
            Some(profile) => Ok(Target::Profile(profile)),
            None => self.guest(desk).map(|guest| Target::Address(guest.address)),
        }
    }

    fn guest(&self, desk: &Desk<'_>) -> Result<Guest, Refused> {
        let guest = desk.staff.present().find(self.conn()?);
        guest.ok_or_else(|| Refused::new(format!("{} has just left", shown(&self.row))))
    }
}

impl Desk<'_> {
    /// Whom the report that an order names is about, if it names one.
    fn reported(&self, order: &Order) -> Result<Option<(String, Target)>, Refused> {
        let Some(Value::Player(PlayerWord::Report(id))) = order.given("player") else { return Ok(None) };
        let row = self.staff.with(|book| book.reports.find(*id).cloned());
        let row = row.ok_or_else(|| Refused::new(format!("there is no report {id}; reports lists them")))?;
        match row.target {
            Some(target) => Ok(Some((row.who, target))),
            None => Err(Refused::new(format!("{} had left before they were reported", row.who))),
        }
    }

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
            PlayerWord::Report(id) => format!("report:{id}"),
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
        PlayerWord::Report(_) => false,
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
