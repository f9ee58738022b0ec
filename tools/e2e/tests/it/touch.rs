//! Two thumbs on a phone held upright: one flies, one shoots, both at once; who looks elsewhere lets go of both.

use crate::{page::Window, stage};

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
