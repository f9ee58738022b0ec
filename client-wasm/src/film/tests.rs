//! What the controls of a recording promise.

use super::*;
use shared::{
    room::{Room, RoomConfig},
    tick::TICK_US,
};

/// The recording of a room of bots.
pub fn recording(ticks: u64) -> Vec<u8> {
    recording_of(ticks, RoomConfig { seed: 3, bots: 12, record: true, ..RoomConfig::default() })
}

fn recording_of(ticks: u64, config: RoomConfig) -> Vec<u8> {
    let mut room = Room::new(config);
    let mut bytes = Vec::new();
    for i in 1..=ticks {
        room.tick(i * TICK_US, &|_| true);
        bytes.extend(core::iter::from_fn(|| room.poll_recording()).flatten());
    }
    room.finish_recording();
    bytes.extend(core::iter::from_fn(|| room.poll_recording()).flatten());
    bytes
}

fn film(ticks: u64) -> Film {
    let mut film = Film::default();
    film.open("match.rec", recording(ticks));
    film.frame();
    film
}

fn arrive(film: &mut Film) {
    while film.seeking().is_some() {
        film.advance(0.1, || 0);
    }
}

#[test]
fn it_plays_at_any_pace_and_stops_at_the_end() {
    let mut film = film(600);
    let start = film.position().0;
    film.advance(0.1, || 0);
    assert_eq!(film.position().0, start + 6);
    film.set_pace(16.0);
    film.advance(0.1, || 0);
    assert_eq!(film.position().0, start + 6 + 96);
    film.handle(Deed::Toggle, Vec2::ZERO);
    assert!(!film.advance(0.1, || 0) && film.pace_now() == 0.0);
    assert_eq!(film.position().0, start + 102);
    film.handle(Deed::Toggle, Vec2::ZERO);
    for _ in 0..20 {
        film.advance(0.2, || 0);
    }
    assert_eq!((film.position(), film.playing()), ((600, 600), false));
    film.handle(Deed::Toggle, Vec2::ZERO);
    arrive(&mut film);
    assert!(film.playing() && film.position().0 < 20, "again from the start: {:?}", film.position());
}

#[test]
fn a_seek_goes_in_slices_and_says_how_far_it_is() {
    let mut film = film(1_200);
    film.seek(1_000);
    assert_eq!(film.position().0, 1_000, "the goal is shown at once");
    // A clock on which every look costs four milliseconds.
    let clock = core::cell::Cell::new(0);
    let now = || {
        clock.set(clock.get() + 4_000);
        clock.get()
    };
    let (mut slices, mut last) = (0, 0.0);
    while let Some(done) = film.seeking() {
        assert!(done >= last && done <= 1.0);
        last = done;
        assert!(!film.advance(0.1, now) || film.seeking().is_none());
        slices += 1;
    }
    assert!(slices > 20, "{slices} slices");
    assert_eq!(film.position().0, 1_000);
}

#[test]
fn keys_skip_nudge_and_change_the_pace() {
    let mut film = film(1_200);
    for (code, shift, at) in [
        ("ArrowRight", false, 301),
        ("ArrowRight", true, 361),
        ("ArrowLeft", false, 61),
        ("Period", false, 62),
        ("Comma", false, 61),
        ("End", false, 1_200),
        ("ArrowRight", false, 1_200),
        ("Home", false, 0),
        ("ArrowLeft", false, 0),
    ] {
        film.handle(deed_of_key(code, shift).unwrap(), Vec2::ZERO);
        arrive(&mut film);
        assert_eq!(film.position().0, at, "{code}");
    }
    for (code, pace) in [("ArrowUp", 2.0), ("ArrowUp", 4.0), ("ArrowDown", 2.0)] {
        film.handle(deed_of_key(code, false).unwrap(), Vec2::ZERO);
        assert_eq!(film.pace(), pace);
    }
    (0..9).for_each(|_| film.handle(Deed::Slower, Vec2::ZERO));
    assert_eq!(film.pace(), 0.25);
    assert_eq!(deed_of_key("KeyQ", false), None);
}

#[test]
fn one_follows_by_key_by_row_by_click_or_nobody() {
    let mut film = film(600);
    film.seek(400);
    arrive(&mut film);
    film.frame();
    let first = film.followed().unwrap();
    film.handle(Deed::Next, Vec2::ZERO);
    let second = film.followed().unwrap();
    assert_ne!(first, second);
    film.handle(Deed::Previous, Vec2::ZERO);
    assert_eq!(film.followed(), Some(first));
    film.follow_row(3);
    assert_eq!(film.followed(), Some(film.leaderboard().rows[3].player));
    let ship = film.view().ships[0];
    film.follow_nearest(ship.pos + Vec2::new(9.0, 0.0), 30.0);
    assert_eq!(film.followed(), Some(ship.id.player));
    film.follow_nearest(Vec2::new(1e6, 0.0), 30.0);
    assert_eq!(film.followed(), Some(ship.id.player), "nobody is there");
    film.handle(Deed::Free, Vec2::new(7.0, 8.0));
    film.frame();
    assert_eq!((film.followed(), film.view().focus.pos), (None, Vec2::new(7.0, 8.0)));
    film.handle(Deed::Free, ship.pos);
    assert_eq!(film.followed(), Some(ship.id.player));
}

#[test]
fn trouble_is_one_sentence_and_keeps_what_was_open() {
    let mut film = Film::default();
    film.open("cat.gif", b"GIF89a".to_vec());
    assert_eq!(film.trouble(Language::English).unwrap(), "cat.gif: this is not a Perihelion recording.");
    assert_eq!(film.trouble(Language::German).unwrap(), "cat.gif: das ist keine Aufzeichnung von Perihelion.");
    assert!(!film.is_open() && !film.advance(0.1, || 0));
    film.handle(Deed::Next, Vec2::ZERO);
    let mut bytes = recording(600);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    film.open("match.rec", bytes);
    assert!(film.is_open() && film.trouble(Language::English).is_none());
    film.handle(Deed::End, Vec2::ZERO);
    arrive(&mut film);
    let trouble = film.trouble(Language::English).unwrap();
    assert!(trouble.starts_with("match.rec: diverged by tick 600 (0:10 into it)"), "{trouble}");
    film.open("cat.gif", b"GIF89a".to_vec());
    assert!(film.is_open() && film.trouble(Language::English).unwrap().starts_with("cat.gif"));
    let mut bytes = recording(600);
    bytes.truncate(bytes.len() - 1);
    film.open("match.rec", bytes);
    assert!(film.trouble(Language::English).unwrap().contains("cut short") && film.position().1 == 540);
}

#[test]
fn the_feed_has_the_names_and_the_times_of_the_recording() {
    let mut film = film(7_200);
    let mut seen = 0;
    while film.playing() {
        film.advance(0.2, || 0);
        for kill in film.kills() {
            let age = film.time_s() - kill.at_us as f64 / 1e6;
            assert!((0.0..6.1).contains(&age), "{age}");
            assert!(!kill.victim.1.is_empty());
            seen += 1;
        }
    }
    assert!(seen > 0, "nobody died");
}

#[test]
fn the_podium_stands_after_the_end_of_a_season_as_long_as_in_the_arena() {
    let mut film = Film::default();
    let config = RoomConfig { seed: 3, bots: 5, season_ticks: 300, record: true, ..RoomConfig::default() };
    film.open("match.rec", recording_of(500, config));
    assert!(film.podium().is_none());
    film.seek(310);
    arrive(&mut film);
    let end = film.podium().expect("it has just ended");
    assert!(end.best.len() == 3 && end.own.is_some() && end.number == 0, "{end:?}");
}
