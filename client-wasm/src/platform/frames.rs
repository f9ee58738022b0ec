//! The heartbeats: a call per animation frame, one per tick however slow the frames are, and a slow one. Both timers go
//! on while the tab is hidden, as seldom as the browser likes. Invariant: after an error nothing is called any more.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, closure::Closure};

use super::{browser::window, error_card};

/// Time between two slow calls, ms (browsers make it a second or more while the tab is hidden).
pub const SLOW_MS: i32 = 250;
/// A tick, ms.
pub const BEAT_MS: i32 = 1_000 / shared::tick::TICK_HZ as i32;

/// Calls `frame` for every animation frame.
pub fn run(mut frame: impl FnMut() + 'static) {
    type Callback = Rc<RefCell<Option<Closure<dyn FnMut()>>>>;
    let callback: Callback = Rc::default();
    let again = callback.clone();
    *callback.borrow_mut() = Some(Closure::new(move || {
        if !error_card::is_shown() {
            frame();
            request(again.borrow().as_ref());
        }
    }));
    request(callback.borrow().as_ref());
}

/// Calls `turn` every `every_ms`.
pub fn every(every_ms: i32, mut turn: impl FnMut() + 'static) {
    let timer = Closure::<dyn FnMut()>::new(move || {
        if !error_card::is_shown() {
            turn();
        }
    });
    let set = window().set_interval_with_callback_and_timeout_and_arguments_0(timer.as_ref().unchecked_ref(), every_ms);
    if set.is_ok() {
        timer.forget();
    }
}

fn request(callback: Option<&Closure<dyn FnMut()>>) {
    if let Some(callback) = callback {
        // A page that is going away gives no more frames; nothing is lost.
        let _ = window().request_animation_frame(callback.as_ref().unchecked_ref());
    }
}
