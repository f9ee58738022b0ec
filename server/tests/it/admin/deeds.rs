//! What staff do to who plays.

use futures_util::SinkExt;
use shared::{defs::PickupKind, protocol::Chat, replica::Replica};

use super::*;
use crate::{
    clients::{closed, knock as hello_as, next_chat, say},
    pilot::Pilot,
    running::until,
};

/// Until the staff see this player.
async fn seen(page: &mut Page, name: &str) -> Value {
    seen_but(page, name, &Value::Null).await
}

/// The same on another connection than this.
async fn seen_but(page: &mut Page, name: &str, conn: &Value) -> Value {
    let is_it = |player: &Value| player["name"] == name && player["conn"].is_number() && player["conn"] != *conn;
    let figures = page.until("figures", |told| told["rooms"][0]["players"].as_array().unwrap().iter().any(is_it)).await;
    figures["rooms"][0]["players"].as_array().unwrap().iter().find(|player| is_it(player)).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_removed_is_told_why_and_may_come_back() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let mut foo = seated(&server, 1, "Foo Bar").await;
    let row = seen(&mut page, "Foo Bar").await;
    assert!(row["address"].as_str().unwrap().starts_with('#') && row["is_bot"] == false, "{row}");
    let (ok, text) = page.run("kick Fo spam").await;
    assert!(!ok && text.contains("#") && text.contains("Foo Bar in main"), "{text}");
    let text = page.done("kick \"foo bar\" spamming <b>").await;
    assert!(text.contains("Foo Bar is removed"), "{text}");
    assert_eq!(closed(&mut foo).await, (4_014, "spamming <b>".to_owned()));
    let mut foo = seated(&server, 1, "Foo Bar").await;
    let row = seen_but(&mut page, "Foo Bar", &row["conn"]).await;
    page.done(&format!("kick #{}", row["slot"])).await;
    assert_eq!(closed(&mut foo).await.0, 4_014);
    let (ok, text) = page.run("kick #999").await;
    assert!(!ok && text.contains("there is no #999"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_banned_stays_out_until_it_is_taken_back() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let mut foo = seated(&server, 1, "Foo").await;
    seen(&mut page, "Foo").await;
    let text = page.done("ban foo 2h aimbot").await;
    assert!(text.contains("Foo is kept out for 2 h (ban 1)"), "{text}");
    let (code, reason) = closed(&mut foo).await;
    assert!(code == 4_015 && reason.starts_with("aimbot (for another "), "{code} {reason}");
    let rows = page.until("bans", |told| !told["rows"].as_array().unwrap().is_empty()).await;
    let row = &rows["rows"][0];
    assert_eq!(
        (&row["id"], &row["kind"], &row["who"], &row["target"]),
        (&json!(1), &json!("ban"), &json!("Foo"), &json!("profile"))
    );
    let (code, reason) = hello_as(server.address, Some(1), None).await.unwrap_err();
    assert!(code == 4_015 && reason.starts_with("aimbot"), "{code} {reason}");
    assert!(hello_as(server.address, Some(2), None).await.is_ok(), "another browser at the same address");
    page.done("undo").await;
    assert!(hello_as(server.address, Some(1), None).await.is_ok());
    assert!(!page.run("undo").await.0, "there is nothing left to take back");
    page.done("ban-address 127.0.0.1 forever").await;
    for profile in [None, Some(2)] {
        let (code, reason) = hello_as(server.address, profile, Some(9)).await.unwrap_err();
        assert_eq!((code, reason.as_str()), (4_015, "by order of those who run this server"));
    }
    let audit = page.until("audit", |told| told["rows"][0]["line"].as_str().unwrap().starts_with("ban-address")).await;
    assert_eq!((&audit["rows"][0]["who"], &audit["rows"][0]["via"]), (&json!("owner"), &json!("page")));
    assert!(audit["rows"][0]["line"].as_str().unwrap().starts_with("ban-address #"), "no address stands in the log");
    page.done("unban 2").await;
    assert!(hello_as(server.address, Some(2), None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_muted_is_heard_by_nobody_also_after_coming_back() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let mut foo = seated(&server, 1, "Foo").await;
    let mut bar = seated(&server, 2, "Bar").await;
    seen(&mut page, "Foo").await;
    seen(&mut page, "Bar").await;
    page.done("mute Foo 10m shouting").await;
    say(&mut foo, "AAAA").await;
    assert_eq!(next_chat(&mut foo).await, Chat::Muted);
    drop(foo);
    let mut foo = seated(&server, 1, "Foo2").await;
    page.until("figures", |told| {
        told["rooms"][0]["players"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["name"] == "Foo2" && row["is_muted"] == true)
    })
    .await;
    say(&mut foo, "BBBB").await;
    assert_eq!(next_chat(&mut foo).await, Chat::Muted);
    page.done("unmute Foo2").await;
    say(&mut foo, "sorry").await;
    let Chat::Said(lines) = next_chat(&mut bar).await else { panic!("something said") };
    assert!(format!("{lines:?}").contains("sorry") && lines.len() == 1, "{lines:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_door_lets_only_those_in_who_were_here() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let mut pilot = Pilot::play(server.address, "Early").await;
    page.done("lock a tournament").await;
    assert_eq!(page.until("figures", |told| told["state"] == "locked").await["leaves_in_s"], Value::Null);
    for resume in [None, Some(7)] {
        let refused = hello_as(server.address, None, resume).await;
        // Who says to come back is found out by the room: the welcome has left by then.
        let (code, reason) = match refused {
            Err(refused) => refused,
            Ok(mut socket) => closed(&mut socket).await,
        };
        assert_eq!((code, reason.as_str()), (4_016, "a tournament"), "{resume:?}");
    }
    assert_eq!(server.get("/readyz").await.status, 503);
    pilot.until("a token", |replica| replica.resume().is_some()).await;
    let mut back = Pilot::connect(server.address, pilot.replica.resume()).await;
    back.until("a welcome", |replica| replica.resumed()).await;
    page.done("undo").await;
    assert!(hello_as(server.address, None, None).await.is_ok());
    assert_eq!(server.get("/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_to_all_the_map_and_the_physics_reach_who_they_are_for() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let rows = page.told("tunables").await["rows"].as_array().unwrap().clone();
    assert!(rows.iter().any(|row| row["name"] == "gravity" && row["max"].as_u64() > Some(100)), "{rows:?}");
    let mut pilot = Pilot::play(server.address, "Ada").await;
    page.done("announce The final begins").await;
    let mut banner = None;
    while banner.is_none() {
        pilot.step("the banner").await;
        banner = pilot.replica.poll_notice();
    }
    assert!(format!("{banner:?}").contains("The final begins"), "{banner:?}");
    page.send(&json!({ "do": "watch", "room": "main" })).await;
    let map = page.until("map", |told| !told["ships"].as_array().unwrap().is_empty()).await;
    assert!(map["star"] == 92 && map["planets"].as_array().unwrap().len() >= 2, "{map}");
    assert_eq!(map["ships"][0].as_array().unwrap().len(), 6, "{map}");
    page.send(&json!({ "do": "watch", "room": null })).await;
    for (line, says) in [
        ("set gravity 100000", "gravity is"),
        ("set gravitas 150", "did you mean gravity"),
        ("set gravity 150 nowhere", "there is no room \"nowhere\""),
        ("bots main 60000", "pilots at most"),
    ] {
        let (ok, text) = page.run(line).await;
        assert!(!ok && text.contains(says), "{line}: {text}");
    }
    page.done("set gravity 150").await;
    // The pilot keeps the room going, and flies on by the new numbers.
    while_flying(&mut pilot, page.until("figures", gravity_is(150))).await;
    page.done("undo").await;
    while_flying(&mut pilot, page.until("figures", gravity_is(100))).await;
    page.done("bots main 6").await;
    while_flying(&mut pilot, page.until("figures", |told| told["rooms"][0]["bots"].as_u64() == Some(5))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gift_floats_before_who_it_is_for_and_is_written_down_and_a_duel_has_none() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let mut ada = Pilot::play(server.address, "Ada").await;
    let flies = |player: &Value| player["name"] == "Ada" && player["is_flying"] == true;
    let shown = |told: &Value| told["rooms"][0]["players"].as_array().unwrap().iter().any(flies);
    while_flying(&mut ada, page.until("figures", shown)).await;
    let text = page.done("gift Ada Decoy").await;
    assert!(text.starts_with("it floats before #") && text.ends_with(" Ada"), "{text}");
    let floats = |replica: &Replica| replica.view().pickups.iter().any(|pickup| pickup.kind == PickupKind::Decoy);
    ada.until("a decoy floats before her", floats).await;
    assert!(page.done("audit").await.contains("gift Ada Decoy"));

    let duel = page.done("open duel").await.split(' ').next().unwrap().to_owned();
    let mut bo = Pilot::connect_at(server.address, &format!("/ws?room={duel}"), None).await;
    bo.until("a welcome", |replica| replica.welcome().is_some()).await;
    bo.replica.play("Bo", ShipClass::Spark);
    let is_there = |told: &Value| told["rooms"].to_string().contains("\"Bo\"");
    while_flying(&mut bo, page.until("figures", is_there)).await;
    for (line, says) in [
        ("gift Bo repel", "in duel nobody is given anything"),
        ("gift Cy repel", "there is no \"Cy\""),
        ("gift Ada ore", "is not one of over-shield"),
    ] {
        let (ok, text) = page.run(line).await;
        assert!(!ok && text.contains(says), "{line}: {text}");
    }
}

fn gravity_is(percent: u64) -> impl Fn(&Value) -> bool {
    move |told| told["rooms"][0]["tuning"]["gravity"].as_u64() == Some(percent)
}

async fn while_flying<T>(pilot: &mut Pilot, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = pilot.step("the others") => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_muted_by_address_stays_so_in_another_browser() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let mut foo = seated(&server, 1, "Foo").await;
    let row = seen(&mut page, "Foo").await;
    let text = page.done(&format!("mute-address {} 1h spam", row["address"].as_str().unwrap())).await;
    assert!(text.contains("quiet"), "{text}");
    say(&mut foo, "hello").await;
    assert_eq!(next_chat(&mut foo).await, Chat::Muted);
    drop(foo);
    let mut bar = seated(&server, 2, "Bar").await;
    let row = seen(&mut page, "Bar").await;
    assert_eq!(row["is_muted"], true, "{row}");
    say(&mut bar, "hello again").await;
    assert_eq!(next_chat(&mut bar).await, Chat::Muted);
    page.done("undo").await;
    page.until("figures", |told| {
        let players = told["rooms"][0]["players"].as_array().unwrap();
        players.iter().any(|player| player["name"] == "Bar" && player["is_muted"] == false)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_open_a_private_room_by_mode_and_close_it_with_a_reason() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let (ok, text) = page.run("open chess").await;
    assert!(!ok && text.contains("drift, core-war, duel or 1962"), "{text}");
    let text = page.done("open duel").await;
    let code = text.split(' ').next().unwrap().to_owned();
    let link = text.rsplit(' ').next().unwrap();
    assert!(link.starts_with("http://") && link.ends_with(&format!(":{}/r/{code}", server.address.port())), "{text}");
    let mut guest = crate::clients::open_at(server.address, &format!("/ws?room={code}")).await;
    guest.send(Message::Binary(crate::clients::hello().into())).await.expect("sent");
    server.until_connections(1).await;
    page.until("figures", |told| told["rooms"].as_array().unwrap().iter().any(|room| room["watching"] == 1)).await;
    let (ok, text) = page.run("close main").await;
    assert!(!ok && text.contains("public"), "{text}");
    page.done(&format!("close {code} bedtime")).await;
    assert_eq!(closed(&mut guest).await, (4_014, "bedtime".to_owned()));
    until("it is gone", async || server.status().await["private_rooms"] == 0).await;
    let audit = page.done("audit").await;
    assert!(audit.contains("a private room of duel is open") && !audit.contains(&format!("/r/{code}")), "{audit}");
}
