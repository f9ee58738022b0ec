//! The picture of the nebula, made once on the processor and stretched softly over the sky. Invariant: it tiles
//! without seams, and the same seed gives the same sky.

use shared::rng;

/// Side of the picture, texels: the nebula is so soft that more would not be seen.
pub const SIDE: usize = 256;
/// Frequencies that are added up.
const OCTAVES: usize = 5;

/// RGBA rows, red: violet gas, green: teal gas, blue: dark lanes, alpha unused.
#[must_use]
pub fn picture(seed: u64) -> Vec<u8> {
    let mut texels = Vec::with_capacity(SIDE * SIDE * 4);
    let [bends, violets, teals, darks] =
        [(3, 1), (3, 2), (2, 3), (5, 4)].map(|(cells, number)| Cloud::new(cells, seed ^ number));
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (u, v) = (x as f32 / SIDE as f32, y as f32 / SIDE as f32);
            // Bending the coordinates by another noise makes wisps instead of clouds.
            let bend = bends.at(u, v) - 0.5;
            let violet = violets.at(u + bend * 0.22, v - bend * 0.16);
            let teal = teals.at(u - bend * 0.18, v + bend * 0.24);
            let lanes = darks.at(u + bend * 0.1, v + bend * 0.1);
            for value in [sharpen(violet), sharpen(teal), lanes] {
                texels.push((value.clamp(0.0, 1.0) * 255.0) as u8);
            }
            texels.push(255);
        }
    }
    texels
}

/// Mostly nothing, with bright wisps.
fn sharpen(value: f32) -> f32 {
    let t = ((value - 0.38) * 2.6).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Value noise in octaves over the unit square, tiling, about 0..1.
struct Cloud {
    octaves: [Octave; OCTAVES],
}

/// One of them: what the noise is at the corners of its cells, drawn once, for every corner is asked for many times.
struct Octave {
    size: usize,
    corners: Vec<f32>,
}

impl Cloud {
    fn new(cells: usize, seed: u64) -> Cloud {
        Cloud { octaves: core::array::from_fn(|octave| Octave::new(cells << octave, seed ^ (octave as u64) << 8)) }
    }

    fn at(&self, u: f32, v: f32) -> f32 {
        let (mut sum, mut weight, mut total) = (0.0, 1.0, 0.0);
        for octave in &self.octaves {
            sum += weight * octave.at(u, v);
            total += weight;
            weight *= 0.5;
        }
        sum / total
    }
}

impl Octave {
    fn new(size: usize, seed: u64) -> Octave {
        let corner = |x: usize, y: usize| rng::mix(seed ^ (x as u64) << 16 ^ (y as u64) << 40) >> 40;
        let rows = (0..size).flat_map(|y| (0..size).map(move |x| corner(x, y) as f32 / 16_777_216.0));
        Octave { size, corners: rows.collect() }
    }

    fn at(&self, u: f32, v: f32) -> f32 {
        let (x, y) = (u * self.size as f32, v * self.size as f32);
        let (left, below) = (x.floor(), y.floor());
        let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
        let (tx, ty) = (smooth(x - left), smooth(y - below));
        let wrap = |cell: f32| (cell as i32).rem_euclid(self.size as i32) as usize;
        let next = |cell: usize| if cell + 1 == self.size { 0 } else { cell + 1 };
        let (x0, y0) = (wrap(left), wrap(below));
        let along = |y: usize| {
            let row = &self.corners[y * self.size..][..self.size];
            row[x0] + (row[next(x0)] - row[x0]) * tx
        };
        let (low, high) = (along(y0), along(next(y0)));
        low + (high - low) * ty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tiles_and_is_not_flat() {
        let cloud = Cloud::new(3, 7);
        for i in 0..50 {
            let t = i as f32 / 50.0;
            assert!((cloud.at(0.0, t) - cloud.at(1.0, t)).abs() < 1e-4);
            assert!((cloud.at(t, 0.0) - cloud.at(t, 1.0)).abs() < 1e-4);
        }
        let texels = picture(7);
        assert_eq!(texels.len(), SIDE * SIDE * 4);
        let (low, high) = (texels.iter().step_by(4).min().unwrap(), texels.iter().step_by(4).max().unwrap());
        assert!(*low < 40 && *high > 120, "{low}..{high}");
    }
}
