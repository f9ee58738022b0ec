//! What the examination and the comparison tell each other: the round trip one has measured, the pictures the other has
//! received. Clones are the same line.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::farewell::Farewell;

/// Pictures of a few seconds. More are not needed.
const ARRIVALS_MAX: usize = 1_024;

#[derive(Debug, Clone, Default)]
pub struct Line(Rc<Known>);

#[derive(Debug, Default)]
struct Known {
    round_trip_ms: Cell<f64>,
    arrivals: RefCell<Vec<f64>>,
    farewell: Cell<Option<Farewell>>,
}

impl Line {
    /// The shortest round trip, ms.
    pub fn measured(&self, ms: f64) {
        self.0.round_trip_ms.set(ms);
    }

    /// The same; 0 before it was measured.
    pub fn round_trip_ms(&self) -> f64 {
        self.0.round_trip_ms.get()
    }

    /// From now on pictures count.
    pub fn begin_watching(&self) {
        self.0.arrivals.borrow_mut().clear();
    }

    /// A picture came.
    pub fn arrived(&self, at_ms: f64) {
        self.0.farewell.set(None);
        let mut arrivals = self.0.arrivals.borrow_mut();
        if arrivals.len() < ARRIVALS_MAX {
            arrivals.push(at_ms);
        }
    }

    /// The connection that pictures come by has ended with this code.
    pub fn ended(&self, code: u16) {
        self.0.farewell.set(Farewell::of(code));
    }

    /// What the server said at its end, until pictures come again; it may have been said before anybody watched.
    pub fn farewell(&self) -> Option<Farewell> {
        self.0.farewell.get()
    }

    /// Pictures a second of `ms`, and the longest time between two, ms; `None` with fewer than two.
    pub fn watched(&self, ms: f64) -> Option<(f64, f64)> {
        let arrivals = self.0.arrivals.borrow();
        let gaps = arrivals.windows(2).map(|pair| pair[1] - pair[0]);
        let longest = gaps.max_by(f64::total_cmp)?;
        Some((arrivals.len() as f64 * 1_000.0 / ms, longest))
    }
}

#[cfg(test)]
mod tests {
    use shared::protocol::CloseCode;

    use super::*;

    #[test]
    fn what_is_watched_begins_when_told() {
        let line = Line::default();
        line.arrived(5.0);
        line.begin_watching();
        assert_eq!(line.watched(1_000.0), None);
        [100.0, 130.0, 230.0].into_iter().for_each(|at| line.clone().arrived(at));
        assert_eq!(line.watched(1_000.0), Some((3.0, 100.0)));
    }

    #[test]
    fn a_farewell_holds_until_pictures_come_again() {
        let line = Line::default();
        line.ended(CloseCode::Full.number());
        line.begin_watching();
        assert_eq!(line.farewell(), Some(Farewell::Full));
        line.ended(1_006);
        assert_eq!(line.farewell(), None, "nobody said anything");
        line.ended(CloseCode::Password.number());
        line.arrived(5.0);
        assert_eq!(line.farewell(), None);
    }
}
