//! Which key means what. Invariant: one table; rebinding is another table, never code.

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
    /// Show or hide the details of the line.
    LineDetails,
    /// Sound on or off.
    Mute,
    /// The ship on the card with this number, from 0.
    Card(u8),
}

/// The table in use.
#[derive(Debug, Clone)]
pub struct Bindings {
    /// Key code and what it means; a key may appear twice.
    pub keys: Vec<(&'static str, Action)>,
    /// Mouse button and what it means.
    pub buttons: Vec<(i16, Action)>,
}

impl Default for Bindings {
    fn default() -> Self {
        use Action::*;
        Bindings {
            keys: vec![
                ("KeyW", Thrust),
                ("ArrowUp", Thrust),
                ("KeyS", Reverse),
                ("ArrowDown", Reverse),
                ("KeyA", StrafeLeft),
                ("KeyD", StrafeRight),
                ("ArrowLeft", TurnLeft),
                ("ArrowRight", TurnRight),
                ("Space", Fire),
                ("Space", Relaunch),
                ("Enter", Relaunch),
                ("NumpadEnter", Relaunch),
                ("ShiftLeft", Boost),
                ("ShiftRight", Boost),
                ("KeyE", Special),
                ("KeyQ", Special),
                ("KeyX", Brake),
                ("F3", LineDetails),
                ("KeyM", Mute),
                ("Digit1", Card(0)),
                ("Digit2", Card(1)),
                ("Digit3", Card(2)),
                ("Digit4", Card(3)),
                ("Digit5", Card(4)),
                ("Digit6", Card(5)),
                ("Digit7", Card(6)),
                ("Digit8", Card(7)),
                ("Digit9", Card(8)),
                ("Numpad1", Card(0)),
                ("Numpad2", Card(1)),
                ("Numpad3", Card(2)),
                ("Numpad4", Card(3)),
            ],
            buttons: vec![(0, Fire), (1, Special), (2, Boost)],
        }
    }
}

impl Bindings {
    /// What a key means.
    pub fn of_key<'a>(&'a self, code: &'a str) -> impl Iterator<Item = Action> + 'a {
        self.keys.iter().filter(move |(bound, _)| *bound == code).map(|(_, action)| *action)
    }

    /// What a mouse button means.
    pub fn of_button(&self, button: i16) -> impl Iterator<Item = Action> + '_ {
        self.buttons.iter().filter(move |(bound, _)| *bound == button).map(|(_, action)| *action)
    }
}
