//! The archive's entities by month, for a store that is to have their rows: each month is written once.
//!
//! The archive lies in order of code, and a store in order of time. So the entities are first put aside, each into
//! the file of the month in which it began; then month after month is read, of a size that memory bears.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};

use analytics::live::State;
use analytics::live::archive::Key;
use anyhow::Context as _;
use ingest::archive::Archive;
use ingest::event::time::Day;
use ingest::store::StoreError;

/// Entities given at once at most.
const AT_ONCE: usize = 200_000;

/// Entities put aside.
#[derive(Debug)]
pub(crate) struct Refill {
    months: BTreeMap<(i16, i8), BufWriter<File>>,
}

impl Refill {
    /// Puts all entities of an archive aside.
    pub(crate) fn gather(archive: &Archive) -> anyhow::Result<Self> {
        let mut months = BTreeMap::new();
        let mut failed = None;
        archive.scan(None, |key, bytes| {
            let put = put(&mut months, key, bytes);
            failed = put.err();
            failed.is_none()
        })?;
        match failed {
            Some(e) => Err(e),
            None => Ok(Self { months }),
        }
    }

    /// Gives them in order of month.
    pub(crate) fn each(
        self,
        mut give: impl FnMut(Vec<(Key, Vec<u8>)>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let failed = |source| StoreError::Io {
            action: "put the archive's entities aside in",
            path: std::env::temp_dir(),
            source,
        };
        for month in self.months.into_values() {
            let file = month
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error);
            let mut file = file.map_err(failed)?;
            std::io::Seek::rewind(&mut file).map_err(failed)?;
            let mut file = BufReader::new(file);
            let mut some = Vec::new();
            while let Some((key, bytes)) = take(&mut file).map_err(failed)? {
                if let Some(key) = Key::from_bytes(&key) {
                    some.push((key, bytes));
                }
                if some.len() == AT_ONCE {
                    give(std::mem::take(&mut some))?;
                }
            }
            if !some.is_empty() {
                give(some)?;
            }
        }
        Ok(())
    }
}

fn put(
    months: &mut BTreeMap<(i16, i8), BufWriter<File>>,
    key: &[u8],
    bytes: &[u8],
) -> anyhow::Result<()> {
    let known = Key::from_bytes(key).context("the archive has a key of another version")?;
    let date = first_day(&known, bytes)?.date();
    let file = match months.entry((date.year(), date.month())) {
        std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
        std::collections::btree_map::Entry::Vacant(place) => {
            let file = tempfile::tempfile().context("cannot put the archive's entities aside")?;
            place.insert(BufWriter::new(file))
        }
    };
    for part in [key, bytes] {
        file.write_all(&(part.len() as u32).to_le_bytes())?;
        file.write_all(part)?;
    }
    Ok(())
}

fn take(file: &mut impl Read) -> std::io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut word = [0; 4];
    let mut parts = [Vec::new(), Vec::new()];
    for (i, part) in parts.iter_mut().enumerate() {
        match file.read_exact(&mut word) {
            Err(e) if i == 0 && e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        part.resize(u32::from_le_bytes(word) as usize, 0);
        file.read_exact(part)?;
    }
    let [key, bytes] = parts;
    Ok(Some((key, bytes)))
}

/// The day on which an entity began.
fn first_day(key: &Key, bytes: &[u8]) -> anyhow::Result<Day> {
    if let Key::SiteDay(day, _) = key {
        return Ok(*day);
    }
    let mut apart = State::default();
    apart.restore(key, bytes)?;
    let dossiers = apart.dossiers.values();
    let dossiers = dossiers.filter_map(analytics::live::dossier::Dossier::first_day);
    let petitions = apart.petitions.values().filter_map(|p| {
        let first = p.marks.all().first()?;
        Some(first.time.day())
    });
    Ok(dossiers.chain(petitions).next().unwrap_or_default())
}
