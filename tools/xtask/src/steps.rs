//! What the gate checks, in one table. Adding a check is a row here and a function below.
//!
//! The order puts what fails quickly first. Profiles are chosen so that little is compiled twice: the tests share the
//! dev profile, `docs` takes the metadata that `clippy` made, and `e2e` runs the binary that `build` made, which is
//! the one that ships.

use std::{ffi::OsStr, process::ExitCode};

use anyhow::{Context, Result, ensure};

use crate::{
    browser, client,
    dist::{self, Weight},
    gate::Step,
    nginx, page, python2, server,
    toolchain::{self, Tree, WASM_TARGET},
};

/// The suite should be done by then, s, compiling included.
const SUITE_SECS: u64 = 120;

/// Every step, in order.
pub const ALL: &[Step] = &[
    Step { name: "tools", promise: "the wasm target and a browser to test in are there", run: tools },
    Step { name: "fmt", promise: "the code is formatted", run: fmt },
    Step { name: "clippy", promise: "no lint complains, natively and for the browser", run: clippy },
    Step { name: "unit", promise: "unit, property and simulation tests pass", run: unit },
    Step { name: "autobahn", promise: "the strictest WebSocket client there is finds nothing wrong", run: autobahn },
    Step { name: "wasm", promise: "recorded matches end the same natively and in the browser", run: wasm },
    Step { name: "page", promise: "index.html and Trunk.toml agree with what xtask builds", run: page_agreement },
    Step { name: "build", promise: "client and server build in release", run: build },
    Step { name: "size", promise: "the first view moves at most 400 KB (as brotli; 480 as gzip)", run: size },
    Step { name: "suite", promise: "three hundred matches on bad lines keep every promise of the netcode", run: suite },
    Step { name: "balance", promise: "arenas of bots stay fair, and lives long enough", run: balance },
    Step { name: "e2e", promise: "the real server is played in a real browser", run: e2e },
    Step { name: "docs", promise: "the documentation builds without a warning", run: docs },
];

fn tools(tree: &Tree) -> Result<()> {
    toolchain::ensure_wasm_target(tree)?;
    let browser = browser::ensure()?;
    println!("{}, {}", browser.chromium.display(), browser.driver.display());
    match nginx::ensure(tree) {
        Some(program) => println!("{}", program.display()),
        None => println!("note: no nginx, so docs/nginx.conf will not be tried (Debian: `apt install nginx-light`)"),
    }
    Ok(())
}

fn fmt(tree: &Tree) -> Result<()> {
    tree.cargo("`cargo fmt --check` (mend it with `cargo fmt`)", &["fmt", "--all", "--check"], &[])
}

fn clippy(tree: &Tree) -> Result<()> {
    let native = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    tree.cargo("clippy", &native, &[])?;
    toolchain::ensure_wasm_target(tree)?;
    let packages = ["client-wasm", "arena-wasm", "pages-wasm", "wasm-checks"].map(|name| ["--package", name]).concat();
    let browser = [&["clippy", "--target", WASM_TARGET][..], &packages, &["--", "-D", "warnings"]].concat();
    tree.cargo("clippy for the browser", &browser, &[])
}

fn unit(tree: &Tree) -> Result<()> {
    tree.cargo("the tests", &["test", "--workspace", "--exclude", "e2e"], &[])
}

/// Autobahn's fuzzing client is a program for Python 2. Where there is none, this step says so and passes.
fn autobahn(tree: &Tree) -> Result<()> {
    let Some(python) = python2::find() else {
        println!(
            "SKIPPED: there is no Python 2.7 here, and Autobahn runs on no other (https://www.python.org/downloads/release/python-2718)"
        );
        return Ok(());
    };
    let Some(library) = python2::autobahn(tree, &python)? else {
        println!("SKIPPED: {} could not install Autobahn (see above)", python.display());
        return Ok(());
    };
    let args = ["test", "--package", "server", "--lib", "--", "--ignored", "autobahn_finds_nothing"];
    tree.cargo("Autobahn", &args, &[("PYTHON2", python.as_os_str()), ("AUTOBAHN", library.as_os_str())])
}

fn wasm(tree: &Tree) -> Result<()> {
    toolchain::ensure_wasm_target(tree)?;
    client::compile(tree, "wasm-checks")?;
    in_browser(tree, "the wasm checks", &["wasm_checks::"])
}

fn page_agreement(tree: &Tree) -> Result<()> {
    let version = page::locked_version(&tree.root, "wasm-bindgen")?;
    let library = page::locked_version(&tree.root, "wasm-bindgen-cli-support")?;
    ensure!(version == library, "Cargo.lock has wasm-bindgen {version} but wasm-bindgen-cli-support {library}");
    page::check_agreement(&tree.root, &version)
}

fn build(tree: &Tree) -> Result<()> {
    let binary = server::build(tree)?;
    println!("{}", binary.display());
    Ok(())
}

fn size(tree: &Tree) -> Result<()> {
    let Weight { plain, brotli, gzip } = dist::weigh(&tree.target.join("client"), page::is_later)
        .context("there is no finished page to weigh: run the step `build` first")?;
    let [plain, small, medium] = [plain, brotli, gzip].map(server::kilobytes);
    println!("first view: {small} as brotli, {medium} as gzip, {plain} unpacked");
    for (kind, bytes, limit) in
        [("brotli", brotli, client::FIRST_VIEW_BYTES_MAX), ("gzip", gzip, client::FIRST_VIEW_GZIP_BYTES_MAX)]
    {
        ensure!(bytes <= limit, "the first view as {kind} is larger than {}", server::kilobytes(limit));
    }
    Ok(())
}

/// Two minutes on two cores; a failure names its seed and the command that replays it alone.
fn suite(tree: &Tree) -> Result<()> {
    let report = tree.target.join("suite.json");
    let begun = std::time::Instant::now();
    let args = ["run", "--release", "--package", "suite", "--", "--seeds", "300", "--secs", "60", "--json"];
    let args = [&args[..], &[report.to_str().context("the target folder has no readable name")?]].concat();
    tree.cargo("the simulation suite", &args, &[])?;
    let secs = begun.elapsed().as_secs();
    if secs > SUITE_SECS {
        println!("it took {secs} s; on two idle cores it should be {SUITE_SECS} at most");
    }
    Ok(())
}

/// The arenas of docs/BALANCE.md; its duels take minutes and are played by hand.
fn balance(tree: &Tree) -> Result<()> {
    tree.cargo("the arenas", &["run", "--release", "--package", "balance", "--", "--duels", "0"], &[])
}

fn e2e(tree: &Tree) -> Result<()> {
    in_browser(tree, "the end-to-end tests", &["--skip", "wasm_checks::"])
}

/// The benchmarks of the page: see `tools/e2e/tests/it/frames.rs`.
pub fn bench_frames() -> Result<ExitCode> {
    let tree = Tree::find()?;
    server::build(&tree)?;
    in_browser(&tree, "the benchmarks of the page", &["--ignored", "--nocapture", "frames::"])?;
    Ok(ExitCode::SUCCESS)
}

fn docs(tree: &Tree) -> Result<()> {
    let args = ["doc", "--workspace", "--no-deps", "--keep-going"];
    tree.cargo("the documentation", &args, &[("RUSTDOCFLAGS", OsStr::new("-D warnings"))])
}

/// Runs tests of `tools/e2e`, one after the other: two browsers at once would measure each other.
fn in_browser(tree: &Tree, what: &str, filter: &[&str]) -> Result<()> {
    let browser = browser::ensure()?;
    let pictures = tree.target.join("e2e");
    std::fs::create_dir_all(&pictures).with_context(|| format!("cannot make {}", pictures.display()))?;
    let binary = tree.program("release", "perihelion");
    let module = client::compiled(tree, "wasm-checks");
    let args = [&["test", "--package", "e2e", "--", "--test-threads=1"][..], filter].concat();
    let page = tree.target.join("client");
    let mut env: Vec<(&str, &OsStr)> = vec![
        // A failing test tells with words and pictures; frames of the async machinery would bury them.
        ("RUST_BACKTRACE", OsStr::new("0")),
        ("PERIHELION_BIN", binary.as_os_str()),
        ("PERIHELION_PAGE", page.as_os_str()),
        ("PERIHELION_WASM_CHECKS", module.as_os_str()),
        ("PERIHELION_E2E_OUT", pictures.as_os_str()),
        ("CHROMIUM", browser.chromium.as_os_str()),
        ("CHROMEDRIVER", browser.driver.as_os_str()),
    ];
    let nginx = nginx::find(tree);
    env.extend(nginx.iter().map(|program| ("NGINX", program.as_os_str())));
    tree.cargo(what, &args, &env)
}
