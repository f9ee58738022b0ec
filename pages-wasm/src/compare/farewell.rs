//! What the server said when it ended the connection that is told of the arena. Invariant: every close code of the game has
//! words here; what ends without one of them was ended by somebody else.

use shared::protocol::CloseCode;

/// Why there are no pictures, by the server's own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// Every public room asks for a password: of several, one without would have been chosen.
    Password,
    Full,
    Locked,
    Restart,
    Unwelcome,
    /// The connection, not the server, is why.
    TooSlow,
    Ended,
}

impl Farewell {
    /// By the code of the close frame.
    pub fn of(code: u16) -> Option<Farewell> {
        Some(match CloseCode::from_number(code)? {
            CloseCode::Password => Farewell::Password,
            CloseCode::Full => Farewell::Full,
            CloseCode::Locked => Farewell::Locked,
            CloseCode::Restart | CloseCode::Draining => Farewell::Restart,
            CloseCode::Kicked | CloseCode::Banned => Farewell::Unwelcome,
            CloseCode::TooSlow => Farewell::TooSlow,
            CloseCode::Bye
            | CloseCode::Version
            | CloseCode::Protocol
            | CloseCode::Rate
            | CloseCode::Replaced
            | CloseCode::RoomGone
            | CloseCode::NoLane
            | CloseCode::NoRoom => Farewell::Ended,
        })
    }

    /// In a few words, by their key.
    pub fn figure(self) -> &'static str {
        match self {
            Farewell::Password => "farewell-password",
            Farewell::Full => "farewell-full",
            Farewell::Locked => "farewell-locked",
            Farewell::Restart => "farewell-restart",
            Farewell::Unwelcome => "farewell-unwelcome",
            Farewell::TooSlow => "farewell-too-slow",
            Farewell::Ended => "farewell-ended",
        }
    }

    /// What follows from it, by the key of its sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Farewell::Password => "because-password",
            Farewell::Full => "because-full",
            Farewell::Locked => "because-locked",
            Farewell::Restart => "because-restart",
            Farewell::Unwelcome => "because-unwelcome",
            Farewell::TooSlow => "because-too-slow",
            Farewell::Ended => "because-ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::word;

    #[test]
    fn every_code_of_the_game_has_words_and_no_other_has() {
        for code in CloseCode::ALL {
            let farewell = Farewell::of(code.number()).unwrap_or_else(|| panic!("{code:?}"));
            assert!(word(farewell.sentence()).ends_with('.') && !word(farewell.figure()).ends_with('.'), "{code:?}");
        }
        for foreign in [0, 1_000, 1_001, 1_005, 1_006, 4_003, 4_999, u16::MAX] {
            assert_eq!(Farewell::of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn who_is_not_let_in_is_told_what_for() {
        for (code, part) in [
            (CloseCode::Password, "password"),
            (CloseCode::Full, "full"),
            (CloseCode::Locked, "nobody new"),
            (CloseCode::Draining, "restarting"),
            (CloseCode::Restart, "restarting"),
            (CloseCode::Banned, "not let"),
        ] {
            let farewell = Farewell::of(code.number()).expect("one of ours");
            assert!(word(farewell.figure()).contains(part), "{code:?}: {}", word(farewell.figure()));
        }
    }
}
