//! The ten best, each reader's own rank, and where the leader flies. Once a second.

use crate::{
    defs::Defs,
    ids::PlayerId,
    limits::LEADERBOARD_ROWS,
    protocol::{Leader, Leaderboard, ScoreRow},
    sim::{World, rules},
};

/// The standing of everybody, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scoreboard {
    rows: Vec<ScoreRow>,
    /// Rank by slot, 0 is best.
    ranks: Vec<u16>,
    leader: Option<Leader>,
}

impl Scoreboard {
    /// The standing in `world`. Ties go to the lower slot.
    #[must_use]
    pub fn of(world: &World, defs: &Defs) -> Scoreboard {
        let mut rows: Vec<ScoreRow> = world
            .pilots
            .iter()
            .enumerate()
            .filter_map(|(slot, pilot)| Some(ScoreRow { player: PlayerId(slot as u16), score: pilot.as_ref()?.score }))
            .collect();
        rows.sort_by_key(|row| (core::cmp::Reverse(row.score), row.player));
        let mut ranks = vec![u16::MAX; world.pilots.len()];
        for (rank, row) in rows.iter().enumerate() {
            ranks[row.player.index()] = rank as u16;
        }
        // The crown gives its place away, but for a cloak.
        let leader = rules::crowned(world).and_then(|player| {
            let ship = world.ship(player).filter(|ship| !ship.is_cloaked(defs))?;
            let at = ship.body.pos.to_vec2();
            Some(Leader { player, at: (at.x as i16, at.y as i16) })
        });
        Scoreboard { rows, ranks, leader }
    }

    /// What a reader in slot `own` is shown.
    #[must_use]
    pub fn shown_to(&self, own: Option<PlayerId>) -> Leaderboard {
        let own = own.and_then(|own| {
            let rank = *self.ranks.get(own.index())?;
            Some((rank.checked_add(1)?, *self.rows.get(usize::from(rank))?))
        });
        Leaderboard {
            rows: self.rows.iter().take(LEADERBOARD_ROWS).copied().collect(),
            own,
            pilots: self.rows.len() as u16,
            leader: self.leader,
        }
    }
}
