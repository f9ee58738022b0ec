//! What a pilot sees, made from what the client shows: the bridge from `replica::View` to `bot::Sight`.
//!
//! Invariant: nothing gets into a sight that a person at the screen could not know; the world itself is not here.
//! Where a person guesses (the score of somebody who is not among the best), the guess is named.

use shared::{
    bot::{CoreSight, ShipSight, Sight, SolidSight, VIEW_HALF, War},
    defs::{Defs, PickupKind, Team},
    ids::PlayerId,
    protocol::{Leaderboard, RosterEntry},
    quantize::{Angle, Lattice},
    replica::{
        Replica, View,
        view::{RockId, RockView, ShipView},
    },
    sim::{Command, Kinematics, Layout, LooseRock, Ship, Sky, world::MILLI},
    tick::Tick,
};

/// What the client was told besides the picture.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The standing.
    pub leaderboard: &'a Leaderboard,
    /// Loose rocks, for how they move.
    pub loose: &'a [(LooseRock, u8)],
    /// Names and kinds.
    pub replica: Option<&'a Replica>,
}

impl<'a> Told<'a> {
    /// By this replica.
    pub fn by(replica: &'a Replica) -> Told<'a> {
        Told { leaderboard: replica.leaderboard(), loose: &replica.known().rocks, replica: Some(replica) }
    }

    fn is_bot(&self, player: PlayerId) -> bool {
        self.replica.and_then(|replica| replica.name_of(player)).is_some_and(|entry: &RosterEntry| entry.bot)
    }

    /// Points. Who is not among the best has at most as many as the last of them, and is taken to have that.
    fn score(&self, player: PlayerId) -> u32 {
        let own = self.leaderboard.own.iter().map(|(_, row)| row);
        let known = self.leaderboard.rows.iter().chain(own).find(|row| row.player == player);
        known.or(self.leaderboard.rows.last()).map_or(0, |row| row.score)
    }
}

/// The tick of the picture's things, in whole ticks.
pub fn tick_of(view: &View) -> Tick {
    view.tick.next()
}

/// The own ship as its gauges tell it; `None` unless flying. Timers that no gauge shows are zero.
pub fn own_ship(view: &View, defs: &Defs) -> Option<Ship> {
    let shown = view.own_ship()?;
    let gauges = view.own?;
    let milli = |points: f32| (points * MILLI as f32) as i32;
    let heading = Angle::nearest(shown.heading_rad);
    let body = Kinematics { pos: Lattice::nearest(shown.pos), vel: Lattice::nearest(shown.vel), heading };
    let mut ship = Ship::fresh(shown.id, shown.class, body, defs);
    ship.controls = Command::new(shown.buttons, heading);
    ship.hull = milli(gauges.hull.0);
    ship.shield = milli(gauges.shield.0);
    ship.energy = milli(gauges.energy.0);
    ship.cargo = gauges.cargo.0;
    ship.protection = (gauges.protection_s * shared::tick::TICK_HZ as f32) as u16;
    Some(ship)
}

/// Everything that `own` can see in `view`.
pub fn sight<'a>(
    view: &View,
    told: Told<'_>,
    own: &'a Ship,
    attacker: Option<PlayerId>,
    sky: &'a Sky<'a>,
    (defs, layout): (&'a Defs, &'a Layout),
) -> Sight<'a> {
    let centre = own.body.pos.to_vec2();
    let in_view = |pos: glam::Vec2| {
        let off = (pos - centre).abs();
        off.x <= f32::from(VIEW_HALF.0) && off.y <= f32::from(VIEW_HALF.1)
    };
    let others = view.ships.iter().filter(|ship| !defs.mode.spares(own.id.player, ship.id.player) && in_view(ship.pos));
    let rocks = view.rocks.iter().filter(|rock| in_view(rock.pos));
    let pickups = view.pickups.iter().filter(|pickup| in_view(pickup.pos));
    Sight {
        defs,
        sky,
        layout,
        own,
        edge_radius: view.arena_radius,
        ships: others.map(|ship| ship_sight(ship, told)).collect(),
        rocks: rocks.map(|rock| rock_sight(rock, told, layout, sky.tick)).collect(),
        mines: pickups
            .clone()
            .filter(|pickup| pickup.kind == PickupKind::Mine && pickup.owner != Some(own.id.player))
            .map(|pickup| pickup.pos)
            .collect(),
        pickups: pickups.map(|pickup| (pickup.pos, pickup.kind)).collect(),
        attacker,
        war: war(view, own, sky, defs),
    }
}

/// What a player sees of both cores.
fn war(view: &View, own: &Ship, sky: &Sky<'_>, defs: &Defs) -> Option<War> {
    let (core, cores) = (defs.arena.core.as_ref()?, view.cores?);
    let seen = |team: Team| {
        let (pos, vel) = sky.cores.map_or_else(Default::default, |cores| cores[team as usize]);
        CoreSight { pos, vel, radius: core.radius, hull: cores[team as usize].hull }
    };
    let team = Team::of(own.id.player);
    let late = view.round.is_some_and(|round| round.left_ticks * 2 <= defs.mode.round_ticks());
    Some(War { home: seen(team), foe: seen(team.other()), late })
}

fn ship_sight(ship: &ShipView, told: Told<'_>) -> ShipSight {
    let player = ship.id.player;
    ShipSight {
        player,
        class: ship.class,
        bot: told.is_bot(player),
        score: told.score(player),
        pos: ship.pos,
        vel: ship.vel,
        hull: ship.hull,
        protected: ship.protected,
    }
}

fn rock_sight(rock: &RockView, told: Told<'_>, layout: &Layout, tick: Tick) -> SolidSight {
    let vel = match rock.id {
        RockId::Belt(slot) => layout.rock_velocity(usize::from(slot), tick),
        // A rock that is shown and no longer told of drifts for a moment; its speed no longer matters.
        RockId::Loose(id) => {
            told.loose.iter().find(|(rock, _)| rock.id == id).map_or(glam::Vec2::ZERO, |(rock, _)| rock.vel.to_vec2())
        }
    };
    SolidSight { pos: rock.pos, vel, size: rock.size }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec2;
    use shared::{
        defs::{RockSize, ShipClass},
        ids::{BodyId, ShipId},
        protocol::ScoreRow,
        replica::view::{Gauges, PickupView},
        sim::Buttons,
    };

    fn ship(player: u16, own: bool, pos: Vec2) -> ShipView {
        ShipView {
            id: ShipId { player: PlayerId(player), life: 1 },
            class: ShipClass::Spark,
            pos,
            vel: Vec2::new(3.0, -4.0),
            heading_rad: 1.5,
            buttons: Buttons(Buttons::THRUST),
            hull: 0.5,
            shield: 0.25,
            protected: player == 2,
            charging: false,
            special: false,
            over: false,
            multi: false,
            line: None,
            own,
            stale: false,
        }
    }

    /// Own ship 1 at (1000, 0); others and things around it, some out of sight.
    fn picture() -> View {
        let at = Vec2::new(1_000.0, 0.0);
        let near = at + Vec2::new(700.0, -400.0);
        let far = at + Vec2::new(0.0, 460.0);
        let rock = |id, pos| RockView { id, size: RockSize::Large, pos, spin_rad: 0.0, hull: 1.0 };
        let pickup = |id, pos| PickupView { id: BodyId(id), kind: PickupKind::Ore, pos, fading: false, owner: None };
        View {
            tick: Tick(599),
            arena_radius: 2_000.0,
            own: Some(Gauges { hull: (50.0, 100.0), energy: (30.5, 100.0), cargo: (7, 20), ..Gauges::default() }),
            ships: vec![ship(2, false, near), ship(3, false, far), ship(1, true, at)],
            rocks: vec![
                rock(RockId::Belt(4), near),
                rock(RockId::Loose(BodyId(9)), near),
                rock(RockId::Loose(BodyId(8)), far),
            ],
            pickups: vec![pickup(1, near), pickup(2, far)],
            ..View::default()
        }
    }

    fn look(view: &View, told: Told<'_>, check: impl FnOnce(&Sight<'_>)) {
        let defs = Defs::standard();
        let layout = Layout::new(1, &defs.arena);
        let own = own_ship(view, &defs).expect("flying");
        let sky = Sky::at(&layout, &[], &defs.arena, tick_of(view));
        check(&sight(view, told, &own, Some(PlayerId(3)), &sky, (&defs, &layout)));
    }

    fn loose() -> [(LooseRock, u8); 1] {
        let vel = Lattice::nearest(Vec2::new(12.0, 5.0));
        let rock =
            LooseRock { id: BodyId(9), size: RockSize::Large, pos: Lattice::ZERO, vel, hull: 0, life: 60, flung: None };
        [(rock, 15)]
    }

    #[test]
    fn a_pilot_sees_what_is_on_the_screen_and_nothing_else() {
        let (leaderboard, loose) = (Leaderboard::default(), loose());
        let told = Told { leaderboard: &leaderboard, loose: &loose, replica: None };
        look(&picture(), told, |sight| {
            assert_eq!(sight.sky.tick, Tick(600));
            assert_eq!((sight.edge_radius, sight.attacker), (2_000.0, Some(PlayerId(3))));
            let players: Vec<_> = sight.ships.iter().map(|ship| (ship.player, ship.hull, ship.protected)).collect();
            assert_eq!(players, [(PlayerId(2), 0.5, true)], "neither the own ship nor one beyond the screen");
            assert_eq!(sight.rocks.len(), 2);
            assert_eq!(sight.rocks[0].vel, sight.layout.rock_velocity(4, Tick(600)));
            assert_eq!(sight.rocks[1].vel, Vec2::new(12.0, 5.0));
            assert_eq!(sight.pickups.len(), 1);
        });
    }

    #[test]
    fn the_own_ship_is_what_the_gauges_say() {
        let defs = Defs::standard();
        let own = own_ship(&picture(), &defs).unwrap();
        assert_eq!((own.hull, own.energy, own.cargo, own.id.player), (50_000, 30_500, 7, PlayerId(1)));
        assert_eq!(own.body.pos.to_vec2(), Vec2::new(1_000.0, 0.0));
        assert_eq!(own.body.heading, Angle::nearest(1.5));
        assert_eq!(own_ship(&View { own: None, ..picture() }, &defs), None, "nobody flies while dead");
    }

    #[test]
    fn scores_come_from_the_leaderboard_or_are_guessed_from_its_end() {
        let row = |player, score| ScoreRow { player: PlayerId(player), score };
        let leaderboard = Leaderboard { rows: vec![row(5, 90), row(6, 60)], ..Leaderboard::default() };
        let told = Told { leaderboard: &leaderboard, loose: &[], replica: None };
        assert_eq!([5, 6, 2].map(|player| told.score(PlayerId(player))), [90, 60, 60]);
        let nobody = Leaderboard::default();
        assert_eq!(Told { leaderboard: &nobody, ..told }.score(PlayerId(5)), 0);
    }
}
