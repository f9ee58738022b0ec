//! A Tender takes another pilot in tow: both pages show the same line.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{combat::autopilot, page::Window, stage, state::Class};

/// The arena is wide, and both pages are drawn in software.
const HUNT_TIME_MAX: Duration = Duration::from_secs(110);

#[test]
fn a_tender_takes_another_in_tow_and_both_see_the_line() {
    stage::run("tow", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "2000"]).await;
        let prey = stage.player(&server, &Window::SMALL, "Prey").await;
        let tender = stage.visitor(&server, &Window::SMALL).await;
        let dear = "document.getElementById('lobby-tender').ariaDisabled === 'false'";
        tender.until_js("a Tender is in reach", dear).await;
        tender.click("lobby-tender").await;
        assert_eq!(tender.play("Tender").await.own().class, Class::Tender);
        autopilot(&prey, json!({ "task": "hold" })).await;
        autopilot(&tender, json!({ "task": "tow", "foe": "Prey" })).await;
        let deadline = Instant::now() + HUNT_TIME_MAX;
        loop {
            let (held, holder) = (prey.state().await, tender.state().await);
            if let Some(own) = held.own {
                tender.js_with("window.autopilot.waypoint = arguments[0]", json!({ "x": own.x, "y": own.y })).await;
            }
            let seen = held.ships.iter().any(|ship| ship.towing);
            if seen && holder.ships.iter().any(|ship| ship.own && ship.towing) {
                break;
            }
            for (page, state) in [(&prey, &held), (&tender, &holder)] {
                if state.phase == "dead" {
                    page.js("document.getElementById('relaunch').click()").await;
                }
            }
            assert!(Instant::now() < deadline, "no line within {HUNT_TIME_MAX:?}; {holder:?}; {held:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tender.picture("tow-tender").await;
        prey.picture("tow-prey").await;
    });
}
