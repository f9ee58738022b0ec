//! Tow lines: how far they reach, how they pull and what they carry. Chosen for feel: a Tender swings a small rock like a
//! stone on a string, a medium one swings with it, a large one is an anchor.

/// Largest gap between the hulls at which a line takes hold, u.
pub const REACH: f32 = 240.0;
/// …and how far off the nose it may be: the cosine of 20°.
pub const AIM_COS: f32 = 0.94;
/// The line hangs loose up to this gap between the hulls, u.
pub const SLACK: f32 = 80.0;
/// It tears beyond this one, u.
pub const TEAR: f32 = 420.0;
/// Acceleration of the ends toward each other for each u of stretch, 1/s².
pub const STIFFNESS: f32 = 8.0;
/// …and for each u/s at which they part, 1/s: half of what would stop all swinging to and fro.
pub const DAMPING: f32 = 2.8;
/// The ends are never drawn together with more than this, u/s²: a ship that boosts away wins, slowly.
pub const PULL_MAX: f32 = 480.0;
/// Mass of a rock per square of its radius, as a share of a ship's.
pub const ROCK_DENSITY: f32 = 0.5;
/// A rock that somebody has had on the line does so many times the damage of one that drifts.
pub const FLUNG_FACTOR: i32 = 2;
