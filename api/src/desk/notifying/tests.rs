//! What of the log is told, that numbers stay, and when a receiver is dead.

use analytics::desk::{Act, CaseState, Desk, Line, What as Happened};

use super::*;
use crate::notify::What;

fn at(text: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("2026-{text}:00+07:00")).unwrap()
}

fn alert_of(id: &str, from: EventTime) -> Alert {
    let dead = Dead {
        from,
        until: None,
        seconds: 1_000,
        waiting: 2,
    };
    alert(id, &dead)
}

/// A desk with its log.
#[derive(Default)]
struct Told {
    desk: Desk,
    followed: Followed,
    log: Vec<Line>,
    month: Option<(i16, i8)>,
}

impl Told {
    fn write(&mut self, lines: Vec<Line>) -> Vec<(u64, What)> {
        let steps = lines
            .iter()
            .filter_map(|line| self.followed.take(&mut self.desk, line));
        let steps = steps.map(|step| (step.number, step.what)).collect();
        self.log.extend(lines);
        steps
    }

    fn observe(&mut self, at: EventTime, alerts: &[Alert]) -> Vec<(u64, What)> {
        let mut lines = self.desk.observe(at, alerts);
        let this = super::super::month(at);
        if !lines.is_empty() && self.month.is_some_and(|last| last < this) {
            lines.splice(0..0, self.desk.carried(at));
        }
        self.month = self.month.max(Some(this));
        self.write(lines)
    }

    fn act(&mut self, at: EventTime, did: Act) -> Vec<(u64, What)> {
        let line = self.desk.act("a-1", "ca-1", did, at).unwrap().unwrap();
        self.write(vec![line])
    }
}

#[test]
fn each_step_is_told_once_and_under_its_place_in_the_month() {
    let mut told = Told::default();
    let (day, next) = ("11-30T09", "12-01T09");
    let time = |day: &str, minute: u32| at(&format!("{day}:{minute:02}"));
    let stands = [alert_of("hotline", time(day, 0))];
    let mut ended = stands.clone();
    ended[0].until = Some(time(day, 20));
    assert_eq!(
        told.observe(time(day, 1), &stands),
        [(2_026_110_000_001, What::Raised)]
    );
    assert_eq!(
        told.observe(time(day, 31), &stands),
        [(2_026_110_000_002, What::Escalated)]
    );
    let urge = Act::Urge {
        agency: "a".to_owned(),
        text: "t".to_owned(),
    };
    assert_eq!(
        told.act(time(day, 32), urge),
        [(2_026_110_000_003, What::Urged)]
    );
    assert_eq!(
        told.observe(time(day, 33), &ended),
        [(2_026_110_000_004, What::Normal)]
    );
    assert_eq!(
        told.observe(time(day, 34), &stands),
        [(2_026_110_000_005, What::Raised)]
    );
    // A second receiver falls in the next month, which begins with the one that is open.
    let both = [stands[0].clone(), alert_of("shift", time(next, 0))];
    assert_eq!(
        told.observe(time(next, 1), &both),
        [(2_026_120_000_002, What::Raised)]
    );
    let case = told.desk.numbered(1).unwrap();
    assert_eq!(case.state, CaseState::Acknowledged);
    assert_eq!(told.followed.stood(1).unwrap().number, 2_026_110_000_005);
    assert_eq!(told.observe(time(next, 2), &[])[0].1, What::Normal);

    // Whichever months are read, what is read has the numbers that it had.
    for from in [0, 5] {
        let mut again = Told::default();
        let numbers = again.write(told.log[from..].to_vec());
        assert_eq!(again.followed.last(), told.followed.last());
        assert!(
            numbers.contains(&(2_026_120_000_002, What::Raised)),
            "{numbers:?}"
        );
    }
    // Its first telling may be in a month that is read no longer: the line that carried it stands for it.
    let mut again = Told::default();
    again.write(told.log[5..7].to_vec());
    assert!(matches!(told.log[5].what, Happened::Carried { .. }));
    assert_eq!(again.followed.stood(1).unwrap().number, 2_026_120_000_001);
}

#[test]
fn one_that_becomes_more_serious_is_told_and_one_that_is_closed_by_hand() {
    let mut told = Told::default();
    let mut alert = alert_of("hotline", at("11-30T09:00"));
    told.observe(at("11-30T09:01"), &[alert.clone()]);
    alert.priority = Priority::Low;
    assert!(told.observe(at("11-30T09:02"), &[alert.clone()]).is_empty());
    alert.priority = Priority::High;
    let steps = told.observe(at("11-30T09:03"), &[alert.clone()]);
    assert_eq!(steps[0].1, What::Raised);
    alert.until = Some(at("11-30T09:04"));
    told.observe(at("11-30T09:05"), &[alert]);
    let reason = "seen".to_owned();
    assert_eq!(
        told.act(at("11-30T09:06"), Act::Close { reason })[0].1,
        What::Closed
    );
    let text = "why".to_owned();
    assert!(
        told.act(at("11-30T09:07"), Act::Explain { text })
            .is_empty()
    );
    assert_eq!(told.followed.stood(1), None);
}

#[test]
fn only_known_receivers_are_told_what_is_old() {
    let text =
        r#"{"receivers":{"hotline":{"up_to":7,"beyond":[9,12]},"gone":{"up_to":1,"beyond":[]}}}"#;
    let names = ["hotline".to_owned(), "new".to_owned()];
    let mut done = Done::of(Some(text));
    done.fit(&names, 10);
    assert_eq!(done.least(), 7);
    assert_eq!(done.receivers["new"].up_to, 10);
    assert!(done.receivers["hotline"].is_settled(9) && !done.receivers["hotline"].is_settled(12));
    // A log that begins anew is not taken for told.
    done.fit(&names, 3);
    assert_eq!((done.least(), done.receivers.len()), (3, 2));
    // A file that cannot be read is none.
    let mut none = Done::of(Some("{"));
    none.fit(&names, 10);
    assert_eq!(none.least(), 10);
    assert_eq!(Done::default().least(), u64::MAX);
}

fn health(failing: bool, took: bool) -> Health {
    Health {
        name: "hotline".to_owned(),
        since_ok: took.then_some(1),
        failing_since: failing.then_some(1),
        last_error: String::new(),
        waiting: 3,
        delivered: 0,
        dropped: 0,
    }
}

#[test]
fn a_receiver_is_dead_after_its_time_until_it_takes_something() {
    let mut dead = BTreeMap::new();
    let (since, noon) = (at("11-30T11:40"), at("11-30T12:00"));
    let failing = |seconds| [(health(true, false), Some(since), seconds)];
    follow(&mut dead, &failing(DEAD_S), noon);
    assert!(dead.is_empty());
    follow(&mut dead, &failing(DEAD_S + 1), noon);
    let alerts: Vec<Alert> = dead.iter().map(|(name, one)| alert(name, one)).collect();
    assert!(alerts[0].stands() && alerts[0].from == since);
    assert_eq!(alerts[0].reasons[0].sample, 3);

    let mut desk = Desk::default();
    for line in desk.observe(noon, &alerts) {
        desk.take(&line);
    }
    // After a restart nothing is known of it: it is dead still.
    follow(&mut dead, &[(health(false, false), None, 0)], noon);
    assert_eq!(dead["hotline"].until, None);
    let later = noon.plus_seconds(60);
    follow(&mut dead, &[(health(false, true), None, 0)], later);
    let alerts: Vec<Alert> = dead.iter().map(|(name, one)| alert(name, one)).collect();
    // It was so: its end is a return to normal and no correction.
    assert_eq!(desk.observe(later, &alerts)[0].what, Happened::Normal);
    // It fails again on the same day.
    follow(
        &mut dead,
        &[(health(true, true), Some(later), DEAD_S + 1)],
        later,
    );
    assert_eq!((dead["hotline"].from, dead["hotline"].until), (later, None));
    // One that is named no longer is over, and forgotten the day after.
    follow(&mut dead, &[], later);
    assert_eq!(dead["hotline"].until, Some(later));
    follow(&mut dead, &[], at("12-01T00:01"));
    assert!(dead.is_empty());
}
