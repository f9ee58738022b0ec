//! What somebody of the staff may do. Invariant: who has more may do everything that who has less may.

/// From least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Keeps order: looks on, mutes, removes.
    Helper,
    /// Keeps people out, speaks to everybody, closes the door.
    Mod,
    /// Everything: the rules of the game, the process, the staff.
    Owner,
}

impl Role {
    /// Every one, from least to most.
    pub const ALL: [Role; 3] = [Role::Helper, Role::Mod, Role::Owner];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Helper => "helper",
            Role::Mod => "mod",
            Role::Owner => "owner",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}
