//! On Linux sled writes its file and calls `sync_file_range`, which starts the writing and waits for it,
//! but leaves out the disk's own cache and the file's length. This module takes that function's place
//! in the process: whoever calls it gets an `fdatasync`, which leaves out neither.
//!
//! So every write of sled's is durable before sled builds on it, and an append costs one flush of the
//! disk instead of two. Whether the linker let this definition win is not taken on trust: [`calls`]
//! counts, and [`super::disk::Disk::persist`] flushes for itself when the count stands still. See
//! `docs/decisions/0001-durable-appends-on-sled.md`.

use std::sync::atomic::{AtomicU64, Ordering};

static CALLS: AtomicU64 = AtomicU64::new(0);

/// How often sled has made its file durable by way of this module.
pub(super) fn calls() -> u64 {
    CALLS.load(Ordering::Acquire)
}

#[cfg(target_os = "linux")]
#[allow(
    unsafe_code,
    reason = "a C function of this name is what sled calls; there is no safe way to define one"
)]
mod interposed {
    use std::fs::File;
    use std::mem::ManuallyDrop;
    use std::os::fd::FromRawFd;
    use std::sync::atomic::Ordering;

    /// In place of the C library's function of the same name and signature: 0, or -1 with `errno` set.
    #[unsafe(no_mangle)]
    extern "C" fn sync_file_range(fd: i32, _offset: i64, _length: i64, _flags: u32) -> i32 {
        // SAFETY: the caller passes a descriptor that it keeps open during the call, as for the function
        // replaced; it is borrowed, never closed.
        let file = ManuallyDrop::new(unsafe { File::from_raw_fd(fd) });
        match file.sync_data() {
            Ok(()) => {
                super::CALLS.fetch_add(1, Ordering::Release);
                0
            }
            // The failed call has just set `errno`, and nothing since has touched it.
            Err(_) => -1,
        }
    }
}
