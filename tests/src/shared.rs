//! The real data beside the project, which not every machine has.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// The directory of real data: `VONGLAU_SHARED`, or `../shared` beside the workspace.
fn root() -> PathBuf {
    match std::env::var("VONGLAU_SHARED") {
        Ok(given) => PathBuf::from(given),
        Err(_) => crate::program::workspace().join("../shared"),
    }
}

/// A file of the real data. Where it is absent: one line that names the skipped test, and `None`;
/// with `CI=true` that is an error.
pub fn file(test: &str, relative: &str) -> Option<PathBuf> {
    let path = root().join(relative);
    if path.is_file() {
        return Some(path);
    }
    missing(
        test,
        &format!("{} is not there (set VONGLAU_SHARED)", path.display()),
    );
    None
}

/// Says that `test` is skipped because of `why`; panics with `CI=true`.
pub fn missing(test: &str, why: &str) {
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "{test} cannot run: {why}"
    );
    eprintln!("skipped {test}: {why}");
}

/// The text of a gzip file.
pub fn gunzip(path: &Path) -> String {
    let file = File::open(path).expect("the file was found");
    let mut text = String::new();
    MultiGzDecoder::new(BufReader::new(file))
        .read_to_string(&mut text)
        .expect("gzip of UTF-8");
    text
}

/// The rows of a CSV text as maps from the header's names.
pub fn rows(csv_text: &str) -> Vec<std::collections::HashMap<String, String>> {
    csv::Reader::from_reader(csv_text.as_bytes())
        .deserialize()
        .map(|row| row.expect("well-formed CSV"))
        .collect()
}
