//! What part of the world is on the screen.
//!
//! Invariant: the camera holds the own ship's place exactly and adds three smooth offsets to it: a lead along the
//! motion, what is left of a jump to a new focus, and a shake. Smoothing depends on elapsed time, not on frames.

use glam::Vec2;
use shared::{ids::ShipId, limits, math, replica::view::Focus};

/// The view the game is designed for, u (and CSS px at zoom 1).
const DESIGN: Vec2 = Vec2::new(1_600.0, 900.0);
/// Smallest and largest zoom, CSS px per u: on a phone ships stay visible, on a wall of screens hulls stay crisp.
const ZOOM: (f32, f32) = (0.55, 4.0);
/// How far a watcher may zoom, times the zoom of the game: out to the whole arena, in to a hull.
const WATCHED_ZOOM: (f32, f32) = (0.12, 3.0);
/// Seconds of motion the camera looks ahead.
const LEAD_S: f32 = 0.22;
/// Rates at which lead and jump settle, 1/s (chosen for feel).
const LEAD_RATE: f32 = 3.2;
const CARRY_RATE: f32 = 4.5;
/// …and at which the long view comes and goes.
const FAR_RATE: f32 = 4.0;
/// Farther than this a new focus is cut to, not panned to, u.
const PAN_MAX: f32 = 2_600.0;
/// …and farther than this in one frame the same ship does not fly: it went through the wormhole, u.
const LEAP_MIN: f32 = 400.0;
/// Widest margin around the screen that is asked from the server, u.
const MARGIN_MAX: f32 = 100.0;
/// Share of that margin the lead may use, so that what slides in has already arrived.
const LEAD_SHARE: f32 = 0.75;
/// Largest shake, CSS px, and how fast it calms, 1/s.
const SHAKE_PX: f32 = 9.0;
const SHAKE_CALM: f32 = 1.9;

/// The camera.
#[derive(Debug, Clone)]
pub struct Camera {
    viewport: Vec2,
    pixels_per_unit: f32,
    /// What the watcher makes of it: 1 as in the game.
    zoom: f32,
    /// How much farther than usual the pilot sees.
    far: f32,
    margin: f32,
    base: Option<Vec2>,
    lead: Vec2,
    carry: Vec2,
    trauma: f32,
    phase: f32,
    still: bool,
    /// Half the side of a square that is shown whole, and always, u; 0: there is none.
    whole: f32,
    /// Whose ship is held.
    ship: Option<ShipId>,
}

impl Camera {
    /// A camera for a canvas of this size, CSS px. `still` leaves the shake out (reduced motion).
    #[must_use]
    pub fn new(viewport: Vec2, still: bool) -> Camera {
        let mut camera = Camera {
            viewport,
            pixels_per_unit: 1.0,
            zoom: 1.0,
            far: 1.0,
            margin: 0.0,
            base: None,
            lead: Vec2::ZERO,
            carry: Vec2::ZERO,
            trauma: 0.0,
            phase: 0.0,
            still,
            whole: 0.0,
            ship: None,
        };
        camera.resize(viewport);
        camera
    }

    /// The canvas changed its size, CSS px.
    pub fn resize(&mut self, viewport: Vec2) {
        self.viewport = viewport.max(Vec2::splat(16.0));
        let by_area = (self.viewport.x * self.viewport.y / (DESIGN.x * DESIGN.y)).sqrt().clamp(ZOOM.0, ZOOM.1);
        // The server shows no more than VIEW_HALF_MAX: rather zoom in than show an empty rim.
        let by_reach = (self.viewport * 0.5 / Vec2::from(limits::VIEW_HALF_MAX)).max_element();
        self.pixels_per_unit = by_area.max(by_reach) * self.zoom;
        if self.whole > 0.0 {
            self.pixels_per_unit = self.viewport.min_element() * 0.5 / self.whole * self.zoom;
        }
        let half = self.usual_half();
        // The margin m with (a + m)(b + m) = the area the server grants.
        let sum = half.x + half.y;
        let free = limits::VIEW_HALF_AREA_MAX - half.x * half.y;
        let margin = ((sum * sum + 4.0 * free).max(0.0).sqrt() - sum) * 0.5;
        let reach = (Vec2::from(limits::VIEW_HALF_MAX) - half).min_element();
        self.margin = margin.min(reach.max(0.0)).clamp(0.0, MARGIN_MAX);
    }

    /// Shows more (below 1) or less than the game does; for recordings, which no server limits.
    pub fn zoom_by(&mut self, factor: f32) {
        self.zoom = (self.zoom * factor).clamp(WATCHED_ZOOM.0, WATCHED_ZOOM.1);
        self.resize(self.viewport);
    }

    /// Shows the square of `half` u around the centre, all of it and always, as where space comes round; 0 follows again.
    pub fn fit(&mut self, half: f32) {
        if self.whole != half {
            self.whole = half;
            self.base = None;
            self.resize(self.viewport);
        }
    }

    /// Holds a place exactly, without lead: the watcher drags.
    pub fn hold(&mut self, pos: Vec2) {
        (self.base, self.lead, self.carry) = (Some(pos), Vec2::ZERO, Vec2::ZERO);
    }

    /// Follows the focus of a view that lives `pace` times as fast as the watcher. A ship that goes through the wormhole is
    /// cut to: what lies between the mouths was never flown over.
    pub fn follow_focus(&mut self, focus: &Focus, dt_s: f32, pace: f32) {
        if self.whole > 0.0 {
            self.follow_paced(Vec2::ZERO, Vec2::ZERO, dt_s, pace);
            return;
        }
        let same = focus.ship.is_some() && focus.ship == self.ship;
        self.ship = focus.ship;
        let flown = focus.vel * dt_s * pace;
        if same && self.base.is_some_and(|base| (base + flown).distance(focus.pos) > LEAP_MIN) {
            (self.base, self.carry) = (None, Vec2::ZERO);
        }
        self.follow_paced(focus.pos, focus.vel, dt_s, pace);
    }

    /// Follows a focus for `dt_s`, the time that really passed: a slow machine must not look like a jump.
    pub fn follow(&mut self, pos: Vec2, vel: Vec2, dt_s: f32) {
        self.follow_paced(pos, vel, dt_s, 1.0);
    }

    /// Follows a focus that lives `pace` times as fast as the watcher.
    pub fn follow_paced(&mut self, pos: Vec2, vel: Vec2, dt_s: f32, pace: f32) {
        if let Some(base) = self.base {
            let jump = base + vel * dt_s * pace - pos;
            // More than a ship can have moved by itself: another ship, a launch, a correction. Pan there.
            if jump.length() > 40.0 {
                self.carry = if jump.length() > PAN_MAX { Vec2::ZERO } else { self.carry + jump };
            }
        }
        self.base = Some(pos);
        self.carry *= decay(CARRY_RATE, dt_s);
        let wanted = math::clamp_length(vel * LEAD_S, self.margin.max(20.0) * LEAD_SHARE);
        self.lead = wanted + (self.lead - wanted) * decay(LEAD_RATE, dt_s);
        self.trauma = (self.trauma - SHAKE_CALM * dt_s * self.trauma.max(0.25)).max(0.0);
        self.phase += dt_s;
    }

    /// Leaves the shake out from now on, or no longer.
    pub fn set_still(&mut self, still: bool) {
        self.still = still;
        if still {
            self.trauma = 0.0;
        }
    }

    /// Shakes by `strength`, 1 being a hit that costs a third of the hull.
    pub fn shake(&mut self, strength: f32) {
        if !self.still {
            self.trauma = (self.trauma + strength).min(1.0);
        }
    }

    /// Centre of the picture, u.
    #[must_use]
    pub fn centre(&self) -> Vec2 {
        self.base.unwrap_or_default() + self.lead + self.carry + self.shake_offset()
    }

    /// Moves over to seeing `factor` times as far as usual, and back to 1.
    pub fn look_far(&mut self, factor: f32, dt_s: f32) {
        let wanted = factor.max(1.0);
        self.far = wanted + (self.far - wanted) * decay(FAR_RATE, dt_s);
    }

    /// CSS px per u.
    #[must_use]
    pub fn pixels_per_unit(&self) -> f32 {
        self.pixels_per_unit / self.far
    }

    /// Half of the picture, u.
    #[must_use]
    pub fn half_extents(&self) -> Vec2 {
        self.usual_half() * self.far
    }

    fn usual_half(&self) -> Vec2 {
        self.viewport * (0.5 / self.pixels_per_unit)
    }

    /// Half of what the server should send, u.
    #[must_use]
    pub fn asked_half(&self) -> (u16, u16) {
        let half = self.usual_half() + Vec2::splat(self.margin);
        (half.x as u16, half.y as u16)
    }

    /// Size of the canvas, CSS px.
    #[must_use]
    pub fn viewport(&self) -> Vec2 {
        self.viewport
    }

    /// A place in the world, in CSS px from the top left corner.
    #[must_use]
    pub fn to_screen(&self, world: Vec2) -> Vec2 {
        let from_centre = (world - self.centre()) * self.pixels_per_unit();
        self.viewport * 0.5 + Vec2::new(from_centre.x, -from_centre.y)
    }

    /// A place on the screen, in the world.
    #[must_use]
    pub fn to_world(&self, screen: Vec2) -> Vec2 {
        let from_centre = (screen - self.viewport * 0.5) / self.pixels_per_unit();
        self.centre() + Vec2::new(from_centre.x, -from_centre.y)
    }

    /// Whether a disc is on the screen.
    #[must_use]
    pub fn sees(&self, world: Vec2, radius: f32) -> bool {
        let off = (world - self.centre()).abs() - self.half_extents();
        off.x < radius && off.y < radius
    }

    fn shake_offset(&self) -> Vec2 {
        let strength = self.trauma * self.trauma * SHAKE_PX / self.pixels_per_unit();
        // Two incommensurate waves each: smooth, and it does not repeat within a shake.
        let wave = |a: f32, b: f32| (math::unit(self.phase * a).y + math::unit(self.phase * b).y) * 0.5;
        Vec2::new(wave(61.0, 83.0), wave(71.0, 53.0)) * strength
    }
}

/// What is left after `dt_s` of something that settles at `rate` per second.
#[must_use]
pub fn decay(rate: f32, dt_s: f32) -> f32 {
    math::exp2(-rate * dt_s * core::f32::consts::LOG2_E)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(width: f32, height: f32) -> (Camera, Vec2) {
        let camera = Camera::new(Vec2::new(width, height), false);
        let half = camera.asked_half();
        (camera, Vec2::new(f32::from(half.0), f32::from(half.1)))
    }

    #[test]
    fn a_long_view_shows_more_and_asks_for_no_more() {
        let (mut camera, asked) = asked(1_600.0, 900.0);
        let usual = camera.half_extents();
        (0..120).for_each(|_| camera.look_far(1.4, 1.0 / 60.0));
        assert!((camera.half_extents() / usual - Vec2::splat(1.4)).length() < 0.01);
        let half = camera.asked_half();
        assert_eq!(Vec2::new(f32::from(half.0), f32::from(half.1)), asked, "the server adds the rest");
        let there = camera.to_world(Vec2::new(30.0, 40.0));
        assert!((camera.to_screen(there) - Vec2::new(30.0, 40.0)).length() < 0.1);
    }

    #[test]
    fn any_window_shows_what_the_server_grants_and_no_empty_rim() {
        for (width, height) in [
            (1600.0, 900.0),
            (390.0, 844.0),
            (844.0, 390.0),
            (3840.0, 2160.0),
            (3440.0, 1440.0),
            (5000.0, 500.0),
            (320.0, 480.0),
        ] {
            let (camera, asked) = asked(width, height);
            let half = camera.half_extents();
            assert!(asked.x >= half.x.floor() && asked.y >= half.y.floor(), "{width}×{height}");
            assert!(
                asked.x <= limits::VIEW_HALF_MAX.0 && asked.y <= limits::VIEW_HALF_MAX.1,
                "{width}×{height}: {asked}"
            );
            assert!(asked.x * asked.y <= limits::VIEW_HALF_AREA_MAX * 1.001, "{width}×{height}: {asked}");
            assert!(camera.pixels_per_unit() >= ZOOM.0);
        }
    }

    #[test]
    fn the_design_view_is_one_to_one_with_room_for_the_lead() {
        let (camera, asked) = asked(1600.0, 900.0);
        assert_eq!(camera.pixels_per_unit(), 1.0);
        assert!(asked.x > 850.0 && asked.y > 500.0);
    }

    #[test]
    fn a_watcher_zooms_drags_and_stands_still_in_a_pause() {
        let mut camera = Camera::new(DESIGN, false);
        camera.zoom_by(0.5);
        assert_eq!((camera.pixels_per_unit(), camera.half_extents()), (0.5, DESIGN));
        (0..50).for_each(|_| camera.zoom_by(0.5));
        assert_eq!(camera.pixels_per_unit(), WATCHED_ZOOM.0);
        camera.resize(DESIGN);
        assert_eq!(camera.pixels_per_unit(), WATCHED_ZOOM.0, "kept over a resize");
        camera.hold(Vec2::new(30.0, 40.0));
        assert_eq!(camera.centre(), Vec2::new(30.0, 40.0));
        let vel = Vec2::new(300.0, 0.0);
        (0..200).for_each(|_| camera.follow_paced(Vec2::ZERO, vel, 0.016, 0.0));
        let still = camera.centre();
        camera.follow_paced(Vec2::ZERO, vel, 0.016, 0.0);
        assert!((camera.centre() - still).length() < 0.1, "a pause is still");
        // Sixteen times as fast, a ship moves far in a frame: no jump.
        camera.follow_paced(vel * 0.016 * 16.0, vel, 0.016, 16.0);
        assert!((camera.centre() - still - vel * 0.016 * 16.0).length() < 1.0);
    }

    #[test]
    fn the_lead_does_not_depend_on_the_frame_rate() {
        let run = |frames: u32| {
            let mut camera = Camera::new(DESIGN, false);
            let vel = Vec2::new(300.0, 0.0);
            for frame in 0..=frames {
                let at = frame as f32 / frames as f32;
                camera.follow(vel * at, vel, if frame == 0 { 0.0 } else { 1.0 / frames as f32 });
            }
            camera.centre() - vel
        };
        let (slow, fast) = (run(30), run(240));
        assert!(fast.x > 30.0, "leads: {fast}");
        assert!((slow - fast).length() < 1.0, "{slow} against {fast}");
    }

    #[test]
    fn a_new_focus_is_panned_to_and_a_far_one_cut_to() {
        let mut camera = Camera::new(DESIGN, false);
        camera.follow(Vec2::ZERO, Vec2::ZERO, 0.0);
        camera.follow(Vec2::new(800.0, 0.0), Vec2::ZERO, 1.0 / 60.0);
        assert!(camera.centre().x < 200.0, "starts where it was: {}", camera.centre());
        for _ in 0..120 {
            camera.follow(Vec2::new(800.0, 0.0), Vec2::ZERO, 1.0 / 60.0);
        }
        assert!((camera.centre().x - 800.0).abs() < 1.0, "{}", camera.centre());
        camera.follow(Vec2::new(9_000.0, 0.0), Vec2::ZERO, 1.0 / 60.0);
        assert_eq!(camera.centre(), Vec2::new(9_000.0, 0.0));
    }

    #[test]
    fn a_leap_is_cut_to_and_another_ship_panned_to() {
        let focus = |life, x| Focus {
            pos: Vec2::new(x, 0.0),
            vel: Vec2::ZERO,
            ship: Some(ShipId { player: shared::ids::PlayerId(1), life }),
        };
        let centre = |second: Focus| {
            let mut camera = Camera::new(DESIGN, false);
            camera.follow_focus(&focus(1, 0.0), 0.0, 1.0);
            camera.follow_focus(&second, 1.0 / 60.0, 1.0);
            camera.centre().x
        };
        assert_eq!(centre(focus(1, 1_500.0)), 1_500.0);
        assert!(centre(focus(2, 1_500.0)) < 300.0);
        assert!(centre(focus(1, 150.0)) < 40.0, "a correction");
    }

    #[test]
    fn screen_and_world_are_inverse_and_up_is_up() {
        let mut camera = Camera::new(Vec2::new(390.0, 844.0), false);
        camera.follow(Vec2::new(120.0, -40.0), Vec2::new(50.0, 80.0), 0.3);
        let world = Vec2::new(33.0, 77.0);
        assert!((camera.to_world(camera.to_screen(world)) - world).length() < 1e-3);
        assert!(camera.to_screen(camera.centre() + Vec2::Y).y < 422.0);
    }

    #[test]
    fn a_shake_is_bounded_calms_and_is_left_out_on_request() {
        let mut camera = Camera::new(DESIGN, false);
        camera.follow(Vec2::ZERO, Vec2::ZERO, 0.0);
        camera.shake(5.0);
        let mut largest: f32 = 0.0;
        for _ in 0..240 {
            camera.follow(Vec2::ZERO, Vec2::ZERO, 1.0 / 60.0);
            largest = largest.max(camera.centre().length());
        }
        assert!(largest > 0.5 && largest < SHAKE_PX * 1.5, "{largest}");
        assert!(camera.centre().length() < 0.1);
        let mut still = Camera::new(DESIGN, true);
        still.shake(1.0);
        still.follow(Vec2::ZERO, Vec2::ZERO, 1.0 / 60.0);
        assert_eq!(still.centre(), Vec2::ZERO);
    }
}
