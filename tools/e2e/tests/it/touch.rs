//! Two thumbs on a phone: one flies, one shoots, both at once; a third finger presses what is under the right thumb; who looks
//! elsewhere lets go of all.

use crate::{
    layout,
    page::{Page, Window},
    stage,
};

#[test]
fn two_thumbs_fly_and_shoot_at_once_and_a_blur_lets_go_of_both() {
    stage::run("touch", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.player(&server, &Window::PHONE, "Thumbs").await;
        let rest = page.state().await.own();
        // Away from the star nothing is in the way but the edge, and gravity only slows down.
        let far = rest.x.hypot(rest.y);
        let (x, y) = (-rest.y / far, rest.x / far);
        let onwards = if rest.vx * x + rest.vy * y > 0.0 { -1.0 } else { 1.0 };
        let (x, y) = (onwards * x, onwards * y);
        let (left, right) = ((100.0, 640.0), (290.0, 640.0));
        let pushed = |(from_x, from_y): (f64, f64)| (from_x + 70.0 * x, from_y - 70.0 * y);
        page.fingers("touchStart", &[left]).await;
        page.fingers("touchStart", &[left, right]).await;
        page.fingers("touchMove", &[pushed(left), pushed(right)]).await;
        let along = |own: crate::state::Own| own.vx * x + own.vy * y;
        page.until("the left thumb flies", |state| along(state.own()) > along(rest) + 60.0).await;
        page.until("the right thumb shoots meanwhile", |state| state.shots > 0).await;
        page.until("the nose follows the thumbs", |state| state.own().off(y.atan2(x)) < 0.2).await;
        page.picture("touch-sticks").await;
        page.js("window.dispatchEvent(new Event('blur'))").await;
        // A bolt lives about a second, and no thumb moves.
        page.until("nobody shoots any more", |state| state.shots == 0).await;
        let quiet = page.state().await;
        let later = page.until("a second passes", |state| state.tick > quiet.tick + 60).await;
        assert_eq!(later.shots, 0, "{later:?}");
        page.fingers("touchEnd", &[]).await;
    });
}

#[test]
fn a_third_finger_fires_boosts_and_does_the_special_however_the_phone_is_held() {
    stage::run("touch-pads", async |stage| {
        // With the cards of a better ship in sight there is most to keep apart.
        let server = stage.server(&["--bots", "5", "--start-points", "40"]).await;
        let page = stage.visitor(&server, &Window::PHONE).await;
        page.play("Fingers").await;
        page.keep_flying().await;
        page.until_visible("refit-needle").await;
        page.until_visible("pads").await;
        layout::expect_apart(&page, layout::FLIGHT, "touch-upright").await;
        three_fingers(&page, (100.0, 700.0), (230.0, 700.0)).await;
        for (name, width, height) in [("touch-across-small", 667, 375), ("touch-across", 844, 390)] {
            page.resize(width, height, 1.0).await;
            page.until_visible("pads").await;
            page.until("a ship flies", |state| state.phase == "flying").await;
            layout::expect_apart(&page, layout::FLIGHT, name).await;
        }
        three_fingers(&page, (260.0, 200.0), (560.0, 150.0)).await;
    });
}

/// Both sticks are held, and a third finger presses each of the buttons; then the window loses the keyboard.
async fn three_fingers(page: &Page, left: (f64, f64), right: (f64, f64)) {
    for (id, deed, done) in [
        ("pad-special", "the button is held", "true"),
        ("pad-boost", "the ship boosts", "document.querySelector('.ability.on') !== null"),
        ("pad-fire", "the finger fires though no thumb aims", "JSON.parse(perihelion.state()).shots > 0"),
    ] {
        let held = format!("document.getElementById('{id}').classList.contains('held')");
        // A ship that is lost meanwhile lets go of everything: then it is pressed anew with the next.
        let lost = "JSON.parse(perihelion.state()).phase !== 'flying'";
        loop {
            page.until("a ship flies", |state| state.phase == "flying").await;
            page.until_visible("pads").await;
            let [x, y, ..] = page.place_of(id).await;
            page.fingers("touchStart", &[left]).await;
            page.fingers("touchStart", &[left, right]).await;
            page.fingers("touchStart", &[left, right, (x, y)]).await;
            page.until_js(deed, &format!("window.did = {held} && {done}, window.did || {lost}")).await;
            if page.js("return window.did").await == true {
                break;
            }
            page.fingers("touchEnd", &[]).await;
        }
        if id == "pad-fire" {
            page.js("window.dispatchEvent(new Event('blur'))").await;
        } else {
            page.fingers("touchEnd", &[]).await;
        }
        page.until_js("it is let go", &format!("!{held}")).await;
    }
    page.fingers("touchEnd", &[]).await;
}
