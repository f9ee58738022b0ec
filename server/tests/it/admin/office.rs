//! Who may do what, and that the manual says so.

use server::staff::command::COMMANDS;

use super::*;
use crate::clients::closed;

#[tokio::test]
async fn everybody_does_what_their_role_lets_them_and_no_more() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let text = page.done("staff-add Hella helper").await;
    assert!(text.contains("hella is helper"), "{text}");
    let login = json!({ "token": token_in(&text) });
    let cookie = cookie_of(&post(&server, "/admin/login", "", &login).await);
    let who = parsed(&me(&server, &cookie).await);
    let names: Vec<_> = who["commands"].as_array().unwrap().iter().map(|command| command["name"].clone()).collect();
    assert!(names.contains(&json!("kick")) && !names.contains(&json!("ban")), "{names:?}");
    let mut helper = Page::open(&server, &cookie).await;
    for command in COMMANDS.iter().filter(|command| command.role > server::staff::role::Role::Helper) {
        let word = |arg: &server::staff::command::Arg| match arg.kind.word() {
            "time" => "5m",
            "number" | "ban" => "5",
            "address" => "10.0.0.1",
            "role" => "owner",
            "pickup" => "decoy",
            _ => "hella",
        };
        let line = command.args.iter().fold(command.name.to_owned(), |line, arg| format!("{line} {}", word(arg)));
        let (ok, text) = helper.run(&line).await;
        assert!(!ok && text.contains("you are helper"), "{line}: {text}");
    }
    helper.done("rooms").await;
    let audit = page.until("audit", |told| told["rows"][0]["line"] == "rooms").await;
    let refused = &audit["rows"][1];
    assert!(refused["who"] == "hella" && refused["outcome"].as_str().unwrap().starts_with("refused"), "{refused}");
    assert!(!audit.to_string().contains(token_in(&text)), "no token stands in the audit log");
    page.done("staff-add hella mod").await;
    assert_eq!(closed(&mut helper.socket).await.0, 1008, "the rights have changed");
    assert_eq!(me(&server, &cookie).await.status, 401);
    let text = page.done("token hella").await;
    let cookie = cookie_of(&post(&server, "/admin/login", "", &json!({ "token": token_in(&text) })).await);
    assert_eq!(parsed(&me(&server, &cookie).await)["role"], "mod");
    page.done("staff-remove hella").await;
    assert_eq!(me(&server, &cookie).await.status, 401);
}

#[tokio::test]
async fn a_password_in_the_wrong_place_is_kept_nowhere() {
    let server = Running::start();
    let mut page = Page::of_owner(&server).await;
    let (ok, _) = page.run("sigin anna hunter2hunter2").await;
    assert!(!ok);
    let audit = page.until("audit", |told| told["rows"][0]["line"].as_str().unwrap().starts_with("sigin")).await;
    assert!(!audit.to_string().contains("hunter2"), "{audit}");
}

#[test]
fn the_manual_lists_every_command_as_the_table_does() {
    let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ADMIN.md")).unwrap();
    let rows = COMMANDS
        .iter()
        .map(|command| format!("| `{}` | {} | {} |\n", command.usage(), command.role.word(), command.help));
    let table: String = rows.collect();
    assert!(manual.contains(&table), "docs/ADMIN.md should hold:\n{table}");
}
