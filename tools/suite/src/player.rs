//! A person at the other end of a line: a real replica, hands that want something, and a screen that draws when it
//! can. Invariant: hands see only the replica's picture.

use shared::{
    defs::{Defs, ShipClass},
    link::Link,
    protocol::{CloseCode, Deed, Resume, SnapshotFlags, codec},
    quantize::Angle,
    replica::{Intent, Phase, Replica, View},
    rng::{Keyed, Purpose},
    room::ConnId,
    sim::Buttons,
    tick::Tick,
};

use crate::{lane::Lane, mind::Mind};

/// How a person flies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Held buttons and aims drawn anew every half second.
    Wild,
    /// The same without ever firing, so that no rock breaks.
    Peaceful,
    /// Hands off.
    Still,
    /// As the server's bots fly, seeing what is on the screen.
    Brain,
    /// Turns to the nearest ship on the screen and keeps a finger on the trigger.
    Hunting,
    /// Taps the trigger, one frame every twenty ticks.
    Tapping,
    /// Watches only.
    Spectator,
}

/// Engines as others see them: what a frame can show of an intent.
pub const ENGINES: u8 = Buttons::THRUST | Buttons::REVERSE | Buttons::LEFT | Buttons::RIGHT;

/// The same buttons are held for so many ticks.
const HELD_TICKS: u32 = 30;

/// A person.
#[derive(Debug)]
pub struct Player {
    /// Its connection.
    pub conn: ConnId,
    /// Its end of the netcode.
    pub replica: Replica,
    /// How it flies.
    pub style: Style,
    /// To the room.
    pub up: Link,
    /// From the room.
    pub down: Link,
    /// To the room as well, when the replica wants it.
    pub lane: Lane,
    /// The room's verdict, if it closed the connection.
    pub closed: Option<CloseCode>,
    /// Whether this end of the line still lives.
    pub connected: bool,
    /// Draws a frame every so many ticks; 0 is a screen that hitches, with up to a fifth of a second between frames.
    pub frame_ticks: u32,
    /// Half extents of the view it asks for, u.
    pub view_half: (u16, u16),
    /// The ship it asks for.
    pub class: ShipClass,
    /// The tab is hidden: no frames.
    pub asleep: bool,
    /// Its clock is ahead of the room's, µs.
    pub clock_us: u64,
    /// Snapshot messages received, and the bytes of all messages.
    pub received: (u32, usize),
    /// The last snapshot received has more parts, which are under way.
    pub partial: bool,
    /// Bytes sent…
    pub sent: usize,
    /// …in so many messages.
    pub said: u32,
    /// Nothing comes down to it for now: it waits in the line.
    pub deaf: bool,
    /// What a test makes it want, whatever its style.
    pub held: Option<Intent>,
    /// When the last frame was drawn, µs of the match; 0 is never.
    pub drawn_us: u64,
    /// Engine buttons last wanted, and since when, µs of the match.
    pub pressed: (u8, u64),
    /// What resumes the seat, taken when the line was cut.
    pub resume: Option<Resume>,
    mind: Option<Box<Mind>>,
    /// Has asked to play on this connection.
    asked: bool,
}

/// The lines of one connection.
#[derive(Debug)]
pub struct Lines {
    /// To the room.
    pub up: Link,
    /// From the room.
    pub down: Link,
    /// To the room once more.
    pub lane: Link,
}

/// What a player is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habits {
    /// How it flies.
    pub style: Style,
    /// See [`Player::frame_ticks`].
    pub frame_ticks: u32,
    /// See [`Player::view_half`].
    pub view_half: (u16, u16),
    /// The ship it asks for; whether it has the points is another matter.
    pub class: ShipClass,
}

impl Habits {
    /// A smooth screen of the usual size.
    #[must_use]
    pub fn of(style: Style) -> Habits {
        Habits { style, frame_ticks: 1, view_half: (800, 450), class: ShipClass::Lancer }
    }
}

impl Player {
    /// Dials in at `now_us` by its own clock, which is `clock_us` ahead.
    #[must_use]
    pub fn new(
        conn: ConnId,
        habits: Habits,
        resume: Option<Resume>,
        lines: Lines,
        now: (u64, u64),
        defs: &Defs,
    ) -> Player {
        let (now_us, clock_us) = now;
        let Habits { style, frame_ticks, view_half, class } = habits;
        let mind = (style == Style::Brain).then(|| Box::new(Mind::new(conn.0)));
        Player {
            conn,
            replica: Replica::new(defs.clone(), view_half, resume, now_us + clock_us),
            style,
            up: lines.up,
            down: lines.down,
            lane: Lane::new(lines.lane),
            closed: None,
            connected: true,
            frame_ticks,
            view_half,
            class,
            asleep: false,
            clock_us,
            received: (0, 0),
            partial: false,
            sent: 0,
            said: 0,
            deaf: false,
            held: None,
            drawn_us: 0,
            pressed: (0, 0),
            resume,
            mind,
            asked: false,
        }
    }

    /// Thinks with this mind from now on.
    pub fn think(&mut self, mind: Mind) {
        self.mind = Some(Box::new(mind));
    }

    /// Ships its mind has flown so far; 0 without a mind.
    #[must_use]
    pub fn launches(&self) -> u32 {
        self.mind.as_ref().map_or(0, |mind| mind.launches())
    }

    /// Asks for a ship under `name`, once per connection, unless it only watches.
    pub fn ask(&mut self, name: &str) {
        if self.style != Style::Spectator && !self.asked {
            self.asked = true;
            self.replica.play(name, self.class);
        }
    }

    /// Whether a screen like this one draws at `tick`.
    #[must_use]
    pub fn draws(&self, seed: u64, tick: Tick, index: usize) -> bool {
        match self.frame_ticks {
            _ if self.asleep => false,
            0 => Keyed::new(seed, tick, index as u32 + 70, Purpose::Test).chance(0.15) || tick.0.is_multiple_of(12),
            every => tick.0.is_multiple_of(every),
        }
    }

    /// Takes in what has arrived by `at_us`, each message when it came, and says what it has to; gives the deeds heard.
    ///
    /// # Errors
    /// When the replica cannot go on with this server.
    pub fn listen(&mut self, at_us: u64, deeds: &mut Vec<Deed>) -> Result<(), String> {
        while !self.deaf
            && let Some(came_us) = self.down.due_us()
            && let Some(bytes) = self.down.receive(at_us)
        {
            let came_us = came_us.max(self.drawn_us);
            self.received.1 += bytes.len();
            let before = self.replica.known().tick;
            self.replica.handle_bytes(&bytes, came_us + self.clock_us).map_err(|error| error.to_string())?;
            if let Some(flags) = codec::snapshot_flags(&bytes) {
                self.partial = flags.has(SnapshotFlags::MORE);
            }
            self.received.0 += u32::from(self.replica.known().tick != before);
            while let Some(deed) = self.replica.poll_deed() {
                deeds.push(deed);
            }
            self.speak(came_us);
        }
        Ok(())
    }

    /// Wants something and draws a frame.
    pub fn draw(&mut self, seed: u64, tick: Tick, index: usize, at_us: u64) {
        let intent = match &mut self.mind {
            Some(mind) => mind.intent(&mut self.replica),
            None if self.style == Style::Hunting => hunt(self.replica.view()),
            None => intent_of(self.style, seed, tick, index),
        };
        let intent = self.held.unwrap_or(intent);
        let engines = intent.buttons.0 & ENGINES;
        if engines != self.pressed.0 {
            self.pressed = (engines, at_us);
        }
        let view = self.replica.frame(at_us + self.clock_us, intent);
        if matches!(view.phase, Phase::Dead { wait_ticks: 0, .. }) {
            self.replica.relaunch(self.class);
        }
        self.drawn_us = at_us;
    }

    /// Puts what waits on the line, and on the second lane.
    pub fn speak(&mut self, at_us: u64) {
        while let Some(bytes) = self.replica.poll_transmit() {
            self.sent += bytes.len();
            self.said += 1;
            self.up.send_beside(&mut self.lane.link, bytes, at_us);
        }
        self.sent += self.lane.speak(&mut self.replica, &mut self.up, at_us, self.clock_us);
    }

    /// The next message that has arrived in the room by `now_us`, on whichever lane, and when it came.
    pub fn receive_up(&mut self, now_us: u64) -> Option<(u64, Vec<u8>)> {
        let (up, lane) = (self.up.due_us(), self.lane.link.due_us());
        let first =
            if lane.is_some_and(|lane| up.is_none_or(|up| lane < up)) { &mut self.lane.link } else { &mut self.up };
        Some((first.due_us()?, first.receive(now_us)?))
    }
}

/// Toward the nearest other ship.
fn hunt(view: &View) -> Intent {
    let Some(own) = view.own_ship() else { return Intent::default() };
    let ways = view.ships.iter().filter(|ship| !ship.own).map(|ship| ship.pos - own.pos);
    let nearest = ways.min_by(|a, b| a.length().total_cmp(&b.length()));
    Intent { buttons: Buttons(Buttons::FIRE), aim: nearest.map(Angle::of) }
}

fn intent_of(style: Style, seed: u64, tick: Tick, index: usize) -> Intent {
    if style == Style::Tapping {
        return Intent { buttons: Buttons(0).with(Buttons::FIRE, tick.0.is_multiple_of(20)), aim: None };
    }
    if !matches!(style, Style::Wild | Style::Peaceful) {
        return Intent::default();
    }
    let (buttons, aim) = wild(seed, tick, index as u32 + 900, style == Style::Wild);
    Intent { buttons, aim: Some(aim) }
}

/// Buttons as drawn for each half second, the trigger only if it `fires`, and an aim that sweeps meanwhile. `key` tells
/// pilots apart.
#[must_use]
pub fn wild(seed: u64, tick: Tick, key: u32, fires: bool) -> (Buttons, Angle) {
    let mut keyed = Keyed::new(seed, Tick(tick.0 / HELD_TICKS), key, Purpose::Test);
    let buttons = Buttons(keyed.bits() as u8).with(Buttons::FIRE, fires && keyed.chance(0.5));
    let buttons = buttons.with(Buttons::SPECIAL, fires && buttons.any(Buttons::SPECIAL));
    let sweep = (tick.0 % HELD_TICKS) as u16 * 64;
    (buttons, Angle(keyed.bits() as u16).turned_toward(Angle(0), sweep))
}
