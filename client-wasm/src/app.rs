//! Puts the parts together and gives them their turns. Invariant: one owner of everything; events are queued and taken
//! at the start of a frame, except words from the server, which are handled as they come.

mod acts;
mod hands;
mod line;
mod talk;
mod watching;

use std::{cell::RefCell, rc::Rc};

use shared::{
    defs::{Defs, ShipClass},
    replica::{Intent, LaneStep, view::Phase},
    sim::rules,
};

use crate::{
    audio::Audio,
    chat::desk::Desk,
    frame_clock::FrameClock,
    hooks::{self, PageState},
    hud::{
        self, Dom, Frame, Source, Widget, choice,
        hint::{self, Deeds},
        page::Page,
        school::School,
    },
    input::{Action, Bindings, InputEvent, OwnPose, PointerKind, Sampler},
    lab::{Lab, Toggle},
    names,
    net::{Net, Outgoing},
    platform::{
        arena::Arena,
        browser, error_card,
        events::{self, PageEvent, Queue},
        frames, hook, lab_panel, menu,
        result_card::ResultCard,
        rooms_panel, settings_panel, sheet,
        socket::Socket,
        speaker::Speaker,
        storage,
    },
    screen::{self, Screen},
    session::Step,
    settings::{Fact, Panel, Settings},
    trophy::Trophy,
    view::{Camera, Effects, Scene, scene::Ingredients},
    watch::Watcher,
    words::Word,
};
use line::{Wire, connect, connect_lane, practises};

/// Longest step of animation, s: after a pause things go on, they do not jump.
const STEP_MAX_S: f32 = 0.1;
/// On screens narrower than this the lab's panel begins folded, CSS px.
const NARROW_PX: f32 = 720.0;
/// Time after death in which a click is still meant for the fight, s.
const RELAUNCH_GUARD_S: f64 = 0.7;

/// The page.
#[derive(Debug)]
struct App {
    screen: Screen,
    queue: Queue,
    net: Net,
    socket: Option<Wire>,
    /// The server in the tab, if this page practises.
    arena: Option<Arena>,
    /// The second lane's.
    lane: Option<Socket>,
    defs: Defs,
    sampler: Sampler,
    camera: Camera,
    effects: Effects,
    scene: Scene,
    widgets: Vec<Box<dyn Widget>>,
    page: Page,
    audio: Audio,
    speaker: Speaker,
    deeds: Deeds,
    /// The flight school, where there is one.
    school: Option<School>,
    hangar: choice::Hangar,
    panel: Panel,
    /// The small dialog that is open.
    sheet: Option<&'static str>,
    result_card: ResultCard,
    trophy: Trophy,
    /// What keys mean, for the listeners.
    bound: Rc<RefCell<Bindings>>,
    touch: bool,
    /// The gamepad was used last.
    pad: bool,
    /// The card that the gamepad goes about in.
    card: Option<&'static str>,
    details: bool,
    /// The large map is open.
    map: bool,
    clock: FrameClock,
    died_s: Option<f64>,
    desk: Desk,
    /// What one does while one waits for a ship.
    watcher: Watcher,
    /// This page is the lab.
    lab: Option<Lab>,
}

type Shared = Rc<RefCell<App>>;

/// Starts the page, or says why it cannot.
pub fn start() {
    let has_socket = js_sys::Reflect::has(&browser::window(), &"WebSocket".into()).unwrap_or(false);
    if !has_socket && !practises() {
        screen::offer_practice();
        return screen::unsupported(Word::NeedsWebSockets);
    }
    let Some(screen) = Screen::find() else { return };
    let app = Rc::new(RefCell::new(App::new(screen)));
    let state = app.clone();
    hook::install(move || state.try_borrow().map_or_else(|_| "null".to_owned(), |app| app.state()));
    let (frame, beat, slow) = (app.clone(), app.clone(), app.clone());
    frames::run(move || with(&frame, App::frame));
    frames::every(frames::BEAT_MS, move || with(&beat, App::beat));
    frames::every(frames::SLOW_MS, move || with(&slow, App::slow));
    if app.borrow().lab.is_some() {
        let (queue, pump) = (app.borrow().queue.clone(), app.clone());
        lab_panel::install(&queue, move || with(&pump, |_| {}));
    }
    // The first attempt to connect is waiting to be carried out.
    with(&app, |_| {});
    screen::ready();
}

/// Takes a turn and then does what the network asks for; never re-entered, because handlers only queue.
fn with(app: &Shared, turn: impl FnOnce(&mut App)) {
    let mut borrowed = app.borrow_mut();
    turn(&mut borrowed);
    borrowed.hear_through_the_lab();
    while let Some(outgoing) = borrowed.net.poll_outgoing() {
        match outgoing {
            Outgoing::Session(Step::Connect) => {
                borrowed.lane = None;
                let App { arena, net, .. } = &mut *borrowed;
                borrowed.socket = connect(app, arena, net);
            }
            Outgoing::Lane(LaneStep::Open) => borrowed.lane = connect_lane(app, &mut borrowed.net),
            outgoing => borrowed.carry_out(outgoing),
        }
    }
    borrowed.send_through_the_lab();
}

impl App {
    fn new(screen: Screen) -> App {
        let now_us = browser::now_us();
        let panel = Panel::new(Settings::from_text(&storage::settings()), browser::system());
        let bound = Rc::new(RefCell::new(panel.settings().bindings.clone()));
        let camera = Camera::new(screen.stage.css_size(), panel.looks().calm);
        let mut remembered = storage::remembered();
        if practises() {
            browser::mark("practice");
            (remembered.resume, remembered.playing, remembered.room) = (None, false, None);
        }
        if remembered.name.is_empty() {
            remembered.name = names::suggest(browser::random_u32());
        }
        browser::fill("name", &remembered.name);
        let lab = lab_panel::is_here().then(|| {
            Lab::new(&lab_panel::fragment(), screen.stage.css_size().x < NARROW_PX, browser::random_u32().into())
        });
        let mut app = App {
            net: Net::new(browser::random_u32().into(), camera.asked_half(), remembered, now_us),
            queue: events::install(&bound),
            screen,
            socket: None,
            arena: None,
            lane: None,
            defs: Defs::standard(),
            sampler: Sampler::default(),
            camera,
            effects: Effects::new(browser::random_u32().into(), panel.looks()),
            scene: Scene::default(),
            widgets: hud::widgets(),
            page: Page::new(),
            audio: Audio::new(browser::random_u32().into()),
            speaker: Speaker::new(),
            // The school teaches more than the hints of the first minute.
            deeds: Deeds::new(if practises() { u8::MAX } else { storage::deeds() }),
            school: practises().then(School::default),
            hangar: choice::Hangar::default(),
            panel,
            sheet: None,
            result_card: ResultCard::default(),
            trophy: Trophy::default(),
            bound,
            touch: browser::coarse_pointer(),
            pad: false,
            card: None,
            details: false,
            map: false,
            clock: FrameClock::new(now_us),
            died_s: None,
            desk: Desk::default(),
            watcher: Watcher::default(),
            lab,
        };
        storage::chat_muted().lines().for_each(|name| app.net.chat_mut().mute(name));
        app.take_up_lab();
        settings_panel::install(&app.queue);
        sheet::install(&app.queue);
        app.take_up_settings();
        if !practises() {
            rooms_panel::ask(&app.queue);
        }
        if rooms_panel::is_new() {
            app.invite();
        }
        app
    }

    /// Runs while the tab is hidden, too.
    fn slow(&mut self) {
        if browser::document().hidden() {
            self.take_events();
        }
        self.speaker.doze();
        self.net.tick(browser::now_us());
    }

    fn beat(&mut self) {
        self.net.beat(browser::now_us());
    }

    fn frame(&mut self) {
        let now_us = browser::now_us();
        let dt_s = self.clock.frame(now_us);
        if self.screen.stage.refresh() {
            self.camera.resize(self.screen.stage.css_size());
            self.net.set_view(self.camera.asked_half());
        }
        self.take_pad();
        self.take_events();
        self.net.tick(now_us);
        self.advance(now_us, dt_s);
        self.show(now_us);
        self.sampler.end_frame();
    }

    /// Input to intent to the next moment of the world.
    fn advance(&mut self, now_us: u64, dt_s: f32) {
        let own = self.net.view().own_ship();
        let pose = own.map(|own| OwnPose { screen: self.camera.to_screen(own.pos), heading_rad: own.heading_rad });
        let intent = if self.net.playing() && !self.is_away() { self.sampler.sample(pose) } else { Intent::default() };
        self.roam(dt_s);
        let told = self.net.frame(now_us, intent);
        if told {
            self.watcher.reel.watch(self.net.view(), now_us);
            self.keep_best_kill(now_us);
        }
        let mut drawn = told;
        if self.watcher.reel.is_running() {
            drawn = self.watcher.reel.advance(dt_s);
            if !self.watcher.reel.is_running() {
                self.cut();
            }
        }
        // Which mode it is a welcome says.
        let defs = self.net.shown().defs();
        if self.defs.mode != defs.mode || self.defs.tuning != defs.tuning {
            self.defs = defs.clone();
            self.camera.fit(self.defs.arena.wrap_half);
        }
        if told && self.net.heard_mut().take_victory() {
            self.audio.praise();
        }
        let view = self.net.view();
        let shown = self.watcher.reel.over(view);
        self.camera.follow_focus(&shown.focus, dt_s, 1.0);
        self.camera.look_far(shown.view_factor, dt_s);
        let dt_s = dt_s.min(STEP_MAX_S);
        if drawn {
            let camera = &self.camera;
            self.effects.update(shown, &self.defs, dt_s, |pos, radius| camera.sees(pos, radius));
            self.camera.shake(self.effects.shake());
        }
        if told {
            self.hangar.watch(view, self.net.points(), &self.defs, now_us as f64 / 1e6);
            if self.deeds.watch(view, dt_s) {
                storage::remember_deeds(self.deeds.done());
            }
            if let Some(school) = &mut self.school
                && school.watch(view, dt_s)
            {
                self.audio.praise();
            }
        }
        self.audio.update(shown, &self.camera, drawn, dt_s);
    }

    fn show(&mut self, now_us: u64) {
        let now_s = now_us as f64 / 1e6;
        let net = &self.net;
        let ingredients = Ingredients {
            view: self.watcher.reel.over(net.view()),
            defs: &self.defs,
            camera: &self.camera,
            effects: &self.effects,
            touch: self.sampler.touch(),
            leader: net.shown().leaderboard().leader.map(|leader| leader.player),
            own: net.shown().player(),
            // An hour of seconds keeps its fraction in an f32.
            time_s: (now_s % 3_600.0) as f32,
            looks: self.panel.looks(),
            guide: hint::guide(self.deeds.resting(), self.net.view()).filter(|_| !self.watcher.reel.is_running()),
            ghosts: self.lab.as_ref().map_or((false, false), |lab| {
                (lab.setup.toggle(Toggle::OwnGhost), lab.setup.toggle(Toggle::OtherGhosts))
            }),
        };
        self.scene.build(&ingredients, |player| net.pilot(player).is_some_and(|(_, bot)| bot));
        let own = net.shown().player();
        self.screen
            .draw(&self.scene, |player| net.pilot(player).map(|(name, _)| self.panel.shown_name(player, own, name)));
        self.speaker.play(&mut self.audio);
        let frame = Frame {
            view: net.view(),
            defs: &self.defs,
            source: Source::Line(net),
            now_s,
            touch: self.touch,
            pad: self.pad,
            language: self.panel.language(),
            looks: self.panel.looks(),
            bindings: &self.panel.settings().bindings,
            masks: self.panel.masks(),
            details: self.details,
            map: self.map,
            muted: self.speaker.muted(),
            fps: self.clock.fps(),
            offer: self.hangar.offer(),
            deeds: self.deeds.resting(),
            school: self.school.as_ref(),
            lab: self.lab.as_ref(),
            desk: self.desk,
            watched: self.watcher.shown(),
        };
        for widget in &mut self.widgets {
            widget.update(&frame, &mut self.page);
        }
        self.panel.update(&mut self.page);
    }

    fn take_events(&mut self) {
        let events = core::mem::take(&mut *self.queue.borrow_mut());
        for event in events {
            self.take_event(event);
        }
        self.died_s = match self.net.view().phase {
            Phase::Dead { .. } => self.died_s.or(Some(self.clock.now_s())),
            _ => None,
        };
        if self.sampler.take_pressed(Action::LineDetails) {
            self.details = !self.details;
        }
        if self.sampler.take_pressed(Action::Mute) {
            self.speaker.toggle_mute();
        }
        if self.sampler.take_pressed(Action::Settings) {
            self.take_settings(if self.panel.is_open() { Fact::Closed } else { Fact::Open });
        }
        self.take_wishes();
        self.take_act_keys();
        self.take_talk();
        for number in 0..ShipClass::COUNT {
            if self.sampler.take_pressed(Action::Card(number as u8))
                && let Some(class) = self.card(number)
            {
                self.choose(class);
            }
        }
        if self.sampler.take_pressed(Action::Relaunch) {
            self.relaunch();
        }
    }

    fn take_event(&mut self, event: PageEvent) {
        let now_us = browser::now_us();
        match event {
            PageEvent::Input(input) => self.take_input(&input),
            PageEvent::Play { name, password } => self.play(&name, &password, now_us),
            PageEvent::Rooms(list) => self.take_rooms(list.as_ref()),
            PageEvent::RoomMade(id) => self.take_made_room(id.as_deref()),
            PageEvent::Relaunch => self.relaunch(),
            PageEvent::Choose(class) => {
                self.choose(class);
                self.take_keys_back();
            }
            PageEvent::ToggleMute => {
                self.speaker.toggle_mute();
                self.take_keys_back();
            }
            PageEvent::SkipLesson => {
                self.school.iter_mut().for_each(School::skip);
                self.take_keys_back();
            }
            PageEvent::ClipKept(kept) => self.show_clip(kept),
            PageEvent::Watch(wish) => {
                self.take_wish(wish);
                // The free camera needs the keys; a gamepad goes on in the card.
                if !self.pad {
                    self.page.focus("stage");
                }
            }
            PageEvent::Act(act) => self.act(act),
            PageEvent::Talk(event) => self.take_talk_event(event),
            PageEvent::Visible(visible) => self.net.handle_visible(visible, now_us),
            PageEvent::Attend(presence) => self.speaker.attend(presence),
            PageEvent::Woken => self.net.handle_woken(now_us),
            PageEvent::Settings(fact) => self.take_settings(fact),
            PageEvent::Lab { id, value } => self.take_lab(&id, value, now_us),
            PageEvent::ContextLost => self.screen.lose(),
            PageEvent::ContextRestored => self.screen.restore(),
        }
    }

    fn take_input(&mut self, input: &InputEvent) {
        if self.take_for_wheel(input) {
            return;
        }
        if let InputEvent::Key { down: true, .. } | InputEvent::PointerDown { .. } = input {
            self.speaker.wake();
        }
        if let InputEvent::Key { down: true, .. } | InputEvent::PointerDown { .. } = input
            && self.pad
        {
            self.pad = false;
            menu::show_focus(false);
        }
        let aside = self.take_drag(input);
        if let InputEvent::PointerDown { kind, .. } = input {
            self.touch = *kind == PointerKind::Touch;
            if !aside && self.died_s.is_some_and(|died| self.clock.now_s() - died > RELAUNCH_GUARD_S) {
                self.relaunch();
            }
        }
        self.sampler.handle(input, self.screen.stage.css_size().x);
    }

    fn play(&mut self, name: &str, password: &str, now_us: u64) {
        self.speaker.wake();
        if !password.is_empty() {
            self.net.give_password(password);
            storage::remember_password(self.net.room(), password);
        }
        if self.net.place().watching {
            return self.net.look_on(now_us);
        }
        let name = name.trim();
        let suggestion = names::suggest(browser::random_u32());
        let name = if name.is_empty() { suggestion.as_str() } else { name };
        storage::remember_name(name);
        self.sampler.release_all();
        self.net.play(name, now_us);
    }

    fn relaunch(&mut self) {
        if matches!(self.net.view().phase, Phase::Dead { wait_ticks: 0, .. }) {
            self.net.relaunch();
        }
    }

    /// The ship on card number `number`: of those offered in flight, else of all.
    fn card(&self, number: usize) -> Option<ShipClass> {
        match self.net.view().phase {
            Phase::Flying => self.hangar.card(number),
            _ => choice::LADDER.get(number).copied(),
        }
    }

    /// A button that was clicked keeps the keyboard; whoever flies needs it.
    fn take_keys_back(&mut self) {
        if self.net.view().phase == Phase::Flying {
            self.page.focus("stage");
        }
    }

    /// Wants this ship, unless it is out of reach: then the card already says from how many points. In flight the server
    /// is asked at once.
    fn choose(&mut self, class: ShipClass) {
        if rules::affordable(class, self.net.points(), &self.defs) == class {
            self.net.choose(class);
            storage::remember_class(class);
            // Where one has one life a round the next ship is launched by the round, so the wish must be known before.
            let called = self.defs.mode.one_life && self.net.playing();
            if self.net.view().phase == Phase::Flying || called {
                self.net.refit();
            }
        }
    }

    fn state(&self) -> String {
        let error = error_card::report();
        let lab = self.lab.as_ref().map(|lab| lab.setup);
        let beams = self.effects.beams_seen();
        let talk = hooks::Talk { now_us: browser::now_us(), desk: self.desk };
        let (error, panel) = (error.as_deref(), Some(&self.panel));
        let watched = self.watcher.shown();
        let memory_bytes = browser::memory_bytes();
        let (map, fps, drawing) = (self.map, self.clock.fps(), self.screen.is_drawing());
        let page = PageState { fps, drawing, beams, error, lab, panel, talk, watched, memory_bytes, map };
        hooks::state(&self.net, &self.camera, page)
    }
}
