//! The page `/replay`: a recording from a file, or from the page's own server (`?src=PATH`), drawn by the same scene and
//! renderer as a live arena. Invariant: it opens no socket and knows no room; what is shown is decided in [`Film`], this
//! file gives it its turns.

use std::{cell::RefCell, rc::Rc};

use glam::Vec2;

use crate::{
    audio::Audio,
    chat::desk::Desk,
    film::{Deed, Film},
    frame_clock::FrameClock,
    hooks::{self, PageState},
    hud::{
        Frame, Source, Widget, feed::Feed, film_bar::FilmBar, gauges::GaugesPanel, leaderboard::LeaderboardList,
        minimap::Minimap, page::Page, score::Score,
    },
    input::{InputEvent, touch::Touch},
    platform::{
        browser, error_card,
        events::{self, Act, PageEvent, Queue},
        film_events::{self, FilmEvent, FilmQueue},
        frames, hook, settings_panel,
        speaker::{Loudness, Speaker},
        storage,
    },
    screen::{self, Screen},
    settings::{Fact, Panel, Settings},
    view::{Camera, Effects, Scene, scene::Ingredients},
};

/// Where the page is.
pub const PATH: &str = "/replay";
/// A press that moves no farther than this is a click, CSS px.
const CLICK_PX: f32 = 6.0;
/// A click this near to a ship means it, CSS px: also for fingers.
const REACH_PX: f32 = 44.0;
/// Sounds are heard up to this pace: beyond it they are noise.
const HEARD_PACE: f32 = 2.0;
/// While a seek is under way the picture stands still, and is drawn only this often, µs: the time belongs to the seek.
const IDLE_DRAW_US: u64 = 250_000;
/// How much a notch of the wheel changes the zoom: a sixth for a usual mouse's 100.
const ZOOM_PER_DELTA: f32 = 0.0018;

/// The page.
#[derive(Debug)]
struct Theatre {
    screen: Screen,
    pointers: Queue,
    controls: FilmQueue,
    film: Film,
    camera: Camera,
    effects: Effects,
    scene: Scene,
    widgets: Vec<Box<dyn Widget>>,
    feed: Feed,
    page: Page,
    audio: Audio,
    /// The large map is open.
    map: bool,
    speaker: Speaker,
    grip: Option<Grip>,
    panel: Panel,
    clock: FrameClock,
    seeking: bool,
    drawn_us: u64,
}

/// A button or finger that is down on the arena.
#[derive(Debug, Clone, Copy)]
struct Grip {
    id: i32,
    from: Vec2,
    last: Vec2,
    drags: bool,
}

/// Starts the page, or says why it cannot.
pub fn start() {
    let Some(screen) = Screen::find() else { return };
    film_events::mark("film", true);
    let theatre = Rc::new(RefCell::new(Theatre::new(screen)));
    let state = theatre.clone();
    hook::install(move || state.try_borrow().map_or_else(|_| "null".to_owned(), |theatre| theatre.state()));
    let slow = theatre.clone();
    frames::run(move || theatre.borrow_mut().frame());
    frames::every(frames::SLOW_MS, move || slow.borrow_mut().slow());
    screen::ready();
}

impl Theatre {
    fn new(screen: Screen) -> Theatre {
        let panel = Panel::new(Settings::from_text(&storage::settings()), browser::system());
        let pointers = events::install_pointers();
        settings_panel::install(&pointers);
        let mut theatre = Theatre {
            camera: Camera::new(screen.stage.css_size(), panel.looks().calm),
            screen,
            pointers,
            controls: film_events::install(),
            film: Film::default(),
            effects: Effects::new(1, panel.looks()),
            scene: Scene::default(),
            widgets: vec![
                Box::<GaugesPanel>::default(),
                Box::<Score>::default(),
                Box::<LeaderboardList>::default(),
                Box::<Minimap>::default(),
                Box::<FilmBar>::default(),
            ],
            feed: Feed::default(),
            page: Page::new(),
            audio: Audio::default(),
            map: false,
            speaker: Speaker::new(),
            grip: None,
            panel,
            clock: FrameClock::new(browser::now_us()),
            seeking: false,
            drawn_us: 0,
        };
        theatre.take_up_settings();
        theatre
    }

    /// Something happened to the settings; what is set differently now is kept.
    fn take_settings(&mut self, fact: Fact) {
        if self.panel.handle(fact) {
            self.take_up_settings();
            storage::remember_settings(&self.panel.settings().to_text());
        }
        settings_panel::show(self.panel.is_open());
    }

    /// What is set holds from now on.
    fn take_up_settings(&mut self) {
        let settings = self.panel.settings();
        self.speaker.set_loudness(Loudness::of(settings));
        self.camera.set_still(self.panel.looks().calm);
        self.effects.set_looks(self.panel.looks());
        settings_panel::apply(&self.panel);
    }

    fn frame(&mut self) {
        let now_us = browser::now_us();
        let dt_s = self.clock.frame(now_us);
        if self.screen.stage.refresh() {
            self.camera.resize(self.screen.stage.css_size());
            // A canvas that changes its size is empty.
            self.drawn_us = 0;
        }
        self.take_events();
        self.advance(dt_s);
        self.show(now_us);
        self.film.clear_events();
    }

    /// Runs while the tab is hidden, too.
    fn slow(&mut self) {
        if browser::document().hidden() {
            self.take_events();
        }
        self.speaker.doze();
    }

    /// To the next moment of the recording.
    fn advance(&mut self, dt_s: f32) {
        let sought = self.film.seeking().is_some();
        let moved = self.film.advance(dt_s, browser::now_us);
        self.film.frame();
        let seeking = self.film.seeking().is_some();
        if self.seeking && !seeking {
            // What flew about before the cut does not belong here.
            self.effects = Effects::new(1, self.panel.looks());
            self.camera.hold(self.film.view().focus.pos);
        }
        self.seeking = seeking;
        let pace = self.film.pace_now();
        let view = self.film.view();
        self.camera.follow_focus(&view.focus, dt_s, pace);
        let camera = &self.camera;
        // At 16 times the pace a frame of effects is a quarter second: enough for any spark.
        let effects_s = (dt_s * pace).min(0.25);
        self.effects.update(view, self.film.defs(), effects_s, |pos, radius| camera.sees(pos, radius));
        // What is found at the end of a seek did not begin there.
        let heard = moved && !sought && pace > 0.0 && pace <= HEARD_PACE;
        if heard {
            self.camera.shake(self.effects.shake());
        }
        self.audio.update(self.film.view(), &self.camera, heard, dt_s);
        if !heard {
            self.audio.rest_engine();
        }
    }

    fn show(&mut self, now_us: u64) {
        if !self.seeking || now_us - self.drawn_us >= IDLE_DRAW_US {
            self.drawn_us = now_us;
            self.draw();
        }
        self.speaker.play(&mut self.audio);
        self.update_page(now_us as f64 / 1e6);
    }

    fn draw(&mut self) {
        let film = &self.film;
        let ingredients = Ingredients {
            view: film.view(),
            defs: film.defs(),
            camera: &self.camera,
            effects: &self.effects,
            touch: &Touch::default(),
            leader: film.leaderboard().leader.map(|leader| leader.player),
            own: film.followed(),
            // Things that glow and turn follow the recording, so that a pause is one.
            time_s: (film.time_s() % 3_600.0) as f32,
            looks: self.panel.looks(),
            guide: None,
            ghosts: (false, false),
        };
        self.scene.build(&ingredients, |player| film.pilot(player).is_some_and(|(_, bot)| bot));
        let followed = film.followed();
        self.screen.draw(&self.scene, |player| {
            film.pilot(player).map(|(name, _)| self.panel.shown_name(player, followed, name))
        });
    }

    fn update_page(&mut self, now_s: f64) {
        let film = &self.film;
        let frame = Frame {
            view: film.view(),
            defs: film.defs(),
            source: Source::Film(film),
            now_s,
            touch: false,
            pad: false,
            language: self.panel.language(),
            looks: self.panel.looks(),
            bindings: &self.panel.settings().bindings,
            masks: self.panel.masks(),
            details: false,
            map: self.map,
            muted: self.speaker.muted(),
            fps: self.clock.fps(),
            offer: Default::default(),
            deeds: 0,
            school: None,
            lab: None,
            desk: Desk::default(),
            watched: Default::default(),
        };
        for widget in &mut self.widgets {
            widget.update(&frame, &mut self.page);
        }
        // Deaths stay as long as they did, in the recording's own time.
        self.feed.update(&Frame { now_s: film.time_s(), ..frame }, &mut self.page);
        self.panel.update(&mut self.page);
    }

    fn take_events(&mut self) {
        let events = core::mem::take(&mut *self.controls.borrow_mut());
        for event in events {
            self.take_control(event);
        }
        let events = core::mem::take(&mut *self.pointers.borrow_mut());
        for event in events {
            match event {
                PageEvent::Input(input) => self.take_pointer(&input),
                PageEvent::Act(Act::Map) => self.map = !self.map,
                PageEvent::ToggleMute => self.speaker.toggle_mute(),
                PageEvent::Attend(presence) => self.speaker.attend(presence),
                PageEvent::Settings(fact) => self.take_settings(fact),
                PageEvent::ContextLost => self.screen.lose(),
                PageEvent::ContextRestored => self.screen.restore(),
                PageEvent::Play { .. }
                | PageEvent::Rooms(_)
                | PageEvent::RoomMade(_)
                | PageEvent::Choose(_)
                | PageEvent::Relaunch
                | PageEvent::SkipLesson
                | PageEvent::Act(_)
                | PageEvent::Talk(_)
                | PageEvent::Watch(_)
                | PageEvent::ClipKept(_)
                | PageEvent::Visible(_)
                | PageEvent::Woken
                | PageEvent::Lab { .. } => {}
            }
        }
    }

    fn take_control(&mut self, event: FilmEvent) {
        // A file that arrives is no gesture, and browsers warn of sound without one.
        if matches!(event, FilmEvent::Deed(_) | FilmEvent::Row(_)) {
            self.speaker.wake();
        }
        match event {
            FilmEvent::Deed(Deed::Mute) => self.speaker.toggle_mute(),
            FilmEvent::Deed(deed) => self.film.handle(deed, self.camera.centre()),
            FilmEvent::Seek(ticks) => self.film.seek(ticks),
            FilmEvent::Pace(pace) => self.film.set_pace(pace),
            FilmEvent::Row(row) => self.film.follow_row(row),
            FilmEvent::Wheel(delta) => self.camera.zoom_by(1.0 - (delta * ZOOM_PER_DELTA).clamp(-0.5, 0.5)),
            FilmEvent::File(name, bytes) => {
                self.film.open(&name, bytes);
                self.camera.fit(self.film.defs().arena.wrap_half);
            }
            FilmEvent::Refused(name, why) => self.film.refuse(&name, why),
            FilmEvent::Hover(over) => film_events::mark("dropping", over),
        }
    }

    /// A click follows a ship, a drag moves the camera.
    fn take_pointer(&mut self, input: &InputEvent) {
        match *input {
            InputEvent::PointerDown { id, pos, .. } if self.grip.is_none() => {
                self.speaker.wake();
                self.grip = Some(Grip { id, from: pos, last: pos, drags: false });
            }
            InputEvent::PointerMoved { id, pos, .. } => self.drag(id, pos),
            InputEvent::PointerUp { id, .. } => {
                if let Some(grip) = self.grip.take_if(|grip| grip.id == id)
                    && !grip.drags
                {
                    let reach = REACH_PX / self.camera.pixels_per_unit();
                    self.film.follow_nearest(self.camera.to_world(grip.from), reach);
                }
            }
            InputEvent::Thumb { .. } | InputEvent::Blur => self.grip = None,
            InputEvent::PointerDown { .. } | InputEvent::Key { .. } => {}
        }
    }

    fn drag(&mut self, id: i32, pos: Vec2) {
        let Some(grip) = self.grip.as_mut().filter(|grip| grip.id == id) else { return };
        grip.drags |= grip.from.distance(pos) > CLICK_PX;
        if !grip.drags {
            return;
        }
        if self.film.is_open() {
            let by = self.camera.to_world(grip.last) - self.camera.to_world(pos);
            let centre = self.camera.centre() + by;
            self.camera.hold(centre);
            self.film.look_at(centre);
        }
        grip.last = pos;
    }

    fn state(&self) -> String {
        let error = error_card::report();
        let beams = self.effects.beams_seen();
        let (error, panel) = (error.as_deref(), Some(&self.panel));
        let drawing = self.screen.is_drawing();
        let page = PageState { fps: self.clock.fps(), drawing, beams, error, panel, ..PageState::default() };
        hooks::film_state(&self.film, &self.camera, page)
    }
}
