//! Coming back: after a reload, after the server was killed, after it was restarted politely.

use std::time::Duration;

use crate::{
    page::Window,
    settings::{HIDE, SHOW},
    stage,
};

/// What the browser writes by itself while the server is away.
const SERVER_AWAY: &[&str] = &["WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET"];

/// The report that decides whether there is a farewell comes four times a second.
const SOMEBODY_PLAYS: &str =
    "fetch('/status.json').then((it) => it.json()).then((it) => { window.playing = it.players }), window.playing === 1";
const RECONNECTS: &str = "document.getElementById('banner').textContent.toLowerCase().includes('reconnect')";

#[test]
fn a_reload_resumes_the_same_ship() {
    stage::run("reload", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.player(&server, &Window::SMALL, "Phoenix").await;
        let before = page.until("the ship is known by its life", |state| state.own_life().is_some()).await;
        assert!(!before.resumed, "a first visit resumes nothing");
        page.reload().await;
        let after = page
            .until("the ship flies again by itself", |state| {
                state.phase == "flying" && state.own_name() == Some("Phoenix")
            })
            .await;
        assert!(after.resumed, "{after:?}");
        assert_eq!(after.player, before.player);
        assert_eq!(after.own_life(), before.own_life());
        // The ship coasted meanwhile: straight on, give or take what the strongest pull bends.
        let seconds = f64::from(after.tick.wrapping_sub(before.tick)) / 60.0;
        let (from, to) = (before.own(), after.own());
        let aside = (to.x - from.x - from.vx * seconds).hypot(to.y - from.y - from.vy * seconds);
        let bend = 0.5 * 120.0 * seconds * seconds + 30.0;
        assert!(aside <= bend, "{aside:.0} u off its course after {seconds:.2} s ({bend:.0} u would be gravity)");
        assert!(!page.is_visible("lobby").await, "the lobby is in the way of a resumed ship");
    });
}

#[test]
fn a_killed_server_is_found_again_without_a_hand() {
    stage::run("killed", async |stage| {
        let flags = ["--bots", "0", "--start-points", "170"];
        let server = stage.server(&flags).await;
        let page = stage.player(&server, &Window::SMALL, "Survivor").await;
        page.expect_console(SERVER_AWAY);
        let before = page.until("the score is known", |state| state.score.is_some_and(|score| score >= 170)).await;
        let connects = before.connects;
        let port = server.port;
        let folder = server.kill().await;
        let last = page.until("the page notices", |state| state.connection != "open").await.score;
        page.until_visible("banner").await;
        let _server = stage.server_again(folder, port, &flags).await;
        let back = page
            .until_within(Duration::from_secs(30), "the pilot flies again", |state| {
                state.connection == "open" && state.phase == "flying" && state.own.is_some() && state.resumed
            })
            .await;
        assert!(back.connects > connects, "{back:?}");
        assert_eq!(back.player, before.player);
        page.until("the score is what it was", |state| state.score == last).await;
        assert_eq!(back.error, None);
        page.until_hidden("banner").await;
        page.until("time goes on", |state| state.tick > back.tick + 30).await;
    });
}

/// Between the server's goodbye and the close event frames are drawn on, and a frame sends what was steered.
#[test]
fn nothing_is_sent_on_a_line_that_is_closing() {
    stage::run("closing", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.player(&server, &Window::SMALL, "Quiet").await;
        page.js("const send = WebSocket.prototype.send; window.sent = 0;
                 WebSocket.prototype.send = function (bytes) { window.sent += 1; return send.call(this, bytes) }")
            .await;
        page.until_js("commands are sent", "window.sent > 10").await;
        page.js("Object.defineProperty(WebSocket.prototype, 'readyState', { get: () => WebSocket.CLOSING });
                 window.sent = 0; window.drawn = 0;
                 const count = () => { window.drawn += 1; requestAnimationFrame(count) };
                 requestAnimationFrame(count)")
            .await;
        page.until_js("frames are drawn", "window.drawn > 20").await;
        assert_eq!(page.js("return window.sent").await, 0);
    });
}

#[test]
fn a_restarted_server_says_goodbye_and_is_found_again() {
    stage::run("restarted", async |stage| {
        let flags = ["--bots", "0", "--start-points", "170", "--drain-seconds", "4"];
        let server = stage.server(&flags).await;
        let page = stage.player(&server, &Window::SMALL, "Patient").await;
        page.expect_console(SERVER_AWAY);
        let before = page.until("the score is known", |state| state.score.is_some_and(|score| score >= 170)).await;
        page.until_js("the server knows that somebody plays", SOMEBODY_PLAYS).await;
        let port = server.port;
        server.ask_to_stop();
        page.until_visible("banner").await;
        page.picture("restart-countdown").await;
        let words = page.words("banner").await;
        assert!(words.contains("restarts in") && words.contains("points are kept"), "the banner says {words}");
        let before = page
            .until("the line is cut", |state| state.connection != "open")
            .await
            .score
            .map(|score| (before.player, score));
        let (code, folder) = server.stopped().await;
        assert_eq!(code, Some(0), "a polite stop is a success");
        page.until_js("the page says that it comes back", RECONNECTS).await;
        let _server = stage.server_again(folder, port, &flags).await;
        let after = page
            .until_within(Duration::from_secs(30), "the pilot has the slot and the score back", |state| {
                state.connection == "open" && state.resumed && state.score.is_some()
            })
            .await;
        assert_eq!(after.score.map(|score| (after.player, score)), before);
        page.until_hidden("banner").await;
    });
}

#[test]
fn a_hidden_tab_is_told_little_and_is_right_at_once_when_it_is_shown() {
    stage::run("hidden", async |stage| {
        let server = stage.server(&["--bots", "4"]).await;
        let page = stage.player(&server, &Window::SMALL, "Sleeper").await;
        let news_is = |bounds: &str| format!("(age => {bounds})(JSON.parse(perihelion.state()).staleness_ms)");
        page.js(HIDE).await;
        // Headless, the page draws on, and what it draws is older and older: one word a second.
        page.until_js("there is hardly any news", &news_is("age > 500")).await;
        let hidden = page.state().await;
        page.js(SHOW).await;
        page.until_js("there is news again", &news_is("age < 150")).await;
        let back = page.until("the game goes on", |state| state.tick > hidden.tick && state.connection == "open").await;
        assert_eq!((back.connects, back.player), (hidden.connects, hidden.player), "on the same connection");
    });
}
