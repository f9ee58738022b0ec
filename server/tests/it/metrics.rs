//! `/metrics`: what Prometheus reads, what the documentation says of it, and what the dashboard asks for.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::SinkExt;
use shared::protocol::{ClientMessage, codec};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    clients::{knock, status_with_origin, welcomed},
    running::{Running, until},
};

/// The text, taken apart: the kind of every figure, and the value of every line.
struct Scrape {
    kinds: BTreeMap<String, String>,
    helps: BTreeMap<String, String>,
    values: BTreeMap<String, f64>,
}

impl Scrape {
    async fn of(server: &Running) -> Scrape {
        let text = server.get("/metrics").await.text();
        assert_eq!(text.lines().last(), Some("# EOF"));
        let about = |kind: &str| {
            let lines = text.lines().filter_map(|line| line.strip_prefix(&format!("# {kind} "))?.split_once(' '));
            lines.map(|(name, rest)| (name.to_owned(), rest.to_owned())).collect()
        };
        let values = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
        });
        Scrape { kinds: about("TYPE"), helps: about("HELP"), values: values.collect() }
    }

    fn value(&self, name: &str) -> f64 {
        *self.values.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.values.keys()))
    }
}

#[tokio::test]
async fn what_happens_is_counted() {
    let server = Running::start();
    let mut player = welcomed(server.address).await;
    let lost = codec::encode_client(&ClientMessage::NeedFull);
    player.send(Message::Binary(lost.into())).await.expect("sent");
    // Of nobody who was here: the try counts, and is lost.
    let _stranger = knock(server.address, None, Some(7)).await.expect("as somebody new");
    assert_eq!(status_with_origin(server.address, "https://evil.example").await, 403);
    until("some ticks are told", async || {
        let scrape = Scrape::of(&server).await;
        let value = |name: &str| scrape.value(&format!("perihelion_room_{name}{{room=\"main\"}}"));
        value("ticks_total") > 30.0 && value("resumes_tried_total") > 0.5
    })
    .await;
    let scrape = Scrape::of(&server).await;
    for (name, least) in [
        ("perihelion_room_alive{room=\"main\"}", 1.0),
        ("perihelion_room_bots{room=\"main\"}", 1.0),
        ("perihelion_room_spectators{room=\"main\"}", 1.0),
        ("perihelion_room_players_limit{room=\"main\"}", 64.0),
        ("perihelion_room_snapshots_size_bytes_total{room=\"main\"}", 100.0),
        ("perihelion_room_tick_duration_seconds_count{room=\"main\"}", 30.0),
        ("perihelion_room_desyncs_total{room=\"main\"}", 1.0),
        ("perihelion_room_resumes_tried_total{room=\"main\"}", 1.0),
        ("perihelion_store_health{health=\"ok\"}", 1.0),
        ("perihelion_websockets", 1.0),
        ("perihelion_websockets_refused_total{reason=\"origin\"}", 1.0),
        ("perihelion_http_answers_total{status=\"1xx\"}", 1.0),
        ("perihelion_http_answers_total{status=\"4xx\"}", 1.0),
        ("perihelion_tcp_connections_accepted_total", 2.0),
        ("perihelion_uptime_seconds", 0.01),
    ] {
        assert!(scrape.value(name) >= least, "{name}: {}", scrape.value(name));
    }
    for name in [
        "perihelion_room_resumes_won_total{room=\"main\"}",
        "perihelion_store_health{health=\"degraded\"}",
        "perihelion_store_waiting",
        "perihelion_store_commit_duration_seconds_count",
        "perihelion_journal_failing",
        "perihelion_records_dropped_total",
        "perihelion_draining",
    ] {
        assert!(scrape.value(name) < 0.5, "{name}: {}", scrape.value(name));
    }
    let (below, all) =
        ("perihelion_room_tick_duration_seconds_bucket{le=\"+Inf\",room=\"main\"}", "_count{room=\"main\"}");
    let all = format!("perihelion_room_tick_duration_seconds{all}");
    assert!((scrape.value(below) - scrape.value(&all)).abs() < 0.5, "the last bucket holds every tick");
}

#[tokio::test]
async fn every_figure_has_a_help_and_is_documented_and_the_dashboard_asks_for_nothing_else() {
    let server = Running::start();
    let scrape = Scrape::of(&server).await;
    assert!(scrape.kinds.len() > 35, "{:?}", scrape.kinds.keys());
    let documented = include_str!("../../../docs/HOSTING.md").split("### What `/metrics` says").nth(1).unwrap();
    for (name, kind) in &scrape.kinds {
        let help = scrape.helps.get(name).unwrap_or_else(|| panic!("{name} has no help"));
        assert!(help.len() > 8, "{name}: {help}");
        let ending = if kind == "counter" { "_total" } else { "" };
        assert!(documented.contains(&format!("`{name}{ending}`")), "{name}{ending} is not in docs/HOSTING.md");
    }
    let dashboard: serde_json::Value = serde_json::from_str(include_str!("../../../docs/grafana.json")).unwrap();
    let asked = figures_asked_for(&dashboard);
    assert!(asked.len() > 10, "{asked:?}");
    for name in asked {
        let known = [name.clone(), name.replace("_total", ""), name.replace("_bucket", "")];
        assert!(known.iter().any(|name| scrape.kinds.contains_key(name)), "the dashboard asks for {name}");
    }
}

/// Every name of ours in an `expr` of the dashboard.
fn figures_asked_for(dashboard: &serde_json::Value) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let exprs =
        panels.flat_map(|panel| panel["targets"].as_array().unwrap()).map(|target| target["expr"].as_str().unwrap());
    let words = exprs.flat_map(|expr| expr.split(move |c| !is_name(c)));
    words.filter(|word| word.starts_with("perihelion_") || word.starts_with("process_")).map(str::to_owned).collect()
}
