//! The embedded store: taking batches, joining months, answering.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use datafusion::execution::runtime_env::RuntimeEnv;
use parking_lot::Mutex;
use rayon::prelude::*;

use super::file::{DataFile, Writing, stored};
use super::manifest::{Manifest, SPILL};
use super::merge::{Merge, Run};
use super::query::{self, Question};
use super::span::Span;
use super::{Batch, Changes, LazyBatch, Rows, StoreError, Table, io};
use crate::event::time::Day;

/// Days after the end of a month until its files are joined: most of what comes late has come.
const REST_DAYS: i32 = 40;

/// The facts of a data directory.
#[derive(Debug)]
pub struct FactStore {
    dir: PathBuf,
    manifest: Mutex<Arc<Manifest>>,
    /// One batch at a time.
    taking: Mutex<()>,
    /// One month at a time.
    joining: Mutex<()>,
    /// The last number of a change; no file's name comes twice.
    generation: AtomicU64,
    /// What queries share: memory, and what they remember of files.
    runtime: Arc<RuntimeEnv>,
}

/// A file to be written in the place of others.
struct Job<'a> {
    table: &'a Table,
    span: Span,
    old: Vec<Arc<DataFile>>,
    /// They go with the job: a day that is written makes room for the next.
    new: Vec<Rows>,
}

/// What a table's files of a span became.
struct Changed {
    table: &'static str,
    old: Vec<Arc<DataFile>>,
    new: Option<DataFile>,
}

/// The files that a table's changes are written to, each with what is written there.
fn jobs<'a>(table: &'a Table, days: BTreeMap<Day, Rows>, before: &Manifest) -> Vec<Job<'a>> {
    let mut jobs: BTreeMap<Day, Job<'_>> = BTreeMap::new();
    for (day, rows) in days {
        let old = before.file(table.name, day);
        let span = old.map_or(Span::day(day), |file| file.span);
        let job = jobs.entry(span.first).or_insert_with(|| Job {
            table,
            span,
            old: old.cloned().into_iter().collect(),
            new: Vec::new(),
        });
        job.new.push(rows);
    }
    jobs.into_values().collect()
}

impl FactStore {
    /// Opens the folder `facts` of a data directory. What is not as the manifest says is removed, to be
    /// written again.
    pub fn open(dir: PathBuf) -> Result<Self, StoreError> {
        Self::open_with(dir, query::QUERY_BYTES)
    }

    /// As [`FactStore::open`], with so many bytes of memory for all queries together.
    pub fn open_with(dir: PathBuf, query_bytes: usize) -> Result<Self, StoreError> {
        // Queries name files from the root of the file system.
        let dir = std::path::absolute(&dir).map_err(io("find", &dir))?;
        let manifest = Manifest::open(&dir)?;
        Ok(Self {
            generation: AtomicU64::new(manifest.generation),
            runtime: query::runtime(query_bytes, dir.join(SPILL))?,
            manifest: Mutex::new(Arc::new(manifest)),
            taking: Mutex::new(()),
            joining: Mutex::new(()),
            dir,
        })
    }

    pub(super) fn snapshot(&self) -> Arc<Manifest> {
        Arc::clone(&self.manifest.lock())
    }

    /// Journal position up to which the facts are complete.
    pub fn position(&self) -> u64 {
        self.snapshot().position
    }

    /// Takes a batch, all or nothing. A file that cannot be merged with is [`StoreError::Damaged`].
    pub fn take(&self, batch: &Batch) -> Result<(), StoreError> {
        self.take_lazy(LazyBatch {
            position: batch.position,
            is_last: batch.is_last,
            tables: batch.tables.len(),
            changes: &|at| Ok(batch.tables[at].clone()),
        })
    }

    /// As [`FactStore::take`].
    pub fn take_lazy(&self, batch: LazyBatch<'_>) -> Result<(), StoreError> {
        let _one = self.taking.lock();
        let before = self.snapshot();
        if batch.position <= before.position {
            return Ok(());
        }
        let generation = self.next_generation();
        let changed = (0..batch.tables)
            .into_par_iter()
            .map(|at| {
                let Changes { table, days } = (batch.changes)(at)?;
                jobs(&table, days, &before)
                    .into_par_iter()
                    .map(|job| self.write(job, generation, batch.position))
                    .collect::<Result<Vec<_>, StoreError>>()
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let position = if batch.is_last {
            batch.position
        } else {
            before.position
        };
        let changed = changed.into_iter().flatten().collect();
        self.publish(&before, generation, position, changed)
    }

    /// Joins the files of days of each calendar month that ended over 40 days before `today` into one a table;
    /// answers how many were joined. Batches are taken meanwhile. Where there is nothing to join it costs
    /// nothing.
    pub fn compact(&self, tables: &[Table], today: Day) -> Result<usize, StoreError> {
        let _one = self.joining.lock();
        let mut joined = 0;
        for table in tables {
            for (month, old) in months_to_join(&self.snapshot(), table.name, today) {
                joined += usize::from(self.join(table, month, old)?);
            }
        }
        Ok(joined)
    }

    /// Joins the files of a month; false where a batch changed one of them meanwhile, for another time.
    fn join(
        &self,
        table: &Table,
        month: Span,
        old: Vec<Arc<DataFile>>,
    ) -> Result<bool, StoreError> {
        let job = Job {
            table,
            span: month,
            old,
            new: Vec::new(),
        };
        let changed = self.write(job, self.next_generation(), 0)?;
        let _one = self.taking.lock();
        let before = self.snapshot();
        let now = before
            .files(table.name)
            .filter(|file| month.has(file.span.first));
        if !now.map(Arc::as_ptr).eq(changed.old.iter().map(Arc::as_ptr)) {
            return Ok(false);
        }
        let generation = self.next_generation();
        self.publish(&before, generation, before.position, vec![changed])?;
        Ok(true)
    }

    fn next_generation(&self) -> u64 {
        self.generation.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn write(&self, job: Job<'_>, generation: u64, version: u64) -> Result<Changed, StoreError> {
        let folder = self.dir.join(job.table.name);
        let failed = |e: ArrowError| StoreError::Encode {
            path: folder.clone(),
            detail: e.to_string(),
        };
        std::fs::create_dir_all(&folder).map_err(io("create", &folder))?;
        let mut merge = Merge::of(job.table).map_err(failed)?;
        let mut runs = Vec::with_capacity(job.old.len() + job.new.len());
        for rows in &job.new {
            let run = merge.add(rows, version, !job.old.is_empty());
            runs.push(run.map_err(failed)?);
        }
        for file in &job.old {
            runs.push(Run::File(file.read(&job.table.schema)?));
        }
        let schema = stored(&job.table.schema);
        let mut writing = Writing::create(&folder, job.span, generation, &schema)?;
        merge.write(runs, &mut writing)?;
        Ok(Changed {
            table: job.table.name,
            old: job.old,
            new: writing.finish()?,
        })
    }

    /// Makes the changed files count, and the old ones go when their last reader has ended.
    fn publish(
        &self,
        before: &Manifest,
        generation: u64,
        position: u64,
        changed: Vec<Changed>,
    ) -> Result<(), StoreError> {
        let mut after = before.clone();
        (after.position, after.generation) = (position, generation);
        let mut replaced = Vec::new();
        for Changed { table, old, new } in changed {
            let files = after.tables.entry(table.to_owned()).or_default();
            for file in &old {
                files.remove(&file.span.first);
            }
            if let Some(file) = new {
                // From here on a crash may find it named.
                file.keep();
                files.insert(file.span.first, Arc::new(file));
            }
            replaced.extend(old);
        }
        self.replace(after, &replaced)
    }

    fn replace<'a>(
        &self,
        after: Manifest,
        replaced: impl IntoIterator<Item = &'a Arc<DataFile>>,
    ) -> Result<(), StoreError> {
        after.save(&self.dir)?;
        for file in replaced {
            file.retire();
        }
        *self.manifest.lock() = Arc::new(after);
        Ok(())
    }

    /// Removes the files whose days all lie before one; answers how many.
    pub fn forget_before(&self, day: Day) -> Result<usize, StoreError> {
        let _one = self.taking.lock();
        let before = self.snapshot();
        let over: Vec<_> = before.all().filter(|file| file.span.last < day).collect();
        if over.is_empty() {
            return Ok(0);
        }
        let mut after = Manifest::clone(&before);
        after.generation = self.next_generation();
        for files in after.tables.values_mut() {
            files.retain(|_, file| file.span.last >= day);
        }
        self.replace(after, over.iter().copied())?;
        Ok(over.len())
    }

    /// Removes all facts, to be written again.
    pub fn clear(&self) -> Result<(), StoreError> {
        let _one = self.taking.lock();
        let after = Manifest {
            generation: self.next_generation(),
            ..Manifest::default()
        };
        self.replace(after, self.snapshot().all())
    }

    /// The first file that cannot be read to its end, if there is one. It reads all of them.
    pub fn damaged(&self, tables: &[Table]) -> Option<StoreError> {
        let snapshot = self.snapshot();
        tables.iter().find_map(|table| {
            snapshot.files(table.name).find_map(|file| {
                let mut rows = match file.read(&table.schema) {
                    Ok(rows) => rows,
                    Err(e) => return Some(e),
                };
                rows.find_map(Result::err)
            })
        })
    }

    /// Answers a read-only query; see [`Question`].
    pub async fn query(&self, question: Question<'_>) -> Result<Vec<RecordBatch>, StoreError> {
        query::answer(&self.runtime, &self.snapshot(), question).await
    }
}

/// The months of a table that have files of days and ended long enough ago, each with its files.
fn months_to_join(manifest: &Manifest, table: &str, today: Day) -> Vec<(Span, Vec<Arc<DataFile>>)> {
    let mut months: BTreeMap<Day, (Span, Vec<Arc<DataFile>>)> = BTreeMap::new();
    for file in manifest.files(table) {
        let month = Span::month(file.span.first);
        if month.last.0 + REST_DAYS >= today.0 {
            break;
        }
        let (_, files) = months.entry(month.first).or_insert((month, Vec::new()));
        files.push(Arc::clone(file));
    }
    months
        .into_values()
        .filter(|(month, files)| files.iter().any(|file| file.span != *month))
        .collect()
}
