//! The chosen room from above, live: drawn, and clicked into. Invariant: what is drawn lies between the last two maps the
//! server told, so nothing is shown where it never was; who wants calm sees the last one.

use super::{
    desk::Sights,
    feed::{Flag, Map},
};
use crate::canvas::{Canvas, Size};

/// What a click may miss a ship by, CSS pixels.
const REACH_PX: f64 = 24.0;
/// Ships leap, through a wormhole or by launching, and are not drawn on the way, u per map.
const LEAP_U: f64 = 320.0;
/// Longer than this between two maps nothing is drawn on its way, ms.
const BETWEEN_MAX_MS: f64 = 600.0;

/// Colours of teams, and of bots and people where there are none.
const TEAMS: [&str; 4] = ["#5db4ff", "#ff7d88", "#6dffa0", "#ffd27a"];
const PERSON: &str = "#67e8ff";
const BOT: &str = "#8794b4";

/// From places in the arena to places on the canvas.
#[derive(Debug, Clone, Copy)]
struct Frame {
    middle: (f64, f64),
    scale: f64,
}

impl Frame {
    fn of(map: &Map, width: f64, height: f64) -> Frame {
        let radius = if map.radius > 0.0 { map.radius } else { 1.0 };
        Frame { middle: (width / 2.0, height / 2.0), scale: width.min(height) / 2.0 * 0.96 / radius }
    }

    fn place(self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.middle.0 + x * self.scale, self.middle.1 - y * self.scale)
    }
}

type Ship = (u16, f64, f64, f64, i8, Flag);

/// The ships at `now_ms`: on their way from the map before to the last one.
pub fn ships(sights: &Sights, now_ms: f64, is_calm: bool) -> Vec<Ship> {
    let Some((map, told_ms)) = &sights.now else { return Vec::new() };
    let before = sights.before.as_ref().filter(|(_, at)| !is_calm && told_ms - at <= BETWEEN_MAX_MS);
    let Some((before, before_ms)) = before else { return map.ships.clone() };
    let way = ((now_ms - told_ms) / (told_ms - before_ms).max(1.0)).clamp(0.0, 1.0);
    let between = |&(slot, x, y, heading, team, is_bot): &Ship| {
        let from = before.ships.iter().find(|ship| ship.0 == slot);
        let from = from.filter(|ship| (ship.1 - x).hypot(ship.2 - y) < LEAP_U);
        let (from_x, from_y) = from.map_or((x, y), |ship| (ship.1, ship.2));
        (slot, from_x + (x - from_x) * way, from_y + (y - from_y) * way, heading, team, is_bot)
    };
    map.ships.iter().map(between).collect()
}

/// Whose ship is at a place on a canvas of this size, all in CSS pixels: the nearest within reach.
pub fn pick(map: &Map, ships: &[Ship], at: (f64, f64), width: f64, height: f64) -> Option<u16> {
    let frame = Frame::of(map, width, height);
    let far = |ship: &Ship| {
        let place = frame.place((ship.1, ship.2));
        (place.0 - at.0).hypot(place.1 - at.1)
    };
    let near = ships.iter().map(|ship| (far(ship), ship.0)).filter(|(far, _)| *far <= REACH_PX);
    near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, slot)| slot)
}

/// Draws it, the ship of `chosen` marked.
pub fn draw(canvas: &Canvas, map: &Map, ships: &[Ship], chosen: Option<u16>) {
    let Size { width, height, ratio } = canvas.fit();
    let frame = Frame::of(map, width, height);
    canvas.pen.set_fill_style_str("#070914");
    canvas.pen.fill_rect(0.0, 0.0, width, height);
    canvas.circle(frame.middle, map.radius * frame.scale, "rgb(140 180 255 / 34%)", ratio);
    canvas.star(frame.middle, map.star * frame.scale);
    for &(x, y, radius) in &map.rocks {
        canvas.disc(frame.place((x, y)), (radius * frame.scale).max(ratio), "#56607a");
    }
    for &(x, y, radius) in &map.planets {
        canvas.disc(frame.place((x, y)), (radius * frame.scale).max(2.0 * ratio), "#7c6a8f");
    }
    for &place in &map.shots {
        canvas.disc(frame.place(place), 1.1 * ratio, "#ffd27a");
    }
    for &(slot, x, y, heading, team, is_bot) in ships {
        let place = frame.place((x, y));
        let plain = if is_bot.is_set() { BOT } else { PERSON };
        let colour = usize::try_from(team).ok().map_or(plain, |team| TEAMS[team % TEAMS.len()]);
        canvas.ship(place, heading, if is_bot.is_set() { 4.0 } else { 5.5 } * ratio, colour);
        if chosen == Some(slot) {
            canvas.circle(place, 11.0 * ratio, "#ffffff", 1.5 * ratio);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(ships: &[(u16, f64, f64)]) -> Map {
        let ship = |&(slot, x, y): &(u16, f64, f64)| (slot, x, y, 0.0, -1, Flag::Number(0));
        Map { radius: 100.0, ships: ships.iter().map(ship).collect(), ..Map::default() }
    }

    #[test]
    fn a_click_finds_the_nearest_ship_in_reach() {
        let map = map(&[(1, 0.0, 0.0), (2, 10.0, 0.0)]);
        let at = |x, y| pick(&map, &map.ships, (x, y), 200.0, 200.0);
        assert_eq!((at(101.0, 100.0), at(108.0, 98.0), at(100.0, 130.0)), (Some(1), Some(2), None));
        assert_eq!(pick(&Map::default(), &[], (0.0, 0.0), 0.0, 0.0), None);
    }

    #[test]
    fn ships_are_drawn_on_their_way_and_leaps_are_not() {
        let before = Some((map(&[(1, 0.0, 0.0), (2, 0.0, 0.0)]), 1_000.0));
        let sights = Sights { before, now: Some((map(&[(1, 20.0, 0.0), (2, 900.0, 0.0), (3, 5.0, 5.0)]), 1_200.0)) };
        let x = |now_ms, is_calm| ships(&sights, now_ms, is_calm).iter().map(|ship| ship.1).collect::<Vec<_>>();
        assert_eq!(x(1_200.0, false), [0.0, 900.0, 5.0]);
        assert_eq!(x(1_300.0, false), [10.0, 900.0, 5.0]);
        assert_eq!(x(9_000.0, false), [20.0, 900.0, 5.0]);
        assert_eq!(x(1_200.0, true), [20.0, 900.0, 5.0]);
        assert!(ships(&Sights::default(), 0.0, false).is_empty());
    }
}
