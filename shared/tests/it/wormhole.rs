//! Whole matches through the wormhole: the own ship leaps in the same tick on both ends, and nobody is ever drawn
//! between the mouths.

use std::collections::{BTreeMap, VecDeque};

use glam::Vec2;
use shared::{
    ids::{PlayerId, ShipId},
    link::Profile,
    quantize::Angle,
    replica::{Intent, Phase, ViewEvent},
    sim::{Buttons, wormhole},
};

use suite::harness::{Match, Style};

/// No ship is drawn farther than this from where it was within the last second, u: as much as the worst line gets wrong,
/// and a third of the way between the mouths.
const DRAWN_U: f32 = 400.0;
/// Ticks of places remembered.
const KEPT: usize = 75;

/// The way of one slot to the nearest mouth, around the star; slow enough to hit it.
fn bearing(live: &Match, own: u16) -> Option<Intent> {
    let world = live.room.world();
    let body = world.ship(PlayerId(own))?.body;
    let (at, vel) = (body.pos.to_vec2(), body.vel.to_vec2());
    let mouths = world.layout.wormhole.mouths(world.tick);
    let mouth = mouths.into_iter().min_by(|a, b| a.distance(at).total_cmp(&b.distance(at)))?;
    let way = mouth - at;
    // Circle the star at one's own distance until the mouth is in front.
    let round = at.perp().normalize_or_zero() * at.perp().dot(way).signum() + at.normalize_or_zero() * 0.25;
    let straight = at.normalize_or_zero().dot(mouth.normalize_or_zero()) > 0.8;
    let wanted = if straight { way.normalize_or_zero() } else { round.normalize_or_zero() } * 200.0 - vel;
    let thrust = wanted.length() > 15.0;
    Some(Intent { buttons: Buttons(0).with(Buttons::THRUST, thrust), aim: Some(Angle::of(wanted)) })
}

/// Two pilots without bots who look for a mouth for a minute and a half. Own leaps seen on the screens and those in the
/// room; leaps whose tick the prediction got wrong.
fn fly(profile: Profile, seed: u64) -> (u32, u32, u32) {
    let mut live = Match::new(seed, 0, profile);
    let pair = [live.join(Style::Still), live.join(Style::Still)];
    for pilot in pair {
        live.run_until(900, |live| live.players[pilot].replica.view().phase == Phase::Flying);
    }
    live.run(120, |_| {});
    let mut places: BTreeMap<ShipId, VecDeque<Vec2>> = BTreeMap::new();
    let (mut shown, mut true_leaps, mut wrong) = (0, 0, 0);
    let mut judged = pair.map(|pilot| live.players[pilot].replica.view().line.mispredictions);
    let mut leapt_lately = [0_u32; 2];
    live.run(60 * 90, |live| {
        for ship in live.room.world().ships() {
            let track = places.entry(ship.id).or_default();
            let now = ship.body.pos.to_vec2();
            if track.back().is_some_and(|before| wormhole::leapt(*before, now)) {
                true_leaps += 1;
                leapt_lately[ship.id.player.index()] = 40;
            }
            track.push_back(now);
            if track.len() > KEPT {
                track.pop_front();
            }
        }
        for (index, &pilot) in pair.iter().enumerate() {
            let replica = &live.players[pilot].replica;
            let view = replica.view();
            let own = |event: &&ViewEvent| matches!(event, ViewEvent::Leapt { own: true, .. });
            shown += view.events.iter().filter(own).count() as u32;
            for ship in &view.ships {
                let Some(track) = places.get(&ship.id).filter(|track| track.len() == KEPT) else { continue };
                let (vel, lead_s) = (ship.vel, 0.6);
                let off = |place: &Vec2| {
                    // Ahead of the room by as much as the line is long: on the way it flies.
                    let along = (ship.pos - *place).dot(vel.normalize_or_zero()).clamp(0.0, vel.length() * lead_s);
                    (ship.pos - *place - vel.normalize_or_zero() * along).length()
                };
                let nearest = track.iter().map(off).fold(f32::INFINITY, f32::min);
                let mouths = view.mouths.into_iter().flatten();
                let at_mouth = mouths.map(|mouth| mouth.pos.distance(ship.pos)).fold(f32::INFINITY, f32::min) < 320.0;
                assert!(
                    nearest < DRAWN_U || at_mouth,
                    "{} seed {seed}: {:?} drawn {nearest} u off at {}",
                    profile.name,
                    ship.id,
                    ship.pos
                );
            }
            let now = view.line.mispredictions;
            let apart = places.values().filter_map(VecDeque::back).copied().collect::<Vec<_>>();
            let alone = apart.len() < 2 || apart[0].distance(apart[1]) > 200.0;
            wrong += if leapt_lately[index] > 0 && alone { now - judged[index] } else { 0 };
            judged[index] = now;
            leapt_lately[index] = leapt_lately[index].saturating_sub(1);
            live.players[pilot].held = bearing(live, live.players[pilot].replica.player().map_or(0, |player| player.0));
        }
    });
    (shown, true_leaps, wrong)
}

#[test]
fn own_ship_and_room_leap_in_the_same_tick_and_nobody_is_smeared_across_the_arena() {
    for profile in [Profile::ALL[0], Profile::ALL[2], Profile::ALL[4]] {
        let (mut shown, mut true_leaps) = (0, 0);
        for seed in [3, 11, 19] {
            let (seen, real, wrong) = fly(profile, seed);
            if profile == Profile::ALL[0] {
                assert_eq!(wrong, 0, "{} seed {seed}: predictions around a leap", profile.name);
            }
            (shown, true_leaps) = (shown + seen, true_leaps + real);
        }
        assert!(true_leaps >= 3, "{}: only {true_leaps} leaps", profile.name);
        // On a bad line one is foreseen now and then that is not, or not seen.
        let off = shown.abs_diff(true_leaps) * 10;
        assert!(off <= true_leaps, "{}: {shown} of {true_leaps}", profile.name);
    }
}
