//! The boards in a real browser: a flight that is over stands there, and its pilot finds the own row.

use crate::{page::Window, stage};

const ESCAPE: char = '\u{e00c}';
/// Somebody new in the arena and the same player: the slot is forgotten, the profile is not.
const FORGET_SLOT: &str = "sessionStorage.clear()";
/// The slot's ship leaves the world after ten seconds; until then one asks again.
const ASK_AGAIN: &str = "window.asking = setInterval(() => document.getElementById('boards-day').click(), 700)";
const OWN_ROW: &str = "document.querySelector('#boards-rows .own')?.children[1].textContent === 'Champion'";
const OWN_PLACE: &str = "document.getElementById('boards-note').textContent.includes('place 1 with')";

#[test]
fn a_flight_that_is_over_is_on_the_boards_with_the_own_row_marked() {
    stage::run("boards", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor(&server, &Window::DESKTOP).await;
        page.click("boards-open").await;
        page.until_visible("boards").await;
        page.until_js("nobody is there yet", "document.getElementById('boards-note').textContent.startsWith('Nobody')")
            .await;
        page.press(ESCAPE).await;
        page.until_hidden("boards").await;
        page.play("Champion").await;
        let secret = page.js("return localStorage.getItem('perihelion.profile')").await;
        assert_eq!(secret.as_str().map(str::len), Some(32));
        page.before_load(FORGET_SLOT).await;
        page.open(&server.url).await;
        page.until("somebody new looks on", |state| state.phase == "spectating" && state.tick > 0).await;
        page.click("boards-open").await;
        page.until_visible("boards").await;
        page.js(ASK_AGAIN).await;
        page.until_js("the own row is marked", OWN_ROW).await;
        page.js("clearInterval(window.asking)").await;
        for span in ["day", "week", "all"] {
            page.click(&format!("boards-{span}")).await;
            let pressed = format!("document.getElementById('boards-{span}').ariaPressed === 'true'");
            page.until_js("the board is asked for", &pressed).await;
            page.until_js("the own row is marked", OWN_ROW).await;
            page.until_js("the own place is told", OWN_PLACE).await;
        }
        page.picture("boards").await;
        page.click("boards-close").await;
        page.until_hidden("boards").await;
        page.picture("boards-button").await;
        // In flight, on a phone.
        page.play("Champion").await;
        page.resize(390, 844, 2.0).await;
        page.click("boards-flight").await;
        page.until_visible("boards").await;
        page.until_js("the own row is marked", OWN_ROW).await;
        page.picture("boards-phone").await;
    });
}
