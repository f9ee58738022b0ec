//! The dashboard as a whole: news go to the desk, the desk to the views, clicks and keys to lines for the server. Invariant:
//! everything that is done to the server is a line, and whoever asked sees its answer.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent};

use super::{
    commands::{Me, can_be_undone},
    desk::{Asker, Desk, Word},
    feed::{self, News},
    grid::Grid,
    view::{
        console::{Console, Pressed},
        dialog::Dialog,
        figures::Drawn,
        header, lists, players, rooms,
        toast::Toast,
        tune::Dials,
    },
};
use crate::{
    browser,
    socket::Socket,
    words::{word, word_of},
};

pub type Shared = Rc<RefCell<Board>>;

#[derive(Debug)]
pub struct Board {
    pub desk: Desk,
    views: Views,
    socket: Option<Rc<Socket>>,
}

#[derive(Debug)]
struct Views {
    rooms: Grid,
    players: Grid,
    bans: Grid,
    reports: Grid,
    audit: Grid,
    staff: Grid,
    dials: Dials,
    drawn: Drawn,
    console: Console,
    dialog: Dialog,
    toast: Toast,
}

impl Views {
    /// `None` where the page is not ours.
    fn of() -> Option<Views> {
        let [rooms, players, bans, reports, audit, staff] =
            ["rooms", "players", "bans", "reports", "audit", "staff"].map(|id| Grid::of(&format!("{id}-rows")));
        Some(Views {
            rooms: rooms?,
            players: players?,
            bans: bans?,
            reports: reports?,
            audit: audit?,
            staff: staff?,
            dials: Dials::default(),
            drawn: Drawn::of()?,
            console: Console::of()?,
            dialog: Dialog::of()?,
            toast: Toast::default(),
        })
    }

    /// Somebody else may look next.
    fn clear(&mut self) {
        let Views { rooms, players, bans, reports, audit, staff, .. } = self;
        [rooms, players, bans, reports, audit, staff].into_iter().for_each(Grid::clear);
        self.dials = Dials::default();
        self.toast.hide();
        browser::set_hidden("staff", true);
    }
}

impl Board {
    pub fn of() -> Option<Board> {
        Some(Board { desk: Desk::default(), views: Views::of()?, socket: None })
    }

    /// Somebody signed in.
    pub fn welcome(&mut self, me: Me) {
        self.desk = Desk::of(me);
        self.views.clear();
        browser::set_hidden("gate", true);
        browser::set_hidden("desk", false);
        header::greet(&self.desk);
        self.show();
    }

    pub fn connected(&mut self, socket: Rc<Socket>) {
        self.desk.is_connected = true;
        self.desk.heard_ms = browser::now_ms();
        self.socket = Some(socket);
        self.watch();
        self.show();
    }

    pub fn disconnected(&mut self) {
        self.socket = None;
        if self.desk.lose() {
            self.views.dialog.failed(word("not-connected"));
            self.views.console.tell("bad", word("not-connected"));
        }
        self.show();
    }

    /// A message of the server.
    pub fn hear(&mut self, bytes: &[u8]) {
        let news = match feed::read(bytes) {
            Ok(news) => news,
            Err(error) => return self.views.console.tell("bad", &word_of("line-unread", &error.to_string())),
        };
        let is_picture = matches!(news, News::Map(_));
        let room = self.desk.room.clone();
        if let Some((asker, line, answer)) = self.desk.take(news, browser::now_ms()) {
            let kind = if answer.ok { "good" } else { "bad" };
            self.views.console.tell(kind, &answer.text);
            match asker {
                Asker::Console => {}
                Asker::Button => self.toast(&answer.text, answer.ok, &line),
                Asker::Dialog => {
                    self.views.dialog.answered(&answer);
                    if answer.ok {
                        self.toast(&answer.text, true, &line);
                    }
                }
            }
            self.views.dials.release();
        }
        if room != self.desk.room {
            self.watch();
        }
        if !is_picture {
            self.show();
        }
    }

    fn toast(&mut self, text: &str, is_good: bool, line: &str) {
        let can_undo = is_good && can_be_undone(line) && self.desk.me.may("undo");
        self.views.toast.show(text, is_good, can_undo, browser::now_ms());
    }

    /// All but the map, which has its own time.
    fn show(&mut self) {
        let Board { desk, views, .. } = self;
        let now_ms = browser::now_ms();
        header::show(desk, now_ms);
        rooms::show(&mut views.rooms, desk);
        players::show(&mut views.players, desk);
        lists::show_bans(&mut views.bans, desk);
        lists::show_reports(&mut views.reports, desk);
        lists::show_audit(&mut views.audit, desk);
        lists::show_staff(&mut views.staff, desk);
        views.dials.show(desk, now_ms);
        views.drawn.figures(desk);
    }

    /// Four times a second, whatever comes or does not.
    pub fn pass(&mut self) {
        let now_ms = browser::now_ms();
        header::show(&self.desk, now_ms);
        self.views.toast.pass(now_ms);
    }

    /// A frame of the screen.
    pub fn frame(&self) {
        self.views.drawn.map(&self.desk, browser::now_ms());
    }

    fn watch(&self) {
        let room = (!self.desk.room.is_empty()).then_some(self.desk.room.as_str());
        if let (Some(socket), Some(_)) = (&self.socket, room) {
            socket.say(&Word::Watch { room }.text());
        }
    }

    /// Says a line to the server.
    fn run(&mut self, line: &str, asker: Asker) {
        self.views.console.tell("line", &format!("› {line}"));
        let Some(socket) = self.socket.clone() else {
            self.views.console.tell("bad", word("not-connected"));
            self.views.dialog.failed(word("not-connected"));
            return;
        };
        socket.say(&self.desk.ask(line, asker));
    }

    fn choose_room(&mut self, id: &str) {
        self.desk.choose_room(id.to_owned());
        self.watch();
        self.show();
    }

    fn choose_player(&mut self, slot: Option<u16>, is_from_map: bool) {
        self.desk.player = slot;
        players::show(&mut self.views.players, &self.desk);
        if is_from_map {
            players::reveal(&self.views.players, &self.desk);
        }
    }

    /// One bot more or fewer. Bots fill a room up to a number of pilots, whoever flies.
    fn step_bots(&mut self, room: &str, by: i64) {
        let figures = self.desk.figures.as_ref();
        let Some(room) = figures.and_then(|figures| figures.room(room)) else { return };
        let wanted = (i64::from(room.humans) + i64::from(room.bots) + by).max(0);
        let line = format!("bots {} {wanted}", room.id);
        self.run(&line, Asker::Button);
    }

    /// What a click at `element` does; the nearest attribute counts.
    fn clicked(&mut self, element: &Element) {
        const ACTS: &str =
            "[data-ask], [data-run], [data-room], [data-player], [data-bots-by], [data-reset], [data-chip], [data-way]";
        let Ok(Some(element)) = element.closest(ACTS) else { return };
        let told = |name: &str| element.get_attribute(name);
        if let Some(line) = told("data-ask") {
            self.views.dialog.ask(&line, &self.desk);
        } else if let Some(line) = told("data-run") {
            self.views.toast.hide();
            self.run(&line, Asker::Button);
        } else if let Some(id) = told("data-room") {
            self.choose_room(&id);
        } else if let Some(slot) = told("data-player") {
            let slot = slot.parse().ok().filter(|slot| self.desk.player != Some(*slot));
            self.choose_player(slot, false);
        } else if let (Some(by), Some(room)) = (told("data-bots-by"), told("data-of")) {
            self.step_bots(&room, by.parse().unwrap_or(0));
        } else if let Some(name) = told("data-reset") {
            let line = format!("reset {name} {}", self.desk.room);
            self.run(&line, Asker::Button);
        } else if let (Some(time), Some(index)) = (told("data-chip"), told("data-of")) {
            self.views.dialog.chip(index.parse().unwrap_or(0), &time);
        } else if let Some(index) = told("data-way") {
            self.views.console.accept(index.parse().unwrap_or(0), &self.desk);
        }
    }

    fn pointed(&mut self, event: &MouseEvent) {
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let slot = self.views.drawn.pick(&self.desk, at, browser::now_ms());
        self.choose_player(slot, true);
    }

    fn typed(&mut self, element: &Element) {
        if let Some(name) = element.get_attribute("data-dial") {
            self.views.dials.held(&name, browser::now_ms());
        } else if element.id() == "console-line" {
            self.views.console.typed(&self.desk);
        } else {
            self.views.dialog.typed();
        }
    }

    fn changed(&mut self, element: &Element) {
        let line = element.get_attribute("data-dial").and_then(|name| self.views.dials.line(&name, &self.desk.room));
        if let Some(line) = line {
            self.run(&line, Asker::Button);
        }
    }

    fn sent(&mut self, form: &str) {
        match form {
            "console-form" => {
                if let Some(line) = self.views.console.take() {
                    self.run(&line, Asker::Console);
                }
            }
            "announce-form" => {
                if let Some(text) = browser::take_value("announce-text") {
                    self.run(&format!("announce {text}"), Asker::Button);
                }
            }
            "ask-form" => {
                if let Some(line) = self.views.dialog.go() {
                    self.run(&line, Asker::Dialog);
                }
            }
            _ => {}
        }
    }

    /// Whether the key was for us.
    fn pressed(&mut self, event: &KeyboardEvent, element: &Element) -> bool {
        element.id() == "console-line" && self.views.console.pressed(event, &self.desk) == Pressed::Used
    }
}

/// Listens to the page, for as long as it lives.
pub fn listen(board: &Shared) {
    let document = browser::document();
    let on = |kind: &str, act: fn(&mut Board, &Event, &Element)| {
        let board = Rc::clone(board);
        browser::on_event(&document, kind, move |event| {
            let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            // What an event causes while one is dealt with is not somebody's wish.
            if let (Some(element), Ok(mut board)) = (element, board.try_borrow_mut()) {
                act(&mut board, &event, &element);
            }
        });
    };
    on("click", |board, event, element| match element.id().as_str() {
        "map" => event.dyn_ref::<MouseEvent>().iter().for_each(|event| board.pointed(event)),
        "ask-cancel" => board.views.dialog.close(),
        "tune-reset" => board.run("reset", Asker::Button),
        "console-line" => board.views.console.typed(&board.desk),
        _ => board.clicked(element),
    });
    on("input", |board, _, element| board.typed(element));
    on("change", |board, _, element| board.changed(element));
    on("submit", |board, _, element| board.sent(&element.id()));
    on("mousedown", |_, event, element| {
        // The line keeps the focus while a way to go on is clicked.
        if element.closest("#console-ways").is_ok_and(|list| list.is_some()) {
            event.prevent_default();
        }
    });
    on("focusout", |board, _, element| {
        if element.id() == "console-line" {
            board.views.console.close();
        }
    });
    on("keydown", |board, event, element| {
        let key = event.dyn_ref::<KeyboardEvent>();
        if key.is_some_and(|key| board.pressed(key, element)) {
            event.prevent_default();
        }
    });
}
