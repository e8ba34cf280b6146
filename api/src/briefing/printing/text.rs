//! Text on its way into a form: what no form can hold is taken out, what means something to XML is escaped, and columns get
//! widths by what stands in them.

use super::wording::{Shown, Wording};
use analytics::briefing::paper::{Cell, Column};

/// Text without what XML cannot hold and without signs that turn the reading direction (with which a name could pass for
/// another); any other control is a space.
pub(super) fn clean(text: &str) -> String {
    let kept = |sign: &char| {
        !matches!(sign,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    let seen = |sign: char| if sign.is_control() { ' ' } else { sign };
    text.chars().filter(kept).map(seen).collect()
}

/// Clean text for an element or a quoted attribute of XML or HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for sign in clean(text).chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
    out
}

/// The letters of a column that count for its width, at least and at most.
const NARROW: usize = 7;
const WIDE: usize = 38;
/// What the margins of a cell take, in letters.
const MARGINS: usize = 2;
/// A head of so many letters stands in one line.
const ONE_LINE: usize = 12;

/// How wide columns are to each other: by their longest cell, within bounds, and never less than the longest word of the head.
pub(super) fn widths(
    columns: &[Column],
    rows: &[Vec<Cell>],
    words: &'static Wording,
) -> Vec<usize> {
    let letters = |text: &str| text.chars().count();
    let width = |(n, column): (usize, &Column)| {
        let parts = column.title.split_whitespace().map(letters);
        let head = parts
            .max()
            .unwrap_or(0)
            .max(letters(&column.title).min(ONE_LINE));
        let cells = rows.iter().filter_map(|row| row.get(n));
        let body = cells.map(|cell| {
            let shown = Shown::of(cell, words);
            let mark = shown.mark.map_or(0, |(_, word)| letters(word) + 3);
            letters(&shown.text) + mark
        });
        body.max().unwrap_or(0).max(head).clamp(NARROW, WIDE) + MARGINS
    };
    columns.iter().enumerate().map(width).collect()
}

/// A number as text, with the marks of the language.
pub(super) fn number(value: f64, decimals: usize, is_vietnamese: bool) -> String {
    let (thousands, point) = if is_vietnamese {
        ('.', ',')
    } else {
        (',', '.')
    };
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::new();
    if value < 0.0 && plain.contains(|sign: char| ('1'..='9').contains(&sign)) {
        out.push('\u{2212}');
    }
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(thousands);
        }
        out.push(digit);
    }
    if !rest.is_empty() {
        out.push(point);
        out.push_str(rest);
    }
    out
}

/// Year, month, day and second of the day (UTC) of an instant of the years 1980 to 9999, which all forms can write.
pub(super) fn civil(made_at: i64) -> Option<(i32, u8, u8, u32)> {
    if !(315_532_800..253_402_300_800).contains(&made_at) {
        return None;
    }
    let at = jiff::Timestamp::from_second(made_at).ok()?;
    let date = jiff::tz::TimeZone::UTC.to_datetime(at).date();
    let second = made_at.rem_euclid(86_400) as u32;
    Some((
        i32::from(date.year()),
        date.month().unsigned_abs(),
        date.day().unsigned_abs(),
        second,
    ))
}

/// An instant as `2026-11-23T01:00:00Z`.
pub(super) fn stamp(made_at: i64) -> Option<String> {
    let (year, month, day, seconds) = civil(made_at)?;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    ))
}
