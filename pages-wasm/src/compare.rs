//! Push against poll: the same live arena four times, told by the WebSocket and asked for at three rates, each with what it
//! costs and how old it is. Invariant: all four show the same place of the same room; nobody asks while the tab is
//! hidden, or for longer than a minute without being told to.

mod clock;
mod farewell;
mod line;
mod meter;
mod painter;
mod pane;
mod picture;
mod place;
mod push;

use std::{cell::RefCell, rc::Rc};

use glam::Vec2;
use shared::protocol::codec::decode_panorama;

use crate::{
    browser::{self, Fetched},
    words::word,
};
use clock::ServerClock;
pub use farewell::Farewell;
pub use line::Line;
use pane::Pane;
use picture::Picture;
use place::Place;
use push::Push;

/// How long it runs by itself, ms.
const RUN_MS: f64 = 60_000.0;
/// How often is asked, 1/s, and in which pane.
const RATES: [(f64, &str); 3] = [(20.0, "poll-20"), (5.0, "poll-5"), (1.0, "poll-1")];

/// Everything the four have in common.
#[derive(Debug)]
struct Desk {
    push: Pane,
    polls: [Pane; 3],
    clock: ServerClock,
    /// The room that all show…
    place: Place,
    /// …and where they look in it, u.
    centre: Vec2,
    until_ms: f64,
}

type Shared = Rc<RefCell<Desk>>;

/// Shows it until the page is left.
pub async fn run(line: Line) {
    let Some(push) = Pane::of("push") else { return };
    let polls = RATES.map(|(_, id)| Pane::of(id));
    let [Some(a), Some(b), Some(c)] = polls else { return };
    let desk = Rc::new(RefCell::new(Desk {
        push,
        polls: [a, b, c],
        clock: ServerClock::default(),
        place: Place::default(),
        centre: Vec2::ZERO,
        until_ms: browser::now_ms() + RUN_MS,
    }));
    for index in 0..RATES.len() {
        wasm_bindgen_futures::spawn_local(poll(Rc::clone(&desk), index));
    }
    let again = Rc::clone(&desk);
    browser::on_click("go", move || again.borrow_mut().until_ms = browser::now_ms() + RUN_MS);
    show(desk, line).await;
}

impl Desk {
    fn is_on(&self) -> bool {
        browser::now_ms() < self.until_ms && !browser::document().hidden()
    }

    /// What to ask for now, if anything.
    fn path(&self) -> Option<String> {
        let Vec2 { x, y } = self.centre.round();
        self.place.path((x as i16, y as i16)).filter(|_| self.is_on())
    }

    /// All show this room from now on. Ticks of another one are not to be compared with its own.
    fn go_to(&mut self, place: &Place) {
        if self.place == *place {
            return;
        }
        self.place = place.clone();
        self.clock = ServerClock::default();
        std::iter::once(&mut self.push).chain(&mut self.polls).for_each(Pane::forget);
    }

    /// What was asked for in `asked` has come.
    fn answered(&mut self, index: usize, asked: &Place, answer: &Fetched) {
        let now = browser::now_ms();
        let pane = &mut self.polls[index];
        let bytes = answer.body.len() + answer.head_bytes;
        match decode_panorama(&answer.body) {
            // The room may have become another one meanwhile.
            Ok(panorama) if self.place == *asked => {
                // An arena that stands still has no tick of now.
                if pane.tick().is_some_and(|before| before != panorama.tick) {
                    self.clock.heard(panorama.tick, now);
                }
                pane.told(Picture::of_panorama(&panorama), panorama.tick, bytes);
            }
            _ => pane.weighed(bytes),
        }
    }
}

/// Asks again and again, never twice at once.
async fn poll(desk: Shared, index: usize) {
    let period_ms = 1_000.0 / RATES[index].0;
    loop {
        let began = browser::now_ms();
        let (path, place) = (desk.borrow().path(), desk.borrow().place.clone());
        if let Some(path) = path
            && let Some(answer) = browser::fetch(&path).await
        {
            desk.borrow_mut().answered(index, &place, &answer);
        }
        browser::sleep(began + period_ms - browser::now_ms()).await;
    }
}

/// Every frame: what the WebSocket has told, and all four pictures.
async fn show(desk: Shared, line: Line) {
    let mut push = Push::default();
    let mut told = None;
    loop {
        browser::frame().await;
        let mut desk = desk.borrow_mut();
        let now = browser::now_ms();
        let is_on = desk.is_on();
        browser::set_mark("go", "data-off", if is_on { "yes" } else { "no" });
        if !is_on {
            push.rest();
            continue;
        }
        let Desk { push: pane, clock, .. } = &mut *desk;
        let picture = push.frame(now, pane, clock, &line);
        desk.go_to(push.place());
        let Desk { push: pane, polls, clock, centre, .. } = &mut *desk;
        if let Some(picture) = picture {
            *centre = picture.centre;
            pane.show(picture);
        }
        if told != line.farewell() {
            told = line.farewell();
            browser::set_text("compare-why", told.map_or("", |why| word(why.sentence())));
            browser::set_hidden("compare-why", told.is_none());
        }
        let half_way_ms = line.round_trip_ms() / 2.0;
        let ages = |pane: &Pane| pane.tick().and_then(|tick| clock.age_ms(tick, now)).map(|age| age + half_way_ms);
        for pane in std::iter::once(pane).chain(polls) {
            let age = ages(pane);
            pane.draw(*centre, age, now);
        }
    }
}
