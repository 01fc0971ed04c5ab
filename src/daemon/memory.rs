//! Memory that only the start, or the opening of a device, needed is given back.
//!
//! Most of what a daemon would hold are pages of its own program: reading a plan, checking recordings and the first rundown touch nearly
//! all of it, and then never again for hours. They are clean and stay in the system's page cache; what is needed again is mapped again
//! with its next use, in a microsecond and without a disk.

/// Ticks of the daemon (2 s each) after which a state has settled: devices are open, what was loaded has begun.
const SETTLED: u32 = 4;
/// Ticks from one giving back to the next, ten seconds: each new recording, rundowns, orders and chores touch pages too.
const EVERY: u32 = 5;

/// Counts the ticks since the station fell idle, or began to sound.
#[derive(Debug, Default)]
pub struct Thrift {
    idle: bool,
    ticks: u32,
}

impl Thrift {
    /// Called with every tick of the daemon.
    pub fn tick(&mut self, idle: bool) {
        if self.is_due(idle) {
            give_back();
        }
    }

    /// With the first tick that is idle, when a state has settled, and now and then after it.
    fn is_due(&mut self, idle: bool) -> bool {
        if idle != self.idle {
            (self.idle, self.ticks) = (idle, 0);
        }
        let ticks = self.ticks;
        self.ticks = ticks.wrapping_add(1);
        (ticks == 0 && idle) || ticks % EVERY == SETTLED
    }
}

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
    fn it_is_done_when_the_station_falls_idle_and_when_a_state_has_settled() {
        let mut thrift = Thrift::default();
        let mut due = |idle: bool, ticks: u32| (0..ticks).filter(|_| thrift.is_due(idle)).count();
        assert_eq!((due(true, 1), due(true, 3), due(true, 1)), (1, 0, 1));
        assert_eq!((due(false, 4), due(false, 1), due(false, 4)), (0, 1, 0), "not while a device is being opened");
        assert_eq!(due(true, 60), 13, "at once, settled, and every ten seconds");
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
