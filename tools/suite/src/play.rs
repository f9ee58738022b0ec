//! Playing a plan under the judge's eyes, to its end or its first failure.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shared::{
    protocol::Resume,
    room::{Order, RoomEvent},
    tick::Tick,
};

use crate::{
    harness::{Match, Sabotage},
    judge::{Failure, Judge},
    measure::Measures,
    plan::{Act, Plan, Weather},
};

/// After the lines have healed, pictures must be right within this long, ticks.
const SETTLE_TICKS: u32 = 120;

/// How a match went.
#[derive(Debug)]
pub struct Outcome {
    /// The promise that was broken, if one was.
    pub failure: Option<Failure>,
    /// Tables compared with what the room meant.
    pub compared: u64,
    /// Ticks of all people together.
    pub player_ticks: u64,
    /// The figures.
    pub measures: Measures,
}

/// Plays `plan`; `all`: compare every table; `sabotage`: with a fault on purpose. A panic is a failure like others.
#[must_use]
pub fn play(plan: &Plan, all: bool, sabotage: Option<Sabotage>) -> Outcome {
    match catch_unwind(AssertUnwindSafe(|| Play::new(plan, all, sabotage).run())) {
        Ok(outcome) => outcome,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let what = text.unwrap_or_else(|| "without a word".to_owned());
            let failure = Some(Failure { oracle: "panic", tick: Tick(0), what });
            Outcome { failure, compared: 0, player_ticks: 0, measures: Measures::default() }
        }
    }
}

struct Play<'a> {
    plan: &'a Plan,
    live: Match,
    judge: Judge,
    /// Where each person of the plan stands in the match.
    places: Vec<Option<usize>>,
    /// What each person's last dial resumed with.
    resumed: Vec<Option<Resume>>,
    player_ticks: u64,
}

impl Play<'_> {
    fn new(plan: &Plan, all: bool, sabotage: Option<Sabotage>) -> Play<'_> {
        let mut live = Match::in_room(plan.room(), plan.lines());
        live.pranks = plan.pranks();
        live.sabotage = sabotage;
        let (places, resumed) = (vec![None; plan.people.len()], vec![None; plan.people.len()]);
        Play { plan, live, judge: Judge::new(plan, all), places, resumed, player_ticks: 0 }
    }

    fn run(mut self) -> Outcome {
        let failure = self.through().err();
        let (compared, mut measures) = self.judge.finish();
        if self.plan.weather != Weather::Fair {
            // Only the recovery is measured in foul weather.
            let recovery_ms = std::mem::take(&mut measures.recovery_ms);
            measures = Measures { recovery_ms, ..Measures::default() };
        }
        if self.plan.frugal {
            // What a room does without bytes is no figure of the netcode.
            measures = Measures::default();
        }
        Outcome { failure, compared, player_ticks: self.player_ticks, measures }
    }

    fn through(&mut self) -> Result<(), Failure> {
        let mut acts = self.plan.acts.iter().peekable();
        let mut tunings = self.plan.tunings.iter().peekable();
        for tick in 0..self.plan.ticks {
            while let Some((_, person, act)) = acts.next_if(|(at, ..)| *at <= tick) {
                self.act(*person, *act);
            }
            while let Some(&(_, tuning)) = tunings.next_if(|(at, _)| *at <= tick) {
                self.live.room.handle(RoomEvent::Order(Order::Tune { tuning }), self.live.now_us);
            }
            self.advance()?;
        }
        self.live.heal();
        for place in 0..self.live.players.len() {
            let player = &mut self.live.players[place];
            if player.asleep {
                wake(player, self.live.now_us);
            }
            if !player.connected {
                self.live.redial(place);
            }
            self.judge.note_wake(place, self.live.room.world().tick);
        }
        for _ in 0..SETTLE_TICKS {
            self.advance()?;
        }
        self.judge.settle(&mut self.live)
    }

    fn advance(&mut self) -> Result<(), Failure> {
        self.player_ticks += self.live.players.len() as u64;
        if self.live.sabotaged(Sabotage::Panic) {
            panic!("on purpose");
        }
        self.live.advance();
        self.judge.look(&mut self.live)
    }

    fn act(&mut self, person: usize, act: Act) {
        if act == Act::Join {
            self.places[person] = Some(self.live.join_as(self.plan.people[person]));
            return;
        }
        let Some(place) = self.places[person] else { return };
        let (now_us, tick) = (self.live.now_us, self.live.room.world().tick);
        let player = &mut self.live.players[place];
        match act {
            Act::Join => {}
            Act::Cut(clean) => self.live.cut(place, clean),
            Act::Redial => {
                self.resumed[person] = player.resume;
                self.live.redial(place);
            }
            Act::RedialAgain => {
                let resume = self.resumed[person];
                self.live.cut(place, false);
                // Unless it was welcomed meanwhile and has a newer token.
                let newer = self.live.players[place].replica.resume();
                self.live.redial_with(place, newer.or(resume));
            }
            Act::Leave => player.replica.leave(),
            Act::Play if player.replica.player().is_none() => player.replica.play("again", player.class),
            Act::Play => {}
            Act::Sleep(true) => {
                player.asleep = true;
                player.replica.set_idle(true, now_us + player.clock_us);
            }
            Act::Sleep(false) => {
                wake(player, now_us);
                self.judge.note_wake(place, tick);
            }
            Act::Jump(ms) => {
                player.clock_us += u64::from(ms) * 1_000;
                self.judge.note_wake(place, tick);
            }
            Act::Resize(half) => {
                player.view_half = half;
                player.replica.set_view(half);
            }
        }
    }
}

fn wake(player: &mut crate::harness::Player, now_us: u64) {
    player.asleep = false;
    player.replica.set_idle(false, now_us + player.clock_us);
}
