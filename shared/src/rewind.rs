//! Where ships were lately, and whose shots are held against it: the answer to [`HitQuery`] of a room and of a replay
//! of it. Invariant: it depends only on the worlds that were recorded and on each pilot's [`Lag`], so a recording that
//! holds both reproduces every hit. Not here: how lag is measured, see `room::claim`.

use glam::Vec2;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{PlayerId, ShipId},
    order::sort_few,
    protocol::sent::SEEN_PARTS,
    sim::{
        Event, HitQuery, World,
        hits::{Late, Target},
        wormhole,
    },
    tick::{TICK_HZ, Tick},
};

/// Ticks of positions kept: twice what is ever asked for.
const RING: usize = 24;
/// Ships are held at most this many ticks back (200 ms).
pub const REWIND_TICKS_MAX: u8 = 12;
/// The same in ms.
pub const REWIND_MS_MAX: u16 = REWIND_TICKS_MAX as u16 * 1_000 / TICK_HZ as u16;
const _: () = assert!(RING >= REWIND_TICKS_MAX as usize * 2);

/// A pilot's lag in one tick, as the room settled it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lag {
    /// Ticks since the trigger was pulled, when it came late.
    pub late: u8,
    /// …and how many of them the bolt may catch up.
    pub catch_up: u8,
    /// How far back the moment lies that the pilot was looking at, in [`SEEN_PARTS`] of a tick.
    pub back: u8,
}

/// Ships of one tick.
#[derive(Debug, Clone, Default)]
struct Moment {
    tick: Tick,
    ships: Vec<Option<(ShipId, Vec2)>>,
    decoys: Vec<(ShipId, Vec2)>,
}

/// The last ticks' ships, and this tick's lags.
#[derive(Debug, Clone)]
pub struct Rewind {
    moments: Vec<Moment>,
    /// The tick that is being stepped.
    tick: Tick,
    lags: Vec<(PlayerId, Lag)>,
}

impl Default for Rewind {
    fn default() -> Rewind {
        Rewind { moments: vec![Moment::default(); RING], tick: Tick(0), lags: Vec::new() }
    }
}

impl Rewind {
    /// Before a step into `tick`: the lags of its commands; who is not named has none.
    pub fn begin(&mut self, tick: Tick, lags: impl Iterator<Item = (PlayerId, Lag)>) {
        self.tick = tick;
        self.lags.clear();
        self.lags.extend(lags);
        // A recording may come from anywhere.
        sort_few(&mut self.lags, |(a, _), (b, _)| a.cmp(b));
    }

    /// After it: remembers where everybody is.
    pub fn record(&mut self, world: &World) {
        let moment = &mut self.moments[world.tick.0 as usize % RING];
        moment.tick = world.tick;
        moment.ships.clear();
        moment.decoys.clear();
        moment.decoys.extend(world.decoys.iter().map(|decoy| (decoy.ship.id, decoy.ship.body.pos.to_vec2())));
        moment.ships.extend(world.pilots.iter().map(|pilot| {
            let ship = pilot.as_ref()?.ship.as_ref()?;
            Some((ship.id, ship.body.pos.to_vec2()))
        }));
    }

    /// The lags that this step asked about, for a recording of it: of late triggers and of rays. All others may be
    /// forgotten.
    #[must_use]
    pub fn asked(&self, events: &[Event]) -> Vec<(PlayerId, Lag)> {
        let ray = |event: &Event| if let Event::Ray { owner, .. } = event { Some(*owner) } else { None };
        let shooters: Vec<PlayerId> = events.iter().filter_map(ray).collect();
        self.lags.iter().copied().filter(|(player, lag)| lag.late > 0 || shooters.contains(player)).collect()
    }

    fn lag(&self, player: PlayerId) -> Lag {
        self.lags.binary_search_by_key(&player, |(player, _)| *player).map_or(Lag::default(), |at| self.lags[at].1)
    }

    /// Where the ship was at the end of `tick`, if it was the same life.
    fn at(&self, tick: Tick, id: ShipId) -> Option<Vec2> {
        let moment = Some(&self.moments[tick.0 as usize % RING]).filter(|moment| moment.tick == tick)?;
        if id.player.is_decoy() {
            return moment.decoys.iter().find(|(decoy, _)| *decoy == id).map(|(_, pos)| *pos);
        }
        let (then, pos) = (*moment.ships.get(id.player.index())?)?;
        (then == id).then_some(pos)
    }
}

impl HitQuery for Rewind {
    fn late(&self, player: PlayerId) -> Late {
        let lag = self.lag(player);
        Late { ticks: lag.late, catch_up: lag.catch_up }
    }

    fn seen(&self, shooter: PlayerId, target: &Target) -> Vec2 {
        let back = self.lag(shooter).back.min(REWIND_TICKS_MAX * SEEN_PARTS);
        let (ticks, part) = (i32::from(back / SEEN_PARTS), f32::from(back % SEEN_PARTS) / f32::from(SEEN_PARTS));
        let then = |ago: i32| if ago == 0 { Some(target.now) } else { self.at(self.tick.plus(-ago), target.id) };
        // Who has launched since is where it is: it was nowhere before.
        let Some(later) = then(ticks) else { return target.now };
        match then(ticks + 1) {
            Some(earlier) if part > 0.0 && !wormhole::leapt(earlier, later) => later.lerp(earlier, part),
            _ => later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, ShipClass},
        quantize::{Angle, Lattice},
        sim::{Buttons, Command, Now, Order, Ship, step},
    };

    const SHOOTER: PlayerId = PlayerId(0);
    const TARGET: PlayerId = PlayerId(1);

    /// A Lancer at (-400, 0) looking along +x with its charge all but full, and a Spark that crosses its line at
    /// 300 u/s, `ahead_u` beyond it; both far from everything. Steps through `ticks` with the lancer idle, so that
    /// the ring fills.
    struct Range {
        world: World,
        defs: Defs,
        rewind: Rewind,
        events: Vec<Event>,
    }

    fn range(ahead_u: f32) -> Range {
        let defs = Defs::standard();
        let mut world = World::new(3, 3, &defs);
        let orders = [
            Order::Enlist { player: SHOOTER, bot: false, points: 500 },
            Order::Enlist { player: TARGET, bot: false, points: 0 },
            Order::Launch { player: SHOOTER, class: ShipClass::Lancer },
            Order::Launch { player: TARGET, class: ShipClass::Spark },
        ];
        step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
        world.edge.radius = 1 << 22;
        world.edge.target = 1 << 22;
        let mut range = Range { world, defs, rewind: Rewind::default(), events: Vec::new() };
        let speed = 300.0;
        // Twenty ticks from now the target is to be `ahead_u` beyond the line.
        let start = ahead_u - speed * 20.0 / 60.0;
        range.place(SHOOTER, Vec2::new(9_600.0, 9_000.0), Vec2::ZERO);
        range.place(TARGET, Vec2::new(10_000.0, 9_000.0 + start), Vec2::new(0.0, speed));
        for _ in 0..19 {
            range.step(Lag::default(), 0);
        }
        range.ship(SHOOTER).charge = 1;
        range
    }

    impl Range {
        fn ship(&mut self, player: PlayerId) -> &mut Ship {
            self.world.pilot_mut(player).unwrap().ship.as_mut().unwrap()
        }

        fn place(&mut self, player: PlayerId, pos: Vec2, vel: Vec2) {
            let ship = self.ship(player);
            (ship.body.pos, ship.body.vel, ship.body.heading) =
                (Lattice::nearest(pos), Lattice::nearest(vel), Angle(0));
            (ship.protection, ship.controls) = (0, Command::new(Buttons(0), Angle(0)));
        }

        fn step(&mut self, lag: Lag, buttons: u8) {
            let tick = self.world.tick.next();
            self.rewind.begin(tick, [(SHOOTER, lag)].into_iter());
            let command = Command::new(Buttons(buttons), Angle(0));
            self.events.clear();
            // The arena is held wide: its edge must not push.
            (self.world.edge.radius, self.world.edge.target) = (1 << 22, 1 << 22);
            let commands = [(SHOOTER, command), (TARGET, command)];
            step(&mut self.world, &[], &commands, &self.defs, &self.rewind, &mut self.events);
            self.rewind.record(&self.world);
        }

        /// Whether the ray of the next step, looked `back_ticks` back, hurts the target.
        fn hits(&mut self, back_ticks: f32) -> bool {
            let back = (back_ticks * f32::from(SEEN_PARTS)) as u8;
            self.step(Lag { back, ..Lag::default() }, 0);
            assert!(self.events.iter().any(|event| matches!(event, Event::Ray { .. })), "no ray left");
            self.events.iter().any(|event| matches!(event, Event::Damaged { ship, .. } if ship.player == TARGET))
        }
    }

    #[test]
    fn a_ray_is_held_against_what_the_shooter_saw() {
        // 300 u/s are 5 u a tick; the Spark's radius is 14 u.
        for (ahead_u, back_ticks, hit) in [
            (0.0, 0.0, true),
            (25.0, 0.0, false),
            (25.0, 5.0, true),
            (25.0, 1.0, false),
            (25.0, 2.0, false),
            (25.0, 2.5, true),
            (60.0, 12.0, true),
            (0.0, 12.0, false),
        ] {
            assert_eq!(range(ahead_u).hits(back_ticks), hit, "{ahead_u} u beyond, {back_ticks} ticks back");
        }
    }

    #[test]
    fn nothing_is_rewound_by_more_than_200_ms() {
        // 100 u are twenty ticks; the ring would know, but nobody may ask.
        assert!(!range(100.0).hits(20.0));
        assert!(range(60.0).hits(20.0), "held at twelve");
    }

    #[test]
    fn what_was_done_in_defence_counts() {
        let mut range = range(25.0);
        range.ship(TARGET).protection = 480;
        assert!(!range.hits(5.0), "protected by now");
    }

    #[test]
    fn a_later_life_is_not_hit_in_the_place_of_an_earlier_one() {
        let mut range = range(25.0);
        let id = range.ship(TARGET).id;
        range.ship(TARGET).id = ShipId { life: id.life.wrapping_add(1), ..id };
        assert!(!range.hits(5.0));
    }

    #[test]
    fn only_what_was_asked_needs_recording() {
        let mut range = range(0.0);
        range.step(Lag { back: 9, ..Lag::default() }, 0);
        assert_eq!(range.rewind.asked(&range.events).len(), 1, "a ray");
        range.step(Lag { back: 9, ..Lag::default() }, 0);
        assert_eq!(range.rewind.asked(&range.events), [], "nothing fired");
        range.step(Lag { late: 2, ..Lag::default() }, 0);
        assert_eq!(range.rewind.asked(&range.events).len(), 1, "a late trigger");
    }
}
