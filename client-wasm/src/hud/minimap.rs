//! The map of the whole arena, small in its corner and large over the middle when it is wanted. Invariant: it shows what the
//! `View` and the leaderboard hold and no more: ships in sight, and the rounded places of the leader, of what is too large to hide
//! and of the own team. The large one takes no click and no touch: one flies under it.

use glam::Vec2;
use shared::{
    ids::PlayerId,
    protocol::{Leader, Leaderboard},
    replica::view::{MouthView, ShipView},
};

use super::{Cached, Dom, Frame, Id, Mark, Widget};
use crate::view::{
    cores,
    palette::{self, Rgb},
};

/// Its canvas.
pub const CANVAS: Id = "minimap";
/// The large one's.
pub const LARGE: Id = "map-large";
/// Marks on the large one are larger by this.
const LARGER: f32 = 1.7;
/// Paintings per second: dots creep on a map this small.
const RATE: f64 = 20.0;

/// The map.
#[derive(Debug, Default)]
pub struct Minimap {
    due_s: f64,
    shown: Cached<bool>,
    large: Cached<bool>,
    marks: Vec<Mark>,
}

impl Widget for Minimap {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let known = frame.view.arena_radius > 0.0;
        if self.shown.changed(known) {
            dom.flag("minimap-panel", "off", !known);
        }
        let large = frame.map && known;
        if self.large.changed(large) {
            dom.flag("map-panel", "off", !large);
            dom.attribute("map-toggle", "aria-expanded", if large { "true" } else { "false" });
        }
        if !known || frame.now_s < self.due_s {
            return;
        }
        self.due_s = frame.now_s + 1.0 / RATE;
        self.marks.clear();
        self.place(frame);
        self.pilots(frame);
        dom.paint(CANVAS, &self.marks);
        if large {
            self.marks.iter_mut().for_each(|mark| *mark = mark.larger(LARGER));
            dom.paint(LARGE, &self.marks);
        }
    }
}

impl Minimap {
    fn place(&mut self, frame: &Frame<'_>) {
        let scale = 0.94 / frame.view.arena_radius;
        let arena = &frame.defs.arena;
        // Where space comes round there is no edge.
        if arena.wrap_half == 0.0 {
            self.marks.push(Mark::Circle(Vec2::ZERO, 0.94, palette::EDGE, 0.8));
        }
        for planet in arena.planets.iter().filter(|planet| planet.radius > 0.0) {
            self.marks.push(Mark::Circle(Vec2::ZERO, planet.orbit_radius * scale, palette::ORBIT, 0.22));
        }
        self.marks.push(Mark::Circle(Vec2::ZERO, arena.star.ring_radius * scale, palette::RING, 0.8));
        self.marks.push(Mark::Dot(Vec2::ZERO, 4.0, palette::HOT, 1.0));
        for (planet, centre) in arena.planets.iter().zip(&frame.view.planets) {
            if planet.radius > 0.0 {
                self.marks.push(Mark::Dot(*centre * scale, 2.8, palette::ORBIT, 1.0));
            }
        }
        // The own core in a ring, the enemy's a block.
        for core in frame.view.cores.into_iter().flatten() {
            if Some(core.team) == cores::side(frame.defs, frame.own()) {
                self.marks.push(Mark::Circle(core.pos * scale, 0.075, frame.looks.colours.friend, 1.0));
                self.marks.push(Mark::Dot(core.pos * scale, 3.2, frame.looks.colours.friend, 1.0));
            } else {
                self.marks.push(Mark::Square(core.pos * scale, 4.4, frame.looks.colours.bot, 1.0));
            }
        }
        // A mouth is a ring with a middle; where one comes next blinks.
        for MouthView { pos, coming } in frame.view.mouths.into_iter().flatten() {
            self.marks.push(Mark::Circle(pos * scale, 0.045, palette::MOUTH, 1.0));
            self.marks.push(Mark::Dot(pos * scale, 1.6, palette::MOUTH, 1.0));
            if let Some((next, left_s)) = coming {
                let lit = if left_s.fract() > 0.5 { 1.0 } else { 0.3 };
                self.marks.push(Mark::Circle(next * scale, 0.045, palette::MOUTH, lit));
            }
        }
        let forecast = frame
            .view
            .forecast
            .iter()
            .step_by(if frame.map { 2 } else { 4 })
            .skip(1)
            .filter(|_| frame.looks.orbit_line);
        self.marks.extend(forecast.map(|point| Mark::Dot(*point * scale, 0.7, frame.looks.colours.own, 0.6)));
    }

    fn pilots(&mut self, frame: &Frame<'_>) {
        let scale = 0.94 / frame.view.arena_radius;
        let on_map = |pos: Vec2| (pos * scale).clamp_length_max(1.0);
        for ship in frame.view.ships.iter().filter(|ship| !ship.own) {
            // A friend is an open ring, whoever flies.
            if cores::is_friend(frame.defs, frame.own(), ship.id.player) {
                self.marks.push(Mark::Circle(on_map(ship.pos), 0.032, frame.looks.colours.friend, 1.0));
                continue;
            }
            // Shape as well as colour: people are discs, bots squares.
            self.marks.push(match frame.pilot(ship.id.player) {
                Some((_, true)) => Mark::Square(on_map(ship.pos), 1.7, frame.looks.colours.bot, 0.9),
                _ => Mark::Dot(on_map(ship.pos), 2.3, frame.looks.colours.person, 1.0),
            });
        }
        let own = frame.view.own_ship().map(|ship| ship.id.player);
        self.told(frame.leaderboard(), own, on_map);
        self.mates(frame.leaderboard(), &frame.view.ships, frame.looks.colours.friend, on_map);
        if let Some(own) = frame.view.own_ship() {
            self.marks.push(Mark::Arrow(on_map(own.pos), own.heading_rad, 5.5, frame.looks.colours.own));
        }
    }
}

impl Minimap {
    /// Where those of the own team are that are out of sight; whoever is in sight is where one sees them.
    fn mates(&mut self, board: &Leaderboard, seen: &[ShipView], colour: Rgb, on_map: impl Fn(Vec2) -> Vec2) {
        for mate in board.mates.iter().filter(|mate| seen.iter().all(|ship| ship.id.player != mate.player)) {
            let at = on_map(Vec2::new(mate.at.0.into(), mate.at.1.into()));
            self.marks.push(Mark::Circle(at, 0.032, colour, 0.7));
        }
    }

    /// Whose place everybody is told.
    fn told(&mut self, board: &Leaderboard, own: Option<PlayerId>, on_map: impl Fn(Vec2) -> Vec2) {
        let place = |told: &Leader| on_map(Vec2::new(told.at.0.into(), told.at.1.into()));
        let giants = board.giants.iter().filter(|giant| Some(giant.player) != own);
        self.marks.extend(giants.map(|giant| Mark::Hexagon(place(giant), 4.2, palette::GIANT)));
        self.marks.extend(board.leader.iter().map(|leader| Mark::Crown(place(leader), 5.0, palette::ORE)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_frame},
        view::scene::tests::ship,
    };
    use shared::replica::view::View;

    #[test]
    fn the_map_shows_both_mouths_and_where_one_comes_next() {
        let at = |x| MouthView { pos: Vec2::new(x, 0.0), coming: None };
        let next = MouthView { coming: Some((Vec2::new(0.0, 500.0), 4.7)), ..at(-1_000.0) };
        let view = View { arena_radius: 2_000.0, mouths: Some([at(1_000.0), next]), ..View::default() };
        let mut dom = Recorded::default();
        with_frame(&view, |frame| Minimap::default().update(frame, &mut dom));
        let rings: Vec<Vec2> = dom
            .marks
            .iter()
            .filter_map(|mark| if let Mark::Circle(at, _, palette::MOUTH, _) = mark { Some(*at) } else { None })
            .collect();
        assert_eq!(rings.len(), 3, "{rings:?}");
        assert!(rings.contains(&Vec2::new(0.0, 500.0 * (0.94 / 2_000.0))));
    }

    #[test]
    fn the_large_map_is_there_when_it_is_wanted_and_shows_the_same_larger() {
        let view = View { arena_radius: 2_000.0, ships: vec![ship(2, Vec2::new(0.0, 900.0))], ..View::default() };
        let mut map = Minimap::default();
        let mut paint = |open: bool, now_s: f64| {
            let mut dom = Recorded::default();
            with_frame(&view, |frame| {
                (frame.map, frame.now_s) = (open, now_s);
                map.update(frame, &mut dom);
            });
            let size =
                dom.marks.iter().find_map(|mark| if let Mark::Dot(_, size, ..) = mark { Some(*size) } else { None });
            (dom.has("map-panel!off"), dom.has("map-toggle@aria-expanded=true"), size.unwrap())
        };
        let (closed, _, small) = paint(false, 0.0);
        let (open, told, large) = paint(true, 1.0);
        assert!(!closed && open && told && (large - small * LARGER).abs() < 1e-3, "{small} {large}");
    }

    #[test]
    fn a_dreadnought_that_is_told_of_is_on_the_map_however_far_it_is() {
        let giants = vec![Leader { player: PlayerId(6), at: (0, -900) }, Leader { player: PlayerId(3), at: (9, 9) }];
        let board = Leaderboard { giants, ..Leaderboard::default() };
        let mut map = Minimap::default();
        map.told(&board, Some(PlayerId(3)), |pos| pos / 1_000.0);
        assert_eq!(map.marks, [Mark::Hexagon(Vec2::new(0.0, -0.9), 4.2, palette::GIANT)], "but not one's own");
    }

    #[test]
    fn mates_out_of_sight_are_on_the_map_and_those_in_sight_are_there_once() {
        let mates = [3, 5].map(|player| Leader { player: PlayerId(player), at: (0, -900) });
        let board = Leaderboard { mates: mates.into(), ..Leaderboard::default() };
        let mut map = Minimap::default();
        map.mates(&board, &[ship(3, Vec2::ZERO)], palette::ORBIT, |pos| pos / 1_000.0);
        assert_eq!(map.marks, [Mark::Circle(Vec2::new(0.0, -0.9), 0.032, palette::ORBIT, 0.7)]);
    }

    #[test]
    fn the_map_shows_the_place_and_the_ships_in_sight_inside_its_rim() {
        let own = ShipView { own: true, ..ship(1, Vec2::new(1_000.0, 0.0)) };
        let view =
            View { arena_radius: 2_000.0, ships: vec![own, ship(2, Vec2::new(0.0, 9_000.0))], ..View::default() };
        let mut dom = Recorded::default();
        with_frame(&view, |frame| Minimap::default().update(frame, &mut dom));
        assert!(dom.has("minimap-panel!off"));
        let own_at = dom.marks.iter().find_map(|mark| if let Mark::Arrow(at, ..) = mark { Some(*at) } else { None });
        assert!((own_at.unwrap() - Vec2::new(0.47, 0.0)).length() < 1e-3);
        let inside = |mark: &Mark| match mark {
            Mark::Dot(at, ..)
            | Mark::Arrow(at, ..)
            | Mark::Square(at, ..)
            | Mark::Circle(at, ..)
            | Mark::Hexagon(at, ..)
            | Mark::Crown(at, ..) => at.length() <= 1.001,
        };
        assert!(dom.marks.iter().all(inside));
    }
}
