//! Two pilots of the same mind in ships of one step, in a small arena around a cold star. Whoever has shot down the other
//! more often when the time is up has won; nobody wins a draw.

use shared::{
    bot::Brain,
    defs::{Defs, ShipClass},
    link::Profile,
    room::RoomConfig,
    sim::Event,
};
use suite::{
    harness::{Habits, Match, Style},
    mind::Mind,
    pit::{duelists, pit},
};

use crate::spread;

/// Points with which every ship is to be had and nobody is a beginner.
const POINTS: u32 = 1_000;

/// A duelist's mind of middling skill: the same for both.
fn duelist(salt: u64) -> Brain {
    let mut minds = duelists(salt);
    minds.swap_remove(minds.len() * 3 / 4)
}

/// Kills by the first and by the second.
fn duel(seed: u32, classes: [ShipClass; 2], secs: u32) -> [u32; 2] {
    let seed = u64::from(seed);
    let config = RoomConfig { seed, secret: seed, bots: 0, defs: pit(), start_points: POINTS, ..RoomConfig::default() };
    let mut live = Match::in_room(config, (Profile::ALL[0], Profile::ALL[0]));
    // Who has which slot must not matter.
    let first = (seed % 2) as usize;
    for slot in 0..2 {
        let class = classes[usize::from(slot != first)];
        live.join_as(Habits { class, ..Habits::of(Style::Brain) });
        live.players[slot].think(Mind::of(duelist(seed)));
    }
    let mut kills = [0; 2];
    live.run(secs * shared::tick::TICK_HZ, |live| {
        for event in live.room.events() {
            if let Event::Destroyed { killer: Some(killer), .. } = event {
                kills[usize::from(killer.index() != first)] += 1;
            }
        }
    });
    kills
}

/// Share of duels that each class wins against each other one, and against all of them; and the last of these, %, by class.
pub fn table(classes: &[ShipClass], duels: u32, secs: u32) -> (String, Vec<(&'static str, f64)>) {
    let name = |class: &ShipClass| Defs::standard().ship(*class).name;
    let mut text = format!("| wins of {duels}, % |");
    classes.iter().for_each(|class| text.push_str(&format!(" {} |", name(class))));
    text.push_str(" the field | kills |\n|---|");
    text.push_str(&"---|".repeat(classes.len() + 2));
    let mut field = Vec::new();
    for one in classes {
        text.push_str(&format!("\n| {} |", name(one)));
        let (mut sum, mut kills, mut rivals) = (0.0, [0; 2], 0);
        for two in classes {
            if one == two {
                text.push_str(" – |");
                continue;
            }
            let results = spread::over(duels, |seed| duel(seed, [*one, *two], secs));
            let wins: f64 =
                results.iter().map(|[a, b]| if a > b { 1.0 } else { f64::from(u8::from(a == b)) * 0.5 }).sum();
            let share = 100.0 * wins / f64::from(duels);
            for result in results {
                (kills[0], kills[1]) = (kills[0] + result[0], kills[1] + result[1]);
            }
            (sum, rivals) = (sum + share, rivals + 1);
            text.push_str(&format!(" {share:.0} |"));
        }
        field.push((name(one), sum / f64::from(rivals)));
        text.push_str(&format!(" **{:.0}** | {} : {} |", sum / f64::from(rivals), kills[0], kills[1]));
    }
    text.push('\n');
    (text, field)
}
