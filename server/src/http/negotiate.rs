//! What the client takes: content encodings with their qualities, and entity tags. Pure.

/// How a body may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

impl Encoding {
    /// Its name in `Content-Encoding`; none for the plain form.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Encoding::Identity => None,
            Encoding::Gzip => Some("gzip"),
            Encoding::Brotli => Some("br"),
        }
    }
}

/// The best of `available` (plain is always there) under `accept`, the value of `Accept-Encoding`. The client's
/// quality decides, then size: brotli, gzip, plain. Plain also when nothing else is acceptable: a page beats a 406.
pub fn choose_encoding(accept: Option<&str>, brotli: bool, gzip: bool) -> Encoding {
    let Some(accept) = accept else { return Encoding::Identity };
    let candidates = [(Encoding::Brotli, brotli), (Encoding::Gzip, gzip), (Encoding::Identity, true)];
    let mut best = (0, Encoding::Identity);
    for (encoding, _) in candidates.into_iter().filter(|(_, available)| *available) {
        let quality = quality_of(accept, encoding);
        if quality > best.0 {
            best = (quality, encoding);
        }
    }
    best.1
}

/// In thousandths. What is not named has the quality of `*`; without that, plain is acceptable after all that is
/// named, and the rest is not.
fn quality_of(accept: &str, encoding: Encoding) -> u16 {
    let mut wildcard = None;
    for item in accept.split(',') {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or("");
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let quality = quality.map_or(Some(1_000), thousandths).unwrap_or(0);
        let named = match encoding {
            Encoding::Identity => name.eq_ignore_ascii_case("identity"),
            Encoding::Gzip => name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip"),
            Encoding::Brotli => name.eq_ignore_ascii_case("br"),
        };
        if named {
            return quality;
        }
        if name == "*" {
            wildcard = Some(quality);
        }
    }
    match (wildcard, encoding) {
        (Some(quality), _) => quality,
        (None, Encoding::Identity) => 1,
        (None, _) => 0,
    }
}

/// `0.5` as 500. `None` for what is no quality (RFC 9110: 0 to 1, at most three decimals).
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1_000),
        _ => None,
    }
}

/// Whether `If-None-Match` names `tag` (with its quotes); weak tags match too, as RFC 9110 wants here.
pub fn tag_matches(if_none_match: &str, tag: &str) -> bool {
    if_none_match.split(',').map(str::trim).any(|item| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Encoding::{Brotli, Gzip, Identity};

    #[test]
    fn the_client_decides_then_size_does() {
        for (accept, expected) in [
            (None, Identity),
            (Some(""), Identity),
            (Some("gzip, deflate, br, zstd"), Brotli),
            (Some("gzip"), Gzip),
            (Some("GZIP;Q=1"), Gzip),
            (Some("br;q=0.5, gzip;q=0.8"), Gzip),
            (Some("br;q=0, gzip"), Gzip),
            (Some("br;q=0, gzip;q=0.000"), Identity),
            (Some("*"), Brotli),
            (Some("*;q=0.1, identity"), Identity),
            (Some("br ; q=0.001"), Brotli),
            (Some("br;q=nonsense, gzip;q=0.1"), Gzip),
            (Some("br;q=1.5, gzip;q=0.1"), Gzip),
            (Some("*;q=0"), Identity),
            (Some("identity;q=0"), Identity),
            (Some("deflate"), Identity),
            (Some(",,;;q=,"), Identity),
        ] {
            assert_eq!(choose_encoding(accept, true, true), expected, "{accept:?}");
        }
        assert_eq!(choose_encoding(Some("br, gzip"), false, true), Gzip);
        assert_eq!(choose_encoding(Some("br, gzip"), false, false), Identity);
    }

    #[test]
    fn tags_match_in_lists_weak_or_strong() {
        for (header, matches) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            assert_eq!(tag_matches(header, "\"a\""), matches, "{header}");
        }
    }
}
