//! Nothing is gained by a bad line, real or made: duels of equal minds, one of them behind a lag switch.
#![allow(clippy::print_stdout, reason = "the measured shares")]

use shared::{
    bot::Brain,
    defs::{Defs, ShipClass},
    ids::PlayerId,
    link::Profile,
    room::RoomConfig,
    sim::Cause,
};

use suite::{
    harness::{Match, Style},
    mind::Mind,
    pit::{duelists, pit},
};

/// Half a second on, half a second off.
const SWITCH: Profile = Profile {
    name: "switch",
    delay_us: 15_000,
    jitter_us: 3_000,
    loss: 0.0,
    rate_bytes_s: 0,
    freeze: (1_000_000, 500_000),
};

/// The pit, in which two thin-skinned ships of `class` meet at once: many short fights. Everybody asks for a Lancer.
fn thin_pit(class: ShipClass) -> Defs {
    let mut defs = pit();
    defs.ships[ShipClass::Lancer as usize].price = if class == ShipClass::Lancer { 0 } else { u32::MAX };
    for ship in &mut defs.ships {
        (ship.hull, ship.shield) = (40, 0);
    }
    defs
}

/// The sharpest duelist's mind among forty: the same for both.
fn duelist(salt: u64) -> Brain {
    duelists(salt).pop().expect("every third mind is a duelist's")
}

/// Kills by the pilot with `lines` and by the one on a good line, in a duel of `secs`.
fn duel(seed: u64, lines: (Profile, Profile), class: ShipClass, secs: u32) -> [u32; 2] {
    let good = Profile::ALL[1];
    let config =
        RoomConfig { seed, secret: seed, bots: 0, defs: thin_pit(class), start_points: 1_000, ..RoomConfig::default() };
    let mut live = Match::in_room(config, (good, good));
    // Who has which slot must not matter.
    let switched = (seed % 2) as usize;
    for index in 0..2 {
        live.lines = if index == switched { lines } else { (good, good) };
        live.join(Style::Brain);
        live.players[index].think(Mind::of(duelist(seed)));
    }
    let mut last = [None; 2];
    let mut kills = [0; 2];
    live.run(secs * 60, |live| {
        for (slot, last) in last.iter_mut().enumerate() {
            let death = live.room.world().pilot(PlayerId(slot as u16)).and_then(|pilot| pilot.death);
            let Some(death) = death.filter(|death| *last != Some(death.tick)) else { continue };
            *last = Some(death.tick);
            if let (Some(killer), Cause::Shot(_)) = (death.killer, death.cause) {
                kills[usize::from(killer.index() != switched)] += 1;
            }
        }
    });
    kills
}

/// The share of kills that go to the pilot with `lines`, over many duels.
fn share(name: &str, lines: (Profile, Profile), class: ShipClass, seeds: u64, secs: u32) -> f64 {
    let mut sum = [0; 2];
    for seed in 0..seeds {
        let kills = duel(seed, lines, class, secs);
        (sum[0], sum[1]) = (sum[0] + kills[0], sum[1] + kills[1]);
    }
    let all = f64::from(sum[0] + sum[1]);
    let share = f64::from(sum[0]) / all;
    let noise = (share * (1.0 - share) / all).sqrt();
    println!("{name}: {} of {all} kills, {:.1} % ± {:.1}", sum[0], share * 100.0, noise * 196.0);
    assert!(all > 40.0, "{name}: only {all} kills in all");
    // What may be luck in so few kills is forgiven; the long run below has enough of them.
    share - noise
}

const GOOD: Profile = Profile::ALL[1];

#[test]
fn equal_lines_are_equal() {
    let share = share("no switch, bolts", (GOOD, GOOD), ShipClass::Spark, 64, 60);
    assert!((0.38..=0.58).contains(&share), "{share}");
}

#[test]
fn a_lag_switch_gains_nothing_with_bolts() {
    for (name, lines) in [("both ways", (SWITCH, SWITCH)), ("upwards", (SWITCH, GOOD))] {
        let share = share(&format!("switch {name}, bolts"), lines, ShipClass::Spark, 48, 60);
        assert!(share <= 0.53, "{name}: {share}");
    }
}

#[test]
fn a_lag_switch_gains_nothing_with_rays() {
    for (name, lines) in [("both ways", (SWITCH, SWITCH)), ("upwards", (SWITCH, GOOD))] {
        let share = share(&format!("switch {name}, rays"), lines, ShipClass::Lancer, 24, 60);
        assert!(share <= 0.53, "{name}: {share}");
    }
}

/// The long run, for docs/BENCHMARKS.md: `cargo test --release -p shared --test it long_duels -- --ignored
/// --nocapture`.
#[test]
#[ignore = "minutes"]
fn long_duels() {
    for class in [ShipClass::Spark, ShipClass::Lancer] {
        for (name, lines) in [
            ("no switch", (GOOD, GOOD)),
            ("switch both ways", (SWITCH, SWITCH)),
            ("switch upwards", (SWITCH, GOOD)),
            ("switch downwards", (GOOD, SWITCH)),
            ("poor line", (Profile::ALL[3], Profile::ALL[3])),
        ] {
            let _ = share(&format!("{class:?}, {name}"), lines, class, 120, 60);
        }
    }
}
