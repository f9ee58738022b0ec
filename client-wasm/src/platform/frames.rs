//! The heartbeat: a call per animation frame, and a slow one that also comes while the tab is hidden. Invariant: after
//! an error nothing is called any more.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, closure::Closure};

use super::{browser::window, error_card};

/// Time between two slow calls, ms.
const SLOW_MS: i32 = 250;

/// Calls `frame` for every animation frame and `slow` four times a second (browsers slow this to once a second or
/// less while the tab is hidden).
pub fn run(mut frame: impl FnMut() + 'static, mut slow: impl FnMut() + 'static) {
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
    let timer = Closure::<dyn FnMut()>::new(move || {
        if !error_card::is_shown() {
            slow();
        }
    });
    let set = window().set_interval_with_callback_and_timeout_and_arguments_0(timer.as_ref().unchecked_ref(), SLOW_MS);
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
