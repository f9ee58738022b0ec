//! Whether a WebSocket was opened by our own page: another site's script could else play in a visitor's name.
//!
//! Invariant: an `Origin` that is present names exactly the host that was asked, or a site that the host of the server
//! has listed. None at all is no browser, which could send any it likes: allowed, unless the host says otherwise.

use warp::http::{HeaderMap, header};

/// Who may open a socket besides our own page.
#[derive(Debug, Clone)]
pub struct Guests {
    /// Other sites, as `https://host[:port]`.
    pub sites: Vec<String>,
    /// Programs that name no site.
    pub native: bool,
}

impl Guests {
    /// Judges the `Origin` and `Host` headers of an upgrade.
    pub fn admit(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => self.native,
            (Some(origin), None) => {
                let listed = |origin: &str| self.sites.iter().any(|site| is_same_site(site, origin));
                is_own(headers) || origin.to_str().is_ok_and(listed)
            }
            (Some(_), Some(_)) => false,
        }
    }
}

/// Scheme, host and port, the usual port written or not.
fn is_same_site(site: &str, origin: &str) -> bool {
    let scheme = |text: &str| text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let host = |text: &str| text.split_once("://").map(|(_, host)| host.to_owned()).unwrap_or_default();
    scheme(site) == scheme(origin) && same_host(origin, &host(site))
}

/// Whether the page of this very host asks, or a program that names no site.
pub fn is_own(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else { return true };
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None, None) = (hosts.next(), hosts.next(), origins.next()) else { return false };
    match (origin.to_str(), host.to_str()) {
        (Ok(origin), Ok(host)) => same_host(origin, host),
        _ => false,
    }
}

/// The scheme is not compared: behind a proxy that ends TLS we cannot know ours. It only says which port is meant
/// when none is written.
fn same_host(origin: &str, host: &str) -> bool {
    let Some((scheme, origin_host)) = origin.split_once("://") else { return false };
    let default_port = match scheme.to_ascii_lowercase().as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let plain = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.strip_suffix(default_port).map(str::to_owned).unwrap_or(text)
    };
    let (origin_host, host) = (plain(origin_host), plain(host));
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    !origin_host.is_empty() && origin_host.chars().all(is_host) && origin_host == host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_page_may_open_a_socket() {
        for (origin, host, own) in [
            ("http://game.example:8080", "game.example:8080", true),
            ("http://game.example", "game.example", true),
            ("https://game.example", "game.example", true),
            ("https://game.example", "game.example:443", true),
            ("http://game.example:80", "game.example", true),
            ("HTTP://GAME.example", "game.EXAMPLE", true),
            ("http://[::1]:8080", "[::1]:8080", true),
            ("http://192.168.1.7:8080", "192.168.1.7:8080", true),
            ("null", "game.example", false),
            ("", "game.example", false),
            ("http://", "", false),
            ("http://game.example:8081", "game.example:8080", false),
            ("http://game.example", "game.example:8080", false),
            ("https://game.example:80", "game.example", false),
            ("https://game.example.evil.com", "game.example", false),
            ("https://evil.com/game.example", "game.example", false),
            ("https://game.example@evil.com", "evil.com", false),
            ("https://user@game.example", "game.example", false),
            ("http://game.example.", "game.example", false),
            ("http://game.example/", "game.example", false),
            ("ws://game.example", "game.example", false),
            ("file://", "game.example", false),
            ("http://localhost:8080", "127.0.0.1:8080", false),
        ] {
            assert_eq!(same_host(origin, host), own, "{origin} asking {host}");
        }
    }

    #[test]
    fn no_origin_is_no_browser_and_two_are_a_trick() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "a".parse().unwrap());
        let [anybody, browsers] = [true, false].map(|native| Guests { sites: Vec::new(), native });
        assert!(anybody.admit(&headers) && !browsers.admit(&headers));
        headers.append(header::ORIGIN, "http://a".parse().unwrap());
        assert!(anybody.admit(&headers) && browsers.admit(&headers));
        headers.append(header::ORIGIN, "http://a".parse().unwrap());
        assert!(!anybody.admit(&headers) && !browsers.admit(&headers) && !is_own(&headers));
    }

    #[test]
    fn a_listed_site_is_a_guest_with_its_scheme_and_port_and_no_other() {
        let guests = Guests { sites: vec!["https://play.example".into(), "http://lan:8080".into()], native: false };
        for (origin, admitted) in [
            ("https://play.example", true),
            ("https://PLAY.example:443", true),
            ("http://play.example", false),
            ("https://play.example:8443", false),
            ("https://play.example.evil.com", false),
            ("http://lan:8080", true),
            ("http://lan", false),
            ("https://lan:8080", false),
            ("null", false),
            ("https://host", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "host".parse().unwrap());
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            assert_eq!(guests.admit(&headers), admitted, "{origin}");
        }
    }
}
