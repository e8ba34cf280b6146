//! A disk so small that a test can fill it: a memory file system in a mount namespace of the program's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::program;

/// A folder that is a disk of its own for each program started on it, gone with that program.
#[derive(Debug)]
pub struct SmallDisk {
    folder: TempDir,
    bytes: u64,
}

impl SmallDisk {
    /// A disk of so many bytes; `None`, with one line that names the skipped test, where this machine lets
    /// nobody mount.
    pub fn new(test: &str, bytes: u64) -> Option<Self> {
        let disk = Self {
            folder: tempfile::tempdir().expect("a temporary directory"),
            bytes,
        };
        let works = disk
            .enter("true", &[])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !works {
            eprintln!("skipped {test}: no disk can be mounted here (unshare -rm)");
        }
        works.then_some(disk)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A path on the disk of a running program, as this test reaches it.
    pub fn seen_by(&self, pid: u32, inside: &str) -> PathBuf {
        let at = format!("/proc/{pid}/root{}/{inside}", self.path().display());
        PathBuf::from(at)
    }

    /// A command of the program that runs on the disk.
    pub fn command(&self, args: &[&str]) -> Command {
        let program = program::path();
        let program = program
            .to_str()
            .expect("a target directory's path is UTF-8");
        self.enter(program, args)
    }

    fn enter(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        let mount = format!(
            "mount -t tmpfs -o size={} tmpfs \"$0\" && exec \"$@\"",
            self.bytes
        );
        command
            .args(["-rm", "sh", "-c", &mount])
            .arg(self.path())
            .arg(program)
            .args(args)
            .env_remove("VONGLAU_KEY")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null());
        command
    }
}
