//! The worker around the host. Page and worker say to each other the messages of the wire as bytes, and besides: `ready`
//! (the worker runs), `open` (a new connection; answered with the same word), and a number (the connection is closed).

use std::{cell::RefCell, panic, rc::Rc};

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::host::{Host, Said};

/// Time between two looks at the clock: a quarter of a tick, ms.
const BEAT_MS: i32 = 4;
const READY: &str = "ready";
const OPEN: &str = "open";

/// Opens the arena, for as long as the worker lives. Does nothing where there is no worker.
pub fn serve() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    panic::set_hook(Box::new(|info| wasm_bindgen::throw_str(&info.to_string())));
    // Draws of an arena of one's own need no secret.
    let seed = (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
    let host = Rc::new(RefCell::new(Host::new(seed, now_us(&scope))));
    listen(&scope, host.clone());
    beat(&scope, host);
    say(&scope, &READY.into());
}

fn listen(scope: &DedicatedWorkerGlobalScope, host: Rc<RefCell<Host>>) {
    let to = scope.clone();
    let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        if data.as_string().as_deref() == Some(OPEN) {
            host.borrow_mut().open(now_us(&to));
            say(&to, &OPEN.into());
        } else if let Some(bytes) = data.dyn_ref::<Uint8Array>() {
            host.borrow_mut().hear(&bytes.to_vec(), now_us(&to));
        }
    });
    scope.set_onmessage(Some(message.as_ref().unchecked_ref()));
    message.forget();
}

fn beat(scope: &DedicatedWorkerGlobalScope, host: Rc<RefCell<Host>>) {
    let to = scope.clone();
    let beat = Closure::<dyn FnMut()>::new(move || {
        let mut host = host.borrow_mut();
        host.pass(now_us(&to));
        while let Some(said) = host.poll() {
            match said {
                Said::Message(bytes) => say(&to, &Uint8Array::from(bytes.as_slice())),
                Said::Close(code) => say(&to, &code.into()),
            }
        }
    });
    let callback = beat.as_ref().unchecked_ref();
    if scope.set_interval_with_callback_and_timeout_and_arguments_0(callback, BEAT_MS).is_ok() {
        beat.forget();
    }
}

fn now_us(scope: &DedicatedWorkerGlobalScope) -> u64 {
    (scope.performance().map_or(0.0, |clock| clock.now()) * 1_000.0) as u64
}

/// The page is there for as long as its worker is.
fn say(scope: &DedicatedWorkerGlobalScope, what: &JsValue) {
    let _ = scope.post_message(what);
}
