//! Recordings: a match recorded by the real server, watched on `/replay` in a real browser, and the golden ones
//! verified by the binary that ships.

use std::{path::Path, process::Command, time::Duration};

use crate::{
    page::{Page, Window},
    picture,
    server::GameServer,
    stage::{self, Stage},
    state::{Ship, State},
};

const TAB: char = '\u{E004}';
const LEFT: char = '\u{E012}';
const UP: char = '\u{E013}';
const RIGHT: char = '\u{E014}';
const END: char = '\u{E010}';
const HOME: char = '\u{E011}';

/// Plays some seconds against bots as Ada and leaves the recording at `file`.
async fn record(stage: &Stage, file: &Path) {
    let server = stage.server(&["--bots", "7", "--record", file.to_str().expect("a temporary path is UTF-8")]).await;
    let page = stage.player(&server, &Window::SMALL, "Ada").await;
    let start = page.state().await.tick;
    page.key_down('w').await;
    page.button(true).await;
    page.until("ten seconds of play", |state| state.tick > start + 600).await;
    page.expect_console(&["WebSocket"]);
    assert_eq!(server.terminate().await.0, Some(0));
}

async fn verify(file: &Path) -> (bool, String) {
    let output = Command::new(stage::variable("PERIHELION_BIN")).arg("replay").arg(file).output();
    let output = output.expect("the server binary can be started");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Opens the page for recordings.
async fn theatre(stage: &Stage, server: &GameServer, window: &Window) -> Page {
    let page = stage.browser(window).await;
    page.open(&format!("{}replay", server.url)).await;
    page.until("it asks for a file", |state| state.phase == "choosing").await;
    page
}

async fn open(page: &Page, file: &Path) -> State {
    page.choose_file("film-file", file).await;
    page.until("the recording is open", |state| state.phase == "watching" && !state.ships.is_empty()).await
}

async fn settled(page: &Page, what: &str, wanted: impl Fn(&State) -> bool) -> State {
    page.until(what, |state| !state.film().seeking && wanted(state)).await
}

#[test]
fn a_recorded_match_is_watched_sought_and_followed() {
    stage::run("replay", async |stage| {
        let folder = tempfile::tempdir().expect("a folder for the recording");
        let file = folder.path().join("match.rec");
        record(stage, &file).await;
        let (good, words) = verify(&file).await;
        assert!(good && words.starts_with("as recorded: "), "{words}");

        let server = stage.server(&["--bots", "0"]).await;
        let page = theatre(stage, &server, &Window::SMALL).await;
        page.until_visible("film-open").await;
        for hidden in ["film-bar", "lobby", "gauges"] {
            page.until_hidden(hidden).await;
        }

        let seen = open(&page, &file).await;
        page.until_hidden("film-open").await;
        page.until_visible("film-bar").await;
        let length = seen.film().length;
        assert!(seen.film().playing && length > 600, "{seen:?}");
        page.until("time passes", |state| state.film().played > seen.film().played + 60).await;
        // The world holds still while nobody is there, so the whole match has Ada in it from the first second on.
        page.until("everybody has a name", |state| state.ships.iter().all(|ship| ship.name.is_some())).await;
        page.until_visible("leaderboard-panel").await;
        page.until_visible("minimap-panel").await;
        page.until_visible("gauges").await;

        pause_and_seek(&page, length).await;
        change_pace(&page).await;
        follow(&page).await;
    });
}

async fn pause_and_seek(page: &Page, length: u32) {
    page.press(' ').await;
    let paused = page.until("it stands still", |state| !state.film().playing).await;
    page.press(END).await;
    settled(page, "the end is shown", |state| state.film().played == length).await;
    page.press(LEFT).await;
    settled(page, "five seconds before it", |state| state.film().played == length - 300).await;
    page.press(HOME).await;
    settled(page, "the start is shown", |state| state.film().played == 0).await;
    page.press(RIGHT).await;
    settled(page, "five seconds into it", |state| state.film().played == 300).await;
    assert_eq!(page.words("film-time").await, "0:05");
    // With the pointer: to the middle of the bar.
    let [x, y, width, _] = page.place_of("film-seek").await;
    page.click_at(x, y).await;
    let off = |state: &State| (f64::from(state.film().played) / f64::from(length) - 0.5).abs();
    settled(page, "the middle is shown", |state| off(state) < 0.03).await;
    // …and drawn to the first quarter.
    page.draw((x, y), (x - width / 4.0, y)).await;
    let near = |state: &State| (f64::from(state.film().played) / f64::from(length) - 0.25).abs() < 0.05;
    let seen = settled(page, "the first quarter is shown", near).await;
    assert!(!seen.film().playing && paused.film().trouble.is_none());
}

async fn change_pace(page: &Page) {
    page.press(HOME).await;
    let start = settled(page, "the start is shown", |state| state.film().played == 0).await;
    assert_eq!(start.film().pace, 1.0);
    for _ in 0..3 {
        page.press(UP).await;
    }
    page.until("it is eight times as fast", |state| state.film().pace == 8.0).await;
    page.click("film-toggle").await;
    // At eight times the pace the whole match of some ten seconds is over in two (and in ten at its own).
    let over =
        page.until_within(Duration::from_secs(6), "it is over", |state| state.film().played == state.film().length);
    assert!(!over.await.film().playing);
    page.js("const pace = document.getElementById('film-pace'); pace.focus()").await;
    page.press('1').await;
    page.until("a pace is chosen from the list", |state| [1.0, 16.0].contains(&state.film().pace)).await;
}

async fn follow(page: &Page) {
    page.press(HOME).await;
    page.click("film-previous").await;
    page.press(LEFT).await;
    page.js("document.getElementById('film-toggle').focus()").await;
    page.press(END).await;
    page.press(LEFT).await;
    let before = settled(page, "five seconds before the end", |state| !state.film().playing).await;
    // A click on the arena gives it the keyboard; from then on Tab goes from pilot to pilot.
    page.click_at(320.0, 40.0).await;
    page.until_js("the arena has the keyboard", "document.activeElement?.id === 'stage'").await;
    let mut names = vec![before.film().following.clone()];
    for _ in 0..8 {
        page.press(TAB).await;
        let last = names.last().cloned().flatten();
        let next = page.until("another pilot is followed", |state| state.film().following != last).await;
        names.push(next.film().following.clone());
    }
    assert!(names.contains(&Some("Ada".to_owned())), "{names:?}");
    // The first row of the leaderboard.
    let leader = page.js("return document.querySelector('#leaderboard li span:nth-child(2)').textContent").await;
    page.js("document.querySelector('#leaderboard li').id = 'first-row'").await;
    let [x, y, ..] = page.place_of("first-row").await;
    page.click_at(x, y).await;
    page.until("the leader is followed", |state| state.film().following.as_deref() == leader.as_str()).await;
    // Drawn aside, the camera follows nobody; F brings it back to somebody.
    page.draw((300.0, 150.0), (380.0, 150.0)).await;
    page.until("the camera is free", |state| state.film().following.is_none()).await;
    page.press('f').await;
    page.until("somebody is followed", |state| state.film().following.is_some()).await;
    // Set free it stands still, so that how far it is drawn can be told.
    page.click("film-free").await;
    let held = page.until("the camera stands", |state| state.film().following.is_none()).await.camera;
    page.draw((300.0, 150.0), (380.0, 150.0)).await;
    let moved = |state: &State| (state.camera.x - held.x) * held.pixels_per_unit;
    page.until("the camera is drawn by 80 px", |state| (moved(state) + 80.0).abs() < 5.0).await;
    page.press('f').await;
    page.until("somebody is followed", |state| state.film().following.is_some()).await;
}

#[test]
fn a_bad_file_is_one_sentence_and_the_next_good_one_plays() {
    stage::run("replay-bad", async |stage| {
        let folder = tempfile::tempdir().expect("a folder for the files");
        let (_, good) = wasm_checks::recordings::RECORDINGS[0];
        let mut wrong = good.to_vec();
        let last = wrong.len() - 1;
        wrong[last] ^= 1;
        let mut other = good.to_vec();
        other[15] ^= 1;
        let server = stage.server(&["--bots", "0"]).await;
        let page = theatre(stage, &server, &Window::SMALL).await;
        for (name, bytes, words) in [
            ("holiday.jpg", &b"GIF89a"[..], "holiday.jpg: this is not a Perihelion recording."),
            ("old.rec", b"PERIREC1....", "another version"),
            ("other.rec", &other, "other rules"),
            ("half.rec", &good[..40], "half.rec was cut short"),
        ] {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).expect("a file can be written");
            let open = page.state().await.phase == "watching";
            page.choose_file(if open { "film-another" } else { "film-file" }, &file).await;
            let seen = page.until("it says what is wrong", |state| {
                state.film().trouble.as_deref().is_some_and(|trouble| trouble.contains(words))
            });
            let seen = seen.await;
            let shown = if seen.phase == "watching" { "film-note" } else { "film-trouble" };
            page.until_visible(shown).await;
            assert!(page.words(shown).await.contains(words));
        }
        // Damaged at its very end: it plays up to there and says where it went wrong.
        let file = folder.path().join("wrong.rec");
        std::fs::write(&file, &wrong).expect("a file can be written");
        page.choose_file("film-another", &file).await;
        page.until("it is open", |state| state.film().trouble.is_none() && state.film().length == 3_600).await;
        page.press(END).await;
        page.until("the damage is found", |state| {
            state.film().trouble.as_deref().is_some_and(|trouble| trouble.contains("diverged by tick 3600 (1:00"))
        })
        .await;
        page.until_visible("film-note").await;
        // Dropped onto the page.
        let drop = "
            const data = new DataTransfer();
            const bytes = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));
            data.items.add(new File([bytes], 'dropped.rec'));
            const event = (name) => new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true });
            const stage = document.getElementById('stage');
            stage.dispatchEvent(event('dragover'));
            stage.dispatchEvent(event('drop'));";
        let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, good);
        page.js_with(drop, encoded.into()).await;
        page.until("the dropped file plays", |state| state.film().trouble.is_none() && state.film().playing).await;
        page.until_js("its name is shown", "document.getElementById('film-title').textContent.includes('dropped.rec')")
            .await;
        assert!(page.js("return document.body.classList.contains('dropping')").await == false);
    });
}

#[test]
fn recordings_look_right_on_a_desk_and_on_a_phone() {
    stage::run("replay-looks", async |stage| {
        let folder = tempfile::tempdir().expect("a folder for the recording");
        let file = folder.path().join("crowd.rec");
        let (_, crowd) =
            wasm_checks::recordings::RECORDINGS.iter().find(|(name, _)| *name == "crowd").expect("it is one");
        std::fs::write(&file, crowd).expect("a file can be written");
        let server = stage.server(&["--bots", "0"]).await;
        for (name, window) in [("desk", Window::DESKTOP), ("phone", Window::PHONE)] {
            let page = theatre(stage, &server, &window).await;
            page.until_visible("film-open").await;
            page.picture(&format!("replay-{name}-choosing")).await;
            open(&page, &file).await;
            page.press(' ').await;
            page.press(END).await;
            page.press(LEFT).await;
            settled(&page, "five seconds before the end", |state| state.film().played == 3_300).await;
            let looks = picture::glance(&page.picture(&format!("replay-{name}")).await);
            assert!(looks.colours > 200 && looks.blandest < 0.9, "{looks:?}");
            click_a_ship(&page, &window).await;
            // Every control lies inside the window, and is large enough for a finger on the phone.
            for id in ["film-seek", "film-toggle", "film-previous", "film-next", "film-pace", "film-free", "film-back"]
            {
                let [x, y, width, height] = page.place_of(id).await;
                let (right, bottom) = (f64::from(window.width), f64::from(window.height));
                assert!(x - width / 2.0 >= 0.0 && x + width / 2.0 <= right, "{name}: {id} at {x} ± {width}");
                assert!(y - height / 2.0 >= 0.0 && y + height / 2.0 <= bottom, "{name}: {id} at {y} ± {height}");
                assert!(id == "film-seek" || height >= 36.0, "{name}: {id} is {height} high");
            }
        }
    });
}

#[test]
fn a_recording_is_watched_from_the_server_by_its_address() {
    stage::run("replay-address", async |stage| {
        let (_, recording) = wasm_checks::recordings::RECORDINGS[0];
        let folder = stage::page_with("the match.rec", recording);
        let path = folder.path().to_str().expect("a temporary path is UTF-8");
        let server = stage.server(&["--bots", "0", "--client-dir", path]).await;
        let page = stage.browser(&Window::SMALL).await;
        page.open(&format!("{}replay?src=/films/the%20match.rec", server.url)).await;
        let seen = page.until("it plays", |state| state.phase == "watching" && !state.ships.is_empty()).await;
        assert_eq!((seen.film().length, seen.film().trouble.as_deref()), (3_600, None));
        page.until_hidden("film-open").await;
        let named = "document.getElementById('film-title').textContent.includes('the match.rec')";
        page.until_js("it is called by its name", named).await;

        page.expect_console(&["404"]);
        for (src, words) in [
            ("/films/none.rec", "none.rec: the server has no such file."),
            ("/", "/: this is not a Perihelion recording."),
            ("//127.0.0.1:9/match.rec", "//127.0.0.1:9/match.rec: an address here is a path on this server"),
            ("/%5C127.0.0.1:9/match.rec", "begins with a single /."),
            ("http://127.0.0.1:9/match.rec", "begins with a single /."),
            ("films/the%20match.rec", "begins with a single /."),
        ] {
            page.open(&format!("{}replay?src={src}", server.url)).await;
            refused(&page, words).await;
        }
        // After a refusal the page is the one that opens files.
        let file = folder.path().join("films/the match.rec");
        open(&page, &file).await;
    });
}

#[test]
fn a_recording_that_is_too_large_or_does_not_come_is_refused() {
    stage::run("replay-address-bad", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        for (answer, words) in [
            ("new Response('x', { headers: { 'content-length': '67108865' } })", "match.rec: larger than the 64 MB"),
            ("new Response(new Uint8Array(67108865))", "match.rec: larger than the 64 MB"),
            ("new Response('x', { status: 503 })", "match.rec: the server does not give it (503)."),
            ("Promise.reject(new TypeError('network'))", "match.rec: the server cannot be reached."),
            (
                "new Response(new ReadableStream({ start(to) { to.error(new TypeError('cut')) } }))",
                "match.rec: the server stopped before all of it had come.",
            ),
        ] {
            let page = stage.browser(&Window::SMALL).await;
            let own = format!(
                "const real = window.fetch; window.fetch = async (what, how) => \
                 what === '/match.rec' ? {answer} : real(what, how)"
            );
            page.before_load(&own).await;
            page.open(&format!("{}replay?src=/match.rec", server.url)).await;
            refused(&page, words).await;
        }
    });
}

/// The page still asks for a file, and says why it has none.
async fn refused(page: &Page, words: &str) {
    let seen = page.until("it says what is wrong", |state| {
        state.phase == "choosing" && state.film().trouble.as_deref().is_some_and(|trouble| trouble.contains(words))
    });
    seen.await;
    page.until_visible("film-trouble").await;
    assert!(page.words("film-trouble").await.contains(words));
}

/// Clicks the ship nearest to the middle, and expects to follow it. Goes back in time until one is well inside the window.
async fn click_a_ship(page: &Page, window: &Window) {
    let middle = [window.width, window.height].map(|side| f64::from(side) / 2.0);
    for _ in 0..10 {
        let seen = page.state().await;
        let off = |ship: &Ship| {
            let (x, y) = (ship.x - seen.camera.x, ship.y - seen.camera.y);
            (x * seen.camera.pixels_per_unit, -y * seen.camera.pixels_per_unit)
        };
        let away = |ship: &Ship| off(ship).0.hypot(off(ship).1);
        let nearest = seen.ships.iter().min_by(|a, b| away(a).total_cmp(&away(b))).expect("there are ships");
        let (x, y) = off(nearest);
        if x.abs() < middle[0] * 0.4 && y.abs() < middle[1] * 0.4 {
            page.click_at(middle[0] + x, middle[1] + y).await;
            page.until("the ship that was clicked is followed", |state| state.film().following == nearest.name).await;
            return;
        }
        page.press(LEFT).await;
        let before = seen.film().played;
        settled(page, "five seconds earlier", |state| state.film().played + 300 == before).await;
    }
    panic!("no ship came near the middle in fifty seconds");
}

#[test]
fn the_shipped_binary_verifies_every_golden_recording() {
    let folder = tempfile::tempdir().expect("a folder for the recordings");
    for ((name, bytes), line) in wasm_checks::recordings::RECORDINGS.iter().zip(wasm_checks::recordings::PLAYED.lines())
    {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).expect("a file can be written");
        let output = Command::new(stage::variable("PERIHELION_BIN")).arg("replay").arg(&file).output();
        let output = output.expect("the server binary can be started");
        let words = String::from_utf8_lossy(&output.stdout);
        let checksum = line.rsplit(' ').next().expect("a line ends with its check sum");
        assert!(output.status.success() && words.contains(checksum), "{name}: {words} for {line}");
    }
}
