//! One connection to the room: its view, its seat if it plays, what it was told and how well its line does.

use glam::Vec2;

use super::{
    ConnId, RoomBounds, audience::Audience, budget::Budget, chat::Speech, deeds::Log, flow::Flow, gaze::Gaze,
    ledger::ProfileKey, mute::Mute, post::Mail, rounds, seats::ResumeKey,
};
use crate::{
    defs::Defs,
    ids::PlayerId,
    limits::{VIEW_HALF_AREA_MAX, VIEW_HALF_MAX},
    protocol::{CommandBatch, Watch, body::Station},
    sim::{Death, World},
    tick::{TICK_HZ, Tick},
};

/// Smallest half extent of a view, u.
const VIEW_HALF_MIN: f32 = 200.0;

/// A clock that stands this much before the last one heard, or less, was overtaken on the way, ms; more is a clock that
/// went once round.
const OVERTAKEN_MS_MAX: u16 = 15_000;
/// A hidden tab gets a snapshot this often, ticks: within the history, so that it is a delta.
const IDLE_TICKS: i32 = TICK_HZ as i32 - 2;
const _: () = assert!(IDLE_TICKS + 2 < crate::limits::HISTORY_TICKS as i32);
/// A view changes its shape this often at most, ticks.
const VIEW_TICKS: i32 = 2 * TICK_HZ as i32;

/// One connection.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Slot, if it plays.
    pub seat: Option<PlayerId>,
    /// The key of the token it was given.
    pub key: ResumeKey,
    /// The key of the token it came with, if any.
    pub earlier_key: Option<ResumeKey>,
    /// Who it is, if they wish to be known again.
    pub profile: Option<ProfileKey>,
    /// Half extents of its view, u.
    pub view_half: Vec2,
    view_wanted: Option<Vec2>,
    view_changed: Option<Tick>,
    /// No launch before this tick: giving a slot up must not undo the wait after a death.
    pub grounded_until: Option<Tick>,
    /// Its tab is hidden.
    pub idle: bool,
    /// When it last asked for everything anew.
    pub resynced: Option<Tick>,
    /// What it was told.
    pub audience: Audience,
    /// What it must hear exactly once while it has no seat.
    pub deeds: Log,
    /// How its line does.
    pub flow: Flow,
    /// How much it may be sent.
    pub budget: Budget,
    /// How it speaks.
    pub speech: Speech,
    /// Nobody would hear what it says, if it took a seat.
    pub mute: Option<Mute>,
    /// The same number for those who come from one place; 0: not known.
    pub household: u32,
    /// What waits for its turn.
    pub mail: Mail,
    /// The standing it was shown last.
    pub scores_shown: u32,
    /// A snapshot has gone out since that.
    pub shown_since_scores: bool,
    /// Where it looks without a ship.
    pub gaze: Gaze,
    last_place: Vec2,
    stamp: Option<(u16, u64)>,
}

impl Visitor {
    /// A fresh connection.
    #[must_use]
    pub fn new(belt_slots: usize, key: ResumeKey, bytes_per_s: u32, now_us: u64) -> Visitor {
        Visitor {
            seat: None,
            key,
            earlier_key: None,
            profile: None,
            view_half: Vec2::new(800.0, 450.0),
            view_wanted: None,
            view_changed: None,
            grounded_until: None,
            idle: false,
            resynced: None,
            audience: Audience::new(belt_slots),
            deeds: Log::default(),
            flow: Flow::new(now_us),
            budget: Budget::new(bytes_per_s, now_us),
            speech: Speech::new(Tick(0), &RoomBounds::default()),
            mute: None,
            household: 0,
            mail: Mail::default(),
            scores_shown: 0,
            shown_since_scores: true,
            gaze: Gaze::default(),
            last_place: Vec2::new(700.0, 0.0),
            stamp: None,
        }
    }

    /// Takes over the view's half extents, clamped: no window is a spyglass. Later changes come into force at most
    /// every two seconds, so that two shapes in turn do not add up to one larger one.
    pub fn set_view(&mut self, (x, y): (u16, u16)) {
        let wanted = Vec2::new(f32::from(x), f32::from(y))
            .clamp(Vec2::splat(VIEW_HALF_MIN), Vec2::new(VIEW_HALF_MAX.0, VIEW_HALF_MAX.1));
        let area = wanted.x * wanted.y;
        let fair = if area > VIEW_HALF_AREA_MAX { wanted * (VIEW_HALF_AREA_MAX / area).sqrt() } else { wanted };
        self.view_wanted = Some(fair);
    }

    fn change_view(&mut self, tick: Tick) {
        if self.view_changed.is_none_or(|last| tick.since(last) >= VIEW_TICKS)
            && let Some(half) = self.view_wanted.take()
        {
            self.view_half = half;
            self.view_changed = Some(tick);
        }
    }

    /// Notes the acknowledgement and the clock in a batch. One that was overtaken on another lane, or is a copy, says
    /// nothing new.
    pub fn heard(&mut self, batch: &CommandBatch, now_us: u64) {
        self.flow.ack(batch.ack, now_us);
        let behind = |(stamp, _): (u16, u64)| stamp.wrapping_sub(batch.stamp_ms) < OVERTAKEN_MS_MAX;
        if !self.stamp.is_some_and(behind) {
            self.stamp = Some((batch.stamp_ms, now_us));
        }
    }

    /// Where it looked last, u.
    #[must_use]
    pub fn place(&self) -> Vec2 {
        self.last_place
    }

    /// The last clock heard and how long ago that was, ms.
    #[must_use]
    pub fn echo(&self, now_us: u64) -> (u16, u8) {
        self.stamp.map_or((0, u8::MAX), |(stamp, at)| {
            (stamp, u8::try_from(now_us.saturating_sub(at) / 1_000).unwrap_or(u8::MAX))
        })
    }

    /// Whether it is this connection's turn at `tick`: once in `every` ticks, and as many of the connections in each.
    #[must_use]
    pub fn has_turn(conn: ConnId, tick: Tick, every: u32) -> bool {
        tick.0.wrapping_add(conn.0 as u32).is_multiple_of(every)
    }

    /// Whether a snapshot is due at a turn: not more than once a second while the tab is hidden.
    #[must_use]
    pub fn is_due(&self, tick: Tick) -> bool {
        !self.idle || self.flow.last_sent().is_none_or(|last| tick.since(last) >= IDLE_TICKS)
    }

    /// How its ship was lost, if it waits for another.
    fn death(&self, world: &World) -> Option<Death> {
        self.seat.and_then(|player| world.pilot(player)).and_then(|pilot| pilot.death)
    }

    /// Looks where it asks to, unless it flies.
    pub fn watch(&mut self, wish: Watch, world: &World, defs: &Defs) {
        if self.seat.is_none_or(|player| world.ship(player).is_none()) {
            self.gaze.turn(wish, self.death(world), world, defs);
        }
    }

    /// What this visitor is doing, and where it looks (position u, velocity u/s). Chooses whom to watch.
    pub fn look(&mut self, world: &World, defs: &Defs) -> (Station, (Vec2, Vec2)) {
        self.change_view(world.tick);
        let flying = self.seat.is_some_and(|player| world.ship(player).is_some());
        if flying {
            self.gaze = Gaze::default();
        } else {
            self.gaze.settle(self.death(world), self.last_place, world, defs);
        }
        let looked = self.looked(world, defs);
        self.last_place = looked.1.0;
        looked
    }

    /// The same without choosing anew.
    #[must_use]
    pub fn looked(&self, world: &World, defs: &Defs) -> (Station, (Vec2, Vec2)) {
        let eyes = |player: PlayerId| world.ship(player).map(|ship| (ship.body.pos.to_vec2(), ship.body.vel.to_vec2()));
        if let Some(place) = self.seat.and_then(eyes) {
            return (Station::Flying, place);
        }
        let watched = self.gaze.pilot().and_then(|player| Some((player, eyes(player)?)));
        let death = self.death(world);
        let still = if let Gaze::Place(place) = self.gaze { place } else { self.last_place };
        let place = watched.map_or((still, Vec2::ZERO), |(_, place)| place);
        let station = match (death, watched) {
            (Some(death), watched) => {
                let waited = world.tick.since(death.tick).clamp(0, i32::from(u16::MAX)) as u16;
                Station::Dead {
                    killer: death.killer,
                    cause: death.cause,
                    wait: rounds::wait(world, defs, defs.rules.respawn_ticks.saturating_sub(waited)),
                    watching: watched.map(|(player, _)| player),
                }
            }
            (None, Some((player, _))) => Station::Watching(player),
            (None, None) => Station::Idle,
        };
        (station, place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_was_overtaken_sets_no_clock_back() {
        let mut visitor = Visitor::new(0, [0; 32], 24_000, 0);
        let mut heard = |stamp_ms: u16, now_ms: u64| {
            let (seen, first, commands) = (crate::protocol::Seen::default(), Tick(0), Vec::new());
            visitor.heard(&CommandBatch { ack: Tick(0), stamp_ms, seen, first, commands }, now_ms * 1_000);
            visitor.echo(now_ms * 1_000 + 5_000)
        };
        assert_eq!(heard(65_530, 100), (65_530, 5));
        assert_eq!(heard(10, 116), (10, 5), "it wraps");
        assert_eq!(heard(10, 130), (10, 19), "a copy");
        assert_eq!(heard(65_530, 140), (10, 29), "overtaken");
        assert_eq!(heard(40_000, 40_130), (40_000, 5));
        assert_eq!(heard(9_000, 100_000), (9_000, 5), "after a silence in which the clock went round");
    }

    #[test]
    fn no_window_is_a_spyglass() {
        for (asked, given) in [
            ((800, 450), (800.0, 450.0)),
            ((0, 0), (200.0, 200.0)),
            ((u16::MAX, 0), (1_100.0, 200.0)),
            ((1_100, 409), (1_100.0, 409.0)),
            ((u16::MAX, u16::MAX), (670.8, 670.8)),
        ] {
            let mut visitor = Visitor::new(0, [0; 32], 24_000, 0);
            visitor.set_view(asked);
            visitor.change_view(Tick(0));
            let (x, y) = given;
            assert!((visitor.view_half - Vec2::new(x, y)).length() < 1.0, "{asked:?}: {}", visitor.view_half);
        }
    }

    #[test]
    fn shapes_in_turn_do_not_add_up() {
        let mut visitor = Visitor::new(0, [0; 32], 24_000, 0);
        let mut shapes = Vec::new();
        for tick in 0..360 {
            visitor.set_view(if tick % 2 == 0 { (1_100, 409) } else { (409, 1_100) });
            visitor.change_view(Tick(tick));
            if shapes.last() != Some(&visitor.view_half) {
                shapes.push(visitor.view_half);
            }
        }
        assert!(shapes.len() <= 3, "{shapes:?}");
    }
}
