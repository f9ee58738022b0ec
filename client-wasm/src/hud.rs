//! What is written over the arena. One file per widget and one table, [`widgets`].
//!
//! Invariant: widgets are plain Rust that reads a [`Frame`] and tells a [`Dom`] what changed; a frame in which nothing
//! changed touches nothing. Text goes in as text, never as markup.

pub mod abilities;
pub mod announcement;
pub mod badge;
pub mod banner;
pub mod boons;
pub mod chat;
pub mod choice;
pub mod contest;
pub mod death;
pub mod feed;
pub mod film_bar;
pub mod gauges;
pub mod graph;
pub mod hint;
pub mod keys;
pub mod lab;
pub mod leaderboard;
pub mod lobby;
pub mod minimap;
pub mod page;
pub mod podium;
pub mod school;
pub mod score;
pub mod spectate;
pub mod watch;

use glam::Vec2;
use shared::{
    defs::Defs,
    ids::PlayerId,
    protocol::Leaderboard,
    replica::view::{Phase, View},
};

use self::graph::Chart;
use crate::{
    chat::desk::Desk,
    film::Film,
    input::Bindings,
    lab::Lab,
    names::Masks,
    net::{Kill, Net},
    settings::shown_name,
    view::{looks::Looks, palette::Rgb},
    watch::Watched,
    words::{Language, Word},
};

/// An element of index.html.
pub type Id = &'static str;

/// What a widget may do to the page.
pub trait Dom {
    /// Replaces the text of an element.
    fn text(&mut self, id: Id, text: &str);
    /// Sets or clears a class of an element.
    fn flag(&mut self, id: Id, class: &'static str, on: bool);
    /// Sets how full an element is, 0..1 (the CSS variable `--share`).
    fn share(&mut self, id: Id, share: f32);
    /// Replaces the text of one cell of a list.
    fn cell(&mut self, id: Id, row: usize, column: usize, text: &str);
    /// Sets or clears a class of a row of a list.
    fn row_flag(&mut self, id: Id, row: usize, class: &'static str, on: bool);
    /// Paints over a small canvas; coordinates -1..1, +y up.
    fn paint(&mut self, id: Id, marks: &[Mark]);
    /// Paints graphs over a canvas.
    fn chart(&mut self, id: Id, charts: &[Chart]);
    /// Checks a checkbox or not.
    fn check(&mut self, id: Id, on: bool);
    /// Gives the keyboard to an element.
    fn focus(&mut self, id: Id);
    /// Sets an attribute of an element.
    fn attribute(&mut self, id: Id, name: &'static str, value: &str);
    /// Sets the value of a control.
    fn value(&mut self, id: Id, value: &str);
}

/// One stroke on a small canvas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// A filled disc; radius in CSS px.
    Dot(Vec2, f32, Rgb, f32),
    /// A circle line; radius as the coordinates.
    Circle(Vec2, f32, Rgb, f32),
    /// A triangle that points along an angle, rad; size in CSS px.
    Arrow(Vec2, f32, f32, Rgb),
    /// A filled square; half side in CSS px.
    Square(Vec2, f32, Rgb, f32),
    /// A crown; half width in CSS px.
    Crown(Vec2, f32, Rgb),
    /// A filled hexagon; radius in CSS px.
    Hexagon(Vec2, f32, Rgb),
}

impl Mark {
    /// The same in the same place, with what is measured in CSS px larger by `factor`.
    #[must_use]
    pub fn larger(self, factor: f32) -> Mark {
        match self {
            Mark::Dot(at, radius, rgb, opacity) => Mark::Dot(at, radius * factor, rgb, opacity),
            Mark::Circle(..) => self,
            Mark::Arrow(at, angle, size, rgb) => Mark::Arrow(at, angle, size * factor, rgb),
            Mark::Square(at, half, rgb, opacity) => Mark::Square(at, half * factor, rgb, opacity),
            Mark::Crown(at, half, rgb) => Mark::Crown(at, half * factor, rgb),
            Mark::Hexagon(at, radius, rgb) => Mark::Hexagon(at, radius * factor, rgb),
        }
    }
}

/// Where the world comes from, and the lists beside it.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A server.
    Line(&'a Net),
    /// A recording.
    Film(&'a Film),
}

/// What widgets read.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The world.
    pub view: &'a View,
    /// The tables.
    pub defs: &'a Defs,
    /// Where all of it comes from.
    pub source: Source<'a>,
    /// Time since the page was loaded, s.
    pub now_s: f64,
    /// A finger was used.
    pub touch: bool,
    /// A gamepad was used last.
    pub pad: bool,
    /// The language of the page.
    pub language: Language,
    /// How it is to look.
    pub looks: &'a Looks,
    /// What keys mean.
    pub bindings: &'a Bindings,
    /// What is said in the place of names, if they are not to be seen.
    pub masks: Option<&'a Masks>,
    /// The details of the line are wanted.
    pub details: bool,
    /// The large map is wanted.
    pub map: bool,
    /// Sound is off.
    pub muted: bool,
    /// Frames per second, smoothed.
    pub fps: f32,
    /// Ships offered in flight.
    pub offer: choice::Offer,
    /// First-minute deeds whose hint is not wanted now, bits of [`hint::Deed`].
    pub deeds: u8,
    /// The flight school, if this page is its.
    pub school: Option<&'a school::School>,
    /// The lab, if this page is it.
    pub lab: Option<&'a Lab>,
    /// The line one writes in, and the wheel.
    pub desk: Desk,
    /// What one watches while one waits for a ship.
    pub watched: Watched,
}

impl<'a> Frame<'a> {
    /// The own ship flies.
    #[must_use]
    pub fn flying(&self) -> bool {
        self.view.phase == Phase::Flying
    }

    /// The scores.
    #[must_use]
    pub fn leaderboard(&self) -> &'a Leaderboard {
        match self.source {
            Source::Line(net) => net.shown().leaderboard(),
            Source::Film(film) => film.leaderboard(),
        }
    }

    /// A pilot's name as it is to be shown, and whether it is a bot.
    #[must_use]
    pub fn pilot(&self, player: PlayerId) -> Option<(&'a str, bool)> {
        let pilot = match self.source {
            Source::Line(net) => net.pilot(player),
            Source::Film(film) => film.pilot(player),
        };
        pilot.map(|(name, bot)| (self.shown_name(player, name), bot))
    }

    /// A name as it is to be shown: every name on its way to the page comes through here.
    #[must_use]
    pub fn shown_name(&self, player: PlayerId, name: &'a str) -> &'a str {
        shown_name(self.masks, player, self.own(), name)
    }

    /// A word in the language of the page.
    #[must_use]
    pub fn say(&self, word: Word) -> &'static str {
        word.say(self.language)
    }

    /// The own slot, or that of whoever is followed.
    #[must_use]
    pub fn own(&self) -> Option<PlayerId> {
        match self.source {
            Source::Line(net) => net.shown().player(),
            Source::Film(film) => film.followed(),
        }
    }

    /// Whether one does not want to hear who bears this name.
    #[must_use]
    pub fn is_muted(&self, name: &str) -> bool {
        matches!(self.source, Source::Line(net) if net.chat().is_muted(name))
    }

    /// Deaths so far.
    #[must_use]
    pub fn kills(&self) -> &'a [Kill] {
        match self.source {
            Source::Line(net) => net.heard().kills(),
            Source::Film(film) => film.kills(),
        }
    }
}

/// A part of the HUD.
pub trait Widget {
    /// Brings the page up to date with a frame.
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom);
}

// Not `Widget: Debug`: that would put everything which a widget remembers into the page as text, 30 KB of it.
impl core::fmt::Debug for dyn Widget {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str("Widget")
    }
}

/// The table of all widgets.
#[must_use]
pub fn widgets() -> Vec<Box<dyn Widget>> {
    vec![
        Box::<gauges::GaugesPanel>::default(),
        Box::<abilities::Abilities>::default(),
        Box::<keys::Keys>::default(),
        Box::<boons::Boons>::default(),
        Box::<score::Score>::default(),
        Box::<leaderboard::LeaderboardList>::default(),
        Box::<minimap::Minimap>::default(),
        Box::<feed::Feed>::default(),
        Box::<badge::Badge>::default(),
        Box::<podium::Podium>::default(),
        Box::<hint::Hint>::default(),
        Box::<school::SchoolPanel>::default(),
        Box::<death::DeathCard>::default(),
        Box::<watch::WatchStrip>::default(),
        Box::<spectate::Spectate>::default(),
        Box::<banner::Banner>::default(),
        Box::<announcement::Announcement>::default(),
        Box::<contest::Contest>::default(),
        Box::<lobby::Lobby>::default(),
        Box::<choice::Choice>::default(),
        Box::<graph::Graphs>::default(),
        Box::<lab::LabPanel>::default(),
        Box::<chat::ChatPanel>::default(),
    ]
}

/// Shows whether sound is off, on the button that every page has.
fn show_muted(muted: bool, language: Language, dom: &mut dyn Dom) {
    dom.flag("mute", "on", muted);
    dom.text("mute", if muted { Word::SoundOff.say(language) } else { "♪" });
}

/// A number with one place behind the point.
fn tenths(value: f32) -> String {
    decimal((value * 10.0).round() as i64)
}

/// The same of a number of tenths.
fn decimal(tenths: i64) -> String {
    let (sign, tenths) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
    [sign, &(tenths / 10).to_string(), ".", &(tenths % 10).to_string()].concat()
}

/// A value and whether it differs from the last one.
#[derive(Debug, Clone)]
pub struct Cached<T>(Option<T>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Cached(None)
    }
}

impl<T: PartialEq + Copy> Cached<T> {
    /// Takes the new value; true when it differs from the last one, and the first time.
    pub fn changed(&mut self, value: T) -> bool {
        let changed = self.0 != Some(value);
        self.0 = Some(value);
        changed
    }
}

/// A text and whether it differs from the last one.
#[derive(Debug, Clone, Default)]
pub struct CachedText(Option<String>);

impl CachedText {
    /// Takes the new text; true when it differs from the last one, and the first time.
    pub fn changed(&mut self, text: &str) -> bool {
        let changed = self.0.as_deref() != Some(text);
        if changed {
            self.0 = Some(text.to_owned());
        }
        changed
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::net::Remembered;

    /// A page that remembers what was done to it.
    #[derive(Debug, Default)]
    pub struct Recorded {
        /// `id=text`, `id.class`, `id!class`, `id%share`, `id[row,column]=text`, `id@name=value`, `id:=value`, `id?checked`.
        pub done: Vec<String>,
        /// The last painting.
        pub marks: Vec<Mark>,
        /// The last graphs, and where.
        pub charts: Option<(Id, Vec<Chart>)>,
    }

    impl Dom for Recorded {
        fn text(&mut self, id: Id, text: &str) {
            self.done.push(format!("{id}={text}"));
        }
        fn flag(&mut self, id: Id, class: &'static str, on: bool) {
            self.done.push(format!("{id}{}{class}", if on { "." } else { "!" }));
        }
        fn share(&mut self, id: Id, share: f32) {
            self.done.push(format!("{id}%{share:.2}"));
        }
        fn cell(&mut self, id: Id, row: usize, column: usize, text: &str) {
            self.done.push(format!("{id}[{row},{column}]={text}"));
        }
        fn row_flag(&mut self, id: Id, row: usize, class: &'static str, on: bool) {
            self.done.push(format!("{id}[{row}]{}{class}", if on { "." } else { "!" }));
        }
        fn paint(&mut self, _: Id, marks: &[Mark]) {
            self.marks = marks.to_vec();
        }
        fn chart(&mut self, id: Id, charts: &[Chart]) {
            self.charts = Some((id, charts.to_vec()));
        }
        fn check(&mut self, id: Id, on: bool) {
            self.done.push(format!("{id}?{on}"));
        }
        fn focus(&mut self, id: Id) {
            self.done.push(format!("{id}<focus"));
        }
        fn attribute(&mut self, id: Id, name: &'static str, value: &str) {
            self.done.push(format!("{id}@{name}={value}"));
        }
        fn value(&mut self, id: Id, value: &str) {
            self.done.push(format!("{id}:={value}"));
        }
    }

    impl Recorded {
        /// Whether this was done.
        pub fn has(&self, what: &str) -> bool {
            self.done.iter().any(|done| done == what)
        }
    }

    /// Runs `check` with a frame around this view.
    pub fn with_frame(view: &View, check: impl FnOnce(&mut Frame<'_>)) {
        with_parts(view, &Net::new(1, (800, 450), Remembered::default(), 0), None, check);
    }

    /// The same with this connection and this lab.
    pub fn with_parts(view: &View, net: &Net, lab: Option<&Lab>, check: impl FnOnce(&mut Frame<'_>)) {
        let defs = Defs::standard();
        check(&mut Frame {
            view,
            defs: &defs,
            source: Source::Line(net),
            now_s: 0.0,
            touch: false,
            pad: false,
            language: Language::English,
            looks: &Looks::default(),
            bindings: &Bindings::default(),
            masks: None,
            details: false,
            map: false,
            muted: false,
            fps: 60.0,
            offer: choice::Offer::default(),
            deeds: 0,
            school: None,
            lab,
            desk: Desk::default(),
            watched: Watched::default(),
        });
    }

    #[test]
    fn a_frame_in_which_nothing_changed_touches_nothing() {
        let view = View { phase: Phase::Flying, own: Some(Default::default()), ..View::default() };
        with_frame(&view, |frame| {
            let mut widgets = widgets();
            for widget in &mut widgets {
                widget.update(frame, &mut Recorded::default());
            }
            for widget in &mut widgets {
                let mut dom = Recorded::default();
                widget.update(frame, &mut dom);
                assert!(dom.done.is_empty(), "{widget:?} did {:?}", dom.done);
            }
        });
    }
}
