//! `[server]`: the process as a whole.

use std::{net::IpAddr, path::PathBuf};

use super::{
    kind::{ip_address, optional, path, site, text, whole, word},
    setting::settings,
};
use crate::log::LogForm;

settings! {
    /// The process as a whole.
    pub struct ServerSettings {
        /// Name of the server.
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
        /// People who may be connected at once from one address (IPv4, or IPv6 /64); loopback does not count.
        per_ip: usize = 8, whole(1..=16_384), [Flag("per-ip"), Live];
        /// Folder for what must survive a restart; made when something is stored.
        data_dir: PathBuf = PathBuf::from("./perihelion-data"), path(), [Flag("data-dir")];
        /// Room for clips of kills in the data folder, MB, beyond which the oldest go; 0 keeps none.
        clips_mb: u64 = 64, whole(0..=100_000), [];
        /// Serve the page from this folder instead of the one inside the binary.
        client_dir: Option<PathBuf> = None, optional(path(), "the page inside the binary"), [Flag("client-dir")];
        /// How the log on stderr is written: for people, or an object per line for programs.
        log: LogForm = LogForm::Text, word(&[("text", LogForm::Text), ("json", LogForm::Json)]), [Flag("log")];
    }
}
