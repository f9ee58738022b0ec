//! Through the wormhole in a real browser: the ship comes out of the other mouth with its speed, and the camera with it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{combat, page::Window, stage, state::Mouth};

/// The way there is long, drawn in software, and a mouth may move while one is on it.
const FLIGHT_TIME_MAX: Duration = Duration::from_secs(100);
/// A mouth moves every minute and is announced ten seconds before.
const NEWS_TIME_MAX: Duration = Duration::from_secs(75);
/// Further than a ship flies between two looks, and far less than the mouths are apart, u.
const LEAP_U: f64 = 600.0;

fn distance(mouth: &Mouth, (x, y): (f64, f64)) -> f64 {
    (mouth.x - x).hypot(mouth.y - y)
}

#[test]
fn who_flies_into_a_mouth_comes_out_of_the_other() {
    stage::run("wormhole", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.player(&server, &Window::DESKTOP, "Traveller").await;
        combat::autopilot(&page, json!({ "task": "hunt", "foe": "nobody" })).await;
        let (deadline, mut before, mut pictured) = (Instant::now() + FLIGHT_TIME_MAX, None::<(f64, f64, f64)>, false);
        let (after, left) = loop {
            let state = page.state().await;
            assert!(Instant::now() < deadline, "no way through within {FLIGHT_TIME_MAX:?}: {state:?}");
            let Some(own) = state.own else {
                before = None;
                continue;
            };
            let at = (own.x, own.y);
            if let Some((x, y, speed)) = before
                && (own.x - x).hypot(own.y - y) > LEAP_U
            {
                break (state.clone(), speed);
            }
            before = Some((own.x, own.y, own.vx.hypot(own.vy)));
            let near = state.mouths.iter().min_by(|a, b| distance(a, at).total_cmp(&distance(b, at)));
            let Some(near) = near else { continue };
            page.js_with("window.autopilot.waypoint = arguments[0]", json!({ "x": near.x, "y": near.y })).await;
            // A picture takes a second, in which nobody looks: well before the mouth.
            if !pictured && (450.0..700.0).contains(&distance(near, at)) {
                pictured = true;
                page.picture("wormhole-mouth").await;
            }
        };
        page.js("window.autopilot.stop()").await;
        let own = after.own();
        let out = after.mouths.iter().map(|mouth| distance(mouth, (own.x, own.y))).fold(f64::INFINITY, f64::min);
        assert!(out < 300.0, "it came out {out} u from a mouth");
        assert!((own.vx.hypot(own.vy) - left).abs() < 150.0, "{left} u/s went in, {own:?} came out");
        let camera = (after.camera.x - own.x).hypot(after.camera.y - own.y);
        assert!(camera < 200.0, "the camera is cut to the ship: {camera} u off");
        page.picture("wormhole-through").await;
        let told = page
            .until_within(NEWS_TIME_MAX, "the next exit is announced", |state| {
                state.mouths.iter().any(|mouth| mouth.next_s.is_some())
            })
            .await;
        let left_s = told.mouths.iter().find_map(|mouth| mouth.next_s).unwrap_or_default();
        assert!(left_s > 0.0 && left_s <= 10.1, "{left_s} s");
        assert_eq!(told.mouths.len(), 2);
    });
}
