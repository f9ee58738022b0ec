//! How often a room sends: as it is made, and while it is told to do less.

use shared::{
    link::Profile,
    replica::Phase,
    room::{Relief, RoomConfig, RoomStatus},
};

use suite::harness::{Match, Style};

/// What a room counts in so many ticks.
fn in_ticks(live: &mut Match, ticks: u32) -> u64 {
    let turns = |status: RoomStatus| status.snapshots + status.snapshots_skipped;
    let before = turns(live.room.status());
    live.run(ticks, |_| {});
    turns(live.room.status()) - before
}

#[test]
fn a_room_sends_as_often_as_it_is_made_to_and_the_own_ship_stays_exact() {
    for (snapshot_ticks, seed) in [(1, 31), (2, 32), (3, 33), (4, 34)] {
        let config = RoomConfig { seed, bots: 0, snapshot_ticks, ..RoomConfig::default() };
        let mut live = Match::in_room(config, (Profile::ALL[1], Profile::ALL[1]));
        let pilots = [live.join(Style::Peaceful), live.join(Style::Peaceful)];
        live.run_until(600, |live| live.players[pilots[0]].replica.view().phase == Phase::Flying);
        live.run(240, |_| {});
        let wrong = |live: &Match| pilots.map(|pilot| live.players[pilot].replica.view().line.mispredictions);
        let before = wrong(&live);
        assert_eq!(in_ticks(&mut live, 360), 2 * 360 / u64::from(snapshot_ticks), "every {snapshot_ticks} ticks");
        let more = wrong(&live).iter().zip(before).map(|(now, before)| now - before).sum::<u32>();
        assert!(more <= 4, "seed {seed}, every {snapshot_ticks} ticks: {more} mispredictions");
        assert!(pilots.iter().all(|pilot| live.players[*pilot].closed.is_none()));
    }
}

#[test]
fn a_room_that_does_less_sends_seldom_without_bots_and_then_all_again() {
    let mut live =
        Match::in_room(RoomConfig { seed: 7, bots: 5, ..RoomConfig::default() }, (Profile::ALL[0], Profile::ALL[0]));
    let pilot = live.join(Style::Still);
    live.run(120, |_| {});
    live.room.relieve(Relief { snapshot_ticks: 4, is_closed: true });
    assert_eq!((in_ticks(&mut live, 120), live.room.status().bots, live.room.status().humans), (30, 0, 1));
    live.room.relieve(Relief { snapshot_ticks: 2, is_closed: false });
    assert_eq!((in_ticks(&mut live, 120), live.room.status().bots, live.room.status().humans), (60, 4, 1));
    assert_eq!(live.players[pilot].closed, None);
}
