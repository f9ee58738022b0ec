//! The netcode's share of a frame: what a server told one pilot of the thickest fight, told again to a replica, tick by tick.
//! The end-to-end test records it (`tools/e2e/tests/it/fight.rs`) and serves it where `/bench?src=` says. Invariant: time is the
//! recording's, so every run decodes, predicts and reconciles the same.

use shared::{
    defs::{Defs, ShipClass},
    quantize::Angle,
    replica::{Intent, Replica, view::Phase},
    sim::Buttons,
    tick::TICK_US,
};

/// Half extents of the view, u: those of the recording.
const VIEW_HALF: (u16, u16) = (800, 450);

/// A recording and the replica that hears it.
#[derive(Debug)]
pub struct Netcode {
    replica: Replica,
    bytes: Vec<u8>,
    at: usize,
    now_us: u64,
}

impl Netcode {
    /// Begins it; `None` when there is nothing that could be one. Its first two bytes are the arena's radius, u; then each tick has
    /// what the pilot holds and aims at, and how many messages came, each behind its length.
    pub fn new(bytes: Vec<u8>) -> Option<Netcode> {
        let mut defs = Defs::standard();
        let radius = f32::from(u16::from_le_bytes(*bytes.first_chunk()?));
        (defs.arena.radius_min, defs.arena.radius_max) = (radius, radius + 1.0);
        let mut replica = Replica::new(defs, VIEW_HALF, None, 0);
        replica.play("Witness", ShipClass::Spark);
        Some(Netcode { replica, bytes, at: 2, now_us: 0 })
    }

    /// Plays a tick as the arena's page does; `None` when the recording is over or makes no sense.
    pub fn frame(&mut self) -> Option<()> {
        self.now_us += TICK_US;
        let &[buttons, low, high, messages] = self.take(4)? else { return None };
        for _ in 0..messages {
            let length = usize::from(u16::from_le_bytes(*self.take(2)?.first_chunk()?));
            let (start, end) = (self.at, self.at.checked_add(length)?);
            self.replica.handle_bytes(self.bytes.get(start..end)?, self.now_us).ok()?;
            self.at = end;
        }
        let intent = Intent { buttons: Buttons(buttons), aim: Some(Angle(u16::from_le_bytes([low, high]))) };
        if matches!(self.replica.frame(self.now_us, intent).phase, Phase::Dead { .. }) {
            self.replica.relaunch(ShipClass::Spark);
        }
        while self.replica.poll_transmit().is_some() {}
        Some(())
    }

    /// Ships that it knows of now.
    pub fn ships(&self) -> usize {
        self.replica.view().ships.len()
    }

    /// Shots that it knows of now.
    pub fn shots(&self) -> usize {
        self.replica.view().shots.len()
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (start, end) = (self.at, self.at.checked_add(count)?);
        self.at = end;
        self.bytes.get(start..end)
    }
}
