//! The built program and its command line.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The program under test: `VONGLAU_BIN`, or `vonglau` in the target directory that this test was
/// built into.
pub fn path() -> PathBuf {
    if let Ok(given) = std::env::var("VONGLAU_BIN") {
        let given = PathBuf::from(given);
        assert!(
            given.is_file(),
            "VONGLAU_BIN names {}, which is no file",
            given.display()
        );
        return given;
    }
    let found = target_dir().join("vonglau");
    assert!(
        found.is_file(),
        "{} is not built: run `cargo build -p vonglau-api` first, or set VONGLAU_BIN",
        found.display()
    );
    found
}

/// The profile's directory (`target/debug`): a test's own file lies in its `deps`.
pub fn target_dir() -> PathBuf {
    let this = std::env::current_exe().expect("a running test has a path");
    let deps = this.parent().expect("a test lies in a directory");
    if deps.ends_with("deps") {
        deps.parent()
            .expect("deps lies in a profile's directory")
            .to_path_buf()
    } else {
        deps.to_path_buf()
    }
}

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("tests/ lies in the workspace")
        .to_path_buf()
}

/// What one run of the program gave.
#[derive(Debug)]
pub struct Run {
    /// The exit code, or -1 if a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// This run, which must have ended with 0.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "expected success, stderr: {}", self.stderr);
        self
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("stdout is not JSON ({e}): {}", head(&self.stdout)))
    }

    /// The last line of standard output as JSON, where `ingest` puts its counts.
    #[track_caller]
    pub fn last_line(&self) -> Value {
        let line = self.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|e| panic!("last line {line:?} is not JSON: {e}"))
    }
}

/// The first characters of a text, for messages.
pub fn head(text: &str) -> String {
    text.chars().take(600).collect()
}

/// A command of the program that asks no terminal and inherits no configuration.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(path());
    command
        .args(args)
        .env_remove("VONGLAU_KEY")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub fn run(args: &[&str]) -> Run {
    Run::of(command(args).output().expect("the program starts"))
}

/// Runs the program to its end with `input` on standard input.
pub fn run_with_input(args: &[&str], input: &[u8]) -> Run {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_vec();
    // A program that stops reading early closes the pipe; what it says about that is the test's.
    let writer = std::thread::spawn(move || stdin.write_all(&input).ok());
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    Run::of(output)
}

/// `report KIND --data DIR --from --to [--by] --format json`, which must succeed.
#[track_caller]
pub fn report(kind: &str, data: &Path, from: &str, to: &str, by: Option<&str>) -> Value {
    let data = data.to_str().expect("test paths are UTF-8");
    let mut args = vec!["report", kind, "--data", data, "--from", from, "--to", to];
    if let Some(by) = by {
        args.extend(["--by", by]);
    }
    args.extend(["--format", "json"]);
    run(&args).done().json()
}

/// `ingest FILE --data DIR --clock events`, which must succeed; its counts.
#[track_caller]
pub fn ingest(file: &Path, data: &Path) -> Value {
    let file = file.to_str().expect("test paths are UTF-8");
    let data = data.to_str().expect("test paths are UTF-8");
    run(&["ingest", file, "--data", data, "--clock", "events"])
        .done()
        .last_line()
}
