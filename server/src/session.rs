//! One WebSocket, from the upgrade to its end.
//!
//! ```text
//! upgraded → hello (3 s, one message) → seat in a room ─┬─ reader: decode, rate, mailbox
//!                                                       └─ writer: outbox, pings
//!        or → lane's key (the same)   → voice of a seat ─┬─ reader: commands only, rate, mailbox
//!                                                       └─ writer: pings
//!        or → what the connection doctor asks (`doctor`)
//!          → end, with one code → close frame → a bounded wait for the peer's
//! ```
//!
//! Invariants: every wait has an end; every end has one code or is the peer's own; nothing a peer sends is kept
//! beyond one message; leaving the room happens whatever the end (the seat is dropped).

mod doctor;
mod limits;
mod meter;
mod reader;
mod writer;

use std::{convert::Infallible, sync::Arc};

use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use shared::{
    protocol::{CloseCode, Hello, LaneKey, NoticeText, Opening, Password, ResumeToken},
    room::{ConnId, Credentials, Order, ProfileKey},
};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use crate::{
    address::AddressKey,
    config::RoomId,
    counters::Counters,
    lanes::Lanes,
    limits::{self as bounds, Limits},
    lobby::Lobby,
    moderation::words::LiveWords,
    permits::Permit,
    room::{Arrival, Goodbye, RoomHandle, outbox_pair},
    staff::{
        Staff,
        bans::Guest,
        console::{Console, Place},
    },
};
use meter::Metered;
use reader::Reader;

type Socket = WebSocketStream<Metered<TokioIo<Upgraded>>>;
type Sink = futures_util::stream::SplitSink<Socket, Message>;
type Stream = futures_util::stream::SplitStream<Socket>;

/// What a session needs besides its socket.
#[derive(Debug)]
pub struct Session {
    /// Given back at the hello.
    pub handshake: Permit,
    /// Given back at the end.
    pub permit: Permit,
    /// What it asked to be, by its address: its permit is for that.
    pub purpose: Purpose,
    /// The id or code of the room that its address names.
    pub room: Option<String>,
    /// Where it comes from.
    pub address: AddressKey,
    /// Who decides who may come in.
    pub staff: Arc<Staff>,
    /// Where rooms are.
    pub lobby: Arc<Lobby>,
    /// Whose lanes there may be.
    pub lanes: Lanes,
    /// Where its end is counted.
    pub counters: Counters,
    /// Words that nobody is to read.
    pub words: LiveWords,
    /// Timeouts.
    pub limits: Arc<Limits>,
    /// True from the moment the server is to end.
    pub shutdown: watch::Receiver<bool>,
    /// The process waits until no session holds one.
    pub alive: mpsc::Sender<Infallible>,
}

/// What a WebSocket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A connection of its own.
    Main,
    /// The second lane of one.
    Lane,
    /// The connection doctor's.
    Doctor,
}

/// Bytes that may come without a message getting complete: the largest one, and what its reader reads ahead.
const UNSETTLED_MAX: u64 = 4 * bounds::MESSAGE_BYTES_MAX as u64;

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// We end it.
    Close(CloseCode),
    /// We end it, perhaps with words of our own.
    Dismiss(Goodbye),
    /// The peer closed, or the socket broke.
    Gone,
}

/// With words of staff, as much of them as a close frame holds.
fn goodbye(code: CloseCode, reason: &str) -> Goodbye {
    let reason = NoticeText::clean(reason).map(|text| text.reason().to_owned());
    Goodbye { code, reason }
}

/// Runs it to its end.
pub async fn run(io: TokioIo<Upgraded>, session: Session) {
    let Session {
        handshake,
        permit,
        purpose,
        room,
        address,
        staff,
        lobby,
        lanes,
        counters,
        words,
        limits,
        mut shutdown,
        alive,
    } = session;
    let began = Instant::now();
    let peer = address.logged();
    let (metered, meter) = Metered::new(io, UNSETTLED_MAX, &counters);
    let socket = WebSocketStream::from_raw_socket(metered, Role::Server, Some(config())).await;
    let (mut sink, mut stream) = socket.split();
    let heard_nothing = Notify::new();
    let reader = Reader::new(&mut stream, Arc::clone(&meter), &limits, &heard_nothing, peer);
    let rooms = Rooms { lobby, wanted: room, staff, address, words };
    let end = tokio::select! {
        biased;
        // An error means that the server is gone already.
        _ = shutdown.wait_for(|&stopping| stopping) => End::Close(CloseCode::Restart),
        end = converse(&mut sink, reader, (handshake, purpose), &rooms, &lanes) => end,
    };
    let seconds = began.elapsed().as_secs();
    let goodbye = match end {
        End::Close(code) => Some(code.into()),
        End::Dismiss(goodbye) => Some(goodbye),
        End::Gone => None,
    };
    counters.ended(goodbye.as_ref().map(|goodbye| goodbye.code));
    match &goodbye {
        Some(Goodbye { code, .. }) => {
            tracing::info!(%peer, code = code.number(), reason = code.reason(), seconds, "closed");
        }
        None => tracing::info!(%peer, seconds, "left"),
    }
    // Bytes left unread would make the kernel reset the connection and take the close frame with it.
    meter.release();
    say_goodbye(&mut sink, &mut stream, goodbye, &limits).await;
    drop((permit, alive));
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(bounds::READ_BUFFER_BYTES)
        .write_buffer_size(bounds::WRITE_BUFFER_BYTES)
        .max_write_buffer_size(bounds::WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(bounds::MESSAGE_BYTES_MAX))
        .max_frame_size(Some(bounds::MESSAGE_BYTES_MAX))
}

async fn converse(
    sink: &mut Sink,
    mut reader: Reader<'_>,
    (handshake, purpose): (Permit, Purpose),
    rooms: &Rooms,
    lanes: &Lanes,
) -> End {
    if purpose == Purpose::Doctor {
        drop(handshake);
        return doctor::examine(sink, reader).await;
    }
    // Not before there is a WebSocket: what is refused over HTTP, no page can tell its player.
    if let Err(end) = rooms.keep_out(None) {
        return end;
    }
    let opening = match reader.opening().await {
        Ok(opening) => opening,
        Err(end) => return end,
    };
    drop(handshake);
    match (opening, purpose) {
        (Opening::Hello(hello), Purpose::Main) => visit(sink, reader, (hello, None), rooms, lanes).await,
        (Opening::Keyed { hello, password }, Purpose::Main) => {
            visit(sink, reader, (hello, Some(password)), rooms, lanes).await
        }
        (Opening::Lane(key), Purpose::Lane) => copy(sink, reader, key, lanes).await,
        // Its permit is for something else.
        (Opening::Hello(_) | Opening::Keyed { .. } | Opening::Lane(_), _) => End::Close(CloseCode::Protocol),
    }
}

/// The rooms, and which of them is wanted.
struct Rooms {
    lobby: Arc<Lobby>,
    wanted: Option<String>,
    staff: Arc<Staff>,
    address: AddressKey,
    words: LiveWords,
}

impl Rooms {
    /// Who is kept out is told why and until when, before and after the hello.
    fn keep_out(&self, profile: Option<ProfileKey>) -> Result<(), End> {
        match self.staff.refusal(&Guest { address: self.address, profile }) {
            Some(reason) => Err(End::Dismiss(goodbye(CloseCode::Banned, &reason))),
            None => Ok(()),
        }
    }

    /// Why nobody new is let in now.
    fn closed(&self) -> Option<Goodbye> {
        if self.staff.departure().is_announced() {
            return Some(CloseCode::Draining.into());
        }
        self.staff.lock().map(|reason| goodbye(CloseCode::Locked, &reason))
    }

    /// The room for who brings this password.
    fn admit(&self, hello: &Hello, password: Option<&Password>) -> Result<Arc<RoomHandle>, End> {
        match self.closed() {
            Some(goodbye) if hello.resume.is_none() => Err(End::Dismiss(goodbye)),
            _ => self.find(password).map_err(End::Close),
        }
    }

    /// Whoever said that they were here before, and were not, is somebody new.
    fn turn_away_newcomer(&self, room: &RoomHandle, conn: ConnId) {
        if let Some(Goodbye { code, reason }) = self.closed() {
            let reason = reason.as_deref().and_then(NoticeText::clean);
            if !room.order(Order::TurnAway { conn, code, reason }) {
                tracing::warn!(
                    room = RoomId::openly(room.blueprint().id.as_str()),
                    "a room is too busy to turn somebody away"
                );
            }
        }
    }

    fn find(&self, password: Option<&Password>) -> Result<Arc<RoomHandle>, CloseCode> {
        let room = match &self.wanted {
            Some(name) => self.lobby.find(name).ok_or(CloseCode::NoRoom)?,
            None => self.lobby.place(),
        };
        if room.admits(password.map(|password| password.0.as_str())) { Ok(room) } else { Err(CloseCode::Password) }
    }
}

/// A connection of its own: in a room until either end has enough.
async fn visit(
    sink: &mut Sink,
    mut reader: Reader<'_>,
    (hello, password): (Hello, Option<Password>),
    rooms: &Rooms,
    lanes: &Lanes,
) -> End {
    let (limits, peer) = (reader.limits(), reader.peer());
    let room = match rooms.admit(&hello, password.as_ref()) {
        Ok(room) => room,
        Err(end) => return end,
    };
    let Ok(credentials) = credentials(&hello) else {
        return End::Close(CloseCode::Draining);
    };
    if let Err(end) = rooms.keep_out(credentials.profile_key) {
        return end;
    }
    let guest = Guest { address: rooms.address, profile: credentials.profile_key };
    let lane = credentials.lane;
    let (outbox, inbox) = outbox_pair();
    let entering = room.enter(Arrival { hello, credentials }, outbox);
    let seat = match timeout(limits.write_timeout, entering).await {
        Ok(Some(seat)) => seat,
        Ok(None) | Err(_) => return End::Close(CloseCode::RoomGone),
    };
    // Listed first, so that what is decided from now on finds it; then what was decided a moment ago.
    let _presence = rooms.staff.present().enter(seat.conn(), guest, &room);
    rooms.staff.hold_to_bans(seat.conn(), &guest, &room);
    let household = limits.household(rooms.address);
    if household != 0 && !room.order(Order::Household { conn: seat.conn(), household }) {
        tracing::debug!("a room is too busy to hear who comes from where");
    }
    rooms.turn_away_newcomer(&room, seat.conn());
    let place = Place { room: room.blueprint().id.to_string(), voice: seat.voice().clone(), address: rooms.address };
    let mut console = Console::new(Arc::clone(&rooms.staff), place);
    // Held by the lobby for as long as it is open; a session must not keep a closed one.
    drop(room);
    // The welcome that tells the key is not written before this.
    let _offer = lanes.offer(lane, seat.voice().clone());
    tracing::info!(%peer, conn = seat.conn().0, "entered");
    let heard_nothing = reader.heard_nothing();
    tokio::select! {
        biased;
        // The room's own verdict first: it is the reason for whatever else seems wrong at the same moment.
        end = writer::write(sink, inbox, limits, heard_nothing) => end,
        end = reader.messages(seat.voice(), &mut console, &rooms.words) => end,
    }
}

/// A second lane: what it says is said by its connection. It is told nothing.
async fn copy(sink: &mut Sink, mut reader: Reader<'_>, key: LaneKey, lanes: &Lanes) -> End {
    let Some((voice, inbox)) = lanes.join(key) else { return End::Close(CloseCode::NoLane) };
    let (limits, heard_nothing) = (reader.limits(), reader.heard_nothing());
    tracing::debug!(peer = %reader.peer(), "a second lane");
    tokio::select! {
        biased;
        end = writer::write(sink, inbox, limits, heard_nothing) => end,
        end = reader.commands(&voice) => end,
    }
}

/// Rooms and files know secrets by their SHA-256 only, so that neither holds one.
#[must_use]
pub fn key_of(secret: [u8; 16]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

fn credentials(hello: &Hello) -> Result<Credentials, getrandom::Error> {
    let (token, lane) = (ResumeToken(secret()?), LaneKey(secret()?));
    Ok(Credentials {
        profile_key: hello.profile.map(|profile| key_of(profile.0)),
        resume_key: hello.resume.map(|resume| key_of(resume.token.0)),
        token,
        token_key: key_of(token.0),
        lane,
    })
}

fn secret() -> Result<[u8; 16], getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Sends the close frame if it is ours to send, then waits a little for the peer's so that the code is not lost
/// to a reset. What the peer still sends meanwhile is read and forgotten.
async fn say_goodbye(sink: &mut Sink, stream: &mut Stream, goodbye: Option<Goodbye>, limits: &Limits) {
    if let Some(Goodbye { code, reason }) = goodbye {
        let reason = reason.map_or(code.reason().into(), Into::into);
        let frame = CloseFrame { code: code.number().into(), reason };
        match timeout(limits.close_timeout, sink.send(Message::Close(Some(frame)))).await {
            Ok(Ok(())) => {}
            // A peer that does not read, or is gone, has no use for a reason.
            Ok(Err(_)) | Err(_) => return,
        }
    }
    // Reading also sends tungstenite's answer to the peer's close frame, when that is what ended it.
    let _ = timeout(limits.close_timeout, async { while let Some(Ok(_)) = stream.next().await {} }).await;
    let _ = timeout(limits.close_timeout, sink.close()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::protocol::{ProfileToken, Resume};

    #[test]
    fn tokens_are_fresh_and_known_by_their_hash() {
        let mut hello = Hello { resume: None, profile: None, view_half: (1, 1) };
        let first = credentials(&hello).unwrap();
        hello.resume = Some(Resume { token: first.token, heard: 0 });
        hello.profile = Some(ProfileToken(first.token.0));
        let second = credentials(&hello).unwrap();
        assert_eq!((first.profile_key, second.profile_key), (None, Some(first.token_key)));
        assert_ne!(first.token.0, second.token.0);
        assert_ne!(first.lane, second.lane);
        assert_ne!(first.lane.0, first.token.0);
        assert_eq!(second.resume_key, Some(first.token_key));
        assert_eq!(first.resume_key, None);
    }
}
