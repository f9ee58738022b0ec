//! Passwords: argon2id, on threads that may block, few at a time. Invariants: what is kept is a PHC string, never a password; a
//! name that nobody has takes as long to refuse as a wrong password; however many try, no more than `AT_ONCE` are computed.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

/// Computed at once: each takes 19 MiB and some 50 ms of a processor that rooms need as well.
const AT_ONCE: usize = 1;
/// How long somebody waits for a turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// Characters of a password.
pub const CHARS: std::ops::RangeInclusive<usize> = 10..=128;
/// Of a password that nobody has, at the cost of one that somebody has.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why there is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    /// Too many want one at once.
    Busy,
    /// It is too short or too long.
    Length,
    /// It cannot be computed: no randomness, no memory.
    Failed,
}

/// Who computes.
#[derive(Debug, Clone)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Passwords {
    /// What to keep of a password.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        if !CHARS.contains(&password.chars().count()) {
            return Err(PasswordError::Length);
        }
        self.compute(move || {
            let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes()).ok()?;
            Some(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one of which `kept` was kept. Without one it is not, after the same time.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn is_right(&self, password: String, kept: Option<String>) -> Result<bool, PasswordError> {
        if password.chars().count() > *CHARS.end() {
            return Ok(false);
        }
        self.compute(move || {
            let hash = PasswordHash::new(kept.as_deref().unwrap_or(NOBODYS)).ok()?;
            let is_right = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
            Some(is_right && kept.is_some())
        })
        .await
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Option<T> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(PasswordError::Busy) };
        // The turn goes with the work, which goes on when who asked has left.
        let done = spawn_blocking(move || (work(), turn)).await;
        done.ok().and_then(|(done, _)| done).ok_or(PasswordError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_is_right_and_nothing_else() {
        let passwords = Passwords::default();
        assert_eq!(passwords.hash("short".into()).await, Err(PasswordError::Length));
        assert_eq!(passwords.hash("x".repeat(129)).await, Err(PasswordError::Length));
        let kept = passwords.hash("correct horse".into()).await.unwrap();
        assert!(kept.starts_with("$argon2id$") && !kept.contains("horse"), "{kept}");
        assert_ne!(kept, passwords.hash("correct horse".into()).await.unwrap(), "salted");
        for (tried, of, right) in [
            ("correct horse", Some(&kept), true),
            ("correct horse ", Some(&kept), false),
            ("", Some(&kept), false),
            ("correct horse", None, false),
            ("", None, false),
        ] {
            assert_eq!(passwords.is_right(tried.into(), of.cloned()).await, Ok(right), "{tried:?}");
        }
        let long = "x".repeat(1_000_000);
        assert_eq!(passwords.is_right(long, Some(kept)).await, Ok(false));
    }

    #[test]
    fn refusing_nobody_costs_what_refusing_somebody_costs() {
        let hash = PasswordHash::new(NOBODYS).unwrap();
        let of_somebody: PasswordHash = Argon2::default().hash_password(b"correct horse").unwrap();
        assert_eq!(hash.params.to_string(), of_somebody.params.to_string());
        assert_eq!(hash.algorithm.as_str(), "argon2id");
    }
}
