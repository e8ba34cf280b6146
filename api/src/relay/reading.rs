//! Events from a file or from standard input, beside those that are posted: whole lines, kept as they come.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ingest::decode::Decoder;
use ingest::intake::Receipt;

use super::writer::{PutError, Writer};

/// Bytes of lines that are kept together.
const TOGETHER: usize = 256 * 1024;
/// The longest line.
const LONGEST_LINE: usize = 1024 * 1024;
/// Before lines are tried again that found no room.
const PAUSE: Duration = Duration::from_secs(2);

/// Starts a thread that reads a file to its end; `-` is standard input. Reading a file again does no harm.
pub fn start(path: PathBuf, writer: Arc<Writer>) {
    let runtime = tokio::runtime::Handle::current();
    // A file is of the past; what comes through a pipe is of now.
    let is_live = !std::fs::metadata(&path).is_ok_and(|meta| meta.is_file());
    let reading = move || {
        let (mut accepted, mut rejected) = (0, 0);
        let read = read(&path, |lines| {
            let Some(receipt) = runtime.block_on(keep(&writer, lines, is_live)) else {
                return false;
            };
            accepted += receipt.accepted;
            rejected += receipt.rejected.len();
            // Codes alone: a line's text may name people.
            for each in &receipt.rejected {
                tracing::warn!(
                    reason = each.code.as_str(),
                    "a line that was read is no event"
                );
            }
            true
        });
        match read {
            Ok(Ended::End) => {
                tracing::info!(accepted, rejected, "read {} to its end", path.display());
            }
            Ok(Ended::Stopped) => tracing::warn!(
                accepted,
                rejected,
                "stopped before the end of {}: it is read again from its begin at the next start with --read",
                path.display()
            ),
            Err(e) => tracing::error!("cannot read {} to its end: {e}", path.display()),
        }
    };
    if let Err(e) = std::thread::Builder::new()
        .name("reading".to_owned())
        .spawn(reading)
    {
        tracing::error!(error = %e, "nothing is read");
    }
}

/// Keeps lines, however long there is no room; `None` where the relay stops.
async fn keep(writer: &Writer, lines: &[u8], is_live: bool) -> Option<Receipt> {
    loop {
        let mut batch = Decoder::for_handing_on().ndjson(lines, None);
        batch.is_live = is_live;
        match writer.put(batch).await {
            Ok(receipt) => return Some(receipt),
            Err(PutError::Stopped) => return None,
            Err(e) => {
                tracing::warn!("reading waits: {e}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Why reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// There is no more.
    End,
    /// The relay stops.
    Stopped,
}

fn read(path: &Path, take: impl FnMut(&[u8]) -> bool) -> std::io::Result<Ended> {
    if path == Path::new("-") {
        return pieces(std::io::stdin(), take);
    }
    pieces(File::open(path)?, take)
}

/// Gives whole lines to `take`: as many as are there, without waiting for more. A line that is too long is no event.
fn pieces(from: impl Read, mut take: impl FnMut(&[u8]) -> bool) -> std::io::Result<Ended> {
    let mut from = BufReader::with_capacity(TOGETHER, from);
    let mut lines: Vec<u8> = Vec::new();
    loop {
        let begin = lines.len();
        let n = (&mut from)
            .take(LONGEST_LINE as u64)
            .read_until(b'\n', &mut lines)?;
        if n == LONGEST_LINE && !lines.ends_with(b"\n") {
            lines.truncate(begin);
            tracing::warn!("a line that was read is too long for an event");
            skip_line(&mut from)?;
        }
        let has_more_lines = memchr::memchr(b'\n', from.buffer()).is_some();
        if lines.len() >= TOGETHER || !has_more_lines {
            if !lines.is_empty() && !take(&lines) {
                return Ok(Ended::Stopped);
            }
            lines.clear();
        }
        if n == 0 {
            return Ok(Ended::End);
        }
    }
}

fn skip_line(from: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = from.fill_buf()?;
        let (used, is_end) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        from.consume(used);
        if is_end {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_and_in_order_and_a_long_one_is_left_out() {
        let long = "x".repeat(3 * LONGEST_LINE);
        let short: Vec<String> = (0..50_000).map(|n| format!("line {n}\n")).collect();
        let text = format!(
            "{}{long}\n{}the last",
            short[..10].concat(),
            short[10..].concat()
        );
        let mut read = Vec::new();
        let ended = pieces(text.as_bytes(), |some| {
            read.extend_from_slice(some);
            true
        });
        assert_eq!(ended.unwrap(), Ended::End);
        let stopped = pieces(text.as_bytes(), |_| false);
        assert_eq!(stopped.unwrap(), Ended::Stopped);
        let expected = format!("{}the last", short.concat());
        assert_eq!(String::from_utf8(read).unwrap(), expected);
    }
}
