//! Other ships at the own present: moved on from the last news by the same rules of flight, for as long as that is
//! worth anything. Invariant: only drawing is smoothed; the state is what the rules say.

use glam::Vec2;

use super::predict::{Predictor, Surroundings, turn_rad};
use crate::{
    defs::Defs,
    protocol::{
        entity_state::PublicShip,
        known::Told,
        reckon::{Reckoner, error_kept},
    },
    sim::{Kinematics, contact, torus, wormhole},
    tick::Tick,
};

/// News is missing for this long: engines begin to fade, ticks (150 ms).
pub const FADE_TICKS: i32 = 9;
/// …and for this long: the ship stands still and is drawn grey, ticks (250 ms).
pub const FREEZE_TICKS: i32 = 15;
/// Corrections beyond this are shown at once, u.
const SNAP_U: f32 = 200.0;
/// Farther than this no ship is reckoned to fly by itself: half a second and a little more, at the highest speed, u.
pub const FAR_FLIGHT_U: f32 = 480.0;
/// Share of the closing speed that comes back when the own ship touches another: half of the rule. What the other
/// pilot does meanwhile is not known, so half of the push is left for the server to say.
const BOUNCE: f32 = contact::BOUNCE_SHIP * 0.5;

/// A ship at the present.
#[derive(Debug, Clone, Copy)]
pub struct PresentShip {
    /// Its state.
    pub state: PublicShip,
    /// Where it was a tick before.
    pub before: Kinematics,
    /// Where it was by the last snapshot.
    pub said: Kinematics,
    /// When it was last told.
    pub told: Tick,
    edge_radius: f32,
    error: Vec2,
    error_turn: f32,
}

impl PresentShip {
    /// A ship as last told, brought to the tick of the snapshot if that left it out; `lead` is how many ticks the
    /// present usually is ahead of the news.
    pub fn new(told: &Told<PublicShip>, to: Tick, lead: i32, around: &mut Surroundings<'_>) -> PresentShip {
        let mut ship = PresentShip {
            state: told.state,
            before: told.state.body,
            said: told.state.body,
            told: told.tick,
            edge_radius: told.edge_radius_u(),
            error: Vec2::ZERO,
            error_turn: 0.0,
        };
        let mut tick = told.tick;
        while to.is_after(tick) && !ship.is_frozen(tick, lead) {
            tick = tick.next();
            ship.step(tick, lead, around);
        }
        ship.said = ship.state.body;
        ship
    }

    /// Moves it into `tick`.
    pub fn step(&mut self, tick: Tick, lead: i32, around: &mut Surroundings<'_>) {
        self.before = self.state.body;
        let missing = self.missing(tick, lead);
        if missing > FREEZE_TICKS {
            return;
        }
        let held = self.state.controls;
        let controls = if engines_on(missing, tick) { held } else { held.neutral() };
        let mut reckoner = Reckoner {
            layout: around.layout,
            defs: around.defs,
            skies: &mut *around.skies,
            edge_radius: self.edge_radius,
        };
        reckoner.public(&mut self.state, controls, tick);
        // Held for the next tick and for the flames; what a fading engine did in this one is not what the pilot holds.
        self.state.controls = held;
    }

    /// For how many ticks longer than usual nothing was said of it. `lead` is what is usual.
    fn missing(&self, tick: Tick, lead: i32) -> i32 {
        tick.since(self.told) - lead
    }

    /// Whether so long nothing was said of it that where it is would be a guess: it stands, is drawn grey and touches
    /// nothing.
    #[must_use]
    pub fn is_frozen(&self, tick: Tick, lead: i32) -> bool {
        self.missing(tick, lead) > FREEZE_TICKS
    }

    /// Where to draw it between the last two ticks, u.
    #[must_use]
    pub fn drawn(&self, alpha: f32) -> Vec2 {
        super::picture::between(self.before, self.state.body, alpha).0 + self.error
    }

    /// From where to where it went through the wormhole in the last tick, if it did.
    #[must_use]
    pub fn leap(&self) -> Option<(Vec2, Vec2)> {
        let (before, now) = (self.before.pos.to_vec2(), self.state.body.pos.to_vec2());
        wormhole::leapt(before, now).then_some((before, now))
    }

    /// Went through the wormhole since it was last told, as far as one can reckon: it may have turned away at the rim.
    #[must_use]
    pub fn is_guessed_beyond(&self, wrap_half: f32) -> bool {
        let (said, now) = (self.said.pos.to_vec2(), self.state.body.pos.to_vec2());
        let way = said.distance(now + torus::image_shift(now, said, wrap_half));
        way > wormhole::LEAP_U + FAR_FLIGHT_U
    }

    /// …and its nose, rad.
    #[must_use]
    pub fn drawn_heading(&self, alpha: f32) -> f32 {
        super::view::blend_heading(self.before.heading, self.state.body.heading, alpha) + self.error_turn
    }

    /// Keeps it drawn where it was drawn as `before`, to move over softly.
    pub fn take_over(&mut self, before: &PresentShip) {
        let error = before.state.body.pos.to_vec2() + before.error - self.state.body.pos.to_vec2();
        if error.length() <= SNAP_U {
            self.error = error;
            self.error_turn = crate::math::wrap_angle(
                before.error_turn + turn_rad(self.state.body.heading, before.state.body.heading),
            );
        }
    }

    /// Lets the drawn error fade over `dt_s`, or vanish at once.
    pub fn relax(&mut self, dt_s: f32, smooth: bool) {
        let keep = if smooth { error_kept(self.error.length(), dt_s) } else { 0.0 };
        self.error *= keep;
        self.error_turn *= keep;
    }

    /// Lets it and the own ship bounce off each other; the closing speed, u/s, if they touch. Both must be at the
    /// same tick.
    pub fn touch(&mut self, own: &mut Predictor, defs: &Defs) -> Option<f32> {
        let (own_def, def) = (defs.ship(own.ship().class), defs.ship(self.state.class));
        let mut speed = None;
        own.push(|body| {
            speed = contact::collide_around(body, own_def, &mut self.state.body, def, BOUNCE, defs.arena.wrap_half);
            speed.is_some()
        });
        speed
    }
}

/// Engines fade out in three steps of two ticks: on for all, for two of three, for one of three ticks, then off.
fn engines_on(missing: i32, tick: Tick) -> bool {
    let step = (missing - FADE_TICKS).div_euclid(2);
    step <= 0 || (tick.0 % 3) as i32 >= step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{PlayerId, ShipId},
        protocol::reckon::Skies,
        quantize::{Angle, Lattice},
        sim::{Buttons, Command, Edge, Layout, Ship, World},
    };

    struct Place {
        defs: Defs,
        layout: Layout,
        skies: Skies,
    }

    impl Place {
        fn new() -> Place {
            let defs = Defs::standard();
            Place { layout: Layout::new(5, &defs.arena), defs, skies: Skies::default() }
        }

        fn around(&mut self) -> Surroundings<'_> {
            Surroundings {
                layout: &self.layout,
                defs: &self.defs,
                skies: &mut self.skies,
                edge: Edge { radius: 3_000 * 32, target: 3_000 * 32 },
                edge_tick: Tick(100),
                belt: &[],
                own_class: crate::defs::ShipClass::Spark,
            }
        }
    }

    fn a_ship(defs: &Defs, x: f32, vx: f32) -> Ship {
        use crate::sim::{Order, step};
        let mut world = World::new(1, 1, defs);
        let player = PlayerId(1);
        let orders = [
            Order::Enlist { player, bot: false, points: 0 },
            Order::Launch { player, class: crate::defs::ShipClass::Spark },
        ];
        step(&mut world, &orders, &[], defs, &crate::sim::Now, &mut Vec::new());
        let mut ship = world.ship(player).unwrap().clone();
        let at = |x: f32, y: f32| Lattice::nearest(Vec2::new(x, y));
        ship.body = Kinematics { pos: at(x, 1_500.0), vel: at(vx, 0.0), heading: Angle(0) };
        ship
    }

    fn told(defs: &Defs) -> Told<PublicShip> {
        let mut state = PublicShip::of(&a_ship(defs, 0.0, 0.0), defs);
        state.controls = Command::new(Buttons(Buttons::THRUST), Angle(0));
        Told { state, tick: Tick(100), edge_radius: 3_000 * 32 }
    }

    #[test]
    fn engines_fade_from_150_ms_and_the_ship_stands_from_250_ms() {
        let mut place = Place::new();
        let told = told(&place.defs);
        let lead = 6;
        let mut around = place.around();
        let mut ship = PresentShip::new(&told, Tick(100), lead, &mut around);
        let mut gained = Vec::new();
        for n in 1..=40 {
            let before = ship.state.body;
            ship.step(Tick(100 + n), lead, &mut around);
            gained.push(ship.state.body.vel.to_vec2().x - before.vel.to_vec2().x);
            if n as i32 > lead + FREEZE_TICKS {
                assert_eq!(ship.state.body, before, "tick {n}");
            }
        }
        let thrust = |from: usize, to: usize| gained[from..to].iter().filter(|gain| **gain > 1.0).count();
        assert_eq!(thrust(0, 15), 15, "{gained:?}");
        let fading = thrust(16, 21);
        assert!((1..=4).contains(&fading), "{fading}: {gained:?}");
        assert!(!ship.is_frozen(Tick(100 + 21), lead) && ship.is_frozen(Tick(100 + 22), lead));
    }

    #[test]
    fn a_long_line_alone_freezes_nobody() {
        let mut place = Place::new();
        let told = told(&place.defs);
        let mut around = place.around();
        let ship = PresentShip::new(&told, Tick(100), 24, &mut around);
        assert!(!ship.is_frozen(Tick(124), 24) && ship.is_frozen(Tick(124), 6));
    }

    #[test]
    fn place_and_nose_move_over_softly_and_alike_at_any_frame_rate() {
        let mut place = Place::new();
        let news = told(&place.defs);
        let mut around = place.around();
        let mut before = PresentShip::new(&news, Tick(100), 6, &mut around);
        before.state.body.pos = Lattice::nearest(Vec2::new(5.0, 1_500.0));
        before.state.body.heading = Angle(4_000);
        let fade = |frames: u32| {
            let mut ship = PresentShip::new(&news, Tick(100), 6, &mut Place::new().around());
            ship.take_over(&before);
            assert!(ship.drawn(1.0).distance(Vec2::new(5.0, 1_500.0)) < 0.01);
            assert!((ship.drawn_heading(1.0) - Angle(4_000).to_rad()).abs() < 1e-3);
            for _ in 0..frames {
                ship.relax(0.2 / frames as f32, true);
            }
            (ship.drawn(1.0).x, ship.drawn_heading(1.0))
        };
        let (slow, fast) = (fade(4), fade(48));
        assert!((slow.0 - fast.0).abs() < 0.01 && (slow.1 - fast.1).abs() < 0.001, "{slow:?} {fast:?}");
        assert!((1.0..1.5).contains(&fast.0), "two half-lives of 100 ms: {fast:?}");
        let mut ship = PresentShip::new(&news, Tick(100), 6, &mut around);
        ship.take_over(&before);
        ship.relax(0.001, false);
        assert_eq!(ship.drawn(1.0), ship.state.body.pos.to_vec2());
    }

    #[test]
    fn the_own_ship_bounces_off_another_with_half_of_the_push() {
        let mut place = Place::new();
        let news = told(&place.defs);
        let defs = Defs::standard();
        let mut around = place.around();
        let mut other = PresentShip::new(&news, Tick(100), 6, &mut around);
        let mut own = Predictor::new(a_ship(&defs, -20.0, 100.0), Tick(100));
        assert_eq!(own.ship().id, ShipId { player: PlayerId(1), life: own.ship().id.life });
        let speed = other.touch(&mut own, &defs);
        assert_eq!(speed, Some(100.0));
        let (mine, theirs) = (own.ship().body.vel.to_vec2().x, other.state.body.vel.to_vec2().x);
        assert!((theirs - mine - 100.0 * BOUNCE).abs() < 0.1, "{mine} {theirs}");
        assert_eq!(other.touch(&mut own, &defs), None, "they are apart now");
    }
}
