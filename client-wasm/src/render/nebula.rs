//! The picture of the nebula, made once on the processor and stretched softly over the sky. Invariant: it tiles
//! without seams, and the same seed gives the same sky.

use shared::rng;

/// Side of the picture, texels: the nebula is so soft that more would not be seen.
pub const SIDE: usize = 256;
/// Frequencies that are added up.
const OCTAVES: u32 = 5;

/// RGBA rows, red: violet gas, green: teal gas, blue: dark lanes, alpha unused.
#[must_use]
pub fn picture(seed: u64) -> Vec<u8> {
    let mut texels = Vec::with_capacity(SIDE * SIDE * 4);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (u, v) = (x as f32 / SIDE as f32, y as f32 / SIDE as f32);
            // Bending the coordinates by another noise makes wisps instead of clouds.
            let bend = cloud(u, v, 3, seed ^ 1) - 0.5;
            let violet = cloud(u + bend * 0.22, v - bend * 0.16, 3, seed ^ 2);
            let teal = cloud(u - bend * 0.18, v + bend * 0.24, 2, seed ^ 3);
            let lanes = cloud(u + bend * 0.1, v + bend * 0.1, 5, seed ^ 4);
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
fn cloud(u: f32, v: f32, cells: u32, seed: u64) -> f32 {
    let (mut sum, mut weight, mut total) = (0.0, 1.0, 0.0);
    for octave in 0..OCTAVES {
        let size = cells << octave;
        sum += weight * noise(u * size as f32, v * size as f32, size, seed ^ u64::from(octave) << 8);
        total += weight;
        weight *= 0.5;
    }
    sum / total
}

fn noise(x: f32, y: f32, size: u32, seed: u64) -> f32 {
    let (x0, y0) = (x.floor(), y.floor());
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (tx, ty) = (smooth(x - x0), smooth(y - y0));
    let corner = |dx: i32, dy: i32| {
        let wrap = |value: f32, step: i32| (value as i32 + step).rem_euclid(size as i32) as u64;
        (rng::mix(seed ^ wrap(x0, dx) << 16 ^ wrap(y0, dy) << 40) >> 40) as f32 / 16_777_216.0
    };
    let along = |dy| corner(0, dy) + (corner(1, dy) - corner(0, dy)) * tx;
    along(0) + (along(1) - along(0)) * ty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tiles_and_is_not_flat() {
        for i in 0..50 {
            let t = i as f32 / 50.0;
            assert!((cloud(0.0, t, 3, 7) - cloud(1.0, t, 3, 7)).abs() < 1e-4);
            assert!((cloud(t, 0.0, 3, 7) - cloud(t, 1.0, 3, 7)).abs() < 1e-4);
        }
        let texels = picture(7);
        assert_eq!(texels.len(), SIDE * SIDE * 4);
        let (low, high) = (texels.iter().step_by(4).min().unwrap(), texels.iter().step_by(4).max().unwrap());
        assert!(*low < 40 && *high > 120, "{low}..{high}");
    }
}
