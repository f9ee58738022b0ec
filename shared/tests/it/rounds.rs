//! Duel and 1962: rounds of one life, as bots play them and as people see them over real replicas.

use glam::Vec2;
use shared::{
    defs::{Defs, GameMode, ShipClass, Team, Terms},
    ids::PlayerId,
    link::Profile,
    protocol::Deed,
    quantize::{Angle, Lattice},
    replica::{Intent, Phase},
    room::{Room, RoomConfig},
    sim::{Buttons, Event, RoundPhase, wormhole},
    tick::TICK_HZ,
};

use suite::harness::{Match, Style};

fn config(mode: GameMode, wins: u8, bots: u16) -> RoomConfig {
    let defs = Defs::of(Terms { wins, ..Terms::of(mode) });
    RoomConfig { seed: 5, secret: 6, defs, bots, players_max: mode.players_limit(), ..RoomConfig::default() }
}

/// Rounds that bots needed for a match, and how many of them were draws.
fn bots_fight(mode: GameMode, seed: u64) -> (u32, u32) {
    let mut room = Room::new(RoomConfig { seed, secret: seed, ..config(mode, 3, 2) });
    let (mut rounds, mut draws, mut down) = (0, 0, false);
    for tick in 1..=30 * 60 * TICK_HZ {
        room.tick(u64::from(tick) * 16_667, &|_| true);
        for event in room.events() {
            match *event {
                Event::RoundBegan => down = false,
                Event::Destroyed { .. } => down = true,
                Event::Launched { .. } => assert!(!down, "seed {seed}: back within the round"),
                Event::RoundOver { winner, won } => {
                    rounds += 1;
                    draws += u32::from(winner.is_none());
                    if won {
                        let round = room.world().round.expect("there are rounds");
                        let winner = winner.expect("no match ends in a draw");
                        assert_eq!(round.points[winner as usize], 3);
                        return (rounds, draws);
                    }
                }
                _ => {}
            }
        }
    }
    panic!("seed {seed}: no winner in half an hour, {rounds} rounds");
}

#[test]
fn bots_decide_a_match_and_who_is_down_stays_down() {
    for mode in [GameMode::Duel, GameMode::Y1962] {
        for seed in [1, 2, 3] {
            let (rounds, draws) = bots_fight(mode, seed);
            assert!((3..=20).contains(&rounds), "{mode:?} seed {seed}: {rounds}, {draws} of them draws");
        }
    }
}

#[test]
fn two_people_meet_from_opposite_sides_and_both_hear_who_won_once() {
    let lan = Profile::ALL[0];
    let mut live = Match::in_room(config(GameMode::Duel, 1, 0), (lan, lan));
    let one = live.join(Style::Still);
    live.run_until(300, |live| live.room.world().round.unwrap().phase == RoundPhase::Waiting);
    live.run_until(300, |live| live.players[one].replica.view().phase == Phase::Flying);
    let two = live.join(Style::Still);
    live.run_until(600, |live| live.room.world().round.unwrap().phase == RoundPhase::Play);
    live.run_until(60, |live| [one, two].iter().all(|&who| live.players[who].replica.view().phase == Phase::Flying));
    let at = |live: &Match, slot| live.room.world().ship(PlayerId(slot)).unwrap().body.pos.to_vec2();
    let (a, b) = (at(&live, 0), at(&live, 1));
    assert!(a.normalize().dot(b.normalize()) < -0.95, "{a} {b}");
    assert_eq!(Team::of(PlayerId(1)), Team::Dusk);
    // One of them gives up: the other wins the round, and with it the match.
    live.cut(two, true);
    let mut heard = 0;
    live.run(60 * 15, |live| {
        let verdict = |(who, deed): &&(usize, Deed)| *who == one && matches!(deed, Deed::Round { .. });
        for (_, deed) in live.facts.deeds.iter().filter(verdict) {
            assert_eq!(*deed, Deed::Round { winner: Some(Team::Dawn), won: true });
            heard += 1;
        }
    });
    assert_eq!(heard, 1);
}

#[test]
fn a_person_who_comes_to_a_match_of_bots_begins_a_new_one() {
    let lan = Profile::ALL[0];
    let mut live = Match::in_room(config(GameMode::Duel, 5, 2), (lan, lan));
    live.run_until(60 * 200, |live| live.room.world().round.unwrap().points != [0, 0]);
    let who = live.join(Style::Still);
    live.run_until(60, |live| live.room.world().pilots.iter().flatten().any(|pilot| !pilot.bot));
    live.run(2, |_| {});
    let round = live.room.world().round.unwrap();
    assert_eq!((round.number, round.phase, round.points), (1, RoundPhase::Ready, [0, 0]));
    live.run_until(400, |live| live.players[who].replica.view().phase == Phase::Flying);
    let pilots: Vec<bool> = live.room.world().pilots.iter().flatten().map(|pilot| pilot.bot).collect();
    assert_eq!(pilots.iter().filter(|bot| !**bot).count(), 1);
    assert_eq!(pilots.len(), 2, "one opponent");
}

/// Somebody who flies about alone in 1962, and whose line is well known.
fn alone_in_1962() -> (Match, usize) {
    let lan = Profile::ALL[0];
    let mut live = Match::in_room(config(GameMode::Y1962, 5, 0), (lan, lan));
    let who = live.join(Style::Still);
    live.run_until(900, |live| live.players[who].replica.view().phase == Phase::Flying);
    live.run(30, |_| {});
    (live, who)
}

#[test]
fn in_1962_ships_and_shots_come_round_and_the_screen_knows_at_once() {
    let (mut live, who) = alone_in_1962();
    let before = live.players[who].replica.view().line.mispredictions;
    // Outward and firing, until it has been round twice.
    let (mut rounds, mut shots_round, mut last) = (0, 0, None::<Vec2>);
    let mut tracks: std::collections::BTreeMap<shared::ids::ShotKey, Lattice> = Default::default();
    live.run(60 * 25, |live| {
        let world = live.room.world();
        if let Some(ship) = world.ship(PlayerId(0)) {
            let now = ship.body.pos.to_vec2();
            assert!(now.abs().max_element() <= 500.0, "{now}");
            rounds += u32::from(last.is_some_and(|last| wormhole::leapt(last, now)));
            last = Some(now);
        }
        for shot in &world.shots {
            if let Some(was) = tracks.insert(shot.key, shot.pos) {
                shots_round += u32::from(wormhole::leapt(was.to_vec2(), shot.pos.to_vec2()));
            }
        }
        let buttons = Buttons(Buttons::THRUST | Buttons::FIRE);
        live.players[who].held = Some(Intent { buttons, aim: Some(Angle::nearest(0.3)) });
    });
    assert!(rounds >= 2 && shots_round >= 1, "{rounds} {shots_round}");
    let line = live.players[who].replica.view().line;
    assert_eq!(line.mispredictions, before, "of {}", line.predictions);
}

#[test]
fn hyperspace_is_predicted_and_one_day_kills() {
    let (mut live, who) = alone_in_1962();
    let before = live.players[who].replica.view().line.mispredictions;
    let (mut jumps, mut last, mut lost) = (0, None::<Vec2>, false);
    live.run(60 * 240, |live| {
        let world = live.room.world();
        let now = world.ship(PlayerId(0)).map(|ship| ship.body.pos.to_vec2());
        let inside = |pos: Vec2| pos.abs().max_element() < 440.0;
        if let Some((last, now)) = last.zip(now)
            && wormhole::leapt(last, now)
            && (inside(last) || inside(now))
        {
            jumps += 1;
        }
        last = now;
        let killed = |event: &Event| matches!(event, Event::Destroyed { cause: shared::sim::Cause::Hyperspace, .. });
        lost |= live.room.events().iter().any(killed);
        live.players[who].held = Some(Intent { buttons: Buttons(Buttons::SPECIAL), aim: None });
    });
    assert!(jumps >= 3, "{jumps}");
    assert!(lost, "nobody jumps for ever: {jumps}");
    let line = live.players[who].replica.view().line;
    assert!(line.mispredictions - before <= 2, "{} of {}", line.mispredictions - before, line.predictions);
}

#[test]
fn people_of_one_team_get_a_bot_to_fight_with() {
    let lan = Profile::ALL[0];
    let mut live = Match::in_room(config(GameMode::Duel, 3, 2), (lan, lan));
    let people: Vec<usize> = (0..3).map(|_| live.join(Style::Still)).collect();
    live.run_until(300, |live| (live.room.status().humans, live.room.status().bots) == (3, 0));
    let team = |live: &Match, who: usize| live.players[who].replica.player().map(Team::of);
    let teams: Vec<_> = people.iter().map(|&who| team(&live, who)).collect();
    let alone = people.iter().copied().find(|&who| teams.iter().filter(|of| **of == team(&live, who)).count() == 1);
    live.players[alone.expect("two and one")].replica.leave();
    live.run_until(300, |live| (live.room.status().humans, live.room.status().bots) == (2, 1));
    live.run_until(3_000, |live| live.room.world().round.expect("there are rounds").phase == RoundPhase::Play);
}

/// Two people in a duel to five, in the fight.
fn two_fight() -> (Match, [usize; 2]) {
    let lan = Profile::ALL[0];
    let mut live = Match::in_room(config(GameMode::Duel, 5, 0), (lan, lan));
    let pair = [live.join(Style::Still), live.join(Style::Still)];
    fight_on(&mut live, &pair);
    (live, pair)
}

fn round(live: &Match) -> shared::sim::Round {
    live.room.world().round.expect("there are rounds")
}

fn fight_on(live: &mut Match, who: &[usize]) {
    live.run_until(900, |live| round(live).phase == RoundPhase::Play);
    live.run_until(60, |live| who.iter().all(|&who| live.players[who].replica.view().phase == Phase::Flying));
}

#[test]
fn who_has_no_line_for_five_seconds_has_lost_the_round_and_not_the_match() {
    let (mut live, [one, two]) = two_fight();
    live.cut(two, true);
    live.run(60 * 4, |_| {});
    assert_eq!(round(&live).phase, RoundPhase::Play, "a moment's trouble is forgiven");
    live.run_until(90, |live| round(live).phase == RoundPhase::Over);
    assert_eq!((round(&live).winner, round(&live).points), (Some(Team::Dawn), [1, 0]));
    live.redial(two);
    fight_on(&mut live, &[one, two]);
    assert_eq!(round(&live).points, [1, 0]);
}

#[test]
fn nobody_gets_rid_of_a_score_by_leaving_and_coming_back() {
    let (mut live, [one, two]) = two_fight();
    live.players[two].replica.leave();
    live.run_until(120, |live| round(live).phase == RoundPhase::Over);
    live.players[two].replica.play("P1", ShipClass::Spark);
    fight_on(&mut live, &[one, two]);
    assert_eq!((round(&live).points, round(&live).number), ([1, 0], 2));
    // Somebody else is another match.
    live.cut(two, true);
    live.run_until(60 * 90, |live| live.room.status().humans == 1);
    let three = live.join(Style::Still);
    fight_on(&mut live, &[one, three]);
    assert_eq!((round(&live).points, round(&live).number), ([0, 0], 1));
}

#[test]
fn a_countdown_that_begins_again_is_told_at_once() {
    let lan = Profile::ALL[0];
    let mut live = Match::in_room(config(GameMode::Duel, 5, 2), (lan, lan));
    let one = live.join(Style::Still);
    live.run_until(300, |live| {
        live.room.world().pilots.iter().flatten().any(|pilot| !pilot.bot) && round(live).phase == RoundPhase::Ready
    });
    live.run(60, |_| {});
    let two = live.join(Style::Still);
    live.run_until(60, |live| live.room.status().humans == 2);
    live.run(10, |_| {});
    for who in [one, two] {
        let (truth, view) = (round(&live), live.players[who].replica.view());
        let shown = view.round.expect("told");
        assert_eq!((shown.phase, truth.phase), (RoundPhase::Ready, RoundPhase::Ready));
        assert!(shown.left_ticks.abs_diff(truth.left) < 30, "{} {}", shown.left_ticks, truth.left);
    }
}

#[test]
fn no_match_begins_like_the_last() {
    let mut angles = Vec::new();
    let mut room = Room::new(config(GameMode::Duel, 1, 2));
    for tick in 1..=20 * 60 * TICK_HZ {
        room.tick(u64::from(tick) * 16_667, &|_| true);
        let began = room.events().iter().any(|event| matches!(event, Event::Launched { .. }));
        let ship =
            room.world().ship(PlayerId(0)).filter(|_| began && room.world().round.is_some_and(|r| r.number == 1));
        angles.extend(ship.map(|ship| Angle::of(ship.body.pos.to_vec2()).0 / 256));
        if angles.len() >= 6 {
            break;
        }
    }
    angles.sort_unstable();
    angles.dedup();
    assert!(angles.len() >= 4, "first rounds of a match: {angles:?}");
}
