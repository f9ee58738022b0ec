//! The first minute of a visit: the page, the arena behind the name box, Play.

use serde_json::{Value, json};

use crate::{
    layout,
    page::{Page, Window},
    stage,
};

/// The first view may move this many bytes.
const FIRST_VIEW_BYTES_MAX: f64 = 400_000.0;
/// From the click on Play to a ship in the world.
const PLAY_TIME_MAX_MS: f64 = 1_000.0;

#[test]
fn the_page_shows_the_live_arena_behind_the_lobby() {
    stage::run("lobby", async |stage| {
        let server = stage.server(&["--bots", "12"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        let seen = page.until("bots are in sight", |state| state.ships.iter().any(|ship| ship.bot)).await;
        assert_eq!(seen.connection, "open");
        assert!(seen.own.is_none(), "a visitor has no ship: {seen:?}");
        assert!(page.is_visible("lobby").await && page.is_visible("play").await && page.is_visible("name").await);
        assert!(!page.is_visible("error-card").await && !page.is_visible("banner").await);
        assert!(!page.is_visible("unsupported").await && !page.is_visible("death").await);
        page.until("time goes on", |state| state.tick > seen.tick + 30).await;
        let offered = page.js("return document.getElementById('name').value").await;
        let offered = offered.as_str().expect("a text").to_owned();
        assert_eq!(offered.split(' ').filter(|word| !word.is_empty()).count(), 2, "a name is offered: {offered:?}");
        page.click("play").await;
        page.until("one plays under it", |state| state.own_name() == Some(&offered)).await;
    });
}

#[test]
fn the_card_fits_every_screen() {
    stage::run("lobby-fits", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "40"]).await;
        let page = stage.visitor(&server, &Window::PHONE).await;
        for (name, width, height) in layout::SCREENS {
            page.resize(width, height, 1.0).await;
            layout::expect_apart(&page, layout::LOBBY, &format!("lobby-{name}")).await;
        }
    });
}

#[test]
fn play_puts_a_ship_in_the_world_within_a_second() {
    stage::run("play", async |stage| {
        let server = stage.server(&["--bots", "12"]).await;
        // A machine that was busy with something else at that moment may try again; a slow game is slow every time.
        let mut fastest = f64::INFINITY;
        for _ in 0..3 {
            let page = stage.visitor(&server, &Window::SMALL).await;
            let took = click_to_ship(&page).await;
            println!("from the click to the ship: {took:.0} ms");
            fastest = fastest.min(took);
            if fastest <= PLAY_TIME_MAX_MS {
                break;
            }
        }
        assert!(fastest <= PLAY_TIME_MAX_MS, "from the click to the ship took {fastest:.0} ms");
    });
}

/// Clicks Play and returns how long the page took to fly, ms. The clock starts at the real click and runs inside the
/// page, so that no WebDriver round trip is measured.
async fn click_to_ship(page: &Page) -> f64 {
    page.type_name("Stopwatch").await;
    page.js("window.stopwatch = null;
         document.getElementById('play').addEventListener('click', () => {
           const clicked = performance.now();
           const watch = setInterval(() => {
             if (JSON.parse(perihelion.state())?.phase !== 'flying') return;
             clearInterval(watch);
             window.stopwatch = performance.now() - clicked;
           }, 10);
         }, { capture: true, once: true });")
        .await;
    page.click("play").await;
    page.until_js("the ship is in the world", "window.stopwatch !== null").await;
    let state = page.until("the ship has its name", |state| state.own_name().is_some()).await;
    assert!(state.own.is_some() && state.player.is_some(), "{state:?}");
    assert_eq!(state.own_name(), Some("Stopwatch"));
    page.until_hidden("lobby").await;
    assert!(page.is_visible("hud").await);
    page.js("return window.stopwatch").await.as_f64().expect("a number")
}

#[test]
fn enter_in_the_name_box_is_play() {
    stage::run("enter", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        page.type_name("Keys\n").await;
        page.until("the ship flies", |state| state.phase == "flying" && state.own_name() == Some("Keys")).await;
    });
}

#[test]
fn the_first_view_is_small_compressed_and_from_one_host() {
    stage::run("weight", async |stage| {
        let server = stage.server(&["--bots", "12"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        // A preloaded file is listed twice, under one name, and travels once.
        let files = page
            .js("const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
                 const once = new Map(all.map(e => [e.name, e]));
                 return [...once.values()].map(e => [e.name, e.encodedBodySize, e.decodedBodySize]);")
            .await;
        let files = files.as_array().expect("a list");
        let mut sum = 0.0;
        for file in files {
            let (name, moved, unpacked) = (file[0].as_str().expect("a name"), number(&file[1]), number(&file[2]));
            println!("{moved:>9} of {unpacked:>9} bytes {name}");
            assert!(name.starts_with(&server.url), "{name} comes from another host");
            if name.ends_with(".wasm") {
                assert!(moved < unpacked * 0.6, "the client travels uncompressed: {file}");
            }
            sum += moved;
        }
        assert!(files.iter().any(|file| file[0].as_str().is_some_and(|name| name.ends_with(".wasm"))), "{files:?}");
        assert!(sum > 0.0 && sum <= FIRST_VIEW_BYTES_MAX, "the first view moves {sum} bytes");
        println!("first view: {sum} bytes");

        // The second view comes from the cache, but for the page itself and for what changes: who is in the rooms.
        page.reload().await;
        page.until("the arena is in sight again", |state| state.phase == "spectating").await;
        let again = page
            .js("return performance.getEntriesByType('resource').map(e => [e.name, e.transferSize])
                   .filter(([name, moved]) => moved > 400 && !name.endsWith('/rooms.json')).map(([name]) => name)")
            .await;
        assert_eq!(again, json!([]), "loaded again though its name has a hash");
    });
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}
