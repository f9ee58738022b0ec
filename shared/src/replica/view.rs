//! What a screen needs for one frame, as plain data in world units. Invariant: everything in sight is at the same
//! moment, the client's own present (unless the switches of the lab say otherwise; ghosts are older by their nature);
//! drawing decides nothing and knows no netcode.

use glam::Vec2;

use super::traffic::KINDS;
use crate::{
    defs::{PickupKind, RockSize, ShipClass, Team, WeaponKind, mode::TEAMS},
    ids::{BodyId, PlayerId, ShipId, ShotKey},
    protocol::RoundNews,
    quantize::Angle,
    sim::{Buttons, Cause, Hook, RoundPhase, WellKind},
    tick::Tick,
};

/// Where this client stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// No snapshot yet.
    #[default]
    Connecting,
    /// Watching the arena, no slot.
    Spectating,
    /// In a ship.
    Flying,
    /// Dead, and who did it.
    Dead {
        /// Who, if anyone.
        killer: Option<PlayerId>,
        /// Of what.
        cause: Cause,
        /// Ticks until a relaunch is accepted; 0 means now.
        wait_ticks: u16,
    },
}

/// One frame. Buffers are reused from frame to frame.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Where this client stands.
    pub phase: Phase,
    /// The tick shown…
    pub tick: Tick,
    /// …and how far into the next one, `[0, 1)`.
    pub alpha: f32,
    /// What the camera should hold: own ship, or what a spectator watches.
    pub focus: Focus,
    /// How much more of the arena than usual should be on the screen, along a side; 1 but for a long view.
    pub view_factor: f32,
    /// The own ship's gauges, while flying.
    pub own: Option<Gauges>,
    /// Ships in sight, the own one included.
    pub ships: Vec<ShipView>,
    /// Shots in sight.
    pub shots: Vec<ShotView>,
    /// Rocks in sight, of belts and loose.
    pub rocks: Vec<RockView>,
    /// Pickups in sight.
    pub pickups: Vec<PickupView>,
    /// Beams that are on.
    pub beams: Vec<BeamView>,
    /// Small stars that pull now, and repels that push, u.
    pub wells: Vec<(Vec2, WellKind)>,
    /// The mouths of the wormhole, entrance and exit; none before the arena is known, or where there is none.
    pub mouths: Option<[MouthView; 2]>,
    /// The teams' cores, where there are any.
    pub cores: Option<[CoreView; TEAMS]>,
    /// The round, where there are rounds.
    pub round: Option<RoundView>,
    /// Centres of the planets, in the order of `defs.arena.planets`.
    pub planets: Vec<Vec2>,
    /// Radius of the arena, u.
    pub arena_radius: f32,
    /// Forecast of the own ship's path from now, u, one point per [`FORECAST_STRIDE`] ticks; empty unless flying.
    pub forecast: Vec<Vec2>,
    /// Where the next shot of the own ship would go; empty unless flying.
    pub shot_line: ShotLine,
    /// What happened since the last frame.
    pub events: Vec<ViewEvent>,
    /// Where the server last said ships are, when [`crate::replica::Switches::ghosts`] asks for it.
    pub ghosts: Vec<GhostView>,
    /// Without news for so long that the controls are locked.
    pub locked: bool,
    /// The line to the server.
    pub line: LineView,
}

impl View {
    /// The own ship, or that of whoever is followed, while it is in sight.
    #[must_use]
    pub fn own_ship(&self) -> Option<&ShipView> {
        self.ships.iter().find(|ship| ship.own)
    }

    /// Turns the picture of something recorded to whoever is followed; without a ship of theirs in it the focus stays
    /// where it is.
    pub(crate) fn follow_own(&mut self) {
        (self.phase, self.focus) = match self.own_ship() {
            Some(ship) => (Phase::Flying, Focus { pos: ship.pos, vel: ship.vel, ship: Some(ship.id) }),
            None => (Phase::Spectating, Focus { vel: Vec2::ZERO, ship: None, ..self.focus }),
        };
    }
}

/// Where a shot would go.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShotLine {
    /// Its way, u.
    pub points: Vec<Vec2>,
    /// At the last of them it meets something hard.
    pub meets: bool,
}

/// Ticks between two points of [`View::forecast`].
pub const FORECAST_STRIDE: usize = 6;
/// Points in [`View::forecast`]: 2.5 s.
pub const FORECAST_POINTS: usize = 25;

/// What the camera should hold.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Focus {
    /// Position, u.
    pub pos: Vec2,
    /// Velocity, u/s; zero when nothing is followed.
    pub vel: Vec2,
    /// The ship that is followed.
    pub ship: Option<ShipId>,
}

/// The own ship's gauges, points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Gauges {
    /// Hull now and full.
    pub hull: (f32, f32),
    /// Shield now and full.
    pub shield: (f32, f32),
    /// Energy now and full.
    pub energy: (f32, f32),
    /// Ore carried and room for it.
    pub cargo: (u16, u16),
    /// Speed, u/s.
    pub speed: f32,
    /// Speed cap of the class, u/s.
    pub speed_cap: f32,
    /// Seconds of spawn protection left; 0 when vulnerable.
    pub protection_s: f32,
    /// Perihelion bonus here, 1 to 2.
    pub bonus: f32,
    /// In orbit: energy comes back faster.
    pub orbiting: bool,
    /// Inside the event ring: the hull is burning.
    pub burning: bool,
    /// Outside the edge of the arena.
    pub outside: bool,
    /// How ready the special is, 0..=1; 1 while it is active.
    pub special: f32,
    /// It is active.
    pub special_on: bool,
    /// How ready the boost, or what is in its place, is, 0..=1.
    pub boost: f32,
    /// Seconds until an over-shield has worn off; 0 without one.
    pub over_s: f32,
    /// Seconds of multi-fire left; 0 without one.
    pub multi_s: f32,
    /// A repel is aboard.
    pub repel: bool,
    /// A decoy is aboard.
    pub decoy: bool,
}

/// A ship as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShipView {
    /// Which.
    pub id: ShipId,
    /// Class.
    pub class: ShipClass,
    /// Position, u.
    pub pos: Vec2,
    /// Velocity, u/s.
    pub vel: Vec2,
    /// Direction of the nose, rad.
    pub heading_rad: f32,
    /// Engines and trigger, for flames.
    pub buttons: Buttons,
    /// Hull left, 0..=1.
    pub hull: f32,
    /// Shield left, 0..=1, also with more than the full one.
    pub shield: f32,
    /// Under spawn protection.
    pub protected: bool,
    /// A ray is charging, or a beam is on.
    pub charging: bool,
    /// The special is active.
    pub special: bool,
    /// The shield is stronger than it ever gets by itself.
    pub over: bool,
    /// A multi-fire lasts.
    pub multi: bool,
    /// What its tow line holds.
    pub line: Option<Hook>,
    /// The own ship.
    pub own: bool,
    /// Nothing was heard of it lately; draw it grey.
    pub stale: bool,
}

/// A ship by the last word of the server, unmoved since.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GhostView {
    /// Which.
    pub id: ShipId,
    /// Class.
    pub class: ShipClass,
    /// Position, u.
    pub pos: Vec2,
    /// Direction of the nose, rad.
    pub heading_rad: f32,
    /// The own ship.
    pub own: bool,
}

/// A shot as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShotView {
    /// Which.
    pub key: ShotKey,
    /// Weapon.
    pub weapon: WeaponKind,
    /// Position, u.
    pub pos: Vec2,
    /// Velocity, u/s.
    pub vel: Vec2,
    /// 1 normally, falling to 0 while a mispredicted or spent shot fades.
    pub opacity: f32,
    /// Fired by the own ship.
    pub own: bool,
}

/// Which rock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RockId {
    /// Slot in the belts.
    Belt(u16),
    /// Loose.
    Loose(BodyId),
}

/// A rock as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RockView {
    /// Which; also seeds its looks.
    pub id: RockId,
    /// Size.
    pub size: RockSize,
    /// Position, u.
    pub pos: Vec2,
    /// Rotation of the picture, rad.
    pub spin_rad: f32,
    /// Hull left, 0..=1.
    pub hull: f32,
}

/// A pickup as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PickupView {
    /// Which.
    pub id: BodyId,
    /// Kind.
    pub kind: PickupKind,
    /// Position, u.
    pub pos: Vec2,
    /// About to vanish: blink.
    pub fading: bool,
    /// Whose mine it is.
    pub owner: Option<PlayerId>,
}

/// What a beam does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeamKind {
    /// It cuts.
    Cuts,
    /// It mends.
    Mends,
    /// It is a tow line; taut, it pulls.
    Tows {
        /// It pulls now.
        taut: bool,
    },
}

/// A beam that is on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeamView {
    /// Where it begins, u.
    pub from: Vec2,
    /// Where it ends, u.
    pub to: Vec2,
    /// What it does.
    pub kind: BeamKind,
    /// It meets something at its end.
    pub strikes: bool,
}

/// A mouth of the wormhole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MouthView {
    /// Its centre, u.
    pub pos: Vec2,
    /// Where it moves to, u, and in how many seconds, while that is announced.
    pub coming: Option<(Vec2, f32)>,
}

/// The core of a team.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoreView {
    /// Whose.
    pub team: Team,
    /// Its centre, u.
    pub pos: Vec2,
    /// Hull left, 0..=1; 0: broken.
    pub hull: f32,
}

/// How a round stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoundView {
    /// Number in the match, from 1.
    pub number: u16,
    /// Where it stands.
    pub phase: RoundPhase,
    /// Ticks until the phase ends by itself; 0 where it does not.
    pub left_ticks: u32,
    /// What the cores still take, points, by team.
    pub cores: [u16; TEAMS],
    /// By team: what it did in this round, or the rounds it has won.
    pub points: [u32; TEAMS],
    /// Who won, when it is over; nobody in a draw.
    pub winner: Option<Team>,
}

impl RoundView {
    /// The round of `news` at `tick`.
    #[must_use]
    pub fn of(news: &RoundNews, tick: Tick) -> RoundView {
        let past = tick.since(news.tick).max(0).cast_unsigned();
        RoundView {
            number: news.number,
            phase: news.phase,
            left_ticks: news.left.saturating_sub(past),
            cores: news.cores,
            points: news.points,
            winner: news.winner,
        }
    }
}

/// Something that happened, for sparks and sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ViewEvent {
    /// A ship appeared in the world.
    Launched {
        /// Which.
        ship: ShipId,
        /// Where, u.
        pos: Vec2,
    },
    /// A shot left the barrel.
    Fired {
        /// By whom.
        owner: PlayerId,
        /// Of what; a volley counts once.
        weapon: WeaponKind,
        /// Where, u.
        pos: Vec2,
        /// By the own ship.
        own: bool,
    },
    /// A shot struck something.
    Struck {
        /// Where, u.
        pos: Vec2,
        /// Speed of the shot, u/s, for the direction of sparks.
        vel: Vec2,
        /// A ship was struck (rock, planet or star otherwise).
        ship: Option<ShipId>,
    },
    /// A ray was there for a moment.
    Beam {
        /// Whose.
        owner: PlayerId,
        /// Muzzle, or where it comes into view, u.
        from: Vec2,
        /// Where it ends, u.
        to: Vec2,
        /// It struck something there…
        struck: bool,
        /// …and that was this ship.
        ship: Option<ShipId>,
        /// By the own ship.
        own: bool,
    },
    /// A ship took damage, as the server says.
    Damaged {
        /// Which.
        ship: ShipId,
        /// By whom.
        by: Option<PlayerId>,
        /// Points.
        amount: u16,
        /// Where the ship is, u.
        pos: Vec2,
        /// It was the own ship.
        own: bool,
        /// The own ship did it.
        by_own: bool,
    },
    /// A ship was destroyed.
    Destroyed {
        /// Which.
        ship: ShipId,
        /// Where, u.
        pos: Vec2,
        /// How it moved, u/s.
        vel: Vec2,
        /// It was the own ship.
        own: bool,
    },
    /// A decoy is no more.
    Dissolved {
        /// Where, u.
        pos: Vec2,
        /// How it moved, u/s.
        vel: Vec2,
    },
    /// A rock broke.
    RockBroken {
        /// Where, u.
        pos: Vec2,
        /// Its size.
        size: RockSize,
    },
    /// A pickup was collected.
    Collected {
        /// Where, u.
        pos: Vec2,
        /// What.
        kind: PickupKind,
        /// By the own ship.
        own: bool,
    },
    /// A ship went through the wormhole.
    Leapt {
        /// Which.
        ship: ShipId,
        /// Where it went in, u.
        from: Vec2,
        /// Where it came out, u.
        to: Vec2,
        /// It was the own ship.
        own: bool,
    },
    /// The own ship touched something solid.
    Bumped {
        /// Where, u.
        pos: Vec2,
        /// Speed of the impact, u/s.
        speed: f32,
    },
}

/// The line to the server.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LineView {
    /// Round trip, ms, smoothed; 0 until measured.
    pub rtt_ms: f32,
    /// How early commands arrive, ticks.
    pub margin_ticks: f32,
    /// Ticks from the newest snapshot to the own present.
    pub lead_ticks: f32,
    /// Age of the newest snapshot, ms.
    pub staleness_ms: f32,
    /// Own-ship predictions checked, since the start.
    pub predictions: u32,
    /// Of those, how many were not exactly right.
    pub mispredictions: u32,
    /// Size of the last correction, u.
    pub correction_u: f32,
    /// Greatest distance between a prediction and the server's word since the last frame, u; 0 when all were right.
    pub error_u: f32,
    /// Longest time between two snapshots that came since the last frame, ms; 0 when none came.
    pub gap_ms: f32,
    /// How much later than the best of the last seconds the newest snapshot came, ms.
    pub lateness_ms: f32,
    /// How far in the past interpolation is, ms.
    pub delay_ms: f32,
    /// Reports of the server that a command of ours came late, since the start.
    pub late_reports: u32,
    /// Bytes received per second, smoothed.
    pub down_bytes_s: f32,
    /// Bytes sent per second, smoothed.
    pub up_bytes_s: f32,
    /// Bytes per second by kind, smoothed, in the order of [`crate::replica::Kind::ALL`].
    pub kinds_bytes_s: [f32; KINDS],
    /// Snapshots received per second, smoothed.
    pub snapshots_s: f32,
    /// Commands go out on a second lane, too.
    pub lane: bool,
}

/// Notes that a shot left a barrel; those that leave with the one just noted are part of it.
pub fn push_fired(events: &mut Vec<ViewEvent>, owner: PlayerId, weapon: WeaponKind, pos: Vec2, own: bool) {
    let same = matches!(events.last(), Some(ViewEvent::Fired { owner: last, weapon: of, .. }) if (*last, *of) == (owner, weapon));
    if !same {
        events.push(ViewEvent::Fired { owner, weapon, pos, own });
    }
}

/// Heading of a ship for drawing, between two ticks.
#[must_use]
pub fn blend_heading(from: Angle, to: Angle, alpha: f32) -> f32 {
    from.to_rad() + f32::from(from.to(to)) * alpha * (crate::math::TAU / 65_536.0)
}
