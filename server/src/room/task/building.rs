//! Making a room, the first one and each that follows on a panic. Invariant: a panic of the core as it is built harms
//! nothing, and another room begins with everybody's slot and score.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    thread,
    time::Duration,
};

use shared::{
    defs::Defs,
    protocol::CloseCode,
    room::{Room, RoomConfig},
};

use super::Task;
use crate::room::{Blueprint, memory::Estate, tape::Tape};

/// A room that cannot be built is tried again so often…
pub(super) const BUILD_TRIES: u32 = 5;
/// …the first time after this, and after twice as long each time.
const BUILD_PAUSE: Duration = Duration::from_millis(100);

impl Task {
    pub(super) fn begin_anew(&mut self) {
        self.restarts += 1;
        tracing::error!(room = %self.blueprint.name, restarts = self.restarts, "the room panicked; another begins with its scores");
        for (_, mut outbox) in std::mem::take(&mut self.outboxes) {
            outbox.close(CloseCode::RoomGone.into());
        }
        self.outputs.clear();
        self.keep_tape();
        self.estate.with(|memory| memory.begin_anew(secret_of(&self.blueprint, self.restarts)));
        self.room = self.build_anew();
        // It begins as one that has all the time it needs.
        self.ladder.reset();
        self.tape = tape(&self.blueprint, self.restarts, &self.estate);
    }

    /// What the room did up to the last tick before it broke.
    fn keep_tape(&mut self) {
        // Unwind safe: the room is thrown away.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            self.room.finish_recording();
            self.record();
        }));
        if let Some(tape) = self.tape.take() {
            tape.keep();
        }
    }

    /// Another room. One that cannot be built is tried again some times, a little later each time, with other seeds and in the
    /// end without what it begins from; then this thread ends, which is seen from outside.
    fn build_anew(&mut self) -> Room {
        let mut pause = BUILD_PAUSE;
        for _ in 0..BUILD_TRIES {
            match self.try_to_build() {
                Ok(room) => return room,
                Err(_) => {
                    tracing::error!(room = %self.blueprint.name, "the room panicked as it was built; it is tried again");
                    thread::sleep(pause);
                    pause *= 2;
                    self.restarts += 1;
                    self.estate.with(|memory| memory.begin_anew(secret_of(&self.blueprint, self.restarts)));
                }
            }
        }
        self.try_to_build().unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn try_to_build(&mut self) -> thread::Result<Room> {
        let now_us = self.now_us();
        #[cfg(test)]
        let flawed = self.flaws > 0;
        #[cfg(test)]
        {
            self.flaws = self.flaws.saturating_sub(1);
        }
        let Task { blueprint, restarts, estate, .. } = self;
        // Unwind safe: nothing that was half built is kept.
        catch_unwind(AssertUnwindSafe(|| {
            #[cfg(test)]
            assert!(!flawed, "asked to, by a test");
            build(blueprint, *restarts, estate, now_us)
        }))
    }
}

/// A room with everybody in it who was in the last one. Another arena after each panic: one that panicked may do it again.
pub(super) fn build(blueprint: &Blueprint, restarts: u32, estate: &Estate, now_us: u64) -> Room {
    // Of one that was taken nothing is left: what is built of it ends at once.
    let (session, save, in_black_box) = estate
        .with(|memory| (memory.session(), memory.save().clone(), memory.black_box().is_some()))
        .unwrap_or_default();
    let config = config_of(blueprint, restarts, session);
    Room::again(RoomConfig { record: config.record || in_black_box, ..config }, &save, now_us)
}

/// What of a blueprint the core hears.
fn config_of(blueprint: &Blueprint, restarts: u32, session: u64) -> RoomConfig {
    RoomConfig {
        name: blueprint.name.clone(),
        id: blueprint.id.to_string(),
        seed: blueprint.seed.wrapping_add(u64::from(restarts)),
        secret: secret_of(blueprint, restarts),
        bots: blueprint.bots,
        bot_skill: blueprint.bot_skill,
        players_max: blueprint.players_max,
        start_points: blueprint.start_points,
        season_ticks: blueprint.season_ticks,
        chat: blueprint.chat,
        bounds: blueprint.bounds,
        snapshot_ticks: blueprint.net.snapshot_ticks(),
        rewind_ms: blueprint.net.max_rewind_ms,
        bytes_per_s: blueprint.net.max_bytes_per_s,
        session: Some(session),
        record: blueprint.record.is_some(),
        defs: Defs::tuned(blueprint.terms, &blueprint.tuning),
        ..RoomConfig::default()
    }
}

/// Seed of the draws of a room's life.
pub(in crate::room) fn secret_of(blueprint: &Blueprint, restarts: u32) -> u64 {
    blueprint.secret.wrapping_add(u64::from(restarts))
}

/// The recording of the room's next life: the one that the host wants, else the one in case it breaks. Without a file the game goes
/// on unrecorded.
pub(super) fn tape(blueprint: &Blueprint, restarts: u32, estate: &Estate) -> Option<Tape> {
    let begun = match &blueprint.record {
        Some(path) => Tape::start(path, restarts),
        None => Tape::of_life(&estate.with(|memory| memory.black_box().cloned()).flatten()?, restarts),
    };
    match begun {
        Ok(tape) => Some(tape),
        Err(error) => {
            tracing::error!(room = %blueprint.name, %error, "the match is not recorded");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{RoomId, Settings};
    use shared::{bot::Skill, defs::Mutator};

    #[test]
    fn what_a_host_sets_reaches_the_core() {
        let settings = "[limits]\nseat_seconds = 90\n[net]\nsnapshot_hz = 20\nmax_rewind_ms = 50\nmax_bytes_per_s = 9000\n[rooms.main]\nmutators = [\"heavy-star\"]\nbot_skill = \"hard\"";
        let config = Settings::of_text(settings).unwrap().into_config().unwrap();
        let told = config_of(&config.rooms[0], 0, 7);
        assert_eq!((told.id, told.bot_skill), (RoomId::main().to_string(), Skill::Hard));
        assert_eq!(told.bounds.seat_s, 90);
        assert_eq!((told.snapshot_ticks, told.rewind_ms, told.bytes_per_s), (3, 50, 9_000));
        assert_eq!(told.defs.tuning.mutators.iter().collect::<Vec<_>>(), [Mutator::HeavyStar]);
    }
}
