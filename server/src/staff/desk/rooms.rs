//! Rooms as a whole: what there is, opening and closing private ones, bots, and a word to everybody.

use std::sync::Arc;

use shared::{
    defs::GameMode,
    protocol::{CloseCode, NoticeText},
    room::Order as RoomOrder,
};

use super::{Desk, Done, Refused, Undo, busy};
use crate::{lobby::NoRoom, room::RoomHandle, staff::order::Order};

pub(in crate::staff) fn list(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    let line = |room: &RoomHandle| {
        let (blueprint, report) = (room.blueprint(), room.report());
        let (status, ticks) = (&report.status, &report.ticks);
        let rests = if report.paused { ", rests" } else { "" };
        format!(
            "{}: {}, {}; {} of {} people, {} bots, {} watch; ticks {} µs, 99 of 100 within {}{rests}",
            blueprint.id,
            blueprint.name,
            blueprint.terms.mode.word(),
            report.humans(),
            blueprint.players_max,
            status.bots,
            status.spectators,
            ticks.us_p50,
            ticks.us_p99,
        )
    };
    let lines: Vec<String> = desk.staff.lobby.all().iter().map(|room| line(room)).collect();
    Ok(Done::text(lines.join("\n")))
}

pub(in crate::staff) fn bots(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let Some(room) = desk.room(order)? else { return Err(Refused::new("which room?")) };
    let blueprint = room.blueprint();
    let most = blueprint.terms.mode.players_limit();
    let wished = order.number("number").and_then(|number| u16::try_from(number).ok());
    let Some(bots) = wished.filter(|bots| *bots <= most) else {
        return Err(Refused::new(format!("{} holds {most} pilots at most", blueprint.id)));
    };
    if !room.resize(bots, blueprint.players_max, blueprint.password.clone()) {
        return Err(busy());
    }
    desk.can_undo(Undo::Bots { room: blueprint.id.to_string(), before: blueprint.bots });
    Ok(Done::text(format!("bots make up to {bots} pilots in {}", blueprint.id)))
}

pub(in crate::staff) fn announce(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let Some(text) = order.text("text").and_then(NoticeText::clean) else {
        return Err(Refused::new("nothing is left of that text"));
    };
    let rooms = desk.staff.lobby.all();
    let heard = rooms.iter().filter(|room| room.order(RoomOrder::Announce { text: text.clone() })).count();
    if heard < rooms.len() {
        return Err(Refused::new(format!(
            "only {heard} of {} rooms have heard it; the others are too busy",
            rooms.len()
        )));
    }
    Ok(Done::text("everybody was told"))
}

pub(in crate::staff) fn open(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let Some(mode) = order.text("mode").and_then(GameMode::from_word) else {
        return Err(Refused::new("the mode is drift, core-war, duel or 1962"));
    };
    let staff = desk.staff;
    if staff.departure.is_announced() {
        return Err(Refused::new("the server is about to go down"));
    }
    let limits = staff.permits.limits();
    match staff.lobby.make(mode, limits.private_rooms_max, limits.private_room_empty) {
        // Its name lets people in, and so is told to who asked alone.
        Ok(id) => Ok(Done::text(format!("{id} is open, until nobody is in it any more: {}/r/{id}", staff.site))
            .noted(&format!("a private room of {} is open", mode.word()))),
        Err(NoRoom::Full) => Err(Refused::new("there are as many private rooms as there may be")),
        Err(NoRoom::System(error)) => Err(Refused::new(format!("no room could be made: {error}"))),
    }
}

pub(in crate::staff) fn close(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let Some(room) = desk.room(order)? else { return Err(Refused::new("which room?")) };
    let id = room.blueprint().id.to_string();
    if desk.staff.lobby.public().iter().any(|public| Arc::ptr_eq(public, &room)) {
        return Err(Refused::new(format!("{id} is public: it stays for as long as the settings name it")));
    }
    let reason = NoticeText::clean(order.text("reason").unwrap_or("the room is closed"));
    let here = desk.staff.present.all(|_| true).into_iter().filter(|(.., place)| Arc::ptr_eq(place, &room));
    for (conn, ..) in here {
        // Who is not told so is told by the end of the room.
        let _ = room.order(RoomOrder::Kick { conn, code: CloseCode::Kicked, reason: reason.clone() });
    }
    tokio::spawn(async move { room.close().await });
    Ok(Done::text(format!("{id} is closed")))
}
