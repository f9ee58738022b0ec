//! What is written on a key cap. Invariant: any code has a label; one that is not known here is its own.

use crate::words::{Language, Word};

/// Buttons of the standard mapping, as most gamepads have them written on.
const PAD: [&str; 17] = ["A", "B", "X", "Y", "LB", "RB", "LT", "RT", "Back", "☰", "L3", "R3", "↑", "↓", "←", "→", "⌂"];

/// The label of a key or mouse button.
#[must_use]
pub fn key_label(code: &str, language: Language) -> String {
    let word = |word: Word| word.say(language).to_owned();
    match code {
        "Space" => word(Word::KeySpace),
        "Enter" => word(Word::KeyEnter),
        "ShiftLeft" | "ShiftRight" => word(Word::KeyShift),
        "Backspace" => word(Word::KeyBackspace),
        "Mouse0" => word(Word::KeyLeftButton),
        "Mouse1" => word(Word::KeyMiddleButton),
        "Mouse2" => word(Word::KeyRightButton),
        "ArrowUp" => "↑".to_owned(),
        "ArrowDown" => "↓".to_owned(),
        "ArrowLeft" => "←".to_owned(),
        "ArrowRight" => "→".to_owned(),
        "Comma" => ",".to_owned(),
        "Period" => ".".to_owned(),
        "Minus" => "-".to_owned(),
        "Equal" => "=".to_owned(),
        "Slash" => "/".to_owned(),
        "Semicolon" => ";".to_owned(),
        "BracketLeft" => "[".to_owned(),
        "BracketRight" => "]".to_owned(),
        _ => plain(code, language),
    }
}

fn plain(code: &str, language: Language) -> String {
    if let Some(letter) = code.strip_prefix("Key").or(code.strip_prefix("Digit")) {
        letter.to_owned()
    } else if let Some(rest) = code.strip_prefix("Numpad") {
        Word::KeyNumpad.with(language, &[rest])
    } else if let Some(number) = code.strip_prefix("Mouse").and_then(|number| number.parse::<u8>().ok()) {
        Word::KeyButton.with(language, &[&(u16::from(number) + 1).to_string()])
    } else {
        code.to_owned()
    }
}

/// The label of a gamepad's button.
#[must_use]
pub fn pad_label(button: u8) -> &'static str {
    PAD.get(usize::from(button)).copied().unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_says_what_is_on_the_key() {
        for (code, english, german) in [
            ("KeyW", "W", "W"),
            ("Digit7", "7", "7"),
            ("Numpad4", "Num 4", "Num 4"),
            ("Space", "Space", "Leertaste"),
            ("Mouse0", "Click", "Klick"),
            ("Mouse4", "Button 5", "Maustaste 5"),
            ("Mouse255", "Button 256", "Maustaste 256"),
            ("F3", "F3", "F3"),
            ("IntlBackslash", "IntlBackslash", "IntlBackslash"),
        ] {
            assert_eq!(key_label(code, Language::English), english);
            assert_eq!(key_label(code, Language::German), german);
        }
        assert_eq!((pad_label(7), pad_label(99)), ("RT", "?"));
    }
}
