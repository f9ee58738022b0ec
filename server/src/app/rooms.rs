//! What a reload makes of the public rooms. Invariant: nobody who plays is thrown out of a room that the settings still name.

use shared::defs::Tuning;

use super::App;
use crate::{
    clock::now_s,
    config::{RoomId, RoomSettings},
    lobby::Wish,
    room::{Blueprint, RoomHandle},
};

impl App {
    /// Takes up rooms that came or went, and what of the others can change while they run; gives those that are built anew once
    /// nobody plays there.
    pub(super) fn take_up_rooms(&self, rooms: &[(RoomId, RoomSettings)], physics: Tuning) -> Vec<RoomId> {
        let (mut new, mut rebuilt) = (Vec::new(), Vec::new());
        for (id, wished) in rooms {
            let room = self.lobby.find_public(id.as_str());
            let now = room.as_ref().map(|room| room.blueprint());
            // Without a wish for a seed it keeps the arena that it has.
            let seed = wished.seed.or(now.as_ref().map(|now| now.seed));
            let blueprint = match self.blueprint(id, &RoomSettings { seed, ..wished.clone() }, physics) {
                Ok(blueprint) => blueprint,
                Err(error) => {
                    tracing::error!(room = id.as_str(), %error, "no randomness for the room; reload again");
                    continue;
                }
            };
            let (Some(room), Some(now)) = (room, now) else {
                new.push(self.wish(blueprint, rooms.len()));
                continue;
            };
            if now.is_built_like(&blueprint) {
                change(&room, (blueprint.bots, blueprint.players_max, blueprint.name), wished);
            } else {
                // Until then its numbers and its name stay with what is played; the password is a host's alone.
                change(&room, (now.bots, now.players_max, now.name.clone()), wished);
                rebuilt.push(self.wish(blueprint, rooms.len()));
            }
        }
        let order: Vec<RoomId> = rooms.iter().map(|(id, _)| id.clone()).collect();
        let waiting = rebuilt.iter().map(|wish| wish.blueprint.id.clone()).collect();
        self.lobby.arrange(&order, new);
        self.lobby.rebuild_when_vacant(rebuilt);
        let of = |id: &RoomId| rooms.iter().find(|(known, _)| known == id).map(|(_, room)| room.mutators.clone());
        self.lobby.retune(physics, of, now_s());
        self.staff.put_tunings_in_force();
        waiting
    }

    /// As the settings say, and for the rest as the server was started.
    fn blueprint(&self, id: &RoomId, wished: &RoomSettings, physics: Tuning) -> Result<Blueprint, getrandom::Error> {
        let first = self.lobby.public()[0].blueprint();
        Ok(Blueprint { net: first.net.clone(), bounds: first.bounds, ..wished.blueprint(id.clone(), physics)? })
    }

    fn wish(&self, blueprint: Blueprint, rooms: usize) -> Wish {
        Wish { keeping: self.archive.keeping(&blueprint.id, rooms), blueprint }
    }
}

/// What changes while people play.
fn change(room: &RoomHandle, (bots, players_max, name): (u16, u16, String), wished: &RoomSettings) {
    let resized = room.resize(bots, players_max, wished.password.clone());
    if !resized || !room.introduce(name, wished.chat) {
        let room = room.blueprint();
        tracing::warn!(room = room.id.as_str(), "the room is too busy to hear of its new settings; reload again");
    }
}
