//! The ten best, each reader's own rank, where the leader, the largest ships and the reader's team fly, and when the season
//! ends. Once a second.

use crate::{
    defs::{Defs, Team},
    ids::PlayerId,
    limits::{GIANTS_MAX, LEADERBOARD_ROWS, MATES_MAX},
    protocol::{Leader, Leaderboard, ScoreRow},
    sim::{Ship, World, rules},
    tick::Tick,
};

/// The standing of everybody, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scoreboard {
    rows: Vec<ScoreRow>,
    /// Rank by slot, 0 is best.
    ranks: Vec<u16>,
    leader: Option<Leader>,
    giants: Vec<Leader>,
    /// Every ship, where there are teams.
    crews: Vec<Leader>,
    season_ends: Option<Tick>,
}

impl Scoreboard {
    /// The standing in `world`, in a season that ends at `season_ends`. Ties go to the lower slot.
    #[must_use]
    pub fn of(world: &World, defs: &Defs, season_ends: Option<Tick>) -> Scoreboard {
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
        let leader = rules::crowned(world)
            .and_then(|player| world.ship(player).filter(|ship| !ship.is_cloaked(defs)).map(on_map));
        let giants = world.ships().filter(|ship| defs.ship(ship.class).is_giant()).take(GIANTS_MAX).map(on_map);
        let crews = world.ships().filter(|_| defs.mode.teams).map(on_map);
        Scoreboard { giants: giants.collect(), crews: crews.collect(), rows, ranks, leader, season_ends }
    }

    /// Everybody, best first.
    #[must_use]
    pub fn rows(&self) -> &[ScoreRow] {
        &self.rows
    }

    /// The rank of a pilot, 1 is best.
    #[must_use]
    pub fn rank(&self, player: PlayerId) -> Option<u16> {
        self.ranks.get(player.index())?.checked_add(1)
    }

    /// What a reader in slot `own` is shown.
    #[must_use]
    pub fn shown_to(&self, own: Option<PlayerId>) -> Leaderboard {
        let is_mate =
            |ship: &&Leader| own.is_some_and(|own| ship.player != own && Team::of(ship.player) == Team::of(own));
        let mates = self.crews.iter().filter(is_mate).take(MATES_MAX).copied().collect();
        let own = own.and_then(|own| {
            let rank = self.rank(own)?;
            Some((rank, *self.rows.get(usize::from(rank) - 1)?))
        });
        Leaderboard {
            rows: self.rows.iter().take(LEADERBOARD_ROWS).copied().collect(),
            own,
            pilots: self.rows.len() as u16,
            leader: self.leader,
            giants: self.giants.clone(),
            mates,
            season_ends: self.season_ends,
        }
    }
}

/// Where a ship is, as all may know.
fn on_map(ship: &Ship) -> Leader {
    let at = ship.body.pos.to_vec2();
    Leader { player: ship.id.player, at: (at.x as i16, at.y as i16) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{GameMode, ShipClass, Terms},
        sim::{Now, Order, step},
    };

    #[test]
    fn a_dreadnought_is_on_the_map_of_everybody_and_a_smaller_ship_is_not() {
        let defs = Defs::standard();
        let mut world = World::new(1, 1, &defs);
        for (slot, class) in [ShipClass::Spark, ShipClass::Dreadnought, ShipClass::Gravitor].into_iter().enumerate() {
            let player = PlayerId(slot as u16);
            let orders = [Order::Enlist { player, bot: false, points: 700 }, Order::Launch { player, class }];
            step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
        }
        let giant = world.ship(PlayerId(1)).unwrap().body.pos.to_vec2();
        for reader in [None, Some(PlayerId(0)), Some(PlayerId(1))] {
            let told = Scoreboard::of(&world, &defs, None).shown_to(reader);
            let at = (giant.x as i16, giant.y as i16);
            assert_eq!(told.giants, [Leader { player: PlayerId(1), at }], "{reader:?}");
        }
    }

    #[test]
    fn a_team_is_told_where_its_own_fly_and_drift_tells_nobody() {
        for mode in [GameMode::CoreWar, GameMode::Drift] {
            // Where the ships are is all the same, so that no round has to begin first.
            let (anywhere, defs) = (Defs::standard(), Defs::of(Terms::of(mode)));
            let mut world = World::new(1, 1, &anywhere);
            let orders = (0..6).map(PlayerId).flat_map(|player| {
                let class = ShipClass::Spark;
                [Order::Enlist { player, bot: false, points: 0 }, Order::Launch { player, class }]
            });
            step(&mut world, &orders.collect::<Vec<_>>(), &[], &anywhere, &Now, &mut Vec::new());
            let board = Scoreboard::of(&world, &defs, None);
            let mates = |reader| board.shown_to(reader).mates.iter().map(|mate| mate.player.0).collect::<Vec<_>>();
            let told = if defs.mode.teams { vec![1, 5] } else { vec![] };
            assert_eq!((mates(Some(PlayerId(3))), mates(None)), (told, vec![]), "{mode:?}");
        }
    }
}
