//! The way to the present: a step for each tick that falls due, and the replay from the server's word after each
//! snapshot. Invariant: both take the parts of a tick in the same order as `sim::step`: everything flies, then what
//! is hard, then ships against each other, then tow lines, then shots (which they do not touch).

use super::{
    BUMP_U_S, LOCK_US, Replica,
    io::Intent,
    past::Past,
    predict::{Predictor, Surroundings},
    present::Present,
    view::ViewEvent,
};
use crate::{
    defs::Defs,
    protocol::{SentCommand, known::Known, reckon::Skies},
    sim::{Buttons, Command, Layout, rays, shots, torus},
    tick::Tick,
};

impl Replica {
    /// Compares the own ship with the prediction and brings it and everything else from the server's word to the
    /// present, together, so that they can touch each other on the way.
    pub(super) fn reconcile(&mut self, events: &mut Vec<ViewEvent>) {
        let (Some(layout), Some(clock)) = (&self.layout, &self.clock) else { return };
        let tables = &self.tables;
        let defs = tables.at(self.known.tick);
        let mut around = surroundings(layout, defs, &mut self.skies, &self.known, self.predictor.as_ref());
        let mut replay = None;
        match (&self.known.own, &mut self.predictor) {
            (Some(told), Some(predictor)) if predictor.ship().id == told.state.id => {
                predictor.rewind(clock.tick());
                self.line.judged(predictor.judge(&told.state, told.tick));
                if self.switches.reconciliation {
                    replay = Some(predictor.restart(&told.state, told.tick));
                } else {
                    predictor.adopt(&told.state);
                }
            }
            (Some(told), predictor) => {
                let fresh = predictor.insert(Predictor::new(told.state.clone(), told.tick));
                // Until the pilot aims, the nose stays where the launch pointed it.
                self.command = Command::new(Buttons(0), told.state.body.heading);
                self.relaunching = false;
                replay = Some(fresh.begin(clock.tick()));
            }
            (None, predictor) => *predictor = None,
        }
        self.present.restart(&self.known, clock.usual_lead(), &mut around);
        if let Some(past) = &mut self.past {
            past.record(self.known.tick, self.present.ships.iter().map(|ship| (ship.state.id, ship.said)));
        }
        while clock.tick().is_after(self.present.tick()) {
            around.defs = tables.at(self.present.tick().next());
            let solids = self.present.step_bodies(&mut around);
            if let (Some(predictor), Some(replay)) = (&mut self.predictor, replay) {
                predictor.replay(replay, &self.sent, &mut around, &solids);
                if predictor.tick() == self.present.tick() {
                    let _ = self.present.touch(predictor, around.defs);
                }
            }
            pull_lines(&mut self.present, self.predictor.as_mut(), around.defs);
            let own = |tick| self.predictor.as_ref().and_then(|predictor| predictor.path_in(tick));
            self.present.step_shots(&own, &solids, &mut around, events);
        }
        self.present.settle();
        if let (Some(predictor), Some(replay)) = (&mut self.predictor, replay) {
            self.line.corrected(predictor.settle(replay));
        }
    }

    pub(super) fn advance_clock(&mut self, now_us: u64, intent: Intent, events: &mut Vec<ViewEvent>) {
        let Some(steps) = self.clock.as_mut().map(|clock| clock.due(now_us)) else { return };
        // The server holds still for whoever it hears nothing from; so do we when we hear nothing from it.
        self.locked = self.predictor.is_some() && self.line.staleness_us(now_us) > LOCK_US;
        let buttons = if self.locked { Buttons(0) } else { intent.buttons };
        let aim = intent.aim.filter(|_| !self.locked).unwrap_or(self.command.aim);
        let held = Command::new(buttons, aim);
        let edge = held.buttons != self.command.buttons;
        self.edges = self.edges.pressed(self.command.buttons, held.buttons);
        self.command = held;
        self.tapped = Buttons(self.tapped.0 | held.buttons.0);
        for _ in 0..steps {
            let Some(tick) = self.clock.as_mut().map(super::Clock::step) else { return };
            let tapped = std::mem::replace(&mut self.tapped, held.buttons);
            self.step(tick, Command::new(tapped, held.aim), events);
        }
        if steps > 0 {
            self.tapped = Buttons(0);
        }
        self.send_due(edge, now_us);
    }

    fn step(&mut self, tick: Tick, command: Command, events: &mut Vec<ViewEvent>) {
        let (Some(layout), Some(clock)) = (&self.layout, &self.clock) else { return };
        // After the clock jumped back, ticks come again: what was sent for them stands.
        let command = self.sent.at(tick).unwrap_or(command);
        if self.player.is_some() && self.sent.at(tick).is_none() {
            self.sent.record(tick, command);
            self.batch.push((tick, SentCommand { command, edges: self.edges }));
        }
        let (tables, defs) = (&self.tables, self.tables.at(self.present.tick().next()));
        let mut around = surroundings(layout, defs, &mut self.skies, &self.known, self.predictor.as_ref());
        let solids = self.present.step_bodies(&mut around);
        let leapt = |(ship, from, to)| ViewEvent::Leapt { ship, from, to, own: false };
        let wrap_half = defs.arena.wrap_half;
        let far = |(_, from, to): &(_, glam::Vec2, glam::Vec2)| !torus::came_round(*from, *to, wrap_half);
        events.extend(self.present.leaps().filter(far).map(leapt));
        let (mut fired, mut beam) = (Vec::new(), None);
        if let Some(predictor) = &mut self.predictor {
            while tick.is_after(predictor.tick()) {
                around.defs = tables.at(predictor.tick().next());
                let (triggers, impact) = predictor.advance(command, &mut around, &solids);
                let (ship, tick) = (predictor.ship(), predictor.tick());
                let leapt = |(from, to)| ViewEvent::Leapt { ship: ship.id, from, to, own: true };
                let far = |(from, to): &(glam::Vec2, glam::Vec2)| !torus::came_round(*from, *to, wrap_half);
                events.extend(predictor.leap().filter(far).map(leapt));
                for mount in triggers.mounts() {
                    fired.extend(shots::volley(ship, mount, tick, around.defs).map(|shot| (shot, tick)));
                }
                // A beam is drawn for as long as the ship has it on.
                let ray = rays::launch(ship, around.defs).filter(|ray| !around.defs.weapon(ray.weapon).is_beam());
                beam = ray.filter(|_| triggers.primary).or(beam);
                let rammed = (predictor.tick() == self.present.tick())
                    .then(|| self.present.touch(predictor, around.defs))
                    .flatten();
                let speed = impact.map_or(0.0, |impact| impact.speed).max(rammed.unwrap_or(0.0));
                if speed > BUMP_U_S {
                    events.push(ViewEvent::Bumped { pos: predictor.ship().body.pos.to_vec2(), speed });
                }
            }
        }
        around.defs = defs;
        pull_lines(&mut self.present, self.predictor.as_mut(), defs);
        // The own ship has moved: shots of this tick are held against where it really was.
        let own = |tick| self.predictor.as_ref().and_then(|predictor| predictor.path_in(tick));
        self.present.step_shots(&own, &solids, &mut around, events);
        self.present.step_hoped(clock.word_ticks(), &solids, &mut around, events);
        for (shot, tick) in fired {
            super::view::push_fired(events, shot.key.owner, shot.weapon, shot.pos.to_vec2(), true);
            self.present.hope(shot, tick);
        }
        let beam = beam.map(|ray| (ray, self.present.end_of(&ray, &solids, &mut around)));
        if let Some((ray, (to, struck, ship))) = beam.filter(|_| self.beams_anew(tick)) {
            events.push(ViewEvent::Beam { owner: ray.owner, from: ray.from, to, struck, ship, own: true });
        }
    }

    /// Whether an own ray seen at `tick` is another one than the last: rays have their rest in between, so what
    /// comes sooner is the same one, predicted anew after a correction or told by the server.
    pub(super) fn beams_anew(&mut self, tick: Tick) -> bool {
        let rest = self.predictor.as_ref().map_or(0, |predictor| {
            let weapon = self.defs().weapon(self.defs().ship(predictor.ship().class).primary);
            i32::from(weapon.period_ticks) - i32::from(weapon.charge_ticks())
        });
        if self.beamed.is_some_and(|last| tick.since(last).abs() < rest) {
            return false;
        }
        self.beamed = Some(tick);
        true
    }

    /// Lets what is drawn with an error move over to where it is.
    pub(super) fn relax(&mut self, now_us: u64, dt_s: f32) {
        let smooth = self.switches.smoothing;
        self.present.relax(dt_s, smooth);
        if let Some(predictor) = &mut self.predictor {
            predictor.relax(dt_s, smooth);
        }
        if let Some(past) = &mut self.past {
            past.relax(now_us, dt_s, smooth);
        }
    }

    /// The past is told of a snapshot.
    pub(super) fn keep_past(&mut self, tick: Tick, now_us: u64) {
        self.past.get_or_insert_with(|| Past::new(tick, now_us)).clock.note_snapshot(tick, now_us);
    }
}

/// Tow lines pull in the present tick.
fn pull_lines(present: &mut Present, own: Option<&mut Predictor>, defs: &Defs) {
    let tick = present.tick();
    present.tug(own.filter(|own| own.tick() == tick), defs);
}

/// What prediction reads, as it is known.
fn surroundings<'a>(
    layout: &'a Layout,
    defs: &'a Defs,
    skies: &'a mut Skies,
    known: &'a Known,
    predictor: Option<&Predictor>,
) -> Surroundings<'a> {
    Surroundings {
        layout,
        defs,
        skies,
        edge: known.edge,
        edge_tick: known.tick,
        belt: &known.belt,
        own_class: predictor.map_or_else(Default::default, |predictor| predictor.ship().class),
    }
}
