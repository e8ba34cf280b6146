//! Roads from an OpenStreetMap extract in PBF, of a district or of a whole country.
//!
//! Two passes over the file, block by block, so that only what roads need is held: the first
//! keeps the ways that are roads, the second finds the coordinates of their nodes. Memory goes
//! with the vertices of the extract's roads (some 40 bytes each), not with the file. Ways meet at
//! shared nodes, not where they merely cross, so bridges stay bridges.
//!
//! A block that cannot be read costs that block; a file that is cut short is used up to there.
//! Both are told by their byte.

use super::{BuildError, InputFile, Lines, Report, tags};
use crate::{EdgeTraits, LonLat, transit::Date};
use geo::Rect;
use osmpbf::{BlobDecode, BlobReader, Element};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What an extract holds of roads.
#[derive(Debug)]
pub struct Extract {
    /// The roads.
    pub lines: Lines,
    /// The day it is of, as its header says.
    pub date: Option<String>,
}

/// The ways that are roads, in the order of the file.
#[derive(Default)]
struct RoadWays {
    /// The nodes of all ways, one way after the other.
    nodes: Vec<i64>,
    /// Each way's id, end in `nodes`, and traits.
    ways: Vec<(i64, usize, EdgeTraits)>,
}

/// The roads of an extract, cut to what lies within `bounds` (degrees).
pub fn read_pbf(
    file: InputFile<'_>,
    bounds: Rect<f64>,
    report: &mut Report,
) -> Result<Extract, BuildError> {
    let mut ways = RoadWays::default();
    let header = each_block(file, Some(report), &mut |element| {
        if let Element::Way(way) = element {
            ways.push(&way);
        }
    })?;
    let mut ids = ways.nodes.clone();
    ids.sort_unstable();
    ids.dedup();
    let mut places = Places::of(&ids);
    each_block(file, None, &mut |element| match element {
        Element::Node(node) => {
            places.note(node.id(), node.decimicro_lon(), node.decimicro_lat());
        }
        Element::DenseNode(node) => {
            places.note(node.id(), node.decimicro_lon(), node.decimicro_lat());
        }
        _ => {}
    })?;
    Ok(Extract {
        lines: cut(file, &ways, &places, bounds, report),
        date: header.date,
    })
}

#[derive(Default)]
struct Header {
    date: Option<String>,
}

/// Gives every element of every block that can be read. Reports what cannot be, where asked to.
fn each_block(
    file: InputFile<'_>,
    mut report: Option<&mut Report>,
    visit: &mut dyn FnMut(Element<'_>),
) -> Result<Header, BuildError> {
    let not_pbf = || file.error("is damaged or not OSM PBF: download the extract again");
    let size = file
        .open()?
        .seek(std::io::SeekFrom::End(0))
        .map_err(|error| file.error(format!("cannot be read: {error}")))?;
    let mut header = Header::default();
    let mut good_blocks = 0u64;
    let mut last_start = 0;
    let reader = BlobReader::new_seekable(file.open()?).map_err(|_| not_pbf())?;
    for blob in reader {
        let Ok(blob) = blob else {
            if good_blocks == 0 {
                return Err(not_pbf());
            }
            if let Some(report) = report.as_deref_mut() {
                report.add(
                    file.name,
                    "cut short",
                    format!("after byte {last_start} of {size}"),
                    "",
                    format!(
                        "the file is cut short or damaged: the {good_blocks} blocks before are \
                         used; download the extract again"
                    ),
                );
            }
            break;
        };
        last_start = blob.offset().map_or(last_start, |at| at.0);
        // The reader library does not promise not to panic on a damaged block; a damaged block
        // is still only a damaged block.
        let read = catch_unwind(AssertUnwindSafe(|| match blob.decode() {
            Ok(BlobDecode::OsmHeader(block)) => Some(Block::Header {
                date: block
                    .osmosis_replication_timestamp()
                    .and_then(|seconds| i32::try_from(seconds / 86_400).ok()),
                is_history: block
                    .required_features()
                    .iter()
                    .any(|feature| feature == "HistoricalInformation"),
            }),
            Ok(BlobDecode::OsmData(block)) => {
                block.for_each_element(&mut *visit);
                Some(Block::Data)
            }
            Ok(BlobDecode::Unknown(_)) => Some(Block::Data),
            Err(_) => None,
        }));
        match read.ok().flatten() {
            Some(Block::Header {
                is_history: true, ..
            }) => {
                return Err(file.error(
                    "is a full-history file: download the plain extract (`…-latest.osm.pbf`)",
                ));
            }
            Some(Block::Header { date, .. }) => {
                let epoch = Date::new(1970, 1, 1);
                header.date = date
                    .zip(epoch)
                    .map(|(days, epoch)| epoch.plus_days(days).to_string());
            }
            Some(Block::Data) => {}
            None => {
                if let Some(report) = report.as_deref_mut() {
                    report.add(
                        file.name,
                        "damaged block",
                        format!("byte {last_start} of {size}"),
                        "",
                        "the block there is damaged and left out: download the extract again",
                    );
                }
                continue;
            }
        }
        good_blocks += 1;
    }
    if size > 0 && good_blocks == 0 {
        return Err(not_pbf());
    }
    Ok(header)
}

enum Block {
    /// Days since 1970 of its date; whether it announces a full history.
    Header {
        date: Option<i32>,
        is_history: bool,
    },
    Data,
}

impl RoadWays {
    fn push(&mut self, way: &osmpbf::Way<'_>) {
        let tags: Vec<(&str, &str)> = way
            .tags()
            .filter(|(key, _)| tags::KEYS.contains(key))
            .collect();
        let value = |key: &str| {
            tags.iter()
                .find(|(name, _)| *name == key)
                .map(|(_, value)| *value)
        };
        let Some((traits, is_reversed)) = tags::traits(value) else {
            return;
        };
        let start = self.nodes.len();
        self.nodes.extend(way.refs());
        if is_reversed {
            self.nodes[start..].reverse();
        }
        self.ways.push((way.id(), self.nodes.len(), traits));
    }
}

/// Where the nodes of roads are.
struct Places<'a> {
    /// Ascending, each once.
    ids: &'a [i64],
    /// In ten-millionths of a degree; [`NOWHERE`] until noted.
    e7: Vec<(i32, i32)>,
    /// Where the next node is looked for first: extracts are sorted by id.
    cursor: usize,
}

const NOWHERE: (i32, i32) = (i32::MAX, i32::MAX);
/// Steps from the cursor before the whole is searched.
const NEAR: usize = 32;

impl<'a> Places<'a> {
    fn of(ids: &'a [i64]) -> Self {
        Self {
            ids,
            e7: vec![NOWHERE; ids.len()],
            cursor: 0,
        }
    }

    fn note(&mut self, id: i64, lon: i32, lat: i32) {
        let near_end = (self.cursor + NEAR).min(self.ids.len());
        let near = &self.ids[self.cursor..near_end];
        let is_near = near.first().is_none_or(|first| *first <= id)
            && near.last().is_some_and(|last| *last >= id);
        let found = if is_near {
            near.binary_search(&id).map(|at| at + self.cursor)
        } else {
            let found = self.ids.binary_search(&id);
            self.cursor = found.unwrap_or_else(|at| at);
            found
        };
        if let Ok(at) = found {
            self.cursor = at;
            if LonLat::from_e7(lon, lat).is_some() {
                self.e7[at] = (lon, lat);
            }
        }
    }

    fn position(&self, id: i64) -> Option<usize> {
        self.ids.binary_search(&id).ok()
    }

    fn at(&self, position: usize) -> Option<LonLat> {
        let (lon, lat) = self.e7[position];
        LonLat::from_e7(lon, lat)
    }
}

/// Keeps the runs of each way whose nodes are known and within the bounds.
fn cut(
    file: InputFile<'_>,
    ways: &RoadWays,
    places: &Places<'_>,
    bounds: Rect<f64>,
    report: &mut Report,
) -> Lines {
    let is_within = |place: LonLat| {
        (bounds.min().x..=bounds.max().x).contains(&place.lon)
            && (bounds.min().y..=bounds.max().y).contains(&place.lat)
    };
    const UNNUMBERED: u32 = u32::MAX;
    let mut lines = Lines::default();
    let mut numbers = vec![UNNUMBERED; places.ids.len()];
    let mut run = Vec::new();
    let mut start = 0;
    for &(id, end, traits) in &ways.ways {
        let mut lacking = 0u32;
        let mut is_in = false;
        for node in &ways.nodes[start..end] {
            let known = places
                .position(*node)
                .and_then(|at| Some((at, places.at(at)?)));
            lacking += u32::from(known.is_none());
            let Some((at, place)) = known.filter(|(_, place)| is_within(*place)) else {
                lines.push(&run, traits);
                run.clear();
                continue;
            };
            is_in = true;
            if numbers[at] == UNNUMBERED {
                numbers[at] = lines.add_vertex(place);
            }
            run.push(numbers[at]);
        }
        lines.push(&run, traits);
        run.clear();
        // A way that the extract's own border cuts lacks nodes too, but far from the city.
        if lacking > 0 && is_in {
            report.add(
                file.name,
                "way without all its nodes",
                format!("way {id}"),
                "",
                format!(
                    "{lacking} of its {} nodes are not in the file: it is cut there",
                    end - start
                ),
            );
        }
        start = end;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_and_out_of_order() {
        let ids: Vec<i64> = (0..200).map(|at| at * 3).collect();
        let mut places = Places::of(&ids);
        let order = (0..600).chain([5, 300, 0, 599, 3, 597, 6]);
        for id in order {
            places.note(id, id as i32 * 10, 1);
        }
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(places.e7[at], (*id as i32 * 10, 1));
        }
    }
}
