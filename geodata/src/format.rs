//! The layout of a pack's bytes.
//!
//! ```text
//! offset  bytes  what
//!      0      8  magic "VLPACK" CR LF: a transfer that changes line ends is noticed
//!      8      2  format version, little-endian; any other version is refused with what to do
//!     10      4  CRC-32 of the body
//!     14      4  length of the body unpacked, little-endian, at most 2 GiB
//!     18      8  length of the body
//!     26      …  the body: postcard of `Body`, compressed with zstd
//! ```
//!
//! The body is columns of small integers, which is what makes it compact: coordinates in 1e-7
//! degrees as differences along each line, edges by how far their junctions' numbers lie from the
//! edge before, cells as differences between sorted indices with the bits that are the same in
//! all of them left out. Lengths, adjacency and search trees are not
//! stored: they are computed on loading from what is. Changing any of this needs a new
//! [`FORMAT_VERSION`].
//!
//! Version 2 (this one) added ferries, SHA-256 and dates of the sources, the timetable, and room
//! for a whole country's roads. Version 1 is not read: its packs are made again in minutes.

use crate::{
    CELL_RESOLUTION, Cell, CellIndex, Cells, CoordClass, EdgeTraits, LonLat, Meta, ModeSet,
    NodeIndex, Pack, PackError, Point, PointKind, RoadClass, RoadNetwork, Unit, UnitCode,
    UnitIndex, UnitKind, pack::unsound, roads::RoadBuilder, transit::Timetable,
};
use geo::{LineString, MultiPolygon, Polygon};
use serde::{Deserialize, Serialize};

/// The version of the layout that this program reads and writes.
pub const FORMAT_VERSION: u16 = 2;

const MAGIC: &[u8; 8] = b"VLPACK\r\n";
const HEADER_LEN: usize = 26;
const MAX_UNPACKED: usize = 2 << 30;
/// Strongest ordinary level: packs are made once and read often.
const ZSTD_LEVEL: i32 = 19;
/// Level for bodies over [`LARGE`], a tenth larger but packed in seconds instead of minutes.
const ZSTD_LEVEL_LARGE: i32 = 9;
/// From here on a body is a country's rather than a city's, bytes.
const LARGE: usize = 64 << 20;
/// Low bits of a resolution-9 index, all ones: the digits of the six finer resolutions.
const UNUSED_CELL_BITS: u32 = 3 * (15 - CELL_RESOLUTION as u32);

#[derive(Serialize, Deserialize)]
struct Body {
    meta: Meta,
    units: Vec<UnitRow>,
    cells: CellColumns,
    roads: RoadColumns,
    points: Vec<PointRow>,
    timetable: Option<Timetable>,
}

#[derive(Serialize, Deserialize)]
struct UnitRow {
    code: String,
    name: String,
    kind: UnitKind,
    area_km2: f64,
    population: u32,
    old_district: Option<String>,
    seat: (i32, i32),
    seat_class: CoordClass,
    /// Polygons, each its rings, each a line of differences; rings are closed again on loading.
    outline: Vec<Vec<Vec<i32>>>,
}

#[derive(Serialize, Deserialize)]
struct CellColumns {
    index_steps: Vec<u64>,
    units: Vec<u16>,
    populations: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct RoadColumns {
    /// One line of differences through all junctions.
    nodes: Vec<i32>,
    /// Each edge's first junction, as the difference to that of the edge before.
    from_steps: Vec<i32>,
    /// Each edge's last junction, as the difference to its first.
    to_steps: Vec<i32>,
    /// 0 for no class, otherwise one more than its place in [`RoadClass::ALL`].
    class: Vec<u8>,
    oneway: Vec<bool>,
    admits: Vec<u8>,
    between_count: Vec<u32>,
    /// The vertices between, each edge a line of differences that starts at its `from` junction.
    between: Vec<i32>,
}

#[derive(Serialize, Deserialize)]
struct PointRow {
    id: String,
    name: String,
    kind: PointKind,
    place: (i32, i32),
    unit: Option<String>,
    open: bool,
    coord_class: CoordClass,
}

/// A pack's bytes.
pub(crate) fn encode(pack: &Pack) -> Result<Vec<u8>, PackError> {
    let body = Body {
        meta: pack.meta.clone(),
        units: pack.units.iter().map(unit_row).collect(),
        cells: cell_columns(&pack.cells),
        roads: road_columns(&pack.roads),
        points: pack.points.iter().map(point_row).collect(),
        timetable: pack.timetable.clone(),
    };
    let unpacked = postcard::to_stdvec(&body).map_err(|error| unsound(error.to_string()))?;
    drop(body);
    if unpacked.len() > MAX_UNPACKED {
        return Err(PackError::TooLarge);
    }
    let level = if unpacked.len() > LARGE {
        ZSTD_LEVEL_LARGE
    } else {
        ZSTD_LEVEL
    };
    let packed =
        zstd::bulk::compress(&unpacked, level).map_err(|error| unsound(error.to_string()))?;
    let mut bytes = Vec::with_capacity(HEADER_LEN + packed.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&packed).to_le_bytes());
    bytes.extend_from_slice(&(unpacked.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&(packed.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&packed);
    Ok(bytes)
}

/// The pack in some bytes, its layout checked; [`Pack::check`] looks at what it says.
pub(crate) fn decode(bytes: &[u8]) -> Result<Pack, PackError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(PackError::NotAPack)?;
    let mut fields = rest;
    let found = u16::from_le_bytes(take(&mut fields)?);
    let supported = FORMAT_VERSION;
    if found < supported {
        return Err(PackError::OldFormat { found, supported });
    }
    if found > supported {
        return Err(PackError::NewFormat { found, supported });
    }
    let checksum = u32::from_le_bytes(take(&mut fields)?);
    let unpacked_len = u32::from_le_bytes(take(&mut fields)?) as usize;
    let expected = u64::from_le_bytes(take(&mut fields)?);
    let packed = fields;
    if packed.len() as u64 != expected {
        return Err(PackError::Length {
            found: packed.len() as u64,
            expected,
        });
    }
    if crc32fast::hash(packed) != checksum || unpacked_len > MAX_UNPACKED {
        return Err(PackError::Damaged);
    }
    let unpacked = zstd::bulk::decompress(packed, unpacked_len).map_err(|_| PackError::Damaged)?;
    let body: Body = postcard::from_bytes(&unpacked)
        .map_err(|error| unsound(format!("its content cannot be read: {error}")))?;
    drop(unpacked);
    Ok(Pack {
        meta: body.meta,
        units: body
            .units
            .into_iter()
            .map(read_unit)
            .collect::<Result<_, _>>()?,
        cells: read_cells(&body.cells)?,
        roads: read_roads(body.roads)?,
        points: body
            .points
            .into_iter()
            .map(read_point)
            .collect::<Result<_, _>>()?,
        timetable: body.timetable,
    })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], PackError> {
    let Some((head, rest)) = bytes.split_first_chunk::<N>() else {
        return Err(PackError::Length {
            found: 0,
            expected: N as u64,
        });
    };
    *bytes = rest;
    Ok(*head)
}

/// Turns places into differences, each from the one before; the first from `start`.
struct Steps((i32, i32));

impl Steps {
    fn push(&mut self, place: LonLat, out: &mut Vec<i32>) {
        let (lon, lat) = place.to_e7();
        out.push(lon.wrapping_sub(self.0.0));
        out.push(lat.wrapping_sub(self.0.1));
        self.0 = (lon, lat);
    }

    fn pull(&mut self, pair: &[i32]) -> Result<LonLat, PackError> {
        let &[lon_step, lat_step] = pair else {
            return Err(unsound("a coordinate has only one half".into()));
        };
        self.0 = (
            self.0.0.wrapping_add(lon_step),
            self.0.1.wrapping_add(lat_step),
        );
        stored_place(self.0)
    }
}

fn stored_place((lon, lat): (i32, i32)) -> Result<LonLat, PackError> {
    LonLat::from_e7(lon, lat).ok_or_else(|| unsound("a coordinate lies outside the globe".into()))
}

fn unit_row(unit: &Unit) -> UnitRow {
    let ring = |ring: &LineString<f64>| {
        let mut steps = Steps((0, 0));
        let mut line = Vec::new();
        let open_len = ring.0.len().saturating_sub(1);
        for vertex in &ring.0[..open_len] {
            steps.push(
                LonLat {
                    lon: vertex.x,
                    lat: vertex.y,
                },
                &mut line,
            );
        }
        line
    };
    let polygon = |polygon: &Polygon<f64>| {
        std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(ring)
            .collect()
    };
    UnitRow {
        code: unit.code.0.clone(),
        name: unit.name.clone(),
        kind: unit.kind,
        area_km2: unit.area_km2,
        population: unit.population,
        old_district: unit.old_district.clone(),
        seat: unit.seat.to_e7(),
        seat_class: unit.seat_class,
        outline: unit.outline.iter().map(polygon).collect(),
    }
}

fn read_unit(row: UnitRow) -> Result<Unit, PackError> {
    let mut polygons = Vec::with_capacity(row.outline.len());
    for rings in row.outline {
        let mut lines = rings
            .iter()
            .map(|line| read_ring(line))
            .collect::<Result<Vec<_>, _>>()?;
        if lines.is_empty() {
            return Err(unsound(format!(
                "unit {} has a polygon without a ring",
                row.code
            )));
        }
        let interiors = lines.split_off(1);
        let exterior = lines.remove(0);
        polygons.push(Polygon::new(exterior, interiors));
    }
    Ok(Unit {
        code: UnitCode(row.code),
        name: row.name,
        kind: row.kind,
        area_km2: row.area_km2,
        population: row.population,
        old_district: row.old_district,
        seat: stored_place(row.seat)?,
        seat_class: row.seat_class,
        outline: MultiPolygon::new(polygons),
    })
}

fn read_ring(line: &[i32]) -> Result<LineString<f64>, PackError> {
    let mut steps = Steps((0, 0));
    let mut ring = Vec::with_capacity(line.len() / 2 + 1);
    for pair in line.chunks(2) {
        let place = steps.pull(pair)?;
        ring.push(geo::Coord {
            x: place.lon,
            y: place.lat,
        });
    }
    let Some(&first) = ring.first() else {
        return Err(unsound("a ring has no vertex".into()));
    };
    ring.push(first);
    Ok(LineString::new(ring))
}

fn cell_columns(cells: &Cells) -> CellColumns {
    let mut previous = 0;
    let index_steps = cells
        .iter()
        .map(|cell| {
            let index = u64::from(cell.index) >> UNUSED_CELL_BITS;
            let step = index - previous;
            previous = index;
            step
        })
        .collect();
    CellColumns {
        index_steps,
        units: cells.iter().map(|cell| cell.unit.0).collect(),
        populations: cells.iter().map(|cell| cell.population).collect(),
    }
}

fn read_cells(columns: &CellColumns) -> Result<Cells, PackError> {
    let count = columns.index_steps.len();
    if columns.units.len() != count || columns.populations.len() != count {
        return Err(unsound("the columns of its cells differ in length".into()));
    }
    let mut cells = Vec::with_capacity(count);
    let mut shifted = 0u64;
    let rows = columns
        .index_steps
        .iter()
        .zip(&columns.units)
        .zip(&columns.populations);
    for ((step, unit), population) in rows {
        shifted = shifted.wrapping_add(*step);
        let bits = (shifted << UNUSED_CELL_BITS) | ((1 << UNUSED_CELL_BITS) - 1);
        let index =
            CellIndex::try_from(bits).map_err(|_| unsound(format!("{bits:x} is no cell of H3")))?;
        cells.push(Cell {
            index,
            unit: UnitIndex(*unit),
            population: *population,
        });
    }
    Ok(Cells(cells))
}

fn road_columns(roads: &RoadNetwork) -> RoadColumns {
    let mut columns = RoadColumns {
        nodes: Vec::with_capacity(roads.nodes().len() * 2),
        from_steps: Vec::new(),
        to_steps: Vec::new(),
        class: Vec::new(),
        oneway: Vec::new(),
        admits: Vec::new(),
        between_count: Vec::new(),
        between: Vec::new(),
    };
    let mut steps = Steps((0, 0));
    for &node in roads.nodes() {
        steps.push(node, &mut columns.nodes);
    }
    let mut before = 0u32;
    for edge in roads.edges() {
        let (from, to) = (edge.from.0, edge.to.0);
        columns.from_steps.push(from.wrapping_sub(before) as i32);
        columns.to_steps.push(to.wrapping_sub(from) as i32);
        before = from;
        columns
            .class
            .push(edge.traits.class.map_or(0, |class| class as u8 + 1));
        columns.oneway.push(edge.traits.oneway);
        columns.admits.push(edge.traits.admits.bits());
        let shape = roads.shape(edge);
        let between = &shape[1..shape.len() - 1];
        columns.between_count.push(between.len() as u32);
        let mut steps = Steps(shape[0].to_e7());
        for &vertex in between {
            steps.push(vertex, &mut columns.between);
        }
    }
    columns
}

fn read_roads(columns: RoadColumns) -> Result<RoadNetwork, PackError> {
    let mut nodes = Vec::with_capacity(columns.nodes.len() / 2);
    let mut steps = Steps((0, 0));
    for pair in columns.nodes.chunks(2) {
        nodes.push(steps.pull(pair)?);
    }
    let count = columns.from_steps.len();
    let lengths = [
        columns.to_steps.len(),
        columns.class.len(),
        columns.oneway.len(),
        columns.admits.len(),
        columns.between_count.len(),
    ];
    if lengths.iter().any(|length| *length != count) {
        return Err(unsound("the columns of its roads differ in length".into()));
    }
    let no_junction = || unsound("an edge starts or ends at no junction".into());
    let mut left = columns.between.as_slice();
    let mut builder = RoadBuilder::with_nodes(nodes);
    let mut from = 0u32;
    let mut between = Vec::new();
    for at in 0..count {
        from = from.wrapping_add(columns.from_steps[at] as u32);
        let to = from.wrapping_add(columns.to_steps[at] as u32);
        let start = builder.node(NodeIndex(from)).ok_or_else(no_junction)?;
        let numbers = (columns.between_count[at] as usize).saturating_mul(2);
        let (own, rest) = left
            .split_at_checked(numbers)
            .ok_or_else(|| unsound("an edge lacks a part of its shape".into()))?;
        left = rest;
        let mut steps = Steps(start.to_e7());
        between.clear();
        for pair in own.chunks(2) {
            between.push(steps.pull(pair)?);
        }
        let traits = EdgeTraits {
            class: read_class(columns.class[at])?,
            oneway: columns.oneway[at],
            admits: ModeSet::from_bits(columns.admits[at])
                .ok_or_else(|| unsound("an edge admits an unknown mode".into()))?,
        };
        builder
            .add_edge(NodeIndex(from), NodeIndex(to), traits, between.drain(..))
            .ok_or_else(no_junction)?;
    }
    Ok(builder.finish())
}

fn read_class(stored: u8) -> Result<Option<RoadClass>, PackError> {
    let Some(at) = usize::from(stored).checked_sub(1) else {
        return Ok(None);
    };
    let class = RoadClass::ALL
        .get(at)
        .ok_or_else(|| unsound("a road has no known class".into()))?;
    Ok(Some(*class))
}

fn point_row(point: &Point) -> PointRow {
    PointRow {
        id: point.id.clone(),
        name: point.name.clone(),
        kind: point.kind,
        place: point.place.to_e7(),
        unit: point.unit.as_ref().map(|code| code.0.clone()),
        open: point.open,
        coord_class: point.coord_class,
    }
}

fn read_point(row: PointRow) -> Result<Point, PackError> {
    Ok(Point {
        id: row.id,
        name: row.name,
        kind: row.kind,
        place: stored_place(row.place)?,
        unit: row.unit.map(UnitCode),
        open: row.open,
        coord_class: row.coord_class,
    })
}
