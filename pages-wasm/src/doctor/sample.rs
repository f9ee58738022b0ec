//! Times in a row, and what they say. Plain arithmetic.

/// Round trips, ms.
#[derive(Debug, Default)]
pub struct Sample(Vec<f64>);

/// What they say, ms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    pub median: f64,
    pub least: f64,
    pub worst: f64,
    /// Mean difference of one to the next (RFC 3550 smooths the same).
    pub jitter: f64,
}

impl Sample {
    pub fn push(&mut self, ms: f64) {
        self.0.push(ms);
    }

    /// `None` without any.
    pub fn figures(&self) -> Option<Figures> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let (least, worst) = (*sorted.first()?, *sorted.last()?);
        let steps = self.0.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let jitter = steps.sum::<f64>() / (self.0.len() - 1).max(1) as f64;
        Some(Figures { median: sorted[sorted.len() / 2], least, worst, jitter })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_the_ends_and_the_unrest() {
        assert_eq!(Sample::default().figures(), None);
        let of = |times: &[f64]| Sample(times.to_vec()).figures().expect("some");
        assert_eq!(of(&[7.0]), Figures { median: 7.0, least: 7.0, worst: 7.0, jitter: 0.0 });
        assert_eq!(of(&[10.0, 30.0, 20.0]), Figures { median: 20.0, least: 10.0, worst: 30.0, jitter: 15.0 });
    }
}
