//! Who is at the other end: an address as a bucket for limits, and as a tag for logs (or itself, where the host wants that).
//! Nothing here trusts a header; the TCP peer is the only source.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use ipnet::IpNet;

use sha2::{Digest, Sha256};

/// Addresses that providers give to many at once (RFC 6598).
static SHARED: LazyLock<IpNet> = LazyLock::new(|| "100.64.0.0/10".parse().expect("a network"));

/// The bucket an address falls in: itself for IPv4 (also when mapped into IPv6), the /64 for IPv6, because that
/// is what one subscriber gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddressKey(IpAddr);

impl AddressKey {
    /// The bucket of `ip`.
    #[must_use]
    pub fn of(ip: IpAddr) -> AddressKey {
        match ip.to_canonical() {
            IpAddr::V6(v6) if !v6.is_loopback() => {
                AddressKey(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into())
            }
            other => AddressKey(other),
        }
    }

    /// Whether it is this machine itself.
    #[must_use]
    pub fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }

    /// The same number for everybody behind it, for as long as the process lives; it says nothing else. 0 for addresses that say
    /// nothing of who is behind them: of this machine, of a network of one's own, where friends play, or of a provider that has
    /// thousands behind each.
    #[must_use]
    pub fn household(self) -> u32 {
        let own = match self.0 {
            IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_loopback() || SHARED.contains(&self.0),
            IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
        };
        let AddressTag(bytes) = self.tag();
        if own { 0 } else { u32::from_be_bytes(bytes).max(1) }
    }

    /// As it is, for what has to outlive the process: a ban. Never for a log.
    #[must_use]
    pub fn text(self) -> String {
        self.0.to_string()
    }

    /// Whether that network holds it; of a network smaller than a bucket, whether that lies in it.
    #[must_use]
    pub fn is_in(self, network: &IpNet) -> bool {
        network.contains(&self.0) || (network.addr().is_ipv6() && AddressKey::of(network.addr()) == self)
    }

    /// What the log says of it: its tag, unless the host wants more.
    #[must_use]
    pub fn logged(self) -> LoggedAddress {
        LoggedAddress { key: self, full: FULL.load(Ordering::Relaxed) }
    }

    /// What others may know of it.
    #[must_use]
    pub fn tag(self) -> AddressTag {
        let mut hash = Sha256::new();
        hash.update(salt());
        hash.update(self.0.to_string());
        let digest = hash.finalize();
        AddressTag([digest[0], digest[1], digest[2], digest[3]])
    }
}

/// Whether the log shows addresses as they are. Of the process, as the log is.
static FULL: AtomicBool = AtomicBool::new(false);

/// From now on the log shows addresses as they are, or not.
pub fn log_in_full(full: bool) {
    FULL.store(full, Ordering::Relaxed);
}

/// An address as the log shows it.
#[derive(Debug, Clone, Copy)]
pub struct LoggedAddress {
    key: AddressKey,
    full: bool,
}

impl fmt::Display for LoggedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.full { self.key.0.fmt(f) } else { self.key.tag().fmt(f) }
    }
}

/// An address that is not told: the same for the same bucket while the process lives, meaningless afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressTag([u8; 4]);

impl fmt::Display for AddressTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "{a:02x}{b:02x}{c:02x}{d:02x}")
    }
}

/// Random per process, so that a tag cannot be looked up by hashing every address there is.
fn salt() -> [u8; 16] {
    static SALT: OnceLock<[u8; 16]> = OnceLock::new();
    *SALT.get_or_init(|| {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).expect("the operating system gave randomness for the seed");
        salt
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> AddressKey {
        AddressKey::of(text.parse().unwrap())
    }

    #[test]
    fn a_household_is_whoever_shares_an_address_of_the_world() {
        for (one, other, is_one) in [
            ("203.0.113.9", "203.0.113.9", true),
            ("203.0.113.9", "203.0.113.10", false),
            ("2001:db8:1:2::1", "2001:db8:1:2::9", true),
        ] {
            assert_eq!(key(one).household() == key(other).household(), is_one, "{one} {other}");
            assert_ne!(key(one).household(), 0);
        }
        for own in [
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "::1",
            "192.168.1.7",
            "10.0.0.1",
            "169.254.1.1",
            "fd00::1",
            "fe80::1",
        ] {
            assert_eq!(key(own).household(), 0, "{own}");
        }
    }

    #[test]
    fn one_subscriber_is_one_bucket() {
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:10.0.0.1"), key("10.0.0.1"));
        assert_ne!(key("10.0.0.1"), key("10.0.0.2"));
        assert!(key("::1").is_loopback() && key("127.8.0.1").is_loopback() && key("::ffff:127.0.0.1").is_loopback());
        assert!(!key("::2").is_loopback());
    }

    #[test]
    fn a_tag_tells_buckets_apart_and_hides_them() {
        assert_eq!(key("10.0.0.1").tag(), key("10.0.0.1").tag());
        assert_ne!(key("10.0.0.1").tag(), key("10.0.0.2").tag());
        assert_eq!(key("10.0.0.1").tag().to_string().len(), 8);
    }

    #[test]
    fn a_network_holds_its_addresses_and_their_buckets() {
        for (network, address, holds) in [
            ("10.1.0.0/16", "10.1.2.3", true),
            ("10.1.0.0/16", "::ffff:10.1.2.3", true),
            ("10.1.0.0/16", "10.2.0.1", false),
            ("2001:db8::/32", "2001:db8:1::9", true),
            ("2001:db8:1:2::7/128", "2001:db8:1:2::9", true),
            ("2001:db8:1:2::7/128", "2001:db8:1:3::7", false),
        ] {
            assert_eq!(key(address).is_in(&network.parse().unwrap()), holds, "{address} in {network}");
        }
    }

    #[test]
    fn the_log_shows_an_address_only_where_the_host_wants_it() {
        let shown = |full| LoggedAddress { key: key("203.0.113.9"), full }.to_string();
        assert_eq!((shown(true).as_str(), shown(false)), ("203.0.113.9", key("203.0.113.9").tag().to_string()));
        assert!(!key("203.0.113.9").logged().full, "not unless it is set");
    }
}
