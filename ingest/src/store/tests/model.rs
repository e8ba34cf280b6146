//! The embedded store against a map from day and site to number, whatever happens to it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::store::manifest::Manifest;

/// Three months, and days of each.
const MONTHS: i32 = 3;
const DAYS: [i32; 4] = [0, 1, 15, 27];

type Model = BTreeMap<(i32, String), i64>;

/// What happens to a store.
#[derive(Debug, Clone)]
enum Step {
    /// Rows, changed or taken away; perhaps in two parts, the first of which is given again.
    Take {
        changes: Vec<(i32, u8, Option<i64>)>,
        in_parts: bool,
    },
    /// The last batch comes again.
    Again,
    /// Months that ended before so many days after the first are joined.
    Join(i32),
    /// A file is written that no manifest comes to name; the program ends and starts.
    Crash,
    /// Somebody begins to read.
    Read,
    /// They come to the end.
    Ended,
}

fn step() -> impl Strategy<Value = Step> {
    let day = (0..MONTHS, prop::sample::select(&DAYS[..])).prop_map(|(m, d)| m * 31 + d);
    let change = (day, 0..6_u8, prop::option::weighted(0.7, 0..9_i64));
    prop_oneof![
        6 => (prop::collection::vec(change, 0..12), any::<bool>())
            .prop_map(|(changes, in_parts)| Step::Take { changes, in_parts }),
        1 => Just(Step::Again),
        3 => (40..MONTHS * 31 + 80).prop_map(Step::Join),
        1 => Just(Step::Crash),
        1 => Just(Step::Read),
        1 => Just(Step::Ended),
    ]
}

/// All rows of a manifest, after what must hold of every file.
fn rows_of(manifest: &Manifest) -> Model {
    let mut found = Model::new();
    let mut covered = Day(i32::MIN);
    for file in manifest.files("visits") {
        assert!(covered < file.span.first, "no day is covered twice");
        covered = file.span.last;
        let rows = read(file);
        assert!(!rows.is_empty());
        assert_eq!(file.rows, rows.len() as u64);
        assert!(
            rows.iter().map(|(_, _, n)| n).is_sorted(),
            "in the table's order"
        );
        let numbers = file.ranges.iter().find(|range| range.column == "n");
        let ends = (rows[0].2, rows[rows.len() - 1].2);
        assert_eq!(numbers.unwrap().ends, Some(ends));
        for (day, site, n) in rows {
            assert!(file.span.has(Day(DAY + day)));
            assert_eq!(found.insert((day, site), n), None, "a key counts once");
        }
    }
    found
}

fn take(store: &FactStore, position: u64, is_last: bool, changes: &[(i32, u8, Option<i64>)]) {
    let mut days: BTreeMap<i32, Vec<(String, Option<i64>)>> = BTreeMap::new();
    for (day, site, n) in changes {
        days.entry(*day).or_default().push((site.to_string(), *n));
    }
    let borrowed: Vec<(i32, Vec<Row<'_>>)> = days
        .iter()
        .map(|(day, r)| (*day, r.iter().map(|(s, n)| (s.as_str(), *n)).collect()))
        .collect();
    let slices: Vec<(i32, &[Row<'_>])> = borrowed
        .iter()
        .map(|(day, r)| (*day, r.as_slice()))
        .collect();
    let mut batch = batch(position, &slices);
    batch.is_last = is_last;
    store.take(&batch).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn is_a_map(steps in prop::collection::vec(step(), 1..24)) {
        let dir = tempfile::tempdir().unwrap();
        let facts = dir.path().join("facts");
        let mut store = open(&facts);
        let mut model = Model::new();
        let mut position = 0;
        let mut last = Vec::new();
        let mut readers: Vec<(Arc<Manifest>, Model)> = Vec::new();
        for step in steps {
            match step {
                Step::Take { changes, in_parts } => {
                    position += 1;
                    for (day, site, n) in &changes {
                        let key = (*day, site.to_string());
                        match n {
                            Some(n) => drop(model.insert(key, *n)),
                            None => drop(model.remove(&key)),
                        }
                    }
                    if in_parts {
                        let part = &changes[..changes.len() / 2];
                        take(&store, position, false, part);
                        prop_assert_eq!(store.position(), position - 1);
                        take(&store, position, false, part);
                    }
                    take(&store, position, true, &changes);
                    last = changes;
                }
                Step::Again => take(&store, position, true, &last),
                Step::Join(today) => {
                    let today = Day(DAY + today);
                    store.compact(&[table()], today).unwrap();
                    prop_assert_eq!(store.compact(&[table()], today).unwrap(), 0);
                }
                Step::Crash => {
                    let folder = facts.join("visits");
                    std::fs::create_dir_all(&folder).unwrap();
                    std::fs::write(folder.join("2024-10-01_2024-10-31.999.parquet"), b"half").unwrap();
                    readers.clear();
                    drop(store);
                    store = open(&facts);
                }
                Step::Read => readers.push((store.snapshot(), model.clone())),
                Step::Ended => drop(readers.pop()),
            }
            prop_assert_eq!(store.position(), position);
            prop_assert_eq!(&rows_of(&store.snapshot()), &model);
            for (manifest, then) in &readers {
                prop_assert_eq!(&rows_of(manifest), then, "a reader sees what was");
            }
        }
        // What nobody names and nobody reads is gone.
        readers.clear();
        let named: BTreeSet<PathBuf> = store.snapshot().all().map(|file| file.path.clone()).collect();
        let folder = facts.join("visits");
        let there: BTreeSet<PathBuf> = std::fs::read_dir(folder)
            .map(|files| files.map(|file| file.unwrap().path()).collect())
            .unwrap_or_default();
        prop_assert_eq!(there, named);
    }
}
