//! The hints of the first minute: each goes once its deed is done, the last for good; or all of them at once.

use crate::{
    page::{Page, Window},
    stage,
};

/// WebDriver's Shift key.
const SHIFT: char = '\u{e008}';
/// Who comes has mined and orbited: how is shown by arrows (`hud/hint.rs`), a flight too long for here.
const MINED: &str = "localStorage.getItem('perihelion.hints') ?? localStorage.setItem('perihelion.hints', '40')";

async fn until_told(page: &Page, words: &str) {
    page.until_js("the hint is told", &format!("document.getElementById('hint-words').textContent === '{words}'"))
        .await;
    page.until_visible("hint").await;
}

/// Comes back, and sees the arena without hints.
async fn comes_back_without_hints(page: &Page) {
    page.reload().await;
    page.until("the ship flies again", |state| state.phase == "flying" && state.own.is_some()).await;
    page.until_visible("gauges").await;
    page.until_hidden("hint").await;
}

#[test]
fn the_hints_lead_to_a_better_ship_and_never_come_back() {
    stage::run("hints", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "30"]).await;
        let page = stage.visitor_with(&server, &Window::SMALL, MINED).await;
        page.play("Newcomer").await;
        // Whom the star takes begins again with the same hint.
        page.keep_flying().await;
        until_told(&page, "Hold W to thrust toward the pointer").await;
        page.key_down('w').await;
        until_told(&page, "Let go of W: you drift, and the star bends your path").await;
        page.key_up('w').await;
        until_told(&page, "Click or hold Space to shoot").await;
        page.key_down(' ').await;
        until_told(&page, "Shift boosts, for some energy").await;
        page.key_up(' ').await;
        page.picture("hint-boost").await;
        page.key_down(SHIFT).await;
        until_told(&page, "Ore is points: 30 of 40 for a better ship").await;
        page.key_up(SHIFT).await;
        page.picture("hint-refit").await;
    });
}

#[test]
fn the_hints_end_with_a_better_ship_or_when_they_are_not_wanted() {
    stage::run("hints-end", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "40"]).await;
        let page = stage.player(&server, &Window::SMALL, "Newcomer").await;
        page.until_visible("hint").await;
        page.until_visible("refit-needle").await;
        page.press('1').await;
        page.until_js("a better ship is a deed", "Number(localStorage.getItem('perihelion.hints')) & 64").await;
        page.until_visible("hint").await;
        page.click("hint-skip").await;
        page.until_hidden("hint").await;
        // The click must not have taken the keyboard away.
        let rest = page.state().await.own().speed_ahead();
        page.key_down('w').await;
        page.until("it thrusts", |state| state.own.is_some_and(|own| own.speed_ahead() > rest + 30.0)).await;
        page.key_up('w').await;
        comes_back_without_hints(&page).await;
        // The key that closes the podium closes them, too.
        page.js("localStorage.removeItem('perihelion.hints')").await;
        page.reload().await;
        page.until_visible("hint").await;
        page.press('\u{e003}').await;
        page.until_hidden("hint").await;
        comes_back_without_hints(&page).await;
    });
}
