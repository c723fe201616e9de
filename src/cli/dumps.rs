//! No core dumps: the memory of a server has keys, seeds and codes in it, that of a command a credential.

/// From now on nothing of this process is written out when it crashes, and other programs of the same user may not look into
/// it. A limit of 0 stops the kernel from writing a file; a program that takes dumps from a pipe is not bound by it
/// (core(5)), but gets none of a process that is not dumpable.
pub(super) fn off() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}
