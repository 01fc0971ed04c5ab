//! Memory that only the start, the opening of a device, or the beginning of a recording needed is given back.
//!
//! Most of what a daemon would hold are pages of its own program and of the libraries: reading a plan, checking recordings and the first
//! rundown touch nearly all of it, and then never again for hours. They are clean and stay in the system's page cache; what is needed again
//! is mapped again with its next use, in a microsecond and without a disk.

use crate::control::status::{OnAir, OutputStatus, Status};

/// Ticks of the daemon (2 s each) from one giving back to the next, ten seconds: rundowns, orders and chores touch pages too.
const EVERY: u32 = 5;

/// Sees that something has changed: each device that opens and each recording that begins touches pages that are not needed again soon.
#[derive(Debug, Default)]
pub struct Thrift {
    before: Option<(Vec<OnAir>, Vec<OutputStatus>)>,
    ticks: u32,
}

impl Thrift {
    /// Called with every tick of the daemon.
    pub fn tick(&mut self, status: Option<&Status>) {
        if self.is_due(status.map(|status| (status.now.clone(), status.output.clone()))) {
            give_back();
        }
    }

    /// With the first tick, with one before which something opened, closed, began or ended, and now and then after it.
    fn is_due(&mut self, now: Option<(Vec<OnAir>, Vec<OutputStatus>)>) -> bool {
        if now != self.before {
            (self.before, self.ticks) = (now, 0);
        }
        let ticks = self.ticks;
        self.ticks = ticks.wrapping_add(1);
        ticks.is_multiple_of(EVERY)
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

/// Unmaps what the program and its libraries only read of their files (code, constants, what the loader looks names up in), so that each
/// page can be read again. What the loader or the program writes to is left alone.
fn drop_program_pages() {
    // SAFETY: the callback matches what is asked for, takes no data, and does not panic.
    #[allow(unsafe_code)]
    unsafe {
        libc::dl_iterate_phdr(Some(drop_pages_of), std::ptr::null_mut());
    }
}

/// Of one object, while the loader keeps it where it is.
#[allow(unsafe_code)]
unsafe extern "C" fn drop_pages_of(object: *mut libc::dl_phdr_info, _: libc::size_t, _: *mut libc::c_void) -> libc::c_int {
    let page = rustix::param::page_size();
    // SAFETY: the loader hands out an object that is there, with as many headers as it says, and with a dynamic section that ends with an
    // empty entry where a header says.
    let (base, headers) = unsafe {
        let object = &*object;
        (object.dlpi_addr as usize, std::slice::from_raw_parts(object.dlpi_phdr, usize::from(object.dlpi_phnum)))
    };
    let at = |place: usize| std::ptr::with_exposed_provenance_mut::<libc::c_void>(base.wrapping_add(place));
    let mut dynamic = headers.iter().filter(|header| header.p_type == libc::PT_DYNAMIC);
    // SAFETY: as above.
    if dynamic.any(|header| unsafe { has_text_relocations(at(header.p_vaddr as usize).cast()) }) {
        return 0;
    }
    for header in headers.iter().filter(|header| header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_W == 0) {
        let start = header.p_vaddr as usize / page * page;
        let end = (header.p_vaddr + header.p_memsz) as usize / page * page;
        // SAFETY: the range is the object's private mapping of its file that nobody may write to, nor has written to when it was loaded,
        // so that MADV_DONTNEED changes no byte of what is read there.
        unsafe {
            libc::madvise(at(start), end.saturating_sub(start), libc::MADV_DONTNEED);
        }
    }
    0
}

/// Whether the loader wrote into code: what it wrote would be lost.
///
/// # Safety
/// `entry` must be the first of a dynamic section, which ends with an empty one.
#[allow(unsafe_code)]
unsafe fn has_text_relocations(mut entry: *const [usize; 2]) -> bool {
    const TEXTREL: usize = 22;
    const FLAGS: usize = 30;
    const FLAGS_TEXTREL: usize = 4;
    loop {
        // SAFETY: it has not come to the empty entry yet.
        let [tag, value] = unsafe { *entry };
        match tag {
            0 => return false,
            TEXTREL => return true,
            FLAGS if value & FLAGS_TEXTREL != 0 => return true,
            // SAFETY: as above.
            _ => entry = unsafe { entry.add(1) },
        }
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
    fn it_is_done_at_the_start_when_something_changes_and_every_ten_seconds() {
        let mut thrift = Thrift::default();
        let output = |state: &str| OutputStatus { output: "horn".into(), device: "default".into(), state: state.into() };
        let mut due = |state: &str, ticks: u32| (0..ticks).filter(|_| thrift.is_due(Some((vec![], vec![output(state)])))).count();
        assert_eq!((due("closed", 1), due("closed", 4), due("closed", 1)), (1, 0, 1));
        assert_eq!((due("open", 1), due("open", 4), due("open", 1)), (1, 0, 1));
        assert_eq!((due("closed", 2), due("open", 60)), (1, 12));
    }

    #[test]
    fn pages_of_the_program_and_its_libraries_are_given_back_and_the_program_goes_on() {
        let before = resident_program_kb();
        Thrift::default().tick(None);
        let after = resident_program_kb();
        assert!(after < before, "{before} kB before, {after} kB after");
        assert_eq!("loaxa".chars().rev().collect::<String>(), "axaol");
    }
}
