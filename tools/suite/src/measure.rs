//! The figures of a match: how well the netcode did, as a player would notice. Invariant: everything is held against
//! the room's own truth, and only fair matches and outages are measured.

use std::collections::BTreeMap;

use glam::Vec2;
use shared::{
    ids::ShipId,
    replica::{Phase, View},
    room::ConnId,
    sim::wormhole,
    tick::{TICK_US, Tick},
};

use crate::{
    harness::{Match, Player, Style},
    plan::{Plan, Weather},
    player::ENGINES,
    truth::Truth,
};

/// A picture is looked at closely every so many frames.
const SAMPLE_FRAMES: u32 = 20;
/// Whoever came less long ago is still arriving, µs.
const ARRIVED_US: u64 = 5_000_000;
/// Every frame is looked at where each tick has one: on slower screens whatever is put right looks like a jump.
const SMOOTH: u32 = 1;
/// A ship drawn this far from where its speed takes it has jumped, u.
const JUMP_U: f32 = 4.0;
/// Near, for a ship: on the same screen, u.
const NEAR_U: f32 = 900.0;
/// Who came out of the wormhole in the last frame is this near to its mouth, u.
const MOUTH_U: f32 = 110.0;
/// A picture is right again when its news is no older than the line and two snapshots, µs.
const TWO_SNAPSHOTS_US: u64 = 70_000;

/// Sums and samples; those of many matches add up.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    /// Predictions of the own ship compared, and wrong ones near nothing.
    pub predictions: (u64, u64),
    /// Ticks flown, and those without a command.
    pub commands: (u64, u64),
    /// How far the client runs ahead of the room beyond half a round trip, ms.
    pub lead_ms: Vec<f32>,
    /// Distance between a near ship as drawn and as it was, u.
    pub error_u: Vec<f32>,
    /// Ships drawn, and those frozen for want of news.
    pub ships: (u64, u64),
    /// Jumps, and µs of watching.
    pub jumps: (u64, u64),
    /// Bytes to players, bytes from them, and µs of being connected.
    pub bytes: (u64, u64, u64),
    /// From another's key to this screen, ms.
    pub action_ms: Vec<f32>,
    /// From an own key to the own ship's engines on this screen, ms.
    pub own_action_ms: Vec<f32>,
    /// Age of the newest snapshot at a frame, ms.
    pub staleness_ms: Vec<f32>,
    /// From the end of an outage to a picture with fresh news, ms.
    pub recovery_ms: Vec<f32>,
}

impl Measures {
    /// Takes in another match.
    pub fn add(&mut self, other: Measures) {
        let pair = |sum: &mut (u64, u64), more: (u64, u64)| (sum.0, sum.1) = (sum.0 + more.0, sum.1 + more.1);
        pair(&mut self.predictions, other.predictions);
        pair(&mut self.commands, other.commands);
        pair(&mut self.ships, other.ships);
        pair(&mut self.jumps, other.jumps);
        let (down, up, us) = other.bytes;
        self.bytes = (self.bytes.0 + down, self.bytes.1 + up, self.bytes.2 + us);
        self.lead_ms.extend(other.lead_ms);
        self.error_u.extend(other.error_u);
        self.action_ms.extend(other.action_ms);
        self.own_action_ms.extend(other.own_action_ms);
        self.staleness_ms.extend(other.staleness_ms);
        self.recovery_ms.extend(other.recovery_ms);
    }
}

/// One person, as it is measured.
#[derive(Debug, Clone)]
struct Subject {
    conn: ConnId,
    since_us: u64,
    frames: u32,
    bytes: (usize, usize),
    drawn: BTreeMap<ShipId, (Vec2, Vec2)>,
    /// Moment of the picture drawn last, ticks.
    shown: f32,
    /// The own press that is not answered yet: engine buttons, and when, µs.
    awaited: Option<(u8, u64)>,
    /// …and the last one looked at.
    pressed: (u8, u64),
    /// Engine buttons last seen, by ship.
    seen: BTreeMap<ShipId, u8>,
    /// When the outage ended that this one has not recovered from.
    outage_us: Option<u64>,
}

/// A picture waiting for its moment to become the past.
#[derive(Debug)]
struct Picture {
    tick: Tick,
    alpha: f32,
    ships: Vec<(ShipId, Vec2)>,
}

/// Measures one match.
#[derive(Debug)]
pub struct Meter {
    weather: Weather,
    delay_us: u64,
    jitter_us: u64,
    freeze: (u64, u64),
    subjects: Vec<Option<Subject>>,
    pictures: Vec<Picture>,
    /// The sums so far.
    pub sums: Measures,
}

impl Meter {
    /// For the match of `plan`.
    #[must_use]
    pub fn new(plan: &Plan) -> Meter {
        Meter {
            weather: plan.weather,
            delay_us: plan.profile.delay_us,
            jitter_us: plan.profile.jitter_us,
            freeze: plan.lines().1.freeze,
            subjects: Vec::new(),
            pictures: Vec::new(),
            sums: Measures::default(),
        }
    }

    /// Looks at a match after a tick; `truth` holds it already.
    pub fn look(&mut self, live: &Match, truth: &Truth) {
        if self.weather == Weather::Foul {
            return;
        }
        self.subjects.resize(live.players.len().max(self.subjects.len()), None);
        for (index, player) in live.players.iter().enumerate() {
            let slot = &mut self.subjects[index];
            if slot.as_ref().is_none_or(|subject| subject.conn != player.conn) {
                *slot = Some(Subject::new(player.conn, live.now_us));
            }
        }
        if self.weather == Weather::Outages || self.freeze.0 > 0 {
            self.time_recovery(live);
        }
        if self.weather == Weather::Fair {
            self.count_bytes(live);
            for &index in &live.facts.drew {
                self.picture(index, live);
            }
            self.judge_pictures(truth);
        }
    }

    fn picture(&mut self, index: usize, live: &Match) {
        let player = &live.players[index];
        let Some(subject) = &mut self.subjects[index] else { return };
        let view = player.replica.view();
        if player.drawn_us.saturating_sub(subject.since_us) < ARRIVED_US || view.phase == Phase::Connecting {
            return;
        }
        subject.frames += 1;
        self.sums.ships.0 += view.ships.len() as u64;
        // The own decoy looks like that on purpose.
        let own = player.replica.player();
        let frozen = view.ships.iter().filter(|ship| ship.stale && Some(ship.id.player.pilot()) != own);
        self.sums.ships.1 += frozen.count() as u64;
        if player.frame_ticks == SMOOTH {
            self.sums.jumps.0 += subject.count_jumps(view, player.view_half);
            self.sums.jumps.1 += TICK_US;
            subject.notice_actions(view, player, live, &mut self.sums.action_ms);
            self.sums.own_action_ms.extend(subject.obeyed(view, player));
        }
        if !subject.frames.is_multiple_of(SAMPLE_FRAMES) {
            return;
        }
        self.sums.staleness_ms.push(view.line.staleness_ms);
        if view.phase == Phase::Flying {
            let room = ticks_between(live.now_us, player.drawn_us);
            let ahead = view.tick.next().since(live.room.world().tick) as f32 + view.alpha - room;
            let half_way_us = self.delay_us as f32 + self.jitter_us as f32 / 2.0;
            self.sums.lead_ms.push(ahead * TICK_US as f32 / 1_000.0 - half_way_us / 1_000.0);
        }
        let near = view.ships.iter().filter(|ship| !ship.own && ship.pos.distance(view.focus.pos) < NEAR_U);
        let ships = near.map(|ship| (ship.id, ship.pos)).collect();
        self.pictures.push(Picture { tick: view.tick, alpha: view.alpha, ships });
    }

    fn judge_pictures(&mut self, truth: &Truth) {
        let errors = &mut self.sums.error_u;
        self.pictures.retain(|picture| {
            let past = truth.has(picture.tick.next());
            if past {
                let place = |id| truth.place(id, picture.tick, picture.alpha);
                errors.extend(picture.ships.iter().filter_map(|(id, pos)| Some(pos.distance(place(*id)?))));
            }
            !past
        });
    }

    fn count_bytes(&mut self, live: &Match) {
        for (player, subject) in live.players.iter().zip(self.subjects.iter_mut().flatten()) {
            if !player.connected || player.closed.is_some() || player.style == Style::Spectator {
                continue;
            }
            let bytes = (player.received.1, player.sent);
            if live.now_us.saturating_sub(subject.since_us) > ARRIVED_US {
                self.sums.bytes.0 += (bytes.0 - subject.bytes.0) as u64;
                self.sums.bytes.1 += (bytes.1 - subject.bytes.1) as u64;
                self.sums.bytes.2 += TICK_US;
            }
            subject.bytes = bytes;
        }
    }

    /// Outages end at multiples of their period, for both directions.
    fn time_recovery(&mut self, live: &Match) {
        let ended = live.now_us % self.freeze.0 < TICK_US && live.now_us > self.freeze.0;
        let fresh_us = self.delay_us + self.jitter_us + TWO_SNAPSHOTS_US;
        for (player, subject) in live.players.iter().zip(self.subjects.iter_mut().flatten()) {
            let arrived = live.now_us.saturating_sub(subject.since_us) > ARRIVED_US;
            if ended && arrived && player.connected && player.replica.known().tick != Tick(0) {
                subject.outage_us = Some(live.now_us);
            }
            let behind = live.room.world().tick.since(player.replica.known().tick);
            if let Some(ended_us) = subject.outage_us
                && behind as u64 * TICK_US <= fresh_us
            {
                self.sums.recovery_ms.push((live.now_us - ended_us) as f32 / 1_000.0);
                subject.outage_us = None;
            }
        }
    }
}

fn ticks_between(from_us: u64, to_us: u64) -> f32 {
    to_us.saturating_sub(from_us) as f32 / TICK_US as f32
}

impl Subject {
    fn new(conn: ConnId, since_us: u64) -> Subject {
        Subject {
            conn,
            since_us,
            frames: 0,
            bytes: (0, 0),
            drawn: BTreeMap::new(),
            shown: 0.0,
            awaited: None,
            pressed: (0, 0),
            seen: BTreeMap::new(),
            outage_us: None,
        }
    }

    /// Ships that are not where their own speed would have taken them since the last frame. Only what can be seen
    /// counts: beyond the view and a fifth ships fade into the past, and seem faster or slower meanwhile.
    fn count_jumps(&mut self, view: &View, half: (u16, u16)) -> u64 {
        let reach = Vec2::new(half.0.into(), half.1.into()) * 1.2;
        let now = view.tick.0 as f32 + view.alpha;
        let passed_s = (now - self.shown) / 60.0;
        self.shown = now;
        let before = std::mem::take(&mut self.drawn);
        let mut jumps = 0;
        for ship in &view.ships {
            if let Some((pos, vel)) = before.get(&ship.id) {
                let expected = *pos + (*vel + ship.vel) * (0.5 * passed_s);
                let seen = (ship.pos - view.focus.pos).abs().cmple(reach).all();
                // A touch may have turned the speed at any moment between the two frames.
                let allowed = JUMP_U + 0.5 * ship.vel.distance(*vel) * passed_s.max(0.0);
                // Who comes out of the wormhole has jumped by the rules.
                let leapt = wormhole::leapt(*pos, ship.pos)
                    && view.mouths.iter().flatten().any(|mouth| mouth.pos.distance(ship.pos) < MOUTH_U);
                jumps += u64::from(seen && !leapt && ship.pos.distance(expected) > allowed);
            }
            self.drawn.insert(ship.id, (ship.pos, ship.vel));
        }
        jumps
    }

    /// How long the own ship took to obey, ms, if it has just done so. A key is read at a frame, and may have gone down
    /// right after the one before.
    fn obeyed(&mut self, view: &View, own: &Player) -> Option<f32> {
        if std::mem::replace(&mut self.pressed, own.pressed) != own.pressed {
            self.awaited = Some(own.pressed);
        }
        let Some(ship) = view.own_ship() else {
            self.awaited = None;
            return None;
        };
        let (_, since_us) = self.awaited.take_if(|(engines, _)| ship.buttons.0 & ENGINES == *engines)?;
        Some((own.drawn_us - since_us + TICK_US) as f32 / 1_000.0)
    }

    /// Others' engines as they change on this screen, held against when their pilots pressed the keys.
    fn notice_actions(&mut self, view: &View, own: &Player, live: &Match, action_ms: &mut Vec<f32>) {
        let before = std::mem::take(&mut self.seen);
        for ship in view.ships.iter().filter(|ship| !ship.own) {
            let engines = ship.buttons.0 & ENGINES;
            self.seen.insert(ship.id, engines);
            let pilot = live.players.iter().find(|player| player.replica.player() == Some(ship.id.player));
            // Hands that hold a key for half a second: which press is seen is then beyond doubt.
            let held = |pilot: &&Player| pilot.connected && matches!(pilot.style, Style::Wild | Style::Peaceful);
            let Some(pilot) = pilot.filter(held).filter(|pilot| pilot.frame_ticks == 1) else { continue };
            let (wanted, since_us) = pilot.pressed;
            let changed = before.get(&ship.id).is_some_and(|old| *old != engines);
            if changed && engines == wanted && own.drawn_us >= since_us {
                action_ms.push((own.drawn_us - since_us) as f32 / 1_000.0);
            }
        }
    }
}
