//! The arena as anybody may see it, whole in one message: what `GET /arena` answers, for whoever asks again and again
//! instead of being told. Invariant: it refers to nothing told before, and holds nothing that who only looks may not see.

use serde::{Deserialize, Serialize};

use crate::{defs::ShipClass, ids::PlayerId, limits::PANORAMA_THINGS_MAX, quantize::Angle, tick::Tick};

/// A place, u.
pub type Spot = (i16, i16);

/// What there is at the end of a tick.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Panorama {
    /// The tick.
    pub tick: Tick,
    /// Radius of the star, u.
    pub star_u: u16,
    /// Radius of its burning ring, u.
    pub ring_u: u16,
    /// Radius of the arena, u.
    pub edge_u: u16,
    /// Ships, but for cloaked ones.
    #[serde(deserialize_with = "super::list::growing")]
    pub ships: Vec<ShipSpot>,
    /// Shots.
    #[serde(deserialize_with = "super::list::growing")]
    pub shots: Vec<Spot>,
    /// Planets, then rocks.
    #[serde(deserialize_with = "super::list::growing")]
    pub rocks: Vec<RockSpot>,
    /// How many of those are planets. For who has the panorama in the same process; not in the message.
    #[serde(skip)]
    pub planets: u8,
}

/// A ship in a [`Panorama`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipSpot {
    /// Where.
    pub at: Spot,
    /// Where its nose points.
    pub heading: Angle,
    /// Its class.
    pub class: ShipClass,
    /// Whose. For who has the panorama in the same process; not in the message.
    #[serde(skip)]
    pub pilot: PlayerId,
}

/// A rock or a planet in a [`Panorama`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RockSpot {
    /// Where.
    pub at: Spot,
    /// Its radius, u.
    pub radius_u: u8,
}

impl Panorama {
    /// What of it lies in the square of `half` to all sides of `centre`, both u, and no more of each kind than a message holds.
    #[must_use]
    pub fn around(&self, centre: Spot, half: u16) -> Panorama {
        let near = |a: i16, b: i16, grow: u8| a.abs_diff(b) <= half.saturating_add(grow.into());
        let inside = |at: Spot, grow: u8| near(at.0, centre.0, grow) && near(at.1, centre.1, grow);
        Panorama {
            ships: first(self.ships.iter().filter(|ship| inside(ship.at, 0))),
            shots: first(self.shots.iter().filter(|&&shot| inside(shot, 0))),
            rocks: first(self.rocks.iter().filter(|rock| inside(rock.at, rock.radius_u))),
            // Some of them may be left out.
            planets: 0,
            ..*self
        }
    }

    /// What is beyond a limit, if anything.
    #[must_use]
    pub fn beyond(&self) -> Option<&'static str> {
        let lengths = [(self.ships.len(), "ships"), (self.shots.len(), "shots"), (self.rocks.len(), "rocks")];
        lengths.into_iter().find(|&(length, _)| length > PANORAMA_THINGS_MAX).map(|(_, field)| field)
    }
}

fn first<'a, T: Copy + 'a>(things: impl Iterator<Item = &'a T>) -> Vec<T> {
    things.take(PANORAMA_THINGS_MAX).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codec::{decode_panorama, encode_panorama};

    fn panorama() -> Panorama {
        let ship =
            |x, y| ShipSpot { at: (x, y), heading: Angle(7), class: ShipClass::Wraith, pilot: PlayerId::default() };
        Panorama {
            tick: Tick(u32::MAX),
            star_u: 92,
            ring_u: 260,
            edge_u: 4_000,
            ships: vec![ship(0, 0), ship(500, -500), ship(501, 0), ship(i16::MIN, i16::MAX)],
            shots: vec![(10, 10), (-600, 0)],
            rocks: vec![RockSpot { at: (560, 0), radius_u: 60 }, RockSpot { at: (561, 0), radius_u: 60 }],
            planets: 0,
        }
    }

    #[test]
    fn what_is_near_is_kept_and_a_rock_as_far_as_its_rim() {
        let near = panorama().around((0, 0), 500);
        assert_eq!((near.ships.len(), near.shots.len(), near.rocks.len()), (2, 1, 1));
        assert_eq!((near.tick, near.edge_u), (Tick(u32::MAX), 4_000));
        let corner = panorama().around((i16::MIN, i16::MAX), 1);
        assert_eq!((corner.ships.len(), corner.shots.len(), corner.rocks.len()), (1, 0, 0));
    }

    #[test]
    fn a_crowd_fits_one_message() {
        let mut crowd = panorama();
        crowd.shots = vec![(i16::MIN, i16::MAX); 3 * PANORAMA_THINGS_MAX];
        crowd.ships = vec![crowd.ships[3]; 3 * PANORAMA_THINGS_MAX];
        crowd.rocks = vec![RockSpot { at: (i16::MIN, i16::MAX), radius_u: 255 }; 3 * PANORAMA_THINGS_MAX];
        assert_eq!(crowd.beyond(), Some("ships"));
        let all = crowd.around((0, 0), u16::MAX);
        assert_eq!((all.beyond(), all.ships.len()), (None, PANORAMA_THINGS_MAX));
        assert_eq!(decode_panorama(&encode_panorama(&all)), Ok(all));
    }

    #[test]
    fn a_message_comes_back_as_it_was_and_half_of_one_is_an_error() {
        let bytes = encode_panorama(&panorama());
        assert_eq!(decode_panorama(&bytes), Ok(panorama()));
        for cut in 0..bytes.len() {
            assert!(decode_panorama(&bytes[..cut]).is_err(), "{cut}");
        }
    }
}
