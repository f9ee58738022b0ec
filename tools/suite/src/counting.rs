//! The system's allocator, which counts what each thread asks it for: a test makes it its `#[global_allocator]`.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// Counts, and passes on.
#[derive(Debug)]
pub struct Counting;

thread_local! {
    static TIMES: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

fn add(bytes: usize) {
    // A thread that ends asks for nothing that counts.
    let _ = TIMES.try_with(|times| times.set(times.get() + 1));
    let _ = BYTES.try_with(|total| total.set(total.get() + bytes as u64));
}

#[allow(unsafe_code, reason = "an allocator is unsafe by nature; this one only counts and passes on")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add(size);
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// How often this thread has asked so far.
#[must_use]
pub fn times() -> u64 {
    TIMES.with(Cell::get)
}

/// What it has asked for so far, bytes.
#[must_use]
pub fn bytes() -> u64 {
    BYTES.with(Cell::get)
}
