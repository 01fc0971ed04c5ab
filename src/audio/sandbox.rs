//! What the limited child gives up before it looks at a file that nobody knows: the file system, the network, other processes.
//!
//! Promises: once inside, a thread can open, make and remove nothing, reach no host and begin no program, where the kernel has Landlock (5.13)
//! and seccomp; what it holds open stays open. An older kernel has what it has: each works alone, and neither may fail the check. Calls
//! that are not on the list fail, they do not kill: what a library merely tries does no harm.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, RestrictionStatus, Ruleset, RulesetAttr, RulesetError, RulesetStatus};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

/// Rights that are asked for; a kernel that knows fewer of them gives those.
const RIGHTS: ABI = ABI::V5;

/// What reading, writing, memory, locks, the clock and the end of a process take.
const CALLS: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_fcntl,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_tgkill,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// What of it the kernel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sandbox {
    pub files: bool,
    pub calls: bool,
}

impl Sandbox {
    /// Shuts the calling thread, and whatever it begins, in.
    pub fn enter() -> Sandbox {
        Sandbox {
            files: without_files().is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced),
            calls: with_calls().is_ok(),
        }
    }
}

fn without_files() -> Result<RestrictionStatus, RulesetError> {
    let ruleset = Ruleset::default().handle_access(AccessFs::from_all(RIGHTS))?.handle_access(AccessNet::from_all(RIGHTS))?;
    ruleset.create()?.restrict_self()
}

fn with_calls() -> Result<(), seccompiler::Error> {
    let allowed: BTreeMap<i64, Vec<_>> = CALLS.iter().map(|call| (*call, Vec::new())).collect();
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let machine: TargetArch = std::env::consts::ARCH.try_into()?;
    let filter: BpfProgram = SeccompFilter::new(allowed, refused, SeccompAction::Allow, machine)?.try_into()?;
    seccompiler::apply_filter(&filter)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::net::{TcpStream, UdpSocket};
    use std::os::unix::net::UnixStream;
    use std::process::Command;
    use std::thread;

    use super::*;

    /// In a thread of its own: there is no way out again.
    fn inside<T: Send + 'static>(work: impl FnOnce(Sandbox) -> T + Send + 'static) -> T {
        thread::spawn(|| work(Sandbox::enter())).join().unwrap()
    }

    #[test]
    fn nothing_is_opened_reached_or_begun_from_inside_and_what_is_open_stays_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("there");
        std::fs::write(&path, "sound").unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, mut reading, mut writing) =
            (listener.local_addr().unwrap(), File::open(&path).unwrap(), File::create(folder.path().join("master")).unwrap());
        let denied = inside(move |sandbox| {
            let mut text = String::new();
            reading.read_to_string(&mut text).unwrap();
            writing.write_all(text.as_bytes()).unwrap();
            // Memory is had as before.
            assert!(vec![1u8; 64 << 20].iter().all(|byte| *byte == 1));
            let opened = [
                File::open(&path).is_err(),
                File::open("/etc/passwd").is_err(),
                File::create(path.with_file_name("new")).is_err(),
                std::fs::remove_file(&path).is_err(),
                TcpStream::connect(address).is_err(),
            ];
            let called = [
                UdpSocket::bind("127.0.0.1:0").is_err(),
                UnixStream::pair().is_err(),
                Command::new("/bin/true").status().is_err(),
                thread::Builder::new().spawn(|| ()).is_err(),
            ];
            (sandbox, opened, called)
        });
        let (Sandbox { files, calls }, opened, called) = denied;
        assert!(calls, "every kernel that this is built for has seccomp");
        assert_eq!(called, [true; 4]);
        assert_eq!(opened, [true; 5], "Landlock: {files}");
        assert_eq!(std::fs::read_to_string(folder.path().join("master")).unwrap(), "sound");
    }

    #[test]
    fn a_panic_inside_is_caught_as_everywhere() {
        let caught = inside(|_| std::panic::catch_unwind(|| [1, 2, 3][std::hint::black_box(7)]).is_err());
        assert!(caught);
    }
}
