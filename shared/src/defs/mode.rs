//! The ways to play: one row per [`GameMode`], and what of it a host may change ([`Terms`]).
//!
//! Invariant: a mode is numbers. Whoever knows the terms has the same [`super::Defs`], so a line of a welcome or of a
//! recording's header is enough for both ends to play by the same rules. What the numbers mean is in `sim`.

use serde::{Deserialize, Serialize};

use super::{
    Defs, ShipClass, Special,
    arena::{BELTS, BeltCentre, BeltDef, CoreDef, PLANETS, PlanetDef},
};
use crate::{
    ids::PlayerId,
    tick::{TICK_HZ, ticks},
};

/// What is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum GameMode {
    /// Everybody for themselves, without an end.
    #[default]
    Drift,
    /// Two teams, each with a core to feed and to defend.
    CoreWar,
    /// Rounds of one life between two small teams.
    Duel,
    /// Two ships, a star, and space that comes round: as it began.
    Y1962,
}

impl GameMode {
    /// All of them, in order of wire numbers.
    pub const ALL: [GameMode; 4] = [GameMode::Drift, GameMode::CoreWar, GameMode::Duel, GameMode::Y1962];

    /// Its name on a command line and in public facts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            GameMode::Drift => "drift",
            GameMode::CoreWar => "core-war",
            GameMode::Duel => "duel",
            GameMode::Y1962 => "1962",
        }
    }

    /// The mode with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<GameMode> {
        GameMode::ALL.into_iter().find(|mode| mode.word() == word)
    }

    /// People who may play at once unless the host says otherwise.
    #[must_use]
    pub fn players_max(self) -> u16 {
        match self {
            GameMode::Drift | GameMode::CoreWar => 64,
            GameMode::Duel | GameMode::Y1962 => 2,
        }
    }

    /// Most people that a host may let in.
    #[must_use]
    pub fn players_limit(self) -> u16 {
        match self {
            GameMode::Drift | GameMode::CoreWar => crate::limits::PLAYERS_MAX as u16,
            GameMode::Duel => 6,
            GameMode::Y1962 => 2,
        }
    }

    /// Pilots up to which bots fill the arena unless the host says otherwise: one to fight with where two are a match.
    #[must_use]
    pub fn bots(self) -> u16 {
        match self {
            GameMode::Drift | GameMode::CoreWar => 16,
            GameMode::Duel | GameMode::Y1962 => 2,
        }
    }
}

/// One of two teams. Which one a pilot is in follows from the slot, so that nobody ever has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Team {
    /// Even slots.
    Dawn,
    /// Odd slots.
    Dusk,
}

/// How many teams there are where there are any.
pub const TEAMS: usize = 2;

impl Team {
    /// Both.
    pub const ALL: [Team; TEAMS] = [Team::Dawn, Team::Dusk];

    /// The team of a slot.
    #[must_use]
    pub fn of(player: PlayerId) -> Team {
        if player.0.is_multiple_of(2) { Team::Dawn } else { Team::Dusk }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Team {
        match self {
            Team::Dawn => Team::Dusk,
            Team::Dusk => Team::Dawn,
        }
    }
}

/// What is played, and what of it a host decides. All of it is told in a welcome and kept in recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What.
    pub mode: GameMode,
    /// A round lasts this long at most, s.
    pub round_s: u16,
    /// Damage that a whole core takes, points.
    pub core_hull: u16,
    /// Rounds that win a match.
    pub wins: u8,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms::of(GameMode::Drift)
    }
}

impl Terms {
    /// A round's length that a host may choose, s.
    pub const ROUND_S: core::ops::RangeInclusive<u16> = 10..=3_600;
    /// What a host may give a core, points.
    pub const CORE_HULL: core::ops::RangeInclusive<u16> = 10..=60_000;
    /// How many rounds a host may ask for.
    pub const WINS: core::ops::RangeInclusive<u8> = 1..=20;

    /// The usual terms of a mode.
    #[must_use]
    pub const fn of(mode: GameMode) -> Terms {
        let (round_s, wins) = match mode {
            GameMode::Drift | GameMode::CoreWar => (480, 1),
            GameMode::Duel => (90, 5),
            GameMode::Y1962 => (120, 5),
        };
        Terms { mode, round_s, core_hull: 7_500, wins }
    }

    /// What is beyond its limits, if anything.
    #[must_use]
    pub fn beyond(&self) -> Option<&'static str> {
        let within = [
            ("round", Terms::ROUND_S.contains(&self.round_s)),
            ("core", Terms::CORE_HULL.contains(&self.core_hull)),
            ("wins", Terms::WINS.contains(&self.wins)),
        ];
        within.into_iter().find(|(_, within)| !within).map(|(field, _)| field)
    }
}

/// What a mode changes about the course of a match. Times in ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct ModeDef {
    /// What was agreed.
    pub terms: Terms,
    /// There are two teams, and rounds.
    pub teams: bool,
    /// Whoever is destroyed stays down until the round ends, and the last team that flies wins it.
    pub one_life: bool,
    /// What each team flies, where nobody may choose.
    pub classes: Option<[ShipClass; TEAMS]>,
    /// Rare pickups float among the rocks.
    pub rarities: bool,
    /// The countdown before a round.
    pub ready_ticks: u16,
    /// How long the end of a round is shown…
    pub over_ticks: u16,
    /// …and that of a match.
    pub won_ticks: u16,
    /// Distance from the centre at which a round of one life begins, u.
    pub start_u: f32,
}

impl ModeDef {
    /// The row of a mode.
    #[must_use]
    pub fn of(terms: Terms) -> ModeDef {
        let free = ModeDef {
            terms,
            teams: false,
            one_life: false,
            classes: None,
            rarities: true,
            ready_ticks: 0,
            over_ticks: 0,
            won_ticks: 0,
            start_u: 0.0,
        };
        let seconds = |seconds: u16| seconds * TICK_HZ as u16;
        match terms.mode {
            GameMode::Drift => free,
            GameMode::CoreWar => {
                ModeDef { teams: true, ready_ticks: seconds(1), over_ticks: seconds(8), won_ticks: seconds(8), ..free }
            }
            GameMode::Duel => ModeDef {
                teams: true,
                one_life: true,
                rarities: false,
                ready_ticks: seconds(3),
                over_ticks: seconds(3),
                won_ticks: seconds(8),
                start_u: 900.0,
                ..free
            },
            GameMode::Y1962 => ModeDef {
                teams: true,
                one_life: true,
                classes: Some([ShipClass::Needle, ShipClass::Spark]),
                rarities: false,
                ready_ticks: seconds(2),
                over_ticks: seconds(3),
                won_ticks: seconds(8),
                start_u: 400.0,
                ..free
            },
        }
    }

    /// The team of a slot, where there are any.
    #[must_use]
    pub fn team(&self, player: PlayerId) -> Option<Team> {
        self.teams.then(|| Team::of(player))
    }

    /// Whether what `one` does leaves `two` unharmed: they are the same pilot (or that pilot's decoy), or fly
    /// for the same team.
    #[must_use]
    pub fn spares(&self, one: PlayerId, two: PlayerId) -> bool {
        one.pilot() == two.pilot() || (self.teams && Team::of(one) == Team::of(two))
    }

    /// Ticks of a round at most.
    #[must_use]
    pub fn round_ticks(&self) -> u32 {
        u32::from(self.terms.round_s) * TICK_HZ
    }
}

/// Changes the standard tables into those of the mode that `defs` name.
pub(super) fn adapt(defs: &mut Defs) {
    match defs.mode.terms.mode {
        GameMode::Drift => {}
        GameMode::CoreWar => core_war(defs),
        GameMode::Duel => duel(defs),
        GameMode::Y1962 => y1962(defs),
    }
}

/// Radius of the arena of a Core War, u: room for a core beyond the outermost planet.
const WAR_RADIUS: f32 = 2_600.0;

fn core_war(defs: &mut Defs) {
    let arena = &mut defs.arena;
    (arena.radius_min, arena.radius_max) = (WAR_RADIUS, WAR_RADIUS);
    arena.core = Some(CoreDef::STANDARD);
    // Who comes back beside the own core needs no eight seconds.
    defs.rules.protection_ticks = ticks(4.0);
}

/// Radius of the arena of a Duel, u: the ends are in each other's sight after two seconds.
const DUEL_RADIUS: f32 = 1_300.0;

/// A planet that is not there: without size and pull, and far beyond any edge.
const NO_PLANET: PlanetDef = PlanetDef { orbit_radius: 50_000.0, period_s: 1_000.0, radius: 0.0, gm: 0.0, reach: 0.0 };
/// A belt without rocks.
const NO_BELT: BeltDef = BeltDef { around: BeltCentre::Star, radius: 0.0, spread: -1.0, period_s: 60.0, rocks: 0 };

fn duel(defs: &mut Defs) {
    let arena = &mut defs.arena;
    (arena.radius_min, arena.radius_max) = (DUEL_RADIUS, DUEL_RADIUS);
    arena.planets = [NO_PLANET; PLANETS];
    for belt in &mut arena.belts[1..] {
        *belt = NO_BELT;
    }
    arena.wormhole.radius = 0.0;
    defs.rules.protection_ticks = 0;
    // Nobody has to earn a ship for a fight; the largest is no match for any of them, and stays dear.
    for ship in defs.ships.iter_mut().filter(|ship| ship.tier < 4) {
        ship.price = 0;
    }
}

/// Half of the side of the square that space is in 1962, u: all of it fits on one screen.
const WRAP_HALF: f32 = 500.0;

/// The ships, their torpedoes and the star of *Spacewar!*, scaled to a screen of 1,000 u.
fn y1962(defs: &mut Defs) {
    duel(defs);
    let arena = &mut defs.arena;
    arena.belts = [NO_BELT; BELTS];
    arena.wrap_half = WRAP_HALF;
    // No edge: the corners of the square are inside.
    (arena.radius_min, arena.radius_max) = (WRAP_HALF * 2.0, WRAP_HALF * 2.0);
    let star = &mut arena.star;
    (star.gm, star.softening) = (1.6e6, 30.0);
    (star.radius, star.burn_radius, star.ring_radius) = (14.0, 20.0, 34.0);
    (star.fade_from, star.fade_to) = (600.0, 800.0);
    (star.bonus, star.burn_damage_s) = (0.0, 4_000.0);
    defs.rules.shield_regen_s = 0.0;
    for class in [ShipClass::Needle, ShipClass::Spark] {
        let ship = &mut defs.ships[class as usize];
        (ship.price, ship.tier) = (0, 1);
        // One hit is the end; what is in the store are torpedoes, and none come back.
        (ship.hull, ship.shield) = (10, 0);
        (ship.energy, ship.energy_regen_s) = (31, 0.0);
        (ship.thrust, ship.speed_cap, ship.turn_deg_s) = (60.0, 190.0, 130.0);
        (ship.reverse, ship.strafe, ship.brake) = (0.0, 0.0, 0.0);
        ship.radius = 13.0;
        (ship.boost_ticks, ship.boost_energy) = (0, 0);
        (ship.primary, ship.second) = (super::WeaponKind::Pulse, None);
        let special = &mut ship.special;
        (special.name, special.kind) = ("Hyperspace", Special::Hyperspace);
        (special.energy, special.drain_s) = (0, 0.0);
        (special.ticks, special.wait_ticks) = (ticks(0.4), ticks(6.0));
    }
    let torpedo = &mut defs.weapons[super::WeaponKind::Pulse as usize];
    (torpedo.damage, torpedo.energy, torpedo.period_ticks) = (60, 1, 24);
    if let super::Barrel::Bolt(bolt) = &mut torpedo.barrel {
        (bolt.speed, bolt.life_ticks) = (260.0, 130);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_has_tables_that_hold_and_a_name() {
        for mode in GameMode::ALL {
            let terms = Terms::of(mode);
            assert_eq!((terms.beyond(), Defs::of(terms).validate()), (None, Ok(())), "{mode:?}");
            assert_eq!(GameMode::from_word(mode.word()), Some(mode));
            assert!(mode.bots() <= mode.players_limit() && mode.players_max() <= mode.players_limit());
        }
        assert_eq!(Defs::of(Terms::default()), Defs::standard());
        assert_eq!(GameMode::from_word("chess"), None);
    }

    #[test]
    fn teams_alternate_and_only_they_spare_their_own() {
        let [drift, war] = [GameMode::Drift, GameMode::CoreWar].map(|mode| ModeDef::of(Terms::of(mode)));
        let (a, b, c) = (PlayerId(4), PlayerId(5), PlayerId(6));
        assert!(drift.spares(a, a) && !drift.spares(a, c) && drift.team(a).is_none());
        assert!(war.spares(a, c) && !war.spares(a, b) && war.team(b) == Some(Team::Dusk));
        assert_eq!(Team::of(a).other(), Team::of(b));
    }

    #[test]
    fn terms_beyond_their_limits_are_named() {
        let terms = Terms::of(GameMode::CoreWar);
        assert_eq!(Terms { round_s: 9, ..terms }.beyond(), Some("round"));
        assert_eq!(Terms { core_hull: 9, ..terms }.beyond(), Some("core"));
        assert_eq!(Terms { wins: 0, ..terms }.beyond(), Some("wins"));
    }
}
