//! What those who run the server have a room do. Invariant: an order about a connection that is gone does nothing; other
//! numbers hold from one tick on, in the room and in every client that is told in time.

use super::{ConnId, Room, mute::Mute};
use crate::{
    defs::{PickupKind, Tuning},
    ids::PlayerId,
    limits::TUNE_TICKS,
    protocol::{CloseCode, Notice, NoticeKind, NoticeText, ServerMessage},
    sim,
    tick::Tick,
};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Says this to everybody here, over the game.
    Announce {
        /// What.
        text: NoticeText,
    },
    /// Says this to one connection alone.
    Tell {
        /// Which.
        conn: ConnId,
        /// What.
        text: NoticeText,
    },
    /// From now on nobody hears what it says, also after it came back to its seat.
    Mute {
        /// Which.
        conn: ConnId,
        /// For how long; `None`: for good, 0: it is heard again.
        ticks: Option<u32>,
    },
    /// Ends it, and its seat with it.
    Kick {
        /// Which.
        conn: ConnId,
        /// What to tell its page.
        code: CloseCode,
        /// What to tell the player.
        reason: Option<NoticeText>,
    },
    /// Ends it, unless it came back to a seat.
    TurnAway {
        /// Which.
        conn: ConnId,
        /// What to tell its page.
        code: CloseCode,
        /// What to tell the player.
        reason: Option<NoticeText>,
    },
    /// Frees the slot of somebody who lost the line, as long as they have not come back.
    Vacate {
        /// Which.
        player: PlayerId,
    },
    /// It comes from the same place as every other connection with this number, which says nothing else; 0: not known.
    Household {
        /// Which.
        conn: ConnId,
        /// The number.
        household: u32,
    },
    /// Other numbers hold, soon.
    Tune {
        /// The numbers.
        tuning: Tuning,
    },
    /// A pickup floats before a pilot, if they fly: one of [`PickupKind::GIFTS`].
    Gift {
        /// Whom for.
        player: PlayerId,
        /// What it gives.
        kind: PickupKind,
    },
}

/// Numbers on their way. While some are told and do not hold yet, others wait: so each that was told comes to hold.
#[derive(Debug, Clone, Default)]
pub struct Retuning {
    /// Told: from which tick on which hold.
    told: Option<(Tick, Tuning)>,
    /// To be told when those hold; the last wish counts.
    wanted: Option<Tuning>,
}

impl Retuning {
    /// What is told and does not hold yet.
    #[must_use]
    pub fn told(&self) -> Option<(Tick, Tuning)> {
        self.told
    }

    /// What comes to hold in the end; `held` does now.
    #[must_use]
    pub fn goal(&self, held: Tuning) -> Tuning {
        self.wanted.or(self.told.map(|(_, tuning)| tuning)).unwrap_or(held)
    }

    /// What is to be told at `now`, if anything.
    fn tell(&mut self, now: Tick) -> Option<(Tick, Tuning)> {
        if self.told.is_some() {
            return None;
        }
        self.told = self.wanted.take().map(|tuning| (now.plus(TUNE_TICKS), tuning));
        self.told
    }

    /// What holds from `tick` on, if that changes then.
    fn turn(&mut self, tick: Tick) -> Option<Tuning> {
        self.told.take_if(|(from, _)| *from == tick).map(|(_, tuning)| tuning)
    }
}

impl Room {
    pub(super) fn obey(&mut self, order: Order) {
        match order {
            Order::Announce { text } => {
                self.say_all(&ServerMessage::Notice(Notice { kind: NoticeKind::Announcement, text }));
            }
            Order::Tell { conn, text } => self.tell(conn, text),
            Order::Mute { conn, ticks } => self.mute(conn, ticks),
            Order::Kick { conn, code, reason } => self.kick(conn, code, reason),
            Order::TurnAway { conn, code, reason } => {
                if self.visitors.get(&conn).is_some_and(|visitor| visitor.seat.is_none()) {
                    self.kick(conn, code, reason);
                }
            }
            Order::Household { conn, household } => {
                if let Some(visitor) = self.visitors.get_mut(&conn) {
                    visitor.household = household;
                    let player = visitor.seat;
                    self.orders.extend(player.map(|player| sim::Order::Household { player, household }));
                }
            }
            Order::Vacate { player } => {
                if self.seats.human(player).is_some_and(|human| human.conn.is_none()) {
                    self.free_seat(player);
                }
            }
            Order::Tune { tuning } => {
                if self.retuning.goal(self.config.defs.tuning) != tuning {
                    self.retuning.wanted = Some(tuning);
                    self.announce_tuning();
                }
            }
            Order::Gift { player, kind } => self.orders.push(sim::Order::Gift { player, kind }),
        }
    }

    fn tell(&mut self, conn: ConnId, text: NoticeText) {
        if self.visitors.contains_key(&conn) {
            self.say(conn, &ServerMessage::Notice(Notice { kind: NoticeKind::Private, text }));
        }
    }

    fn mute(&mut self, conn: ConnId, ticks: Option<u32>) {
        let mute = match ticks {
            Some(0) => None,
            Some(ticks) => Some(Mute::until(self.world.tick.plus(ticks.min(i32::MAX as u32).cast_signed()))),
            None => Some(Mute::for_good()),
        };
        if let Some(place) = self.mute_of(conn) {
            *place = mute;
        }
    }

    /// What keeps `conn` from being heard: with the seat, if it has one, so that it outlives the connection.
    pub(super) fn mute_of(&mut self, conn: ConnId) -> Option<&mut Option<Mute>> {
        let visitor = self.visitors.get_mut(&conn)?;
        match visitor.seat.and_then(|player| self.seats.human_mut(player)) {
            Some(human) => Some(&mut human.mute),
            None => Some(&mut visitor.mute),
        }
    }

    fn kick(&mut self, conn: ConnId, code: CloseCode, reason: Option<NoticeText>) {
        let Some(visitor) = self.visitors.get_mut(&conn) else { return };
        let seat = visitor.seat.take();
        if let Some(text) = reason.clone() {
            self.tell(conn, text);
        }
        seat.into_iter().for_each(|player| self.free_seat(player));
        self.close_with(conn, code, reason.as_ref().map(NoticeText::reason));
    }

    /// Tells everybody what holds soon, unless something that was told does not hold yet.
    fn announce_tuning(&mut self) {
        if let Some((from, tuning)) = self.retuning.tell(self.world.tick) {
            self.say_all(&ServerMessage::Tuned { from, tuning });
        }
    }

    /// Before the step into the next tick: other tables, if they hold from there on. Whatever is told then is told whole,
    /// because both ends reckon what is not told by one set of tables.
    pub(super) fn turn_tables(&mut self, orders: &mut Vec<sim::Order>) {
        let Some(tuning) = self.retuning.turn(self.world.tick.next()) else { return };
        self.config.defs.retune(&tuning);
        orders.insert(0, sim::Order::Tune { tuning });
        self.visitors.values_mut().for_each(|visitor| visitor.audience.reset());
        self.announce_tuning();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuning(percent: u16) -> Tuning {
        let mut tuning = Tuning::STANDARD;
        tuning.set("gravity", percent).unwrap();
        tuning
    }

    #[test]
    fn each_tuning_that_was_told_comes_to_hold_and_of_those_that_wait_the_last() {
        let start = Tick(u32::MAX - 60);
        let mut retuning = Retuning { wanted: Some(tuning(150)), ..Retuning::default() };
        let from = start.plus(TUNE_TICKS);
        assert_eq!(retuning.tell(start), Some((from, tuning(150))));
        for percent in [200, 50] {
            retuning.wanted = Some(tuning(percent));
            assert_eq!(retuning.tell(start.plus(5)), None);
        }
        assert_eq!(retuning.goal(Tuning::STANDARD), tuning(50));
        assert_eq!((retuning.turn(from.plus(-1)), retuning.turn(from)), (None, Some(tuning(150))));
        assert_eq!(retuning.tell(from), Some((from.plus(TUNE_TICKS), tuning(50))));
        assert_eq!(retuning.turn(from.plus(TUNE_TICKS)), Some(tuning(50)));
        assert_eq!((retuning.tell(from), retuning.goal(tuning(50))), (None, tuning(50)));
    }
}
