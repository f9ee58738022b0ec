//! The staff themselves: who they are, what they did, and taking it back.

use super::{Desk, Done, Refused, Undo, busy};
use crate::{
    clock::now_s,
    staff::{
        accounts::{AccountError, Accounts},
        command::COMMANDS,
        order::{Order, Value},
        times::shown,
    },
    store::{AccountRow, StaffRecord},
};

/// Lines of the audit log, where no number is said.
const LINES: usize = 20;

pub(in crate::staff) fn help(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    let mine = COMMANDS.iter().filter(|command| command.role <= desk.speaker.role);
    let lines: Vec<String> = mine.map(|command| format!("{}: {}", command.usage(), command.help)).collect();
    Ok(Done::text(lines.join("\n")))
}

pub(in crate::staff) fn audit(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let lines = order.number("number").map_or(LINES, |number| number as usize);
    let now_s = now_s();
    let lines: Vec<String> = desk.staff.with(|book| {
        let newest = book.audit.newest().take(lines).map(|row| {
            let ago = shown(Some(now_s.saturating_sub(row.at_s)));
            format!("{ago} ago, {} ({}, {}): {} → {}", row.who, row.role.word(), row.via, row.line, row.outcome)
        });
        newest.collect()
    });
    Ok(Done::text(lines.join("\n")).noted("shown"))
}

pub(in crate::staff) fn staff(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    let now_s = now_s();
    let line = |row: &AccountRow| {
        let seen = match row.last_seen_s {
            Some(seen_s) => format!("signed in {} ago", shown(Some(now_s.saturating_sub(seen_s)))),
            None => "never signed in".to_owned(),
        };
        format!("{}: {}, {seen}", row.name, row.role.word())
    };
    let lines: Vec<String> = desk.staff.with(|book| book.accounts.all().map(line).collect());
    if lines.is_empty() {
        return Ok(Done::text("nobody has a name yet; staff-add gives one"));
    }
    Ok(Done::text(lines.join("\n")))
}

pub(in crate::staff) fn add(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let name = order.text("name").unwrap_or_default();
    let Some(Value::Role(role)) = order.given("role") else { return Err(Refused::new("which role?")) };
    let (row, is_new, kept) = desk.staff.with(|book| {
        let is_new = Accounts::clean(name).is_some_and(|name| book.accounts.find(&name).is_none());
        let row = book.accounts.set_role(name, *role, now_s())?;
        // Who is signed in has the rights that they signed in with.
        book.sessions.end_all(&row.name, None);
        book.forget(&row.name);
        let kept = book.keep(StaffRecord::Account(row.clone()));
        Ok::<_, AccountError>((row, is_new, kept))
    })?;
    desk.staff.changed(|changes| changes.staff += 1);
    let noted = format!("{} is {}", row.name, role.word());
    if !is_new {
        return Ok(Done::keeping(noted, vec![kept]));
    }
    let link = desk.link(Some(&row.name))?;
    let text = format!("{noted}; to sign in for the first time, within a day: {link}");
    Ok(Done::keeping(text, vec![kept]).noted(&noted))
}

pub(in crate::staff) fn remove(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let name = order.text("name").unwrap_or_default();
    let (row, kept) = desk.staff.with(|book| {
        let row = book.accounts.remove(name)?;
        book.sessions.end_all(&row.name, None);
        book.forget(&row.name);
        let kept = book.keep(StaffRecord::AccountGone(row.name.clone()));
        Ok::<_, AccountError>((row, kept))
    })?;
    desk.staff.changed(|changes| changes.staff += 1);
    Ok(Done::keeping(format!("{} is no longer of the staff", row.name), vec![kept]))
}

pub(in crate::staff) fn token(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let name = order.text("name");
    let link = desk.link(name)?;
    let (whom, time) = match name {
        Some(name) => (format!("as {name}"), "a day"),
        None => ("as an owner".to_owned(), "15 minutes"),
    };
    Ok(Done::text(format!("signs in once {whom}, within {time}: {link}"))
        .noted(&format!("a link that signs in {whom}")))
}

impl From<AccountError> for Refused {
    fn from(error: AccountError) -> Refused {
        Refused::new(error.sentence())
    }
}

pub(in crate::staff) fn undo(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    let Some(undo) = desk.staff.with(|book| book.take_undo(desk.speaker.shown())) else {
        return Err(Refused::new("there is nothing of yours to take back"));
    };
    match undo {
        Undo::Lift(rows) => {
            let ids: Vec<u32> = rows.iter().map(|row| row.id).collect();
            let (lifted, kept) = desk.staff.lift(&ids);
            match lifted.first() {
                Some(row) => Ok(Done::keeping(format!("the {} of {} is lifted", row.kind.word(), row.who), kept)),
                None => Err(Refused::new("it was lifted already, or is over")),
            }
        }
        Undo::PutBack(rows) => {
            let kept = desk.staff.put_back(&rows);
            let what = rows.first().map(|row| format!("the {} of {}", row.kind.word(), row.who)).unwrap_or_default();
            Ok(Done::keeping(format!("{what} holds again"), kept))
        }
        Undo::Settings(settings) => {
            let (mut what, mut all_kept) = (Vec::new(), Vec::new());
            for (key, before) in settings {
                if !desk.staff.tune_as_set(&key, before.as_deref()) {
                    return Err(busy());
                }
                what.push(key.replace('/', " of "));
                all_kept.push(desk.staff.with(|book| book.set(&key, before)).1);
            }
            Ok(Done::keeping(format!("as it was before: {}", what.join(", ")), all_kept))
        }
        Undo::Bots { room, before } => {
            let room = desk.room_of(&room)?;
            let blueprint = room.blueprint();
            if !room.resize(before, blueprint.players_max, blueprint.password.clone()) {
                return Err(busy());
            }
            Ok(Done::text(format!("bots make up to {before} pilots in {} again", blueprint.id)))
        }
    }
}

impl Desk<'_> {
    fn link(&self, name: Option<&str>) -> Result<String, Refused> {
        let token = self.staff.invite(name).map_err(|error| Refused::new(error.sentence()))?;
        Ok(self.staff.link(&token))
    }
}
