//! The colours of the world, linear-ish 0..1 RGB. Invariant: own against others differs in hue *and* brightness
//! (cyan against warm), and never in colour alone: the hull markings differ too.

/// Red, green, blue.
pub type Rgb = [f32; 3];

/// Own ship, its shots and its forecast.
pub const OWN: Rgb = [0.36, 0.93, 1.0];
/// Another person.
pub const PERSON: Rgb = [1.0, 0.66, 0.26];
/// A ship flown by the server.
pub const BOT: Rgb = [1.0, 0.40, 0.42];
/// A ship nothing was heard of lately.
pub const STALE: Rgb = [0.5, 0.52, 0.56];
/// Shield.
pub const SHIELD: Rgb = [0.42, 0.66, 1.0];
/// Spawn protection.
pub const PROTECTED: Rgb = [0.62, 0.95, 0.86];
/// Flames and embers.
pub const FLAME: Rgb = [1.0, 0.52, 0.16];
/// White-hot.
pub const HOT: Rgb = [1.0, 0.9, 0.72];
/// Boosting flames.
pub const BOOST: Rgb = [0.55, 0.75, 1.0];
/// Rock dust.
pub const DUST: Rgb = [0.46, 0.42, 0.40];
/// Ore.
pub const ORE: Rgb = [1.0, 0.80, 0.30];
/// Repair.
pub const REPAIR: Rgb = [0.42, 1.0, 0.58];
/// A mine of somebody else, and whatever else is out to kill.
pub const DANGER: Rgb = [1.0, 0.18, 0.30];
/// A small star.
pub const WELL: Rgb = [0.70, 0.42, 1.0];
/// Energy.
pub const CHARGE: Rgb = [0.74, 0.56, 1.0];
/// Event ring.
pub const RING: Rgb = [1.0, 0.42, 0.18];
/// Edge of the arena.
pub const EDGE: Rgb = [1.0, 0.25, 0.38];
/// Orbits of the planets.
pub const ORBIT: Rgb = [0.42, 0.55, 0.85];

/// Part of the way from one colour to another.
#[must_use]
pub fn mix(from: Rgb, to: Rgb, share: f32) -> Rgb {
    core::array::from_fn(|i| from[i] + (to[i] - from[i]) * share)
}
