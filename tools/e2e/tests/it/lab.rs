//! The netcode lab: every slider and switch does what it says, measured by the state of the page.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    page::{Page, Window},
    server::GameServer,
    stage::{self, Stage},
};

/// The state as the page tells it, for expressions.
const STATE: &str = "JSON.parse(perihelion.state())";

async fn a_pilot_in_the_lab(stage: &Stage, server: &GameServer, window: &Window, fragment: &str) -> Page {
    let page = stage.browser(window).await;
    page.open(&format!("{}lab{fragment}", server.url)).await;
    page.until("the arena is in sight", |state| state.phase == "spectating" && state.tick > 0).await;
    page.play("Newton").await;
    // Nobody looks after the ship while the line is tried out, and its controls are a part of it.
    page.keep_flying().await;
    page
}

/// Moves a slider as a hand does: value, then the event.
async fn slide(page: &Page, id: &str, value: u32) {
    let script = "const e = document.getElementById(arguments[0][0]); e.value = arguments[0][1];
                  e.dispatchEvent(new Event('input', { bubbles: true }))";
    page.js_with(script, json!([id, value])).await;
}

async fn until(page: &Page, what: &str, expression: &str) {
    page.until_js(what, &format!("(s => {expression})({STATE} ?? {{ ghosts: [], ships: [], lab: {{}} }})")).await;
}

/// Painted pixels of a canvas.
async fn painted(page: &Page, id: &str) -> i64 {
    // Looked at in a copy: reading the canvas itself would make the browser complain.
    let script = "const c = document.getElementById(arguments[0]);
                  const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true });
                  copy.drawImage(c, 0, 0);
                  const d = copy.getImageData(0, 0, c.width, c.height).data;
                  let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 60) n++; return n";
    page.js_with(script, json!(id)).await.as_i64().unwrap_or(0)
}

/// Waits until a canvas holds more than words.
async fn until_painted(page: &Page, id: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while painted(page, id).await < 2_500 {
        assert!(std::time::Instant::now() < deadline, "#{id} shows no curves");
    }
}

#[test]
fn the_line_gets_as_bad_as_the_sliders_say_and_good_again() {
    stage::run("lab-line", async |stage| {
        let server = stage.server(&["--bots", "12"]).await;
        let page = a_pilot_in_the_lab(stage, &server, &Window::DESKTOP, "").await;
        until(&page, "the line is good", "s.rtt_ms > 0 && s.rtt_ms < 100").await;
        slide(&page, "lab-delay", 150).await;
        until(&page, "the round trip follows the delay", "s.lab.delay === 150 && s.rtt_ms > 280").await;
        until(&page, "the lead follows the round trip", "s.lead_ticks > 15").await;
        until(&page, "the address holds it", "location.hash === '#delay=150'").await;
        slide(&page, "lab-delay", 10).await;
        until(&page, "and back", "s.rtt_ms < 120").await;
        slide(&page, "lab-jitter", 200).await;
        until(&page, "jitter makes news late", "s.lateness_ms > 60").await;
        until(&page, "and the past longer ago", "s.past_ms > 110").await;
        slide(&page, "lab-jitter", 0).await;
        until(&page, "news is punctual again", "s.lateness_ms < 60 && s.lab.jitter === 0").await;
        slide(&page, "lab-loss", 100).await;
        until(&page, "a loss holds up what is behind it", "s.lateness_ms > 40 && s.lab.loss === 100").await;
        slide(&page, "lab-loss", 0).await;
        slide(&page, "lab-rate", 1).await;
        until(&page, "little comes through a thin line", "s.lab.rate === 1 && s.down_bytes_s < 1100").await;
        page.click("lab-reset").await;
        until(&page, "all is as in the game", "s.lab.delay === 0 && s.lab.rate === 0 && location.hash === ''").await;
        until(&page, "and the line is good", "s.rtt_ms < 100 && s.staleness_ms < 200 && s.connection === 'open'").await;
        page.click("lab-preset-freeze").await;
        until(&page, "the controls rest while nothing comes", "s.lab.freeze === true && s.locked === true").await;
        page.until_visible("stalled").await;
    });
}

#[test]
fn a_line_that_loses_segments_gets_a_second_lane_and_play_goes_on() {
    stage::run("lab-lane", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        // A browser that hiccups on a busy machine is late on any line: that a steady one opens no lane is the suite's to say.
        let page = a_pilot_in_the_lab(stage, &server, &Window::SMALL, "#delay=40").await;
        until(&page, "the line takes its time", "s.rtt_ms > 75").await;
        slide(&page, "lab-loss", 30).await;
        // When a segment is lost, and whether anything was said then, is luck: it may take a while.
        page.until_within(Duration::from_secs(120), "a line that loses some has two lanes", |state| state.lane).await;
        let lanes = "(() => { const r = new XMLHttpRequest(); r.open('GET', '/status.json', false); r.send();
                     return JSON.parse(r.responseText).lanes })()";
        page.until_js("the server has it", &format!("{lanes} === 1")).await;
        page.key_down('w').await;
        until(&page, "the ship flies by both", "s.own && Math.hypot(s.own.vx, s.own.vy) > 100").await;
        page.key_up('w').await;
        page.key_down('\u{E033}').await;
        page.key_up('\u{E033}').await;
        let told = "document.getElementById('line-details').innerText.match(/second lane +open/) !== null";
        page.until_js("the numbers tell", told).await;
        until(&page, "on the connection it came with", "s.connects === 1 && s.connection === 'open'").await;
        page.reload().await;
        page.until_js("it went with its page", &format!("{lanes} === 0")).await;
    });
}

#[test]
fn the_switches_show_what_they_are_for() {
    stage::run("lab-switches", async |stage| {
        let server = stage.server(&["--bots", "40"]).await;
        let fragment = "#delay=120&ghost=1&ghosts=1";
        let page = a_pilot_in_the_lab(stage, &server, &Window::DESKTOP, fragment).await;
        until(&page, "the address was obeyed", "s.lab.delay === 120 && s.lab.ghost && s.lab.ghosts && s.rtt_ms > 220")
            .await;
        until(&page, "everybody has a ghost", "s.ghosts.length > 1 && s.ghosts.length === s.ships.length").await;
        page.key_down('w').await;
        let apart = "Math.hypot(s.own.x - s.ghosts.find(g => g.own).x, s.own.y - s.ghosts.find(g => g.own).y)";
        let own = |test: &str| format!("s.own && s.ghosts.some(g => g.own) && {apart} {test}");
        until(&page, "prediction is ahead of the ghost", &own("> 25")).await;
        page.picture("lab-1600x900").await;
        page.click("lab-prediction").await;
        until(&page, "without it one is one's ghost", &own("< 0.01")).await;
        page.click("lab-prediction").await;
        until(&page, "and with it again ahead", &own("> 25")).await;
        page.key_up('w').await;

        let others =
            "s.ships.filter(a => !a.own).map(a => [a, s.ghosts.find(g => g.player === a.player)]).filter(p => p[1])
            .map(([a, g]) => Math.hypot(a.x - g.x, a.y - g.y))";
        until(&page, "others are flown on", &format!("Math.max(0, ...{others}) > 15")).await;
        page.click("lab-forward").await;
        until(&page, "or stand where they were", &format!("{others}.length > 0 && Math.min(...{others}) < 0.01")).await;
        page.click("lab-forward").await;
        slide(&page, "lab-present", 0).await;
        until(&page, "or are seen in the past", &format!("s.lab.present === 0 && Math.max(0, ...{others}) > 3")).await;
        page.click("lab-reconciliation").await;
        page.click("lab-smoothing").await;
        until(&page, "the rest is switched", "!s.lab.reconciliation && !s.lab.smoothing").await;
        page.click("lab-reset").await;
        until(&page, "all is as in the game", "s.lab.reconciliation && s.lab.smoothing && s.lab.present === 100").await;
        let before = page.js(&format!("return {STATE}.mispredictions")).await;
        page.click("lab-preset-awful").await;
        page.key_down('w').await;
        until(&page, "an awful line surprises prediction", &format!("s.mispredictions > {before}")).await;
        page.key_up('w').await;
    });
}

#[test]
fn graphs_move_in_the_lab_and_on_f3() {
    stage::run("lab-graphs", async |stage| {
        let server = stage.server(&["--bots", "20"]).await;
        let page = a_pilot_in_the_lab(stage, &server, &Window::PHONE, "#delay=60&jitter=30").await;
        assert!(!page.is_visible("lab-body").await, "on a phone the panel begins folded");
        page.picture("lab-phone-folded").await;
        page.click("lab-fold").await;
        page.until_visible("lab-graph").await;
        page.until_js("the graphs are painted", "document.getElementById('lab-graph').width !== 320").await;
        until_painted(&page, "lab-graph").await;
        page.picture("lab-390x844").await;
        page.click("lab-fold").await;
        page.until_hidden("lab-body").await;

        let game = stage.player(&server, &Window::DESKTOP, "Graph").await;
        assert_eq!(game.js("return document.getElementById('lab').className").await, Value::from("off"));
        game.until_hidden("line-graph").await;
        game.key_down('\u{E033}').await;
        game.key_up('\u{E033}').await;
        game.until_visible("line-graph").await;
        until_painted(&game, "line-graph").await;
        game.until_js(
            "time goes on in the graphs",
            &format!("{STATE}?.tick > 0 && document.getElementById('line-details').innerText.includes('margin')"),
        )
        .await;
        game.picture("f3-1600x900").await;
        game.key_down('\u{E033}').await;
        game.key_up('\u{E033}').await;
        game.until_hidden("line-graph").await;
    });
}
