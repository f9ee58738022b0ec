//! What a room shows to everybody, also to who is not connected. Invariant: the same rule as for who only looks: no
//! cloaked ship, wherever it is.

use glam::Vec2;

use super::Room;
use crate::protocol::panorama::{Panorama, RockSpot, ShipSpot, Spot};

impl Room {
    /// The whole arena as it is now.
    #[must_use]
    pub fn panorama(&self) -> Panorama {
        let (world, defs) = (&self.world, &self.config.defs);
        let seen = world.ships().filter(|ship| !ship.is_cloaked(defs));
        let ships = seen.map(|ship| ShipSpot {
            at: spot(ship.body.pos.to_vec2()),
            heading: ship.body.heading,
            class: ship.class,
            pilot: ship.id.player,
        });
        Panorama {
            tick: world.tick,
            star_u: defs.arena.star.radius as u16,
            ring_u: defs.arena.star.ring_radius as u16,
            edge_u: world.edge.radius_u() as u16,
            ships: ships.collect(),
            shots: world.shots.iter().map(|shot| spot(shot.pos.to_vec2())).collect(),
            rocks: self.rocks().collect(),
            planets: world.layout.planets.len() as u8,
        }
    }

    fn rocks(&self) -> impl Iterator<Item = RockSpot> {
        let (world, layout) = (&self.world, &self.world.layout);
        let rock = |at: Vec2, radius: f32| RockSpot { at: spot(at), radius_u: radius as u8 };
        let planets = &self.config.defs.arena.planets[..layout.planets.len()];
        let planets = planets.iter().enumerate();
        let planets = planets.map(move |(index, def)| rock(layout.planet(index, world.tick, 0.0), def.radius));
        let belt = world.belt.iter().enumerate().filter(|(_, rock)| rock.regrow.is_none());
        let belt =
            belt.map(move |(slot, _)| rock(layout.rock(slot, world.tick, 0.0), layout.slots[slot].size.def().radius));
        let loose = world.rocks.iter().map(move |loose| rock(loose.pos.to_vec2(), loose.size.def().radius));
        planets.chain(belt).chain(loose)
    }
}

/// The casts of numbers beyond the range keep to its end.
fn spot(at: Vec2) -> Spot {
    (at.x.round() as i16, at.y.round() as i16)
}

#[cfg(test)]
mod tests {
    use crate::{
        defs::ShipClass,
        ids::PlayerId,
        room::{Room, RoomConfig},
        sim::{Now, Order, step},
    };

    #[test]
    fn everything_is_there_but_what_a_cloak_hides() {
        let mut room = Room::new(RoomConfig { bots: 0, ..RoomConfig::default() });
        for slot in [0, 3] {
            let player = PlayerId(slot);
            let orders = [
                Order::Enlist { player, bot: false, points: 10_000 },
                Order::Launch { player, class: ShipClass::Wraith },
            ];
            step(&mut room.world, &orders, &[], &room.config.defs, &Now, &mut Vec::new());
        }
        let open = room.panorama();
        assert_eq!((open.ships.len(), open.tick, open.star_u, open.ring_u), (2, room.world.tick, 92, 260));
        let planets_and_belts = room.world.layout.planets.len() + room.world.belt.len();
        assert!(open.rocks.len() >= planets_and_belts && planets_and_belts > 50, "{}", open.rocks.len());
        let at = room.world.ship(PlayerId(3)).expect("launched").body.pos.to_vec2();
        assert!(
            (f32::from(open.ships[1].at.0) - at.x).abs() <= 0.5 && (f32::from(open.ships[1].at.1) - at.y).abs() <= 0.5
        );
        room.world.pilot_mut(PlayerId(0)).and_then(|pilot| pilot.ship.as_mut()).expect("launched").special_left = 1;
        assert_eq!(room.panorama().ships, open.ships[1..], "the cloaked one is gone");
    }
}
