//! What a reload makes of the public rooms. Invariant: nobody who plays is thrown out of a room that the settings still name.

use shared::defs::Tuning;

use super::App;
use crate::{
    clock::now_s,
    config::{RoomId, RoomSettings},
    room::Blueprint,
};

impl App {
    /// Takes up rooms that came or went, and what of the others can change while they run; gives those that are built anew once
    /// nobody plays there.
    pub(super) fn take_up_rooms(&self, rooms: &[(RoomId, RoomSettings)], physics: Tuning) -> Vec<RoomId> {
        let (mut plan, mut waiting) = (Vec::new(), Vec::new());
        for (id, wished) in rooms {
            let now = self.lobby.find_public(id.as_str()).map(|room| room.blueprint());
            // Without a wish for a seed it keeps the arena that it has.
            let seed = wished.seed.or(now.as_ref().map(|now| now.seed));
            let next = match self.blueprint(id, &RoomSettings { seed, ..wished.clone() }, physics) {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(%error, "no randomness for the rooms: they stay as they are; reload again");
                    return Vec::new();
                }
            };
            plan.push(next);
        }
        // First what is wished: a room that opens at this moment is looked at again after it has.
        self.lobby.arrange(plan.clone());
        for (next, (id, wished)) in plan.iter().zip(rooms) {
            let Some(room) = self.lobby.find_public(id.as_str()) else { continue };
            let now = room.blueprint();
            // What is built anew keeps its numbers and its name until then; the password is a host's alone.
            let stays = now.is_built_like(next);
            let like = if stays { next } else { &*now };
            room.follow(&Blueprint { password: wished.password.clone(), chat: wished.chat, ..like.clone() });
            if !stays {
                waiting.push(id.clone());
            }
        }
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
}
