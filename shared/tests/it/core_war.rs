//! Core War as bots play it: rooms without anybody to look, until a core breaks or the time is up.

use shared::{
    defs::{Defs, GameMode, Team, Terms},
    ids::PlayerId,
    link::Profile,
    protocol::Deed,
    room::{Room, RoomConfig},
    sim::{Event, Round, RoundPhase},
    tick::TICK_HZ,
};

use suite::harness::{Match, Style};

/// One round: how long it took, s, and how it stood.
struct Fought {
    seconds: u32,
    round: Round,
    delivered: bool,
}

fn fight(seed: u64) -> Fought {
    let defs = Defs::of(Terms::of(GameMode::CoreWar));
    let config = RoomConfig { seed, secret: seed, defs, bots: 16, ..RoomConfig::default() };
    let mut room = Room::new(config);
    let (mut delivered, mut ore) = (false, [0_u16; 64]);
    for tick in 1..=10 * 60 * TICK_HZ {
        room.tick(u64::from(tick) * 16_667, &|_| true);
        for ship in room.world().ships() {
            let before = std::mem::replace(&mut ore[ship.id.player.index()], ship.cargo);
            delivered |= before == ship.cargo + 1;
        }
        if room.events().iter().any(|event| matches!(event, Event::RoundOver { .. })) {
            let round = room.world().round.expect("a war has rounds");
            return Fought { seconds: tick / TICK_HZ, round, delivered };
        }
    }
    panic!("seed {seed}: no end");
}

#[test]
fn bots_feed_their_cores_break_the_other_and_a_round_has_a_winner() {
    let mut broken = 0;
    for seed in 1..=8 {
        let Fought { seconds, round, delivered } = fight(seed);
        assert!(delivered, "seed {seed}: nobody brought any ore home");
        assert!((150..=481).contains(&seconds), "seed {seed}: {seconds} s");
        let winner = round.winner.expect("a draw");
        assert!(round.cores[winner as usize] > 0 && round.phase == RoundPhase::Over, "seed {seed}: {round:?}");
        broken += u32::from(round.cores[winner.other() as usize] == 0);
    }
    assert!(broken >= 6, "mostly it is a core that decides: {broken}");
}

#[test]
fn the_next_round_begins_by_itself_with_cores_whole_and_teams_alike() {
    let terms = Terms { round_s: 10, ..Terms::of(GameMode::CoreWar) };
    let mut room = Room::new(RoomConfig { defs: Defs::of(terms), bots: 9, ..RoomConfig::default() });
    let mut phases = Vec::new();
    for tick in 1..=21 * TICK_HZ {
        room.tick(u64::from(tick) * 16_667, &|_| true);
        let round = room.world().round.unwrap();
        if phases.last() != Some(&(round.number, round.phase)) {
            phases.push((round.number, round.phase));
        }
    }
    use RoundPhase::{Over, Play, Ready};
    assert_eq!(phases, [(1, Ready), (1, Play), (1, Over), (2, Ready), (2, Play)]);
    let world = room.world();
    let full = i32::from(terms.core_hull) * 1_000;
    assert_eq!(world.round.unwrap().cores, [full; 2]);
    let crew = |team| {
        (0..world.pilots.len())
            .filter(move |&slot| world.pilots[slot].is_some() && team == Team::of(PlayerId(slot as u16)))
    };
    assert_eq!(crew(Team::Dawn).count().abs_diff(crew(Team::Dusk).count()), 1, "nine in two teams");
    assert!(world.ships().count() >= 8, "everybody was called");
    let cores = world.layout.cores(world.tick, 0.0).unwrap();
    for ship in world.ships() {
        let (home, _) = cores[Team::of(ship.id.player) as usize];
        assert!(ship.body.pos.to_vec2().distance(home) < 500.0, "beside the own core");
    }
}

#[test]
fn a_recording_of_a_war_keeps_its_terms_and_plays_to_the_same_end() {
    let terms = Terms { round_s: 15, core_hull: 900, ..Terms::of(GameMode::CoreWar) };
    let config =
        RoomConfig { seed: 4, secret: 5, defs: Defs::of(terms), bots: 10, record: true, ..RoomConfig::default() };
    let mut room = Room::new(config);
    let mut bytes = Vec::new();
    for tick in 1..=40 * TICK_HZ {
        room.tick(u64::from(tick) * 16_667, &|_| true);
        while let Some(chunk) = room.poll_recording() {
            bytes.extend(chunk);
        }
    }
    let mut playback = shared::replay::Playback::open(bytes).unwrap();
    assert_eq!(playback.defs().mode.terms, terms);
    playback.seek(40 * TICK_HZ as usize).unwrap();
    assert_eq!(playback.world().round, room.world().round);
    assert!(playback.world().round.unwrap().number > 1);
}

#[test]
fn people_on_bad_lines_fight_a_war_and_know_what_the_room_told() {
    for (profile, seed) in [(Profile::ALL[2], 3), (Profile::ALL[4], 8)] {
        let terms = Terms { round_s: 30, ..Terms::of(GameMode::CoreWar) };
        let config = RoomConfig { seed, secret: seed, defs: Defs::of(terms), bots: 8, ..RoomConfig::default() };
        let mut live = Match::in_room(config, (profile, profile));
        let crew = [live.join(Style::Brain), live.join(Style::Brain), live.join(Style::Hunting)];
        let (mut verdicts, mut compared) = ([0; 3], 0);
        live.run(60 * 50, |live| {
            for (index, &who) in crew.iter().enumerate() {
                let heard = |(of, deed): &&(usize, Deed)| *of == who && matches!(deed, Deed::Round { .. });
                verdicts[index] += live.facts.deeds.iter().filter(heard).count();
                let view = live.players[who].replica.view();
                if let (Some(shown), Some(cores)) = (view.round, view.cores) {
                    compared += 1;
                    let full = f32::from(terms.core_hull);
                    let share = |team: Team| f32::from(shown.cores[team as usize]) / full;
                    assert!(cores.iter().all(|core| core.hull == share(core.team)));
                }
            }
        });
        assert!(compared > 1_000 && verdicts == [1; 3], "{}: {compared} {verdicts:?}", profile.name);
        let teams: Vec<Team> =
            crew.iter().filter_map(|&who| live.players[who].replica.player()).map(Team::of).collect();
        assert_eq!(teams.iter().filter(|team| **team == Team::Dawn).count(), 2, "people are spread: {teams:?}");
    }
}
