//! The console in the game: lines that a player's page sends instead of chat. Whoever is signed in there is staff until the
//! connection ends.
//!
//! Invariants: nothing here holds the reading of commands for the ship up (lines wait in a short queue, for a task of their own);
//! a password is heard once, and neither logged nor told again; who is not signed in learns of no command but how to sign in, and can report a player (`complaint`).

use std::sync::Arc;

use shared::protocol::ConsoleLine;
use tokio::sync::mpsc;

use super::{Speaker, Staff, Via, line::Words, secret::SecretKey};
use crate::{address::AddressKey, room::Voice};

/// Lines that wait. Full: the next is refused.
const WAITING_MAX: usize = 4;

/// What who is not staff reads.
const SIGN_IN: &str = "for those who run this server: /signin NAME PASSWORD";

/// Where a connection's console is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The id of the room that is meant where none is named.
    pub room: String,
    /// Through which the answers go.
    pub voice: Voice,
    /// Whose tries to sign in are counted.
    pub address: AddressKey,
}

/// One connection's console.
#[derive(Debug)]
pub struct Console {
    staff: Arc<Staff>,
    place: Place,
    lines: Option<mpsc::Sender<ConsoleLine>>,
}

impl Console {
    /// Nobody is signed in yet, and nothing waits.
    #[must_use]
    pub fn new(staff: Arc<Staff>, place: Place) -> Console {
        Console { staff, place, lines: None }
    }

    /// Takes a line; the answer comes to the connection's own chat.
    pub fn hear(&mut self, line: ConsoleLine) {
        let lines = self.lines.get_or_insert_with(|| {
            let (lines, waiting) = mpsc::channel(WAITING_MAX);
            let desk = Desk { staff: Arc::clone(&self.staff), place: self.place.clone(), session: None };
            tokio::spawn(desk.run(waiting));
            lines
        });
        if lines.try_send(line).is_err() {
            self.place.voice.tell("one after the other, please");
        }
    }
}

/// Ends with the console; what is being done by then is done.
struct Desk {
    staff: Arc<Staff>,
    place: Place,
    session: Option<SecretKey>,
}

impl Desk {
    async fn run(mut self, mut waiting: mpsc::Receiver<ConsoleLine>) {
        while let Some(ConsoleLine(line)) = waiting.recv().await {
            let text = self.answer(&line).await;
            self.place.voice.tell(&text);
        }
        if let Some(session) = self.session {
            self.staff.sign_out(session);
        }
    }

    async fn answer(&mut self, line: &str) -> String {
        let Ok(mut words) = Words::of(line) else { return SIGN_IN.to_owned() };
        if matches!(words.next_word(), Ok(Some(word)) if word.eq_ignore_ascii_case("signin")) {
            return self.sign_in(words).await;
        }
        let Some(who) = self.session.and_then(|session| self.staff.who(session)) else { return self.hear(line) };
        self.staff.run(&Speaker::of(who, Via::Console), Some(&self.place.room), line).await.text
    }

    /// Of somebody who is not staff.
    fn hear(&self, line: &str) -> String {
        let Ok(mut words) = Words::of(line) else { return SIGN_IN.to_owned() };
        match words.next_word() {
            Ok(Some(word)) if word.eq_ignore_ascii_case("report") => self.staff.hear_report(&self.place, words),
            _ => SIGN_IN.to_owned(),
        }
    }

    async fn sign_in(&mut self, mut words: Words<'_>) -> String {
        let name = words.next_word().ok().flatten();
        let (Some(name), Some(password)) = (name, words.rest()) else { return SIGN_IN.to_owned() };
        match self.staff.sign_in(&name, password, self.place.address, Via::Console).await {
            Ok(secret) => {
                if let Some(earlier) = self.session.replace(secret.key()) {
                    self.staff.sign_out(earlier);
                }
                "you are signed in until this connection ends; /help lists what you can do".to_owned()
            }
            Err(error) => error.sentence().to_owned(),
        }
    }
}
