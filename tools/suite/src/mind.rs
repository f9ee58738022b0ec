//! A pilot's mind: the server's own bots' [`Brain`], looking at a client's picture. Invariant: it asks for a ship
//! and gives intents, as a person does with a keyboard; it knows nothing of sockets or time.

use shared::{
    bot::{BLAME_TICKS, Brain},
    defs::ShipClass,
    ids::PlayerId,
    replica::{Intent, Phase, Replica, View, ViewEvent},
    sim::{Layout, Sky},
    tick::Tick,
};

use crate::sight::{Told, own_ship, sight, tick_of};

/// A mind behind one client.
#[derive(Debug)]
pub struct Mind {
    seed: u64,
    brain: Option<(PlayerId, Brain)>,
    layout: Option<(u64, Layout)>,
    attacker: Option<(PlayerId, Tick)>,
    looked: Option<Tick>,
    life: Option<u8>,
    launches: u32,
    given: Option<Brain>,
}

impl Mind {
    /// A fresh one; everything about it follows from `seed`.
    pub fn new(seed: u64) -> Mind {
        Mind { seed, brain: None, layout: None, attacker: None, looked: None, life: None, launches: 0, given: None }
    }

    /// One that flies as `brain` does, whatever its slot.
    #[must_use]
    pub fn of(brain: Brain) -> Mind {
        Mind { given: Some(brain), ..Mind::new(0) }
    }

    /// Ships flown so far.
    pub fn launches(&self) -> u32 {
        self.launches
    }

    /// What the last picture makes it want; asks for a new ship when it may.
    pub fn intent(&mut self, replica: &mut Replica) -> Intent {
        match replica.view().phase {
            Phase::Flying => self.fly(replica).unwrap_or_default(),
            Phase::Dead { wait_ticks: 0, .. } => {
                replica.relaunch(ShipClass::Lancer);
                Intent::default()
            }
            Phase::Connecting | Phase::Spectating | Phase::Dead { .. } => Intent::default(),
        }
    }

    fn fly(&mut self, replica: &Replica) -> Option<Intent> {
        let view = replica.view();
        let own = own_ship(view, replica.defs())?;
        let tick = tick_of(view);
        self.notice(view, tick);
        let (_, layout) = learn(&mut self.layout, replica)?;
        let (_, brain) = match &mut self.brain {
            Some(known) if known.0 == own.id.player => known,
            other => {
                let fresh = self.given.clone().unwrap_or_else(|| Brain::new(self.seed, own.id.player));
                other.insert((own.id.player, fresh))
            }
        };
        if self.life != Some(own.id.life) {
            self.life = Some(own.id.life);
            self.launches += 1;
            brain.reset(own.body.heading);
        }
        if brain.looks(tick) && self.looked != Some(tick) {
            self.looked = Some(tick);
            let attacker = self.attacker.filter(|(_, when)| tick.since(*when) < BLAME_TICKS).map(|(by, _)| by);
            let sky = Sky::at(layout, &replica.known().wells, &replica.defs().arena, tick);
            brain.look(&sight(view, Told::by(replica), &own, attacker, &sky, (replica.defs(), layout)));
        }
        let command = brain.think(tick);
        Some(Intent { buttons: command.buttons, aim: Some(command.aim) })
    }

    fn notice(&mut self, view: &View, tick: Tick) {
        for event in &view.events {
            if let ViewEvent::Damaged { own: true, by: Some(by), .. } = event {
                self.attacker = Some((*by, tick));
            }
        }
    }
}

/// The chart of this room; computed once per room.
fn learn<'a>(known: &'a mut Option<(u64, Layout)>, replica: &Replica) -> Option<&'a (u64, Layout)> {
    let seed = replica.welcome()?.seed;
    if known.as_ref().is_none_or(|(of, _)| *of != seed) {
        *known = Some((seed, Layout::new(seed, &replica.defs().arena)));
    }
    known.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{Match, Style};
    use shared::{defs::Defs, link::Profile};

    #[test]
    fn a_mind_flies_fights_and_comes_back_after_death() {
        let mut live = Match::new(3, 16, Profile::ALL[0]);
        let pilot = live.join(Style::Brain);
        let (mut pressed, mut fired, mut farthest) = (0, 0, 0.0_f32);
        let mut start = None;
        // Until it lost two ships; ten minutes of the game at most.
        for _ in 0..60 * 600 {
            live.run(1, |_| {});
            let view = live.players[pilot].replica.view();
            let Some(own) = view.own_ship() else { continue };
            pressed += u32::from(own.buttons.0 != 0);
            fired += view.events.iter().filter(|event| matches!(event, ViewEvent::Fired { own: true, .. })).count();
            farthest = farthest.max(own.pos.distance(*start.get_or_insert(own.pos)));
            if live.players[pilot].launches() >= 3 {
                break;
            }
        }
        let launches = live.players[pilot].launches();
        assert!(launches >= 3, "it relaunches: {launches} launches");
        assert!(pressed > 100 && fired > 10 && farthest > 300.0, "{pressed} pressed, {fired} fired, {farthest} u");
    }

    #[test]
    fn without_a_ship_it_wants_nothing() {
        let mut mind = Mind::new(3);
        let mut replica = Replica::new(Defs::standard(), (800, 450), None, 0);
        assert_eq!(mind.intent(&mut replica), Intent::default());
        assert_eq!(mind.launches(), 0);
    }
}
