//! Determinism across the border: the recorded matches, played by a plain wasm module inside the browser, end exactly
//! as they do natively.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{page::Window, stage};

const PLAY_ALL: &str = "
    const [base64, done] = arguments;
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    WebAssembly.instantiate(bytes, {}).then(({ instance: { exports } }) => {
      const lines = [];
      for (let script = 0; script < exports.golden_scripts(); script++) {
        const count = exports.golden_run(script);
        const sums = Array.from({ length: count }, (_, index) => exports.golden_at(index) >>> 0);
        lines.push(sums.map((sum) => sum.toString(16).padStart(8, '0')).join(' '));
      }
      done(lines.join('\\n') + '\\n');
    }).catch((error) => done('failed: ' + error));";

const PLAY_RECORDINGS: &str = "
    const [base64, done] = arguments;
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    WebAssembly.instantiate(bytes, {}).then(({ instance: { exports } }) => {
      const rows = [];
      for (let index = 0; index < exports.recordings_count(); index++) {
        const ticks = exports.recordings_play(index);
        rows.push([ticks, ...[0, 1, 2].map((fact) => exports.recordings_fact(fact) >>> 0)]);
      }
      done(rows);
    }).catch((error) => done('failed: ' + error));";

#[test]
fn recordings_end_the_same_in_the_browser() {
    stage::run("wasm-recordings", async |stage| {
        let module = std::fs::read(stage::variable("PERIHELION_WASM_CHECKS")).expect("xtask built the module");
        let page = stage.browser(&Window::SMALL).await;
        page.open("about:blank").await;
        let found = page.js_async(PLAY_RECORDINGS, BASE64_STANDARD.encode(module).into()).await;
        let rows: Vec<[u32; 4]> =
            serde_json::from_value(found.clone()).unwrap_or_else(|error| panic!("{error}: {found}"));
        let names = wasm_checks::recordings::RECORDINGS.map(|(name, _)| name);
        let lines = names.iter().zip(&rows).map(|(name, [ticks, kills, pilots, checksum])| {
            format!("{name} {ticks} ticks {kills} kills {pilots} pilots {checksum:08x}\n")
        });
        assert_eq!(lines.collect::<String>(), wasm_checks::recordings::PLAYED);
    });
}

#[test]
fn recorded_matches_end_the_same_in_the_browser() {
    stage::run("wasm", async |stage| {
        let module = std::fs::read(stage::variable("PERIHELION_WASM_CHECKS")).expect("xtask built the module");
        let page = stage.browser(&Window::SMALL).await;
        page.open("about:blank").await;
        let found = page.js_async(PLAY_ALL, BASE64_STANDARD.encode(module).into()).await;
        let found = found.as_str().expect("text");
        let golden = wasm_checks::GOLDEN;
        for (number, (found, golden)) in found.lines().zip(golden.lines()).enumerate() {
            let second = found.split(' ').zip(golden.split(' ')).position(|(found, golden)| found != golden);
            assert_eq!(second, None, "match {number} differs in the browser first at second {second:?}");
        }
        assert_eq!(found, golden);
        println!("{} matches, {} checksums", golden.lines().count(), golden.split_whitespace().count());
    });
}
