//! See `tools/harm`, which holds what is tried and what it begins from.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harm::give("replica", bytes);
});
