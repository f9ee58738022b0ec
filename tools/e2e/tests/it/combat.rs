//! Two people in two browsers: they meet, one shoots the other down, both are told the same, a link shows it again and the
//! boards have the flight, the other looks about and comes back.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    boards, death,
    page::{Page, Window},
    stage,
    state::Kill,
};

/// An autopilot that plays by `state()`, keyboard and pointer events alone.
const AUTOPILOT: &str = include_str!("autopilot.js");
/// The arena is wide, and both pages are drawn in software.
const HUNT_TIME_MAX: Duration = Duration::from_secs(110);

#[test]
fn one_page_shoots_the_other_down_and_both_see_the_same_kill() {
    stage::run("combat", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let victim = stage.player(&server, &Window::SMALL, "Victim").await;
        let hunter = stage.player(&server, &Window::SMALL, "Hunter").await;
        autopilot(&victim, json!({ "task": "hold" })).await;
        autopilot(&hunter, json!({ "task": "hunt", "foe": "Victim" })).await;
        let first_life = victim.state().await.own_life();

        let mut met = false;
        let deadline = Instant::now() + HUNT_TIME_MAX;
        let kill = loop {
            let (prey, chaser) = (victim.state().await, hunter.state().await);
            met |= prey.sees("Hunter") && chaser.sees("Victim");
            if let Some(own) = prey.own {
                // A friend on the telephone: beyond the horizon a pilot cannot know where somebody is.
                hunter.js_with("window.autopilot.waypoint = arguments[0]", json!({ "x": own.x, "y": own.y })).await;
            }
            if let Some(kill) = prey.kills.iter().find(|kill| kill.victim == "Victim" && kill.killer.is_some()) {
                break kill.clone();
            }
            // Who met the star instead tries again: where one is launched is the room's business.
            for (page, state) in [(&victim, &prey), (&hunter, &chaser)] {
                if state.phase == "dead" {
                    // The autopilot of a hunter may have been quicker.
                    page.js("document.getElementById('relaunch').click()").await;
                }
            }
            assert!(
                Instant::now() < deadline,
                "no kill within {HUNT_TIME_MAX:?}; hunter: {chaser:?}; victim: {prey:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(met, "they never had each other in sight");
        let expected = Kill { killer: Some("Hunter".into()), victim: "Victim".into(), cause: kill.cause.clone() };
        assert_eq!(kill, expected);
        let hunter_after = hunter
            .until("the hunter is told of the kill", |state| state.kills.iter().any(|told| told.killer == kill.killer))
            .await;
        assert_eq!(hunter_after.kills.iter().find(|told| told.killer == kill.killer), Some(&kill));
        hunter.until("the kill counts", |state| state.score.is_some_and(|score| score > 0)).await;

        // The pilot who was shot down sees who did it and flies again.
        victim.js("window.autopilot.stop()").await;
        victim.until_visible("death").await;
        assert!(victim.words("death").await.contains("Hunter"), "{}", victim.words("death").await);
        death::look_about(&victim, "Hunter").await;
        victim.until_visible("relaunch").await;
        victim
            .until_js("one may launch again", "!document.getElementById('relaunch').matches(':disabled, .waiting')")
            .await;
        victim.click("relaunch").await;
        let again = victim.until("a new ship flies", |state| state.phase == "flying" && state.own.is_some()).await;
        assert_ne!(again.own_life(), first_life);
        victim.until_hidden("death").await;
        share_the_kill(&hunter).await;
        boards::find_own_flight(&hunter, &server, "Hunter").await;
    });
}

/// The kill becomes a link, and whoever opens that sees it.
async fn share_the_kill(hunter: &Page) {
    hunter.js("window.autopilot.stop()").await;
    hunter.until_visible("clip-open").await;
    hunter.click("clip-open").await;
    hunter.until_visible("clip-link").await;
    hunter.picture("clip-link").await;
    assert!(hunter.words("clip-what").await.starts_with("Victim, "), "{}", hunter.words("clip-what").await);
    let link = hunter.words("clip-link").await;
    let watch = hunter.js("return document.getElementById('clip-watch').href").await;
    assert_eq!(watch, serde_json::json!(link));
    hunter.open(&link).await;
    let shown = hunter.until("the clip plays", |state| state.phase == "watching" && state.ships.len() == 2).await;
    assert!(shown.ships.iter().any(|ship| ship.own && ship.name.as_deref() == Some("Hunter")), "{shown:?}");
    hunter.until("the kill is seen", |state| state.kills.iter().any(|kill| kill.victim == "Victim")).await;
    hunter.picture("clip-watched").await;
}

/// Hands the ship to the autopilot.
pub async fn autopilot(page: &Page, task: serde_json::Value) {
    page.js_with(AUTOPILOT, task).await;
}
