//! The game through a real nginx with the configuration that the documentation gives: https, wss, and the visitor's own
//! address behind it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use crate::{
    page::{Page, Window},
    stage,
};

/// Software rendering as everywhere, and a certificate that nobody vouches for.
const BEHIND_NGINX: Window = Window { width: 1_280, height: 720, flags: SELF_SIGNED, touch: false };
const SELF_SIGNED: &[&str] = &["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-certificate-errors"];
/// The documentation's own.
const CONFIG: &str = include_str!("../../../../docs/nginx.conf");

#[test]
fn the_game_is_played_through_nginx_with_tls() {
    let Some(program) = nginx() else {
        // The gate installs it where it can.
        println!(
            "SKIPPED: there is no nginx (Debian: apt install nginx-light), so the documentation's example is not tested"
        );
        return;
    };
    stage::run("nginx", async |stage| {
        let server = stage.server(&["--bots", "8", "--trusted-proxies", "127.0.0.1"]).await;
        let nginx = Nginx::start(&program, server.port).await;
        let page = stage.browser(&BEHIND_NGINX).await;
        page.open(&format!("https://localhost:{}/", nginx.port)).await;
        page.until("the arena is in sight", |state| state.phase == "spectating" && state.tick > 0).await;
        let seen = page.play("Proxied").await;
        page.until("time goes on", |state| state.tick > seen.tick + 60).await;
        page.picture("nginx").await;
        examined(&page, nginx.port).await;
    });
}

/// The doctor finds nothing in the way, and names the proxy.
async fn examined(page: &Page, port: u16) {
    page.open(&format!("https://localhost:{port}/check")).await;
    page.until_js("the examination has ended", "document.getElementById('verdict').dataset.done === 'yes'").await;
    let report = page.words("report").await;
    for line in ["[ok  ] Encryption: https", "[ok  ] Proxy: a proxy that says so", "[ok  ] WebSocket: opens in"] {
        assert!(report.contains(line), "{line} in {report}");
    }
}

fn nginx() -> Option<PathBuf> {
    let named = std::env::var_os("NGINX").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    named.or_else(|| folders.map(|folder| folder.join("nginx")).find(|file| file.is_file()))
}

/// A running nginx; killed when dropped.
struct Nginx {
    port: u16,
    _child: Child,
    _folder: tempfile::TempDir,
}

impl Nginx {
    async fn start(program: &Path, to: u16) -> Nginx {
        let folder = tempfile::tempdir().expect("a folder for nginx");
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).expect("written");
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).expect("written");
        // nginx takes no port 0; between asking for a free one and using it somebody else may be faster.
        for _ in 0..5 {
            let port = free_port();
            std::fs::write(folder.path().join("nginx.conf"), config(folder.path(), port, to)).expect("written");
            let mut child = Command::new(program)
                .arg("-c")
                .arg(folder.path().join("nginx.conf"))
                .arg("-p")
                .arg(folder.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::inherit())
                .kill_on_drop(true)
                .spawn()
                .expect("nginx can be started");
            if listens(port, &mut child).await {
                return Nginx { port, _child: child, _folder: folder };
            }
        }
        panic!("nginx does not start; it said why above");
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("bound").port()
}

/// Whether it takes connections; false when it has ended.
async fn listens(port: u16, child: &mut Child) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if child.try_wait().expect("it can be asked").is_some() {
            return false;
        }
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

/// The documentation's file with the places of this test, in the frame that Debian's nginx.conf gives it.
fn config(folder: &Path, port: u16, to: u16) -> String {
    let folder = folder.display();
    let mut site = CONFIG.to_owned();
    for (documented, here) in [
        ("listen 443 ssl;", format!("listen 127.0.0.1:{port} ssl;")),
        ("/etc/letsencrypt/live/play.example.org/fullchain.pem", format!("{folder}/cert.pem")),
        ("/etc/letsencrypt/live/play.example.org/privkey.pem", format!("{folder}/key.pem")),
        ("http://127.0.0.1:8080", format!("http://127.0.0.1:{to}")),
    ] {
        assert!(site.contains(documented), "docs/nginx.conf has no {documented}");
        site = site.replace(documented, &here);
    }
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = temporary.map(|kind| format!("{kind}_temp_path {folder}/{kind};\n")).concat();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr error;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}{site}}}\n"
    )
}
