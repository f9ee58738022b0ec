//! Brotli and gzip, at the strongest setting: the page is compressed once per build and sent for ever.

use anyhow::{Context, Result};

/// Brotli, quality 11 with the largest window every browser accepts.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let params =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &params).context("brotli failed")?;
    Ok(packed)
}

/// Gzip, for browsers on plain http in the local network: they do not offer brotli there. Zopfli takes seconds to find
/// the 4 % that zlib's best leaves.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes, &mut packed).context("gzip failed")?;
    Ok(packed)
}
