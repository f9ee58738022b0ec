//! Whole arenas of bots as the public game has them: what each class does to the others, how long it lives, what it dies of.

use std::collections::BTreeMap;

use shared::{
    defs::{Defs, ShipClass},
    ids::PlayerId,
    room::{Room, RoomConfig},
    sim::{Cause, Event},
    tick::{TICK_HZ, TICK_US, Tick},
};

use crate::{bars, spread};

/// What became of one class.
#[derive(Debug, Clone, Default)]
struct Fate {
    /// Ships destroyed on the same step, and lost to it.
    peers: [u32; 2],
    kills: u32,
    /// Length of each life that ended in death, ticks.
    lives: Vec<u32>,
    by_star: u32,
    flown: u64,
}

/// One arena's tally, by class.
fn play(seed: u32, secs: u32, bots: u16) -> Vec<Fate> {
    let seed = u64::from(seed) + 40;
    let mut room = Room::new(RoomConfig { seed, secret: seed ^ 0xBA1A, bots, ..RoomConfig::default() });
    let mut fates = vec![Fate::default(); ShipClass::COUNT];
    // Since when each pilot flies without having been shot down (a refit is no new life), and what.
    let mut flying: BTreeMap<PlayerId, (ShipClass, Tick)> = BTreeMap::new();
    let defs = Defs::standard();
    for tick in 1..=u64::from(secs * TICK_HZ) {
        room.tick(tick * TICK_US, &|_| true);
        while room.poll_output().is_some() {}
        let now = room.world().tick;
        for event in room.events() {
            let Event::Destroyed { ship, killer, cause, .. } = *event else { continue };
            let Some((class, since)) = flying.remove(&ship.player) else { continue };
            let fate = &mut fates[class as usize];
            fate.lives.push(now.since(since).unsigned_abs());
            fate.by_star += u32::from(cause == Cause::Star && killer.is_none());
            if let Some(by) = killer.and_then(|killer| flying.get(&killer)).map(|(by, _)| *by) {
                fates[by as usize].kills += 1;
                if by != class && defs.ship(by).tier == defs.ship(class).tier {
                    fates[by as usize].peers[0] += 1;
                    fates[class as usize].peers[1] += 1;
                }
            }
        }
        flying.retain(|player, _| room.world().ship(*player).is_some());
        for ship in room.world().ships() {
            flying.entry(ship.id.player).or_insert((ship.class, now)).0 = ship.class;
            fates[ship.class as usize].flown += 1;
        }
    }
    fates
}

/// All arenas in one table, and what is not as it should be.
pub fn table(arenas: u32, secs: u32, bots: u16) -> (String, Vec<String>) {
    let mut sums = vec![Fate::default(); ShipClass::COUNT];
    for fates in spread::over(arenas, |seed| play(seed, secs, bots)) {
        for (sum, fate) in sums.iter_mut().zip(fates) {
            (sum.peers[0], sum.peers[1]) = (sum.peers[0] + fate.peers[0], sum.peers[1] + fate.peers[1]);
            (sum.kills, sum.by_star, sum.flown) =
                (sum.kills + fate.kills, sum.by_star + fate.by_star, sum.flown + fate.flown);
            sum.lives.extend(fate.lives);
        }
    }
    let mut text = format!(
        "{arenas} arenas of {bots} bots, {secs} s each.\n\n\
         | class | flown, % | deaths | kills a minute | won against peers, % | median life, s | by the star, % |\n\
         |---|---|---|---|---|---|---|"
    );
    let flown: u64 = sums.iter().map(|fate| fate.flown).sum();
    let (mut all, mut misses) = (Fate::default(), Vec::new());
    for (class, fate) in ShipClass::ALL.into_iter().zip(&sums) {
        let name = Defs::standard().ship(class).name;
        text.push_str(&row(name, fate, flown));
        misses.extend(
            fate.against_peers().and_then(|share| bars::FIELD.miss(&format!("{name} against its peers"), share)),
        );
        all.lives.extend(&fate.lives);
        (all.kills, all.by_star, all.flown) = (all.kills + fate.kills, all.by_star + fate.by_star, flown);
    }
    text.push_str(&row("all", &all, flown));
    text.push('\n');
    misses.extend(bars::LIFE_S.miss("the median life", all.median_life_s()));
    misses.extend(all.by_star_share().and_then(|share| bars::STAR.miss("deaths by the star", share)));
    (text, misses)
}

impl Fate {
    /// Won of the meetings with ships of the same step, %.
    fn against_peers(&self) -> Option<f64> {
        percent(self.peers[0], self.peers[0] + self.peers[1])
    }

    /// Deaths by the star without anybody's help, %.
    fn by_star_share(&self) -> Option<f64> {
        percent(self.by_star, self.lives.len() as u32)
    }

    fn median_life_s(&self) -> f64 {
        let mut lives = self.lives.clone();
        lives.sort_unstable();
        lives.get(lives.len() / 2).map_or(0.0, |ticks| f64::from(*ticks) / f64::from(TICK_HZ))
    }
}

fn percent(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| 100.0 * f64::from(part) / f64::from(whole))
}

fn row(name: &str, fate: &Fate, flown: u64) -> String {
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{share:.0}"));
    let minutes = fate.flown as f64 / f64::from(TICK_HZ * 60);
    format!(
        "\n| {name} | {:.0} | {} | {:.2} | {} | {:.0} | {} |",
        100.0 * fate.flown as f64 / flown.max(1) as f64,
        fate.lives.len(),
        f64::from(fate.kills) / minutes.max(1e-9),
        share(fate.against_peers()),
        fate.median_life_s(),
        share(fate.by_star_share()),
    )
}
