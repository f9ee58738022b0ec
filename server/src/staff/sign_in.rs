//! Signing in: by name and password, or once by a token; and choosing a name and a password. Invariants: a try costs its address
//! and its name a try unless it is right; why it was not right is told to nobody; a password is hashed only for who has a try left.

use std::time::Instant;

use super::{
    Speaker, Staff, Via,
    accounts::{AccountError, Accounts},
    password::PasswordError,
    role::Role,
    secret::{Secret, SecretKey},
    sessions::{INVITATION_TIME, Identity, TOKEN_TIME},
};
use crate::{
    address::AddressKey,
    bucket::Rate,
    clock::now_s,
    store::{AccountRow, AuditRow, StaffRecord},
};

/// What a wrong try costs…
const TRY_COST: u64 = 180;
/// …of what comes back in a quarter of an hour: five tries, and one each three minutes.
pub(super) fn rate_of(tries: u64) -> Rate {
    Rate { per_s: 1, burst: tries * TRY_COST }
}
/// After so many seconds there is a try again.
pub const AGAIN_S: u16 = TRY_COST as u16;

/// Why somebody is not signed in, or has no new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInError {
    /// Name, password or token are not right.
    Wrong,
    /// Too many tries.
    TooMany,
    /// The server has too much to compute.
    Busy,
    /// Not a password.
    Length,
    /// Not signed in (any more).
    NotSignedIn,
    /// Not a name that can be taken.
    Account(AccountError),
    /// The operating system gives no randomness.
    System,
}

impl SignInError {
    /// One sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            SignInError::Wrong => "that is not right, or no longer",
            SignInError::TooMany => "too many tries; wait a few minutes",
            SignInError::Busy => "the server is busy; try again in a moment",
            SignInError::Length => "a password has 10 to 128 characters",
            SignInError::NotSignedIn => "you are not signed in (any more)",
            SignInError::Account(error) => error.sentence(),
            SignInError::System => "the server has no randomness; look at its log",
        }
    }
}

impl From<PasswordError> for SignInError {
    fn from(error: PasswordError) -> SignInError {
        match error {
            PasswordError::Busy => SignInError::Busy,
            PasswordError::Length => SignInError::Length,
            PasswordError::Failed => SignInError::System,
        }
    }
}

impl Staff {
    /// By a token that is good once.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub fn sign_in_by_token(&self, token: &str, from: AddressKey, via: Via) -> Result<Secret, SignInError> {
        let now = Instant::now();
        let key = Secret::parse(token).map(|secret| secret.key());
        let Some(who) = key.and_then(|key| self.with(|book| book.sessions.accept(key, now))) else {
            // Only a wrong one is a try: nobody guesses 256 bits, and others behind the address may have used theirs up.
            self.pay_address(from, now)?;
            return Err(SignInError::Wrong);
        };
        self.begin(who, via, "signin by token")
    }

    /// By name and password.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(
        &self,
        name: &str,
        password: String,
        from: AddressKey,
        via: Via,
    ) -> Result<Secret, SignInError> {
        let now = Instant::now();
        self.pay_address(from, now)?;
        // What is no name is nobody's, after the same time.
        let name = Accounts::clean(name).unwrap_or_default();
        if !self.tries.names.take(name.clone(), TRY_COST, now) {
            tracing::warn!(peer = %from.logged(), "too many tries to sign in as one of the staff");
            self.tries.addresses.give_back(&from, TRY_COST);
            return Err(SignInError::TooMany);
        }
        let account = self.with(|book| book.accounts.find(&name).cloned());
        let kept = account.as_ref().and_then(|account| account.password.clone());
        let verdict = self.passwords.is_right(password, kept.clone()).await;
        if verdict != Ok(false) {
            self.tries.addresses.give_back(&from, TRY_COST);
            self.tries.names.give_back(&name, TRY_COST);
        }
        if !verdict? {
            tracing::warn!(peer = %from.logged(), via = via.word(), "a wrong try to sign in as one of the staff");
            account.iter().for_each(|account| self.note_wrong(account, from, via));
            return Err(SignInError::Wrong);
        }
        // It may have changed meanwhile.
        let account = self.with(|book| book.accounts.find(&name).filter(|account| account.password == kept).cloned());
        let AccountRow { name, role, .. } = account.ok_or(SignInError::Wrong)?;
        self.begin(Identity { name: Some(name), role }, via, "signin")
    }

    /// Sets the own password, and the own name where there is none yet. Every other session of that name ends.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn set_password(&self, session: SecretKey, name: &str, password: String) -> Result<(), SignInError> {
        let who = self.who(session).ok_or(SignInError::NotSignedIn)?;
        let name = Accounts::clean(name).ok_or(SignInError::Account(AccountError::Name))?;
        let is_free = self.with(|book| book.accounts.find(&name).is_none());
        let is_own = who.name.as_ref() == Some(&name);
        let takes_it = who.name.is_none() && is_free;
        if !(is_own || takes_it) {
            return Err(SignInError::Account(AccountError::Taken));
        }
        let hash = self.passwords.hash(password).await?;
        let speaker = Speaker { name: Some(name.clone()), role: who.role, via: Via::Page };
        self.with(|book| {
            // Both may have changed while it was hashed.
            if book.sessions.find(session, Instant::now()) != Some(&who) {
                return Err(SignInError::NotSignedIn);
            }
            if !is_own {
                if book.accounts.find(&name).is_some() {
                    return Err(SignInError::Account(AccountError::Taken));
                }
                book.accounts.set_role(&name, who.role, now_s()).map_err(SignInError::Account)?;
            }
            book.accounts.set_password(&name, hash).map_err(SignInError::Account)?;
            let row = book.accounts.seen(&name, now_s()).ok_or(SignInError::NotSignedIn)?;
            if book.keep(StaffRecord::Account(row)).is_none() {
                tracing::error!("a password of the staff is not stored: it is good until the process ends");
            }
            book.sessions.rename(session, Identity { name: Some(name.clone()), role: who.role });
            book.sessions.end_all(&name, Some(session));
            book.note(row_of(&speaker, "password", "done"));
            Ok(())
        })?;
        self.changed(|changes| {
            changes.staff += 1;
            changes.audit += 1;
        });
        Ok(())
    }

    /// Ends a session.
    pub fn sign_out(&self, session: SecretKey) {
        self.with(|book| book.sessions.end(session));
    }

    /// Whether the account of somebody has a password.
    #[must_use]
    pub fn has_password(&self, who: &Identity) -> bool {
        let name = who.name.as_deref().unwrap_or_default();
        self.with(|book| book.accounts.find(name).is_some_and(|account| account.password.is_some()))
    }

    /// A token for whoever started the process; `None` where an owner can sign in by name.
    #[must_use]
    pub fn first_token(&self) -> Option<String> {
        if self.with(|book| book.accounts.has_owner_with_password()) {
            return None;
        }
        self.invite(None).ok()
    }

    /// A token that signs in once: as somebody of the staff, or as an owner who has no name yet.
    ///
    /// # Errors
    /// Nobody has that name, or there is no randomness.
    pub fn invite(&self, name: Option<&str>) -> Result<String, SignInError> {
        let secret = Secret::draw().map_err(|_| SignInError::System)?;
        let now = Instant::now();
        self.with(|book| {
            let (who, time) = match name {
                None => (Identity { name: None, role: Role::Owner }, TOKEN_TIME),
                Some(name) => {
                    let row = book.accounts.find(&name.to_ascii_lowercase());
                    let row = row.ok_or(SignInError::Account(AccountError::Unknown))?;
                    (Identity { name: Some(row.name.clone()), role: row.role }, INVITATION_TIME)
                }
            };
            book.sessions.invite(&secret, who, time, now);
            Ok(secret.text())
        })
    }

    /// Staff see who is tried. A name that is nobody's is not written down: it may be a password in the wrong place. There are as
    /// many of these lines as a name has tries.
    fn note_wrong(&self, account: &AccountRow, from: AddressKey, via: Via) {
        let speaker = Speaker { name: Some(account.name.clone()), role: account.role, via };
        let outcome = format!("refused: wrong password, from #{}", from.tag());
        self.with(|book| book.note(row_of(&speaker, "signin", &outcome)));
        self.changed(|changes| changes.audit += 1);
    }

    fn pay_address(&self, from: AddressKey, now: Instant) -> Result<(), SignInError> {
        if self.tries.addresses.take(from, TRY_COST, now) {
            return Ok(());
        }
        tracing::warn!(peer = %from.logged(), "too many tries to sign in");
        Err(SignInError::TooMany)
    }

    fn begin(&self, who: Identity, via: Via, line: &str) -> Result<Secret, SignInError> {
        let secret = Secret::draw().map_err(|_| SignInError::System)?;
        let speaker = Speaker::of(who.clone(), via);
        self.with(|book| {
            book.sessions.begin(&secret, who.clone(), Instant::now());
            if let Some(row) = who.name.as_deref().and_then(|name| book.accounts.seen(name, now_s())) {
                drop(book.keep(StaffRecord::Account(row)));
            }
            book.note(row_of(&speaker, line, "done"));
        });
        self.changed(|changes| {
            changes.staff += 1;
            changes.audit += 1;
        });
        Ok(secret)
    }
}

/// A line of the audit log, as of now.
pub(super) fn row_of(speaker: &Speaker, line: &str, outcome: &str) -> AuditRow {
    AuditRow {
        at_s: now_s(),
        who: speaker.shown().to_owned(),
        role: speaker.role,
        via: speaker.via.word().to_owned(),
        line: line.to_owned(),
        outcome: outcome.to_owned(),
    }
}
