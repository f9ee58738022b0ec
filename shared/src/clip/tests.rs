//! What a clip promises: it shows what was on the screen, it is small, and bytes from anywhere do no harm.

use super::*;
use crate::{
    replay::{Screening, Show, Subject, playback::tests::recording},
    replica::view::{View, ViewEvent},
    rng::{Keyed, Purpose},
};

/// Flies for the whole time that is looked at.
const KILLER: PlayerId = PlayerId(8);

/// The screen of somebody who follows `player` in a room of bots, 60 pictures a second from `from` ticks on.
fn pictures(player: PlayerId, from: usize, ticks: usize) -> Vec<(u64, View)> {
    let mut screening = Screening::open(recording((from + ticks) as u64).0).unwrap();
    screening.look_at(Subject::Pilot(player));
    screening.seek(from);
    while !screening.seek_on(60).unwrap() {}
    let mut kept = Vec::new();
    for tick in 0..ticks {
        screening.advance(1.0, 1).unwrap();
        kept.push((tick as u64 * 16_667, screening.frame().clone()));
        screening.clear_events();
    }
    kept
}

fn cut<'a>(stills: &'a [Still<'a>], room: &'a str) -> Option<Clip> {
    let cut = Cut {
        stills,
        kill_us: 4_000_000,
        killer: KILLER,
        victim: PlayerId(5),
        cause: Cause::Ram,
        points: 35,
        room,
        terms: Terms::default(),
    };
    cut.clip(|player| Some((if player == KILLER { "Ada" } else { "Bo" }, player != KILLER)))
}

fn stills(pictures: &[(u64, View)]) -> Vec<Still<'_>> {
    pictures.iter().map(|(at_us, view)| Still { at_us: *at_us, view }).collect()
}

#[test]
fn a_clip_shows_what_was_on_the_screen() {
    let pictures = pictures(KILLER, 600, 300);
    let clip = cut(&stills(&pictures), "Drift").expect("there are enough pictures");
    let bytes = clip.to_bytes();
    assert!((500..16_000).contains(&bytes.len()), "{} bytes", bytes.len());
    assert_eq!(Clip::from_bytes(&bytes), Ok(clip));
    let mut screening = ClipScreening::open(&bytes).unwrap();
    let (_, end) = screening.position();
    assert!((280..=294).contains(&end), "{end}");
    let mut seen = 0;
    for place in (0..end).step_by(7) {
        screening.seek(place);
        let shown = screening.frame().clone();
        let was = &pictures[place].1;
        assert_eq!(shown.own_ship().map(|ship| ship.id), was.own_ship().map(|ship| ship.id), "at {place}");
        for ship in &shown.ships {
            let Some(there) = was.ships.iter().find(|there| there.id == ship.id) else { continue };
            seen += 1;
            assert!(ship.pos.distance(there.pos) < 4.0, "at {place}: {ship:?} {there:?}");
            let noses = [ship.heading_rad, there.heading_rad].map(glam::Vec2::from_angle);
            assert!(noses[0].distance(noses[1]) < 0.15, "at {place}: {ship:?} {there:?}");
            assert_eq!(ship.class, there.class);
        }
        for rock in &shown.rocks {
            let there = was.rocks.iter().find(|there| there.id == rock.id);
            // A loose one that falls into the star bends more than its four samples a second tell.
            assert!(there.is_none_or(|there| there.pos.distance(rock.pos) < 8.0), "at {place}: {rock:?} {there:?}");
        }
        assert_eq!(shown.planets.len(), was.planets.len());
    }
    assert!(seen > 40, "{seen} ships compared");
}

#[test]
fn what_happened_is_told_once_and_who_fell_is_named() {
    let mut pictures = pictures(KILLER, 600, 300);
    for (_, view) in &mut pictures {
        view.events.clear();
    }
    let bang = ViewEvent::RockBroken { pos: glam::Vec2::new(10.0, -20.0), size: RockSize::Large };
    pictures[120].1.events.push(bang);
    let clip = cut(&stills(&pictures), "Drift").expect("there are enough pictures");
    let mut screening = ClipScreening::open(&clip.to_bytes()).unwrap();
    let mut told = Vec::new();
    while !screening.at_end() {
        screening.advance(1.0, 9).unwrap();
        let (here, _) = screening.position();
        told.extend(screening.frame().events.iter().map(|event| (*event, here)));
        screening.clear_events();
    }
    assert_eq!(told.len(), 1);
    assert!(told[0].0 == bang && (117..=123).contains(&told[0].1), "{told:?}");
    let death = screening.deaths().back().expect("at the end it has happened");
    assert_eq!(
        (death.killer.clone(), death.victim.clone()),
        (Some((KILLER, "Ada".into())), (PlayerId(5), "Bo".into()))
    );
    screening.seek(30);
    assert!(screening.deaths().is_empty() && screening.frame().events.is_empty(), "a seek tells nothing");
    screening.follow_next(false);
    assert_eq!(screening.followed(), Some(PlayerId(5)));
}

#[test]
fn too_little_is_no_clip_and_a_room_without_a_name_neither() {
    let pictures = pictures(KILLER, 600, 300);
    assert!(cut(&stills(&pictures[..50]), "Drift").is_none(), "it ends before the kill");
    assert!(cut(&stills(&pictures[236..]), "Drift").is_some());
    assert!(cut(&stills(&pictures[245..]), "Drift").is_none(), "it begins after it");
    assert!(cut(&stills(&pictures), "").is_none());
    assert!(cut(&[], "Drift").is_none());
}

#[test]
fn damaged_bytes_are_refused_or_shown_and_do_no_harm() {
    let pictures = pictures(KILLER, 600, 300);
    let good = cut(&stills(&pictures), "Drift").expect("there are enough pictures").to_bytes();
    let mut taken = 0;
    for seed in 0..3_000u64 {
        let mut draw = Keyed::new(seed, Tick(0), 0, Purpose::Test);
        let mut bytes = good.clone();
        for _ in 0..=draw.below(3) {
            let at = draw.below(bytes.len() as u32) as usize;
            bytes[at] = draw.below(256) as u8;
        }
        if draw.below(4) == 0 {
            bytes.truncate(draw.below(bytes.len() as u32) as usize);
        }
        let Ok(mut screening) = ClipScreening::open(&bytes) else { continue };
        taken += 1;
        while !screening.at_end() {
            screening.advance(9.5, 10).unwrap();
            let view = screening.frame();
            assert!(view.ships.iter().all(|ship| ship.pos.is_finite()), "seed {seed}");
        }
    }
    assert!(taken > 0);
    assert_eq!(
        Clip::from_bytes(&vec![0; CLIP_BYTES_MAX + 1]).unwrap_err().to_string(),
        "message of 65537 bytes, limit 65536"
    );
    assert_eq!(Clip::from_bytes(b"PERIREC3"), Err(DecodeError::Malformed));
    let mut sly = Clip::from_bytes(&good).unwrap();
    sly.head.cast[0].name = "a\u{202E}b".into();
    assert_eq!(Clip::from_bytes(&sly.to_bytes()), Err(DecodeError::OutOfRange { field: "cast" }));
}

#[test]
fn a_decoy_in_sight_is_a_part_of_it() {
    let mut pictures = pictures(KILLER, 600, 300);
    for (_, view) in &mut pictures {
        let own = *view.own_ship().expect("it flies for the whole time");
        let id = crate::ids::ShipId { player: own.id.player.decoy(), ..own.id };
        view.ships.push(crate::replica::view::ShipView { id, own: false, ..own });
    }
    let bytes = cut(&stills(&pictures), "Drift").expect("a decoy is no reason to lose it").to_bytes();
    let mut screening = ClipScreening::open(&bytes).unwrap();
    assert!(screening.frame().ships.iter().any(|ship| ship.id.player.is_decoy()));
}
