//! What a limited child gives up before it looks at a file that nobody knows: the file system, the network, other processes.
//!
//! Promises: once inside, a thread can open, make and remove nothing, reach no host and begin no program, where the kernel has Landlock (5.13)
//! and seccomp; what it holds open stays open. For ffmpeg, which is another program ([`Sandbox::enter_for`]): it and its libraries can be begun
//! and read, and the one recording be opened again, nothing else; it can begin threads. An older kernel has what it has: each works alone, and
//! neither may fail the check. Calls that are not on the list fail, they do not kill: what a library merely tries does no harm.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, PathBeneath, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr,
    RulesetError, RulesetStatus, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal};
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

/// What another program takes beyond that to begin, to find its libraries and to work in threads.
const PROGRAM_CALLS: &[libc::c_long] = &[
    libc::SYS_execve,
    libc::SYS_openat,
    libc::SYS_newfstatat,
    libc::SYS_faccessat,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_ioctl,
    libc::SYS_dup3,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_wait4,
    libc::SYS_set_tid_address,
    libc::SYS_prctl,
    libc::SYS_prlimit64,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_mlock,
    libc::SYS_munlock,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_arch_prctl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_dup2,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_select,
];

/// Where programs have their libraries.
const LIBRARIES: &[&str] = &["/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache"];

/// How much a process may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Address space.
    pub memory_bytes: u64,
    /// The longest file that it may write.
    pub file_bytes: u64,
    /// Processor time.
    pub seconds: u64,
}

impl Limits {
    /// Sets them for this process, which from here on gives way to others and ends with the one that began it.
    ///
    /// # Errors
    /// When the system refuses one.
    pub fn set(self) -> io::Result<()> {
        limit(Resource::As, self.memory_bytes, self.memory_bytes)?;
        limit(Resource::Core, 0, 0)?;
        limit(Resource::Fsize, self.file_bytes, self.file_bytes)?;
        limit(Resource::Cpu, self.seconds, self.seconds + 1)?;
        // Neither may fail the check: an older kernel, a sandbox.
        let _ = rustix::process::nice(10);
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
        Ok(())
    }
}

fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let now = rustix::process::getrlimit(resource);
    let within = |wanted: u64| now.maximum.map_or(wanted, |most| most.min(wanted));
    Ok(rustix::process::setrlimit(resource, Rlimit { current: Some(within(soft)), maximum: Some(within(hard)) })?)
}

/// What of it the kernel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sandbox {
    pub files: bool,
    pub calls: bool,
}

impl Sandbox {
    /// Shuts the calling thread, and whatever it begins, in.
    pub fn enter() -> Sandbox {
        Sandbox::around(files(), CALLS)
    }

    /// The same for what is about to become another program, which reads `recording` by its name as an open file.
    pub fn enter_for(program: &Path, recording: impl AsFd) -> Sandbox {
        let reading = AccessFs::from_read(RIGHTS);
        let allowed = files().and_then(|files| {
            let files = files.add_rules(path_beneath_rules(LIBRARIES.iter().map(Path::new).chain([program]), reading))?;
            files.add_rule(PathBeneath::new(recording, AccessFs::ReadFile))
        });
        Sandbox::around(allowed, &[CALLS, PROGRAM_CALLS].concat())
    }

    fn around(files: Result<RulesetCreated, RulesetError>, calls: &[libc::c_long]) -> Sandbox {
        let restricted: Result<RestrictionStatus, _> = files.and_then(RulesetCreated::restrict_self);
        Sandbox {
            files: restricted.is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced),
            calls: with_calls(calls).is_ok(),
        }
    }
}

/// No file at all, and no host.
fn files() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default().handle_access(AccessFs::from_all(RIGHTS))?.handle_access(AccessNet::from_all(RIGHTS))?.create()
}

fn with_calls(calls: &[libc::c_long]) -> Result<(), seccompiler::Error> {
    let allowed: BTreeMap<i64, Vec<_>> = calls.iter().map(|call| (*call, Vec::new())).collect();
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
