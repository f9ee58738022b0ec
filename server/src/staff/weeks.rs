//! The mutator of the week: looks now and then whether another week has begun, and has the rooms change over as for any
//! number that changes while people play: told two seconds ahead, in one tick for everybody. Not here: which it is
//! (`shared::defs::Mutator::of_week`), and what goes over it (`desk::physics`).

use std::{sync::Weak, time::Duration};

use tokio::time::sleep;

use super::Staff;
use crate::clock::now_s;

/// A week may begin this much late.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Looks, for as long as there is a staff.
pub(crate) async fn run(staff: Weak<Staff>) {
    let Some(opened) = staff.upgrade().map(|staff| staff.lobby.opened()) else { return };
    loop {
        // A room that has just opened knows nothing of what staff set.
        tokio::select! {
            () = sleep(LOOK_EVERY) => {}
            () = opened.notified() => {}
        }
        let Some(staff) = staff.upgrade() else { return };
        look(&staff, now_s());
    }
}

/// A room that was too busy to hear of its numbers hears of them again with each look.
pub(crate) fn look(staff: &Staff, unix_s: u64) {
    if staff.lobby.turn_week(unix_s) {
        tracing::info!("another week, another mutator");
    }
    staff.put_tunings_in_force();
}
