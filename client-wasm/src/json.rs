//! A small JSON writer. Invariant: the output is always one valid document; numbers that JSON cannot hold become
//! `null`. It only writes: nothing in the client reads JSON, and a general library would double the download.

use core::fmt::Write;

/// One document being written. Keys and values alternate inside objects; the caller keeps that order.
#[derive(Debug, Default)]
pub struct Json {
    out: String,
    /// Something was written at this depth, so the next item needs a comma.
    comma: bool,
}

impl Json {
    /// Runs `fields` between braces.
    pub fn object(&mut self, fields: impl FnOnce(&mut Json)) {
        self.open('{');
        fields(self);
        self.close('}');
    }

    /// Runs `items` between brackets.
    pub fn array(&mut self, items: impl FnOnce(&mut Json)) {
        self.open('[');
        items(self);
        self.close(']');
    }

    /// Writes a key; its value must follow.
    #[inline(never)]
    pub fn key(&mut self, key: &str) -> &mut Json {
        self.text(key);
        self.out.push(':');
        self.comma = false;
        self
    }

    /// Writes a string.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.separate();
        self.out.push('"');
        for c in text.chars() {
            self.escaped(c);
        }
        self.out.push('"');
    }

    /// Writes a number to three decimals; `null` when it is not finite.
    #[inline(never)]
    pub fn number(&mut self, value: f64) {
        if !value.is_finite() {
            return self.null();
        }
        self.separate();
        let rounded = (value * 1_000.0).round() / 1_000.0;
        write!(self.out, "{}", if rounded == 0.0 { 0.0 } else { rounded }).expect("a String takes any text");
    }

    /// Writes a whole number.
    #[inline(never)]
    pub fn integer(&mut self, value: i64) {
        self.separate();
        write!(self.out, "{value}").expect("a String takes any text");
    }

    /// Writes a truth value.
    #[inline(never)]
    pub fn boolean(&mut self, value: bool) {
        self.separate();
        self.out.push_str(if value { "true" } else { "false" });
    }

    /// Writes `null`.
    #[inline(never)]
    pub fn null(&mut self) {
        self.separate();
        self.out.push_str("null");
    }

    /// Writes a string or `null`.
    #[inline(never)]
    pub fn maybe_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// The document.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    #[inline(never)]
    fn open(&mut self, bracket: char) {
        self.separate();
        self.out.push(bracket);
        self.comma = false;
    }

    #[inline(never)]
    fn close(&mut self, bracket: char) {
        self.out.push(bracket);
        self.comma = true;
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.push(',');
        }
        self.comma = true;
    }

    fn escaped(&mut self, c: char) {
        match c {
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            c if u32::from(c) < 0x20 || matches!(c, '\u{2028}' | '\u{2029}' | '\u{7f}') => {
                write!(self.out, "\\u{:04x}", u32::from(c)).expect("a String takes any text");
            }
            c => self.out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_nest_and_separate() {
        let mut json = Json::default();
        json.object(|json| {
            json.key("a").integer(-3);
            json.key("b").array(|json| {
                json.number(1.5);
                json.number(f64::NAN);
                json.object(|_| {});
                json.boolean(true);
            });
            json.key("c").maybe_text(None);
        });
        assert_eq!(json.finish(), r#"{"a":-3,"b":[1.5,null,{},true],"c":null}"#);
    }

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        let mut json = Json::default();
        json.text("a\"b\\c\n\u{1}\u{2028}</é");
        assert_eq!(json.finish(), "\"a\\\"b\\\\c\\n\\u0001\\u2028</é\"");
    }

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        let mut json = Json::default();
        json.array(|json| {
            json.number(0.123_456);
            json.number(-0.000_01);
            json.number(1e9);
        });
        assert_eq!(json.finish(), "[0.123,0,1000000000]");
    }
}
