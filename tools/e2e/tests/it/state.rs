//! What `window.perihelion.state()` says, as far as the tests read it. The page documents it in docs/HACKING.md.

use serde::Deserialize;

/// One look at the game from inside a page.
#[derive(Debug, Clone, Deserialize)]
pub struct State {
    /// `connecting`, `spectating`, `flying` or `dead`; on the page for recordings `choosing` or `watching`.
    pub phase: String,
    /// `connecting`, `open` or `waiting`; `none` on the page for recordings.
    pub connection: String,
    /// The tick shown.
    pub tick: u32,
    /// The own number in the room.
    pub player: Option<u32>,
    /// The own ship.
    pub own: Option<Own>,
    /// Ships in sight, the own one included.
    pub ships: Vec<Ship>,
    /// Rays drawn so far.
    pub beams: u32,
    /// Shots in sight.
    pub shots: u32,
    /// The ends of the wormhole.
    pub mouths: Vec<Mouth>,
    /// What is played.
    #[serde(default)]
    pub mode: String,
    /// The own team, where there are any.
    pub team: Option<String>,
    /// The round, where there are rounds.
    pub round: Option<Round>,
    /// The cores of both teams, where there are any.
    #[serde(default)]
    pub cores: Vec<Core>,
    /// Every round decided since the page was loaded.
    #[serde(default)]
    pub verdicts: Vec<Verdict>,
    /// Own score.
    pub score: Option<u32>,
    /// Every kill since the page was loaded.
    pub kills: Vec<Kill>,
    /// What went wrong for good.
    pub error: Option<String>,
    /// The server knew us from before.
    #[serde(default)]
    pub resumed: bool,
    /// A second lane to the server is open; a recording has none.
    #[serde(default)]
    pub lane: bool,
    /// How often a connection was made since the page was loaded.
    #[serde(default)]
    pub connects: u32,
    /// Lines of chat that are shown.
    #[serde(default)]
    pub chat: Vec<Line>,
    /// One is writing a line.
    #[serde(default)]
    pub writing: bool,
    /// The wheel of quick words is open.
    #[serde(default)]
    pub wheel: bool,
    /// Whom one does not want to hear.
    #[serde(default)]
    pub muted: Vec<String>,
    /// The arena is drawn.
    #[serde(default)]
    pub drawing: bool,
    /// The camera goes where one likes, while one waits for a ship.
    #[serde(default)]
    pub roaming: bool,
    /// The recording, on the page for recordings.
    pub film: Option<Film>,
    /// What floats in sight.
    #[serde(default)]
    pub pickups: Vec<Pickup>,
    /// The season.
    #[serde(default)]
    pub season: Season,
    /// Points of the way of the next shot.
    #[serde(default)]
    pub shot_line: u32,
    /// The large map is open.
    #[serde(default)]
    pub map: bool,
    /// Where the ships are that are on everyone's map.
    #[serde(default)]
    pub giants: Vec<Giant>,
    /// What the camera shows.
    pub camera: Camera,
}

/// The season under way and the last one.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Season {
    /// Ticks until it ends.
    pub left_ticks: Option<i32>,
    /// The podium stands.
    pub podium: bool,
    /// Number of the last one whose end was heard.
    pub last: Option<u16>,
}

/// Something that floats.
#[derive(Debug, Clone, Deserialize)]
pub struct Pickup {
    pub kind: String,
}

/// A ship too large to hide.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Giant {
    pub x: f64,
    pub y: f64,
}

/// How a round stands.
#[derive(Debug, Clone, Deserialize)]
pub struct Round {
    /// In the match, from 1.
    pub number: u32,
    /// `waiting`, `ready`, `play` or `over`.
    pub phase: String,
    /// What both cores still take, points.
    pub cores: [u32; 2],
    /// Of both teams.
    pub points: [u32; 2],
}

/// The core of a team.
#[derive(Debug, Clone, Deserialize)]
pub struct Core {
    pub team: String,
    pub x: f64,
    pub y: f64,
}

/// Who won a round.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// A team; none in a draw.
    pub winner: Option<String>,
    /// The match was over, too.
    pub won: bool,
}

/// A mouth of the wormhole.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Mouth {
    pub x: f64,
    pub y: f64,
    /// In how many seconds it moves, while that is announced.
    pub next_s: Option<f64>,
}

/// A recording being watched.
#[derive(Debug, Clone, Deserialize)]
pub struct Film {
    /// Ticks from the start.
    pub played: u32,
    /// Ticks of the whole.
    pub length: u32,
    pub playing: bool,
    /// Times real time.
    pub pace: f64,
    pub seeking: bool,
    /// Name of whoever is followed.
    pub following: Option<String>,
    /// What is wrong with the file.
    pub trouble: Option<String>,
}

/// The middle of the picture, u, and CSS pixels per u.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Camera {
    pub x: f64,
    pub y: f64,
    pub pixels_per_unit: f64,
}

/// The own ship. Units u and u/s, +y up; angle in radians.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Own {
    pub x: f64,
    pub y: f64,
    pub vx: f64,
    pub vy: f64,
    pub heading: f64,
    pub energy: f64,
    pub class: Class,
    pub charging: bool,
    pub special: bool,
    /// A decoy is aboard.
    pub decoy: bool,
}

impl Own {
    /// Speed along the nose, u/s.
    pub fn speed_ahead(&self) -> f64 {
        self.vx * self.heading.cos() + self.vy * self.heading.sin()
    }

    /// How far the nose is off this direction, radians, 0 to π.
    pub fn off(&self, direction: f64) -> f64 {
        let turn = (self.heading - direction).rem_euclid(std::f64::consts::TAU);
        turn.min(std::f64::consts::TAU - turn)
    }
}

/// A ship's class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    Spark,
    Lancer,
    Needle,
    Prospector,
    Anvil,
    Wraith,
    Tender,
    Gravitor,
    Dreadnought,
}

/// A ship in sight.
#[derive(Debug, Clone, Deserialize)]
pub struct Ship {
    pub life: u32,
    pub x: f64,
    pub y: f64,
    /// None for the moment before the roster names its pilot.
    pub name: Option<String>,
    pub own: bool,
    pub bot: bool,
    /// It has something on a tow line.
    pub towing: bool,
}

/// A line of chat.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Line {
    pub player: u32,
    pub name: String,
    pub text: String,
}

/// A line of the kill feed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Kill {
    pub killer: Option<String>,
    pub victim: String,
    pub cause: String,
}

impl State {
    /// The own ship, which a flying pilot has.
    pub fn own(&self) -> Own {
        self.own.unwrap_or_else(|| panic!("no own ship in {self:?}"))
    }

    /// The recording, which the page for recordings has.
    pub fn film(&self) -> &Film {
        self.film.as_ref().unwrap_or_else(|| panic!("no recording in {self:?}"))
    }

    /// Which of the pilot's ships this is.
    pub fn own_life(&self) -> Option<u32> {
        self.ships.iter().find(|ship| ship.own).map(|ship| ship.life)
    }

    /// The name over the own ship.
    pub fn own_name(&self) -> Option<&str> {
        self.ships.iter().find(|ship| ship.own)?.name.as_deref()
    }

    /// This line of this pilot is shown.
    pub fn reads(&self, name: &str, text: &str) -> bool {
        self.chat.iter().any(|line| line.name == name && line.text == text)
    }

    /// Somebody of this name is in sight.
    pub fn sees(&self, name: &str) -> bool {
        self.ships.iter().any(|ship| ship.name.as_deref() == Some(name))
    }
}
