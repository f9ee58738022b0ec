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
            let sky = Sky::at(layout, &replica.defs().arena, tick);
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
    use shared::{
        defs::Defs,
        protocol::{ResumeToken, codec},
        room::{ConnId, Credentials, Output, Room, RoomConfig, RoomEvent},
        tick::TICK_US,
    };

    /// A room and one client on a perfect line, in virtual time.
    struct Match {
        room: Room,
        replica: Replica,
        now_us: u64,
    }

    impl Match {
        fn new() -> Match {
            let config = RoomConfig { bots: 6, ..RoomConfig::default() };
            Match { room: Room::new(config), replica: Replica::new(Defs::standard(), (800, 450), None, 0), now_us: 0 }
        }

        fn tick(&mut self, mind: &mut Mind) {
            let conn = ConnId(1);
            self.now_us += TICK_US;
            let intent = mind.intent(&mut self.replica);
            self.replica.frame(self.now_us, intent);
            while let Some(bytes) = self.replica.poll_transmit() {
                let event = match codec::decode_hello(&bytes) {
                    Ok(hello) => {
                        let credentials =
                            Credentials { resume_key: None, token: ResumeToken([7; 16]), token_key: [7; 32] };
                        RoomEvent::Connect { conn, hello, credentials }
                    }
                    Err(_) => RoomEvent::Message { conn, message: codec::decode_client(&bytes).unwrap() },
                };
                self.room.handle(event, self.now_us);
            }
            self.room.tick(self.now_us, &|_| true);
            while let Some(output) = self.room.poll_output() {
                match output {
                    Output::Snapshot { bytes, .. } | Output::Reliable { bytes, .. } => {
                        self.replica.handle_bytes(bytes, self.now_us).expect("our own server's messages make sense");
                    }
                    Output::Close { code, .. } => panic!("closed: {code:?}"),
                }
            }
        }
    }

    #[test]
    fn a_mind_flies_fights_and_comes_back_after_death() {
        let (mut game, mut mind) = (Match::new(), Mind::new(3));
        game.tick(&mut mind);
        game.replica.play("Swarm", ShipClass::Lancer);
        let (mut pressed, mut fired, mut farthest) = (0, 0, 0.0_f32);
        let mut start = None;
        // Until it lost two ships; ten minutes of the game at most.
        for _ in 0..60 * 600 {
            game.tick(&mut mind);
            let view = game.replica.view();
            let Some(own) = view.own_ship() else { continue };
            pressed += u32::from(own.buttons.0 != 0);
            fired += view.events.iter().filter(|event| matches!(event, ViewEvent::Fired { own: true, .. })).count();
            farthest = farthest.max(own.pos.distance(*start.get_or_insert(own.pos)));
            if mind.launches() >= 3 {
                break;
            }
        }
        assert!(mind.launches() >= 3, "it relaunches: {} launches", mind.launches());
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
