//! Where somebody without a ship looks: at whom the room chose, at whom was asked for, or at a place. Invariant: nobody
//! looks over the shoulder of who is hidden, for the place would give the ship away.

use glam::Vec2;

use crate::{
    defs::Defs,
    ids::PlayerId,
    math,
    protocol::Watch,
    sim::{Death, World},
};

/// A screen or two, u: whom one without a choice watches is rather here.
const NEAR_U: f32 = 1_600.0;

/// Where one looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gaze {
    /// At whom the room thinks best.
    Anybody(Option<PlayerId>),
    /// At whom was asked for; when that ship is gone, at anybody.
    Pilot(PlayerId),
    /// At a place, u.
    Place(Vec2),
}

impl Default for Gaze {
    fn default() -> Self {
        Gaze::Anybody(None)
    }
}

impl Gaze {
    /// Who is watched.
    #[must_use]
    pub fn pilot(self) -> Option<PlayerId> {
        match self {
            Gaze::Anybody(pilot) => pilot,
            Gaze::Pilot(pilot) => Some(pilot),
            Gaze::Place(_) => None,
        }
    }

    /// Does as asked, as far as that is possible. `death` is that of the one who asks.
    pub fn turn(&mut self, wish: Watch, death: Option<Death>, world: &World, defs: &Defs) {
        let wanted = match wish {
            Watch::Pilot(pilot) => Some(pilot),
            Watch::Next => beside(self.pilot(), world, defs, false),
            Watch::Previous => beside(self.pilot(), world, defs, true),
            Watch::Killer => death.and_then(|death| death.killer),
            Watch::Leader => best(world, defs, |_| true),
            Watch::Place(x, y) => {
                let place = Vec2::new(x.into(), y.into());
                *self = Gaze::Place(math::clamp_length(place, world.edge.radius_u()));
                return;
            }
        };
        if let Some(pilot) = wanted.filter(|&pilot| is_seen(pilot, world, defs)) {
            *self = Gaze::Pilot(pilot);
        }
    }

    /// Chooses anew when whoever was watched is gone: the killer first, then the best near `place`, then the best of all.
    pub fn settle(&mut self, death: Option<Death>, place: Vec2, world: &World, defs: &Defs) {
        let there = |pilot| is_seen(pilot, world, defs);
        if matches!(*self, Gaze::Place(_)) || self.pilot().is_some_and(there) {
            return;
        }
        let killer = death.and_then(|death| death.killer).filter(|&killer| there(killer));
        let near = |at: Vec2| at.distance(place) < NEAR_U;
        *self = Gaze::Anybody(killer.or_else(|| best(world, defs, near)).or_else(|| best(world, defs, |_| true)));
    }
}

fn is_seen(pilot: PlayerId, world: &World, defs: &Defs) -> bool {
    world.ship(pilot).is_some_and(|ship| !ship.is_cloaked(defs))
}

/// Who has the most points of those who fly where `is_there` says; the lowest slot of equals.
fn best(world: &World, defs: &Defs, is_there: impl Fn(Vec2) -> bool) -> Option<PlayerId> {
    let seen = world.ships().filter(|ship| !ship.is_cloaked(defs) && is_there(ship.body.pos.to_vec2()));
    let points = |player| world.pilot(player).map_or(0, |pilot| pilot.score);
    seen.map(|ship| ship.id.player).max_by_key(|&player| (points(player), core::cmp::Reverse(player)))
}

/// The next pilot who is seen, in order of slots and round and round.
fn beside(from: Option<PlayerId>, world: &World, defs: &Defs, back: bool) -> Option<PlayerId> {
    let seen = || world.ships().filter(|ship| !ship.is_cloaked(defs)).map(|ship| ship.id.player);
    if back {
        let before = from.and_then(|from| seen().filter(|&player| player < from).max());
        before.or_else(|| seen().max())
    } else {
        let after = from.and_then(|from| seen().filter(|&player| player > from).min());
        after.or_else(|| seen().min())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::ShipClass,
        sim::{Now, Order, step},
    };

    /// Three Wraiths in slots 0, 2 and 5 with 200, 900 and 300 points.
    fn arena() -> (World, Defs) {
        let defs = Defs::standard();
        let mut world = World::new(1, 1, &defs);
        for (slot, points) in [(0, 200), (2, 900), (5, 300)] {
            let player = PlayerId(slot);
            let orders =
                [Order::Enlist { player, bot: false, points }, Order::Launch { player, class: ShipClass::Wraith }];
            step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
        }
        (world, defs)
    }

    fn hide(world: &mut World, slot: u16) {
        let pilot = world.pilot_mut(PlayerId(slot)).expect("enlisted");
        pilot.ship.as_mut().expect("launched").special_left = 1;
    }

    #[test]
    fn one_looks_at_whom_one_asks_for() {
        let (world, defs) = arena();
        let death = Some(Death {
            tick: world.tick,
            pos: crate::quantize::Lattice::default(),
            killer: Some(PlayerId(5)),
            cause: crate::sim::Cause::Ram,
        });
        let mut gaze = Gaze::default();
        for (wish, seen) in [
            (Watch::Next, 0),
            (Watch::Next, 2),
            (Watch::Next, 5),
            (Watch::Next, 0),
            (Watch::Previous, 5),
            (Watch::Previous, 2),
            (Watch::Killer, 5),
            (Watch::Leader, 2),
            (Watch::Pilot(PlayerId(0)), 0),
            (Watch::Pilot(PlayerId(3)), 0),
            (Watch::Pilot(PlayerId(u16::MAX)), 0),
        ] {
            gaze.turn(wish, death, &world, &defs);
            assert_eq!(gaze, Gaze::Pilot(PlayerId(seen)), "{wish:?}");
        }
        gaze.turn(Watch::Place(i16::MAX, i16::MIN), death, &world, &defs);
        let Gaze::Place(place) = gaze else { panic!("{gaze:?}") };
        assert!((place.length() - world.edge.radius_u()).abs() < 1.0, "no farther than the edge: {place}");
        gaze.settle(death, Vec2::ZERO, &world, &defs);
        assert_eq!(gaze, Gaze::Place(place), "a place stays");
        gaze.turn(Watch::Next, death, &world, &defs);
        assert_eq!(gaze, Gaze::Pilot(PlayerId(0)));
    }

    #[test]
    fn nobody_watches_a_cloaked_ship() {
        let (mut world, defs) = arena();
        let (mut gaze, nowhere) = (Gaze::default(), Vec2::splat(1e6));
        gaze.settle(None, nowhere, &world, &defs);
        assert_eq!(gaze.pilot(), Some(PlayerId(2)), "the best");
        hide(&mut world, 2);
        gaze.settle(None, nowhere, &world, &defs);
        assert_eq!(gaze.pilot(), Some(PlayerId(5)), "the best of those who are seen");
        for wish in [Watch::Pilot(PlayerId(2)), Watch::Leader, Watch::Previous, Watch::Next] {
            gaze.turn(wish, None, &world, &defs);
            assert_ne!(gaze.pilot(), Some(PlayerId(2)), "{wish:?}");
        }
        [0, 5].into_iter().for_each(|slot| hide(&mut world, slot));
        gaze.settle(None, nowhere, &world, &defs);
        assert_eq!(gaze, Gaze::Anybody(None));
    }
}
