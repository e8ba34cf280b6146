//! Rasters: what they give is what the table of their pixels gives, and others are refused.

use super::{
    InputFile, Report, geometry, grid,
    small::{Small, UNITS},
};
use crate::LonLat;
use proptest::prelude::*;
use std::fmt::Write as _;
use tiff::{
    encoder::{Compression, TiffEncoder, colortype},
    tags::Tag,
};

/// What a raster's tags say.
struct Tags<'a> {
    keys: &'a [u16],
    tie: &'a [f64],
    no_data: Option<&'a str>,
}

const WGS_84_AREA: [u16; 16] = [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326];

fn raster<C: colortype::ColorType>(
    size: (u32, u32),
    pixel: f64,
    values: &[C::Inner],
    rows_a_strip: u32,
    tags: &Tags<'_>,
) -> Vec<u8>
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut tiff = TiffEncoder::new(&mut bytes)
        .unwrap()
        .with_compression(Compression::Lzw);
    let mut image = tiff.new_image::<C>(size.0, size.1).unwrap();
    image.rows_per_strip(rows_a_strip).unwrap();
    let encoder = image.encoder();
    encoder
        .write_tag(Tag::ModelPixelScaleTag, &[pixel, pixel, 0.0][..])
        .unwrap();
    encoder.write_tag(Tag::ModelTiepointTag, tags.tie).unwrap();
    if !tags.keys.is_empty() {
        encoder
            .write_tag(Tag::GeoKeyDirectoryTag, tags.keys)
            .unwrap();
    }
    if let Some(no_data) = tags.no_data {
        encoder.write_tag(Tag::GdalNodata, no_data).unwrap();
    }
    image.write_data(values).unwrap();
    bytes.into_inner()
}

const TIE: [f64; 6] = [0.0, 0.0, 0.0, 105.80, 21.04, 0.0];

fn of_whole(no_data: Option<&str>) -> Tags<'_> {
    Tags {
        keys: &WGS_84_AREA,
        tie: &TIE,
        no_data,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A raster and the table of its pixels' centres give the same people, whatever the strips.
    #[test]
    fn a_raster_gives_what_its_table_gives(
        values in prop::collection::vec(prop_oneof![Just(-99_999.0f32), 0.0..500.0f32], 8),
        rows_a_strip in 1..3u32,
    ) {
        prop_assume!(values[0] > 0.0 && values[3] > 0.0);
        let tiff = raster::<colortype::Gray32Float>((4, 2), 0.02, &values, rows_a_strip, &of_whole(Some("-99999")));
        let mut table = "lon,lat,pop\n".to_owned();
        for (at, value) in values.iter().enumerate() {
            let (lon, lat) = (105.81 + (at % 4) as f64 * 0.02, 21.03 - (at / 4) as f64 * 0.02);
            writeln!(table, "{lon},{lat},{}", value.max(0.0)).unwrap();
        }
        let from_raster = Small { grid: &tiff, ..Small::default() }.told();
        let from_table = Small { grid: table.as_bytes(), ..Small::default() }.told();
        // The sums run over the same numbers up to rounding: a person may fall to the next cell.
        for (a, b) in from_raster.0.cells.iter().zip(&from_table.0.cells) {
            prop_assert_eq!((a.index, a.unit), (b.index, b.unit));
            prop_assert!(a.population.abs_diff(b.population) <= 1);
        }
    }
}

#[test]
fn a_large_raster_is_read_in_its_window_only() {
    // 2,000 × 2,000 pixels of a hundredth of a degree, the city in four of them across.
    let mut values = vec![7u16; 2_000 * 2_000];
    values[0] = 9;
    let tie = [0.0, 0.0, 0.0, 95.80, 31.04, 0.0];
    let tags = Tags {
        tie: &tie,
        ..of_whole(None)
    };
    let tiff = raster::<colortype::Gray16>((2_000, 2_000), 0.01, &values, 16, &tags);
    let file = InputFile::in_memory("people.tif", &tiff);
    let outlines = geometry::read_outlines(
        InputFile::in_memory("u", UNITS.as_bytes()),
        &mut Report::default(),
    )
    .unwrap();
    let grid = grid::Grid::read(file, geometry::bounds(&outlines), &mut Report::default()).unwrap();
    assert!(grid.len() <= 10 * 6, "{} pixels are kept", grid.len());
    let place = LonLat {
        lon: 105.82,
        lat: 21.02,
    };
    let km2 = (crate::EARTH_RADIUS_KM * 0.01f64.to_radians()).powi(2) * 21.02f64.to_radians().cos();
    assert!((grid.density_at(place) * km2 - 7.0).abs() < 0.01);
}

#[test]
fn rasters_in_other_systems_are_refused_with_what_to_do() {
    let values = [1.0f32; 8];
    let build = |tags: &Tags<'_>| {
        let tiff = raster::<colortype::Gray32Float>((4, 2), 0.02, &values, 1, tags);
        Small {
            grid: &tiff,
            ..Small::default()
        }
        .build()
    };
    let utm = [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32648];
    let nad = [1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4269];
    let elsewhere = [0.0, 0.0, 0.0, 2.0, 48.0, 0.0];
    let cases = [
        (
            Tags {
                keys: &utm,
                ..of_whole(None)
            },
            "projected",
        ),
        (
            Tags {
                keys: &nad,
                ..of_whole(None)
            },
            "not of WGS 84",
        ),
        (
            Tags {
                keys: &[],
                ..of_whole(None)
            },
            "no GeoTIFF",
        ),
        (
            Tags {
                tie: &elsewhere,
                ..of_whole(None)
            },
            "does not cover the units",
        ),
    ];
    for (tags, word) in cases {
        let message = build(&tags).unwrap_err().to_string();
        assert!(
            message.starts_with("people: ") && message.contains(word),
            "{message}"
        );
    }
    let colours = raster::<colortype::RGB8>((4, 2), 0.02, &[0u8; 24], 1, &of_whole(None));
    let message = Small {
        grid: &colours,
        ..Small::default()
    }
    .build()
    .unwrap_err()
    .to_string();
    assert!(message.contains("several bands"), "{message}");
    // Damage is an error or a finding, never a panic.
    let good = raster::<colortype::Gray32Float>((4, 2), 0.02, &values, 1, &of_whole(None));
    for at in 4..good.len() {
        let mut damaged = good.clone();
        damaged[at] ^= 0x55;
        let _ = Small {
            grid: &damaged,
            ..Small::default()
        }
        .build();
        if at % 8 == 0 {
            let _ = Small {
                grid: &good[..at],
                ..Small::default()
            }
            .build();
        }
    }
}
