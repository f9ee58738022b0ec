//! Hull, shield and energy, speed and cargo, and what the surroundings do to the ship. Invariant: numbers are those
//! of the `View`, rounded up so that a living ship never shows 0.

use shared::replica::view::Gauges;

use super::{Cached, Dom, Frame, Id, Widget};
use crate::words::{Language, Word};

/// One bar.
#[derive(Debug)]
struct Bar {
    id: Id,
    value: Id,
    share: Cached<i32>,
    points: Cached<i32>,
    low: Cached<bool>,
}

impl Bar {
    fn new(id: Id, value: Id) -> Bar {
        Bar { id, value, share: Cached::default(), points: Cached::default(), low: Cached::default() }
    }

    fn update(&mut self, (now, full): (f32, f32), dom: &mut dyn Dom) {
        let share = if full > 0.0 { (now / full).clamp(0.0, 1.0) } else { 0.0 };
        if self.share.changed((share * 250.0) as i32) {
            dom.share(self.id, share);
        }
        let points = now.ceil() as i32;
        if self.points.changed(points) {
            dom.text(self.value, &points.to_string());
        }
        if self.low.changed(share < 0.3) {
            dom.flag(self.id, "low", share < 0.3);
        }
    }
}

/// The panel.
#[derive(Debug)]
pub struct GaugesPanel {
    shown: Cached<bool>,
    bars: [Bar; 3],
    speed: Cached<i32>,
    over: Cached<bool>,
    cargo: Cached<(u16, u16)>,
    state: Cached<(State, Language)>,
}

impl Default for GaugesPanel {
    fn default() -> Self {
        GaugesPanel {
            shown: Cached::default(),
            bars: [
                Bar::new("gauge-hull", "value-hull"),
                Bar::new("gauge-shield", "value-shield"),
                Bar::new("gauge-energy", "value-energy"),
            ],
            speed: Cached::default(),
            over: Cached::default(),
            cargo: Cached::default(),
            state: Cached::default(),
        }
    }
}

/// What the pilot should know now, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Burning,
    Outside,
    Protected(i32),
    /// In orbit, with the perihelion bonus, hundredths.
    Orbit(i32),
    /// Perihelion bonus, hundredths.
    Bonus(i32),
    Nothing,
}

fn state(gauges: &Gauges) -> State {
    if gauges.outside {
        State::Outside
    } else if gauges.burning {
        State::Burning
    } else if gauges.protection_s > 0.0 {
        State::Protected(gauges.protection_s.ceil() as i32)
    } else if gauges.orbiting {
        State::Orbit((gauges.bonus * 20.0).round() as i32 * 5)
    } else if gauges.bonus > 1.02 {
        State::Bonus((gauges.bonus * 20.0).round() as i32 * 5)
    } else {
        State::Nothing
    }
}

impl Widget for GaugesPanel {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let own = frame.view.own.filter(|_| frame.flying());
        if self.shown.changed(own.is_some()) {
            dom.flag("gauges", "off", own.is_none());
        }
        let Some(own) = own else { return };
        for (bar, vitals) in self.bars.iter_mut().zip([own.hull, own.shield, own.energy]) {
            bar.update(vitals, dom);
        }
        if self.speed.changed(own.speed.round() as i32) {
            dom.text("speed", &(own.speed.round() as i32).to_string());
        }
        let over = own.speed > own.speed_cap * 1.03;
        if self.over.changed(over) {
            dom.flag("speed", "over", over);
        }
        if self.cargo.changed(own.cargo) {
            dom.text("cargo", &[own.cargo.0.to_string(), own.cargo.1.to_string()].join(" / "));
        }
        let state = state(&own);
        if self.state.changed((state, frame.language)) {
            let text = match state {
                State::Outside => frame.say(Word::StatusOutside).to_owned(),
                State::Burning => frame.say(Word::StatusBurning).to_owned(),
                State::Protected(seconds) => Word::StatusProtected.with(frame.language, &[&seconds.to_string()]),
                State::Orbit(hundredths) => Word::StatusOrbit.with(frame.language, &[&times(hundredths)]),
                State::Bonus(hundredths) => Word::StatusBonus.with(frame.language, &[&times(hundredths)]),
                State::Nothing => String::new(),
            };
            dom.text("status", &text);
            dom.flag("status", "alarm", matches!(state, State::Burning | State::Outside));
        }
    }
}

/// Hundredths as a number with two places.
fn times(hundredths: i32) -> String {
    let rest = hundredths % 100;
    [(hundredths / 100).to_string().as_str(), if rest < 10 { ".0" } else { "." }, rest.to_string().as_str()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::{Recorded, with_frame};
    use shared::replica::view::{Phase, View};

    fn done(own: Option<Gauges>) -> Recorded {
        let mut dom = Recorded::default();
        let phase = if own.is_some() { Phase::Flying } else { Phase::Spectating };
        with_frame(&View { phase, own, ..View::default() }, |frame| GaugesPanel::default().update(frame, &mut dom));
        dom
    }

    #[test]
    fn bars_show_shares_and_points_and_warn_when_low() {
        let dom = done(Some(Gauges {
            hull: (25.0, 100.0),
            shield: (0.2, 40.0),
            energy: (100.0, 100.0),
            ..Gauges::default()
        }));
        for what in [
            "gauge-hull%0.25",
            "value-hull=25",
            "gauge-hull.low",
            "value-shield=1",
            "gauge-energy%1.00",
            "gauge-energy!low",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }

    #[test]
    fn the_most_urgent_state_is_told() {
        let base = Gauges { bonus: 1.5, protection_s: 2.2, ..Gauges::default() };
        assert!(done(Some(base)).has("status=PROTECTED 3 s"));
        assert!(done(Some(Gauges { burning: true, ..base })).has("status.alarm"));
        assert!(done(Some(Gauges { protection_s: 0.0, ..base })).has("status=PERIHELION ×1.50"));
        assert!(done(Some(Gauges { bonus: 1.05, protection_s: 0.0, ..base })).has("status=PERIHELION ×1.05"));
    }

    #[test]
    fn without_a_ship_there_is_no_panel() {
        assert_eq!(done(None).done, ["gauges.off"]);
    }
}
