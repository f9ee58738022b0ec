//! What one is about to say: the line one writes in, and the wheel of quick words. Invariant: at most one of them is
//! open; nothing is said but by a choice or a sent line. What is drawn of it is `hud/chat.rs`.

use glam::Vec2;
use shared::protocol::Quick;

/// The pointer chooses a word once it has moved this far, CSS px.
const REACH_PX: f32 = 28.0;

/// A stick chooses a word once it is pushed this far, of 1.
const REACH: f32 = 0.5;

/// A fact about talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TalkEvent {
    /// The line is wanted (its button).
    Opened,
    /// The line is no longer wanted, or lost the keyboard.
    Closed,
    /// The line was sent.
    Said(String),
    /// The wheel is wanted, or no longer (its button).
    Wheel,
    /// A word on the wheel was clicked, by number.
    Picked(usize),
    /// A name was clicked.
    Named(String),
    /// Somebody is to be reported.
    Reported(String),
}

/// The wheel.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Wheel {
    /// It closes when its key is let go; else it stays until a word is chosen.
    held: bool,
    /// Where the pointer was first.
    from: Option<Vec2>,
    picked: Option<usize>,
}

/// What one is about to say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Desk {
    writing: bool,
    wheel: Option<Wheel>,
}

impl Desk {
    /// Begins a line.
    pub fn write(&mut self) {
        *self = Desk { writing: true, wheel: None };
    }

    /// Puts everything away.
    pub fn close(&mut self) {
        *self = Desk::default();
    }

    /// Opens the wheel; `held`: until it is let go.
    pub fn turn(&mut self, held: bool) {
        *self = Desk { writing: false, wheel: Some(Wheel { held, from: None, picked: None }) };
    }

    /// The pointer is at `pos`, CSS px: the way it went since the wheel opened chooses, wherever the ship is.
    pub fn point(&mut self, pos: Vec2) {
        let Some(wheel) = &mut self.wheel else { return };
        let way = pos - *wheel.from.get_or_insert(pos);
        wheel.picked = (way.length() >= REACH_PX).then(|| sector(way));
    }

    /// The stick of a gamepad is pushed this way (+y up): it chooses, and what it chose stays when it comes back.
    pub fn tilt(&mut self, stick: Vec2) {
        if let Some(wheel) = self.wheel.as_mut().filter(|_| stick.length() >= REACH) {
            wheel.picked = Some(sector(Vec2::new(stick.x, -stick.y)));
        }
    }

    /// Takes the choice, if there is one, and closes the wheel.
    pub fn take_choice(&mut self) -> Option<Quick> {
        let wheel = self.wheel.take()?;
        wheel.picked.and_then(|number| Quick::ALL.get(number)).copied()
    }

    /// One is writing.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.writing
    }

    /// The wheel is open.
    #[must_use]
    pub fn is_turning(&self) -> bool {
        self.wheel.is_some()
    }

    /// The wheel is open for as long as its key is held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.wheel.is_some_and(|wheel| wheel.held)
    }

    /// The word the pointer is on, by number.
    #[must_use]
    pub fn picked(&self) -> Option<usize> {
        self.wheel?.picked
    }
}

/// Which of the eight words lies in this direction (+y down): the first is up, and on clockwise.
fn sector(way: Vec2) -> usize {
    let turn = way.x.atan2(-way.y) / core::f32::consts::TAU;
    (turn * 8.0).round().rem_euclid(8.0) as usize % 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_of_the_pointer_chooses_wherever_it_began() {
        for (dx, dy, wanted) in [
            (0.0, -40.0, Some(0)),
            (40.0, -40.0, Some(1)),
            (40.0, 0.0, Some(2)),
            (0.0, 40.0, Some(4)),
            (-40.0, 0.0, Some(6)),
            (-40.0, -40.0, Some(7)),
            (-3.0, -40.0, Some(0)),
            (5.0, 5.0, None),
        ] {
            let mut desk = Desk::default();
            desk.turn(true);
            desk.point(Vec2::new(300.0, 700.0));
            desk.point(Vec2::new(300.0 + dx, 700.0 + dy));
            assert_eq!(desk.picked(), wanted, "{dx} {dy}");
            assert_eq!(desk.take_choice(), wanted.map(|number| Quick::ALL[number]));
            assert!(!desk.is_turning());
        }
    }

    #[test]
    fn a_stick_chooses_and_comes_back() {
        let mut desk = Desk::default();
        desk.tilt(Vec2::Y);
        assert!(!desk.is_turning(), "a stick opens nothing");
        desk.turn(true);
        for (x, y, wanted) in [(0.2, 0.1, None), (0.0, 1.0, Some(0)), (1.0, 0.0, Some(2)), (0.0, -0.2, Some(2))] {
            desk.tilt(Vec2::new(x, y));
            assert_eq!(desk.picked(), wanted, "{x} {y}");
        }
        assert_eq!(desk.take_choice(), Some(Quick::ALL[2]));
    }

    #[test]
    fn one_thing_at_a_time() {
        let mut desk = Desk::default();
        desk.write();
        desk.turn(false);
        assert!(!desk.is_writing() && desk.is_turning() && !desk.is_held());
        desk.write();
        assert!(desk.is_writing() && !desk.is_turning());
        desk.point(Vec2::new(900.0, 0.0));
        assert_eq!(desk.take_choice(), None);
    }
}
