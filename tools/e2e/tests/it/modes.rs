//! The other ways to play, each won once in a real browser.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    combat::autopilot,
    layout,
    page::{Page, Window},
    stage,
    state::State,
};

/// The way to the enemy's core, or to each other, drawn in software.
const FIGHT_TIME_MAX: Duration = Duration::from_secs(100);

fn phase(state: &State) -> &str {
    state.round.as_ref().map_or("", |round| round.phase.as_str())
}

/// Until the first round that this page hears of is decided; who won it.
async fn verdict(page: &Page) -> State {
    page.until_within(FIGHT_TIME_MAX, "a round is decided", |state| !state.verdicts.is_empty()).await
}

#[test]
fn a_core_war_is_won_by_breaking_the_enemys_core() {
    stage::run("core-war", async |stage| {
        let war = stage.server(&["--mode", "core-war"]).await;
        let spectator = stage.visitor(&war, &Window::DESKTOP).await;
        spectator.until("both cores are told", |state| state.mode == "core-war" && state.cores.len() == 2).await;
        spectator.until_visible("contest").await;
        spectator.play("Onlooker").await;
        let own = spectator.until("the round is fought", |state| phase(state) == "play" && state.own.is_some()).await;
        let near = |core: &crate::state::Core| (core.x - own.own().x).hypot(core.y - own.own().y);
        let home = own.cores.iter().find(|core| Some(&core.team) == own.team.as_ref()).expect("an own core");
        assert!(near(home) < 700.0, "launched {} u from the own core", near(home));
        spectator.picture("core-war-home").await;
        for (name, width, height) in
            [("core-war-phone", 390, 844), ("core-war-phone-across", 844, 390), ("core-war-phone-small", 667, 375)]
        {
            spectator.resize(width, height, 1.0).await;
            layout::expect_apart(&spectator, layout::FLIGHT, name).await;
        }

        let empty = ["--mode", "core-war", "--bots", "0", "--core-hull", "60", "--seed", "7"];
        let server = stage.server(&empty).await;
        let page = stage.player(&server, &Window::DESKTOP, "Breaker").await;
        page.until("the round is fought", |state| phase(state) == "play" && state.own.is_some()).await;
        autopilot(&page, json!({ "task": "siege" })).await;
        page.until_within(FIGHT_TIME_MAX, "the enemy's core is struck", |state| {
            state.round.as_ref().is_some_and(|round| round.cores.iter().any(|core| *core < 60))
        })
        .await;
        let won = verdict(&page).await;
        assert_eq!((&won.verdicts[0].winner, won.verdicts.len()), (&won.team, 1), "{won:?}");
        page.until_visible("verdict").await;
        assert_eq!(page.words("verdict-what").await, "Victory");
        page.picture("core-war-won").await;
        page.js("window.autopilot.stop()").await;
        let next = page.until("the next round begins by itself", |state| phase(state) == "play").await;
        let round = next.round.expect("there are rounds");
        assert_eq!((round.number, round.cores), (2, [60, 60]), "with cores whole");
        assert!(next.score.is_some_and(|score| score > 0), "blows to the core count");
        page.until_hidden("verdict").await;
        assert_eq!(page.state().await.verdicts.len(), 1, "told once");
    });
}

/// Matches that a hunter may need.
const MATCHES_MAX: usize = 8;

/// Brings `hunter` to `prey` until one more round than `before` is decided.
async fn fight(hunter: &Page, prey: &Page, name: &str, before: usize) {
    autopilot(hunter, json!({ "task": "hunt", "foe": name })).await;
    let deadline = Instant::now() + FIGHT_TIME_MAX;
    loop {
        let seen = prey.state().await;
        if seen.verdicts.len() > before {
            break;
        }
        if let Some(own) = seen.own {
            hunter.js_with("window.autopilot.waypoint = arguments[0]", json!({ "x": own.x, "y": own.y })).await;
        }
        let chaser = hunter.state().await;
        assert!(Instant::now() < deadline, "no end within {FIGHT_TIME_MAX:?}: {chaser:?} {seen:?}");
    }
}

#[test]
fn a_duel_is_won_by_shooting_the_other_down() {
    stage::run_for("duel", Duration::from_secs(480), async |stage| {
        let flags = ["--mode", "duel", "--bots", "0", "--wins", "1", "--round-seconds", "120"];
        let server = stage.server(&flags).await;
        let prey = stage.player(&server, &Window::SMALL, "Prey").await;
        prey.until("one waits for somebody", |state| phase(state) == "waiting").await;
        let hunter = stage.player(&server, &Window::SMALL, "Hunter").await;
        for page in [&prey, &hunter] {
            page.until("the round is fought", |state| phase(state) == "play" && state.own.is_some()).await;
        }
        hunter.picture("duel").await;
        autopilot(&prey, json!({ "task": "hold" })).await;
        // Who flies round a star on a slow screen may fall into it: then the next match decides.
        let mut matches = 0;
        loop {
            fight(&hunter, &prey, "Prey", matches).await;
            matches += 1;
            let heard = hunter.until("the hunter hears of it", |state| state.verdicts.len() == matches).await;
            let last = heard.verdicts.last().expect("it was just heard");
            assert!(last.won, "each round is a match here: {heard:?}");
            if last.winner == heard.team {
                break;
            }
            assert!(matches < MATCHES_MAX, "the hunter lost {matches} matches: {heard:?}");
            for page in [&prey, &hunter] {
                page.until("the next one is fought", |state| phase(state) == "play" && state.own.is_some()).await;
            }
        }
        hunter.until_visible("verdict").await;
        for (page, word) in [(&hunter, "Victory"), (&prey, "Defeat")] {
            let said = format!("document.getElementById('verdict-what').textContent === '{word}'");
            page.until_js("each is told how it went", &said).await;
        }
        hunter.picture("duel-won").await;
        for page in [&prey, &hunter] {
            page.js("window.autopilot.stop()").await;
            let next = page.until("the next match begins", |state| phase(state) == "play" && state.own.is_some()).await;
            assert_eq!(next.round.map(|round| (round.number, round.points)), Some((1, [0, 0])));
        }
    });
}

#[test]
fn in_1962_space_comes_round_and_whoever_stays_out_of_the_star_wins() {
    stage::run("1962", async |stage| {
        let server = stage.server(&["--mode", "1962", "--bots", "0", "--wins", "1"]).await;
        let page = stage.player(&server, &Window::DESKTOP, "Wedge").await;
        // The star may take it all the same: once more.
        page.keep_flying().await;
        // Alone one flies about: out at one side, in at the other.
        let first = page.until("a ship flies", |state| state.phase == "flying" && state.own.is_some()).await;
        // Away from the star, whichever side of it that is.
        let aim = |own: crate::state::Own| if own.x < 0.0 { 10.0 } else { 1_590.0 };
        page.point(aim(first.own()), 450.0).await;
        page.key_down('w').await;
        let deadline = Instant::now() + FIGHT_TIME_MAX;
        let mut last: Option<f64> = None;
        let round = loop {
            let state = page.state().await;
            assert!(Instant::now() < deadline, "it never came round: {state:?}");
            let Some(own) = state.own else {
                last = None;
                continue;
            };
            assert!(own.x.abs() < 501.0 && own.y.abs() < 501.0, "{own:?}");
            if last.is_some_and(|last| last.abs() > 200.0 && own.x.abs() > 200.0 && last * own.x < 0.0) {
                break state;
            }
            if last.is_none() {
                page.point(aim(own), 450.0).await;
            }
            last = Some(own.x);
        };
        page.key_up('w').await;
        assert!(round.camera.x.abs() < 20.0 && round.camera.y.abs() < 20.0, "all of space is on the screen");
        let other = stage.player(&server, &Window::SMALL, "Needle").await;
        for page in [&page, &other] {
            page.until("the round is fought", |state| phase(state) == "play" && state.own.is_some()).await;
        }
        page.picture("1962").await;
        autopilot(&other, json!({ "task": "plunge" })).await;
        let won = verdict(&page).await;
        assert_eq!((&won.verdicts[0].winner, won.verdicts[0].won), (&won.team, true), "{won:?}");
        page.until_visible("verdict").await;
        page.picture("1962-won").await;
        other.js("window.autopilot.stop()").await;
    });
}
