//! Keys and mouse, through WebDriver actions: the browser makes the events, as for a person's hands.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::{
    page::{Page, Window},
    stage,
};

/// The Spark's thrust, u/s², and the most that gravity can add or take where ships are launched.
const THRUST: f64 = 240.0;
/// WebDriver's Space key.
const SPACE: char = ' ';

#[test]
fn the_mouse_turns_the_ship_and_the_keys_move_it() {
    stage::run("keys", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.player(&server, &Window::SMALL, "Pilot").await;
        // Beside and above the ship, which the camera keeps near the middle.
        for (x, y, direction) in [(600.0, 200.0, 0.0), (320.0, 20.0, FRAC_PI_2), (40.0, 200.0, PI)] {
            page.point(x, y).await;
            page.until(&format!("the nose points to {direction:.2} rad"), |state| state.own().off(direction) < 0.35)
                .await;
        }

        brake(&page).await;
        let rest = page.state().await;
        page.key_down('w').await;
        let thrust = page
            .until("W pushes the ship ahead", |state| state.own().speed_ahead() > rest.own().speed_ahead() + 120.0)
            .await;
        page.key_up('w').await;
        let seconds = f64::from(thrust.tick - rest.tick) / 60.0;
        assert!(120.0 / seconds < THRUST * 1.3, "{seconds} s is too short for the Spark's engine");
        let moved = (thrust.own().x - rest.own().x).hypot(thrust.own().y - rest.own().y);
        assert!(moved > 10.0, "the ship went only {moved} u");

        // Without a key the ship coasts: space has no drag.
        let coasting = page.state().await;
        page.until("half a second passes", |state| state.tick > coasting.tick + 30).await;
        // A rock may have turned it round, and gravity bends its way: it flies all the same.
        let own = page.state().await.own();
        assert!(own.vx.hypot(own.vy) > 60.0, "the ship stopped by itself");

        brake(&page).await;
    });
}

#[test]
fn space_and_the_left_button_fire() {
    stage::run("fire", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.player(&server, &Window::SMALL, "Gunner").await;
        let full = page.until("no shot flies", |state| state.shots == 0).await;
        page.key_down(SPACE).await;
        page.until("shots fly", |state| state.shots > 0 && state.own().energy < full.own().energy).await;
        page.key_up(SPACE).await;
        page.until("they are spent", |state| state.shots == 0).await;
        page.point(500.0, 200.0).await;
        page.button(true).await;
        page.until("shots fly", |state| state.shots > 0).await;
        page.button(false).await;
        page.until("they are spent", |state| state.shots == 0).await;
    });
}

/// Holds the brake until the ship is as good as still.
async fn brake(page: &Page) {
    page.key_down('x').await;
    page.until("X stops the ship", |state| state.own().vx.hypot(state.own().vy) < 40.0).await;
    page.key_up('x').await;
}
