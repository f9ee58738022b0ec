//! What the parts of one step share: the world being changed, the tables, the sky and the list of events.

use super::{events::Event, sky::Sky, world::World};
use crate::defs::Defs;

/// One step in progress.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub world: &'a mut World,
    pub defs: &'a Defs,
    pub sky: Sky<'a>,
    pub events: &'a mut Vec<Event>,
}
