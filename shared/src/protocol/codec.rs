//! Messages to bytes and back. The only file that names bincode.
//!
//! Invariant: decoding is bounded by a byte limit (without one, ten bytes claiming 2^40 elements abort the
//! process), refuses trailing bytes, and never panics. bincode is unmaintained since December 2025 and pinned to
//! 2.0.1; everything goes through serde, so another format can take its place in this file alone.

use bincode::config;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    messages::{ClientMessage, Deed, Opening, ServerMessage, Snapshot, SnapshotFlags},
    panorama::Panorama,
    schema::proto_hash,
};
use crate::{
    limits::{
        CLIENT_MESSAGE_BYTES_MAX, COMMANDS_PER_BATCH_MAX, CONSOLE_BYTES_MAX, GIANTS_MAX, HELLO_BYTES_MAX, MATES_MAX,
        PASSWORD_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX,
    },
    tick::Tick,
};

/// Why bytes are not a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// Longer than the limit for its direction.
    TooLong {
        /// Length, bytes.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Not an encoding of any message.
    Malformed,
    /// A message, and then something else.
    Trailing {
        /// How many bytes too many.
        bytes: usize,
    },
    /// A well-formed message beyond its own limits.
    OutOfRange {
        /// The field.
        field: &'static str,
    },
}

impl core::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            DecodeError::TooLong { bytes, limit } => write!(f, "message of {bytes} bytes, limit {limit}"),
            DecodeError::Malformed => f.write_str("malformed message"),
            DecodeError::Trailing { bytes } => write!(f, "{bytes} bytes after the message"),
            DecodeError::OutOfRange { field } => write!(f, "message field {field} out of range"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// Why a first message opens nothing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpeningError {
    /// The client was built from another protocol; nothing after the hash was looked at.
    Version {
        /// Its hash.
        theirs: u64,
    },
    /// Same protocol, bad bytes.
    Decode(DecodeError),
}

impl core::fmt::Display for OpeningError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            OpeningError::Version { theirs } => {
                write!(f, "client speaks protocol {theirs:016x}, this server {:016x}", proto_hash())
            }
            OpeningError::Decode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for OpeningError {}

/// A first message: eight bytes of protocol hash, little-endian, then the message. The hash comes first and in a fixed
/// place so that any two versions can at least tell that they differ.
#[must_use]
pub fn encode_opening(opening: &Opening) -> Vec<u8> {
    let mut bytes = proto_hash().to_le_bytes().to_vec();
    bytes.extend(encode_opening_body(opening));
    bytes
}

/// A first message without the hash before it; what the hash itself covers.
pub(super) fn encode_opening_body(opening: &Opening) -> Vec<u8> {
    encode(opening)
}

/// Reads a first message.
///
/// # Errors
/// [`OpeningError::Version`] when the hash differs, else what is wrong with the bytes.
pub fn decode_opening(bytes: &[u8]) -> Result<Opening, OpeningError> {
    if bytes.len() > HELLO_BYTES_MAX {
        return Err(OpeningError::Decode(DecodeError::TooLong { bytes: bytes.len(), limit: HELLO_BYTES_MAX }));
    }
    let Some((hash, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(OpeningError::Decode(DecodeError::Malformed));
    };
    let theirs = u64::from_le_bytes(*hash);
    if theirs != proto_hash() {
        return Err(OpeningError::Version { theirs });
    }
    let opening = decode::<Opening, HELLO_BYTES_MAX>(rest).map_err(OpeningError::Decode)?;
    match &opening {
        Opening::Keyed { password, .. } if password.0.len() > PASSWORD_BYTES_MAX => {
            Err(OpeningError::Decode(DecodeError::OutOfRange { field: "password" }))
        }
        _ => Ok(opening),
    }
}

/// Bytes of a client's message.
#[must_use]
pub fn encode_client(message: &ClientMessage) -> Vec<u8> {
    encode(message)
}

/// Reads a client's message.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode_client(bytes: &[u8]) -> Result<ClientMessage, DecodeError> {
    let message = decode::<ClientMessage, CLIENT_MESSAGE_BYTES_MAX>(bytes)?;
    match &message {
        ClientMessage::Commands(batch) if batch.commands.len() > COMMANDS_PER_BATCH_MAX => {
            Err(DecodeError::OutOfRange { field: "commands" })
        }
        ClientMessage::Console(line) if line.0.len() > CONSOLE_BYTES_MAX => {
            Err(DecodeError::OutOfRange { field: "console" })
        }
        _ => Ok(message),
    }
}

/// Bytes of a server's message.
#[must_use]
pub fn encode_server(message: &ServerMessage) -> Vec<u8> {
    match message {
        ServerMessage::Snapshot(snapshot) => {
            let mut bytes = Vec::with_capacity(SNAPSHOT_HEAD_BYTES_MAX + snapshot.body.len());
            write_snapshot(&mut bytes, snapshot, &snapshot.body);
            bytes
        }
        message => encode(message),
    }
}

/// [`ServerMessage::Snapshot`]'s variant number.
const SNAPSHOT: u8 = 2;
/// Bytes of a snapshot before its body, at most.
pub const SNAPSHOT_HEAD_BYTES_MAX: usize = 13;

/// Appends a snapshot to `bytes`: the head of `snapshot` (its own body is ignored) and `body`. Allocates nothing where
/// `bytes` has room.
pub fn write_snapshot(bytes: &mut Vec<u8>, snapshot: &Snapshot, body: &[u8]) {
    let flags = snapshot.flags.0 & !SnapshotFlags::CHECK;
    bytes.push(SNAPSHOT);
    bytes.extend(snapshot.tick.0.to_le_bytes());
    bytes.push(snapshot.base);
    bytes.push(flags | if snapshot.check.is_some() { SnapshotFlags::CHECK } else { 0 });
    bytes.push(snapshot.margin.cast_unsigned());
    bytes.extend(snapshot.echo_ms.to_le_bytes());
    bytes.push(snapshot.echo_age_ms);
    bytes.extend(snapshot.check.into_iter().flat_map(u16::to_le_bytes));
    bytes.extend(body);
}

/// The flags of a snapshot, without reading the rest of it; `None` when it is another message.
#[must_use]
pub fn snapshot_flags(bytes: &[u8]) -> Option<SnapshotFlags> {
    match *bytes {
        [SNAPSHOT, _, _, _, _, _, flags, ..] => Some(SnapshotFlags(flags & !SnapshotFlags::CHECK)),
        _ => None,
    }
}

fn read_snapshot(bytes: &[u8]) -> Option<Snapshot> {
    let (&[a, b, c, d, base, flags, margin, low, high, echo_age_ms], rest) = bytes.split_first_chunk::<10>()?;
    let has_check = flags & SnapshotFlags::CHECK != 0;
    let (check, body) = match rest.split_first_chunk::<2>() {
        Some((check, body)) if has_check => (Some(u16::from_le_bytes(*check)), body),
        None if has_check => return None,
        _ => (None, rest),
    };
    Some(Snapshot {
        tick: Tick(u32::from_le_bytes([a, b, c, d])),
        base,
        flags: SnapshotFlags(flags & !SnapshotFlags::CHECK),
        margin: margin.cast_signed(),
        echo_ms: u16::from_le_bytes([low, high]),
        echo_age_ms,
        check,
        body: body.to_vec(),
    })
}

/// Reads a server's message.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode_server(bytes: &[u8]) -> Result<ServerMessage, DecodeError> {
    if let Some((&SNAPSHOT, rest)) = bytes.split_first() {
        if bytes.len() > SERVER_MESSAGE_BYTES_MAX {
            return Err(DecodeError::TooLong { bytes: bytes.len(), limit: SERVER_MESSAGE_BYTES_MAX });
        }
        return read_snapshot(rest).map(ServerMessage::Snapshot).ok_or(DecodeError::Malformed);
    }
    let message = decode::<ServerMessage, SERVER_MESSAGE_BYTES_MAX>(bytes)?;
    let beyond = match &message {
        ServerMessage::Chat(chat) => chat.beyond(),
        ServerMessage::News(news) => news.deeds.iter().find_map(Deed::beyond),
        ServerMessage::Leaderboard(board) if board.giants.len() > GIANTS_MAX => Some("giants"),
        ServerMessage::Leaderboard(board) if board.mates.len() > MATES_MAX => Some("mates"),
        ServerMessage::Welcome(welcome) => welcome.terms.beyond().or(welcome.tuning.beyond()),
        ServerMessage::Tuned { tuning, .. } => tuning.beyond(),
        ServerMessage::Notice(notice) => notice.beyond(),
        _ => None,
    };
    beyond.map_or(Ok(message), |field| Err(DecodeError::OutOfRange { field }))
}

/// Bytes of a panorama.
#[must_use]
pub fn encode_panorama(panorama: &Panorama) -> Vec<u8> {
    encode(panorama)
}

/// Reads a panorama.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode_panorama(bytes: &[u8]) -> Result<Panorama, DecodeError> {
    let panorama = decode::<Panorama, SERVER_MESSAGE_BYTES_MAX>(bytes)?;
    panorama.beyond().map_or(Ok(panorama), |field| Err(DecodeError::OutOfRange { field }))
}

/// Bytes of a part of a recording.
#[must_use]
pub fn encode_replay(part: &impl Serialize) -> Vec<u8> {
    encode(part)
}

/// Reads a part of a recording.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode_replay<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode::<T, { crate::replay::CHUNK_BYTES_MAX }>(bytes)
}

/// Bytes of something that a shell keeps on its disk.
#[must_use]
pub fn encode_stored(entry: &impl Serialize) -> Vec<u8> {
    encode(entry)
}

/// Reads it back.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode_stored<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode::<T, { crate::limits::STORED_BYTES_MAX }>(bytes)
}

fn encode(message: &impl Serialize) -> Vec<u8> {
    bincode::serde::encode_to_vec(message, config::standard()).expect("our own messages always encode")
}

fn decode<T: DeserializeOwned, const LIMIT: usize>(bytes: &[u8]) -> Result<T, DecodeError> {
    if bytes.len() > LIMIT {
        return Err(DecodeError::TooLong { bytes: bytes.len(), limit: LIMIT });
    }
    let (message, used) = bincode::serde::decode_from_slice::<T, _>(bytes, config::standard().with_limit::<LIMIT>())
        .map_err(|_| DecodeError::Malformed)?;
    if used == bytes.len() { Ok(message) } else { Err(DecodeError::Trailing { bytes: bytes.len() - used }) }
}
