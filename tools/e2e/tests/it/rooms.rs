//! Several rooms on one server: the list, a private room by its link, looking on, a password.

use crate::{
    page::{Page, Window},
    stage,
};

const THREE: &str = r#"
[server]
name = "The house"
motd = "Friday at nine: everybody into Core War."
[rooms.main]
bots = 6
[rooms.war]
mode = "core-war"
mutators = ["low-gravity", "rich-kills"]
[rooms.friends]
name = "Friends of the house"
password = "open sesame"
"#;

async fn until_room(page: &Page, room: &str) {
    page.until_js("it is in its room", &format!("JSON.parse(perihelion.state())?.room === '{room}'")).await;
}

#[test]
fn the_rooms_are_listed_and_one_goes_from_one_to_another() {
    stage::run("rooms", async |stage| {
        let server = stage.server_of(THREE).await;
        let page = stage.visitor(&server, &Window::DESKTOP).await;
        until_room(&page, "main").await;
        page.until_js("the host's line is shown", "document.getElementById('motd').innerText.includes('Friday')").await;
        assert_eq!(page.words("server-name").await, "The house");
        page.picture("rooms-lobby").await;
        page.click("rooms-open").await;
        page.until_visible("rooms").await;
        assert_eq!(page.words("rooms-title").await, "Rooms The house");
        page.until_js("three rooms", "document.querySelectorAll('#rooms-list li').length === 3").await;
        let list = page.words("rooms-list").await;
        for words in [
            "Drift",
            "Core War",
            "Friends of the house",
            "of 64 people",
            "password",
            "Watch",
            "Low gravity, Rich kills",
        ] {
            assert!(list.contains(words), "{words} in {list}");
        }
        page.picture("rooms").await;
        page.resize(390, 844, 2.0).await;
        page.picture("rooms-phone").await;
        // By keyboard alone: the browser's own dialog keeps the focus inside.
        page.until_js(
            "a link takes the focus",
            "document.querySelectorAll('#rooms-list a')[2].focus() === undefined \
             && document.activeElement.getAttribute('href') === '/r/war'",
        )
        .await;
        page.js("document.activeElement.click()").await;
        until_room(&page, "war").await;
        page.until("it is Core War", |state| state.mode == "core-war").await;
        // Read at once: lines of talk go after a while.
        page.until_js(
            "it is told what is changed",
            "['Low gravity: the star hardly pulls', 'Rich kills: a kill is worth three', 'gravity 35 %, kills 300 %'] \
             .every(words => document.getElementById('chat-log').textContent.includes(words))",
        )
        .await;
        page.picture("rooms-lobby-phone").await;
        page.play("Feather").await;
        page.picture("rooms-mutators-phone").await;
    });
}

#[test]
fn a_private_room_is_opened_and_a_friend_comes_by_its_link() {
    stage::run("private", async |stage| {
        let server = stage.server(&["--bots", "2"]).await;
        let page = stage.visitor(&server, &Window::DESKTOP).await;
        page.click("rooms-open").await;
        page.until_visible("rooms").await;
        page.js("document.getElementById('rooms-mode').value = 'duel'").await;
        page.click("rooms-make").await;
        page.until_js("the link is shown", "/r\\/[A-Z2-9]{6}$/.test(document.getElementById('invite-link')?.value)")
            .await;
        page.until_visible("invite").await;
        page.picture("private-room").await;
        let link = page.words("invite-link").await;
        page.until("it is a duel", |state| state.mode == "duel").await;
        page.click("invite-close").await;
        page.until_hidden("invite").await;
        page.play("Host").await;
        let friend = stage.browser(&Window::SMALL).await;
        friend.open(&link).await;
        friend.until("the room is in sight", |state| state.phase == "spectating" && state.tick > 0).await;
        friend.play("Guest").await;
        let seen = "document.getElementById('leaderboard').innerText";
        friend.until_js("both are in one room", &format!("{seen}.includes('Host') && {seen}.includes('Guest')")).await;
        // The public room has nobody, and the list says nothing of the other.
        let list = friend.js_async("fetch('/rooms.json').then(r => r.text()).then(arguments[1])", ().into()).await;
        let code = link.rsplit('/').next().expect("a code");
        assert!(!list.as_str().expect("text").contains(code), "{list}");
        // A reload brings one back to the same room and ship.
        friend.reload().await;
        friend.until("the ship is back", |state| state.resumed && state.mode == "duel").await;
    });
}

#[test]
fn who_looks_on_sees_the_room_and_no_name_box() {
    stage::run("watching", async |stage| {
        let server = stage.server(&["--bots", "8"]).await;
        let page = stage.browser(&Window::DESKTOP).await;
        page.open(&format!("{}watch/main", server.url)).await;
        page.until("the arena is in sight", |state| state.phase == "spectating" && !state.ships.is_empty()).await;
        page.until_visible("spectate").await;
        assert!(!page.is_visible("lobby").await && !page.is_visible("play").await);
        page.until_js(
            "somebody is watched",
            "document.getElementById('spectate-whom').innerText.startsWith('Watching')",
        )
        .await;
        page.picture("watching").await;
        page.js("window.first = document.getElementById('spectate-whom').innerText").await;
        page.until_js(
            "somebody else is watched",
            "document.getElementById('spectate-next').click() === undefined \
             && document.getElementById('spectate-whom').innerText !== window.first",
        )
        .await;
        page.click("spectate-free").await;
        page.until("the camera is free", |state| state.roaming).await;
        page.click("spectate-invite").await;
        page.until_visible("invite").await;
        assert_eq!(page.words("invite-link").await, format!("{}watch/main", server.url));
        page.click("invite-close").await;
        page.until_hidden("invite").await;
        page.resize(390, 844, 2.0).await;
        page.picture("watching-phone").await;
        page.click("spectate-fly").await;
        page.until_visible("lobby").await;
        until_room(&page, "main").await;
    });
}

#[test]
fn a_password_is_asked_for_and_a_wrong_address_is_told() {
    stage::run("password", async |stage| {
        let server = stage.server_of(THREE).await;
        let page = stage.browser(&Window::DESKTOP).await;
        page.open(&format!("{}r/friends", server.url)).await;
        page.until_visible("password").await;
        assert!(page.words("banner").await.contains("password"), "{}", page.words("banner").await);
        page.picture("password").await;
        page.type_in("password", "open").await;
        page.click("play").await;
        page.until_js("it was wrong", "document.getElementById('banner').innerText.includes('not the password')").await;
        page.until_visible("password").await;
        page.type_in("password", "open sesame").await;
        page.click("play").await;
        page.until("it was right", |state| state.phase == "flying").await;
        until_room(&page, "friends").await;
        page.until_hidden("password").await;
        page.open(&format!("{}r/nowhere", server.url)).await;
        page.until_js("it is told", "document.getElementById('banner').innerText.includes('no such room')").await;
        page.until_visible("banner-live").await;
        page.picture("no-room").await;
        page.click("banner-live").await;
        page.until("any room will do", |state| state.connection == "open" && state.tick > 0).await;
    });
}
