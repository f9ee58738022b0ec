//! Each kill of the room, each hit of one's own and each end of a season is heard exactly once and in order, also across a
//! resume.

use shared::{
    ids::PlayerId,
    limits::DEEDS_KEPT,
    protocol::{Deed, SeasonEnd},
    sim::{Event, world::MILLI},
};

use crate::harness::Match;

/// What one person must hear, from the moment its count began.
#[derive(Debug, Clone, Default)]
struct Story {
    told: Vec<Deed>,
    heard: usize,
    /// The seat when last seen: it goes on hearing while the line is cut.
    seat: Option<PlayerId>,
    /// The room knows this connection, or keeps its seat.
    there: bool,
}

/// Everybody's story.
#[derive(Debug, Default)]
pub struct Deeds {
    stories: Vec<Story>,
    /// Seasons that ended.
    seasons: u16,
}

impl Deeds {
    /// Looks at a match after a tick.
    ///
    /// # Errors
    /// Who heard something else than what happened.
    pub fn check(&mut self, live: &Match) -> Result<(), String> {
        self.stories.resize(live.players.len(), Story::default());
        for (index, resumed) in &live.facts.hellos {
            if !resumed {
                self.stories[*index] = Story::default();
            }
        }
        self.seasons += u16::from(live.room.events().contains(&Event::SeasonEnded));
        let seasons = self.seasons;
        for (story, player) in self.stories.iter_mut().zip(&live.players) {
            match live.room.standing(player.conn) {
                Some(standing) => (story.seat, story.there) = (standing.seat, true),
                None => story.there = story.seat.is_some(),
            }
            if story.there {
                story.told.extend(live.room.events().iter().filter_map(|event| deed_of(event, story.seat, seasons)));
            }
        }
        for (index, deed) in &live.facts.deeds {
            self.stories[*index].hear(deed).map_err(|what| format!("player {index} {what}"))?;
        }
        for (index, _) in &live.facts.deeds {
            let story = &mut self.stories[*index];
            let number = live.players[*index].replica.resume().map(|resume| resume.heard);
            if number != Some(story.heard as u16) {
                return Err(format!("player {index} counts {number:?} deeds and heard {}", story.heard));
            }
        }
        Ok(())
    }

    /// Looks at a match that has come to rest: by now all must have been heard.
    ///
    /// # Errors
    /// Who has not heard it.
    pub fn settle(&self, live: &Match) -> Result<(), String> {
        for (index, story) in self.stories.iter().enumerate().filter(|(index, _)| live.players[*index].connected) {
            // What happened in the last quarter second may be under way.
            let untold = story.told.len() - story.heard;
            let fresh = live.room.standing(live.players[index].conn).map_or(0, |standing| standing.untold);
            if untold > fresh + 4 {
                return Err(format!("player {index} has yet to hear {untold} of {} deeds", story.told.len()));
            }
        }
        Ok(())
    }
}

impl Story {
    fn hear(&mut self, deed: &Deed) -> Result<(), String> {
        let backlog = self.told.len() - self.heard.min(self.told.len());
        if backlog > DEEDS_KEPT {
            // More was missed than is kept: the oldest are lost, and that is decided.
            self.heard = self.told.len() - DEEDS_KEPT;
        }
        let wanted = self.told.get(self.heard);
        if !wanted.is_some_and(|wanted| is_same(wanted, deed)) {
            return Err(format!("heard {deed:?} as number {}, but that was {wanted:?}", self.heard));
        }
        self.heard += 1;
        Ok(())
    }
}

/// What the holder of `seat` must hear of an event.
fn deed_of(event: &Event, seat: Option<PlayerId>, seasons: u16) -> Option<Deed> {
    match *event {
        Event::Destroyed { ship, killer, cause, points } => {
            Some(Deed::Kill { killer, victim: ship.player, cause, points })
        }
        Event::Damaged { ship, by: Some(by), cause, amount } => {
            let points = ((amount + MILLI / 2) / MILLI).clamp(0, 255) as u8;
            let own = seat == Some(ship.player) || seat == Some(by);
            (own && points > 0).then_some(Deed::Hit { victim: ship.player, by, cause, points })
        }
        Event::SeasonEnded => {
            // What it says is the room's word for how the world was before; here only its number counts.
            let end = SeasonEnd { number: seasons, pilots: 0, best: Vec::new(), own: None };
            Some(Deed::Season(Box::new(end)))
        }
        Event::RoundOver { winner, won } => Some(Deed::Round { winner, won }),
        _ => None,
    }
}

fn is_same(wanted: &Deed, heard: &Deed) -> bool {
    match (wanted, heard) {
        (Deed::Season(wanted), Deed::Season(heard)) => wanted.number == heard.number,
        _ => wanted == heard,
    }
}
