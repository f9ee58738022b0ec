//! The thread between the two devices: packets in, [`Post`] decides, packets out. Invariant: it waits in one place only
//! (for a packet, or for the next to be due, at most a tenth of a second), and ends within that when told to.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::{
    packet::Way,
    post::{Carried, Post},
    tun::Tun,
};

/// Longest wait: how soon the end is noticed.
const WAIT_MAX: Duration = Duration::from_millis(100);
/// More than any packet (the devices' MTU is 1,500).
const PACKET_BYTES: usize = 65_536;
/// Packets taken from one device before the other has a turn.
const TURN: usize = 64;

/// A running relay.
#[derive(Debug)]
pub struct Relay {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<io::Result<Carried>>>,
}

impl Relay {
    /// Carries packets between the players' device and the server's.
    ///
    /// # Errors
    /// No thread.
    pub fn start(players: Tun, server: Tun, post: Post) -> io::Result<Relay> {
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        let thread = thread::Builder::new().name("relay".into()).spawn(move || carry(players, server, post, &told))?;
        Ok(Relay { over, thread: Some(thread) })
    }

    /// Ends it; gives what it carried.
    ///
    /// # Errors
    /// A device broke while it ran.
    pub fn stop(mut self) -> io::Result<Carried> {
        self.over.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("only stopping takes it");
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the relay panicked")))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // Its figures are not wanted any more.
            let _ = thread.join();
        }
    }
}

fn carry(mut players: Tun, mut server: Tun, mut post: Post, over: &AtomicBool) -> io::Result<Carried> {
    let began = Instant::now();
    let now_us = || began.elapsed().as_micros() as u64;
    let mut buffer = vec![0; PACKET_BYTES];
    while !over.load(Ordering::Relaxed) {
        wait(&players, &server, post.due_us().map(|due_us| due_us.saturating_sub(now_us())))?;
        for (device, way) in [(&mut players, Way::Up), (&mut server, Way::Down)] {
            for _ in 0..TURN {
                let Some(length) = device.read(&mut buffer)? else { break };
                post.send(&buffer[..length], way, now_us());
            }
        }
        while let Some((way, packet)) = post.receive(now_us()) {
            // What a device does not take is lost, as on any line.
            match way {
                Way::Up => server.write(&packet),
                Way::Down => players.write(&packet),
            };
        }
    }
    Ok(post.carried())
}

fn wait(players: &Tun, server: &Tun, due_in_us: Option<u64>) -> io::Result<()> {
    let wait = due_in_us.map_or(WAIT_MAX, |us| Duration::from_micros(us).min(WAIT_MAX));
    let timeout = Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: wait.subsec_nanos().into() };
    let mut devices = [PollFd::new(players, PollFlags::IN), PollFd::new(server, PollFlags::IN)];
    match poll(&mut devices, Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
