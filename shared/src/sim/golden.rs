//! Scripted matches whose check sums are kept in the repository: the same numbers must come out natively (debug
//! and release) and in wasm. Commands come from keyed draws, so a script is only a seed, a crowd and a length.

use super::{
    Buttons, Command, HitQuery, Order, World, checksum,
    hits::{Late, Target},
    step,
};
use crate::{
    defs::{Defs, GameMode, ShipClass, Terms},
    ids::PlayerId,
    quantize::Angle,
    rng::{Keyed, Purpose},
    tick::Tick,
};

/// One scripted match.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// Seed of arena and commands.
    pub seed: u64,
    /// Pilots at the start.
    pub pilots: u16,
    /// Length, ticks.
    pub ticks: u32,
    /// First tick; one script crosses the wrap of the counter.
    pub start: Tick,
    /// What is played.
    pub terms: Terms,
}

/// The scripts.
pub const SCRIPTS: [Script; 7] = [
    Script { seed: 1, pilots: 2, ticks: 3_600, start: Tick(0), terms: DRIFT },
    Script { seed: 20_131, pilots: 16, ticks: 3_600, start: Tick(0), terms: DRIFT },
    Script { seed: 77, pilots: 48, ticks: 1_800, start: Tick(u32::MAX - 900), terms: DRIFT },
    Script { seed: 4_242, pilots: 8, ticks: 7_200, start: Tick(123_456), terms: DRIFT },
    Script { seed: 5, pilots: 12, ticks: 3_600, start: Tick(0), terms: short(GameMode::CoreWar) },
    Script { seed: 6, pilots: 4, ticks: 3_600, start: Tick(u32::MAX - 900), terms: short(GameMode::Duel) },
    Script { seed: 7, pilots: 2, ticks: 3_600, start: Tick(0), terms: short(GameMode::Y1962) },
];

const DRIFT: Terms = Terms::of(GameMode::Drift);

/// A mode with rounds so short that a script has several, and cores that break.
const fn short(mode: GameMode) -> Terms {
    Terms { mode, round_s: 16, core_hull: 400, wins: 2 }
}

/// Plays script `index` and returns the world's check sum after every 60 ticks; empty if there is no such script.
#[must_use]
pub fn run(index: u32) -> Vec<u32> {
    let Some(script) = SCRIPTS.get(index as usize) else { return Vec::new() };
    let defs = Defs::of(script.terms);
    let mut match_ = Match::new(script, &defs);
    let mut sums = Vec::new();
    for done in 1..=script.ticks {
        match_.advance(&defs);
        if done % 60 == 0 {
            sums.push(checksum(&match_.world));
        }
    }
    sums
}

/// Lag that differs from slot to slot, so that catching up and rewinding are part of the sums.
#[derive(Debug, Clone, Copy)]
struct Lag;

impl HitQuery for Lag {
    fn late(&self, player: PlayerId) -> Late {
        let ticks = player.0 as u8 % 10;
        Late { ticks, catch_up: ticks }
    }

    fn seen(&self, shooter: PlayerId, target: &Target) -> glam::Vec2 {
        target.now.lerp(target.before, f32::from(shooter.0 % 4) / 4.0)
    }
}

/// A scripted match in progress.
#[derive(Debug, Clone)]
pub struct Match {
    /// The world.
    pub world: World,
    pilots: u16,
}

impl Match {
    /// The start of `script`.
    #[must_use]
    pub fn new(script: &Script, defs: &Defs) -> Match {
        let mut world = World::new(script.seed, script.seed, defs);
        world.tick = script.start;
        Match { world, pilots: script.pilots }
    }

    /// One tick: everybody steers by the script, the dead launch again, some come and go.
    pub fn advance(&mut self, defs: &Defs) {
        let tick = self.world.tick;
        let mut orders = Vec::new();
        let mut commands = Vec::new();
        for slot in 0..self.pilots {
            let player = PlayerId(slot);
            match self.world.pilot(player) {
                None => orders.push(Order::Enlist { player, bot: true, points: 200 * u32::from(slot % 4) }),
                Some(pilot) if pilot.ship.is_none() => {
                    orders.push(Order::Launch { player, class: ShipClass::ALL[usize::from(slot) % ShipClass::COUNT] });
                }
                Some(_) => commands.push((player, self.scripted(player))),
            }
            let fate = Keyed::new(self.world.secret, tick, u32::from(slot), Purpose::Test).below(6_000);
            match fate {
                0 => orders.push(Order::Discharge { player }),
                1 => orders.push(Order::Park { player }),
                2..=9 => {
                    let class = ShipClass::ALL[(fate as usize + usize::from(slot)) % ShipClass::COUNT];
                    orders.push(Order::Refit { player, class });
                }
                _ => {}
            }
        }
        step(&mut self.world, &orders, &commands, defs, &Lag, &mut Vec::new());
    }

    /// Holds a drawn set of buttons for half a second and aims at the nearest other ship or the star.
    fn scripted(&self, player: PlayerId) -> Command {
        let phase = Tick(self.world.tick.0 / 30);
        let buttons = Keyed::new(self.world.secret, phase, u32::from(player.0) + 1_000, Purpose::Test).bits() as u8;
        let Some(own) = self.world.ship(player) else { return Command::default() };
        let at = own.body.pos.to_vec2();
        let others = self.world.ships().filter(|ship| ship.id.player != player);
        let nearest = others.map(|ship| ship.body.pos.to_vec2() - at).min_by(|a, b| a.length().total_cmp(&b.length()));
        let way = nearest.unwrap_or(-at);
        // Now and then they coast for long enough to be in orbit.
        let coasts = (self.world.tick.0 / 150 + u32::from(player.0)).is_multiple_of(9);
        Command::new(if coasts { Buttons(0) } else { Buttons(buttons | Buttons::THRUST) }, Angle::of(way))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{PickupKind, WeaponKind},
        sim::RoundPhase,
    };

    #[test]
    fn rolling_back_and_running_again_gives_the_same_sums() {
        let defs = Defs::standard();
        let mut live = Match::new(&SCRIPTS[1], &defs);
        for round in 0..60 {
            let saved = live.clone();
            let depth = 1 + round % 40;
            (0..depth).for_each(|_| live.advance(&defs));
            let first = checksum(&live.world);
            live = saved;
            (0..depth).for_each(|_| live.advance(&defs));
            assert_eq!(checksum(&live.world), first, "round {round}, depth {depth}");
        }
    }

    #[test]
    fn the_scripts_of_modes_have_rounds_that_end() {
        for script in &SCRIPTS[4..] {
            let defs = Defs::of(script.terms);
            let (mut live, mut ended, mut wraps) = (Match::new(script, &defs), 0, 0);
            let mut last: Vec<Option<glam::Vec2>> = vec![None; usize::from(script.pilots)];
            for _ in 0..script.ticks {
                live.advance(&defs);
                ended += usize::from(
                    live.world.round.is_some_and(|round| round.phase == RoundPhase::Over && round.left == 1),
                );
                for ship in live.world.ships() {
                    let now = ship.body.pos.to_vec2();
                    let before = last[ship.id.player.index()].replace(now);
                    wraps += usize::from(before.is_some_and(|before| crate::sim::wormhole::leapt(before, now)));
                }
            }
            assert!(ended > 0, "{:?}", script.terms.mode);
            assert!(script.terms.mode != GameMode::Y1962 || wraps > 10, "{wraps}");
        }
    }

    #[test]
    fn scripts_are_eventful() {
        let defs = Defs::standard();
        let mut live = Match::new(&SCRIPTS[1], &defs);
        let (mut shots, mut rocks, mut pickups, mut charges) = (0, 0, 0, 0);
        let (mut specials, mut weapons, mut wells, mut mines) = ([0; ShipClass::COUNT], [0; WeaponKind::COUNT], 0, 0);
        for _ in 0..3_600 {
            live.advance(&defs);
            shots = shots.max(live.world.shots.len());
            rocks = rocks.max(live.world.rocks.len());
            pickups = pickups.max(live.world.pickups.len());
            charges += live.world.ships().filter(|ship| ship.charge == 1).count();
            live.world.ships().filter(|ship| ship.special_left > 0).for_each(|ship| specials[ship.class as usize] += 1);
            live.world.shots.iter().for_each(|shot| weapons[shot.weapon as usize] += 1);
            wells = wells.max(live.world.wells.len());
            mines = mines.max(live.world.pickups.iter().filter(|pickup| pickup.kind == PickupKind::Mine).count());
        }
        let deaths: u32 = live.world.pilots.iter().flatten().map(|pilot| pilot.deaths).sum();
        assert!(shots > 10 && rocks > 0 && pickups > 0 && deaths > 3, "{shots} {rocks} {pickups} {deaths}");
        assert!(charges > 10 && wells > 0 && mines > 2, "{charges} charges, {wells} wells, {mines} mines");
        for class in ShipClass::ALL {
            assert!(specials[class as usize] > 0, "{class:?}");
        }
        for kind in WeaponKind::ALL {
            assert_eq!(weapons[kind as usize] > 0, defs.weapon(kind).bolt().is_some(), "{kind:?}");
        }
    }
}
