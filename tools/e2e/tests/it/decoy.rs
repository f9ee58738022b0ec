//! A decoy from the pickup to its end: staff lay one before a pilot, who takes it and is shot at; the other sees a second ship
//! of that name and goes on shooting at whichever is nearer; the likeness goes, and nobody is told of a kill.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    combat::autopilot,
    page::{Page, Window},
    server::GameServer,
    stage,
    state::{Ship, State},
};

/// The arena is wide, both pages are drawn in software, and who meets the star begins anew.
const TIME_MAX: Duration = Duration::from_secs(240);
/// From the order to the pickup on the screen.
const GIFT_TIME_MAX: Duration = Duration::from_secs(5);

#[test]
fn a_decoy_is_a_ship_to_the_other_page_and_draws_its_fire() {
    stage::run_for("decoy", TIME_MAX + Duration::from_secs(60), async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let prey = stage.player(&server, &Window::SMALL, "Prey").await;
        let hunter = stage.player(&server, &Window::SMALL, "Hunter").await;
        let deadline = Instant::now() + TIME_MAX;
        // Who meets the star or the hunter's last shot before the decoy was let go is given another.
        while !given(&server, &prey, deadline).await || !let_go(&prey, &hunter, deadline).await {
            assert!(Instant::now() < deadline, "no decoy was let go within {TIME_MAX:?}");
        }
        hunter.picture("decoy-hunter").await;
        prey.picture("decoy-prey").await;
        hunter.until("only one is left", |seen| alike(seen).count() < 2).await;
        let told = hunter.state().await.kills;
        let dead = prey.state().await.phase == "dead";
        assert!(
            dead || told.iter().all(|kill| kill.victim != "Prey" || kill.killer.is_none()),
            "a likeness is nobody's death: {told:?}"
        );
    });
}

/// The ships in sight that are called Prey.
fn alike(seen: &State) -> impl Iterator<Item = &Ship> {
    seen.ships.iter().filter(|ship| ship.name.as_deref() == Some("Prey"))
}

/// Has a decoy laid before the pilot whenever none is in sight, until one is aboard.
async fn given(server: &GameServer, prey: &Page, deadline: Instant) -> bool {
    steer(prey, json!({ "task": "gather" })).await;
    let floats = |state: &State| state.pickups.iter().any(|pickup| pickup.kind == "decoy");
    while Instant::now() < deadline {
        let state = prey.state().await;
        if state.own.is_some_and(|own| own.decoy) {
            prey.until_visible("boon-decoy").await;
            return true;
        }
        launch_again(prey, &state).await;
        if !floats(&state) && state.own.is_some() {
            let (done, said) = server.order(&["gift", "Prey", "decoy"]).await;
            // Whose ship was lost a moment ago has none.
            assert!(done || said.contains("has no ship just now"), "{said}");
            let comes = |state: &State| floats(state) || state.own.is_none_or(|own| own.decoy);
            prey.eventually(GIFT_TIME_MAX, comes).await;
        }
    }
    false
}

/// Waits for the hunter's first hit and flies out of the likeness, until the hunter sees two.
async fn let_go(prey: &Page, hunter: &Page, deadline: Instant) -> bool {
    steer(prey, json!({ "task": "hold" })).await;
    steer(hunter, json!({ "task": "hunt", "foe": "Prey" })).await;
    let mut hit = false;
    while Instant::now() < deadline {
        let (own, seen) = (prey.state().await, hunter.state().await);
        launch_again(hunter, &seen).await;
        let Some(ship) = own.own else { return false };
        if alike(&seen).count() == 2 {
            return true;
        }
        if !ship.decoy && !std::mem::replace(&mut hit, true) {
            steer(prey, json!({ "task": "gather" })).await;
        }
        hunter.js_with("window.autopilot.waypoint = arguments[0]", json!({ "x": ship.x, "y": ship.y })).await;
    }
    false
}

/// Another autopilot instead of the one there is.
async fn steer(page: &Page, task: serde_json::Value) {
    page.js("window.autopilot?.stop()").await;
    autopilot(page, task).await;
}

async fn launch_again(page: &Page, state: &State) {
    if state.phase == "dead" {
        page.js("document.getElementById('relaunch').click()").await;
    }
}
