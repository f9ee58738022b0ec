//! What the page keeps: the name, the profile and settings for good, the token for this tab. Invariant: storage may be missing,
//! full or forbidden; then nothing is kept and the game goes on.

use shared::{
    defs::ShipClass,
    protocol::{Password, ProfileToken, Resume, ResumeToken, proto_hash},
};
use web_sys::Storage;

use super::browser::{path, secret, window};
use crate::{address::Place, net::Remembered};

const PROFILE: &str = "perihelion.profile";
const TOKEN: &str = "perihelion.token";
const ROOM: &str = "perihelion.room";
const PASSWORD: &str = "perihelion.password";
const PLAYING: &str = "perihelion.playing";
const RELOADED: &str = "perihelion.reloaded";
const NAME: &str = "perihelion.name";
const CLASS: &str = "perihelion.class";
const MUTED: &str = "perihelion.muted";
const CHAT_MUTED: &str = "perihelion.chat-muted";
const DEEDS: &str = "perihelion.hints";
const SETTINGS: &str = "perihelion.settings";

/// What an earlier page of this tab left.
#[must_use]
pub fn remembered() -> Remembered {
    let (place, room) = (Place::of_path(&path()), read(tab(), ROOM));
    Remembered {
        profile: profile(),
        resume: read(tab(), TOKEN).and_then(|text| resume_from_text(&text)),
        playing: read(tab(), PLAYING).is_some(),
        name: name().unwrap_or_default(),
        class: class(),
        password: read(tab(), &password_of(place.room.as_deref().or(room.as_deref()))).map(Password),
        room,
        place,
        reloaded: read(tab(), RELOADED).is_some_and(|hash| hash == proto_hash().to_string()),
    }
}

/// The secret by which this browser's player is known again; made up when there is none yet.
#[must_use]
pub fn profile() -> Option<ProfileToken> {
    if let Some(kept) = read(browser(), PROFILE).and_then(|text| bytes_of(&text)) {
        return Some(ProfileToken(kept));
    }
    let fresh = secret()?;
    write(browser(), PROFILE, Some(&hex(&fresh)));
    // Where nothing is kept one is nobody: a new secret with every page would fill the boards with strangers.
    let kept = read(browser(), PROFILE).and_then(|text| bytes_of(&text));
    kept.map(ProfileToken)
}

/// Keeps what gets the slot back, whether the player is in the game, and in which room.
pub fn remember(resume: Option<Resume>, playing: bool, room: Option<&str>) {
    write(tab(), ROOM, room);
    write(tab(), TOKEN, resume.map(resume_to_text).as_deref());
    write(tab(), PLAYING, playing.then_some("1"));
}

/// Keeps that the page was reloaded because of this version.
pub fn remember_reload() {
    write(tab(), RELOADED, Some(&proto_hash().to_string()));
}

/// Keeps what was given where a password was asked for, for this tab and this room.
pub fn remember_password(room: Option<&str>, password: &str) {
    write(tab(), &password_of(room), Some(password));
}

/// Under which name a room's password is kept: no room is told that of another.
fn password_of(room: Option<&str>) -> String {
    [PASSWORD, ".", room.unwrap_or_default()].concat()
}

/// The last name played under.
#[must_use]
pub fn name() -> Option<String> {
    read(browser(), NAME).filter(|name| !name.is_empty())
}

/// Keeps the name.
pub fn remember_name(name: &str) {
    write(browser(), NAME, Some(name));
}

/// The class wanted last.
fn class() -> ShipClass {
    let index = read(browser(), CLASS).and_then(|text| text.parse().ok());
    index.and_then(ShipClass::from_index).unwrap_or_default()
}

/// Keeps the class.
pub fn remember_class(class: ShipClass) {
    write(browser(), CLASS, Some(&(class as u8).to_string()));
}

/// Whom one does not want to hear, one name a line.
#[must_use]
pub fn chat_muted() -> String {
    read(tab(), CHAT_MUTED).unwrap_or_default()
}

/// Keeps whom one does not want to hear, for this tab. No name has a line break in it.
pub fn remember_chat_muted(names: &[String]) {
    write(tab(), CHAT_MUTED, (!names.is_empty()).then_some(names.join("\n").as_str()));
}

/// Sound is off.
#[must_use]
pub fn muted() -> bool {
    read(browser(), MUTED).is_some()
}

/// Keeps whether sound is off.
pub fn remember_muted(muted: bool) {
    write(browser(), MUTED, muted.then_some("1"));
}

/// What the player set, as it was kept.
#[must_use]
pub fn settings() -> String {
    read(browser(), SETTINGS).unwrap_or_default()
}

/// Keeps what the player set.
pub fn remember_settings(text: &str) {
    write(browser(), SETTINGS, Some(text));
}

/// First-minute deeds done.
#[must_use]
pub fn deeds() -> u8 {
    read(browser(), DEEDS).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Keeps the deeds.
pub fn remember_deeds(deeds: u8) {
    write(browser(), DEEDS, Some(&deeds.to_string()));
}

fn tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn browser() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn read(storage: Option<Storage>, key: &str) -> Option<String> {
    storage?.get_item(key).ok().flatten()
}

fn write(storage: Option<Storage>, key: &str, value: Option<&str>) {
    let Some(storage) = storage else { return };
    // A full or forbidden storage only means that the next page starts fresh.
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// Hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8; 16]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn bytes_of(hex: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if hex.len() != 32 || !hex.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

/// The token in hexadecimal, a space, and the deeds heard.
fn resume_to_text(resume: Resume) -> String {
    [&hex(&resume.token.0), " ", &resume.heard.to_string()].concat()
}

fn resume_from_text(text: &str) -> Option<Resume> {
    let (hex, heard) = text.split_once(' ')?;
    Some(Resume { token: ResumeToken(bytes_of(hex)?), heard: heard.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_survive_storage_and_rubbish_is_no_token() {
        let token = ResumeToken(core::array::from_fn(|i| (i * 17) as u8));
        let resume = Resume { token, heard: 65_535 };
        assert_eq!(resume_from_text(&resume_to_text(resume)), Some(resume));
        let good = "00112233445566778899aabbccddeeff";
        let rubbish = ["", "00", good, "zz112233445566778899aabbccddeeff 1", "äääääääääääääääa 1"].map(str::to_owned);
        for rubbish in rubbish.into_iter().chain(["x", "65536", "-1"].map(|heard| format!("{good} {heard}"))) {
            assert_eq!(resume_from_text(&rubbish), None, "{rubbish}");
        }
    }
}
