//! The figures of a run as a table for a terminal. Invariant: it shows what [`Report`] holds and computes nothing
//! but units; `–` is what was not measured.

use std::fmt;

use crate::{
    report::{Percentiles, Report, Traffic},
    tally::Events,
};

/// A report, to be printed.
#[derive(Debug)]
pub struct Table<'a>(pub &'a Report);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        let (asked, cut) = (&report.asked, if report.interrupted { ", interrupted" } else { "" });
        let line = asked.profile.map_or_else(String::new, |profile| format!(" on {profile} lines"));
        writeln!(f, "{} clients at {} for {:.1} s{line}{cut}", asked.clients, asked.url, report.measured_s)?;
        clients(f, report)?;
        traffic(f, "down", &report.down)?;
        traffic(f, "up", &report.up)?;
        play(f, report)?;
        server(f, report)?;
        own(f, report)?;
        writeln!(f, "{}", report.verdict)
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, words: fmt::Arguments<'_>) -> fmt::Result {
    writeln!(f, "  {name:<22}{words}")
}

/// A number with so many decimals, or a dash.
fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"))
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:.3} %", value * 100.0))
}

fn clients(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let (honest, asked) = (&report.clients, &report.asked);
    let spectators = asked.spectators;
    let pilots = asked.clients - asked.hostile - spectators;
    row(
        f,
        "pilots",
        format_args!(
            "{} of {pilots} joined ({} light), {} rejoined ({} with their points, {} with fewer), {} forgotten, {} ships flown",
            honest.joined, asked.light, honest.rejoined, honest.kept, honest.shrunk, honest.forgotten, honest.launches
        ),
    )?;
    if spectators > 0 {
        row(f, "spectators", format_args!("{spectators}"))?;
    }
    connections(f, "connections", honest)?;
    if asked.hostile > 0 {
        connections(f, &format!("{} hostile", asked.hostile), &report.hostile)?;
    }
    Ok(())
}

fn connections(f: &mut fmt::Formatter<'_>, name: &str, clients: &Events) -> fmt::Result {
    let closes: Vec<String> = clients.closes.iter().map(|(code, count)| format!("{count} × {code}")).collect();
    let closes = if closes.is_empty() { "no close codes".to_owned() } else { closes.join(", ") };
    let Events { connected, dropped, refused, lost, nonsense, .. } = clients;
    row(
        f,
        name,
        format_args!(
            "{connected} opened, {refused} refused, {lost} lost, {dropped} let go, {nonsense} nonsense; {closes}"
        ),
    )
}

fn traffic(f: &mut fmt::Formatter<'_>, way: &str, traffic: &Traffic) -> fmt::Result {
    let (bytes, framing) = (number(traffic.bytes_s, 0), number(traffic.framing_bytes_s, 0));
    row(f, &format!("{way}, per client"), format_args!("{bytes} B/s of payload, {framing} B/s of frames around it"))?;
    for (name, kind) in &traffic.kinds {
        row(
            f,
            &format!("  {name}"),
            format_args!(
                "{:>7.1} B/s {:>8.2} messages/s {:>8.1} B each",
                kind.bytes_s, kind.messages_s, kind.bytes_mean
            ),
        )?;
    }
    Ok(())
}

fn percentiles(f: &mut fmt::Formatter<'_>, name: &str, of: Percentiles) -> fmt::Result {
    let [p50, p95, p99] = [of.p50, of.p95, of.p99].map(|value| number(value, 1));
    row(f, name, format_args!("p50 {p50} ms, p95 {p95} ms, p99 {p99} ms, max {} ms", number(of.max, 1)))
}

fn play(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let (mean, least) = (number(report.snapshots_s, 2), number(report.snapshots_s_min, 2));
    row(f, "snapshots", format_args!("{mean}/s per client, {least}/s for the worst"))?;
    percentiles(f, "round trip", report.rtt_ms)?;
    percentiles(f, "command to answer", report.ack_ms)?;
    percentiles(f, "between snapshots", report.gap_ms)?;
    if report.recovery_ms.outages > 0 {
        percentiles(f, &format!("{} outages, back in", report.recovery_ms.outages), report.recovery_ms.ms)?;
    }
    percentiles(f, "staleness", report.staleness_ms)?;
    row(f, "stale over 100 ms", format_args!("{} of the time", percent(report.stale_share)))?;
    let prediction = &report.prediction;
    row(
        f,
        "predictions",
        format_args!(
            "{} exactly right of {}, mean correction {} u, largest {:.2} u",
            percent(prediction.exact_share),
            prediction.checked,
            number(prediction.correction_u_mean, 3),
            prediction.correction_u_max
        ),
    )?;
    let commands = &report.commands;
    row(
        f,
        "starved of commands",
        format_args!(
            "{} of ships' ticks; margin p1 {} ticks, p50 {}, late in {} of snapshots",
            percent(commands.starved_share),
            number(commands.margin_ticks_p1, 2),
            number(commands.margin_ticks_p50, 2),
            percent(commands.margin_late_share)
        ),
    )
}

fn server(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    if let Some(process) = &report.process {
        row(
            f,
            "server processor",
            format_args!(
                "{:.2} s, {:.1} % of a core, {} ms per client-second; {} of it by the room's thread",
                process.cpu_s,
                process.cores * 100.0,
                number(process.cpu_ms_per_client_s, 3),
                percent(process.room_share)
            ),
        )?;
        let mib = |kib: u64| kib as f64 / 1_024.0;
        row(
            f,
            "server memory",
            format_args!(
                "{:.1} MiB before, {:.1} after the ramp ({:.1} KiB per client), {:.1} at the end",
                mib(process.rss_kib_before),
                mib(process.rss_kib_after_ramp),
                process.rss_kib_per_client,
                mib(process.rss_kib_end)
            ),
        )?;
    }
    let Some(server) = &report.server else { return Ok(()) };
    let facts = &server.facts;
    row(
        f,
        "server ticks",
        format_args!(
            "{}/s, p50 {} µs, p99 {} µs; {} messages dropped, {} room restarts",
            number(server.ticks_s, 2),
            facts.tick_us_p50,
            facts.tick_us_p99,
            server.dropped_messages_run,
            facts.room_restarts
        ),
    )?;
    let worst = &server.worst;
    row(
        f,
        "  worst ten seconds",
        format_args!(
            "tick p99 {} µs, longest {} µs; begun late p99 {} µs",
            worst.tick_us_p99, worst.tick_us_max, worst.tick_late_us_p99
        ),
    )?;
    if let Some(stretch) = &server.stretch {
        row(
            f,
            "  of all ticks",
            format_args!(
                "{} over 8 ms, {} over 16.7, {} over 33; {} of {} begun over 2 ms late; {} of {} snapshots skipped",
                stretch.ticks_over_8ms,
                stretch.ticks_over_16ms,
                stretch.ticks_over_33ms,
                stretch.ticks_late,
                stretch.ticks,
                stretch.snapshots_skipped,
                stretch.snapshots + stretch.snapshots_skipped
            ),
        )?;
    }
    row(f, "in the room", format_args!("{} people, {} bots, {} watching", facts.players, facts.bots, facts.spectators))
}

fn own(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let own = &report.own;
    row(
        f,
        "swarm itself",
        format_args!(
            "{} s of processor, {} of a core; frames {} late, p99 {} ms",
            number(own.cpu_s, 2),
            own.cores.map_or_else(|| "–".to_owned(), |cores| format!("{:.1} %", cores * 100.0)),
            percent(Some(own.late_share)),
            number(own.lateness_ms.p99, 1)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_the_figures_and_a_dash_for_what_is_missing() {
        let text = Table(&crate::report::tests::report()).to_string();
        for words in [
            "2 clients at ws://localhost:8080/ws for 10.0 s",
            "2 of 2 joined (1 light)",
            "starved of commands   – of ships' ticks",
            "25.000 % of it by the room's thread",
            "1 × 4008",
            "2700 B/s of payload",
            "99.500 % exactly right of 600",
            "5.000 ms per client-second",
            "command to answer     p50 – ms",
            "swarm itself          1.00 s of processor, 10.0 % of a core",
            "\nOK: the figures stand\n",
        ] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        assert!(!text.contains("server ticks"), "nothing was told:\n{text}");
    }
}
