//! WebSocket close codes of the game. Invariant: each code has one meaning and one thing the client does next.

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// The server is going down for a moment (RFC 6455 "service restart"). Come back.
    Restart = 1012,
    /// You asked to leave.
    Bye = 4000,
    /// Another version is running here. Reload the page once.
    Version = 4001,
    /// A message made no sense. Reconnect; if it happens again, it is a bug.
    Protocol = 4002,
    /// No room. Ask the player before trying again.
    Full = 4004,
    /// Too many messages.
    Rate = 4005,
    /// The same player connected elsewhere. Do not fight over it.
    Replaced = 4007,
    /// The connection could not keep up, or went silent. Reconnect.
    TooSlow = 4008,
    /// The room is gone. Join another.
    RoomGone = 4009,
    /// The server is draining. Come back after a moment.
    Draining = 4010,
    /// A second lane without the connection that it belongs to: the key is wrong, or its connection has ended.
    NoLane = 4011,
    /// No room has this id or code. Ask the player.
    NoRoom = 4012,
    /// The room asks for a password, and this was not it. Ask the player.
    Password = 4013,
    /// Somebody removed you from the game. The frame may say why. Do not come back by yourself.
    Kicked = 4014,
    /// Not welcome. The frame may say why, and until when.
    Banned = 4015,
    /// Nobody new is let in for now; who was here may come back. The frame may say why.
    Locked = 4016,
}

impl CloseCode {
    /// Every code.
    pub const ALL: [CloseCode; 16] = [
        CloseCode::Restart,
        CloseCode::Bye,
        CloseCode::Version,
        CloseCode::Protocol,
        CloseCode::Full,
        CloseCode::Rate,
        CloseCode::Replaced,
        CloseCode::TooSlow,
        CloseCode::RoomGone,
        CloseCode::Draining,
        CloseCode::NoLane,
        CloseCode::NoRoom,
        CloseCode::Password,
        CloseCode::Kicked,
        CloseCode::Banned,
        CloseCode::Locked,
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        self as u16
    }

    /// The code with this number, if it is one of ours.
    #[must_use]
    pub fn from_number(number: u16) -> Option<CloseCode> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// One short sentence for the close frame and for the player.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            CloseCode::Restart => "the server is restarting",
            CloseCode::Bye => "goodbye",
            CloseCode::Version => "another version of the game runs here: reload the page",
            CloseCode::Protocol => "the server did not understand a message",
            CloseCode::Kicked => "you were removed from the game",
            CloseCode::Full => "the server is full",
            CloseCode::Rate => "too many messages",
            CloseCode::Banned => "you are not welcome here",
            CloseCode::Replaced => "you connected from another place",
            CloseCode::TooSlow => "the connection could not keep up",
            CloseCode::RoomGone => "the room is gone",
            CloseCode::Draining => "the server is closing",
            CloseCode::NoLane => "there is no connection for this lane",
            CloseCode::NoRoom => "there is no such room, or no longer",
            CloseCode::Password => "this room asks for a password",
            CloseCode::Locked => "nobody new is let in at the moment",
        }
    }

    /// Whether a client should come back by itself.
    #[must_use]
    pub fn reconnects(self) -> bool {
        match self {
            CloseCode::Restart
            | CloseCode::Protocol
            | CloseCode::Rate
            | CloseCode::TooSlow
            | CloseCode::RoomGone
            | CloseCode::Draining => true,
            CloseCode::Bye
            | CloseCode::Version
            | CloseCode::Kicked
            | CloseCode::Full
            | CloseCode::Banned
            | CloseCode::Replaced
            | CloseCode::NoLane
            | CloseCode::NoRoom
            | CloseCode::Password
            | CloseCode::Locked => false,
        }
    }
}
