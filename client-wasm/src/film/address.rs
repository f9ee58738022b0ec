//! Which recording the page's address asks for: `/replay?src=PATH`. Invariant: what is accepted lies on the page's own
//! server, however a browser reads it. Asking for it is `platform/film_fetch`'s.

/// Characters of a refused address that are shown.
const SHOWN_CHARS: usize = 60;

/// A recording on the page's own server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Its path, with a query if it has one.
    pub path: String,
    /// The last part of the path, which is what a file would be called.
    pub name: String,
}

impl Address {
    /// The recording that `src` names; `None` when that may be elsewhere. A browser takes `\` for `/` and leaves control
    /// characters out, so neither is allowed.
    #[must_use]
    pub fn parse(src: &str) -> Option<Address> {
        let is_here = src.starts_with('/') && !src.starts_with("//");
        if !is_here || src.contains('\\') || src.contains(char::is_control) {
            return None;
        }
        let path = src.split(['?', '#']).next().unwrap_or(src);
        let name = path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(path);
        Some(Address { path: src.to_owned(), name: name.to_owned() })
    }
}

/// What a refused address is called on the page.
#[must_use]
pub fn shown(src: &str) -> String {
    match src.char_indices().nth(SHOWN_CHARS) {
        _ if src.is_empty() => "src".to_owned(),
        Some((end, _)) => [&src[..end], "…"].concat(),
        None => src.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_on_this_server_is_taken_and_called_by_its_last_part() {
        for (src, name) in [
            ("/match.rec", "match.rec"),
            ("/films/2024/match 1.rec", "match 1.rec"),
            ("/films/match.rec?v=2/3#x/y", "match.rec"),
            ("/films/", "/films/"),
            ("/a//b.rec", "b.rec"),
            ("/a:b.rec", "a:b.rec"),
            ("/", "/"),
        ] {
            assert_eq!(Address::parse(src), Some(Address { path: src.to_owned(), name: name.to_owned() }));
        }
    }

    #[test]
    fn whatever_might_be_elsewhere_is_refused() {
        for src in [
            "",
            "match.rec",
            "//evil.example/match.rec",
            "///match.rec",
            "/\\evil.example/match.rec",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " //evil.example",
            "https://evil.example/match.rec",
            "https:/match.rec",
            "data:,PERIREC",
            "blob:x",
            "file:///etc/passwd",
            "../match.rec",
            "?src=/x",
        ] {
            assert_eq!(Address::parse(src), None, "{src:?}");
        }
    }

    #[test]
    fn a_long_address_is_cut_where_a_character_ends() {
        assert_eq!((shown("é"), shown("")), ("é".to_owned(), "src".to_owned()));
        assert_eq!(shown(&"é".repeat(61)), ["é".repeat(60), "…".to_owned()].concat());
    }
}
