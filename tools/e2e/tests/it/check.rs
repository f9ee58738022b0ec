//! The connection doctor's page: what it finds on a good line and behind a proxy that knows no WebSocket, and the arena
//! pushed and polled side by side.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    page::{Page, Window},
    stage,
};

/// What the examination has come to, by the row's id.
const GRADE: &str = "return document.getElementById('row-' + arguments[0]).dataset.grade || ''";

async fn grade(page: &Page, row: &str) -> String {
    page.js_with(GRADE, row.into()).await.as_str().unwrap_or_default().to_owned()
}

async fn examined(page: &Page) -> String {
    page.until_js("the examination has ended", "document.getElementById('verdict').dataset.done === 'yes'").await;
    page.words("report").await
}

/// The number at the start of a figure.
async fn figure(page: &Page, id: &str) -> f64 {
    let words = page.words(id).await;
    words.split([' ', '/']).next().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{id}: {words}"))
}

#[test]
fn a_good_line_is_found_good_and_push_is_fresher_than_poll() {
    stage::run("check", async |stage| {
        let server = stage.server(&["--bots", "16"]).await;
        let page = stage.browser(&Window::DESKTOP).await;
        page.open(&format!("{}check", server.url)).await;
        let report = examined(&page).await;
        for row in ["http", "tls", "proxy", "socket"] {
            assert_eq!(grade(&page, row).await, "good", "{row}: {report}");
        }
        // On a busy machine the line may be found shaky.
        for row in ["ping", "speed", "arena"] {
            assert_ne!(grade(&page, row).await, "", "{row}: {report}");
        }
        assert_eq!(report.lines().filter(|line| line.starts_with('[')).count(), 7, "{report}");
        assert!(report.contains("[ok  ] WebSocket: opens in") && report.contains("Mbit/s"), "{report}");
        page.until_js("all four are told of the arena", ALL_FOUR).await;
        let ages =
            [figure(&page, "push-age").await, figure(&page, "poll-5-age").await, figure(&page, "poll-1-age").await];
        assert!(ages[0] < ages[1] && ages[1] < ages[2], "push, five times a second, once a second: {ages:?}");
        assert!(figure(&page, "poll-5-messages").await <= 6.0);
        page.until_js("who asks names the room that the WebSocket shows", ALL_ASK_FOR_MAIN).await;
        page.picture("check-1600").await;
        page.click("copy").await;
        page.until_js("it is copied", "/^(Copied|Selected)/.test(document.getElementById('copy').innerText)").await;
        page.resize(390, 844, 2.0).await;
        page.until_js("it fits a phone", "document.documentElement.scrollWidth <= 390").await;
        page.picture("check-390").await;
        page.js("document.getElementById('comparison').scrollIntoView()").await;
        page.until_js("the pictures have their new size", CANVASES_FIT).await;
        page.picture("check-390-comparison").await;
    });
}

const ALL_FOUR: &str = "['push', 'poll-20', 'poll-5', 'poll-1'].every((id) => \
    /^\\d+ ms$/.test(document.getElementById(id + '-age').innerText) && \
    document.getElementById(id + '-messages').innerText !== '0/s')";
const ALL_ASK_FOR_MAIN: &str = "((asked) => asked.length > 3 && asked.every((one) => one.name.endsWith('&room=main')))\
    (performance.getEntriesByType('resource').filter((one) => one.name.includes('/arena?')))";
const CANVASES_FIT: &str = "[...document.querySelectorAll('canvas')].every((canvas) => \
    Math.abs(canvas.width - canvas.clientWidth * devicePixelRatio) < 2)";

#[test]
fn a_proxy_that_strips_the_upgrade_is_found_out() {
    stage::run("check-proxy", async |stage| {
        let server = stage.server(&["--bots", "4"]).await;
        let proxy = strip_upgrades(server.port).await;
        let page = stage.browser(&Window::SMALL).await;
        page.expect_console(&["WebSocket"]);
        page.open(&format!("http://127.0.0.1:{proxy}/check")).await;
        let report = examined(&page).await;
        assert_eq!(grade(&page, "http").await, "good", "{report}");
        assert_eq!(grade(&page, "socket").await, "bad", "{report}");
        assert!(
            report.contains("[BAD ] WebSocket: a proxy takes the upgrade away (The request arrived without"),
            "{report}"
        );
        page.until_js(
            "who asks sees the arena all the same",
            "document.getElementById('poll-5-bytes').innerText !== '–'",
        )
        .await;
        page.picture("check-stripped").await;
    });
}

/// The only public room has one.
const LOCKED: &str = "[rooms.main]\nbots = 2\npassword = \"open sesame\"\n";

#[test]
fn a_line_is_not_blamed_for_a_password() {
    stage::run("check-password", async |stage| {
        let server = stage.server_of(LOCKED).await;
        let page = stage.browser(&Window::DESKTOP).await;
        page.open(&format!("{}check", server.url)).await;
        let report = examined(&page).await;
        for row in ["http", "socket", "arena"] {
            assert_eq!(grade(&page, row).await, "good", "{row}: {report}");
        }
        assert!(
            report.contains("[ok  ] The arena: a password is asked for (Every public room asks for a password"),
            "{report}"
        );
        assert!(!report.contains("firewall"), "{report}");
        assert_ne!(page.words("verdict").await, "Something is in the way; see below.", "{report}");
        page.until_visible("compare-why").await;
        assert!(page.words("compare-why").await.contains("shows no pictures without it"));
        page.picture("check-password").await;
    });
}

/// A proxy as old as the trouble: it passes everything on but the one header.
async fn strip_upgrades(to: u16) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((visitor, _)) = listener.accept().await {
            tokio::spawn(pass_on(visitor, to));
        }
    });
    port
}

async fn pass_on(visitor: TcpStream, to: u16) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", to)).await else { return };
    let (mut from_visitor, mut to_visitor) = visitor.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_visitor).await });
    let mut bytes = vec![0; 65_536];
    while let Ok(read @ 1..) = from_visitor.read(&mut bytes).await {
        // A browser sends a request's head in one piece.
        let head = String::from_utf8_lossy(&bytes[..read]).replace("Upgrade: websocket", "X-Was: websocket");
        if to_server.write_all(head.as_bytes()).await.is_err() {
            return;
        }
    }
}
