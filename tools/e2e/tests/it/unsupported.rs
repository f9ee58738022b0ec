//! When it cannot work, the page says so in words, and when it breaks, it says what broke.

use crate::{page::Window, stage};

/// A browser that draws nothing in three dimensions.
const NO_WEBGL: Window =
    Window { width: 640, height: 400, flags: &["--disable-3d-apis", "--disable-software-rasterizer"], touch: false };

#[test]
fn without_webgl2_the_page_says_so() {
    stage::run("no-webgl", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.browser(&NO_WEBGL).await;
        page.expect_console(&["WebGL", "webgl"]);
        page.open(&server.url).await;
        page.until_visible("unsupported").await;
        let words = page.words("unsupported").await;
        assert!(words.contains("WebGL"), "{words}");
        assert!(!page.is_visible("play").await, "Play is offered though nothing can be drawn");
    });
}

#[test]
fn without_websockets_the_page_says_so() {
    stage::run("no-websocket", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.browser(&Window::SMALL).await;
        page.before_load("delete window.WebSocket; Object.defineProperty(navigator, 'language', { get: () => 'de' })")
            .await;
        page.open(&server.url).await;
        page.until_visible("unsupported").await;
        let words = page.words("unsupported").await;
        assert!(words.contains("Perihelion braucht WebSockets, um die Arena zu erreichen"), "{words}");
        assert!(!page.is_visible("play").await, "Play is offered though no server can be reached");
    });
}

#[test]
fn without_webassembly_the_page_says_so() {
    stage::run("no-wasm", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.browser(&Window::SMALL).await;
        page.before_load("delete window.WebAssembly").await;
        page.open(&server.url).await;
        page.until_visible("unsupported").await;
        let words = page.words("unsupported").await;
        assert!(words.contains("WebAssembly"), "{words}");
    });
}

#[test]
fn an_error_shows_a_card_with_a_report_to_copy() {
    stage::run("error-card", async |stage| {
        let server = stage.server(&["--bots", "4"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        page.expect_console(&["deliberate"]);
        assert!(!page.is_visible("error-card").await);
        // Thrown by a driver's script it would reach the page as an anonymous "Script error.".
        page.js("const error = new Error('a deliberate error of the tests');
             window.dispatchEvent(new ErrorEvent('error', { message: 'Uncaught ' + error, error }));")
            .await;
        page.until_visible("error-card").await;
        let report = page.words("error-report").await;
        assert!(report.contains("a deliberate error of the tests"), "{report}");
        assert!(page.is_visible("error-copy").await);
        let state = page.state().await;
        assert!(state.error.is_some_and(|error| error.contains("deliberate")));
    });
}
