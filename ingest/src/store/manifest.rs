//! The files that count, and up to where they are complete.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::file::{DataFile, Range};
use super::span::Span;
use super::{StoreError, io};
use crate::event::time::Day;

/// The version of the layout; files of another are written again.
const LAYOUT: u32 = 4;
const MANIFEST: &str = "manifest.json";
/// Where queries that need more memory than there is put a part aside.
pub(super) const SPILL: &str = "spill";

/// The files of a table by the first day that each covers; none covers a day of another.
pub(super) type Files = BTreeMap<Day, Arc<DataFile>>;

/// The files that count.
#[derive(Debug, Clone, Default)]
pub(super) struct Manifest {
    pub(super) position: u64,
    pub(super) generation: u64,
    pub(super) tables: BTreeMap<String, Files>,
}

/// The manifest on the disk.
#[derive(Serialize, Deserialize)]
struct Saved {
    layout: u32,
    position: u64,
    generation: u64,
    files: Vec<SavedFile>,
}

#[derive(Serialize, Deserialize)]
struct SavedFile {
    table: String,
    first: i32,
    last: i32,
    name: String,
    bytes: u64,
    rows: u64,
    ranges: Vec<Range>,
}

impl SavedFile {
    fn of(table: &str, file: &DataFile) -> Self {
        let name = file.path.file_name().unwrap_or_default();
        Self {
            table: table.to_owned(),
            first: file.span.first.0,
            last: file.span.last.0,
            name: name.to_string_lossy().into_owned(),
            bytes: file.bytes,
            rows: file.rows,
            ranges: file.ranges.clone(),
        }
    }
}

impl Manifest {
    /// Reads the manifest and removes what it does not name. Where it cannot be read, or a file is not there
    /// in its length, nothing counts and all is removed.
    pub(super) fn open(dir: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(io("create", dir))?;
        let manifest = match Self::load(dir) {
            Ok(manifest) => manifest,
            Err(detail) => {
                tracing::warn!(detail, "the facts are written again from the journal");
                Self::default()
            }
        };
        manifest.sweep(dir)?;
        Ok(manifest)
    }

    /// Reads the manifest and changes nothing.
    pub(super) fn load(dir: &Path) -> Result<Self, String> {
        /// What every layout has.
        #[derive(Deserialize)]
        struct Layout {
            layout: u32,
        }
        let text = match std::fs::read_to_string(dir.join(MANIFEST)) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(|e| e.to_string())?,
        };
        let Layout { layout } = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        if layout != LAYOUT {
            return Err(format!("they are of layout {layout}"));
        }
        let saved: Saved = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let mut manifest = Self {
            position: saved.position,
            generation: saved.generation,
            tables: BTreeMap::new(),
        };
        for file in saved.files {
            let path = dir.join(&file.table).join(&file.name);
            let length = std::fs::metadata(&path).map_or(0, |m| m.len());
            if length != file.bytes {
                return Err(format!("{} is not in its length", path.display()));
            }
            let span = Span {
                first: Day(file.first),
                last: Day(file.last),
            };
            let data = DataFile::named(path, span, file.bytes, file.rows, file.ranges);
            let files = manifest.tables.entry(file.table).or_default();
            files.insert(span.first, Arc::new(data));
        }
        Ok(manifest)
    }

    /// Removes Parquet files that do not count, and what queries left.
    fn sweep(&self, dir: &Path) -> Result<(), StoreError> {
        let spilled = dir.join(SPILL);
        if spilled.exists() {
            std::fs::remove_dir_all(&spilled).map_err(io("remove", &spilled))?;
        }
        let counted: HashSet<&Path> = self.all().map(|file| file.path.as_path()).collect();
        for folder in std::fs::read_dir(dir).map_err(io("read", dir))? {
            let folder = folder.map_err(io("read", dir))?.path();
            if !folder.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(&folder).map_err(io("read", &folder))? {
                let path = file.map_err(io("read", &folder))?.path();
                let is_ours = path.extension().is_some_and(|e| e == "parquet");
                if is_ours && !counted.contains(path.as_path()) {
                    std::fs::remove_file(&path).map_err(io("remove", &path))?;
                }
            }
        }
        Ok(())
    }

    /// Makes this the manifest that counts, durable on return with the names of its files.
    pub(super) fn save(&self, dir: &Path) -> Result<(), StoreError> {
        for table in self.tables.keys() {
            flush_folder(&dir.join(table))?;
        }
        let files = self.tables.iter().flat_map(|(table, files)| {
            let files = files.values();
            files.map(|file| SavedFile::of(table, file))
        });
        let saved = Saved {
            layout: LAYOUT,
            position: self.position,
            generation: self.generation,
            files: files.collect(),
        };
        let (path, temporary) = (dir.join(MANIFEST), dir.join("manifest.new"));
        let text = serde_json::to_vec(&saved).map_err(|e| StoreError::Encode {
            path: path.clone(),
            detail: e.to_string(),
        })?;
        std::fs::write(&temporary, text).map_err(io("write", &temporary))?;
        File::open(&temporary)
            .and_then(|f| f.sync_all())
            .map_err(io("flush", &temporary))?;
        std::fs::rename(&temporary, &path).map_err(io("replace", &path))?;
        flush_folder(dir)
    }

    /// The file that covers a day.
    pub(super) fn file(&self, table: &str, day: Day) -> Option<&Arc<DataFile>> {
        let (_, file) = self.tables.get(table)?.range(..=day).next_back()?;
        file.span.has(day).then_some(file)
    }

    /// The files of a table in the order of their days.
    pub(super) fn files(&self, table: &str) -> impl Iterator<Item = &Arc<DataFile>> {
        self.tables.get(table).into_iter().flat_map(Files::values)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<DataFile>> {
        self.tables.values().flat_map(Files::values)
    }
}

fn flush_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|d| d.sync_all())
        .map_err(io("flush", path))
}
