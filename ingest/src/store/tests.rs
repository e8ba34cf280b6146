//! The embedded store against a map from key to row.

use std::collections::BTreeMap;

use arrow::array::{Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use proptest::prelude::*;

use super::*;

/// A site and its number; none takes the row away.
type Row<'a> = (&'a str, Option<i64>);

fn table() -> Table {
    let schema = Schema::new(vec![
        Field::new("site", DataType::Utf8, true),
        Field::new("n", DataType::Int64, true),
    ]);
    Table {
        name: "visits",
        schema: Arc::new(schema),
        key: &["site"],
    }
}

fn rows(rows: &[Row<'_>]) -> Rows {
    let sites: StringArray = rows.iter().map(|(site, _)| Some(*site)).collect();
    let numbers: Int64Array = rows.iter().map(|(_, n)| *n).collect();
    let columns: Vec<arrow::array::ArrayRef> = vec![Arc::new(sites), Arc::new(numbers)];
    Rows {
        batch: RecordBatch::try_new(table().schema, columns).unwrap(),
        deleted: rows.iter().map(|(_, n)| Some(n.is_none())).collect(),
    }
}

fn batch(position: u64, days: &[(i32, &[Row<'_>])]) -> Batch {
    let days = days.iter().map(|(day, r)| (Day(20_000 + day), rows(r)));
    Batch {
        position,
        is_last: true,
        tables: vec![Changes {
            table: table(),
            days: days.collect(),
        }],
    }
}

async fn ask(store: &FactStore, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
    let question = Question {
        sql,
        tables: vec![table()],
        views: vec![("visits", "select * from visits_rows".to_owned())],
        in_memory: Vec::new(),
        prepare: |_| {},
    };
    store.query(question).await
}

async fn sum(store: &FactStore, sql: &str) -> Result<i64, StoreError> {
    let batches = ask(store, sql).await?;
    let column = batches[0].column(0).as_any();
    let column = column.downcast_ref::<Int64Array>().unwrap();
    Ok(column.iter().flatten().sum())
}

#[tokio::test]
async fn the_last_row_of_a_key_counts_and_queries_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let store = FactStore::open(dir.path().join("facts")).unwrap();
    let all = "select coalesce(sum(n), 0) from visits";
    assert_eq!(sum(&store, all).await.unwrap(), 0, "no data yet");
    store
        .take(&batch(
            1,
            &[
                (0, &[("b", Some(1)), ("a", Some(2))]),
                (1, &[("a", Some(40))]),
            ],
        ))
        .unwrap();
    assert_eq!(sum(&store, all).await.unwrap(), 43);
    store
        .take(&batch(2, &[(0, &[("a", Some(3)), ("c", Some(100))])]))
        .unwrap();
    assert_eq!(sum(&store, all).await.unwrap(), 144);
    store
        .take(&batch(3, &[(0, &[("b", None)]), (1, &[("a", None)])]))
        .unwrap();
    assert_eq!(sum(&store, all).await.unwrap(), 103);
    assert_eq!(store.position(), 3);
    for bad in [
        "drop table visits",
        "create table x as select 1",
        "copy visits to '/tmp/stolen.csv'",
        "select * from '/etc/passwd'",
        "insert into visits values ('x', 1)",
        "set datafusion.execution.batch_size = 1",
        "selec 1",
    ] {
        let error = sum(&store, bad).await.unwrap_err();
        assert!(matches!(error, StoreError::Query(_)), "{bad}: {error}");
    }
}

#[test]
fn a_reader_keeps_its_files_and_a_crash_leaves_the_old_ones() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("facts");
    let store = FactStore::open(facts.clone()).unwrap();
    store.take(&batch(1, &[(0, &[("a", Some(1))])])).unwrap();
    let reading = store.snapshot();
    let file = Arc::clone(reading.file("visits", Day(20_000)).unwrap());
    store.take(&batch(2, &[(0, &[("a", Some(2))])])).unwrap();
    assert_eq!(file.read(&table().schema).unwrap().num_rows(), 1);
    let path = file.path.clone();
    assert!(path.exists());
    drop((reading, file));
    assert!(!path.exists(), "the last reader has let go");

    // A crash between writing a file and the manifest: the file does not count.
    let stray = facts.join("visits").join("2024-10-04.99.parquet");
    std::fs::write(&stray, b"half a file").unwrap();
    drop(store);
    let store = FactStore::open(facts.clone()).unwrap();
    assert_eq!(store.position(), 2);
    assert!(!stray.exists());

    // A file that is cut short is found at the start, one that is rotten when it is read.
    let path = store
        .snapshot()
        .file("visits", Day(20_000))
        .unwrap()
        .path
        .clone();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, vec![0; bytes.len()]).unwrap();
    assert!(matches!(
        store.damaged(&[table()]),
        Some(StoreError::Damaged { .. })
    ));
    assert!(matches!(
        store.take(&batch(3, &[(0, &[("a", Some(2))])])),
        Err(StoreError::Damaged { .. })
    ));
    store.clear().unwrap();
    assert_eq!(
        (store.position(), store.damaged(&[table()]).is_none()),
        (0, true)
    );
    store.take(&batch(3, &[(0, &[("a", Some(2))])])).unwrap();
    drop(store);
    let path = FactStore::open(facts.clone())
        .unwrap()
        .snapshot()
        .file("visits", Day(20_000))
        .unwrap()
        .path
        .clone();
    std::fs::write(&path, b"PAR1").unwrap();
    assert_eq!(
        FactStore::open(facts).unwrap().position(),
        0,
        "to be written again"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Batches of random rows and deletions, some handed over twice, with reopenings, against a map.
    #[test]
    fn is_a_map(batches in proptest::collection::vec(
        (proptest::collection::vec((0..3_i32, 0..6_u8, proptest::option::weighted(0.8, 0..9_i64)), 0..10), any::<bool>()), 1..8)
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = FactStore::open(dir.path().join("facts")).unwrap();
        let mut model: BTreeMap<(i32, String), i64> = BTreeMap::new();
        for (i, (changes, again)) in batches.iter().enumerate() {
            let mut days: BTreeMap<i32, Vec<(String, Option<i64>)>> = BTreeMap::new();
            for (day, site, n) in changes {
                let site = site.to_string();
                match n {
                    Some(n) => drop(model.insert((*day, site.clone()), *n)),
                    None => drop(model.remove(&(*day, site.clone()))),
                }
                days.entry(*day).or_default().push((site, *n));
            }
            let borrowed: Vec<(i32, Vec<Row<'_>>)> = days
                .iter()
                .map(|(day, r)| (*day, r.iter().map(|(s, n)| (s.as_str(), *n)).collect()))
                .collect();
            let slices: Vec<(i32, &[Row<'_>])> =
                borrowed.iter().map(|(day, r)| (*day, r.as_slice())).collect();
            store.take(&batch(i as u64 + 1, &slices)).unwrap();
            if *again {
                store.take(&batch(i as u64 + 1, &slices)).unwrap();
                drop(store);
                store = FactStore::open(dir.path().join("facts")).unwrap();
            }
            let snapshot = store.snapshot();
            let mut found: BTreeMap<(i32, String), i64> = BTreeMap::new();
            for (day, file) in snapshot.files.get("visits").into_iter().flatten() {
                let rows = file.read(&table().schema).unwrap();
                let sites = rows.column(0).as_any().downcast_ref::<StringArray>().unwrap();
                let numbers = rows.column(1).as_any().downcast_ref::<Int64Array>().unwrap();
                prop_assert!(sites.iter().is_sorted());
                for (site, n) in sites.iter().zip(numbers) {
                    found.insert((day.0 - 20_000, site.unwrap().to_owned()), n.unwrap());
                }
            }
            prop_assert_eq!(&found, &model);
        }
    }
}
