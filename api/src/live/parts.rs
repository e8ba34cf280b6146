//! Which part of a topic a reader sees who is for a part of the city.
//!
//! | topic | its part |
//! |---|---|
//! | `city` | its points, the clock and the source; the city's own figures are nobody's part |
//! | `alerts` | cases of its points or agencies, of cases of several points its own points alone; the clock |
//!
//! Of others' keys not even their names leave.

use std::borrow::Cow;
use std::sync::Arc;

use analytics::figures::within::{Codes, Within};
use serde_json::Value;

use super::code::percent_decoded;
use super::topic::Part;

/// The part of a topic that is of a part of the city; `None` where the topic cannot be parted.
pub fn part_of(topic: &str, within: &Within) -> Option<Part> {
    if *within == Within::ALL {
        return Some(Part::ALL);
    }
    match topic {
        "city" => Some(Part::of(within.clone(), of_city, whole)),
        "alerts" => Some(Part::of(within.clone(), of_alerts, case)),
        _ => None,
    }
}

fn of_city(within: &Within, key: &str) -> bool {
    match key.strip_prefix("site/") {
        Some(site) => percent_decoded(site).is_some_and(|site| within.has_site(&site)),
        None => matches!(key, "clock" | "source"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as a part's values are asked for")]
const fn whole<'a>(_: &Within, _: &str, value: &'a str) -> Option<Cow<'a, str>> {
    Some(Cow::Borrowed(value))
}

fn of_alerts(_: &Within, key: &str) -> bool {
    key == "clock" || key.starts_with("a/")
}

fn case<'a>(within: &Within, key: &str, value: &'a str) -> Option<Cow<'a, str>> {
    if key == "clock" {
        return Some(Cow::Borrowed(value));
    }
    let mut case: Value = serde_json::from_str(value).ok()?;
    seen(within, &mut case).then(|| {
        if case["members"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
        {
            Cow::Owned(case.to_string())
        } else {
            Cow::Borrowed(value)
        }
    })
}

/// Whether a case, as it is told, is of a part of the city; of several points the others are taken out.
pub fn seen(within: &Within, case: &mut Value) -> bool {
    if *within == Within::ALL {
        return true;
    }
    let has = |set: &Option<Arc<Codes>>, code: &Value| {
        let code = code.as_str();
        set.as_ref()
            .is_some_and(|set| code.is_some_and(|code| set.contains(code)))
    };
    if has(&within.agencies, &case["agency"]) || has(&within.sites, &case["site"]) {
        return true;
    }
    if !case["site"].is_null() || !case["agency"].is_null() {
        return false;
    }
    if let Some(members) = case["members"].as_array_mut() {
        members.retain(|member| has(&within.sites, member));
    }
    if let Some(over) = case["over"].as_array_mut() {
        over.retain(|one| has(&within.sites, &one["site"]));
    }
    case["members"]
        .as_array()
        .is_some_and(|members| !members.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(sites: Option<&[&str]>, agencies: Option<&[&str]>) -> Within {
        let codes = |all: &[&str]| Arc::new(all.iter().map(|code| (*code).to_owned()).collect());
        Within {
            sites: sites.map(codes),
            agencies: agencies.map(codes),
        }
    }

    #[test]
    fn a_case_is_seen_by_its_point_its_agency_or_one_of_its_points() {
        let point = json!({"site": "s1", "agency": null, "members": []});
        let agency = json!({"site": null, "agency": "a1", "members": []});
        let several = json!({"site": null, "agency": null, "members": ["s1", "s2"], "over": [{"site": "s2"}]});
        let officer = of(Some(&["s1"]), None);
        let liaison = of(None, Some(&["a1"]));
        let other = of(Some(&["s9"]), Some(&["a9"]));
        for (case, who, sees) in [
            (&point, &officer, true),
            (&point, &liaison, false),
            (&point, &other, false),
            (&agency, &officer, false),
            (&agency, &liaison, true),
            (&several, &officer, true),
            (&several, &liaison, false),
            (&several, &other, false),
            (&several, &of(Some(&[]), None), false),
        ] {
            assert_eq!(seen(who, &mut case.clone()), sees, "{case} {who:?}");
        }
        let mut told = several;
        assert!(seen(&officer, &mut told));
        assert_eq!(
            (&told["members"], &told["over"]),
            (&json!(["s1"]), &json!([]))
        );
    }

    #[test]
    fn a_citys_reader_is_told_no_other_points_name() {
        let officer = of(Some(&["s/1"]), None);
        let keys = ["site/s%2F1", "site/s2", "figures", "clock", "source"];
        let may: Vec<&str> = keys
            .into_iter()
            .filter(|key| of_city(&officer, key))
            .collect();
        assert_eq!(may, ["site/s%2F1", "clock", "source"]);
        assert!(part_of("feed", &officer).is_none() && part_of("feed", &Within::ALL).is_some());
    }
}
