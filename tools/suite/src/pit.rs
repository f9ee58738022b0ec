//! Where two pilots meet again and again: a small arena around a cold star, and the minds for it.

use shared::{
    bot::{Brain, Temperament},
    defs::Defs,
    ids::PlayerId,
};

/// No heat, next to nothing to dodge or to mine, short waits; and as minds leave beginners alone, nobody becomes one.
#[must_use]
pub fn pit() -> Defs {
    let mut defs = Defs::standard();
    (defs.arena.radius_min, defs.arena.radius_per_root_pilot) = (900.0, 0.0);
    (defs.arena.star.gm, defs.arena.star.burn_radius, defs.arena.star.ring_radius) = (1_000.0, 10.0, 20.0);
    defs.arena.belts.iter_mut().for_each(|belt| belt.rocks = 1);
    (defs.rules.spawn_clear, defs.rules.spawn_clear_killer) = (450.0, 450.0);
    (defs.rules.protection_ticks, defs.rules.protection_fade_ticks) = (60, 30);
    defs.rules.respawn_ticks = 30;
    defs.rules.death_keeps = 1.0;
    defs
}

/// The duelists' minds among forty, the clumsiest first.
#[must_use]
pub fn duelists(salt: u64) -> Vec<Brain> {
    let minds = (0..40).map(|seed| Brain::new(salt * 1_000 + seed, PlayerId(0)));
    let mut minds: Vec<_> = minds.filter(|mind| mind.temperament() == Temperament::Duelist).collect();
    minds.sort_by(|a, b| a.skill().total_cmp(&b.skill()));
    minds
}
