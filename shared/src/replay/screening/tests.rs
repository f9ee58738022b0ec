//! What a watcher may rely on: see the invariant of [`super`].

use super::*;
use crate::{
    replay::playback::tests::recording,
    replica::view::{Phase, ViewEvent},
    rng::{Keyed, Purpose},
    room::{Room, RoomConfig},
    tick::{TICK_US, Tick},
};

fn screening(ticks: u64) -> Screening {
    Screening::open(recording(ticks).0).unwrap()
}

fn goto(screening: &mut Screening, played: usize) {
    screening.seek(played);
    while !screening.seek_on(7).unwrap() {}
}

/// Everything that is shown, in words.
fn shown(screening: &mut Screening) -> String {
    screening.clear_events();
    let view = screening.frame().clone();
    format!("{view:?} {:?} {:?} {:?}", screening.leaderboard(), screening.deaths(), screening.position())
}

#[test]
fn it_opens_on_a_ship_and_follows_it() {
    let mut screening = screening(120);
    let view = screening.frame();
    let own = view.own_ship().expect("somebody is followed");
    assert_eq!((view.phase, view.focus.ship, view.focus.pos), (Phase::Flying, Some(own.id), own.pos));
    assert!(view.own.is_some() && !view.forecast.is_empty() && view.rocks.len() > 50 && view.planets.len() == 3);
    assert_eq!(screening.room(), "Drift");
}

#[test]
fn a_place_looks_the_same_however_one_got_there() {
    let (bytes, _) = recording(1_500);
    let mut straight = Screening::open(bytes.clone()).unwrap();
    let mut seeker = Screening::open(bytes).unwrap();
    straight.look_at(Subject::Pilot(PlayerId(3)));
    seeker.look_at(Subject::Pilot(PlayerId(3)));
    let mut pictures = Vec::new();
    let places = [300, 899, 1_000, 1_499];
    for place in places {
        // A seek ahead of less than what it shows is playing.
        while straight.position().0 < place {
            straight.advance(1.0, 1).unwrap();
        }
        goto(&mut straight, place);
        pictures.push(shown(&mut straight));
    }
    for index in [3, 0, 2, 1, 3] {
        goto(&mut seeker, places[index]);
        assert!(shown(&mut seeker) == pictures[index], "at {}", places[index]);
    }
}

#[test]
fn parts_of_ticks_lie_between_their_ticks() {
    let mut screening = screening(400);
    goto(&mut screening, 200);
    let at = |screening: &mut Screening| screening.frame().focus.pos;
    let start = at(&mut screening);
    screening.advance(1.0, 8).unwrap();
    assert_eq!(at(&mut screening), start, "the picture of a whole tick is the state it came from");
    screening.advance(0.5, 8).unwrap();
    let half = at(&mut screening);
    screening.advance(0.5, 8).unwrap();
    let end = at(&mut screening);
    assert!(end != start && (half - (start + end) * 0.5).length() < 0.01, "{start} {half} {end}");
    assert_eq!(screening.position(), (202, 400));
}

#[test]
fn any_pace_ends_at_the_same_end() {
    let mut ends = Vec::new();
    for pace in [0.25, 1.0, 3.7, 16.0] {
        let mut screening = screening(300);
        screening.look_at(Subject::Pilot(PlayerId(0)));
        while !screening.at_end() {
            screening.advance(pace, 20).unwrap();
        }
        screening.advance(pace, 20).unwrap();
        let played = screening.position().0;
        ends.push((played, crate::sim::checksum(screening.playback.world())));
    }
    assert!(ends.iter().all(|end| *end == ends[0] && end.0 == 300), "{ends:?}");
}

#[test]
fn a_slow_shell_owes_nothing() {
    let mut screening = screening(300);
    goto(&mut screening, 100);
    screening.advance(50.0, 4).unwrap();
    assert_eq!(screening.position().0, 104);
    screening.advance(0.5, 4).unwrap();
    assert_eq!(screening.position().0, 105);
}

#[test]
fn everybody_can_be_followed_both_ways_round() {
    let mut screening = screening(300);
    goto(&mut screening, 250);
    screening.look_at(Subject::Place(Vec2::new(5.0, 6.0)));
    assert_eq!(screening.frame().focus.pos, Vec2::new(5.0, 6.0));
    let mut seen = Vec::new();
    for _ in 0..10 {
        screening.follow_next(false);
        seen.push(screening.followed().unwrap());
        assert_eq!(screening.leaderboard().own.unwrap().1.player, screening.followed().unwrap());
    }
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted, seen, "ten pilots, each once, by slot");
    screening.follow_next(false);
    assert_eq!(screening.followed(), Some(seen[0]));
    screening.follow_next(true);
    assert_eq!(screening.followed(), Some(seen[9]));
    let names: Vec<_> = seen.iter().map(|player| screening.pilot(*player).unwrap()).collect();
    assert!(names.contains(&("Ada", false)), "{names:?}");
    assert_eq!(names.iter().filter(|(_, bot)| *bot).count(), 9);
}

#[test]
fn what_happens_is_seen_and_heard() {
    let mut screening = screening(3_600);
    let (mut fired, mut struck, mut damaged, mut destroyed, mut collected, mut launched) = (0, 0, 0, 0, 0, 0);
    let mut beams = 0;
    let mut lines = 0;
    while !screening.at_end() {
        screening.advance(1.0, 1).unwrap();
        let before = lines;
        lines += screening.deaths().iter().filter(|death| death.played == screening.position().0).count();
        for event in &screening.frame().events {
            match event {
                ViewEvent::Fired { .. } => fired += 1,
                ViewEvent::Struck { .. } => struck += 1,
                ViewEvent::Damaged { .. } => damaged += 1,
                ViewEvent::Destroyed { .. } => destroyed += 1,
                ViewEvent::Collected { .. } => collected += 1,
                ViewEvent::Launched { .. } => launched += 1,
                ViewEvent::Beam { .. } => beams += 1,
                ViewEvent::Dissolved { .. }
                | ViewEvent::RockBroken { .. }
                | ViewEvent::Bumped { .. }
                | ViewEvent::Leapt { .. } => {}
            }
        }
        assert!(lines - before <= 10);
        screening.clear_events();
    }
    let all = [fired, beams, struck, damaged, destroyed, collected, launched];
    assert!(
        all.iter().all(|count| *count > 0),
        "fired, beams, struck, damaged, destroyed, collected, launched: {all:?}"
    );
    assert_eq!(lines, destroyed);
}

#[test]
fn events_are_bounded_when_nobody_looks() {
    let mut screening = screening(3_600);
    while !screening.at_end() {
        screening.advance(16.0, 16).unwrap();
    }
    assert!(screening.frame().events.len() <= 512);
}

#[test]
fn a_recording_that_turns_out_wrong_ends_there_and_stays_watchable() {
    let (mut bytes, _) = recording(300);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let mut screening = Screening::open(bytes).unwrap();
    screening.seek(300);
    let error = loop {
        match screening.seek_on(50) {
            Ok(arrived) => assert!(!arrived, "the damage was not found"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, ReplayError::Diverged { played: 300, .. }), "{error}");
    assert!(error.to_string().contains("0:05 into it"), "{error}");
    assert!(screening.at_end() && screening.seeking().is_none());
    assert_eq!(screening.advance(10.0, 10), Ok(()));
    goto(&mut screening, 100);
    assert_eq!(screening.position().0, 100);
    assert!(screening.frame().ships.len() > 5);
}

#[test]
fn harmed_files_can_be_watched_or_refused_but_never_panic() {
    let (bytes, _) = recording(180);
    for round in 0..200 {
        let mut keyed = Keyed::new(2, Tick(round), 0, Purpose::Test);
        let mut harmed = bytes.clone();
        let at = 8 + keyed.below(harmed.len() as u32 - 8) as usize;
        harmed[at] ^= 1 << keyed.below(8);
        let Ok(mut screening) = Screening::open(harmed) else { continue };
        for i in 0..60 {
            let _ = screening.advance(3.5, 8);
            screening.follow_next(i % 3 == 0);
            screening.frame();
            if i % 20 == 7 {
                screening.seek(keyed.below(200) as usize);
                while screening.seek_on(16) == Ok(false) {}
            }
        }
    }
}

#[test]
fn a_name_that_hides_something_is_damage() {
    let (bytes, _) = recording(300);
    // The same length, so that nothing else moves: a name that turns the text around.
    let at = bytes.windows(3).position(|three| three == b"Ada").expect("she came");
    let mut harmed = bytes;
    harmed[at..at + 3].copy_from_slice("\u{202E}".as_bytes());
    let error = Screening::open(harmed).unwrap_err();
    assert!(error.to_string().contains("names out of range"), "{error}");
}

#[test]
fn the_end_of_a_season_is_shown_as_its_players_heard_of_it() {
    let mut room = Room::new(RoomConfig { seed: 5, bots: 6, season_ticks: 400, record: true, ..RoomConfig::default() });
    let mut bytes = Vec::new();
    for i in 1..=1_000 {
        room.tick(i * TICK_US, &|_| true);
        bytes.extend(core::iter::from_fn(|| room.poll_recording()).flatten());
    }
    room.finish_recording();
    bytes.extend(core::iter::from_fn(|| room.poll_recording()).flatten());
    let mut screening = Screening::open(bytes).unwrap();
    screening.look_at(Subject::Pilot(PlayerId(2)));
    assert_eq!(screening.season(), None, "none has ended yet");
    // The standing is that of the tick before the scores were set back.
    goto(&mut screening, 399);
    let board = Scoreboard::of(screening.playback.world(), screening.defs(), None);
    let mut seen = Vec::new();
    for place in [420, 950, 420, 830] {
        goto(&mut screening, place);
        let (ago, end) = screening.season().expect("one has ended");
        assert_eq!(
            end.own.map(|own| own.rank),
            if place < 800 { board.rank(PlayerId(2)) } else { end.own.map(|own| own.rank) }
        );
        seen.push((place - ago, end));
    }
    assert_eq!(seen.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [401, 801, 401, 801]);
    assert!(seen[0] == seen[2] && seen[1] == seen[3], "however one got there");
    let best: Vec<_> = seen[0].1.best.iter().map(|place| (place.player, place.points)).collect();
    let rows: Vec<_> = board.rows().iter().take(best.len()).map(|row| (row.player, row.score)).collect();
    assert_eq!((best.len(), best), (3, rows));
}
