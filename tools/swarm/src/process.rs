//! What a process has used, from `/proc`: processor time and memory. Invariant: what cannot be read is `None`, never
//! zero. Linux only; elsewhere there is nothing to read.

use std::fs;

/// The unit of times in `/proc/PID/stat`: USER_HZ, which Linux keeps at 100 on every architecture it still runs on.
const TICKS_PER_S: f64 = 100.0;

/// What a process has used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// User and system time of all its threads, s.
    pub cpu_s: f64,
    /// Of it by the threads that tick rooms, s.
    pub room_cpu_s: f64,
    /// Resident memory, KiB.
    pub rss_kib: u64,
}

/// Usage of another process.
pub fn usage(pid: u32) -> Option<Usage> {
    read(&pid.to_string())
}

/// Usage of this process.
pub fn own_usage() -> Option<Usage> {
    read("self")
}

fn read(pid: &str) -> Option<Usage> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    Some(Usage { cpu_s: cpu_s(&stat)?, room_cpu_s: room_cpu_s(pid), rss_kib: rss_kib(&status)? })
}

/// A thread that ends between listing and reading is passed over.
fn room_cpu_s(pid: &str) -> f64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let stats = threads.filter_map(|thread| fs::read_to_string(thread.path().join("stat")).ok());
    stats.filter(|stat| is_room(stat)).filter_map(|stat| cpu_s(&stat)).sum()
}

/// The server names the threads of its rooms so.
fn is_room(stat: &str) -> bool {
    stat.split_once('(').is_some_and(|(_, name)| name.starts_with("room-"))
}

/// Fields 14 and 15. The name in field 2 may hold anything, so counting starts behind its last parenthesis.
fn cpu_s(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(14 - 3);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) as f64 / TICKS_PER_S)
}

fn rss_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_user_and_system() {
        let tail = "S 1 2 3 4 5 6 7 8 9 10 250 125 0 0 20 0 4 0 100 0 0";
        for (name, expected) in [("(perihelion)", Some(3.75)), ("(a) b ) (c)", Some(3.75))] {
            assert_eq!(cpu_s(&format!("42 {name} {tail}")), expected, "{name}");
        }
        for broken in ["", "42 (x)", "42 (x) S 1 2", "42 (x) S 1 2 3 4 5 6 7 8 9 10 many 125", "no parenthesis"] {
            assert_eq!(cpu_s(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn threads_of_rooms_are_told_by_their_names() {
        for (name, expected) in [("(room-drift)", true), ("(tokio-rt-worker)", false), ("(a room-b)", false)] {
            assert_eq!(is_room(&format!("42 {name} S 1 2 3")), expected, "{name}");
        }
    }

    #[test]
    fn memory_is_the_resident_line() {
        assert_eq!(rss_kib("Name:\tx\nVmHWM:\t  9 kB\nVmRSS:\t  12345 kB\nThreads:\t3\n"), Some(12_345));
        assert_eq!(rss_kib("Name:\tkthread\n"), None);
        assert_eq!(rss_kib("VmRSS:\t 1 MB\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_used_something() {
        let usage = usage(std::process::id()).expect("we are running");
        assert!(usage.rss_kib > 100 && own_usage().is_some());
        assert_eq!(super::usage(u32::MAX), None);
    }
}
