//! Kinds of messages, for counting bytes by kind. Invariant: every message of the protocol has exactly one kind
//! (the matches are exhaustive), named as the protocol names it. The codec decides what bytes mean, not this file.

use shared::protocol::{ClientMessage, ServerMessage};

/// What the server sends, as the columns of a count.
pub const DOWN: [&str; 12] = [
    "welcome",
    "joined",
    "snapshot",
    "roster",
    "leaderboard",
    "news",
    "chat",
    "fall",
    "round",
    "restarting",
    "notice",
    "tuned",
];
/// What a client sends.
pub const UP: [&str; 11] =
    ["hello", "commands", "play", "relaunch", "set_view", "idle", "need_full", "leave", "say", "watch", "console"];
/// The hello is no [`ClientMessage`].
pub const HELLO: usize = 0;
/// Commands with the acknowledgement.
pub const COMMANDS: usize = 1;
/// A wish for a slot.
pub const PLAY: usize = 2;
/// A wish for a ship.
pub const RELAUNCH: usize = 3;

/// Index into [`DOWN`].
pub fn of_server(message: &ServerMessage) -> usize {
    match message {
        ServerMessage::Welcome(_) => 0,
        ServerMessage::Joined { .. } => 1,
        ServerMessage::Snapshot(_) => 2,
        ServerMessage::Roster(_) => 3,
        ServerMessage::Leaderboard(_) => 4,
        ServerMessage::News(_) => 5,
        ServerMessage::Chat(_) => 6,
        ServerMessage::Fall(_) => 7,
        ServerMessage::Round(_) => 8,
        ServerMessage::Restarting { .. } => 9,
        ServerMessage::Notice(_) => 10,
        ServerMessage::Tuned { .. } => 11,
    }
}

/// Index into [`UP`].
pub fn of_client(message: &ClientMessage) -> usize {
    match message {
        ClientMessage::Commands(_) => COMMANDS,
        ClientMessage::Play { .. } => PLAY,
        ClientMessage::Relaunch { .. } => RELAUNCH,
        ClientMessage::SetView { .. } => 4,
        ClientMessage::Idle(_) => 5,
        ClientMessage::NeedFull => 6,
        ClientMessage::Leave => 7,
        ClientMessage::Say(_) => 8,
        ClientMessage::Watch(_) => 9,
        ClientMessage::Console(_) => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{
        ids::PlayerId,
        protocol::{Leaderboard, News, Roster},
    };

    #[test]
    fn kinds_bear_the_names_of_messages() {
        assert_eq!([UP[HELLO], UP[COMMANDS], UP[PLAY], UP[RELAUNCH]], ["hello", "commands", "play", "relaunch"]);
        assert_eq!(UP[of_client(&ClientMessage::Relaunch { class: Default::default() })], "relaunch");
        assert_eq!(UP[of_client(&ClientMessage::Leave)], "leave");
        assert_eq!(DOWN[of_server(&ServerMessage::Joined { player: PlayerId(1) })], "joined");
        assert_eq!(DOWN[of_server(&ServerMessage::Roster(Roster::default()))], "roster");
        assert_eq!(DOWN[of_server(&ServerMessage::Leaderboard(Leaderboard::default()))], "leaderboard");
        assert_eq!(DOWN[of_server(&ServerMessage::News(News::default()))], "news");
    }
}
