//! The Lancer: out of reach for a beginner, and its ray when it is not.

use crate::{page::Window, stage, state::Class};

#[test]
fn a_beginner_is_told_what_a_lancer_takes() {
    stage::run("lancer-dear", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        page.until_visible("lobby-lancer").await;
        assert!(page.words("lobby-lancer").await.contains("from 160 points"));
        page.click("lobby-lancer").await;
        page.until_js("it cannot be picked", "document.getElementById('lobby-lancer').ariaChecked === 'false'").await;
        page.picture("lancer-dear").await;
        let state = page.play("Beginner").await;
        assert_eq!(state.own().class, Class::Spark);
    });
}

#[test]
fn who_may_fly_a_lancer_charges_and_fires_its_ray() {
    stage::run("lancer", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "400"]).await;
        let watcher = stage.player(&server, &Window::SMALL, "Watcher").await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        page.until_js("a Lancer is in reach", "document.getElementById('lobby-lancer').ariaDisabled === 'false'").await;
        page.click("lobby-lancer").await;
        page.until_js("it is picked", "document.getElementById('lobby-lancer').ariaChecked === 'true'").await;
        page.picture("lancer-picked").await;
        let state = page.play("Lancer").await;
        assert_eq!(state.own().class, Class::Lancer);
        assert_eq!(watcher.state().await.own().class, Class::Spark, "who picked nothing flies a Spark");
        // Beside the map, which takes clicks for itself.
        page.point(430.0, 120.0).await;
        page.button(true).await;
        page.until("it charges", |state| state.own.is_some_and(|own| own.charging)).await;
        // Let go: the charge goes on by itself, and no second one begins.
        page.button(false).await;
        // By the time the picture is taken, the ray is mostly there already.
        page.picture("lancer-ray").await;
        let fired = page.until("the ray leaves", |state| state.beams > 0).await;
        let after = page.until("the server has told of it too", |state| state.tick > fired.tick + 90).await;
        assert_eq!(after.beams, 1, "one ray is drawn once, though the page foresaw it and the server told it");
    });
}
