//! Settings of the allocator: a daemon that runs for months needs others than a program that runs for minutes.

/// Keeps the heap from growing by habit; before the daemon's threads begin. By itself glibc makes an arena for each thread, and learns
/// from each freed ring of samples (a megabyte) to keep the next one.
pub fn be_thrifty() {
    // SAFETY: `mallopt` only sets parameters of the allocator, and no other thread is there yet.
    #[cfg(target_env = "gnu")]
    #[allow(unsafe_code)]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, LARGE);
    }
}

/// Blocks of this size are the system's own, and go back to it when they are freed.
#[cfg(target_env = "gnu")]
const LARGE: libc::c_int = 128 * 1024;
