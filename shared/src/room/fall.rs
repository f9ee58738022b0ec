//! What a pilot is told of its own end. Invariant: told to the one concerned alone, once, and nothing of who is hidden.

use super::Room;
use crate::{
    ids::PlayerId,
    protocol::{Fall, ServerMessage, codec, watch::ATTACKERS_MAX},
    sim::{Cause, Event, world::MILLI},
};

impl Room {
    /// Tells everybody who was shot down in the last tick how that came.
    pub(super) fn tell_falls(&mut self) {
        for event in &self.events {
            let Event::Destroyed { ship, killer, cause, .. } = *event else { continue };
            let conn = self.seats.human(ship.player).and_then(|human| human.conn);
            let Some(conn) = conn else { continue };
            let fall = codec::encode_server(&ServerMessage::Fall(self.fall(ship.player, killer, cause)));
            if let Some(visitor) = self.visitors.get_mut(&conn) {
                visitor.mail.put(&fall);
            }
        }
    }

    fn fall(&self, victim: PlayerId, killer: Option<PlayerId>, cause: Cause) -> Fall {
        let killer = killer.filter(|&killer| killer != victim);
        let seen = killer.and_then(|killer| self.world.ship(killer)).filter(|ship| !ship.is_cloaked(&self.config.defs));
        let grave = self.world.pilot(victim).and_then(|pilot| pilot.death).map(|death| death.pos.to_vec2());
        let away = seen.zip(grave).map(|(ship, grave)| ship.body.pos.to_vec2().distance(grave) as u16);
        Fall {
            killer,
            cause: Some(cause),
            class: seen.map(|ship| ship.class),
            away,
            own_ms: self.rtt_ms(victim),
            their_ms: killer.and_then(|killer| self.rtt_ms(killer)),
            attackers: self.attackers(victim),
        }
    }

    /// Who did how much to a ship that was destroyed in the last tick.
    fn attackers(&self, lost: PlayerId) -> [Option<(PlayerId, u16)>; ATTACKERS_MAX] {
        let mut blamed = self.events.iter().filter_map(|event| match *event {
            Event::Blamed { victim, by, amount } if victim == lost => {
                Some((by, u16::try_from((amount + MILLI / 2) / MILLI).unwrap_or(u16::MAX)))
            }
            _ => None,
        });
        core::array::from_fn(|_| blamed.next())
    }

    /// Least round trip of a person's line, once measured.
    fn rtt_ms(&self, player: PlayerId) -> Option<u16> {
        let visitor = self.visitors.get(&self.seats.human(player)?.conn?)?;
        let rtt_us = visitor.flow.rtt_us();
        (rtt_us > 0).then(|| u16::try_from(rtt_us.div_ceil(1_000)).unwrap_or(u16::MAX))
    }
}
