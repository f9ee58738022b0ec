//! Who hears of a kill. In a room of some sixty everybody does; in a crowd a line every tenth of a second would tell
//! nobody anything, and cost each a quarter of what the fight itself costs.

use glam::Vec2;

use crate::{ids::PlayerId, sim::World};

/// Rooms with more pilots than this are crowds.
const CROWD: usize = 64;
/// In a crowd those hear of a kill who are this near, u: about a view and a half.
const NEAR_U: f32 = 1_200.0;

/// One kill, as it concerns others.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    crowd: bool,
    victim: PlayerId,
    killer: Option<PlayerId>,
    place: Option<Vec2>,
}

impl Feed {
    /// The death of `victim` in the last tick of `world`.
    #[must_use]
    pub fn of(world: &World, victim: PlayerId, killer: Option<PlayerId>) -> Feed {
        let death = world.pilot(victim).and_then(|pilot| pilot.death);
        let place = death.map(|death| death.pos.to_vec2());
        Feed { crowd: world.population() > CROWD, victim, killer, place }
    }

    /// Whether it is told to whoever flies in slot `player`, if any, and looks from `place`, if anywhere.
    #[must_use]
    pub fn tells(&self, player: Option<PlayerId>, place: Option<Vec2>) -> bool {
        let concerned = player.is_some_and(|player| player == self.victim || Some(player) == self.killer);
        let near = || place.zip(self.place).is_some_and(|(a, b)| a.distance(b) < NEAR_U);
        !self.crowd || concerned || near()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_crowd_a_kill_is_news_to_those_concerned_and_those_near() {
        let feed = Feed { crowd: true, victim: PlayerId(1), killer: Some(PlayerId(2)), place: Some(Vec2::ZERO) };
        let far = Some(Vec2::new(5_000.0, 0.0));
        assert!(feed.tells(Some(PlayerId(1)), None) && feed.tells(Some(PlayerId(2)), far));
        assert!(feed.tells(Some(PlayerId(3)), Some(Vec2::new(700.0, 0.0))) && feed.tells(None, Some(Vec2::ZERO)));
        assert!(!feed.tells(Some(PlayerId(3)), far) && !feed.tells(Some(PlayerId(3)), None) && !feed.tells(None, far));
        assert!(Feed { crowd: false, ..feed }.tells(Some(PlayerId(3)), far));
    }
}
