//! A GTFS table: named columns in any order, rows of any length, some columns optional.

use super::{GtfsError, Problem, Report};

/// A column by name.
#[derive(Clone, Copy)]
pub(super) enum Column {
    /// Must be there.
    Need(&'static str),
    /// Reads as empty when it is not there.
    May(&'static str),
}

/// Calls `each` with the line and the trimmed fields of every row. A row that is not UTF-8 is
/// reported and left out.
pub(super) fn each_row<const N: usize>(
    file: &'static str,
    bytes: &[u8],
    columns: [Column; N],
    report: &mut Report,
    mut each: impl FnMut(&mut Report, u64, [&str; N]),
) -> Result<(), GtfsError> {
    let unreadable = |error: csv::Error| GtfsError::Unreadable {
        file,
        why: error.to_string(),
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let header = reader.headers().map_err(unreadable)?.clone();
    let mut places = [None; N];
    for (place, column) in places.iter_mut().zip(columns) {
        let (Column::Need(name) | Column::May(name)) = column;
        *place = header.iter().position(|found| found == name);
        if place.is_none() && matches!(column, Column::Need(_)) {
            return Err(GtfsError::NoColumn { file, column: name });
        }
    }
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        let mut fields = [""; N];
        let mut is_text = true;
        for (field, place) in fields.iter_mut().zip(places) {
            let bytes = place
                .and_then(|place| record.get(place))
                .unwrap_or_default();
            match std::str::from_utf8(bytes) {
                Ok(text) => *field = text,
                Err(_) => is_text = false,
            }
        }
        if is_text {
            each(report, line, fields);
        } else {
            report.add(file, line, fields[0], Problem::NotUtf8);
        }
    }
    Ok(())
}

/// Sorts rows by id and content and keeps the first of each id, so that the order of a file's
/// rows does not matter. A row is its id, its content, its line.
pub(super) fn unique<T: PartialOrd>(
    file: &'static str,
    mut rows: Vec<(String, T, u64)>,
    report: &mut Report,
) -> Vec<(String, T, u64)> {
    rows.sort_by(|a, b| {
        let by_content = a.1.partial_cmp(&b.1).unwrap_or(std::cmp::Ordering::Equal);
        a.0.cmp(&b.0).then(by_content).then(a.2.cmp(&b.2))
    });
    let mut kept: Vec<(String, T, u64)> = Vec::with_capacity(rows.len());
    for row in rows {
        if row.0.is_empty() {
            report.add(file, row.2, "", Problem::NoId);
        } else if kept.last().is_some_and(|last| last.0 == row.0) {
            report.add(file, row.2, row.0, Problem::DuplicateId);
        } else {
            kept.push(row);
        }
    }
    kept
}

/// Seconds of `H:MM:SS`, also past 24:00:00.
pub(super) fn seconds(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let mut part = |limit: u32| {
        let text = parts.next()?;
        let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u32>()
            .ok()
            .filter(|value| is_number && *value < limit)
    };
    let (hours, minutes, seconds) = (part(1000)?, part(60)?, part(60)?);
    let total = hours * 3600 + minutes * 60 + seconds;
    (parts.next().is_none() && total <= super::super::LATEST_S).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_past_midnight_are_read_and_nonsense_is_not() {
        assert_eq!(seconds("7:05:09"), Some(25_509));
        assert_eq!(seconds("25:10:00"), Some(90_600));
        assert_eq!(seconds("00:00:00"), Some(0));
        for nonsense in [
            "",
            "7:05",
            "7:60:00",
            "-1:00:00",
            "7:05:09:1",
            "x",
            "99:00:00",
            "+7:00:00",
        ] {
            assert_eq!(seconds(nonsense), None, "{nonsense}");
        }
    }
}
