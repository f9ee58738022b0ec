//! Who is here: coming, coming back, playing, leaving, being away, and the bots that fill the rest. Invariant: every
//! pilot in the world has a seat, and a change of seats reaches the world as an [`Order`] of the next step.

use super::{
    ConnId, Credentials, Room, RoomConfig, bots,
    chat::Speech,
    commands::CommandBuffer,
    deeds::Log,
    habits::Habits,
    ledger::{Save, SeatState},
    rounds,
    seats::{Holder, Human, ResumeKey, Seat},
    visitor::Visitor,
};
use crate::{
    defs::ShipClass,
    ids::PlayerId,
    limits::PLAYERS_MAX,
    protocol::{ChatMode, CloseCode, Hello, Roster, ServerMessage, Welcome},
    sim::{Order, Pilot, round},
    tick::{TICK_HZ, Tick},
};

/// People remembered who left a match of rounds of one life; more: the first is forgotten.
const DEPARTED_MAX: usize = 8;

impl Room {
    pub(super) fn connect(&mut self, conn: ConnId, hello: &Hello, credentials: &Credentials, now_us: u64) {
        let seat = credentials.resume_key.and_then(|key| self.seats.find_key(&key));
        self.status.resumes_tried += u64::from(credentials.resume_key.is_some());
        self.status.resumes_won += u64::from(seat.is_some());
        let mut visitor = Visitor::new(self.world.belt.len(), credentials.token_key, self.config.bytes_per_s, now_us);
        visitor.profile = credentials.profile_key;
        visitor.speech = Speech::new(self.world.tick, &self.config.bounds);
        visitor.set_view(hello.view_half);
        visitor.earlier_key = credentials.resume_key;
        visitor.seat = seat;
        if let Some(player) = seat {
            self.resume(player, conn, credentials.token_key, credentials.resume_key);
            if let (Some(human), Some(resume)) = (self.seats.human_mut(player), hello.resume) {
                human.deeds.resume(resume.heard);
            }
            if let Some(mute) = self.seats.human_mut(player).and_then(|human| human.mute.as_mut()) {
                mute.forget_told();
            }
            if let Some(seat) = self.seats.get(player) {
                // The new token must not be told before its key is kept.
                self.ledger.note_seat(seat, &self.world);
            }
        }
        self.visitors.insert(conn, visitor);
        self.say(
            conn,
            &ServerMessage::Welcome(Welcome {
                room: self.config.name.clone(),
                id: self.config.id.clone(),
                tick: self.world.tick,
                seed: self.config.seed,
                start_points: self.config.start_points,
                token: credentials.token,
                lane: credentials.lane,
                resumed: seat,
                chat: self.config.chat,
                terms: self.config.defs.mode.terms,
                tuning: self.config.defs.tuning,
            }),
        );
        if let Some((from, tuning)) = self.retuning.told() {
            self.say(conn, &ServerMessage::Tuned { from, tuning });
        }
        if let Some(restart_us) = self.restart_us {
            let seconds = restart_us.saturating_sub(now_us).div_ceil(1_000_000) as u16;
            // 0 would mean that it does not.
            self.say(conn, &ServerMessage::Restarting { seconds: seconds.max(1) });
        }
        if let Some(news) = rounds::news(&self.world) {
            self.say(conn, &ServerMessage::Round(news));
        }
        self.say(conn, &ServerMessage::Roster(Roster { entries: self.seats.entries(), left: Vec::new() }));
        self.say(conn, &ServerMessage::Leaderboard(self.scoreboard.shown_to(seat)));
        if let Some(chat) = self.talk.earlier() {
            self.say(conn, &ServerMessage::Chat(chat));
        }
    }

    /// Gives a seat to a new connection; an older one of the same person is told so.
    fn resume(&mut self, player: PlayerId, conn: ConnId, key: [u8; 32], used: Option<[u8; 32]>) {
        let Some(seat) = self.seats.get_mut(player) else { return };
        let Holder::Human(human) = &mut seat.holder else { return };
        let older = human.conn.replace(conn);
        human.key = key;
        human.previous_key = used;
        human.lost_us = None;
        human.commands.clear();
        // A ship that was parked meanwhile comes back by itself; the dead choose for themselves.
        let parked = self.world.pilot(player).is_some_and(|pilot| pilot.ship.is_none() && pilot.death.is_none());
        seat.wants_launch |= parked;
        if let Some(older) = older {
            self.close(older, CloseCode::Replaced);
        }
    }

    pub(super) fn play(&mut self, conn: ConnId, name: &str, class: ShipClass, now_us: u64) {
        if self.visitors.get(&conn).is_none_or(|visitor| visitor.seat.is_some()) {
            return;
        }
        if self.restart_us.is_some() {
            // A seat would be lost with the room in a moment; whoever waits finds the next one.
            self.close(conn, CloseCode::Draining);
            return;
        }
        if self.relief.is_closed {
            self.close(conn, CloseCode::Full);
            return;
        }
        self.make_way(now_us);
        let Some(visitor) = self.visitors.get_mut(&conn) else { return };
        let (humans, _) = self.seats.count();
        let (key, profile, deeds, mute) = (visitor.key, visitor.profile, visitor.deeds.clone(), visitor.mute);
        let keys = [Some(key), visitor.earlier_key];
        let holder = |_| {
            Holder::Human(Box::new(Human {
                conn: Some(conn),
                key,
                profile,
                previous_key: None,
                lost_us: None,
                commands: CommandBuffer::default(),
                deeds,
                mute,
                habits: Habits::default(),
            }))
        };
        let team = self.seats.team_for_person(&self.config.defs.mode);
        let room = humans < usize::from(self.config.players_max);
        let seat = if room { self.seats.add(name, team, holder) } else { None };
        let Some(player) = seat else {
            self.close(conn, CloseCode::Full);
            return;
        };
        visitor.seat = Some(player);
        let household = visitor.household;
        if let Some(seat) = self.seats.get_mut(player) {
            seat.class = class;
        }
        self.enlist(player, keys);
        if household != 0 {
            self.orders.push(Order::Household { player, household });
        }
        self.say(conn, &ServerMessage::Joined { player });
        self.balance_bots(0);
    }

    /// A person takes a seat. Who has been here since the last stranger came goes on with the match: nobody gets rid of
    /// its score by coming back.
    fn enlist(&mut self, player: PlayerId, keys: [Option<ResumeKey>; 2]) {
        let points = self.config.start_points;
        let known = self.departed.iter().position(|departed| keys.contains(&Some(*departed)));
        match known {
            Some(known) => {
                self.departed.remove(known);
                self.orders.push(Order::Return { player, points });
            }
            None => {
                self.departed.clear();
                self.orders.push(Order::Enlist { player, bot: false, points });
            }
        }
    }

    /// Seats those whom another room left behind; they have the usual grace to come back.
    pub(super) fn restore(&mut self, save: &Save, now_us: u64) {
        for saved in save.seats.values() {
            let SeatState { key, previous_key, class, tally, .. } = saved.state;
            let holder = Holder::Human(Box::new(Human {
                conn: None,
                key,
                profile: saved.profile,
                previous_key,
                lost_us: Some(now_us),
                commands: CommandBuffer::default(),
                deeds: Log::that_follows(),
                mute: None,
                habits: Habits::default(),
            }));
            if self.seats.add_at(saved.player, &saved.name, holder) {
                if let Some(seat) = self.seats.get_mut(saved.player) {
                    (seat.class, seat.wants_launch) = (class, true);
                }
                self.orders.push(Order::Restore { player: saved.player, tally });
            }
        }
        self.ledger.take_over(save);
    }

    /// Makes a slot free for one more person, if a bot or somebody who is not here can give way.
    fn make_way(&mut self, now_us: u64) {
        self.expire_seats(now_us);
        while self.seats.count().0 >= usize::from(self.config.players_max) {
            let Some(absent) = self.seats.longest_lost() else { return };
            self.free_seat(absent);
        }
        self.balance_bots(1);
    }

    /// Frees the seats of those whose time to come back is up. By the clock, not by ticks: a room without company
    /// stands still, but absence does not.
    fn expire_seats(&mut self, now_us: u64) {
        let grace_us = u64::from(self.config.bounds.seat_s) * 1_000_000;
        let gone = |seat: &Seat| match &seat.holder {
            Holder::Human(human) => human.lost_us.is_some_and(|lost| now_us.saturating_sub(lost) >= grace_us),
            Holder::Bot(_) => false,
        };
        let freed: Vec<PlayerId> = self.seats.iter().filter(|seat| gone(seat)).map(|seat| seat.player).collect();
        freed.into_iter().for_each(|player| self.free_seat(player));
    }

    pub(super) fn drop_visitor(&mut self, conn: ConnId, now_us: u64) {
        let Some(visitor) = self.visitors.remove(&conn) else { return };
        if let Some(human) = visitor.seat.and_then(|player| self.seats.human_mut(player))
            && human.conn == Some(conn)
        {
            human.conn = None;
            human.lost_us = Some(now_us);
            human.commands.clear();
        }
    }

    pub(super) fn close(&mut self, conn: ConnId, code: CloseCode) {
        self.close_with(conn, code, None);
    }

    /// The same with words for the player in the place of the usual ones.
    pub(super) fn close_with(&mut self, conn: ConnId, code: CloseCode, reason: Option<&str>) {
        self.drop_visitor(conn, self.now_us);
        self.post.close(conn, code, reason);
    }

    pub(super) fn free_seat(&mut self, player: PlayerId) {
        if let Some(human) = self.seats.human(player).filter(|_| self.config.defs.mode.one_life) {
            self.departed.push(human.key);
            if self.departed.len() > DEPARTED_MAX {
                self.departed.remove(0);
            }
        }
        self.ledger.free(player, self.world.tick);
        self.seats.remove(player);
        self.orders.push(Order::Discharge { player });
        self.balance_bots(0);
    }

    /// Another name, which who comes from now on is told, and other things that may be said.
    pub fn introduce(&mut self, name: String, chat: ChatMode) {
        self.talk.allow(chat);
        (self.config.name, self.config.chat) = (name, chat);
    }

    /// Other numbers of bots and people from now on. Nobody who plays is sent away for them; bots come and go at once.
    pub fn resize(&mut self, bots: u16, players_max: u16) {
        (self.config.bots, self.config.players_max) = (bots, players_max);
        self.balance_bots(0);
    }

    /// Bots fill up to the configured number and make way for people, and for `coming` more.
    pub(super) fn balance_bots(&mut self, coming: usize) {
        loop {
            let (humans, bots) = self.seats.count();
            let most = if self.relief.is_closed { 0 } else { self.config.bots };
            let wanted = usize::from(most).min(PLAYERS_MAX).saturating_sub(humans + coming);
            let wanted = if most > 0 { wanted.max(self.seats.foes_missing(&self.config.defs.mode)) } else { wanted };
            if bots > wanted {
                let Some(leaver) = bots::choose_leaver(&self.seats, &self.world, &self.config.defs.mode) else {
                    return;
                };
                self.seats.remove(leaver);
                self.orders.push(Order::Discharge { player: leaver });
            } else if bots < wanted {
                let team = self.seats.team_for_bot(&self.config.defs.mode);
                let seated =
                    bots::seat_one(&mut self.seats, team, self.config.bot_skill, self.config.secret, self.world.tick);
                let Some(player) = seated else { return };
                // The slot may have been somebody's a moment ago: orders apply in order, so free it first.
                self.orders.push(Order::Discharge { player });
                let points = self.config.start_points + bots::purse(self.config.secret, player, self.world.tick);
                self.orders.push(Order::Enlist { player, bot: true, points });
            } else {
                return;
            }
        }
    }

    /// Launches whoever may, parks and frees whoever has been gone too long.
    pub(super) fn keep_seats(&mut self) {
        let (tick, wait) = (self.world.tick, i32::from(self.config.defs.rules.respawn_ticks));
        // A dropped person's ship is neutral and vulnerable, then leaves the world; where rounds are of one life the round is the
        // other side's then, which need not wait as long.
        let halves = if self.config.defs.mode.one_life { 1 } else { 2 };
        let grace_us = u64::from(self.config.bounds.ship_s) * 500_000 * halves;
        self.seats.keep_time(tick);
        self.expire_seats(self.now_us);
        for seat in self.seats.iter_mut() {
            let pilot = self.world.pilot(seat.player);
            let flying = pilot.is_some_and(|pilot| pilot.ship.is_some());
            let waited = pilot.and_then(|pilot| pilot.death).is_none_or(|death| tick.since(death.tick) >= wait);
            let mut here = true;
            if let Holder::Human(human) = &seat.holder {
                if flying && human.lost_us.is_some_and(|lost| self.now_us.saturating_sub(lost) >= grace_us) {
                    self.orders.push(Order::Park { player: seat.player });
                }
                let visitor = human.conn.and_then(|conn| self.visitors.get(&conn));
                let grounded = visitor.and_then(|visitor| visitor.grounded_until);
                here = human.lost_us.is_none() && grounded.is_none_or(|until| !until.is_after(tick));
            }
            if let Some(order) = refit(seat, pilot, &self.config, tick) {
                self.orders.push(order);
            }
            let called = round::calls(&self.world, &self.config.defs, seat.player);
            let admitted = round::admits(&self.world, &self.config.defs, seat.player);
            if (seat.wants_launch || called) && admitted && here && !flying && waited {
                seat.wants_launch = false;
                if let Holder::Bot(brain) = &mut seat.holder {
                    brain.reset(crate::quantize::Angle(0));
                    let points = pilot.map_or(0, |pilot| pilot.score);
                    seat.class =
                        bots::next_class(brain, self.config.secret, seat.player, points, &self.config.defs, tick);
                }
                self.orders.push(Order::Launch { player: seat.player, class: seat.class });
            }
        }
    }
}

/// Ticks between two thoughts of a bot about a better ship.
const BOT_REFIT_TICKS: u32 = 5 * TICK_HZ;

/// The order that turns the ship of a seat into another: for a person who asked for it, and for a bot that can pay for
/// more than it has.
fn refit(seat: &mut Seat, pilot: Option<&Pilot>, config: &RoomConfig, tick: Tick) -> Option<Order> {
    let (player, ship) = (seat.player, pilot?.ship.as_ref()?);
    let class = match &seat.holder {
        Holder::Human(_) if std::mem::take(&mut seat.wants_launch) => seat.class,
        Holder::Human(_) => return None,
        Holder::Bot(_) if !tick.0.wrapping_add(u32::from(player.0)).is_multiple_of(BOT_REFIT_TICKS) => return None,
        Holder::Bot(brain) => {
            let class = bots::next_class(brain, config.secret, player, pilot?.score, &config.defs, tick);
            let tier = |class| config.defs.ship(class).tier;
            Some(class).filter(|class| tier(*class) > tier(ship.class))?
        }
    };
    (class != ship.class).then_some(Order::Refit { player, class })
}
