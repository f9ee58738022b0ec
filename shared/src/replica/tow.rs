//! Tow lines at the own present: what is on a line moves as the rules pull it, as far as both ends are in sight.
//! Invariant: the same function in the same place of a tick as `sim::step` has it, after everything has touched. What a
//! line takes hold of is never guessed: the server says so.

use super::{others::PresentShip, predict::Predictor, present::Present};
use crate::{
    defs::{Defs, Special},
    ids::PlayerId,
    protocol::entity_state::PublicShip,
    sim::{
        Hook, Ship,
        tow::{self, End},
    },
};

impl Present {
    /// Lets every line in sight pull for this tick: the own ship's too, where it is at the same tick.
    pub fn tug(&mut self, mut own: Option<&mut Predictor>, defs: &Defs) {
        let held = own.as_ref().and_then(|own| own_line(own.ship(), defs));
        let own_player = own.as_ref().map(|own| own.ship().id.player);
        let lines = self.ships.iter().filter_map(|ship| Some((ship.state.id.player, other_line(&ship.state, defs)?)));
        let lines: Vec<_> = lines.chain(own_player.zip(held)).collect();
        for (holder, hook) in lines {
            let ends = self.end(Hook::Ship(holder), own.as_deref(), defs).zip(self.end(hook, own.as_deref(), defs));
            let Some((one, two)) = ends.filter(|(one, two)| !tow::is_torn(*one, *two)) else { continue };
            let Some(speeds) = tow::tug(one, two) else { continue };
            for (what, vel) in [Hook::Ship(holder), hook].into_iter().zip(speeds) {
                match (what, &mut own) {
                    (Hook::Ship(player), Some(own)) if Some(player) == own_player => {
                        own.push(|body| {
                            body.vel = vel;
                            true
                        });
                    }
                    (Hook::Ship(player), _) => {
                        self.ship_mut(player).into_iter().for_each(|ship| ship.state.body.vel = vel);
                    }
                    (Hook::Rock(id), _) => {
                        let rock = self.rocks.iter_mut().find(|(rock, _)| rock.id == id);
                        rock.into_iter().for_each(|(rock, _)| rock.vel = vel);
                    }
                }
            }
        }
    }

    /// One end of a line, if it is in sight and not a guess.
    fn end(&self, hook: Hook, own: Option<&Predictor>, defs: &Defs) -> Option<End> {
        match hook {
            Hook::Ship(player) => match own.map(Predictor::ship).filter(|ship| ship.id.player == player) {
                Some(ship) => Some(End::ship(ship.body.pos, ship.body.vel, defs.ship(ship.class))),
                None => {
                    let ship = self.ships.iter().find(|ship| ship.state.id.player == player)?;
                    let live = !self.is_frozen(ship) && !ship.is_guessed_beyond(defs.arena.wrap_half);
                    live.then(|| End::ship(ship.state.body.pos, ship.state.body.vel, defs.ship(ship.state.class)))
                }
            },
            Hook::Rock(id) => self.rocks.iter().find(|(rock, _)| rock.id == id).map(|(rock, _)| End::rock(rock)),
        }
    }

    fn ship_mut(&mut self, player: PlayerId) -> Option<&mut PresentShip> {
        self.ships.iter_mut().find(|ship| ship.state.id.player == player)
    }
}

fn own_line(ship: &Ship, defs: &Defs) -> Option<Hook> {
    ship.line.filter(|_| matches!(ship.special(defs), Some(Special::Repair(_))))
}

fn other_line(ship: &PublicShip, defs: &Defs) -> Option<Hook> {
    ship.line.filter(|_| matches!(ship.active(defs), Some(Special::Repair(_))))
}
