//! Where the lines of a chart are drawn. Plain arithmetic.

/// The top of an axis that shows up to `most` and has `steps` equal parts, each a number one reads at once: 1, 2, 2.5 or 5
/// times a power of ten. Never under `least`.
pub fn top(most: f64, least: f64, steps: u32) -> f64 {
    let wanted = most.max(least) / f64::from(steps);
    if !wanted.is_finite() || wanted <= 0.0 {
        return f64::from(steps);
    }
    let power = 10_f64.powf(wanted.log10().floor());
    let step =
        [1.0, 2.0, 2.5, 5.0, 10.0].map(|digit| digit * power).into_iter().find(|step| *step >= wanted * 0.999_999);
    step.unwrap_or(10.0 * power) * f64::from(steps)
}

/// Where the curve's points stand in a chart `width` wide and `height` high whose newest point is at the right: the newest
/// `room` points, x growing, y from the top.
pub fn place(points: &[f64], room: usize, top: f64, width: f64, height: f64) -> Vec<(f64, f64)> {
    let shown = &points[points.len().saturating_sub(room)..];
    let step = width / (room.max(2) - 1) as f64;
    let first = room.max(2) - shown.len();
    let place = |(index, value): (usize, &f64)| {
        let up = (value / top).clamp(0.0, 1.0);
        ((first + index) as f64 * step, height * (1.0 - up))
    };
    shown.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_number_one_reads_at_once() {
        for (most, least, axis_top) in [
            (0.0, 4.0, 4.0),
            (3.0, 4.0, 4.0),
            (7.0, 4.0, 8.0),
            (9.0, 1.0, 10.0),
            (130.0, 1.0, 200.0),
            (1_234_567.0, 1.0, 2_000_000.0),
            (100.0, 100.0, 100.0),
            (f64::NAN, 0.0, 4.0),
            (f64::INFINITY, 1.0, 4.0),
        ] {
            assert_eq!(top(most, least, 4), axis_top, "{most}");
        }
    }

    #[test]
    fn the_newest_point_is_at_the_right_end() {
        assert_eq!(place(&[5.0, 10.0], 3, 10.0, 100.0, 40.0), [(50.0, 20.0), (100.0, 0.0)]);
        assert_eq!(place(&[9.0, 0.0, 99.0, 10.0], 2, 10.0, 100.0, 40.0), [(0.0, 0.0), (100.0, 0.0)]);
        assert!(place(&[], 3, 1.0, 1.0, 1.0).is_empty());
    }
}
