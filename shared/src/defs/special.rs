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
    /// Ticks from its beginning until it may begin again.
    pub wait_ticks: u16,
}
