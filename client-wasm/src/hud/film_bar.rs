//! The controls under a recording, and the card that asks for one. Invariant: everything they show is read from the
//! [`Film`]; what is done with them comes back through `platform/film_events`.

use shared::tick::TICK_HZ;

use super::{Cached, CachedText, Dom, Frame, Source, Widget, show_muted};
use crate::{
    film::Film,
    words::{Language, Word},
};

/// A seek that takes less than this shows no progress, s.
const PATIENCE_S: f64 = 0.2;

/// Bar and card.
#[derive(Debug, Default)]
pub struct FilmBar {
    open: Cached<bool>,
    title: CachedText,
    name: CachedText,
    bot: Cached<bool>,
    playing: Cached<(bool, Language)>,
    free: Cached<bool>,
    muted: Cached<(bool, Language)>,
    pace: CachedText,
    /// Length, ticks.
    length: Cached<usize>,
    /// Place, ticks.
    place: Cached<usize>,
    second: Cached<(usize, Language)>,
    trouble: CachedText,
    /// Since when a seek is under way, s.
    seeking_since: Option<f64>,
    /// Percent shown.
    progress: Cached<(Option<u8>, Language)>,
}

impl Widget for FilmBar {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let Source::Film(film) = frame.source else { return };
        if self.open.changed(film.is_open()) {
            dom.flag("film-open", "off", film.is_open());
            dom.flag("film-bar", "off", !film.is_open());
            dom.flag("hud", "watching", !film.is_open());
            dom.focus(if film.is_open() { "film-toggle" } else { "film-file" });
        }
        self.trouble(film, frame.language, dom);
        if !film.is_open() {
            return;
        }
        self.facts(film, frame, dom);
        self.place(film, frame.language, dom);
        self.progress(film, frame, dom);
        if self.muted.changed((frame.muted, frame.language)) {
            show_muted(frame.muted, frame.language, dom);
        }
    }
}

impl FilmBar {
    fn trouble(&mut self, film: &Film, language: Language, dom: &mut dyn Dom) {
        let words = film.trouble(language).unwrap_or_default();
        if self.trouble.changed(&words) {
            for id in ["film-trouble", "film-note"] {
                dom.text(id, &words);
                dom.flag(id, "off", words.is_empty());
            }
        }
    }

    fn facts(&mut self, film: &Film, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let (room, file) = film.title();
        let title = if room.is_empty() { file.to_owned() } else { [room, " · ", file].concat() };
        if self.title.changed(&title) {
            dom.text("film-title", &title);
        }
        let followed = film.followed();
        let (name, bot) = match followed {
            Some(player) => frame.pilot(player).unwrap_or(("?", false)),
            None => (frame.say(Word::FreeCamera), false),
        };
        if self.name.changed(name) {
            dom.text("film-name", name);
        }
        if self.bot.changed(bot) {
            dom.flag("film-name", "bot", bot);
        }
        if self.free.changed(followed.is_none()) {
            dom.attribute("film-free", "aria-pressed", if followed.is_none() { "true" } else { "false" });
        }
        if self.playing.changed((film.playing(), frame.language)) {
            dom.flag("film-toggle", "playing", film.playing());
            dom.attribute(
                "film-toggle",
                "aria-label",
                frame.say(if film.playing() { Word::Pause } else { Word::PlayFilm }),
            );
        }
        let pace = film.pace().to_string();
        if self.pace.changed(&pace) {
            dom.value("film-pace", &pace);
        }
    }

    fn place(&mut self, film: &Film, language: Language, dom: &mut dyn Dom) {
        let (place, length) = film.position();
        let total = clock(length);
        if self.length.changed(length) {
            dom.attribute("film-seek", "max", &length.to_string());
            dom.text("film-total", &total);
        }
        if self.place.changed(place) {
            dom.value("film-seek", &place.to_string());
            dom.share("film-track", place as f32 / length.max(1) as f32);
        }
        if self.second.changed((place / TICK_HZ as usize, language)) {
            let now = clock(place);
            dom.text("film-time", &now);
            dom.attribute("film-seek", "aria-valuetext", &Word::ClockOf.with(language, &[&now, &total]));
        }
    }

    fn progress(&mut self, film: &Film, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let now_s = frame.now_s;
        let percent = match film.seeking() {
            Some(done) => {
                let since = *self.seeking_since.get_or_insert(now_s);
                (now_s - since > PATIENCE_S).then_some((done * 100.0) as u8)
            }
            None => {
                self.seeking_since = None;
                None
            }
        };
        if self.progress.changed((percent, frame.language)) {
            dom.flag("film-progress", "off", percent.is_none());
            if let Some(percent) = percent {
                dom.text("film-progress", &Word::Seeking.with(frame.language, &[&percent.to_string()]));
            }
        }
    }
}

/// Minutes and seconds, and hours if there are any.
#[must_use]
pub fn clock(ticks: usize) -> String {
    let seconds = ticks / TICK_HZ as usize;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let two = |number: usize| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
    if hours > 0 {
        [&hours.to_string(), ":", &two(minutes), ":", &two(seconds)].concat()
    } else {
        [&minutes.to_string(), ":", &two(seconds)].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        film::{Deed, tests::recording},
        hud::tests::{Recorded, with_frame},
    };
    use glam::Vec2;
    use shared::replica::view::View;

    fn told(bar: &mut FilmBar, film: &Film, now_s: f64) -> Recorded {
        let mut dom = Recorded::default();
        with_frame(&View::default(), |frame| {
            bar.update(&Frame { source: Source::Film(film), now_s, ..*frame }, &mut dom);
        });
        dom
    }

    #[test]
    fn it_asks_for_a_file_says_what_is_wrong_with_it_and_then_shows_the_bar() {
        let (mut bar, mut film) = (FilmBar::default(), Film::default());
        let dom = told(&mut bar, &film, 0.0);
        assert!(dom.has("film-open!off") && dom.has("film-bar.off") && dom.has("film-trouble.off"), "{:?}", dom.done);
        film.open("cat.gif", b"GIF89a".to_vec());
        let dom = told(&mut bar, &film, 0.1);
        assert!(dom.has("film-trouble=cat.gif: this is not a Perihelion recording.") && dom.has("film-trouble!off"));
        film.open("match.rec", recording(600));
        let dom = told(&mut bar, &film, 0.2);
        for what in [
            "film-open.off",
            "film-bar!off",
            "hud!watching",
            "film-toggle<focus",
            "film-note.off",
            "film-title=Drift · match.rec",
            "film-toggle.playing",
            "film-toggle@aria-label=Pause",
            "film-seek@max=600",
            "film-total=0:10",
            "film-time=0:00",
            "film-seek@aria-valuetext=0:00 of 0:10",
            "film-pace:=1",
            "film-name.bot",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
        assert!(told(&mut bar, &film, 0.3).done.is_empty(), "nothing changed");
    }

    #[test]
    fn a_long_seek_shows_its_progress_and_a_short_one_none() {
        let (mut bar, mut film) = (FilmBar::default(), Film::default());
        film.open("match.rec", recording(1_200));
        told(&mut bar, &film, 0.0);
        film.seek(1_100);
        assert!(told(&mut bar, &film, 1.0).has("film-seek:=1100"));
        let clock = core::cell::Cell::new(0);
        film.advance(0.1, || {
            clock.set(clock.get() + 9_000);
            clock.get()
        });
        let dom = told(&mut bar, &film, 1.3);
        assert!(dom.has("film-progress!off") && dom.done.iter().any(|done| done.starts_with("film-progress=Seeking")));
        while film.seeking().is_some() {
            film.advance(0.1, || 0);
        }
        assert!(told(&mut bar, &film, 1.4).has("film-progress.off"));
        film.handle(Deed::Free, Vec2::ZERO);
        let dom = told(&mut bar, &film, 1.5);
        assert!(dom.has("film-free@aria-pressed=true") && dom.has("film-name=Free camera"));
    }

    #[test]
    fn time_is_written_as_on_a_clock() {
        for (ticks, text) in [(0, "0:00"), (59, "0:00"), (3_599, "0:59"), (3_600, "1:00"), (216_000 + 3_660, "1:01:01")]
        {
            assert_eq!(clock(ticks), text);
        }
    }
}
