//! One WebSocket. Invariant: after it is dropped none of its events arrives, so there are no late words from an old
//! connection.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::browser;

/// What happens on it.
#[derive(Debug)]
pub enum SocketEvent {
    /// It opened.
    Open,
    /// A binary message.
    Message(Vec<u8>),
    /// It closed, with this code and these words.
    Close(u16, String),
}

/// The socket with its handlers.
#[derive(Debug)]
pub struct Socket {
    socket: WebSocket,
    _open: Closure<dyn FnMut(JsValue)>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

/// A close code of our own for "no socket could be made"; the session treats it as a dropped line.
pub const NO_SOCKET: u16 = 1006;

impl Socket {
    /// Connects to the page's own server, to this room or to any. `handler` is called for every event, as it happens.
    /// `None` when the browser refuses.
    pub fn connect(room: Option<&str>, handler: impl Fn(SocketEvent) + Clone + 'static) -> Option<Socket> {
        let mut url = browser::socket_url();
        if let Some(room) = room {
            url.push_str("?room=");
            url.push_str(&String::from(js_sys::encode_uri_component(room)));
        }
        Socket::open(&url, handler)
    }

    /// The same for a second lane.
    pub fn connect_lane(handler: impl Fn(SocketEvent) + Clone + 'static) -> Option<Socket> {
        Socket::open(&[&browser::socket_url(), "?lane"].concat(), handler)
    }

    fn open(url: &str, handler: impl Fn(SocketEvent) + Clone + 'static) -> Option<Socket> {
        let socket = WebSocket::new(url).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_open = handler.clone();
        let open = Closure::<dyn FnMut(JsValue)>::new(move |_| on_open(SocketEvent::Open));
        let on_message = handler.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() {
                on_message(SocketEvent::Message(js_sys::Uint8Array::new(&buffer).to_vec()));
            }
        });
        let close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            handler(SocketEvent::Close(event.code(), event.reason()));
        });
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Some(Socket { socket, _open: open, _message: message, _close: close })
    }

    /// Bytes that wait in the browser.
    #[must_use]
    pub fn buffered_bytes(&self) -> u64 {
        self.socket.buffered_amount().into()
    }

    /// Sends a message. One that cannot be sent is lost with its connection, whose close event follows: a socket that
    /// is closing already is not asked, for the browser would write an error into the console each time.
    pub fn send(&self, bytes: &[u8]) {
        if self.socket.ready_state() == WebSocket::OPEN {
            let _ = self.socket.send_with_u8_array(bytes);
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
