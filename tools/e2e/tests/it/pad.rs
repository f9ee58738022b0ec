//! A gamepad, made up in the page: it flies, fires, goes about in the cards, and holds nothing once it is gone.

use serde_json::json;

use crate::{
    combat::autopilot,
    page::{Page, Window},
    stage,
    state::Class,
};

/// Replaces the browser's gamepads by one that the test holds.
const PAD: &str = "
    window.held = { buttons: [], axes: [0, 0, 0, 0], here: true };
    const button = number => ({ pressed: held.buttons.includes(number), value: held.buttons.includes(number) ? 1 : 0 });
    navigator.getGamepads = () => held.here
        ? [null, { id: 'made up', index: 1, connected: true, mapping: 'standard', timestamp: 0, axes: held.axes,
                   buttons: Array.from({ length: 17 }, (_, number) => button(number)) }, { mapping: 'standard' }, 7]
        : [null, null];";

const LT: u8 = 6;
const RT: u8 = 7;
const A: u8 = 0;
const B: u8 = 1;
const START: u8 = 9;
const RIGHT_STICK: u8 = 11;
const DOWN: u8 = 13;
const LEFT: u8 = 14;

async fn hold(page: &Page, buttons: &[u8], x: f64, y: f64) {
    page.js_with("[held.buttons, held.axes] = arguments[0]", json!([buttons, [x, y, 0, 0]])).await;
}

/// Lets the page draw a few frames: it looks at gamepads once in each.
async fn frames(page: &Page) {
    let script = "const done = arguments[1];
         let left = 3;
         const next = () => left-- ? requestAnimationFrame(next) : done(0);
         next();";
    page.js_async(script, json!(0)).await;
}

/// Presses a button for as long as the page needs to see it.
async fn tap(page: &Page, button: u8) {
    for buttons in [&[][..], &[button], &[]] {
        hold(page, buttons, 0.0, 0.0).await;
        frames(page).await;
    }
}

#[test]
fn a_gamepad_flies_fires_and_lets_go() {
    stage::run("pad", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor_with(&server, &Window::SMALL, PAD).await;
        // A gamepad counts only where the keyboard is.
        page.click("name").await;
        // A presses Play.
        tap(&page, A).await;
        page.until("the ship flies", |state| state.phase == "flying" && state.own.is_some()).await;
        for (x, y, direction) in [(1.0, 0.0, 0.0), (0.0, -1.0, std::f64::consts::FRAC_PI_2)] {
            hold(&page, &[], x, y).await;
            page.until("the nose follows the stick", |state| state.own().off(direction) < 0.3).await;
        }
        let rest = page.state().await.own();
        hold(&page, &[LT], 0.0, -1.0).await;
        page.until("the trigger thrusts", |state| state.own().speed_ahead() > rest.speed_ahead() + 100.0).await;
        page.until_js("the hint names the trigger", "/LT/.test(document.getElementById('key-thrust').textContent)")
            .await;
        hold(&page, &[RT], 0.0, -1.0).await;
        page.until("shots fly", |state| state.shots > 0).await;
        page.picture("pad").await;
        // It is pulled out while it fires.
        page.js("held.here = false").await;
        // With an empty store there may be no shots already: the page is to see it gone before it is back.
        frames(&page).await;
        page.until("the last shots are spent", |state| state.shots == 0).await;
        page.js("held.here = true").await;
        let tick = page.state().await.tick;
        let still = page.until("a second passes", |state| state.tick > tick + 60).await;
        assert_eq!(still.shots, 0, "what was held when it was plugged in must not fire");
        hold(&page, &[], 0.0, 0.0).await;
        frames(&page).await;
        hold(&page, &[RT], 0.0, 0.0).await;
        page.until("pressed anew it fires", |state| state.shots > 0).await;
        // The window loses the keyboard.
        page.js("window.dispatchEvent(new Event('blur'))").await;
        page.until("the trigger is let go", |state| state.shots == 0).await;
    });
}

#[test]
fn a_gamepad_goes_about_in_the_settings_and_is_bound_anew() {
    stage::run("pad-menu", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor_with(&server, &Window::DESKTOP, PAD).await;
        page.play("Padder").await;
        tap(&page, START).await;
        page.until_visible("settings").await;
        page.js("document.getElementById('set-engine').focus()").await;
        tap(&page, LEFT).await;
        page.until_js("left makes it quieter", "document.getElementById('set-engine-value').textContent === '95 %'")
            .await;
        tap(&page, DOWN).await;
        page.until_js("down goes on", "document.activeElement.id === 'set-music'").await;
        page.js("document.getElementById('bind-brake-pad').focus()").await;
        tap(&page, A).await;
        page.until_js("the cap waits", "document.getElementById('bind-brake-pad').classList.contains('waits')").await;
        tap(&page, 3).await;
        page.until_js("Y brakes", "document.getElementById('bind-brake-pad').textContent === 'Y'").await;
        page.picture("pad-settings").await;
        tap(&page, B).await;
        page.until_hidden("settings").await;
    });
}

#[test]
fn a_gamepad_comes_to_every_sheet_in_flight() {
    stage::run("pad-flight", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor_with(&server, &Window::DESKTOP, PAD).await;
        page.play("Padder").await;
        page.keep_flying().await;
        for (steps, sheet) in [(1, "boards"), (2, "invite"), (3, "rooms")] {
            tap(&page, START).await;
            page.until_visible("settings").await;
            page.until_js("the focus is on top", "document.activeElement.id === 'settings-close'").await;
            for _ in 0..steps {
                tap(&page, DOWN).await;
            }
            page.until_js("the cross goes there", &format!("document.activeElement.id === 'menu-{sheet}'")).await;
            if sheet == "invite" {
                page.picture("pad-menu").await;
            }
            tap(&page, A).await;
            page.until_visible(sheet).await;
            page.until_hidden("settings").await;
            tap(&page, B).await;
            page.until_hidden(sheet).await;
        }
        // From one sheet to the other, through the settings: each closes what was open.
        for sheet in ["boards", "invite"] {
            tap(&page, START).await;
            page.until_visible("settings").await;
            page.js(&format!("document.getElementById('menu-{sheet}').focus()")).await;
            tap(&page, A).await;
            page.until_visible(sheet).await;
        }
        page.until_js("one is open", "document.querySelectorAll('dialog[open]').length === 1").await;
        tap(&page, B).await;
        page.until_hidden("invite").await;
    });
}

#[test]
fn a_gamepad_opens_sheets_takes_a_better_ship_talks_and_flies_again() {
    stage::run("pad-cards", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "40"]).await;
        let page = stage.visitor_with(&server, &Window::SMALL, PAD).await;
        page.type_name("Padder").await;
        // A sheet over the lobby.
        page.js("document.getElementById('rooms-open').focus()").await;
        tap(&page, A).await;
        page.until_visible("rooms").await;
        tap(&page, DOWN).await;
        page.until_js("the cross goes about in the sheet", "document.activeElement.closest('#rooms')").await;
        tap(&page, B).await;
        page.until_hidden("rooms").await;
        page.js("document.activeElement.blur()").await;
        tap(&page, A).await;
        page.until("the ship flies", |state| state.phase == "flying" && state.own.is_some()).await;
        // The left card of a better ship.
        page.until_visible("refit-needle").await;
        tap(&page, LEFT).await;
        page.until("the ship is a Needle", |state| state.own.is_some_and(|own| own.class == Class::Needle)).await;
        // A word of the wheel: the third is to the right.
        hold(&page, &[RIGHT_STICK], 0.0, 0.0).await;
        page.until("the wheel is open", |state| state.wheel).await;
        hold(&page, &[RIGHT_STICK], 1.0, 0.0).await;
        page.until_js("the stick chooses", "document.getElementById('quick-2').classList.contains('picked')").await;
        hold(&page, &[], 0.0, 0.0).await;
        page.until("it is said", |state| state.reads("Padder", "Follow me")).await;
        // The card of a lost ship.
        autopilot(&page, json!({ "task": "plunge" })).await;
        page.until_visible("death").await;
        page.js("window.autopilot.stop()").await;
        tap(&page, DOWN).await;
        page.until_js("the cross goes about in the card", "document.activeElement.closest('#death')").await;
        page.picture("pad-death").await;
        page.js("document.activeElement.blur()").await;
        page.until_js("one may fly again", "!document.getElementById('relaunch').matches('.waiting')").await;
        tap(&page, A).await;
        page.until("it flies again", |state| state.phase == "flying").await;
    });
}
