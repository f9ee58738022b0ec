//! The settings: they are found, they hold, they are kept; keys can be bound anew; two languages.

use serde_json::{Value, json};

use crate::{
    frames::PEAK,
    page::{Page, Window},
    stage,
};

const KEPT: &str = "perihelion.settings";
const ESCAPE: char = '\u{e00c}';
const TAB: char = '\u{e004}';

/// What the page says is set.
async fn set(page: &Page, what: &str) -> Value {
    page.js_with("return JSON.parse(perihelion.state())?.settings?.[arguments[0]]", json!(what)).await
}

/// Waits until a setting is as wanted.
async fn until_set(page: &Page, what: &str, wanted: &str) {
    let expression = format!("JSON.parse(perihelion.state())?.settings?.['{what}'] === {wanted}");
    page.until_js(&format!("{what} is {wanted}"), &expression).await;
}

/// Gives a control a value, as a hand on it does.
pub async fn give(page: &Page, id: &str, value: &str) {
    let script = "const [id, value] = arguments[0], control = document.getElementById(id);
         if (control.type === 'checkbox') control.checked = value === 'on'; else control.value = value;
         control.dispatchEvent(new Event('input', { bubbles: true }));";
    page.js_with(script, json!([id, value])).await;
}

async fn open(page: &Page, button: &str) {
    page.click(button).await;
    page.until_visible("settings").await;
    until_set(page, "open", "true").await;
}

async fn close(page: &Page) {
    page.press(ESCAPE).await;
    page.until_hidden("settings").await;
    until_set(page, "open", "false").await;
}

#[test]
fn settings_hold_at_once_and_survive_a_reload() {
    stage::run("settings", async |stage| {
        let server = stage.server(&["--bots", "8"]).await;
        let page = stage.visitor(&server, &Window::PHONE).await;
        open(&page, "settings-open").await;
        let values = [
            ("set-master", "60", "master", "60"),
            ("set-engine", "0", "engine", "0"),
            ("set-zoom", "125", "zoom", "125"),
            ("set-palette", "red-green", "palette", "'red-green'"),
            ("set-motion", "on", "is_calm", "true"),
            ("set-contrast", "on", "is_contrast", "true"),
            ("set-particles", "none", "particles", "'none'"),
            ("set-orbit", "off", "orbit-line", "false"),
            ("set-shot", "off", "shot-line", "false"),
            ("set-names", "off", "names", "false"),
            ("set-streamer", "on", "streamer", "true"),
        ];
        for (id, value, what, wanted) in values {
            give(&page, id, value).await;
            until_set(&page, what, wanted).await;
        }
        page.picture("settings-390x844").await;
        let wide = page.js("return document.getElementById('settings-body').scrollWidth <= innerWidth").await;
        assert_eq!(wide, json!(true), "the panel is wider than a phone");

        page.reload().await;
        page.until("the arena is in sight again", |state| state.phase == "spectating").await;
        for (_, _, what, wanted) in values {
            until_set(&page, what, wanted).await;
        }
        let root = page
            .js("const r = document.documentElement;
                 return [r.dataset.palette, r.className.includes('calm'), r.className.includes('contrast'),
                         getComputedStyle(document.getElementById('score-panel')).zoom]")
            .await;
        // 125 % would not fit a phone: there it ends at 115 %.
        assert_eq!(root, json!(["red-green", true, true, "1.15"]));
        // In streamer mode nobody's name is read anywhere but one's own.
        page.until_js("the leaderboard has pilots", "document.querySelector('#leaderboard li:not(.off)')").await;
        page.until_js(
            "no name is on the leaderboard",
            "[...document.querySelectorAll('#leaderboard li:not(.off)')].every(
               row => /^Pilot \\d+$/.test(row.children[1].textContent))",
        )
        .await;
        open(&page, "settings-open").await;
        page.click("settings-reset-all").await;
        until_set(&page, "palette", "'usual'").await;
        assert_eq!(set(&page, "master").await, json!(100));
    });
}

#[test]
fn rubbish_in_the_storage_is_as_if_it_were_not_there() {
    stage::run("hostile-settings", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor(&server, &Window::SMALL).await;
        for kept in
            ["\u{0}🦀", "settings 1\nmaster -5\nzoom 9e9\nkey.thrust <b>\npalette\neffects 40", "settings 99\nzoom 80"]
        {
            page.js_with(&format!("localStorage.setItem('{KEPT}', arguments[0])"), json!(kept)).await;
            page.reload().await;
            page.until("the page runs", |state| state.phase == "spectating").await;
            assert_eq!((set(&page, "master").await, set(&page, "zoom").await), (json!(100), json!(100)), "{kept}");
            let effects = if kept.contains("effects 40") { 40 } else { 100 };
            assert_eq!(set(&page, "effects").await, json!(effects), "{kept}");
        }
        page.play("Survivor").await;
    });
}

#[test]
fn the_panel_is_a_dialog_for_the_keyboard() {
    stage::run("dialog", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor(&server, &Window::DESKTOP).await;
        page.js("document.getElementById('settings-open').focus()").await;
        page.press('\u{e007}').await;
        page.until_visible("settings").await;
        page.picture("settings-1600x900").await;
        // Tab goes through all of it and never out of it.
        let controls = page
            .js("return document.querySelectorAll('#settings button, #settings select, #settings input').length")
            .await;
        for _ in 0..controls.as_u64().expect("a number") + 3 {
            page.press(TAB).await;
            let inside = page.js("return !!document.activeElement.closest('#settings')").await;
            assert_eq!(inside, json!(true), "the focus left the dialog");
        }
        let named = page
            .js("return [...document.querySelectorAll('#settings button, #settings select, #settings input')].every(
                   c => c.labels?.length || c.getAttribute('aria-label') || c.textContent.trim())")
            .await;
        assert_eq!(named, json!(true), "a control without a name");
        close(&page).await;
        let back = page.js("return document.activeElement.id").await;
        assert_eq!(back, json!("settings-open"), "the focus does not come back");
    });
}

#[test]
fn a_key_bound_anew_flies_the_ship_and_the_old_one_does_not() {
    stage::run("rebind", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.player(&server, &Window::SMALL, "Rebinder").await;
        page.press('o').await;
        page.until_visible("settings").await;
        page.click("bind-thrust-0").await;
        page.until_js("the cap waits", "document.getElementById('bind-thrust-0').classList.contains('waits')").await;
        page.press('x').await;
        page.until_js("X is thrust", "document.getElementById('bind-thrust-0').textContent === 'X'").await;
        assert_eq!(page.words("settings-note").await, "Thrust is now: X. It was taken from: Brake.");
        assert_eq!(page.words("bind-brake-0").await, "–");
        page.picture("settings-rebound").await;
        close(&page).await;
        let rest = page.state().await.own();
        let pace = |own: crate::state::Own| own.vx.hypot(own.vy);
        page.key_down('w').await;
        let tick = page.state().await.tick;
        let old = page.until("half a second passes", |state| state.tick > tick + 30).await;
        page.key_up('w').await;
        // Gravity alone adds some; an engine adds 120 u/s in half a second.
        assert!((pace(old.own()) - pace(rest)).abs() < 90.0, "W still flies: {rest:?} {old:?}");
        fly_along(&page, 'x').await;
        page.reload().await;
        page.until("the ship flies again", |state| state.phase == "flying" && state.own.is_some()).await;
        fly_along(&page, 'x').await;
    });
}

/// Flies with `key` along the arena's edge, against the way the ship goes: outwards the edge might push as hard as the
/// engine, inwards is a star, and who is near top speed gains nothing onwards.
async fn fly_along(page: &Page, key: char) {
    let rest = page.state().await.own();
    let far = rest.x.hypot(rest.y);
    let onwards = if rest.vy * rest.x > rest.vx * rest.y { 1.0 } else { -1.0 };
    let (x, y) = (onwards * rest.y / far, -onwards * rest.x / far);
    let along = |own: crate::state::Own| own.vx * x + own.vy * y;
    page.point(320.0 + 120.0 * x, 200.0 - 120.0 * y).await;
    page.key_down(key).await;
    page.until("the key pushes the ship", |state| along(state.own()) > along(rest) + 60.0).await;
    page.key_up(key).await;
}

#[test]
fn the_page_follows_the_system_for_motion_unless_told_otherwise() {
    stage::run("motion", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let calm = Window { flags: CALM, ..Window::SMALL };
        let page = stage.visitor(&server, &calm).await;
        until_set(&page, "is_calm", "true").await;
        open(&page, "settings-open").await;
        give(&page, "set-motion", "off").await;
        until_set(&page, "is_calm", "false").await;
        let moves = "getComputedStyle(document.getElementById('lobby')).animationDuration";
        assert_eq!(page.js(&format!("return {moves}")).await, json!("0.7s"));
        give(&page, "set-motion", "on").await;
        until_set(&page, "is_calm", "true").await;
        assert_eq!(page.js(&format!("return {moves}")).await, json!("0.01s"));
        page.picture("settings-motion").await;
    });
}

/// [`Window::SMALL`]'s, and a system that wants less motion.
const CALM: &[&str] = &["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-prefers-reduced-motion"];

#[test]
fn the_page_speaks_german_and_english_without_a_reload() {
    stage::run("languages", async |stage| {
        let server = stage.server(&["--bots", "4"]).await;
        let narrow = Window { touch: false, ..Window::PHONE };
        let page = stage
            .visitor_with(&server, &narrow, "Object.defineProperty(navigator, 'language', { get: () => 'de-AT' })")
            .await;
        until_set(&page, "speaks", "'de'").await;
        assert_eq!(page.words("play").await, "Los");
        let lang = page.js("return document.documentElement.lang").await;
        assert_eq!(lang, json!("de"));
        page.until_js(
            "pilots are counted in German",
            "/Piloten? in der Arena/.test(document.getElementById('lobby-pilots').textContent)",
        )
        .await;
        page.play("Sprecher").await;
        page.until_js("the hint is German", "/^Halte /.test(document.getElementById('hint').textContent)").await;
        open(&page, "gear").await;
        page.picture("settings-german").await;
        // Everything that has a word says it in German: none of it is left in English.
        let english = page
            .js("const seen = e => e.checkVisibility() && e.textContent.trim();
                 return ['Settings', 'Sound', 'Looks', 'Colours', 'Thrust', 'Brake', 'Names under ships', 'Hull', 'Energy', 'Reset keys']
                   .filter(word => [...document.querySelectorAll('#settings *, #gauges *')].some(e => seen(e) === word))")
            .await;
        assert_eq!(english, json!([]), "English is left");
        assert_eq!(page.words("bind-thrust").await, "Schub");
        give(&page, "set-language", "en").await;
        until_set(&page, "speaks", "'en'").await;
        page.until_js("the list is English", "document.getElementById('bind-thrust').textContent === 'Thrust'").await;
        close(&page).await;
        page.until_js("the hint is English", "/^Hold /.test(document.getElementById('hint').textContent)").await;
        assert_eq!(page.words("play").await, "Play");
    });
}

#[test]
fn the_sliders_reach_the_speaker() {
    stage::run("volume", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor_with(&server, &Window::SMALL, GAINS).await;
        page.play("Listener").await;
        page.click_at(320.0, 200.0).await;
        page.until_js("there is sound", "gains.length >= 4").await;
        open(&page, "gear").await;
        page.until_js("all fade to what is set", "Math.abs(gains[0].gain.value - 0.42) < 0.005").await;
        give(&page, "set-master", "50").await;
        give(&page, "set-effects", "0").await;
        page.until_js(
            "effects are silent and all is quieter",
            "gains[1].gain.value === 0 && Math.abs(gains[0].gain.value - 0.105) < 0.005",
        )
        .await;
        page.picture("settings-volume").await;
        close(&page).await;
        is_heard_only_by_who_is_there(&page, 0.105).await;
    });
}

#[test]
fn music_plays_by_itself_and_can_be_turned_off() {
    stage::run("music", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.visitor_with(&server, &Window::SMALL, PEAK).await;
        open(&page, "settings-open").await;
        for knob in ["set-effects", "set-engine"] {
            give(&page, knob, "0").await;
        }
        close(&page).await;
        // Nothing else makes a sound; Play is the gesture that a browser wants.
        page.play("Listener").await;
        page.until_js("music is heard", "window.peak > 0.01").await;
        page.until_js("for some bars", "window.heard > 4").await;
        let peak = page.js("return window.peak").await;
        assert!(peak.as_f64().is_some_and(|peak| peak < 0.4), "under everything else: {peak}");
        println!("the loudest sample of the music: {peak}");
        open(&page, "gear").await;
        give(&page, "set-music", "0").await;
        page.js("window.until = window.heard + 2").await;
        // The ear looks back at most of a second.
        page.until_js("it fades", "window.heard > window.until").await;
        page.js("window.peak = 0; window.until = window.heard + 2").await;
        page.until_js("two more seconds pass", "window.heard > window.until").await;
        let peak = page.js("return window.peak").await;
        assert!(peak.as_f64().is_some_and(|peak| peak < 1e-4), "it stays off: {peak}");
    });
}

/// Another window makes the page quiet, another tab silent; back again it is as loud as before.
async fn is_heard_only_by_who_is_there(page: &Page, loud: f64) {
    let near = |gain: f64| format!("Math.abs(gains[0].gain.value - {gain}) < 0.005");
    page.js("window.dispatchEvent(new Event('blur'))").await;
    page.until_js("it is ducked", &near(0.3 * loud)).await;
    page.js("window.dispatchEvent(new Event('focus'))").await;
    page.until_js("it is as loud as before", &near(loud)).await;
    page.js(HIDE).await;
    let asleep = format!("{} && gains[0].context.state === 'suspended'", near(0.0));
    page.until_js("a hidden tab is silent and its sound sleeps", &asleep).await;
    page.js(SHOW).await;
    let awake = format!("{} && gains[0].context.state === 'running'", near(loud));
    page.until_js("a tab that is shown is heard again", &awake).await;
}

/// Keeps everything that sets a loudness; the first is that of all.
const GAINS: &str = "window.gains = [];
    const make = AudioContext.prototype.createGain;
    AudioContext.prototype.createGain = function () { const g = make.call(this); gains.push(g); return g; };";

/// The browser says that the tab is hidden.
pub const HIDE: &str =
    "Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));";
/// …and that it is not.
pub const SHOW: &str = "delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'));";

#[test]
fn a_recording_is_silent_in_a_hidden_tab() {
    stage::run("replay-hidden", async |stage| {
        let folder = tempfile::tempdir().expect("a folder for the file");
        let (_, recording) = wasm_checks::recordings::RECORDINGS[0];
        let file = folder.path().join("match.rec");
        std::fs::write(&file, recording).expect("a file can be written");
        let server = stage.server(&["--bots", "0"]).await;
        let page = stage.browser(&Window::SMALL).await;
        page.before_load(GAINS).await;
        page.open(&format!("{}replay", server.url)).await;
        page.until_visible("film-open").await;
        page.choose_file("film-file", &file).await;
        page.until("the recording plays", |state| state.phase == "watching").await;
        page.click_at(320.0, 200.0).await;
        page.until_js("there is sound", "gains.length >= 3").await;
        page.until_js("it is loud", "Math.abs(gains[0].gain.value - 0.42) < 0.005").await;
        is_heard_only_by_who_is_there(&page, 0.42).await;
    });
}
