//! What queries open and how much they may use.

use arrow::array::{ArrayRef, BooleanArray, TimestampMicrosecondArray};
use arrow::datatypes::TimeUnit;

use super::*;

/// Rows of a day.
const A_DAY: i64 = 40;

pub(super) fn wide() -> Table {
    let schema = Schema::new(vec![
        Field::new("day", DataType::Date32, true),
        Field::new("id", DataType::Int64, true),
        Field::new(
            "at",
            DataType::Timestamp(TimeUnit::Microsecond, Some("+07:00".into())),
            true,
        ),
        Field::new("stage", DataType::Utf8, true),
    ]);
    Table {
        name: "dossiers",
        schema: Arc::new(schema),
        key: &["id"],
        order: &["stage", "at"],
    }
}

/// Rows of days: each a minute after the other from eight o'clock on, every tenth still open.
pub(super) fn changes(days: impl Iterator<Item = i32>, a_day: i64) -> Changes {
    let day = |day: i32| {
        let ids: Vec<i64> = (0..a_day).map(|i| i64::from(day) * a_day + i).collect();
        let midnight = Day(DAY + day).start();
        let times = (0..a_day).map(|i| midnight.plus_seconds(28_800 + i * 60).0);
        let stages = (0..a_day).map(|i| Some(if i % 10 == 0 { "open" } else { "resolved" }));
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Date32Array::from(vec![DAY + day; ids.len()])),
            Arc::new(Int64Array::from(ids.clone())),
            Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("+07:00")),
            Arc::new(stages.collect::<StringArray>()),
        ];
        Rows {
            batch: RecordBatch::try_new(wide().schema, columns).unwrap(),
            deleted: BooleanArray::from(vec![false; ids.len()]),
            are_in_order: false,
        }
    };
    Changes {
        table: wide(),
        days: days.map(|d| (Day(DAY + d), day(d))).collect(),
    }
}

fn filled(facts: &Path, days: std::ops::Range<i32>) -> FactStore {
    let store = open(facts);
    let end = days.end;
    let batch = Batch {
        position: 1,
        is_last: true,
        tables: vec![changes(days, A_DAY)],
    };
    store.take(&batch).unwrap();
    store.compact(&[wide()], Day(DAY + end)).unwrap();
    store
}

pub(super) async fn ask_of(store: &FactStore, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
    let view = "select *, at > timestamp '2024-10-05T00:00:00+07:00' as late from dossiers_rows";
    let question = Question {
        sql,
        tables: vec![wide()],
        views: vec![("dossiers", view.to_owned())],
        in_memory: Vec::new(),
        prepare: |_| {},
    };
    store.query(question).await
}

pub(super) async fn number(store: &FactStore, sql: &str) -> i64 {
    let batches = ask_of(store, sql).await.unwrap();
    let column = batches[0].column(0).as_any();
    column.downcast_ref::<Int64Array>().unwrap().value(0)
}

/// The text of a plan.
pub(super) async fn plan(store: &FactStore, sql: &str) -> String {
    text_of(&ask_of(store, sql).await.unwrap())
}

fn text_of(batches: &[RecordBatch]) -> String {
    let mut text = String::new();
    for batch in batches {
        let column = batch.column(1).as_any();
        let plans = column.downcast_ref::<StringArray>().unwrap();
        text.extend(plans.iter().flatten());
    }
    text
}

#[tokio::test]
async fn a_weeks_question_opens_a_weeks_files() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir.path().join("facts"), 0..365);
    let files = store.snapshot().files("dossiers").count();
    assert!(
        (50..100).contains(&files),
        "ten months and the rest: {files}"
    );
    // Of the joined month, of the days, of both, of none; by day and by time.
    for (condition, rows, files) in [
        ("day between '2024-12-02' and '2024-12-08'", 7, 1),
        ("day between date '2025-09-10' and date '2025-09-16'", 7, 7),
        ("day = '2025-01-31' or day = '2025-02-01'", 2, 2),
        ("day < '2020-01-01'", 0, 0),
        (
            "at >= timestamp '2024-12-02T00:00:00+07:00' and at < '2024-12-09T00:00:00+07:00'",
            7,
            1,
        ),
        ("day <= '2024-10-31' and late", 27, 1),
    ] {
        let sql = format!("select count(id) from dossiers where {condition}");
        assert_eq!(number(&store, &sql).await, rows * A_DAY, "{condition}");
        let sql = format!("explain select stage, id from dossiers where {condition}");
        let plan = plan(&store, &sql).await;
        assert_eq!(plan.matches(".parquet").count(), files, "{plan}");
    }
    // What is known of all files is not read at all.
    assert_eq!(
        number(&store, "select count(*) from dossiers").await,
        365 * A_DAY
    );
    let plan = plan(&store, "explain select count(*), max(day) from dossiers").await;
    assert!(!plan.contains(".parquet"), "{plan}");
}

#[tokio::test]
async fn within_a_file_only_the_rows_in_question_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("facts"));
    let batch = Batch {
        position: 1,
        is_last: true,
        tables: vec![changes(0..10, 16_000)],
    };
    store.take(&batch).unwrap();
    assert_eq!(store.compact(&[wide()], Day(DAY + 100)).unwrap(), 1);
    let week = "from dossiers where stage in ('open', 'awaiting_acceptance') or at >= '2025-01-01T00:00:00+07:00'";
    let sql = format!("select count(id) {week}");
    assert_eq!(number(&store, &sql).await, 16_000);
    // The open ones have a row group of their own, the settled ones three.
    let sql = format!("explain analyze select sum(id) {week} group by day");
    let text = plan(&store, &sql).await;
    let groups = "row_groups_pruned_statistics=4 total → 1 matched";
    assert!(text.contains(groups), "{text}");

    // Of a row group in order, pages.
    let day = "explain analyze select sum(id) from dossiers where at < '2024-10-05T00:00:00+07:00' group by stage";
    let text = plan(&store, day).await;
    let groups = "row_groups_pruned_statistics=4 total → 2 matched";
    assert!(text.contains(groups), "{text}");
    let skipped = text.split("page_index_rows_pruned=").nth(1).unwrap();
    assert!(!skipped.starts_with('0'), "{text}");
}

#[tokio::test]
async fn a_query_past_the_limit_spills_or_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("facts");
    let store = open(&facts);
    let batch = Batch {
        position: 1,
        is_last: true,
        tables: vec![changes(0..10, 16_000)],
    };
    store.take(&batch).unwrap();
    drop(store);
    let grouped = "explain analyze select count(*) from \
        (select id, count(*) as n, max(stage) from dossiers group by id)";
    let mut has_spilled = false;
    let between = || [4.0, 5.0, 6.0, 7.0].map(|mb| (mb, None));
    let ends = [(0.1, Some(false)), (64.0, Some(true))];
    // Where between too little and enough it spills depends on which of its threads comes first.
    let rounds = (0..10).flat_map(|_| between());
    for (mb, expected) in ends.into_iter().chain(rounds) {
        if has_spilled && expected.is_none() {
            break;
        }
        let store = FactStore::open_with(facts.clone(), (mb * 1e6) as usize).unwrap();
        let is_answered = match ask_of(&store, grouped).await {
            Ok(batches) => {
                let text = text_of(&batches);
                let mut spills = text.split("spill_count=").skip(1);
                has_spilled |= spills.any(|after| !after.starts_with('0'));
                true
            }
            Err(StoreError::Query(m)) if m.contains("needs more memory") => false,
            Err(other) => panic!("{mb} MB: {other}"),
        };
        assert_eq!(is_answered, expected.unwrap_or(is_answered), "{mb} MB");
        // Whatever became of it, the store goes on.
        let all = number(&store, "select count(*) from dossiers").await;
        assert_eq!(all, 160_000);
    }
    assert!(has_spilled, "between too little and enough");
    let roomy = open(&facts);
    let large = "select repeat('x', 100000) as x from dossiers";
    let error = ask_of(&roomy, large).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Query(m) if m.contains("the answer is over")),
        "{error:?}"
    );
}
