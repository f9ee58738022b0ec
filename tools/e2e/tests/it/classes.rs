//! Every ship is flown, fired and made to do what it can; and a better one is taken in flight.

use crate::{
    page::{Page, Window},
    stage,
    state::{Class, State},
};

/// WebDriver's Shift key.
const SHIFT: char = '\u{e008}';

/// What is seen of a weapon that is fired once.
#[derive(Debug, Clone, Copy)]
enum Seen {
    /// At least so many shots at once.
    Shots(u32),
    /// A ray.
    Ray,
    /// A beam, for as long as it is held.
    Beam,
    /// A mine that stays.
    Mine,
}

/// How a special shows.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Special {
    /// It is on while its key is held, or for a while.
    Lasts,
    /// It comes to whoever lets go of everything.
    Coasting,
    /// A volley, over at once.
    Volley,
}

/// The button of each class in the lobby, what its weapon does, and how its special shows.
const CLASSES: [(Class, &str, Seen, Special); 9] = [
    (Class::Spark, "lobby-spark", Seen::Shots(1), Special::Lasts),
    (Class::Needle, "lobby-needle", Seen::Shots(2), Special::Lasts),
    (Class::Prospector, "lobby-prospector", Seen::Beam, Special::Lasts),
    (Class::Anvil, "lobby-anvil", Seen::Shots(6), Special::Lasts),
    (Class::Lancer, "lobby-lancer", Seen::Ray, Special::Coasting),
    (Class::Wraith, "lobby-wraith", Seen::Shots(3), Special::Lasts),
    (Class::Tender, "lobby-tender", Seen::Shots(1), Special::Lasts),
    (Class::Gravitor, "lobby-gravitor", Seen::Mine, Special::Lasts),
    (Class::Dreadnought, "lobby-dreadnought", Seen::Shots(2), Special::Volley),
];

#[test]
fn every_ship_flies_fires_and_does_what_it_can() {
    stage::run("classes", async |stage| {
        let server = stage.server(&["--bots", "0", "--start-points", "700"]).await;
        for (class, button, weapon, special) in CLASSES {
            let page = stage.visitor(&server, &Window::SMALL).await;
            let dear = format!("document.getElementById('{button}').ariaDisabled === 'false'");
            page.until_js("the ship is in reach", &dear).await;
            page.click(button).await;
            let fresh = page.play("Ada").await;
            assert_eq!(fresh.own().class, class);
            let name = format!("{class:?}").to_lowercase();
            // Before a boost makes it faster than its engine could.
            fly(&page).await;
            do_special(&page, special, fresh.own().energy, &name).await;
            fire(&page, weapon, &name).await;
            if class == Class::Dreadnought {
                launch_torpedo(&page).await;
            }
            stage.dismiss_last().await;
        }
    });
}

async fn do_special(page: &Page, special: Special, energy: f64, name: &str) {
    if special != Special::Coasting {
        page.key_down('e').await;
    }
    if special == Special::Volley {
        let paid = |state: &State| state.own.is_some_and(|own| own.energy < energy - 40.0) && state.shots > 4;
        page.until("the volley is paid and flies", paid).await;
    } else {
        page.until("the special is on", |state| state.own.is_some_and(|own| own.special)).await;
    }
    page.picture(&format!("class-{name}-special")).await;
    page.key_up('e').await;
}

/// The engine pushes along the nose, faster than any pull of the star where ships are launched.
async fn fly(page: &Page) {
    let rest = page.state().await.own();
    page.key_down('w').await;
    page.until("the engine pushes", |state| state.own.is_some_and(|own| own.speed_ahead() > rest.speed_ahead() + 30.0))
        .await;
    page.key_up('w').await;
}

/// Nobody else is there, so every shot, ray and mine is the own one.
async fn fire(page: &Page, weapon: Seen, name: &str) {
    let quiet = page.until("nothing flies", |state| state.shots == 0).await;
    page.key_down(' ').await;
    match weapon {
        Seen::Shots(count) => page.until("shots fly", |state| state.shots >= count).await,
        Seen::Ray => page.until("a ray is seen", |state| state.beams > quiet.beams).await,
        // A beam shows as a charge that is never over.
        Seen::Beam => page.until("a beam burns", |state| state.own.is_some_and(|own| own.charging)).await,
        Seen::Mine => {
            let laid = "JSON.parse(perihelion.state())?.pickups.some(pickup => pickup.kind === 'mine')";
            page.until_js("a mine is laid", laid).await;
            page.state().await
        }
    };
    page.picture(&format!("class-{name}-fires")).await;
    page.key_up(' ').await;
}

/// The second weapon of a Dreadnought, in the place of a boost.
async fn launch_torpedo(page: &Page) {
    page.until("the turrets' shots are spent", |state| state.shots == 0).await;
    page.key_down(SHIFT).await;
    page.until("a torpedo flies", |state| state.shots == 1).await;
    page.picture("class-dreadnought-torpedo").await;
    page.key_up(SHIFT).await;
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
