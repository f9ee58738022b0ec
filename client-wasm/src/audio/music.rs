//! What plays under it all: chords that drift, notes that answer them, and a pulse while it is dangerous. Nothing is recorded; a
//! seed and what happens make it. Invariant: plain decisions, as in `audio`; every note is of the key, each is given out once and in
//! its order, and after a pause the music goes on instead of making up for what nobody heard.

use crate::view::cosmetic::Cosmetic;

/// A step, an eighth: 72 beats a minute, s.
pub const STEP_S: f64 = 60.0 / 72.0 / 2.0;
/// Steps of a chord: two bars.
const CHORD_STEPS: u32 = 16;
/// How long a chord sounds on into the next one, s.
const PAD_TAIL_S: f64 = 2.4;
/// Time constants with which tension rises and falls, s.
const RISES_S: f32 = 0.8;
const FALLS_S: f32 = 6.0;
/// Time constant with which what happened is forgotten, s.
const FORGETS_S: f32 = 5.0;
/// More than this does not make it worse: after a battle it must become calm again.
const STIRRED_MAX: f32 = 1.5;
/// Notes begin at least this long after they were asked for, s.
const SOON_S: f64 = 0.03;
/// After a longer gap the last chord has faded, s.
const GAP_MAX_S: f64 = CHORD_STEPS as f64 * STEP_S;
/// From this tension on there is a pulse, and from this on something ticks with it.
const PULSE_FROM: f32 = 0.2;
const TICK_FROM: f32 = 0.55;

/// Which instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Slow and soft: the chord.
    Pad,
    /// The root of the chord, below it.
    Drone,
    /// A string, plucked.
    Pluck,
    /// A short, low note.
    Pulse,
    /// A short hiss; it has no pitch.
    Tick,
}

/// A note to be played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    /// On what.
    pub voice: Voice,
    /// When it begins, on the clock of whoever asked, s.
    pub at_s: f64,
    /// How long until it has faded, s.
    pub length_s: f64,
    /// As a MIDI number: 69 is the A of 440 Hz, and a semitone is 1.
    pub pitch: u8,
    /// Loudness, 0..1.
    pub gain: f32,
    /// Left to right, -1..1.
    pub pan: f32,
}

impl Note {
    /// Its frequency, Hz: equal temperament.
    #[must_use]
    pub fn hz(&self) -> f32 {
        440.0 * 2.0f32.powf((f32::from(self.pitch) - 69.0) / 12.0)
    }
}

/// A chord: its root far below, and four notes close together.
struct Chord {
    root: u8,
    pad: [u8; 4],
}

/// Round and round: D minor, and where one can go from there without a hard step.
const CHORDS: [Chord; 8] = [
    Chord { root: 38, pad: [53, 57, 60, 64] },
    Chord { root: 34, pad: [53, 57, 62, 64] },
    Chord { root: 41, pad: [52, 57, 60, 67] },
    Chord { root: 36, pad: [55, 57, 62, 64] },
    Chord { root: 31, pad: [53, 58, 62, 65] },
    Chord { root: 33, pad: [55, 60, 62, 64] },
    Chord { root: 34, pad: [53, 57, 60, 62] },
    Chord { root: 36, pad: [52, 55, 60, 62] },
];
/// What is plucked: the five notes that go with all of the chords.
const STRINGS: [u8; 10] = [62, 65, 67, 69, 72, 74, 77, 79, 81, 84];
/// In which steps of a chord the pulse is.
const PULSE: [bool; CHORD_STEPS as usize] = {
    let (o, x) = (false, true);
    [x, o, o, x, o, o, x, o, x, o, o, x, o, x, x, o]
};

/// Makes it.
#[derive(Debug)]
pub struct Music {
    random: Cosmetic,
    step: u32,
    /// When the next step is, s.
    next_s: Option<f64>,
    /// What happened lately.
    stirred: f32,
    tension: f32,
    /// Which string was plucked last.
    string: usize,
    notes: Vec<Note>,
}

impl Default for Music {
    fn default() -> Self {
        Music::new(1)
    }
}

impl Music {
    /// Music for this seed; two seeds pluck differently.
    #[must_use]
    pub fn new(seed: u64) -> Music {
        let random = Cosmetic::new(seed);
        Music { random, step: 0, next_s: None, stirred: 0.0, tension: 0.0, string: 4, notes: Vec::new() }
    }

    /// Something happened that is so exciting: 1 for what nobody overhears.
    pub fn stir(&mut self, by: f32) {
        self.stirred = (self.stirred + by).min(STIRRED_MAX);
    }

    /// Time passed.
    pub fn update(&mut self, dt_s: f32) {
        self.stirred -= self.stirred * (dt_s / FORGETS_S).min(1.0);
        let wanted = self.stirred.min(1.0);
        let constant_s = if wanted > self.tension { RISES_S } else { FALLS_S };
        self.tension += (wanted - self.tension) * (dt_s / constant_s).min(1.0);
    }

    /// How tense it is, 0..1.
    #[must_use]
    pub fn tension(&self) -> f32 {
        self.tension
    }

    /// What begins until `until_s` and was not given out yet; it is `now_s`.
    pub fn compose(&mut self, now_s: f64, until_s: f64) -> &[Note] {
        self.notes.clear();
        // What would begin this very moment would begin too late, with a crack.
        let soon_s = now_s + SOON_S;
        let mut at_s = match self.next_s {
            // A hitch: the steps in it are not heard, the chord sounds on.
            Some(next_s) if next_s > now_s - GAP_MAX_S => self.pass_by(next_s, soon_s),
            _ => {
                // Whoever comes back comes back to a chord.
                self.step = self.step.next_multiple_of(CHORD_STEPS);
                soon_s
            }
        };
        while at_s < until_s {
            self.write(at_s);
            self.go_on();
            at_s += STEP_S;
        }
        self.next_s = Some(at_s);
        &self.notes
    }

    /// Leaves out the steps that should have begun before `soon_s`: when the next one is, s.
    fn pass_by(&mut self, next_s: f64, soon_s: f64) -> f64 {
        let mut at_s = next_s;
        // A chord is late rather than left out, or there would be none for its two bars.
        while at_s < soon_s && !self.step.is_multiple_of(CHORD_STEPS) {
            self.go_on();
            at_s += STEP_S;
        }
        at_s.max(soon_s)
    }

    fn go_on(&mut self) {
        self.step = (self.step + 1) % (CHORD_STEPS * CHORDS.len() as u32);
    }

    /// One step.
    fn write(&mut self, at_s: f64) {
        let Chord { root, pad } = CHORDS[(self.step / CHORD_STEPS) as usize % CHORDS.len()];
        let step = self.step % CHORD_STEPS;
        if step == 0 {
            let length_s = f64::from(CHORD_STEPS) * STEP_S + PAD_TAIL_S;
            self.add(Note { voice: Voice::Drone, at_s, length_s, pitch: root, gain: 0.3, pan: 0.0 });
            for (pitch, pan) in pad.into_iter().zip([-0.5, 0.2, -0.15, 0.55]) {
                self.add(Note { voice: Voice::Pad, at_s, length_s, pitch, gain: 0.12, pan });
            }
        }
        let chance = 0.26 + 0.3 * self.tension + if step.is_multiple_of(4) { 0.2 } else { 0.0 };
        if self.random.unit() < chance {
            let (gain, pan) = (self.random.range(0.12, 0.24), self.random.range(-0.6, 0.6));
            let pitch = self.next_string();
            self.add(Note { voice: Voice::Pluck, at_s, length_s: 1.3, pitch, gain, pan });
        }
        if self.tension > PULSE_FROM && PULSE[step as usize] {
            let gain = 0.5 * self.tension;
            self.add(Note { voice: Voice::Pulse, at_s, length_s: 0.34, pitch: root + 12, gain, pan: 0.0 });
        }
        if self.tension > TICK_FROM && step % 2 == 1 {
            let gain = 0.16 * self.tension;
            self.add(Note { voice: Voice::Tick, at_s, length_s: 0.05, pitch: root, gain, pan: 0.25 });
        }
    }

    /// A melody seldom leaps.
    fn next_string(&mut self) -> u8 {
        let by = [-2, -1, -1, 1, 1, 2, 3][(self.random.unit() * 7.0) as usize];
        let to = self.string as i32 + by;
        // At an end it turns around.
        let to = if (0..STRINGS.len() as i32).contains(&to) { to } else { self.string as i32 - by };
        self.string = to as usize;
        STRINGS[self.string]
    }

    fn add(&mut self, note: Note) {
        self.notes.push(note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes of D minor, from C.
    const KEY: [u8; 7] = [0, 2, 4, 5, 7, 9, 10];

    /// Asks as frames do, for a fifth of a second ahead, from one time to another.
    fn heard(music: &mut Music, (from_s, to_s): (f64, f64)) -> Vec<Note> {
        let frames = ((to_s - from_s) * 60.0) as u32;
        let at = |frame: u32| from_s + f64::from(frame) / 60.0;
        (0..frames).flat_map(|frame| music.compose(at(frame), at(frame) + 0.2).to_vec()).collect()
    }

    fn count(notes: &[Note], voice: Voice) -> usize {
        notes.iter().filter(|note| note.voice == voice).count()
    }

    #[test]
    fn every_note_is_of_the_key_comes_once_and_in_time() {
        let notes = heard(&mut Music::new(7), (3.0, 183.0));
        assert!(count(&notes, Voice::Pluck) > 100, "{}", notes.len());
        assert_eq!(count(&notes, Voice::Pad), 4 * count(&notes, Voice::Drone));
        for pair in notes.windows(2) {
            assert!(pair[0].at_s <= pair[1].at_s);
            assert!(pair[0] != pair[1], "{:?}", pair[0]);
        }
        for note in &notes {
            assert!(KEY.contains(&(note.pitch % 12)), "{note:?}");
            assert!((40.0..1_100.0).contains(&note.hz()) && note.gain > 0.0 && note.gain <= 0.5, "{note:?}");
            let step = (note.at_s - 3.0 - SOON_S) / STEP_S;
            assert!((step - step.round()).abs() < 1e-6, "{note:?}");
        }
    }

    #[test]
    fn a_fight_is_heard_in_it_and_its_end_too() {
        let mut music = Music::new(7);
        assert_eq!(count(&heard(&mut music, (0.0, 30.0)), Voice::Pulse), 0);
        for _ in 0..120 {
            music.stir(0.05);
            music.update(1.0 / 60.0);
        }
        assert!(music.tension() > 0.7, "{}", music.tension());
        let fight = heard(&mut music, (30.0, 44.0));
        assert!(count(&fight, Voice::Pulse) > 10 && count(&fight, Voice::Tick) > 10, "{fight:?}");
        (0..40 * 60).for_each(|_| music.update(1.0 / 60.0));
        let after = heard(&mut music, (44.0, 60.0));
        assert_eq!((count(&after, Voice::Pulse), count(&after, Voice::Tick)), (0, 0));
    }

    #[test]
    fn a_pause_is_not_made_up_for_and_ends_with_a_chord() {
        let mut music = Music::new(7);
        heard(&mut music, (0.0, 10.0));
        let back = music.compose(3_600.0, 3_600.2);
        assert_eq!((back[0].voice, back[0].at_s), (Voice::Drone, 3_600.0 + SOON_S));
        assert!(back.len() < 8, "{back:?}");
    }

    #[test]
    fn hitches_begin_no_chord_before_its_time_and_nothing_in_the_past() {
        let mut music = Music::new(7);
        let (mut now_s, mut chords) = (0.0, Vec::new());
        // One frame in two thirds of a second, for a minute and a half.
        while now_s < 90.0 {
            for note in music.compose(now_s, now_s + 0.25) {
                assert!(note.at_s >= now_s + SOON_S - 1e-9, "{note:?} at {now_s}");
                chords.extend((note.voice == Voice::Drone).then_some(note.at_s));
            }
            now_s += 0.66;
        }
        let spacing = chords.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(chords.len() > 8 && spacing.fold(f64::INFINITY, f64::min) > GAP_MAX_S - 0.7, "{chords:?}");
    }

    #[test]
    fn two_seeds_pluck_differently_and_one_as_before() {
        let of = |seed| heard(&mut Music::new(seed), (0.0, 60.0));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
