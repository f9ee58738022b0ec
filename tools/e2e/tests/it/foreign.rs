//! A client that nobody here wrote, the browser's own WebSocket, meets the server without our client in between.

use serde_json::json;

use crate::{page::Window, stage};

/// Opens a socket, sends what it is given and tells how it ended.
const SEND_AND_WAIT: &str = "
    const [frames, done] = arguments;
    const socket = new WebSocket('/ws');
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => frames.forEach((frame) => socket.send(typeof frame === 'string' ? frame : new Uint8Array(frame)));
    socket.onclose = (event) => done([event.code, event.wasClean]);";

#[test]
fn rubbish_gets_a_clean_close_and_nobody_else_notices() {
    stage::run("foreign", async |stage| {
        let server = stage.server(&["--bots", "4"]).await;
        let page = stage.player(&server, &Window::SMALL, "Bystander").await;
        let connects = page.state().await.connects;
        for (what, frame) in [
            ("a text frame", json!("hello?")),
            ("bytes that are no message", json!([255, 254, 253, 252])),
            ("an empty message", json!([])),
        ] {
            let end = page.js_async(SEND_AND_WAIT, json!([frame])).await;
            assert_eq!(end[1], json!(true), "{what}: {end}");
            assert!(matches!(end[0].as_u64(), Some(4_001 | 4_002)), "{what}: {end}");
        }
        // A message above the limit ends the connection; whether a close frame still gets through is not promised.
        page.js_async(SEND_AND_WAIT, json!([vec![0; 100_000]])).await;
        let state = page.state().await;
        assert_eq!((state.phase.as_str(), state.connects), ("flying", connects), "{state:?}");
        page.until("the game goes on", |now| now.tick > state.tick + 30).await;
    });
}
