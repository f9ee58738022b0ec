//! What those who run the server do to a game, as a player sees it.

use std::fs;

use crate::{
    page::{Page, Window},
    stage,
};

const ENTER: char = '\u{E007}';

/// Types a line where people talk and sends it.
async fn enter(page: &Page, line: &str) {
    page.press('t').await;
    page.until("the line is open", |state| state.writing).await;
    page.until_js("it has the keyboard", "document.activeElement.id === 'chat-line'").await;
    for letter in line.chars() {
        page.press(letter).await;
    }
    page.press(ENTER).await;
}

async fn until_log(page: &Page, what: &str, words: &str) {
    page.until_js(what, &format!("document.getElementById('chat-log').textContent.includes('{words}')")).await;
}

#[test]
fn changed_physics_are_told_at_once_and_a_command_is_said_to_nobody() {
    stage::run("orders", async |stage| {
        let folder = tempfile::tempdir().expect("a folder for the settings");
        let file = folder.path().join("perihelion.toml");
        let write = |gravity: u16| {
            let text = format!("[physics]\ngravity = {gravity}\n[rooms.main]\nbots = 0\nchat = \"off\"\n");
            fs::write(&file, text).expect("it can be written");
        };
        write(150);
        let server = stage.server(&["--config", file.to_str().expect("a plain path")]).await;
        let page = stage.player(&server, &Window::DESKTOP, "Ada").await;
        until_log(&page, "the physics are told", "Physics are changed here: gravity 150 %").await;
        page.picture("orders-physics").await;

        // Nothing may be said here, but commands may be typed.
        let other = stage.player(&server, &Window::SMALL, "Bo").await;
        enter(&page, "/nonsense 12").await;
        until_log(&page, "who is not of the staff learns how to sign in", "/signin NAME PASSWORD").await;
        page.until_js("nothing is left in the line", "document.getElementById('chat-line').value === ''").await;
        page.picture("orders-answer").await;

        write(100);
        server.reload();
        for page in [&page, &other] {
            until_log(page, "the change is told while one plays", "Physics are as usual again").await;
        }
        let heard = other.words("chat-log").await;
        assert!(!heard.contains("nonsense") && !heard.contains("signin"), "{heard}");

        write(60);
        server.reload();
        until_log(&page, "the next change, too", "gravity 60 %").await;
        let lobby = stage.visitor(&server, &Window::DESKTOP).await;
        lobby.click("rooms-open").await;
        lobby
            .until_js("the list says so", "document.getElementById('rooms-list').innerText.includes('gravity 60 %')")
            .await;
        lobby.picture("orders-rooms").await;
    });
}
