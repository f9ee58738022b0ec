//! What happened in the whole process since it started, counted for `/metrics`. Rooms count for themselves and publish it
//! in their reports.
//!
//! Invariant: the labels are words of ours, a fixed number of them; nothing a client sends becomes one.

use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use shared::protocol::CloseCode;

type Labels = [(&'static str, &'static str); 1];

/// The counts. Clones count together.
#[derive(Debug, Clone)]
pub struct Counters {
    /// TCP connections taken.
    pub accepted: Counter,
    /// TCP connections dropped at accept, at a limit.
    pub turned_away: Counter,
    /// Bytes that game WebSockets took from the network…
    pub received: Counter,
    /// …and gave to it.
    pub sent: Counter,
    ended: Family<Labels, Counter>,
    refused: Family<Labels, Counter>,
    answers: Family<Labels, Counter>,
}

impl Default for Counters {
    /// At zero, with the labels that every server will have: what is not there cannot be told from what never happened.
    fn default() -> Counters {
        let counters = Counters {
            accepted: Counter::default(),
            turned_away: Counter::default(),
            received: Counter::default(),
            sent: Counter::default(),
            ended: Family::default(),
            refused: Family::default(),
            answers: Family::default(),
        };
        for reason in CloseCode::ALL.map(word).into_iter().chain(["left"]) {
            drop(counters.ended.get_or_create(&[("reason", reason)]));
        }
        STATUS_CLASSES.into_iter().for_each(|class| drop(counters.answers.get_or_create(&[("status", class)])));
        drop(counters.refused.get_or_create(&[("reason", "origin")]));
        counters
    }
}

const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl Counters {
    /// A WebSocket ended: by us, with this code, or by the peer.
    pub fn ended(&self, code: Option<CloseCode>) {
        self.ended.get_or_create(&[("reason", code.map_or("left", word))]).inc();
    }

    /// A request did not become a WebSocket.
    pub fn refused(&self, why: &'static str) {
        self.refused.get_or_create(&[("reason", why)]).inc();
    }

    /// A request was answered with this status.
    pub fn answered(&self, status: u16) {
        let class = STATUS_CLASSES[usize::from(status / 100).clamp(1, 5) - 1];
        self.answers.get_or_create(&[("status", class)]).inc();
    }

    /// Lends them all to `registry`.
    pub fn register(&self, registry: &mut Registry) {
        let rows: [(&str, &str, &Counter); 4] = [
            ("tcp_connections_accepted", "TCP connections taken", &self.accepted),
            (
                "tcp_connections_turned_away",
                "TCP connections dropped at accept because a limit was reached",
                &self.turned_away,
            ),
            ("websocket_received_bytes", "Bytes that WebSockets of the game took from the network", &self.received),
            ("websocket_sent_bytes", "Bytes that WebSockets of the game gave to the network", &self.sent),
        ];
        for (name, help, counter) in rows {
            registry.register(name, help, counter.clone());
        }
        let families: [(&str, &str, &Family<Labels, Counter>); 3] = [
            ("websockets_ended", "WebSockets that ended, by why; `left` is the peer's own doing", &self.ended),
            ("websockets_refused", "Requests that did not become a WebSocket, by why", &self.refused),
            ("http_answers", "HTTP answers, by class of status", &self.answers),
        ];
        for (name, help, family) in families {
            registry.register(name, help, family.clone());
        }
    }
}

/// One word per code: what a dashboard groups by.
fn word(code: CloseCode) -> &'static str {
    match code {
        CloseCode::Restart => "restart",
        CloseCode::Bye => "bye",
        CloseCode::Version => "version",
        CloseCode::Protocol => "protocol",
        CloseCode::Kicked => "kicked",
        CloseCode::Full => "full",
        CloseCode::Rate => "rate",
        CloseCode::Banned => "banned",
        CloseCode::Replaced => "replaced",
        CloseCode::TooSlow => "too_slow",
        CloseCode::RoomGone => "room_gone",
        CloseCode::Draining => "draining",
        CloseCode::NoLane => "no_lane",
        CloseCode::NoRoom => "no_room",
        CloseCode::Locked => "locked",
        CloseCode::Password => "password",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_is_told_with_its_label() {
        let counters = Counters::default();
        CloseCode::ALL.into_iter().for_each(|code| counters.ended(Some(code)));
        counters.ended(None);
        counters.refused("origin");
        [101, 200, 304, 404, 503].into_iter().for_each(|status| counters.answered(status));
        let mut registry = Registry::default();
        counters.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            "websockets_ended_total{reason=\"too_slow\"} 1",
            "websockets_ended_total{reason=\"left\"} 1",
            "websockets_refused_total{reason=\"origin\"} 1",
            "http_answers_total{status=\"3xx\"} 1",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} in {text}");
        }
        assert_eq!(
            text.lines().filter(|line| line.starts_with("websockets_ended_total")).count(),
            CloseCode::ALL.len() + 1
        );
    }
}
