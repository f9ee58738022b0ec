//! WebSocket frames for light clients: only what a Perihelion server sends (whole unmasked messages) and what a client
//! sends (whole masked ones), without a buffer or a task per connection. Invariant: bytes that are no such frame are
//! an error, never a panic, and a frame costs memory only after its length was found allowed.

use shared::limits::SERVER_MESSAGE_BYTES_MAX;

/// A whole frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A message.
    Message(&'a [u8]),
    /// To be answered with the same.
    Ping(&'a [u8]),
    /// To be passed over.
    Pong,
    /// The end, with this code.
    Close(u16),
}

/// Bytes that are no frame of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoFrame;

/// What came of one stream and was not a whole frame yet.
#[derive(Debug, Default)]
pub struct Frames {
    partial: Vec<u8>,
}

impl Frames {
    /// Takes in what was read; every whole frame goes to `take`.
    ///
    /// # Errors
    /// [`NoFrame`], or what `take` says; the connection is of no use any more.
    pub fn read<E: From<NoFrame>>(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        // Almost always whole frames come, and nothing is copied.
        let mut joined = std::mem::take(&mut self.partial);
        let mut rest = if joined.is_empty() {
            bytes
        } else {
            joined.extend_from_slice(bytes);
            &joined
        };
        while let Some((frame, behind)) = split(rest)? {
            take(frame)?;
            rest = behind;
        }
        if !rest.is_empty() {
            self.partial = rest.to_vec();
        }
        Ok(())
    }
}

/// The first frame and what is behind it; `None` when it is not whole.
fn split(bytes: &[u8]) -> Result<Option<(Frame<'_>, &[u8])>, NoFrame> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    // Whole (FIN), without extensions, unmasked: RFC 6455 §5.2.
    if first & 0xf0 != 0x80 || second & 0x80 != 0 {
        return Err(NoFrame);
    }
    let (length, rest) = match (second & 0x7f, rest) {
        (126, [high, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        (126, _) => return Ok(None),
        (127, _) if rest.len() < 8 => return Ok(None),
        (127, _) => (
            usize::try_from(u64::from_be_bytes(rest[..8].try_into().map_err(|_| NoFrame)?)).map_err(|_| NoFrame)?,
            &rest[8..],
        ),
        (short, rest) => (usize::from(short), rest),
    };
    if length > SERVER_MESSAGE_BYTES_MAX {
        return Err(NoFrame);
    }
    let Some((payload, behind)) = rest.split_at_checked(length) else { return Ok(None) };
    let frame = match first & 0x0f {
        0x2 => Frame::Message(payload),
        0x8 => Frame::Close(payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code))),
        0x9 => Frame::Ping(payload),
        0xa => Frame::Pong,
        _ => return Err(NoFrame),
    };
    Ok(Some((frame, behind)))
}

/// Opcodes that a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// A message.
    Binary = 0x2,
    /// The end.
    Close = 0x8,
    /// The answer to a ping.
    Pong = 0xa,
}

/// Appends a masked frame to `out`.
pub fn write(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8], mask: u32) {
    out.push(0x80 | opcode as u8);
    match payload.len() {
        length @ 0..=125 => out.push(0x80 | length as u8),
        length @ 126..=65_535 => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    let mask = mask.to_be_bytes();
    out.extend_from_slice(&mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{
        rng::{Keyed, Purpose},
        tick::Tick,
    };
    use tokio_tungstenite::tungstenite::{
        Message, WebSocket,
        protocol::{Role, WebSocketConfig},
    };

    fn frames_of(reader: &mut Frames, bytes: &[u8]) -> Result<Vec<Vec<u8>>, NoFrame> {
        let mut found = Vec::new();
        reader.read(bytes, |frame| {
            found.push(match frame {
                Frame::Message(bytes) | Frame::Ping(bytes) => bytes.to_vec(),
                Frame::Pong => Vec::new(),
                Frame::Close(code) => code.to_be_bytes().to_vec(),
            });
            Ok(())
        })?;
        Ok(found)
    }

    /// What tungstenite, the server's implementation, writes for these messages.
    fn written(messages: &[Message]) -> Vec<u8> {
        let mut socket = WebSocket::from_raw_socket(std::io::Cursor::new(Vec::new()), Role::Server, None);
        messages.iter().for_each(|message| socket.send(message.clone()).unwrap());
        socket.get_ref().get_ref().clone()
    }

    #[test]
    fn frames_are_read_however_they_are_cut() {
        let lengths = [0, 1, 125, 126, 300, 65_535, 65_536];
        let messages: Vec<_> = lengths.iter().map(|&n| Message::Binary(vec![n as u8; n].into())).collect();
        let bytes = written(&messages);
        for piece in [1, 2, 3, 7, 1_000, bytes.len()] {
            let mut reader = Frames::default();
            let found: Vec<_> = bytes.chunks(piece).flat_map(|bytes| frames_of(&mut reader, bytes).unwrap()).collect();
            let sizes: Vec<_> = found.iter().map(Vec::len).collect();
            assert_eq!(sizes, lengths, "in pieces of {piece}");
            assert!(found.iter().all(|message| message.iter().all(|byte| *byte == message.len() as u8)));
        }
    }

    #[test]
    fn what_a_client_writes_a_server_reads() {
        for length in [0, 5, 125, 126, 4_000] {
            let payload: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let mut bytes = Vec::new();
            write(&mut bytes, Opcode::Binary, &payload, 0xdead_beef);
            let config = WebSocketConfig::default();
            let mut socket = WebSocket::from_raw_socket(std::io::Cursor::new(bytes), Role::Server, Some(config));
            assert_eq!(socket.read().unwrap(), Message::Binary(payload.into()), "{length}");
        }
    }

    #[test]
    fn rubbish_is_no_frame_and_no_panic() {
        // Parts of a message, masked, reserved bits, text, a claim of 2^60 bytes.
        for bytes in [&[0x02, 0][..], &[0x82, 0x80], &[0xc2, 0], &[0x81, 1, 65], &[0x82, 127, 16, 0, 0, 0, 0, 0, 0, 0]]
        {
            assert_eq!(frames_of(&mut Frames::default(), bytes), Err(NoFrame), "{bytes:?}");
        }
        let mut random = Keyed::new(1, Tick(0), 0, Purpose::Test);
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..random.below(40)).map(|_| random.bits() as u8).collect();
            let _ = frames_of(&mut Frames::default(), &bytes);
        }
    }
}
