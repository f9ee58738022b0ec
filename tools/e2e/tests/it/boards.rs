//! The boards in a real browser: a flight that came to something stands there, and its pilot finds the own row; one that came
//! to nothing does not.

use crate::{
    page::{Page, Window},
    server::GameServer,
    settings, stage,
};

const ESCAPE: char = '\u{e00c}';
/// Somebody new in the arena and the same player: the slot is forgotten, the profile is not.
const FORGET_SLOT: &str = "sessionStorage.clear()";
const MASKED: &str = "[...document.querySelectorAll('#boards-rows tr')].some(row => row.children[1]?.textContent === '• • •') \
    && !document.querySelector('#boards-rows .own')";
/// The slot's ship leaves the world after ten seconds; until then one asks again.
const ASK_AGAIN: &str = "window.asking = setInterval(() => document.getElementById('boards-day').click(), 700)";
const OWN_PLACE: &str = "document.getElementById('boards-note').textContent.includes('place 1 with')";

#[test]
fn the_boards_are_a_dialog_and_empty_at_first() {
    stage::run("boards", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor(&server, &Window::DESKTOP).await;
        page.click("boards-open").await;
        page.until_visible("boards").await;
        page.until_js("nobody is there yet", "document.getElementById('boards-note').textContent.startsWith('Nobody')")
            .await;
        page.press(ESCAPE).await;
        page.until_hidden("boards").await;
        page.picture("boards-button").await;
        page.play("Champion").await;
        let secret = page.js("return localStorage.getItem('perihelion.profile')").await;
        assert_eq!(secret.as_str().map(str::len), Some(32));
        // In flight, on a phone.
        page.resize(390, 844, 2.0).await;
        page.click("boards-flight").await;
        page.until_visible("boards").await;
        page.picture("boards-phone").await;
    });
}

/// Leaves the arena as `name`, whose flight was worth something, and finds it on the boards.
pub async fn find_own_flight(page: &Page, server: &GameServer, name: &str) {
    let own_row = format!("document.querySelector('#boards-rows .own')?.children[1].textContent === '{name}'");
    page.before_load(FORGET_SLOT).await;
    page.open(&server.url).await;
    page.until("somebody new looks on", |state| state.phase == "spectating" && state.tick > 0).await;
    page.click("boards-open").await;
    page.until_visible("boards").await;
    page.js(ASK_AGAIN).await;
    page.until_js("the own row is marked", &own_row).await;
    page.js("clearInterval(window.asking)").await;
    for span in ["day", "week", "all"] {
        page.click(&format!("boards-{span}")).await;
        let pressed = format!("document.getElementById('boards-{span}').ariaPressed === 'true'");
        page.until_js("the board is asked for", &pressed).await;
        page.until_js("the own row is marked", &own_row).await;
        page.until_js("the own place is told", OWN_PLACE).await;
    }
    page.picture("boards").await;
    a_streamer_reads_no_names(page, server).await;
}

/// Somebody else who streams sees that there was a flight, not whose.
async fn a_streamer_reads_no_names(page: &Page, server: &GameServer) {
    page.js("localStorage.removeItem('perihelion.profile')").await;
    page.open(&server.url).await;
    page.until("somebody new looks on", |state| state.phase == "spectating" && state.tick > 0).await;
    settings::give(page, "set-streamer", "on").await;
    page.click("boards-open").await;
    page.until_visible("boards").await;
    page.until_js("the flight is there without its name", MASKED).await;
}
