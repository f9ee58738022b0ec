//! What lasts, in the log. Invariant: a condition is told of once in ten seconds, however often it is met, with how often it was.

use std::time::Duration;

use tokio::time::Instant;

/// A condition that lasts is logged once in this time.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// Keeps a lasting condition from flooding the log.
#[derive(Debug, Default)]
pub struct Complaint {
    last: Option<Instant>,
    times: u64,
}

impl Complaint {
    /// Counts one more; tells the count so far now and then.
    pub fn log(&mut self, write: impl FnOnce(u64)) {
        self.times += 1;
        if self.last.is_none_or(|last| last.elapsed() >= LOG_EVERY) {
            self.last = Some(Instant::now());
            write(std::mem::take(&mut self.times));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_lasting_condition_is_told_once_in_ten_seconds() {
        let mut complaint = Complaint::default();
        let mut told = Vec::new();
        for _ in 0..25 {
            complaint.log(|times| told.push(times));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!(told, [1, 10, 10]);
    }
}
