//! Seasons: everybody hears how one ended exactly once, and the arena goes on.

use shared::{
    ids::PlayerId,
    link::Profile,
    protocol::{Deed, SeasonEnd},
    replica::view::Phase,
    room::RoomConfig,
    sim::Event,
};
use suite::harness::{Match, Style};

fn ends(live: &Match, who: usize) -> Vec<SeasonEnd> {
    let own = live.facts.deeds.iter().filter(|(index, _)| *index == who);
    own.filter_map(|(_, deed)| if let Deed::Season(end) = deed { Some((**end).clone()) } else { None }).collect()
}

#[test]
fn a_season_ends_with_the_standing_told_once_and_scores_begin_anew_in_flight() {
    let config = RoomConfig { seed: 5, bots: 12, season_ticks: 600, start_points: 7, ..RoomConfig::default() };
    let mut live = Match::in_room(config, (Profile::ALL[2], Profile::ALL[2]));
    let (pilot, away) = (live.join(Style::Brain), live.join(Style::Still));
    live.run_until(590, |live| live.players[pilot].replica.view().phase == Phase::Flying);
    let ends_at = live.players[pilot].replica.leaderboard().season_ends;
    let own = live.players[pilot].replica.player().expect("it flies");
    live.cut(away, false);
    let (mut told, mut before, mut after) = (Vec::new(), None, None);
    live.run(300, |_| {});
    live.run(320, |live| {
        told.extend(ends(live, pilot));
        let world = live.room.world();
        if live.room.events().contains(&Event::SeasonEnded) {
            let flying = world.ships().count();
            let all = world.pilots.iter().flatten().all(|pilot| pilot.score <= 7 + 20 && pilot.deaths <= 1);
            after = Some((flying, all));
        } else if after.is_none() {
            let score = |player: PlayerId| world.pilot(player).map_or(0, |pilot| pilot.score);
            let best = (0..world.pilots.len()).map(|slot| score(PlayerId(slot as u16))).max();
            before = Some((world.tick, score(own), best, world.ships().count()));
        }
    });
    let (tick, score, best, flying) = before.expect("there was a season");
    let (still, anew) = after.expect("it ended");
    assert_eq!(ends_at, Some(tick), "the page was told when");
    assert!(anew && still + 2 >= flying, "{still} of {flying} fly on");
    assert_eq!(told.len(), 1);
    let [end] = &told[..] else { panic!("{told:?}") };
    let mine = end.own.expect("it had a slot");
    assert_eq!((end.number, mine.points, end.best.first().map(|place| place.points)), (1, score, best));
    assert!(end.best.len() == 3 && end.best.is_sorted_by(|a, b| a.points >= b.points), "{:?}", end.best);
    assert!(end.best.iter().all(|place| !place.name.is_empty()) && mine.rank >= 1 && mine.rank <= end.pilots);
    // Who was away when it ended hears it on coming back, and only then; a second return brings nothing.
    let mut late = Vec::new();
    live.redial(away);
    live.run(120, |live| late.extend(ends(live, away)));
    live.cut(away, true);
    live.redial(away);
    live.run(120, |live| late.extend(ends(live, away)));
    assert!(live.players[away].replica.resumed());
    assert_eq!(late.iter().map(|end| end.number).collect::<Vec<_>>(), [1]);
    assert_eq!(late[0].best, end.best);
    // Whoever comes later learns when the next one ends.
    let late = live.join(Style::Still);
    live.run(90, |_| {});
    let next = live.players[late].replica.leaderboard().season_ends.expect("seasons go on");
    assert_eq!(next.since(tick), 600);
}

#[test]
fn after_a_season_bots_fly_what_their_new_points_buy() {
    let config = RoomConfig { seed: 3, bots: 16, season_ticks: 1_200, start_points: 700, ..RoomConfig::default() };
    let mut live = Match::in_room(config, (Profile::ALL[0], Profile::ALL[0]));
    let dear = |live: &Match, player: PlayerId| {
        let price = live.room.world().ship(player).map(|ship| live.defs.ship(ship.class).price);
        price.is_some_and(|price| price > live.room.world().pilot(player).map_or(0, |pilot| pilot.score))
    };
    let (mut launched, mut ended) = (0, false);
    live.run(6_000, |live| {
        ended |= live.room.events().contains(&Event::SeasonEnded);
        for event in live.room.events().iter().filter(|_| ended) {
            if let Event::Launched { ship } = event {
                assert!(!dear(live, ship.player), "slot {} launched what it cannot pay", ship.player.0);
                launched += 1;
            }
        }
    });
    assert!(ended && launched > 5, "{launched} launches");
}

#[test]
fn a_recorded_season_plays_back_to_the_same_world() {
    let config = RoomConfig { seed: 9, bots: 8, season_ticks: 200, record: true, ..RoomConfig::default() };
    let mut live = Match::in_room(config, (Profile::ALL[0], Profile::ALL[0]));
    live.run(500, |_| {});
    live.room.finish_recording();
    let mut bytes = Vec::new();
    while let Some(chunk) = live.room.poll_recording() {
        bytes.extend(chunk);
    }
    let mut film = shared::replay::Playback::open(bytes).expect("it is whole");
    let mut seasons = 0;
    while film.step().expect("every check sum holds") {
        seasons += usize::from(film.events().contains(&Event::SeasonEnded));
    }
    assert_eq!(seasons, 2);
    assert_eq!(shared::sim::checksum(film.world()), shared::sim::checksum(live.room.world()));
}
