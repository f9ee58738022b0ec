//! What is examined, in one table. Invariant: an examination says what it found also when it found nothing.

use std::{cell::Cell, future::Future, pin::Pin};

use super::{
    finding::{Finding, Grade},
    sample::Sample,
};
use crate::{
    browser,
    compare::{Farewell, Line},
    socket::{Happening, Socket},
    words::word,
};

type Examining = Pin<Box<dyn Future<Output = Finding>>>;

/// One thing that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Examination {
    /// Of its row in the page.
    pub id: &'static str,
    /// For the report.
    pub name: &'static str,
    pub examine: fn(Line) -> Examining,
}

pub const COUNT: usize = 7;

/// All of it, in order.
pub const ALL: [Examination; COUNT] = [
    Examination { id: "http", name: "HTTP round trip", examine: |_| Box::pin(http()) },
    Examination { id: "tls", name: "Encryption", examine: |_| Box::pin(async { tls() }) },
    Examination { id: "proxy", name: "Proxy", examine: |_| Box::pin(proxy()) },
    Examination { id: "socket", name: "WebSocket", examine: |_| Box::pin(socket()) },
    Examination { id: "ping", name: "WebSocket round trip", examine: |line| Box::pin(ping(line)) },
    Examination { id: "speed", name: "Throughput down", examine: |_| Box::pin(speed()) },
    Examination { id: "arena", name: "The arena", examine: |line| Box::pin(arena(line)) },
];

/// For anything to be answered, ms.
const PATIENCE_MS: f64 = 5_000.0;

/// One cannot steer beyond this, and has an easy life below, ms.
const ROUND_TRIP_MS: [f64; 2] = [120.0, 300.0];
/// The line shakes beyond these, ms.
const JITTER_MS: [f64; 2] = [12.0, 60.0];
/// What a full fight needs, and what shows at once, Mbit/s.
const SPEED_MBIT_S: [f64; 2] = [2.0, 0.4];

fn grade(value: f64, [fair, bad]: [f64; 2]) -> Grade {
    // The limits of what should be large stand the other way round.
    let beyond = |limit: f64| if fair < bad { value > limit } else { value < limit };
    match () {
        () if beyond(bad) => Grade::Bad,
        () if beyond(fair) => Grade::Fair,
        () => Grade::Good,
    }
}

async fn http() -> Finding {
    let mut sample = Sample::default();
    for _ in 0..6 {
        let asked = browser::now_ms();
        match browser::fetch("/healthz").await {
            Some(answer) if answer.status == 200 => sample.push(browser::now_ms() - asked),
            Some(answer) => return Finding::new(Grade::Bad, answer.status.to_string()).advise(word("advice-sick")),
            None => return Finding::new(Grade::Bad, "–").advise(word("advice-offline")),
        }
    }
    // The first one may have opened the connection.
    let figures = sample.figures().expect("six were taken");
    Finding::new(grade(figures.median, ROUND_TRIP_MS), format!("{:.0} ms", figures.median))
}

fn tls() -> Finding {
    let (encrypted, _) = browser::address();
    let protocol = browser::page_protocol();
    if encrypted {
        return Finding::new(Grade::Good, format!("https {protocol}"));
    }
    let finding = Finding::new(Grade::Good, format!("http {protocol}"));
    // On one's own machine nobody stands between.
    if browser::window().is_secure_context() { finding } else { finding.advise(word("advice-plain")) }
}

async fn proxy() -> Finding {
    let Some(seen) = seen(0).await else { return Finding::new(Grade::Fair, "–") };
    let is = |name: &str| seen.contains(&format!("\"{name}\":true"));
    let figure = word(if is("proxied") { "proxy-yes" } else { "proxy-no" });
    if is("own_host") {
        Finding::new(Grade::Good, figure)
    } else {
        Finding::new(Grade::Bad, figure).advise(word("advice-host"))
    }
}

/// What the server says of attempt `number`.
async fn seen(number: u32) -> Option<String> {
    let answer = browser::fetch(&format!("/check.json?attempt={number:x}")).await?;
    (answer.status == 200).then(|| String::from_utf8_lossy(&answer.body).into_owned())
}

/// Opens the doctor's socket: how long it took, or what went wrong.
async fn open() -> Result<(Socket, f64), Finding> {
    let number = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    let asked = browser::now_ms();
    let Some(socket) = Socket::connect(&format!("/check/socket?attempt={number:x}")) else {
        return Err(Finding::new(Grade::Bad, "–").advise(word("advice-no-socket")));
    };
    match socket.next(PATIENCE_MS).await {
        Some((at, Happening::Open)) => Ok((socket, at - asked)),
        Some((_, Happening::Message(_) | Happening::Close(_))) | None => Err(why_not(seen(number).await.as_deref())),
    }
}

/// From the other end of the attempt.
fn why_not(seen: Option<&str>) -> Finding {
    let outcome = |word: &str| seen.is_some_and(|seen| seen.contains(&format!("\"attempt\":\"{word}\"")));
    let (figure, advice) = match () {
        () if outcome("no_upgrade") => ("stripped", "advice-stripped"),
        () if outcome("origin") => ("refused", "advice-host"),
        () if outcome("address") || outcome("full") => ("refused", "advice-full"),
        () if outcome("stopping") => ("refused", "because-restart"),
        () if outcome("accepted") => ("cut", "advice-cut"),
        () if outcome("never") => ("never", "advice-never"),
        () => ("silent", "advice-offline"),
    };
    Finding::new(Grade::Bad, word(figure)).advise(word(advice))
}

async fn socket() -> Finding {
    match open().await {
        Ok((_, took)) => Finding::new(Grade::Good, format!("{} {took:.0} ms", word("opens"))),
        Err(finding) => finding,
    }
}

const PINGS: u32 = 24;
const PING_EVERY_MS: f64 = 60.0;

async fn ping(line: Line) -> Finding {
    let socket = match open().await {
        Ok((socket, _)) => socket,
        Err(finding) => return finding,
    };
    let (mut sample, offset) = (Sample::default(), Cell::new((f64::INFINITY, 0.0)));
    for number in 0..PINGS {
        let asked = browser::now_ms();
        let marks = u64::from(number).to_le_bytes();
        socket.send(&[&[1][..], &marks].concat());
        let Some((at, Happening::Message(pong))) = socket.next(PATIENCE_MS).await else {
            return Finding::new(Grade::Bad, word("cut")).advise(word("advice-cut"));
        };
        let round_trip = at - asked;
        sample.push(round_trip);
        if let Some(theirs_ms) = server_time_ms(&pong, marks).filter(|_| round_trip < offset.get().0) {
            let ours_ms = js_sys::Date::now() - (browser::now_ms() - at) - round_trip / 2.0;
            offset.set((round_trip, theirs_ms - ours_ms));
        }
        browser::sleep(PING_EVERY_MS).await;
    }
    let figures = sample.figures().expect("there were pings");
    line.measured(figures.least);
    let figure = format!(
        "{:.0} ms, ±{:.1} ms, {} {:.0} ms, {} {:+.0} ms",
        figures.median,
        figures.jitter,
        word("worst"),
        figures.worst,
        word("clock"),
        offset.get().1
    );
    let (far, shaky) = (grade(figures.median, ROUND_TRIP_MS), grade(figures.jitter, JITTER_MS));
    let advice = match () {
        () if shaky > Grade::Good => word("advice-shaky"),
        () if far > Grade::Good => word("advice-far"),
        () => "",
    };
    Finding::new(far.max(shaky), figure).advise(advice)
}

/// `1`, our marks, the server's time in µs since 1970.
fn server_time_ms(pong: &[u8], marks: [u8; 8]) -> Option<f64> {
    let rest = pong.strip_prefix(&[1])?.strip_prefix(&marks)?;
    Some(u64::from_le_bytes(rest.try_into().ok()?) as f64 / 1_000.0)
}

/// A burst, by the protocol of the doctor's socket.
const BURST_MESSAGES: usize = 64;

async fn speed() -> Finding {
    let socket = match open().await {
        Ok((socket, _)) => socket,
        Err(finding) => return finding,
    };
    let mut best_mbit_s: f64 = 0.0;
    // The first burst finds the line's speed; a TCP connection begins slowly.
    for _ in 0..3 {
        let (mut bytes, mut began, mut ended) = (0, None, 0.0);
        socket.send(&[2]);
        for _ in 0..BURST_MESSAGES {
            let Some((at, Happening::Message(part))) = socket.next(PATIENCE_MS).await else {
                return Finding::new(Grade::Bad, word("cut")).advise(word("advice-cut"));
            };
            // What came with the first message was under way before the clock started.
            if began.is_some() {
                bytes += part.len();
            }
            began.get_or_insert(at);
            ended = at;
        }
        // Browsers round their clocks.
        let took_ms = (ended - began.unwrap_or(ended)).max(1.0);
        best_mbit_s = best_mbit_s.max(bytes as f64 * 8.0 / 1e3 / took_ms);
    }
    let speed = grade(best_mbit_s, SPEED_MBIT_S);
    let more = if best_mbit_s > 500.0 { "> 500".to_owned() } else { format!("{best_mbit_s:.1}") };
    Finding::new(speed, format!("{more} Mbit/s")).advise(if speed == Grade::Good { "" } else { word("advice-slow") })
}

/// For the arena to be watched, ms.
const WATCH_MS: f64 = 3_000.0;
/// Without news for so long one sees it, ms.
const GAP_MS: [f64; 2] = [120.0, 1_500.0];

async fn arena(line: Line) -> Finding {
    // A hidden tab is told nothing, which is no fault of the line: one looks when somebody does.
    while browser::document().hidden() {
        browser::sleep(WATCH_MS / 10.0).await;
    }
    line.begin_watching();
    browser::sleep(WATCH_MS).await;
    let Some((pictures_s, gap_ms)) = line.watched(WATCH_MS) else {
        return unseen(line.farewell());
    };
    let figure = format!("{pictures_s:.0} {}, {} {gap_ms:.0} ms", word("pictures"), word("gap"));
    let quality = grade(gap_ms, GAP_MS);
    Finding::new(quality, figure).advise(if quality == Grade::Good { "" } else { word("advice-shaky") })
}

/// Why no pictures came. Whom the server turned away has a line that works, which the other rows judge.
fn unseen(farewell: Option<Farewell>) -> Finding {
    let Some(farewell) = farewell else {
        return Finding::new(Grade::Bad, word("no-pictures")).advise(word("advice-offline"));
    };
    let finding = |grade| Finding::new(grade, word(farewell.figure())).advise(word(farewell.sentence()));
    match farewell {
        Farewell::TooSlow => finding(Grade::Bad),
        // Who knows the password can play.
        Farewell::Password => finding(Grade::Good).of_server(),
        Farewell::Full | Farewell::Locked | Farewell::Restart | Farewell::Unwelcome | Farewell::Ended => {
            finding(Grade::Fair).of_server()
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::protocol::CloseCode;

    use super::*;

    #[test]
    fn small_is_good_for_times_and_large_for_speeds() {
        for (value, limits, grade_of_it) in [
            (20.0, ROUND_TRIP_MS, Grade::Good),
            (200.0, ROUND_TRIP_MS, Grade::Fair),
            (301.0, ROUND_TRIP_MS, Grade::Bad),
            (9.0, SPEED_MBIT_S, Grade::Good),
            (1.0, SPEED_MBIT_S, Grade::Fair),
            (0.1, SPEED_MBIT_S, Grade::Bad),
        ] {
            assert_eq!(grade(value, limits), grade_of_it, "{value}");
        }
    }

    #[test]
    fn a_pong_is_for_its_ping() {
        let pong = [&[1][..], &[9; 8], &2_500_000_u64.to_le_bytes()].concat();
        assert_eq!(server_time_ms(&pong, [9; 8]), Some(2_500.0));
        assert_eq!(server_time_ms(&pong, [8; 8]), None);
        assert_eq!(server_time_ms(&pong[..16], [9; 8]), None);
    }

    #[test]
    fn the_other_end_says_why() {
        for (seen, figure) in [
            (Some("{\"attempt\":\"no_upgrade\"}"), "stripped"),
            (Some("{\"attempt\":\"origin\"}"), "refused"),
            (Some("{\"attempt\":\"stopping\"}"), "refused"),
            (Some("{\"attempt\":\"never\"}"), "never"),
            (Some("{\"attempt\":\"accepted\"}"), "cut"),
            (None, "silent"),
        ] {
            let finding = why_not(seen);
            assert_eq!((finding.grade, finding.figure.as_str()), (Grade::Bad, word(figure)), "{seen:?}");
            assert!(!finding.advice.is_empty());
        }
    }

    #[test]
    fn whom_the_server_turns_away_has_no_firewall_to_fear() {
        for (code, grade) in [
            (CloseCode::Password, Grade::Good),
            (CloseCode::Full, Grade::Fair),
            (CloseCode::Locked, Grade::Fair),
            (CloseCode::Draining, Grade::Fair),
            (CloseCode::Restart, Grade::Fair),
            (CloseCode::Banned, Grade::Fair),
            (CloseCode::RoomGone, Grade::Fair),
            (CloseCode::TooSlow, Grade::Bad),
        ] {
            let finding = unseen(Farewell::of(code.number()));
            assert_eq!((finding.grade, finding.is_of_server), (grade, grade != Grade::Bad), "{code:?}");
            assert!(!finding.advice.is_empty() && finding.advice != word("advice-offline"), "{code:?}");
        }
        let lost = unseen(Farewell::of(1_006));
        assert_eq!((lost.grade, lost.advice), (Grade::Bad, word("advice-offline")), "nobody said anything");
    }
}
