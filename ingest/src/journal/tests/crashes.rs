//! The journal on a disk that crashes, against a model that is a list of lines.
//!
//! A seed makes a history: appends, and at any operation on the disk the program is killed, the power
//! fails, a write meets a full disk or a flush fails. After each the journal is opened again. What must
//! hold: the lines are those acknowledged, in order, followed by nothing or by the whole of the one
//! append under way; and what one opening showed no later one may lack. Now and then the begin is given up, up to a
//! position that no later opening asks for.
//!
//! The disk is as cruel as POSIX allows: of what was not flushed, any sector may have reached it and
//! any other not, in any order; a name that was not flushed may be gone; after a flush that failed the
//! written bytes are still read back, and yet a later flush does not save them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result as IoResult};
use std::rc::Rc;

use super::*;

/// Bytes that reach the disk or do not, together.
const SECTOR: usize = 16;

/// A small generator: the histories must be the same on every machine.
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // Steele, Lea, Flood (2014): SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

#[derive(Debug, Default, Clone)]
struct SimFile {
    /// What programs read.
    seen: Vec<u8>,
    /// What survives loss of power.
    durable: Vec<u8>,
    /// Sectors that a flush will make durable.
    dirty: Vec<bool>,
    is_name_durable: bool,
}

impl SimFile {
    fn write(&mut self, at: usize, bytes: &[u8]) {
        let end = at + bytes.len();
        if self.seen.len() < end {
            self.seen.resize(end, 0);
        }
        self.seen[at..end].copy_from_slice(bytes);
        self.dirty.resize(self.seen.len().div_ceil(SECTOR), false);
        self.dirty[at / SECTOR..end.div_ceil(SECTOR)].fill(true);
    }

    fn save(&mut self, sector: usize) {
        let begin = sector * SECTOR;
        let end = (begin + SECTOR).min(self.seen.len());
        if self.durable.len() < end {
            self.durable.resize(end, 0);
        }
        self.durable[begin..end].copy_from_slice(&self.seen[begin..end]);
        self.dirty[sector] = false;
    }

    fn flush(&mut self) {
        for sector in 0..self.dirty.len() {
            if self.dirty[sector] {
                self.save(sector);
            }
        }
        self.durable.resize(self.seen.len(), 0);
    }

    fn lose_power(&mut self, dice: &mut Dice) {
        let cut_seen = dice.roll(2) == 0;
        for sector in 0..self.dirty.len() {
            if self.dirty[sector] && dice.roll(2) == 0 {
                self.save(sector);
            }
        }
        if cut_seen {
            // The new length reached the disk and the bytes did not, or the other way round.
            self.durable.resize(self.seen.len(), 0);
        }
        self.seen.clone_from(&self.durable);
        self.dirty = vec![false; self.seen.len().div_ceil(SECTOR)];
    }
}

/// What goes wrong, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// The program stops in the middle of the operation.
    Stop,
    /// The disk is full: part is written.
    Full,
    /// The flush fails.
    Flush,
}

#[derive(Debug, Default)]
struct Sim {
    files: BTreeMap<PathBuf, SimFile>,
    /// Operations until the fault.
    countdown: Option<(u64, Fault)>,
    is_stopped: bool,
    luck: u64,
}

impl Sim {
    /// Counts an operation; answers the fault that it meets.
    fn operation(&mut self, is_flush: bool) -> IoResult<Option<Fault>> {
        if self.is_stopped {
            return Err(Error::other("stopped"));
        }
        let Some((left, fault)) = &mut self.countdown else {
            return Ok(None);
        };
        if *left > 0 {
            *left -= 1;
            return Ok(None);
        }
        let fault = *fault;
        if (fault == Fault::Flush) != is_flush && fault != Fault::Stop {
            return Ok(None);
        }
        self.countdown = None;
        self.is_stopped = fault == Fault::Stop;
        Ok(Some(fault))
    }

    fn file(&mut self, path: &Path) -> IoResult<&mut SimFile> {
        self.files
            .get_mut(path)
            .ok_or_else(|| Error::from(ErrorKind::NotFound))
    }
}

#[derive(Debug, Clone, Default)]
struct SimFiles(Rc<RefCell<Sim>>);

impl Files for SimFiles {
    type Open = PathBuf;

    fn list(&self, _: &Path) -> IoResult<Vec<(PathBuf, u64)>> {
        let sim = self.0.borrow();
        let files = sim.files.iter();
        Ok(files
            .map(|(path, file)| (path.clone(), file.seen.len() as u64))
            .collect())
    }

    fn read(&self, path: &Path) -> IoResult<Vec<u8>> {
        Ok(self.0.borrow_mut().file(path)?.seen.clone())
    }

    fn create(&self, path: &Path) -> IoResult<PathBuf> {
        let mut sim = self.0.borrow_mut();
        if sim.operation(false)?.is_some() {
            return Err(Error::from(ErrorKind::StorageFull));
        }
        let file = sim.files.entry(path.to_owned()).or_default();
        file.seen.clear();
        file.dirty.clear();
        Ok(path.to_owned())
    }

    fn open(&self, path: &Path) -> IoResult<PathBuf> {
        Ok(path.to_owned())
    }

    fn write(&self, path: &mut PathBuf, at: u64, bytes: &[u8]) -> IoResult<()> {
        let mut sim = self.0.borrow_mut();
        let fault = sim.operation(false)?;
        let written = match fault {
            None => bytes.len(),
            Some(_) => sim.luck as usize % (bytes.len() + 1),
        };
        sim.file(path)?.write(at as usize, &bytes[..written]);
        fault.map_or(Ok(()), |_| Err(Error::from(ErrorKind::StorageFull)))
    }

    fn cut(&self, path: &mut PathBuf, length: u64) -> IoResult<()> {
        let mut sim = self.0.borrow_mut();
        if sim.operation(false)?.is_some() {
            return Err(Error::other("the disk fails"));
        }
        let file = sim.file(path)?;
        file.seen.truncate(length as usize);
        file.dirty.truncate(file.seen.len().div_ceil(SECTOR));
        Ok(())
    }

    fn flush(&self, path: &mut PathBuf) -> IoResult<()> {
        let mut sim = self.0.borrow_mut();
        let (fault, luck) = (sim.operation(true)?, sim.luck);
        let file = sim.file(path)?;
        match fault {
            None => file.flush(),
            Some(Fault::Flush) => {
                // As Linux does: the pages count as clean from now on, saved or not.
                let mut dice = Dice(luck);
                for sector in 0..file.dirty.len() {
                    if file.dirty[sector] && dice.roll(2) == 0 {
                        file.save(sector);
                    }
                    file.dirty[sector] = false;
                }
                return Err(Error::other("input/output error"));
            }
            Some(_) => return Err(Error::other("stopped")),
        }
        Ok(())
    }

    fn flush_folder(&self, _: &Path) -> IoResult<()> {
        let mut sim = self.0.borrow_mut();
        if sim.operation(true)?.is_some() {
            return Err(Error::other("input/output error"));
        }
        for file in sim.files.values_mut() {
            file.is_name_durable = true;
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> IoResult<()> {
        let mut sim = self.0.borrow_mut();
        if sim.operation(false)?.is_some() {
            return Err(Error::other("the disk fails"));
        }
        sim.files.remove(path);
        Ok(())
    }
}

/// How many seeds: some thousands always, as many as wanted in a long run.
fn seeds() -> u64 {
    let wanted = std::env::var("VONGLAU_SEEDS").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(4_000)
}

#[test]
fn nothing_acknowledged_is_lost_in_any_history_of_crashes() {
    let first = std::env::var("VONGLAU_FIRST_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    for seed in first..first + seeds() {
        let history = std::panic::AssertUnwindSafe(|| history(seed));
        if let Err(e) = std::panic::catch_unwind(history) {
            eprintln!("VONGLAU_FIRST_SEED={seed} VONGLAU_SEEDS=1 shows it alone");
            std::panic::resume_unwind(e);
        }
    }
}

fn history(seed: u64) {
    let mut dice = Dice(seed);
    let files = SimFiles::default();
    let dir = Path::new("/journal");
    let segment_bytes = 60 + dice.roll(300);
    let mut acknowledged: Lines = Vec::new();
    let mut serial = 0_u64;
    // What nobody needs any more.
    let mut needed = 0_u64;
    for _ in 0..=dice.roll(6) {
        // A life of the program.
        arm(&files, &mut dice);
        let mut under_way: Lines = Vec::new();
        let open = |needed| open_from_on(files.clone(), dir, segment_bytes, needed);
        if let Ok((first, lines, mut journal, _)) = open(needed) {
            assert_shows(first, &lines, needed, &acknowledged);
            for _ in 0..dice.roll(12) {
                if dice.roll(4) == 0 {
                    needed += dice.roll(acknowledged.len() as u64 - needed + 1);
                    // It may fail half done, and be repeated.
                    let _ = journal.retire(needed, EventTime(i64::MAX));
                    if files.0.borrow().is_stopped {
                        break;
                    }
                }
                let lines: Lines = (0..dice.roll(4))
                    .map(|_| {
                        serial += 1;
                        let tail = "x".repeat(dice.roll(40) as usize);
                        format!("{serial} {tail}").into_bytes()
                    })
                    .collect();
                match journal.append(EventTime(serial as i64), &[block(&lines)]) {
                    Ok(_) => acknowledged.extend(lines),
                    Err(JournalError::Poisoned) => {}
                    Err(_) => {
                        under_way = lines;
                        if files.0.borrow().is_stopped || journal.poisoned {
                            break;
                        }
                        // Refused, and the journal goes on without it.
                        under_way.clear();
                    }
                }
            }
        }
        crash(&files, &mut dice);
        // What the next program finds is what counts from now on.
        let (first, lines, journal, _) =
            open(needed).unwrap_or_else(|e| panic!("does not open: {e}"));
        drop(journal);
        if first as usize + lines.len() > acknowledged.len() {
            acknowledged.extend(under_way);
        }
        assert_shows(first, &lines, needed, &acknowledged);
        if dice.roll(2) == 0 {
            // It was shown once: not even loss of power may take it away.
            lose_power(&files, &mut dice);
            let (first, lines, _, _) = open(needed).unwrap();
            assert_shows(first, &lines, needed, &acknowledged);
        }
    }
}

/// What an opening shows begins no later than asked for, and is all that was acknowledged from there on.
#[track_caller]
fn assert_shows(first: u64, lines: &Lines, needed: u64, acknowledged: &Lines) {
    assert!(first <= needed, "begins at {first}, {needed} is needed");
    assert_eq!(lines[..], acknowledged[first as usize..]);
}

fn arm(files: &SimFiles, dice: &mut Dice) {
    let mut sim = files.0.borrow_mut();
    let fault = [Fault::Stop, Fault::Full, Fault::Flush][dice.roll(3) as usize];
    sim.countdown = (dice.roll(8) > 0).then(|| (dice.roll(30), fault));
    sim.luck = dice.roll(u64::MAX);
    sim.is_stopped = false;
}

/// The program is killed, or the power fails too.
fn crash(files: &SimFiles, dice: &mut Dice) {
    {
        let mut sim = files.0.borrow_mut();
        sim.countdown = None;
        sim.is_stopped = false;
    }
    if dice.roll(2) == 0 {
        lose_power(files, dice);
    }
}

fn lose_power(files: &SimFiles, dice: &mut Dice) {
    let mut sim = files.0.borrow_mut();
    sim.files
        .retain(|_, file| file.is_name_durable || dice.roll(2) == 0);
    for file in sim.files.values_mut() {
        file.lose_power(dice);
        // Whether it was lucky or flushed, the name is on the disk now.
        file.is_name_durable = true;
    }
}
