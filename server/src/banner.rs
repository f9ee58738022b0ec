//! What is printed at the start: where to play, where data lies, how to stop, and on a terminal a code that a phone reads.
//! Invariant: nothing is printed that does not work from where it says.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
};

use qrcodegen::{QrCode, QrCodeEcc};

/// What it tells of.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Where the server listens.
    pub address: SocketAddr,
    /// It speaks https.
    pub is_encrypted: bool,
    /// Where this machine is in its network.
    pub local: Option<IpAddr>,
    /// Where players find the server, if the host says so.
    pub public_url: Option<&'a str>,
    /// Where the page for staff is, if it is anywhere; perhaps with a token that signs in once.
    pub admin: Option<&'a str>,
    /// Folder for what must survive a restart.
    pub data_dir: &'a Path,
    /// The protocol's hash: who has another one cannot play here.
    pub protocol: u64,
    /// Somebody looks at a terminal.
    pub terminal: bool,
}

/// The text.
#[must_use]
pub fn banner(facts: &Facts<'_>) -> String {
    let Facts { address, is_encrypted, local, public_url, admin, data_dir, protocol, terminal } = *facts;
    let scheme = if is_encrypted { "https" } else { "http" };
    let (ip, port) = (address.ip(), address.port());
    let mut text = format!("Perihelion {} is up.\n", env!("CARGO_PKG_VERSION"));
    text.push_str(&format!("  Play here:       {scheme}://{}/\n", own_address(address)));
    let network =
        local.filter(|_| ip.is_unspecified()).map(|local| format!("{scheme}://{}/", SocketAddr::new(local, port)));
    if let Some(url) = &network {
        text.push_str(&format!("  In your network: {url}\n"));
    }
    let public = public_url.map(|url| format!("{url}/"));
    if let Some(url) = &public {
        text.push_str(&format!("  For everybody:   {url}\n"));
    }
    if let Some(url) = admin {
        let once = if url.contains('#') { " (once, within 15 minutes)" } else { "" };
        text.push_str(&format!("  Admin page:      {url}{once}\n"));
    }
    text.push_str(&format!("  Data folder:     {}\n", data_dir.display()));
    text.push_str(&format!("  Protocol:        {protocol:016x}\n"));
    // A code of an address that only this machine can open would mislead.
    if let Some(code) = public.or(network).filter(|_| terminal).and_then(|url| code(&url)) {
        text.push_str(&code);
    }
    text.push_str("  Press ctrl-c to stop.\n");
    text
}

/// Host and port for a browser on this machine.
#[must_use]
pub fn own_address(address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    // Only 127.0.0.1 and ::1 are what `localhost` means.
    if ip.is_unspecified() || ip == Ipv4Addr::LOCALHOST || ip.is_loopback() && ip.is_ipv6() {
        format!("localhost:{port}")
    } else {
        address.to_string()
    }
}

/// Modules of light around a code: half of what the standard asks for, and enough for every phone.
const MARGIN: i32 = 2;

/// A link as a QR code: two modules above each other are a character, light ones painted, whatever the terminal's colours.
fn code(link: &str) -> Option<String> {
    let code = QrCode::encode_text(link, QrCodeEcc::Low).ok()?;
    let ends = -MARGIN..code.size() + MARGIN;
    let mut text = String::new();
    for y in ends.clone().step_by(2) {
        text.push_str("  \u{1b}[97;40m");
        for x in ends.clone() {
            text.push(match (code.get_module(x, y), code.get_module(x, y + 1)) {
                (false, false) => '█',
                (false, true) => '▀',
                (true, false) => '▄',
                (true, true) => ' ',
            });
        }
        text.push_str("\u{1b}[0m\n");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(address: &str) -> Facts<'static> {
        Facts {
            address: address.parse().unwrap(),
            is_encrypted: false,
            local: Some(IpAddr::from([192, 168, 1, 7])),
            public_url: None,
            admin: None,
            data_dir: Path::new("./data"),
            protocol: 0xabc,
            terminal: false,
        }
    }

    #[test]
    fn it_names_what_works_from_where() {
        for (address, here, network) in [
            ("[::]:8080", "http://localhost:8080/", Some("http://192.168.1.7:8080/")),
            ("0.0.0.0:81", "http://localhost:81/", Some("http://192.168.1.7:81/")),
            ("127.0.0.1:8080", "http://localhost:8080/", None),
            ("[::1]:8080", "http://localhost:8080/", None),
            ("127.0.0.9:8080", "http://127.0.0.9:8080/", None),
            ("192.168.1.7:8080", "http://192.168.1.7:8080/", None),
            ("[fe80::1]:8080", "http://[fe80::1]:8080/", None),
        ] {
            let text = banner(&facts(address));
            assert!(text.contains(&format!("Play here:       {here}\n")), "{text}");
            match network {
                Some(url) => assert!(text.contains(&format!("In your network: {url}\n")), "{text}"),
                None => assert!(!text.contains("In your network"), "{text}"),
            }
            assert!(text.contains("Protocol:        0000000000000abc\n"), "{text}");
            assert!(text.contains("Data folder:     ./data\n") && !text.contains('\u{1b}'), "{text}");
        }
    }

    #[test]
    fn it_says_where_staff_sign_in() {
        for (admin, line) in [
            (None, ""),
            (Some("http://localhost:1/admin"), "  Admin page:      http://localhost:1/admin\n"),
            (
                Some("http://localhost:1/admin#token=ab"),
                "  Admin page:      http://localhost:1/admin#token=ab (once, within 15 minutes)\n",
            ),
        ] {
            let text = banner(&Facts { admin, ..facts("127.0.0.1:8080") });
            assert_eq!(text.contains("Admin"), admin.is_some());
            assert!(text.contains(line), "{text}");
        }
    }

    #[test]
    fn a_terminal_gets_a_code_of_what_others_can_open() {
        let text = banner(&Facts { terminal: true, ..facts("[::]:8080") });
        let rows: Vec<&str> = text.lines().filter(|line| line.contains('\u{1b}')).collect();
        let width = |row: &str| row.chars().filter(|c| "█▀▄ ".contains(*c)).count() - 2;
        assert_eq!((rows.len(), width(rows[5])), (15, 29), "25 modules and the margin, two to a line: {text}");
        let public = Facts { terminal: true, public_url: Some("https://play.example.org"), ..facts("127.0.0.1:8080") };
        let text = banner(&public);
        assert!(text.contains("For everybody:   https://play.example.org/\n") && text.contains('█'), "{text}");
        assert!(!banner(&Facts { terminal: true, ..facts("127.0.0.1:8080") }).contains('█'));
    }
}
