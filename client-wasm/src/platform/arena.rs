//! The page's end of the server in the tab, which is a worker.
//!
//! Invariants: the arena outlives its connections, so one comes back to the same bots; what belongs to an earlier
//! connection is not heard; nothing is said while the page is being called. Not here: the room (`arena-wasm`).

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, Worker};

use super::{
    browser,
    socket::{NO_SOCKET, SocketEvent},
};

/// Where the page is the whole game.
pub const PATH: &str = "/practice";
/// What page and worker say to each other besides messages of the wire: see `arena-wasm/src/worker.rs`.
const READY: &str = "ready";
const OPEN: &str = "open";
/// The function of the boot script that starts the worker.
const START: &str = "perihelionArena";

/// The arena in this tab.
#[derive(Debug)]
pub struct Arena {
    worker: Worker,
    line: Rc<RefCell<Line>>,
}

/// The one connection.
#[derive(Default)]
struct Line {
    handler: Option<Rc<dyn Fn(SocketEvent)>>,
    /// The worker runs…
    ready: bool,
    /// …and has heard of the connection.
    open: bool,
    /// The worker broke down.
    broken: bool,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("ready", &self.ready).field("open", &self.open).finish_non_exhaustive()
    }
}

/// A connection to it; ends when dropped.
#[derive(Debug)]
pub struct Seat {
    worker: Worker,
    line: Rc<RefCell<Line>>,
}

impl Arena {
    /// Starts one. `None` where the page cannot.
    #[must_use]
    pub fn start() -> Option<Arena> {
        let start: Function = Reflect::get(&browser::window(), &START.into()).ok()?.dyn_into().ok()?;
        let worker: Worker = start.call0(&JsValue::NULL).ok()?.dyn_into().ok()?;
        let line = Rc::new(RefCell::new(Line::default()));
        let (to, heard) = (worker.clone(), line.clone());
        let message =
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| hear(&heard, &to, &event.data()));
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        message.forget();
        let broke = line.clone();
        let error = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            broke.borrow_mut().broken = true;
            tell(&broke, SocketEvent::Close(NO_SOCKET, String::new()));
        });
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        error.forget();
        Some(Arena { worker, line })
    }

    /// Whether it can still be played in.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.line.borrow().broken
    }

    /// Begins a connection. `handler` is called for every event, as it happens, never before this returns.
    #[must_use]
    pub fn connect(&self, handler: impl Fn(SocketEvent) + 'static) -> Seat {
        let ready = {
            let mut line = self.line.borrow_mut();
            line.handler = Some(Rc::new(handler));
            line.open = false;
            line.ready
        };
        if ready {
            say(&self.worker, &OPEN.into());
        }
        Seat { worker: self.worker.clone(), line: self.line.clone() }
    }
}

impl Seat {
    /// Sends a message.
    pub fn send(&self, bytes: &[u8]) {
        say(&self.worker, &Uint8Array::from(bytes));
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut line = self.line.borrow_mut();
        (line.handler, line.open) = (None, false);
    }
}

/// A worker that is gone tells by its error event.
fn say(worker: &Worker, what: &JsValue) {
    let _ = worker.post_message(what);
}

fn hear(line: &RefCell<Line>, worker: &Worker, data: &JsValue) {
    if let Some(word) = data.as_string() {
        if word == READY {
            line.borrow_mut().ready = true;
            if line.borrow().handler.is_some() {
                say(worker, &OPEN.into());
            }
        } else if word == OPEN {
            line.borrow_mut().open = true;
            tell(line, SocketEvent::Open);
        }
        return;
    }
    if !line.borrow().open {
        return;
    }
    if let Some(bytes) = data.dyn_ref::<Uint8Array>() {
        tell(line, SocketEvent::Message(bytes.to_vec()));
    } else if let Some(code) = data.as_f64() {
        line.borrow_mut().open = false;
        tell(line, SocketEvent::Close(code as u16, String::new()));
    }
}

/// Tells the page, unless its connection is gone.
fn tell(line: &RefCell<Line>, event: SocketEvent) {
    // The handler may connect anew: the line must not be borrowed meanwhile.
    let handler = line.borrow().handler.clone();
    if let Some(handler) = handler {
        handler(event);
    }
}
