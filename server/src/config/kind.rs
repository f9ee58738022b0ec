//! Kinds of values a setting may have: how each is read, what it allows, how it is written in TOML.
//!
//! Invariant: what is read is in range, and what is written is read again as the same. A new kind is a type here and
//! its line in the test; which settings there are is said where they are declared (`server`, `room`, `crate::limits`).

use std::{fmt::Display, net::IpAddr, ops::RangeInclusive, path::PathBuf, str::FromStr, time::Duration};

use ipnet::IpNet;

use super::raw::Raw;

/// A kind of value.
pub trait Kind {
    /// What it is in the program.
    type Value;

    /// What may stand there, to go on with after "it is" or "it has to be".
    fn allowed(&self) -> String;
    /// What help calls the value.
    fn placeholder(&self) -> &'static str;
    /// `None` for what is not allowed.
    fn read(&self, raw: &Raw) -> Option<Self::Value>;
    /// As TOML; `None` for a value that is not set.
    fn write(&self, value: &Self::Value) -> Option<String>;
    /// What an unset value means.
    fn unset(&self) -> Option<&'static str> {
        None
    }
    /// What was probably meant by a value that is not allowed, as a question.
    fn meant(&self, _raw: &Raw) -> Option<String> {
        None
    }
}

/// The name that was probably meant by this one.
pub fn nearest(names: impl Iterator<Item = &'static str>, written: &str) -> Option<&'static str> {
    let likeness = |name: &str| strsim::jaro_winkler(name, written);
    let best = names.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    // What clap asks of a suggestion.
    (likeness(best) > 0.7).then_some(best)
}

/// A whole number within `range`.
pub fn whole<T>(range: RangeInclusive<T>) -> Whole<T> {
    Whole(range)
}

/// See [`whole`].
#[derive(Debug)]
pub struct Whole<T>(RangeInclusive<T>);

impl<T: FromStr + Display + PartialOrd> Kind for Whole<T> {
    type Value = T;

    fn allowed(&self) -> String {
        format!("a whole number from {} to {}", self.0.start(), self.0.end())
    }

    fn placeholder(&self) -> &'static str {
        "N"
    }

    fn read(&self, raw: &Raw) -> Option<T> {
        raw.number()?.parse().ok().filter(|number| self.0.contains(number))
    }

    fn write(&self, value: &T) -> Option<String> {
        Some(value.to_string())
    }
}

/// A time in seconds, parts of them allowed.
pub fn seconds(range: RangeInclusive<f64>) -> Seconds {
    Seconds(range)
}

/// See [`seconds`].
#[derive(Debug)]
pub struct Seconds(RangeInclusive<f64>);

impl Kind for Seconds {
    type Value = Duration;

    fn allowed(&self) -> String {
        format!("a number of seconds from {} to {}", self.0.start(), self.0.end())
    }

    fn placeholder(&self) -> &'static str {
        "SECONDS"
    }

    fn read(&self, raw: &Raw) -> Option<Duration> {
        let seconds = raw.number()?.parse().ok().filter(|seconds| self.0.contains(seconds))?;
        Duration::try_from_secs_f64(seconds).ok()
    }

    fn write(&self, value: &Duration) -> Option<String> {
        Some(value.as_secs_f64().to_string())
    }
}

/// Yes or no.
pub fn yes_no() -> YesNo {
    YesNo
}

/// See [`yes_no`].
#[derive(Debug)]
pub struct YesNo;

impl Kind for YesNo {
    type Value = bool;

    fn allowed(&self) -> String {
        "true or false".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "BOOL"
    }

    fn read(&self, raw: &Raw) -> Option<bool> {
        match raw {
            Raw::Truth(truth) => Some(*truth),
            Raw::Untyped(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn write(&self, value: &bool) -> Option<String> {
        Some(value.to_string())
    }
}

/// Text of so many characters, none of them a control character, without blanks around it.
pub fn text(chars: RangeInclusive<usize>) -> Text {
    Text(chars)
}

/// See [`text`].
#[derive(Debug)]
pub struct Text(RangeInclusive<usize>);

impl Kind for Text {
    type Value = String;

    fn allowed(&self) -> String {
        format!("a text of {} to {} characters, none of them a control character", self.0.start(), self.0.end())
    }

    fn placeholder(&self) -> &'static str {
        "TEXT"
    }

    fn read(&self, raw: &Raw) -> Option<String> {
        let text = raw.text()?.trim();
        let good = self.0.contains(&text.chars().count()) && !text.chars().any(char::is_control);
        good.then(|| text.to_owned())
    }

    fn write(&self, value: &String) -> Option<String> {
        Some(quoted(value))
    }
}

/// One of some words.
pub fn word<T>(words: &'static [(&'static str, T)]) -> Word<T> {
    Word(words)
}

/// See [`word`].
#[derive(Debug)]
pub struct Word<T: 'static>(&'static [(&'static str, T)]);

impl<T: Copy + PartialEq> Kind for Word<T> {
    type Value = T;

    fn allowed(&self) -> String {
        let words: Vec<_> = self.0.iter().map(|(word, _)| *word).collect();
        let (last, others) = words.split_last().expect("a choice has words");
        format!("{} or {last}", others.join(", "))
    }

    fn placeholder(&self) -> &'static str {
        "WORD"
    }

    fn read(&self, raw: &Raw) -> Option<T> {
        let text = raw.text()?;
        self.0.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
    }

    fn write(&self, value: &T) -> Option<String> {
        self.0.iter().find(|(_, known)| known == value).map(|(word, _)| quoted(word))
    }

    fn meant(&self, raw: &Raw) -> Option<String> {
        let meant = nearest(self.0.iter().map(|(word, _)| *word), raw.text()?)?;
        Some(format!("is {meant} meant by {raw}?"))
    }
}

/// A file or folder.
pub fn path() -> Path {
    Path
}

/// See [`path`].
#[derive(Debug)]
pub struct Path;

impl Kind for Path {
    type Value = PathBuf;

    fn allowed(&self) -> String {
        "a path".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "PATH"
    }

    fn read(&self, raw: &Raw) -> Option<PathBuf> {
        raw.text().filter(|text| !text.is_empty() && !text.contains('\0')).map(PathBuf::from)
    }

    fn write(&self, value: &PathBuf) -> Option<String> {
        Some(quoted(&value.to_string_lossy()))
    }
}

/// An IP address.
pub fn ip_address() -> IpAddress {
    IpAddress
}

/// See [`ip_address`].
#[derive(Debug)]
pub struct IpAddress;

impl Kind for IpAddress {
    type Value = IpAddr;

    fn allowed(&self) -> String {
        "an IPv4 or IPv6 address".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "ADDRESS"
    }

    fn read(&self, raw: &Raw) -> Option<IpAddr> {
        raw.text()?.parse().ok()
    }

    fn write(&self, value: &IpAddr) -> Option<String> {
        Some(quoted(&value.to_string()))
    }
}

/// Where a site is: `http://` or `https://`, a host, perhaps a port, and nothing behind.
pub fn site() -> Site {
    Site
}

/// See [`site`].
#[derive(Debug)]
pub struct Site;

impl Kind for Site {
    type Value = String;

    fn allowed(&self) -> String {
        "http:// or https:// with a host and perhaps a port, such as https://play.example.org".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "URL"
    }

    fn read(&self, raw: &Raw) -> Option<String> {
        let text = raw.text()?.trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        (!host.is_empty() && host.len() <= 255 && host.chars().all(plain)).then(|| text.to_owned())
    }

    fn write(&self, value: &String) -> Option<String> {
        Some(quoted(value))
    }
}

/// A value that need not be set; an empty text unsets it. `unset` says what that means.
pub fn optional<K>(kind: K, unset: &'static str) -> Optional<K> {
    Optional(kind, unset)
}

/// See [`optional`].
#[derive(Debug)]
pub struct Optional<K>(K, &'static str);

impl<K: Kind> Kind for Optional<K> {
    type Value = Option<K::Value>;

    fn allowed(&self) -> String {
        self.0.allowed()
    }

    fn placeholder(&self) -> &'static str {
        self.0.placeholder()
    }

    fn read(&self, raw: &Raw) -> Option<Self::Value> {
        if raw.text() == Some("") { Some(None) } else { self.0.read(raw).map(Some) }
    }

    fn write(&self, value: &Self::Value) -> Option<String> {
        self.0.write(value.as_ref()?)
    }

    fn unset(&self) -> Option<&'static str> {
        Some(self.1)
    }

    fn meant(&self, raw: &Raw) -> Option<String> {
        self.0.meant(raw)
    }
}

/// A network, as an address and the bits of it that count.
pub fn network() -> Network {
    Network
}

/// See [`network`].
#[derive(Debug)]
pub struct Network;

impl Kind for Network {
    type Value = IpNet;

    fn allowed(&self) -> String {
        "an address or a network, such as 10.0.0.0/8".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "CIDR"
    }

    fn read(&self, raw: &Raw) -> Option<IpNet> {
        let text = raw.text()?;
        text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    }

    fn write(&self, value: &IpNet) -> Option<String> {
        Some(quoted(&value.to_string()))
    }
}

/// The name of an HTTP header, in lower case.
pub fn header_name() -> Header {
    Header
}

/// See [`header_name`].
#[derive(Debug)]
pub struct Header;

impl Kind for Header {
    type Value = String;

    fn allowed(&self) -> String {
        "the name of a header, such as x-forwarded-for".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "HEADER"
    }

    fn read(&self, raw: &Raw) -> Option<String> {
        let name = raw.text()?.to_ascii_lowercase();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        ((1..=64).contains(&name.len()) && name.chars().all(is_name)).then_some(name)
    }

    fn write(&self, value: &String) -> Option<String> {
        Some(quoted(value))
    }
}

/// Any number of them, up to `LIST_MAX`: a list in the file, with commas between them elsewhere.
pub fn list<K>(kind: K) -> List<K> {
    List(kind)
}

/// See [`list`].
#[derive(Debug)]
pub struct List<K>(K);

const LIST_MAX: usize = 64;

impl<K: Kind> Kind for List<K> {
    type Value = Vec<K::Value>;

    fn allowed(&self) -> String {
        format!("a list, each of it {}", self.0.allowed())
    }

    fn placeholder(&self) -> &'static str {
        "LIST"
    }

    fn read(&self, raw: &Raw) -> Option<Self::Value> {
        let parts = parts(raw)?;
        if parts.len() > LIST_MAX { None } else { parts.iter().map(|part| self.0.read(part)).collect() }
    }

    fn write(&self, value: &Self::Value) -> Option<String> {
        let parts: Option<Vec<_>> = value.iter().map(|part| self.0.write(part)).collect();
        Some(format!("[{}]", parts?.join(", ")))
    }

    fn meant(&self, raw: &Raw) -> Option<String> {
        self.0.meant(parts(raw)?.iter().find(|part| self.0.read(part).is_none())?)
    }
}

/// What a list is made of.
fn parts(raw: &Raw) -> Option<Vec<Raw>> {
    match raw {
        Raw::List(parts) => Some(parts.clone()),
        Raw::Untyped(text) | Raw::Text(text) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Some(parts.map(|part| Raw::Untyped(part.to_owned())).collect())
        }
        _ => None,
    }
}

/// A TOML basic string.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an untyped `text` is read as, written again.
    fn read<K: Kind>(kind: &K, text: &str) -> Option<String> {
        kind.read(&Raw::Untyped(text.to_owned())).map(|value| kind.write(&value).unwrap_or_default())
    }

    #[test]
    fn a_kind_reads_what_it_allows_and_writes_it_as_it_came() {
        let chat = word(&[("off", 0), ("quick", 1), ("full", 2)]);
        assert_eq!(chat.allowed(), "off, quick or full");
        for (given, expected) in [
            (read(&whole(1..=2_048_u16), "2048"), Some("2048")),
            (read(&whole(1..=2_048_u16), "2049"), None),
            (read(&whole(1..=2_048_u16), "x"), None),
            (read(&seconds(0.5..=60.0), "1.5"), Some("1.5")),
            (read(&seconds(0.5..=60.0), "0.4"), None),
            (read(&seconds(0.5..=60.0), "NaN"), None),
            (read(&yes_no(), "true"), Some("true")),
            (read(&yes_no(), "yes"), None),
            (read(&text(1..=4), " a\"\\ "), Some(r#""a\"\\""#)),
            (read(&text(1..=4), "abcde"), None),
            (read(&text(1..=4), "a\nb"), None),
            (read(&chat, "quick"), Some("\"quick\"")),
            (read(&chat, "loud"), None),
            (read(&ip_address(), "::1"), Some("\"::1\"")),
            (read(&ip_address(), "localhost"), None),
            (read(&path(), "a/b"), Some("\"a/b\"")),
            (read(&path(), ""), None),
            (read(&site(), "https://play.example.org:8443/"), Some("\"https://play.example.org:8443\"")),
            (read(&site(), "play.example.org"), None),
            (read(&site(), "http://a/b"), None),
            (read(&network(), "10.0.0.0/8"), Some("\"10.0.0.0/8\"")),
            (read(&network(), "::1"), Some("\"::1/128\"")),
            (read(&network(), "10.0.0.0/33"), None),
            (read(&header_name(), "X-Real-IP"), Some("\"x-real-ip\"")),
            (read(&header_name(), "a b"), None),
            (read(&list(network()), " 10.0.0.1, ::/0"), Some("[\"10.0.0.1/32\", \"::/0\"]")),
            (read(&list(network()), ""), Some("[]")),
            (read(&list(network()), "10.0.0.1;::"), None),
            (read(&optional(whole(0..=9_u8), "none"), ""), Some("")),
            (read(&optional(whole(0..=9_u8), "none"), "3"), Some("3")),
            (read(&optional(whole(0..=9_u8), "none"), "10"), None),
        ] {
            assert_eq!(given.as_deref(), expected);
        }
    }

    #[test]
    fn a_file_says_of_which_type_a_value_is() {
        assert_eq!(whole(0..=9_u8).read(&Raw::Text("3".into())), None, "a number in quotes is a text");
        assert_eq!(text(1..=9).read(&Raw::Number("3".into())), None, "and a name is none without");
        assert_eq!(yes_no().read(&Raw::Text("true".into())), None);
        let ports = Raw::List(vec![Raw::Number("3".into()), Raw::Text("4".into())]);
        assert_eq!(list(whole(0..=9_u8)).read(&ports), None);
    }
}
