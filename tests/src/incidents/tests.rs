//! The ideal observer on days made by hand.

use analytics::alerts::RuleSet;
use analytics::rules::Rules;
use ingest::event::EventTime;

use super::observer::{Limits, Observer};
use super::{Arrivals, Incident, Kind, list};

fn at(clock: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("2026-12-01T{clock}+07:00")).expect("an instant")
}

fn one(kind: &str, sites: &str, begin: &str, end: &str) -> Incident {
    let json = format!(
        r#"{{"seed":1,"incidents":[{{"number":1,"kind":"{kind}","sites":[{sites}],"counters":[],"device":null,"agency":null,
        "begin":"2026-12-01T{begin}+07:00","end":"2026-12-01T{end}+07:00","traces":[]}}]}}"#
    );
    list(&json).expect("a list").remove(0)
}

fn knowable(incident: &Incident, lines: &[String]) -> Option<EventTime> {
    let rules = Rules::shipped().expect("rules");
    let alerts = RuleSet::shipped()
        .expect("alert rules")
        .on(incident.begin.day());
    let limits = Limits::of(&alerts).expect("limits");
    let mut observer = Observer::of(std::slice::from_ref(incident));
    for line in lines {
        observer.hear(line.as_bytes()).expect("a line");
    }
    observer.finish();
    observer.knowable(incident, &limits, &rules)
}

fn line(site: &str, part: &str, word: &str, clock: &str, data: &str) -> String {
    format!(
        r#"{{"source":"sim/site/{site}/{part}","type":"{word}","time":"2026-12-01T{clock}+07:00","data":{{{data}}}}}"#
    )
}

#[test]
fn what_a_site_says_in_an_outage_arrives_at_its_end() {
    let outage = one("network_outage", r#""A""#, "09:00:00", "10:00:00");
    let arrivals = Arrivals::of(&[outage]);
    assert_eq!(
        arrivals.at("sim/site/A/desk", at("09:00:00")),
        at("10:00:00")
    );
    assert_eq!(
        arrivals.at("sim/site/A/desk", at("10:00:00")),
        at("10:00:00")
    );
    assert_eq!(
        arrivals.at("sim/site/AB/desk", at("09:30:00")),
        at("09:30:00")
    );
    assert_eq!(arrivals.at("sim/city/1022", at("09:30:00")), at("09:30:00"));
}

#[test]
fn a_dead_machine_is_known_two_and_a_half_gaps_after_its_last_sign() {
    let incident = one("machine_failure", r#""A""#, "09:00:00", "10:00:00");
    assert_eq!(incident.kind, Kind::MachineFailure);
    let pulse = |clock: &str| {
        line(
            "A",
            "kiosk/1/pulse",
            "device.heartbeat",
            clock,
            r#""device":"kiosk/1""#,
        )
    };
    let lines = [pulse("08:53:00"), pulse("08:58:01"), pulse("10:03:00")];
    assert_eq!(knowable(&incident, &lines), Some(at("09:10:45")));
}

#[test]
fn an_outage_is_known_by_the_third_open_point() {
    let incident = one(
        "network_outage",
        r#""A","B","C","D""#,
        "09:00:00",
        "10:00:00",
    );
    let mut lines = Vec::new();
    for (site, last) in [
        ("A", "08:56:00"),
        ("B", "08:57:00"),
        ("C", "08:59:00"),
        ("D", "08:55:30"),
    ] {
        if site != "D" {
            lines.push(line(site, "desk", "site.opened", "07:30:00", ""));
        }
        lines.push(line(site, "board/1/pulse", "device.heartbeat", last, ""));
    }
    // D never opened, so that its silence says nothing.
    assert_eq!(knowable(&incident, &lines), Some(at("09:05:00")));
}

#[test]
fn a_queue_is_known_by_whichever_limit_is_passed_first() {
    let incident = one("rush", r#""A""#, "09:00:00", "11:00:00");
    let mut lines = vec![
        line("A", "desk", "site.opened", "07:30:00", ""),
        line(
            "A",
            "counter/1",
            "counter.opened",
            "07:30:00",
            r#""counter":"1""#,
        ),
    ];
    for (ticket, clock) in [("1", "09:01:00"), ("2", "09:02:00"), ("3", "09:03:00")] {
        let data = format!(r#""ticket":"{ticket}""#);
        lines.push(line("A", "kiosk/1", "ticket.issued", clock, &data));
    }
    // Nobody is called: over 1,200 seconds since the first came, and three wait.
    assert_eq!(knowable(&incident, &lines), Some(at("09:21:15")));
    let call = line(
        "A",
        "counter/1",
        "ticket.called",
        "09:20:00",
        r#""ticket":"1","counter":"1""#,
    );
    lines.push(call);
    // Two wait, so that only the longest wait speaks: two hours after 09:02:00, and twenty minutes' delay.
    assert_eq!(knowable(&incident, &lines), Some(at("11:22:15")));
}
