//! What OpenStreetMap's tags say of a road: its class, its direction, and who may use it.
//!
//! A ferry (`route=ferry` on a way) is a road of its own class. Unless its tags say otherwise it
//! carries people on foot and motorbikes, as the boats over Vietnam's rivers do, and cars only
//! where they are named. `maxspeed` is not read: the travel model's speeds go by class.

use crate::{EdgeTraits, Mode, ModeSet, RoadClass};

/// Keys that this module reads; an importer need keep no others.
pub(super) const KEYS: [&str; 12] = [
    "highway",
    "route",
    "motorroad",
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
    let class = match (tag("highway"), tag("route")) {
        (_, Some("ferry")) => RoadClass::Ferry,
        (highway, _) => RoadClass::from_highway(highway?)?,
    };
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
        admits: admitted(class, &tag),
    };
    (traits.admits != ModeSet::EMPTY).then_some((traits, is_reversed))
}

/// From the general key to the particular one: the most particular that is there decides. Where
/// none is, a road is open to all, a `motorroad` to cars only, and a ferry to all but cars.
fn admitted<'t>(class: RoadClass, tag: &impl Fn(&str) -> Option<&'t str>) -> ModeSet {
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
    let is_motorroad = tag("motorroad") == Some("yes");
    let mut admits = ModeSet::EMPTY;
    for (mode, keys) in keys_by_mode {
        let is_open = match keys.iter().rev().find_map(|key| tag(key)) {
            Some("no" | "private" | "military" | "agricultural") => false,
            Some(_) => true,
            None if mode == Mode::Car => class != RoadClass::Ferry,
            None => !is_motorroad,
        };
        if is_open {
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
    fn ferries_carry_motorbikes_and_people_and_cars_where_it_is_said() {
        let admits = |tags: &[(&str, &'static str)]| {
            let (traits, _) = of(tags).unwrap();
            assert_eq!(traits.class, Some(RoadClass::Ferry));
            Mode::ALL.map(|mode| traits.admits.contains(mode))
        };
        assert_eq!(admits(&[("route", "ferry")]), [true, true, false]);
        let of_cars = [("route", "ferry"), ("motor_vehicle", "yes")];
        assert_eq!(admits(&of_cars), [true; 3]);
        let of_people = [("route", "ferry"), ("motor_vehicle", "no")];
        assert_eq!(admits(&of_people), [false, true, false]);
        assert_eq!(of(&[("route", "bus")]), None);
        assert_eq!(of(&[("highway", "ferry")]), None);
    }

    #[test]
    fn a_motorroad_is_for_cars_unless_it_says_more() {
        let (traits, _) = of(&[("highway", "trunk"), ("motorroad", "yes")]).unwrap();
        assert_eq!(
            Mode::ALL.map(|mode| traits.admits.contains(mode)),
            [false, false, true]
        );
    }

    #[test]
    fn squares_and_plans_are_no_roads() {
        assert_eq!(of(&[("highway", "pedestrian"), ("area", "yes")]), None);
        assert_eq!(of(&[("highway", "construction")]), None);
        assert_eq!(of(&[("building", "yes")]), None);
    }
}
