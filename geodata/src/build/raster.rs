//! A population raster: GeoTIFF in WGS 84 degrees, people per pixel (WorldPop, GHS-POP).
//!
//! The file is read strip by strip, or tile by tile, and only those that touch the units' bounds;
//! of these only the pixels within them are kept. So a raster of a country or of the world needs
//! the memory of the city's window (8 bytes a pixel) and of one strip.
//!
//! What is read of the tags: ModelPixelScale and ModelTiepoint (where the pixels lie),
//! GeoKeyDirectory (geographic, WGS 84, whether a pixel is an area or a point), GDAL_NODATA. A
//! raster in another system is refused with the command that converts it: resampling is a choice
//! of its own that this program does not make.

use super::{
    BuildError, InputFile, Report,
    grid::{Axis, Grid},
    input::ReadSeek,
};
use geo::Rect;
use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
};
use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits},
    tags::Tag,
};

/// Most pixels within the units' bounds: a country at 3 arc-seconds.
const MAX_PIXELS: usize = 200_000_000;
/// Most bytes of one strip or tile unpacked, and of one tag.
const MAX_STRIP: usize = 512 << 20;
const MAX_TAG: usize = 64 << 20;

type Raster<'a> = Decoder<Box<dyn ReadSeek + 'a>>;

/// Where the pixels' centres lie.
struct Frame {
    /// Centre of the first pixel, degrees east and north.
    west: f64,
    north: f64,
    /// Size of a pixel, degrees.
    width: f64,
    height: f64,
    columns: u32,
    rows: u32,
}

/// The grid of a raster within `bounds` (degrees).
pub(super) fn read(
    file: InputFile<'_>,
    bounds: Rect<f64>,
    report: &mut Report,
) -> Result<Grid, BuildError> {
    // The reader library does not promise not to panic on a damaged file.
    let read = catch_unwind(AssertUnwindSafe(|| read_unguarded(file, bounds, report)));
    read.unwrap_or_else(|_| Err(damaged(file, "it cannot be decoded")))
}

fn damaged(file: InputFile<'_>, why: impl std::fmt::Display) -> BuildError {
    file.error(format!(
        "is damaged or a TIFF of another kind ({why}): download it again, or convert it with \
         `gdal_translate -co COMPRESS=DEFLATE`"
    ))
}

fn read_unguarded(
    file: InputFile<'_>,
    bounds: Rect<f64>,
    report: &mut Report,
) -> Result<Grid, BuildError> {
    let damaged = |error: TiffError| damaged(file, error);
    let mut raster: Raster<'_> = Decoder::new(file.open()?).map_err(damaged)?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_STRIP;
    limits.intermediate_buffer_size = MAX_STRIP;
    limits.ifd_value_size = MAX_TAG;
    raster = raster.with_limits(limits);
    if !matches!(raster.colortype().map_err(damaged)?, ColorType::Gray(_)) {
        return Err(file.error("has several bands: give the one band that counts people"));
    }
    let frame = frame(file, &mut raster)?;
    let no_data = no_data(&mut raster);
    let (columns, rows) = window(file, &frame, bounds)?;
    if !frame.covers(bounds) {
        let what = "does not cover all of the units: nobody is counted beyond its border";
        report.add(file.name, "too small", "its border", "", what);
    }
    let mut grid = Grid::empty(
        Axis {
            first: frame.west + f64::from(columns.start) * frame.width,
            step: frame.width,
            count: columns.len(),
        },
        Axis {
            first: frame.north - f64::from(rows.end - 1) * frame.height,
            step: frame.height,
            count: rows.len(),
        },
    );
    let (chunk_width, chunk_height) = raster.chunk_dimensions();
    let across = frame.columns.div_ceil(chunk_width.max(1));
    let down = |rows: &Range<u32>| rows.start / chunk_height..=(rows.end - 1) / chunk_height;
    let along =
        |columns: &Range<u32>| columns.start / chunk_width..=(columns.end - 1) / chunk_width;
    let mut odd = 0u64;
    for chunk_row in down(&rows) {
        for chunk_column in along(&columns) {
            let chunk = chunk_row * across + chunk_column;
            let people = match raster.read_chunk(chunk) {
                Ok(values) => people(values),
                Err(error) => {
                    let at = format!("strip {}", chunk + 1);
                    let what = format!("cannot be read ({error}): nobody is counted there");
                    report.add(file.name, "damaged strip", at, "", what);
                    continue;
                }
            };
            let width = raster.chunk_data_dimensions(chunk).0;
            let first_row = chunk_row * chunk_height;
            let first_column = chunk_column * chunk_width;
            for (at, people) in people.into_iter().enumerate() {
                let row = first_row + at as u32 / width;
                let column = first_column + at as u32 % width;
                if !rows.contains(&row) || !columns.contains(&column) {
                    continue;
                }
                if people.is_nan() || no_data.is_some_and(|no_data| people == no_data) {
                    continue;
                }
                if !(people >= 0.0 && people.is_finite()) {
                    odd += 1;
                    continue;
                }
                let from_south = (rows.end - 1 - row) as usize;
                grid.set((column - columns.start) as usize, from_south, people);
            }
        }
    }
    if odd > 0 {
        let what = format!("{odd} pixels hold fewer than no people: taken as empty");
        report.add(file.name, "odd pixels", "its pixels", "", what);
    }
    Ok(grid)
}

/// Where the pixels lie, from the GeoTIFF tags.
fn frame(file: InputFile<'_>, raster: &mut Raster<'_>) -> Result<Frame, BuildError> {
    let convert = "convert it with `gdalwarp -t_srs EPSG:4326 -r sum in.tif out.tif`";
    let (columns, rows) = raster.dimensions().map_err(|error| damaged(file, error))?;
    let keys = raster.get_tag_u16_vec(Tag::GeoKeyDirectoryTag);
    let Ok(keys) = keys else {
        return Err(file.error(format!(
            "is no GeoTIFF: it does not say where its pixels lie; {convert}"
        )));
    };
    let key = |id: u16| {
        // A header of four numbers, then rows of id, place (0: here), count, value.
        let mut rows = keys.chunks_exact(4).skip(1);
        rows.find(|row| row[0] == id && row[1] == 0)
            .map(|row| row[3])
    };
    if key(MODEL_TYPE) != Some(GEOGRAPHIC) {
        return Err(file.error(format!("is projected, not in degrees: {convert}")));
    }
    if key(GEODETIC_SYSTEM).is_some_and(|system| system != WGS_84) {
        return Err(file.error(format!("is in degrees, but not of WGS 84: {convert}")));
    }
    let (Ok(scale), Ok(tie)) = (
        raster.get_tag_f64_vec(Tag::ModelPixelScaleTag),
        raster.get_tag_f64_vec(Tag::ModelTiepointTag),
    ) else {
        return Err(file.error(format!("is turned or bent against north: {convert}")));
    };
    let (&[width, height, ..], &[column, row, _, lon, lat, _]) = (scale.as_slice(), tie.as_slice())
    else {
        return Err(file.error(format!("has more than one tie point: {convert}")));
    };
    let is_point = key(RASTER_TYPE) == Some(PIXEL_IS_POINT);
    let to_centre = if is_point { 0.0 } else { 0.5 };
    let frame = Frame {
        west: lon + (to_centre - column) * width,
        north: lat - (to_centre - row) * height,
        width,
        height,
        columns,
        rows,
    };
    let is_sound = width > 0.0
        && height > 0.0
        && (-180.5..=180.5).contains(&frame.west)
        && (-90.5..=90.5).contains(&frame.north);
    if is_sound {
        Ok(frame)
    } else {
        Err(file.error(format!("does not lie on the globe: {convert}")))
    }
}

/// Numbers of the GeoTIFF standard (OGC 19-008r4).
const MODEL_TYPE: u16 = 1024;
const RASTER_TYPE: u16 = 1025;
const GEODETIC_SYSTEM: u16 = 2048;
const GEOGRAPHIC: u16 = 2;
const PIXEL_IS_POINT: u16 = 2;
const WGS_84: u16 = 4326;

impl Frame {
    fn covers(&self, bounds: Rect<f64>) -> bool {
        let (half_width, half_height) = (self.width / 2.0, self.height / 2.0);
        let east = self.west + f64::from(self.columns - 1) * self.width;
        let south = self.north - f64::from(self.rows - 1) * self.height;
        self.west - half_width <= bounds.min().x
            && bounds.max().x <= east + half_width
            && south - half_height <= bounds.min().y
            && bounds.max().y <= self.north + half_height
    }
}

/// The columns and rows that touch the bounds.
fn window(
    file: InputFile<'_>,
    frame: &Frame,
    bounds: Rect<f64>,
) -> Result<(Range<u32>, Range<u32>), BuildError> {
    let span = |from: f64, to: f64, count: u32| {
        let first = (from.floor().max(0.0)) as u32;
        let end = (to.ceil() + 1.0).clamp(0.0, f64::from(count)) as u32;
        first..end.max(first)
    };
    let columns = span(
        (bounds.min().x - frame.west) / frame.width,
        (bounds.max().x - frame.west) / frame.width,
        frame.columns,
    );
    let rows = span(
        (frame.north - bounds.max().y) / frame.height,
        (frame.north - bounds.min().y) / frame.height,
        frame.rows,
    );
    if columns.is_empty() || rows.is_empty() {
        return Err(file.error(format!(
            "does not cover the units: its first pixel is at {:.4}, {:.4} and the units lie at \
             {:.4}, {:.4}; give the raster of their country",
            frame.west,
            frame.north,
            bounds.center().x,
            bounds.center().y
        )));
    }
    let pixels = columns.len().saturating_mul(rows.len());
    if pixels > MAX_PIXELS {
        return Err(file.error(format!(
            "has {pixels} pixels within the units' bounds, over {MAX_PIXELS}: give a coarser one \
             (`gdalwarp -tr 0.00083333 0.00083333 -r sum`)"
        )));
    }
    Ok((columns, rows))
}

fn no_data(raster: &mut Raster<'_>) -> Option<f64> {
    let text = raster.get_tag_ascii_string(Tag::GdalNodata).ok()?;
    text.trim_matches(['\0', ' ']).parse().ok()
}

fn people(values: DecodingResult) -> Vec<f64> {
    fn all<T: Into<f64>>(values: Vec<T>) -> Vec<f64> {
        values.into_iter().map(Into::into).collect()
    }
    match values {
        DecodingResult::U8(values) => all(values),
        DecodingResult::U16(values) => all(values),
        DecodingResult::U32(values) => all(values),
        DecodingResult::U64(values) => values.into_iter().map(|value| value as f64).collect(),
        DecodingResult::F16(values) => values.into_iter().map(f64::from).collect(),
        DecodingResult::F32(values) => all(values),
        DecodingResult::F64(values) => values,
        DecodingResult::I8(values) => all(values),
        DecodingResult::I16(values) => all(values),
        DecodingResult::I32(values) => all(values),
        DecodingResult::I64(values) => values.into_iter().map(|value| value as f64).collect(),
    }
}
