//! Rooms as a whole: what there is, bots, and a word to everybody.

use shared::{protocol::NoticeText, room::Order as RoomOrder};

use super::{Desk, Done, Refused, Undo, busy};
use crate::{room::RoomHandle, staff::command::Order};

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
