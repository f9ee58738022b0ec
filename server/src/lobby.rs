//! The directory of rooms: who comes gets a room. Invariant: the lobby holds handles, never a room's state; what it
//! knows of a room is the report the room publishes. For now there is one public room; private ones are not here.

use crate::room::{Blueprint, Keeping, RoomHandle};

/// The rooms of this process.
#[derive(Debug)]
pub struct Lobby {
    rooms: Vec<RoomHandle>,
}

impl Lobby {
    /// Opens the public room.
    ///
    /// # Errors
    /// No thread for it.
    pub fn open(blueprint: Blueprint, keeping: Option<Keeping>) -> std::io::Result<Lobby> {
        Ok(Lobby { rooms: vec![RoomHandle::open(blueprint, keeping)?] })
    }

    /// Whether anybody plays.
    #[must_use]
    pub fn is_played(&self) -> bool {
        self.rooms.iter().any(RoomHandle::is_played)
    }

    /// Tells everybody that the server goes down in `seconds`.
    pub async fn announce_restart(&self, seconds: u16) {
        for room in &self.rooms {
            room.announce_restart(seconds).await;
        }
    }

    /// The room for whoever comes: the fullest of humans that has a place, so that few people are not spread thin.
    /// With none free, the first: one can watch there, and is told when asking to play.
    #[must_use]
    pub fn place(&self) -> &RoomHandle {
        let listings = self.rooms.iter().map(|room| {
            let status = room.report().status;
            Listing { humans: status.humans, players_max: room.blueprint().players_max }
        });
        &self.rooms[fullest_with_a_place(listings).unwrap_or(0)]
    }

    /// Whether every room lives.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.rooms.iter().all(RoomHandle::is_alive)
    }

    /// Asks every room to end and waits until they have.
    pub async fn close(&self) {
        for room in &self.rooms {
            room.close().await;
        }
    }
}

struct Listing {
    humans: u16,
    players_max: u16,
}

/// Bots make way for people, so only people fill a room.
fn fullest_with_a_place(listings: impl Iterator<Item = Listing>) -> Option<usize> {
    listings
        .enumerate()
        .filter(|(_, listing)| listing.humans < listing.players_max)
        // The first of equals: `max_by_key` would give the last.
        .reduce(|best, next| if next.1.humans > best.1.humans { next } else { best })
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_meet_in_the_fullest_room_with_a_place() {
        for (humans, chosen) in
            [(vec![0, 0], Some(0)), (vec![3, 9, 5], Some(1)), (vec![10, 2, 9], Some(2)), (vec![10, 10], None)]
        {
            let listings = humans.iter().map(|&humans| Listing { humans, players_max: 10 });
            assert_eq!(fullest_with_a_place(listings), chosen, "{humans:?}");
        }
    }
}
