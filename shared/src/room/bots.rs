//! Bots' seats: filling the arena up, making room for people, letting each brain look around, and company for beginners.

use glam::Vec2;

use super::{
    index::{Area, Index},
    seats::{Holder, Seat, Seats},
};
use crate::{
    bot::{BEGINNER_SCORE, BLAME_TICKS, Brain, CoreSight, ShipSight, Sight, Skill, SolidSight, VIEW_HALF, War, choose},
    defs::{Defs, ModeDef, PickupKind, ShipClass, Team},
    ids::PlayerId,
    protocol::entity_state::{HULL_STEPS, PublicShip},
    rng::{Keyed, Purpose},
    sim::{Layout, Pickup, Ship, Sky, World, torus, world::MILLI},
    tick::Tick,
};

/// Names of bots: comets, probes and astronomers, all short.
const NAMES: [&str; 32] = [
    "Halley", "Encke", "Biela", "Borrelly", "Tempel", "Wild", "Giotto", "Rosetta", "Philae", "Vega", "Kepler", "Tycho",
    "Herschel", "Cassini", "Huygens", "Galileo", "Hypatia", "Lovell", "Leavitt", "Cannon", "Rubin", "Sagan", "Swift",
    "Tuttle", "Olbers", "Faye", "Hale", "Bopp", "Lexell", "Messier", "Quetzal", "Sputnik",
];

/// From one look for lonely beginners to the next, ticks.
const COMPANY_TICKS: u32 = 5 * 60;
/// Somebody nearer than this is company, u: about what a screen shows.
const ALONE_U: f32 = 900.0;

/// Seats one bot; nobody when the room is full.
pub fn seat_one(seats: &mut Seats, team: Option<Team>, skill: Skill, seed: u64, tick: Tick) -> Option<PlayerId> {
    let taken: Vec<String> = seats.iter().map(|seat| seat.name.clone()).collect();
    let first = Keyed::new(seed, tick, taken.len() as u32, Purpose::Bot).below(NAMES.len() as u32) as usize;
    let free = (0..NAMES.len()).map(|i| NAMES[(first + i) % NAMES.len()]).find(|name| !taken.iter().any(|t| t == name));
    let mind = crate::rng::mix(seed ^ u64::from(tick.0));
    seats.add(free.unwrap_or("Drone"), team, |player| Holder::Bot(Box::new(Brain::skilled(mind, player, skill))))
}

/// Points that a fresh bot brings along: mostly few, so that it flies what a beginner flies, and now and then a fortune, so
/// that there is something to behold.
#[must_use]
pub fn purse(seed: u64, player: PlayerId, tick: Tick) -> u32 {
    let mut draw = Keyed::new(seed, tick, u32::from(player.0) + 3_000, Purpose::Bot);
    match draw.below(20) {
        0..=9 => draw.below(30),
        10..=15 => 40 + draw.below(80),
        16..=18 => 160 + draw.below(200),
        _ => 600 + draw.below(200),
    }
}

/// The ship that a bot takes for its next life.
#[must_use]
pub fn next_class(brain: &Brain, seed: u64, player: PlayerId, points: u32, defs: &Defs, tick: Tick) -> ShipClass {
    let mut draw = Keyed::new(seed, tick, u32::from(player.0) + 5_000, Purpose::Bot);
    choose(brain.temperament(), points, defs, &mut draw)
}

/// The bot to send home when a person comes: of the larger team, where there are teams (of two alike that which the
/// person joins); one without a ship if there is one, else the poorest.
#[must_use]
pub fn choose_leaver(seats: &Seats, world: &World, mode: &ModeDef) -> Option<PlayerId> {
    let size = |team: Team| seats.crew(team).0 + seats.crew(team).1;
    let joined = seats.team_for_person(mode);
    let crowded =
        |player: PlayerId| mode.team(player).map(|team| (size(team), Some(team) == joined)).map(core::cmp::Reverse);
    seats.iter().filter(|seat| matches!(seat.holder, Holder::Bot(_))).map(|seat| seat.player).min_by_key(|&player| {
        let score = world.pilot(player).map_or(0, |pilot| pilot.score);
        (crowded(player), world.ship(player).is_some(), score, player)
    })
}

/// Lets every brain whose turn it is look around at the world as it is.
pub fn look_around(seats: &mut Seats, world: &World, index: &Index, defs: &Defs) {
    let sky = Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
    let mut found = Vec::new();
    for seat in seats.iter_mut() {
        let Holder::Bot(brain) = &mut seat.holder else { continue };
        if !brain.looks(world.tick) {
            continue;
        }
        let Some(own) = world.ship(seat.player) else { continue };
        brain.look(&sight(world, index, defs, &sky, own, &mut found));
    }
}

/// Asks a calm bot to drift by each beginner who flies alone: the nearest one. It learns no more than a place, sees and
/// fights as ever, and calm bots leave beginners alone.
pub fn bring_company(seats: &mut Seats, world: &World, mode: &ModeDef) {
    if mode.teams || mode.one_life || !world.tick.0.is_multiple_of(COMPANY_TICKS) {
        return;
    }
    let place = |ship: &Ship| ship.body.pos.to_vec2();
    let beginner = |ship: &&Ship| {
        world.pilot(ship.id.player).is_some_and(|pilot| !pilot.bot && pilot.score < BEGINNER_SCORE)
            && world.ships().all(|other| other.id == ship.id || place(other).distance(place(ship)) > ALONE_U)
    };
    for lonely in world.ships().filter(beginner) {
        let away = |seat: &Seat| world.ship(seat.player).map(|ship| place(ship).distance(place(lonely)));
        let calm = seats.iter_mut().filter_map(|seat| {
            let away = away(seat)?;
            match &mut seat.holder {
                Holder::Bot(brain) if brain.is_calm() => Some((away, brain)),
                _ => None,
            }
        });
        if let Some((_, brain)) = calm.min_by(|a, b| a.0.total_cmp(&b.0)) {
            brain.visit(place(lonely), world.tick);
        }
    }
}

fn sight<'a>(
    world: &'a World,
    index: &Index,
    defs: &'a Defs,
    sky: &'a Sky<'a>,
    own: &'a Ship,
    found: &mut Vec<u16>,
) -> Sight<'a> {
    let layout: &'a Layout = &world.layout;
    let (at, mode) = (own.body.pos.to_vec2(), &defs.mode);
    // In a duel everybody looks for the other one.
    let half = if mode.one_life {
        Vec2::splat(world.edge.radius_u() * 2.0)
    } else {
        Vec2::new(VIEW_HALF.0.into(), VIEW_HALF.1.into())
    };
    let area = Area { centre: at, half };
    index.ships.within(&area, found);
    let ships = found
        .iter()
        .map(|&i| index.players[usize::from(i)])
        .filter(|&player| !mode.spares(own.id.player, player))
        .filter_map(|player| ship_sight(world, defs, own, player))
        .map(|ship| across_the_seam(ship, at, defs.arena.wrap_half))
        .collect();
    index.belt.within(&area, found);
    let belt = found.iter().map(|&i| usize::from(i)).filter(|&slot| world.belt[slot].regrow.is_none()).map(|slot| {
        SolidSight {
            pos: index.belt.at(slot),
            vel: layout.rock_velocity(slot, world.tick),
            size: layout.slots[slot].size,
        }
    });
    let mut rocks: Vec<SolidSight> = belt.collect();
    index.rocks.within(&area, found);
    rocks.extend(found.iter().map(|&i| &world.rocks[usize::from(i)]).map(|rock| SolidSight {
        pos: rock.pos.to_vec2(),
        vel: rock.vel.to_vec2(),
        size: rock.size,
    }));
    index.pickups.within(&area, found);
    let floating = || found.iter().map(|&i| &world.pickups[usize::from(i)]);
    let pickups = floating().map(|p| (p.pos.to_vec2(), p.kind)).collect();
    let hostile =
        |p: &&Pickup| p.kind == PickupKind::Mine && p.owner.is_none_or(|owner| !mode.spares(owner, own.id.player));
    let mines = floating().filter(hostile).map(|p| p.pos.to_vec2()).collect();
    let blame = world.pilot(own.id.player).and_then(|pilot| pilot.blame);
    let attacker = blame.filter(|(_, when)| world.tick.since(*when) < BLAME_TICKS).map(|(by, _)| by);
    let war = war(world, defs, sky, own.id.player);
    Sight { defs, sky, layout, own, edge_radius: world.edge.radius_u(), ships, rocks, pickups, mines, attacker, war }
}

/// What a pilot knows of the cores.
fn war(world: &World, defs: &Defs, sky: &Sky<'_>, player: PlayerId) -> Option<War> {
    let (core, cores, round) = (defs.arena.core.as_ref()?, sky.cores?, world.round.as_ref()?);
    let full = f32::from(defs.mode.terms.core_hull) * MILLI as f32;
    let seen = |team: Team| {
        let (pos, vel) = cores[team as usize];
        CoreSight { pos, vel, radius: core.radius, hull: round.cores[team as usize] as f32 / full }
    };
    let own = Team::of(player);
    let late = round.left * 2 <= defs.mode.round_ticks();
    Some(War { home: seen(own), foe: seen(own.other()), late })
}

/// A ship where it is nearest: in space that comes round perhaps across the seam.
fn across_the_seam(ship: ShipSight, at: Vec2, wrap_half: f32) -> ShipSight {
    let pos = if wrap_half > 0.0 { torus::nearest_image(ship.pos, at, wrap_half) } else { ship.pos };
    ShipSight { pos, ..ship }
}

/// What `own` sees of another ship; nothing behind a cloak.
fn ship_sight(world: &World, defs: &Defs, own: &Ship, player: PlayerId) -> Option<ShipSight> {
    // A decoy is taken for the ship it looks like.
    let pilot = world.pilot(player.pilot())?;
    let shown = PublicShip::of(world.shown_ship(player)?, defs);
    if shown.is_hidden_from(own.body.pos.to_vec2(), defs) {
        return None;
    }
    Some(ShipSight {
        class: shown.class,
        player,
        bot: pilot.bot,
        score: pilot.score,
        pos: shown.body.pos.to_vec2(),
        vel: shown.body.vel.to_vec2(),
        hull: f32::from(shown.hull) / f32::from(HULL_STEPS),
        protected: shown.protected,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        quantize::Lattice,
        room::{Room, RoomConfig},
        sim::{Now, Order, step},
    };

    /// A Spark, and a Wraith `away` u from it, cloaked or not.
    fn beside_a_wraith(away: f32, cloaked: bool) -> (World, Defs) {
        let defs = Defs::standard();
        let mut world = World::new(1, 1, &defs);
        for (slot, class) in [(0, ShipClass::Spark), (1, ShipClass::Wraith)] {
            let player = PlayerId(slot);
            let enlist = Order::Enlist { player, bot: true, points: 500 };
            step(&mut world, &[enlist, Order::Launch { player, class }], &[], &defs, &Now, &mut Vec::new());
        }
        for (slot, x) in [(0, 1_500.0), (1, 1_500.0 + away)] {
            let ship = world.pilot_mut(PlayerId(slot)).and_then(|pilot| pilot.ship.as_mut()).expect("launched");
            ship.body.pos = Lattice::nearest(Vec2::new(x, 0.0));
            ship.special_left = if slot == 1 && cloaked { 1 } else { 0 };
        }
        (world, defs)
    }

    #[test]
    fn bots_see_through_no_cloak_that_a_person_could_not() {
        for (away, cloaked, seen) in [(300.0, false, true), (300.0, true, false), (90.0, true, true)] {
            let (world, defs) = beside_a_wraith(away, cloaked);
            let own = world.ship(PlayerId(0)).expect("it flies");
            let sight = ship_sight(&world, &defs, own, PlayerId(1));
            assert_eq!(sight.is_some(), seen, "{away} u, cloaked: {cloaked}");
        }
    }

    #[test]
    fn a_bot_sees_what_a_screen_shows_and_no_farther() {
        for (away, seen) in [(700.0, 1), (VIEW_HALF.0 as f32 + 60.0, 0)] {
            let (world, defs) = beside_a_wraith(away, false);
            let mut index = Index::default();
            index.rebuild(&world);
            let sky = Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
            let own = world.ship(PlayerId(0)).expect("it flies");
            let sight = sight(&world, &index, &defs, &sky, own, &mut Vec::new());
            assert_eq!(sight.ships.len(), seen, "{away} u");
        }
    }

    #[test]
    fn a_room_has_bots_of_the_skill_that_it_is_made_with() {
        let skills = |bot_skill| {
            let room = Room::new(RoomConfig { bots: 32, bot_skill, ..RoomConfig::default() });
            let skill = |holder: &Holder| if let Holder::Bot(brain) = holder { brain.skill() } else { -1.0 };
            let skills: Vec<f32> = room.seats.iter().map(|seat| skill(&seat.holder)).collect();
            assert_eq!(skills.len(), 32);
            let mean = skills.iter().sum::<f32>() / 32.0;
            (skills.iter().copied().fold(1.0, f32::min), mean, skills.into_iter().fold(0.0, f32::max))
        };
        let (easy, normal, hard) = (skills(Skill::Easy), skills(Skill::Normal), skills(Skill::Hard));
        assert!(easy.2 <= 0.3 && hard.0 >= 0.6, "{easy:?} {hard:?}");
        assert!(easy.1 < normal.1 && normal.1 < 0.5 && normal.2 > 0.6 && hard.1 > 0.75, "{easy:?} {normal:?} {hard:?}");
    }

    /// The nearest that the only bot, a calm one, comes to a beginner who coasts, u: in half a minute.
    fn nearest(seed: u64, company: bool) -> f32 {
        let defs = Defs::standard();
        let mut world = World::new(seed, seed, &defs);
        let (mut seats, mut index) = (Seats::default(), Index::default());
        let bot = seat_one(&mut seats, None, Skill::Normal, seed, Tick(0)).expect("an empty room has a slot");
        let calm = (0..).map(|mind| Brain::new(mind, bot)).find(Brain::is_calm).expect("some mind is calm");
        seats.get_mut(bot).expect("it was seated").holder = Holder::Bot(Box::new(calm));
        let person = PlayerId(bot.0 + 1);
        let orders = [bot, person].into_iter().flat_map(|player| {
            let class = ShipClass::Spark;
            [Order::Enlist { player, bot: player == bot, points: 0 }, Order::Launch { player, class }]
        });
        let mut orders: Vec<Order> = orders.collect();
        let mut nearest = f32::INFINITY;
        for _ in 0..30 * 60 {
            let commands: Vec<_> = seats
                .iter_mut()
                .filter_map(|seat| match &mut seat.holder {
                    Holder::Bot(brain) => Some((seat.player, brain.think(world.tick))),
                    Holder::Human(_) => None,
                })
                .collect();
            step(&mut world, &orders, &commands, &defs, &Now, &mut Vec::new());
            orders.clear();
            index.rebuild(&world);
            if company {
                bring_company(&mut seats, &world, &defs.mode);
            }
            look_around(&mut seats, &world, &index, &defs);
            if let (Some(bot), Some(person)) = (world.ship(bot), world.ship(person)) {
                nearest = nearest.min(bot.body.pos.to_vec2().distance(person.body.pos.to_vec2()));
            }
        }
        nearest
    }

    #[test]
    fn a_calm_bot_drifts_by_a_beginner_who_flies_alone() {
        let met = |company: bool| (0..8).filter(|seed| nearest(*seed, company) < ALONE_U).count();
        let (alone, visited) = (met(false), met(true));
        assert!(visited >= 6 && visited > alone, "{visited} of 8 meetings with company, {alone} without");
    }
}
