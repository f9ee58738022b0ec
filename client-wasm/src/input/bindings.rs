//! Which key, mouse button or button of a gamepad means what. Invariant: one table; rebinding is another table, never code.
//! Two actions that may be wanted in the same moment never share a key.

use shared::defs::ShipClass;

/// What a key or button asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Main engine.
    Thrust,
    /// Reverse engine.
    Reverse,
    /// Sidewards, left of the nose.
    StrafeLeft,
    /// Sidewards, right of the nose.
    StrafeRight,
    /// Turn left, for playing without a pointer.
    TurnLeft,
    /// Turn right.
    TurnRight,
    /// Primary weapon.
    Fire,
    /// Boost.
    Boost,
    /// What the class can do besides.
    Special,
    /// Slow down.
    Brake,
    /// Launch again when dead.
    Relaunch,
    /// Open the line for chat.
    Talk,
    /// Hold for the wheel of quick words.
    Quick,
    /// Show or hide the details of the line.
    LineDetails,
    /// Sound on or off.
    Mute,
    /// The ship on the card with this number, from 0.
    Card(u8),
    /// Show or hide the settings.
    Settings,
    /// How it came to that: the kill cam.
    KillCam,
    /// Watch whoever did it.
    WatchKiller,
    /// Watch the pilot before.
    WatchPrevious,
    /// Watch the next pilot.
    WatchNext,
    /// Watch whoever leads.
    WatchLeader,
    /// Look where one likes.
    WatchFree,
    /// Take the podium away.
    Dismiss,
    /// The map large, or small again.
    Map,
}

impl Action {
    /// Every action, in the order in which the settings list them.
    pub fn all() -> impl Iterator<Item = Action> {
        use Action::*;
        let plain = [
            Thrust,
            Reverse,
            StrafeLeft,
            StrafeRight,
            TurnLeft,
            TurnRight,
            Fire,
            Boost,
            Special,
            Brake,
            Relaunch,
            Talk,
            Quick,
            Mute,
            Settings,
            LineDetails,
            KillCam,
            WatchKiller,
            WatchPrevious,
            WatchNext,
            WatchLeader,
            WatchFree,
            Dismiss,
            Map,
        ];
        plain.into_iter().chain((0..ShipClass::COUNT as u8).map(Card))
    }

    /// When it may be wanted: bits for in flight and for being shot down.
    fn moments(self) -> u8 {
        use Action::*;
        match self {
            Thrust | Reverse | StrafeLeft | StrafeRight | TurnLeft | TurnRight | Fire | Boost | Special | Brake
            | Talk | Quick => 1,
            Relaunch | KillCam | WatchKiller | WatchPrevious | WatchNext | WatchLeader | WatchFree => 2,
            LineDetails | Mute | Card(_) | Settings | Dismiss | Map => 3,
        }
    }

    /// Whether both may be wanted in the same moment, so that they cannot share a key.
    fn clashes(self, other: Action) -> bool {
        self != other && self.moments() & other.moments() != 0
    }
}

/// Keys or mouse buttons that one action may have.
pub const SLOTS: usize = 3;
/// Buttons of a gamepad that can be told apart: those of the standard mapping.
pub const PAD_BUTTONS: u8 = 17;
/// Mouse buttons as codes, by `MouseEvent.button`.
pub const MOUSE: [&str; 5] = ["Mouse0", "Mouse1", "Mouse2", "Mouse3", "Mouse4"];
/// Keys that stay the browser's or the page's own.
const RESERVED: [&str; 14] = [
    "Escape",
    "Tab",
    "F5",
    "F11",
    "F12",
    "MetaLeft",
    "MetaRight",
    "ControlLeft",
    "ControlRight",
    "AltLeft",
    "AltRight",
    "ContextMenu",
    "CapsLock",
    "Delete",
];
/// Longest code that any keyboard sends, bytes.
const CODE_MAX: usize = 24;

/// As the game comes: codes as `KeyboardEvent.code`, or of [`MOUSE`].
const KEYS: &[(&str, Action)] = &[
    ("KeyW", Action::Thrust),
    ("ArrowUp", Action::Thrust),
    ("KeyS", Action::Reverse),
    ("ArrowDown", Action::Reverse),
    ("KeyA", Action::StrafeLeft),
    ("KeyD", Action::StrafeRight),
    ("ArrowLeft", Action::TurnLeft),
    ("ArrowRight", Action::TurnRight),
    ("Mouse0", Action::Fire),
    ("Space", Action::Fire),
    ("Space", Action::Relaunch),
    ("Enter", Action::Relaunch),
    ("NumpadEnter", Action::Relaunch),
    ("KeyT", Action::Talk),
    ("Enter", Action::Talk),
    ("KeyC", Action::Quick),
    ("ShiftLeft", Action::Boost),
    ("ShiftRight", Action::Boost),
    ("Mouse2", Action::Boost),
    ("KeyE", Action::Special),
    ("KeyQ", Action::Special),
    ("Mouse1", Action::Special),
    ("KeyX", Action::Brake),
    ("F3", Action::LineDetails),
    ("KeyM", Action::Mute),
    ("KeyO", Action::Settings),
    ("KeyV", Action::KillCam),
    ("KeyK", Action::WatchKiller),
    ("BracketLeft", Action::WatchPrevious),
    ("BracketRight", Action::WatchNext),
    ("KeyL", Action::WatchLeader),
    ("KeyF", Action::WatchFree),
    ("Backspace", Action::Dismiss),
    ("KeyN", Action::Map),
    ("Digit1", Action::Card(0)),
    ("Digit2", Action::Card(1)),
    ("Digit3", Action::Card(2)),
    ("Digit4", Action::Card(3)),
    ("Digit5", Action::Card(4)),
    ("Digit6", Action::Card(5)),
    ("Digit7", Action::Card(6)),
    ("Digit8", Action::Card(7)),
    ("Digit9", Action::Card(8)),
    ("Numpad1", Action::Card(0)),
    ("Numpad2", Action::Card(1)),
    ("Numpad3", Action::Card(2)),
    ("Numpad4", Action::Card(3)),
];

/// As the game comes, for a gamepad of the standard mapping.
const PAD: &[(u8, Action)] = &[
    (6, Action::Thrust),
    (7, Action::Fire),
    (0, Action::Boost),
    (5, Action::Special),
    (4, Action::Brake),
    (1, Action::Reverse),
    (0, Action::Relaunch),
    (8, Action::LineDetails),
    (9, Action::Settings),
    (10, Action::KillCam),
    (11, Action::Quick),
    (4, Action::WatchPrevious),
    (5, Action::WatchNext),
    (2, Action::Dismiss),
    (3, Action::Map),
    (14, Action::Card(0)),
    (12, Action::Card(1)),
    (15, Action::Card(2)),
    (13, Action::Card(3)),
];

/// The table in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bindings {
    keys: Vec<(String, Action)>,
    pad: Vec<(u8, Action)>,
}

impl Default for Bindings {
    fn default() -> Self {
        Bindings { keys: KEYS.iter().map(|(code, action)| ((*code).to_owned(), *action)).collect(), pad: PAD.to_vec() }
    }
}

/// Whether a code may be bound at all: what a keyboard sends, and nothing the browser keeps for itself.
#[must_use]
pub fn bindable(code: &str) -> bool {
    let plain = (1..=CODE_MAX).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain && !RESERVED.contains(&code)
}

impl Bindings {
    /// What a key or mouse button means.
    pub fn of_key<'a>(&'a self, code: &'a str) -> impl Iterator<Item = Action> + 'a {
        self.keys.iter().filter(move |(bound, _)| bound == code).map(|(_, action)| *action)
    }

    /// What a button of a gamepad means.
    pub fn of_pad(&self, button: u8) -> impl Iterator<Item = Action> + '_ {
        self.pad.iter().filter(move |(bound, _)| *bound == button).map(|(_, action)| *action)
    }

    /// The keys of an action, at most [`SLOTS`].
    pub fn keys(&self, action: Action) -> impl Iterator<Item = &str> {
        self.keys.iter().filter(move |(_, bound)| *bound == action).map(|(code, _)| code.as_str())
    }

    /// The button of an action on a gamepad.
    #[must_use]
    pub fn pad(&self, action: Action) -> Option<u8> {
        self.pad.iter().find(|(_, bound)| *bound == action).map(|(button, _)| *button)
    }

    /// Gives an action this key in the place of its key number `slot`, or besides those it has. Gives back who lost it; what
    /// is not [`bindable`] changes nothing.
    pub fn bind(&mut self, action: Action, slot: usize, code: &str) -> Vec<Action> {
        if !bindable(code) || self.keys(action).any(|bound| bound == code) {
            return Vec::new();
        }
        let losers = lose(&mut self.keys, &code.to_owned(), action);
        let places: Vec<usize> = (0..self.keys.len()).filter(|at| self.keys[*at].1 == action).collect();
        match places.get(slot).or(places.get(SLOTS - 1)) {
            Some(at) => code.clone_into(&mut self.keys[*at].0),
            None => self.keys.push((code.to_owned(), action)),
        }
        losers
    }

    /// Gives an action this button of the gamepad in the place of the one it has. Gives back who lost it.
    pub fn bind_pad(&mut self, action: Action, button: u8) -> Vec<Action> {
        if button >= PAD_BUTTONS {
            return Vec::new();
        }
        self.pad.retain(|(_, bound)| *bound != action);
        let losers = lose(&mut self.pad, &button, action);
        self.pad.push((button, action));
        losers
    }

    /// Takes an action's key number `slot` away.
    pub fn clear(&mut self, action: Action, slot: usize) {
        let place = (0..self.keys.len()).filter(|at| self.keys[*at].1 == action).nth(slot);
        if let Some(place) = place {
            self.keys.remove(place);
        }
    }

    /// Takes all keys of an action away.
    pub fn clear_all(&mut self, action: Action) {
        self.keys.retain(|(_, bound)| *bound != action);
    }

    /// Takes an action's button of the gamepad away.
    pub fn clear_pad(&mut self, action: Action) {
        self.pad.retain(|(_, bound)| *bound != action);
    }
}

/// Takes `what` away from all that would share it with `action`.
fn lose<T: PartialEq>(table: &mut Vec<(T, Action)>, what: &T, action: Action) -> Vec<Action> {
    let mut losers = Vec::new();
    table.retain(|(bound, owner)| {
        let lost = bound == what && owner.clashes(action);
        if lost {
            losers.push(*owner);
        }
        !lost
    });
    losers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_to_who_asked_for_it_last_and_who_lost_it_is_told() {
        let mut bindings = Bindings::default();
        assert_eq!(bindings.bind(Action::Brake, 0, "KeyW"), [Action::Thrust]);
        assert_eq!(bindings.of_key("KeyW").collect::<Vec<_>>(), [Action::Brake]);
        assert_eq!(bindings.of_key("KeyX").count(), 0);
        assert_eq!(bindings.keys(Action::Thrust).collect::<Vec<_>>(), ["ArrowUp"]);
        assert_eq!(bindings.bind(Action::Mute, 0, "Space"), [Action::Fire, Action::Relaunch]);
        assert_eq!(bindings.bind_pad(Action::Fire, 6), [Action::Thrust]);
        assert_eq!((bindings.pad(Action::Fire), bindings.pad(Action::Thrust)), (Some(6), None));
    }

    #[test]
    fn what_is_wanted_in_different_moments_may_share_a_key() {
        let bindings = Bindings::default();
        assert_eq!(bindings.of_key("Space").collect::<Vec<_>>(), [Action::Fire, Action::Relaunch]);
        assert_eq!(bindings.of_pad(0).collect::<Vec<_>>(), [Action::Boost, Action::Relaunch]);
    }

    #[test]
    fn an_action_has_three_keys_at_most_and_the_browsers_are_not_among_them() {
        let mut bindings = Bindings::default();
        for code in ["KeyI", "KeyP", "KeyL", "KeyK"] {
            bindings.bind(Action::Thrust, 9, code);
        }
        assert_eq!(bindings.keys(Action::Thrust).collect::<Vec<_>>(), ["KeyW", "ArrowUp", "KeyK"]);
        let before = bindings.clone();
        for code in ["Escape", "Tab", "F5", "", "Key W", "Schlüssel", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"] {
            assert_eq!(bindings.bind(Action::Thrust, 0, code), [], "{code}");
        }
        bindings.bind_pad(Action::Thrust, 200);
        assert_eq!(bindings, before);
    }

    #[test]
    fn as_the_game_comes_every_action_has_a_key_and_nothing_clashes() {
        let bindings = Bindings::default();
        for action in Action::all() {
            assert!((1..=SLOTS).contains(&bindings.keys(action).count()), "{action:?}");
            for code in bindings.keys(action) {
                assert!(bindable(code) && !bindings.of_key(code).any(|other| other.clashes(action)), "{code}");
            }
            let pad = bindings.pad(action).into_iter();
            assert!(pad.flat_map(|button| bindings.of_pad(button)).all(|other| !other.clashes(action)), "{action:?}");
        }
    }
}
