//! The numbers of the physics: what may be changed, and changing it while people play. Invariant: what staff set goes over what the
//! settings say (`[physics]` and the room's mutators, see `room::Numbers`), and lasts over a reload and a restart until it is
//! reset.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    defs::{Tuning, TuningError},
    room::Order as RoomOrder,
};

use super::{Desk, Done, Refused, Undo, busy};
use crate::{
    config::RoomId,
    room::RoomHandle,
    staff::{Staff, order::Order},
    store::Kept,
};

/// Before the id of a room, the key of what was set there.
const TUNING: &str = "tuning/";

pub(in crate::staff) fn list(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let mut lines: Vec<String> =
        Tuning::TABLE.iter().map(|row| format!("{} ({} to {} %): {}", row.name, row.min, row.max, row.help)).collect();
    for room in desk.rooms(order)? {
        let tuning = room.report().tuning;
        let shown = if tuning.is_standard() { "all as usual".to_owned() } else { tuning.to_string() };
        let mutators: Vec<_> = tuning.mutators.iter().map(|mutator| format!(" ({})", mutator.name())).collect();
        lines.push(format!("{}{}: {shown}", room.blueprint().id, mutators.concat()));
    }
    Ok(Done::text(lines.join("\n")))
}

pub(in crate::staff) fn set(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let name = order.text("tunable").unwrap_or_default();
    let percent = order.number("value").and_then(|value| u16::try_from(value).ok()).unwrap_or(u16::MAX);
    // Judged before anything changes anywhere.
    Tuning::STANDARD.clone().set(name, percent).map_err(unfit)?;
    let name = Tuning::name_of(name).map_err(unfit)?;
    let rooms = desk.rooms(order)?;
    let kept = desk.tune(&rooms, |set| {
        set.insert(name.to_owned(), percent);
    })?;
    Ok(Done::keeping(format!("{name} is {percent} % in {}", ids(&rooms)), kept))
}

pub(in crate::staff) fn reset(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let name = order.text("tunable").map(Tuning::name_of).transpose().map_err(unfit)?;
    let rooms = desk.rooms(order)?;
    let kept = desk.tune(&rooms, |set| match name {
        Some(name) => drop(set.remove(name)),
        None => set.clear(),
    })?;
    Ok(Done::keeping(format!("{} as in the settings in {}", name.unwrap_or("everything"), ids(&rooms)), kept))
}

fn unfit(error: TuningError) -> Refused {
    Refused::new(error.to_string())
}

fn ids(rooms: &[Arc<RoomHandle>]) -> String {
    let ids: Vec<String> = rooms.iter().map(|room| room.blueprint().id.to_string()).collect();
    ids.join(", ")
}

impl Desk<'_> {
    fn tune(
        &self,
        rooms: &[Arc<RoomHandle>],
        change: impl Fn(&mut BTreeMap<String, u16>),
    ) -> Result<Vec<Option<Kept>>, Refused> {
        let (mut all_kept, mut before) = (Vec::new(), Vec::new());
        for room in rooms {
            let key = key(room);
            let mut set = parse(self.staff.with(|book| book.settings.get(&key).cloned()).as_deref());
            change(&mut set);
            if !room.order(RoomOrder::Tune { tuning: over(room, &set) }) {
                return Err(busy());
            }
            let (was, kept) = self.staff.with(|book| book.set(&key, written(&set)));
            before.push((key, was));
            all_kept.push(kept);
        }
        self.can_undo(Undo::Settings(before));
        Ok(all_kept)
    }
}

impl Staff {
    /// Has the rooms that do not keep to their settings, and over them to what staff set; after a start or a reload, and now and
    /// then, for a room may have been too busy to hear.
    pub(crate) fn put_tunings_in_force(&self) {
        let settings = self.with(|book| book.settings.clone());
        for room in self.lobby.all() {
            let tuning = over(&room, &parse(settings.get(&key(&room)).map(String::as_str)));
            if room.report().tuning != tuning && !room.order(RoomOrder::Tune { tuning }) {
                tracing::warn!(
                    room = RoomId::openly(room.blueprint().id.as_str()),
                    "the room is too busy to hear of its physics"
                );
            }
        }
    }

    /// The same for one setting that was taken back. False when the room is too busy.
    pub(super) fn tune_as_set(&self, key: &str, value: Option<&str>) -> bool {
        let room = key.strip_prefix(TUNING).and_then(|id| self.lobby.find(id));
        room.is_none_or(|room| room.order(RoomOrder::Tune { tuning: over(&room, &parse(value)) }))
    }
}

fn key(room: &RoomHandle) -> String {
    format!("{TUNING}{}", room.blueprint().id)
}

/// What the settings say, and over it what was set. What no longer is a tunable, or not with that number, is left out.
fn over(room: &RoomHandle, set: &BTreeMap<String, u16>) -> Tuning {
    let mut tuning = room.blueprint().tuning;
    for (name, percent) in set {
        if let Err(error) = tuning.set(name, *percent) {
            tracing::warn!(%error, "what was set earlier cannot be set any more");
        }
    }
    tuning
}

/// `gravity=150 hull=50`
fn parse(value: Option<&str>) -> BTreeMap<String, u16> {
    let pairs = value.unwrap_or_default().split(' ').filter_map(|pair| pair.split_once('='));
    pairs.filter_map(|(name, percent)| Some((name.to_owned(), percent.parse().ok()?))).collect()
}

fn written(set: &BTreeMap<String, u16>) -> Option<String> {
    let pairs: Vec<String> = set.iter().map(|(name, percent)| format!("{name}={percent}")).collect();
    (!pairs.is_empty()).then(|| pairs.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_read_as_it_was_written() {
        for text in [None, Some("gravity=150 hull=50")] {
            assert_eq!(written(&parse(text)).as_deref(), text);
        }
        assert_eq!(written(&parse(Some("x y= =3 z=70000 hull=5"))).as_deref(), Some("=3 hull=5"));
    }
}
