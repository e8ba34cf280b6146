//! The embedded store's files: those that count, and how one is written, read and left behind.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use serde::{Deserialize, Serialize};

use super::{StoreError, io};
use crate::event::time::Day;

/// The version of the layout; files of another are written again.
const LAYOUT: u32 = 2;
const MANIFEST: &str = "manifest.json";
/// Columns with hardly a value twice: a dictionary would only grow.
const DISTINCT: [&str; 4] = ["dossier", "ticket", "feedback", "id"];

/// A file of rows. It is removed when it has been retired and its last reader has let go.
#[derive(Debug)]
pub(super) struct DataFile {
    pub(super) path: PathBuf,
    bytes: u64,
    is_retired: AtomicBool,
}

impl Drop for DataFile {
    fn drop(&mut self) {
        if self.is_retired.load(Ordering::Relaxed)
            && let Err(e) = std::fs::remove_file(&self.path)
        {
            // The next start removes it.
            tracing::warn!(path = %self.path.display(), error = %e, "a file left behind stays");
        }
    }
}

impl DataFile {
    pub(super) fn retire(&self) {
        self.is_retired.store(true, Ordering::Relaxed);
    }

    /// Writes rows under a new name, durable on return but for its name.
    pub(super) fn write(
        dir: &Path,
        table: &str,
        day: Day,
        generation: u64,
        rows: &RecordBatch,
    ) -> Result<Self, StoreError> {
        let path = dir.join(table).join(format!("{day}.{generation}.parquet"));
        let encode = |e: parquet::errors::ParquetError| StoreError::Encode {
            path: path.clone(),
            detail: e.to_string(),
        };
        let mut properties =
            WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
        for column in DISTINCT {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
        }
        let file = File::create(&path).map_err(io("create", &path))?;
        let mut writer =
            ArrowWriter::try_new(file, rows.schema(), Some(properties.build())).map_err(encode)?;
        writer.write(rows).map_err(encode)?;
        let file = writer.into_inner().map_err(encode)?;
        file.sync_all().map_err(io("flush", &path))?;
        let bytes = file.metadata().map_err(io("read", &path))?.len();
        Ok(Self {
            path,
            bytes,
            is_retired: AtomicBool::new(false),
        })
    }

    /// All rows, with their versions. `columns` are the table's.
    pub(super) fn read(&self, columns: &SchemaRef) -> Result<RecordBatch, StoreError> {
        let damaged = |detail: String| StoreError::Damaged {
            path: self.path.clone(),
            detail,
        };
        let file = File::open(&self.path).map_err(|e| damaged(e.to_string()))?;
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(e.to_string()))?;
        let expected = stored(columns);
        if reader.schema().fields() != expected.fields() {
            return Err(damaged(
                "its columns are those of another version".to_owned(),
            ));
        }
        let batches = reader
            .build()
            .map_err(|e| damaged(e.to_string()))?
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| damaged(e.to_string()))?;
        concat_batches(&expected, &batches).map_err(|e| damaged(e.to_string()))
    }
}

/// A table's columns as they are stored: with the version last.
pub(super) fn stored(columns: &SchemaRef) -> SchemaRef {
    let version = Arc::new(Field::new("version", DataType::UInt64, false));
    let fields = columns.fields().iter().cloned().chain([version]);
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

type Files = BTreeMap<String, BTreeMap<Day, Arc<DataFile>>>;

/// The files that count.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) position: u64,
    pub(super) generation: u64,
    pub(super) files: Files,
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
    day: i32,
    name: String,
    bytes: u64,
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
        let text = match std::fs::read_to_string(dir.join(MANIFEST)) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(|e| e.to_string())?,
        };
        let saved: Saved = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        if saved.layout != LAYOUT {
            return Err(format!("they are of layout {}", saved.layout));
        }
        let mut manifest = Self {
            position: saved.position,
            generation: saved.generation,
            files: Files::new(),
        };
        for file in saved.files {
            let path = dir.join(&file.table).join(&file.name);
            let length = std::fs::metadata(&path).map_or(0, |m| m.len());
            if length != file.bytes {
                return Err(format!("{} is not in its length", path.display()));
            }
            let data = DataFile {
                path,
                bytes: file.bytes,
                is_retired: AtomicBool::new(false),
            };
            let days = manifest.files.entry(file.table).or_default();
            days.insert(Day(file.day), Arc::new(data));
        }
        Ok(manifest)
    }

    /// Removes Parquet files that do not count.
    fn sweep(&self, dir: &Path) -> Result<(), StoreError> {
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
        for table in self.files.keys() {
            flush_folder(&dir.join(table))?;
        }
        let files = self.files.iter().flat_map(|(table, days)| {
            days.iter().map(|(day, file)| SavedFile {
                table: table.clone(),
                day: day.0,
                name: file
                    .path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                bytes: file.bytes,
            })
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

    pub(super) fn file(&self, table: &str, day: Day) -> Option<&Arc<DataFile>> {
        self.files.get(table)?.get(&day)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<DataFile>> {
        self.files.values().flat_map(BTreeMap::values)
    }
}

fn flush_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|d| d.sync_all())
        .map_err(io("flush", path))
}
