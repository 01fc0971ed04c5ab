//! Memory that only the start, or a session, needed is given back while nothing airs.
//!
//! Most of what an idle daemon would hold are pages of its own program: reading a plan, checking recordings and the first rundown touch
//! nearly all of it, and then never again for hours. They are clean and stay in the system's page cache; what is needed again is mapped
//! again with its next use. Never done while a device is open: a callback must not wait for a page.

/// Idle ticks of the daemon (2 s each) from one giving back to the next: rundowns and reports touch pages too.
const EVERY: u32 = 450;

/// Counts idle ticks.
#[derive(Debug, Default)]
pub struct Thrift {
    idle: u32,
}

impl Thrift {
    /// Called with every tick of the daemon. With the first idle one, and now and then after it, memory is given back.
    pub fn tick(&mut self, idle: bool) {
        if !idle {
            self.idle = 0;
            return;
        }
        if self.idle.is_multiple_of(EVERY) {
            give_back();
        }
        self.idle = self.idle.wrapping_add(1);
    }
}

fn give_back() {
    // SAFETY: `malloc_trim` may be called at any time from any thread; it hands free pages of the heap back to the system.
    #[cfg(target_env = "gnu")]
    #[allow(unsafe_code)]
    unsafe {
        libc::malloc_trim(0);
    }
    drop_program_pages();
}

// Set by the linker, as `man 3 end` says.
#[allow(unsafe_code)]
unsafe extern "C" {
    static __executable_start: u8;
    static etext: u8;
}

/// Unmaps the pages of the program from its first one to the last of its code: all of them are only read, so that each can be read
/// again from the file. What the loader or the program writes to lies after them and is left alone.
fn drop_program_pages() {
    let page = rustix::param::page_size();
    let (start, end) = (std::ptr::addr_of!(__executable_start), std::ptr::addr_of!(etext));
    let length = (end.addr() / page * page).saturating_sub(start.addr());
    if !start.addr().is_multiple_of(page) || length == 0 {
        return;
    }
    // SAFETY: the range is this program's own mapping of its file, private and never written (the linker keeps what is relocated after
    // `etext`), so that MADV_DONTNEED changes no byte of what is read there.
    #[allow(unsafe_code)]
    unsafe {
        libc::madvise(start.cast_mut().cast(), length, libc::MADV_DONTNEED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resident_program_kb() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssFile:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    #[test]
    fn pages_of_the_program_are_given_back_and_the_program_goes_on() {
        let before = resident_program_kb();
        Thrift::default().tick(true);
        let after = resident_program_kb();
        assert!(after < before, "{before} kB before, {after} kB after");
        assert_eq!("loaxa".chars().rev().collect::<String>(), "axaol");
    }
}
