//! What the page for recordings shows: a whole match or a clip of one. Invariant: what is shown depends on the place in it
//! and on whom one follows, never on how one got there.

use std::collections::VecDeque;

use super::{Death, ReplayError, Subject};
use crate::{
    defs::Defs,
    ids::PlayerId,
    protocol::{Leaderboard, SeasonEnd},
    replica::view::View,
};

/// Something recorded, being watched. Sans-io: the shell says how much time has passed and draws [`Show::frame`].
pub trait Show {
    /// Lets `ticks` pass, parts of a tick included, but no more than `most` whole ones in this call. At the end time
    /// stands still.
    ///
    /// # Errors
    /// When it turns out wrong. It then ends here.
    fn advance(&mut self, ticks: f32, most: u32) -> Result<(), ReplayError>;

    /// Begins to go to where `played` ticks have been played; [`Show::seek_on`] goes.
    fn seek(&mut self, played: usize);

    /// Goes on with a seek for at most `steps` ticks. True when there is nothing left to go.
    ///
    /// # Errors
    /// When it turns out wrong on the way. It then ends there, and so does the seek.
    fn seek_on(&mut self, steps: u32) -> Result<bool, ReplayError>;

    /// How much of a seek is done, 0 to 1; `None` when none is under way.
    fn seeking(&self) -> Option<f32>;

    /// The place that is shown or sought, and the length, ticks.
    fn position(&self) -> (usize, usize);

    /// Whether there is nothing more to play.
    fn at_end(&self) -> bool {
        let (here, end) = self.position();
        here >= end
    }

    /// The picture of this moment. Its events are those since the last call.
    fn frame(&mut self) -> &View;

    /// The picture of the last [`Show::frame`].
    fn view(&self) -> &View;

    /// Forgets the events of the last picture: they have been seen.
    fn clear_events(&mut self);

    /// The tables it was played by.
    fn defs(&self) -> &Defs;

    /// Name of the room.
    fn room(&self) -> &str;

    /// Whether the file was cut short.
    fn is_cut(&self) -> bool;

    /// The pilot who is followed.
    fn followed(&self) -> Option<PlayerId>;

    /// Turns the camera to something.
    fn look_at(&mut self, subject: Subject);

    /// Follows the next pilot, or the one before.
    fn follow_next(&mut self, back: bool);

    /// A pilot's name, and whether the server flew it.
    fn pilot(&self, player: PlayerId) -> Option<(&str, bool)>;

    /// The standing of this moment, with the row of whoever is followed.
    fn leaderboard(&self) -> &Leaderboard;

    /// How a season ended a little before this moment: how many ticks ago, and how, for whoever is followed too.
    fn season(&self) -> Option<(usize, SeasonEnd)> {
        None
    }

    /// The deaths of the last seconds before this moment, oldest first.
    fn deaths(&self) -> &VecDeque<Death>;
}

/// By name and place: everything there is to say of a whole world would be a tenth of the page.
impl core::fmt::Debug for dyn Show {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.room())
    }
}
