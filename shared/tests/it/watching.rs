//! Who is shot down: what it is told of that, and where it may look meanwhile.

use glam::Vec2;
use shared::{
    defs::ShipClass,
    link::Profile,
    protocol::{Watch, body::Station},
    replica::Phase,
    room::RoomConfig,
    sim::Cause,
};
use suite::harness::{Match, Style};

/// A match with a pilot that was just shot down by somebody, and sees it: of the first of some seeds in which that happens.
fn shot_down(profile: Profile, seed: u64, people: usize) -> (Match, usize) {
    let found = (0..8).find_map(|attempt| shot_down_in(profile, seed + 10 * attempt, people));
    found.unwrap_or_else(|| panic!("nobody was shot down in eight matches from seed {seed} on {}", profile.name))
}

fn shot_down_in(profile: Profile, seed: u64, people: usize) -> Option<(Match, usize)> {
    let config = RoomConfig { seed, bots: 24, start_points: 0, ..RoomConfig::default() };
    let mut live = Match::in_room(config, (profile, profile));
    let pilot = live.join(Style::Still);
    for _ in 1..people {
        live.join(Style::Hunting);
    }
    for _ in 0..60 * 240 {
        live.run(1, |_| {});
        let phase = live.players[pilot].replica.view().phase;
        if matches!(phase, Phase::Dead { killer: Some(_), cause: Cause::Shot(_), .. }) {
            return Some((live, pilot));
        }
    }
    None
}

#[test]
fn who_is_shot_down_hears_by_whom_from_where_and_how_well_the_lines_were() {
    for (i, profile) in [Profile::ALL[0], Profile::ALL[2]].into_iter().enumerate() {
        let (live, pilot) = shot_down(profile, 700 + i as u64, 8);
        let replica = &live.players[pilot].replica;
        let Phase::Dead { killer, cause, .. } = replica.view().phase else { unreachable!("it waited for that") };
        let fall = replica.fall().expect("told before the picture");
        assert_eq!((fall.killer, fall.cause), (killer, Some(cause)), "{fall:?}");
        let killer = killer.expect("somebody");
        let person = live.players.iter().any(|player| player.replica.player() == Some(killer));
        assert_eq!(fall.their_ms.is_some(), person, "{fall:?}");
        assert!(fall.own_ms.is_some_and(|ms| ms < 1_000), "{fall:?}");
        assert!(fall.away.is_none_or(|away| away < 8_000), "{fall:?}");
        let done: Vec<u16> = fall.attackers.iter().flatten().map(|(_, points)| *points).collect();
        assert!(done.is_sorted_by(|a, b| a >= b), "most first: {fall:?}");
        assert!(fall.attackers.iter().flatten().any(|(by, points)| *by == killer && *points > 0), "{fall:?}");
        let whole =
            f32::from(live.defs.ship(ShipClass::Spark).hull) + f32::from(live.defs.ship(ShipClass::Spark).shield);
        assert!(f32::from(done.iter().sum::<u16>()) <= whole * 2.0, "{fall:?}");
    }
}

#[test]
fn who_is_shot_down_looks_where_it_likes() {
    let (mut live, pilot) = shot_down(Profile::ALL[1], 705, 8);
    let conn = live.players[pilot].conn;
    let watching = |live: &Match| match live.players[pilot].replica.station() {
        Station::Dead { watching, .. } => watching,
        station => panic!("{station:?}"),
    };
    let mut seen = Vec::new();
    for _ in 0..3 {
        let before = watching(&live);
        live.players[pilot].replica.watch(Watch::Next);
        live.run_until(50, |live| watching(live) != before);
        seen.push(watching(&live).expect("there are many"));
    }
    assert!(seen[0] != seen[1] && seen[1] != seen[2], "{seen:?}");
    live.players[pilot].replica.watch(Watch::Previous);
    live.run_until(50, |live| watching(live) == Some(seen[1]));
    let place = Vec2::new(-900.0, 300.0);
    live.players[pilot].replica.look_at(place);
    live.run(2, |_| {});
    assert_eq!(live.players[pilot].replica.view().focus.pos, place, "the picture does not wait");
    live.run_until(50, |live| watching(live).is_none());
    live.run(20, |_| {});
    let (half_x, half_y) = live.players[pilot].view_half;
    let reach = Vec2::new(half_x.into(), half_y.into()).length() * 1.5;
    let there = live.room.projection(conn).map_or_else(Vec::new, |known| known.ships);
    assert!(there.iter().all(|ship| ship.state.body.pos.to_vec2().distance(place) < reach), "{there:?}");
}

#[test]
fn a_new_ship_ends_the_looking_about() {
    let (mut live, pilot) = shot_down(Profile::ALL[0], 706, 8);
    live.players[pilot].replica.look_at(Vec2::new(2_000.0, 0.0));
    live.run_until(600, |live| live.players[pilot].replica.view().phase == Phase::Flying);
    let view = live.players[pilot].replica.view();
    assert_eq!(view.focus.ship, view.own_ship().map(|ship| ship.id));
    assert_eq!(live.players[pilot].replica.fall(), None);
    live.players[pilot].replica.watch(Watch::Leader);
    live.run(60, |_| {});
    let view = live.players[pilot].replica.view();
    assert_eq!((view.phase, view.focus.ship), (Phase::Flying, view.own_ship().map(|ship| ship.id)));
}
