//! The picture: sharp at every size and pixel ratio, and not empty. The pictures are kept for a person to look at.

use std::time::Duration;

use serde_json::json;

use crate::{combat, page::Window, picture, stage};

#[test]
fn the_canvas_has_one_pixel_for_each_of_the_screens() {
    stage::run("pixels", async |stage| {
        let server = stage.server(&["--bots", "4"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        for (width, height, ratio) in [(640, 400, 1.0), (500, 300, 2.0), (333, 401, 1.5), (640, 400, 1.0)] {
            page.resize(width, height, ratio).await;
            page.until_js(
                &format!("{width}×{height} at {ratio} is drawn with as many pixels"),
                "(() => {
                   const c = document.getElementById('stage'), box = c.getBoundingClientRect();
                   const fits = (pixels, css) => Math.abs(pixels - css * devicePixelRatio) < 1;
                   return Math.abs(box.width - innerWidth) < 1 && Math.abs(box.height - innerHeight) < 1
                     && fits(c.width, box.width) && fits(c.height, box.height);
                 })()",
            )
            .await;
            let taken = page.js("return [innerWidth, innerHeight, devicePixelRatio]").await;
            let taken = [0, 1, 2].map(|index| taken[index].as_f64());
            let wanted = [f64::from(width), f64::from(height), ratio].map(Some);
            assert_eq!(taken, wanted, "the browser did not take the size");
        }
    });
}

#[test]
fn pictures_of_a_desktop_and_a_phone_are_not_blank() {
    stage::run("pictures", async |stage| {
        let server = stage.server(&["--bots", "16", "--seed", "7"]).await;
        for (window, name) in [(Window::DESKTOP, "1600x900"), (Window::PHONE, "390x844")] {
            let page = stage.visitor(&server, &window).await;
            page.until("ships are in sight", |state| !state.ships.is_empty()).await;
            check(&page.picture(&format!("lobby-{name}")).await, &window);
            page.play("Perihelion").await;
            page.until_hidden("lobby").await;
            check(&page.picture(&format!("flying-{name}")).await, &window);
        }
    });
}

#[test]
fn a_lost_graphics_context_comes_back() {
    stage::run("context", async |stage| {
        let server = stage.server(&["--bots", "16", "--seed", "7"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        // Chromium writes down that it is lost.
        page.expect_console(&["CONTEXT_LOST_WEBGL", "WebGL"]);
        page.until("the arena is drawn", |state| state.drawing).await;
        page.js(
            "window.loss = document.getElementById('stage').getContext('webgl2').getExtension('WEBGL_lose_context');
             loss.loseContext()",
        )
        .await;
        let lost = page.until("nothing is drawn", |state| !state.drawing).await;
        page.until("the game goes on", |state| state.tick > lost.tick + 30).await;
        page.js("loss.restoreContext()").await;
        page.until("the arena is drawn again", |state| state.drawing).await;
        check(&page.picture("context-restored").await, &Window::SMALL);
    });
}

#[test]
fn a_picture_of_the_game_being_played() {
    stage::run("action", async |stage| {
        let server = stage.server(&["--bots", "24", "--seed", "7"]).await;
        let page = stage.player(&server, &Window::DESKTOP, "Perihelion").await;
        combat::autopilot(&page, json!({ "task": "tour" })).await;
        // The finest moment within half a minute; a ship that is shot down on its way there still makes a picture.
        page.eventually(Duration::from_secs(30), |state| {
            let near = state.own.is_some_and(|own| own.x.hypot(own.y) < 560.0);
            near && state.ships.len() > 2 && state.shots > 1
        })
        .await;
        check(&page.picture("action-1600x900").await, &Window::DESKTOP);
    });
}

fn check(png: &[u8], window: &Window) {
    let picture = picture::glance(png);
    println!("{picture:?}");
    assert_eq!((picture.width, picture.height), (window.width, window.height));
    assert!(picture.colours > 2_000, "hardly anything is drawn: {picture:?}");
    assert!(picture.blandest < 0.9, "one colour covers nearly everything: {picture:?}");
}
