//! Which key means what. Invariant: one table; rebinding is another table, never code.

/// What a key or button asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
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
    /// Slow down.
    Brake,
    /// Launch again when dead.
    Relaunch,
    /// Show or hide the details of the line.
    LineDetails,
    /// Sound on or off.
    Mute,
    /// The first ship, for the next launch.
    FirstShip,
    /// The second ship.
    SecondShip,
}

impl Action {
    /// How many there are.
    pub const COUNT: usize = Action::SecondShip as usize + 1;
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
                ("KeyX", Brake),
                ("F3", LineDetails),
                ("KeyM", Mute),
                ("Digit1", FirstShip),
                ("Numpad1", FirstShip),
                ("Digit2", SecondShip),
                ("Numpad2", SecondShip),
            ],
            buttons: vec![(0, Fire), (2, Boost)],
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
