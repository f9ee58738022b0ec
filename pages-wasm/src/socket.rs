//! One WebSocket whose messages are waited for. Invariant: every message has the time of its arrival, however late it is
//! looked at; after it is dropped nothing arrives.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use js_sys::{ArrayBuffer, Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::browser;

/// Messages that wait to be looked at. Full: the oldest is lost; a hidden tab looks at none.
const WAITING_MAX: usize = 1_024;

/// What happens on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    Open,
    /// Of bytes or of text, which comes as its UTF-8.
    Message(Vec<u8>),
    Close(u16),
}

#[derive(Debug, Default)]
struct Inbox {
    waiting: VecDeque<(f64, Happening)>,
    wake: Option<Function>,
}

/// The socket with its handlers.
#[derive(Debug)]
pub struct Socket {
    socket: WebSocket,
    inbox: Rc<RefCell<Inbox>>,
    _handlers: [Closure<dyn FnMut(JsValue)>; 3],
}

impl Socket {
    /// Connects to our own server. `None` when the browser refuses.
    pub fn connect(path: &str) -> Option<Socket> {
        Socket::over(WebSocket::new(&browser::socket_url(path)).ok()?)
    }

    /// The same in a protocol that has a name.
    pub fn connect_as(path: &str, protocol: &str) -> Option<Socket> {
        Socket::over(WebSocket::new_with_str(&browser::socket_url(path), protocol).ok()?)
    }

    fn over(socket: WebSocket) -> Option<Socket> {
        socket.set_binary_type(BinaryType::Arraybuffer);
        let inbox = Rc::new(RefCell::new(Inbox::default()));
        let handler = |read: fn(JsValue) -> Option<Happening>| {
            let inbox = Rc::clone(&inbox);
            Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                if let Some(happening) = read(event) {
                    inbox.borrow_mut().put(browser::now_ms(), happening);
                }
            })
        };
        let handlers = [
            handler(|_| Some(Happening::Open)),
            handler(|event| {
                let data = event.dyn_into::<MessageEvent>().ok()?.data();
                let text = data.as_string().map(String::into_bytes);
                let bytes = || data.dyn_into::<ArrayBuffer>().map(|buffer| Uint8Array::new(&buffer).to_vec()).ok();
                text.or_else(bytes).map(Happening::Message)
            }),
            handler(|event| Some(Happening::Close(event.dyn_into::<CloseEvent>().map_or(1_006, |event| event.code())))),
        ];
        let [open, message, close] = &handlers;
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Some(Socket { socket, inbox, _handlers: handlers })
    }

    /// What has happened and was not looked at yet, without waiting.
    pub fn poll(&self) -> Option<(f64, Happening)> {
        self.inbox.borrow_mut().waiting.pop_front()
    }

    /// What happens next, and when, ms; `None` when nothing does for so long.
    pub async fn next(&self, patience_ms: f64) -> Option<(f64, Happening)> {
        if let Some(happening) = self.poll() {
            return Some(happening);
        }
        let promise = Promise::new(&mut |resolve, _| {
            let window = browser::window();
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, patience_ms as i32);
            self.inbox.borrow_mut().wake = Some(resolve);
        });
        let _ = JsFuture::from(promise).await;
        self.poll()
    }

    /// Sends a message. One that cannot be sent is lost with its connection, whose close event follows: a socket that
    /// is closing already is not asked, for the browser would write an error into the console each time.
    pub fn send(&self, bytes: &[u8]) {
        if self.is_open() {
            let _ = self.socket.send_with_u8_array(bytes);
        }
    }

    /// The same of text.
    pub fn say(&self, text: &str) {
        if self.is_open() {
            let _ = self.socket.send_with_str(text);
        }
    }

    fn is_open(&self) -> bool {
        self.socket.ready_state() == WebSocket::OPEN
    }
}

impl Inbox {
    fn put(&mut self, at_ms: f64, happening: Happening) {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back((at_ms, happening));
        if let Some(wake) = self.wake.take() {
            // It only resolves a promise, which cannot fail.
            let _ = wake.call0(&JsValue::NULL);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing a socket that is already closed is fine.
        let _ = self.socket.close();
    }
}
