//! The last half second as others saw it: the truth of every ship at every recent tick, for deltas, and what
//! happened in each, for sparks.

use crate::{
    defs::Defs,
    ids::PlayerId,
    limits::HISTORY_TICKS,
    protocol::entity_state::PublicShip,
    sim::{Edge, Event, World},
    tick::Tick,
};

/// One tick.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// Which.
    pub tick: Tick,
    /// The edge then.
    pub edge: Edge,
    /// Ships by slot.
    pub ships: Vec<Option<PublicShip>>,
    /// What happened in it.
    pub events: Vec<Event>,
}

/// The last [`HISTORY_TICKS`] ticks.
#[derive(Debug, Clone)]
pub struct History {
    moments: Vec<Moment>,
}

impl Default for History {
    fn default() -> History {
        History { moments: vec![Moment::default(); HISTORY_TICKS] }
    }
}

impl History {
    /// Remembers `world` as it is, and the events of the step that made it.
    pub fn record(&mut self, world: &World, defs: &Defs, events: &mut Vec<Event>) {
        let moment = &mut self.moments[world.tick.0 as usize % HISTORY_TICKS];
        moment.tick = world.tick;
        moment.edge = world.edge;
        moment.ships.clear();
        moment
            .ships
            .extend(world.pilots.iter().map(|pilot| Some(PublicShip::of(pilot.as_ref()?.ship.as_ref()?, defs))));
        std::mem::swap(&mut moment.events, events);
        events.clear();
    }

    /// The moment at `tick`, if remembered.
    #[must_use]
    pub fn at(&self, tick: Tick) -> Option<&Moment> {
        Some(&self.moments[tick.0 as usize % HISTORY_TICKS]).filter(|moment| moment.tick == tick)
    }

    /// A ship at `tick`.
    #[must_use]
    pub fn ship(&self, player: PlayerId, tick: Tick) -> Option<&PublicShip> {
        self.at(tick)?.ships.get(player.index())?.as_ref()
    }

    /// The same life of a ship at each tick after `from` up to `to`, oldest first, if all are remembered.
    pub fn path(&self, base: &PublicShip, from: Tick, to: Tick, path: &mut Vec<PublicShip>) -> bool {
        path.clear();
        let ticks = to.since(from);
        if !(1..HISTORY_TICKS as i32).contains(&ticks) {
            return false;
        }
        for i in 1..=ticks {
            match self.ship(base.id.player, from.plus(i)) {
                Some(ship) if ship.id == base.id => path.push(*ship),
                _ => return false,
            }
        }
        true
    }

    /// Everything that happened after `from` up to `to`, as far as it is remembered.
    pub fn events_since(&self, from: Tick, to: Tick) -> impl Iterator<Item = &Event> {
        let ticks = to.since(from).clamp(0, HISTORY_TICKS as i32 - 1);
        (0..ticks).rev().filter_map(move |i| self.at(to.plus(-i))).flat_map(|moment| &moment.events)
    }
}
