//! Looks at what rooms publish, and tells staff what they would not see by themselves: a room that panicked or hung, and a pilot
//! whose commands look as if no hand gave them. Invariant: it asks no room anything, does nothing to anybody, and tells of each thing
//! once.

use std::{collections::BTreeMap, sync::Weak, time::Duration};

use shared::room::{ConnId, Marks, PlayerRow};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use super::webhook::Herald;
use crate::{config::RoomId, room::RoomReport, staff::Staff};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Looks until the server ends.
pub async fn run(staff: Weak<Staff>, herald: Herald, mut shutdown: watch::Receiver<bool>) {
    let mut watchman = Watchman::default();
    let mut looks = interval(EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            _ = shutdown.wait_for(|&stopping| stopping) => return,
        }
        let Some(staff) = staff.upgrade() else { return };
        let rooms: Vec<(String, RoomReport)> =
            staff.lobby().all().iter().map(|room| (room.blueprint().id.to_string(), room.report())).collect();
        for (id, restarts) in watchman.broken(&rooms) {
            herald.tell(&format!(
                "The room {} broke and began again (times since the start: {restarts}).",
                RoomId::openly(id)
            ));
        }
        for (id, report, row, why) in watchman.marked(&rooms) {
            staff.flag(id, report, row, &why);
        }
    }
}

/// What was seen before.
#[derive(Debug, Default)]
struct Watchman {
    restarts: BTreeMap<String, u32>,
    marks: BTreeMap<ConnId, Marks>,
}

impl Watchman {
    /// Rooms that began anew since the last look, and how often they have.
    fn broken<'a>(&mut self, rooms: &'a [(String, RoomReport)]) -> Vec<(&'a str, u32)> {
        let mut broken = Vec::new();
        for (id, report) in rooms {
            let before = self.restarts.insert(id.clone(), report.restarts).unwrap_or(0);
            if report.restarts > before {
                broken.push((id.as_str(), report.restarts));
            }
        }
        self.restarts.retain(|id, _| rooms.iter().any(|(open, _)| open == id));
        broken
    }

    /// Pilots with marks that they had not at the last look, and what those say.
    fn marked<'a>(
        &mut self,
        rooms: &'a [(String, RoomReport)],
    ) -> Vec<(&'a str, &'a RoomReport, &'a PlayerRow, String)> {
        let mut marked = Vec::new();
        let mut now = BTreeMap::new();
        for (id, report) in rooms {
            for row in report.players.iter().filter(|row| !row.marks.is_empty()) {
                let Some(conn) = row.conn else { continue };
                let fresh = row.marks.but(self.marks.get(&conn).copied().unwrap_or_default());
                now.insert(conn, row.marks);
                if !fresh.is_empty() {
                    marked.push((id.as_str(), report, row, fresh.words().collect::<Vec<_>>().join(", ")));
                }
            }
        }
        // Whoever is gone is forgotten.
        self.marks = now;
        marked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::TickFigures;
    use std::{sync::Arc, time::Instant};

    fn row(conn: u64, marks: Marks) -> PlayerRow {
        PlayerRow {
            conn: Some(ConnId(conn)),
            profile: None,
            slot: 0,
            name: "Bo".into(),
            is_bot: false,
            team: None,
            class: "",
            points: 0,
            kills: 0,
            rtt_ms: 0,
            is_muted: false,
            marks,
            is_watching: false,
            flying: true,
        }
    }

    fn rooms(restarts: u32, players: Vec<PlayerRow>) -> Vec<(String, RoomReport)> {
        let report = RoomReport {
            status: Default::default(),
            at: Instant::now(),
            paused: false,
            ticks: TickFigures::default(),
            restarts,
            players: players.into(),
            tuning: Default::default(),
            rung: 0,
            is_closed: false,
            talk: Arc::default(),
        };
        vec![("main".into(), report)]
    }

    #[test]
    fn each_thing_is_told_once() {
        let mut watchman = Watchman::default();
        let told = [0, 0, 2, 2, 3].map(|restarts| watchman.broken(&rooms(restarts, vec![])).len());
        assert_eq!(told, [0, 0, 1, 0, 1]);
        let both = Marks::SNAPS.and(Marks::AWAKE);
        let steps = [
            (Marks::default(), None),
            (Marks::SNAPS, Some("aim leaps on foes and hits")),
            (Marks::SNAPS, None),
            (both, Some("a day without a rest")),
            (both, None),
        ];
        for (marks, told) in steps {
            let rooms = rooms(0, vec![row(1, marks)]);
            let marked = watchman.marked(&rooms);
            assert_eq!(marked.first().map(|(.., why)| why.as_str()), told, "{marks:?}");
        }
        assert!(watchman.marked(&rooms(0, vec![])).is_empty() && watchman.marks.is_empty());
        assert_eq!(watchman.marked(&rooms(0, vec![row(2, Marks::SNAPS)])).len(), 1, "somebody else");
    }
}
