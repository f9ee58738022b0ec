//! What is drawn against what is true: others near and far, touches, outages, and every switch of the lab.
#![allow(clippy::print_stdout, reason = "the measured figures")]

use std::collections::BTreeMap;

use glam::Vec2;
use shared::{
    ids::{PlayerId, ShipId},
    link::Profile,
    quantize::Angle,
    replica::{Intent, Phase, Switches, ViewEvent},
    sim::Buttons,
    tick::Tick,
};

use suite::harness::{Match, Style};

fn a_pilot_in_flight(profile: Profile, seed: u64, bots: u16, style: Style) -> (Match, usize) {
    let mut live = Match::new(seed, bots, profile);
    let pilot = live.join(style);
    // Whoever has no will of its own holds the engine on.
    live.players[pilot].held =
        (style == Style::Still).then_some(Intent { buttons: Buttons(Buttons::THRUST), aim: None });
    live.run_until(600, |live| live.players[pilot].replica.view().phase == Phase::Flying);
    live.run(240, |_| {});
    (live, pilot)
}

/// How far others within the view are drawn from where the room then has them at that very moment, u, sorted; and how
/// often one is drawn more than 4 u from where its speed would have taken it since the last frame.
fn drawn_errors(profile: Profile, switches: Switches) -> (Vec<f32>, u32) {
    let (mut live, pilot) = a_pilot_in_flight(profile, 77, 60, Style::Brain);
    live.players[pilot].replica.set_switches(switches);
    let mut truth: BTreeMap<(u32, ShipId), Vec2> = BTreeMap::new();
    let mut seen: Vec<(Tick, f32, ShipId, Vec2)> = Vec::new();
    let (mut before, mut shown, mut jumps) = (BTreeMap::new(), 0.0, 0);
    live.run(5_400, |live| {
        let world = live.room.world();
        truth.extend(world.ships().map(|ship| ((world.tick.0, ship.id), ship.body.pos.to_vec2())));
        let view = live.players[pilot].replica.view();
        let Some(own) = view.own_ship() else { return };
        let now = view.tick.0 as f32 + view.alpha;
        let passed_s = (now - std::mem::replace(&mut shown, now)) / 60.0;
        let last = std::mem::take(&mut before);
        for ship in view.ships.iter().filter(|ship| !ship.own) {
            let away = (ship.pos - own.pos).abs();
            if away.x < 800.0 && away.y < 450.0 {
                seen.push((view.tick, view.alpha, ship.id, ship.pos));
                // A clock that found its lead anew shows another moment: that is no movement of ships.
                if let Some((pos, vel)) = last.get(&ship.id).filter(|_| (0.0..0.1).contains(&passed_s)) {
                    let expected: Vec2 = *pos + (*vel + ship.vel) * (0.5 * passed_s);
                    let allowed = 4.0 + 0.5 * ship.vel.distance(*vel) * passed_s;
                    jumps += u32::from(ship.pos.distance(expected) > allowed);
                }
            }
            before.insert(ship.id, (ship.pos, ship.vel));
        }
    });
    let mut errors: Vec<f32> = seen
        .iter()
        .filter_map(|(tick, alpha, id, pos)| {
            let (from, to) = (truth.get(&(tick.0, *id))?, truth.get(&(tick.0 + 1, *id))?);
            Some(pos.distance(from.lerp(*to, *alpha)))
        })
        .collect();
    errors.sort_unstable_by(f32::total_cmp);
    assert!(errors.len() > 600, "{}: only {} poses were compared", profile.name, errors.len());
    (errors, jumps)
}

/// The measurement behind the default (ARCHITECTURE.md quotes it): `--nocapture` prints the table.
#[test]
fn near_ships_are_drawn_truest_at_our_own_time() {
    let modes = [
        ("present", Switches::default()),
        ("half", Switches { present_percent: 50, ..Switches::default() }),
        ("past", Switches { present_percent: 0, ..Switches::default() }),
        ("as told", Switches { forward: false, ..Switches::default() }),
    ];
    for profile in &Profile::ALL[1..4] {
        let results = modes.map(|(name, switches)| {
            let (errors, jumps) = drawn_errors(*profile, switches);
            let at = |share: f32| errors[((errors.len() - 1) as f32 * share) as usize];
            println!("{:8} {name:8} p50 {:6.2} p95 {:6.2} u, {jumps} jumps", profile.name, at(0.5), at(0.95));
            (at(0.5), at(0.95), jumps)
        });
        let [present, _, past, told] = results;
        assert!(present.0 * 6.0 < past.0 && present.1 * 3.0 < past.1, "{}: {present:?} {past:?}", profile.name);
        assert!(told.2 > 5 * (present.2 + 10), "{}: news alone jumps: {told:?}", profile.name);
    }
}

#[test]
fn without_smoothing_corrections_jump() {
    let (_, smooth) = drawn_errors(Profile::ALL[3], Switches::default());
    let (_, rough) = drawn_errors(Profile::ALL[3], Switches { smoothing: false, ..Switches::default() });
    assert!(rough > 3 * (smooth + 10), "{rough} jumps without, {smooth} with");
}

/// Full thrust of one slot toward another's ship, slower when close so that they meet, not pass.
fn bearing(live: &Match, own: u16, mark: u16) -> Option<Intent> {
    let world = live.room.world();
    let (own, other) = (world.ship(PlayerId(own))?.body, world.ship(PlayerId(mark))?.body);
    let (away, closing) = (other.pos.to_vec2() - own.pos.to_vec2(), own.vel.to_vec2() - other.vel.to_vec2());
    let wanted = away.normalize_or_zero() * 160.0 - closing;
    let thrust = wanted.length() > 12.0;
    Some(Intent { buttons: Buttons(0).with(Buttons::THRUST, thrust), aim: Some(Angle::of(wanted)) })
}

/// Two pilots who fly at each other until they have touched a few times. Calls `look` after every frame.
fn ram(profile: Profile, seed: u64, mut look: impl FnMut(&Match)) {
    let mut live = Match::new(seed, 0, profile);
    let pair = [live.join(Style::Still), live.join(Style::Still)];
    for pilot in pair {
        live.run_until(600, |live| live.players[pilot].replica.view().phase == Phase::Flying);
    }
    live.run(3_600, |live| {
        look(live);
        (live.players[0].held, live.players[1].held) = (bearing(live, 0, 1), bearing(live, 1, 0));
    });
}

/// What the first pilot sees of rammings: bumps felt, the largest jump of the own ship as drawn, u, and the greatest
/// overlap of the two as drawn, u.
fn rammed(profile: Profile, seed: u64) -> (u32, f32, f32) {
    let (mut bumps, mut jump, mut overlap) = (0, 0.0_f32, 0.0_f32);
    let mut last: Option<(f32, Vec2, Vec2)> = None;
    ram(profile, seed, |live| {
        let view = live.players[0].replica.view();
        let Some(own) = view.own_ship() else {
            last = None;
            return;
        };
        let now = view.tick.0 as f32 + view.alpha;
        if let Some((then, pos, vel)) = last.replace((now, own.pos, own.vel)) {
            let passed_s = (now - then) / 60.0;
            // A touch may turn the speed anywhere between the two.
            let reach = own.pos.distance(pos) - vel.length().max(own.vel.length()) * passed_s;
            // Through the wormhole it is no jump; its mouths lie farther apart than any mistake reaches.
            jump = jump.max(if reach < 1_000.0 { reach } else { 0.0 });
        }
        if let Some(other) = view.ships.iter().find(|ship| !ship.own) {
            let close = 28.0 - own.pos.distance(other.pos);
            overlap = overlap.max(close);
            let felt = |event: &&ViewEvent| matches!(event, ViewEvent::Bumped { .. });
            bumps += if close > -10.0 { view.events.iter().filter(felt).count() as u32 } else { 0 };
        }
    });
    (bumps, jump, overlap)
}

#[test]
fn ships_that_collide_bounce_on_screen_at_once_and_without_a_jump() {
    for (profile, overlap_max) in Profile::ALL.into_iter().zip([6.0, 8.0, 12.0]) {
        let mut touched = 0;
        for seed in [3, 5, 9] {
            let (bumps, jump, overlap) = rammed(profile, seed);
            println!("{} seed {seed}: {bumps} bumps, jump {jump} u, overlap {overlap} u", profile.name);
            assert!(jump < 9.0, "seed {seed} on {}: the own ship jumped by {jump} u", profile.name);
            assert!(overlap < overlap_max, "seed {seed} on {}: drawn {overlap} u into each other", profile.name);
            touched += bumps;
        }
        assert!(touched >= 3, "{}: they felt only {touched} bumps", profile.name);
    }
}

/// How far the own ship is drawn from where the room has it, u, two seconds after commands were stuck for one, in
/// which the server stopped its engine unforeseen.
fn drift(reconciliation: bool) -> f32 {
    let (mut live, pilot) = a_pilot_in_flight(Profile::ALL[1], 9, 0, Style::Still);
    live.players[pilot].replica.set_switches(Switches { reconciliation, ..Switches::default() });
    live.players[pilot].replica.set_uplink_blocked(true);
    live.run(60, |_| {});
    live.players[pilot].replica.set_uplink_blocked(false);
    live.run(120, |_| {});
    let view = live.players[pilot].replica.view();
    let (own, tick) = (view.own_ship().expect("it flies").pos, view.tick.0);
    let slot = live.players[pilot].replica.player().expect("it plays");
    let alpha = live.players[pilot].replica.view().alpha;
    let mut path = Vec::new();
    live.run(60, |live| {
        let world = live.room.world();
        if world.tick.0 == tick || world.tick.0 == tick + 1 {
            path.extend(world.ship(slot).map(|ship| ship.body.pos.to_vec2()));
        }
    });
    own.distance(path[0].lerp(path[1], alpha))
}

#[test]
fn without_reconciliation_the_own_ship_drifts_away_for_good() {
    let (with, without) = (drift(true), drift(false));
    assert!(with < 0.1, "with: {with}");
    assert!(without > 10.0, "without: {without}");
}

#[test]
fn without_prediction_the_own_ship_is_where_the_server_last_said() {
    let (mut live, pilot) = a_pilot_in_flight(Profile::ALL[2], 8, 4, Style::Still);
    let behind = |live: &mut Match, switches| {
        live.players[pilot].replica.set_switches(switches);
        live.run(2, |_| {});
        let replica = &live.players[pilot].replica;
        let own = replica.view().own_ship().expect("it flies");
        own.pos.distance(replica.known().own.as_ref().expect("it flies").state.body.pos.to_vec2())
    };
    assert!(behind(&mut live, Switches::default()) > 10.0, "predicted, it is ahead of the news");
    assert_eq!(behind(&mut live, Switches { prediction: false, ..Switches::default() }), 0.0);
    assert!(behind(&mut live, Switches::default()) > 10.0, "and again as soon as it is switched on");
}

#[test]
fn ghosts_stand_where_the_server_last_said() {
    let (mut live, pilot) = a_pilot_in_flight(Profile::ALL[2], 8, 30, Style::Still);
    assert!(live.players[pilot].replica.view().ghosts.is_empty(), "unless asked for there are none");
    live.players[pilot].replica.set_switches(Switches { ghosts: true, ..Switches::default() });
    live.run(300, |live| {
        let replica = &live.players[pilot].replica;
        let (view, known) = (replica.view(), replica.known());
        let Some(own) = &known.own else { return };
        let ghost = view.ghosts.iter().find(|ghost| ghost.own).expect("the own ghost");
        assert_eq!(ghost.pos, own.state.body.pos.to_vec2());
        assert_eq!(view.ghosts.len(), view.ships.len());
        for told in known.ships.iter().filter(|told| told.tick == known.tick) {
            let ghost = view.ghosts.iter().find(|ghost| ghost.id == told.state.id).expect("a ghost for each");
            assert_eq!(ghost.pos, told.state.body.pos.to_vec2());
        }
    });
}

#[test]
fn a_second_without_news_locks_the_controls_until_there_is_some() {
    let (mut live, pilot) = a_pilot_in_flight(Profile::ALL[1], 8, 60, Style::Brain);
    live.run_until(1_200, |live| live.players[pilot].replica.view().ships.len() > 1);
    live.players[pilot].deaf = true;
    let (mut locked_after, mut grey_after) = (None, None);
    for tick in 0..80 {
        live.run(1, |_| {});
        let view = live.players[pilot].replica.view();
        if view.locked {
            locked_after.get_or_insert(tick);
            let own = view.own_ship().expect("it flies on");
            assert_eq!(own.buttons.0, 0, "tick {tick}");
        }
        if view.ships.iter().filter(|ship| !ship.own).all(|ship| ship.stale) {
            grey_after.get_or_insert(tick);
        }
    }
    let locked_after = locked_after.expect("it locks");
    assert!((57..64).contains(&locked_after), "after {locked_after} ticks");
    let grey_after = grey_after.expect("the others stand still");
    assert!((13..30).contains(&grey_after), "after {grey_after} ticks");
    live.players[pilot].deaf = false;
    live.run_until(120, |live| {
        let view = live.players[pilot].replica.view();
        !view.locked && view.ships.iter().all(|ship| !ship.stale)
    });
}

#[test]
fn while_the_uplink_is_blocked_commands_are_merged() {
    let (mut live, pilot) = a_pilot_in_flight(Profile::ALL[0], 8, 0, Style::Still);
    live.players[pilot].replica.set_uplink_blocked(true);
    live.run(1, |_| {});
    let sent = live.players[pilot].said;
    live.run(12, |_| {});
    assert_eq!(live.players[pilot].said, sent, "nothing is queued behind what is stuck");
    live.players[pilot].replica.set_uplink_blocked(false);
    live.run(1, |_| {});
    let messages = live.players[pilot].said - sent;
    assert!((1..=2).contains(&messages), "{messages} messages for thirteen commands");
    live.run(60, |_| {});
    assert_eq!(live.players[pilot].closed, None);
    // However long it takes, no more waits than one message holds.
    live.players[pilot].replica.set_uplink_blocked(true);
    live.run(200, |_| {});
    live.players[pilot].replica.set_uplink_blocked(false);
    let sent = live.players[pilot].said;
    live.run(1, |_| {});
    assert!(live.players[pilot].said <= sent + 2);
    live.run(30, |_| {});
    assert_eq!(live.players[pilot].closed, None);
}

#[test]
fn every_byte_is_counted_by_what_it_was_for() {
    let (mut live, pilot) = a_pilot_in_flight(Profile::ALL[1], 8, 20, Style::Wild);
    live.run(120, |_| {});
    let line = live.players[pilot].replica.view().line;
    let down: f32 = shared::replica::Kind::ALL
        .iter()
        .filter(|kind| !kind.is_up())
        .map(|kind| line.kinds_bytes_s[*kind as usize])
        .sum();
    assert!((down - line.down_bytes_s).abs() < 1.0 && down > 300.0, "{line:?}");
    let of = |kind| line.kinds_bytes_s[kind as usize];
    use shared::replica::Kind;
    assert!(of(Kind::Head) > 0.0 && of(Kind::Ships) > 0.0 && of(Kind::Owner) > 0.0 && of(Kind::Commands) > 0.0);
}
