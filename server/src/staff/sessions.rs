//! Who is signed in, and links that sign in once. Pure: time is an argument.
//!
//! Invariants: a session is found by its secret alone and ends with its time, at a sign-out, or when the rights of its name
//! change; a one-time token opens one session; both are few, the oldest going first.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{
    role::Role,
    secret::{Secret, SecretKey},
};

/// How long one stays signed in.
pub const SESSION_TIME: Duration = Duration::from_secs(12 * 3_600);
/// How long a token of the start, or of the command line, is good.
pub const TOKEN_TIME: Duration = Duration::from_secs(15 * 60);
/// How long a token for somebody else is good: they need not be there at once.
pub const INVITATION_TIME: Duration = Duration::from_secs(24 * 3_600);
/// Sessions at once.
const SESSIONS_MAX: usize = 256;
/// Sessions of one name: who signs in more often ends an own one, not somebody else's.
const OWN_SESSIONS_MAX: usize = 16;
/// One-time tokens at once.
const TOKENS_MAX: usize = 16;

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Of an account; `None` for an owner who came by a token and has no name yet.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
}

/// The sessions and tokens.
#[derive(Debug, Default)]
pub struct Sessions {
    open: VecDeque<Open>,
    tokens: VecDeque<Open>,
}

#[derive(Debug)]
struct Open {
    key: SecretKey,
    /// Of the secret's pass.
    pass: SecretKey,
    who: Identity,
    until: Instant,
}

impl Sessions {
    /// Signs in.
    pub fn begin(&mut self, secret: &Secret, who: Identity, now: Instant) {
        let own = self.open.iter().filter(|open| open.who == who).count();
        if own >= OWN_SESSIONS_MAX
            && let Some(oldest) = self.open.iter().position(|open| open.who == who)
        {
            self.open.remove(oldest);
        }
        let open = Open { key: secret.key(), pass: secret.pass().key(), who, until: now + SESSION_TIME };
        push(&mut self.open, SESSIONS_MAX, open, now);
    }

    /// Who has this session.
    #[must_use]
    pub fn find(&self, key: SecretKey, now: Instant) -> Option<&Identity> {
        self.open.iter().find(|open| open.key == key && now < open.until).map(|open| &open.who)
    }

    /// Whether this is the pass of somebody who is signed in.
    #[must_use]
    pub fn knows_pass(&self, pass: SecretKey, now: Instant) -> bool {
        self.open.iter().any(|open| open.pass == pass && now < open.until)
    }

    /// Gives a session another identity: its owner has taken a name.
    pub fn rename(&mut self, key: SecretKey, who: Identity) {
        if let Some(open) = self.open.iter_mut().find(|open| open.key == key) {
            open.who = who;
        }
    }

    /// Signs out.
    pub fn end(&mut self, key: SecretKey) {
        self.open.retain(|open| open.key != key);
    }

    /// Ends every session and token of a name, but for one session.
    pub fn end_all(&mut self, name: &str, but: Option<SecretKey>) {
        self.open.retain(|open| open.who.name.as_deref() != Some(name) || Some(open.key) == but);
        self.tokens.retain(|open| open.who.name.as_deref() != Some(name));
    }

    /// Remembers a token that signs in once.
    pub fn invite(&mut self, secret: &Secret, who: Identity, time: Duration, now: Instant) {
        let open = Open { key: secret.key(), pass: secret.pass().key(), who, until: now + time };
        push(&mut self.tokens, TOKENS_MAX, open, now);
    }

    /// Uses a token up.
    pub fn accept(&mut self, key: SecretKey, now: Instant) -> Option<Identity> {
        let index = self.tokens.iter().position(|open| open.key == key)?;
        self.tokens.remove(index).filter(|open| now < open.until).map(|open| open.who)
    }
}

fn push(list: &mut VecDeque<Open>, most: usize, open: Open, now: Instant) {
    list.retain(|open| now < open.until);
    if list.len() >= most {
        list.pop_front();
    }
    list.push_back(open);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(name: &str) -> Identity {
        Identity { name: Some(name.to_owned()), role: Role::Mod }
    }

    #[test]
    fn a_session_lasts_half_a_day_or_until_it_is_ended() {
        let mut sessions = Sessions::default();
        let now = Instant::now();
        let secrets = [0; 4].map(|_| Secret::draw().unwrap());
        for (secret, name) in secrets.iter().zip(["ada", "bob", "ada", "ada"]) {
            sessions.begin(secret, who(name), now);
        }
        let key = |n: usize| secrets[n].key();
        let nearly = now + SESSION_TIME - Duration::from_millis(1);
        assert_eq!(sessions.find(key(0), nearly), Some(&who("ada")));
        assert_eq!(sessions.find(key(0), now + SESSION_TIME), None);
        sessions.end(key(0));
        assert_eq!(sessions.find(key(0), now), None);
        sessions.end_all("ada", Some(key(3)));
        let left = [1, 2, 3].map(|n| sessions.find(key(n), now).is_some());
        assert_eq!(left, [true, false, true], "but for the one who did it");
    }

    #[test]
    fn a_token_signs_in_once_and_in_time() {
        let mut sessions = Sessions::default();
        let now = Instant::now();
        let [a, b, c] = [0; 3].map(|_| Secret::draw().unwrap());
        for secret in [&a, &b] {
            sessions.invite(secret, who("ada"), TOKEN_TIME, now);
        }
        sessions.invite(&c, who("bob"), TOKEN_TIME, now);
        assert_eq!(sessions.accept(a.key(), now), Some(who("ada")));
        assert_eq!(sessions.accept(a.key(), now), None, "used up");
        assert_eq!(sessions.accept(b.key(), now + TOKEN_TIME), None, "too late");
        sessions.end_all("bob", None);
        assert_eq!(sessions.accept(c.key(), now), None, "their rights have changed");
    }

    #[test]
    fn there_is_an_end_of_sessions() {
        let mut sessions = Sessions::default();
        let now = Instant::now();
        let first = Secret::draw().unwrap();
        sessions.begin(&first, who("ada"), now);
        for _ in 0..SESSIONS_MAX {
            sessions.begin(&Secret::draw().unwrap(), who("bob"), now);
        }
        assert_eq!(sessions.open.len(), 1 + OWN_SESSIONS_MAX);
        assert!(sessions.find(first.key(), now).is_some(), "one person's sessions end nobody else's");
        for number in 0..SESSIONS_MAX {
            sessions.begin(&Secret::draw().unwrap(), who(&number.to_string()), now);
        }
        assert_eq!((sessions.open.len(), sessions.find(first.key(), now)), (SESSIONS_MAX, None));
    }
}
