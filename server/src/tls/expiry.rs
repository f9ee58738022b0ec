//! When a certificate ends: the one field of X.509 that is looked at here (RFC 5280 §4.1). Whether it is good is the
//! library's and the visitors' to say. Invariant: bytes that are no certificate are `None`, never a panic.

use std::time::{Duration, SystemTime};

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The end of its validity.
#[must_use]
pub fn end_of(certificate: &[u8]) -> Option<SystemTime> {
    let (certificate, _) = take(certificate, SEQUENCE)?;
    let (mut signed, _) = take(certificate, SEQUENCE)?;
    if signed.first() == Some(&VERSION) {
        signed = any(signed)?.2;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        signed = any(signed)?.2;
    }
    let (validity, _) = take(signed, SEQUENCE)?;
    let (_, _, after) = any(validity)?;
    let (tag, end, _) = any(after)?;
    time(tag, std::str::from_utf8(end).ok()?)
}

fn take(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = any(bytes)?;
    (found == tag).then_some((content, rest))
}

/// Tag, content, and what comes after: DER with lengths of up to three bytes.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, bytes) = bytes.split_first()?;
    let (&first, bytes) = bytes.split_first()?;
    let (length, bytes) = match first {
        0..=0x7f => (usize::from(first), bytes),
        _ if (0x81..=0x83).contains(&first) => {
            let (digits, bytes) = bytes.split_at_checked(usize::from(first - 0x80))?;
            (digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), bytes)
        }
        _ => return None,
    };
    let (content, rest) = bytes.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDhhmmssZ` (of 1950 to 2049) or `YYYYMMDDhhmmssZ`.
fn time(tag: u8, text: &str) -> Option<SystemTime> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let digits = match (tag, digits.len()) {
        (UTC_TIME, 12) if digits < "50" => format!("20{digits}"),
        (UTC_TIME, 12) => format!("19{digits}"),
        (GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| digits[from..to].parse::<u64>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    if !(1_970..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let seconds = part(8, 10)? * 3_600 + part(10, 12)? * 60 + part(12, 14)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(days(year, month, day) * 86_400 + seconds))
}

/// Days from 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms", days_from_civil).
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(tag: u8, text: &str) -> Option<u64> {
        time(tag, text).map(|time| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
    }

    #[test]
    fn both_ways_to_write_a_time_are_read() {
        for (tag, text, expected) in [
            (UTC_TIME, "700101000000Z", Some(0)),
            (UTC_TIME, "240229120000Z", Some(1_709_208_000)),
            (GENERALIZED_TIME, "20500101000000Z", Some(2_524_608_000)),
            (GENERALIZED_TIME, "20241231235959Z", Some(1_735_689_599)),
            (GENERALIZED_TIME, "20241331000000Z", None),
            (UTC_TIME, "2402291200Z", None),
            (UTC_TIME, "24022912000xZ", None),
            (GENERALIZED_TIME, "240229120000Z", None),
        ] {
            assert_eq!(seconds(tag, text), expected, "{text}");
        }
    }

    #[test]
    fn the_end_of_a_certificate_is_found_and_rubbish_has_none() {
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2031, 5, 4);
        let made = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(days(2031, 5, 4) * 86_400);
        assert_eq!(end_of(made.der()), Some(end));
        for cut in 0..made.der().len() {
            let _ = end_of(&made.der()[..cut]);
        }
        assert_eq!(end_of(b""), None);
        assert_eq!(end_of(&[0x30, 0x84, 255, 255, 255, 255]), None);
    }
}
