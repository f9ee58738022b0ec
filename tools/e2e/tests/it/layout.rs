//! What is written over the arena keeps apart and inside the window, however a phone is held.

use serde_json::{Value, json};

use crate::page::Page;

/// What stands over the arena in flight.
pub const FLIGHT: &[&str] = &[
    "#score-panel",
    "#feed li",
    "#leaderboard-panel",
    "#map-toggle",
    "#line",
    "#gauges",
    "#status",
    "#hint",
    "#talk",
    "#contest",
    "#refit button",
    "#pads button",
];
/// …and over the card of a lost ship.
pub const DEATH: &[&str] = &[
    "#score-panel",
    "#line",
    "#talk",
    "#death h2",
    "#death-numbers",
    "#death-others",
    "#death .classes button",
    "#relaunch",
    "#watch-whom",
    "#watch button",
];

/// The card over the arena before one flies.
pub const LOBBY: &[&str] = &[
    "#lobby h1",
    "#pitch",
    "#name",
    "#play",
    "#lobby .classes button",
    "#elsewhere",
    "#keys",
    "#thumbs",
    "#doors button",
];
/// The podium over the card of a lost ship, as far as that is pressed.
pub const PODIUM: &[&str] =
    &["#podium", "#score-panel", "#line", "#talk", "#relaunch", "#death .classes button", "#watch button"];
/// However a screen is held.
pub const SCREENS: [(&str, u32, u32); 5] = [
    ("desk", 1600, 900),
    ("phone", 390, 844),
    ("phone-short", 375, 667),
    ("phone-across", 844, 390),
    ("phone-small", 667, 375),
];

/// Says which of the elements that can be seen lie over each other or reach out of the window.
const FAULTS: &str = "
    const seen = arguments[0].flatMap(what => [...document.querySelectorAll(what)])
        .filter(e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .map(e => [e.id || e.parentElement.id + ' ' + e.textContent, e.getBoundingClientRect()])
        .filter(([, r]) => r.width > 0 && r.height > 0);
    const faults = [];
    seen.forEach(([name, r], index) => {
        if (r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1)
            faults.push(`${name} reaches out: ${[r.left, r.top, r.right, r.bottom].map(Math.round)}`);
        for (const [other, o] of seen.slice(index + 1))
            if (r.left < o.right - 1 && o.left < r.right - 1 && r.top < o.bottom - 1 && o.top < r.bottom - 1)
                faults.push(`${name} lies over ${other}`);
    });
    return faults;";

/// Fails if any of these lie over each other or outside the window for longer than it takes to lay them out.
pub async fn expect_apart(page: &Page, parts: &[&str], name: &str) {
    let mut faults = Value::Null;
    for _ in 0..40 {
        faults = page.js_with(FAULTS, json!(parts)).await;
        if faults == json!([]) {
            break;
        }
    }
    page.picture(name).await;
    assert_eq!(faults, json!([]), "{name}");
}
