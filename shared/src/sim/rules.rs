//! Who plays, what a kill is worth, and how large the arena is.

use serde::{Deserialize, Serialize};

use super::{
    damage,
    events::Event,
    gifts, round, spawn,
    stage::Stage,
    world::{Edge, Pilot, Ship, World},
};
use crate::{
    defs::{ArenaDef, Defs, PickupKind, ShipClass, Team, Tuning},
    ids::{PlayerId, ShipId},
    limits::PLAYERS_MAX,
    order::sort_few,
    quantize::STEPS,
    tick::{TICK_HZ, Tick},
};

/// A change of who is in the arena, applied at the start of a step. Replays record these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Gives a free slot to a pilot.
    Enlist {
        /// Slot.
        player: PlayerId,
        /// Flown by the server.
        bot: bool,
        /// Points to begin with.
        points: u32,
    },
    /// Gives a free slot to a person who has been here in this match: it goes on, see [`round`].
    Return {
        /// Slot.
        player: PlayerId,
        /// Points to begin with.
        points: u32,
    },
    /// Frees a slot; its ship vanishes.
    Discharge {
        /// Slot.
        player: PlayerId,
    },
    /// Puts a ship of this class into the world (see [`affordable`]), unless the pilot has one.
    Launch {
        /// Slot.
        player: PlayerId,
        /// Class.
        class: ShipClass,
    },
    /// Takes a pilot's ship out of the world without destroying it.
    Park {
        /// Slot.
        player: PlayerId,
    },
    /// Turns a pilot's ship into one of this class where it flies, if that is a step up, the points allow it and nobody
    /// shoots at it: a new ship to everybody, with the hull's share of the old one, no shield and a cold weapon.
    Refit {
        /// Slot.
        player: PlayerId,
        /// Class.
        class: ShipClass,
    },
    /// A season is over: everybody has these points again, and kills, deaths and the like are counted from here. Ships fly
    /// on as they are; a class that the points no longer buy lasts until it is lost.
    EndSeason {
        /// Points to begin with.
        points: u32,
    },
    /// Gives a slot back to a person whose room ended under them.
    Restore {
        /// Slot.
        player: PlayerId,
        /// What they had come to.
        tally: Tally,
    },
    /// From this step on other numbers hold, and the step's tables are those already. Each ship keeps the share of its hull
    /// and shield.
    Tune {
        /// The numbers.
        tuning: Tuning,
    },
    /// A pilot plays from the same place as all others with this number: destroying each other pays less each time.
    Household {
        /// Slot.
        player: PlayerId,
        /// The number, which says nothing else; 0: not known.
        household: u32,
    },
    /// A pickup floats before a pilot's ship: see [`PickupKind::GIFTS`].
    Gift {
        /// Slot.
        player: PlayerId,
        /// What it gives.
        kind: PickupKind,
    },
}

/// What a pilot has come to, apart from the ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Points.
    pub score: u32,
    /// Ships destroyed.
    pub kills: u32,
    /// Ships lost.
    pub deaths: u32,
    /// Ships destroyed since the last one was lost.
    pub streak: u32,
    /// The most of those this season.
    pub best_streak: u32,
    /// The highest class flown this season.
    pub best_class: ShipClass,
}

impl Tally {
    /// That of `pilot`.
    #[must_use]
    pub fn of(pilot: &Pilot) -> Tally {
        let Pilot { score, kills, deaths, streak, best_streak, best_class, .. } = *pilot;
        Tally { score, kills, deaths, streak, best_streak, best_class }
    }
}

/// Applies one order; impossible ones do nothing.
pub(super) fn apply(stage: &mut Stage<'_>, order: Order) {
    match order {
        Order::Enlist { player, bot, points } => {
            round::greet(stage, bot);
            enlist(stage.world, player, bot, points);
        }
        Order::Return { player, points } => enlist(stage.world, player, false, points),
        Order::Discharge { player } => discharge(stage, player),
        Order::Launch { player, class } => launch(stage, player, class),
        Order::Park { player } => park(stage, player),
        Order::Refit { player, class } => refit(stage, player, class),
        Order::EndSeason { points } => end_season(stage, points),
        Order::Restore { player, tally } => {
            round::greet(stage, false);
            enlist(stage.world, player, false, tally.score);
            restore(stage.world, player, tally);
        }
        Order::Tune { tuning } => tune(stage.world, tuning),
        Order::Household { player, household } => {
            if let Some(pilot) = stage.world.pilot_mut(player) {
                pilot.household = household;
            }
        }
        Order::Gift { player, kind } => gifts::lay(stage, player, kind),
    }
}

fn tune(world: &mut World, tuning: Tuning) {
    let before = std::mem::replace(&mut world.tuning, tuning);
    let decoys = world.decoys.iter_mut().map(|decoy| &mut decoy.ship);
    let ships = world.pilots.iter_mut().flatten().filter_map(|pilot| pilot.ship.as_mut());
    for ship in ships.chain(decoys) {
        (ship.hull, ship.shield) = before.carry_over(&tuning, ship.hull, ship.shield);
    }
}

fn restore(world: &mut World, player: PlayerId, tally: Tally) {
    let Some(pilot) = world.pilot_mut(player) else { return };
    let Tally { score, kills, deaths, streak, best_streak, best_class } = tally;
    (pilot.score, pilot.kills, pilot.deaths) = (score, kills, deaths);
    (pilot.streak, pilot.best_streak, pilot.best_class) = (streak, best_streak, best_class);
}

fn end_season(stage: &mut Stage<'_>, points: u32) {
    for pilot in stage.world.pilots.iter_mut().flatten() {
        (pilot.score, pilot.kills, pilot.deaths) = (points, 0, 0);
        (pilot.streak, pilot.best_streak) = (0, 0);
        pilot.best_class = pilot.ship.as_ref().map_or_else(ShipClass::default, |ship| ship.class);
    }
    stage.events.push(Event::SeasonEnded);
}

impl Pilot {
    /// Remembers a class that is flown now, if none higher was this season.
    fn note_class(&mut self, class: ShipClass, defs: &Defs) {
        if defs.ship(class).tier >= defs.ship(self.best_class).tier {
            self.best_class = class;
        }
    }
}

fn enlist(world: &mut World, player: PlayerId, bot: bool, points: u32) {
    let index = player.index();
    if index >= PLAYERS_MAX {
        return;
    }
    if world.pilots.len() <= index {
        world.pilots.resize(index + 1, None);
    }
    // A slot's life counter goes on from a number that differs per tick, so that a reused slot is a new entity.
    let life = world.tick.0 as u8;
    world.pilots[index].get_or_insert(Pilot {
        bot,
        score: points,
        kills: 0,
        deaths: 0,
        streak: 0,
        best_streak: 0,
        best_class: ShipClass::default(),
        life,
        ship: None,
        death: None,
        blame: None,
        refit: None,
        hurts: Vec::new(),
        prey: Vec::new(),
        household: 0,
    });
}

/// Frees a slot. Who leaves under fire is shot down first: leaving must not be a way out. Nothing in the world
/// remembers the slot afterwards, so its next holder inherits neither shots nor blame.
fn discharge(stage: &mut Stage<'_>, player: PlayerId) {
    damage::abandon(stage, player);
    park(stage, player);
    let world = &mut *stage.world;
    world.shots.retain(|shot| shot.key.owner != player);
    world.pickups.retain(|pickup| pickup.owner != Some(player));
    for pilot in world.pilots.iter_mut().flatten() {
        pilot.blame = pilot.blame.filter(|(by, _)| *by != player);
        pilot.hurts.retain(|hurts| hurts.by != player);
        pilot.prey.retain(|prey| prey.who != Some(player));
        if let Some(death) = &mut pilot.death {
            death.killer = death.killer.filter(|killer| *killer != player);
        }
    }
    if let Some(slot) = world.pilots.get_mut(player.index()) {
        *slot = None;
    }
}

pub(super) fn park(stage: &mut Stage<'_>, player: PlayerId) {
    if let Some(ship) = stage.world.pilot_mut(player).and_then(|pilot| pilot.ship.take()) {
        stage.events.push(Event::Parked { ship: ship.id });
    }
}

fn launch(stage: &mut Stage<'_>, player: PlayerId, class: ShipClass) {
    if stage.world.pilot(player).is_none_or(|pilot| pilot.ship.is_some())
        || !round::admits(stage.world, stage.defs, player)
    {
        return;
    }
    let body = spawn::body(stage, player);
    let defs = stage.defs;
    let class = defs.mode.classes.map_or(class, |classes| classes[Team::of(player) as usize]);
    let Some(pilot) = stage.world.pilot_mut(player) else { return };
    pilot.life = pilot.life.wrapping_add(1);
    let class = affordable(class, pilot.score, defs);
    let id = ShipId { player, life: pilot.life };
    pilot.note_class(class, defs);
    pilot.ship = Some(Ship::fresh(id, class, body, defs));
    pilot.death = None;
    pilot.blame = None;
    pilot.hurts.clear();
    stage.events.push(Event::Launched { ship: id });
}

fn refit(stage: &mut Stage<'_>, player: PlayerId, class: ShipClass) {
    let (tick, defs) = (stage.world.tick, stage.defs);
    let Some(pilot) = stage.world.pilot_mut(player) else { return };
    let Some(old) = pilot.ship.as_ref() else { return };
    let fresh = |when: Tick, ticks: u16| tick.since(when) < i32::from(ticks);
    let under_fire = pilot.blame.is_some_and(|(_, when)| fresh(when, defs.rules.shield_delay_ticks));
    let rests = pilot.refit.is_some_and(|when| fresh(when, defs.rules.refit_wait_ticks));
    let better = defs.ship(class).tier > defs.ship(old.class).tier;
    if defs.mode.one_life || !better || affordable(class, pilot.score, defs) != class || under_fire || rests {
        return;
    }
    let (old, warm_up) = (old.clone(), defs.rules.refit_ticks);
    pilot.life = pilot.life.wrapping_add(1);
    pilot.refit = Some(tick);
    let full = |class: ShipClass| i64::from(defs.ship(class).hull);
    let id = ShipId { player, life: pilot.life };
    let mut ship = Ship::fresh(id, class, old.body, defs);
    ship.controls = old.controls;
    ship.hull = (i64::from(old.hull) * full(class) / full(old.class).max(1)).max(1) as i32;
    (ship.shield, ship.shield_wait) = (0, defs.rules.shield_delay_ticks);
    let store = |class: ShipClass| i64::from(defs.ship(class).energy);
    let kept = i64::from(old.energy) * store(class) / store(old.class).max(1);
    ship.energy = i64::from(ship.energy / 2).min(kept) as i32;
    (ship.cooldown, ship.second_wait) = (warm_up.cast_signed(), warm_up);
    ship.special_wait = old.special_wait.max(u16::from(warm_up));
    ship.protection = 0;
    ship.cargo = old.cargo.min(defs.ship(class).hold);
    pilot.note_class(class, defs);
    pilot.ship = Some(ship);
    stage.events.push(Event::Parked { ship: old.id });
    stage.events.push(Event::Launched { ship: id });
}

/// The class that a pilot with `score` points gets who asks for `class`: the first one when that is too dear.
#[must_use]
pub fn affordable(class: ShipClass, score: u32, defs: &Defs) -> ShipClass {
    if score >= defs.ship(class).price { class } else { ShipClass::default() }
}

/// What a pilot counts as when kills are weighed: the score plus a start, so that beginners may fight each other.
const WORTH_START: u32 = 60;

/// Who wears the crown: the richest, if worth more than three times what the middle one is, among three pilots or more.
#[must_use]
pub fn crowned(world: &World) -> Option<PlayerId> {
    // Of equals the first: a slot is held as how many are after it.
    let worth =
        |(slot, pilot): (usize, &Option<Pilot>)| Some((pilot.as_ref()?.score + WORTH_START, u16::MAX - slot as u16));
    let mut worths: Vec<(u32, u16)> = world.pilots.iter().enumerate().filter_map(worth).collect();
    if worths.len() < 3 {
        return None;
    }
    worths.sort_unstable();
    let (middle, _) = worths[worths.len() / 2];
    let (most, after) = worths[worths.len() - 1];
    (most > middle * CROWN_TIMES).then_some(PlayerId(u16::MAX - after))
}

/// The crown is worn from this many times the middle pilot's worth.
const CROWN_TIMES: u32 = 3;
/// Share of a crowned victim's score that the killer gains on top: with helpers all that is gained is what was lost, at most.
const BOUNTY: f32 = 0.1;

/// Moves points after a death; returns what the killer gained. Others who did damage lately gain by their share of it.
pub(super) fn settle_kill(stage: &mut Stage<'_>, victim: PlayerId, killer: Option<PlayerId>) -> u32 {
    let rules = &stage.defs.rules;
    let bounty = if crowned(stage.world) == Some(victim) { BOUNTY } else { 0.0 };
    let tick = stage.world.tick;
    let Some(lost) = stage.world.pilot_mut(victim) else { return 0 };
    let before = lost.score;
    lost.score = (before as f32 * rules.death_keeps) as u32;
    let mut hurts = std::mem::take(&mut lost.hurts);
    hurts.retain(|hurts| tick.since(hurts.tick) <= i32::from(rules.blame_ticks));
    sort_few(&mut hurts, |a, b| b.amount.cmp(&a.amount).then(a.by.cmp(&b.by)));
    let blamed = hurts.iter().map(|hurts| Event::Blamed { victim, by: hurts.by, amount: hurts.amount });
    stage.events.extend(blamed);
    let all = hurts.iter().map(|hurts| i64::from(hurts.amount)).sum::<i64>().max(1) as f32;
    for hurts in hurts.iter().filter(|hurts| Some(hurts.by) != killer) {
        let share = hurts.amount as f32 / all;
        let worth = prey_worth(stage, hurts.by, victim);
        reward(stage, hurts.by, before, share * rules.kill_share * worth, share * worth);
    }
    let Some(killer) = killer else { return 0 };
    let worth = prey_worth(stage, killer, victim);
    let points = reward(stage, killer, before, (rules.kill_share + bounty) * worth, worth);
    let prey = prey_of(stage, killer, victim);
    if let Some(winner) = stage.world.pilot_mut(killer) {
        winner.note_prey(prey, tick, rules.prey_ticks);
        winner.kills += 1;
        winner.streak += 1;
        winner.best_streak = winner.best_streak.max(winner.streak);
    }
    points
}

/// Under whom a pilot remembers another.
fn prey_of(stage: &Stage<'_>, by: PlayerId, victim: PlayerId) -> Option<PlayerId> {
    let pilots = stage.world.pilot(by).zip(stage.world.pilot(victim));
    pilots.map_or(Some(victim), |(pilot, other)| pilot.prey_of(victim, other))
}

/// What of a reward there is for destroying somebody, again.
fn prey_worth(stage: &Stage<'_>, by: PlayerId, victim: PlayerId) -> f32 {
    // Where rounds are fought there may be nobody else.
    let Some(pilot) = stage.world.pilot(by).filter(|_| stage.world.round.is_none()) else { return 1.0 };
    pilot.prey_worth(prey_of(stage, by, victim), stage.world.tick, stage.defs.rules.prey_ticks)
}

/// Gives a pilot `share` of what a victim of `before` points had and `kill` of the reward for a kill, less if the victim
/// was small prey. Returns the points.
fn reward(stage: &mut Stage<'_>, player: PlayerId, before: u32, share: f32, kill: f32) -> u32 {
    let rules = &stage.defs.rules;
    let Some(winner) = stage.world.pilot_mut(player) else { return 0 };
    let ratio = (before + WORTH_START) as f32 / (winner.score + WORTH_START) as f32;
    let factor = if ratio < rules.farm_none_below {
        0.0
    } else if ratio < rules.farm_half_below {
        0.5
    } else {
        1.0
    };
    let points = ((rules.kill_points as f32 * kill + before as f32 * share) * factor) as u32;
    winner.score += points;
    points
}

/// The radius that `population` pilots ask for, lattice steps.
#[must_use]
pub fn edge_target(population: usize, arena: &ArenaDef) -> i32 {
    let radius = arena.radius_per_root_pilot * (population as f32).sqrt();
    (radius.clamp(arena.radius_min, arena.radius_max) * STEPS) as i32
}

/// Moves the edge toward its target by one tick.
pub fn move_edge(edge: &mut Edge, arena: &ArenaDef) {
    *edge = edge_after(*edge, 1, arena);
}

/// The edge `ticks` later, if the population stays.
#[must_use]
pub fn edge_after(edge: Edge, ticks: i32, arena: &ArenaDef) -> Edge {
    let (grow, shrink) = (per_tick(arena.grow_u_s) * ticks, per_tick(arena.shrink_u_s) * ticks);
    Edge { radius: edge.radius + (edge.target - edge.radius).clamp(-shrink, grow), target: edge.target }
}

fn per_tick(u_s: f32) -> i32 {
    (u_s * STEPS / TICK_HZ as f32) as i32
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::defs::Mount;
    use crate::sim::{Now, step};

    /// A world with `pilots` enlisted and launched.
    pub(in crate::sim) fn world(seed: u64, pilots: u16) -> (World, Defs) {
        let defs = Defs::standard();
        let mut world = World::new(seed, seed, &defs);
        for slot in 0..pilots {
            let player = PlayerId(slot);
            let orders =
                [Order::Enlist { player, bot: false, points: 0 }, Order::Launch { player, class: ShipClass::Spark }];
            step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
        }
        (world, defs)
    }

    #[test]
    fn kills_pay_by_worth() {
        // (victim's score, killer's score) → points
        for (victim, killer, points) in [(0, 0, 10), (100, 0, 35), (100, 700, 17), (0, 4_000, 0), (1_000, 40, 260)] {
            let (mut world, defs) = world(1, 2);
            world.pilot_mut(PlayerId(0)).unwrap().score = killer;
            world.pilot_mut(PlayerId(1)).unwrap().score = victim;
            let sky = super::super::Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
            let mut stage = Stage { world: &mut world, defs: &defs, sky, events: &mut Vec::new() };
            assert_eq!(settle_kill(&mut stage, PlayerId(1), Some(PlayerId(0))), points, "{victim} by {killer}");
            assert_eq!(world.pilot(PlayerId(0)).unwrap().score, killer + points);
            assert_eq!(world.pilot(PlayerId(1)).unwrap().score, (victim as f32 * 0.4) as u32);
        }
    }

    #[test]
    fn who_helped_gains_by_the_damage_done_and_old_damage_counts_nothing() {
        let (mut world, defs) = world(1, 4);
        world.tick = Tick(10_000);
        let by = |slot, amount, tick| super::super::world::Hurts { by: PlayerId(slot), amount, tick: Tick(tick) };
        let victim = world.pilot_mut(PlayerId(1)).unwrap();
        victim.score = 100;
        victim.hurts = vec![by(0, 30_000, 10_000), by(2, 90_000, 9_900), by(3, 50_000, 9_000)];
        let sky = super::super::Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
        let mut stage = Stage { world: &mut world, defs: &defs, sky, events: &mut Vec::new() };
        assert_eq!(settle_kill(&mut stage, PlayerId(1), Some(PlayerId(0))), 35);
        let scores = [0, 1, 2, 3].map(|slot| world.pilot(PlayerId(slot)).unwrap().score);
        assert_eq!(scores, [35, 40, 26, 0], "three quarters of 35 for the helper");
    }

    #[test]
    fn the_same_prey_and_the_own_household_pay_half_each_time() {
        let (mut world, defs) = world(1, 5);
        let prey_ticks = i32::from(defs.rules.prey_ticks);
        for (slot, household) in [(0, 7), (3, 7), (4, 7), (2, 8)] {
            let order = Order::Household { player: PlayerId(slot), household };
            step(&mut world, &[order], &[], &defs, &Now, &mut Vec::new());
        }
        let mut kill = |victim: u16, after: i32| {
            world.tick = world.tick.plus(after);
            world.pilots.iter_mut().flatten().for_each(|pilot| pilot.score = 0);
            let sky = super::super::Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
            let mut stage = Stage { world: &mut world, defs: &defs, sky, events: &mut Vec::new() };
            settle_kill(&mut stage, PlayerId(victim), Some(PlayerId(0)))
        };
        assert_eq!([1, 1, 1, 2, 1].map(|victim| kill(victim, 60)), [10, 5, 2, 10, 1], "one, and another between");
        assert_eq!([3, 4, 3].map(|victim| kill(victim, 60)), [10, 5, 2], "the household is one");
        assert_eq!(kill(1, prey_ticks + 1), 10, "forgotten after a while");
        step(&mut world, &[Order::Discharge { player: PlayerId(1) }], &[], &defs, &Now, &mut Vec::new());
        assert!(world.pilot(PlayerId(0)).unwrap().prey.iter().all(|prey| prey.who != Some(PlayerId(1))));
    }

    #[test]
    fn the_crown_is_for_who_towers_above_the_rest_and_has_a_price() {
        let (mut world, defs) = world(1, 5);
        assert_eq!(crowned(&world), None);
        world.pilot_mut(PlayerId(3)).unwrap().score = 120;
        assert_eq!(crowned(&world), None, "three times the middle one, and no more");
        world.pilot_mut(PlayerId(3)).unwrap().score = 200;
        assert_eq!(crowned(&world), Some(PlayerId(3)));
        let sky = super::super::Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
        let mut stage = Stage { world: &mut world, defs: &defs, sky, events: &mut Vec::new() };
        assert_eq!(settle_kill(&mut stage, PlayerId(3), Some(PlayerId(0))), 10 + 50 + 20);
    }

    #[test]
    fn who_leaves_under_fire_was_shot_down_and_leaves_nothing_behind() {
        let (mut world, defs) = world(3, 3);
        let (leaver, shooter, victim) = (PlayerId(0), PlayerId(1), PlayerId(2));
        let tick = world.tick;
        world.pilot_mut(leaver).unwrap().blame = Some((shooter, tick));
        world.pilot_mut(victim).unwrap().blame = Some((leaver, tick));
        let shots = super::super::shots::volley(world.ship(leaver).unwrap(), Mount::Primary, tick, &defs);
        let shots: Vec<_> = shots.collect();
        world.shots.extend(shots);
        let mut events = Vec::new();
        step(&mut world, &[Order::Discharge { player: leaver }], &[], &defs, &Now, &mut events);
        let killer = events.iter().find_map(|event| match event {
            Event::Destroyed { ship, killer, .. } if ship.player == leaver => *killer,
            _ => None,
        });
        assert_eq!(killer, Some(shooter), "{events:?}");
        assert_eq!(world.pilot(shooter).unwrap().kills, 1);
        assert!(world.shots.is_empty() && world.pilot(victim).unwrap().blame.is_none());
    }

    #[test]
    fn a_class_that_is_too_dear_becomes_a_spark() {
        for (points, class) in [(0, ShipClass::Spark), (159, ShipClass::Spark), (160, ShipClass::Lancer)] {
            let defs = Defs::standard();
            let mut world = World::new(1, 1, &defs);
            let player = PlayerId(0);
            let launch = Order::Launch { player, class: ShipClass::Lancer };
            let orders = [Order::Enlist { player, bot: false, points }, launch];
            step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
            assert_eq!(world.ship(player).unwrap().class, class, "with {points} points");
        }
    }

    /// A pilot with `points` in a Spark that has lost half of its hull, and what a refit to `class` made of it.
    fn refitted(points: u32, class: ShipClass, change: impl Fn(&mut Pilot, Tick)) -> (Ship, Vec<Event>) {
        let (mut world, defs) = world(5, 1);
        let tick = world.tick;
        let pilot = world.pilot_mut(PlayerId(0)).unwrap();
        pilot.score = points;
        pilot.ship.as_mut().unwrap().hull = 50_000;
        change(pilot, tick);
        let mut events = Vec::new();
        step(&mut world, &[Order::Refit { player: PlayerId(0), class }], &[], &defs, &Now, &mut events);
        (world.ship(PlayerId(0)).unwrap().clone(), events)
    }

    #[test]
    fn a_refit_makes_a_new_ship_of_the_old_hull_and_is_no_way_to_heal() {
        let (ship, events) = refitted(40, ShipClass::Anvil, |_, _| {});
        assert_eq!((ship.class, ship.hull, ship.shield, ship.protection), (ShipClass::Anvil, 85_000, 0, 0));
        assert!(ship.cooldown > 80 && ship.special_wait > 80, "cold: {} {}", ship.cooldown, ship.special_wait);
        let launched = events.contains(&Event::Launched { ship: ship.id });
        assert!(launched && events.iter().any(|event| matches!(event, Event::Parked { .. })), "{events:?}");
    }

    #[test]
    fn nobody_refits_without_points_under_fire_or_all_the_time() {
        let refused = |points, change: fn(&mut Pilot, Tick)| {
            let (ship, events) = refitted(points, ShipClass::Needle, change);
            ship.class == ShipClass::Spark && events.is_empty()
        };
        assert!(!refused(40, |_, _| {}));
        assert!(refused(39, |_, _| {}));
        assert!(refused(40, |pilot, tick| pilot.blame = Some((PlayerId(9), tick))));
        assert!(refused(40, |pilot, tick| pilot.refit = Some(tick)));
    }

    #[test]
    fn the_arena_follows_its_population() {
        let arena = &Defs::standard().arena;
        for (population, radius) in [(0, 2_200), (12, 2_203), (16, 2_544), (60, 4_926), (500, 6_400)] {
            assert_eq!(edge_target(population, arena) / STEPS as i32, radius, "{population} pilots");
        }
        let mut edge = Edge { radius: edge_target(16, arena), target: edge_target(60, arena) };
        let before = edge.radius_u();
        (0..60).for_each(|_| move_edge(&mut edge, arena));
        assert!((edge.radius_u() - before - 120.0).abs() < 0.5, "grows {} u/s", edge.radius_u() - before);
        assert_eq!(edge_after(Edge { radius: 10, target: 500_000 }, 100, arena).radius, 10 + 512 * 100);
    }
}
