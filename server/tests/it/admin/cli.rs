//! `perihelion admin`, and what outlives a process.

use std::process::Output;

use shared::protocol::{Chat, Words};

use super::*;
use crate::{
    binary::{Process, run},
    clients::knock as hello_as,
    pilot::Pilot,
    running::{Folder, until},
};

fn admin(folder: &Folder, words: &[&str]) -> Output {
    let folder = folder.path().to_str().unwrap();
    run(&[&["admin", "--data-dir", folder], words].concat())
}

/// The answer of a command that has to be carried out.
fn done(folder: &Folder, words: &[&str]) -> String {
    let output = admin(folder, words);
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn whoever_may_read_the_folder_gives_commands() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let nobody = admin(&folder, &["rooms"]);
    let line = String::from_utf8(nobody.stderr).unwrap();
    assert!(nobody.status.code() == Some(2) && line.contains("no server uses"), "{line}");
    let _process = Process::start_in(folder.path(), 0, &["--bots", "2"]);
    let mode = std::fs::metadata(folder.path().join("admin.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(done(&folder, &[]).contains("kick PLAYER [REASON]"), "help");
    assert!(done(&folder, &["rooms"]).starts_with("main: Drift"));
    assert!(done(&folder, &["bots main 3"]).contains("up to 3"), "a whole line in one word");
    let refused = admin(&folder, &["kick", "Foo Bar", "no reason"]);
    let line = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && line.contains("\"Foo Bar\""), "{line}");
    let refused = admin(&folder, &["--room", "nowhere", "kick", "Foo"]);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("no room \"nowhere\""));
}

#[cfg(unix)]
#[tokio::test]
async fn what_was_answered_outlives_a_process_that_is_killed() {
    let folder = Folder::new();
    let process = Process::start_in(folder.path(), 0, &[]);
    let text = done(&folder, &["ban-address", "127.0.0.1", "1d", "evil", "twin"]);
    assert!(!text.contains("not stored"), "{text}");
    done(&folder, &["staff-add", "anna", "mod"]);
    done(&folder, &["set", "gravity", "150"]);
    done(&folder, &["lock", "closed"]);
    process.signal("-KILL");
    process.ended().await;
    let process = Process::start_in(folder.path(), 0, &[]);
    until("the ban holds again", async || {
        matches!(hello_as(process.address, None, None).await, Err((4_015, reason)) if reason.starts_with("evil twin"))
    })
    .await;
    assert!(done(&folder, &["bans"]).contains("evil twin"));
    assert!(done(&folder, &["staff"]).contains("anna: mod"));
    assert!(done(&folder, &["audit"]).contains("set gravity 150"));
    done(&folder, &["unban", "1"]);
    assert_eq!(hello_as(process.address, None, None).await.map(drop), Err((4_016, "closed".to_owned())));
    done(&folder, &["unlock"]);
    // A room that rests tells of its numbers when it ticks.
    let _company = hello_as(process.address, None, None).await.expect("welcome");
    until("the physics hold again", async || done(&folder, &["tunables"]).contains("gravity 150 %")).await;
    assert!(process.banner.contains("Admin page:      http://localhost:"), "{}", process.banner);
}

#[cfg(unix)]
#[tokio::test]
async fn a_countdown_is_told_called_off_and_ends_as_was_said() {
    let folder = Folder::new();
    let process = Process::start_in(folder.path(), 0, &[]);
    let address = process.address;
    let ready = async || {
        let head = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        ask_raw(address, head.as_bytes()).await.status
    };
    assert!(String::from_utf8(admin(&folder, &["cancel"]).stderr).unwrap().contains("no countdown"));
    let mut pilot = Pilot::play(address, "Patient").await;
    until("somebody plays", async || done(&folder, &["rooms"]).contains("1 of")).await;
    done(&folder, &["drain", "600"]);
    pilot.until("the countdown", |replica| replica.restart_in_s(0).is_some()).await;
    assert_eq!(ready().await, 503);
    done(&folder, &["cancel"]);
    pilot.until("the news that it is off", |replica| replica.restart_in_s(0).is_none()).await;
    assert_eq!(ready().await, 200);
    done(&folder, &["restart", "1"]);
    assert_eq!(pilot.closed().await, 1012);
    assert_eq!(process.ended().await.0, Some(75), "a supervisor starts it again");
}

#[cfg(unix)]
#[tokio::test]
async fn settings_are_read_again_by_command_and_what_is_wrong_is_answered() {
    let folder = Folder::new();
    let file = folder.path().join("perihelion.toml");
    std::fs::write(&file, "[server]\nmotd = \"Hello\"\n").unwrap();
    let _process = Process::start_in(folder.path(), 0, &["--config", file.to_str().unwrap()]);
    assert!(done(&folder, &["reload"]).contains("nothing has changed"));
    std::fs::write(&file, "[server]\nmotd = \"Bye\"\nadmin = \"off\"\n").unwrap();
    assert_eq!(done(&folder, &["reload"]).trim(), "changed: server.motd; these need a restart: server.admin");
    std::fs::write(&file, "[server]\nmotd = 3\n").unwrap();
    let refused = admin(&folder, &["reload"]);
    let line = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && line.contains("motd") && line.contains("stay in force"), "{line}");
}

#[cfg(unix)]
#[tokio::test]
async fn words_are_read_again_by_command_and_a_list_that_is_wrong_leaves_the_old_one() {
    let folder = Folder::new();
    let (file, list) = (folder.path().join("perihelion.toml"), folder.path().join("words.txt"));
    std::fs::write(&file, format!("[moderation]\nwords = {list:?}\n[rooms.main]\nbots = 0\n")).unwrap();
    std::fs::write(&list, "badger\ntwo words\n").unwrap();
    let command = run(&["--check-config", "--config", file.to_str().unwrap()]);
    let line = String::from_utf8(command.stderr).unwrap();
    let wrong = ["moderation.words", "words.txt", "line 2: one word on a line"];
    assert!(command.status.code() == Some(2) && wrong.iter().all(|words| line.contains(words)), "{line}");
    std::fs::write(&list, "badger\n").unwrap();
    let process = Process::start_in(folder.path(), 0, &["--config", file.to_str().unwrap()]);
    let mut ada = Pilot::play(process.address, "Ada").await;
    let mut heard = async |says: &str| {
        ada.replica.say_words(&Words::Text(says.into()));
        in_time("a word", async {
            loop {
                ada.step("a word").await;
                if let Some(Chat::Said(lines)) = ada.replica.poll_chat() {
                    let Words::Text(text) = &lines[0].words else { panic!("{lines:?}") };
                    return text.clone();
                }
            }
        })
        .await
    };
    assert_eq!(heard("a badger moose").await, "a ****** moose");
    std::fs::write(&list, "moose\n\nb\n").unwrap();
    let line = String::from_utf8(admin(&folder, &["reload"]).stderr).unwrap();
    assert!(line.contains("line 3: a word has 2 to 40 letters") && line.contains("stay in force"), "{line}");
    assert_eq!(heard("no badger moose").await, "no ****** moose");
    std::fs::write(&list, "moose\n").unwrap();
    done(&folder, &["reload"]);
    assert_eq!(heard("one badger moose").await, "one badger *****");
}
