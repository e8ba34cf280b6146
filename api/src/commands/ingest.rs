//! `vonglau ingest`: events from a file into a server, or into a data directory that no server holds.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use ::ingest::datadir::{Clock, DataDir, DataDirError};
use ::ingest::decode::{Batch, Rejection};
use ::ingest::event::EventTime;
use ::ingest::intake::{Accepted, IntakeError, Receipt, Writer};
use ::ingest::room::Limits;
use anyhow::Context as _;
use serde_json::{Value, json};

use super::{
    ClockArg, PATIENCE, RoomArgs, UsageError, answer_text, client, keep_pages_small, print,
};
use crate::core::Core;
use crate::http::events::IMPORT;

/// Bytes of lines in one piece of work, and in one request to a server, which answers when all of it is durable.
const PIECE_BYTES: usize = 512 * 1024;
const REQUEST_BYTES: usize = 4 * 1024 * 1024;
/// What a line takes at the least, about.
const LINE_BYTES: u64 = 256;
/// Bytes that are read ahead to see what a file is; a piece is longer, and goes where it belongs without a copy.
const AHEAD_BYTES: usize = 64 * 1024;
/// Requests that are under way to a server at once.
const REQUESTS_UNDER_WAY: usize = 2;
/// Pieces that may wait for a decoder, and as many for the disk.
const PIECES_UNDER_WAY: usize = 8;
/// Groups that may wait to be folded.
const GROUPS_UNDER_WAY: usize = 4;
/// How often a server that is too busy is asked again.
const RETRIES: u32 = 60;

/// Arguments of `vonglau ingest`.
#[derive(Debug, clap::Args)]
pub struct IngestArgs {
    /// NDJSON, plain or gzip; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The server to send to
    #[arg(
        long,
        value_name = "URL",
        required_unless_present = "data",
        conflicts_with = "data"
    )]
    url: Option<String>,
    /// The data directory to take into; created where it is new
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What event times are held against; `events` marks the directory as simulated
    #[arg(long, value_enum, default_value = "wall")]
    clock: ClockArg,
    /// Write rejected lines with their reasons to this file, as NDJSON
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    room: RoomArgs,
}

/// The sums that the command prints.
#[derive(Debug, Default)]
struct Sums {
    accepted: u64,
    duplicate: u64,
    conflicting: u64,
    rejected: u64,
    dropped_fields: u64,
}

impl Sums {
    fn json(&self) -> Value {
        json!({
            "accepted": self.accepted, "duplicate": self.duplicate, "conflicting": self.conflicting,
            "rejected": self.rejected, "dropped_fields": self.dropped_fields,
        })
    }

    /// Adds a server's receipt for a piece.
    fn take(
        &mut self,
        piece: &Piece,
        receipt: &Value,
        rejects: &mut Rejects,
    ) -> anyhow::Result<()> {
        let count = |name: &str| receipt[name].as_u64().unwrap_or(0);
        self.accepted += count("accepted");
        self.duplicate += count("duplicate");
        self.conflicting += count("conflicting");
        self.dropped_fields += count("dropped_fields");
        for rejection in receipt["rejected"].as_array().into_iter().flatten() {
            self.rejected += 1;
            let line = piece.first_line - 1 + rejection["line"].as_u64().unwrap_or(0);
            let part = |name: &str| rejection[name].as_str().unwrap_or_default().to_owned();
            rejects.write(line, &part("code"), &part("message"), &piece.line(line))?;
        }
        Ok(())
    }
}

/// Rejected lines of a piece, with their text.
struct Rejects {
    out: Option<BufWriter<File>>,
}

impl Rejects {
    fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let create =
            |p: &Path| File::create(p).with_context(|| format!("cannot create {}", p.display()));
        Ok(Self {
            out: path.map(create).transpose()?.map(BufWriter::new),
        })
    }

    fn write(&mut self, line: u64, code: &str, message: &str, text: &str) -> anyhow::Result<()> {
        if let Some(out) = &mut self.out {
            writeln!(
                out,
                "{}",
                json!({"line": line, "code": code, "message": message, "text": text})
            )?;
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<()> {
        Ok(self.out.as_mut().map_or(Ok(()), Write::flush)?)
    }
}

/// Runs the command.
pub fn run(args: IngestArgs) -> anyhow::Result<()> {
    let mut rejects = Rejects::open(args.rejects.as_deref())?;
    let mut pieces = Pieces::open(&args.file)?;
    let target = match (&args.url, &args.data) {
        (Some(url), _) => Target::Server(url.trim_end_matches('/').to_owned()),
        (None, Some(path)) => match DataDir::open(path, args.clock.into(), PATIENCE) {
            Ok(dir) => Target::Here(dir),
            Err(DataDirError::Served { url, .. }) => {
                if args.clock == ClockArg::Events {
                    let why = "--clock events cannot be chosen for a directory that a server holds";
                    return Err(UsageError(why.to_owned()).into());
                }
                Target::Server(url)
            }
            Err(e) => return Err(e.into()),
        },
        (None, None) => return Err(UsageError("give --url or --data".to_owned()).into()),
    };
    let sums = match target {
        Target::Server(url) => to_server(&url, &mut pieces, &mut rejects)?,
        Target::Here(dir) => to_directory(&dir, args.room.into(), &mut pieces, &mut rejects)?,
    };
    rejects.finish()?;
    print(&sums.json().to_string())?;
    // What was whole is taken; the damage is told after.
    pieces.problem.map_or(Ok(()), |e| {
        Err(e).with_context(|| format!("cannot read {} to its end", args.file.display()))
    })
}

enum Target {
    Server(String),
    Here(DataDir),
}

/// A file in pieces of whole lines.
struct Pieces {
    input: BufReader<Box<dyn Read>>,
    /// Length of the file; 0 where it is none.
    file_bytes: u64,
    next_line: u64,
    piece_bytes: usize,
    /// The beginning of a line that the next piece ends.
    rest: Vec<u8>,
    problem: Option<std::io::Error>,
}

/// Some lines, and the number of the first.
struct Piece {
    first_line: u64,
    text: Vec<u8>,
}

impl Pieces {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let (input, file_bytes): (Box<dyn Read>, u64) = if path == Path::new("-") {
            (Box::new(std::io::stdin()), 0)
        } else {
            let file = File::open(path)
                .with_context(|| format!("cannot open {}: name an NDJSON file", path.display()))?;
            let bytes = file.metadata().map_or(0, |about| about.len());
            (Box::new(file), bytes)
        };
        let mut plain = BufReader::with_capacity(AHEAD_BYTES, input);
        let gzip = plain
            .fill_buf()
            .context("cannot read the events")?
            .starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn Read> = if gzip {
            Box::new(flate2::bufread::MultiGzDecoder::new(plain))
        } else {
            Box::new(plain)
        };
        Ok(Self {
            input: BufReader::with_capacity(AHEAD_BYTES, input),
            file_bytes,
            next_line: 1,
            piece_bytes: PIECE_BYTES,
            rest: Vec::new(),
            problem: None,
        })
    }

    /// The next piece; `None` at the end, or where the input cannot be read further.
    fn next(&mut self) -> Option<Piece> {
        let mut text = Vec::with_capacity(self.piece_bytes + 4096);
        text.append(&mut self.rest);
        let mut have = text.len();
        text.resize(self.piece_bytes.max(have), 0);
        while have < self.piece_bytes && self.problem.is_none() {
            match self.input.read(&mut text[have..]) {
                Ok(0) => break,
                Ok(n) => have += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => self.problem = Some(e),
            }
        }
        text.truncate(have);
        // Up to the last line end; a longer line is read on, and at the end of the input the last may do without.
        if self.problem.is_none() && !text.ends_with(b"\n") && text.len() >= self.piece_bytes {
            match memchr::memrchr(b'\n', &text) {
                Some(end) => self.rest = text.split_off(end + 1),
                None => {
                    if let Err(e) = self.input.read_until(b'\n', &mut text) {
                        self.problem = Some(e);
                    }
                }
            }
        }
        if self.problem.is_some() {
            // Part of a line is not a line.
            let end = memchr::memrchr(b'\n', &text).map_or(0, |end| end + 1);
            text.truncate(end);
        }
        let first_line = self.next_line;
        self.next_line += memchr::memchr_iter(b'\n', &text).count() as u64;
        (!text.is_empty()).then_some(Piece { first_line, text })
    }
}

impl Piece {
    /// The text of a line by its number in the file.
    fn line(&self, number: u64) -> String {
        let i = usize::try_from(number.saturating_sub(self.first_line)).unwrap_or(usize::MAX);
        let line = self.text.split(|b| *b == b'\n').nth(i).unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    }
}

/// Sends pieces to a server, some at a time: while one is made durable, the next is on its way.
fn to_server(url: &str, pieces: &mut Pieces, rejects: &mut Rejects) -> anyhow::Result<Sums> {
    let client = client()?;
    let mut sums = Sums::default();
    pieces.piece_bytes = REQUEST_BYTES;
    std::thread::scope(|scope| {
        let (mut under_way, mut is_over) = (VecDeque::new(), false);
        loop {
            while under_way.len() < REQUESTS_UNDER_WAY && !is_over {
                let Some(piece) = pieces.next() else {
                    is_over = true;
                    break;
                };
                let client = &client;
                under_way.push_back(scope.spawn(move || {
                    let receipt = receipt_of(client, url, &piece);
                    (piece, receipt)
                }));
            }
            let Some(sending) = under_way.pop_front() else {
                return Ok(sums);
            };
            let sent = sending.join();
            let (piece, receipt) = sent.map_err(|_| anyhow::anyhow!("sending stopped"))?;
            sums.take(&piece, &receipt?, rejects)?;
        }
    })
}

/// Sends a piece, again while the server is too busy: sending twice does no harm. Answers the receipt.
fn receipt_of(
    client: &reqwest::blocking::Client,
    url: &str,
    piece: &Piece,
) -> anyhow::Result<Value> {
    let mut tries = 0;
    loop {
        let response = client
            .post(format!("{url}/api/v1/events"))
            .header("content-type", "application/x-ndjson")
            .header(IMPORT, "1")
            .body(piece.text.clone())
            .send()
            .with_context(|| format!("cannot reach {url}; is the server running?"))?;
        let status = response.status().as_u16();
        if !matches!(status, 429 | 503) || tries == RETRIES {
            let text = answer_text(response)?;
            return serde_json::from_str(&text).context("the server's answer is not a receipt");
        }
        let after = response.headers().get("retry-after");
        let after = after
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.parse().ok());
        if tries == 0 {
            let why = answer_text(response).err();
            tracing::warn!(
                "waiting: {}",
                why.map_or_else(String::new, |e| e.to_string())
            );
        }
        std::thread::sleep(Duration::from_secs(after.unwrap_or(1)));
        tries += 1;
    }
}

/// Takes pieces into a data directory. Pieces are read, decoded, made durable and folded each on a thread of
/// its own, in the order of the file.
fn to_directory(
    dir: &DataDir,
    limits: Limits,
    pieces: &mut Pieces,
    rejects: &mut Rejects,
) -> anyhow::Result<Sums> {
    let begin = std::time::Instant::now();
    keep_pages_small();
    let (core, mut intake, decoder) = Core::open(dir)?;
    intake.limit(dir, limits);
    intake.expect_many(usize::try_from(pieces.file_bytes / LINE_BYTES).unwrap_or(0));
    let phase =
        |name: &str| tracing::debug!(name, seconds = begin.elapsed().as_secs_f64(), "ingest");
    phase("opened");
    let (fold, to_fold) = mpsc::sync_channel::<Vec<Accepted>>(GROUPS_UNDER_WAY);
    let sums = std::thread::scope(|scope| -> anyhow::Result<Sums> {
        let folding = scope.spawn(|| {
            core.relieved(|relief| {
                for accepted in to_fold {
                    core.apply_unseen(&accepted);
                    relief.folded(accepted.iter().map(|run| run.events.len() as u64).sum());
                }
            });
        });
        let sink = move |_: &[Receipt], accepted: Vec<_>| drop(fold.send(accepted));
        let writer = Writer::start(intake, sink).context("cannot start the intake")?;
        let now = (dir.clock() == Clock::Wall).then(EventTime::now);
        let mut road = Road {
            writer,
            decoding: VecDeque::new(),
            written: VecDeque::new(),
            sums: Sums::default(),
            rejects,
        };
        while let Some(piece) = pieces.next() {
            let (tell, told) = mpsc::sync_channel(1);
            let decoder = Arc::clone(&decoder);
            rayon::spawn(move || {
                let batch = decoder.text(&piece.text, piece.first_line, now);
                drop(tell.send((piece, batch)));
            });
            road.decoding.push_back(told);
            road.go_on(PIECES_UNDER_WAY)?;
        }
        phase("read");
        road.go_on(0)?;
        phase("written");
        let Road { writer, sums, .. } = road;
        // Ends the intake, and with it the folding; the index is brought up beside the facts.
        let ending = scope.spawn(move || drop(writer));
        folding
            .join()
            .map_err(|_| anyhow::anyhow!("folding stopped"))?;
        phase("folded");
        core.flush_facts()?;
        phase("facts written");
        core.settle_if_long()?;
        phase("settled");
        ending
            .join()
            .map_err(|_| anyhow::anyhow!("the intake stopped"))?;
        phase("index flushed");
        Ok(sums)
    })?;
    // The program is at its end, and everything is on the disk: giving millions of small things back one by one would
    // only be waited for.
    std::mem::forget(core);
    Ok(sums)
}

/// Pieces between reading and their receipts, in order.
struct Road<'a> {
    writer: Writer,
    decoding: VecDeque<mpsc::Receiver<(Piece, Batch)>>,
    written: VecDeque<mpsc::Receiver<Result<Receipt, IntakeError>>>,
    sums: Sums,
    rejects: &'a mut Rejects,
}

impl Road<'_> {
    /// Moves pieces on until at most so many are in each part of the road.
    fn go_on(&mut self, under_way: usize) -> anyhow::Result<()> {
        while self.decoding.len() > under_way {
            let Some(decoding) = self.decoding.pop_front() else {
                break;
            };
            let (piece, mut batch) = decoding.recv().context("decoding stopped")?;
            for Rejection {
                line,
                code,
                message,
            } in std::mem::take(&mut batch.rejected)
            {
                self.sums.rejected += 1;
                self.rejects
                    .write(line, code.as_str(), &message, &piece.line(line))?;
            }
            let (tell, told) = mpsc::sync_channel(1);
            self.writer
                .submit_waiting(batch, Box::new(move |result| drop(tell.send(result))));
            self.written.push_back(told);
        }
        while self.written.len() > under_way {
            let Some(written) = self.written.pop_front() else {
                break;
            };
            let receipt = written.recv().context("the intake stopped")??;
            self.sums.accepted += receipt.accepted;
            self.sums.duplicate += receipt.duplicate;
            self.sums.conflicting += receipt.conflicting;
            self.sums.dropped_fields += receipt.dropped_fields;
        }
        Ok(())
    }
}
