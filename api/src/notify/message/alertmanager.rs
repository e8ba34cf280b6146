//! A batch as Alertmanager's `POST /api/v2/alerts` takes it: a list of alerts, each told apart by its labels.
//!
//! Only the last notice of a case matters: an alert there has a state, not a history. One that stands is given an
//! `endsAt` some repeats ahead, so that it ends by itself where this program does; one that ended is given the instant.
//! Labels are the alert's identity there, so what changes while it stands (the figure) is an annotation. Where the rule or
//! the priority of a case changes, the alert of the old labels ends by itself within three repeats.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Batch, Notice, Priority, What, page, rfc3339};

/// Repeats that an alert outlives without being told again.
const OUTLIVES: i64 = 3;
/// How long a test stands, microseconds.
const TEST_US: i64 = 60_000_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Alert<'a> {
    labels: BTreeMap<&'static str, &'a str>,
    annotations: BTreeMap<&'static str, &'a str>,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL", skip_serializing_if = "Option::is_none")]
    generator_url: Option<String>,
}

/// The list of a batch sent at an instant, told again every `repeat_us` (both microseconds).
///
/// # Errors
/// Where it cannot be written as JSON, which none of its parts allows.
pub fn body(batch: &Batch, at: i64, repeat_us: i64) -> Result<Vec<u8>, serde_json::Error> {
    let mut last: BTreeMap<&str, &Notice> = BTreeMap::new();
    for told in &batch.notices {
        last.insert(&told.notice.case, &told.notice);
    }
    let alerts: Vec<Alert> = last
        .values()
        .map(|notice| alert(notice, at, repeat_us))
        .collect();
    serde_json::to_vec(&alerts)
}

const fn severity(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "info",
        Priority::Medium => "warning",
        Priority::High => "critical",
    }
}

fn alert(notice: &Notice, at: i64, repeat_us: i64) -> Alert<'_> {
    let ends = match notice.what {
        What::Normal | What::Corrected | What::Closed => notice.at,
        What::Test => at.saturating_add(TEST_US),
        What::Raised | What::Escalated | What::Urged => {
            at.saturating_add(repeat_us.saturating_mul(OUTLIVES))
        }
    };
    let name = if notice.rule.is_empty() {
        "vonglau"
    } else {
        &notice.rule
    };
    let mut labels = BTreeMap::from([
        ("alertname", name),
        ("severity", severity(notice.priority)),
        ("site", &notice.subject),
        ("group", &notice.group),
        ("owner", &notice.owner),
        ("case", &notice.case),
        ("source", "vonglau"),
    ]);
    if notice.simulated {
        labels.insert("simulated", "true");
    }
    let mut annotations = BTreeMap::from([
        ("summary", &*notice.title_vi),
        ("summary_en", &notice.title_en),
        ("response", &notice.response_vi),
        ("response_en", &notice.response_en),
        ("evidence", &notice.evidence_vi),
        ("evidence_en", &notice.evidence_en),
        ("subject_name", &notice.subject_name),
        ("what", notice.what.as_str()),
    ]);
    // An empty label is no label there.
    labels.retain(|_, value| !value.is_empty());
    annotations.retain(|_, value| !value.is_empty());
    let starts = if notice.what == What::Test {
        notice.at.min(at)
    } else {
        notice.since
    };
    Alert {
        labels,
        annotations,
        starts_at: rfc3339(starts),
        // It refuses an end before the begin.
        ends_at: rfc3339(ends.max(starts)),
        generator_url: page(notice),
    }
}
