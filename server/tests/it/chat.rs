//! Talk over real sockets: heard by the others, clean, and no way to end a connection or to fill a log.

use std::time::Duration;

use futures_util::SinkExt;
use shared::{
    defs::ShipClass,
    protocol::{Chat, ClientMessage, Quick, Words, codec},
};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    clients::{Socket, closed, next_chat, say, welcomed},
    pilot::Pilot,
    running::{Running, in_time},
};

/// A connection with a slot.
async fn seated(server: &Running, name: &str) -> Socket {
    let mut socket = welcomed(server.address).await;
    let play = ClientMessage::Play { name: name.into(), class: ShipClass::Spark };
    socket.send(Message::Binary(codec::encode_client(&play).into())).await.expect("sent");
    socket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_players_talk() {
    let server = Running::start();
    let mut ada = Pilot::play(server.address, "Ada").await;
    let mut bo = Pilot::play(server.address, "Bo").await;
    ada.replica.say_words(&Words::Text(format!("<b>hi</b> {}", "\u{202E}x".repeat(400))));
    ada.replica.say_words(&Words::Quick(Quick::Help));
    let mut heard = Vec::new();
    while heard.len() < 2 {
        tokio::select! {
            () = ada.step("a word") => {}
            () = bo.step("a word") => {}
        }
        while let Some(chat) = bo.replica.poll_chat() {
            let Chat::Said(lines) = chat else { panic!("{chat:?}") };
            heard.extend(lines);
        }
    }
    assert!(heard.iter().all(|line| Some(line.player) == ada.replica.player() && line.name == "Ada"), "{heard:?}");
    assert_eq!(heard[0].words, Words::Text(format!("<b>hi</b> {}", "x".repeat(110))));
    assert_eq!(heard[1].words, Words::Quick(Quick::Help));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_of_the_list_are_starred_and_no_name_has_one() {
    // Its list: badger, *moose*.
    let server = Running::start();
    let mut ada = Pilot::play(server.address, "Old Badger").await;
    ada.replica.say_words(&Words::Text("Badgers and a b\u{430}dg\u{200B}3r vamoosed".into()));
    let line = loop {
        ada.step("a word").await;
        if let Some(Chat::Said(lines)) = ada.replica.poll_chat() {
            break lines[0].clone();
        }
    };
    assert_eq!(line.words, Words::Text("Badgers and a ****** va*****d".into()));
    assert!(line.name.starts_with("Pilot "), "{line:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chatterbox_is_hushed_once_and_stays() {
    let server = Running::start();
    let mut socket = seated(&server, "Echo").await;
    for n in 0..30 {
        say(&mut socket, &n.to_string()).await;
    }
    let (mut lines, mut hushes) = (0, 0);
    while hushes == 0 {
        match next_chat(&mut socket).await {
            Chat::Said(said) => lines += said.len(),
            Chat::Hushed => hushes += 1,
            Chat::Earlier(_) => panic!("nothing was said before"),
            Chat::Muted => panic!("nobody is muted here"),
        }
    }
    assert!(lines <= 5, "{lines}");
    // It is still in the game: the next line, when its time has come, is heard.
    let again = async {
        loop {
            say(&mut socket, "again").await;
            // Nothing comes of a line that is still too soon.
            if let Ok(Chat::Said(said)) = timeout(Duration::from_millis(250), next_chat(&mut socket)).await
                && said.iter().any(|line| line.words == Words::Text("again".into()))
            {
                return;
            }
        }
    };
    in_time("to be heard again", again).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_are_no_text_are_nonsense_and_too_long_a_message_as_ever() {
    let server = Running::start();
    let good = codec::encode_client(&ClientMessage::Say(Words::Text("abcd".into())));
    let mut broken = good.clone();
    *broken.last_mut().unwrap() = 0xff;
    let mut bomb = good[..2].to_vec();
    bomb.extend([253, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0]);
    let unknown_quick = [&codec::encode_client(&ClientMessage::Say(Words::Quick(Quick::No)))[..2], &[8]].concat();
    let long = codec::encode_client(&ClientMessage::Say(Words::Text("x".repeat(10_240))));
    for bytes in [broken, bomb, unknown_quick, long] {
        let mut socket = seated(&server, "Villain").await;
        let shown = format!("{:?}", &bytes[..bytes.len().min(20)]);
        let _ = socket.send(Message::Binary(bytes.into())).await;
        assert_eq!(closed(&mut socket).await.0, 4002, "{shown}");
    }
    assert_eq!(server.status().await["room_restarts"], 0);
}
