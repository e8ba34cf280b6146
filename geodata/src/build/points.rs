//! The points of a pack: the city's own list, or one at each unit's seat and the branches'.

use super::{BuildError, InputFile, Inputs, Report, geometry, table};
use crate::{CoordClass, Pack, Point, PointKind, points_csv, whereabouts::whereabouts};
use std::collections::HashMap;

/// Replaces seats that lie too far from the city by a place inside their unit.
pub(super) fn check_seats(
    file: InputFile<'_>,
    pack: &mut Pack,
    report: &mut Report,
) -> Result<(), BuildError> {
    for at in 0..pack.units.len() {
        let unit = &pack.units[at];
        let (lon, lat) = (unit.seat.lon, unit.seat.lat);
        let Some(why) = whereabouts(pack, lon, lat).refusal() else {
            continue;
        };
        let what = format!(
            "the seat {lon}, {lat} {why}; a place inside the outline is used instead, class C"
        );
        report.add(file.name, "far seat", "unit", unit.code.as_str(), what);
        let inside = geometry::inner_place(&unit.outline, &unit.code)?;
        pack.units[at].seat = inside.quantised();
        pack.units[at].seat_class = CoordClass::C;
    }
    Ok(())
}

/// The points, against the units of a pack that has none yet.
pub(super) fn read(
    inputs: &Inputs<'_>,
    pack: &Pack,
    report: &mut Report,
) -> Result<Vec<Point>, BuildError> {
    if let Some(file) = inputs.points {
        return own_points(file, pack, report);
    }
    let seats = pack.units.iter().map(|unit| Point {
        id: unit.code.0.clone(),
        name: format!("Điểm phục vụ hành chính công {}", unit.name),
        kind: PointKind::Point,
        place: unit.seat,
        unit: Some(unit.code.clone()),
        open: true,
        coord_class: unit.seat_class,
    });
    let mut points: Vec<Point> = seats.collect();
    if let Some(file) = inputs.branches {
        branches(file, pack, &mut points, report)?;
    }
    Ok(points)
}

fn own_points(
    file: InputFile<'_>,
    pack: &Pack,
    report: &mut Report,
) -> Result<Vec<Point>, BuildError> {
    let read =
        points_csv::read(&file.bytes()?, pack).map_err(|error| file.error(error.to_string()))?;
    for row in &read.rejected {
        let what = format!("{}; left out", row.reason);
        report.add(
            file.name,
            "point left out",
            format!("line {}", row.line),
            "",
            what,
        );
    }
    for row in &read.outside {
        let what = format!("lies {:.1} km outside the units' outline: used", row.km);
        let at = format!("line {}", row.line);
        report.add(file.name, "point outside", at, row.id.clone(), what);
    }
    let mut points = read.points;
    let mut by_place: HashMap<(i32, i32), String> = HashMap::new();
    for point in &mut points {
        point.place = point.place.quantised();
        let place = point.place.to_e7();
        if let Some(other) = by_place.get(&place) {
            let what = format!(
                "stands at the very place of `{other}`: used; check that it is another point"
            );
            report.add(file.name, "same place", "point", point.id.clone(), what);
        } else {
            by_place.insert(place, point.id.clone());
        }
    }
    if points.is_empty() {
        let why = read.rejected.first().map_or_else(
            || "it has no row".to_owned(),
            |row| format!("line {}: {}", row.line, row.reason),
        );
        return Err(file.error(format!("holds no usable point ({why})")));
    }
    if !read.rejected.is_empty() || !read.outside.is_empty() {
        let lost = if read.rejected.is_empty() {
            ""
        } else {
            "; the rows left out serve nobody in any answer"
        };
        report.effect(format!(
            "points: {} of {} rows are used, {} of them outside the units{lost}",
            points.len(),
            points.len() + read.rejected.len(),
            read.outside.len()
        ));
    }
    Ok(points)
}

fn branches(
    file: InputFile<'_>,
    pack: &Pack,
    points: &mut Vec<Point>,
    report: &mut Report,
) -> Result<(), BuildError> {
    for (at, row) in table::read_branches(file, report)?.into_iter().enumerate() {
        let (lon, lat) = (row.place.lon, row.place.lat);
        let far = whereabouts(pack, lon, lat).refusal();
        let why = far.map(|why| format!("{lon}, {lat} {why}")).or_else(|| {
            pack.unit(row.unit.as_str())
                .is_none()
                .then(|| format!("seat_unit_code {} is no unit of the pack", row.unit))
        });
        if let Some(why) = why {
            let what = format!("{why}; left out");
            let at = format!("line {}", row.line);
            report.add(file.name, "branch left out", at, row.old_district, what);
            continue;
        }
        points.push(Point {
            id: format!("CN{:02}", at + 1),
            name: format!("Điểm tiếp nhận chi nhánh – {} (cũ)", row.old_district),
            kind: PointKind::Branch,
            place: row.place.quantised(),
            unit: Some(row.unit),
            open: true,
            coord_class: CoordClass::Unconfirmed,
        });
    }
    Ok(())
}
