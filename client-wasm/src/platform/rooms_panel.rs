//! The list of rooms and making one: asks the server, fills the dialog in. Invariant: whatever the server answers goes in
//! as text; without an answer the page says so and plays on.

use js_sys::{JSON, Reflect};
use shared::defs::Mutator;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlSelectElement, RequestInit, Response};

use super::{
    browser::{document, element, window},
    events::{PageEvent, Queue, push},
    promise::settle,
};
use crate::{
    address::path_of,
    rooms::{Listing, RoomList},
    words::{Language, Word},
};

/// Asks for the list; [`PageEvent::Rooms`] brings it.
pub fn ask(queue: &Queue) {
    let (to, bad) = (queue.clone(), queue.clone());
    request(
        "GET",
        "/rooms.json",
        move |answer| push(&to, PageEvent::Rooms(answer.map(|answer| read(&answer)))),
        move || {
            push(&bad, PageEvent::Rooms(None));
        },
    );
}

/// Asks for a room of one's own, with what is chosen in the dialog; [`PageEvent::RoomMade`] brings its code.
pub fn make(queue: &Queue) {
    let mode = element("rooms-mode").and_then(|list| list.dyn_into::<HtmlSelectElement>().ok());
    let path = ["/rooms?mode=", &mode.map(|list| list.value()).unwrap_or_default()].concat();
    let (to, bad) = (queue.clone(), queue.clone());
    let made = move |answer: Option<JsValue>| {
        let id = answer.map(|answer| text(&answer, "id")).filter(|id| !id.is_empty());
        push(&to, PageEvent::RoomMade(id));
    };
    request("POST", &path, made, move || push(&bad, PageEvent::RoomMade(None)));
}

/// Goes to a room just made; its page shows the invitation.
pub fn enter(id: &str) {
    // A browser that refuses to leave the page stays on it.
    let _ = window().location().assign(&[&path_of(id, false), INVITE].concat());
}

/// What the address of a room just made ends with.
const INVITE: &str = "#invite";

/// Whether this page is that of a room just made. The mark is taken away: a link that is copied from the address bar is
/// the room's and no more.
#[must_use]
pub fn is_new() -> bool {
    let is_new = window().location().hash().is_ok_and(|hash| hash == INVITE);
    if is_new && let (Ok(history), Ok(path)) = (window().history(), window().location().pathname()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    is_new
}

/// Says something below the list, or nothing.
pub fn note(word: Option<Word>, language: Language) {
    set("rooms-note", word.map_or("", |word| word.say(language)));
}

/// Shows the line of the server's host, and what they call it.
pub fn show_host(list: &RoomList) {
    set("motd", &list.motd);
    for id in ["server-name", "rooms-server"] {
        set(id, list.given_name());
    }
}

/// Fills the list in; `here` is the room one is in.
pub fn fill(list: &RoomList, here: &str, language: Language) {
    let Some(panel) = element("rooms-list") else { return };
    panel.set_text_content(None);
    for room in &list.rooms {
        if let Some(row) = row(room, room.id == here, language) {
            let _ = panel.append_child(&row);
        }
    }
}

fn row(room: &Listing, here: bool, language: Language) -> Option<Element> {
    let row = made("li", "", "")?;
    let enter = made("a", "", &path_of(&room.id, false))?;
    for part in [made("b", &room.name, "")?, made("span", &room.facts(language), "")?] {
        let _ = enter.append_child(&part);
    }
    let particulars = room.particulars(language);
    if !particulars.is_empty() {
        let _ = enter.set_attribute("title", &particulars);
    }
    if here {
        let _ = enter.set_attribute("aria-current", "page");
    }
    let watch = made("a", Word::RoomWatch.say(language), &path_of(&room.id, true))?;
    let _ = watch.set_attribute("aria-label", &[Word::RoomWatch.say(language), ": ", &room.name].concat());
    let _ = row.append_child(&enter);
    let _ = row.append_child(&watch);
    Some(row)
}

/// An element with this text, and with this address if it has one.
fn made(name: &str, text: &str, href: &str) -> Option<Element> {
    let element = document().create_element(name).ok()?;
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    if !href.is_empty() {
        let _ = element.set_attribute("href", href);
    }
    Some(element)
}

fn set(id: &str, text: &str) {
    if let Some(element) = element(id) {
        element.set_text_content(Some(text));
        let _ = element.class_list().toggle_with_force("off", text.is_empty());
    }
}

/// `good` gets what the answer holds, or nothing for a refusal; `bad` is called without an answer.
fn request(
    method: &str,
    path: &str,
    good: impl FnOnce(Option<JsValue>) + Clone + 'static,
    bad: impl FnOnce() + Clone + 'static,
) {
    let init = RequestInit::new();
    init.set_method(method);
    let broken = bad.clone();
    settle(
        &window().fetch_with_str_and_init(path, &init),
        move |response| match response.dyn_into::<Response>().ok().filter(Response::ok).and_then(|it| it.text().ok()) {
            Some(body) => {
                let parsed = move |body: JsValue| good(body.as_string().and_then(|body| JSON::parse(&body).ok()));
                settle(&body, parsed, broken);
            }
            None => good(None),
        },
        bad,
    );
}

fn read(answer: &JsValue) -> RoomList {
    let rooms = Reflect::get(answer, &"rooms".into()).map(|rooms| js_sys::Array::from(&rooms).to_vec());
    let listing = |room: JsValue| Listing {
        id: text(&room, "id"),
        name: text(&room, "name"),
        mode: text(&room, "mode"),
        players: number(&room, "players"),
        max_players: number(&room, "max_players"),
        bots: number(&room, "bots"),
        locked: Reflect::get(&room, &"password".into()).is_ok_and(|locked| locked.is_truthy()),
        physics: text(&room, "physics"),
        mutators: names(&room, "mutators").filter_map(|name| Mutator::of_name(&name)).collect(),
    };
    let rooms = rooms.unwrap_or_default().into_iter().map(listing).collect();
    RoomList { server: text(answer, "server"), motd: text(answer, "motd"), rooms }
}

fn names(of: &JsValue, key: &str) -> impl Iterator<Item = String> {
    let list = Reflect::get(of, &key.into()).map(|list| js_sys::Array::from(&list).to_vec());
    list.unwrap_or_default().into_iter().filter_map(|name| name.as_string())
}

fn text(of: &JsValue, key: &str) -> String {
    Reflect::get(of, &key.into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn number(of: &JsValue, key: &str) -> u32 {
    Reflect::get(of, &key.into()).ok().and_then(|number| number.as_f64()).unwrap_or_default() as u32
}
