//! How two teams stand: whose side one is on, what the cores still take or the rounds won, the time left, and for some
//! seconds who won. Invariant: friend and foe differ by sign and colour here as in the arena (a ring and a diamond); the
//! verdict is said once, as it was heard.

use shared::{
    defs::{Defs, GameMode, Team},
    replica::view::RoundView,
    sim::RoundPhase,
    tick::TICK_HZ,
};

use super::{Cached, CachedText, Dom, Frame, Id, Source, Widget, score::grouped};
use crate::{view::cores, words::Word};

/// For so long a verdict stays, s.
const VERDICT_S: f64 = 8.0;
/// The signs of friend and foe.
const SIGNS: [&str; 2] = ["◯", "◆"];

/// The elements of one side: name, gauge, figure.
const SIDES: [(Id, Id, Id); 2] = [
    ("contest-ours-name", "contest-ours-core", "contest-ours-points"),
    ("contest-theirs-name", "contest-theirs-core", "contest-theirs-points"),
];

/// The panel.
#[derive(Debug, Default)]
pub struct Contest {
    shown: Cached<(bool, bool, bool, bool)>,
    names: [CachedText; 2],
    figures: [CachedText; 2],
    shares: [Cached<u32>; 2],
    clock: CachedText,
    round: CachedText,
    verdict: CachedText,
}

impl Widget for Contest {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let round = frame.view.round.filter(|_| frame.defs.mode.teams);
        let fixed = frame.defs.mode.classes.is_some();
        let with_cores = frame.defs.arena.core.is_some();
        let scope = frame.defs.mode.terms.mode == GameMode::Y1962;
        if self.shown.changed((round.is_some(), fixed, with_cores, scope)) {
            dom.flag("hud", "scope", scope);
            dom.flag("contest", "off", round.is_none());
            dom.flag("hud", "contested", round.is_some());
            dom.flag("contest", "bare", !with_cores);
            dom.flag("lobby", "fixed", fixed);
            dom.flag("death", "fixed", fixed);
        }
        let Some((round, side)) = round.zip(cores::side(frame.defs, frame.own())) else {
            if self.verdict.changed("") {
                dom.flag("verdict", "off", true);
            }
            return;
        };
        for (index, team) in [side, side.other()].into_iter().enumerate() {
            self.side(frame, &round, (index, team), dom);
        }
        let clock = clock(round.left_ticks);
        if self.clock.changed(&clock) {
            dom.text("contest-time", &clock);
        }
        let number = Word::RoundNumber.with(frame.language, &[&round.number.to_string()]);
        if self.round.changed(&number) {
            dom.text("contest-round", &number);
        }
        self.say(frame, &round, side, dom);
    }
}

impl Contest {
    fn side(&mut self, frame: &Frame<'_>, round: &RoundView, (index, team): (usize, Team), dom: &mut dyn Dom) {
        let (name_id, core_id, points_id) = SIDES[index];
        let name = [SIGNS[index], " ", frame.say(name(team))].concat();
        if self.names[index].changed(&name) {
            dom.text(name_id, &name);
        }
        let points = grouped(round.points[team as usize]);
        let core = round.cores[team as usize];
        let figure = match &frame.defs.arena.core {
            Some(_) => Word::CoreFigures.with(frame.language, &[&grouped(core.into()), &points]),
            None => points,
        };
        if self.figures[index].changed(&figure) {
            dom.text(points_id, &figure);
        }
        if self.shares[index].changed(core.into()) {
            dom.share(core_id, f32::from(core) / f32::from(frame.defs.mode.terms.core_hull).max(1.0));
        }
    }

    /// The countdown, or who won.
    fn say(&mut self, frame: &Frame<'_>, round: &RoundView, side: Team, dom: &mut dyn Dom) {
        let (what, more, tone) = words(frame, round, side).unwrap_or_default();
        if !self.verdict.changed(&[&what, "\n", &more].concat()) {
            return;
        }
        dom.flag("verdict", "off", what.is_empty());
        dom.flag("verdict", "won", tone == Tone::Won);
        dom.flag("verdict", "lost", tone == Tone::Lost);
        dom.text("verdict-what", &what);
        dom.text("verdict-more", &more);
    }
}

/// How something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tone {
    #[default]
    Plain,
    Won,
    Lost,
}

/// What is to be said over the arena, if anything.
fn words(frame: &Frame<'_>, round: &RoundView, side: Team) -> Option<(String, String, Tone)> {
    let seconds = round.left_ticks.div_ceil(TICK_HZ).to_string();
    if let Some((winner, won)) = verdict(frame, round) {
        let next = match round.phase {
            RoundPhase::Over if won && frame.defs.mode.one_life => Word::NextMatchIn.with(frame.language, &[&seconds]),
            RoundPhase::Over => Word::NextRoundIn.with(frame.language, &[&seconds]),
            _ => String::new(),
        };
        return Some(said(frame, winner, won, side, next));
    }
    match round.phase {
        RoundPhase::Waiting => Some((frame.say(Word::WaitingForFoe).to_owned(), String::new(), Tone::Plain)),
        RoundPhase::Ready => {
            Some((Word::RoundNumber.with(frame.language, &[&round.number.to_string()]), seconds, Tone::Plain))
        }
        RoundPhase::Play | RoundPhase::Over => None,
    }
}

fn said(frame: &Frame<'_>, winner: Option<Team>, won: bool, side: Team, next: String) -> (String, String, Tone) {
    let Some(winner) = winner else { return (frame.say(Word::Draw).to_owned(), next, Tone::Plain) };
    let team = frame.say(name(winner));
    let whole = won && frame.defs.mode.one_life;
    let word = if whole { Word::WinsMatch } else { Word::WinsRound };
    let who = word.with(frame.language, &[team]);
    if frame.own().is_none() {
        return (who, next, Tone::Plain);
    }
    let mine = winner == side;
    let what = frame.say(if mine { Word::Victory } else { Word::Defeat }).to_owned();
    let more = if next.is_empty() { who } else { [&who, " · ", &next].concat() };
    (what, more, if mine { Tone::Won } else { Tone::Lost })
}

/// The verdict that is still news: as it was heard over the line, or as a recording stands.
fn verdict(frame: &Frame<'_>, round: &RoundView) -> Option<(Option<Team>, bool)> {
    match frame.source {
        Source::Line(net) => {
            let verdict = net.heard().verdicts().last()?;
            let age_s = frame.now_s - verdict.at_us as f64 / 1e6;
            // The countdown of the next round has the word.
            let counting = round.phase == RoundPhase::Ready && frame.defs.mode.one_life;
            (age_s < VERDICT_S && !counting).then_some((verdict.winner, verdict.won))
        }
        Source::Film(_) => (round.phase == RoundPhase::Over).then(|| (round.winner, is_won(round, frame.defs))),
    }
}

fn is_won(round: &RoundView, defs: &Defs) -> bool {
    round.points.iter().any(|points| *points >= u32::from(defs.mode.terms.wins))
}

/// A team's name.
#[must_use]
pub fn name(team: Team) -> Word {
    match team {
        Team::Dawn => Word::TeamDawn,
        Team::Dusk => Word::TeamDusk,
    }
}

/// What a mode is about, in a line for the lobby.
#[must_use]
pub fn pitch(mode: GameMode) -> Word {
    match mode {
        GameMode::Drift => Word::Pitch,
        GameMode::CoreWar => Word::PitchCoreWar,
        GameMode::Duel => Word::PitchDuel,
        GameMode::Y1962 => Word::Pitch1962,
    }
}

/// Minutes and seconds.
fn clock(ticks: u32) -> String {
    let seconds = ticks.div_ceil(TICK_HZ);
    let (minutes, seconds) = ((seconds / 60).to_string(), seconds % 60);
    [minutes.as_str(), if seconds < 10 { ":0" } else { ":" }, &seconds.to_string()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::{Recorded, with_frame};
    use shared::{defs::Terms, replica::view::View};

    fn round(phase: RoundPhase) -> RoundView {
        let (cores, points) = ([7_500, 3_750], [12, 1_034]);
        RoundView { number: 2, phase, left_ticks: 61 * 60, cores, points, winner: None }
    }

    fn shown(mode: GameMode, phase: RoundPhase) -> Recorded {
        let view = View { round: Some(round(phase)), ..View::default() };
        let defs = Defs::of(Terms::of(mode));
        let mut dom = Recorded::default();
        with_frame(&view, |frame| {
            let frame = Frame { defs: &defs, ..*frame };
            Contest::default().update(&frame, &mut dom);
        });
        dom
    }

    #[test]
    fn a_war_shows_both_cores_the_teams_and_the_time_left() {
        let dom = shown(GameMode::CoreWar, RoundPhase::Play);
        for done in [
            "contest!off",
            "contest!bare",
            "contest-ours-name=◯ Dawn",
            "contest-theirs-name=◆ Dusk",
            "contest-ours-core%1.00",
            "contest-theirs-core%0.50",
            "contest-time=1:01",
            "verdict.off",
        ] {
            assert!(dom.has(done), "{done}: {:?}", dom.done);
        }
    }

    #[test]
    fn a_duel_counts_down_and_has_no_cores_and_drift_shows_nothing() {
        let dom = shown(GameMode::Duel, RoundPhase::Ready);
        assert!(dom.has("contest.bare") && dom.has("verdict!off") && dom.has("verdict-what=Round 2"), "{:?}", dom.done);
        assert!(shown(GameMode::Drift, RoundPhase::Play).has("contest.off"));
        assert!(shown(GameMode::Y1962, RoundPhase::Play).has("lobby.fixed"));
        assert!(shown(GameMode::Y1962, RoundPhase::Play).has("hud.scope"), "the instruments are of its colour");
        assert!(!shown(GameMode::Duel, RoundPhase::Play).has("hud.scope"));
    }
}
