//! Episodes made by hand: which are one alert, and which are hidden.

use ingest::event::time::Day;

use super::*;
use crate::alerts::RuleSet;

const DAY: &str = "2026-11-23";

fn at(seconds: i64) -> EventTime {
    Day::parse_iso(DAY).unwrap().start().plus_seconds(seconds)
}

/// The rules of the file, with thresholds that little crowds reach.
fn rules() -> Vec<Rule> {
    let own = r#"
        [[rule]]
        id = "crowd"
        effective_from = "2026-01-01"
        signal = "mean_wait_s"
        window = "30m"
        over = 900
        together = 4
        group = "crowd"
        hides = ["mild"]
        title = { vi = "t", en = "t" }
        response = { vi = "r", en = "r" }
        [[rule]]
        id = "mild"
        effective_from = "2026-01-01"
        signal = "mean_wait_s"
        window = "30m"
        over = 900
        group = "flow"
        title = { vi = "t", en = "t" }
        response = { vi = "r", en = "r" }
        [[rule]]
        id = "outage"
        effective_from = "2026-01-01"
        together = 3
        together_within = "1m"
    "#;
    RuleSet::with(own).unwrap().on(Day::parse_iso(DAY).unwrap())
}

struct Made {
    rules: Vec<Rule>,
    episodes: Vec<(Scope, Name, Episode)>,
}

impl Made {
    fn new() -> Self {
        Self {
            rules: rules(),
            episodes: Vec::new(),
        }
    }

    fn add(&mut self, rule: &str, site: &str, from: i64, until: Option<i64>) -> &mut Episode {
        let place = self.rules.iter().position(|r| r.id == rule).unwrap();
        let reading = Reading {
            value: 1.0,
            sample: 1,
        };
        let episode = Episode {
            rule: place,
            since: at(from),
            from: at(from),
            until: until.map(at),
            began: None,
            last: reading,
            worst: reading,
            detail: None,
        };
        let scope = self.rules[place].signal.scope();
        self.episodes.push((scope, site.into(), episode));
        &mut self.episodes.last_mut().unwrap().2
    }

    fn silent(&mut self, site: &str, heard: i64, expected: i64) {
        let began = (at(heard), at(expected));
        self.add("outage", site, expected + 60, None).began = Some(began);
        self.add("silent", site, expected + 180, None);
    }

    fn alerts(&self) -> Vec<Alert> {
        let episodes = self.episodes.iter();
        alerts(episodes.map(|(kind, id, e)| (*kind, id, e)), &self.rules)
    }

    fn of(&self, group: &str) -> Vec<Alert> {
        let mut found = self.alerts();
        found.retain(|a| a.key.group == group);
        found
    }
}

fn hidden(alerts: &[Alert]) -> Vec<bool> {
    alerts.iter().map(|a| a.hidden_by.is_some()).collect()
}

#[test]
fn two_outages_near_each_other_are_two_and_a_silence_of_neither_is_its_own() {
    let mut made = Made::new();
    for (n, site) in ["a", "b", "c", "d"].iter().enumerate() {
        // Lines lost at 300: heard last at some time before, expected after.
        made.silent(site, 100 + 40 * n as i64, 310 + 30 * n as i64);
    }
    for (n, site) in ["k", "l", "m"].iter().enumerate() {
        // Lost at 700.
        made.silent(site, 520 + 40 * n as i64, 760 + 30 * n as i64);
    }
    // Expected again at 470 after having been heard at 460.
    made.silent("z", 460, 470);
    let outages = made.of("outage");
    let members: Vec<Vec<&str>> = outages
        .iter()
        .map(|a| a.members.iter().map(|m| &**m).collect())
        .collect();
    assert_eq!(members, [vec!["a", "b", "c", "d"], vec!["k", "l", "m"]]);
    let silent = made.of("silent");
    let told = silent.iter().filter(|a| a.hidden_by.is_none());
    let told: Vec<&str> = told.map(|a| &*a.key.subject.id).collect();
    assert_eq!(told, ["z"]);
}

#[test]
fn a_crowd_stands_from_enough_until_nearly_all_are_gone() {
    let mut made = Made::new();
    made.add("crowd", "a", 100, Some(1_000));
    made.add("crowd", "b", 200, Some(1_100));
    made.add("crowd", "c", 300, Some(1_200));
    assert!(made.of("crowd").is_empty());
    made.add("crowd", "d", 400, Some(1_300));
    made.add("crowd", "e", 450, Some(1_900));
    made.add("crowd", "f", 1_950, None);
    let crowd = made.of("crowd");
    assert_eq!(crowd.len(), 1);
    assert_eq!(
        (crowd[0].from, crowd[0].until),
        (at(400), Some(at(1_900))),
        "from the fourth until the last of them"
    );
    assert_eq!(crowd[0].members.len(), 5);
    assert_eq!(crowd[0].reasons[0].until, Some(at(1_900)));
    assert!(crowd[0].over.is_empty());
    made.add("crowd", "g", 700, None);
    let crowd = made.of("crowd");
    assert_eq!(crowd[0].until, None);
    let over: Vec<&str> = crowd[0].over.iter().map(|(name, _)| &**name).collect();
    assert_eq!(over, ["f", "g"], "those that are over it now");
}

#[test]
fn a_hidden_rule_hides_what_stands_by_it_alone() {
    let mut made = Made::new();
    for site in ["a", "b", "c", "d"] {
        made.add("crowd", site, 100, None);
        made.add("mild", site, 100, None);
    }
    made.add("wait_long", "b", 200, None);
    // Over the limit no longer, by the crowd's rule.
    made.add("crowd", "e", 50, Some(150));
    made.add("mild", "e", 160, None);
    let flow = made.of("flow");
    assert_eq!(hidden(&flow), [true, false, true, true, false]);
}
