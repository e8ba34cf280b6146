//! The map of a scenario as SVG: what is covered, what it gains and loses, units, and points.
//!
//! It is drawn of outlines, not of cells: cells of one class are dissolved into areas. Classes differ in lightness, and what is
//! lost has a dashed edge, so that a copy in grey says the same.

use std::fmt::Write as _;

use geodata::{CellIndex, LonLat, MultiPolygon, Pack, PointKind};
use serde::Serialize;

/// Kilometres around what changes.
const MARGIN_KM: f64 = 4.0;
/// A map shows at least so many kilometres, so that a place is recognised.
const LEAST_KM: f64 = 24.0;
/// Where what changes takes up more of the city's breadth or height than this, all of it is shown.
const WHOLE_OVER: f64 = 0.7;
/// Kilometres of a degree of latitude.
const DEGREE_KM: f64 = 111.195;
/// How many pixels broad the drawing is.
const BREADTH: f64 = 1_200.0;

/// What a scenario does to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Covered before and after.
    Covered,
    /// Covered neither before nor after.
    Uncovered,
    /// Covered after.
    Gained,
    /// Covered before.
    Lost,
}

impl Class {
    /// Of a cell that was and is covered or not.
    pub const fn of(before: bool, after: bool) -> Self {
        match (before, after) {
            (true, true) => Self::Covered,
            (false, false) => Self::Uncovered,
            (false, true) => Self::Gained,
            (true, false) => Self::Lost,
        }
    }
}

/// A point on the map.
#[derive(Debug, Clone, Copy)]
pub struct Marked {
    /// Where.
    pub place: LonLat,
    /// Of which kind.
    pub kind: PointKind,
}

/// What is drawn.
#[derive(Debug)]
pub struct Scene<'a> {
    /// Units' outlines.
    pub pack: &'a Pack,
    /// Every cell with people, and its class.
    pub cells: &'a [(CellIndex, Class)],
    /// Points that count.
    pub points: &'a [Marked],
    /// Where something changes.
    pub changed: &'a [LonLat],
}

/// West, south, east, north, degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bounds([f64; 4]);

impl Bounds {
    const NONE: Self = Self([f64::MAX, f64::MAX, f64::MIN, f64::MIN]);

    fn take(&mut self, lon: f64, lat: f64) {
        let [west, south, east, north] = &mut self.0;
        (*west, *south) = (west.min(lon), south.min(lat));
        (*east, *north) = (east.max(lon), north.max(lat));
    }

    fn of(places: impl Iterator<Item = LonLat>) -> Option<Self> {
        let mut bounds = Self::NONE;
        places.for_each(|place| bounds.take(place.lon, place.lat));
        (bounds.0[0] <= bounds.0[2]).then_some(bounds)
    }

    fn middle(&self) -> (f64, f64) {
        let [west, south, east, north] = self.0;
        (west.midpoint(east), south.midpoint(north))
    }

    /// Kilometres from west to east and from south to north.
    fn size_km(&self) -> (f64, f64) {
        let [west, south, east, north] = self.0;
        let narrow = self.middle().1.to_radians().cos();
        (
            (east - west) * DEGREE_KM * narrow,
            (north - south) * DEGREE_KM,
        )
    }

    /// Around its middle, so many kilometres broad and high.
    fn sized(&self, (breadth, height): (f64, f64)) -> Self {
        let (lon, lat) = self.middle();
        let half_lat = height / DEGREE_KM / 2.0;
        let half_lon = breadth / DEGREE_KM / lat.to_radians().cos() / 2.0;
        Self([
            lon - half_lon,
            lat - half_lat,
            lon + half_lon,
            lat + half_lat,
        ])
    }
}

/// A drawn map.
#[derive(Debug)]
pub struct Drawn {
    /// The drawing.
    pub svg: String,
    /// Its height by its breadth.
    pub ratio: f64,
    frame: Bounds,
}

/// A place on a drawn map: shares of its breadth from the left and of its height from the top.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spot {
    x: f64,
    y: f64,
}

/// A scale bar.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scale {
    /// How long it is, a round number.
    pub km: f64,
    /// What share of the breadth that is.
    pub share: f64,
}

impl Drawn {
    /// Where a place is drawn, if it is.
    pub fn spot(&self, place: LonLat) -> Option<Spot> {
        let [west, south, east, north] = self.frame.0;
        let spot = Spot {
            x: (place.lon - west) / (east - west),
            y: (north - place.lat) / (north - south),
        };
        let is_inside = (0.0..=1.0).contains(&spot.x) && (0.0..=1.0).contains(&spot.y);
        is_inside.then_some(spot)
    }

    /// A bar of about a fifth of the breadth.
    pub fn scale(&self) -> Scale {
        let (breadth, _) = self.frame.size_km();
        let round = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0];
        let km = round
            .into_iter()
            .rfind(|km| km / breadth <= 0.25)
            .unwrap_or(0.5);
        Scale {
            km,
            share: km / breadth,
        }
    }
}

/// The frame: around what changes, or the city, as broad and high as the paper wants (`ratio` is height by breadth).
fn frame(scene: &Scene<'_>, ratio: f64) -> Bounds {
    let outlines = scene.pack.units.iter().filter_map(geodata::Unit::bounds);
    let mut city = Bounds::NONE;
    for [west, south, east, north] in outlines {
        city.take(west, south);
        city.take(east, north);
    }
    let differing = scene
        .cells
        .iter()
        .filter(|(_, class)| matches!(class, Class::Gained | Class::Lost));
    let differing = differing.map(|(cell, _)| geodata::cells::cell_centre(*cell));
    let changed = Bounds::of(differing.chain(scene.changed.iter().copied()));
    let fitted = |bounds: Bounds, least: f64| {
        let (breadth, height) = bounds.size_km();
        let breadth = breadth.max(height / ratio).max(least);
        bounds.sized((breadth, breadth * ratio))
    };
    let whole = fitted(city, 0.0);
    let Some(changed) = changed else { return whole };
    let (breadth, height) = changed.size_km();
    let close = fitted(
        changed.sized((breadth + 2.0 * MARGIN_KM, height + 2.0 * MARGIN_KM)),
        LEAST_KM,
    );
    if close.size_km().0 > WHOLE_OVER * whole.size_km().0 {
        whole
    } else {
        close
    }
}

/// Draws a scene; `ratio` is the wanted height by breadth.
pub fn drawn(scene: &Scene<'_>, ratio: f64) -> Drawn {
    let frame = frame(scene, ratio);
    let height = (BREADTH * ratio).round();
    let [west, south, east, north] = frame.0;
    let at = |lon: f64, lat: f64| {
        let x = (lon - west) / (east - west) * BREADTH;
        let y = (north - lat) / (north - south) * height;
        (x, y)
    };
    // A little beyond the frame, so that edges do not show.
    let is_near = |lon: f64, lat: f64| {
        let (x, y) = at(lon, lat);
        (-60.0..=BREADTH + 60.0).contains(&x) && (-60.0..=height + 60.0).contains(&y)
    };
    let path = |out: &mut String, area: &MultiPolygon<f64>| {
        for polygon in area {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                for (n, place) in ring.0.iter().enumerate() {
                    let (x, y) = at(place.x, place.y);
                    let letter = if n == 0 { 'M' } else { 'L' };
                    let _ = write!(out, "{letter}{x:.1} {y:.1}");
                }
                out.push('Z');
            }
        }
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{BREADTH}\" height=\"{height}\" viewBox=\"0 0 {BREADTH} {height}\">\
         <rect width=\"{BREADTH}\" height=\"{height}\" fill=\"#ffffff\"/>"
    );
    let classes = [
        (Class::Covered, "fill=\"#dfe9f0\""),
        (Class::Uncovered, "fill=\"#b9b2ab\""),
        (Class::Gained, "fill=\"#0b6e4f\""),
        (
            Class::Lost,
            "fill=\"#e88b5a\" stroke=\"#7a2400\" stroke-width=\"3\" stroke-dasharray=\"7 5\"",
        ),
    ];
    for (class, style) in classes {
        let cells = scene.cells.iter().filter(|(_, of)| *of == class);
        let near = cells.map(|(cell, _)| *cell).filter(|cell| {
            let centre = geodata::cells::cell_centre(*cell);
            is_near(centre.lon, centre.lat)
        });
        let area = geodata::cells::area(near);
        let _ = write!(svg, "<path fill-rule=\"evenodd\" {style} d=\"");
        path(&mut svg, &area);
        svg.push_str("\"/>");
    }
    svg.push_str("<path fill=\"none\" stroke=\"#5d6b75\" stroke-width=\"1.2\" d=\"");
    for unit in &scene.pack.units {
        path(&mut svg, &unit.outline);
    }
    svg.push_str("\"/>");
    for point in scene.points {
        if is_near(point.place.lon, point.place.lat) {
            let (x, y) = at(point.place.lon, point.place.lat);
            shape(&mut svg, point.kind, (x, y));
        }
    }
    svg.push_str("</svg>");
    Drawn {
        svg,
        ratio: height / BREADTH,
        frame,
    }
}

/// A point's sign: each kind has a shape.
fn shape(svg: &mut String, kind: PointKind, (x, y): (f64, f64)) {
    let style = "fill=\"#ffffff\" stroke=\"#10202b\" stroke-width=\"2.4\"";
    // Writing to a string cannot fail.
    let _ = match kind {
        PointKind::Branch => write!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"14\" height=\"14\" {style}/>",
            x - 7.0,
            y - 7.0
        ),
        PointKind::Point => write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\" {style}/>"),
        PointKind::Community => write!(
            svg,
            "<path d=\"M{x:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z\" {style}/>",
            y - 9.0,
            x + 8.5,
            y + 6.5,
            x - 8.5,
            y + 6.5
        ),
        PointKind::Mobile => write!(
            svg,
            "<path d=\"M{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}Z\" {style}/>",
            y - 9.0,
            x + 9.0,
            y + 9.0,
            x - 9.0
        ),
        PointKind::Kiosk => write!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"6\" height=\"12\" {style}/>",
            x - 3.0,
            y - 6.0
        ),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat { lon, lat }
    }

    #[test]
    fn the_frame_holds_what_changes_and_is_as_the_paper_wants_it() {
        let pack = Pack::hanoi().unwrap();
        let changed = [place(105.50, 21.10), place(105.55, 21.12)];
        let scene = Scene {
            pack,
            cells: &[],
            points: &[],
            changed: &changed,
        };
        let close = drawn(&scene, 1.0);
        let (breadth, height) = close.frame.size_km();
        assert!((breadth / height - 1.0).abs() < 0.01, "{breadth} {height}");
        assert!(
            (LEAST_KM - 0.1..LEAST_KM + 0.1).contains(&breadth),
            "{breadth}"
        );
        for place in changed {
            let spot = close.spot(place).unwrap();
            assert!(
                (0.1..0.9).contains(&spot.x) && (0.1..0.9).contains(&spot.y),
                "{spot:?}"
            );
        }
        assert_eq!(close.spot(place(106.5, 21.1)), None);
        let scale = close.scale();
        assert!(
            (scale.km - 5.0).abs() < 1e-9 && (scale.share - 5.0 / breadth).abs() < 1e-9,
            "{scale:?}"
        );

        let whole = drawn(
            &Scene {
                pack,
                cells: &[],
                points: &[],
                changed: &[],
            },
            1.1,
        );
        for unit in &pack.units {
            let [west, south, east, north] = unit.bounds().unwrap();
            assert!(
                whole.spot(place(west, south)).is_some()
                    && whole.spot(place(east, north)).is_some()
            );
        }
        assert!((whole.ratio - 1.1).abs() < 0.01);
    }
}
