//! A paper as the template reads it: links resolved, levels made whole, cells and charts ready to be set.

use serde_json::{Value, json};

use super::super::outline::{Goal, Outline};
use super::super::plot::Plot;
use super::super::text::{clean, widths};
use super::super::wording::{Shown, Wording};
use analytics::briefing::paper::{Align, Block, Chart, Column, Drawn, Paper, Span, Table};

/// The data of a paper.
pub(super) fn of(paper: &Paper) -> Value {
    let words = Wording::of(paper.language);
    let outline = Outline::of(paper);
    let mut levels = outline.entries.iter().map(|(level, _)| level).enumerate();
    let blocks: Vec<Value> = paper
        .blocks
        .iter()
        .map(|block| match block {
            Block::Heading { text, .. } => {
                let (n, level) = levels.next().unwrap_or((0, &1));
                json!({ "kind": "heading", "level": level, "id": heading(n), "text": text })
            }
            Block::Paragraph { spans } => {
                json!({ "kind": "paragraph", "spans": spans_of(spans, &outline) })
            }
            Block::Note { spans } => json!({ "kind": "note", "spans": spans_of(spans, &outline) }),
            Block::List { ordered, items } => {
                let items: Vec<Value> = items
                    .iter()
                    .map(|spans| spans_of(spans, &outline))
                    .collect();
                json!({ "kind": "list", "ordered": ordered, "items": items })
            }
            Block::Table(table) => table_of(table, &outline, words),
            Block::Chart(chart) => chart_of(chart, paper, &outline),
        })
        .collect();
    let sheets = paper.sheets.iter().enumerate().map(|(n, sheet)| {
        json!({
            "id": sheet_id(n), "name": sheet.name, "title": sheet.title, "definitions": sheet.definitions,
            "query": sheet.query.trim().lines().collect::<Vec<&str>>(), "rows": sheet.rows.len(),
        })
    });
    let mut view = json!({
        "vietnamese": paper.language == analytics::briefing::paper::Language::Vi,
        "words": words,
        "letterhead": paper.letterhead,
        "title": paper.title,
        "subject": paper.subject,
        "name": format!("{} – {}", paper.title, paper.subject),
        "simulated": paper.simulated,
        "blocks": blocks,
        "tail": tail(&paper.blocks),
        "recipients": paper.closing.recipients,
        "signer": paper.closing.signer,
        "fine_print": paper.fine_print,
        "sheets": sheets.collect::<Vec<Value>>(),
    });
    scrub(&mut view);
    view
}

/// Letters that may be kept together with the signer.
const TAIL: usize = 900;

/// Where the blocks begin that stay on the signer's page: the last paragraph with its heading, when it is short.
fn tail(blocks: &[Block]) -> usize {
    let end = blocks.len();
    let Some(Block::Paragraph { spans } | Block::Note { spans }) = blocks.last() else {
        return end;
    };
    if spans
        .iter()
        .map(|span| span.text.chars().count())
        .sum::<usize>()
        > TAIL
    {
        return end;
    }
    match blocks.get(end.wrapping_sub(2)) {
        Some(Block::Heading { .. }) => end - 2,
        _ => end - 1,
    }
}

fn heading(n: usize) -> String {
    format!("heading-{n}")
}

fn sheet_id(n: usize) -> String {
    format!("sheet-{n}")
}

fn spans_of(spans: &[Span], outline: &Outline<'_>) -> Value {
    let span = |span: &Span| {
        let goal = span.link.as_deref().and_then(|link| outline.goal(link));
        let (to, url) = match goal {
            None => (None, None),
            Some(Goal::Heading(n)) => (Some(heading(n)), None),
            Some(Goal::Sheet(n)) => (Some(sheet_id(n)), None),
            Some(Goal::Outside(url)) => (None, Some(url)),
        };
        json!({ "text": span.text, "strong": span.strong, "to": to, "url": url })
    };
    spans.iter().map(span).collect()
}

fn source_of(sheet: Option<&String>, outline: &Outline<'_>) -> Value {
    match sheet.and_then(|name| Some((name, outline.sheet(name)?))) {
        Some((name, Goal::Sheet(n))) => json!({ "name": name, "to": sheet_id(n) }),
        _ => Value::Null,
    }
}

fn table_of(table: &Table, outline: &Outline<'_>, words: &'static Wording) -> Value {
    let column =
        |column: &Column| json!({ "title": column.title, "right": column.align == Align::Right });
    let row = |row: &Vec<_>| {
        row.iter()
            .map(|cell| json!(Shown::of(cell, words)))
            .collect::<Value>()
    };
    json!({
        "kind": "table",
        "caption": table.caption,
        "columns": table.columns.iter().map(column).collect::<Value>(),
        "widths": widths(&table.columns, &table.rows, words),
        "rows": table.rows.iter().map(row).collect::<Value>(),
        "source": source_of(table.sheet.as_ref(), outline),
    })
}

fn chart_of(chart: &Chart, paper: &Paper, outline: &Outline<'_>) -> Value {
    json!({
        "kind": "chart",
        "title": chart.title,
        "alternative": if chart.alternative.trim().is_empty() { &chart.title } else { &chart.alternative },
        "bars": chart.drawn == Drawn::Bars,
        "unit": chart.unit,
        "plot": Plot::of(chart, paper.language),
        "source": source_of(chart.sheet.as_ref(), outline),
    })
}

/// Takes out of every text what a page cannot show.
fn scrub(value: &mut Value) {
    match value {
        Value::String(text) => *text = clean(text),
        Value::Array(items) => items.iter_mut().for_each(scrub),
        Value::Object(items) => items.values_mut().for_each(scrub),
        _ => {}
    }
}
