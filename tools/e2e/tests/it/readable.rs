//! Whether pages can be read and used by keyboard: words stand out from what is behind them, the focus goes through everything that
//! can be used and is seen where it is, and nothing jumps as a page comes. The administration's page has more of it in `admin`.

use serde_json::{Value, json};

use crate::{
    page::{COUNT_SHIFTS, Page, Window},
    stage,
};

const TAB: char = '\u{E004}';
const ESCAPE: char = '\u{e00c}';
/// Google's line for pages whose layout is stable.
const SHIFT_MAX: f64 = 0.1;

/// Words that do not stand out: `[ratio, asked, words]` each. Ratios of WCAG 2.2, 1.4.3: 4.5, for large words 3. Of a background with
/// more than one colour the one that is worst counts; what is disabled is left out.
const FAINT: &str = r"
    const channels = (text) => { const n = text.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
    const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
    const light = (color) => { const [r, g, b] = color.map((v) => { v /= 255;
        return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ratio = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
    const layers = (element) => { const style = getComputedStyle(element);
        const picture = style.backgroundImage.match(/rgba?\([^)]+\)/g) || [];
        return [[style.backgroundColor], picture].filter((layer) => layer.length).map((layer) => layer.map(channels)); };
    const faint = [];
    for (const element of document.querySelectorAll('body *')) {
        const words = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()).join(' ').trim();
        const rect = element.getBoundingClientRect();
        if (!words || !rect.width || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        if (element.matches(':disabled, :disabled *') || rect.width < 3) continue;
        // Words cut out of a picture have its colours.
        if (getComputedStyle(element).backgroundClip === 'text') continue;
        const line = []; let opacity = 1;
        for (let at = element; at; at = at.parentElement) { line.unshift(at); opacity *= Number(getComputedStyle(at).opacity); }
        // What comes or goes is faint for a moment.
        if (element.closest('#feed, #chat-log') || line.some((at) => at.getAnimations().length)) continue;
        let behind = [[4, 5, 11]];
        for (const at of line) for (const layer of layers(at)) behind = behind.flatMap((under) => layer.map((top) => over(top, under)));
        behind = behind.slice(0, 64);
        const style = getComputedStyle(element), size = parseFloat(style.fontSize);
        const asked = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
        const ink = channels(style.color); ink[3] *= opacity;
        const worst = Math.min(...behind.map((under) => ratio(over(ink, under), under)));
        if (worst < asked) faint.push([Math.round(worst * 100) / 100, asked, (element.id || element.className) + ': ' + words.slice(0, 40)]);
    }
    return faint;";

/// What something is called, of it.
const NAME: &str =
    "const name = (e) => e.id || e.textContent.trim().slice(0, 30) || e.getAttribute('aria-label') || e.tagName;";

/// The focus, and whether one sees it.
const FOCUS: &str = "const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
    return [e === document.body ? '' : name(e),
        r.width > 0 && r.bottom > 0 && r.top < innerHeight && s.visibility === 'visible',
        s.outlineStyle !== 'none' || s.boxShadow !== 'none' || e.closest('.pick') !== null]";

/// What can be used, as many as Tab reaches: of a group of radio buttons one.
const USABLE: &str = "const scope = document.querySelector('dialog[open]') || document;
    const all = [...scope.querySelectorAll('button, a[href], input, select, textarea, summary, [tabindex=\"0\"]')].filter((e) =>
        e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0);
    return all.filter((e) => e.type !== 'radio' && e.getAttribute('role') !== 'radio').map(name)";

/// Waits until all words of a page stand out: what comes or goes may be faint meanwhile.
pub async fn nothing_is_faint(page: &Page, what: &str) {
    page.until_none(&format!("words that do not stand out in {what}"), FAINT).await;
}

/// Tab goes through everything in sight, and one sees where it is.
async fn tab_goes_through(page: &Page, what: &str) {
    let usable = page.js(&format!("{NAME} {USABLE}")).await;
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..200 {
        page.press(TAB).await;
        let stop = page.js(&format!("{NAME} {FOCUS}")).await;
        let name = stop[0].as_str().unwrap_or_default().to_owned();
        if name.is_empty() {
            // Out of the page, and in again at its top.
            continue;
        }
        if seen.contains(&name) && seen.len() > 1 {
            break;
        }
        assert_eq!((&stop[1], &stop[2]), (&json!(true), &json!(true)), "{what}: the focus cannot be seen at {name:?}");
        seen.push(name);
    }
    let missed: Vec<&Value> =
        usable.as_array().into_iter().flatten().filter(|name| !seen.iter().any(|seen| *name == seen)).collect();
    assert!(missed.is_empty(), "{what}: Tab never comes to {missed:?}; it went {seen:?}");
}

async fn nothing_jumped(page: &Page, what: &str) {
    let shifts = page.js("return window.shifts").await;
    let sum: f64 = shifts.as_array().into_iter().flatten().filter_map(|shift| shift["value"].as_f64()).sum();
    assert!(sum < SHIFT_MAX, "{what}: {sum} in {shifts}");
}

#[test]
fn the_start_page_and_its_dialogs_can_be_read_and_used_by_keyboard() {
    stage::run("readable", async |stage| {
        let server = stage.server(&["--bots", "4"]).await;
        for (window, name) in [(&Window::DESKTOP, "desktop"), (&Window::PHONE, "phone")] {
            let page = stage.visitor_with(&server, window, COUNT_SHIFTS).await;
            nothing_jumped(&page, name).await;
            nothing_is_faint(&page, name).await;
            tab_goes_through(&page, name).await;
            for (button, dialog) in [("rooms-open", "rooms"), ("boards-open", "boards"), ("settings-open", "settings")]
            {
                // By script: it is the dialog that is looked at, not the way to it.
                page.js(&format!("document.getElementById('{button}').click()")).await;
                page.until_visible(dialog).await;
                nothing_is_faint(&page, dialog).await;
                tab_goes_through(&page, dialog).await;
                page.press(ESCAPE).await;
                page.until_hidden(dialog).await;
            }
            stage.dismiss_last().await;
        }
    });
}

#[test]
fn the_connection_doctor_can_be_read_and_used_by_keyboard() {
    stage::run("readable-check", async |stage| {
        let server = stage.server(&["--bots", "4"]).await;
        let page = stage.browser(&Window::DESKTOP).await;
        page.before_load(COUNT_SHIFTS).await;
        page.open(&format!("{}check", server.url)).await;
        page.until_js("the examination has ended", "document.getElementById('verdict').dataset.done === 'yes'").await;
        nothing_jumped(&page, "check").await;
        nothing_is_faint(&page, "check").await;
        tab_goes_through(&page, "check").await;
    });
}
