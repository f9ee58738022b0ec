//! Shot down: the numbers of it, the kill cam, watching whom one likes, a free camera, and a new ship.

use crate::{
    layout,
    page::{Page, Window},
};

/// What a pilot does whom `killer` has just shot down, up to the new ship's launch.
pub async fn look_about(page: &Page, killer: &str) {
    page.until_visible("death").await;
    let numbers = "document.getElementById('death-numbers').textContent";
    // The hunter flies no better line than this one: both round trips are known by now.
    page.until_js("the numbers are there", &format!("/damage.* u away.*you \\d+ ms.*they \\d+ ms/.test({numbers})"))
        .await;
    let fall = page.js("return JSON.parse(perihelion.state()).fall").await;
    assert_eq!(fall["killer"], killer, "{fall}");
    assert_eq!(fall["attackers"][0]["name"], killer, "{fall}");
    assert!(fall["attackers"][0]["points"].as_u64().is_some_and(|points| points > 0), "{fall}");
    for (name, width, height) in [
        ("death-desk", 1600, 900),
        ("death-phone", 390, 844),
        ("death-phone-across", 844, 390),
        ("death-phone-small", 667, 375),
    ] {
        page.resize(width, height, 1.0).await;
        layout::expect_apart(page, layout::DEATH, name).await;
    }
    page.resize(Window::SMALL.width, Window::SMALL.height, 1.0).await;

    // How it came to that.
    page.press('v').await;
    page.until_js("the kill cam runs", "JSON.parse(perihelion.state()).kill_cam > 0.3").await;
    assert_eq!(page.words("watch-whom").await, format!("As {killer} saw it"));
    page.picture("kill-cam").await;
    page.until_js("the kill cam ends", "JSON.parse(perihelion.state()).kill_cam === null").await;

    // Where one likes, and whom.
    page.click("watch-free").await;
    let here = page.until("the camera is free", |state| state.roaming).await.camera;
    // A button that was clicked must not keep the keys.
    page.key_down('w').await;
    page.until("the camera goes up", |state| state.camera.y > here.y + 300.0).await;
    page.key_up('w').await;
    page.until_js("nobody is watched", "JSON.parse(perihelion.state()).watching === null").await;
    page.picture("death-free").await;
    page.press('k').await;
    page.until("the camera is theirs", |state| !state.roaming).await;
    page.until_js("the killer is watched", &format!("JSON.parse(perihelion.state()).watching === '{killer}'")).await;
    page.until_js("and named", &format!("document.getElementById('watch-whom').textContent.includes('{killer}')"))
        .await;
}
