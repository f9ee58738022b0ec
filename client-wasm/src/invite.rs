//! An invitation: the link of this arena and its QR code. Invariant: what is encoded is what is shown; an address that only
//! this computer can open says so.

use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of white around a code, as readers want them.
pub const MARGIN: usize = 4;

/// The dark modules of a code, row by row; `None` when a link is too long for one.
#[must_use]
pub fn code(link: &str) -> Option<Vec<Vec<bool>>> {
    let code = QrCode::encode_text(link, QrCodeEcc::Medium).ok()?;
    let side = code.size();
    Some((0..side).map(|y| (0..side).map(|x| code.get_module(x, y)).collect()).collect())
}

/// Whether only this computer can open what lies at this host.
#[must_use]
pub fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_and_has_its_three_corners() {
        let code = code("http://192.168.1.20:8080/").expect("it is short");
        let side = code.len();
        assert_eq!((side, code.iter().all(|row| row.len() == side)), (25, true));
        // A finder: seven dark, then light around a dark core.
        let finder = |x: usize, y: usize| {
            (0..7).all(|i| code[y][x + i] && code[y + 6][x + i] && code[y + i][x] && code[y + i][x + 6])
                && !code[y + 1][x + 1]
                && code[y + 3][x + 3]
        };
        assert!(finder(0, 0) && finder(side - 7, 0) && finder(0, side - 7));
        assert!(super::code(&"x".repeat(5_000)).is_none());
    }

    #[test]
    fn an_address_of_this_computer_alone_is_known() {
        for (host, local) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("[::1]", true),
            ("fly.localhost", true),
            ("192.168.1.20", false),
            ("play.example", false),
            ("localhost.example", false),
        ] {
            assert_eq!(is_local(host), local, "{host}");
        }
    }
}
