//! The way in: by the link of the server, or by name and password. Invariant: it ends with somebody signed in; until then
//! it always says what it waits for, and nothing waits for a form that cannot be used.

use wasm_bindgen::JsCast;
use web_sys::{HtmlButtonElement, HtmlInputElement};

use super::{
    account::{self, Outcome, Who},
    commands::Me,
};
use crate::{
    browser,
    words::{word, word_of},
};

/// Between two attempts to reach a server that does not answer, ms.
const AGAIN_MS: f64 = 3_000.0;

/// The two forms: the name with their fields begin with.
const SIGN_IN: &str = "sign-in";
const CHOOSE: &str = "choose";

/// Waits until somebody is signed in. `why` is said first; `fragment` may hold a token.
pub async fn enter(fragment: &str, why: &'static str) -> Me {
    show(true);
    let mut first = (word(why).to_owned(), "");
    if let Some(token) = account::token_of(fragment) {
        say(word("gate-token"), "");
        first = by_token(token).await.unwrap_or(first);
    }
    loop {
        match account::who().await {
            Who::Staff(me) if me.has_password => return me,
            Who::Staff(me) => {
                say(word("gate-choose"), "good");
                if choose(&me.name).await {
                    continue;
                }
                return me;
            }
            Who::Nobody => sign_in(&first).await,
            Who::Off => wait_for_server("gate-off").await,
            Who::Away => wait_for_server("gate-offline").await,
        }
    }
}

/// Lets whoever is signed in choose another password, and comes back.
pub async fn change_password(name: &str) {
    show(true);
    say(word("gate-change"), "");
    choose(name).await;
    show(false);
}

/// Shows the gate or what is behind it.
fn show(is_shut: bool) {
    browser::set_hidden("desk", is_shut);
    browser::set_hidden("gate", !is_shut);
}

/// Signs in by token; if that fails, what to say instead.
async fn by_token(token: &str) -> Option<(String, &'static str)> {
    loop {
        return match account::by_token(token).await {
            Outcome::Done => None,
            Outcome::Wrong => Some((word("gate-old-token").to_owned(), "bad")),
            Outcome::Refused(why) => Some((word_of("gate-refused", &why), "bad")),
            Outcome::Wait(seconds) => {
                count_down(seconds).await;
                continue;
            }
            Outcome::Away => {
                wait_for_server("gate-offline").await;
                continue;
            }
        };
    }
}

async fn wait_for_server(why: &str) {
    say(word(why), "bad");
    browser::sleep(AGAIN_MS).await;
}

/// Asks for name and password until they are right.
async fn sign_in((first, grade): &(String, &str)) {
    say(first, grade);
    open(SIGN_IN);
    loop {
        browser::next_of(&[(SIGN_IN, "submit")]).await;
        let [name, password] = values(SIGN_IN);
        if settle(SIGN_IN, account::by_password(&name, &password).await).await {
            break;
        }
    }
    close(SIGN_IN);
}

/// Asks for a name and a new password; `false`: not now.
async fn choose(name: &str) -> bool {
    open(CHOOSE);
    if let Some(field) = field(&format!("{CHOOSE}-name")).filter(|_| !name.is_empty()) {
        field.set_value(name);
    }
    let is_chosen = loop {
        if browser::next_of(&[(CHOOSE, "submit"), ("later", "click")]).await == 1 {
            break false;
        }
        let [name, password] = values(CHOOSE);
        if settle(CHOOSE, account::choose(&name, &password).await).await {
            break true;
        }
    };
    close(CHOOSE);
    is_chosen
}

/// Says what became of an attempt; whether it was the last.
async fn settle(form: &str, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Done => return true,
        Outcome::Wrong => say(word("gate-wrong"), "bad"),
        Outcome::Refused(why) => say(&word_of("gate-refused", &why), "bad"),
        Outcome::Away => say(word("gate-offline"), "bad"),
        Outcome::Wait(seconds) => {
            enable(form, false);
            count_down(seconds).await;
            say(word("gate-welcome"), "");
            enable(form, true);
        }
    }
    if let Some(password) = field(&format!("{form}-password")) {
        password.select();
        // What has the focus already keeps it.
        let _ = password.focus();
    }
    false
}

async fn count_down(seconds: u32) {
    for left in (1..=seconds).rev() {
        say(&word_of("gate-wait", &left.to_string()), "bad");
        browser::sleep(1_000.0).await;
    }
}

fn say(text: &str, grade: &str) {
    browser::set_text("verdict", text);
    browser::set_mark("verdict", "data-grade", grade);
}

fn open(form: &str) {
    browser::set_hidden(form, false);
    enable(form, true);
    if let Some(name) = field(&format!("{form}-name")) {
        // Focus is a courtesy.
        let _ = name.focus();
    }
}

fn close(form: &str) {
    browser::set_hidden(form, true);
    if let Some(password) = field(&format!("{form}-password")) {
        password.set_value("");
    }
}

fn enable(form: &str, is_enabled: bool) {
    let Some(form) = browser::element(form) else { return };
    let Ok(Some(button)) = form.query_selector("button") else { return };
    if let Ok(button) = button.dyn_into::<HtmlButtonElement>() {
        button.set_disabled(!is_enabled);
    }
}

fn field(id: &str) -> Option<HtmlInputElement> {
    browser::element(id)?.dyn_into().ok()
}

fn values(form: &str) -> [String; 2] {
    let value = |id: String| field(&id).map(|field| field.value()).unwrap_or_default();
    [value(format!("{form}-name")).trim().to_owned(), value(format!("{form}-password"))]
}
