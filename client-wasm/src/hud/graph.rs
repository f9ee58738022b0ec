//! Moving graphs of the line: the last ten seconds of what F3's numbers say of this moment. Invariant: sampled at a
//! fixed rate with the worst of each interval, so a spike is seen whatever the frame rate; painted only where and when
//! somebody looks.

use std::collections::VecDeque;

use shared::replica::{Kind, view::LineView};

use super::{Cached, Dom, Frame, Id, Widget, badge::STALLED_MS, tenths};
use crate::view::palette::{self, Rgb};

/// The graphs of F3.
pub const CANVAS: Id = "line-graph";
/// The same, in the lab.
pub const LAB_CANVAS: Id = "lab-graph";
/// Samples per second.
const RATE: f64 = 30.0;
/// Samples shown: ten seconds.
pub const SAMPLES: usize = 300;
/// Paintings per second.
const PAINT_RATE: f64 = 15.0;

/// What is measured, in the order of the graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Margin,
    Late,
    Gap,
    Lateness,
    Error,
    Lead,
    Frame,
}

/// How many there are.
const WHATS: usize = What::Frame as usize + 1;

/// Colours of what bytes are for, in the order of [`Kind::ALL`].
const KIND_COLOURS: [Rgb; Kind::ALL.len()] = [
    [0.45, 0.50, 0.62],
    palette::OWN,
    palette::PERSON,
    palette::BOT,
    palette::DUST,
    palette::REPAIR,
    [0.74, 0.66, 0.50],
    palette::CHARGE,
    [0.86, 0.88, 0.95],
    palette::SHIELD,
    [0.30, 0.42, 0.75],
];

/// A curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Oldest first; the newest is at the right edge.
    pub values: Vec<f32>,
    /// Its colour.
    pub colour: Rgb,
    /// Drawn as a bar from the ground up rather than a line.
    pub filled: bool,
}

/// One graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// Its newest value, with unit.
    pub value: String,
    /// Bottom and top.
    pub range: (f32, f32),
    /// A line for comparison.
    pub mark: Option<f32>,
    /// The curves, drawn in order.
    pub curves: Vec<Curve>,
    /// Words in colours below the title.
    pub legend: Vec<(&'static str, Rgb)>,
}

/// Sampler and painter.
#[derive(Debug, Default)]
pub struct Graphs {
    samples: VecDeque<[f32; WHATS]>,
    kinds: VecDeque<[f32; Kind::ALL.len()]>,
    pending: Option<[f32; WHATS]>,
    late_before: u32,
    sample_due_s: f64,
    paint_due_s: f64,
    last_s: Option<f64>,
    shown: Cached<bool>,
}

impl Widget for Graphs {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        self.sample(frame);
        let in_lab = frame.lab.is_some_and(|lab| !lab.folded);
        let below = frame.details && !in_lab;
        if self.shown.changed(below) {
            dom.flag(CANVAS, "off", !below);
        }
        if !(below || in_lab) || frame.now_s < self.paint_due_s {
            return;
        }
        self.paint_due_s = frame.now_s + 1.0 / PAINT_RATE;
        let charts = self.charts(&frame.view.line);
        dom.chart(if in_lab { LAB_CANVAS } else { CANVAS }, &charts);
    }
}

impl Graphs {
    fn sample(&mut self, frame: &Frame<'_>) {
        let line = &frame.view.line;
        let frame_ms = self.last_s.replace(frame.now_s).map_or(0.0, |last| (frame.now_s - last) * 1e3) as f32;
        let late = line.late_reports.saturating_sub(self.late_before);
        self.late_before = line.late_reports;
        let now = [
            line.margin_ticks,
            late as f32,
            line.gap_ms.max(if line.staleness_ms > STALLED_MS { line.staleness_ms } else { 0.0 }),
            line.lateness_ms,
            line.error_u,
            line.lead_ticks,
            frame_ms,
        ];
        let mut worst = self.pending.unwrap_or(now);
        for (index, value) in now.into_iter().enumerate() {
            // The worst margin is the smallest.
            let least = index == What::Margin as usize;
            worst[index] = if least { worst[index].min(value) } else { worst[index].max(value) };
        }
        self.pending = Some(worst);
        if frame.now_s < self.sample_due_s {
            return;
        }
        self.sample_due_s = (self.sample_due_s + 1.0 / RATE).max(frame.now_s);
        self.pending = None;
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
            self.kinds.pop_front();
        }
        self.samples.push_back(worst);
        self.kinds.push_back(line.kinds_bytes_s);
    }

    fn of(&self, what: What, colour: Rgb, filled: bool) -> Curve {
        Curve { values: self.samples.iter().map(|sample| sample[what as usize]).collect(), colour, filled }
    }

    /// Top of a range that holds the curves and is at least `least`.
    fn top(curves: &[Curve], least: f32) -> f32 {
        curves.iter().flat_map(|curve| &curve.values).fold(least, |top, value| top.max(*value)) * 1.05
    }

    fn charts(&self, line: &LineView) -> Vec<Chart> {
        let newest = |what: What| self.samples.back().map_or(0.0, |sample| sample[what as usize]);
        let plain = |title, unit: &str, curves: Vec<Curve>, least, mark, value: f32| Chart {
            title,
            value: [&tenths(value), " ", unit].concat(),
            range: (0.0, Self::top(&curves, least)),
            mark,
            curves,
            legend: Vec::new(),
        };
        let margin = {
            let (curves, late) =
                (self.of(What::Margin, palette::REPAIR, false), self.of(What::Late, palette::BOT, true));
            let bottom = curves.values.iter().fold(-2.0_f32, |low, value| low.min(*value));
            let top = Self::top(core::slice::from_ref(&curves), 6.0);
            let late_word = if line.lane { " late · two lanes" } else { " late" };
            let late =
                Curve { values: late.values.iter().map(|n| if *n > 0.0 { bottom } else { 0.0 }).collect(), ..late };
            Chart {
                title: "margin",
                value: [&tenths(newest(What::Margin)), " ticks · ", &line.late_reports.to_string(), late_word].concat(),
                range: (bottom, top),
                mark: Some(0.0),
                curves: vec![late, curves],
                legend: Vec::new(),
            }
        };
        let gaps = vec![self.of(What::Gap, palette::PERSON, true), self.of(What::Lateness, palette::OWN, false)];
        vec![
            margin,
            Chart {
                legend: vec![("gap", palette::PERSON), ("late by", palette::OWN)],
                ..plain("snapshots", "ms", gaps, 100.0, Some(line.delay_ms), newest(What::Lateness))
            },
            plain(
                "prediction error",
                "u",
                vec![self.of(What::Error, palette::BOT, true)],
                4.0,
                None,
                newest(What::Error),
            ),
            plain("lead", "ticks", vec![self.of(What::Lead, palette::CHARGE, false)], 12.0, None, newest(What::Lead)),
            self.bytes(line),
            plain(
                "frame",
                "ms",
                vec![self.of(What::Frame, palette::ORE, false)],
                20.0,
                Some(1_000.0 / 60.0),
                newest(What::Frame),
            ),
        ]
    }

    /// Bytes by kind, one on top of the other: drawn from the whole down.
    fn bytes(&self, line: &LineView) -> Chart {
        let used: Vec<Kind> =
            Kind::ALL.into_iter().filter(|kind| self.kinds.iter().any(|k| k[*kind as usize] > 0.5)).collect();
        let curve = |count: usize| {
            let below = &used[..count];
            let sum = |sample: &[f32; Kind::ALL.len()]| {
                below.iter().map(|kind| sample[*kind as usize]).sum::<f32>() / 1_000.0
            };
            let colour = KIND_COLOURS[used[count - 1] as usize];
            Curve { values: self.kinds.iter().map(sum).collect(), colour, filled: true }
        };
        let curves: Vec<Curve> = (1..=used.len()).rev().map(curve).collect();
        // Only what is worth a colour: a twentieth of the whole at least.
        let whole: f32 = line.kinds_bytes_s.iter().sum();
        let worth = |kind: &&Kind| line.kinds_bytes_s[**kind as usize] * 20.0 >= whole;
        let legend = used.iter().filter(worth).map(|kind| (kind.word(), KIND_COLOURS[*kind as usize])).collect();
        Chart {
            title: "bytes",
            value: [&tenths(line.down_bytes_s / 1_000.0), " KB/s down, ", &tenths(line.up_bytes_s / 1_000.0), " up"]
                .concat(),
            range: (0.0, Self::top(&curves, 2.0)),
            mark: None,
            curves,
            legend,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::{Recorded, with_frame};
    use shared::replica::view::View;

    fn run(frames: u32, fps: f64, lines: impl Fn(u32) -> LineView) -> (Graphs, Recorded) {
        let (mut graphs, mut dom) = (Graphs::default(), Recorded::default());
        for n in 0..frames {
            let view = View { line: lines(n), ..View::default() };
            with_frame(&view, |frame| {
                frame.now_s = f64::from(n) / fps;
                frame.details = true;
                graphs.update(frame, &mut dom);
            });
        }
        (graphs, dom)
    }

    #[test]
    fn a_spike_of_one_frame_is_seen_at_any_frame_rate() {
        for fps in [30.0, 60.0, 144.0] {
            let spike = |n| LineView { error_u: if n == 100 { 9.0 } else { 0.0 }, ..LineView::default() };
            let (_, dom) = run(200, fps, spike);
            let (canvas, charts) = dom.charts.expect("painted");
            assert_eq!((canvas, charts[2].title), (CANVAS, "prediction error"));
            let spikes = charts[2].curves[0].values.iter().filter(|value| **value == 9.0).count();
            assert_eq!(spikes, 1, "at {fps} frames per second");
        }
    }

    #[test]
    fn late_commands_and_the_least_margin_are_marked() {
        let line = |n: u32| LineView {
            margin_ticks: if n == 50 { -1.5 } else { 2.0 },
            late_reports: u32::from(n >= 50),
            ..LineView::default()
        };
        let (graphs, dom) = run(120, 60.0, line);
        let charts = dom.charts.expect("painted").1;
        assert_eq!(graphs.samples.iter().filter(|sample| sample[0] == -1.5).count(), 1);
        assert!(charts[0].value.ends_with("1 late"), "{}", charts[0].value);
        assert_eq!(charts[0].curves[0].values.iter().filter(|value| **value < 0.0).count(), 1);
    }

    #[test]
    fn a_second_lane_is_told() {
        let (_, dom) = run(30, 60.0, |_| LineView { lane: true, ..LineView::default() });
        let charts = dom.charts.expect("painted").1;
        assert!(charts[0].value.ends_with("0 late · two lanes"), "{}", charts[0].value);
    }

    #[test]
    fn bytes_are_stacked_and_named_and_memory_is_bounded() {
        let mut line = LineView { down_bytes_s: 3_000.0, ..LineView::default() };
        line.kinds_bytes_s[Kind::Ships as usize] = 2_000.0;
        line.kinds_bytes_s[Kind::Shots as usize] = 1_000.0;
        let (graphs, dom) = run(1_000, 60.0, |_| line);
        let charts = dom.charts.expect("painted").1;
        let words: Vec<_> = charts[4].legend.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, ["ships", "shots"]);
        assert_eq!((charts[4].curves[0].values[0], charts[4].curves[1].values[0]), (3.0, 2.0));
        assert_eq!(graphs.samples.len(), SAMPLES);
    }

    #[test]
    fn nobody_looks_nothing_is_painted() {
        let (mut graphs, mut dom) = (Graphs::default(), Recorded::default());
        with_frame(&View::default(), |frame| graphs.update(frame, &mut dom));
        assert!(dom.charts.is_none() && dom.has("line-graph.off"));
    }
}
