//! Driving Debian's Chromium through Playwright, by a script of Node's.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::{program, shared};

/// Where Debian puts Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";

/// The folder of the scripts and of their packages.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

/// Runs `tests/browser/{script}` with arguments. Where Node, Chromium or the packages are missing:
/// one line that names the skipped test, and `None`; with `CI=true` that is an error.
pub fn run(test: &str, script: &str, args: &[&str]) -> Option<Output> {
    if !Path::new(CHROMIUM).exists() {
        shared::missing(
            test,
            &format!("{CHROMIUM} is not there (install Debian's chromium)"),
        );
        return None;
    }
    if !scripts().join("node_modules/playwright-core").is_dir() {
        shared::missing(
            test,
            "playwright-core is not there (run `npm ci` in tests/browser)",
        );
        return None;
    }
    let started = Command::new("node")
        .arg(scripts().join(script))
        .args(args)
        .env("CHROMIUM", CHROMIUM)
        .stdin(Stdio::null())
        .output();
    match started {
        Ok(output) => Some(output),
        Err(error) => {
            shared::missing(test, &format!("node cannot be started: {error}"));
            None
        }
    }
}

/// Where screenshots go: `target/screenshots`.
pub fn screenshots() -> PathBuf {
    let target = program::target_dir();
    let root = target
        .parent()
        .expect("a profile's directory lies in the target directory");
    let dir = root.join("screenshots");
    std::fs::create_dir_all(&dir).expect("the target directory is writable");
    dir
}
