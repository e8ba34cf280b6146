//! Groups that are made whole by one processor: each is there once, and where it cannot be known they are gathered.

use super::reads::{ask_of, changes, number, plan, wide};
use super::*;

/// Days of the test, in months that are joined and in days that are not.
const DAYS: i32 = 90;
/// Rows of a day.
const A_DAY: i64 = 40;

/// True where groups are made in one step; whether or not, each is there once, and all rows are in them.
async fn is_in_one_step(store: &FactStore, key: &str, of: &str) -> bool {
    let groups = format!("select {key} as k, stage, count(*) as n from {of} group by {key}, stage");
    let mut seen = std::collections::BTreeSet::new();
    let mut rows = 0;
    let shown = format!("select coalesce(cast(k as varchar), '') as k, stage, n from ({groups})");
    for batch in ask_of(store, &shown).await.unwrap() {
        let text = |at: usize| {
            batch
                .column(at)
                .as_any()
                .downcast_ref::<StringArray>()
                .unwrap()
                .clone()
        };
        let (keys, stages) = (text(0), text(1));
        let counts = batch
            .column(2)
            .as_any()
            .downcast_ref::<Int64Array>()
            .unwrap()
            .clone();
        for at in 0..batch.num_rows() {
            let group = (keys.value(at).to_owned(), stages.value(at).to_owned());
            assert!(seen.insert(group), "{groups} has a group twice");
            rows += counts.value(at);
        }
    }
    assert_eq!(
        rows,
        number(store, &format!("select count(*) from {of}")).await,
        "{groups}"
    );
    plan(store, &format!("explain {shown}"))
        .await
        .contains("SinglePartitioned")
}

/// Others rely on how an aggregation deals out its rows: then it is left as it is.
#[tokio::test]
async fn what_stands_above_finds_its_rows() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("facts"));
    store
        .take(&Batch {
            position: 1,
            is_last: true,
            tables: vec![changes(0..DAYS, A_DAY)],
        })
        .unwrap();
    let by_day = "select day, stage, count(*) as n from dossiers group by day, stage";
    let joined = format!(
        "select count(*) from ({by_day}) a join (select day, stage, max(id) as m from dossiers group by day, stage) b \
         on a.day = b.day and a.stage = b.stage"
    );
    assert_eq!(number(&store, &joined).await, 2 * i64::from(DAYS));
    let single = "select day, stage, min(id) as m from dossiers_rows where id % 40 in (0, 1) group by day, stage, id";
    let joined = format!(
        "select count(*) from ({by_day}) a join ({single}) b on a.day = b.day and a.stage = b.stage"
    );
    assert_eq!(number(&store, &joined).await, 2 * i64::from(DAYS));
    let again =
        format!("select sum(n) from (select stage, sum(n) as n from ({by_day}) group by stage)");
    assert_eq!(number(&store, &again).await, i64::from(DAYS) * A_DAY);
    let ranked = format!(
        "select count(*) from (select row_number() over (partition by stage order by day) as r from ({by_day})) where r = 1"
    );
    assert_eq!(number(&store, &ranked).await, 2);
    let both =
        format!("select sum(n) from (select * from ({by_day}) union all select * from ({by_day}))");
    assert_eq!(number(&store, &both).await, 2 * i64::from(DAYS) * A_DAY);
    let sorted = format!("select n from ({by_day}) order by day desc, stage limit 1");
    assert_eq!(number(&store, &sorted).await, 4);
}

#[tokio::test]
async fn groups_of_days_and_times_are_made_in_one_step() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("facts"));
    let batch = |position, days: std::ops::Range<i32>| Batch {
        position,
        is_last: true,
        tables: vec![changes(days, A_DAY)],
    };
    store.take(&batch(1, 0..1)).unwrap();
    assert!(
        !is_in_one_step(&store, "day", "dossiers").await,
        "one file cannot be dealt out"
    );
    store.take(&batch(2, 1..DAYS)).unwrap();
    for _ in 0..2 {
        let late = "(select * from dossiers where late)";
        let quarter = "date_bin(interval '15 minutes', at)";
        for (key, of) in [
            ("day", "dossiers"),
            (quarter, "dossiers"),
            (quarter, late),
            ("date_trunc('hour', at)", "dossiers"),
            ("date_trunc('week', at)", late),
        ] {
            let is = is_in_one_step(&store, key, of).await;
            let groups =
                format!("explain select {key}, stage, count(*) from {of} group by {key}, stage");
            assert!(is, "{}", plan(&store, &groups).await);
        }
        for (key, of) in [
            ("extract(hour from at)", "dossiers"),
            ("id % 7", "dossiers"),
            ("date_bin(interval '1000 days', at)", "dossiers"),
            // A column's name over something else.
            (
                "day",
                "(select date '2024-11-01' as day, stage from dossiers)",
            ),
            (
                "at",
                "(select case when id % 2 = 0 then at else timestamp '2024-11-01' end as at, stage from dossiers)",
            ),
        ] {
            assert!(!is_in_one_step(&store, key, of).await, "{key} of {of}");
        }
        // The same of months.
        store.compact(&[wide()], Day(DAY + DAYS + 31)).unwrap();
    }
}

#[tokio::test]
async fn a_group_of_rows_without_a_value_is_gathered() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("facts"));
    let mut changes = changes(0..4, A_DAY);
    for rows in changes.days.values_mut() {
        let mut columns = rows.batch.columns().to_vec();
        let some = arrow::array::BooleanArray::from_iter((0..A_DAY).map(|i| Some(i == 3)));
        columns[2] = arrow::compute::nullif(&columns[2], &some).unwrap();
        rows.batch = RecordBatch::try_new(rows.batch.schema(), columns).unwrap();
    }
    store
        .take(&Batch {
            position: 1,
            is_last: true,
            tables: vec![changes],
        })
        .unwrap();
    assert!(!is_in_one_step(&store, "date_trunc('day', at)", "dossiers").await);
    assert!(is_in_one_step(&store, "day", "dossiers").await);
}
