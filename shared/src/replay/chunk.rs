//! A second of a recording: what entered each tick, packed.
//!
//! ```text
//! Chunk     ticks, turns (rare: who came, went, launched), steering, check sum of the world at the end
//! steering  for each tick, for each pilot who gives commands, in order of slots:
//!           0                               as in the tick before
//!           1 b 7 buttons? turn             changed
//! turn      00 none | 01 signed3 | 10 signed6 | 11 bits12     of the aim, in steps of its grid
//! ```
//!
//! Invariant: unpacking is bounded by the bytes it is given and yields only slots, names and commands in range. The
//! coding is the recordings' own: a change of the wire must not make old matches unreadable.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ids::PlayerId,
    limits::{NAME_BYTES_MAX, NAME_CHARS_MAX, PLAYERS_MAX},
    protocol::{
        DecodeError,
        bits::{BitReader, BitWriter, BitsError},
        steering::BUTTON_BITS,
    },
    quantize::Angle,
    rewind::Lag,
    sim::{Buttons, Command, Order, command::AIM_STEPS},
};

/// Ticks in a full chunk: a check sum a second.
pub const CHUNK_TICKS: usize = 60;
/// A chunk longer than this, bytes, is not one of ours: a full room that changes everything in every tick stays below.
pub const CHUNK_BYTES_MAX: usize = 512 * 1_024;
/// The longest change of a command, bits.
const CHANGE_BITS_MAX: usize = 1 + 1 + 7 + 2 + 12;
const _: () = assert!(PLAYERS_MAX * CHUNK_TICKS * CHANGE_BITS_MAX / 8 < CHUNK_BYTES_MAX * 3 / 4);
/// Orders in one tick: more than a full room can give (each slot freed, taken, launched and parked, a season ended and
/// numbers changed).
const ORDERS_MAX: usize = 4 * PLAYERS_MAX + 2;

/// Last commands of those who give any.
pub type Held = BTreeMap<PlayerId, Command>;

/// What entered one tick.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TickRecord {
    /// Who came, went, launched and parked.
    pub orders: Vec<Order>,
    /// Names of those who came.
    pub names: Vec<(PlayerId, String)>,
    /// Commands that differ from the tick before, in order of slots; `None` when a pilot no longer gives any.
    pub changes: Vec<(PlayerId, Option<Command>)>,
    /// Lags that this tick's shots asked about; against the recorded worlds they give the same hits again.
    pub lags: Vec<(PlayerId, Lag)>,
}

impl TickRecord {
    /// Brings `held` from the tick before to this one.
    pub fn apply(&self, held: &mut Held) {
        for (player, change) in &self.changes {
            match change {
                Some(command) => held.insert(*player, *command),
                None => held.remove(player),
            };
        }
    }
}

/// Up to [`CHUNK_TICKS`] ticks and the check sum after them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Chunk {
    ticks: u8,
    turns: Vec<Turn>,
    steering: Vec<u8>,
    /// Check sum of the world at the end.
    pub checksum: u32,
}

/// What is rare in a tick.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Turn {
    /// Which of the chunk's ticks.
    at: u8,
    orders: Vec<Order>,
    names: Vec<(PlayerId, String)>,
    /// Who begins to give commands, from neutral.
    taken: Vec<PlayerId>,
    /// Who ends.
    let_go: Vec<PlayerId>,
    /// Lags of those who fired.
    lags: Vec<(PlayerId, Lag)>,
}

impl Chunk {
    /// Packs `records`, at most [`CHUNK_TICKS`]; `held` is as before the first and is brought to after the last.
    #[must_use]
    pub fn pack(records: &[TickRecord], held: &mut Held, checksum: u32) -> Chunk {
        debug_assert!(records.len() <= CHUNK_TICKS, "{} ticks in a chunk", records.len());
        let mut turns = Vec::new();
        let mut steering = BitWriter::default();
        for (at, record) in records.iter().enumerate() {
            let begins =
                |(player, change): &(PlayerId, Option<Command>)| change.is_some() && !held.contains_key(player);
            let turn = Turn {
                at: at as u8,
                orders: record.orders.clone(),
                names: record.names.clone(),
                taken: record.changes.iter().filter(|change| begins(change)).map(|(player, _)| *player).collect(),
                let_go: record
                    .changes
                    .iter()
                    .filter(|(_, change)| change.is_none())
                    .map(|(player, _)| *player)
                    .collect(),
                lags: record.lags.clone(),
            };
            turn.hands(held);
            if (Turn { at: turn.at, ..Turn::default() }) != turn {
                turns.push(turn);
            }
            let before = held.clone();
            record.apply(held);
            for (player, now) in held.iter() {
                write_change(&mut steering, before.get(player).copied().unwrap_or_default(), *now);
            }
        }
        Chunk { ticks: records.len() as u8, turns, steering: steering.bytes().to_vec(), checksum }
    }

    /// Ticks in it.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.ticks)
    }

    /// What entered each of its ticks; `held` as in [`Chunk::pack`].
    ///
    /// # Errors
    /// When anything is out of range.
    pub fn unpack(&self, held: &mut Held) -> Result<Vec<TickRecord>, DecodeError> {
        let out_of_range = |field| DecodeError::OutOfRange { field };
        if !(1..=CHUNK_TICKS).contains(&self.len()) {
            return Err(out_of_range("ticks"));
        }
        if !self.turns.is_sorted_by(|a, b| a.at < b.at) || self.turns.iter().any(|turn| turn.at >= self.ticks) {
            return Err(out_of_range("turns"));
        }
        let mut turns = self.turns.iter().peekable();
        let mut steering = BitReader::new(&self.steering);
        let mut records = Vec::with_capacity(self.len());
        for at in 0..self.ticks {
            let mut record = TickRecord::default();
            if let Some(turn) = turns.next_if(|turn| turn.at == at) {
                turn.check()?;
                turn.hands(held);
                record.orders.clone_from(&turn.orders);
                record.names.clone_from(&turn.names);
                record.lags.clone_from(&turn.lags);
                record.changes.extend(turn.let_go.iter().map(|player| (*player, None)));
                record.changes.extend(turn.taken.iter().map(|player| (*player, Some(Command::default()))));
            }
            for (player, held) in held.iter_mut() {
                let now = read_change(&mut steering, *held).map_err(|BitsError| out_of_range("steering"))?;
                if now != *held {
                    *held = now;
                    record.changes.push((*player, Some(now)));
                }
            }
            records.push(record);
        }
        // Nothing but the padding of the last byte may follow.
        if steering.left() >= 8 {
            return Err(out_of_range("steering"));
        }
        Ok(records)
    }
}

impl Turn {
    fn check(&self) -> Result<(), DecodeError> {
        let slot = |player: &PlayerId| player.index() < PLAYERS_MAX;
        let good_order = |order: &Order| match order {
            Order::Enlist { player, .. }
            | Order::Return { player, .. }
            | Order::Discharge { player }
            | Order::Launch { player, .. }
            | Order::Park { player }
            | Order::Refit { player, .. }
            | Order::Restore { player, .. }
            | Order::Household { player, .. }
            | Order::Gift { player, .. } => slot(player),
            Order::EndSeason { .. } => true,
            Order::Tune { tuning } => tuning.beyond().is_none(),
        };
        let good_name = |(player, name): &(PlayerId, String)| {
            let length = name.chars().count();
            slot(player) && name.len() <= NAME_BYTES_MAX && (1..=NAME_CHARS_MAX).contains(&length) && is_plain(name)
        };
        let check = |field, good| if good { Ok(()) } else { Err(DecodeError::OutOfRange { field }) };
        check("orders", self.orders.len() <= ORDERS_MAX && self.orders.iter().all(good_order))?;
        check("names", self.names.len() <= ORDERS_MAX && self.names.iter().all(good_name))?;
        check("lags", self.lags.len() <= PLAYERS_MAX && self.lags.iter().all(|(player, _)| slot(player)))?;
        check("taken", self.taken.len() <= PLAYERS_MAX && self.taken.iter().all(slot))?;
        check("let_go", self.let_go.len() <= PLAYERS_MAX && self.let_go.iter().all(slot))
    }

    /// Who gives commands from here on.
    fn hands(&self, held: &mut Held) {
        self.let_go.iter().for_each(|player| {
            held.remove(player);
        });
        self.taken.iter().for_each(|player| {
            held.insert(*player, Command::default());
        });
    }
}

/// Whether a text hides nothing and turns nothing around. A room's names are cleaned far more strictly; this holds
/// for any file, without the tables that cleaning needs.
pub fn is_plain(text: &str) -> bool {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
            || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
    };
    !text.chars().any(hides)
}

fn write_change(writer: &mut BitWriter, before: Command, now: Command) {
    writer.flag(now != before);
    if now == before {
        return;
    }
    let pressed = now.buttons != before.buttons;
    writer.flag(pressed);
    if pressed {
        writer.bits(u32::from(now.buttons.0), BUTTON_BITS);
    }
    match i32::from(before.aim.to(now.aim)) / i32::from(AIM_STEPS) {
        0 => writer.bits(0, 2),
        turn @ -4..=3 => {
            writer.bits(1, 2);
            writer.signed(turn, 3);
        }
        turn @ -32..=31 => {
            writer.bits(2, 2);
            writer.signed(turn, 6);
        }
        _ => {
            writer.bits(3, 2);
            writer.bits(u32::from(now.aim.0 / AIM_STEPS), 12);
        }
    }
}

fn read_change(reader: &mut BitReader<'_>, before: Command) -> Result<Command, BitsError> {
    if !reader.flag()? {
        return Ok(before);
    }
    let buttons = if reader.flag()? { Buttons(reader.bits(BUTTON_BITS)? as u8) } else { before.buttons };
    let turned = |turn: i32| before.aim.0.wrapping_add_signed(turn as i16 * AIM_STEPS.cast_signed());
    let aim = match reader.bits(2)? {
        0 => before.aim.0,
        1 => turned(reader.signed(3)?),
        2 => turned(reader.signed(6)?),
        _ => reader.bits(12)? as u16 * AIM_STEPS,
    };
    Ok(Command::new(buttons, Angle(aim)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{PickupKind, ShipClass},
        protocol::codec,
    };
    use proptest::prelude::*;

    fn command() -> impl Strategy<Value = Command> {
        (0u8..128, any::<u16>()).prop_map(|(buttons, aim)| Command::new(Buttons(buttons), Angle(aim)))
    }

    /// What a tick may ask of six slots: nothing, a command, or the end of commands.
    fn wish() -> impl Strategy<Value = Vec<Option<Option<Command>>>> {
        proptest::collection::vec(proptest::option::of(proptest::option::of(command())), 6)
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(wishes in proptest::collection::vec(wish(), 1..=CHUNK_TICKS)) {
            let (mut now, mut records) = (Held::new(), Vec::new());
            for wish in wishes {
                let mut record = TickRecord::default();
                for (slot, wish) in wish.into_iter().enumerate() {
                    let player = PlayerId(slot as u16);
                    // Only what changes is recorded.
                    if let Some(change) = wish.filter(|change| now.get(&player) != change.as_ref()) {
                        record.changes.push((player, change));
                    }
                }
                record.apply(&mut now);
                if record.changes.len() == 3 {
                    record.orders.push(Order::Launch { player: PlayerId(2), class: ShipClass::Spark });
                    record.orders.push(Order::Gift { player: PlayerId(1), kind: PickupKind::Decoy });
                    record.names.push((PlayerId(1), "Ada".into()));
                    record.lags.push((PlayerId(1), Lag { late: 3, catch_up: 2, back: 96 }));
                }
                records.push(record);
            }
            let (mut packed, mut unpacked) = (Held::new(), Held::new());
            let chunk = Chunk::pack(&records, &mut packed, 7);
            let chunk: Chunk = codec::decode_replay(&codec::encode_replay(&chunk)).expect("our own chunk");
            let found = chunk.unpack(&mut unpacked).expect("our own chunk");
            prop_assert_eq!(&packed, &now);
            prop_assert_eq!(&unpacked, &now);
            // A command from neutral is told twice when it begins; what it comes to is the same.
            let (mut a, mut b) = (Held::new(), Held::new());
            for (record, found) in records.iter().zip(&found) {
                record.apply(&mut a);
                found.apply(&mut b);
                prop_assert_eq!(&a, &b);
                prop_assert_eq!((&record.orders, &record.names), (&found.orders, &found.names));
                prop_assert_eq!(&record.lags, &found.lags);
            }
        }

        #[test]
        fn rubbish_is_refused_and_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(chunk) = codec::decode_replay::<Chunk>(&bytes) {
                let _ = chunk.unpack(&mut Held::new());
            }
        }
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let turn = Turn::default;
        let chunk = |turn| Chunk { ticks: 1, turns: vec![turn], steering: Vec::new(), checksum: 0 };
        let (far, long) = (PlayerId(PLAYERS_MAX as u16), "x".repeat(NAME_CHARS_MAX + 1));
        for (field, chunk) in [
            ("ticks", Chunk::default()),
            ("ticks", Chunk { ticks: 61, ..Chunk::default() }),
            ("turns", chunk(Turn { at: 1, ..turn() })),
            ("turns", Chunk { ticks: 2, turns: vec![turn(), turn()], ..Chunk::default() }),
            ("orders", chunk(Turn { orders: vec![Order::Park { player: far }], ..turn() })),
            ("orders", chunk(Turn { orders: vec![Order::Park { player: PlayerId(0) }; ORDERS_MAX + 1], ..turn() })),
            ("names", chunk(Turn { names: vec![(PlayerId(0), long)], ..turn() })),
            ("names", chunk(Turn { names: vec![(PlayerId(0), "\u{1D11E}".repeat(13))], ..turn() })),
            ("names", chunk(Turn { names: vec![(PlayerId(0), String::new())], ..turn() })),
            ("names", chunk(Turn { names: vec![(PlayerId(0), "\u{202E}adA".into())], ..turn() })),
            ("names", chunk(Turn { names: vec![(PlayerId(0), "A\nda".into())], ..turn() })),
            ("names", chunk(Turn { names: vec![(far, "Ada".into())], ..turn() })),
            ("lags", chunk(Turn { lags: vec![(far, Lag::default())], ..turn() })),
            ("taken", chunk(Turn { taken: vec![far], ..turn() })),
            ("let_go", chunk(Turn { let_go: vec![far], ..turn() })),
            ("steering", chunk(Turn { taken: vec![PlayerId(0)], ..turn() })),
            ("steering", Chunk { ticks: 1, steering: vec![0], ..Chunk::default() }),
        ] {
            assert_eq!(chunk.unpack(&mut Held::new()), Err(DecodeError::OutOfRange { field }), "{chunk:?}");
        }
    }

    #[test]
    fn every_name_that_a_room_lets_in_may_be_recorded() {
        let hidden = (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|c| !is_plain(&c.to_string()));
        for c in hidden {
            if let Some(name) = crate::name::clean(&format!("a{c}b")) {
                assert!(is_plain(&name), "{c:?} in {name:?}");
            }
        }
    }
}
