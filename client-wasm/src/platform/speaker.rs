//! Web Audio: oscillators and noise, no files. Invariant: silent until the player's first gesture (browsers insist),
//! and while nobody can see the page; a browser without sound gives a speaker that does nothing.

mod band;
mod chain;

use web_sys::AudioContextState;

use super::storage;
use crate::{
    audio::Audio,
    settings::{Knob, Settings},
};
use chain::Chain;

/// Loudness of everything.
const MASTER: f32 = 0.42;
/// Share of it while another window has the keyboard.
const DUCKED: f32 = 0.3;
/// Time constant of a change of it, s: a jump would crack.
const FADE_S: f64 = 0.04;

/// Notes are handed over so long before they sound, s: longer than a frame, and than most hiccups.
const AHEAD_S: f64 = 0.25;

/// The speaker, once there was a gesture.
#[derive(Debug, Default)]
pub struct Speaker {
    sound: Option<Chain>,
    /// No sound on this machine; do not ask again.
    refused: bool,
    muted: bool,
    loudness: Loudness,
    presence: Presence,
}

/// Where the player is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presence {
    /// At this page.
    #[default]
    Here,
    /// At another window; this one may be in sight.
    Aside,
    /// Nobody sees this page.
    Away,
}

/// How loud things are, each 0..1 of what they usually are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// Everything.
    pub master: f32,
    /// All that begins and ends: shots, hits, explosions.
    pub effects: f32,
    /// The own engine.
    pub engine: f32,
    /// What plays under it all.
    pub music: f32,
}

impl Loudness {
    /// As the sliders stand.
    #[must_use]
    pub fn of(settings: &Settings) -> Loudness {
        Loudness {
            master: settings.gain(Knob::Master),
            effects: settings.gain(Knob::Effects),
            engine: settings.gain(Knob::Engine),
            music: settings.gain(Knob::Music),
        }
    }
}

impl Default for Loudness {
    fn default() -> Self {
        Loudness { master: 1.0, effects: 1.0, engine: 1.0, music: 1.0 }
    }
}

impl Speaker {
    /// A speaker that is off or will be on, as this browser was left.
    #[must_use]
    pub fn new() -> Speaker {
        Speaker { muted: storage::muted(), ..Speaker::default() }
    }

    /// The player did something: from now on sound is allowed.
    pub fn wake(&mut self) {
        if self.sound.is_none() && !self.refused {
            self.sound = Chain::new().ok();
            self.refused = self.sound.is_none();
            self.settle();
        }
        // Whoever does something here is here.
        self.attend(Presence::Here);
    }

    /// The player came or went: ducked while they are aside, silent while nobody sees the page.
    pub fn attend(&mut self, presence: Presence) {
        if self.presence != presence {
            self.presence = presence;
            self.settle();
        }
        if let Some(chain) = &self.sound
            && presence != Presence::Away
            && chain.context.state() == AudioContextState::Suspended
        {
            // A refusal leaves the game silent until the next gesture.
            let _ = chain.context.resume();
        }
    }

    /// Puts the browser's sound to sleep once nobody is there to hear it; to be called now and then.
    pub fn doze(&self) {
        if let Some(chain) = self.sound.as_ref().filter(|_| self.presence == Presence::Away)
            && chain.context.state() == AudioContextState::Running
            && chain.master.gain().value() < 0.001
        {
            // If it does not sleep it is still silent.
            let _ = chain.context.suspend();
        }
    }

    /// Turns sound off or on, also for the next visit.
    pub fn toggle_mute(&mut self) {
        self.muted = !self.muted;
        self.settle();
        storage::remember_muted(self.muted);
    }

    /// From now on things are this loud.
    pub fn set_loudness(&mut self, loudness: Loudness) {
        self.loudness = loudness;
        self.settle();
    }

    fn settle(&self) {
        if let Some(chain) = &self.sound {
            let present = match self.presence {
                Presence::Here => 1.0,
                Presence::Aside => DUCKED,
                Presence::Away => 0.0,
            };
            let gain = if self.muted { 0.0 } else { MASTER * self.loudness.master * present };
            // A parameter that cannot be scheduled keeps its value.
            let _ = chain.master.gain().set_target_at_time(gain, chain.context.current_time(), FADE_S);
            chain.effects.gain().set_value(self.loudness.effects);
            chain.band.set_gain(self.loudness.music, chain.context.current_time());
        }
    }

    /// Sound is off.
    #[must_use]
    pub fn muted(&self) -> bool {
        self.muted
    }

    /// Plays what begins in this frame, and the music a little ahead; sets the engine's hum.
    pub fn play(&mut self, audio: &mut Audio) {
        let Some(chain) =
            self.sound.as_ref().filter(|chain| !self.muted && chain.context.state() == AudioContextState::Running)
        else {
            return;
        };
        let now_s = chain.context.current_time();
        // A parameter that cannot be scheduled keeps its value; one sound less is no harm.
        let _ = chain.hum.gain().set_target_at_time(audio.hum() * 0.16 * self.loudness.engine, now_s, 0.05);
        for cue in audio.cues() {
            let _ = chain.begin(cue);
        }
        if self.loudness.music > 0.0 {
            for note in audio.music_mut().compose(now_s, now_s + AHEAD_S) {
                let _ = chain.band.play(&chain.context, note);
            }
        }
    }
}
