//! Keeping people out or quiet, and letting them again. Invariant: what is decided holds at once for who is here, and at the door
//! for who comes; lifting it undoes both.

use shared::{
    protocol::{CloseCode, NoticeText},
    room::{ConnId, Order as RoomOrder},
    tick::TICK_HZ,
};

use super::{Desk, Done, Refused, Undo};
use crate::{
    address::AddressKey,
    clock::now_s,
    config::RoomId,
    room::RoomHandle,
    staff::{
        Staff,
        bans::{BANS_MAX, Guest},
        order::{AddressWord, Order, Value},
        times::shown,
    },
    store::{BanKind, BanRow, Kept, StaffRecord, Target},
};

pub(in crate::staff) fn ban_address(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    decide_of_address(desk, BanKind::Ban, order)
}

pub(in crate::staff) fn mute_address(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    decide_of_address(desk, BanKind::Mute, order)
}

fn decide_of_address(desk: &Desk<'_>, kind: BanKind, order: &Order) -> Result<Done, Refused> {
    let address = match order.given("address") {
        Some(Value::Address(AddressWord::Ip(ip))) => AddressKey::of(*ip),
        Some(Value::Address(AddressWord::Tag(tag))) => {
            let here = desk.staff.present().all(|guest| guest.address.tag().to_string() == *tag);
            let found = here.first().map(|(_, guest, _)| guest.address);
            found.ok_or_else(|| Refused::new(format!("nobody from #{tag} is here")))?
        }
        _ => return Err(Refused::new("which address?")),
    };
    let who = format!("#{}", address.tag());
    desk.decide(kind, Target::Address(address), who, order)
}

pub(in crate::staff) fn unban(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let id = order.number("ban").unwrap_or_default();
    let (rows, kept) = desk.staff.lift(&[id]);
    let Some(row) = rows.first() else {
        return Err(Refused::new(format!("there is no ban or mute {id}; bans lists them")));
    };
    let text = format!("the {} of {} is lifted", row.kind.word(), row.who);
    desk.can_undo(Undo::PutBack(rows));
    Ok(Done::keeping(text, kept))
}

pub(in crate::staff) fn list(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    /// More are for the page.
    const LINES: usize = 50;
    let now_s = now_s();
    let lines = desk.staff.with(|book| {
        let line = |row: &BanRow| {
            let left = shown(row.until_s.map(|until_s| until_s.saturating_sub(now_s)));
            let BanRow { id, who, by, .. } = row;
            format!("{id}: {} of {who} for {left}, by {by}: {}", row.kind.word(), reason(&row.reason))
        };
        let lines: Vec<String> = book.bans.all(now_s).take(LINES).map(line).collect();
        (lines, book.bans.all(now_s).count())
    });
    match lines {
        (_, 0) => Ok(Done::text("nobody is kept out or quiet")),
        (lines, all) if all > LINES => Ok(Done::text(format!("{}\n… of {all}", lines.join("\n")))),
        (lines, _) => Ok(Done::text(lines.join("\n"))),
    }
}

fn reason(reason: &str) -> &str {
    if reason.is_empty() { "no reason given" } else { reason }
}

impl Desk<'_> {
    /// Keeps a target out or quiet, for the time and the reason of the order.
    pub(super) fn decide(&self, kind: BanKind, target: Target, who: String, order: &Order) -> Result<Done, Refused> {
        let Some(Value::Time(time)) = order.given("time") else { return Err(Refused::new("for how long?")) };
        let at_s = now_s();
        let row = BanRow {
            id: 0,
            kind,
            target,
            who,
            by: self.speaker.shown().to_owned(),
            reason: order.text("reason").unwrap_or_default().to_owned(),
            at_s,
            until_s: time.map(|seconds| at_s.saturating_add(seconds)),
        };
        let Some((row, kept)) = self.staff.ban(row) else {
            return Err(Refused::new(format!("there are {BANS_MAX} bans and mutes already; lift some")));
        };
        let done = match kind {
            BanKind::Ban => "kept out",
            BanKind::Mute => "quiet",
        };
        let why = if row.reason.is_empty() { String::new() } else { format!(": {}", row.reason) };
        self.staff.herald.tell(&format!("{} is {done} for {}, by {}{why}", row.who, shown(*time), row.by));
        let text = format!("{} is {done} for {} ({} {})", row.who, shown(*time), kind.word(), row.id);
        self.can_undo(Undo::Lift(vec![row]));
        Ok(Done::keeping(text, vec![kept]))
    }
}

impl Staff {
    /// Adds a ban or a mute and has it hold; `None` when there are too many.
    fn ban(&self, row: BanRow) -> Option<(BanRow, Option<Kept>)> {
        let (row, kept) = self.with(|book| {
            for id in book.bans.forget_old(now_s()) {
                drop(book.keep(StaffRecord::BanGone(id)));
            }
            let row = book.bans.add(row)?;
            let kept = book.keep(StaffRecord::Ban(row.clone()));
            Some((row, kept))
        })?;
        self.hold(std::slice::from_ref(&row));
        Some((row, kept))
    }

    /// Lifts those of these numbers that there are.
    pub(in crate::staff) fn lift(&self, ids: &[u32]) -> (Vec<BanRow>, Vec<Option<Kept>>) {
        let lifted: Vec<(BanRow, Option<Kept>)> = self.with(|book| {
            let lift = |id: &u32| {
                let row = book.bans.lift(*id)?;
                let kept = book.keep(StaffRecord::BanGone(*id));
                Some((row, kept))
            };
            ids.iter().filter_map(lift).collect()
        });
        let (rows, kept): (Vec<_>, Vec<_>) = lifted.into_iter().unzip();
        self.hold(&rows);
        (rows, kept)
    }

    /// Puts back what was lifted.
    pub(in crate::staff) fn put_back(&self, rows: &[BanRow]) -> Vec<Option<Kept>> {
        let kept = self.with(|book| {
            let put = |row: &BanRow| {
                book.bans.put_back(row.clone());
                book.keep(StaffRecord::Ban(row.clone()))
            };
            rows.iter().map(put).collect()
        });
        self.hold(rows);
        kept
    }

    /// Sees to it that what was decided, or lifted, about these holds for who is here.
    fn hold(&self, rows: &[BanRow]) {
        for row in rows {
            for (conn, guest, room) in self.present().all(|guest| guest.is(&row.target)) {
                self.hold_to_bans(conn, &guest, &room);
            }
        }
        self.changed(|changes| changes.bans += 1);
    }

    /// Ends the connection of who is kept out, and has nobody hear who is to be quiet.
    pub(crate) fn hold_to_bans(&self, conn: ConnId, guest: &Guest, room: &RoomHandle) {
        if let Some(refusal) = self.refusal(guest) {
            let reason = NoticeText::clean(&refusal);
            if !room.order(RoomOrder::Kick { conn, code: CloseCode::Banned, reason }) {
                tracing::warn!(
                    room = RoomId::openly(room.blueprint().id.as_str()),
                    "a room is too busy to hear of a ban"
                );
            }
        }
        self.mute(conn, guest, room);
    }

    /// As it is now: the one that lasts longest, or none, also where a seat remembers one that was lifted meanwhile.
    fn mute(&self, conn: ConnId, guest: &Guest, room: &RoomHandle) {
        let now_s = now_s();
        let mute = self.with(|book| book.bans.on(BanKind::Mute, guest, now_s).map(|row| row.until_s));
        let ticks = match mute {
            Some(until_s) => until_s.map(|until_s| {
                let seconds = u32::try_from(until_s.saturating_sub(now_s)).unwrap_or(u32::MAX);
                // Whoever is here for a year has heard enough.
                seconds.min(i32::MAX.cast_unsigned() / TICK_HZ).saturating_mul(TICK_HZ)
            }),
            None => Some(0),
        };
        if !room.order(RoomOrder::Mute { conn, ticks }) {
            tracing::warn!(room = RoomId::openly(room.blueprint().id.as_str()), "a room is too busy to hear of a mute");
        }
    }
}
