//! A report beside naive figures: every difference, named.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::naive::{By, Figures, Rows, instant};

/// How far a figure may lie from the naive one.
fn within_tolerance(name: &str, got: f64, expected: f64) -> bool {
    let off = (got - expected).abs();
    match name {
        // Quantiles within 1 % of the exact nearest-rank value; 0.05 s for an answer in tenths.
        _ if name.starts_with('p') && name.ends_with("_wait_s") => {
            off <= expected.abs() * 0.01 + 0.051
        }
        // Seconds may be given in tenths.
        _ if name.ends_with("_s") => off <= 0.051,
        _ if name.starts_with("mean_") || name == "silent_minutes" => off <= 0.006,
        "satisfied_share" | "low" | "high" => off <= 0.000_51,
        _ => off == 0.0,
    }
}

fn same(name: &str, got: &Value, expected: &Value) -> bool {
    match (got, expected) {
        (Value::Number(got), Value::Number(expected)) => match (got.as_f64(), expected.as_f64()) {
            (Some(got), Some(expected)) => within_tolerance(name, got, expected),
            _ => false,
        },
        (Value::String(got), Value::String(expected)) if name == "first" || name == "last" => {
            instant(got) == instant(expected)
        }
        (got, expected) => got == expected,
    }
}

fn differences(key: &str, got: &Value, expected: &Figures) -> Vec<String> {
    let mut found = Vec::new();
    for (name, expected) in expected {
        match got.get(name) {
            None => found.push(format!("[{key}] {name} is missing")),
            Some(got) if !same(name, got, expected) => {
                found.push(format!("[{key}] {name}: program {got}, naive {expected}"));
            }
            Some(_) => {}
        }
    }
    found
}

/// The row's key: the value under the name of what it is grouped by.
fn key_of(row: &Value, by: By) -> String {
    match by.name() {
        None => String::new(),
        Some(name) => row[name].as_str().unwrap_or("(null)").to_owned(),
    }
}

/// Every difference between a report's rows and the naive ones. A row for what has no key (its key
/// is null) is the program's own and not compared.
pub fn report(answer: &Value, by: By, expected: &Rows) -> Vec<String> {
    let rows = answer["rows"]
        .as_array()
        .unwrap_or_else(|| panic!("a report has rows: {answer}"));
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        let key = key_of(row, by);
        if key == "(null)" {
            continue;
        }
        match expected.get(&key) {
            None => found.push(format!("[{key}] is a row of the program alone: {row}")),
            Some(expected) => found.extend(differences(&key, row, expected)),
        }
        if !seen.insert(key.clone()) {
            found.push(format!("[{key}] stands in two rows"));
        }
    }
    for key in expected.keys().filter(|key| !seen.contains(*key)) {
        found.push(format!("[{key}] is missing in the program's answer"));
    }
    found
}

/// Panics with the first differences, if there are any.
#[track_caller]
pub fn assert_same(what: &str, answer: &Value, by: By, expected: &Rows) {
    let found = report(answer, by, expected);
    let first: Vec<&String> = found.iter().take(40).collect();
    assert!(
        found.is_empty(),
        "{what}: {} differences, first of them {first:#?}",
        found.len()
    );
}
