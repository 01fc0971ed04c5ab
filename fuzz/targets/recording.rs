//! Whatever a recording is: it is measured or refused, the facts go through JSON unchanged, its master airs to the last frame, and
//! our own code never panics. A panic inside a decoder is caught in the room and makes the file unfit, so it is no finding here.
//!
//! The child's limits do not hold in this process: memory that a header asks for and nobody fills is given without taking any.
#![no_main]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::File;
use std::io::Write;

use libfuzzer_sys::fuzz_target;
use loaxa::audio::measure::take_in;
use loaxa::audio::source::{Source, SourceError};
use loaxa::library::{Recording, Unfit};

/// From here on memory comes straight from the system, untouched.
const LARGE: usize = 32 << 20;
/// What the system cannot promise would abort the limited child, which is its answer: here the process just begins anew.
const MOST: usize = 64 << 30;

struct Lazy;

unsafe impl GlobalAlloc for Lazy {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE { unsafe { System.alloc(layout) } } else { map(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE { unsafe { System.alloc_zeroed(layout) } } else { map(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if layout.size() < LARGE {
            unsafe { System.dealloc(at, layout) };
        } else {
            unsafe { libc::munmap(at.cast(), layout.size()) };
        }
    }
}

fn map(layout: Layout) -> *mut u8 {
    if layout.size() > MOST || layout.align() > 4096 {
        unsafe { libc::_exit(0) };
    }
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    let at = unsafe { libc::mmap(std::ptr::null_mut(), layout.size(), libc::PROT_READ | libc::PROT_WRITE, kind, -1, 0) };
    if at == libc::MAP_FAILED {
        unsafe { libc::_exit(0) };
    }
    at.cast()
}

#[global_allocator]
static ALLOCATOR: Lazy = Lazy;

fn file(bytes: &[u8]) -> File {
    let mut file = File::from(rustix::fs::memfd_create("recording", rustix::fs::MemfdFlags::CLOEXEC).unwrap());
    file.write_all(bytes).unwrap();
    file
}

/// Frames up to the end, and what went wrong.
fn heard(master: File) -> (u64, Option<SourceError>) {
    let mut source = match Source::of(master) {
        Ok(source) => source,
        Err(error) => return (0, Some(error)),
    };
    let mut block = vec![0.0; 1000 * usize::from(source.channels())];
    let mut frames = 0;
    loop {
        match source.read(&mut block) {
            Ok(0) => return (frames, None),
            Ok(count) => frames += count as u64,
            Err(error) => return (frames, Some(error)),
        }
    }
}

fuzz_target!(
    init: {
        std::panic::set_hook(Box::new(|info| {
            let ours = info.location().is_some_and(|at| !at.file().contains("/registry/") && !at.file().contains("/rustc/"));
            if ours {
                eprintln!("{info}");
                std::process::abort();
            }
        }));
    },
    |bytes: &[u8]| {
        let master = file(&[]);
        match take_in(file(bytes), Some(master.try_clone().unwrap())) {
            Ok(recording) => {
                let text = serde_json::to_string(&recording).unwrap();
                assert_eq!(serde_json::from_str::<Recording>(&text).unwrap(), recording);
                assert!(recording.gain_db().is_finite(), "{recording:?}");
                // On air its master ends after exactly the measured frames.
                let (frames, error) = heard(master);
                assert_eq!((frames, error.map(|error| error.to_string())), (recording.frames.count, None), "{recording:?}");
            }
            Err(unfit) => {
                let text = serde_json::to_string(&unfit).unwrap();
                assert_eq!(serde_json::from_str::<Unfit>(&text).unwrap(), unfit);
            }
        }
    }
);
