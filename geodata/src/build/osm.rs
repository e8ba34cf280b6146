//! Roads from an OpenStreetMap extract in PBF, of a district or of a whole country.
//!
//! Two passes, so that only what roads need is held: the first keeps the ways that are roads,
//! the second finds the coordinates of their nodes. Ways meet at shared nodes, not where they
//! merely cross, so bridges stay bridges.

use super::{BuildError, InputFile, Lines, tags};
use crate::{EdgeTraits, LonLat};
use geo::Rect;
use osmpbf::{Element, ElementReader};
use std::panic::{AssertUnwindSafe, catch_unwind};

struct RoadWay {
    nodes: Vec<i64>,
    traits: EdgeTraits,
}

/// The roads of an extract, cut to what lies within `bounds` (degrees).
pub fn read_pbf(file: InputFile<'_>, bounds: Rect<f64>) -> Result<Lines, BuildError> {
    let damaged = || file.error("is damaged or not OSM PBF: download the extract again");
    // The reader library does not promise not to panic on a damaged file; a damaged file is still
    // only a damaged file.
    let read = catch_unwind(AssertUnwindSafe(|| read_unguarded(file.bytes, bounds)));
    match read {
        Ok(Ok(lines)) => Ok(lines),
        Ok(Err(_)) | Err(_) => Err(damaged()),
    }
}

fn read_unguarded(bytes: &[u8], bounds: Rect<f64>) -> osmpbf::Result<Lines> {
    let mut ways = Vec::new();
    ElementReader::new(bytes).for_each(|element| {
        if let Element::Way(way) = element {
            ways.extend(road(&way));
        }
    })?;
    let mut ids: Vec<i64> = ways
        .iter()
        .flat_map(|way| way.nodes.iter().copied())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut places: Vec<Option<LonLat>> = vec![None; ids.len()];
    let mut note = |id: i64, lon: i32, lat: i32| {
        if let Ok(at) = ids.binary_search(&id) {
            places[at] = LonLat::from_e7(lon, lat);
        }
    };
    ElementReader::new(bytes).for_each(|element| match element {
        Element::Node(node) => note(node.id(), node.decimicro_lon(), node.decimicro_lat()),
        Element::DenseNode(node) => note(node.id(), node.decimicro_lon(), node.decimicro_lat()),
        _ => {}
    })?;
    Ok(cut(&ways, &ids, &places, bounds))
}

fn road(way: &osmpbf::Way<'_>) -> Option<RoadWay> {
    let tags: Vec<(&str, &str)> = way
        .tags()
        .filter(|(key, _)| tags::KEYS.contains(key))
        .collect();
    let value = |key: &str| {
        tags.iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| *value)
    };
    let (traits, is_reversed) = tags::traits(value)?;
    let mut nodes: Vec<i64> = way.refs().collect();
    if is_reversed {
        nodes.reverse();
    }
    Some(RoadWay { nodes, traits })
}

/// Keeps the runs of each way whose nodes are known and within the bounds.
fn cut(ways: &[RoadWay], ids: &[i64], places: &[Option<LonLat>], bounds: Rect<f64>) -> Lines {
    let is_within = |place: LonLat| {
        (bounds.min().x..=bounds.max().x).contains(&place.lon)
            && (bounds.min().y..=bounds.max().y).contains(&place.lat)
    };
    let mut lines = Lines::default();
    let mut numbers: Vec<Option<u32>> = vec![None; ids.len()];
    for way in ways {
        let mut run = Vec::with_capacity(way.nodes.len());
        for node in &way.nodes {
            let known = ids
                .binary_search(node)
                .ok()
                .and_then(|at| Some((at, places[at]?)));
            match known.filter(|(_, place)| is_within(*place)) {
                Some((at, place)) => {
                    let number = *numbers[at].get_or_insert_with(|| lines.add_vertex(place));
                    run.push(number);
                }
                None => lines.push(std::mem::take(&mut run), way.traits),
            }
        }
        lines.push(run, way.traits);
    }
    lines
}
