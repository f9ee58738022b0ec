//! What one way of being told costs, and how old it is, second by second. Plain arithmetic.

/// How often there is a reading, ms.
const EVERY_MS: f64 = 1_000.0;

/// Counts since the last reading.
#[derive(Debug, Default)]
pub struct Meter {
    began_ms: Option<f64>,
    bytes: usize,
    messages: u32,
    age_sum_ms: f64,
    ages: u32,
}

/// A second's worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    pub bytes_s: f64,
    pub messages_s: f64,
    /// On average over the frames that showed something.
    pub age_ms: Option<f64>,
}

impl Meter {
    /// A message of so many bytes came.
    pub fn weigh(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.messages += 1;
    }

    /// A frame showed what was so old.
    pub fn show(&mut self, age_ms: f64) {
        self.age_sum_ms += age_ms;
        self.ages += 1;
    }

    /// Once a second what the second was like.
    pub fn read(&mut self, now: f64) -> Option<Reading> {
        let began = *self.began_ms.get_or_insert(now);
        let passed_s = (now - began) / 1_000.0;
        if passed_s * 1_000.0 < EVERY_MS {
            return None;
        }
        let reading = Reading {
            bytes_s: self.bytes as f64 / passed_s,
            messages_s: f64::from(self.messages) / passed_s,
            age_ms: (self.ages > 0).then(|| self.age_sum_ms / f64::from(self.ages)),
        };
        *self = Meter { began_ms: Some(now), ..Meter::default() };
        Some(reading)
    }
}

/// As one reads it best.
pub fn weight(bytes_s: f64) -> String {
    match bytes_s {
        few if few < 1_000.0 => format!("{few:.0} B/s"),
        some => format!("{:.1} KB/s", some / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_read_once() {
        let mut meter = Meter::default();
        assert_eq!(meter.read(100.0), None);
        meter.weigh(500);
        meter.weigh(1_500);
        meter.show(10.0);
        meter.show(30.0);
        assert_eq!(meter.read(1_000.0), None);
        let reading = meter.read(2_100.0).expect("two seconds");
        assert_eq!(reading, Reading { bytes_s: 1_000.0, messages_s: 1.0, age_ms: Some(20.0) });
        assert_eq!(meter.read(2_200.0), None);
        assert_eq!(meter.read(3_200.0).map(|reading| (reading.bytes_s, reading.age_ms)), Some((0.0, None)));
    }

    #[test]
    fn weights_are_short() {
        assert_eq!((weight(999.4), weight(12_345.0)), ("999 B/s".to_owned(), "12.3 KB/s".to_owned()));
    }
}
