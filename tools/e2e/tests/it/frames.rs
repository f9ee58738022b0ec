//! What a frame costs the page, and that memory does not grow: the page `/bench`, and a live arena. The figures are a
//! benchmark (`cargo xtask bench-frames`); the gate only sees that it runs.

use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    fight,
    page::{Page, Window},
    stage::{self, Stage},
};

/// So few pixels that the time is the page's, not that of a graphics card made of software; all of the crowd is in sight.
const TINY: Window = Window { width: 320, height: 180, ..Window::SMALL };
/// How long memory is watched.
const MEMORY_TIME: Duration = Duration::from_secs(300);

/// Growth of the page's memory after its first minute that is no leak, KiB.
const GROWTH_KIB_MAX: u64 = 512;

async fn figures(page: &Page) -> Value {
    page.js("return JSON.parse(perihelion.state())").await
}

async fn drawn(page: &Page, frames: u32) -> Value {
    page.until_js("it draws", &format!("JSON.parse(perihelion.state())?.frames >= {frames}")).await;
    figures(page).await
}

/// The page `/bench` with a recorded fight for its netcode, from that folder.
async fn bench(stage: &Stage, folder: &TempDir) -> Page {
    let path = folder.path().to_str().expect("a temporary path is UTF-8");
    let server = stage.server(&["--bots", "0", "--client-dir", path]).await;
    let page = stage.browser(&TINY).await;
    page.before_load(PEAK).await;
    page.open(&format!("{}bench?src=/films/fight.bin", server.url)).await;
    page
}

#[test]
fn the_thickest_fight_is_heard_drawn_and_timed() {
    stage::run("bench", async |stage| {
        let folder = stage::page_with("fight.bin", &fight::recorded(600));
        let page = bench(stage, &folder).await;
        page.until_js("the netcode works", "JSON.parse(perihelion.state())?.netcode_frames >= 20").await;
        let seen = figures(&page).await;
        for (what, count) in [("ships", 200), ("shots", 400), ("rocks", 300)] {
            assert_eq!(seen[what], count, "{seen}");
        }
        assert!(seen["particles"].as_u64().is_some_and(|particles| particles > 1_000), "{seen}");
        assert!(seen["known_ships"].as_u64().is_some_and(|ships| ships > 50), "{seen}");
        page.picture("bench").await;
        // Two hundred ships that fire, burst and hum in one's ears do not clip.
        page.press('x').await;
        page.until_js("two seconds were heard", "window.heard > 2").await;
        let peak = page.js("return window.peak").await;
        println!("the loudest sample of the fight: {peak}");
        assert!(peak.as_f64().is_some_and(|peak| peak > 0.05 && peak < 1.0), "{peak}");
    });
}

/// Listens to what goes to the loudspeaker: its loudest sample, and for how many seconds.
pub const PEAK: &str = "
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (to, ...rest) {
        if (to instanceof AudioDestinationNode) {
            const ear = this.context.createAnalyser(), samples = new Float32Array(ear.fftSize = 32768);
            window.peak = 0;
            connect.call(this, ear);
            setInterval(() => {
                ear.getFloatTimeDomainData(samples);
                window.peak = Math.max(window.peak, ...[0, 8192, 16384, 24576].map(
                    at => samples.subarray(at, at + 8192).reduce((a, b) => Math.max(a, Math.abs(b)), 0)));
                window.heard = this.context.currentTime;
            }, 200);
        }
        return connect.call(this, to, ...rest);
    };";

#[test]
#[ignore = "a benchmark: cargo xtask bench-frames"]
fn what_a_frame_costs() {
    stage::run("bench-frames", async |stage| {
        let folder = stage::page_with("fight.bin", &fight::recorded(900));
        let page = bench(stage, &folder).await;
        let seen = drawn(&page, 400).await;
        println!("200 ships, 400 shots, 300 rocks, {} particles, {} frames;", seen["particles"], seen["frames"]);
        println!("the netcode knows of {} ships and {} shots:", seen["known_ships"], seen["known_shots"]);
        println!(
            "p50 {} ms, p95 {} ms, p99 {} ms, max {} ms",
            seen["ms_p50"], seen["ms_p95"], seen["ms_p99"], seen["ms_max"]
        );
        println!("of it netcode: p50 {} ms, p95 {} ms", seen["netcode_ms_p50"], seen["netcode_ms_p95"]);
    });
}

/// From the navigation to the moment at which Play can be clicked, and to the arena behind it; ms, both.
const INTERACTIVE: &str = "const seen = { play: null, arena: null };
    const watch = setInterval(() => {
      const state = window.perihelion ? JSON.parse(perihelion.state()) : null;
      const play = document.getElementById('play');
      if (seen.play === null && state && play && !play.disabled && play.getClientRects().length) seen.play = performance.now();
      if (seen.arena === null && state?.phase === 'spectating' && state.tick > 0 && state.drawing) seen.arena = performance.now();
      if (seen.play !== null && seen.arena !== null) { clearInterval(watch); window.interactive = seen; }
    }, 5);";

#[test]
#[ignore = "a benchmark: cargo xtask bench-frames"]
fn how_soon_one_can_play() {
    stage::run("bench-interactive", async |stage| {
        let server = stage.server(&["--bots", "16"]).await;
        for _ in 0..5 {
            let page = stage.browser(&TINY).await;
            page.before_load(INTERACTIVE).await;
            page.open(&server.url).await;
            page.until_js("it is interactive", "window.interactive").await;
            let seen = page.js("return window.interactive").await;
            println!("Play can be clicked after {} ms, the arena is in sight after {} ms", seen["play"], seen["arena"]);
            stage.dismiss_last().await;
        }
    });
}

#[test]
#[ignore = "a benchmark: cargo xtask bench-frames"]
fn memory_does_not_grow_in_five_minutes() {
    stage::run_for("bench-memory", MEMORY_TIME * 2, async |stage| {
        let server = stage.server(&["--bots", "48"]).await;
        let page = stage.player(&server, &TINY, "Witness").await;
        // Being shot down and flying again is part of it.
        page.keep_flying().await;
        let begun = Instant::now();
        let mut minute = 0;
        let mut wasm = Vec::new();
        while begun.elapsed() < MEMORY_TIME {
            if begun.elapsed().as_secs() / 30 >= minute {
                let heap = page.js("return performance.memory?.usedJSHeapSize ?? 0").await;
                let seen = figures(&page).await;
                wasm.push(kib(&seen["memory_bytes"]));
                println!(
                    "{:>3} s: {} KiB of wasm, {} KiB of JavaScript",
                    minute * 30,
                    kib(&seen["memory_bytes"]),
                    kib(&heap)
                );
                minute += 1;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        // What the first minute needs it keeps; then there is no reason for more than a little.
        let (warm, last) = (wasm.get(2).copied().unwrap_or_default(), wasm.last().copied().unwrap_or_default());
        assert!(last <= warm + GROWTH_KIB_MAX, "from {warm} to {last} KiB");
    });
}

fn kib(bytes: &Value) -> u64 {
    bytes.as_u64().unwrap_or_default() / 1_024
}
