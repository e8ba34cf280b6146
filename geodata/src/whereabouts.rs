//! Where a place lies among a pack's units: in one, near their outline, or too far for a point of that city.

use crate::{
    LonLat, Pack, UnitCode,
    place::{EARTH_RADIUS_KM, nearest_on_chord},
};
use geo::LineString;

/// Farthest a point may lie from the units' outline, kilometres. A farther one is most often a slip: two numbers
/// exchanged, a digit missing.
pub const MAX_OUTSIDE_KM: f64 = 20.0;

/// Where two numbers lie.
#[derive(Clone, Debug, PartialEq)]
pub enum Whereabouts {
    /// In a unit. One that lies on an outline to the last bit is in none, and 0 km outside.
    Inside(UnitCode),
    /// In none, but within [`MAX_OUTSIDE_KM`] of the outline; so many kilometres.
    Near(f64),
    /// Farther than that.
    Far {
        /// Kilometres to the outline; `None` where the numbers are no place on Earth.
        km: Option<f64>,
        /// With longitude and latitude exchanged it would lie in a unit.
        is_swapped: bool,
    },
}

/// Where degrees east and north lie among the units of a pack.
pub fn whereabouts(pack: &Pack, lon: f64, lat: f64) -> Whereabouts {
    let swapped = LonLat::new(lat, lon).and_then(|place| unit_at(pack, place));
    let is_swapped = swapped.is_some();
    let Some(place) = LonLat::new(lon, lat) else {
        return Whereabouts::Far {
            km: None,
            is_swapped,
        };
    };
    if let Some(code) = unit_at(pack, place) {
        return Whereabouts::Inside(code);
    }
    let km = outline_distance_km(pack, place);
    if km <= MAX_OUTSIDE_KM {
        return Whereabouts::Near(km);
    }
    Whereabouts::Far {
        km: Some(km),
        is_swapped,
    }
}

impl Whereabouts {
    /// Why a place so far away is no point of the city, and what to do; `None` where it may be one.
    pub fn refusal(&self) -> Option<String> {
        let Self::Far { km, is_swapped } = self else {
            return None;
        };
        let what = match km {
            None => "is no place: lon is degrees east, lat degrees north".to_owned(),
            Some(km) => format!(
                "lies {km:.0} km outside the units' outline, over {MAX_OUTSIDE_KM:.0} km: check lon and lat"
            ),
        };
        let hint = if *is_swapped {
            "; they look exchanged"
        } else {
            ""
        };
        Some(format!("{what}{hint}"))
    }
}

/// The unit that a place lies in.
pub fn unit_at(pack: &Pack, place: LonLat) -> Option<UnitCode> {
    let unit = pack.units.iter().find(|unit| {
        let is_near = unit.bounds().is_some_and(|[west, south, east, north]| {
            (west..=east).contains(&place.lon) && (south..=north).contains(&place.lat)
        });
        is_near && unit.contains(place)
    });
    unit.map(|unit| unit.code.clone())
}

/// Kilometres from a place outside to the nearest unit's outline.
fn outline_distance_km(pack: &Pack, place: LonLat) -> f64 {
    let from = place.direction().0;
    let mut nearest = f64::INFINITY;
    let mut along = |ring: &LineString<f64>| {
        let mut previous: Option<[f64; 3]> = None;
        for vertex in ring.coords() {
            let here = LonLat {
                lon: vertex.x,
                lat: vertex.y,
            }
            .direction()
            .0;
            if let Some(before) = previous {
                nearest = nearest.min(nearest_on_chord(before, here, from).chord2);
            }
            previous = Some(here);
        }
    };
    for polygon in pack.units.iter().flat_map(|unit| unit.outline.iter()) {
        along(polygon.exterior());
        polygon.interiors().iter().for_each(&mut along);
    }
    2.0 * EARTH_RADIUS_KM * (nearest.sqrt() / 2.0).min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_a_unit_near_or_far() {
        let pack = Pack::hanoi().unwrap();
        let at = |lon, lat| whereabouts(pack, lon, lat);
        assert_eq!(
            at(105.82, 21.035),
            Whereabouts::Inside(UnitCode("00008".into()))
        );
        assert!(matches!(at(106.1, 20.95), Whereabouts::Near(km) if km > 1.0 && km < 20.0));
        let far = at(106.68, 20.86);
        assert!(matches!(far, Whereabouts::Far { km: Some(km), is_swapped: false } if km > 20.0));
        assert!(far.refusal().is_some_and(|why| why.contains("km outside")));
        let exchanged = at(21.035, 105.82);
        assert!(
            exchanged
                .refusal()
                .is_some_and(|why| why.ends_with("exchanged"))
        );
    }
}
