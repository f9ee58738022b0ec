//! The door, and the process: locking, stopping, starting anew, reading the settings again.

use tokio::sync::oneshot;

use super::{Desk, Done, Refused, Undo};
use crate::{
    departure::{Ending, KeepsGoing},
    staff::{book::LOCK, order::Order},
};

/// Seconds of a countdown where none are said.
const SECONDS: u32 = 10;
/// Seconds of the longest.
const SECONDS_MAX: u32 = 3_600;
/// What those read who are not let in, where no reason was given.
const CLOSED: &str = "nobody new is let in at the moment";

pub(in crate::staff) fn lock(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let reason = order.text("reason").unwrap_or(CLOSED).to_owned();
    let (before, kept) = desk.staff.with(|book| book.set(LOCK, Some(reason)));
    desk.can_undo(Undo::Settings(vec![(LOCK.to_owned(), before)]));
    Ok(Done::keeping("nobody new gets in", vec![kept]))
}

pub(in crate::staff) fn unlock(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    if desk.staff.lock().is_none() {
        return Err(Refused::new("it is not locked"));
    }
    let (before, kept) = desk.staff.with(|book| book.set(LOCK, None));
    desk.can_undo(Undo::Settings(vec![(LOCK.to_owned(), before)]));
    Ok(Done::keeping("everybody gets in again", vec![kept]))
}

pub(in crate::staff) fn drain(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    count_down(desk, order, Ending::Stop, "stops")
}

pub(in crate::staff) fn restart(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    count_down(desk, order, Ending::Restart, "starts anew")
}

fn count_down(desk: &Desk<'_>, order: &Order, ending: Ending, does: &str) -> Result<Done, Refused> {
    let seconds = order.number("seconds").unwrap_or(SECONDS);
    let Some(seconds) = u16::try_from(seconds).ok().filter(|seconds| u32::from(*seconds) <= SECONDS_MAX) else {
        return Err(Refused::new(format!("a countdown has {SECONDS_MAX} seconds at most")));
    };
    if !desk.staff.departure.announce(ending, seconds) {
        return Err(Refused::new("a signal told the process to stop already"));
    }
    Ok(Done::text(format!("the server {does} in {seconds} s, or when nobody plays; cancel stops that")))
}

pub(in crate::staff) fn cancel(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    match desk.staff.departure.call_off() {
        Ok(()) => Ok(Done::text("the server goes on")),
        Err(KeepsGoing::Nothing) => Err(Refused::new("no countdown is running")),
        Err(KeepsGoing::Signal) => {
            Err(Refused::new("a signal told the process to stop; that is not called off from here"))
        }
    }
}

pub(in crate::staff) fn reload(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    let (reload, answer) = oneshot::channel();
    if desk.staff.reloads.try_send(reload).is_err() {
        return Err(Refused::new("the settings are being read already"));
    }
    Ok(Done { reload: Some(answer), ..Done::default() })
}
