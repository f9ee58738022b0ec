//! `[server]`: the process as a whole.

use std::{net::IpAddr, path::PathBuf};

use ipnet::IpNet;

use super::{
    door::{StaffDoor, staff_door},
    kind::{header_name, ip_address, list, network, optional, path, site, text, whole, word, yes_no},
    setting::settings,
};
use crate::log::{LogAddresses, LogForm};

settings! {
    /// The process as a whole.
    pub struct ServerSettings {
        /// Name of the server. Unless it is Perihelion, players read it in the card before the game and above the list of
        /// rooms; it also stands in /rooms.json and above the page /admin.
        name: String = "Perihelion".to_owned(), text(1..=32), [Flag("server-name"), Live];
        /// A line for everybody who opens the page.
        motd: Option<String> = None, optional(text(1..=200), "none"), [Flag("motd"), Live];
        /// Address to listen on.
        bind: Option<IpAddr> = None, optional(ip_address(), "every one, IPv6 and IPv4"), [Flag("bind")];
        /// Port to listen on; 0 takes any free one.
        port: u16 = 8080, whole(0..=65_535), [Flag("port")];
        /// Where players find the server, if that is not this machine's own address: what is printed at the start.
        public_url: Option<String> = None, optional(site(), "the addresses of this machine"), [Flag("public-url")];
        /// People who may be connected at once, in all rooms together, those who watch included. More are told that
        /// the server is full.
        max_players: usize = 4_096, whole(1..=16_384), [Flag("server-max-players"), Live];
        /// So many of these places are for staff: for a browser that is signed in at /admin.
        reserved_slots: usize = 0, whole(0..=1_024), [Flag("reserved-slots"), Live];
        /// People who may be connected at once from one address (IPv4, or IPv6 /64); loopback does not count.
        per_ip: usize = 8, whole(1..=16_384), [Flag("per-ip"), Live];
        /// Serve https and wss with this certificate (PEM, the whole chain), read anew when the file changes…
        tls_cert: Option<PathBuf> = None, optional(path(), "plain http, for a proxy in front or for one's own network"),
            [Flag("tls-cert")];
        /// …and this key of it (PEM).
        tls_key: Option<PathBuf> = None, optional(path(), "none"), [Flag("tls-key")];
        /// Proxies whose word about who asks is believed. Without any, everybody behind a proxy on another machine counts
        /// as one visitor.
        trusted_proxies: Vec<IpNet> = Vec::new(), list(network()), [Flag("trusted-proxies")];
        /// How many of them a request passes on its way here.
        proxy_hops: usize = 1, whole(1..=8), [Flag("proxy-hops")];
        /// The header in which they tell who asks.
        ip_header: String = "x-forwarded-for".to_owned(), header_name(), [Flag("ip-header")];
        /// Sites besides the server's own whose pages may play here.
        allowed_origins: Vec<String> = Vec::new(), list(site()), [Flag("allowed-origins"), Live];
        /// Programs that are no browser and name no site may play here, too.
        allow_native: bool = true, yes_no(), [Flag("allow-native"), Live];
        /// Where the page for those who run the server is: under /admin here (on), nowhere (off), or at an address of its
        /// own and not here.
        admin: StaffDoor = StaffDoor::On, staff_door(), [Flag("admin")];
        /// Seconds between the news that the server goes down and the moment it does, while somebody plays; 0: at once.
        drain_seconds: u64 = 10, whole(0..=600), [Flag("drain-seconds"), Live];
        /// Folder for what must survive a restart: scores, results, boards, clips.
        data_dir: PathBuf = PathBuf::from("./perihelion-data"), path(), [Flag("data-dir")];
        /// Room for clips of kills in the data folder, MB, beyond which the oldest go; 0 keeps none.
        clips_mb: u64 = 64, whole(0..=100_000), [];
        /// Room for what rooms did before they broke in the data folder, MB, half of it for recordings under way; 0 keeps none.
        crashes_mb: u64 = 256, whole(0..=100_000), [];
        /// Serve the page from this folder instead of the one inside the binary.
        client_dir: Option<PathBuf> = None, optional(path(), "the page inside the binary"), [Flag("client-dir")];
        /// How the log on stderr is written: for people, or an object per line for programs.
        log: LogForm = LogForm::Text, word(&[("text", LogForm::Text), ("json", LogForm::Json)]), [Flag("log")];
        /// How the log names visitors: by tags that mean nothing after the next start (tag), or by their addresses (full).
        log_addresses: LogAddresses = LogAddresses::Tag, word(&[("tag", LogAddresses::Tag), ("full", LogAddresses::Full)]),
            [Flag("log-addresses"), Live];
    }
}
