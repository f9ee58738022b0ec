//! What a class can do besides flying and firing. A new one is a variant here and its file in `sim`.

use super::weapon::WeaponKind;

/// What the special does while it is active.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Special {
    /// The engines give all they have, as long as the special runs.
    Burn,
    /// Pickups within so many u come aboard by themselves, one after the other.
    Tractor(f32),
    /// Whoever is rammed takes the blow, and shots do only this share of their damage.
    Ram(f32),
    /// The pilot sees farther, by this factor; it comes by itself to whoever only coasts.
    LongView(f32),
    /// Nobody farther away than so many u sees the ship. Firing ends it.
    Cloak(f32),
    /// The nearest damaged hull within so many u is mended, the own one for want of another.
    Repair(f32),
    /// A volley of this weapon.
    Volley(WeaponKind),
    /// A small star is left behind for a while.
    Well,
    /// The ship is elsewhere at once; nobody chooses where, and some day it does not come out.
    Hyperspace,
}

/// A class's special and what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecialDef {
    /// Shown name.
    pub name: &'static str,
    /// What it does.
    pub kind: Special,
    /// Energy to begin, points.
    pub energy: u16,
    /// Energy while it is active, points/s.
    pub drain_s: f32,
    /// Ticks it runs by itself; 0 for as long as the button is held.
    pub ticks: u16,
    /// Ticks until it may begin again: from its beginning, or from its end for one that is held.
    pub wait_ticks: u16,
}

/// A special that is held begins with so much in the store at least, points: it would flicker otherwise.
const HELD_ENERGY: u16 = 10;

impl SpecialDef {
    /// What must be in the store for it to begin, points.
    #[must_use]
    pub fn energy_to_begin(&self) -> u16 {
        if self.ticks == 0 { self.energy.max(HELD_ENERGY) } else { self.energy }
    }
}
