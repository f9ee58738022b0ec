//! What a browser promises, for one turn each. Invariant: exactly one of two functions is called, once.

use js_sys::Promise;
use wasm_bindgen::{JsValue, closure::Closure};

/// Calls `good` with what was promised, or `bad`.
pub fn settle(promise: &Promise, good: impl FnOnce(JsValue) + 'static, bad: impl FnOnce() + 'static) {
    let (good, bad) = (Closure::once(good), Closure::once(move |_: JsValue| bad()));
    let _ = promise.then2(&good, &bad);
    good.forget();
    bad.forget();
}
