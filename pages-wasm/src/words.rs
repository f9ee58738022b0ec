//! Every text that the code puts into the page, in every language, and the German of what the page holds by itself.
//! Invariant: both languages are complete (a row has both); the page's own English is where no row is needed.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::browser;

/// One text: its key, English, German.
type Row = (&'static str, &'static str, &'static str);

static IN_GERMAN: AtomicBool = AtomicBool::new(false);

static TABLE: &[Row] = &[
    // What the page holds.
    ("title", "Connection check", "Verbindungstest"),
    (
        "intro",
        "Can this browser play here, and how well? Everything below happens between your browser and this server.",
        "Kann dieser Browser hier spielen, und wie gut? Alles hier geschieht zwischen deinem Browser und diesem Server.",
    ),
    ("back", "To the game", "Zum Spiel"),
    ("findings", "Findings", "Befund"),
    ("row-http", "HTTP round trip", "HTTP-Umlauf"),
    ("row-tls", "Encryption", "Verschlüsselung"),
    ("row-proxy", "In between", "Dazwischen"),
    ("row-socket", "WebSocket", "WebSocket"),
    ("row-ping", "Its round trip", "Dessen Umlauf"),
    ("row-speed", "Throughput", "Durchsatz"),
    ("row-arena", "The arena", "Die Arena"),
    ("report", "Report", "Bericht"),
    ("copy", "Copy the report", "Bericht kopieren"),
    ("compare", "Push against poll", "Senden gegen Fragen"),
    (
        "compare-intro",
        "The same arena at the same moment. On the left the server speaks without being asked; the others ask again and again, as pages did before there were WebSockets.",
        "Dieselbe Arena im selben Augenblick. Links spricht der Server ungefragt; die anderen fragen immer wieder, wie Seiten es taten, bevor es WebSockets gab.",
    ),
    ("push", "WebSocket: the server pushes", "WebSocket: der Server sendet"),
    ("poll-20", "HTTP: asked 20 times a second", "HTTP: 20-mal je Sekunde gefragt"),
    ("poll-5", "HTTP: asked 5 times a second", "HTTP: 5-mal je Sekunde gefragt"),
    ("poll-1", "HTTP: asked once a second", "HTTP: einmal je Sekunde gefragt"),
    ("age", "age", "Alter"),
    ("bytes", "down", "herab"),
    ("messages", "messages", "Nachrichten"),
    ("requests", "requests", "Anfragen"),
    (
        "note",
        "Age: how old the latest word of the server is while it is on the screen, on average. Bytes: what comes down, with the lines before it; every request takes several hundred more up. The WebSocket's picture is reckoned on between two words, as the game does it.",
        "Alter: wie alt das letzte Wort des Servers im Mittel ist, während man es sieht. Bytes: was herabkommt, mit den Zeilen davor; jede Anfrage kostet hinauf noch einige Hundert. Das Bild des WebSockets wird zwischen zwei Worten weitergerechnet, wie im Spiel.",
    ),
    ("go", "Go on", "Weiter"),
    // What the code says.
    ("verdict-good", "All is well: you can play here.", "Alles in Ordnung: hier kannst du spielen."),
    (
        "verdict-fair",
        "You can play here, but you will notice the line.",
        "Du kannst hier spielen, wirst die Leitung aber merken.",
    ),
    ("verdict-bad", "Something is in the way; see below.", "Etwas steht im Weg; siehe unten."),
    ("copied", "Copied", "Kopiert"),
    ("selected", "Selected: press Ctrl-C", "Markiert: Strg-C drücken"),
    ("opens", "opens in", "öffnet in"),
    ("stripped", "a proxy takes the upgrade away", "ein Proxy entfernt das Upgrade"),
    ("refused", "refused by the server", "vom Server abgelehnt"),
    ("cut", "cut while open", "unterbrochen"),
    ("never", "does not reach the server", "erreicht den Server nicht"),
    ("silent", "no answer", "keine Antwort"),
    ("worst", "worst", "längster"),
    ("clock", "clock", "Uhr"),
    ("proxy-yes", "a proxy that says so", "ein Proxy, der sich nennt"),
    ("proxy-no", "nobody who says so", "niemand, der sich nennt"),
    ("pictures", "pictures/s", "Bilder/s"),
    ("gap", "longest gap", "längste Lücke"),
    ("no-pictures", "no pictures came", "es kamen keine Bilder"),
    (
        "advice-sick",
        "The server runs but its arena does not: tell whoever hosts it.",
        "Der Server läuft, seine Arena nicht: sag es dem Betreiber.",
    ),
    (
        "advice-offline",
        "Is the network still there? A firewall may also swallow the answer.",
        "Ist das Netz noch da? Auch eine Firewall kann die Antwort verschlucken.",
    ),
    (
        "advice-plain",
        "Without https some networks read along and break WebSockets.",
        "Ohne https lesen manche Netze mit und stören WebSockets.",
    ),
    (
        "advice-host",
        "The proxy must pass Host on as the browser sent it (nginx: proxy_set_header Host $http_host), or the host must list this site in allowed_origins.",
        "Der Proxy muss Host so weiterreichen, wie der Browser es schickt (nginx: proxy_set_header Host $http_host), oder der Betreiber nennt diese Seite in allowed_origins.",
    ),
    (
        "advice-no-socket",
        "This browser has no WebSocket, or forbids it. Any browser from 2023 or later will do.",
        "Dieser Browser hat keinen WebSocket oder verbietet ihn. Jeder Browser ab 2023 genügt.",
    ),
    (
        "advice-stripped",
        "The request arrived without its Upgrade header. Host: let the proxy pass it (see HOSTING). Visitor: try another network, or https.",
        "Die Anfrage kam ohne Upgrade-Zeile an. Betreiber: der Proxy muss sie weiterreichen (siehe HOSTING). Besucher: anderes Netz oder https versuchen.",
    ),
    (
        "advice-full",
        "The server or your address has too many connections; try again in a minute.",
        "Der Server oder deine Adresse hat zu viele Verbindungen; versuch es in einer Minute wieder.",
    ),
    (
        "advice-cut",
        "The server said yes, but the connection did not last: a firewall or proxy in between ends it.",
        "Der Server hat zugesagt, aber die Verbindung hielt nicht: eine Firewall oder ein Proxy beendet sie.",
    ),
    (
        "advice-never",
        "Something between you and the server refuses it: a firewall, a virus scanner, an extension. Try another network, or https.",
        "Etwas zwischen dir und dem Server lehnt es ab: Firewall, Virenscanner, Erweiterung. Anderes Netz oder https versuchen.",
    ),
    (
        "advice-far",
        "The server is far away. The game reckons ahead, but what others do shows late.",
        "Der Server ist weit weg. Das Spiel rechnet voraus, doch was andere tun, zeigt sich spät.",
    ),
    (
        "advice-shaky",
        "The line shakes. A cable instead of Wi-Fi helps most.",
        "Die Leitung schwankt. Kabel statt WLAN hilft am meisten.",
    ),
    (
        "advice-slow",
        "Thick fights need about two megabits a second.",
        "Dichte Kämpfe brauchen etwa zwei Megabit je Sekunde.",
    ),
];

/// The text of `key` in the page's language.
pub fn word(key: &str) -> &'static str {
    let row = TABLE.iter().find(|(other, ..)| *other == key);
    let (_, english, german) = row.unwrap_or_else(|| panic!("there is no word for {key}"));
    if IN_GERMAN.load(Ordering::Relaxed) { german } else { english }
}

/// Chooses the language, the browser's, and puts it into the page.
pub fn speak() {
    let language = browser::window().navigator().language().unwrap_or_default();
    IN_GERMAN.store(language.to_ascii_lowercase().starts_with("de"), Ordering::Relaxed);
    if !IN_GERMAN.load(Ordering::Relaxed) {
        return;
    }
    if let Some(root) = browser::document().document_element() {
        // The name is right.
        let _ = root.set_attribute("lang", "de");
    }
    browser::document().set_title(&format!("Perihelion: {}", word("title")));
    for (element, key) in browser::marked("data-word") {
        if TABLE.iter().any(|(other, ..)| *other == key) {
            element.set_text_content(Some(word(&key)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../check.html");

    #[test]
    fn the_page_and_the_table_hold_the_same_english() {
        for part in PAGE.split("data-word=\"").skip(1) {
            let (key, rest) = part.split_once('"').expect("closed");
            let text = rest.split_once('>').expect("a tag ends").1.split('<').next().expect("some text");
            assert_eq!(text, word(key), "{key}");
        }
    }

    #[test]
    fn keys_are_there_once_and_texts_are_there() {
        for (index, (key, english, german)) in TABLE.iter().enumerate() {
            assert!(TABLE[..index].iter().all(|(other, ..)| other != key), "{key} twice");
            assert!(!english.is_empty() && !german.is_empty(), "{key}");
        }
    }
}
