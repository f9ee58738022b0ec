//! A bot's mind: what it wants, how well it does it, and how long it takes to notice.

use std::collections::VecDeque;

use glam::Vec2;

use super::{
    helm, knack,
    sight::{ShipSight, Sight},
    war,
};
use crate::{
    defs::PickupKind,
    ids::PlayerId,
    quantize::Angle,
    rng::{Keyed, Purpose},
    sim::{Buttons, Command},
    tick::Tick,
};

/// What a bot likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temperament {
    /// Digs ore, fights when attacked.
    Miner,
    /// Seeks fair fights.
    Duelist,
    /// Goes for the weak.
    Bully,
}

/// How well the bots of a room fly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Skill {
    /// Clumsy, all of them.
    Easy,
    /// Most are clumsy, so that a beginner can win, and a few are sharp.
    #[default]
    Normal,
    /// Most are sharp, none clumsy.
    Hard,
}

impl Skill {
    /// The skill of a bot, `0..=1`, of a draw between 0 and 1.
    fn of_draw(self, draw: f32) -> f32 {
        match self {
            Skill::Easy => 0.3 * draw * draw,
            Skill::Normal => draw * draw,
            Skill::Hard => 1.0 - 0.4 * draw * draw,
        }
    }
}

/// Ticks between two looks around. Fifteen looks a second are plenty and cheap.
const LOOK_TICKS: u32 = 4;
/// A person below this score is left alone unless they shoot first.
pub const BEGINNER_SCORE: u32 = 40;
/// A bot clumsier than this hurts nobody by accident.
const CALM_SKILL: f32 = 0.25;
/// For how long it flies to a place it was asked to, ticks.
const VISIT_TICKS: i32 = 20 * 60;
/// Nearer than this it is there, u: in sight, and not upon anybody.
const VISIT_GAP: f32 = 420.0;
/// How far the aim of the clumsiest strays, steps of [`Angle`]: 14°…
const WOBBLE: f32 = 2_600.0;
/// …and with a ray.
const RAY_WOBBLE: f32 = 4_400.0;
/// How long a mood lasts, ticks.
const MOOD_TICKS: u32 = 30 * 60;
/// Distance at which a bot starts to think of fighting, u.
const FIGHT_RANGE: f32 = 620.0;

/// A bot's mind.
#[derive(Debug, Clone)]
pub struct Brain {
    seed: u64,
    player: PlayerId,
    temperament: Temperament,
    /// 0 clumsy … 1 sharp.
    skill: f32,
    reaction_ticks: i32,
    decided: VecDeque<(Tick, Command)>,
    current: Command,
    grudge: Option<(PlayerId, Tick)>,
    wander: Option<Vec2>,
    /// Where it is to show itself, and since when.
    visit: Option<(Vec2, Tick)>,
}

impl Brain {
    /// A mind of [`Skill::Normal`].
    #[must_use]
    pub fn new(seed: u64, player: PlayerId) -> Brain {
        Brain::skilled(seed, player, Skill::Normal)
    }

    /// A mind for the pilot in slot `player`; everything else about it follows from `seed`. Reaction takes 150 ms (the sharpest)
    /// to 300 ms.
    #[must_use]
    pub fn skilled(seed: u64, player: PlayerId, skill: Skill) -> Brain {
        let mut keyed = Keyed::new(seed, Tick(0), u32::from(player.0), Purpose::Bot);
        let temperament = match keyed.below(6) {
            0..=2 => Temperament::Miner,
            3..=4 => Temperament::Duelist,
            _ => Temperament::Bully,
        };
        let skill = skill.of_draw(keyed.unit());
        let reaction_ticks = 18 - (skill * 9.0) as i32;
        Brain {
            seed,
            player,
            temperament,
            skill,
            reaction_ticks,
            decided: VecDeque::new(),
            current: Command::default(),
            grudge: None,
            wander: None,
            visit: None,
        }
    }

    /// It digs, aims badly, and fights nobody who has not shot first: company for a beginner.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        self.temperament == Temperament::Miner && self.skill < CALM_SKILL
    }

    /// From now on for a while it flies toward this place, when it has no more urgent business.
    pub fn visit(&mut self, place: Vec2, tick: Tick) {
        self.visit = Some((place, tick));
    }

    /// Whether this is a tick on which the brain wants to look around; others cost nothing.
    #[must_use]
    pub fn looks(&self, tick: Tick) -> bool {
        tick.0.wrapping_add(u32::from(self.player.0)).is_multiple_of(LOOK_TICKS)
    }

    /// What the bot likes.
    #[must_use]
    pub fn temperament(&self) -> Temperament {
        self.temperament
    }

    /// How well it aims and how fast it reacts, `0..=1`.
    #[must_use]
    pub fn skill(&self) -> f32 {
        self.skill
    }

    /// Decides by what is seen now; the decision takes effect one reaction time later.
    pub fn look(&mut self, sight: &Sight<'_>) {
        let tick = sight.sky.tick;
        if let Some(attacker) = sight.attacker {
            self.grudge = Some((attacker, tick));
        }
        let command = self.decide(sight, tick);
        self.decided.push_back((tick.plus(self.reaction_ticks), command));
    }

    /// The command for `tick`.
    pub fn think(&mut self, tick: Tick) -> Command {
        while let Some((when, command)) = self.decided.front().copied() {
            if when.is_after(tick) {
                break;
            }
            self.decided.pop_front();
            self.current = command;
        }
        self.current
    }

    /// Forgets plans; for a new ship.
    pub fn reset(&mut self, heading: Angle) {
        self.decided.clear();
        self.current = Command::new(Buttons(0), heading);
        (self.wander, self.visit) = (None, None);
    }

    fn decide(&mut self, sight: &Sight<'_>, tick: Tick) -> Command {
        if let Some(command) = helm::escape(sight, 1.6 + self.skill) {
            return command;
        }
        let hull = sight.own.hull as f32 / (f32::from(helm::own_def(sight).hull) * 1_000.0);
        let enemy = self.choose_enemy(sight, tick);
        let pursuer = enemy.filter(|_| hull < 0.55 * (1.3 - self.skill));
        let refuge = pursuer.and_then(|pursuer| helm::refuge(sight, pursuer.pos));
        if let Some(command) = helm::dodge(sight, refuge.is_none()) {
            return command;
        }
        if let Some(pursuer) = pursuer {
            return knack::with_special(sight, Some(&pursuer), true, flee(sight, &pursuer, refuge));
        }
        let worth = |enemy: &ShipSight| sight.war.is_none_or(|war| war::is_worth_a_fight(sight, &war, enemy));
        let command = match enemy.filter(worth) {
            Some(enemy) => self.fight(sight, &enemy, tick),
            None if sight.war.is_some() => self.serve(sight, tick),
            None if sight.defs.mode.one_life => self.seek(sight),
            None => self
                .drift_by(sight, tick)
                .or_else(|| collect(sight))
                .or_else(|| self.mine(sight, tick))
                .unwrap_or_else(|| self.roam(sight, tick)),
        };
        knack::with_special(sight, enemy.as_ref(), false, command)
    }

    /// What the own team needs: ore at home, and the enemy's core broken.
    fn serve(&mut self, sight: &Sight<'_>, tick: Tick) -> Command {
        let Some(war) = sight.war else { return Command::default() };
        if let Some(command) = war::deliver(sight, &war) {
            return command;
        }
        if war.late || self.temperament != Temperament::Miner {
            return war::assault(sight, &war, self.patience(tick));
        }
        collect(sight).or_else(|| self.mine(sight, tick)).unwrap_or_else(|| self.roam(sight, tick))
    }

    /// Nobody in sight: round the star until there is.
    fn seek(&self, sight: &Sight<'_>) -> Command {
        let at = sight.own.body.pos.to_vec2();
        let wanted = sight.sky.circular(at) * 0.9 - at.normalize_or_zero() * 20.0;
        helm::match_velocity(sight, wanted)
    }

    fn choose_enemy(&self, sight: &Sight<'_>, tick: Tick) -> Option<ShipSight> {
        let at = sight.own.body.pos.to_vec2();
        let range = match self.temperament {
            Temperament::Miner => FIGHT_RANGE * 0.5,
            Temperament::Duelist => FIGHT_RANGE * 1.2,
            Temperament::Bully => FIGHT_RANGE,
        };
        let grudge = self.grudge.filter(|(_, when)| tick.since(*when) < 60 * 8).map(|(player, _)| player);
        let healthy = sight.own.hull as f32 > 750.0 * f32::from(helm::own_def(sight).hull);
        let duty = sight.defs.mode.teams;
        let eager = duty || (healthy && self.hunts(tick));
        let range = if sight.defs.mode.one_life { f32::INFINITY } else { range };
        let threat = |ship: &ShipSight| sight.war.is_some_and(|war| war::threatens(&war, ship.pos));
        let fair = |ship: &&ShipSight| {
            let wanted = Some(ship.player.pilot()) == grudge;
            // No honour in hunting beginners, or ships of a lower step.
            let tier = |class| sight.defs.ship(class).tier;
            let small = tier(ship.class) < tier(sight.own.class);
            let beginner = !duty && (small || (!ship.bot && ship.score < BEGINNER_SCORE));
            !ship.protected && (wanted || threat(ship) || (eager && !beginner && at.distance(ship.pos) < range))
        };
        let appeal = |ship: &ShipSight| {
            let distance = at.distance(ship.pos) + if Some(ship.player.pilot()) == grudge { -400.0 } else { 0.0 };
            match self.temperament {
                Temperament::Bully => distance + ship.hull * 500.0,
                _ => distance,
            }
        };
        sight.ships.iter().filter(fair).min_by(|a, b| appeal(a).total_cmp(&appeal(b))).copied()
    }

    fn fight(&self, sight: &Sight<'_>, enemy: &ShipSight, tick: Tick) -> Command {
        let at = sight.own.body.pos.to_vec2();
        let wobble = self.wobble(tick);
        // A ray forgives no trembling, so that a bot's hand is as good with it as with bolts.
        let ray = sight.defs.weapon(helm::own_def(sight).primary).charge_ticks() > 0;
        let unsteady = if ray { RAY_WOBBLE } else { WOBBLE };
        let way = helm::lead(sight, enemy.pos, enemy.vel);
        let aim = Angle::of(way);
        let aim = Angle(aim.0.wrapping_add_signed((wobble * unsteady * (1.0 - self.skill)) as i16));
        // Circle at a distance of one's liking, the way round drawn per bot.
        let gap = knack::fighting_gap(sight, self.skill);
        let round = if self.player.0.is_multiple_of(2) { 1.0 } else { -1.0 };
        let side = (enemy.pos - at).perp().normalize_or_zero() * (round * 90.0 * (0.4 + self.skill));
        let wanted = helm::approach(sight, enemy.pos, enemy.vel, gap) + side;
        let nose = sight.own.body.heading.unit();
        let distance = at.distance(enemy.pos);
        let error = f32::from(sight.own.body.heading.to(aim).unsigned_abs()) / 65_536.0 * 360.0;
        let trigger = knack::has_shot(sight, distance, error) && self.patience(tick);
        let buttons = helm::drift_buttons(sight, wanted, nose).with(Buttons::FIRE, trigger);
        Command::new(buttons, aim)
    }

    fn mine(&self, sight: &Sight<'_>, tick: Tick) -> Option<Command> {
        let at = sight.own.body.pos.to_vec2();
        if sight.defs.weapon(helm::own_def(sight).primary).mine().is_some() {
            return None;
        }
        let ring = helm::danger_u(sight) * 1.3;
        let rocks = sight.rocks.iter().filter(|rock| rock.pos.length() > ring);
        let rock = rocks.min_by(|a, b| at.distance(a.pos).total_cmp(&at.distance(b.pos)))?;
        let reach = helm::reach_u(sight);
        let gap = rock.size.def().radius + (reach * 0.4).min(120.0);
        let wanted = helm::approach(sight, rock.pos, rock.vel, gap);
        let distance = at.distance(rock.pos);
        if distance > gap + 220.0 {
            return Some(helm::match_velocity(sight, wanted));
        }
        let aim = Angle::of(helm::lead(sight, rock.pos, rock.vel));
        let error = f32::from(sight.own.body.heading.to(aim).unsigned_abs()) / 65_536.0 * 360.0;
        let beam = sight.defs.weapon(helm::own_def(sight).primary).is_beam();
        let thrifty = sight.own.energy > if beam { 8_000 } else { 25_000 };
        let trigger = error < 9.0 && thrifty && (beam || self.patience(tick));
        let buttons = helm::drift_buttons(sight, wanted, sight.own.body.heading.unit()).with(Buttons::FIRE, trigger);
        Some(Command::new(buttons, aim))
    }

    /// To where it is to show itself, until it is there.
    fn drift_by(&mut self, sight: &Sight<'_>, tick: Tick) -> Option<Command> {
        let at = sight.own.body.pos.to_vec2();
        self.visit =
            self.visit.filter(|(place, since)| tick.since(*since) < VISIT_TICKS && at.distance(*place) > VISIT_GAP);
        let (place, _) = self.visit?;
        Some(helm::match_velocity(sight, helm::approach(sight, around_star(sight, at, place), Vec2::ZERO, 0.0)))
    }

    /// From belt to belt, each for a while.
    fn roam(&mut self, sight: &Sight<'_>, tick: Tick) -> Command {
        let at = sight.own.body.pos.to_vec2();
        if self.wander.is_none_or(|goal| at.distance(goal) < 250.0) {
            let mut keyed = Keyed::new(self.seed, tick, u32::from(self.player.0), Purpose::Bot);
            let slot = keyed.below(sight.layout.slots.len().max(1) as u32) as usize;
            let goal = if slot < sight.layout.slots.len() { sight.layout.rock(slot, tick.plus(300), 0.0) } else { at };
            let edge = sight.edge_radius - sight.defs.arena.margin * 2.0;
            self.wander = Some(crate::math::clamp_length(goal, edge));
        }
        let goal = around_star(sight, at, self.wander.unwrap_or(Vec2::ZERO));
        helm::match_velocity(sight, helm::approach(sight, goal, Vec2::ZERO, 0.0))
    }

    /// Slow, bounded noise in [-1, 1]: a hand that is never quite steady.
    fn wobble(&self, tick: Tick) -> f32 {
        let draw = |phase: u32| {
            Keyed::new(self.seed, Tick(phase), u32::from(self.player.0) + 7_000, Purpose::Bot).range(-1.0, 1.0)
        };
        let (phase, part) = (tick.0 / 20, (tick.0 % 20) as f32 / 20.0);
        draw(phase) * (1.0 - part) + draw(phase.wrapping_add(1)) * part
    }

    /// Whether it looks for a fight in this half minute; else it minds its own business, as people do.
    fn hunts(&self, tick: Tick) -> bool {
        let chance = match self.temperament {
            Temperament::Miner => return false,
            Temperament::Duelist => 0.3,
            Temperament::Bully => 0.4,
        };
        Keyed::new(self.seed, Tick(tick.0 / MOOD_TICKS), u32::from(self.player.0) + 11_000, Purpose::Bot).chance(chance)
    }

    /// Bursts and pauses: clumsy bots let go of the trigger more.
    fn patience(&self, tick: Tick) -> bool {
        let phase = Tick(tick.0 / 24);
        let mut keyed = Keyed::new(self.seed, phase, u32::from(self.player.0) + 9_000, Purpose::Bot);
        keyed.chance(0.45 + 0.5 * self.skill)
    }
}

/// A goal beside the star when the straight way to `goal` leads through its heat.
pub(super) fn around_star(sight: &Sight<'_>, at: Vec2, goal: Vec2) -> Vec2 {
    let near = helm::danger_u(sight) * 1.4;
    let way = goal - at;
    let along = (-at).dot(way.normalize_or_zero()).clamp(0.0, way.length());
    let closest = at + way.normalize_or_zero() * along;
    if closest.length() >= near {
        return goal;
    }
    closest.normalize_or(at.perp().normalize_or(Vec2::X)) * (near * 1.4)
}

/// Away from the enemy, and through the wormhole where that is a way out.
fn flee(sight: &Sight<'_>, enemy: &ShipSight, refuge: Option<Vec2>) -> Command {
    let at = sight.own.body.pos.to_vec2();
    let away = refuge.map_or(at - enemy.pos, |refuge| refuge - at).normalize_or(Vec2::X);
    let mut command = helm::match_velocity(sight, away * helm::own_def(sight).speed_cap);
    let boosts = helm::own_def(sight).boost_ticks > 0;
    let ready = boosts && command.buttons.any(Buttons::THRUST) && sight.own.energy > 40_000;
    command.buttons = command.buttons.with(Buttons::BOOST, ready);
    command
}

/// Toward the nearest pickup worth the way.
fn collect(sight: &Sight<'_>) -> Option<Command> {
    let at = sight.own.body.pos.to_vec2();
    let ring = helm::danger_u(sight) * 1.1;
    let worth = |kind: PickupKind| if kind == PickupKind::Ore { 1.0 } else { 0.7 };
    let near = sight
        .pickups
        .iter()
        .filter(|(pos, kind)| *kind != PickupKind::Mine && pos.length() > ring && at.distance(*pos) < 420.0);
    let cost = |(pos, kind): &(Vec2, PickupKind)| at.distance(*pos) * worth(*kind);
    let (pos, _) = near.min_by(|a, b| cost(a).total_cmp(&cost(b)))?;
    let way = *pos - at;
    let wanted = way.normalize_or_zero() * (way.length() * 1.6).clamp(90.0, 240.0);
    Some(helm::match_velocity(sight, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, ShipClass},
        ids::ShipId,
        quantize::Lattice,
        sim::{Kinematics, Layout, Ship, Sky},
    };

    /// Far from everything.
    const HERE: Vec2 = Vec2::new(1_700.0, 0.0);

    /// A mind of this temperament that looks for a fight at `tick`, if such ever do.
    fn mind(temperament: Temperament, tick: Tick) -> Brain {
        let minds = (0..2_000).map(|seed| Brain::new(seed, PlayerId(0)));
        let mut kin = minds.filter(|brain| brain.temperament == temperament);
        let eager = kin.clone().find(|brain| brain.hunts(tick));
        eager.or_else(|| kin.next()).expect("one of 2,000")
    }

    fn foe(slot: u16, away: f32, hull: f32) -> ShipSight {
        ShipSight {
            player: PlayerId(slot),
            bot: true,
            score: 100,
            class: ShipClass::Spark,
            pos: HERE + Vec2::Y * away,
            vel: Vec2::ZERO,
            hull,
            protected: false,
        }
    }

    /// Whom it goes for, of these, in a ship of `class`.
    fn chosen(brain: &mut Brain, class: ShipClass, ships: &[ShipSight], attacker: Option<PlayerId>) -> Option<u16> {
        let (defs, tick) = (Defs::standard(), Tick(40));
        let layout = Layout::new(4, &defs.arena);
        let sky = Sky::at(&layout, &[], &defs.arena, tick);
        let body = Kinematics { pos: Lattice::nearest(HERE), vel: Lattice::ZERO, heading: Angle(0) };
        let own = Ship::fresh(ShipId { player: PlayerId(0), life: 0 }, class, body, &defs);
        let sight = Sight { ships: ships.to_vec(), attacker, ..Sight::of_nothing(&defs, &sky, &layout, &own) };
        brain.look(&sight);
        brain.choose_enemy(&sight, tick).map(|ship| ship.player.0)
    }

    #[test]
    fn half_are_miners_a_third_duelists_a_sixth_bullies_and_most_are_modest() {
        let minds: Vec<Brain> = (0..3_000).map(|seed| Brain::new(seed, PlayerId((seed % 16) as u16))).collect();
        let share =
            |temperament| minds.iter().filter(|brain| brain.temperament == temperament).count() as f32 / 3_000.0;
        for (temperament, wanted) in
            [(Temperament::Miner, 0.5), (Temperament::Duelist, 0.333), (Temperament::Bully, 0.167)]
        {
            assert!((share(temperament) - wanted).abs() < 0.03, "{temperament:?}: {}", share(temperament));
        }
        let mut skills: Vec<f32> = minds.iter().map(|brain| brain.skill).collect();
        skills.sort_by(f32::total_cmp);
        assert!(skills[1_500] < 0.3 && skills[2_900] > 0.85, "{} and {}", skills[1_500], skills[2_900]);
        // 150 to 300 ms, the sharpest first.
        assert!(minds.iter().all(|brain| (9..=18).contains(&brain.reaction_ticks)));
        let sharp = minds.iter().max_by(|a, b| a.skill.total_cmp(&b.skill)).expect("there are some");
        assert!(sharp.reaction_ticks <= 10);
    }

    #[test]
    fn what_is_seen_is_done_a_reaction_later() {
        let mut brain = mind(Temperament::Duelist, Tick(40));
        let before = brain.think(Tick(40));
        chosen(&mut brain, ShipClass::Spark, &[foe(1, 150.0, 1.0)], Some(PlayerId(1)));
        let reaction = brain.reaction_ticks;
        assert_eq!(brain.think(Tick(40).plus(reaction - 1)), before);
        assert_ne!(brain.think(Tick(40).plus(reaction)), before);
    }

    #[test]
    fn a_duelist_takes_the_nearest_a_bully_the_weak_and_a_miner_nobody() {
        let ships = [foe(1, 200.0, 1.0), foe(2, 320.0, 0.2)];
        for (temperament, whom) in
            [(Temperament::Duelist, Some(1)), (Temperament::Bully, Some(2)), (Temperament::Miner, None)]
        {
            assert_eq!(
                chosen(&mut mind(temperament, Tick(40)), ShipClass::Spark, &ships, None),
                whom,
                "{temperament:?}"
            );
        }
        // Even a miner fights back.
        let mut miner = mind(Temperament::Miner, Tick(40));
        assert_eq!(chosen(&mut miner, ShipClass::Spark, &ships, Some(PlayerId(2))), Some(2));
    }

    #[test]
    fn beginners_and_smaller_ships_are_left_alone_until_they_shoot() {
        let beginner = ShipSight { bot: false, score: 10, ..foe(1, 200.0, 1.0) };
        let practised = ShipSight { score: 60, ..beginner };
        let protected = ShipSight { protected: true, ..practised };
        for (own, ship, attacker, whom) in [
            (ShipClass::Spark, beginner, None, None),
            (ShipClass::Spark, practised, None, Some(1)),
            (ShipClass::Spark, protected, None, None),
            (ShipClass::Spark, beginner, Some(PlayerId(1)), Some(1)),
            (ShipClass::Lancer, practised, None, None),
            (ShipClass::Lancer, practised, Some(PlayerId(1)), Some(1)),
        ] {
            let mut duelist = mind(Temperament::Duelist, Tick(40));
            assert_eq!(chosen(&mut duelist, own, &[ship], attacker), whom, "{own:?}, {ship:?}, {attacker:?}");
        }
    }
}
