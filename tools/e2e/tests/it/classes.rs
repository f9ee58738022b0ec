//! Every ship is flown, fired and made to do what it can; and a better one is taken in flight.

use crate::{
    page::Window,
    stage,
    state::{Class, State},
};

/// The button of each class in the lobby; whether its special is on for as long as one looks; whether it is held by a key.
const CLASSES: [(Class, &str, bool, bool); 9] = [
    (Class::Spark, "lobby-spark", true, true),
    (Class::Needle, "lobby-needle", true, true),
    (Class::Prospector, "lobby-prospector", true, true),
    (Class::Anvil, "lobby-anvil", true, true),
    // It comes to whoever lets go of everything.
    (Class::Lancer, "lobby-lancer", true, false),
    (Class::Wraith, "lobby-wraith", true, true),
    (Class::Tender, "lobby-tender", true, true),
    (Class::Gravitor, "lobby-gravitor", true, true),
    // A volley is over at once.
    (Class::Dreadnought, "lobby-dreadnought", false, true),
];

#[test]
fn every_ship_flies_fires_and_does_what_it_can() {
    stage::run("classes", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "700"]).await;
        for (class, button, lasts, held) in CLASSES {
            let page = stage.visitor(&server, &Window::SMALL).await;
            let dear = format!("document.getElementById('{button}').ariaDisabled === 'false'");
            page.until_js("the ship is in reach", &dear).await;
            page.click(button).await;
            let fresh = page.play("Ada").await;
            assert_eq!(fresh.own().class, class);
            if held {
                page.key_down('e').await;
            }
            let name = format!("{class:?}").to_lowercase();
            if lasts {
                page.until("the special is on", |state| state.own.is_some_and(|own| own.special)).await;
                page.picture(&format!("class-{name}-special")).await;
            } else {
                let paid = |state: &State| state.own.is_some_and(|own| own.energy < fresh.own().energy - 40.0);
                page.until("the special is paid", paid).await;
            }
            page.key_up('e').await;
            let before = page.state().await.own().energy;
            page.key_down(' ').await;
            let fired = |state: &State| {
                state.own.is_some_and(|own| own.energy < before - 0.5 || own.charging)
                    || state.shots > 0
                    || state.beams > 0
            };
            page.until("it fires", fired).await;
            page.picture(&format!("class-{name}-fires")).await;
            page.key_up(' ').await;
            stage.dismiss_last().await;
        }
    });
}

#[test]
fn a_better_ship_is_taken_in_flight() {
    stage::run("refit", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "160"]).await;
        let page = stage.player(&server, &Window::SMALL, "Ada").await;
        assert_eq!(page.state().await.own().class, Class::Spark);
        page.until_visible("refit-anvil").await;
        assert!(page.words("refit-anvil").await.contains("TOUGH"));
        assert!(!page.is_visible("refit-lancer").await, "one step at a time");
        page.picture("refit-cards").await;
        page.click("refit-anvil").await;
        page.until("the ship is an Anvil", |state| state.own.is_some_and(|own| own.class == Class::Anvil)).await;
        page.until_hidden("refit").await;
        // The click must not have taken the keyboard away.
        page.key_down('w').await;
        page.until("it thrusts", |state| state.own.is_some_and(|own| own.speed_ahead() > 120.0)).await;
        page.key_up('w').await;
        // The digits choose by the card's number.
        let other = stage.player(&server, &Window::SMALL, "Bo").await;
        other.until_visible("refit-prospector").await;
        other.press('2').await;
        other
            .until("the ship is a Prospector", |state| state.own.is_some_and(|own| own.class == Class::Prospector))
            .await;
    });
}
