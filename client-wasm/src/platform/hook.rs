//! Puts `window.perihelion` in place. Invariant: it only reads.

use wasm_bindgen::{JsValue, closure::Closure};

use super::browser::window;

/// Makes `window.perihelion.state()` answer with what `state` returns.
pub fn install(state: impl Fn() -> String + 'static) {
    let closure = Closure::<dyn Fn() -> String>::new(state);
    let object = js_sys::Object::new();
    // Without the hook only the tests miss something.
    let _ = js_sys::Reflect::set(&object, &"state".into(), closure.as_ref());
    let _ = js_sys::Reflect::set(&window(), &JsValue::from_str("perihelion"), &object);
    closure.forget();
}
