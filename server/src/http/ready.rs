//! `/readyz`: whether players are let in, and if not, why. Invariant: the first reason in the table is the one that is told;
//! another reason is a row of it and what it looks at.

use std::time::{Duration, Instant};

use warp::http::StatusCode;

use super::{Answer, Context, text};

/// A store may be ill for so long before players are sent elsewhere: what waits for it is in memory and in the journals.
const STORE_ILL_MAX: Duration = Duration::from_secs(60);

/// What decides.
#[derive(Debug, Clone, Copy)]
struct Facts {
    rooms_alive: bool,
    stopping: bool,
    draining: bool,
    locked: bool,
    /// WebSockets of players and of all, each with what there may be.
    sessions: (usize, usize),
    sockets: (usize, usize),
    /// Every public room does less than it should, and takes nobody new.
    overloaded: bool,
    store_ill: Option<Duration>,
}

/// Whether it is so, and the words for it.
type Reason = (fn(&Facts) -> bool, &'static str);

/// What must not be.
static REASONS: [Reason; 8] = [
    (|facts| !facts.rooms_alive, "a room has stopped"),
    (|facts| facts.stopping, "the server is stopping"),
    (|facts| facts.draining, "the server is about to go down"),
    (|facts| facts.locked, "the door is locked"),
    (|facts| facts.sessions.0 >= facts.sessions.1, "as many players as there may be"),
    (|facts| facts.sockets.0 >= facts.sockets.1, "as many connections as there may be"),
    (|facts| facts.overloaded, "the ticks of every room take too long"),
    (
        |facts| facts.store_ill.is_some_and(|time| time > STORE_ILL_MAX),
        "results cannot be stored for more than a minute",
    ),
];

pub fn answer(context: &Context) -> Answer {
    match refusal(&Facts::of(context, Instant::now())) {
        None => text(StatusCode::OK, "ok"),
        Some(reason) => text(StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}

fn refusal(facts: &Facts) -> Option<&'static str> {
    REASONS.iter().find(|(is_so, _)| is_so(facts)).map(|(_, reason)| *reason)
}

impl Facts {
    fn of(context: &Context, now: Instant) -> Facts {
        let (limits, sessions) = (context.limits(), context.permits.sessions());
        Facts {
            rooms_alive: context.lobby.is_alive(),
            stopping: *context.shutdown.borrow(),
            draining: context.staff.departure().is_announced(),
            locked: context.staff.lock().is_some(),
            sessions: (sessions, limits.sessions_of_players()),
            sockets: (sessions + context.permits.lanes(), limits.connections_max),
            overloaded: context.lobby.public().iter().all(|room| room.report().is_closed),
            store_ill: context.store.ill_for(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Facts = Facts {
        rooms_alive: true,
        stopping: false,
        draining: false,
        locked: false,
        sessions: (9, 10),
        sockets: (19, 20),
        overloaded: false,
        store_ill: None,
    };

    #[test]
    fn whoever_sends_people_here_reads_why_not() {
        let ill = |seconds| Facts { store_ill: Some(Duration::from_secs(seconds)), ..GOOD };
        for (facts, told) in [
            (GOOD, None),
            (Facts { rooms_alive: false, ..GOOD }, Some("stopped")),
            (Facts { stopping: true, ..GOOD }, Some("stopping")),
            (Facts { draining: true, ..GOOD }, Some("about to go down")),
            (Facts { locked: true, ..GOOD }, Some("locked")),
            (Facts { sessions: (10, 10), ..GOOD }, Some("players")),
            (Facts { sockets: (20, 20), ..GOOD }, Some("connections")),
            (Facts { overloaded: true, ..GOOD }, Some("too long")),
            (ill(60), None),
            (ill(61), Some("stored")),
            (Facts { draining: true, ..ill(61) }, Some("about to go down")),
        ] {
            let refusal = refusal(&facts);
            assert_eq!(refusal.is_some(), told.is_some(), "{facts:?}: {refusal:?}");
            assert!(told.is_none_or(|words| refusal.unwrap().contains(words)), "{facts:?}: {refusal:?}");
        }
    }
}
