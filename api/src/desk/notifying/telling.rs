//! Which lines of the desk's log are told, under which number, and in which words.

use std::collections::BTreeMap;

use analytics::alerts::rule::Words;
use analytics::alerts::{Priority, Reason, RuleSet, Scope};
use analytics::desk::{Act, Case, CaseState, Desk, Line, What as Happened};
use ingest::event::EventTime;

use crate::core::Core;
use crate::notify::{Notice, Priority as Told, What};

use super::DEAD_RULE;

/// Lines of a month that numbers have room for.
const MONTH: u64 = 10_000_000;

/// A step that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::desk) struct Step {
    /// The line's number.
    pub(in crate::desk) number: u64,
    /// Which step.
    pub(in crate::desk) what: What,
    /// When.
    pub(in crate::desk) at: EventTime,
}

/// The log's lines, numbered, and which of them said last that a case stands.
///
/// A number is the month of the line's file and its place there: line 12 of November 2026 is 202611 0000012. So it does not
/// depend on how much of the log is read.
#[derive(Debug, Default)]
pub(in crate::desk) struct Followed {
    month: u64,
    lines: u64,
    stood: BTreeMap<u64, Step>,
}

impl Followed {
    /// Has the desk take a line, the next of the log; gives the step where it is told.
    pub(in crate::desk) fn take(&mut self, desk: &mut Desk, line: &Line) -> Option<Step> {
        let (year, month) = super::super::month(line.at);
        let month = u64::try_from(year).unwrap_or(0) * 100 + u64::try_from(month).unwrap_or(0);
        // The log never goes back to an older file.
        if month > self.month {
            (self.month, self.lines) = (month, 0);
        }
        self.lines += 1;
        let before = desk
            .numbered(line.case)
            .map(|case| (case.state, case.priority));
        let case = desk.take(line)?;
        let step = |what| Step {
            number: self.month * MONTH + self.lines,
            what,
            at: line.at,
        };
        let told = what(before, case, line).map(step);
        match told {
            Some(step) if step.what.stands() => {
                self.stood.insert(case.number, step);
            }
            None if matches!(line.what, Happened::Carried { .. }) => {
                // What told it may be in a month that is read no longer.
                let what = match case.escalated_at {
                    Some(_) => What::Escalated,
                    None => What::Raised,
                };
                self.stood.entry(case.number).or_insert(step(what));
            }
            _ => {}
        }
        if !case.is_open() {
            self.stood.remove(&case.number);
        }
        told
    }

    /// The number of the last line; 0 before the first.
    pub(in crate::desk) const fn last(&self) -> u64 {
        self.month * MONTH + self.lines
    }

    /// The step that said last that a case stands, while it is open.
    pub(in crate::desk) fn stood(&self, case: u64) -> Option<Step> {
        self.stood.get(&case).copied()
    }
}

/// What receivers are told of a line. What comes back is raised again; one that became more serious is too, since who wants
/// only those would not know of it.
fn what(before: Option<(CaseState, Priority)>, case: &Case, line: &Line) -> Option<What> {
    let was_open = before.is_some_and(|(state, _)| state != CaseState::Closed);
    Some(match &line.what {
        Happened::Raised { .. } | Happened::Again(_) => What::Raised,
        Happened::Changed(news)
            if case.state == CaseState::New
                && before.is_some_and(|(_, priority)| priority < news.priority) =>
        {
            What::Raised
        }
        Happened::Normal => What::Normal,
        Happened::Corrected => What::Corrected,
        Happened::Escalated => What::Escalated,
        Happened::Did {
            did: Act::Urge { .. },
            ..
        } => What::Urged,
        Happened::Lapsed | Happened::Did { .. } if was_open && !case.is_open() => What::Closed,
        _ => return None,
    })
}

/// A step of a case as a notice, with the words of the rules of its day.
pub(in crate::desk) fn notice(core: &Core, rules: &RuleSet, case: &Case, step: Step) -> Notice {
    let (title, response) = words(rules, &case.rule, step.at);
    let subject = &case.key.subject;
    let name = match subject.kind {
        Scope::Site => core.registry.get(&subject.id).map(|r| r.name.clone()),
        _ => None,
    };
    let evidence = case.reasons.first().map(evidence).unwrap_or_default();
    Notice {
        case: case.id(),
        number: step.number,
        what: step.what,
        priority: match case.priority {
            Priority::Low => Told::Low,
            Priority::Medium => Told::Medium,
            Priority::High => Told::High,
        },
        group: case.key.group.clone(),
        rule: case.rule.clone(),
        subject: subject.id.to_string(),
        subject_name: name.unwrap_or_default(),
        owner: case.owner.as_str().to_owned(),
        title_vi: title.vi,
        title_en: title.en,
        response_vi: response.vi,
        response_en: response.en,
        evidence_vi: evidence.vi,
        evidence_en: evidence.en,
        since: case.since.0,
        at: step.at.0,
        url: None,
        simulated: core.is_simulated(),
    }
}

/// A rule's title and what is to be done; the id where there is no such rule any longer.
fn words(rules: &RuleSet, id: &str, at: EventTime) -> (Words, Words) {
    let day = at.day();
    let of_day = |rule: &&analytics::alerts::Rule| rule.id == id && rule.effective_from <= day;
    // A rule's versions come in order of their days.
    if let Some(rule) = rules.all().filter(of_day).last() {
        return (rule.title.clone(), rule.response.clone());
    }
    if id == DEAD_RULE {
        return (
            both(
                "Nơi nhận thông báo không nhận được tin",
                "A receiver of notices takes none",
            ),
            both(
                "Kiểm tra máy chủ thư hoặc địa chỉ nhận trong notify.toml; trong lúc đó báo trực tiếp qua điện thoại.",
                "Check the mail server or the address in notify.toml; meanwhile tell people by telephone.",
            ),
        );
    }
    (both(id, id), Words::default())
}

fn both(vi: &str, en: &str) -> Words {
    Words {
        vi: vi.to_owned(),
        en: en.to_owned(),
    }
}

/// The figure, its limit and its sample.
fn evidence(reason: &Reason) -> Words {
    let (vi, en) = figure(reason.value, &reason.unit);
    let (limit_vi, limit_en) = figure(reason.limit, &reason.unit);
    let n = reason.sample;
    let what = reason.detail.as_ref().map(|detail| format!("{detail}: "));
    let what = what.unwrap_or_default();
    Words {
        vi: format!("{what}{vi} (ngưỡng {limit_vi}; n = {n})"),
        en: format!("{what}{en} (limit {limit_en}; n = {n})"),
    }
}

/// A figure with its unit in both languages.
fn figure(value: f64, unit: &str) -> (String, String) {
    let (value, vi, en) = match unit {
        "s" if value.abs() < 120.0 => (value, " giây", " seconds"),
        "s" if value.abs() < 7_200.0 => (value / 60.0, " phút", " minutes"),
        "s" => (value / 3_600.0, " giờ", " hours"),
        "share" => (value * 100.0, " %", " %"),
        "people" => (value, " người", " people"),
        "counters" => (value, " quầy", " counters"),
        "calls" => (value, " lượt gọi", " calls"),
        "tickets" => (value, " số", " tickets"),
        "gaps" => (value, " nhịp thường lệ", " usual gaps"),
        "dossiers" => (value, " hồ sơ", " dossiers"),
        "acts" => (value, " việc dự kiến", " expected acts"),
        "petitions" => (value, " phản ánh", " petitions"),
        "tasks" => (value, " nhiệm vụ", " tasks"),
        "units" => (value, " đơn vị", " units"),
        _ => (value, "", ""),
    };
    // Tenths, where there are any.
    let number = ((value * 10.0).round() / 10.0).to_string();
    (
        format!("{}{vi}", number.replace('.', ",")),
        format!("{number}{en}"),
    )
}
