//! Memory that large texts took goes back to the system.

/// An allocation of this many bytes is a mapping of its own, which ends with it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: i32 = 128 * 1024;

/// glibc raises that bound to the largest allocation freed so far, up to 32 MB. After the
/// first text of 10 MB the next ones came from a heap that keeps what is freed, and the
/// workstation held more than twice of what it used.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is set by no safe function")]
pub(super) fn trim() {
    // SAFETY: it sets a number of the allocator, and touches no memory of ours.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
    }
}

/// Other allocators give it back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn trim() {}
