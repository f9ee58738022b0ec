//! A room as staff see it from above. Invariant: it costs the room what one who asks at `/arena` costs it.

use serde::Serialize;
use shared::quantize::Angle;

use super::lists::text;
use crate::room::RoomHandle;

#[derive(Serialize)]
struct Map {
    is: &'static str,
    room: String,
    radius: u16,
    /// Slot, x, y, heading, team or -1, whether it is a bot.
    ships: Vec<(u16, i16, i16, f32, i8, bool)>,
    planets: Vec<(i16, i16, u8)>,
    star: u16,
    shots: Vec<(i16, i16)>,
    rocks: Vec<(i16, i16, u8)>,
}

/// The map of a room, now.
pub async fn of(room: &RoomHandle) -> String {
    let report = room.report();
    let seen = room.outlook().look(report.paused).await;
    let (planets, rocks) = seen.rocks.split_at(usize::from(seen.planets).min(seen.rocks.len()));
    let body = |rock: &shared::protocol::panorama::RockSpot| (rock.at.0, rock.at.1, rock.radius_u);
    let ship = |ship: &shared::protocol::panorama::ShipSpot| {
        let row = report.players.iter().find(|row| row.slot == ship.pilot.0);
        let team = row.and_then(|row| row.team).map_or(-1, |team| team as i8);
        (ship.pilot.0, ship.at.0, ship.at.1, heading(ship.heading), team, row.is_none_or(|row| row.is_bot))
    };
    text(&Map {
        is: "map",
        room: room.blueprint().id.to_string(),
        radius: seen.edge_u,
        ships: seen.ships.iter().map(ship).collect(),
        planets: planets.iter().map(body).collect(),
        star: seen.star_u,
        shots: seen.shots.clone(),
        rocks: rocks.iter().map(body).collect(),
    })
}

fn heading(angle: Angle) -> f32 {
    (angle.to_rad() * 1_000.0).round() / 1_000.0
}
