//! The console in the game.

use shared::protocol::{ClientMessage, ConsoleLine, NoticeKind, ServerMessage, codec};

use super::*;
use crate::clients::welcomed;

/// What a connection is answered to a line.
pub(super) async fn answer(socket: &mut Socket, line: &str) -> String {
    let message = ClientMessage::Console(ConsoleLine(line.to_owned()));
    socket.send(Message::Binary(codec::encode_client(&message).into())).await.expect("sent");
    notice(socket, NoticeKind::Private).await
}

async fn notice(socket: &mut Socket, kind: NoticeKind) -> String {
    in_time("a notice", async {
        loop {
            if let Message::Binary(bytes) = socket.next().await.expect("open").expect("whole")
                && let Ok(ServerMessage::Notice(notice)) = codec::decode_server(&bytes)
                && notice.kind == kind
            {
                return notice.text.as_str().to_owned();
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_there_is_staff_until_the_connection_ends() {
    let server = Running::start();
    let cookie = owner(&server).await;
    let named = json!({ "name": "anna", "password": PASSWORD });
    assert_eq!(post(&server, "/admin/password", &cookie, &named).await.status, 204);
    let mut other = welcomed(server.address).await;
    let mut socket = welcomed(server.address).await;
    for line in ["help", "announce Hi", "signin", "signin anna", "\"", "kick Foo"] {
        assert!(answer(&mut socket, line).await.contains("/signin NAME PASSWORD"), "{line}");
    }
    assert_eq!(answer(&mut socket, "signin anna wrong horse").await, "that is not right, or no longer");
    assert!(answer(&mut socket, &format!("signin anna {PASSWORD}")).await.contains("signed in"));
    assert!(answer(&mut socket, "help").await.contains("announce TEXT"));
    assert_eq!(answer(&mut socket, "announce Hi all").await, "everybody was told");
    assert_eq!(notice(&mut other, NoticeKind::Announcement).await, "Hi all");
    assert!(answer(&mut other, "help").await.contains("/signin"), "only that connection");
    let mut page = Page::open(&server, &cookie).await;
    let audit = page.told("audit").await;
    assert!(audit.to_string().contains("\"via\":\"console\"") && !audit.to_string().contains("horse"), "{audit}");
    assert!(audit.to_string().contains("refused: wrong password, from #"), "staff see who was tried: {audit}");
    for _ in 0..5 {
        answer(&mut other, "signin anna guess").await;
    }
    assert!(answer(&mut other, "signin anna guess").await.contains("too many tries"));
}
