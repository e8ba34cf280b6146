//! Which places lie within so many metres of another.
//!
//! The places are kept by latitude: a question looks at those in its band only, and compares
//! squared chords, so that a city's cells against its stops take some hundredths of a second.

use crate::{
    LonLat,
    place::{Direction, EARTH_RADIUS_KM},
};

/// Places ready to be asked who is near.
#[derive(Clone, Debug)]
pub struct NearIndex {
    /// By latitude, then by position.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    place: LonLat,
    direction: Direction,
    at: u32,
}

impl NearIndex {
    /// Indexes places; an answer names them by their position here.
    pub fn new(places: impl IntoIterator<Item = LonLat>) -> Self {
        let mut entries: Vec<Entry> = places
            .into_iter()
            .enumerate()
            .map(|(at, place)| Entry {
                place,
                direction: place.direction(),
                at: at as u32,
            })
            .collect();
        entries.sort_by(|a, b| a.place.lat.total_cmp(&b.place.lat).then(a.at.cmp(&b.at)));
        Self { entries }
    }

    /// The places at most so many great-circle metres away, with their metres, in the order of
    /// their positions.
    pub fn within(&self, from: LonLat, metres: f64) -> Vec<(u32, f64)> {
        let angle = metres / (EARTH_RADIUS_KM * 1000.0);
        // A hair wider than asked: the last word is the distance itself.
        let band = angle.to_degrees() + 1e-9;
        let chord2_limit = (2.0 * (angle / 2.0).sin()).powi(2) * (1.0 + 1e-9) + 1e-18;
        let direction = from.direction();
        let first = self
            .entries
            .partition_point(|entry| entry.place.lat < from.lat - band);
        let mut found: Vec<(u32, f64)> = self.entries[first..]
            .iter()
            .take_while(|entry| entry.place.lat <= from.lat + band)
            .filter(|entry| direction.chord2(entry.direction) <= chord2_limit)
            .map(|entry| (entry.at, from.distance_km(entry.place) * 1000.0))
            .filter(|(_, apart)| *apart <= metres)
            .collect();
        found.sort_by_key(|(at, _)| *at);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_looking_at_every_place(
            places in prop::collection::vec((105.7..105.9f64, 20.9..21.1f64), 0..60),
            lon in 105.7..105.9f64, lat in 20.9..21.1f64, metres in 0.0..9_000.0f64,
        ) {
            let places: Vec<LonLat> =
                places.into_iter().map(|(lon, lat)| LonLat { lon, lat }).collect();
            let from = LonLat { lon, lat };
            let found: Vec<u32> =
                NearIndex::new(places.iter().copied()).within(from, metres).into_iter().map(|near| near.0).collect();
            let expected: Vec<u32> = (0..places.len() as u32)
                .filter(|at| from.distance_km(places[*at as usize]) * 1000.0 <= metres)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
