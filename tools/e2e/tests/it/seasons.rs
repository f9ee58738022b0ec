//! The end of a season in a real browser: the podium over a ship that flies on, and the picture of the result; and one that is
//! won by shooting, whose best kill is a link on the podium.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    combat::autopilot,
    layout,
    page::{Page, Window},
    stage,
};

const BACKSPACE: char = '\u{e003}';
const ESCAPE: char = '\u{e00c}';
/// More than an empty picture packs to, bytes.
const PAINTED_BYTES: &str = "60000";

#[test]
fn a_season_ends_with_a_podium_and_a_picture_to_keep() {
    stage::run("seasons", async |stage| {
        let server = stage.server(&["--bots", "6", "--season-minutes", "0.35", "--start-points", "30"]).await;
        let page = stage.player(&server, &Window::DESKTOP, "Champion").await;
        let left = page.until("it is told when the season ends", |state| state.season.left_ticks.is_some()).await;
        assert!(left.season.left_ticks.is_some_and(|left| left <= 21 * 60 + 1), "{left:?}");
        let over = page.until("a season is over", |state| state.season.podium && state.player.is_some()).await;
        page.until_visible("podium").await;
        page.picture("podium").await;
        let number = over.season.last.unwrap_or_default();
        assert_eq!(page.words("podium-title").await, format!("Season {number} is over"));
        assert!(page.words("podium-own").await.starts_with('#'));
        assert_ne!(page.words("podium-1-name").await, "");
        // It blocks nothing: the ship takes commands under it.
        let before = page.state().await.tick;
        page.press(BACKSPACE).await;
        page.until("the podium is gone and the arena goes on", |state| !state.season.podium && state.tick > before)
            .await;
        page.until_hidden("podium").await;
        page.click("season-card").await;
        page.until_visible("card").await;
        page.until_visible("card-save").await;
        let painted = format!("document.getElementById('card-canvas').toDataURL().length > {PAINTED_BYTES}");
        page.until_js("the card is painted", &painted).await;
        page.picture("result-card").await;
        page.press(ESCAPE).await;
        page.until_hidden("card").await;
        page.resize(390, 844, 2.0).await;
        page.until("the next one is over", |state| state.season.podium && state.season.last > over.season.last).await;
        page.until_visible("podium").await;
        page.picture("podium-phone").await;
        page.resize(844, 390, 2.0).await;
        page.picture("podium-phone-landscape").await;
    });
}

#[test]
fn the_podium_leaves_who_was_just_lost_the_way_back() {
    stage::run("season-lost", async |stage| {
        let server = stage.server(&["--bots", "0", "--season-minutes", "0.5"]).await;
        let page = stage.player(&server, &Window::PHONE, "Moth").await;
        autopilot(&page, json!({ "task": "plunge" })).await;
        page.until_js("the star has it", "document.getElementById('death').checkVisibility()").await;
        page.js("window.autopilot.stop()").await;
        page.until("it waits for a ship", |state| state.phase == "dead").await;
        let mut last = None;
        for (name, width, height) in layout::SCREENS {
            page.resize(width, height, 1.0).await;
            // A look may take longer than the podium stands: then it was at nothing, and there is another season.
            loop {
                let over =
                    page.until("a season is over", |state| state.season.podium && state.season.last > last).await;
                layout::expect_apart(&page, layout::PODIUM, &format!("podium-lost-{name}")).await;
                if page.state().await.season.podium {
                    break;
                }
                last = over.season.last;
            }
        }
        page.js("document.getElementById('relaunch').click()").await;
        page.until("it flies again", |state| state.phase == "flying").await;
    });
}

/// The arena is wide, and both pages are drawn in software.
const HUNT_TIME_MAX: Duration = Duration::from_secs(110);
/// Seasons that a hunter may need: one may end while the shots of the next kill fly.
const SEASONS_MAX: usize = 3;

/// Brings `hunter` to the bystander until that is shot down, and then lets it rest.
async fn shoot_down(hunter: &Page, bystander: &Page) {
    hunter.js("window.autopilot?.stop()").await;
    autopilot(hunter, json!({ "task": "hunt", "foe": "Bystander" })).await;
    let deadline = Instant::now() + HUNT_TIME_MAX;
    loop {
        let (chaser, seen) = (hunter.state().await, bystander.state().await);
        if chaser.kills.iter().any(|kill| kill.killer.as_deref() == Some("Champion")) {
            break;
        }
        if let Some(own) = seen.own {
            hunter.js_with("window.autopilot.waypoint = arguments[0]", json!({ "x": own.x, "y": own.y })).await;
        }
        assert!(Instant::now() < deadline, "nobody was shot down within {HUNT_TIME_MAX:?}: {chaser:?} {seen:?}");
    }
    hunter.js("window.autopilot.stop()").await;
    autopilot(hunter, json!({ "task": "hold" })).await;
}

#[test]
fn drift_is_won_by_who_scores_and_the_podium_leads_to_the_best_kill() {
    stage::run_for("season-won", Duration::from_secs(480), async |stage| {
        let server = stage.server(&["--bots", "0", "--season-minutes", "1.5", "--start-points", "0"]).await;
        let bystander = stage.player(&server, &Window::SMALL, "Bystander").await;
        let hunter = stage.player(&server, &Window::SMALL, "Champion").await;
        bystander.keep_flying().await;
        hunter.keep_flying().await;
        autopilot(&bystander, json!({ "task": "hold" })).await;
        let first = "document.getElementById('podium-1').matches('.own') && \
                     document.getElementById('podium-1-name').textContent === 'Champion'";
        let mut seasons = 0;
        loop {
            let before = hunter.state().await.season.last;
            shoot_down(&hunter, &bystander).await;
            hunter.resize(1280, 720, 1.0).await;
            hunter
                .until_within(Duration::from_secs(120), "a season is over", |state| {
                    state.season.podium && state.season.last > before && state.player.is_some()
                })
                .await;
            hunter.until_visible("podium").await;
            if hunter.js(&format!("return {first}")).await == json!(true) {
                break;
            }
            seasons += 1;
            assert!(seasons < SEASONS_MAX, "the hunter won none of {seasons} seasons");
            hunter.resize(Window::SMALL.width, Window::SMALL.height, 1.0).await;
        }
        let own = hunter.words("podium-own").await;
        assert!(own.starts_with("#1 of 2 with "), "{own}");
        assert!(!hunter.words("podium-deeds").await.starts_with("Kills: 0"), "{}", hunter.words("podium-deeds").await);
        assert_eq!(hunter.words("podium-2-name").await, "Bystander");
        hunter.picture("season-won").await;
        hunter.click("podium-clip").await;
        hunter.until_visible("clip-watch").await;
        let loser = "document.getElementById('podium-2').matches('.own') && \
                     document.getElementById('podium-own').textContent.startsWith('#2 of 2 with ')";
        bystander.until_js("the other is told who won", loser).await;
        let link = hunter.js("return document.getElementById('clip-watch').href").await;
        hunter.open(link.as_str().expect("a link has an address")).await;
        let shown = hunter.until("the clip plays", |state| state.phase == "watching" && !state.ships.is_empty()).await;
        assert!(shown.ships.iter().any(|ship| ship.own && ship.name.as_deref() == Some("Champion")), "{shown:?}");
        hunter.until("the kill is seen", |state| state.kills.iter().any(|kill| kill.victim == "Bystander")).await;
    });
}
