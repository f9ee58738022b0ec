//! Whole matches with decoys: told like ships to whoever would see one, under the name of whom they look like, and shot at.

use std::collections::BTreeSet;

use shared::{
    link::Profile,
    replica::ViewEvent,
    room::RoomConfig,
    sim::{Event, ShotHit},
};
use suite::harness::{Match, Style};

/// How a match went.
#[derive(Debug, Default)]
struct Tale {
    /// Decoys that flew.
    flown: BTreeSet<(u16, u8)>,
    /// Tables with one in them.
    told: u32,
    /// Decoys that were shot.
    shot: u32,
    /// Screens on which one was seen to go.
    gone: u32,
}

/// A crowd of bots in whose thick two people look on.
fn play(seed: u64, profile: Profile) -> Tale {
    let config = RoomConfig { seed, secret: seed, bots: 40, start_points: 0, ..RoomConfig::default() };
    let mut live = Match::in_room(config, (profile, profile));
    for style in [Style::Spectator, Style::Brain] {
        live.join(style);
    }
    let (mut tale, mut meant) = (Tale::default(), vec![Vec::new(); 2]);
    live.run(60 * 150, |live| {
        tale.flown.extend(live.room.world().decoys.iter().map(|decoy| (decoy.of.player.0, decoy.ship.id.life)));
        let shot =
            |event: &&Event| matches!(event, Event::ShotEnded { hit: ShotHit::Ship(player), .. } if player.is_decoy());
        tale.shot += live.room.events().iter().filter(shot).count() as u32;
        for (player, meant) in live.players.iter().zip(&mut meant) {
            let gone = |event: &&ViewEvent| matches!(event, ViewEvent::Dissolved { .. });
            tale.gone += player.replica.view().events.iter().filter(gone).count() as u32;
            meant.extend(live.room.projection(player.conn).map(|known| (known.tick, known.ships)));
            let known = player.replica.known();
            let Some(index) = meant.iter().position(|(tick, _)| *tick == known.tick) else { continue };
            assert_eq!(known.ships, meant[index].1, "seed {seed} on {} at {:?}", profile.name, known.tick);
            meant.drain(..index);
            for name in known.ships.iter().map(|told| told.state.id.player).filter(|name| name.is_decoy()) {
                tale.told += 1;
                assert_eq!(player.replica.name_of(name), player.replica.name_of(name.pilot()));
            }
        }
    });
    tale
}

#[test]
fn decoys_are_told_like_ships_and_shot_at_like_ships() {
    let mut all = Tale::default();
    for seed in 3..6 {
        let tale = play(seed, Profile::ALL[seed as usize % 3]);
        all.flown.extend(tale.flown);
        (all.told, all.shot, all.gone) = (all.told + tale.told, all.shot + tale.shot, all.gone + tale.gone);
    }
    assert!(all.flown.len() >= 5 && all.told > 100 && all.shot > 0 && all.gone > 0, "{all:?}");
}
