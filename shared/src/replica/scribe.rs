//! Writing the picture: from table, prediction and present to the plain data of [`View`], and from the notes of a
//! snapshot to events. Decides nothing about the game.

use glam::Vec2;

use super::{
    Replica,
    clock::Clock,
    decode::Note,
    others::{FAR_FLIGHT_U, PresentShip},
    past::Past,
    picture,
    predict::Predictor,
    present::Present,
    shot_line,
    switches::Switches,
    view::{self, Focus, Gauges, GhostView, LineView, Phase, RoundView, ShipView, View, ViewEvent},
};
use crate::{
    defs::Defs,
    ids::PlayerId,
    protocol::{
        Deed, RoundNews,
        body::{Happening, ROCK_STEPS, Station},
        entity_state::{HULL_STEPS, SHIELD_STEPS},
        known::Known,
        reckon::{Reckoner, Skies},
    },
    sim::{Buttons, Kinematics, Layout, Ship, Shot},
    tick::Tick,
};

/// Belt rocks farther than this from the focus are not described, u: beyond any view.
const ROCK_REACH: f32 = 1_900.0;

/// Everything a description reads.
#[derive(Debug)]
pub struct Scribe<'a> {
    /// The tables.
    pub defs: &'a Defs,
    /// Planets and belts.
    pub layout: &'a Layout,
    /// What was told.
    pub known: &'a Known,
    /// How the round stands.
    pub round: Option<&'a RoundNews>,
    /// Everything else now.
    pub present: &'a Present,
    /// Others in the past.
    pub past: Option<&'a Past>,
    /// The own ship now.
    pub predictor: Option<&'a Predictor>,
    /// How things are to be shown.
    pub switches: Switches,
    /// The controls are locked.
    pub locked: bool,
    /// Half extents of the view, u.
    pub half: Vec2,
    /// The place one looks at without a ship, u.
    pub place: Option<Vec2>,
    /// Recent skies.
    pub skies: &'a mut Skies,
    /// The present tick.
    pub tick: Tick,
    /// How far into the next.
    pub alpha: f32,
    /// The line.
    pub line: LineView,
    /// The forecast is wanted.
    pub foresees: bool,
}

impl Scribe<'_> {
    /// Fills `view`, all but its events.
    pub fn describe(mut self, view: &mut View) {
        // States are drawn between the last tick and the present one, so the picture's moment is a tick back.
        let shown = self.tick.plus(-1);
        view.tick = shown;
        view.alpha = self.alpha;
        view.line = self.line;
        view.arena_radius = self.known.edge.radius_u();
        view.planets.clear();
        view.planets.extend((0..self.layout.planets.len()).map(|i| self.layout.planet(i, shown, self.alpha)));
        view.phase = self.phase();
        view.view_factor = self.predictor.map_or(1.0, |predictor| predictor.ship().view_factor(self.defs));
        self.ships(view);
        view.focus = self.focus(view);
        let predictor = self.predictor;
        view.own = predictor.map(|predictor| self.gauges(predictor.ship()));
        self.shots(view);
        self.rocks(view, shown);
        self.pickups(view);
        self.forecast(view);
        self.ghosts(view);
        let wells = self.known.wells.iter().filter(|well| well.pulls(shown));
        view.wells.clear();
        view.wells.extend(wells.map(|well| (well.pos.to_vec2(), well.kind)));
        picture::wormhole(self.layout, self.defs, shown, view);
        view.round = self.round.map(|news| RoundView::of(news, self.tick));
        picture::cores(self.layout, self.defs, shown, self.alpha, view);
        picture::beams(view, self.defs);
        view.locked = self.locked;
    }

    fn phase(&self) -> Phase {
        match self.known.station {
            Station::Flying if self.predictor.is_some() => Phase::Flying,
            Station::Dead { killer, cause, wait, .. } => Phase::Dead { killer, cause, wait_ticks: wait },
            _ => Phase::Spectating,
        }
    }

    fn focus(&self, view: &View) -> Focus {
        let watched = match self.known.station {
            Station::Watching(player) => Some(player),
            Station::Dead { watching, .. } => watching,
            Station::Flying | Station::Idle => None,
        };
        let own = self.predictor.map(|predictor| predictor.ship().id.player);
        if let (None, Some(pos)) = (own, self.place) {
            return Focus { pos, vel: Vec2::ZERO, ship: None };
        }
        let followed = own.or(watched).and_then(|player| view.ships.iter().find(|ship| ship.id.player == player));
        match followed {
            Some(ship) => Focus { pos: ship.pos, vel: ship.vel, ship: Some(ship.id) },
            // Whom to follow is not in sight yet: stay.
            None => Focus { pos: view.focus.pos, vel: Vec2::ZERO, ship: None },
        }
    }

    fn ships(&self, view: &mut View) {
        view.ships.clear();
        let steps = |value: u8, of: u8| f32::from(value) / f32::from(of);
        let own = self.predictor.map(|own| own.ship().id.player);
        let middle = self.own_pose().map_or(view.focus.pos, |(pos, ..)| pos);
        view.ships.extend(self.present.ships.iter().map(|ship| {
            let frozen = self.present.is_frozen(ship);
            let (pos, vel, heading_rad) = self.other_pose(ship, middle);
            let vel = if frozen { Vec2::ZERO } else { vel };
            ShipView {
                id: ship.state.id,
                class: ship.state.class,
                pos,
                vel,
                heading_rad,
                buttons: if frozen { Buttons(0) } else { ship.state.controls.buttons },
                hull: steps(ship.state.hull, HULL_STEPS),
                shield: steps(ship.state.shield, SHIELD_STEPS),
                protected: ship.state.protected,
                charging: ship.state.charging,
                special: ship.state.special,
                over: ship.state.over,
                multi: ship.state.multi,
                line: ship.state.line,
                own: false,
                // One's own decoy fools others.
                stale: frozen || own == Some(ship.state.id.player.pilot()),
            }
        }));
        let (Some(predictor), Some(pose)) = (self.predictor, self.own_pose()) else { return };
        view.ships.push(picture::ship(predictor.ship(), self.defs, pose, true));
    }

    /// Where the own ship is drawn: at our own time, or without prediction where the server last said.
    fn own_pose(&self) -> Option<(Vec2, Vec2, f32)> {
        let predictor = self.predictor?;
        match &self.known.own {
            Some(told) if !self.switches.prediction => Some(pose(&told.state.body)),
            _ => Some(predictor.drawn(self.alpha)),
        }
    }

    /// Where another ship is drawn: at our own time (or, without forward simulation, where the server last said) when
    /// it is near, interpolated in the past when it is far, blended between.
    fn other_pose(&self, ship: &PresentShip, middle: Vec2) -> (Vec2, Vec2, f32) {
        let now = if self.switches.forward {
            (ship.drawn(self.alpha), ship.state.body.vel.to_vec2(), ship.drawn_heading(self.alpha))
        } else {
            pose(&ship.said)
        };
        let share = self.switches.present_share(now.0.distance(middle) / self.half.length().max(1.0));
        if share >= 1.0 {
            return now;
        }
        let Some(past) = self.past.and_then(|past| past.pose(ship.state.id)) else { return now };
        // Beyond the wormhole is not on the way.
        if past.pos.distance(now.0) > FAR_FLIGHT_U {
            return now;
        }
        let turn = crate::math::wrap_angle(now.2 - past.heading_rad);
        (past.pos.lerp(now.0, share), past.vel.lerp(now.1, share), past.heading_rad + turn * share)
    }

    /// What the server last said, for those who want to see it.
    fn ghosts(&self, view: &mut View) {
        view.ghosts.clear();
        if !self.switches.ghosts {
            return;
        }
        let ghost = |id, class, body: &Kinematics, own| {
            let (pos, _, heading_rad) = pose(body);
            GhostView { id, class, pos, heading_rad, own }
        };
        let others = self.present.ships.iter();
        view.ghosts.extend(others.map(|ship| ghost(ship.state.id, ship.state.class, &ship.said, false)));
        let own = self.known.own.as_ref().map(|told| &told.state);
        view.ghosts.extend(own.map(|ship| ghost(ship.id, ship.class, &ship.body, true)));
    }

    fn gauges(&mut self, ship: &Ship) -> Gauges {
        let sky = self.skies.at(self.layout, self.defs, self.tick);
        picture::gauges(ship, self.defs, &sky, self.known.edge.radius_u())
    }

    fn shots(&self, view: &mut View) {
        let own = self.predictor.map(|predictor| predictor.ship().id.player);
        let drawn = |shot: &Shot, opacity| picture::shot(shot, self.alpha, opacity, Some(shot.key.owner) == own);
        view.shots.clear();
        view.shots.extend(self.present.shots.iter().map(|shot| drawn(shot, 1.0)));
        if self.switches.prediction {
            view.shots.extend(self.present.hoped().map(|(shot, opacity)| drawn(shot, opacity)));
        }
    }

    fn rocks(&self, view: &mut View, shown: Tick) {
        view.rocks.clear();
        let share = |steps: u8| f32::from(steps) / f32::from(ROCK_STEPS);
        let belt = self.known.belt.iter().enumerate().filter(|(_, steps)| **steps > 0);
        let belt = belt.map(|(slot, steps)| picture::belt_rock(self.layout, slot, share(*steps), shown, self.alpha));
        let focus = view.focus.pos;
        view.rocks.extend(belt.filter(|rock| rock.pos.distance(focus) <= ROCK_REACH));
        let loose = self.present.rocks.iter();
        view.rocks.extend(loose.map(|(rock, steps)| picture::loose_rock(rock, share(*steps), shown, self.alpha)));
    }

    fn pickups(&self, view: &mut View) {
        view.pickups.clear();
        view.pickups.extend(self.present.pickups.iter().map(|pickup| picture::pickup(pickup, self.alpha)));
    }

    /// Where the own ship coasts to, and where its next shot would go.
    fn forecast(&mut self, view: &mut View) {
        view.forecast.clear();
        view.shot_line.points.clear();
        let Some(predictor) = self.predictor.filter(|_| self.foresees) else { return };
        let mut reckoner = Reckoner {
            layout: self.layout,
            defs: self.defs,
            skies: self.skies,
            edge_radius: self.known.edge.radius_u(),
        };
        picture::forecast(predictor.ship(), self.defs, self.tick, &mut reckoner, &mut view.forecast);
        shot_line::draw(predictor.ship(), self.defs, self.tick, &mut reckoner, &view.rocks, &mut view.shot_line);
    }
}

fn pose(body: &Kinematics) -> (Vec2, Vec2, f32) {
    (body.pos.to_vec2(), body.vel.to_vec2(), body.heading.to_rad())
}

/// Turns the notes of the last snapshot into events.
pub fn write(replica: &mut Replica, events: &mut Vec<ViewEvent>) {
    let own = replica.player;
    for note in std::mem::take(&mut replica.notes) {
        let event = match note {
            Note::ShotCame { key, weapon, pos, age } => {
                if age < 12 && Some(key.owner) != own {
                    view::push_fired(events, key.owner, weapon, pos.to_vec2(), false);
                }
                None
            }
            Note::ShotEnded { key, pos, vel, victim } => {
                let ship = victim.and_then(|player| replica.place_of(player)).map(|(id, _)| id);
                let news = !replica.present.take_spent(key);
                news.then_some(ViewEvent::Struck { pos: pos.to_vec2(), vel: vel.to_vec2(), ship })
            }
            Note::Dissolved { pos, vel } => Some(ViewEvent::Dissolved { pos: pos.to_vec2(), vel: vel.to_vec2() }),
            Note::RockBroken { pos, size } => Some(ViewEvent::RockBroken { pos: pos.to_vec2(), size }),
            Note::BeltBroken { slot } => replica.layout.as_ref().and_then(|layout| {
                let slot = usize::from(slot);
                let size = layout.slots.get(slot)?.size;
                Some(ViewEvent::RockBroken { pos: layout.rock(slot, replica.known.tick, 0.0), size })
            }),
            Note::Taken { pos, kind, by } => {
                Some(ViewEvent::Collected { pos: pos.to_vec2(), kind, own: Some(by) == own })
            }
            Note::Happened(happening) => happened(replica, happening),
        };
        events.extend(event);
    }
}

fn happened(replica: &mut Replica, happening: Happening) -> Option<ViewEvent> {
    let own = replica.player;
    match happening {
        Happening::Launched(ship) => {
            let (_, pos) = replica.place_of(ship.player)?;
            Some(ViewEvent::Launched { ship, pos })
        }
        Happening::Destroyed(ship) => {
            // The ship has left the table; the last picture still knows where it was.
            let last = replica.view.ships.iter().find(|seen| seen.id == ship)?;
            Some(ViewEvent::Destroyed { ship, pos: last.pos, vel: last.vel, own: Some(ship.player) == own })
        }
        Happening::Ray { owner, from, to, struck, victim } => {
            let ship = victim.and_then(|player| replica.place_of(player)).map(|(id, _)| id);
            let own = Some(owner) == own;
            let tick = replica.clock.as_ref().map_or(replica.known.tick, Clock::tick);
            let news = !own || replica.beams_anew(tick);
            news.then_some(ViewEvent::Beam { owner, from: from.to_vec2(), to: to.to_vec2(), struck, ship, own })
        }
        // Hits of one's own come as deeds too, exactly once.
        Happening::Damaged { player, by: Some(by), .. } if own == Some(player) || own == Some(by) => None,
        Happening::Damaged { player, by, points, cause: _ } => damaged(replica, player, by, points),
    }
}

/// What a hit among the deeds looks like now.
pub fn struck(replica: &Replica, deed: &Deed) -> Option<ViewEvent> {
    match *deed {
        Deed::Hit { victim, by, points, cause: _ } => damaged(replica, victim, Some(by), points),
        Deed::Kill { .. } | Deed::Season(_) | Deed::Round { .. } => None,
    }
}

fn damaged(replica: &Replica, player: PlayerId, by: Option<PlayerId>, points: u8) -> Option<ViewEvent> {
    let own = replica.player;
    let (ship, pos) = replica.place_of(player)?;
    Some(ViewEvent::Damaged {
        ship,
        by,
        amount: u16::from(points),
        pos,
        own: Some(player) == own,
        by_own: by.is_some() && by == own,
    })
}
