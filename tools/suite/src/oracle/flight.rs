//! The own ship is predicted exactly unless it may have touched something, or the room flew by another command than
//! the one sent: none, or one with the press of a late one. Counts both on the way.

use shared::{
    ids::{PlayerId, ShipId},
    limits::COMMANDS_AHEAD_MAX,
    protocol::{Edges, SentCommand},
    replica::Phase,
    room::ConnId,
    sim::{Buttons, Event},
    tick::Tick,
};

use crate::{
    harness::{Match, Player, Sabotage},
    truth::Truth,
};

/// Ticks of commands remembered.
const KEPT: usize = 1_024;
/// A pickup changes energy, which a client learns this late at most, ticks; boost depends on it.
const PICKUP_TICKS: i32 = 240;

/// Who launched or came back less than this ago is still arriving, ticks.
const SETTLED_TICKS: i32 = 60;

/// A client that is less far ahead of the news than this does not predict yet, ticks.
const LEAD_TICKS_MIN: f32 = 3.0;

/// What is known of one person's flight.
#[derive(Debug, Clone)]
struct Flight {
    conn: ConnId,
    /// By tick: a command for it had come when it was flown, or it had not.
    flown: Vec<Option<(Tick, bool)>>,
    arrived: Vec<Option<Tick>>,
    /// By tick: a command for it was heard, in time or not; copies on another lane say nothing.
    heard: Vec<Option<Tick>>,
    /// Ticks in which the room may have carried out a press that their own command does not show.
    pressed: Vec<Option<Tick>>,
    /// Presses told by the newest command.
    counted: Option<(Tick, Edges)>,
    judged: (u32, u32),
    through: Tick,
    collected: Option<Tick>,
}

/// Everybody's flight, and the sums.
#[derive(Debug, Default)]
pub struct Flights {
    flights: Vec<Option<Flight>>,
    /// Predictions compared.
    pub judged: u64,
    /// Of those not exact although nothing was near.
    pub wrong: u64,
    /// Ticks flown.
    pub flown: u64,
    /// Of those without a command.
    pub starved: u64,
}

impl Flights {
    /// Looks at a match after a tick; `truth` holds it already.
    ///
    /// # Errors
    /// Whose prediction was wrong without a reason.
    pub fn check(&mut self, live: &Match, truth: &Truth) -> Result<(), String> {
        self.flights.resize(live.players.len(), None);
        let now = live.room.world().tick;
        for (index, player) in live.players.iter().enumerate() {
            let slot = &mut self.flights[index];
            if slot.as_ref().is_none_or(|flight| flight.conn != player.conn) {
                *slot = Some(Flight::new(player.conn, now));
            }
        }
        for (index, _) in live.facts.hellos.iter().filter(|(_, resumed)| *resumed) {
            // A resumed seat forgets the commands of the connection before.
            let flight = self.flights[*index].as_mut().expect("just made");
            flight.arrived.fill(None);
            flight.heard.fill(None);
        }
        for (index, tick, sent) in &live.facts.commands {
            self.flights[*index].as_mut().expect("just made").hear(*tick, sent, now);
        }
        for (index, player) in live.players.iter().enumerate() {
            self.fly(index, player, live, now);
        }
        for &index in &live.facts.drew {
            self.judge(index, live, truth).map_err(|what| format!("player {index}: {what}"))?;
        }
        Ok(())
    }

    fn fly(&mut self, index: usize, player: &Player, live: &Match, now: Tick) {
        let Some(flight) = &mut self.flights[index] else { return };
        let Some(seat) = player.replica.player() else { return };
        let taken = |event: &Event| matches!(event, Event::Collected { by, .. } if *by == seat);
        if live.room.events().iter().any(taken) {
            flight.collected = Some(now);
        }
        if live.room.world().ship(seat).is_none() {
            return;
        }
        let came = flight.arrived[now.0 as usize % KEPT] == Some(now);
        flight.flown[now.0 as usize % KEPT] = Some((now, came));
        let awake = player.connected && !player.asleep && player.replica.view().phase == Phase::Flying;
        if awake && flight.knows(now.plus(-SETTLED_TICKS)) {
            self.flown += 1;
            self.starved += u64::from(!came);
        }
    }

    fn judge(&mut self, index: usize, live: &Match, truth: &Truth) -> Result<(), String> {
        let Some(flight) = &mut self.flights[index] else { return Ok(()) };
        let replica = &live.players[index].replica;
        let line = replica.view().line;
        let news = (line.predictions - flight.judged.0, line.mispredictions - flight.judged.1);
        let (from, to) = (flight.through, replica.known().tick);
        flight.judged = (line.predictions, line.mispredictions);
        flight.through = to;
        // A ship flies by itself until its pilot has learnt of it: that is no prediction yet.
        if !flight.knows(from.plus(-SETTLED_TICKS)) {
            return Ok(());
        }
        self.judged += u64::from(news.0);
        if news.1 == 0 {
            return Ok(());
        }
        let own = replica.known().own.as_ref().map(|told| told.state.id);
        let layout = &live.room.world().layout;
        let contact = |id: ShipId| truth.may_have_touched(id, from, to, layout);
        let fed = flight.collected.is_some_and(|when| to.since(when) < PICKUP_TICKS);
        let blind = live.sabotage == Some(Sabotage::BlindToTouch);
        if fed || own.is_none_or(|id| !blind && contact(id)) {
            return Ok(());
        }
        self.wrong += u64::from(news.1);
        // The first command after some that never came also carries out their presses, by its counters: hence `from`.
        let starved = (0..=to.since(from))
            .map(|i| to.plus(-i))
            .any(|tick| flight.knows_came(tick) != Some(true) || flight.pressed[tick.0 as usize % KEPT] == Some(tick));
        // After its clock jumped back, a client is behind the news for a moment, and what it once predicted for that tick
        // comes from before the jump.
        let behind = line.lead_ticks < LEAD_TICKS_MIN;
        if starved || behind {
            return Ok(());
        }
        let seat = replica.player().unwrap_or(PlayerId(0));
        Err(format!("slot {} was predicted wrongly in the ticks {} to {}, near nothing", seat.0, from.0, to.0))
    }
}

impl Flight {
    fn new(conn: ConnId, now: Tick) -> Flight {
        Flight {
            conn,
            flown: vec![None; KEPT],
            arrived: vec![None; KEPT],
            heard: vec![None; KEPT],
            pressed: vec![None; KEPT],
            counted: None,
            judged: (0, 0),
            through: now,
            collected: None,
        }
    }

    /// A command came before the room's tick `now`, so the last one flown was the tick before.
    fn hear(&mut self, tick: Tick, sent: &SentCommand, now: Tick) {
        let ahead = tick.since(now.plus(-1));
        if ahead > COMMANDS_AHEAD_MAX {
            return;
        }
        if self.heard[tick.0 as usize % KEPT].replace(tick) == Some(tick) {
            return;
        }
        // Presses that only the counters tell of: of a command that never came, or of a tick that was sent already. One
        // that was overtaken tells of none.
        let counted = match self.counted {
            Some((newest, _)) if !tick.is_after(newest) => Buttons(0),
            before => {
                self.counted = Some((tick, sent.edges));
                before.map_or(Buttons(0), |(_, before)| sent.edges.since(before))
            }
        };
        let alone = counted.0 & !sent.command.buttons.0 != 0;
        if ahead > 0 {
            self.arrived[tick.0 as usize % KEPT] = Some(tick);
        }
        if ahead <= 0 || alone {
            let pressed = if ahead > 0 { tick } else { now };
            self.pressed[pressed.0 as usize % KEPT] = Some(pressed);
        }
    }

    fn knows(&self, tick: Tick) -> bool {
        self.knows_came(tick).is_some()
    }

    fn knows_came(&self, tick: Tick) -> Option<bool> {
        self.flown[tick.0 as usize % KEPT].filter(|(at, _)| *at == tick).map(|(_, came)| came)
    }
}
