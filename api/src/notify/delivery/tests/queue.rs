//! The queue: single courses, and invariants on random ones.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::queue::{Next, Queue};
use super::*;
use crate::notify::message::{Batch, Priority};
use crate::notify::settings::Receiver;

const S: i64 = 1_000_000;
/// Monday 2 March 2026, 09:00 local time.
const MONDAY_9: i64 = 1_772_416_800 * S;
const HOUR: i64 = 3600 * S;

fn receiver(more: &str) -> Receiver {
    let text = format!(
        "[[receiver]]\nname = \"r\"\nkind = \"webhook\"\nurl = \"http://localhost/\"\nsecret_file = \"s\"\n{more}"
    );
    Settings::parse(&text).unwrap().receivers.remove(0)
}

fn queue(more: &str) -> Queue {
    Queue::new(
        Arc::new(receiver(more)),
        Bounds::SERVER,
        Progress::default(),
    )
}

fn step(number: u64, case: &str, what: What, at: i64) -> Arc<Notice> {
    let mut notice = notice(number, case);
    (notice.what, notice.at, notice.simulated) = (what, at, false);
    Arc::new(notice)
}

fn numbers(next: Next) -> Vec<u64> {
    match next {
        Next::Send(batch) => batch
            .notices
            .iter()
            .map(|told| told.notice.number)
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn failed(trouble: Trouble) -> Result<Option<String>, Failure> {
    Err(Failure {
        trouble,
        text: "x".to_owned(),
    })
}

#[test]
fn the_first_waits_for_others_and_a_test_for_nobody() {
    let mut queue = queue("");
    assert_eq!(queue.next(MONDAY_9), Next::Idle);
    queue.offer(step(1, "a", What::Raised, MONDAY_9), MONDAY_9);
    assert_eq!(queue.next(MONDAY_9), Next::At(MONDAY_9 + 10 * S));
    queue.offer(step(2, "b", What::Raised, MONDAY_9), MONDAY_9 + 9 * S);
    assert_eq!(numbers(queue.next(MONDAY_9 + 10 * S)), [1, 2]);
    queue.sent(Ok(None), MONDAY_9 + 11 * S, 0.0);
    assert_eq!(queue.fates(), [(1, Fate::Delivered), (2, Fate::Delivered)]);
    queue.offer(step(0, "t", What::Test, MONDAY_9), MONDAY_9 + 12 * S);
    assert_eq!(numbers(queue.next(MONDAY_9 + 12 * S)), [0]);
}

#[test]
fn tries_are_further_apart_up_to_five_minutes() {
    let bounds = Bounds::SERVER;
    let after = |failures, chance| bounds.retry_us(failures, Trouble::Passing, chance);
    assert_eq!(
        [1, 2, 3, 7, 99].map(|f| after(f, 0.0)),
        [5, 10, 20, 300, 300].map(|s| s * S)
    );
    assert!(after(1, 0.999) >= 5 * S / 2 && after(1, 0.999) < 5 * S);
    assert_eq!(bounds.retry_us(1, Trouble::Refused, 0.0), 300 * S);
    let mut queue = queue("");
    queue.offer(step(1, "a", What::Raised, MONDAY_9), MONDAY_9);
    let mut now = MONDAY_9 + 10 * S;
    let mut tries = 0;
    loop {
        match queue.next(now) {
            Next::Send(_) => queue.sent(failed(Trouble::Passing), now, 0.0),
            Next::At(at) => now = at,
            Next::Idle => break,
        }
        tries += 1;
        assert!(tries < 2_000, "it ends");
    }
    assert_eq!(queue.fates(), [(1, Fate::Old)]);
    assert!(now - MONDAY_9 > 24 * HOUR && now - MONDAY_9 < 25 * HOUR);
    let health = queue.health();
    assert_eq!((health.dropped, health.waiting), (1, 0));
    assert_eq!(
        health.failing_since,
        Some(MONDAY_9 + 10 * S),
        "since the first failure"
    );
}

#[test]
fn where_too_many_wait_the_oldest_of_the_lowest_is_given_up_and_said() {
    let mut queue = queue("");
    for number in 1..=1_000 {
        let mut one = (*step(number, &number.to_string(), What::Raised, MONDAY_9)).clone();
        one.priority = if number == 1 {
            Priority::High
        } else if number % 2 == 0 {
            Priority::Medium
        } else {
            Priority::Low
        };
        queue.offer(Arc::new(one), MONDAY_9);
    }
    assert!(queue.fates().is_empty());
    queue.offer(step(1_001, "z", What::Raised, MONDAY_9), MONDAY_9);
    queue.offer(step(1_002, "y", What::Raised, MONDAY_9), MONDAY_9);
    assert_eq!(queue.fates(), [(3, Fate::Crowded), (5, Fate::Crowded)]);
    assert_eq!(queue.len(), 1_000);
    let Next::Send(batch) = queue.next(MONDAY_9 + 10 * S) else {
        panic!();
    };
    assert_eq!((batch.notices.len(), batch.given_up), (50, 2));
    queue.offer(step(1_003, "x", What::Raised, MONDAY_9), MONDAY_9 + 10 * S);
    queue.sent(Ok(None), MONDAY_9 + 11 * S, 0.0);
    let Next::Send(batch) = queue.next(MONDAY_9 + 11 * S) else {
        panic!();
    };
    assert_eq!(batch.given_up, 1, "said once, and what came meanwhile");
}

#[test]
fn the_shift_is_waited_for_and_what_began_and_ended_outside_it_is_not_told() {
    let evening = MONDAY_9 + 10 * HOUR;
    let morning = MONDAY_9 + 22 * HOUR + HOUR / 2;
    let mut queue = queue("shift = \"Mon-Fri 07:30-17:30\"\nalways_high = true");
    queue.offer(step(1, "stays", What::Raised, evening), evening);
    queue.offer(step(2, "goes", What::Raised, evening), evening);
    assert_eq!(queue.next(evening), Next::At(morning + 10 * S));
    queue.offer(step(3, "goes", What::Normal, evening), evening + HOUR);
    assert_eq!(queue.fates(), [(2, Fate::Skipped), (3, Fate::Skipped)]);
    assert_eq!(queue.progress().up_to, 0);
    queue.offer(step(4, "other", What::Raised, evening), evening + HOUR);
    let mut high = (*step(5, "stays", What::Escalated, evening)).clone();
    high.priority = Priority::High;
    queue.offer(Arc::new(high), evening + 2 * HOUR);
    assert_eq!(
        numbers(queue.next(evening + 2 * HOUR + 10 * S)),
        [1, 5],
        "with what its case had waiting"
    );
    queue.sent(Ok(None), evening + 2 * HOUR + 11 * S, 0.0);
    assert_eq!(
        (queue.progress().up_to, queue.progress().is_settled(5)),
        (3, true)
    );
    assert_eq!(numbers(queue.next(morning + 10 * S)), [4]);
}

#[test]
fn a_message_that_fails_over_the_shift_s_end_waits_for_the_next() {
    let (end, morning) = (
        MONDAY_9 + 8 * HOUR + HOUR / 2,
        MONDAY_9 + 22 * HOUR + HOUR / 2,
    );
    let mut queue = queue("shift = \"Mon-Fri 07:30-17:30\"\nalways_high = true");
    queue.offer(step(1, "a", What::Raised, end - 60 * S), end - 60 * S);
    assert_eq!(numbers(queue.next(end - 50 * S)), [1]);
    queue.sent(failed(Trouble::Refused), end - 49 * S, 0.0);
    assert_eq!(queue.next(end), Next::At(morning + 10 * S));
    queue.offer(step(2, "a", What::Normal, end), end + S);
    assert!(
        queue.fates().is_empty(),
        "it was tried: who may have it is told its end"
    );
    assert_eq!(numbers(queue.next(morning + 10 * S)), [1, 2]);
}

#[test]
fn a_high_one_is_not_kept_until_morning_by_what_its_case_has_in_flight() {
    let end = MONDAY_9 + 8 * HOUR + HOUR / 2;
    let mut queue = queue("shift = \"Mon-Fri 07:30-17:30\"\nalways_high = true");
    queue.offer(step(1, "a", What::Raised, end - 60 * S), end - 60 * S);
    assert_eq!(numbers(queue.next(end - 50 * S)), [1]);
    let mut high = (*step(2, "a", What::Escalated, end - 49 * S)).clone();
    high.priority = Priority::High;
    queue.offer(Arc::new(high), end - 49 * S);
    queue.sent(failed(Trouble::Passing), end - 48 * S, 0.0);
    assert_eq!(numbers(queue.next(end)), [1, 2]);
}

#[test]
fn what_stands_is_told_again_until_it_is_taken_or_over() {
    let mut queue = queue("repeat = \"2h\"");
    queue.offer(step(1, "a", What::Raised, MONDAY_9), MONDAY_9);
    queue.offer(step(2, "b", What::Raised, MONDAY_9), MONDAY_9);
    queue.offer(step(3, "c", What::Raised, MONDAY_9), MONDAY_9);
    let told = MONDAY_9 + 10 * S;
    assert_eq!(numbers(queue.next(told)), [1, 2, 3]);
    queue.sent(Ok(None), told, 0.0);
    queue.fates();
    queue.taken("b");
    let again = told + 2 * HOUR;
    assert_eq!(queue.next(told), Next::At(again));
    queue.offer(step(4, "c", What::Normal, told), told + HOUR);
    assert_eq!(numbers(queue.next(told + HOUR + 10 * S)), [4]);
    queue.sent(Ok(None), told + HOUR + 10 * S, 0.0);
    queue.fates();
    assert_eq!(queue.next(again), Next::At(again + 10 * S));
    let Next::Send(Batch { notices, .. }) = queue.next(again + 10 * S) else {
        panic!();
    };
    assert_eq!((notices.len(), notices[0].notice.number), (1, 1));
    assert_eq!(notices[0].repeated_at, Some(again));
    queue.sent(Ok(None), again + 10 * S, 0.0);
    assert!(
        queue.fates().is_empty(),
        "its number was settled the first time"
    );
    assert_eq!(
        queue.next(again + 10 * S),
        Next::At(again + 10 * S + 2 * HOUR)
    );
}

#[test]
fn recalled_cases_are_told_again_and_their_ends_are_known() {
    let more = "repeat = \"2h\"\npriorities = [\"medium\"]";
    let progress = Progress {
        up_to: 7,
        beyond: BTreeSet::new(),
    };
    let mut queue = Queue::new(Arc::new(receiver(more)), Bounds::SERVER, progress);
    queue.recall(step(7, "a", What::Raised, MONDAY_9), false, MONDAY_9);
    queue.recall(step(6, "b", What::Raised, MONDAY_9), true, MONDAY_9);
    assert_eq!(queue.next(MONDAY_9), Next::At(MONDAY_9 + 2 * HOUR));
    let mut end = (*step(8, "b", What::Normal, MONDAY_9)).clone();
    end.priority = Priority::Low;
    queue.offer(Arc::new(end), MONDAY_9);
    assert_eq!(numbers(queue.next(MONDAY_9 + 10 * S)), [8]);
}

#[derive(Debug, Clone)]
enum Op {
    Offer(u8, What, Priority),
    Pass(i64),
    Answer(Option<Trouble>),
    Taken(u8),
    Restart,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let what = prop_oneof![
        3 => Just(What::Raised),
        1 => Just(What::Escalated),
        1 => Just(What::Urged),
        2 => Just(What::Normal),
    ];
    let priority = prop_oneof![
        Just(Priority::Low),
        Just(Priority::Medium),
        Just(Priority::High)
    ];
    let answer = prop_oneof![
        3 => Just(None),
        2 => Just(Some(Trouble::Passing)),
        1 => Just(Some(Trouble::Refused)),
        1 => Just(Some(Trouble::Content)),
    ];
    let pass = prop_oneof![4 => 0..30 * S, 1 => 0..20 * HOUR];
    let op = prop_oneof![
        6 => (0_u8..5, what, priority).prop_map(|(case, what, priority)| Op::Offer(case, what, priority)),
        5 => pass.prop_map(Op::Pass),
        5 => answer.prop_map(Op::Answer),
        1 => (0_u8..5).prop_map(Op::Taken),
        1 => Just(Op::Restart),
    ];
    proptest::collection::vec(op, 0..120)
}

/// What a course showed, held against the invariants.
#[derive(Default)]
struct Course {
    offered: Vec<Arc<Notice>>,
    fates: BTreeMap<u64, Fate>,
    /// The last number of each case that a message which was taken held.
    told: BTreeMap<String, u64>,
    /// What was told again, by number and time: a message that fails keeps what it holds.
    again: BTreeSet<(u64, i64)>,
}

impl Course {
    fn look(&mut self, queue: &mut Queue, bounds: Bounds) -> Result<(), TestCaseError> {
        for (number, fate) in queue.fates() {
            let before = self.fates.insert(number, fate);
            prop_assert_eq!(before, None, "{} is settled once", number);
        }
        for notice in &self.offered {
            let is_settled = queue.progress().is_settled(notice.number);
            prop_assert_eq!(
                is_settled,
                self.fates.contains_key(&notice.number),
                "{}",
                notice.number
            );
        }
        prop_assert!(queue.len() <= bounds.most_waiting);
        Ok(())
    }

    fn sent(
        &mut self,
        batch: &Batch,
        receiver: &Receiver,
        now: i64,
        bounds: Bounds,
    ) -> Result<(), TestCaseError> {
        prop_assert!(!batch.notices.is_empty() && batch.notices.len() <= bounds.most_joined);
        let mut told = self.told.clone();
        for one in &batch.notices {
            let notice = &one.notice;
            match one.repeated_at {
                None => {
                    let before = told.insert(notice.case.clone(), notice.number);
                    prop_assert!(
                        before < Some(notice.number),
                        "{} after {before:?}",
                        notice.number
                    );
                }
                Some(at) if self.again.insert((notice.number, at)) => {
                    let later = self.offered.iter().any(|o| {
                        o.case == notice.case
                            && o.number > notice.number
                            && (o.what.ends() || o.what.stands())
                    });
                    prop_assert!(!later, "what is told again is the last that was said");
                }
                Some(_) => {}
            }
            let goes = |o: &Arc<Notice>| {
                o.case == notice.case && o.number >= notice.number && o.priority == Priority::High
            };
            prop_assert!(
                receiver.shift.covers(now) || self.offered.iter().any(goes),
                "outside the shift"
            );
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn on_every_course_each_is_settled_once_in_order_within_bounds(ops in ops(), begin in 0..7 * 24 * HOUR) {
        let receiver = Arc::new(receiver("shift = \"Mon-Fri 07:30-17:30\"\nalways_high = true\nrepeat = \"30m\""));
        let bounds = Bounds { most_waiting: 12, most_joined: 4, ..Bounds::SERVER };
        let mut queue = Queue::new(Arc::clone(&receiver), bounds, Progress::default());
        let mut course = Course::default();
        let mut now = MONDAY_9 + begin;
        let mut flying: Option<Batch> = None;
        // After the course everything passes for two weeks, so that what waits comes to its end.
        let end = std::iter::repeat_n([Op::Answer(None), Op::Pass(HOUR)], 14 * 24).flatten();
        let closing = (0..5).map(|case| Op::Offer(case, What::Normal, Priority::Low));
        for op in ops.into_iter().chain(closing).chain(end) {
            match op {
                Op::Offer(case, what, priority) => {
                    let number = course.offered.len() as u64 + 1;
                    let mut one = (*step(number, &case.to_string(), what, now)).clone();
                    one.priority = priority;
                    let one = Arc::new(one);
                    course.offered.push(Arc::clone(&one));
                    queue.offer(one, now);
                }
                Op::Pass(us) => now += us,
                Op::Answer(trouble) => {
                    if let Some(batch) = flying.take() {
                        if trouble.is_none() {
                            for one in batch.notices.iter().filter(|one| one.repeated_at.is_none()) {
                                course.told.insert(one.notice.case.clone(), one.notice.number);
                            }
                        }
                        queue.sent(trouble.map_or(Ok(None), failed), now, 0.5);
                    }
                }
                Op::Taken(case) => queue.taken(&case.to_string()),
                Op::Restart => {
                    flying = None;
                    queue = Queue::new(Arc::clone(&receiver), bounds, queue.progress().clone());
                    for one in &course.offered {
                        queue.offer(Arc::clone(one), now);
                    }
                }
            }
            course.look(&mut queue, bounds)?;
            if flying.is_none() {
                match queue.next(now) {
                    Next::Send(batch) => {
                        course.sent(&batch, &receiver, now, bounds)?;
                        flying = Some(batch);
                    }
                    Next::At(at) => prop_assert!(at > now, "no haste"),
                    Next::Idle => {}
                }
                course.look(&mut queue, bounds)?;
            }
        }
        prop_assert_eq!(course.fates.len(), course.offered.len());
        prop_assert_eq!(queue.progress().up_to, course.offered.len() as u64);
        prop_assert!(queue.progress().beyond.is_empty() && queue.is_empty());
    }
}
