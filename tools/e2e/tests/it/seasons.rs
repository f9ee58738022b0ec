//! The end of a season in a real browser: the podium over a ship that flies on, and the picture of the result.

use crate::{page::Window, stage};

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
