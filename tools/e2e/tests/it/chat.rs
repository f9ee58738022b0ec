//! Talk between two browsers: lines, quick words, hostile lines, and whom one does not want to hear.

use serde_json::json;

use crate::{
    page::{Page, Window},
    stage,
};

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';

/// Opens the line with its key and writes this into it, key by key; does not send it.
async fn write(page: &Page, text: &str) {
    page.press('t').await;
    page.until("the line is open", |state| state.writing).await;
    page.until_js("it has the keyboard", "document.activeElement.id === 'chat-line'").await;
    for letter in text.chars() {
        page.press(letter).await;
    }
}

/// Says what no keyboard would let through: whatever length, whatever letters.
async fn smuggle(page: &Page, text: &str) {
    write(page, "").await;
    page.js_with("document.getElementById('chat-line').value = arguments[0]", json!(text)).await;
    page.press(ENTER).await;
}

/// Clicks the first row of a list that bears this name.
async fn click_name(page: &Page, list: &str, name: &str) {
    let there = format!(
        "[...document.querySelectorAll('#{list} li:not(.off)')].some(row => row.getClientRects().length && \
         [...row.children].some(cell => cell.textContent === '{name}'))"
    );
    page.until_js("the row is there", &there).await;
    let script = "const rows = [...document.querySelectorAll('#' + arguments[0].list + ' li:not(.off)')]; \
         const row = rows.find(row => [...row.children].some(cell => cell.textContent === arguments[0].name)); \
         const box = row.getBoundingClientRect(); return [box.x + 12, box.y + box.height / 2]";
    let place = page.js_with(script, json!({ "list": list, "name": name })).await;
    page.click_at(place[0].as_f64().expect("a row"), place[1].as_f64().expect("a row")).await;
}

#[test]
fn two_pages_talk_hostile_lines_stay_text_and_a_muted_pilot_is_not_shown() {
    stage::run("chat", async |stage| {
        let server = stage.server(&["--bots", "0"]).await;
        let ada = stage.player(&server, &Window::DESKTOP, "Ada").await;
        let bo = stage.player(&server, &Window::SMALL, "Bo").await;
        // Nobody steers while they talk, and the star takes who does not.
        ada.keep_flying().await;
        bo.keep_flying().await;

        // What is written flies no ship, and its letters arrive.
        write(&ada, "well wasd").await;
        let value = ada.words("chat-line").await;
        assert_eq!(value, "well wasd");
        ada.picture("chat-writing").await;
        ada.press(ENTER).await;
        bo.until("Bo reads Ada's line", |state| state.reads("Ada", "well wasd")).await;
        let own = ada.until("Ada reads it too", |state| state.reads("Ada", "well wasd")).await;
        assert!(!own.writing, "a sent line closes");
        bo.until_js("it is on the page", "document.getElementById('chat-log').innerText.includes('well wasd')").await;
        bo.until_js("and read out", "document.getElementById('chat-said').textContent === 'Ada: well wasd'").await;

        // Left is not said.
        write(&bo, "never mind").await;
        bo.press(ESCAPE).await;
        bo.until("the line is left", |state| !state.writing).await;

        // Markup is text, tricks are taken out, and what is endless is cut.
        smuggle(&ada, "<img src=x onerror=\"window.pwned = 1\">").await;
        bo.until("markup", |state| state.reads("Ada", "<img src=x onerror=\"window.pwned = 1\">")).await;
        smuggle(&ada, "a\u{202E}b\u{200B}c\u{2066}d").await;
        bo.until("no bidi", |state| state.reads("Ada", "abcd")).await;
        smuggle(&ada, &"x".repeat(10_240)).await;
        let state = bo.until("a cut line", |state| state.reads("Ada", &"x".repeat(120))).await;
        assert_eq!(bo.js("return document.querySelectorAll('#chat img').length").await, json!(0));
        assert_eq!(bo.js("return typeof window.pwned").await, json!("undefined"));
        assert!(!state.chat.iter().any(|line| line.text == "never mind"));
        bo.picture("chat-read").await;

        // Bo has heard enough of Ada.
        write(&bo, "").await;
        click_name(&bo, "chat-log", "Ada").await;
        let state = bo.until("Ada is muted", |state| state.muted == ["Ada"]).await;
        assert!(state.chat.is_empty() && state.writing, "{:?}", state.chat);
        bo.picture("chat-muted").await;
        bo.press(ESCAPE).await;
        write(&ada, "still there").await;
        ada.press(ENTER).await;
        let said = ada.until("it is said", |state| state.reads("Ada", "still there")).await;
        let later = bo.until("Bo is past that moment", |state| state.tick > said.tick + 30).await;
        assert!(later.chat.is_empty(), "{:?}", later.chat);
        // It holds for the tab, also when the page is loaded anew.
        bo.reload().await;
        bo.until("Bo is back", |state| state.player.is_some() && state.muted == ["Ada"]).await;
        bo.keep_flying().await;
        bo.until("Bo flies", |state| state.phase == "flying").await;
        write(&bo, "").await;
        click_name(&bo, "chat-muted", "Ada").await;
        bo.until("and heard again", |state| state.muted.is_empty() && state.reads("Ada", "still there")).await;
        // From the leaderboard too.
        click_name(&bo, "leaderboard", "Ada").await;
        bo.until("muted from the list of leaders", |state| state.muted == ["Ada"]).await;
        click_name(&bo, "leaderboard", "Ada").await;
        bo.until("and not", |state| state.muted.is_empty()).await;
        bo.press(ESCAPE).await;
    });
}

#[test]
fn quick_words_are_chosen_by_digit_by_pointer_and_by_touch() {
    stage::run("chat-quick", async |stage| {
        let server = stage.server(&["--bots", "0", "--chat", "quick"]).await;
        let ada = stage.player(&server, &Window::DESKTOP, "Ada").await;
        let bo = stage.player(&server, &Window::PHONE, "Bo").await;
        ada.until_visible("wheel-open").await;
        assert!(!ada.is_visible("chat-open").await, "only quick words are allowed here");
        // A line there is, but for commands alone.
        ada.press('t').await;
        ada.until("the line is open", |state| state.writing).await;
        ada.until_js("it has the keyboard", "document.activeElement.id === 'chat-line'").await;
        ada.until_visible("chat-note").await;
        ada.press(ENTER).await;
        ada.until("the line is closed", |state| !state.writing).await;

        ada.key_down('c').await;
        let state = ada.until("the wheel is open", |state| state.wheel).await;
        assert!(!state.writing, "and no line");
        ada.press('8').await;
        ada.key_up('c').await;
        bo.until("No", |state| state.reads("Ada", "No")).await;

        ada.point(300.0, 300.0).await;
        ada.key_down('c').await;
        ada.until("the wheel is open again", |state| state.wheel).await;
        ada.point(310.0, 300.0).await;
        ada.point(380.0, 300.0).await;
        ada.until_js("the word to the right is marked", "document.getElementById('quick-2').matches('.picked')").await;
        ada.picture("chat-wheel").await;
        ada.key_up('c').await;
        bo.until("Follow me", |state| state.reads("Ada", "Follow me")).await;

        bo.click("wheel-open").await;
        bo.until_visible("quick-3").await;
        bo.picture("chat-wheel-phone").await;
        bo.click("quick-3").await;
        ada.until("Thanks", |state| state.reads("Bo", "Thanks")).await;
        bo.until_hidden("wheel").await;
        assert_eq!(ada.state().await.chat.len(), 3, "nothing was said twice");
    });
}
