//! What happened in the arena, as it was heard on whatever connection: deaths, rounds, seasons, announcements. Invariant: each is
//! heard once, and what is told once is forgotten when it was taken.

use shared::{defs::Team, ids::PlayerId, protocol::Deed, replica::Replica, sim::Cause};

use crate::season::Ceremony;

/// Deaths remembered for the feed and for the tests; older ones are forgotten.
const KILLS_MAX: usize = 512;
/// Verdicts remembered; older ones are forgotten.
const VERDICTS_MAX: usize = 64;
/// An announcement is shown this long, µs.
pub const ANNOUNCED_US: u64 = 8_000_000;

/// A death, with the names of that moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Kill {
    /// Who did it, if anyone, and under which name.
    pub killer: Option<(PlayerId, String)>,
    /// Who died, and under which name.
    pub victim: (PlayerId, String),
    /// Of what.
    pub cause: Cause,
    /// When, µs.
    pub at_us: u64,
}

/// An own kill, as it was heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triumph {
    /// By whom: oneself.
    pub own: PlayerId,
    /// Who died.
    pub victim: PlayerId,
    /// Of what.
    pub cause: Cause,
    /// What it is worth.
    pub points: u32,
    /// When it was heard, µs.
    pub at_us: u64,
}

/// Who won a round, as it was heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Who; nobody in a draw.
    pub winner: Option<Team>,
    /// The match was over, too.
    pub won: bool,
    /// When it was heard, µs.
    pub at_us: u64,
}

/// What was heard since the page was loaded.
#[derive(Debug, Default)]
pub struct Heard {
    kills: Vec<Kill>,
    ceremony: Ceremony,
    verdicts: Vec<Verdict>,
    victory: bool,
    triumph: Option<Triumph>,
    /// What was announced last, and when, µs.
    announced: Option<(String, u64)>,
}

impl Heard {
    /// Hears of a deed, and asks `replica` who is who.
    pub(super) fn hear(&mut self, deed: Deed, replica: &Replica, now_us: u64) {
        match deed {
            Deed::Kill { killer, victim, cause, points } => {
                let own = killer.filter(|killer| Some(*killer) == replica.player() && *killer != victim);
                let better = self.triumph.is_none_or(|known| points > known.points);
                if let Some(own) = own.filter(|_| better) {
                    self.triumph = Some(Triumph { own, victim, cause, points, at_us: now_us });
                }
                let named =
                    |player| (player, replica.name_of(player).map_or("?", |entry| entry.name.as_str()).to_owned());
                let kill = Kill { killer: killer.map(named), victim: named(victim), cause, at_us: now_us };
                push_to(&mut self.kills, KILLS_MAX, kill);
            }
            // A hit shows as a spark of the view; the feed tells of deaths.
            Deed::Hit { .. } => {}
            Deed::Season(end) => self.ceremony.hear(*end, now_us),
            Deed::Round { winner, won } => {
                push_to(&mut self.verdicts, VERDICTS_MAX, Verdict { winner, won, at_us: now_us });
                let own = replica.player().and_then(|player| replica.defs().mode.team(player));
                self.victory |= winner.is_some() && winner == own;
            }
        }
    }

    /// Hears an announcement.
    pub(super) fn announce(&mut self, text: &str, now_us: u64) {
        self.announced = Some((text.to_owned(), now_us));
    }

    /// The last announcement, while it is to be read.
    #[must_use]
    pub fn announcement(&self, now_us: u64) -> Option<&str> {
        let (text, at_us) = self.announced.as_ref()?;
        (now_us.saturating_sub(*at_us) < ANNOUNCED_US).then_some(text)
    }

    /// The own kill that is worth most since this was last asked.
    pub fn take_triumph(&mut self) -> Option<Triumph> {
        self.triumph.take()
    }

    /// Deaths, oldest first.
    #[must_use]
    pub fn kills(&self) -> &[Kill] {
        &self.kills
    }

    /// How the last season ended.
    #[must_use]
    pub fn ceremony(&self) -> &Ceremony {
        &self.ceremony
    }

    /// The same, to take the podium away.
    pub fn ceremony_mut(&mut self) -> &mut Ceremony {
        &mut self.ceremony
    }

    /// Rounds decided, oldest first.
    #[must_use]
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// Whether the own team has just won; asking forgets it.
    pub fn take_victory(&mut self) -> bool {
        std::mem::take(&mut self.victory)
    }
}

/// Remembers one more, and forgets the oldest beyond `most`.
fn push_to<T>(remembered: &mut Vec<T>, most: usize, new: T) {
    if remembered.len() == most {
        remembered.remove(0);
    }
    remembered.push(new);
}
