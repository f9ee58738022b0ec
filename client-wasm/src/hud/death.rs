//! Who did it, and when one may fly again. Invariant: shown exactly while dead.

use shared::{defs::WeaponKind, replica::view::Phase, sim::Cause, tick::TICK_HZ};

use super::{Cached, CachedText, Dom, Frame, Source, Widget, decimal};

/// The card.
#[derive(Debug, Default)]
pub struct DeathCard {
    shown: Cached<bool>,
    title: CachedText,
    /// Tenths of a second to wait, and whether a finger is used.
    wait: Cached<(u16, bool)>,
}

impl Widget for DeathCard {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // In a recording nobody waits to fly again.
        let Source::Line(net) = frame.source else { return };
        let dead = match frame.view.phase {
            Phase::Dead { killer, cause, wait_ticks } if net.playing() => Some((killer, cause, wait_ticks)),
            _ => None,
        };
        if self.shown.changed(dead.is_some()) {
            dom.flag("death", "off", dead.is_none());
        }
        let Some((killer, cause, wait_ticks)) = dead else { return };
        let name = killer
            .filter(|killer| frame.own() != Some(*killer))
            .map(|killer| frame.pilot(killer).map_or("?", |(name, _)| name));
        let title = title(name, cause);
        if self.title.changed(&title) {
            dom.text("death-title", &title);
        }
        let tenths = (u32::from(wait_ticks) * 10).div_ceil(TICK_HZ) as u16;
        if self.wait.changed((tenths, frame.touch)) {
            dom.flag("relaunch", "waiting", tenths > 0);
            dom.text("relaunch", &button(tenths));
            dom.text("death-hint", if frame.touch { "or tap anywhere" } else { "or press Enter, or click anywhere" });
        }
    }
}

fn button(tenths: u16) -> String {
    match tenths {
        0 => "Fly again".to_owned(),
        _ => ["Fly again in ", &decimal(tenths.into())].concat(),
    }
}

fn title(killer: Option<&str>, cause: Cause) -> String {
    match (killer, cause) {
        (Some(name), Cause::Shot(weapon)) => [undone_by(weapon), name].concat(),
        (Some(name), Cause::Ram) => ["Rammed by ", name].concat(),
        (Some(name), Cause::Star) => ["Driven into the star by ", name].concat(),
        (Some(name), Cause::Planet | Cause::Rock) => ["Wrecked while fleeing ", name].concat(),
        (Some(name), Cause::Edge) => ["Driven off the edge by ", name].concat(),
        (None, Cause::Shot(_) | Cause::Ram) => "Destroyed".to_owned(),
        (None, Cause::Star) => "The star took you".to_owned(),
        (None, Cause::Planet) => "You met a planet".to_owned(),
        (None, Cause::Rock) => "You met a rock".to_owned(),
        (None, Cause::Edge) => "Lost beyond the edge".to_owned(),
    }
}

/// How a weapon ends a ship, up to the name of whose it was.
fn undone_by(weapon: WeaponKind) -> &'static str {
    match weapon {
        WeaponKind::Pulse | WeaponKind::Twin | WeaponKind::Light => "Shot down by ",
        WeaponKind::Rail => "Pierced by the rail of ",
        WeaponKind::Beam => "Cut apart by ",
        WeaponKind::Scatter => "Blown apart by ",
        WeaponKind::Shards => "Torn by the splinters of ",
        WeaponKind::Mine => "On a mine of ",
        WeaponKind::Turret => "Under the turrets of ",
        WeaponKind::Torpedo => "Torpedoed by ",
        WeaponKind::Broadside => "By a broadside of ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_names_the_killer_and_counts_down() {
        assert_eq!(title(Some("Ada"), Cause::Ram), "Rammed by Ada");
        assert_eq!(title(Some("Ada"), Cause::Shot(WeaponKind::Rail)), "Pierced by the rail of Ada");
        assert_eq!(title(None, Cause::Star), "The star took you");
        assert_eq!((button(14), button(0)), ("Fly again in 1.4".to_owned(), "Fly again".to_owned()));
    }
}
