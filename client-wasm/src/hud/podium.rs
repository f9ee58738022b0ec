//! The podium at the end of a season: the three best, and how one did oneself. Invariant: it never takes a key, a click or a
//! touch that is not on its own buttons, and goes by itself.

use shared::protocol::{PodiumPlace, SeasonEnd};

use super::{Cached, Dom, Frame, Id, Source, Widget, keys::cap, score::grouped};
use crate::{
    input::Action,
    words::{Language, Word},
};

/// The steps: element, name, points.
const STEPS: [(Id, Id, Id); 3] = [
    ("podium-1", "podium-1-name", "podium-1-points"),
    ("podium-2", "podium-2-name", "podium-2-points"),
    ("podium-3", "podium-3-name", "podium-3-points"),
];

/// The podium.
#[derive(Debug, Default)]
pub struct Podium {
    /// Number of the season shown, the own rank, whether names are masked, and how it is said.
    shown: Cached<Option<(u16, u16, bool, Language)>>,
    /// There is a season whose card can be made.
    card: Cached<bool>,
}

impl Widget for Podium {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let recorded = match frame.source {
            Source::Film(film) => film.podium(),
            Source::Line(_) => None,
        };
        let end = match frame.source {
            Source::Line(net) => {
                let ceremony = net.heard().ceremony();
                if self.card.changed(ceremony.last().is_some()) {
                    for button in ["season-card", "menu-card"] {
                        dom.flag(button, "off", ceremony.last().is_none());
                    }
                }
                ceremony.podium((frame.now_s * 1e6) as u64).filter(|_| net.playing())
            }
            Source::Film(_) => recorded.as_ref(),
        };
        let rank = |end: &SeasonEnd| end.own.map_or(0, |own| own.rank);
        if !self.shown.changed(end.map(|end| (end.number, rank(end), frame.masks.is_some(), frame.language))) {
            return;
        }
        dom.flag("podium", "off", end.is_none());
        if let Some(end) = end {
            show(frame, end, dom);
        }
    }
}

fn show(frame: &Frame<'_>, end: &SeasonEnd, dom: &mut dyn Dom) {
    // A recording does not know the number.
    let title = match end.number {
        0 => frame.say(Word::SeasonOverThen).to_owned(),
        number => Word::SeasonOver.with(frame.language, &[&number.to_string()]),
    };
    dom.text("podium-title", &title);
    for (at, (step, name, points)) in STEPS.into_iter().enumerate() {
        let place = end.best.get(at);
        dom.flag(step, "empty", place.is_none());
        // By rank: the slot of that moment may be somebody else's by now.
        let own = end.own.is_some_and(|own| usize::from(own.rank) == at + 1);
        dom.flag(step, "own", own);
        let shown = |place: &PodiumPlace| {
            if own { place.name.clone() } else { frame.shown_name(place.player, &place.name).to_owned() }
        };
        dom.text(name, &place.map_or_else(String::new, shown));
        dom.text(points, &place.map_or_else(String::new, |place| grouped(place.points)));
    }
    let (mut own_row, mut deeds) = (String::new(), String::new());
    if let Some(own) = &end.own {
        let place = [own.rank.to_string(), end.pilots.to_string(), grouped(own.points)];
        own_row = Word::SeasonOwn.with(frame.language, &place.each_ref().map(String::as_str));
        let counts = [own.kills, own.deaths, own.streak].map(|count| count.to_string());
        deeds = Word::SeasonDeeds.with(frame.language, &counts.each_ref().map(String::as_str));
    }
    dom.text("podium-own", &own_row);
    dom.text("podium-deeds", &deeds);
    dom.text("podium-key", &cap(frame, Action::Dismiss));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_parts},
        names::Masks,
        net::tests::with_season,
    };
    use shared::replica::view::{Phase, View};

    #[test]
    fn the_podium_shows_the_three_best_and_the_own_row_until_it_is_dismissed() {
        let (view, mut podium) = (View { phase: Phase::Flying, ..View::default() }, Podium::default());
        let mut net = with_season();
        let mut dom = Recorded::default();
        with_parts(&view, &net, None, |frame| {
            frame.now_s = 1.0;
            podium.update(frame, &mut dom);
        });
        for what in [
            "podium!off",
            "season-card!off",
            "menu-card!off",
            "podium-title=Season 3 is over",
            "podium-1-name=Ada",
            "podium-2.own",
            "podium-1!own",
            "podium-1-points=1\u{2009}240",
            "podium-3-name=Halley",
            "podium-own=#2 of 12 with 300 points",
            "podium-deeds=Kills: 5, deaths: 1, best streak: 4",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
        net.heard_mut().ceremony_mut().dismiss();
        let mut dom = Recorded::default();
        with_parts(&view, &net, None, |frame| podium.update(frame, &mut dom));
        assert!(dom.has("podium.off") && !dom.has("season-card.off"));
    }

    #[test]
    fn in_streamer_mode_the_podium_names_nobody() {
        let (view, masks, mut dom) = (View::default(), Masks::new(Language::English), Recorded::default());
        with_parts(&view, &with_season(), None, |frame| {
            Podium::default().update(&Frame { masks: Some(&masks), ..*frame }, &mut dom);
        });
        assert!(
            dom.has("podium-1-name=Pilot 7") && !dom.done.iter().any(|done| done.contains("Ada")),
            "{:?}",
            dom.done
        );
    }
}
