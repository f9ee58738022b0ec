//! What a test stands on: servers, pages, and the tidying up after them, whether the test passed or not.
//!
//! Invariant: one test at a time, because two software-drawn browsers on one machine would measure each other; and
//! no browser or server outlives its test.

use std::{
    cell::RefCell,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{
    driver::Driver,
    page::{Page, Window},
    server::{Folder, GameServer, Process, ServerLog},
};

/// A test that takes longer than this hangs.
const TEST_TIME_MAX: Duration = Duration::from_secs(150);

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// One test's belongings.
pub struct Stage {
    driver: Driver,
    pages: RefCell<Vec<Page>>,
    servers: RefCell<Vec<(Process, ServerLog)>>,
}

/// Runs a test. `name` is for the files it leaves behind when it fails.
pub fn run(name: &str, test: impl AsyncFnOnce(&Stage)) {
    run_for(name, TEST_TIME_MAX, test);
}

/// The same for something that takes longer than tests should.
pub fn run_for(name: &str, time_max: Duration, test: impl AsyncFnOnce(&Stage)) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be made");
    let stage = runtime.block_on(async {
        Stage { driver: Driver::start().await, pages: RefCell::default(), servers: RefCell::default() }
    });
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let in_time = tokio::time::timeout(time_max, test(&stage)).await;
            assert!(in_time.is_ok(), "the test took longer than {time_max:?}");
        });
    }));
    let outcome =
        outcome.and_then(|()| catch_unwind(AssertUnwindSafe(|| runtime.block_on(stage.expect_quiet_consoles()))));
    runtime.block_on(stage.leave(name, outcome.is_err()));
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

impl Stage {
    /// A server with these flags besides the ones every test needs.
    pub async fn server(&self, flags: &[&str]) -> GameServer {
        let server = GameServer::start(flags).await;
        self.servers.borrow_mut().push((server.process(), server.log()));
        server
    }

    /// A server with these settings.
    pub async fn server_of(&self, settings: &str) -> GameServer {
        let mut file = tempfile::NamedTempFile::new().expect("a file for the settings");
        file.write_all(settings.as_bytes()).expect("it can be written");
        // Read at the start, so it need not outlive this.
        self.server(&["--config", file.path().to_str().expect("a plain path")]).await
    }

    /// A server on the port and with what is kept of an earlier one of this test.
    pub async fn server_again(&self, folder: Folder, port: u16, flags: &[&str]) -> GameServer {
        let server = GameServer::start_in(folder, port, flags).await;
        self.servers.borrow_mut().push((server.process(), server.log()));
        server
    }

    /// A fresh browser, not yet anywhere.
    pub async fn browser(&self, window: &Window) -> Page {
        let page = Page::start(&self.driver, window).await;
        self.pages.borrow_mut().push(page.clone());
        page
    }

    /// A fresh browser that looks at the server, the arena in sight.
    pub async fn visitor(&self, server: &GameServer, window: &Window) -> Page {
        self.visitor_with(server, window, "").await
    }

    /// The same, with a script that runs before the page's own.
    pub async fn visitor_with(&self, server: &GameServer, window: &Window, script: &str) -> Page {
        let page = self.browser(window).await;
        page.before_load(script).await;
        page.open(&server.url).await;
        page.until("the arena is in sight", |state| state.phase == "spectating" && state.tick > 0).await;
        page
    }

    /// A fresh browser that plays.
    pub async fn player(&self, server: &GameServer, window: &Window, name: &str) -> Page {
        let page = self.visitor(server, window).await;
        page.play(name).await;
        page
    }

    /// Ends the browser that was begun last, if it had no complaint: one that draws leaves the next less time to.
    pub async fn dismiss_last(&self) {
        let last = self.pages.borrow_mut().pop().expect("there is a page");
        last.expect_quiet_console().await;
        last.close().await;
    }

    async fn expect_quiet_consoles(&self) {
        let pages = self.pages.borrow().clone();
        for page in pages {
            page.expect_quiet_console().await;
        }
    }

    async fn leave(&self, name: &str, failed: bool) {
        for (number, page) in self.pages.take().into_iter().enumerate() {
            if failed {
                page.confess(&format!("{name}-{number}")).await;
            }
            page.close().await;
        }
        if failed {
            for (_, log) in self.servers.take() {
                eprintln!("--- the server said:\n{}", log.text());
            }
        }
    }
}

/// Where pictures go: `target/e2e` when started by xtask.
pub fn out() -> PathBuf {
    let folder = std::env::var_os("PERIHELION_E2E_OUT")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("e2e"), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
    folder
}

/// The built page in a folder of its own, with a file beside it that the server gives as `/films/NAME`.
pub fn page_with(name: &str, bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the page");
    for file in std::fs::read_dir(variable("PERIHELION_PAGE")).expect("the page is built") {
        let file = file.expect("the folder can be read");
        std::fs::copy(file.path(), folder.path().join(file.file_name())).expect("a file can be copied");
    }
    std::fs::create_dir(folder.path().join("films")).expect("a folder can be made");
    std::fs::write(folder.path().join("films").join(name), bytes).expect("a file can be written");
    folder
}

/// A variable that `cargo xtask test` sets.
pub fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).map(PathBuf::from).unwrap_or_else(|| {
        panic!("{name} is not set: these tests are run by `cargo xtask test e2e`, which builds what they need")
    })
}
