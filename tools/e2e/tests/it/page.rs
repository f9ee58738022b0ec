//! One browser window with the game in it, and what a person does to it: look, click, type, point.
//!
//! Every wait polls the page for a condition and gives up at a deadline with the last thing it saw.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{
    driver::{Driver, Extension},
    readable, stage,
    state::State,
};

/// Longer than anything takes that is not broken, even drawn in software on a busy machine: the lab freezes
/// the line for two seconds of every twenty, and a slow page may miss the first.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long what comes or goes may be faint.
const A_MOMENT: Duration = Duration::from_secs(10);
/// The page has something to draw with, if it is one that draws.
const DRAWS: &str = "!window.perihelion || JSON.parse(perihelion.state())?.drawing !== false";
/// Between two looks at the page.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Clicks the button on the death card like a pilot without patience.
const KEEP_FLYING: &str = "setInterval(() => {
    const launch = document.getElementById('relaunch');
    if (launch.checkVisibility() && !launch.matches('.waiting')) launch.click();
}, 200)";

/// Adds up what moves without anybody having asked for it, as browsers reckon it.
pub const COUNT_SHIFTS: &str = "window.shifts = []; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
        window.shifts.push({ value: entry.value, who: entry.sources.map((source) => source.node?.id || source.node?.nodeName) });
    }
}).observe({ type: 'layout-shift', buffered: true })";

/// How a browser is started.
#[derive(Debug, Clone)]
pub struct Window {
    /// Inner width, CSS pixels.
    pub width: u32,
    /// Inner height, CSS pixels.
    pub height: u32,
    /// Flags besides the usual ones.
    pub flags: &'static [&'static str],
    /// It is a glass for fingers.
    pub touch: bool,
}

impl Window {
    /// Small, because drawing is in software.
    pub const SMALL: Window = Window { width: 640, height: 400, flags: WEBGL, touch: false };
    /// A usual desktop window.
    pub const DESKTOP: Window = Window { width: 1600, height: 900, flags: WEBGL, touch: false };
    /// A phone held upright.
    pub const PHONE: Window = Window { width: 390, height: 844, flags: WEBGL, touch: true };
}

/// WebGL2 without a graphics card.
const WEBGL: &[&str] = &["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/// A quiet browser that talks to nobody but the server.
const QUIET: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--mute-audio",
];

/// A browser window.
#[derive(Clone)]
pub struct Page {
    client: Client,
    expected: Rc<RefCell<Vec<&'static str>>>,
    touch: bool,
    _profile: Rc<tempfile::TempDir>,
}

impl Page {
    /// Starts a browser with a profile of its own.
    pub async fn start(driver: &Driver, window: &Window) -> Page {
        let profile = tempfile::tempdir().expect("a folder for the browser");
        let mut args: Vec<String> = QUIET.iter().chain(window.flags).map(|flag| (*flag).to_owned()).collect();
        args.push(format!("--user-data-dir={}", profile.path().display()));
        args.push(format!("--window-size={},{}", window.width, window.height));
        let mut options = json!({ "args": args });
        if let Some(chromium) = std::env::var_os("CHROMIUM") {
            options["binary"] = json!(chromium.to_string_lossy());
        }
        let capabilities = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let Value::Object(capabilities) = capabilities else { unreachable!("written as an object above") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.url)
            .await
            .expect("the browser starts");
        let page = Page { client, expected: Rc::default(), touch: window.touch, _profile: Rc::new(profile) };
        if window.touch {
            let params = json!({ "enabled": true, "maxTouchPoints": 5 });
            page.dev_tools("Emulation.setTouchEmulationEnabled", params).await;
        }
        page.resize(window.width, window.height, 1.0).await;
        page
    }

    /// Goes somewhere.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.expect("the page can be reached");
    }

    /// Presses reload.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page can be reloaded");
    }

    /// Gives the page exactly this size in CSS pixels, at this many device pixels for each.
    pub async fn resize(&self, width: u32, height: u32, ratio: f64) {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": self.touch });
        self.dev_tools("Emulation.setDeviceMetricsOverride", params).await;
    }

    /// Runs a script before anything of the page does, at every load from now on.
    pub async fn before_load(&self, script: &str) {
        self.dev_tools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Runs a script in the page.
    pub async fn js(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script with one argument, `arguments[0]`.
    pub async fn js_with(&self, script: &str, argument: Value) -> Value {
        self.client.execute(script, vec![argument]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script that ends by calling its last argument; `argument` is its first.
    pub async fn js_async(&self, script: &str, argument: Value) -> Value {
        self.client.execute_async(script, vec![argument]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The game's state; `None` while the page has not got that far.
    pub async fn try_state(&self) -> Option<State> {
        let text = self.client.execute("return window.perihelion ? window.perihelion.state() : null", Vec::new());
        let text = text.await.ok()?;
        let text = text.as_str()?;
        // "null" while the page is in the middle of a frame.
        serde_json::from_str(text).unwrap_or_else(|error| panic!("state() says what no test reads: {error}: {text}"))
    }

    /// The game's state in a page that runs.
    pub async fn state(&self) -> State {
        self.until("the page runs", |_| true).await
    }

    /// Waits until the state is as wanted.
    pub async fn until(&self, what: &str, wanted: impl Fn(&State) -> bool) -> State {
        self.until_within(PATIENCE, what, wanted).await
    }

    /// Waits until the state is as wanted, as long as said.
    pub async fn until_within(&self, patience: Duration, what: &str, wanted: impl Fn(&State) -> bool) -> State {
        let deadline = Instant::now() + patience;
        loop {
            let state = self.try_state().await;
            match state {
                Some(state) if wanted(&state) => return state,
                state => assert!(Instant::now() < deadline, "waited {patience:?} until {what}; last seen: {state:?}"),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the state is as wanted or the time is over, and says which.
    pub async fn eventually(&self, patience: Duration, wanted: impl Fn(&State) -> bool) -> bool {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if self.try_state().await.is_some_and(|state| wanted(&state)) {
                return true;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        false
    }

    /// Waits until a script's expression is true.
    pub async fn until_js(&self, what: &str, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        let script = format!("return !!({expression})");
        while self.client.execute(&script, Vec::new()).await.ok() != Some(Value::Bool(true)) {
            assert!(Instant::now() < deadline, "waited {PATIENCE:?} until {what}: {expression}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits a few seconds until a script finds nothing; says what it found.
    pub async fn until_none(&self, what: &str, script: &str) {
        let deadline = Instant::now() + A_MOMENT;
        loop {
            let found = self.js(script).await;
            if found == json!([]) {
                return;
            }
            assert!(Instant::now() < deadline, "{what}: {found}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until an element can be seen.
    pub async fn until_visible(&self, id: &str) {
        self.until_js(&format!("#{id} is visible"), &visibility(id)).await;
    }

    /// Waits until an element cannot be seen.
    pub async fn until_hidden(&self, id: &str) {
        self.until_js(&format!("#{id} is hidden"), &format!("!({})", visibility(id))).await;
    }

    /// Whether an element can be seen now.
    pub async fn is_visible(&self, id: &str) -> bool {
        self.js(&format!("return !!({})", visibility(id))).await == Value::Bool(true)
    }

    /// The words in an element, as a person reads them.
    pub async fn words(&self, id: &str) -> String {
        let words = self.js(&format!("const e = document.getElementById('{id}'); return e.value || e.innerText")).await;
        words.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks an element with the mouse.
    pub async fn click(&self, id: &str) {
        let element = self.client.find(Locator::Id(id)).await.unwrap_or_else(|error| panic!("no #{id}: {error}"));
        element.click().await.unwrap_or_else(|error| panic!("#{id} cannot be clicked: {error}"));
    }

    /// Types the name, clicks Play, waits for the ship.
    pub async fn play(&self, name: &str) -> State {
        self.type_name(name).await;
        self.click("play").await;
        self.until("the ship flies", |state| state.phase == "flying" && state.own.is_some()).await
    }

    /// From now on, until the page is left, a dead pilot launches again as soon as that is allowed: for tests that need a
    /// ship for long and to which it is all the same which.
    pub async fn keep_flying(&self) {
        self.js(KEEP_FLYING).await;
    }

    /// Chooses a file of this machine in a file field, as the browser's own dialog would.
    pub async fn choose_file(&self, id: &str, file: &std::path::Path) {
        let field = self.client.find(Locator::Id(id)).await.unwrap_or_else(|error| panic!("no #{id}: {error}"));
        let path = file.to_str().expect("a temporary path is UTF-8");
        field.send_keys(path).await.unwrap_or_else(|error| panic!("#{id} takes no file: {error}"));
    }

    /// Presses a key and lets it go.
    pub async fn press(&self, value: char) {
        self.key_down(value).await;
        self.key_up(value).await;
    }

    /// Presses and releases the left button at a place in the window, CSS pixels.
    pub async fn click_at(&self, x: f64, y: f64) {
        self.point(x, y).await;
        self.button(true).await;
        self.button(false).await;
    }

    /// Fingers on the glass: `kind` is `touchStart`, `touchMove` or `touchEnd`, with every finger that is down then, CSS pixels.
    pub async fn fingers(&self, kind: &str, places: &[(f64, f64)]) {
        let points: Vec<Value> =
            places.iter().enumerate().map(|(id, (x, y))| json!({ "x": x, "y": y, "id": id })).collect();
        self.dev_tools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await;
    }

    /// Draws from one place in the window to another with the left button, CSS pixels.
    pub async fn draw(&self, from: (f64, f64), to: (f64, f64)) {
        let button = fantoccini::actions::MOUSE_BUTTON_LEFT;
        let slowly = Some(Duration::from_millis(200));
        let moves = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x: from.0, y: from.1 })
            .then(PointerAction::Down { button })
            .then(PointerAction::MoveTo { duration: slowly, x: to.0, y: to.1 })
            .then(PointerAction::Up { button });
        self.act(moves).await;
    }

    /// The middle and the size of an element, CSS pixels: x, y, width, height.
    pub async fn place_of(&self, id: &str) -> [f64; 4] {
        let script = format!(
            "const r = document.getElementById('{id}').getBoundingClientRect();
             return [r.x + r.width / 2, r.y + r.height / 2, r.width, r.height]"
        );
        serde_json::from_value(self.js(&script).await).expect("four numbers")
    }

    /// Types a name into the box.
    pub async fn type_name(&self, name: &str) {
        self.type_in("name", name).await;
    }

    /// Types into a field, in the place of what is there.
    pub async fn type_in(&self, id: &str, name: &str) {
        let element = self.client.find(Locator::Id(id)).await.unwrap_or_else(|error| panic!("no #{id}: {error}"));
        element.clear().await.expect("it can be emptied");
        element.send_keys(name).await.expect("it can be typed into");
    }

    /// Presses a key and keeps it down.
    pub async fn key_down(&self, value: char) {
        self.act(KeyActions::new("keys".to_owned()).then(KeyAction::Down { value })).await;
    }

    /// Lets a key go.
    pub async fn key_up(&self, value: char) {
        self.act(KeyActions::new("keys".to_owned()).then(KeyAction::Up { value })).await;
    }

    /// Moves the mouse to a place in the window, CSS pixels.
    pub async fn point(&self, x: f64, y: f64) {
        let there = PointerAction::MoveTo { duration: None, x, y };
        self.act(MouseActions::new("mouse".to_owned()).then(there)).await;
    }

    /// Presses the left mouse button where the mouse is, or lets it go.
    pub async fn button(&self, down: bool) {
        let button = fantoccini::actions::MOUSE_BUTTON_LEFT;
        let action = if down { PointerAction::Down { button } } else { PointerAction::Up { button } };
        self.act(MouseActions::new("mouse".to_owned()).then(action)).await;
    }

    async fn act(&self, sequence: impl Into<fantoccini::actions::ActionSequence>) {
        let actions = fantoccini::actions::Actions::from(sequence.into());
        self.client.perform_actions(actions).await.expect("the browser takes keys and mouse");
    }

    /// Takes a picture and keeps it as `<name>.png`. What is worth a picture can be read, too.
    pub async fn picture(&self, name: &str) -> Vec<u8> {
        self.until_js("the page draws", DRAWS).await;
        let png = self.client.screenshot().await.expect("the browser takes pictures");
        std::fs::write(stage::out().join(format!("{name}.png")), &png).expect("the picture can be written");
        readable::nothing_is_faint(self, name).await;
        png
    }

    /// Console lines with one of these parts are part of the test.
    pub fn expect_console(&self, parts: &[&'static str]) {
        self.expected.borrow_mut().extend(parts);
    }

    /// Fails if the console holds an error or a warning nobody expected, or the page shows its error card.
    pub async fn expect_quiet_console(&self) {
        let lines = self.console().await;
        let expected = self.expected.borrow();
        let loud: Vec<&String> = lines.iter().filter(|line| !expected.iter().any(|part| line.contains(part))).collect();
        assert!(loud.is_empty(), "unexpected in the console: {loud:#?}");
    }

    /// Takes the errors and warnings out of the console.
    async fn console(&self) -> Vec<String> {
        let entries = self.client.issue_cmd(Extension::Console).await.expect("the console can be read");
        let entries = entries.as_array().cloned().unwrap_or_default();
        let loud = entries.iter().filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        loud.map(|entry| format!("{} {}", entry["level"], entry["message"])).collect()
    }

    async fn dev_tools(&self, name: &'static str, params: Value) {
        let result = self.client.issue_cmd(Extension::DevTools { name, params }).await;
        result.unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Tells what can be told after a failure.
    pub async fn confess(&self, name: &str) {
        if let Ok(png) = self.client.screenshot().await {
            let file = stage::out().join(format!("failed-{name}.png"));
            if std::fs::write(&file, png).is_ok() {
                eprintln!("--- a picture of it: {}", file.display());
            }
        }
        let script = "return window.perihelion ? window.perihelion.state() : document.body.innerText";
        if let Ok(state) = self.client.execute(script, Vec::new()).await {
            eprintln!("--- the page's state: {}", state.as_str().unwrap_or("nothing"));
        }
        if let Ok(entries) = self.client.issue_cmd(Extension::Console).await {
            eprintln!("--- its console: {entries:#}");
        }
    }

    /// Ends the browser.
    pub async fn close(self) {
        if let Err(error) = self.client.close().await {
            eprintln!("note: the browser did not close: {error}");
        }
    }
}

fn visibility(id: &str) -> String {
    format!("document.getElementById('{id}')?.checkVisibility({{ visibilityProperty: true, opacityProperty: true }})")
}
