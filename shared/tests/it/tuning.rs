//! Other numbers while people play: they hold from the same tick on in the room, on every screen and in a recording.

use shared::{
    defs::{Defs, Mutator, Mutators, ShipClass, Tuning},
    link::Profile,
    protocol::rules_hash,
    replay::Playback,
    replica::Phase,
    room::{Order, Room, RoomConfig, RoomEvent},
    sim::checksum,
    tick::TICK_US,
};

use suite::harness::{Match, Style};

fn tuning(numbers: &[(&str, u16)]) -> Tuning {
    let mut tuning = Tuning::STANDARD;
    numbers.iter().for_each(|(name, percent)| tuning.set(name, *percent).expect("within its limits"));
    tuning
}

fn tune(live: &mut Match, tuning: Tuning) {
    live.room.handle(RoomEvent::Order(Order::Tune { tuning }), live.now_us);
}

/// One pilot alone, never firing, in whose flight the numbers change three times: how many predictions there were in
/// which the numbers held, and how many of all were wrong.
fn predicted(seed: u64, profile: Profile) -> (u32, u32) {
    let mut live = Match::new(seed, 0, profile);
    let pilot = live.join(Style::Peaceful);
    live.run_until(600, |live| live.players[pilot].replica.view().phase == Phase::Flying);
    live.run(300, |_| {});
    let before = live.players[pilot].replica.view().line;
    let deaths = |live: &Match| live.room.world().pilots.iter().flatten().map(|pilot| pilot.deaths).sum::<u32>();
    let (dead, mut held) = (deaths(&live), 0);
    let numbers =
        |percent| tuning(&[("gravity", percent), ("thrust", 250 - percent), ("turn", percent), ("speed", percent)]);
    let mutators = [Mutator::LowGravity, Mutator::LongShots].into_iter().collect();
    for wanted in [numbers(150), numbers(60).mutated(mutators), numbers(100)] {
        tune(&mut live, wanted);
        let from = live.room.world().tick.plus(120);
        live.run(240, |live| {
            let now = live.room.world().tick;
            assert_eq!(live.room.world().tuning == wanted, !from.is_after(now), "seed {seed} at {now:?}");
            let replica = &live.players[pilot].replica;
            held += u32::from(replica.known().tick.since(from) >= 0 && replica.defs().tuning == wanted);
        });
    }
    assert_eq!(deaths(&live), dead, "seed {seed}: another seed, please, in which nobody dies");
    (held, live.players[pilot].replica.view().line.mispredictions - before.mispredictions)
}

#[test]
fn the_own_ship_is_predicted_exactly_across_every_change() {
    for (i, profile) in Profile::ALL.into_iter().take(3).enumerate() {
        let (held, wrong) = predicted(3 + i as u64, profile);
        assert!(held > 200, "{}: {held} ticks", profile.name);
        assert!(wrong == 0 || profile.loss > 0.0 && wrong <= 4, "{}: {wrong} wrong", profile.name);
    }
}

#[test]
fn who_comes_in_between_and_who_comes_back_play_by_the_same_numbers() {
    let mut live = Match::new(5, 0, Profile::ALL[0]);
    let first = live.join(Style::Still);
    live.run(120, |_| {});
    let wanted = tuning(&[("hull", 200), ("gravity", 40)]).mutated(Mutators::NONE.with(Mutator::LongShots));
    tune(&mut live, wanted);
    live.run(30, |_| {});
    // It is told, and does not hold yet.
    let second = live.join(Style::Still);
    live.cut(first, true);
    live.run(30, |_| {});
    live.redial(first);
    live.run(120, |_| {});
    let third = live.join(Style::Still);
    live.run(60, |_| {});
    for player in [first, second, third] {
        let replica = &live.players[player].replica;
        assert_eq!((replica.defs().tuning, live.players[player].closed), (wanted, None), "player {player}");
        let told = replica.welcome().unwrap().tuning;
        assert_eq!(told == wanted, player == third, "player {player} was welcomed to {told}");
    }
    let hull = Defs::standard().ship(ShipClass::Spark).hull;
    assert_eq!(live.players[third].replica.view().own.as_ref().map(|own| own.hull.1), Some(f32::from(2 * hull)));
}

#[test]
fn of_several_wishes_at_once_the_last_holds_in_the_end() {
    let mut live = Match::new(6, 0, Profile::ALL[0]);
    let pilot = live.join(Style::Still);
    live.run(60, |_| {});
    let wanted = [150, 200, 50].map(|percent| tuning(&[("damage", percent)]));
    wanted.into_iter().for_each(|tuning| tune(&mut live, tuning));
    assert_eq!(live.room.tuning(), wanted[2]);
    let mut seen = Vec::new();
    live.run(300, |live| {
        let replica = &live.players[pilot].replica;
        seen.push((live.room.world().tuning, replica.defs().tuning));
    });
    seen.dedup();
    let held: Vec<Tuning> = seen.iter().map(|(room, _)| *room).collect();
    assert!(!held.contains(&wanted[1]) && held.contains(&wanted[0]) && held.last() == Some(&wanted[2]));
    assert!(seen.iter().any(|(_, screen)| *screen == wanted[0]) && seen.last() == Some(&(wanted[2], wanted[2])));
}

/// A room of bots whose numbers change while it is recorded: the recording, and the sum of its end.
fn recorded(start: Tuning) -> (Vec<u8>, u32) {
    let defs = Defs::tuned(shared::defs::Terms::default(), &start);
    let mut room = Room::new(RoomConfig { seed: 4, bots: 8, defs, record: true, ..RoomConfig::default() });
    let mut bytes = Vec::new();
    for i in 1..=900 {
        if i % 200 == 50 {
            let tuning = tuning(&[("gravity", 400 - i as u16 / 3), ("shot_life", 30), ("hull", 300)]);
            room.handle(RoomEvent::Order(Order::Tune { tuning }), i * TICK_US);
        }
        room.tick(i * TICK_US, &|_| false);
        while room.poll_output().is_some() {}
        while let Some(more) = room.poll_recording() {
            bytes.extend(more);
        }
    }
    room.finish_recording();
    while let Some(more) = room.poll_recording() {
        bytes.extend(more);
    }
    assert!(!room.world().tuning.is_standard());
    (bytes, checksum(room.world()))
}

#[test]
fn a_recording_plays_back_to_the_same_world_wherever_one_begins() {
    let mutated = Tuning::STANDARD.mutated([Mutator::HeavyStar, Mutator::GlassHulls].into_iter().collect());
    for start in [Tuning::STANDARD, tuning(&[("thrust", 200), ("gravity", 30)]), mutated] {
        let (bytes, sum) = recorded(start);
        let playback = Playback::open(bytes.clone()).unwrap();
        assert_eq!(playback.clone().verify().unwrap().checksum, sum);
        let mut seeker = playback;
        seeker.seek(900).unwrap();
        let late = seeker.defs().tuning;
        seeker.seek(30).unwrap();
        assert_eq!((seeker.defs().tuning, late == start), (start, false), "the tables go back with the world");
        seeker.seek(900).unwrap();
        assert_eq!((checksum(seeker.world()), seeker.defs().tuning), (sum, late));
    }
    assert_ne!(rules_hash(), 0);
}
