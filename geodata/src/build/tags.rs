//! What OpenStreetMap's tags say of a road: its class, its direction, and who may use it.

use crate::{EdgeTraits, Mode, ModeSet, RoadClass};

/// Keys that this module reads; an importer need keep no others.
pub(super) const KEYS: [&str; 10] = [
    "highway",
    "area",
    "junction",
    "oneway",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcycle",
    "motorcar",
    "foot",
];

/// The traits of a way and whether its vertices must be taken in reverse (so that a one-way
/// always runs forwards); `None` when it is no road.
pub(super) fn traits<'t>(tag: impl Fn(&str) -> Option<&'t str>) -> Option<(EdgeTraits, bool)> {
    let class = RoadClass::from_highway(tag("highway")?)?;
    if tag("area") == Some("yes") {
        return None;
    }
    let is_roundabout = matches!(tag("junction"), Some("roundabout" | "circular"));
    let (oneway, is_reversed) = match tag("oneway") {
        Some("yes" | "true" | "1") => (true, false),
        Some("-1" | "reverse") => (true, true),
        Some("no" | "false" | "0") => (false, false),
        // Untagged, or a direction that changes with the hour, which no static network can obey.
        _ => (is_roundabout || class == RoadClass::Motorway, false),
    };
    let traits = EdgeTraits {
        class: Some(class),
        oneway,
        admits: admitted(&tag),
    };
    (traits.admits != ModeSet::EMPTY).then_some((traits, is_reversed))
}

/// From the general key to the particular one: the most particular that is there decides.
fn admitted<'t>(tag: &impl Fn(&str) -> Option<&'t str>) -> ModeSet {
    let keys_by_mode: [(Mode, &[&str]); 3] = [
        (
            Mode::Motorbike,
            &["access", "vehicle", "motor_vehicle", "motorcycle"],
        ),
        (
            Mode::Car,
            &["access", "vehicle", "motor_vehicle", "motorcar"],
        ),
        (Mode::Walk, &["access", "foot"]),
    ];
    let mut admits = ModeSet::EMPTY;
    for (mode, keys) in keys_by_mode {
        let last_word = keys.iter().rev().find_map(|key| tag(key));
        let is_closed = matches!(
            last_word,
            Some("no" | "private" | "military" | "agricultural")
        );
        if !is_closed {
            admits = admits.with(mode);
        }
    }
    admits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: &[(&str, &'static str)]) -> Option<(EdgeTraits, bool)> {
        traits(|key| {
            tags.iter()
                .find(|(name, _)| *name == key)
                .map(|(_, value)| *value)
        })
    }

    #[test]
    fn one_ways_are_read_in_all_their_spellings() {
        let oneway = |tags: &[(&str, &'static str)]| {
            of(tags).map(|(traits, reversed)| (traits.oneway, reversed))
        };
        assert_eq!(
            oneway(&[("highway", "primary"), ("oneway", "yes")]),
            Some((true, false))
        );
        assert_eq!(
            oneway(&[("highway", "primary"), ("oneway", "-1")]),
            Some((true, true))
        );
        assert_eq!(oneway(&[("highway", "primary")]), Some((false, false)));
        assert_eq!(oneway(&[("highway", "motorway_link")]), Some((true, false)));
        let roundabout = [("highway", "tertiary"), ("junction", "roundabout")];
        assert_eq!(oneway(&roundabout), Some((true, false)));
        assert_eq!(
            oneway(&[("highway", "motorway"), ("oneway", "no")]),
            Some((false, false))
        );
    }

    #[test]
    fn the_most_particular_access_tag_decides() {
        let (traits, _) = of(&[("highway", "service"), ("access", "no"), ("foot", "yes")]).unwrap();
        assert!(traits.admits.contains(Mode::Walk) && !traits.admits.contains(Mode::Car));
        let (traits, _) = of(&[
            ("highway", "residential"),
            ("motor_vehicle", "no"),
            ("motorcycle", "yes"),
        ])
        .unwrap();
        assert!(traits.admits.contains(Mode::Motorbike) && !traits.admits.contains(Mode::Car));
        assert_eq!(of(&[("highway", "service"), ("access", "private")]), None);
    }

    #[test]
    fn squares_and_plans_are_no_roads() {
        assert_eq!(of(&[("highway", "pedestrian"), ("area", "yes")]), None);
        assert_eq!(of(&[("highway", "construction")]), None);
        assert_eq!(of(&[("building", "yes")]), None);
    }
}
