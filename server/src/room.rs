//! A room's shell: a thread that owns a `shared::room::Room` and ticks it, a handle that speaks to it, and one
//! outbox per connection that it speaks through.
//!
//! Invariant: the room's state is touched by its own thread only. In go events through one bounded mailbox, out
//! go bytes through bounded outboxes and a published report. No lock is waited for in a tick.

use std::path::PathBuf;

use shared::{
    bot::Skill,
    defs::{Terms, Tuning},
    protocol::ChatMode,
    room::RoomBounds,
};

use crate::config::{NetSettings, RoomId};

mod black_box;
mod handle;
mod ladder;
mod memory;
mod numbers;
mod outbox;
mod outlook;
mod tape;
mod task;
mod tick_times;

pub use black_box::{BlackBox, sweep};
pub use handle::{Arrival, RoomHandle, RoomReport, Seat, Voice};
pub use memory::Keeping;
pub use numbers::{Choice, Numbers};
pub use outbox::{Goodbye, Inbox, Outbox, Waiting, pair as outbox_pair};
pub use outlook::Outlook;
pub use tick_times::{TickFigures, TickHistogram};

/// What a room is made from, again after a panic.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// What its address is made of.
    pub id: RoomId,
    /// Name, shown to players.
    pub name: String,
    /// Seed of the arena.
    pub seed: u64,
    /// Seed of every draw; told to nobody.
    pub secret: u64,
    /// Bots fill the room up to this many pilots.
    pub bots: u16,
    /// How well they fly.
    pub bot_skill: Skill,
    /// People who may play at once.
    pub players_max: u16,
    /// Points that every pilot begins with.
    pub start_points: u32,
    /// Ticks of a season; 0: scores last.
    pub season_ticks: u32,
    /// What people may say.
    pub chat: ChatMode,
    /// Asked of who wants in.
    pub password: Option<String>,
    /// What is played.
    pub terms: Terms,
    /// What of its numbers is not as usual…
    pub tuning: Tuning,
    /// How patient it is.
    pub bounds: RoomBounds,
    /// …and what the settings say of them, for when the week or the settings change.
    pub numbers: Numbers,
    /// How much it sends, and how far back it looks.
    pub net: NetSettings,
    /// Where to record the match, if anywhere.
    pub record: Option<PathBuf>,
}

impl Blueprint {
    /// Whether a room that was built by this one can go on as the other: what differs can change while it runs.
    #[must_use]
    pub fn is_built_like(&self, other: &Blueprint) -> bool {
        let built = |blueprint: &Blueprint| {
            let Blueprint { terms, seed, bot_skill, start_points, season_ticks, .. } = blueprint;
            (*terms, *seed, *bot_skill, *start_points, *season_ticks)
        };
        built(self) == built(other)
    }
}
