//! The server in the tab: practice, with a network and without.

use std::time::Duration;

use crate::{
    page::{Page, Window},
    server::GameServer,
    stage,
};

fn address(server: &GameServer) -> String {
    format!("{}practice", server.url)
}

/// Waits until the service worker has stored the page.
async fn until_kept(page: &Page) {
    page.js("navigator.serviceWorker.ready.then(() => { window.kept = true; });").await;
    page.until_js("the page is kept", "window.kept").await;
}

#[test]
fn one_practises_with_the_network_cut_after_one_visit() {
    stage::run("practice", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.browser(&Window::SMALL).await;
        let address = address(&server);
        page.open(&address).await;
        page.until("bots are in the tab", |state| state.connection == "open" && state.tick > 0).await;
        until_kept(&page).await;
        server.kill().await;

        page.expect_console(&["ERR_CONNECTION_REFUSED"]);
        page.open(&address).await;
        page.until("the arena is in the tab", |state| state.phase == "spectating" && state.tick > 30).await;
        assert!(page.is_visible("to-arena").await && !page.is_visible("to-practice").await);
        page.play("Pupil").await;
        page.key_down('w').await;
        page.until("it flies", |state| state.own.as_ref().is_some_and(|own| own.vx.hypot(own.vy) > 100.0)).await;
        page.key_up('w').await;
        page.picture("practice").await;
    });
}

#[test]
fn who_reaches_no_server_is_offered_practice() {
    stage::run("no-server", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        until_kept(&page).await;
        let address = server.url.clone();
        server.kill().await;
        page.expect_console(&["ERR_CONNECTION_REFUSED"]);
        page.open(&address).await;
        page.until_js(
            "it says so",
            "document.getElementById('banner-what').textContent === 'No connection to the server'",
        )
        .await;
        page.click("banner-practice").await;
        let patience = Duration::from_secs(30);
        page.until_within(patience, "the arena is in the tab", |state| state.phase == "spectating" && state.tick > 0)
            .await;
    });
}

#[test]
fn a_browser_without_websockets_practises_too() {
    stage::run("practice-no-websocket", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.browser(&Window::SMALL).await;
        page.before_load("delete window.WebSocket").await;
        page.open(&server.url).await;
        page.until_visible("unsupported-practice").await;
        page.click("unsupported-practice").await;
        page.until("the arena is in the tab", |state| state.phase == "spectating" && state.tick > 0).await;
    });
}

#[test]
fn the_flight_school_goes_on_when_a_lesson_is_done_or_skipped() {
    stage::run("school", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.browser(&Window::SMALL).await;
        page.open(&address(&server)).await;
        page.until("the arena is in the tab", |state| state.phase == "spectating" && state.tick > 0).await;
        page.play("Pupil").await;
        page.until_visible("school").await;
        assert!(page.words("school-title").await.contains("Thrust"));
        page.key_down('w').await;
        page.until_js("thrust is learnt", "document.getElementById('school-title').textContent === '2 Drift'").await;
        page.key_up('w').await;
        page.until_js("drift is learnt", "document.getElementById('school-title').textContent === '3 Orbit'").await;
        page.picture("school").await;
        for title in ["4 Slingshot", "5 Curved shot", "You can fly"] {
            page.click("school-skip").await;
            page.until_js(title, &format!("document.getElementById('school-title').textContent === '{title}'")).await;
        }
        assert!(page.is_visible("school-arena").await);
    });
}
