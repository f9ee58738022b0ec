//! The star, its planets, their belts and the edge of the arena.

use super::wormhole::WormholeDef;

/// Everything about the place. Lengths u, times s, GM u³/s².
#[derive(Debug, Clone, PartialEq)]
pub struct ArenaDef {
    /// The star at the origin.
    pub star: StarDef,
    /// The planets, inside out.
    pub planets: [PlanetDef; PLANETS],
    /// Rocks that circle the star between the planets' orbits, then those around each planet.
    pub belts: [BeltDef; BELTS],
    /// The way from one side to the other; a radius of 0: there is none.
    pub wormhole: WormholeDef,
    /// What two teams fight about, where they do.
    pub core: Option<CoreDef>,
    /// Half the side of the square in which space comes round, u; 0: it goes on.
    pub wrap_half: f32,
    /// `radius = radius_per_root_pilot · √pilots`, clamped to the two below.
    pub radius_per_root_pilot: f32,
    /// Smallest arena.
    pub radius_min: f32,
    /// Largest arena.
    pub radius_max: f32,
    /// Speed at which the edge moves out, u/s: fast, for it hurts nobody, and a crowd that comes at once needs room.
    pub grow_u_s: f32,
    /// Speed at which the edge moves in, u/s.
    pub shrink_u_s: f32,
    /// Width of the rim inside the edge where ships are pushed back.
    pub margin: f32,
    /// Push at the edge itself, u/s²; grows linearly over the margin and goes on growing outside.
    pub push: f32,
    /// Hull damage outside the edge, points/s.
    pub outside_damage_s: f32,
}

/// How many planets there are.
pub const PLANETS: usize = 3;
/// How many belts there are.
pub const BELTS: usize = 5;

/// The star: gravity well, furnace and reward.
#[derive(Debug, Clone, PartialEq)]
pub struct StarDef {
    /// Pull: `gm · r / (r² + softening²)^1.5`.
    pub gm: f32,
    /// Keeps the pull finite at the centre.
    pub softening: f32,
    /// Drawn size of the disc.
    pub radius: f32,
    /// Inside this everything burns.
    pub burn_radius: f32,
    /// The event ring: there the pull about equals the Spark's thrust; heat starts here and rewards peak.
    pub ring_radius: f32,
    /// The pull fades smoothly to nothing between these two radii…
    pub fade_from: f32,
    /// …so that far coasting is straight.
    pub fade_to: f32,
    /// Hull damage at the burn radius, points/s; rises from 0 at the ring.
    pub heat_damage_s: f32,
    /// Hull damage inside the burn radius, points/s.
    pub burn_damage_s: f32,
    /// Where the perihelion bonus starts, u from the centre.
    pub bonus_from: f32,
    /// Energy recharge and ore value multiply by 1 + this at the event ring.
    pub bonus: f32,
}

/// A planet on a circular orbit around the star.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanetDef {
    /// Radius of the orbit.
    pub orbit_radius: f32,
    /// Time for one orbit, s.
    pub period_s: f32,
    /// Solid radius.
    pub radius: f32,
    /// Gravity, same law as the star's with the planet's radius as softening.
    pub gm: f32,
    /// The pull fades to nothing between 0.6 of this and this distance.
    pub reach: f32,
}

/// A ring of rocks on circular orbits.
#[derive(Debug, Clone, PartialEq)]
pub struct BeltDef {
    /// What it circles: a planet's index, or the star.
    pub around: BeltCentre,
    /// Mean distance from that centre.
    pub radius: f32,
    /// Rocks lie within ± this of the mean.
    pub spread: f32,
    /// Time for one orbit, s; negative turns the other way.
    pub period_s: f32,
    /// Number of rocks.
    pub rocks: u16,
}

/// What a belt circles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeltCentre {
    /// The star.
    Star,
    /// The planet with this index.
    Planet(usize),
}

/// The cores of two teams: solid, on one circle, opposite to each other.
#[derive(Debug, Clone, PartialEq)]
pub struct CoreDef {
    /// Radius of the circle.
    pub orbit_radius: f32,
    /// Time for one round, s.
    pub period_s: f32,
    /// Solid radius.
    pub radius: f32,
    /// Ore is unloaded within this distance of the own core's centre…
    pub dock_reach: f32,
    /// …by who moves no faster than this past it, u/s.
    pub dock_u_s: f32,
    /// Ticks for one piece of ore.
    pub dock_ticks: u32,
    /// Hull that a piece of ore mends in the first half of a round, points.
    pub mends: u16,
    /// What a piece of ore counts for the team…
    pub ore_points: u32,
    /// …and for the pilot.
    pub ore_score: u32,
    /// Damage to the enemy's core that counts one for the pilot, points; for the team every point counts.
    pub score_damage: u16,
}

impl CoreDef {
    /// Beyond the outermost planet and its pull, half a minute of flight apart.
    pub const STANDARD: CoreDef = CoreDef {
        orbit_radius: 2_150.0,
        period_s: 420.0,
        radius: 90.0,
        dock_reach: 260.0,
        dock_u_s: 170.0,
        dock_ticks: 3,
        mends: 5,
        ore_points: 5,
        ore_score: 1,
        score_damage: 8,
    };
}

impl ArenaDef {
    /// The public arena. Field at 260 u ≈ 219 u/s², 400 u → 97, 700 u → 32; circular speed 197 u/s at 400 u.
    pub const STANDARD: ArenaDef = ArenaDef {
        star: StarDef {
            gm: 16.0e6,
            softening: 60.0,
            radius: 92.0,
            burn_radius: 110.0,
            ring_radius: 260.0,
            fade_from: 1_100.0,
            fade_to: 1_400.0,
            heat_damage_s: 22.0,
            burn_damage_s: 260.0,
            bonus_from: 1_000.0,
            bonus: 1.0,
        },
        planets: [
            PlanetDef { orbit_radius: 1_300.0, period_s: 150.0, radius: 74.0, gm: 4.0e6, reach: 420.0 },
            PlanetDef { orbit_radius: 1_600.0, period_s: 220.0, radius: 96.0, gm: 4.0e6, reach: 460.0 },
            PlanetDef { orbit_radius: 1_900.0, period_s: 300.0, radius: 62.0, gm: 4.0e6, reach: 400.0 },
        ],
        belts: [
            BeltDef { around: BeltCentre::Star, radius: 620.0, spread: 90.0, period_s: 62.0, rocks: 26 },
            BeltDef { around: BeltCentre::Star, radius: 1_020.0, spread: 110.0, period_s: 110.0, rocks: 34 },
            BeltDef { around: BeltCentre::Planet(0), radius: 250.0, spread: 50.0, period_s: 26.0, rocks: 12 },
            BeltDef { around: BeltCentre::Planet(1), radius: 290.0, spread: 60.0, period_s: -34.0, rocks: 16 },
            BeltDef { around: BeltCentre::Planet(2), radius: 240.0, spread: 50.0, period_s: 28.0, rocks: 10 },
        ],
        wormhole: WormholeDef::STANDARD,
        core: None,
        wrap_half: 0.0,
        radius_per_root_pilot: 636.0,
        radius_min: 2_200.0,
        radius_max: 6_400.0,
        grow_u_s: 120.0,
        shrink_u_s: 10.0,
        margin: 150.0,
        push: 420.0,
        outside_damage_s: 8.0,
    };
}
