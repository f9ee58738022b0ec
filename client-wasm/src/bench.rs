//! The page `/bench`: how long a frame takes this machine in the thickest fight the game promises to draw. It plays a scripted
//! crowd through the same effects, scene, renderer and instruments as the arena and says what that cost, without the time
//! of the graphics card; with `?src=PATH` the netcode works through a recorded fight in the same frames. A key lets it be heard.
//! Invariant: it opens no socket; the crowd itself is made outside of the measured time.

mod crowd;
mod netcode;

use std::{cell::RefCell, rc::Rc};

use glam::Vec2;
use shared::{defs::Defs, replica::view::View};

use crate::{
    audio::Audio,
    chat::desk::Desk,
    hud::{self, Frame, Source, Widget, page::Page},
    input::{Bindings, touch::Touch},
    json::Json,
    names,
    net::{Net, Remembered},
    platform::{
        browser,
        film_events::{FilmEvent, FilmQueue},
        film_fetch, frames, hook,
        speaker::Speaker,
    },
    screen::{self, Screen},
    view::{Camera, Effects, Scene, looks::Looks, scene::Ingredients},
    words::Language,
};
use netcode::Netcode;

/// Where the page is.
pub const PATH: &str = "/bench";
/// Frames remembered: the first minute at 60 Hz.
const FRAMES_MAX: usize = 3_600;
/// The first frames make buffers, textures of names and compiled code.
const WARM_UP: u32 = 30;
/// Half of the usual view, u.
const VIEW_HALF: Vec2 = Vec2::new(800.0, 450.0);

#[derive(Debug)]
struct Bench {
    screen: Screen,
    net: Net,
    view: View,
    camera: Camera,
    effects: Effects,
    scene: Scene,
    audio: Audio,
    speaker: Speaker,
    widgets: Vec<Box<dyn Widget>>,
    page: Page,
    defs: Defs,
    looks: Looks,
    bindings: Bindings,
    names: Vec<String>,
    tick: u32,
    /// What the frames took.
    whole: Spent,
    /// The recorded fight, on its way…
    asked: FilmQueue,
    /// …and here, until it is over.
    netcode: Option<Netcode>,
    /// What the netcode took of the frames.
    share: Spent,
}

/// What frames took, µs, shortest first.
#[derive(Debug, Default)]
struct Spent(Vec<u32>);

impl Spent {
    /// Remembers a frame among the others.
    fn note(&mut self, spent_us: u32) {
        if self.0.len() < FRAMES_MAX {
            let at = self.0.partition_point(|other| *other <= spent_us);
            self.0.insert(at, spent_us);
        }
    }

    /// The time that this share of the frames took at most, ms.
    fn quantile_ms(&self, share: f32) -> f64 {
        let at = (self.0.len() as f32 * share) as usize;
        f64::from(self.0.get(at).or(self.0.last()).copied().unwrap_or_default()) / 1_000.0
    }
}

/// Starts the page.
pub fn start() {
    let Some(screen) = Screen::find() else { return };
    let camera = Camera::new(screen.stage.css_size(), false);
    let bench = Rc::new(RefCell::new(Bench {
        net: Net::new(1, camera.asked_half(), Remembered::default(), 0),
        screen,
        view: View::default(),
        camera,
        effects: Effects::new(1, &Looks::default()),
        scene: Scene::default(),
        audio: Audio::default(),
        speaker: Speaker::new(),
        widgets: hud::widgets(),
        page: Page::new(),
        defs: Defs::standard(),
        looks: Looks::default(),
        bindings: Bindings::default(),
        names: (0..crowd::SHIPS).map(|i| names::suggest(u32::from(i))).collect(),
        tick: 0,
        whole: Spent::default(),
        asked: FilmQueue::default(),
        netcode: None,
        share: Spent::default(),
    }));
    film_fetch::fetch_named(&bench.borrow().asked);
    let (state, gesture) = (bench.clone(), bench.clone());
    browser::listen(&browser::window(), "keydown", true, move |_: web_sys::Event| gesture.borrow_mut().speaker.wake());
    hook::install(move || state.try_borrow().map_or_else(|_| "null".to_owned(), |bench| bench.state()));
    frames::run(move || bench.borrow_mut().frame());
    screen::ready();
    browser::mark("bench");
}

impl Bench {
    fn frame(&mut self) {
        if self.screen.stage.refresh() {
            self.camera.resize(self.screen.stage.css_size());
            // All of the crowd is in sight, however small the window: a small one leaves the graphics card out of it.
            let seen = self.camera.half_extents() / VIEW_HALF;
            self.camera.zoom_by(seen.min_element().min(1.0));
        }
        for event in self.asked.take() {
            if let FilmEvent::File(_, bytes) = event {
                self.netcode = Netcode::new(bytes);
                // From here on a frame is more than it was.
                (self.whole, self.tick) = (Spent::default(), 0);
            }
        }
        crowd::draw(&mut self.view, self.tick);
        self.tick += 1;
        let begun_us = browser::now_us();
        let told = self.netcode.as_mut().map(Netcode::frame);
        let share_us = (browser::now_us() - begun_us) as u32;
        self.draw();
        let whole_us = (browser::now_us() - begun_us) as u32;
        match told {
            Some(None) => self.netcode = None,
            Some(Some(())) if self.tick > WARM_UP => {
                self.share.note(share_us);
                self.whole.note(whole_us);
            }
            None if self.tick > WARM_UP && self.share.0.is_empty() => self.whole.note(whole_us),
            _ => {}
        }
    }

    /// What a frame of the arena does after the netcode.
    fn draw(&mut self) {
        let (defs, looks, dt_s) = (&self.defs, &self.looks, 1.0 / 60.0);
        self.camera.follow_focus(&self.view.focus, dt_s, 1.0);
        let camera = &self.camera;
        self.effects.update(&self.view, defs, dt_s, |pos, radius| camera.sees(pos, radius));
        self.camera.shake(self.effects.shake());
        self.audio.update(&self.view, &self.camera, true, dt_s);
        self.speaker.play(&mut self.audio);
        let ingredients = Ingredients {
            view: &self.view,
            defs,
            camera: &self.camera,
            effects: &self.effects,
            touch: &Touch::default(),
            leader: Some(self.view.ships[1].id.player),
            time_s: self.tick as f32 / 60.0,
            looks,
            guide: None,
            ghosts: (false, false),
            own: self.view.focus.ship.map(|ship| ship.player),
        };
        self.scene.build(&ingredients, |player| player.0.is_multiple_of(2));
        let names = &self.names;
        self.screen.draw(&self.scene, |player| names.get(usize::from(player.0)).map(String::as_str));
        let frame = Frame {
            view: &self.view,
            defs,
            source: Source::Line(&self.net),
            now_s: f64::from(self.tick) / 60.0,
            touch: false,
            pad: false,
            language: Language::English,
            looks,
            bindings: &self.bindings,
            masks: None,
            details: false,
            muted: false,
            fps: 60.0,
            offer: Default::default(),
            deeds: u8::MAX,
            school: None,
            lab: None,
            desk: Desk::default(),
            watched: Default::default(),
            map: false,
        };
        for widget in &mut self.widgets {
            widget.update(&frame, &mut self.page);
        }
    }

    fn state(&self) -> String {
        let (ships, shots) = self.netcode.as_ref().map_or((0, 0), |netcode| (netcode.ships(), netcode.shots()));
        let mut json = Json::default();
        json.object(|json| {
            json.key("phase").text("bench");
            json.key("frames").integer(self.whole.0.len() as i64);
            for (key, share) in [("ms_p50", 0.5), ("ms_p95", 0.95), ("ms_p99", 0.99), ("ms_max", 1.0)] {
                json.key(key).number(self.whole.quantile_ms(share));
            }
            json.key("netcode_frames").integer(self.share.0.len() as i64);
            for (key, share) in [("netcode_ms_p50", 0.5), ("netcode_ms_p95", 0.95)] {
                json.key(key).number(self.share.quantile_ms(share));
            }
            json.key("known_ships").integer(ships as i64);
            json.key("known_shots").integer(shots as i64);
            json.key("particles").integer(self.effects.particles.len() as i64);
            for (key, count) in
                [("ships", self.view.ships.len()), ("shots", self.view.shots.len()), ("rocks", self.view.rocks.len())]
            {
                json.key(key).integer(count as i64);
            }
            json.key("memory_bytes").integer(browser::memory_bytes() as i64);
        });
        json.finish()
    }
}
