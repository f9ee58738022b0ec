//! Writing one client's snapshot: what it sees, as news against what it was told, each message within one TCP segment.
//!
//! Invariant: every ship told is in the client's area of interest (with hysteresis), no message exceeds
//! `SNAPSHOT_BYTES_MAX`, and what does not fit goes into another part of the same tick or waits for the next one,
//! nearest things first. Ships are here; other things in `things`.

use glam::Vec2;

use super::{
    audience::{Audience, ToldShip},
    history::History,
    index::{Area, Index},
    priority::{self, Eye},
    things,
};
use crate::{
    defs::{Defs, ShipClass},
    ids::{PlayerId, ShotKey},
    limits::{HISTORY_TICKS, SNAPSHOT_BYTES_MAX},
    protocol::{
        bits::BitWriter,
        body::{self, Names, Station},
        codec::SNAPSHOT_HEAD_BYTES_MAX,
        entity_state::{self, PublicShip},
        known::Told,
        owner_state::{self, UsedCommand},
        reckon::{Reckoner, Skies},
    },
    quantize::STEPS,
    sim::{Kinematics, Ship, Well, World, rules},
    tick::Tick,
};

/// Ships stay until they leave the area grown by this: no flicker at the border, for the way there takes a third of a
/// second at full speed…
const LEAVE_GROW: f32 = 1.15;
/// …or have been outside the area itself for this long, ticks.
const OUTSIDE_TICKS: i32 = 60;
/// What comes into the view within this time is told in time, s: longer than news take to any playable client.
const SOON_S: f32 = 0.25;
/// Share of what is left of a message that news of ships may take; the rest is for what comes into view.
const NEWS_SHARE: usize = 3;
/// A whole ship, at most: news longer than this are sent whole instead.
const WHOLE_BITS: usize = 190;
/// Bits kept free in each message for the ends of its lists and padding.
const TAIL_BITS: usize = 16;
/// Sections of a body whose bits are counted, see `Press::section_bits`.
pub const SECTIONS: [&str; 7] = ["owner", "ends and events", "news", "enters", "shots", "loose things", "belts"];

/// What all clients of one tick share.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The world at the end of the tick.
    pub world: &'a World,
    /// The tables.
    pub defs: &'a Defs,
    /// Recent ticks.
    pub history: &'a History,
    /// Where things are.
    pub index: &'a Index,
    /// News encoded for other clients in this tick.
    pub press: &'a mut Press,
}

/// News of one ship against one base, ready to be copied.
#[derive(Debug, Clone, Copy)]
struct Page {
    base: Tick,
    /// Where they lie in [`Press::bits`].
    start: usize,
    bits: usize,
    /// Where the bodies that the reader reckons lie in [`Press::reckoned`].
    bodies: (usize, usize),
}

/// A ship of which this client's news tell where it was at each tick since the last snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Shooter {
    /// Whose.
    pub player: PlayerId,
    class: ShipClass,
    bodies: (usize, usize),
}

/// Ship news of one tick, encoded once and copied to every viewer with the same base; and memory that all share.
#[derive(Debug, Clone, Default)]
pub struct Press {
    bits: BitWriter,
    /// See [`Press::pages_of`]: the tick they are for, and a page per base.
    pages: Vec<(Tick, Vec<Page>)>,
    reckoned: Vec<Kinematics>,
    /// Recent skies.
    pub skies: Skies,
    path: Vec<PublicShip>,
    bodies: Vec<Kinematics>,
    news: BitWriter,
    due: Vec<Page>,
    left_out: Vec<bool>,
    order: Vec<(f32, usize)>,
    /// Those whose shots this client can place by itself, in its order of ships.
    pub shooters: Vec<Shooter>,
    /// Bodies of the viewer's own ship at each tick since it was last told.
    pub own_bodies: Vec<Kinematics>,
    /// Those whom the reader knows, after those who left and before those who come.
    pub names: Names,
    /// Shots whose end, told in this message, says what their blow did.
    pub blows: Vec<ShotKey>,
    /// Memory for queries.
    pub found: Vec<u16>,
    /// Memory for sorting newcomers.
    pub fresh: Vec<(f32, u16)>,
    /// Bits written so far by [`SECTIONS`].
    pub section_bits: [u64; SECTIONS.len()],
}

impl Press {
    /// Forgets the last tick's news.
    pub fn begin(&mut self, world: &World, players: usize) {
        let tick = world.tick;
        self.skies.wells.clone_from(&world.wells);
        self.bits.clear();
        self.reckoned.clear();
        if self.pages.len() < 2 * players {
            self.pages.resize(2 * players, (tick, Vec::new()));
        }
    }

    /// Where the pages of what is seen under this name are: a pilot's ship and its decoy side by side.
    fn pages_of(&mut self, player: PlayerId) -> &mut (Tick, Vec<Page>) {
        &mut self.pages[2 * player.pilot().index() + usize::from(player.is_decoy())]
    }

    /// The body of `shooter` at the end of the tick `age` ticks ago, as this client's reader reckons it.
    #[must_use]
    pub fn body_of(&self, shooter: &Shooter, age: usize) -> Option<Kinematics> {
        let bodies = &self.reckoned[shooter.bodies.0..shooter.bodies.1];
        bodies.len().checked_sub(age + 1).map(|at| bodies[at])
    }

    /// The class of `shooter`.
    #[must_use]
    pub fn class_of(&self, shooter: &Shooter) -> ShipClass {
        shooter.class
    }
}

/// Who looks.
#[derive(Debug)]
pub struct Viewer<'a> {
    /// What it does.
    pub station: Station,
    /// Its slot, if it plays.
    pub player: Option<PlayerId>,
    /// What it should see.
    pub area: Area,
    /// What it does see: its view, and how that moves, u/s.
    pub view: (Area, Vec2),
    /// Commands used since its own ship was last told, if it flies.
    pub used: Option<&'a [UsedCommand]>,
    /// Bits its message may have, head and all.
    pub bits_max: usize,
}

impl Viewer<'_> {
    /// The slot whose ship comes in the owner's record, not among the others.
    #[must_use]
    pub fn own_player(&self) -> Option<PlayerId> {
        if self.station == Station::Flying { self.player } else { None }
    }

    /// Whether a cloak hides a ship from it. Who flies sees what is near; who only looks may look anywhere, and so sees none.
    #[must_use]
    pub fn is_blind_to(&self, ship: &PublicShip, defs: &Defs) -> bool {
        match self.station {
            Station::Flying => ship.is_hidden_from(self.view.0.centre, defs),
            _ => ship.is_cloaked(defs),
        }
    }

    /// Whether something at `pos` moving with `vel` is in the view or may be soon.
    #[must_use]
    pub fn will_see(&self, pos: Vec2, vel: Vec2) -> bool {
        let (view, moves) = self.view;
        let later = pos + (vel - moves) * SOON_S;
        let (low, high) = (pos.min(later), pos.max(later));
        (high - view.centre).cmpge(-view.half).all() && (low - view.centre).cmple(view.half).all()
    }

    /// Bits that a message of `bytes` may have.
    #[must_use]
    pub fn bits_of(bytes: usize) -> usize {
        (bytes.min(SNAPSHOT_BYTES_MAX) - SNAPSHOT_HEAD_BYTES_MAX) * 8
    }

    /// Bits left in the message.
    #[must_use]
    pub fn room(&self, writer: &BitWriter) -> usize {
        self.bits_max.saturating_sub(writer.len() + TAIL_BITS)
    }
}

/// Writes the first part of a snapshot for `viewer` and advances `audience` to it. Returns whether everything fitted;
/// if not, the rest may go into further parts ([`write_part`]) or wait.
pub fn write(scene: &mut Scene<'_>, viewer: &Viewer<'_>, audience: &mut Audience, writer: &mut BitWriter) -> bool {
    writer.clear();
    let tick = scene.world.tick;
    let since = audience.through;
    write_wells(scene.world, writer, since);
    body::write_station(writer, viewer.station);
    write_own(scene, viewer, audience, writer);
    count(scene, writer, 0, 0);
    let mut at = writer.len();
    write_edge(scene, audience, writer);
    write_leaves(scene, viewer, audience, writer);
    scene.press.names.ships.clear();
    scene.press.names.ships.extend(audience.ships.iter().map(|ship| ship.player));
    scene.press.names.own = viewer.player;
    things::write_ends(scene, viewer, audience, writer, since);
    things::write_happenings(scene, viewer, audience, writer, since);
    at = count(scene, writer, 1, at);
    write_news(scene, viewer, audience, writer);
    count(scene, writer, 2, at);
    let gap = since.map_or(0, |since| tick.since(since).max(0) as usize);
    audience.through = Some(tick);
    audience.count = audience.count.wrapping_add(1);
    write_comers(scene, viewer, audience, writer, gap)
}

/// Writes a further part of the tick that [`write`] began; returns as it does.
pub fn write_part(scene: &mut Scene<'_>, viewer: &Viewer<'_>, audience: &mut Audience, writer: &mut BitWriter) -> bool {
    writer.clear();
    scene.press.shooters.clear();
    scene.press.own_bodies.clear();
    write_comers(scene, viewer, audience, writer, 0)
}

/// Small stars that began since, or all that are remembered.
fn write_wells(world: &World, writer: &mut BitWriter, since: Option<Tick>) {
    let fresh = |well: &&Well| since.is_none_or(|since| well.from.is_after(since));
    for well in world.wells.iter().filter(fresh) {
        body::write_more(writer);
        body::write_well(writer, well, world.tick);
    }
    body::write_end(writer);
}

/// What comes into view: everything that may wait.
fn write_comers(
    scene: &mut Scene<'_>,
    viewer: &Viewer<'_>,
    audience: &mut Audience,
    writer: &mut BitWriter,
    gap: usize,
) -> bool {
    let mut at = writer.len();
    let mut all = write_enters(scene, viewer, audience, writer);
    at = count(scene, writer, 3, at);
    all &= things::write_shots(scene, viewer, audience, writer, gap);
    at = count(scene, writer, 4, at);
    all &= things::write_rocks(scene, viewer, audience, writer);
    all &= things::write_pickups(scene, viewer, audience, writer);
    at = count(scene, writer, 5, at);
    all &= things::write_belt(scene, viewer, audience, writer);
    count(scene, writer, 6, at);
    all
}

fn count(scene: &mut Scene<'_>, writer: &BitWriter, section: usize, from: usize) -> usize {
    scene.press.section_bits[section] += (writer.len() - from) as u64;
    writer.len()
}

fn write_own(scene: &mut Scene<'_>, viewer: &Viewer<'_>, audience: &mut Audience, writer: &mut BitWriter) {
    let tick = scene.world.tick;
    let press = &mut *scene.press;
    press.own_bodies.clear();
    let own = viewer.own_player().and_then(|player| scene.world.ship(player));
    let Some(own) = own else {
        audience.own = None;
        return;
    };
    let base = audience.own.take().filter(|told| told.state.id == own.id);
    match (base, viewer.used) {
        (Some(told), Some(used)) if tick.since(told.tick) < HISTORY_TICKS as i32 => {
            let mut reckoner = Reckoner {
                layout: &scene.world.layout,
                defs: scene.defs,
                skies: &mut press.skies,
                edge_radius: told.edge_radius_u(),
            };
            let bodies = &mut press.own_bodies;
            owner_state::write_news(writer, &told.state, told.tick, used, own, &mut reckoner, bodies);
        }
        _ => owner_state::write_whole(writer, own),
    }
    audience.own = Some(told_now(scene, Ship::clone(own)));
}

fn told_now<T>(scene: &Scene<'_>, state: T) -> Told<T> {
    Told { state, tick: scene.world.tick, edge_radius: scene.world.edge.radius }
}

fn write_edge(scene: &Scene<'_>, audience: &mut Audience, writer: &mut BitWriter) {
    let now = scene.world.edge;
    if let Some(since) = audience.through {
        audience.edge = rules::edge_after(audience.edge, scene.world.tick.since(since), &scene.defs.arena);
    }
    let expected = audience.through.is_some() && audience.edge == now;
    writer.flag(!expected);
    if !expected {
        writer.sized(now.radius);
        writer.sized(now.target);
        audience.edge = now;
    }
}

fn write_leaves(scene: &Scene<'_>, viewer: &Viewer<'_>, audience: &mut Audience, writer: &mut BitWriter) {
    let (own, tick) = (viewer.own_player(), scene.world.tick);
    let mut any = false;
    for ship in &mut audience.ships {
        // From the same memory as the news, which are next.
        let now = scene.history.ship(ship.player, tick);
        let now = now.filter(|now| now.id == ship.told.state.id && Some(ship.player) != own);
        let now = now.filter(|now| !viewer.is_blind_to(now, scene.defs));
        let place = now.map(|now| now.body.pos.to_vec2());
        ship.outside = match place {
            Some(pos) if viewer.area.holds(pos, 1.0) => None,
            Some(pos) if viewer.area.holds(pos, LEAVE_GROW) => ship.outside.or(Some(tick)),
            _ => Some(tick.plus(-OUTSIDE_TICKS)),
        };
        any |= has_left(ship, tick);
    }
    writer.flag(any);
    if any {
        let Audience { ships, ships_set, .. } = audience;
        ships.retain(|ship| {
            let leaves = has_left(ship, tick);
            writer.flag(leaves);
            if leaves {
                ships_set.remove(ship.player.0);
            }
            !leaves
        });
    }
}

fn has_left(ship: &ToldShip, tick: Tick) -> bool {
    ship.outside.is_some_and(|since| tick.since(since) >= OUTSIDE_TICKS)
}

fn write_news(scene: &mut Scene<'_>, viewer: &Viewer<'_>, audience: &mut Audience, writer: &mut BitWriter) {
    scene.press.due.clear();
    let mut total = 0;
    for ship in &audience.ships {
        let page = print(scene, ship);
        total += page.bits;
        scene.press.due.push(page);
    }
    let budget = viewer.room(writer) * NEWS_SHARE / (NEWS_SHARE + 1);
    let crowded = total > budget;
    if crowded {
        leave_out(scene, viewer, audience, budget);
    }
    let Scene { press, history, world, .. } = scene;
    let Press { due, left_out, shooters, bits, .. } = &mut **press;
    shooters.clear();
    for (i, (page, ship)) in due.iter().zip(&mut audience.ships).enumerate() {
        let shooter = Shooter { player: ship.player, class: ship.told.state.class, bodies: page.bodies };
        if crowded && left_out[i] {
            entity_state::write_left_out(writer);
            shooters.push(Shooter { bodies: (0, 0), ..shooter });
            continue;
        }
        writer.copy(bits, page.start, page.bits);
        shooters.push(shooter);
        ship.claim = 0.0;
        if let Some(truth) = history.ship(ship.player, world.tick) {
            ship.told = Told { state: *truth, tick: world.tick, edge_radius: world.edge.radius };
        }
    }
}

/// Encodes the news of a ship against what was told, once per base.
fn print(scene: &mut Scene<'_>, ship: &ToldShip) -> Page {
    let (told, now) = (&ship.told, scene.world.tick);
    let press = &mut *scene.press;
    let (tick, pages) = press.pages_of(ship.player);
    if *tick != now {
        (*tick, _) = (now, pages.clear());
    }
    if let Some(page) = pages.iter().find(|page| page.base == told.tick) {
        return *page;
    }
    let (start, first) = (press.bits.len(), press.reckoned.len());
    let whole = scene.history.ship(ship.player, now);
    if scene.history.path(&told.state, told.tick, now, &mut press.path) {
        let mut reckoner = Reckoner {
            layout: &scene.world.layout,
            defs: scene.defs,
            skies: &mut press.skies,
            edge_radius: told.edge_radius_u(),
        };
        press.news.clear();
        let (news, bodies) = (&mut press.news, &mut press.bodies);
        entity_state::write_news(news, &told.state, told.tick, &press.path, &mut reckoner, bodies);
        match whole {
            Some(ship) if news.len() > WHOLE_BITS => entity_state::write_whole_news(&mut press.bits, ship),
            _ => {
                press.bits.copy(news, 0, news.len());
                press.reckoned.extend_from_slice(bodies);
            }
        }
    } else if let Some(ship) = whole {
        entity_state::write_whole_news(&mut press.bits, ship);
    } else {
        entity_state::write_left_out(&mut press.bits);
    }
    let page = Page { base: told.tick, start, bits: press.bits.len() - start, bodies: (first, press.reckoned.len()) };
    press.pages_of(ship.player).1.push(page);
    page
}

/// Marks in `press.left_out` the ships with the least claim, until the news of the others fit `budget`. Silence costs less
/// than saying that somebody is left out, so the silent always stay.
fn leave_out(scene: &mut Scene<'_>, viewer: &Viewer<'_>, audience: &mut Audience, budget: usize) {
    let eye = Eye::of(scene.world, viewer);
    let press = &mut *scene.press;
    press.order.clear();
    for (i, ship) in audience.ships.iter_mut().enumerate() {
        ship.claim += priority::weight(&eye, &ship.told.state);
        press.order.push((ship.claim, i));
    }
    press.order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    press.left_out.clear();
    press.left_out.resize(press.due.len(), false);
    let mut used = press.due.len() * entity_state::LEFT_OUT_BITS;
    for &(_, i) in &press.order {
        let more = press.due[i].bits.saturating_sub(entity_state::LEFT_OUT_BITS);
        press.left_out[i] = more > 0 && used + more > budget;
        used += if press.left_out[i] { 0 } else { more };
    }
}

fn write_enters(scene: &mut Scene<'_>, viewer: &Viewer<'_>, audience: &mut Audience, writer: &mut BitWriter) -> bool {
    let Scene { index, history, world, press, defs, .. } = scene;
    let Press { found, fresh, .. } = &mut **press;
    index.ships.within(&viewer.area, found);
    fresh.clear();
    fresh.extend(
        found
            .iter()
            .filter(|&&i| {
                let player = index.players[usize::from(i)];
                Some(player) != viewer.own_player() && !audience.ships_set.has(player.0)
            })
            .map(|&i| (index.ships.at(usize::from(i)).distance_squared(viewer.area.centre), i)),
    );
    fresh.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    // Leave room for shots: half of what is left at most goes to newcomers.
    let room = viewer.room(writer);
    let (start, mut all) = (writer.len(), true);
    for &(_, i) in fresh.iter() {
        if writer.len() - start + WHOLE_BITS > room / 2 {
            all = false;
            break;
        }
        let player = index.players[usize::from(i)];
        let Some(ship) = history.ship(player, world.tick) else { continue };
        if viewer.is_blind_to(ship, defs) {
            continue;
        }
        body::write_more(writer);
        body::write_player(writer, player);
        entity_state::write_whole(writer, ship);
        let told = Told { state: *ship, tick: world.tick, edge_radius: world.edge.radius };
        audience.enter(player, told);
    }
    body::write_end(writer);
    all
}

/// The area a viewer should see: its view, a fifth more, and where a quarter second of motion takes it.
#[must_use]
pub fn area_of(centre: Vec2, vel: Vec2, view_half: Vec2) -> Area {
    Area { centre: centre + vel * 0.125, half: view_half * 1.2 + vel.abs() * 0.125 + Vec2::splat(STEPS / 8.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Now, Order, step};

    #[test]
    fn a_cloak_is_seen_from_a_near_ship_and_by_nobody_who_only_looks() {
        let defs = Defs::standard();
        let mut world = World::new(1, 1, &defs);
        let player = PlayerId(0);
        let orders =
            [Order::Enlist { player, bot: false, points: 900 }, Order::Launch { player, class: ShipClass::Wraith }];
        step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
        let open = PublicShip::of(world.ship(player).expect("launched"), &defs);
        let cloaked = PublicShip { special: true, ..open };
        let dead = Station::Dead { killer: None, cause: crate::sim::Cause::Star, wait: 0, watching: None };
        let stations =
            [(Station::Flying, false), (Station::Idle, true), (Station::Watching(PlayerId(3)), true), (dead, true)];
        for (station, blind) in stations {
            let area = Area { centre: open.body.pos.to_vec2() + Vec2::new(60.0, 0.0), half: Vec2::splat(800.0) };
            let player = Some(PlayerId(9));
            let viewer = Viewer { station, player, area, view: (area, Vec2::ZERO), used: None, bits_max: 0 };
            assert_eq!(viewer.is_blind_to(&cloaked, &defs), blind, "{station:?}");
            assert!(!viewer.is_blind_to(&open, &defs), "{station:?}");
        }
    }
}
