//! Every client knows exactly what the room meant to tell it, and was told nothing from outside its area.
//!
//! Comparing everything each time would cost more than the match, so only some snapshots are (two in a row, so that
//! what is new in the second shows); the check sums that every eighth snapshot carries watch over the rest. All are
//! compared when asked to, as a failure's replay does.

use std::collections::VecDeque;

use glam::Vec2;
use shared::{
    defs::Defs,
    limits::{VIEW_HALF_AREA_MAX, VIEW_HALF_MAX},
    protocol::{
        body::{ROCK_STEPS, Station},
        entity_state::PublicShip,
        known::{Known, Told},
    },
    room::ConnId,
    sim::World,
    tick::Tick,
};

use crate::harness::{Match, Sabotage};

/// Snapshots between two samples of one client.
const EVERY: u32 = 40;
/// The room tells of a fifth more than the view, and keeps ships until they are this much farther out.
const GROWN: f32 = 1.2 * 1.15;
/// …and of where a quarter second takes one, s; a little more is allowed here.
const AHEAD_S: f32 = 0.3;
/// …and a coasting marksman sees farther by this.
const LONG_VIEW: f32 = 1.4;
/// …and of a lattice step or two, u.
const SLACK_U: f32 = 40.0;
/// The area with which a sabotaged judge fails, u.
const TINY: Vec2 = Vec2::new(60.0, 40.0);

/// One client's samples.
#[derive(Debug)]
struct Client {
    conn: ConnId,
    snapshots: u32,
    meant: VecDeque<Known>,
    /// The last table sampled, and the number of its snapshot.
    last: Option<(u32, Known)>,
    /// The view asked for now, and before.
    views: [(u16, u16); 2],
}

/// Everybody's samples.
#[derive(Debug, Default)]
pub struct Mirror {
    clients: Vec<Option<Client>>,
    all: bool,
    /// Tables compared.
    pub compared: u64,
}

impl Mirror {
    /// Compares every table when `all`, else a sample.
    #[must_use]
    pub fn new(all: bool) -> Mirror {
        Mirror { all, ..Mirror::default() }
    }

    /// Looks at a match after a tick.
    ///
    /// # Errors
    /// Who knows something else, or was told too much.
    pub fn check(&mut self, live: &mut Match) -> Result<(), String> {
        self.clients.resize_with(live.players.len(), || None);
        for (client, player) in self.clients.iter_mut().zip(&live.players) {
            match client {
                Some(client) if client.conn == player.conn => {
                    if client.views[0] != player.view_half {
                        client.views = [player.view_half, client.views[0]];
                    }
                }
                other => *other = Some(Client::new(player.conn, player.view_half)),
            }
        }
        for i in 0..live.facts.snapshots.len() {
            let index = live.facts.snapshots[i].0;
            if i > 0 && live.facts.snapshots[i - 1].0 == index {
                // Another part of the same.
                continue;
            }
            self.sample(index, live).map_err(|what| format!("player {index} {what}"))?;
        }
        for (index, (client, player)) in self.clients.iter_mut().zip(&live.players).enumerate() {
            let (Some(client), true) = (client, player.connected && !player.partial && player.received.0 > 0) else {
                continue;
            };
            self.compared += client.compare(player.replica.known()).map_err(|what| format!("player {index} {what}"))?;
        }
        Ok(())
    }

    fn sample(&mut self, index: usize, live: &mut Match) -> Result<(), String> {
        let Some(client) = &mut self.clients[index] else { return Ok(()) };
        client.snapshots += 1;
        // The first two are full of everything; then two in a row, at other times for other clients.
        let phase = client.snapshots.wrapping_add(index as u32 * 7) % EVERY;
        if !self.all && client.snapshots > 2 && phase > 1 {
            return Ok(());
        }
        let Some(known) = live.room.projection(client.conn) else { return Ok(()) };
        let tiny = known.ships.len() > 2 && live.sabotaged(Sabotage::TinyArea);
        let half = if tiny { TINY } else { client.half() };
        let before = client.last.as_ref().filter(|(number, _)| number + 1 == client.snapshots).map(|(_, known)| known);
        watch(before, &known, half, live.room.world())?;
        client.last = Some((client.snapshots, known.clone()));
        let mut meant = known;
        if let Some(told) = meant.ships.first_mut()
            && live.sabotaged(Sabotage::OtherTable)
        {
            told.state.body.pos.x += 1;
        }
        client.meant.push_back(meant);
        Ok(())
    }
}

impl Client {
    fn new(conn: ConnId, view: (u16, u16)) -> Client {
        Client { conn, snapshots: 0, meant: VecDeque::new(), last: None, views: [view; 2] }
    }

    /// Half extents of the largest area it may be told of, at rest, u.
    fn half(&self) -> Vec2 {
        let fair = |(x, y): (u16, u16)| {
            let asked = Vec2::new(f32::from(x), f32::from(y)).clamp(Vec2::splat(200.0), Vec2::from(VIEW_HALF_MAX));
            asked * (VIEW_HALF_AREA_MAX / (asked.x * asked.y)).sqrt().min(1.0)
        };
        fair(self.views[0]).max(fair(self.views[1]))
    }

    /// Compares what is known with what was meant at that tick, if that was a sample. How many were compared.
    fn compare(&mut self, known: &Known) -> Result<u64, String> {
        while self.meant.front().is_some_and(|meant| known.tick.is_after(meant.tick)) {
            self.meant.pop_front();
        }
        if self.meant.front().is_none_or(|meant| meant.tick != known.tick) {
            return Ok(0);
        }
        let Some(mut wanted) = self.meant.pop_front() else { return Ok(0) };
        let mut known = known.clone();
        // The order of arrival is not part of the meaning.
        for table in [&mut known, &mut wanted] {
            table.shots.sort_by_key(|shot| shot.key);
            table.rocks.sort_by_key(|(rock, _)| rock.id);
            table.pickups.sort_by_key(|pickup| pickup.id);
        }
        if known == wanted { Ok(1) } else { Err(difference(&known, &wanted)) }
    }
}

/// The first part in which two tables differ.
fn difference(known: &Known, wanted: &Known) -> String {
    fn part<T: PartialEq + core::fmt::Debug>(name: &str, known: &T, wanted: &T) -> Option<String> {
        (known != wanted).then(|| format!("knows {name} {known:?}, meant was {wanted:?}"))
    }
    fn list<T: PartialEq + core::fmt::Debug>(name: &str, known: &[T], wanted: &[T]) -> Option<String> {
        let first = (0..known.len().max(wanted.len())).find(|&i| known.get(i) != wanted.get(i))?;
        let (known_len, wanted_len) = (known.len(), wanted.len());
        let (known, wanted) = (known.get(first), wanted.get(first));
        Some(format!("knows {name} {first} of {known_len} as {known:?}, meant was of {wanted_len} {wanted:?}"))
    }
    let parts = [
        part("edge", &known.edge, &wanted.edge),
        part("station", &known.station, &wanted.station),
        list("well", &known.wells, &wanted.wells),
        part("own ship", &known.own, &wanted.own),
        list("ship", &known.ships, &wanted.ships),
        list("shot", &known.shots, &wanted.shots),
        list("rock", &known.rocks, &wanted.rocks),
        list("pickup", &known.pickups, &wanted.pickups),
        list("belt rock", &known.belt, &wanted.belt),
    ];
    let first = parts.into_iter().flatten().next().unwrap_or_else(|| "knows something else".to_owned());
    format!("at tick {} {first}", known.tick.0)
}

/// Looks for something told from outside the area: any ship, and whatever else is new since `before`.
fn watch(before: Option<&Known>, known: &Known, half: Vec2, world: &World) -> Result<(), String> {
    let eyes = match known.station {
        Station::Flying => known.own.as_ref().map(|own| own.state.id.player),
        Station::Watching(player) | Station::Dead { watching: Some(player), .. } => Some(player),
        Station::Dead { watching: None, .. } | Station::Idle => None,
    };
    let Some(eyes) = eyes.and_then(|player| world.ship(player)) else { return Ok(()) };
    let (centre, vel) = (eyes.body.pos.to_vec2(), eyes.body.vel.to_vec2());
    let defs = Defs::standard();
    let hidden = |told: &&Told<PublicShip>| told.tick == known.tick && told.state.is_hidden_from(centre, &defs);
    if let Some(told) = known.ships.iter().find(hidden) {
        return Err(format!("was told at tick {} of the cloaked ship of {:?}", known.tick.0, told.state.id));
    }
    let half = half * LONG_VIEW;
    let reach = half * GROWN + vel.abs() * AHEAD_S + Vec2::splat(SLACK_U);
    let inside = |pos: Vec2| (pos - centre).abs().cmple(reach).all();
    let told = |what: &str, pos: Vec2| match inside(pos) {
        true => Ok(()),
        false => Err(format!("was told at tick {} of a {what} at {pos}, far from {centre}", known.tick.0)),
    };
    for id in known.ships.iter().map(|told| told.state.id) {
        if let Some(ship) = world.shown_ship(id.player).filter(|ship| ship.id == id) {
            told("ship", ship.body.pos.to_vec2())?;
        }
    }
    let Some(before) = before else { return Ok(()) };
    for shot in known.shots.iter().filter(|shot| !before.shots.iter().any(|old| old.key == shot.key)) {
        told("shot", shot.pos.to_vec2())?;
    }
    for (rock, _) in known.rocks.iter().filter(|(rock, _)| !before.rocks.iter().any(|(old, _)| old.id == rock.id)) {
        told("rock", rock.pos.to_vec2())?;
    }
    for pickup in known.pickups.iter().filter(|pickup| !before.pickups.iter().any(|old| old.id == pickup.id)) {
        told("pickup", pickup.pos.to_vec2())?;
    }
    // Whole is what a client believes of a rock it was never told of, so a full snapshot makes them whole.
    let news = |slot: &usize| known.belt[*slot] != before.belt[*slot] && known.belt[*slot] != ROCK_STEPS;
    for slot in (0..known.belt.len()).filter(news) {
        told("belt rock", world.layout.rock(slot, known.tick, 0.0))?;
    }
    Ok(())
}

/// Whether two tables of one tick are the same, for a match that has come to rest.
#[must_use]
pub fn agree(known: &Known, meant: &Known, now: Tick) -> bool {
    let counts = |table: &Known| (table.ships.len(), table.shots.len(), table.rocks.len(), table.pickups.len());
    now.since(known.tick) <= 8 && known.check() == meant.check() && counts(known) == counts(meant)
}
