//! What anyone who sees a ship is told about it, and its two encodings: news against dead reckoning, or all of it.
//!
//! ```text
//! news   0                                  exactly as reckoned with the engines as they were
//!        1 0 t D                            the engines changed once, in the t-th tick since the base; else as reckoned
//!        1 1 0 S[tick]…                     they changed more often: S for each tick since the base; else as reckoned
//!        1 1 1 0 c S[tick]… r R v V         c: S as above; r: R residual of the body, v: V vitals
//!        1 1 1 1 0                          left out this time: the base stays
//!        1 1 1 1 1 whole                    all of it
//! whole  life 8, class 4, body, buttons 8, aim 12, hull 5, shield 4, protected 1, charging 1, special 1, over 1, multi 1, line
//! ```
//!
//! D and S are in [`super::steering`], body and R in [`super::motion`], line is in [`super::body`]: V ends with it, too.

use super::{
    bits::{BitReader, BitWriter, BitsError},
    body::{read_line, write_line},
    motion::{read_body, read_residual, write_body, write_residual},
    reckon::Reckoner,
    steering::{BUTTON_BITS, read_difference, read_steering, write_difference, write_steering},
};
use glam::Vec2;

use crate::{
    defs::{Defs, ShipClass, Special},
    ids::{PlayerId, ShipId},
    limits::HISTORY_TICKS,
    quantize::Angle,
    rng::mix,
    sim::{Buttons, Command, Hook, Kinematics, Ship, command::AIM_STEPS, world::MILLI},
    tick::Tick,
};

/// Steps of hull that others are told (5 bits).
pub const HULL_STEPS: u8 = 31;
/// Steps of shield that others are told (4 bits): coarse, because a recharging shield would be news all the time.
pub const SHIELD_STEPS: u8 = 15;

/// A ship as others know it. Exact in motion and engines, coarse in vitals; energy, cooldown and cargo are nobody
/// else's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicShip {
    /// Which.
    pub id: ShipId,
    /// Class.
    pub class: ShipClass,
    /// Position, velocity, heading.
    pub body: Kinematics,
    /// What the engines did in the last tick.
    pub controls: Command,
    /// Hull in [`HULL_STEPS`], rounded up: 0 only when destroyed.
    pub hull: u8,
    /// Shield in [`SHIELD_STEPS`], rounded up.
    pub shield: u8,
    /// Under spawn protection.
    pub protected: bool,
    /// A ray is charging, or a beam is on: whoever sees the ship sees that, and may dodge.
    pub charging: bool,
    /// The special is active.
    pub special: bool,
    /// The shield is stronger than it ever gets by itself.
    pub over: bool,
    /// A multi-fire lasts.
    pub multi: bool,
    /// What its tow line holds.
    pub line: Option<Hook>,
}

impl PublicShip {
    /// The public part of `ship`.
    #[must_use]
    pub fn of(ship: &Ship, defs: &Defs) -> PublicShip {
        let def = defs.ship(ship.class);
        let steps = |value: i32, full: u16, steps: u8| {
            let full = i32::from(full) * MILLI;
            if full == 0 { 0 } else { (value.clamp(0, full) * i32::from(steps) + full - 1) / full }
        };
        PublicShip {
            id: ship.id,
            class: ship.class,
            body: ship.body,
            controls: ship.controls,
            hull: steps(ship.hull, def.hull, HULL_STEPS) as u8,
            shield: steps(ship.shield, def.shield, SHIELD_STEPS) as u8,
            protected: ship.protection > 0,
            charging: ship.charge > 0,
            special: ship.special_left > 0,
            over: ship.shield > i32::from(def.shield) * MILLI,
            multi: ship.multi_left > 0,
            line: ship.line,
        }
    }

    /// Check sum of everything told.
    #[must_use]
    pub fn sum(&self) -> u64 {
        let pair = |a: u32, b: u32| u64::from(a) << 32 | u64::from(b);
        let (pos, vel) = (self.body.pos, self.body.vel);
        let who = u32::from(self.id.player.0) << 8 | u32::from(self.id.life);
        let engines = u32::from(self.controls.buttons.0) << 16 | u32::from(self.controls.aim.0);
        let flags = self.flags().into_iter().enumerate().map(|(place, flag)| u32::from(flag) << place).sum::<u32>();
        let vitals = u32::from(self.hull) << 16 | u32::from(self.shield) << 8 | flags;
        let words = [
            pair(pos.x.cast_unsigned(), pos.y.cast_unsigned()),
            pair(vel.x.cast_unsigned(), vel.y.cast_unsigned()),
            pair(who, engines),
            pair(u32::from(self.body.heading.0), vitals),
            u64::from(match self.line {
                None => 0,
                Some(Hook::Ship(player)) => 1 << 16 | u32::from(player.0),
                Some(Hook::Rock(id)) => 2 << 16 | u32::from(id.0),
            }),
        ];
        words.into_iter().fold(0, |sum, word| mix(sum ^ word))
    }

    /// The special, while it is active.
    #[must_use]
    pub fn active(&self, defs: &Defs) -> Option<Special> {
        self.special.then(|| defs.ship(self.class).special.kind)
    }

    /// Whether its cloak is on: then only those near it see it.
    #[must_use]
    pub fn is_cloaked(&self, defs: &Defs) -> bool {
        matches!(self.active(defs), Some(Special::Cloak(_)))
    }

    /// Whether its cloak hides it from whoever is at `pos`.
    #[must_use]
    pub fn is_hidden_from(&self, pos: Vec2, defs: &Defs) -> bool {
        match self.active(defs) {
            Some(Special::Cloak(reach)) => self.body.pos.to_vec2().distance_squared(pos) > reach * reach,
            _ => false,
        }
    }

    /// What is told in a bit each, in wire order.
    fn flags(&self) -> [bool; 5] {
        [self.protected, self.charging, self.special, self.over, self.multi]
    }

    fn vitals(&self) -> (u8, u8, [bool; 5], Option<Hook>) {
        (self.hull, self.shield, self.flags(), self.line)
    }
}

/// Writes all of `ship`.
pub fn write_whole(writer: &mut BitWriter, ship: &PublicShip) {
    writer.bits(u32::from(ship.id.life), 8);
    writer.bits(ship.class as u32, 4);
    write_body(writer, ship.body);
    writer.bits(u32::from(ship.controls.buttons.0), BUTTON_BITS);
    writer.bits(u32::from(ship.controls.aim.0 / AIM_STEPS), 12);
    write_vitals(writer, ship);
}

/// Reads what [`write_whole`] wrote.
///
/// # Errors
/// When the bits end or name no class.
pub fn read_whole(reader: &mut BitReader<'_>, player: PlayerId) -> Result<PublicShip, BitsError> {
    let id = ShipId { player, life: reader.bits(8)? as u8 };
    let class = ShipClass::from_index(reader.bits(4)? as u8).ok_or(BitsError)?;
    let body = read_body(reader)?;
    let buttons = Buttons(reader.bits(BUTTON_BITS)? as u8);
    let aim = Angle(reader.bits(12)? as u16 * AIM_STEPS);
    let controls = Command::new(buttons, aim);
    let mut ship = PublicShip {
        id,
        class,
        body,
        controls,
        hull: 0,
        shield: 0,
        protected: false,
        charging: false,
        special: false,
        over: false,
        multi: false,
        line: None,
    };
    read_vitals(reader, &mut ship)?;
    Ok(ship)
}

/// Writes the news of a ship: `base` is what the client knew at `from`, `path` the truth of each later tick up to
/// now, oldest first, not empty. `reckoned` becomes the ship's body at each of these ticks as the reader will reckon
/// it, before any residual: where its shots start.
pub fn write_news(
    writer: &mut BitWriter,
    base: &PublicShip,
    from: Tick,
    path: &[PublicShip],
    reckoner: &mut Reckoner<'_>,
    reckoned: &mut Vec<Kinematics>,
) {
    let truth = path.last().expect("a path has at least the present");
    let controls = || path.iter().map(|step| step.controls);
    let steered = controls().any(|now| now != base.controls);
    let mut told = *base;
    reckon(&mut told, from, controls(), reckoner, reckoned);
    match (told == *truth, single_change(base.controls, path)) {
        (true, _) if !steered => writer.flag(false),
        (true, Some(change)) => {
            writer.bits(0b01, 2);
            writer.below(change, path.len());
            write_difference(writer, base.controls, path[change].controls, None);
        }
        (true, None) => {
            writer.bits(0b011, 3);
            write_steering(writer, base.controls, controls());
        }
        (false, _) => {
            writer.bits(0b0111, 4);
            writer.flag(steered);
            if steered {
                write_steering(writer, base.controls, controls());
            }
            write_disturbance(writer, base, &told, truth);
        }
    }
}

/// Runs `ship` through one tick for each of `controls`.
fn reckon(
    ship: &mut PublicShip,
    from: Tick,
    controls: impl Iterator<Item = Command>,
    reckoner: &mut Reckoner<'_>,
    reckoned: &mut Vec<Kinematics>,
) {
    reckoned.clear();
    for (i, controls) in controls.enumerate() {
        reckoner.public(ship, controls, from.plus(i as i32 + 1));
        reckoned.push(ship.body);
    }
}

/// Writes what reckoning could not know: where `truth` is otherwise than it came out, `told`.
fn write_disturbance(writer: &mut BitWriter, base: &PublicShip, told: &PublicShip, truth: &PublicShip) {
    let moved = told.body != truth.body;
    writer.flag(moved);
    if moved {
        write_residual(writer, told.body, truth.body);
    }
    let hurt = base.vitals() != truth.vitals();
    writer.flag(hurt);
    if hurt {
        write_vitals(writer, truth);
    }
}

/// Where in `path` the controls change, if they do exactly once.
fn single_change(before: Command, path: &[PublicShip]) -> Option<usize> {
    let change = path.iter().position(|step| step.controls != before)?;
    let now = path[change].controls;
    path[change..].iter().all(|step| step.controls == now).then_some(change)
}

/// Writes that this ship is left out this time.
pub fn write_left_out(writer: &mut BitWriter) {
    writer.bits(0b0_1111, 5);
}

/// Bits of [`write_left_out`].
pub const LEFT_OUT_BITS: usize = 5;

/// Writes all of a ship in the place of its news.
pub fn write_whole_news(writer: &mut BitWriter, ship: &PublicShip) {
    writer.bits(0b1_1111, 5);
    write_whole(writer, ship);
}

/// Reads the news of a ship known as `base` at `from`; `None` when it was left out. `reckoned` becomes what the writer's
/// became; empty where nothing was reckoned.
///
/// # Errors
/// When the bits make no sense.
pub fn read_news(
    reader: &mut BitReader<'_>,
    base: &PublicShip,
    from: Tick,
    to: Tick,
    reckoner: &mut Reckoner<'_>,
    reckoned: &mut Vec<Kinematics>,
) -> Result<Option<PublicShip>, BitsError> {
    reckoned.clear();
    let ticks = to.since(from);
    // A ship left out for long is too old to reckon from: only "left out" or "all of it" can follow.
    let known = (0..HISTORY_TICKS as i32).contains(&ticks);
    let mut ship = *base;
    if !reader.flag()? {
        if !known {
            return Err(BitsError);
        }
        reckon(&mut ship, from, (0..ticks).map(|_| base.controls), reckoner, reckoned);
        return Ok(Some(ship));
    }
    if !reader.flag()? {
        let change = reader.below(if known { ticks as usize } else { 0 })?;
        let controls = read_difference(reader, base.controls, None)?;
        let engines = |i: i32| if i as usize >= change { controls } else { base.controls };
        reckon(&mut ship, from, (0..ticks).map(engines), reckoner, reckoned);
        return Ok(Some(ship));
    }
    let disturbed = reader.flag()?;
    if disturbed && reader.flag()? {
        return if reader.flag()? { read_whole(reader, base.id.player).map(Some) } else { Ok(None) };
    }
    if !known {
        return Err(BitsError);
    }
    let steered = !disturbed || reader.flag()?;
    let mut turned = None;
    for i in 1..=ticks {
        let controls = if steered { read_steering(reader, ship.controls, &mut turned)? } else { base.controls };
        reckoner.public(&mut ship, controls, from.plus(i));
        reckoned.push(ship.body);
    }
    if !disturbed {
        return Ok(Some(ship));
    }
    if reader.flag()? {
        ship.body = read_residual(reader, ship.body)?;
    }
    if reader.flag()? {
        read_vitals(reader, &mut ship)?;
    }
    Ok(Some(ship))
}

fn write_vitals(writer: &mut BitWriter, ship: &PublicShip) {
    writer.bits(u32::from(ship.hull), 5);
    writer.bits(u32::from(ship.shield), 4);
    ship.flags().into_iter().for_each(|flag| writer.flag(flag));
    write_line(writer, ship.line);
}

fn read_vitals(reader: &mut BitReader<'_>, ship: &mut PublicShip) -> Result<(), BitsError> {
    ship.hull = reader.bits(5)? as u8;
    ship.shield = reader.bits(4)? as u8;
    ship.protected = reader.flag()?;
    ship.charging = reader.flag()?;
    ship.special = reader.flag()?;
    ship.over = reader.flag()?;
    ship.multi = reader.flag()?;
    ship.line = read_line(reader)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::reckon::Skies, sim::golden};
    use proptest::prelude::*;

    /// Plays a scripted match and sends every ship's news every `stride` ticks; the reader must end up with the
    /// truth each time. Returns mean bits per ship per message.
    fn check(stride: usize) -> f64 {
        let defs = Defs::standard();
        let mut live = golden::Match::new(&golden::SCRIPTS[1], &defs);
        let (mut server, mut client) = (Skies::default(), Skies::default());
        let mut known: Vec<Option<(PublicShip, Tick, f32)>> = vec![None; 64];
        let mut paths: Vec<Vec<PublicShip>> = vec![Vec::new(); 64];
        let (mut bits, mut messages) = (0usize, 0usize);
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        for round in 0..1_800usize {
            live.advance(&defs);
            for (slot, path) in paths.iter_mut().enumerate() {
                match live.world.ship(PlayerId(slot as u16)) {
                    Some(ship) => path.push(PublicShip::of(ship, &defs)),
                    None => {
                        path.clear();
                        known[slot] = None;
                    }
                }
            }
            if round % stride != 0 {
                continue;
            }
            let (tick, layout) = (live.world.tick, live.world.layout.clone());
            for (slot, path) in paths.iter_mut().enumerate() {
                let Some(truth) = path.last().copied() else { continue };
                let mut writer = BitWriter::default();
                match known[slot] {
                    Some((base, from, edge_radius))
                        if base.id == truth.id && path.len() == tick.since(from) as usize =>
                    {
                        let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut server, edge_radius };
                        write_news(&mut writer, &base, from, path, &mut reckoner, &mut theirs);
                        let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut client, edge_radius };
                        let mut reader = BitReader::new(writer.bytes());
                        let read = read_news(&mut reader, &base, from, tick, &mut reckoner, &mut ours).unwrap();
                        assert_eq!(read, Some(truth), "slot {slot} at {tick:?}");
                        assert_eq!(ours, theirs, "slot {slot} at {tick:?}: reckoned otherwise");
                        bits += writer.len();
                        messages += 1;
                    }
                    _ => {
                        write_whole(&mut writer, &truth);
                        let read = read_whole(&mut BitReader::new(writer.bytes()), truth.id.player);
                        assert_eq!(read, Ok(truth));
                    }
                }
                known[slot] = Some((truth, tick, live.world.edge.radius_u()));
                path.clear();
            }
        }
        bits as f64 / messages as f64
    }

    proptest! {
        #[test]
        fn rubbish_news_is_an_error_or_a_ship(bytes in proptest::collection::vec(any::<u8>(), 0..40), age in -3i32..200) {
            let defs = Defs::standard();
            let mut live = golden::Match::new(&golden::SCRIPTS[1], &defs);
            (0..3).for_each(|_| live.advance(&defs));
            let base = PublicShip::of(live.world.ships().next().unwrap(), &defs);
            let layout = live.world.layout.clone();
            let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut Skies::default(), edge_radius: 2_200.0 };
            let mut reckoned = Vec::new();
            let to = live.world.tick.plus(age);
            let _ = read_news(&mut BitReader::new(&bytes), &base, live.world.tick, to, &mut reckoner, &mut reckoned);
            prop_assert!(reckoned.len() <= HISTORY_TICKS);
        }
    }

    #[test]
    fn news_brings_the_reader_exactly_to_the_truth() {
        for stride in [1, 3, 7, 30] {
            check(stride);
        }
        // Sixteen brawling ships that all re-aim in every tick; a struct of floats would be 200 bits.
        let mean = check(2);
        assert!(mean < 40.0, "{mean} bits per ship");
    }
}
