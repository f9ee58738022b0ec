//! The rows of the panel's list of keys: for each action its word in the storage, its name, and the elements of its key
//! caps. Invariant: each action has one row; the last cap of a row is the gamepad's.

use crate::{
    hud::Id,
    input::{Action, bindings::SLOTS},
    words::{Language, Word},
};

/// Key caps of a row: three keys and the gamepad's button.
pub const CAPS: usize = SLOTS + 1;

/// A row.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What it binds.
    pub action: Action,
    /// Its word in the storage.
    pub stem: &'static str,
    /// The element of its name.
    pub name: Id,
    /// The elements of its caps.
    pub caps: [Id; CAPS],
}

macro_rules! row {
    ($action:expr, $stem:literal) => {
        Row {
            action: $action,
            stem: $stem,
            name: concat!("bind-", $stem),
            caps: [
                concat!("bind-", $stem, "-0"),
                concat!("bind-", $stem, "-1"),
                concat!("bind-", $stem, "-2"),
                concat!("bind-", $stem, "-pad"),
            ],
        }
    };
}

/// All of them, in the order of [`Action::all`].
pub const ROWS: &[Row] = &[
    row!(Action::Thrust, "thrust"),
    row!(Action::Reverse, "reverse"),
    row!(Action::StrafeLeft, "left"),
    row!(Action::StrafeRight, "right"),
    row!(Action::TurnLeft, "turn-left"),
    row!(Action::TurnRight, "turn-right"),
    row!(Action::Fire, "fire"),
    row!(Action::Boost, "boost"),
    row!(Action::Special, "special"),
    row!(Action::Brake, "brake"),
    row!(Action::Relaunch, "relaunch"),
    row!(Action::Talk, "talk"),
    row!(Action::Quick, "quick"),
    row!(Action::Mute, "mute"),
    row!(Action::Settings, "settings"),
    row!(Action::LineDetails, "details"),
    row!(Action::KillCam, "kill-cam"),
    row!(Action::WatchKiller, "watch-killer"),
    row!(Action::WatchPrevious, "watch-previous"),
    row!(Action::WatchNext, "watch-next"),
    row!(Action::WatchLeader, "watch-leader"),
    row!(Action::WatchFree, "watch-free"),
    row!(Action::Dismiss, "dismiss"),
    row!(Action::Map, "map"),
    row!(Action::Card(0), "card-1"),
    row!(Action::Card(1), "card-2"),
    row!(Action::Card(2), "card-3"),
    row!(Action::Card(3), "card-4"),
    row!(Action::Card(4), "card-5"),
    row!(Action::Card(5), "card-6"),
    row!(Action::Card(6), "card-7"),
    row!(Action::Card(7), "card-8"),
    row!(Action::Card(8), "card-9"),
];

/// An action's word in the storage.
#[must_use]
pub fn stem(action: Action) -> &'static str {
    ROWS.iter().find(|row| row.action == action).map_or("", |row| row.stem)
}

/// The action of a word in the storage.
#[must_use]
pub fn of_stem(stem: &str) -> Option<Action> {
    ROWS.iter().find(|row| row.stem == stem).map(|row| row.action)
}

/// The action and the number of the cap that is this element.
#[must_use]
pub fn cap(id: &str) -> Option<(Action, usize)> {
    ROWS.iter().find_map(|row| Some((row.action, row.caps.iter().position(|cap| *cap == id)?)))
}

/// What an action is called.
#[must_use]
pub fn name(action: Action, language: Language) -> String {
    let word = match action {
        Action::Thrust => Word::ActThrust,
        Action::Reverse => Word::ActReverse,
        Action::StrafeLeft => Word::ActLeft,
        Action::StrafeRight => Word::ActRight,
        Action::TurnLeft => Word::ActTurnLeft,
        Action::TurnRight => Word::ActTurnRight,
        Action::Fire => Word::ActFire,
        Action::Boost => Word::ActBoost,
        Action::Special => Word::ActSpecial,
        Action::Brake => Word::ActBrake,
        Action::Relaunch => Word::ActRelaunch,
        Action::Talk => Word::ActTalk,
        Action::Quick => Word::ActQuick,
        Action::LineDetails => Word::ActDetails,
        Action::Mute => Word::ActMute,
        Action::Settings => Word::ActSettings,
        Action::KillCam => Word::ActKillCam,
        Action::WatchKiller => Word::ActWatchKiller,
        Action::WatchPrevious => Word::ActWatchPrevious,
        Action::WatchNext => Word::ActWatchNext,
        Action::WatchLeader => Word::ActWatchLeader,
        Action::WatchFree => Word::ActWatchFree,
        Action::Dismiss => Word::ActDismiss,
        Action::Map => Word::ActMap,
        Action::Card(number) => return Word::ActCard.with(language, &[&(number + 1).to_string()]),
    };
    word.say(language).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_row_and_every_row_is_found() {
        let actions: Vec<_> = ROWS.iter().map(|row| row.action).collect();
        assert_eq!(actions, Action::all().collect::<Vec<_>>());
        for row in ROWS {
            assert_eq!((stem(row.action), of_stem(row.stem)), (row.stem, Some(row.action)));
            assert_eq!(cap(row.caps[2]), Some((row.action, 2)));
        }
        assert_eq!((of_stem("warp"), cap("bind-warp-0"), cap("")), (None, None, None));
    }
}
