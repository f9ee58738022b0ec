//! Effects and the engine: oscillators and noise, each made when it begins and gone when it has faded.

use shared::defs::WeaponKind;
use wasm_bindgen::JsValue;
use web_sys::{
    AudioBuffer, AudioContext, AudioNode, AudioScheduledSourceNode, BiquadFilterType, GainNode, OscillatorType,
};

use super::band::Band;
use crate::audio::{Cue, Sound};

/// From every sound to the loudspeaker.
#[derive(Debug)]
pub(super) struct Chain {
    pub context: AudioContext,
    pub master: GainNode,
    /// Between all cues and `master`.
    pub effects: GainNode,
    pub hum: GainNode,
    pub band: Band,
    noise: AudioBuffer,
}

impl Chain {
    /// All of it, silent but for what is begun.
    pub fn new() -> Result<Chain, JsValue> {
        let context = AudioContext::new()?;
        let master = context.create_gain()?;
        let limiter = context.create_dynamics_compressor()?;
        limiter.threshold().set_value(-14.0);
        limiter.ratio().set_value(12.0);
        limiter.attack().set_value(0.002);
        master.connect_with_audio_node(&limiter)?;
        limiter.connect_with_audio_node(&context.destination())?;
        let effects = context.create_gain()?;
        effects.connect_with_audio_node(&master)?;
        let noise = noise(&context)?;
        let hum = context.create_gain()?;
        hum.gain().set_value(0.0);
        let source = context.create_buffer_source()?;
        source.set_buffer(Some(&noise));
        source.set_loop(true);
        let low = context.create_biquad_filter()?;
        low.set_type(BiquadFilterType::Lowpass);
        low.frequency().set_value(190.0);
        source.connect_with_audio_node(&low)?;
        low.connect_with_audio_node(&hum)?;
        hum.connect_with_audio_node(&master)?;
        source.start()?;
        let band = Band::new(&context, &master, &noise)?;
        Ok(Chain { context, master, effects, hum, band, noise })
    }

    /// A sound begins now.
    pub fn begin(&self, cue: &Cue) -> Result<(), JsValue> {
        let out = self.context.create_stereo_panner()?;
        out.pan().set_value(cue.pan);
        out.connect_with_audio_node(&self.effects)?;
        let out: &AudioNode = &out;
        let gain = cue.gain;
        match cue.sound {
            Sound::Shot(weapon) => self.shot(out, weapon, gain),
            Sound::Special => {
                self.tone(out, OscillatorType::Sine, (240.0, 620.0), 0.3, gain * 0.4)?;
                self.tone(out, OscillatorType::Triangle, (480.0, 1_240.0), 0.24, gain * 0.15)
            }
            // A clamp that snaps shut, and a rope that hums.
            Sound::Line => {
                self.burst(out, (3_000.0, 700.0), 0.07, gain * 0.6)?;
                self.tone(out, OscillatorType::Triangle, (330.0, 110.0), 0.4, gain * 0.4)
            }
            // A whine that climbs as long as the charge takes, and the crack that ends it.
            Sound::Charge => {
                self.tone(out, OscillatorType::Sawtooth, (140.0, 1_250.0), 0.36, gain * 0.16)?;
                self.tone(out, OscillatorType::Sine, (420.0, 2_500.0), 0.36, gain * 0.3)
            }
            Sound::Rail => {
                self.tone(out, OscillatorType::Square, (2_600.0, 70.0), 0.24, gain * 0.32)?;
                self.tone(out, OscillatorType::Sine, (190.0, 34.0), 0.5, gain * 0.7)?;
                self.burst(out, (7_000.0, 240.0), 0.34, gain * 0.75)
            }
            Sound::Sizzle => self.burst(out, (5_400.0, 2_600.0), 0.13, gain * 0.35),
            Sound::Hit => {
                self.tone(out, OscillatorType::Square, (320.0, 90.0), 0.09, gain * 0.25)?;
                self.burst(out, (2_400.0, 600.0), 0.12, gain * 0.6)
            }
            Sound::Chip => self.burst(out, (1_500.0, 500.0), 0.08, gain * 0.5),
            Sound::Crumble => self.burst(out, (900.0, 120.0), 0.5, gain * 0.9),
            Sound::Explosion => {
                self.tone(out, OscillatorType::Sine, (120.0, 28.0), 0.9, gain * 0.9)?;
                self.burst(out, (1_800.0, 70.0), 1.1, gain)
            }
            Sound::Collect(streak) => {
                let pitch = 660.0 * 2.0f32.powf(f32::from(streak) / 12.0);
                self.tone(out, OscillatorType::Sine, (pitch, pitch * 1.5), 0.14, gain * 0.5)
            }
            Sound::Launch => self.tone(out, OscillatorType::Sine, (180.0, 720.0), 0.45, gain * 0.5),
            Sound::Boon => {
                self.tone(out, OscillatorType::Sine, (520.0, 780.0), 0.16, gain * 0.4)?;
                self.tone(out, OscillatorType::Triangle, (780.0, 1_560.0), 0.4, gain * 0.3)
            }
            Sound::Repel => {
                self.tone(out, OscillatorType::Sine, (420.0, 50.0), 0.5, gain * 0.7)?;
                self.burst(out, (2_400.0, 200.0), 0.4, gain * 0.6)
            }
            Sound::Leap => {
                self.tone(out, OscillatorType::Sine, (90.0, 1_400.0), 0.22, gain * 0.5)?;
                self.tone(out, OscillatorType::Triangle, (1_900.0, 110.0), 0.7, gain * 0.3)?;
                self.burst(out, (3_200.0, 180.0), 0.6, gain * 0.45)
            }
            Sound::Bump => self.burst(out, (420.0, 90.0), 0.2, gain),
        }
    }

    /// What leaves a barrel: the heavier, the deeper.
    fn shot(&self, out: &AudioNode, weapon: WeaponKind, gain: f32) -> Result<(), JsValue> {
        let tone =
            |(from, to), length_s, share| self.tone(out, OscillatorType::Triangle, (from, to), length_s, gain * share);
        match weapon {
            WeaponKind::Pulse => tone((920.0, 210.0), 0.11, 0.55),
            WeaponKind::Light => tone((1_120.0, 360.0), 0.09, 0.4),
            WeaponKind::Twin => {
                tone((1_250.0, 300.0), 0.08, 0.4)?;
                tone((1_010.0, 240.0), 0.1, 0.35)
            }
            WeaponKind::Scatter => {
                tone((360.0, 80.0), 0.16, 0.6)?;
                self.burst(out, (3_600.0, 300.0), 0.18, gain * 0.8)
            }
            WeaponKind::Shards => {
                tone((1_500.0, 420.0), 0.13, 0.35)?;
                self.burst(out, (5_200.0, 1_200.0), 0.1, gain * 0.4)
            }
            WeaponKind::Turret => {
                tone((520.0, 130.0), 0.14, 0.6)?;
                self.burst(out, (1_600.0, 300.0), 0.1, gain * 0.35)
            }
            WeaponKind::Torpedo => {
                tone((170.0, 52.0), 0.6, 0.8)?;
                self.burst(out, (900.0, 140.0), 0.5, gain * 0.6)
            }
            WeaponKind::Broadside => {
                tone((260.0, 46.0), 0.4, 0.9)?;
                self.burst(out, (2_600.0, 160.0), 0.42, gain)
            }
            // Rays and mines are heard when they strike.
            WeaponKind::Rail | WeaponKind::Beam | WeaponKind::Mine => Ok(()),
        }
    }

    /// A tone that slides from one pitch to another while it fades.
    fn tone(
        &self,
        out: &AudioNode,
        shape: OscillatorType,
        (from, to): (f32, f32),
        length_s: f64,
        gain: f32,
    ) -> Result<(), JsValue> {
        let now = self.context.current_time();
        let oscillator = self.context.create_oscillator()?;
        oscillator.set_type(shape);
        oscillator.frequency().set_value_at_time(from, now)?;
        oscillator.frequency().exponential_ramp_to_value_at_time(to, now + length_s)?;
        let fade = self.fade(out, gain, length_s)?;
        oscillator.connect_with_audio_node(&fade)?;
        oscillator.start()?;
        oscillator.stop_with_when(now + length_s + 0.02)
    }

    /// Noise through a filter that closes while it fades.
    fn burst(&self, out: &AudioNode, (from, to): (f32, f32), length_s: f64, gain: f32) -> Result<(), JsValue> {
        let now = self.context.current_time();
        let source = self.context.create_buffer_source()?;
        source.set_buffer(Some(&self.noise));
        let low = self.context.create_biquad_filter()?;
        low.set_type(BiquadFilterType::Lowpass);
        low.frequency().set_value_at_time(from, now)?;
        low.frequency().exponential_ramp_to_value_at_time(to, now + length_s)?;
        source.connect_with_audio_node(&low)?;
        let fade = self.fade(out, gain, length_s)?;
        low.connect_with_audio_node(&fade)?;
        source.start()?;
        let scheduled: &AudioScheduledSourceNode = &source;
        scheduled.stop_with_when(now + length_s + 0.02)
    }

    fn fade(&self, out: &AudioNode, gain: f32, length_s: f64) -> Result<GainNode, JsValue> {
        let now = self.context.current_time();
        let fade = self.context.create_gain()?;
        fade.gain().set_value_at_time(gain.max(0.001), now)?;
        fade.gain().exponential_ramp_to_value_at_time(0.001, now + length_s)?;
        fade.connect_with_audio_node(out)?;
        Ok(fade)
    }
}

/// One second of white noise.
fn noise(context: &AudioContext) -> Result<AudioBuffer, JsValue> {
    let rate = context.sample_rate();
    let mut random = crate::view::cosmetic::Cosmetic::new(11);
    let samples: Vec<f32> = (0..rate as usize).map(|_| random.range(-1.0, 1.0)).collect();
    let buffer = context.create_buffer(1, samples.len() as u32, rate)?;
    buffer.copy_to_channel(&samples, 0)?;
    Ok(buffer)
}
