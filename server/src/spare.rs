//! A file that nobody needs, kept open for a moment at which there are no more: given up, it makes room for one connection of staff,
//! who can then see what is wrong. Invariants: whoever was let in by it gives it back when the connection ends; while it is given up
//! nobody else takes what becomes free.

use std::{
    fs::File,
    io,
    sync::{Arc, Mutex, PoisonError},
};

/// One for all doors.
#[derive(Debug, Clone)]
pub struct Spare(Arc<Mutex<Option<File>>>);

impl Spare {
    /// Keeps one.
    #[must_use]
    pub fn keep() -> Spare {
        let spare = Spare(Arc::default());
        spare.restore();
        spare
    }

    /// Gives it up after an error of this kind; true when that made room for one who waits: to be accepted at once, before another
    /// door does.
    pub fn make_room(&self, error: &io::Error) -> bool {
        // No more files for the process (EMFILE), or for the machine (ENFILE).
        matches!(error.raw_os_error(), Some(24 | 23)) && self.with(|file| file.take().is_some())
    }

    /// Keeps one again, if there is one; whether one is kept now.
    pub fn restore(&self) -> bool {
        self.with(|file| {
            if file.is_none() {
                *file = File::open("/dev/null").ok();
            }
            // Where there is no such thing there is nothing to keep.
            file.is_some() || !cfg!(unix)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Option<File>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_up_once_and_for_want_of_files_alone() {
        let spare = Spare::keep();
        let [none_left, reset] = [24, 104].map(io::Error::from_raw_os_error);
        assert!(!spare.make_room(&reset));
        assert!(spare.make_room(&none_left) && !spare.make_room(&none_left));
        assert!(spare.restore() && spare.restore() && spare.make_room(&none_left));
    }
}
