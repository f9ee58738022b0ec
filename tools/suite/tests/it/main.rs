//! Every oracle sees what it is there for: a match with a fault on purpose fails, by that oracle, and the same match
//! without it does not.

use shared::{link::Profile, room::RoomStatus};
use suite::{
    harness::{Match, Sabotage, Style},
    plan::{FRUGAL_BYTES_S, Plan, Weather},
    play::play,
};

/// A fair match on a good line, with people of all kinds, long enough for deaths.
fn plan(seed: u64) -> Plan {
    let plan = Plan::new(seed * 32, 20, Some(Profile::ALL[1]), Some(8));
    assert_eq!(plan.weather, Weather::Fair);
    plan
}

/// Plays the match with the fault; some seed of a few must show it (a fault waits for its occasion).
fn check(sabotage: Sabotage, oracle: &str, says: &str) {
    for seed in 0..24 {
        let plan = plan(seed);
        let Some(failure) = play(&plan, false, Some(sabotage)).failure else { continue };
        assert_eq!(failure.oracle, oracle, "{sabotage:?}, seed {}: {}", plan.seed, failure.what);
        assert!(failure.what.contains(says), "{sabotage:?}, seed {}: {}", plan.seed, failure.what);
        return;
    }
    panic!("{sabotage:?} was never noticed");
}

#[test]
fn without_a_fault_all_is_well_and_a_seed_is_the_same_match_again() {
    for seed in 0..2 {
        let outcomes = [play(&plan(seed), false, None), play(&plan(seed), true, None)];
        for outcome in &outcomes {
            assert_eq!(outcome.failure, None, "seed {}", plan(seed).seed);
        }
        let [sample, all] = outcomes;
        assert!(sample.compared > 100 && all.compared > 2_000, "{} and {}", sample.compared, all.compared);
        assert_eq!(sample.measures.predictions, all.measures.predictions);
        assert_eq!(sample.measures.bytes, all.measures.bytes);
    }
}

#[test]
fn other_numbers_again_and_again_break_no_promise() {
    let plans = (0..300).map(|seed| Plan::new(seed, 20, None, Some(6))).filter(|plan| !plan.tunings.is_empty());
    let plans: Vec<Plan> = plans.take(6).collect();
    assert_eq!(plans.len(), 6);
    for plan in plans {
        assert_eq!(play(&plan, true, None).failure, None, "seed {}", plan.seed);
    }
}

/// Twenty seconds of a plan's room, with everybody there from the start: what the room says of itself.
fn twenty_seconds(plan: &Plan) -> RoomStatus {
    let mut live = Match::in_room(plan.room(), plan.lines());
    for habits in &plan.people {
        live.join_as(*habits);
    }
    live.run(1_200, |_| {});
    live.room.status()
}

#[test]
fn a_frugal_room_sends_less_and_breaks_no_promise() {
    let plans = (0..300).map(|seed| Plan::new(seed, 20, None, Some(16))).filter(|plan| plan.frugal);
    let plans: Vec<Plan> = plans.take(4).collect();
    assert_eq!(plans.len(), 4);
    let mut sums = (0, 0);
    for plan in plans {
        assert_eq!(play(&plan, false, None).failure, None, "seed {}", plan.seed);
        let (frugal, usual) = (twenty_seconds(&plan), twenty_seconds(&Plan { frugal: false, ..plan.clone() }));
        // Twenty seconds and the two of a full bucket.
        let bytes_max = 22 * u64::from(FRUGAL_BYTES_S) * plan.people.len() as u64;
        assert!(frugal.snapshot_bytes <= bytes_max, "seed {}: {} bytes", plan.seed, frugal.snapshot_bytes);
        assert!(frugal.snapshots <= usual.snapshots, "seed {}: {frugal:?}, {usual:?}", plan.seed);
        (sums.0, sums.1) = (sums.0 + frugal.snapshot_bytes, sums.1 + usual.snapshot_bytes);
    }
    // On a lan everybody is told so little that even this budget is hardly felt.
    assert!(sums.0 * 10 < sums.1 * 9, "{sums:?} bytes");
}

/// A minute of eight people on such a line: ticks flown without a command of their own, of a thousand, and how many of
/// them have a second lane at the end.
fn starved(name: &str, no_lanes: bool) -> (u64, usize) {
    let mut live = Match::new(5, 0, Profile::named(name).expect("a line"));
    live.pranks.no_lanes = no_lanes;
    (0..8).for_each(|_| {
        live.join(Style::Hunting);
    });
    live.run(3_600, |_| {});
    let commands = live.room.status().commands;
    let missing = commands.repeated + commands.neutral;
    let with_lane = live.players.iter().filter(|player| player.replica.view().line.lane).count();
    (missing * 1_000 / (missing + commands.used), with_lane)
}

#[test]
fn a_second_lane_carries_what_one_stalls_on_and_a_good_line_has_none() {
    for (name, one, two) in [("typical", 8, 6), ("poor", 40, 22)] {
        let (with_one, with_two) = (starved(name, true), starved(name, false));
        assert!(with_one.0 >= one && with_one.1 == 0, "{name}: {with_one:?}");
        assert!(with_two.0 <= two && with_two.1 == 8, "{name}: {with_two:?}");
    }
    assert_eq!(starved("good", false), (0, 0));
}

#[test]
fn a_client_that_knows_something_else_is_seen() {
    check(Sabotage::OtherTable, "mirror", "knows ship");
}

#[test]
fn a_client_told_of_what_is_out_of_sight_is_seen() {
    check(Sabotage::TinyArea, "mirror", "was told");
}

#[test]
fn a_lost_deed_is_seen() {
    check(Sabotage::LoseNews, "deeds", "heard");
}

#[test]
fn a_death_that_nobody_counted_is_seen() {
    check(Sabotage::MissDeath, "accounts", "events say");
}

#[test]
fn a_name_used_again_too_soon_is_seen() {
    check(Sabotage::OldIds, "ids", "after");
}

#[test]
fn a_wrong_prediction_is_seen() {
    check(Sabotage::BlindToTouch, "flight", "near nothing");
}

#[test]
fn a_command_that_arrives_as_another_is_seen() {
    check(Sabotage::BendCommand, "lines", "lost the thread");
}

#[test]
fn a_flooded_line_is_seen() {
    check(Sabotage::FloodLine, "queues", "bytes on the line");
}

#[test]
fn a_snapshot_too_long_is_seen() {
    check(Sabotage::PadSnapshot, "queues", "a snapshot of");
}

#[test]
fn a_client_that_lost_the_thread_is_seen() {
    check(Sabotage::AskFull, "lines", "lost the thread");
}

#[test]
fn a_client_thrown_out_is_seen() {
    check(Sabotage::Close, "lines", "was closed");
}

#[test]
fn a_picture_that_does_not_recover_is_seen() {
    check(Sabotage::StayBad, "liveness", "player");
}

#[test]
fn a_recording_that_ends_elsewhere_is_seen() {
    check(Sabotage::BendRecording, "replay", "");
}

#[test]
fn a_panic_is_a_failure_like_others() {
    check(Sabotage::Panic, "panic", "on purpose");
}
