//! What the found mistakes and the network's own shape do to answers: sentences for the end of a
//! build. A pack is made all the same; whoever made it should know what it cannot say.

use super::Report;
use crate::{
    Pack, SnapIndex,
    transit::{Pattern, Timetable, gtfs},
};
use std::collections::BTreeMap;

/// A cell farther from any road is approximate in every answer, kilometres.
const FAR_KM: f64 = 1.0;
/// Most parts and units named one by one.
const TOLD: usize = 5;
/// Cells' areas and the legal area of a unit may differ so much without a word.
const AREA_TOLERANCE: f64 = 0.2;

/// Says what holds of a pack that its maker should know.
pub(super) fn tell(pack: &Pack, report: &mut Report) {
    areas(pack, report);
    roads(pack, report);
}

fn areas(pack: &Pack, report: &mut Report) {
    let mut km2 = vec![0.0; pack.units.len()];
    for cell in &pack.cells {
        km2[cell.unit.at()] += cell.index.area_km2();
    }
    for (unit, km2) in pack.units.iter().zip(km2) {
        let off = km2 / unit.area_km2 - 1.0;
        // A unit of a few cells is off by their size alone.
        if off.abs() > AREA_TOLERANCE && (km2 - unit.area_km2).abs() > 1.0 {
            report.effect(format!(
                "unit {} ({}): its outline has {km2:.1} km², the law {:.1} ({:+.0} %): check the \
                 outline; its people are spread over the outline",
                unit.code,
                unit.name,
                unit.area_km2,
                off * 100.0
            ));
        }
    }
}

/// People by where their cell's nearest road is.
#[derive(Default)]
struct Nearest {
    /// In cells over [`FAR_KM`] from any road: cells and people, and people by unit.
    far: (u64, u64),
    far_by_unit: BTreeMap<usize, u64>,
    /// By part: cells and people.
    by_part: BTreeMap<u32, (u64, u64)>,
}

fn roads(pack: &Pack, report: &mut Report) {
    let parts = pack.roads.parts();
    let Some(largest) = parts.largest() else {
        return;
    };
    let part_of = |snap: &crate::Snap| {
        let edge = &pack.roads.edges()[snap.edge.0 as usize];
        parts.of_node[edge.from.0 as usize]
    };
    let index = SnapIndex::new(&pack.roads, |_| true);
    let mut nearest = Nearest::default();
    for cell in &pack.cells {
        let Some(snap) = index.nearest(cell.centre()) else {
            continue;
        };
        let people = u64::from(cell.population);
        if snap.access_km > FAR_KM {
            nearest.far = (nearest.far.0 + 1, nearest.far.1 + people);
            *nearest.far_by_unit.entry(cell.unit.at()).or_default() += people;
        }
        let of_part = nearest.by_part.entry(part_of(&snap)).or_default();
        *of_part = (of_part.0 + 1, of_part.1 + people);
    }
    let has_point = |part: u32| {
        let at = pack
            .points
            .iter()
            .filter_map(|point| index.nearest(point.place));
        at.into_iter().any(|snap| part_of(&snap) == part)
    };
    if parts.km.len() > 1 {
        let all_km: f64 = parts.km.iter().sum();
        report.effect(format!(
            "roads: they are in {} parts with no road or ferry between them; the largest has \
             {:.1} of {all_km:.1} km",
            parts.km.len(),
            parts.km[largest as usize]
        ));
    }
    let mut others: Vec<(u32, (u64, u64))> = nearest
        .by_part
        .iter()
        .map(|(part, count)| (*part, *count))
        .filter(|(part, _)| *part != largest)
        .collect();
    others.sort_by_key(|(part, (_, people))| (std::cmp::Reverse(*people), *part));
    for (part, (cells, people)) in others.iter().take(TOLD) {
        let first = parts.of_node.iter().position(|of| of == part);
        let place = first.map(|node| pack.roads.nodes()[node]);
        let at = place.map_or_else(String::new, |p| format!(" at {:.4}, {:.4}", p.lon, p.lat));
        let way = if has_point(*part) {
            "they reach by road only the points on it"
        } else {
            "no point is on it: they reach points in a straight line only, as over a river"
        };
        report.effect(format!(
            "roads: the part{at} ({:.1} km) is an island for {cells} cells with {people} people: \
             {way}; join it in the data if there is a bridge or a ferry",
            parts.km[*part as usize]
        ));
    }
    if others.len() > TOLD {
        let left = others[TOLD..].iter();
        let people: u64 = left.map(|(_, (_, people))| people).sum();
        report.effect(format!(
            "roads: {} more such parts hold {people} people",
            others.len() - TOLD
        ));
    }
    far_from_roads(pack, &nearest, report);
}

fn far_from_roads(pack: &Pack, nearest: &Nearest, report: &mut Report) {
    let (cells, people) = nearest.far;
    if cells == 0 {
        return;
    }
    let mut by_unit: Vec<(usize, u64)> = nearest
        .far_by_unit
        .iter()
        .map(|(unit, people)| (*unit, *people))
        .collect();
    by_unit.sort_by_key(|(unit, people)| (std::cmp::Reverse(*people), *unit));
    let told = by_unit.iter().take(TOLD).map(|(unit, people)| {
        let unit = &pack.units[*unit];
        format!("{} {} {people}", unit.code, unit.name)
    });
    let told: Vec<String> = told.collect();
    let share = people as f64 / pack.population().max(1) as f64 * 100.0;
    report.effect(format!(
        "roads: {cells} cells with {people} people ({share:.1} %) lie over {FAR_KM} km from any \
         road, and their minutes are marked approximate; most in {}",
        told.join(", ")
    ));
}

/// Says how much of a feed is used.
pub(super) fn tell_feed(timetable: &Timetable, read: &gtfs::Report, report: &mut Report) {
    const MIDNIGHT_S: u32 = 86_400;
    let trips = timetable.patterns().iter().flat_map(Pattern::trips);
    let late = trips
        .filter(|(_, calls)| calls.iter().any(|call| call.departure >= MIDNIGHT_S))
        .count();
    report.effect(format!(
        "timetable: {} of {} trips and {} of {} calls are used, at {} stops; {late} trips run past \
         midnight and are kept under the day they begin",
        read.trips.used,
        read.trips.read,
        read.calls.used,
        read.calls.read,
        timetable.stops().len()
    ));
}
