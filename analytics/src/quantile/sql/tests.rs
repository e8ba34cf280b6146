//! The functions in DataFusion: over partitions, in small batches, against the exact sample.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BinaryArray, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema};
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::execution::context::{SessionConfig, SessionContext};
use proptest::prelude::*;

use crate::figures::stats::Sample;
use crate::quantile::Histogram;
use crate::quantile::histogram::EXACT;

/// A row: its group, its wait, and whether a filter lets it through.
type Row = (i64, Option<f64>, bool);

/// A table `w` of rows in some partitions of small batches.
fn context(rows: &[Row], partitions: usize, skip_partial: bool) -> SessionContext {
    let mut config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_batch_size(16);
    if skip_partial {
        let options = &mut config.options_mut().execution;
        options.skip_partial_aggregation_probe_ratio_threshold = 0.0;
        options.skip_partial_aggregation_probe_rows_threshold = 32;
    }
    let context = SessionContext::new_with_config(config);
    super::register(&context);
    let schema = Arc::new(Schema::new(vec![
        Field::new("g", DataType::Int64, false),
        Field::new("x", DataType::Float64, true),
        Field::new("f", DataType::Boolean, false),
    ]));
    let mut batches = vec![Vec::new(); partitions];
    for (at, rows) in rows.chunks(11).enumerate() {
        let groups: Int64Array = rows.iter().map(|r| Some(r.0)).collect();
        let waits: Float64Array = rows.iter().map(|r| r.1).collect();
        let filter: arrow::array::BooleanArray = rows.iter().map(|r| Some(r.2)).collect();
        let columns: Vec<arrow::array::ArrayRef> =
            vec![Arc::new(groups), Arc::new(waits), Arc::new(filter)];
        batches[at % partitions].push(RecordBatch::try_new(Arc::clone(&schema), columns).unwrap());
    }
    let table = MemTable::try_new(schema, batches).unwrap();
    context.register_table("w", Arc::new(table)).unwrap();
    context
}

async fn ask(context: &SessionContext, query: &str) -> Result<RecordBatch> {
    let frame = context.sql(query).await?;
    let schema = Arc::clone(frame.schema().inner());
    let batches = frame.collect().await?;
    Ok(arrow::compute::concat_batches(&schema, &batches)?)
}

fn whole(batch: &RecordBatch, column: usize) -> Vec<Option<i64>> {
    batch
        .column(column)
        .as_primitive::<Int64Type>()
        .iter()
        .collect()
}

fn number(batch: &RecordBatch, column: usize) -> Vec<Option<f64>> {
    batch
        .column(column)
        .as_primitive::<Float64Type>()
        .iter()
        .collect()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let wait = prop_oneof![
        1 => Just(None),
        9 => (-60_000..7_200_000_i32).prop_map(|ms| Some(f64::from(ms) / 1e3)),
    ];
    (1..60_i64).prop_flat_map(move |groups| {
        prop::collection::vec((0..groups, wait.clone(), any::<bool>()), 0..800)
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn stats_by_group_are_those_of_the_sample(
        rows in rows(), partitions in 1..4_usize, skip_partial: bool, filtered: bool
    ) {
        let context = context(&rows, partitions, skip_partial);
        let filter = if filtered { "filter (where f)" } else { "" };
        let query = format!(
            "select g, s['n'], s['over_15min'], s['p50'], s['p90'], s['p95'], s['mean'], k from \
             (select g, wait_stats(x) {filter} as s, wait_state(x) {filter} as k from w group by g) order by g"
        );
        let answer = runtime().block_on(ask(&context, &query)).unwrap();
        let mut samples: BTreeMap<i64, (Sample, Histogram)> = BTreeMap::new();
        for (group, wait, passes) in &rows {
            let of = samples.entry(*group).or_default();
            if let Some(x) = wait && (*passes || !filtered) {
                of.0.push(*x);
                of.1.push(*x);
            }
        }
        prop_assert_eq!(answer.num_rows(), samples.len());
        let states = answer.column(7).as_binary::<i32>();
        for (row, (group, (sample, histogram))) in samples.into_iter().enumerate() {
            prop_assert_eq!(whole(&answer, 0)[row], Some(group));
            prop_assert_eq!(whole(&answer, 1)[row], Some(sample.len() as i64));
            prop_assert_eq!(whole(&answer, 2)[row], Some(sample.over(900.0) as i64));
            for (column, want) in (3..).zip(sample.quantiles([0.5, 0.9, 0.95])) {
                let got = number(&answer, column)[row];
                prop_assert_eq!(got.is_some(), want.is_some());
                if let (Some(got), Some(want)) = (got, want) {
                    let bound = if sample.len() <= EXACT { 0.0 } else { want.abs() / 256.0 };
                    prop_assert!((got - want).abs() <= bound, "{} for {}", got, want);
                }
            }
            prop_assert_eq!(number(&answer, 6)[row], histogram.mean());
            prop_assert_eq!(&Histogram::decode(states.value(row)).unwrap(), &histogram);
        }
    }

    #[test]
    fn states_of_groups_merge_to_the_state_of_all(
        rows in rows(), partitions in 1..4_usize, skip_partial: bool
    ) {
        let context = context(&rows, partitions, skip_partial);
        let query = "select m.k = a.k, m.n = a.n from \
            (select wait_merge(k) as k, wait_count(wait_merge(k)) as n from \
              (select g, wait_state(x) as k from w group by g)) m, \
            (select wait_state(x) as k, count(x) as n from w) a";
        let answer = runtime().block_on(ask(&context, query)).unwrap();
        prop_assert_eq!(answer.num_rows(), 1);
        prop_assert!(answer.column(0).as_boolean().value(0));
        prop_assert!(answer.column(1).as_boolean().value(0));
        // By groups of groups, as hours merge to days.
        let query = "select m.d, m.k = a.k from \
            (select g / 7 as d, wait_merge(k) as k from \
              (select g, wait_state(x) as k from w group by g) group by d) m \
            join (select g / 7 as d, wait_state(x) as k from w group by d) a on m.d = a.d";
        let answer = runtime().block_on(ask(&context, query)).unwrap();
        prop_assert!(answer.column(1).as_boolean().iter().all(|same| same == Some(true)));
    }
}

#[tokio::test]
async fn without_rows_counts_are_zero_and_quantiles_null() {
    for rows in [&[][..], &[(1, None, true), (1, Some(f64::NAN), true)]] {
        let context = context(rows, 2, false);
        let query = "select wait_stats(x)['n'], wait_stats(x)['over_15min'], wait_stats(x)['p50'], \
            wait_stats(x)['mean'], wait_quantile(wait_state(x), 0.5), wait_over(wait_state(x), 900), \
            wait_stats(null)['n'] from w";
        let answer = ask(&context, query).await.unwrap();
        for column in [0, 1, 5, 6] {
            assert_eq!(whole(&answer, column), [Some(0)], "column {column}");
        }
        for column in [2, 3, 4] {
            assert_eq!(number(&answer, column), [None], "column {column}");
        }
        let by_group = ask(&context, "select g, wait_stats(x)['n'] from w group by g").await;
        assert_eq!(by_group.unwrap().num_rows(), usize::from(!rows.is_empty()));
    }
}

#[tokio::test]
async fn a_state_answers_what_it_is_asked() {
    let rows: Vec<Row> = (1..=1000).map(|i| (0, Some(f64::from(i)), true)).collect();
    let context = context(&rows, 2, false);
    let query = "select wait_quantile(k, 0.25), wait_over(k, 900), wait_over(k, 600), wait_count(k), \
        wait_mean(k), wait_stats_of(k)['p90'], wait_stats_of(k)['over_15min'], wait_quantile(k, 0), \
        wait_quantile(null, 0.5), wait_count(arrow_cast(k, 'BinaryView')) \
        from (select wait_state(cast(x as int)) as k from w)";
    let answer = ask(&context, query).await.unwrap();
    let near = |column: usize, want: f64| {
        let got = number(&answer, column)[0].unwrap();
        assert!((got - want).abs() < want / 256.0, "{got} for {want}");
    };
    near(0, 250.0);
    near(5, 900.0);
    assert_eq!(whole(&answer, 1), [Some(100)]);
    assert_eq!(whole(&answer, 2), [Some(400)]);
    assert_eq!(whole(&answer, 3), [Some(1000)]);
    assert_eq!(number(&answer, 4), [Some(500.5)]);
    assert_eq!(whole(&answer, 6), [Some(100)]);
    assert_eq!(number(&answer, 7), [Some(1.0)]);
    assert_eq!(number(&answer, 8), [None]);
    assert_eq!(whole(&answer, 9), [Some(1000)]);
}

#[tokio::test]
async fn what_cannot_be_answered_says_why() {
    let context = context(&[(0, Some(1.0), true)], 1, false);
    for (expression, part) in [
        ("wait_over(wait_state(x), 901)", "take 900 or 904 s"),
        ("wait_over(wait_state(x), -5)", "no limit for a wait"),
        ("wait_quantile(wait_state(x), 90)", "between 0 and 1"),
        ("wait_count(wait_merge(x'010203'))", "not a state of waits"),
        ("wait_count(x'02')", "not a state of waits"),
        ("wait_stats('a')", "one column of seconds"),
        ("wait_merge(x)", "one column of states"),
        ("wait_count(1)", "takes a state"),
    ] {
        let error = ask(&context, &format!("select {expression} from w"))
            .await
            .unwrap_err();
        assert!(error.to_string().contains(part), "{expression}: {error}");
        let query = format!("select g, {expression} from w group by g, x");
        let error = ask(&context, &query).await.unwrap_err();
        assert!(error.to_string().contains(part), "{expression}: {error}");
    }
}

#[tokio::test]
async fn one_state_serves_all_that_a_query_names() {
    let context = context(&[], 2, false);
    let query = "explain select g, wait_stats(x)['p50'], wait_stats(x)['p90'] from w group by g";
    let plan = ask(&context, query).await.unwrap();
    let plan = format!("{:?}", plan.column(1).as_string::<i32>().value(1));
    let partial = plan.split("mode=Partial").nth(1).unwrap();
    let aggregates = partial.split("aggr=").nth(1).unwrap();
    let aggregates = aggregates.split(']').next().unwrap();
    assert_eq!(aggregates.matches("wait_stats").count(), 1, "{plan}");
}

#[test]
fn a_state_from_elsewhere_is_a_column_like_any() {
    let states: BinaryArray = [Some(&b"\x01"[..]), None].into_iter().collect();
    assert_eq!(states.null_count(), 1);
    let context = SessionContext::new();
    super::register(&context);
    let schema = Arc::new(Schema::new(vec![Field::new("k", DataType::Binary, true)]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(states)]).unwrap();
    let table = MemTable::try_new(schema, vec![vec![batch]]).unwrap();
    context.register_table("s", Arc::new(table)).unwrap();
    let query = "select wait_count(k), wait_stats_of(k)['n'], wait_stats_of(k) is null from s";
    let answer = runtime().block_on(ask(&context, query)).unwrap();
    assert_eq!(whole(&answer, 0), [Some(0), None]);
    assert_eq!(whole(&answer, 1), [Some(0), None]);
    assert!(answer.column(2).as_boolean().value(1));
}
