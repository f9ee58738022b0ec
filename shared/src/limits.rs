//! Every maximum, in one place, with the relations between them asserted at compile time. Full always means a
//! decided thing: drop, replace, skip or disconnect (each constant says which).

/// Pilots in one room, bots included. Full: join refused with close code 4004.
pub const PLAYERS_MAX: usize = 2_048;
/// Bits of a [`crate::ids::PlayerId`] on the wire: a slot, and whether it is a decoy.
pub const PLAYER_BITS: u32 = 12;
/// Shots alive in one room. Full: a new shot fizzles at the muzzle.
pub const SHOTS_MAX: usize = 16_384;
/// Loose rocks in one room. Full: a breaking rock leaves ore but no fragments.
pub const ROCKS_MAX: usize = 1_024;
/// Decoys in one room. Full: the oldest is gone.
pub const DECOYS_MAX: usize = 16;
/// Loose rocks on tow lines in one room: each is told anew to whoever sees it, in every snapshot. Full: the line lets go.
pub const TOWED_ROCKS_MAX: usize = 24;
/// Pickups in one room. Full: the oldest vanishes.
pub const PICKUPS_MAX: usize = 2_048;
/// Belt slots in one room.
pub const BELT_SLOTS_MAX: usize = 512;
/// Events kept for one client between two snapshots. Full: the newest cosmetic ones are dropped.
pub const EVENTS_PENDING_MAX: usize = 128;
/// Snapshots one client has not acknowledged. Full: the line is stuck, no more are sent.
pub const SNAPSHOTS_UNACKED_MAX: usize = 512;
/// Kills and own hits kept for one pilot, also while its line is cut. Full: the oldest is lost.
pub const DEEDS_KEPT: usize = 128;
/// Kills and own hits in one message. More: the rest goes with the next snapshot.
pub const DEEDS_PER_NEWS_MAX: usize = 32;

/// One entry of a journal, bytes. Longer ones are damage.
pub const STORED_BYTES_MAX: usize = 4_096;
/// Records of what must outlive a room that wait for its shell, which takes them after each call. Full: the oldest is lost.
pub const RECORDS_MAX: usize = 4 * PLAYERS_MAX;

/// Ticks a client's commands may be ahead of the room. Further ahead: the command is dropped and counted.
pub const COMMANDS_AHEAD_MAX: i32 = 32;
/// Commands in one batch. More: protocol error, close 4002.
pub const COMMANDS_PER_BATCH_MAX: usize = 16;
/// Ticks without a command for which the last one is repeated (250 ms); then neutral.
pub const COMMAND_REPEAT_TICKS: u32 = 15;
/// Ticks of history kept as delta baselines: a little over a second, so that a hidden tab's one snapshot a second is
/// still a delta. A client whose last snapshot is older gets everything anew.
pub const HISTORY_TICKS: usize = 64;

/// One message from a client, bytes. Longer: the socket is closed.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 4_096;
/// The first message of a client, bytes. Longer: close 4002.
pub const HELLO_BYTES_MAX: usize = 256;
/// The password of a room, bytes. Longer: close 4002.
pub const PASSWORD_BYTES_MAX: usize = 128;
/// One message from a server, bytes. A client refuses longer ones.
pub const SERVER_MESSAGE_BYTES_MAX: usize = 65_536;
/// One snapshot message: it must fit one TCP segment (measured: two segments per message triple the time without fresh
/// news at 80 ms and 1 % loss). What does not fit goes into further messages of the same tick, nearest things first…
pub const SNAPSHOT_BYTES_MAX: usize = 1_200;
/// …of which there are at most so many, and only while the client's byte budget lasts. The rest waits for its next turn.
pub const SNAPSHOT_PARTS_MAX: usize = 4;

/// Half a side of the square of the arena that who asks over HTTP is shown, u: as much as a screen may show.
pub const PANORAMA_HALF_U: u16 = 670;
const _: () = assert!((PANORAMA_HALF_U as f32) * (PANORAMA_HALF_U as f32) <= VIEW_HALF_AREA_MAX);
/// Ships, shots or rocks, each, in one answer to who asks for the arena over HTTP. More: left out.
pub const PANORAMA_THINGS_MAX: usize = 2_048;

/// Characters in a name after cleaning.
pub const NAME_CHARS_MAX: usize = 16;
/// Bytes in a name after cleaning.
pub const NAME_BYTES_MAX: usize = 48;
/// Characters of a line of chat after cleaning. Longer: cut.
pub const CHAT_CHARS_MAX: usize = 120;
/// Bytes of a line of chat after cleaning. Longer: cut.
pub const CHAT_BYTES_MAX: usize = 4 * CHAT_CHARS_MAX;
/// Lines that one connection may say at once…
pub const CHAT_BURST: u32 = 5;
/// …and ticks for one more. Faster: dropped, and the speaker is told so once until a line passes again.
pub const CHAT_TICKS: u32 = 2 * crate::tick::TICK_HZ;
/// Lines that one room repeats at once, whoever says them…
pub const CHAT_ROOM_BURST: u32 = 16;
/// …and ticks for one more: what one connection hears is bounded, however many speak. Faster: as for one connection.
pub const CHAT_ROOM_TICKS: u32 = crate::tick::TICK_HZ / 8;
/// Lines of chat that a room tells who comes, and in one message. More: the oldest are left out.
pub const CHAT_LINES_MAX: usize = 8;
/// Lines of chat that a room remembers, for who reports somebody. Full: the oldest is forgotten.
pub const CHAT_KEPT_MAX: usize = 10;
/// Messages of chat that a client keeps until it looks. Full: the oldest is lost.
pub const CHAT_UNREAD_MAX: usize = 32;

/// A line for the console, bytes. Longer: protocol error, close 4002.
pub const CONSOLE_BYTES_MAX: usize = 200;
/// What those who run the server say at once, bytes. Longer: cut.
pub const NOTICE_BYTES_MAX: usize = 4_096;
/// Lines of it. More: cut.
pub const NOTICE_LINES_MAX: usize = 100;
/// Notices that a client keeps until it looks. Full: the oldest is lost.
pub const NOTICES_UNREAD_MAX: usize = 16;
/// Bytes of a reason in a close frame, which holds 123 beside its code. Longer: cut.
pub const REASON_BYTES_MAX: usize = 100;
/// Ticks from the news of other numbers to the tick from which they hold: more than any client is ahead.
pub const TUNE_TICKS: i32 = 2 * crate::tick::TICK_HZ as i32;
/// Such news that a client keeps until it hears of a later tick. More: the connection is closed.
pub const TUNINGS_AHEAD_MAX: usize = 8;

/// Attackers named after a death; what the others did is left out, least first.
pub const RECAP_SHARES: usize = 4;

/// Rows of the leaderboard that are sent, besides the reader's own.
pub const LEADERBOARD_ROWS: usize = 10;
/// The best of a season who are named at its end.
pub const PODIUM_STEPS: usize = 3;
/// Ships that are on everyone's map at once, besides the leader's. More: those of lower slots.
pub const GIANTS_MAX: usize = 8;
/// Ships of the own team that are told of to each reader. More: those of lower slots.
pub const MATES_MAX: usize = 32;
/// The longest season, minutes.
pub const SEASON_MINUTES_MAX: u32 = 24 * 60;

/// Half extents of the view a client may ask for, u. Larger requests are clamped; the area cap keeps a very wide
/// window from being a spyglass.
pub const VIEW_HALF_MAX: (f32, f32) = (1_100.0, 1_100.0);
/// Largest half-width × half-height of a view, u² (1600×900 u is 800 × 450; a quarter more is allowed).
pub const VIEW_HALF_AREA_MAX: f32 = 800.0 * 450.0 * 1.25;

const _: () = assert!(PLAYERS_MAX <= 1 << (PLAYER_BITS - 1));
const _: () = assert!(HISTORY_TICKS.is_power_of_two());
const _: () = assert!(SHOTS_MAX <= 1 << 16 && PLAYERS_MAX <= 1 << 16, "grids number their points in 16 bits");
const _: () = assert!(COMMAND_REPEAT_TICKS < COMMANDS_AHEAD_MAX as u32);
const _: () = assert!(TUNE_TICKS > 2 * COMMANDS_AHEAD_MAX);
const _: () = assert!(CHAT_LINES_MAX <= CHAT_KEPT_MAX);
const _: () = assert!(NOTICE_BYTES_MAX < SERVER_MESSAGE_BYTES_MAX);
const _: () = assert!(HELLO_BYTES_MAX <= CLIENT_MESSAGE_BYTES_MAX);
const _: () = assert!(PASSWORD_BYTES_MAX + 64 <= HELLO_BYTES_MAX, "a hello with a password fits");
const _: () = assert!(SNAPSHOT_BYTES_MAX * SNAPSHOT_PARTS_MAX <= SERVER_MESSAGE_BYTES_MAX);
