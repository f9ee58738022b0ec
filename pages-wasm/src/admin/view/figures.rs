//! The charts, the bars and the map.

use crate::{
    admin::{
        bins,
        chart::{self, Chart},
        desk::Desk,
        format,
        history::{CURVES, Curve},
        map,
    },
    browser,
    canvas::Canvas,
    words::{word, word_of},
};

#[derive(Debug)]
pub struct Drawn {
    charts: [Chart; 4],
    ticks: Canvas,
    round_trips: Canvas,
    map: Canvas,
}

impl Drawn {
    pub fn of() -> Option<Drawn> {
        let chart = |curve: Curve| {
            let (id, least, write): (_, _, fn(f64) -> String) = match curve {
                Curve::Players => ("chart-players", 4.0, |value| format!("{value:.0}")),
                Curve::Out => ("chart-out", 2_000.0, format::bytes),
                Curve::Tick => ("chart-tick", 1_000.0, format::micros),
                Curve::Cpu => ("chart-cpu", 10.0, |value| format!("{value:.0} %")),
            };
            Canvas::of(id).map(|canvas| Chart { canvas, least, write })
        };
        let [Some(players), Some(out), Some(tick), Some(cpu)] = CURVES.map(chart) else { return None };
        let [ticks, round_trips, map] = ["bins-tick", "bins-rtt", "map"].map(Canvas::of);
        Some(Drawn { charts: [players, out, tick, cpu], ticks: ticks?, round_trips: round_trips?, map: map? })
    }

    /// When there are new figures, or another size.
    pub fn figures(&self, desk: &Desk) {
        let room = desk.history.points_max();
        for (chart, curve) in self.charts.iter().zip(CURVES) {
            let name = match curve {
                Curve::Players => "players-chart",
                Curve::Out => "out-chart",
                Curve::Tick => "tick-chart",
                Curve::Cpu => "cpu-chart",
            };
            chart.draw(desk.history.points(curve), room, word(name));
        }
        let chosen = desk.chosen();
        let ticks = chosen.map(|room| bins::of_ticks(&room.tick_us)).unwrap_or_default();
        chart::bars(&self.ticks, &ticks, word("tick-times"), "–");
        let round_trips = chosen.map(|room| bins::of_round_trips(&room.players)).unwrap_or_default();
        chart::bars(&self.round_trips, &round_trips, word("round-trips"), word("nobody-yet"));
    }

    /// Every frame.
    pub fn map(&self, desk: &Desk, now_ms: f64) {
        let Some((map, _)) = &desk.sights.now else {
            self.map.fit();
            return browser::set_text("map-words", word("waiting-map"));
        };
        let ships = map::ships(&desk.sights, now_ms, browser::is_calm());
        map::draw(&self.map, map, &ships, desk.player);
        let count = word_of("map-people", &ships.len().to_string());
        self.map.describe(&count);
        let chosen = desk.chosen_player().map(|player| format!(" · {} (#{})", player.name, player.slot));
        browser::set_text(
            "map-words",
            &format!("{count}{}", chosen.unwrap_or_else(|| format!(" · {}", word("map-hint")))),
        );
    }

    /// Whose ship was clicked; the place is the canvas's, CSS pixels.
    pub fn pick(&self, desk: &Desk, at: (f64, f64), now_ms: f64) -> Option<u16> {
        let (map, _) = desk.sights.now.as_ref()?;
        let size = self.map.fit();
        let ships = map::ships(&desk.sights, now_ms, browser::is_calm());
        map::pick(map, &ships, at, size.width / size.ratio, size.height / size.ratio)
    }
}
