//! The one place that touches files: a GTFS folder into bytes.

use super::{Feed, GtfsError, Report, SpeedRule, StopTimes, read};
use crate::transit::Timetable;
use flate2::read::GzDecoder;
use std::{fs::File, io::Read, path::Path};

/// Largest file that is read, unpacked: 1 GiB.
const MAX_BYTES: u64 = 1 << 30;

/// Reads a folder of GTFS files. `stop_times.txt` may stand as `stop_times.json` or
/// `stop_times.json.gz` (two objects, from each trip to its stops and to its departure times).
pub fn read_folder(folder: &Path, rule: &SpeedRule) -> Result<(Timetable, Report), GtfsError> {
    let need = |file: &'static str| load(folder, file)?.ok_or(GtfsError::NoFile(file));
    let (stops, routes, trips) = (need("stops.txt")?, need("routes.txt")?, need("trips.txt")?);
    let calendar = load(folder, "calendar.txt")?;
    let calendar_dates = load(folder, "calendar_dates.txt")?;
    let frequencies = load(folder, "frequencies.txt")?;
    let as_csv = load(folder, "stop_times.txt")?;
    let as_json = match (&as_csv, load(folder, "stop_times.json")?) {
        (None, None) => load(folder, "stop_times.json.gz")?,
        (_, json) => json,
    };
    let stop_times = match (&as_csv, &as_json) {
        (Some(bytes), _) => StopTimes::Csv(bytes),
        (None, Some(bytes)) => StopTimes::Json(bytes),
        (None, None) => return Err(GtfsError::NoFile("stop_times.txt")),
    };
    let feed = Feed {
        stops: &stops,
        routes: &routes,
        trips: &trips,
        stop_times,
        calendar: calendar.as_deref(),
        calendar_dates: calendar_dates.as_deref(),
        frequencies: frequencies.as_deref(),
    };
    read(&feed, rule)
}

/// A file's bytes, unpacked; `None` when it is not there.
fn load(folder: &Path, name: &'static str) -> Result<Option<Vec<u8>>, GtfsError> {
    let unreadable = |error: std::io::Error| GtfsError::Unreadable {
        file: name,
        why: error.to_string(),
    };
    let file = match File::open(folder.join(name)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut bytes = Vec::new();
    let is_packed = Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "gz");
    let read = if is_packed {
        GzDecoder::new(file)
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
    } else {
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)
    };
    read.map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(GtfsError::TooLarge(name));
    }
    Ok(Some(bytes))
}
