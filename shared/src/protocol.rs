//! The wire: messages, their codec, and the packed body of a snapshot.
//!
//! Invariant: only types made for the wire serialise; the world converts to them. `codec` is the only file that
//! names bincode. A byte from the network can produce an error, never a panic and never a large allocation.

pub mod bits;
pub mod body;
pub mod chat;
pub mod close;
pub mod codec;
pub mod entity_state;
pub mod known;
mod list;
pub mod messages;
pub mod motion;
pub mod notice;
pub mod owner_state;
pub mod panorama;
pub mod reckon;
pub mod schema;
pub mod season;
pub mod sent;
pub mod steering;
pub mod watch;

pub use chat::{Chat, ChatLine, ChatMode, Quick, Words};
pub use close::CloseCode;
pub use codec::{DecodeError, OpeningError};
pub use messages::{
    ClientMessage, CommandBatch, ConsoleLine, Deed, Hello, LaneKey, Leader, Leaderboard, News, Opening, Password,
    ProfileToken, Resume, ResumeToken, Roster, RosterEntry, RoundNews, ScoreRow, ServerMessage, Snapshot,
    SnapshotFlags, Welcome,
};
pub use notice::{Notice, NoticeKind, NoticeText};
pub use schema::{proto_hash, rules_hash};
pub use season::{OwnSeason, PodiumPlace, SeasonEnd};
pub use sent::{Edges, Seen, SentCommand};
pub use watch::{Fall, Watch};
