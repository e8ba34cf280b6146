//! A made-up country: a lattice of streets over a degree or two, rivers with ferries, an island,
//! and everything else that a pack is made from. The same numbers give the same files.
//!
//! Junctions stand some 85 m apart, moved about at random; each street has a bend between two
//! junctions. Every 10th line is a secondary road, every 50th a primary one; a seventh of the small
//! streets is left out, an eighth is one-way. The numbers of edges and kilometres for a junction
//! are about those of a town.

use super::{
    Failure,
    pbf::{self, Node, Way},
};
use std::{
    fmt::Write as _,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};
use tiff::{
    encoder::{TiffEncoder, colortype::Gray32Float},
    tags::Tag,
};

pub(crate) const UNITS: &str = "units.geojson";
pub(crate) const TABLE: &str = "units.csv";
pub(crate) const RASTER: &str = "people.tif";
pub(crate) const ROADS: &str = "roads.osm.pbf";
pub(crate) const POINTS: &str = "points.csv";
pub(crate) const PACK: &str = "country.vlpack";

/// South-west corner, ten-millionths of a degree.
const WEST: i64 = 1_040_000_000;
const SOUTH: i64 = 180_000_000;
/// From one junction to the next, ten-millionths of a degree: about 85 m, as in a town.
const STEP: i64 = 8_000;
/// Elements in a block of the extract, as the format advises.
const BLOCK: usize = 8_000;
/// Units along one side.
const UNITS_ALONG: i64 = 16;
/// 24 September 2025.
const DATED: u64 = 1_758_672_000;

const WORDS: [&str; 12] = [
    "",
    "highway",
    "residential",
    "secondary",
    "primary",
    "oneway",
    "yes",
    "route",
    "ferry",
    "name",
    "Phố",
    "tertiary",
];

/// The lattice: `side` × `side` junctions.
struct Lattice {
    side: i64,
}

/// Numbers that look random: splitmix64 of a position (Steele, Lea, Flood, 2014).
fn mixed(position: i64) -> u64 {
    let mut z = (position as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

impl Lattice {
    /// A junction's number among the nodes. Between junctions stand bends: three numbers each.
    fn node(&self, x: i64, y: i64) -> i64 {
        (y * self.side + x) * 3 + 1
    }

    fn place(&self, x: i64, y: i64) -> (i64, i64) {
        let mix = mixed(self.node(x, y));
        let moved = |bits: u64| (bits % (STEP as u64 / 2)) as i64 - STEP / 4;
        (
            WEST + x * STEP + moved(mix),
            SOUTH + y * STEP + moved(mix >> 32),
        )
    }

    /// The streets to the east (0) and north (1) of a junction: bend, class, one-way; `None`
    /// where there is none.
    fn street(&self, x: i64, y: i64, side: i64) -> Option<(u64, bool)> {
        let (along, other) = if side == 0 { (y, x + 1) } else { (x, y + 1) };
        if other >= self.side {
            return None;
        }
        let class = match along {
            _ if along % 50 == 0 => 4,
            _ if along % 10 == 0 => 3,
            _ if along % 5 == 0 => 11,
            _ => 2,
        };
        let mix = mixed(self.node(x, y) * 2 + side);
        // A river along the middle, crossed by primary roads only, and by a ferry between them.
        if side == 1 && y == self.side / 2 && class != 4 {
            return (along % 25 == 0).then_some((8, false));
        }
        // An island: nothing leads out of its square.
        let is_island = |x: i64, y: i64| x < 12 && y < 12;
        let (there_x, there_y) = if side == 0 { (x + 1, y) } else { (x, y + 1) };
        if is_island(x, y) != is_island(there_x, there_y) {
            return None;
        }
        let (is_left_out, is_oneway) = (mix.is_multiple_of(7), (mix >> 8).is_multiple_of(8));
        (class != 2 || !is_left_out).then_some((class, class == 2 && is_oneway))
    }
}

pub(crate) fn write(folder: &Path, junctions: u64) -> Result<(), Failure> {
    // One in twenty is left with two streets, and so is a bend rather than a junction.
    let side = ((junctions as f64 * 1.06).sqrt().ceil() as i64).max(40);
    let lattice = Lattice { side };
    roads(&lattice, &folder.join(ROADS))?;
    let degrees = (side * STEP) as f64 / 1e7;
    raster(degrees, &folder.join(RASTER))?;
    units(degrees, folder)?;
    points(degrees, side, &folder.join(POINTS))?;
    println!(
        "  {} junctions over {degrees:.2} × {degrees:.2} degrees",
        side * side
    );
    Ok(())
}

fn roads(lattice: &Lattice, path: &Path) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(path)?);
    pbf::header(&mut out, DATED)?;
    let mut nodes: Vec<Node> = Vec::with_capacity(BLOCK);
    for y in 0..lattice.side {
        for x in 0..lattice.side {
            let id = lattice.node(x, y);
            let (lon, lat) = lattice.place(x, y);
            nodes.push((id, lon, lat));
            for side in 0..2 {
                if lattice.street(x, y, side).is_some() {
                    let (there_x, there_y) = if side == 0 { (x + 1, y) } else { (x, y + 1) };
                    let there = lattice.place(there_x, there_y);
                    let off = (mixed(id * 4 + side) % 2_000) as i64 - 1_000;
                    let bend = (
                        i64::midpoint(lon, there.0) + off,
                        i64::midpoint(lat, there.1) - off,
                    );
                    nodes.push((id + 1 + side, bend.0, bend.1));
                }
            }
            if nodes.len() >= BLOCK {
                pbf::nodes(&mut out, &nodes)?;
                nodes.clear();
            }
        }
    }
    pbf::nodes(&mut out, &nodes)?;
    let mut ways: Vec<Way> = Vec::with_capacity(BLOCK);
    let mut id = 0;
    for y in 0..lattice.side {
        for x in 0..lattice.side {
            for side in 0..2 {
                let Some((class, is_oneway)) = lattice.street(x, y, side) else {
                    continue;
                };
                let from = lattice.node(x, y);
                let to = if side == 0 {
                    lattice.node(x + 1, y)
                } else {
                    lattice.node(x, y + 1)
                };
                let mut tags = vec![if class == 8 { (7, 8) } else { (1, class) }, (9, 10)];
                if is_oneway {
                    tags.push((5, 6));
                }
                id += 1;
                let nodes = vec![from, from + 1 + side, to];
                ways.push(Way { id, nodes, tags });
                if ways.len() >= BLOCK {
                    pbf::ways(&mut out, &WORDS, &ways)?;
                    ways.clear();
                }
            }
        }
    }
    pbf::ways(&mut out, &WORDS, &ways)?;
    out.flush()?;
    Ok(())
}

/// People per pixel of 30 arc-seconds, more towards the middle.
fn raster(degrees: f64, path: &Path) -> Result<(), Failure> {
    let pixel = 1.0 / 120.0;
    let count = (degrees / pixel).ceil() as u32 + 2;
    let middle = f64::from(count) / 2.0;
    let mut people = Vec::with_capacity((count * count) as usize);
    for row in 0..count {
        for column in 0..count {
            let off = (f64::from(row) - middle).hypot(f64::from(column) - middle) / middle;
            people.push((4_000.0 * (-3.0 * off).exp()) as f32);
        }
    }
    let mut tiff = TiffEncoder::new(BufWriter::new(File::create(path)?))?;
    let mut image = tiff.new_image::<Gray32Float>(count, count)?;
    image.rows_per_strip(16)?;
    let north = SOUTH as f64 / 1e7 - pixel + f64::from(count) * pixel;
    let west = WEST as f64 / 1e7 - pixel;
    let tags = image.encoder();
    tags.write_tag(Tag::ModelPixelScaleTag, &[pixel, pixel, 0.0][..])?;
    tags.write_tag(
        Tag::ModelTiepointTag,
        &[0.0, 0.0, 0.0, west, north, 0.0][..],
    )?;
    let keys: [u16; 16] = [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326];
    tags.write_tag(Tag::GeoKeyDirectoryTag, &keys[..])?;
    tags.write_tag(Tag::GdalNodata, "-99999")?;
    image.write_data(&people)?;
    Ok(())
}

/// Square units side by side.
fn units(degrees: f64, folder: &Path) -> Result<(), Failure> {
    let size = degrees / UNITS_ALONG as f64;
    let (west, south) = (WEST as f64 / 1e7, SOUTH as f64 / 1e7);
    let mut outlines = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    let mut table = String::from("code,name,kind,area_legal,pop\n");
    for at in 0..UNITS_ALONG * UNITS_ALONG {
        let column = (at % UNITS_ALONG) as f64;
        let row = (at / UNITS_ALONG) as f64;
        let (left, bottom) = (west + column * size, south + row * size);
        let (right, top) = (left + size, bottom + size);
        let code = format!("{:05}", at + 1);
        let comma = if at == 0 { "" } else { "," };
        write!(
            outlines,
            "{comma}{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{code}\"}},\"geometry\":{{\
             \"type\":\"Polygon\",\"coordinates\":[[[{left},{bottom}],[{right},{bottom}],[{right},{top}],\
             [{left},{top}],[{left},{bottom}]]]}}}}"
        )?;
        let km2 = (size * 111.2).powi(2) * (bottom + size / 2.0).to_radians().cos();
        writeln!(
            table,
            "{code},Xã {code},xa,{km2:.1},{}",
            20_000 + mixed(at) % 100_000
        )?;
    }
    outlines.push_str("]}");
    std::fs::write(folder.join(UNITS), outlines)?;
    std::fs::write(folder.join(TABLE), table)?;
    Ok(())
}

/// Three points in each unit.
fn points(degrees: f64, side: i64, path: &Path) -> Result<(), Failure> {
    let mut table = String::from("id,name,kind,lon,lat\n");
    for at in 0..UNITS_ALONG * UNITS_ALONG * 3 {
        let mix = mixed(at + side);
        let share = |bits: u64| (bits % 10_000) as f64 / 10_000.0;
        let lon = WEST as f64 / 1e7 + share(mix) * degrees;
        let lat = SOUTH as f64 / 1e7 + share(mix >> 32) * degrees;
        writeln!(table, "P{at},Điểm {at},point,{lon:.6},{lat:.6}")?;
    }
    std::fs::write(path, table)?;
    Ok(())
}
