//! Places on the globe and the few measurements everything else is made of.
//!
//! Distances are great-circle on a sphere of 6,371.0088 km (the IUGG mean radius), as the travel
//! model fixes it. Nearest-place questions are answered on unit vectors in space: a segment of
//! road is a straight chord there, so the answer needs no map projection and is exact to a
//! fraction of a millimetre at the lengths of a road's segments.

use serde::{Deserialize, Serialize};

/// Radius of the sphere on which every distance is measured, in kilometres (IUGG mean radius).
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// Steps in one degree of a stored coordinate: OpenStreetMap's own resolution, about 1 cm.
const E7: f64 = 1e7;

/// A place in degrees, WGS 84. Always finite and within the globe's ranges.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LonLat {
    /// Degrees east, −180 to 180.
    pub lon: f64,
    /// Degrees north, −90 to 90.
    pub lat: f64,
}

impl LonLat {
    /// A place, or `None` when the numbers are not one.
    pub fn new(lon: f64, lat: f64) -> Option<Self> {
        let is_place = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
        is_place.then_some(Self { lon, lat })
    }

    /// From stored ten-millionths of a degree.
    pub fn from_e7(lon: i32, lat: i32) -> Option<Self> {
        Self::new(f64::from(lon) / E7, f64::from(lat) / E7)
    }

    /// In ten-millionths of a degree, rounded to the nearest.
    pub fn to_e7(self) -> (i32, i32) {
        (
            (self.lon * E7).round() as i32,
            (self.lat * E7).round() as i32,
        )
    }

    /// The same place after storing and loading.
    pub fn quantised(self) -> Self {
        let (lon, lat) = self.to_e7();
        Self {
            lon: f64::from(lon) / E7,
            lat: f64::from(lat) / E7,
        }
    }

    /// Great-circle kilometres to another place (haversine).
    pub fn distance_km(self, other: Self) -> f64 {
        let (lat_a, lat_b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_dlat = (lat_b - lat_a) / 2.0;
        let half_dlon = (other.lon - self.lon).to_radians() / 2.0;
        let hav = half_dlat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_dlon.sin().powi(2);
        2.0 * EARTH_RADIUS_KM * hav.sqrt().min(1.0).asin()
    }

    /// The unit vector that points at this place.
    pub fn direction(self) -> Direction {
        let (sin_lat, cos_lat) = self.lat.to_radians().sin_cos();
        let (sin_lon, cos_lon) = self.lon.to_radians().sin_cos();
        Direction([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat])
    }
}

/// A unit vector from the globe's centre. Comparing squared chords between directions orders
/// places exactly as great-circle distance does, at a fraction of the cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Direction(pub [f64; 3]);

impl Direction {
    /// Squared chord to another direction (radius 1).
    pub fn chord2(self, other: Self) -> f64 {
        chord2(self.0, other.0)
    }

    /// Back to degrees.
    pub fn place(self) -> LonLat {
        let [x, y, z] = self.0;
        LonLat {
            lon: y.atan2(x).to_degrees(),
            lat: z.atan2(x.hypot(y)).to_degrees(),
        }
    }
}

/// The nearest place on a chord.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnChord {
    /// Share of the chord from its first end, 0 to 1; exactly 0 or 1 at the ends.
    pub share: f64,
    /// Squared distance from the question to the nearest place (radius 1).
    pub chord2: f64,
    /// Where it lies, not normalised to the sphere.
    pub foot: [f64; 3],
}

/// The place on the segment `a`–`b` nearest to `from`.
pub fn nearest_on_chord(a: [f64; 3], b: [f64; 3], from: [f64; 3]) -> OnChord {
    let along = sub(b, a);
    let length2 = dot(along, along);
    let share = if length2 > 0.0 {
        dot(sub(from, a), along) / length2
    } else {
        0.0
    };
    // The ends are returned as they are, so that two segments that share a vertex agree on it
    // to the last bit.
    let (share, foot) = if share <= 0.0 {
        (0.0, a)
    } else if share >= 1.0 {
        (1.0, b)
    } else {
        let inner = std::array::from_fn(|axis| a[axis] + share * along[axis]);
        (share, inner)
    };
    OnChord {
        share,
        chord2: chord2(foot, from),
        foot,
    }
}

fn chord2(a: [f64; 3], b: [f64; 3]) -> f64 {
    let between = sub(a, b);
    dot(between, between)
}

fn sub(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_a_meridian_has_its_known_length() {
        let south = LonLat {
            lon: 105.8,
            lat: 21.0,
        };
        let north = LonLat {
            lon: 105.8,
            lat: 22.0,
        };
        let expected = EARTH_RADIUS_KM * 1f64.to_radians();
        assert!((south.distance_km(north) - expected).abs() < 1e-9);
    }

    #[test]
    fn chords_and_haversine_agree() {
        let a = LonLat {
            lon: 105.8,
            lat: 21.0,
        };
        let b = LonLat {
            lon: 105.9,
            lat: 20.9,
        };
        let chord = a.direction().chord2(b.direction()).sqrt();
        let km = 2.0 * EARTH_RADIUS_KM * (chord / 2.0).asin();
        assert!((a.distance_km(b) - km).abs() < 1e-9);
        let back = b.direction().place();
        assert!(back.distance_km(b) < 1e-9);
    }

    #[test]
    fn nothing_outside_the_globe_is_a_place() {
        assert!(LonLat::new(f64::NAN, 0.0).is_none());
        assert!(LonLat::new(21.0, 105.8).is_none());
        assert!(LonLat::new(105.8, 21.0).is_some());
    }

    #[test]
    fn the_nearest_place_on_a_chord_is_clamped_to_its_ends() {
        let a = LonLat {
            lon: 105.80,
            lat: 21.0,
        }
        .direction()
        .0;
        let b = LonLat {
            lon: 105.81,
            lat: 21.0,
        }
        .direction()
        .0;
        let before = LonLat {
            lon: 105.79,
            lat: 21.0,
        }
        .direction()
        .0;
        assert_eq!(nearest_on_chord(a, b, before).share, 0.0);
        let middle = LonLat {
            lon: 105.805,
            lat: 21.001,
        }
        .direction()
        .0;
        assert!((nearest_on_chord(a, b, middle).share - 0.5).abs() < 1e-4);
        assert_eq!(nearest_on_chord(a, a, middle).share, 0.0);
    }
}
