//! The console in the game: lines that a player's page sends instead of chat. Whoever is signed in there is staff until the
//! connection ends.
//!
//! Invariants: nothing here holds the reading of commands for the ship up (lines wait in a short queue, for a task of their own);
//! a password is heard once, and neither logged nor told again; who is not signed in learns of no command but how to sign in.

use std::sync::{Arc, Weak};

use shared::{
    protocol::NoticeText,
    room::{ConnId, Order as RoomOrder},
};
use tokio::sync::mpsc;

use super::{Speaker, Staff, Via, line::Words, secret::SecretKey};
use crate::{address::AddressKey, room::RoomHandle};

/// Lines that wait. Full: the next is refused.
const WAITING_MAX: usize = 4;

/// What who is not staff reads.
const SIGN_IN: &str = "for those who run this server: /signin NAME PASSWORD";

/// One connection's console.
#[derive(Debug)]
pub struct Console {
    staff: Arc<Staff>,
    /// A session keeps no closed room.
    room: Weak<RoomHandle>,
    conn: ConnId,
    address: AddressKey,
    lines: Option<mpsc::Sender<String>>,
}

impl Console {
    /// Nobody is signed in yet, and nothing waits.
    #[must_use]
    pub fn new(staff: Arc<Staff>, room: &Arc<RoomHandle>, conn: ConnId, address: AddressKey) -> Console {
        Console { staff, room: Arc::downgrade(room), conn, address, lines: None }
    }

    /// Takes a line; the answer comes to the connection's own chat.
    pub fn hear(&mut self, line: String) {
        let lines = self.lines.get_or_insert_with(|| {
            let (lines, waiting) = mpsc::channel(WAITING_MAX);
            let desk = Desk {
                staff: Arc::clone(&self.staff),
                room: Weak::clone(&self.room),
                conn: self.conn,
                address: self.address,
                session: None,
            };
            tokio::spawn(desk.run(waiting));
            lines
        });
        if lines.try_send(line).is_err() {
            tell(&self.room, self.conn, "one after the other, please");
        }
    }
}

/// Ends with the console; what is still being done is done.
struct Desk {
    staff: Arc<Staff>,
    room: Weak<RoomHandle>,
    conn: ConnId,
    address: AddressKey,
    session: Option<SecretKey>,
}

impl Desk {
    async fn run(mut self, mut waiting: mpsc::Receiver<String>) {
        while let Some(line) = waiting.recv().await {
            let text = self.answer(&line).await;
            tell(&self.room, self.conn, &text);
        }
        if let Some(session) = self.session {
            self.staff.sign_out(session);
        }
    }

    async fn answer(&mut self, line: &str) -> String {
        let words = Words::of(line.trim().trim_start_matches('/'));
        let Ok(mut words) = words else { return SIGN_IN.to_owned() };
        match words.next_word() {
            Ok(Some(word)) if word.eq_ignore_ascii_case("signin") => return self.sign_in(words).await,
            _ => {}
        }
        let Some(who) = self.session.and_then(|session| self.staff.who(session)) else { return SIGN_IN.to_owned() };
        let Some(room) = self.room.upgrade().map(|room| room.blueprint().id.to_string()) else { return String::new() };
        self.staff.run(&Speaker::of(who, Via::Console), Some(&room), line).await.text
    }

    async fn sign_in(&mut self, mut words: Words<'_>) -> String {
        let name = words.next_word().ok().flatten();
        let (Some(name), Some(password)) = (name, words.rest()) else { return SIGN_IN.to_owned() };
        match self.staff.sign_in(&name, password, self.address, Via::Console).await {
            Ok(secret) => {
                if let Some(earlier) = self.session.replace(secret.key()) {
                    self.staff.sign_out(earlier);
                }
                "you are signed in until this connection ends; /help".to_owned()
            }
            Err(error) => error.sentence().to_owned(),
        }
    }
}

fn tell(room: &Weak<RoomHandle>, conn: ConnId, text: &str) {
    let (Some(room), Some(text)) = (room.upgrade(), NoticeText::clean(text)) else { return };
    // A room too busy to hear of it says nothing to anybody at that moment.
    let _ = room.order(RoomOrder::Tell { conn, text });
}
