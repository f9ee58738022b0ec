//! Which ship a bot takes: the dearest it can pay for, most of the time, and rather one that suits its temperament.

use super::Temperament;
use crate::{
    defs::{Defs, ShipClass},
    rng::Keyed,
};

/// Chance to take a ship of the highest step that the points reach; else one of the step below.
const PROUD: f32 = 0.75;

/// The class for a bot with `points`; `draw` decides.
#[must_use]
pub fn choose(temperament: Temperament, points: u32, defs: &Defs, draw: &mut Keyed) -> ShipClass {
    let within = |class: &ShipClass| defs.ship(*class).price <= points;
    let highest = ShipClass::ALL.into_iter().filter(within).map(|class| defs.ship(class).tier).max().unwrap_or(1);
    let tier = if draw.chance(PROUD) { highest } else { (highest - 1).max(1) };
    let fitting = |class: &ShipClass| within(class) && defs.ship(*class).tier == tier;
    let total: u32 = ShipClass::ALL.into_iter().filter(fitting).map(|class| liking(temperament, class)).sum();
    let mut left = draw.below(total.max(1));
    for class in ShipClass::ALL.into_iter().filter(fitting) {
        let liking = liking(temperament, class);
        if left < liking {
            return class;
        }
        left -= liking;
    }
    ShipClass::default()
}

fn liking(temperament: Temperament, class: ShipClass) -> u32 {
    use ShipClass::{Anvil, Dreadnought, Gravitor, Lancer, Needle, Prospector, Spark, Tender, Wraith};
    match (temperament, class) {
        (_, Spark | Dreadnought) => 1,
        (Temperament::Miner, Prospector | Tender) => 4,
        (Temperament::Duelist, Needle | Lancer | Wraith) => 4,
        (Temperament::Bully, Anvil | Gravitor) => 4,
        (_, Anvil | Gravitor | Lancer | Needle | Prospector | Tender | Wraith) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rng::Purpose, tick::Tick};

    #[test]
    fn bots_take_what_they_can_pay_for_and_every_class_is_taken_by_somebody() {
        let defs = Defs::standard();
        for (points, tiers) in [(0, 1..=1), (40, 1..=2), (160, 2..=3), (600, 3..=4), (9_000, 3..=4)] {
            let mut taken = [0; ShipClass::COUNT];
            for seed in 0..400 {
                let mut draw = Keyed::new(seed, Tick(7), 1, Purpose::Bot);
                let temperament = [Temperament::Miner, Temperament::Duelist, Temperament::Bully][seed as usize % 3];
                let class = choose(temperament, points, &defs, &mut draw);
                assert!(defs.ship(class).price <= points && tiers.contains(&defs.ship(class).tier), "{class:?}");
                taken[class as usize] += 1;
            }
            for class in ShipClass::ALL {
                let def = defs.ship(class);
                let expected = tiers.contains(&def.tier) && def.price <= points;
                assert_eq!(taken[class as usize] > 0, expected, "{class:?} with {points} points");
            }
        }
    }
}
