//! The embedded store: what it promises, by example; `model` has it against a map, `reads` what queries open,
//! `groups` how they gather.

mod groups;
mod model;
mod reads;

use std::sync::Arc;

use arrow::array::{Array, Date32Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::file::DataFile;
use super::*;

/// The first day of the tests: 4 October 2024.
const DAY: i32 = 20_000;

/// A site and its number; none takes the row away.
type Row<'a> = (&'a str, Option<i64>);

fn table() -> Table {
    let schema = Schema::new(vec![
        Field::new("day", DataType::Date32, true),
        Field::new("site", DataType::Utf8, true),
        Field::new("n", DataType::Int64, true),
    ]);
    Table {
        name: "visits",
        schema: Arc::new(schema),
        key: &["site", "day"],
        order: &["n"],
    }
}

fn rows(day: i32, rows: &[Row<'_>]) -> Rows {
    let days: Date32Array = rows.iter().map(|_| Some(DAY + day)).collect();
    let sites: StringArray = rows.iter().map(|(site, _)| Some(*site)).collect();
    let numbers: Int64Array = rows.iter().map(|(_, n)| *n).collect();
    let columns: Vec<arrow::array::ArrayRef> =
        vec![Arc::new(days), Arc::new(sites), Arc::new(numbers)];
    Rows {
        batch: RecordBatch::try_new(table().schema, columns).unwrap(),
        deleted: rows.iter().map(|(_, n)| Some(n.is_none())).collect(),
        are_in_order: false,
    }
}

fn batch(position: u64, days: &[(i32, &[Row<'_>])]) -> Batch {
    let days = days
        .iter()
        .map(|(day, r)| (Day(DAY + day), rows(*day, r)))
        .collect();
    Batch {
        position,
        is_last: true,
        tables: vec![Changes {
            table: table(),
            days,
        }],
    }
}

fn open(facts: &Path) -> FactStore {
    FactStore::open(facts.to_owned()).unwrap()
}

/// The rows of a file: day, site and number, as they lie.
fn read(file: &Arc<DataFile>) -> Vec<(i32, String, i64)> {
    let mut all = Vec::new();
    for rows in file.read(&table().schema).unwrap() {
        let rows = rows.unwrap();
        let column = |at: usize| rows.column(at).as_any();
        let days = column(0).downcast_ref::<Date32Array>().unwrap();
        let sites = column(1).downcast_ref::<StringArray>().unwrap();
        let numbers = column(2).downcast_ref::<Int64Array>().unwrap();
        for at in 0..rows.num_rows() {
            let day = days.value(at) - DAY;
            all.push((day, sites.value(at).to_owned(), numbers.value(at)));
        }
    }
    all
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
    let store = open(&dir.path().join("facts"));
    let all = "select coalesce(sum(n), 0) from visits";
    assert_eq!(sum(&store, all).await.unwrap(), 0, "no data yet");
    let first: [(i32, &[Row<'_>]); 2] = [
        (0, &[("b", Some(1)), ("a", Some(2))]),
        (1, &[("a", Some(40))]),
    ];
    store.take(&batch(1, &first)).unwrap();
    assert_eq!(sum(&store, all).await.unwrap(), 43);
    let second: [(i32, &[Row<'_>]); 1] = [(0, &[("a", Some(3)), ("c", Some(100))])];
    store.take(&batch(2, &second)).unwrap();
    assert_eq!(sum(&store, all).await.unwrap(), 144);
    let third: [(i32, &[Row<'_>]); 2] = [(0, &[("b", None)]), (1, &[("a", None)])];
    store.take(&batch(3, &third)).unwrap();
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

#[tokio::test]
async fn what_is_forgotten_is_gone_and_the_rest_stays() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("facts"));
    let days: [(i32, &[Row<'_>]); 3] = [
        (0, &[("a", Some(1))]),
        (1, &[("a", Some(20))]),
        (2, &[("a", Some(300))]),
    ];
    store.take(&batch(1, &days)).unwrap();
    assert_eq!(store.forget_before(Day(DAY)).unwrap(), 0);
    assert_eq!(store.forget_before(Day(DAY + 2)).unwrap(), 2);
    let all = "select coalesce(sum(n), 0) from visits";
    assert_eq!(sum(&store, all).await.unwrap(), 300);
    drop(store);
    let store = open(&dir.path().join("facts"));
    assert_eq!(
        (sum(&store, all).await.unwrap(), store.position()),
        (300, 1)
    );
}

#[test]
fn a_reader_keeps_its_files_and_a_crash_leaves_the_old_ones() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("facts");
    let store = open(&facts);
    store.take(&batch(1, &[(0, &[("a", Some(1))])])).unwrap();
    let reading = store.snapshot();
    let file = Arc::clone(reading.file("visits", Day(DAY)).unwrap());
    store.take(&batch(2, &[(0, &[("a", Some(2))])])).unwrap();
    assert_eq!(read(&file), [(0, "a".to_owned(), 1)]);
    let path = file.path.clone();
    assert!(path.exists());
    drop((reading, file));
    assert!(!path.exists(), "the last reader has let go");

    // A crash between writing a file and the manifest: the file does not count, nor what queries put aside.
    let stray = facts.join("visits").join("2024-10-04.99.parquet");
    std::fs::write(&stray, b"half a file").unwrap();
    std::fs::create_dir_all(facts.join("spill/datafusion-x")).unwrap();
    drop(store);
    let store = open(&facts);
    assert_eq!(store.position(), 2);
    assert!(!stray.exists());
    assert!(!facts.join("spill/datafusion-x").exists());

    // A file that is cut short is found at the start, one that is rotten when it is read.
    let path = store
        .snapshot()
        .file("visits", Day(DAY))
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
    let path = open(&facts)
        .snapshot()
        .file("visits", Day(DAY))
        .unwrap()
        .path
        .clone();
    std::fs::write(&path, b"PAR1").unwrap();
    assert_eq!(open(&facts).position(), 0, "to be written again");
}

#[tokio::test]
async fn a_query_says_that_it_met_a_file_it_cannot_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("facts"));
    store.take(&batch(1, &[(0, &[("a", Some(1))])])).unwrap();
    let path = store
        .snapshot()
        .file("visits", Day(DAY))
        .unwrap()
        .path
        .clone();
    let length = std::fs::metadata(&path).unwrap().len() as usize;
    std::fs::write(&path, vec![0; length]).unwrap();
    let rows = "select site from visits where n > 0";
    let error = ask(&store, rows).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreadable(_)), "{error:?}");
    std::fs::remove_file(&path).unwrap();
    let error = ask(&store, rows).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreadable(_)), "{error:?}");
    // What a query itself does wrong is not the files' fault.
    for bad in [
        "select n / 0 from (values (1)) v(n)",
        "select cast('a' as int)",
    ] {
        let error = ask(&store, bad).await.unwrap_err();
        assert!(matches!(error, StoreError::Query(_)), "{error:?}");
    }
}

/// The files of a store: the days from and to, counted from the first.
fn spans(store: &FactStore) -> Vec<(i32, i32)> {
    let snapshot = store.snapshot();
    let files = snapshot.files("visits");
    files
        .map(|file| (file.span.first.0 - DAY, file.span.last.0 - DAY))
        .collect()
}

#[tokio::test]
async fn months_that_ended_long_ago_become_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("facts");
    let store = open(&facts);
    let tables = [table()];
    // 4 October, 31 October, 1 November, 30 November and 1 December.
    let days: [(i32, &[Row<'_>]); 5] = [
        (0, &[("a", Some(5)), ("b", Some(1))]),
        (27, &[("a", Some(3))]),
        (28, &[("a", Some(9))]),
        (57, &[("a", Some(7))]),
        (58, &[("a", Some(8))]),
    ];
    store.take(&batch(1, &days)).unwrap();
    assert_eq!(store.compact(&tables, Day(DAY + 27 + 40)).unwrap(), 0);
    assert_eq!(store.compact(&tables, Day(DAY + 27 + 41)).unwrap(), 1);
    let october = (-3, 27);
    assert_eq!(spans(&store), [october, (28, 28), (57, 57), (58, 58)]);
    assert_eq!(store.compact(&tables, Day(DAY + 27 + 41)).unwrap(), 0);
    let file = Arc::clone(store.snapshot().file("visits", Day(DAY + 3)).unwrap());
    let in_order = [(0, "b", 1), (27, "a", 3), (0, "a", 5)];
    assert_eq!(read(&file), in_order.map(|(d, s, n)| (d, s.to_owned(), n)));
    assert_eq!(file.rows, 3);
    assert_eq!(store.position(), 1);

    // Late rows: one that changes, one that goes, one of a day that had none.
    let late: [(i32, &[Row<'_>]); 3] = [
        (0, &[("a", Some(0)), ("b", None)]),
        (1, &[("c", Some(2))]),
        (28, &[("a", Some(10))]),
    ];
    store.take(&batch(2, &late)).unwrap();
    assert_eq!(spans(&store), [october, (28, 28), (57, 57), (58, 58)]);
    let all = "select sum(n) from visits";
    assert_eq!(sum(&store, all).await.unwrap(), 3 + 2 + 10 + 7 + 8);
    let now = Arc::clone(store.snapshot().file("visits", Day(DAY)).unwrap());
    let in_order = [(0, "a", 0), (1, "c", 2), (27, "a", 3)];
    assert_eq!(read(&now), in_order.map(|(d, s, n)| (d, s.to_owned(), n)));
    // Whoever still holds the file from before the late rows reads it to its end.
    assert_eq!(read(&file).len(), 3);

    // A month whose last row goes has no file, and a day of it is a day again.
    let none: [(i32, &[Row<'_>]); 3] = [
        (0, &[("a", None)]),
        (1, &[("c", None)]),
        (27, &[("a", None)]),
    ];
    store.take(&batch(3, &none)).unwrap();
    assert_eq!(spans(&store), [(28, 28), (57, 57), (58, 58)]);
    drop((file, now, store));
    let store = open(&facts);
    assert_eq!(sum(&store, all).await.unwrap(), 10 + 7 + 8);
    store.take(&batch(4, &[(3, &[("a", Some(1))])])).unwrap();
    assert_eq!(store.compact(&tables, Day(DAY + 200)).unwrap(), 3);
    assert_eq!(sum(&store, all).await.unwrap(), 1 + 10 + 7 + 8);
    assert_eq!(store.damaged(&tables).map(|e| e.to_string()), None);
    let (position, files) = inspect(&facts).unwrap();
    assert_eq!((position, files.len()), (4, 3));
}

#[test]
fn a_month_that_is_damaged_is_not_joined() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("facts");
    let store = open(&facts);
    let days: [(i32, &[Row<'_>]); 2] = [(0, &[("a", Some(1))]), (1, &[("a", Some(2))])];
    store.take(&batch(1, &days)).unwrap();
    let path = store
        .snapshot()
        .file("visits", Day(DAY + 1))
        .unwrap()
        .path
        .clone();
    let length = std::fs::metadata(&path).unwrap().len() as usize;
    std::fs::write(&path, vec![0; length]).unwrap();
    assert!(matches!(
        store.compact(&[table()], Day(DAY + 100)),
        Err(StoreError::Damaged { .. })
    ));
    assert_eq!(spans(&store), [(0, 0), (1, 1)]);
    let left = std::fs::read_dir(facts.join("visits")).unwrap().count();
    assert_eq!(left, 2, "nothing half written stays");
}

#[test]
fn an_older_layout_is_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("facts");
    std::fs::create_dir_all(facts.join("visits")).unwrap();
    let old = facts.join("visits/2024-10-04.1.parquet");
    std::fs::write(&old, b"rows").unwrap();
    let manifest = r#"{"layout":2,"position":7,"generation":1,"files":[{"table":"visits","day":20000,"name":"2024-10-04.1.parquet","bytes":4}]}"#;
    std::fs::write(facts.join("manifest.json"), manifest).unwrap();
    assert_eq!(inspect(&facts).unwrap_err(), "they are of layout 2");
    assert_eq!(open(&facts).position(), 0);
    assert!(!old.exists());
}
