//! A recording on the screen: playing, pausing, pace, seeking in slices, whom to follow, and what the lists show.
//! Plain Rust around what `shared` can [`Show`]; the page that it is shown on is `replay`.
//!
//! Invariant: no call takes much longer than `SLICE_US`, however long the recording; a file that cannot be played
//! is one sentence in [`Film::trouble`], and what was good before stays watchable.

pub mod address;
mod trouble;

use glam::Vec2;
use shared::{
    clip::{Clip, ClipScreening},
    defs::Defs,
    ids::PlayerId,
    protocol::{Leaderboard, SeasonEnd},
    replay::{ReplayError, Screening, Show, Subject},
    replica::view::View,
    tick::{TICK_HZ, TICK_US},
};

use crate::{
    net::Kill,
    season,
    words::{Language, Word},
};

pub use trouble::Trouble;

/// How fast a recording can be played, times real time.
pub const PACES: [f32; 7] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];
/// Real time, in [`PACES`].
const NORMAL: usize = 2;
/// Stepping stops for the next frame after this long, µs: a page that seeks still answers.
const SLICE_US: u64 = 10_000;
/// Ticks stepped between two looks at the clock.
const STEPS: u32 = 8;
/// Longest time that passes in one frame, s: after a pause things go on, they do not jump.
const FRAME_MAX_S: f32 = 0.25;

/// What a key or button asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Deed {
    /// Play or pause; at the end, from the start.
    Toggle,
    /// Go by so many seconds.
    Skip(f32),
    /// Go by so many ticks, and stand still.
    Nudge(i32),
    /// To the start.
    Start,
    /// To the end.
    End,
    /// The next faster pace.
    Faster,
    /// The next slower pace.
    Slower,
    /// Follow the next pilot.
    Next,
    /// Follow the one before.
    Previous,
    /// The camera follows nobody, or somebody again.
    Free,
    /// Sound on or off.
    Mute,
}

/// What a key means. `code` as `KeyboardEvent.code`.
#[must_use]
pub fn deed_of_key(code: &str, shift: bool) -> Option<Deed> {
    Some(match code {
        "Space" | "KeyK" => Deed::Toggle,
        "ArrowLeft" => Deed::Skip(if shift { -1.0 } else { -5.0 }),
        "ArrowRight" => Deed::Skip(if shift { 1.0 } else { 5.0 }),
        "ArrowUp" => Deed::Faster,
        "ArrowDown" => Deed::Slower,
        "Comma" => Deed::Nudge(-1),
        "Period" => Deed::Nudge(1),
        "Home" => Deed::Start,
        "End" => Deed::End,
        "Tab" if shift => Deed::Previous,
        "Tab" | "BracketRight" => Deed::Next,
        "BracketLeft" => Deed::Previous,
        "KeyF" => Deed::Free,
        "KeyM" => Deed::Mute,
        _ => return None,
    })
}

/// A recording on the screen, or none yet.
#[derive(Debug)]
pub struct Film {
    screening: Option<Box<dyn Show>>,
    file: String,
    /// What is wrong with which file.
    trouble: Option<(String, Trouble)>,
    playing: bool,
    pace: usize,
    kills: Vec<Kill>,
    kills_of: (usize, usize),
    nothing: (View, Leaderboard, Defs),
}

impl Default for Film {
    fn default() -> Self {
        Film {
            screening: None,
            file: String::new(),
            trouble: None,
            playing: false,
            pace: NORMAL,
            kills: Vec::new(),
            kills_of: (0, 0),
            nothing: (View::default(), Leaderboard::default(), Defs::standard()),
        }
    }
}

impl Film {
    /// Opens a file and plays it. A file that cannot be played leaves what was open as it is.
    pub fn open(&mut self, file: &str, bytes: Vec<u8>) {
        match open(bytes) {
            Ok(screening) => {
                let trouble = screening.is_cut().then(|| (file.to_owned(), Trouble::Cut));
                *self = Film { screening: Some(screening), trouble, playing: true, ..Film::default() };
                self.file.push_str(file);
            }
            Err(why) => self.refuse(file, why),
        }
    }

    /// A file cannot be watched.
    pub fn refuse(&mut self, file: &str, why: Trouble) {
        self.trouble = Some((file.to_owned(), why));
    }

    /// Lets time pass, or goes on with a seek. `now_us` is asked for how long that takes. True when the picture moved.
    pub fn advance(&mut self, dt_s: f32, now_us: impl Fn() -> u64) -> bool {
        let until = now_us() + SLICE_US;
        let Some(screening) = &mut self.screening else { return false };
        let outcome = if screening.seeking().is_some() {
            seek(screening, || now_us() < until)
        } else if self.playing {
            let ticks = dt_s.min(FRAME_MAX_S) * TICK_HZ as f32 * PACES[self.pace];
            play(screening, ticks, || now_us() < until)
        } else {
            return false;
        };
        if screening.at_end() && screening.seeking().is_none() {
            self.playing = false;
        }
        if let Err(error) = outcome {
            self.trouble = Some((self.file.clone(), Trouble::Bad(error)));
            self.playing = false;
        }
        self.hear_kills();
        self.screening.as_ref().is_some_and(|screening| screening.seeking().is_none())
    }

    /// Does what a key or button asks for. `centre` is where the camera is, u.
    pub fn handle(&mut self, deed: Deed, centre: Vec2) {
        let playing = self.playing;
        let Some(screening) = &mut self.screening else { return };
        let (here, end) = screening.position();
        match deed {
            Deed::Toggle => {
                if !playing && screening.at_end() {
                    screening.seek(0);
                }
                self.playing = !playing;
            }
            Deed::Skip(seconds) => self.seek(moved(here, (seconds * TICK_HZ as f32) as i32)),
            Deed::Nudge(ticks) => {
                self.playing = false;
                self.seek(moved(here, ticks));
            }
            Deed::Start => self.seek(0),
            Deed::End => self.seek(end),
            Deed::Faster => self.pace = (self.pace + 1).min(PACES.len() - 1),
            Deed::Slower => self.pace = self.pace.saturating_sub(1),
            Deed::Next => screening.follow_next(false),
            Deed::Previous => screening.follow_next(true),
            Deed::Free if screening.followed().is_some() => screening.look_at(Subject::Place(centre)),
            Deed::Free => self.follow_nearest(centre, f32::INFINITY),
            // The shell has the speaker.
            Deed::Mute => {}
        }
    }

    /// Goes to this many ticks from the start.
    pub fn seek(&mut self, ticks: usize) {
        if let Some(screening) = &mut self.screening {
            screening.seek(ticks);
        }
    }

    /// Plays at the pace nearest to this one.
    pub fn set_pace(&mut self, pace: f32) {
        let off = |index: &usize| (PACES[*index] - pace).abs();
        self.pace = (0..PACES.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(NORMAL);
    }

    /// Follows a pilot.
    pub fn follow(&mut self, player: PlayerId) {
        if let Some(screening) = &mut self.screening {
            screening.look_at(Subject::Pilot(player));
        }
    }

    /// Follows whoever stands in a row of the leaderboard: the best, then the one who is followed.
    pub fn follow_row(&mut self, row: usize) {
        let board = self.leaderboard();
        let own = board.own.as_ref().map(|(_, row)| row.player);
        let player = board.rows.get(row).map(|row| row.player);
        if let Some(player) = player.or(own) {
            self.follow(player);
        }
    }

    /// Follows the ship nearest to a place, if one is within `reach`, u.
    pub fn follow_nearest(&mut self, place: Vec2, reach: f32) {
        // A decoy flies for its pilot.
        let ships = self.view().ships.iter().map(|ship| (ship.pos.distance(place), ship.id.player.pilot()));
        let nearest = ships.filter(|(away, _)| *away <= reach).min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, player)) = nearest {
            self.follow(player);
        }
    }

    /// Leaves the camera at a place.
    pub fn look_at(&mut self, place: Vec2) {
        if let Some(screening) = &mut self.screening {
            screening.look_at(Subject::Place(place));
        }
    }

    /// Brings the picture up to date; to be called once a frame.
    pub fn frame(&mut self) {
        if let Some(screening) = &mut self.screening {
            screening.frame();
        }
    }

    /// Forgets the events of the picture: they have been seen.
    pub fn clear_events(&mut self) {
        if let Some(screening) = &mut self.screening {
            screening.clear_events();
        }
    }

    /// The picture.
    #[must_use]
    pub fn view(&self) -> &View {
        self.screening.as_ref().map_or(&self.nothing.0, |screening| screening.view())
    }

    /// The tables.
    #[must_use]
    pub fn defs(&self) -> &Defs {
        self.screening.as_ref().map_or(&self.nothing.2, |screening| screening.defs())
    }

    /// The standing.
    #[must_use]
    pub fn leaderboard(&self) -> &Leaderboard {
        self.screening.as_ref().map_or(&self.nothing.1, |screening| screening.leaderboard())
    }

    /// A pilot's name, and whether the server flew it.
    #[must_use]
    pub fn pilot(&self, player: PlayerId) -> Option<(&str, bool)> {
        self.screening.as_ref()?.pilot(player)
    }

    /// Whoever is followed.
    #[must_use]
    pub fn followed(&self) -> Option<PlayerId> {
        self.screening.as_ref()?.followed()
    }

    /// The deaths of the last seconds; their times are those of the recording.
    #[must_use]
    pub fn kills(&self) -> &[Kill] {
        &self.kills
    }

    /// What the podium shows, while it stands: as long as in the arena.
    #[must_use]
    pub fn podium(&self) -> Option<SeasonEnd> {
        let (ago, end) = self.screening.as_ref()?.season()?;
        (ago as u64 * TICK_US < season::STANDS_US).then_some(end)
    }

    /// Whether a recording is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.screening.is_some()
    }

    /// Room and file.
    #[must_use]
    pub fn title(&self) -> (&str, &str) {
        (self.screening.as_ref().map_or("", |screening| screening.room()), &self.file)
    }

    /// What is wrong with the file that was chosen last, in one sentence.
    #[must_use]
    pub fn trouble(&self, language: Language) -> Option<String> {
        self.trouble.as_ref().map(|(file, trouble)| trouble.sentence(file, language))
    }

    /// Whether time passes.
    #[must_use]
    pub fn playing(&self) -> bool {
        self.playing
    }

    /// How fast, times real time.
    #[must_use]
    pub fn pace(&self) -> f32 {
        PACES[self.pace]
    }

    /// How fast the picture moves now, times real time: 0 while it stands still.
    #[must_use]
    pub fn pace_now(&self) -> f32 {
        if self.playing && self.seeking().is_none() { self.pace() } else { 0.0 }
    }

    /// Ticks from the start, and of the whole.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        self.screening.as_ref().map_or((0, 0), |screening| screening.position())
    }

    /// How much of a seek is done, 0 to 1.
    #[must_use]
    pub fn seeking(&self) -> Option<f32> {
        self.screening.as_ref()?.seeking()
    }

    /// Time of the picture from the start of the recording, s.
    #[must_use]
    pub fn time_s(&self) -> f64 {
        (self.position().0 as f64 + f64::from(self.view().alpha)) / f64::from(TICK_HZ)
    }

    fn hear_kills(&mut self) {
        let Some(screening) = &self.screening else { return };
        let deaths = screening.deaths();
        let key = (deaths.len(), deaths.back().map_or(0, |death| death.played));
        if self.kills_of == key {
            return;
        }
        self.kills_of = key;
        self.kills.clear();
        self.kills.extend(deaths.iter().map(|death| Kill {
            killer: death.killer.clone(),
            victim: death.victim.clone(),
            cause: death.cause,
            at_us: death.played as u64 * 1_000_000 / u64::from(TICK_HZ),
        }));
    }
}

/// A recording or a clip.
fn open(bytes: Vec<u8>) -> Result<Box<dyn Show>, Trouble> {
    if Clip::is_clip(&bytes) {
        let clip = ClipScreening::open(&bytes).map_err(|_| Trouble::Told(Word::FilmClip))?;
        return Ok(Box::new(clip));
    }
    Ok(Box::new(Screening::open(bytes).map_err(Trouble::Bad)?))
}

fn moved(here: usize, by: i32) -> usize {
    here.saturating_add_signed(by as isize)
}

fn seek(screening: &mut Box<dyn Show>, in_time: impl Fn() -> bool) -> Result<(), ReplayError> {
    while !screening.seek_on(STEPS)? && in_time() {}
    Ok(())
}

/// Plays `ticks`, or as many as there is time for.
fn play(screening: &mut Box<dyn Show>, mut ticks: f32, in_time: impl Fn() -> bool) -> Result<(), ReplayError> {
    while ticks > 0.0 {
        let part = ticks.min(STEPS as f32);
        screening.advance(part, STEPS + 1)?;
        ticks -= part;
        if !in_time() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
pub mod tests;
