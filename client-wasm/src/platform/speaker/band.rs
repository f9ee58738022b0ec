//! The instruments of the music, and the room that it sounds in: an echo.

use wasm_bindgen::JsValue;
use web_sys::{
    AudioBuffer, AudioContext, AudioNode, AudioParam, AudioScheduledSourceNode, BiquadFilterType, DelayNode, GainNode,
    OscillatorType,
};

use super::FADE_S;
use crate::audio::music::{Note, STEP_S, Voice};

/// Loudness of the music: under everything else.
const LEVEL: f32 = 0.36;
/// The echo comes three steps later, so loud, and duller each time.
const ECHO_S: f64 = 3.0 * STEP_S;
const ECHO: f32 = 0.42;
const ECHO_HZ: f32 = 1_500.0;
/// What hisses is above this.
const HISS_HZ: f32 = 6_000.0;
/// Two strings of a pad are so far apart, cents: it lives.
const DETUNED: f32 = 6.0;

/// Plays the music.
#[derive(Debug)]
pub(super) struct Band {
    /// Between all instruments and the loudspeaker.
    out: GainNode,
    echo: DelayNode,
    noise: AudioBuffer,
}

impl Band {
    /// Silent until it plays.
    pub fn new(context: &AudioContext, speaker: &AudioNode, noise: &AudioBuffer) -> Result<Band, JsValue> {
        let out = context.create_gain()?;
        out.connect_with_audio_node(speaker)?;
        let echo = context.create_delay_with_max_delay_time(2.0 * ECHO_S)?;
        echo.delay_time().set_value(ECHO_S as f32);
        let (dull, again) = (context.create_biquad_filter()?, context.create_gain()?);
        dull.set_type(BiquadFilterType::Lowpass);
        dull.frequency().set_value(ECHO_HZ);
        again.gain().set_value(ECHO);
        echo.connect_with_audio_node(&dull)?;
        dull.connect_with_audio_node(&again)?;
        again.connect_with_audio_node(&echo)?;
        again.connect_with_audio_node(&out)?;
        Ok(Band { out, echo, noise: noise.clone() })
    }

    /// From now on it is this loud, 0..1.
    pub fn set_gain(&self, gain: f32, now_s: f64) {
        // A parameter that cannot be scheduled keeps its value.
        let _ = self.out.gain().set_target_at_time(gain * LEVEL, now_s, FADE_S);
    }

    /// Plays a note, now or when it is its time.
    pub fn play(&self, context: &AudioContext, note: &Note) -> Result<(), JsValue> {
        let side = context.create_stereo_panner()?;
        side.pan().set_value(note.pan);
        side.connect_with_audio_node(&self.out)?;
        let fade = context.create_gain()?;
        fade.connect_with_audio_node(&side)?;
        let swells_s = match note.voice {
            Voice::Pad => 2.2,
            Voice::Drone => 1.6,
            Voice::Pulse => 0.012,
            Voice::Pluck | Voice::Tick => 0.004,
        };
        envelope(&fade.gain(), note, swells_s)?;
        let string = |shape, octave: f32, cents| string(context, &fade, shape, (note.hz() * octave, cents), note);
        match note.voice {
            Voice::Pad => {
                string(OscillatorType::Triangle, 1.0, -DETUNED)?;
                string(OscillatorType::Triangle, 1.0, DETUNED)
            }
            Voice::Pluck => {
                side.connect_with_audio_node(&self.echo)?;
                string(OscillatorType::Sine, 1.0, 0.0)?;
                // Something of the octave: a bell.
                string(OscillatorType::Sine, 2.0, 4.0)
            }
            Voice::Tick => self.hiss(context, &fade, note),
            Voice::Drone | Voice::Pulse => string(OscillatorType::Triangle, 1.0, 0.0),
        }
    }

    fn hiss(&self, context: &AudioContext, out: &AudioNode, note: &Note) -> Result<(), JsValue> {
        let (source, high) = (context.create_buffer_source()?, context.create_biquad_filter()?);
        source.set_buffer(Some(&self.noise));
        high.set_type(BiquadFilterType::Highpass);
        high.frequency().set_value(HISS_HZ);
        source.connect_with_audio_node(&high)?;
        high.connect_with_audio_node(out)?;
        source.start_with_when(note.at_s)?;
        let scheduled: &AudioScheduledSourceNode = &source;
        scheduled.stop_with_when(note.at_s + note.length_s)
    }
}

/// Swells, and fades: what swells slowly fades slowly, what is struck dies away.
fn envelope(gain: &AudioParam, note: &Note, swells_s: f64) -> Result<(), JsValue> {
    let (begins_s, ends_s) = (note.at_s, note.at_s + note.length_s);
    gain.set_value_at_time(0.0, begins_s)?;
    gain.linear_ramp_to_value_at_time(note.gain, begins_s + swells_s)?;
    if swells_s > 1.0 {
        gain.set_value_at_time(note.gain, ends_s - swells_s)?;
        gain.linear_ramp_to_value_at_time(0.0, ends_s)?;
    } else {
        gain.exponential_ramp_to_value_at_time(0.0005, ends_s)?;
    }
    Ok(())
}

fn string(
    context: &AudioContext,
    out: &AudioNode,
    shape: OscillatorType,
    (hz, cents): (f32, f32),
    note: &Note,
) -> Result<(), JsValue> {
    let oscillator = context.create_oscillator()?;
    oscillator.set_type(shape);
    oscillator.frequency().set_value(hz);
    oscillator.detune().set_value(cents);
    oscillator.connect_with_audio_node(out)?;
    oscillator.start_with_when(note.at_s)?;
    oscillator.stop_with_when(note.at_s + note.length_s)
}
