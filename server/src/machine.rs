//! What the process takes of its machine, as Linux tells it; zeros elsewhere. Invariant: reading it never fails and
//! blocks no longer than procfs does.

/// Memory, files and processor time of this process.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// In RAM, bytes.
    pub resident_bytes: u64,
    /// Open files and sockets.
    pub files: u64,
    /// Processor time of all threads, s.
    pub cpu_s: f64,
}

/// Linux counts processor time for programs in hundredths of a second, whatever its own clock (`man 5 proc`).
const TICKS_PER_S: f64 = 100.0;

impl Usage {
    /// As it is now.
    #[must_use]
    pub fn now() -> Usage {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
        Usage {
            resident_bytes: resident_bytes(&read("status")),
            files: std::fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count() as u64),
            cpu_s: cpu_s(&read("stat")),
        }
    }
}

/// `VmRSS:     12345 kB`
fn resident_bytes(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib * 1_024)
}

/// Fields 14 and 15. The second one, the program's name, may hold blanks and ends with the last parenthesis.
fn cpu_s(stat: &str) -> f64 {
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_PER_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn procfs_is_read_as_its_manual_says() {
        assert_eq!(resident_bytes("VmPeak:\t  1 kB\nVmRSS:\t   2048 kB\n"), 2_097_152);
        let stat = "7 (a ) name) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 100";
        assert!((cpu_s(stat) - 3.0).abs() < 1e-9, "{}", cpu_s(stat));
        assert_eq!((resident_bytes(""), cpu_s("")), (0, 0.0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_process_takes_something() {
        let usage = Usage::now();
        assert!(usage.resident_bytes > 100_000 && usage.files > 2, "{usage:?}");
    }
}
