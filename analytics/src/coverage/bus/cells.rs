//! A pack's cells by bus: what its people are asked about.

use geodata::{LonLat, Pack};

use super::{
    BusCoverage, BusError, BusSettings, Day, Origins, ReachByBus, Targets, Timetable, Window,
};
use crate::coverage::PointRef;

/// When people leave, and by when they are to be there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BusQuestion {
    /// The day.
    pub day: Day,
    /// The departures.
    pub window: Window,
    /// Seconds that must not be reached.
    pub limit_s: u32,
}

/// The answer for every cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellsByBus {
    /// In the order of the pack's cells.
    pub reach: Vec<ReachByBus>,
    /// First departure and last arrival of that day's buses, seconds of the day; `None` where none runs.
    pub hours: Option<(u32, u32)>,
    /// Some of the window lies outside of these hours, where there is only the walk.
    pub is_beyond: bool,
}

/// How every cell of a pack reaches the nearest of some points, from the cell's centre and by straight lines to the stops.
pub fn cells_by_bus(
    pack: &Pack,
    timetable: &Timetable,
    points: &[PointRef<'_>],
    question: &BusQuestion,
) -> Result<CellsByBus, BusError> {
    let settings = BusSettings::default();
    let cells: Vec<LonLat> = pack.cells.iter().map(geodata::Cell::centre).collect();
    let places: Vec<LonLat> = points.iter().map(|point| point.place).collect();
    let origins = Origins::by_line(timetable, &cells, &settings);
    let window = question.window;
    let coverage = BusCoverage::prepare(timetable, origins, question.day, window, &settings)?;
    let targets = Targets::by_line(timetable, &cells, &places, &settings);
    let answer = coverage.compute(targets, question.limit_s)?;
    let hours = coverage.hours();
    let is_within = |(first, last): (u32, u32)| first <= window.from_s && window.until_s <= last;
    Ok(CellsByBus {
        reach: answer.reach,
        hours,
        is_beyond: !hours.is_some_and(is_within),
    })
}
