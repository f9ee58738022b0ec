//! Who is behind a proxy. Invariants: a header is believed only when the TCP peer is a proxy that the host trusts, and
//! then only the entry that this proxy, or the last of so many of them, has written itself; anything else is the peer.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use warp::http::HeaderMap;

/// The proxies that the host trusts.
#[derive(Debug, Clone)]
pub struct Proxies {
    /// Where they are.
    pub trusted: Vec<IpNet>,
    /// How many of them a request passes: the visitor is the entry so far from the right.
    pub hops: usize,
    /// The header in which they tell who asks.
    pub header: String,
}

impl Proxies {
    /// Whether `peer` is one of them.
    #[must_use]
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted.iter().any(|net| net.contains(&peer))
    }

    /// Who asks.
    #[must_use]
    pub fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if self.trusts(peer) { self.told(headers).unwrap_or(peer) } else { peer }
    }

    /// What the outermost trusted proxy has seen; `None` for rubbish, or for fewer entries than there are proxies.
    fn told(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let mut entries: Vec<&str> = Vec::new();
        for line in headers.get_all(self.header.as_str()) {
            entries.extend(line.to_str().ok()?.split(','));
        }
        let entry = entries.len().checked_sub(self.hops)?;
        address(entries.get(entry)?.trim())
    }
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn proxies(hops: usize) -> Proxies {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"].map(|net| net.parse().unwrap()).to_vec();
        Proxies { trusted, hops, header: "x-forwarded-for".into() }
    }

    fn visitor(hops: usize, peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        proxies(hops).visitor(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_entry_of_the_last_trusted_proxy_counts_and_no_other() {
        for (hops, peer, lines, expected) in [
            (1, "10.0.0.1", &["203.0.113.5"][..], "203.0.113.5"),
            (1, "::ffff:10.0.0.1", &["203.0.113.5"], "203.0.113.5"),
            (1, "2001:db8:1::9", &["2001:db8:7::1"], "2001:db8:7::1"),
            (1, "10.0.0.1", &["6.6.6.6, 203.0.113.5"], "203.0.113.5"),
            (1, "10.0.0.1", &["6.6.6.6", "203.0.113.5"], "203.0.113.5"),
            (2, "10.0.0.1", &["6.6.6.6, 203.0.113.5, 10.0.0.2"], "203.0.113.5"),
            (2, "10.0.0.1", &["203.0.113.5"], "10.0.0.1"),
            (1, "10.0.0.1", &["203.0.113.5:4711"], "203.0.113.5"),
            (1, "10.0.0.1", &["[2001:db8::1]:80"], "2001:db8::1"),
            (1, "10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            (1, "10.0.0.1", &["unknown"], "10.0.0.1"),
            (1, "10.0.0.1", &["203.0.113.5,"], "10.0.0.1"),
            (1, "10.0.0.1", &[""], "10.0.0.1"),
            (1, "10.0.0.1", &[], "10.0.0.1"),
            (1, "192.0.2.7", &["203.0.113.5"], "192.0.2.7"),
            (1, "127.0.0.1", &["203.0.113.5"], "127.0.0.1"),
        ] {
            assert_eq!(visitor(hops, peer, lines), expected, "{hops} {peer} {lines:?}");
        }
    }

    proptest! {
        /// T13: from a peer that is no proxy of ours, nothing in the header changes anything.
        #[test]
        fn a_header_from_anybody_else_is_nothing(line in "[ -~]{0,60}") {
            prop_assert_eq!(visitor(1, "192.0.2.7", &[&line]), "192.0.2.7");
        }

        #[test]
        fn whatever_a_proxy_passes_on_is_an_address_or_nothing(line in "[ -~]{0,60}", hops in 1..9_usize) {
            let told = visitor(hops, "10.0.0.1", &[&line]);
            prop_assert!(told.parse::<IpAddr>().is_ok());
        }
    }
}
