//! Who did it and how, in numbers, and when one may fly again. Invariant: shown exactly while dead.

use shared::{defs::WeaponKind, ids::PlayerId, protocol::Fall, replica::view::Phase, sim::Cause, tick::TICK_HZ};

use super::{Cached, CachedText, Dom, Frame, Source, Widget, decimal, keys::cap};
use crate::{
    input::Action,
    words::{Language, Word},
};

/// The card.
#[derive(Debug, Default)]
pub struct DeathCard {
    shown: Cached<bool>,
    title: CachedText,
    fall: Cached<(Option<Fall>, Language)>,
    /// Tenths of a second to wait, and whether a finger is used.
    wait: Cached<(u16, bool, Language)>,
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
        let title = title(name, cause, frame.language);
        if self.title.changed(&title) {
            dom.text("death-title", &title);
        }
        let fall = net.shown().fall();
        if self.fall.changed((fall, frame.language)) {
            let (numbers, others) = fall.map_or_else(Default::default, |fall| recap(&fall, cause, frame));
            dom.text("death-numbers", &numbers);
            dom.text("death-others", &others);
        }
        let tenths = (u32::from(wait_ticks) * 10).div_ceil(TICK_HZ) as u16;
        if self.wait.changed((tenths, frame.touch, frame.language)) {
            dom.flag("relaunch", "waiting", tenths > 0);
            let next = frame.defs.mode.one_life && tenths > 0;
            let words = if next { frame.say(Word::FlyNext).to_owned() } else { button(tenths, frame.language) };
            dom.text("relaunch", &words);
            let hint = match frame.touch {
                true => frame.say(Word::OrTap).to_owned(),
                false => Word::OrPress.with(frame.language, &[&cap(frame, Action::Relaunch)]),
            };
            dom.text("death-hint", &hint);
        }
    }
}

/// How it came to that in numbers, and who else had a hand in it. Whom nobody shot learns what to heed.
fn recap(fall: &Fall, cause: Cause, frame: &Frame<'_>) -> (String, String) {
    let language = frame.language;
    let attackers = fall.attackers.iter().flatten();
    let by_killer = attackers.clone().find(|(player, _)| Some(*player) == fall.killer).map(|(_, points)| *points);
    let number = |word: Word, value: Option<u16>| value.map(|value| word.with(language, &[&value.to_string()]));
    let is_bot = fall.killer.and_then(|killer| frame.pilot(killer)).is_some_and(|(_, bot)| bot);
    let numbers = [
        number(Word::FallDamage, by_killer),
        fall.class.map(|class| frame.defs.ship(class).name.to_owned()),
        number(Word::FallAway, fall.away),
        number(Word::FallYou, fall.own_ms),
        number(Word::FallThey, fall.their_ms).or(is_bot.then(|| Word::FallBot.say(language).to_owned())),
    ];
    let named = |(player, points): &(PlayerId, u16)| {
        [frame.pilot(*player).map_or("?", |(name, _)| name), " ", &points.to_string()].concat()
    };
    let others: Vec<String> = attackers.filter(|(player, _)| Some(*player) != fall.killer).map(named).collect();
    let others = if others.is_empty() { String::new() } else { Word::FallAlso.with(language, &[&others.join(" · ")]) };
    let numbers = match fall.killer {
        Some(_) => numbers.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        None => lesson(cause).map_or("", |lesson| frame.say(lesson)).to_owned(),
    };
    (numbers, others)
}

/// What whoever did it alone may heed next time.
fn lesson(cause: Cause) -> Option<Word> {
    match cause {
        Cause::Star => Some(Word::LessonStar),
        Cause::Edge => Some(Word::LessonEdge),
        Cause::Shot(_) | Cause::Ram | Cause::Planet | Cause::Rock | Cause::Core | Cause::Hyperspace => None,
    }
}

fn button(tenths: u16, language: Language) -> String {
    match tenths {
        0 => Word::FlyAgain.say(language).to_owned(),
        _ => Word::FlyAgainIn.with(language, &[&decimal(tenths.into())]),
    }
}

fn title(killer: Option<&str>, cause: Cause, language: Language) -> String {
    let word = match (killer.is_some(), cause) {
        (true, Cause::Shot(weapon)) => undone_by(weapon),
        (true, Cause::Ram) => Word::DeathRam,
        (true, Cause::Star) => Word::DeathDrivenStar,
        (true, Cause::Planet | Cause::Rock | Cause::Core | Cause::Hyperspace) => Word::DeathFleeing,
        (true, Cause::Edge) => Word::DeathDrivenOut,
        (false, Cause::Shot(_) | Cause::Ram) => Word::DeathDestroyed,
        (false, Cause::Star) => Word::DeathStar,
        (false, Cause::Planet) => Word::DeathPlanet,
        (false, Cause::Rock) => Word::DeathRock,
        (false, Cause::Edge) => Word::DeathEdge,
        (false, Cause::Core) => Word::DeathCore,
        (false, Cause::Hyperspace) => Word::DeathHyperspace,
    };
    word.with(language, &[killer.unwrap_or_default()])
}

/// How a weapon ends a ship.
fn undone_by(weapon: WeaponKind) -> Word {
    match weapon {
        WeaponKind::Pulse | WeaponKind::Twin | WeaponKind::Light => Word::DeathShot,
        WeaponKind::Rail => Word::DeathRail,
        WeaponKind::Beam => Word::DeathBeam,
        WeaponKind::Scatter => Word::DeathScatter,
        WeaponKind::Shards => Word::DeathShards,
        WeaponKind::Mine => Word::DeathMine,
        WeaponKind::Turret => Word::DeathTurret,
        WeaponKind::Torpedo => Word::DeathTorpedo,
        WeaponKind::Broadside => Word::DeathBroadside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::with_frame;
    use shared::{defs::ShipClass, replica::view::View};

    #[test]
    fn the_recap_says_what_is_known_and_nothing_else() {
        with_frame(&View::default(), |frame| {
            let (ada, bob) = (PlayerId(1), PlayerId(2));
            let fall = Fall {
                killer: Some(ada),
                class: Some(ShipClass::Lancer),
                away: Some(840),
                own_ms: Some(62),
                their_ms: Some(48),
                attackers: [Some((ada, 55)), Some((bob, 20)), None],
                ..Fall::default()
            };
            let rail = Cause::Shot(WeaponKind::Rail);
            let (numbers, others) = recap(&fall, rail, frame);
            assert_eq!(numbers, "55 damage · Lancer · 840 u away · you 62 ms · they 48 ms");
            assert_eq!(others, "Also: ? 20");
            frame.language = Language::German;
            let alone = Fall { own_ms: Some(9), ..Fall::default() };
            let by_ada = Fall { killer: Some(ada), ..alone };
            assert_eq!(recap(&by_ada, rail, frame), ("du 9 ms".to_owned(), String::new()));
            assert_eq!(recap(&alone, Cause::Star, frame).0, Word::LessonStar.say(Language::German));
            assert_eq!(recap(&alone, Cause::Rock, frame).0, "", "a line to a rock is of no interest");
        });
    }

    #[test]
    fn the_card_names_the_killer_and_counts_down() {
        let title = |killer, cause| title(killer, cause, Language::English);
        let button = |tenths| button(tenths, Language::English);
        assert_eq!(title(Some("Ada"), Cause::Ram), "Rammed by Ada");
        assert_eq!(title(Some("Ada"), Cause::Shot(WeaponKind::Rail)), "Pierced by the rail of Ada");
        assert_eq!(title(None, Cause::Star), "The star took you");
        assert_eq!((button(14), button(0)), ("Fly again in 1.4".to_owned(), "Fly again".to_owned()));
    }
}
