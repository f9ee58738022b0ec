//! Looks at a screenshot the way a person glances at one: is anything on it?

use std::collections::HashMap;

/// What a glance tells.
#[derive(Debug)]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Different colours.
    pub colours: usize,
    /// The share of the most frequent colour, 0 to 1.
    pub blandest: f64,
}

/// Decodes a PNG and counts its colours.
pub fn glance(png: &[u8]) -> Picture {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().expect("the browser writes valid PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a screenshot fits the memory")];
    let frame = reader.next_frame(&mut pixels).expect("the browser writes valid PNG");
    let samples = frame.color_type.samples();
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    for pixel in pixels[..frame.buffer_size()].chunks_exact(samples) {
        // Grey pictures repeat their one sample; an alpha sample is not a colour.
        let at = |index: usize| pixel[if samples < 3 { 0 } else { index }];
        *counts.entry([at(0), at(1), at(2)]).or_default() += 1;
    }
    let all = f64::from(frame.width) * f64::from(frame.height);
    let most = counts.values().copied().max().unwrap_or(0);
    Picture { width: frame.width, height: frame.height, colours: counts.len(), blandest: most as f64 / all }
}
