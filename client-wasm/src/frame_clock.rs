//! Time from frame to frame. Pure: the time is told.

/// How fast the frame rate follows, per frame.
const FOLLOWS: f32 = 0.05;

/// When the last frame was, and how often frames come.
#[derive(Debug)]
pub struct FrameClock {
    last_us: u64,
    fps: f32,
}

impl FrameClock {
    /// Begins at `now_us`.
    #[must_use]
    pub fn new(now_us: u64) -> FrameClock {
        FrameClock { last_us: now_us, fps: 60.0 }
    }

    /// A frame begins; the time since the last one, s, never 0.
    pub fn frame(&mut self, now_us: u64) -> f32 {
        let dt_s = ((now_us - self.last_us) as f32 / 1e6).max(1e-4);
        self.last_us = now_us;
        self.fps += (1.0 / dt_s - self.fps) * FOLLOWS;
        dt_s
    }

    /// When this frame began, s.
    #[must_use]
    pub fn now_s(&self) -> f64 {
        self.last_us as f64 / 1e6
    }

    /// Frames per second, smoothed.
    #[must_use]
    pub fn fps(&self) -> f32 {
        self.fps
    }
}
