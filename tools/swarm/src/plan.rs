//! Who is who: which of the clients play, watch or misbehave, and when each arrives. Invariant: a function of the
//! command line alone, with the kinds spread evenly over the ramp.

use std::time::Duration;

/// What a client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Plays.
    Pilot,
    /// Plays without looking.
    Light,
    /// Watches.
    Spectator,
    /// Misbehaves.
    Hostile,
}

/// One client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Among all, from 0.
    pub index: u32,
    /// Among those of its role, from 0.
    pub number: u32,
    /// What it does.
    pub role: Role,
    /// When it comes, from the start.
    pub arrives: Duration,
}

/// Everyone, in order of arrival.
pub fn crew(clients: u32, hostile: u32, spectators: u32, light: u32, ramp: Duration) -> Vec<Plan> {
    // The n-th of each kind stands in the middle of the n-th of equal parts of the row; pilots take what is left.
    let mut roles = vec![Role::Pilot; clients as usize];
    for (count, role) in [(hostile, Role::Hostile), (spectators, Role::Spectator), (light, Role::Light)] {
        for n in 0..u64::from(count) {
            let wanted = ((2 * n + 1) * u64::from(clients) / (2 * u64::from(count))) as usize;
            let free = (wanted..roles.len()).chain(0..wanted).find(|&i| roles[i] == Role::Pilot);
            if let Some(i) = free {
                roles[i] = role;
            }
        }
    }
    let mut of_role = [0; 4];
    let plan = |(index, role): (u32, Role)| {
        let number = of_role[role as usize];
        of_role[role as usize] += 1;
        Plan { index, number, role, arrives: ramp * index / clients.max(1) }
    };
    (0..clients).zip(roles).map(plan).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_as_many_as_asked_and_spread() {
        for (clients, hostile, spectators, light) in
            [(1, 0, 0, 0), (1, 1, 0, 0), (10, 5, 5, 0), (100, 10, 25, 60), (7, 2, 3, 2), (64, 0, 64, 0), (9, 0, 0, 9)]
        {
            let plans = crew(clients, hostile, spectators, light, Duration::from_secs(10));
            let count = |role| plans.iter().filter(|plan| plan.role == role).count() as u32;
            assert_eq!(plans.len() as u32, clients);
            assert_eq!((count(Role::Hostile), count(Role::Spectator)), (hostile, spectators), "{clients}");
            assert_eq!(count(Role::Light), light, "{clients}");
        }
        let plans = crew(100, 10, 0, 0, Duration::ZERO);
        let early = plans[..50].iter().filter(|plan| plan.role == Role::Hostile).count();
        assert_eq!(early, 5, "half of them in the first half");
        let hostile = plans.iter().filter(|plan| plan.role == Role::Hostile);
        assert!(hostile.map(|plan| plan.number).eq(0..10), "numbered on their own");
    }

    #[test]
    fn arrivals_fill_the_ramp() {
        let plans = crew(4, 0, 0, 0, Duration::from_secs(8));
        let seconds: Vec<_> = plans.iter().map(|plan| plan.arrives.as_secs()).collect();
        assert_eq!(seconds, [0, 2, 4, 6]);
    }
}
