//! The wormhole: how large its mouths are, and how often they move.

/// Numbers of the wormhole. Lengths u, times in ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WormholeDef {
    /// A ship whose centre comes this near to a mouth, and nearer, goes through.
    pub radius: f32,
    /// Ships come out this far beyond the rim of the other mouth, on the way they fly.
    pub gap: f32,
    /// A mouth keeps this much room, beyond its radius, to the paths of planets and to the belts around the star.
    pub clear: f32,
    /// No mouth is nearer to the star than this.
    pub inner: f32,
    /// The exit stays for this long.
    pub exit_ticks: u32,
    /// It is announced for this long where a mouth comes next.
    pub warn_ticks: u32,
    /// The entrance moves with every so manieth exit.
    pub entrance_exits: u32,
}

impl WormholeDef {
    /// The public arena's.
    pub const STANDARD: WormholeDef = WormholeDef {
        radius: 42.0,
        gap: 22.0,
        clear: 16.0,
        inner: 700.0,
        exit_ticks: 60 * 60,
        warn_ticks: 10 * 60,
        entrance_exits: 8,
    };
}
