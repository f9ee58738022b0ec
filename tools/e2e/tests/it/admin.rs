//! The administration's page, used the way its owner would: in by the link that the server printed, figures that move,
//! people muted, sent away, kept out and let in again, everybody told something, physics changed under a pilot's hands, the
//! door locked, the end called off. What is looked at besides: where the focus goes, that nothing jumps, and the console.

use std::time::Duration;

use serde_json::json;

use crate::{
    page::{COUNT_SHIFTS, Page, Window},
    server::GameServer,
    stage::{self, Stage},
};

const TAB: char = '\u{E004}';
const ENTER: char = '\u{E007}';

/// The link that the server printed.
async fn link(server: &GameServer) -> String {
    for _ in 0..200 {
        let text = server.log().text();
        if let Some(line) = text.lines().find(|line| line.contains("#token=")) {
            let start = line.find("http").expect("a link has a scheme");
            return line[start..].split_whitespace().next().unwrap_or_default().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the server printed no link to its administration:\n{}", server.log().text());
}

/// The owner, signed in by the link, with a name and a password from now on.
async fn owner(stage: &Stage, server: &GameServer, window: &Window) -> Page {
    let page = stage.browser(window).await;
    // Whether anybody is signed in the page asks, and the browser writes down that the answer was no.
    page.expect_console(&["/admin/me", "/admin/login"]);
    page.before_load(COUNT_SHIFTS).await;
    page.open(&link(server).await).await;
    page.until_visible("choose").await;
    assert_eq!(page.js("return location.hash + location.pathname").await, json!("/admin"), "the token stays nowhere");
    page.type_in("choose-name", "anna").await;
    page.type_in("choose-password", "a long password").await;
    page.press(ENTER).await;
    live(&page).await;
    page
}

async fn live(page: &Page) {
    page.until_js("the dashboard is live", "document.getElementById('line').dataset.line === 'live'").await;
    page.until_js("there are figures", "document.getElementById('tile-memory').textContent !== '–'").await;
}

/// Says a line in the console and waits for its answer.
async fn say(page: &Page, line: &str) -> String {
    let before = page.js("return document.querySelectorAll('#console-log p:not([data-kind=line])').length").await;
    page.type_in("console-line", line).await;
    page.press(ENTER).await;
    let answered = format!("document.querySelectorAll('#console-log p:not([data-kind=line])').length > {before}");
    page.until_js(&format!("`{line}` is answered"), &answered).await;
    let last = page.js("return [...document.querySelectorAll('#console-log p')].at(-1).textContent").await;
    last.as_str().unwrap_or_default().to_owned()
}

/// Presses a button in the row of a player.
async fn act(page: &Page, name: &str, command: &str) {
    let script = format!(
        "[...document.querySelectorAll('#players-rows tr')].find((row) =>
            row.querySelector('.pick').textContent === '{name}')?.querySelector('[data-act={command}]')"
    );
    page.until_js(&format!("{name} is in the table"), &script).await;
    page.js(&format!("({script}).click()")).await;
}

/// Fills the dialog and runs it.
async fn answer_dialog(page: &Page, fields: &[(&str, &str)]) {
    page.until_visible("ask").await;
    for (id, text) in fields {
        page.type_in(id, text).await;
    }
    page.click("ask-go").await;
    page.until_hidden("ask").await;
}

#[test]
fn an_owner_comes_in_by_the_link_and_sees_the_server_live() {
    stage::run("admin-sight", async |stage| {
        let server = stage.server(&["--bots", "8"]).await;
        // A room without people rests, and nothing of it moves.
        let pilot = stage.player(&server, &Window::SMALL, "Foo").await;
        pilot.keep_flying().await;
        let page = owner(stage, &server, &Window::DESKTOP).await;
        page.until_js("the bots are told", "document.querySelectorAll('#players-rows tr').length >= 8").await;
        page.until_js("the map is live", "/\\d/.test(document.getElementById('map').getAttribute('aria-label'))").await;
        // Figures move.
        let up = page.words("server-facts").await;
        page.until_js("time passes", &format!("document.getElementById('server-facts').innerText !== {up:?}")).await;
        nothing_jumps(&page).await;
        page.picture("admin-desktop").await;
        a_ship_on_the_map_is_a_pilot(&page).await;
        focus_goes_through(&page).await;
        page.resize(390, 844, 1.0).await;
        let wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        page.until_js("nothing is wider than a phone", wide).await;
        page.picture("admin-phone").await;
        // Out, and in again by name and password, after a wrong one.
        page.resize(1600, 900, 1.0).await;
        page.click("sign-out").await;
        page.until_visible("sign-in").await;
        page.picture("admin-sign-in").await;
        page.type_in("sign-in-name", "anna").await;
        page.type_in("sign-in-password", "not it").await;
        page.press(ENTER).await;
        page.until_js("it is refused", "document.getElementById('verdict').dataset.grade === 'bad'").await;
        page.type_in("sign-in-password", "a long password").await;
        page.press(ENTER).await;
        live(&page).await;
    });
}

/// While figures come, nothing but them changes its place.
async fn nothing_jumps(page: &Page) {
    page.js("window.shifts = []; window.ticks = 0; new MutationObserver(() => window.ticks++).observe(
        document.getElementById('server-facts'), { childList: true, characterData: true, subtree: true })")
        .await;
    page.until_js("figures came four times", "window.ticks >= 4").await;
    let shifts = page.js("return window.shifts").await;
    let sum: f64 = shifts.as_array().into_iter().flatten().filter_map(|shift| shift["value"].as_f64()).sum();
    assert!(sum < 0.01, "{shifts}");
}

/// A click on a ship chooses its pilot in the table.
async fn a_ship_on_the_map_is_a_pilot(page: &Page) {
    page.js("document.querySelector('#players-rows .pick').click()").await;
    page.until_js("somebody is chosen", "document.querySelector('#players-rows tr[data-chosen=yes]')").await;
    let [x, y, width, _] = page.place_of("map").await;
    for step in 0..400 {
        let (ring, angle) = (0.04 + 0.44 * f64::from(step) / 400.0, f64::from(step) * 0.61);
        page.js("document.querySelector('#players-rows tr[data-chosen=yes] .pick')?.click()").await;
        page.click_at(x + width * ring * angle.cos(), y + width * ring * angle.sin()).await;
        if page.js("return !!document.querySelector('#players-rows tr[data-chosen=yes]')").await == json!(true) {
            return;
        }
    }
    panic!("no ship on the map can be clicked");
}

/// Tab goes once through everything that can be used, from the top to the bottom, and one sees where it is.
async fn focus_goes_through(page: &Page) {
    page.js("document.activeElement.blur(); document.querySelector('#desk h1 a').focus()").await;
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..160 {
        page.press(TAB).await;
        let stop = page
            .js("const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
                 return [e.id || e.textContent + '/' + e.getAttribute('aria-label'), r.width > 0 && s.visibility === 'visible',
                         s.outlineStyle !== 'none' || e === document.body, e.closest('section')?.id || (e.closest('header') ? 'HEADER' : e.nodeName)]")
            .await;
        assert_eq!((&stop[1], &stop[2]), (&json!(true), &json!(true)), "the focus cannot be seen at {stop}");
        let part = stop[3].as_str().unwrap_or_default().to_owned();
        if part == "BODY" {
            break;
        }
        if seen.last() != Some(&part) {
            seen.push(part);
        }
    }
    let order = ["HEADER", "rooms", "players", "tune", "announce", "console", "bans", "audit", "staff"];
    let mut places = order.iter().map(|part| seen.iter().position(|seen| seen == part));
    let mut last = None;
    assert!(
        places.all(|place| place.is_some() && std::mem::replace(&mut last, place) < place),
        "the focus went {seen:?}"
    );
}

/// The page is opened anew, and its pilot flies: at once when the page remembers that they did, else by the button.
async fn come_again(pilot: &Page, server: &GameServer) {
    pilot.open(&server.url).await;
    pilot
        .js("setInterval(() => {
                const play = document.getElementById('play');
                if (play?.checkVisibility()) play.click();
            }, 200)")
        .await;
    pilot.until("the ship flies", |state| state.phase == "flying" && state.own.is_some()).await;
}

#[test]
fn whoever_is_muted_kicked_or_banned_notices_and_a_ban_can_be_undone() {
    stage::run("admin-people", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let pilot = stage.player(&server, &Window::SMALL, "Foo").await;
        pilot.keep_flying().await;
        // Who is kept out is refused by the game's socket, and the browser writes that down.
        // Nor does a page play a sound before somebody touches it, and here a script does.
        pilot.expect_console(&["/ws", "AudioContext"]);
        let page = owner(stage, &server, &Window::DESKTOP).await;
        act(&page, "Foo", "mute").await;
        page.until_visible("ask").await;
        page.picture("admin-dialog").await;
        answer_dialog(&page, &[("ask-reason", "shouting")]).await;
        page.until_js("Foo is muted", "document.querySelector('#players-rows tr[data-muted=yes]')").await;
        act(&page, "Foo", "unmute").await;
        page.until_js("Foo may talk", "document.querySelector('#players-rows tr[data-muted=no]')").await;
        act(&page, "Foo", "kick").await;
        answer_dialog(&page, &[("ask-reason", "go and rest")]).await;
        pilot.until_js("the reason is read", "document.body.innerText.includes('go and rest')").await;
        pilot.picture("admin-kicked").await;
        come_again(&pilot, &server).await;
        act(&page, "Foo", "ban").await;
        answer_dialog(&page, &[("ask-time", "2h"), ("ask-reason", "aims by itself")]).await;
        pilot.until_js("the ban is read", "document.body.innerText.includes('aims by itself')").await;
        pilot.open(&server.url).await;
        pilot.until_js("the ban holds", "document.body.innerText.includes('aims by itself')").await;
        pilot.picture("admin-banned").await;
        page.until_js("the ban is listed", "document.querySelector('#bans-rows').innerText.includes('aims by itself')")
            .await;
        page.picture("admin-ban-listed").await;
        page.js("document.querySelector('#bans [data-run=undo]').click()").await;
        page.until_js("the ban is gone", "!document.querySelector('#bans-rows').innerText.includes('aims by itself')")
            .await;
        come_again(&pilot, &server).await;
        for line in ["mute #", "unmute #", "kick #", "ban #", "undo"] {
            let told = format!("document.querySelector('#audit-rows').textContent.includes({line:?})");
            page.until_js("it is in the audit log", &told).await;
        }
    });
}

/// What the pilot's page reckons ahead is what the server says then, but for what strikes the ship.
async fn predicted_exactly(pilot: &Page) {
    let counts = async || {
        let counts =
            pilot.js("const s = JSON.parse(perihelion.state()); return [s.predictions, s.mispredictions]").await;
        serde_json::from_value::<[u64; 2]>(counts).expect("two numbers")
    };
    let before = counts().await;
    let enough = format!("JSON.parse(perihelion.state()).predictions >= {}", before[0] + 200);
    pilot.until_js("much was predicted", &enough).await;
    let after = counts().await;
    let (all, wrong) = (after[0] - before[0], after[1] - before[1]);
    assert!(wrong * 20 <= all, "{wrong} of {all} predictions were wrong");
}

#[test]
fn everybody_is_told_physics_change_under_way_and_the_end_can_be_called_off() {
    stage::run("admin-rules", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let pilot = stage.player(&server, &Window::SMALL, "Foo").await;
        pilot.keep_flying().await;
        let page = owner(stage, &server, &Window::DESKTOP).await;
        page.type_in("announce-text", "A pause at nine").await;
        page.press(ENTER).await;
        pilot.until_js("it is read", "document.body.innerText.includes('A pause at nine')").await;
        pilot.picture("admin-announced").await;
        // A dial.
        page.js("const dial = document.getElementById('dial-gravity'); dial.value = 150;
                 dial.dispatchEvent(new Event('input', { bubbles: true }));
                 dial.dispatchEvent(new Event('change', { bubbles: true }))")
            .await;
        page.until_js("it is told back", "document.querySelector('.dial[data-changed=yes] #dial-gravity')").await;
        predicted_exactly(&pilot).await;
        let refused = say(&page, "set gravity 99999").await;
        assert!(refused.contains("gravity"), "{refused}");
        page.click("tune-reset").await;
        page.until_js("as it was", "!document.querySelector('.dial[data-changed=yes]')").await;
        // The door.
        page.js("document.querySelector('#server-buttons [data-ask=lock]').click()").await;
        answer_dialog(&page, &[("ask-reason", "for a while")]).await;
        page.until_js("it is locked", "document.getElementById('state').dataset.state === 'locked'").await;
        let late = stage.browser(&Window::SMALL).await;
        late.expect_console(&["/ws"]);
        late.open(&server.url).await;
        late.until_js("a newcomer reads why", "document.body.innerText.includes('for a while')").await;
        late.picture("admin-locked").await;
        say(&page, "unlock").await;
        page.js("document.querySelector('#server-buttons [data-ask=drain]').click()").await;
        answer_dialog(&page, &[("ask-seconds", "300")]).await;
        page.until_js("it counts", "/\\d/.test(document.getElementById('state-left').innerText)").await;
        page.picture("admin-draining").await;
        page.js("document.querySelector('#server-buttons [data-run=cancel]').click()").await;
        page.until_js("it stays", "document.getElementById('state').dataset.state === 'open'").await;
        let state = pilot.state().await;
        assert_eq!(state.phase, "flying", "nothing of this ends a flight");
    });
}

#[test]
fn a_player_reports_another_and_staff_read_what_was_said_and_act() {
    stage::run("admin-report", async |stage| {
        let folder = tempfile::tempdir().expect("a folder for the settings");
        std::fs::write(folder.path().join("words"), "badger\n").expect("it can be written");
        let file = folder.path().join("perihelion.toml");
        let words = folder.path().join("words");
        let text = format!("[moderation]\nwords = {words:?}\n[rooms.main]\nbots = 0\n");
        std::fs::write(&file, text).expect("it can be written");
        let server = stage.server(&["--config", file.to_str().expect("a plain path")]).await;
        let ada = stage.player(&server, &Window::DESKTOP, "Ada").await;
        let bo = stage.player(&server, &Window::SMALL, "Bo").await;
        let line = |text: &str| format!("document.getElementById('chat-line').value = {text:?}");
        let open = async |page: &Page| {
            page.press('t').await;
            page.until_js("the line has the keyboard", "document.activeElement.id === 'chat-line'").await;
        };
        open(&bo).await;
        bo.js(&line("get lost, badger")).await;
        bo.press(ENTER).await;
        ada.until("Ada reads it with stars", |state| state.reads("Bo", "get lost, ******")).await;

        // One click mutes, and beside the muted name is what reports it.
        open(&ada).await;
        ada.js("[...document.querySelectorAll('#chat-log li:not(.off) span')].find(name => name.textContent === 'Bo').click()")
            .await;
        let report = "[...document.querySelectorAll('#chat-muted li:not(.off) span')].find(word => word.textContent === 'Report')";
        ada.until_js("Bo is muted, and can be reported", report).await;
        ada.picture("report-muted").await;
        // What rooms publish for that comes four times a second.
        let owner = owner(stage, &server, &Window::DESKTOP).await;
        owner.until_js("Bo is in the table", "document.getElementById('players-rows').innerText.includes('Bo')").await;
        ada.js(&format!("{report}.click()")).await;
        let log = "document.getElementById('chat-log').textContent.includes('Bo is reported')";
        ada.until_js("Ada hears what came of it", log).await;

        let rows = "document.getElementById('reports-rows').innerText";
        let told = format!("['Bo', 'Ada, from #', 'Bo: get lost, ******'].every(text => {rows}.includes(text))");
        owner.until_js("the report is there with the line", &told).await;
        owner.js("document.getElementById('reports').scrollIntoView()").await;
        owner.picture("admin-report").await;
        let button = |act: &str| format!("document.querySelector('#reports-rows [data-act={act}]').click()");
        owner.js(&button("mute")).await;
        answer_dialog(&owner, &[("ask-time", "10m")]).await;
        owner.until_js("Bo is quiet", "document.getElementById('bans-rows').innerText.includes('Bo')").await;
        owner.js(&button("done")).await;
        owner.until_js("nothing is left to see to", "!document.getElementById('reports-none').hidden").await;
    });
}
