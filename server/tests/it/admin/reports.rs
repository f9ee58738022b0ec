//! What players say about each other, and what staff see of it.

use super::{console::answer, *};
use crate::{
    clients::{closed, knock as hello_as, next_chat, say},
    running::until,
};

/// Until what rooms published last is newer than whatever has happened up to now.
async fn published(server: &Running) {
    let tick = async || server.status().await["tick"].as_u64();
    let before = tick().await;
    until("a later report of the room", async || tick().await != before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_brings_the_last_ten_lines_to_staff_who_can_act_on_it_after_the_player_has_left() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let mut ada = seated(&server, 1, "Ada").await;
    let mut bo = seated(&server, 2, "Bo \"the\" Bad").await;
    say(&mut bo, "you badger, you").await;
    assert!(format!("{:?}", next_chat(&mut ada).await).contains("you ******, you"), "words of the list are masked");
    published(&server).await;
    for (line, says) in [
        ("report", "/report NAME"),
        ("report Cy", "there is no \"Cy\" here"),
        ("report Ada", "that is you"),
        (r#"report "bo \"the\" bad" insults <b>"#, "is reported to those who run this server"),
    ] {
        let text = answer(&mut ada, line).await;
        assert!(text.contains(says), "{line}: {text}");
    }
    let told = page.until("reports", |told| !told["rows"].as_array().unwrap().is_empty()).await;
    let row = &told["rows"][0];
    assert_eq!((&row["who"], &row["room"], &row["is_known"]), (&json!("Bo \"the\" Bad"), &json!("main"), &json!(true)));
    assert_eq!((&row["reason"], &row["lines"]), (&json!("insults <b>"), &json!("Bo \"the\" Bad: you ******, you")));
    assert!(row["by"].as_str().unwrap().starts_with("Ada, from #"), "{row}");
    assert!(page.done("reports").await.starts_with("1: Bo \"the\" Bad in main, "));
    assert!(page.done("report 1").await.ends_with("you ******, you"));
    // Three at once are heard from one address.
    for _ in 0..2 {
        assert!(answer(&mut ada, r#"report "Bo \"the\" Bad""#).await.contains("is reported"));
    }
    assert!(answer(&mut ada, r#"report "Bo \"the\" Bad""#).await.contains("wait half a minute"));
    // Whoever leaves is banned by the report.
    drop(bo.close(None).await);
    assert!(page.done("ban report:1 1h rude").await.contains("Bo \"the\" Bad is kept out for 1 h"));
    assert_eq!(hello_as(server.address, Some(2), None).await.expect_err("kept out").0, 4_015);
    assert!(page.done("report 1 done").await.contains("seen to"));
    page.until("reports", |told| told["rows"].as_array().unwrap().iter().all(|row| row["id"] != 1)).await;
    let (ok, text) = page.run("report 9 done").await;
    assert!(!ok && text.contains("there is no report 9"), "{text}");
    // And who is still here is removed by it.
    assert!(page.done("mute report:2 5m").await.contains("is quiet"));
    let mut cy = seated(&server, 3, "Cy").await;
    published(&server).await;
    let text = answer(&mut cy, "report Ada").await;
    assert!(text.contains("wait half a minute"), "{text}");
    page.done("kick Ada").await;
    assert_eq!(closed(&mut ada).await.0, 4_014);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_lost_the_line_can_be_removed_and_kept_out() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    for (profile, name, line) in [(1, "Ada", "kick Ada"), (2, "Bo", "ban Bo 1h")] {
        let mut stays = seated(&server, 9, "Stays").await;
        drop(seated(&server, profile, name).await);
        let is_parked = |player: &Value| player["name"] == name && player["conn"].is_null();
        page.until("figures", |told| told["rooms"][0]["players"].as_array().unwrap().iter().any(is_parked)).await;
        page.done(line).await;
        let gone = |told: &Value| told["rooms"][0]["players"].as_array().unwrap().iter().all(|row| row["name"] != name);
        if line.starts_with("kick") {
            page.until("figures", gone).await;
        } else {
            assert_eq!(hello_as(server.address, Some(profile), None).await.expect_err("kept out").0, 4_015);
        }
        let _ = stays.close(None).await;
    }
}
