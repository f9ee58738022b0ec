//! The system's allocator, which adds up what each thread asks it for.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

struct Counting;

thread_local! {
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

fn add(bytes: usize) {
    // A thread that ends asks for nothing that counts.
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

#[global_allocator]
static COUNTING: Counting = Counting;

/// What this thread has asked for so far, bytes.
pub fn bytes() -> u64 {
    BYTES.with(Cell::get)
}
