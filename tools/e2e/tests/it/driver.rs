//! ChromeDriver as a child process, and the commands it knows beyond the WebDriver standard.

use std::{process::Stdio, time::Duration};

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};
use url::{ParseError, Url};

/// A running driver; killed when dropped.
pub struct Driver {
    /// Where it listens.
    pub url: String,
    _child: Child,
}

impl Driver {
    /// Starts it on a port of the system's choosing.
    pub async fn start() -> Driver {
        let program = std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut child = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let port = timeout(Duration::from_secs(15), async {
            while let Ok(Some(line)) = lines.next_line().await {
                // "ChromeDriver was started successfully on port 41234."
                if let Some((_, rest)) = line.split_once("successfully on port ") {
                    return rest.trim_end_matches('.').parse::<u16>().ok();
                }
            }
            None
        });
        let port = port.await.ok().flatten().expect("chromedriver says which port it listens on");
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Driver { url: format!("http://127.0.0.1:{port}"), _child: child }
    }
}

/// A command of ChromeDriver's own.
#[derive(Debug)]
pub enum Extension {
    /// Takes the lines out of the browser's console.
    Console,
    /// A command of the Chrome DevTools Protocol.
    DevTools {
        /// Its name, `Domain.method`.
        name: &'static str,
        /// Its parameters.
        params: Value,
    },
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&match self {
            Extension::Console => format!("session/{session}/se/log"),
            Extension::DevTools { .. } => format!("session/{session}/goog/cdp/execute"),
        })
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = match self {
            Extension::Console => json!({ "type": "browser" }),
            Extension::DevTools { name, params } => json!({ "cmd": name, "params": params }),
        };
        (Method::POST, Some(body.to_string()))
    }
}
