//! The large map and the invitation in a real browser.

use crate::{page::Window, stage, state::Class};

const ESCAPE: char = '\u{e00c}';

#[test]
fn the_map_opens_over_the_arena_and_a_dreadnought_is_on_it() {
    stage::run("map", async |stage| {
        let server = stage.server(&["--bots", "9", "--start-points", "700"]).await;
        let page = stage.visitor(&server, &Window::DESKTOP).await;
        page.click("lobby-dreadnought").await;
        let own = page.play("Giant").await.own();
        assert_eq!(own.class, Class::Dreadnought);
        page.until("the way of its next shot is drawn", |state| state.shot_line > 5).await;
        page.picture("shot-line").await;
        page.press('n').await;
        page.until("the map is large and knows of the giants", |state| {
            let near = |giant: &crate::state::Giant, own: crate::state::Own| (giant.x - own.x).hypot(giant.y - own.y);
            let own_is_told = |own| state.giants.iter().any(|giant| near(giant, own) < 900.0);
            state.map && state.giants.len() > 1 && state.own.is_some_and(own_is_told)
        })
        .await;
        page.until_visible("map-panel").await;
        page.picture("map-large").await;
        page.click("map-toggle").await;
        page.until("the map is small again", |state| !state.map).await;
        page.until_hidden("map-panel").await;
        page.resize(390, 844, 2.0).await;
        page.click("map-toggle").await;
        page.until_visible("map-panel").await;
        page.picture("map-phone").await;
        page.resize(844, 390, 2.0).await;
        page.picture("map-phone-landscape").await;
    });
}

#[test]
fn an_invitation_shows_the_link_and_its_code() {
    stage::run("invite", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor(&server, &Window::DESKTOP).await;
        page.click("invite-lobby").await;
        page.until_visible("invite").await;
        assert_eq!(page.words("invite-link").await, format!("{}r/main", server.url));
        page.until_visible("invite-local").await;
        let code = "(() => { const c = document.getElementById('invite-code'); 
             window.seen ??= c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
             const dark = (x, y) => window.seen[((y * 8 + 4) * c.width + x * 8 + 4) * 4] < 128;
             return c.width >= 264 && dark(4, 4) && !dark(5, 5) && dark(7, 7) && !dark(0, 0); })()";
        page.until_js("the code is painted", code).await;
        page.click("invite-copy").await;
        page.until_js("it is copied", "document.getElementById('invite-copy').innerText == 'Copied'").await;
        page.picture("invite").await;
        page.press(ESCAPE).await;
        page.until_hidden("invite").await;
        page.play("Host").await;
        page.click("invite-open").await;
        page.until_visible("invite").await;
        page.click("invite-close").await;
        page.until_hidden("invite").await;
        page.resize(390, 844, 2.0).await;
        page.click("invite-open").await;
        page.until_visible("invite").await;
        page.picture("invite-phone").await;
    });
}
