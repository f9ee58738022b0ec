//! Clients that misbehave, each kind in turn: floods, rubbish, never reading, half open, shouting.
//!
//! Invariant: each act is bounded in time and in what it sends; it is a test of the server's manners toward its
//! other guests, not a way to bring it down. What honest clients notice of it is the result.

use std::{sync::Arc, time::Duration};

use shared::{
    bot::VIEW_HALF,
    defs::ShipClass,
    protocol::{ClientMessage, CommandBatch, Hello, Opening, Quick, Seen, Words, codec},
    rng::{Keyed, Purpose},
    tick::Tick,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::yield_now,
    time::{sleep, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::{
    beat::Beats,
    comeback::End,
    pilot::Shared,
    plan::Plan,
    socket::{Heard, Socket, connect},
    tally::Tally,
};

/// No act takes longer.
const ACT_MAX: Duration = Duration::from_secs(20);
/// Between two acts.
const REST: Duration = Duration::from_secs(1);
/// Messages of one flood: three times what the server forgives.
const FLOOD_MESSAGES: u32 = 3_000;
/// After so many of them others have a turn.
const FLOOD_BURST: u32 = 50;
/// Kernel buffer of who does not read: small, so that the server feels it soon.
const DEAF_RECEIVE_BYTES: u32 = 2_048;
/// Lines that one act shouts…
const SHOUTS: u32 = 120;
/// …and the time between two of them.
const SHOUT_EVERY: Duration = Duration::from_millis(50);
/// The start of a frame that claims 512 bytes and brings none.
const HALF_FRAME: [u8; 4] = [0x82, 0xfe, 0x02, 0x00];

/// One hostile client.
#[derive(Debug)]
pub struct Hostile {
    plan: Plan,
    shared: Arc<Shared>,
    beats: Beats,
    random: Keyed,
    tally: Tally,
}

/// How an act ended, as far as one could see.
enum Outcome {
    Closed(u16),
    Lost,
}

impl Hostile {
    /// Not there yet.
    pub fn new(plan: Plan, shared: Arc<Shared>, beats: Beats) -> Hostile {
        let random = Keyed::new(shared.seed, Tick(1), plan.index, Purpose::Test);
        Hostile { plan, shared, beats, random, tally: Tally::new() }
    }

    /// One act after another to the end of the run; gives what became of them.
    pub async fn run(mut self) -> Tally {
        let mut beats = self.beats.clone();
        // Whatever it is doing then, the run's end cuts it short.
        let acting = async {
            sleep_until(self.shared.began + self.plan.arrives).await;
            for number in self.plan.number.. {
                match timeout(ACT_MAX, self.act(number)).await {
                    Ok(Ok(Outcome::Closed(code))) => self.tally.events.ended(End::Closed(code)),
                    Ok(Ok(Outcome::Lost)) => self.tally.events.lost += 1,
                    Ok(Err(_)) => self.tally.events.refused += 1,
                    // Tolerated to the end: let go.
                    Err(_) => self.tally.events.dropped += 1,
                }
                sleep(REST).await;
            }
        };
        beats.unless_over(acting).await;
        self.tally
    }

    async fn act(&mut self, number: u32) -> Result<Outcome, Error> {
        match number % 5 {
            0 => self.flood().await,
            1 => self.rubbish().await,
            2 => self.deaf().await,
            3 => self.shout().await,
            _ => self.half_open().await,
        }
    }

    /// Far more messages than allowed, as fast as they go.
    async fn flood(&mut self) -> Result<Outcome, Error> {
        let mut socket = self.greet(None).await?;
        for sent in 0..FLOOD_MESSAGES {
            if socket.feed(Message::Binary(commands().into())).await.is_err() {
                break;
            }
            if sent % FLOOD_BURST == 0 {
                yield_now().await;
            }
        }
        // The server may have closed already; then its reason waits to be read.
        let _ = socket.flush().await;
        Ok(until_closed(&mut socket).await)
    }

    /// What is no message, in the place of a hello, after one, as text, or as no WebSocket at all.
    async fn rubbish(&mut self) -> Result<Outcome, Error> {
        let length = 1 + self.random.below(300) as usize;
        let bytes: Vec<u8> = (0..length).map(|_| self.random.bits() as u8).collect();
        let way = self.random.below(4);
        let mut socket = if way == 0 { self.open(None).await? } else { self.greet(None).await? };
        match way {
            0 | 1 => socket.feed(Message::Binary(bytes.into())).await?,
            2 => socket.feed(Message::text("{\"op\":\"hello\"}")).await?,
            _ => socket.raw().write_all(&bytes).await?,
        }
        socket.flush().await?;
        Ok(until_closed(&mut socket).await)
    }

    /// Talks on and never reads.
    async fn deaf(&mut self) -> Result<Outcome, Error> {
        let mut socket = self.greet(Some(DEAF_RECEIVE_BYTES)).await?;
        loop {
            sleep(Duration::from_millis(100)).await;
            let said = socket.feed(Message::Binary(commands().into())).await;
            if said.is_err() || socket.flush().await.is_err() {
                return Ok(Outcome::Lost);
            }
        }
    }

    /// Takes a slot and talks without end, as fast as the line itself allows, in letters that stack and turn round.
    async fn shout(&mut self) -> Result<Outcome, Error> {
        let mut socket = self.greet(None).await?;
        let play = ClientMessage::Play { name: "Shouter".into(), class: ShipClass::Spark };
        socket.feed(Message::Binary(codec::encode_client(&play).into())).await?;
        for number in 0..SHOUTS {
            let words = match number % 3 {
                0 => Words::Quick(Quick::Danger),
                1 => Words::Text(format!("{number} <script>alert(1)</script>")),
                _ => Words::Text("\u{202E}z\u{301}".repeat(1 + self.random.below(60) as usize)),
            };
            socket.feed(Message::Binary(codec::encode_client(&ClientMessage::Say(words)).into())).await?;
            socket.flush().await?;
            sleep(SHOUT_EVERY).await;
        }
        Ok(Outcome::Lost)
    }

    /// Begins something and never ends it: a request, a hello, or a message.
    async fn half_open(&mut self) -> Result<Outcome, Error> {
        match self.random.below(3) {
            0 => {
                let mut stream = connect(&self.shared.target, None, self.shared.address_of(self.plan.index)).await?;
                stream.write_all(b"GET /ws HTTP/1.1\r\nHost: ").await?;
                let mut rest = [0; 512];
                while stream.read(&mut rest).await? > 0 {}
                Ok(Outcome::Lost)
            }
            1 => Ok(until_closed(&mut self.open(None).await?).await),
            _ => {
                let mut socket = self.greet(None).await?;
                socket.raw().write_all(&HALF_FRAME).await?;
                Ok(until_closed(&mut socket).await)
            }
        }
    }

    async fn open(&mut self, receive_bytes: Option<u32>) -> Result<Socket, Error> {
        let socket = Socket::open(&self.shared.target, receive_bytes, self.shared.address_of(self.plan.index)).await?;
        self.tally.events.connected += 1;
        Ok(socket)
    }

    async fn greet(&mut self, receive_bytes: Option<u32>) -> Result<Socket, Error> {
        let mut socket = self.open(receive_bytes).await?;
        let hello = codec::encode_opening(&Opening::Hello(Hello { resume: None, profile: None, view_half: VIEW_HALF }));
        socket.feed(Message::Binary(hello.into())).await?;
        socket.flush().await?;
        Ok(socket)
    }
}

fn commands() -> Vec<u8> {
    let batch = CommandBatch { ack: Tick(0), stamp_ms: 0, seen: Seen::default(), first: Tick(0), commands: Vec::new() };
    codec::encode_client(&ClientMessage::Commands(batch))
}

async fn until_closed(socket: &mut Socket) -> Outcome {
    loop {
        match socket.next().await {
            Heard::Message(_) | Heard::Nothing => {}
            Heard::Closed(code) => return Outcome::Closed(code),
            Heard::Lost => return Outcome::Lost,
        }
    }
}
