//! Signs that data may have been massaged (domain rules §2.6 and §6), each a figure with its evidence.
//!
//! | sign | what is seen |
//! |---|---|
//! | `ends_rewritten` | two or more ends, at different times or of different kinds |
//! | `zero_duration` | settled at the very moment of reception, with no due date |
//! | `ended_together` | [`TOGETHER`] dossiers or more of one agency settled in one second |
//! | `ended_before_seen` | settled before it was received, or before it was filed |
//! | `due_moved` | a later due date with neither a supplement before it nor an apology |
//! | `asked_at_the_edge` | a supplement asked for within the last [`EDGE_HOURS`] working hours |
//! | `rating_burst` | [`BURST`] ratings or more at one counter within a minute |
//! | `rating_without_visit` | a rating of a ticket that was never called, or is not known |
//! | `rating_after_closing` | a rating more than an hour outside the point's working hours |
//! | `rating_by_officer` | a rating that the officer entered in the person's stead |
//!
//! Results that are the applicant's own papers cannot be seen: no event tells what files there are.

use std::collections::{BTreeMap, HashMap};

use ingest::event::EventTime;
use ingest::event::types::RatingChannel;
use serde::Serialize;

use super::quality::keep_smallest;
use crate::live::dossier::{Dossier, DossierEvent as E, Stage};
use crate::live::timeline::Said;
use crate::names::Name;
use crate::rules::Rules;

/// Dossiers of one agency in one second from which on it is told.
pub const TOGETHER: usize = 10;
/// Working hours before the due date in which a request is at the edge.
pub const EDGE_HOURS: i64 = 4;
/// Ratings at one counter within a minute from which on it is told.
pub const BURST: usize = 5;
/// Evidence of each sign that is kept.
const EVIDENCE: usize = 50;
const HOUR_US: i64 = 3_600_000_000;

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the module's table says what each is")]
pub enum Sign {
    EndsRewritten,
    ZeroDuration,
    EndedTogether,
    EndedBeforeSeen,
    DueMoved,
    AskedAtTheEdge,
    RatingBurst,
    RatingWithoutVisit,
    RatingAfterClosing,
    RatingByOfficer,
}

impl Sign {
    /// All, in order.
    pub const ALL: [Self; 10] = [
        Self::EndsRewritten,
        Self::ZeroDuration,
        Self::EndedTogether,
        Self::EndedBeforeSeen,
        Self::DueMoved,
        Self::AskedAtTheEdge,
        Self::RatingBurst,
        Self::RatingWithoutVisit,
        Self::RatingAfterClosing,
        Self::RatingByOfficer,
    ];

    /// The question to the unit.
    pub const fn question(self) -> Said {
        let (vi, en) = match self {
            Self::EndsRewritten => (
                "Hồ sơ có nhiều lần kết thúc khác nhau. Đề nghị đơn vị cho biết lần nào đúng và lý do ghi lại.",
                "The dossier has several different ends. Which is right, and why was it recorded again?",
            ),
            Self::ZeroDuration => (
                "Hồ sơ kết thúc ngay thời điểm tiếp nhận và không có ngày hẹn trả. Đây có phải hồ sơ nhập sau không?",
                "It ended at the moment of reception and has no due date. Was it entered afterwards?",
            ),
            Self::EndedTogether => (
                "Nhiều hồ sơ kết thúc trong cùng một giây. Có phải cập nhật hàng loạt không, và thời điểm thực tế là khi nào?",
                "Many dossiers ended in the same second. Was it one update of many, and when did they really end?",
            ),
            Self::EndedBeforeSeen => (
                "Thời điểm kết thúc trước khi hồ sơ được ghi nhận. Đề nghị kiểm tra đồng hồ hoặc việc nhập lùi ngày.",
                "It ended before it was first seen. Is a clock wrong, or was it dated back?",
            ),
            Self::DueMoved => (
                "Ngày hẹn trả được lùi mà không có yêu cầu bổ sung hoặc văn bản xin lỗi. Căn cứ là gì?",
                "The due date was moved later with neither a supplement nor an apology. On what ground?",
            ),
            Self::AskedAtTheEdge => (
                "Yêu cầu bổ sung sát ngày hẹn trả. Vì sao thiếu sót không được phát hiện khi tiếp nhận?",
                "A supplement was asked for just before the due date. Why was it not seen at reception?",
            ),
            Self::RatingBurst => (
                "Nhiều đánh giá tại một quầy trong một phút. Có phải người dân tự đánh giá không?",
                "Many ratings at one counter within a minute. Did people give them themselves?",
            ),
            Self::RatingWithoutVisit => (
                "Đánh giá cho số thứ tự chưa được gọi hoặc không có. Đề nghị kiểm tra thiết bị đánh giá.",
                "A rating of a ticket that was never called or does not exist. Is the device all right?",
            ),
            Self::RatingAfterClosing => (
                "Đánh giá ngoài giờ làm việc trên một giờ. Đề nghị kiểm tra thiết bị và giờ của thiết bị.",
                "A rating more than an hour outside working hours. Are the device and its clock all right?",
            ),
            Self::RatingByOfficer => (
                "Đánh giá do cán bộ nhập thay. Người dân có tự đánh giá được không?",
                "A rating entered by the officer. Could the person not give it?",
            ),
        };
        Said { vi, en }
    }
}

/// What was seen of a sign.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Seen {
    /// How often.
    pub count: u64,
    /// By unit: a dossier's competent agency, a rating's point.
    pub by_unit: BTreeMap<Name, u64>,
    /// Evidence: dossiers' codes, or counters with times.
    pub evidence: Vec<String>,
}

/// A rating as it is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Rated {
    /// The point.
    pub site: Name,
    /// The counter, where it is known.
    pub counter: Option<Name>,
    /// When it was given.
    pub time: EventTime,
    /// How.
    pub channel: RatingChannel,
    /// It names a ticket that is not known on that day, or was not called by then.
    pub lacks_visit: bool,
}

/// Signs in the making.
#[derive(Debug)]
pub struct Signs<'a> {
    rules: &'a Rules,
    from: EventTime,
    to: EventTime,
    dossiers: u64,
    ratings: u64,
    seen: BTreeMap<Sign, Seen>,
    /// Settlements by agency and second.
    ends: HashMap<(Name, i64), Vec<String>>,
    /// Ratings by point and counter.
    rated: BTreeMap<(Name, Name), Vec<EventTime>>,
}

/// All signs of a span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Dossiers that ended or changed in the span.
    pub dossiers: u64,
    /// Ratings given in it.
    pub ratings: u64,
    /// Every sign, also those not seen.
    pub signs: Vec<Told>,
}

/// A sign with its question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// Which.
    pub sign: Sign,
    /// The question to the unit.
    #[serde(flatten)]
    pub question: Said,
    /// What was seen.
    #[serde(flatten)]
    pub seen: Seen,
}

impl<'a> Signs<'a> {
    /// Of `[from, to)`.
    pub fn new(rules: &'a Rules, from: EventTime, to: EventTime) -> Self {
        Self {
            rules,
            from,
            to,
            dossiers: 0,
            ratings: 0,
            seen: BTreeMap::new(),
            ends: HashMap::new(),
            rated: BTreeMap::new(),
        }
    }

    fn see(&mut self, sign: Sign, unit: Option<&Name>, evidence: &str) {
        let seen = self.seen.entry(sign).or_default();
        seen.count += 1;
        if let Some(unit) = unit {
            *seen.by_unit.entry(unit.clone()).or_default() += 1;
        }
        keep_smallest(&mut seen.evidence, evidence, EVIDENCE);
    }

    /// Adds a dossier: what happened to it in the span counts.
    pub fn dossier(&mut self, code: &str, dossier: &Dossier) {
        let marks = dossier.marks.before(self.to);
        if marks.last().is_none_or(|last| last.time < self.from) {
            return;
        }
        self.dossiers += 1;
        let state = dossier.at(self.to, self.rules);
        let agency = state.filing.map(|f| &f.agency);
        let from = self.from;
        let is_in = move |t: EventTime| t >= from;
        let ends: Vec<_> = marks.iter().filter(|mark| mark.what.is_end()).collect();
        let differ = ends
            .windows(2)
            .any(|pair| pair[0].time != pair[1].time || pair[0].what.kind() != pair[1].what.kind());
        if differ && ends.last().is_some_and(|last| is_in(last.time)) {
            self.see(Sign::EndsRewritten, agency, code);
        }
        if state.stage == Stage::Resolved
            && let Some(ended) = state.ended
            && is_in(ended)
        {
            if state.accepted == Some(ended) && state.due.is_none() {
                self.see(Sign::ZeroDuration, agency, code);
            }
            let first_seen = [state.accepted, state.submitted]
                .into_iter()
                .flatten()
                .max();
            if first_seen.is_some_and(|seen| ended < seen) {
                self.see(Sign::EndedBeforeSeen, agency, code);
            }
            if let Some(agency) = agency {
                let second = ended.0.div_euclid(1_000_000);
                let together = self.ends.entry((agency.clone(), second)).or_default();
                together.push(code.to_owned());
            }
        }
        let mut asked = false;
        let (mut is_moved, mut is_at_edge) = (false, false);
        for mark in marks {
            // As it then was: moved by what had stopped the clock.
            let due = || dossier.at(mark.time, self.rules).due;
            match &mark.what {
                E::SupplementRequested(_) => {
                    if is_in(mark.time) {
                        let left = due().map(|due| state.calendar.between(mark.time, due));
                        let edge = 0..=EDGE_HOURS * HOUR_US;
                        is_at_edge |= left.is_some_and(|left| edge.contains(&left));
                    }
                    asked = true;
                }
                E::Accepted(Some(given)) if is_in(mark.time) && !asked => {
                    is_moved |= due().is_some_and(|due| *given > due);
                }
                E::Extended(given, apology) if is_in(mark.time) => {
                    let is_grounded = asked || *apology == Some(true);
                    is_moved |= !is_grounded && due().is_some_and(|due| *given > due);
                }
                _ => {}
            }
        }
        if is_moved {
            self.see(Sign::DueMoved, agency, code);
        }
        if is_at_edge {
            self.see(Sign::AskedAtTheEdge, agency, code);
        }
    }

    /// Adds a rating given in the span.
    pub fn rating(&mut self, rated: &Rated) {
        self.ratings += 1;
        let counter = rated.counter.as_deref().unwrap_or("?");
        let evidence = format!("{}/{counter} {}", rated.site, rated.time);
        if rated.channel == RatingChannel::Officer {
            self.see(Sign::RatingByOfficer, Some(&rated.site), &evidence);
        }
        if rated.lacks_visit {
            self.see(Sign::RatingWithoutVisit, Some(&rated.site), &evidence);
        }
        let is_at_the_point = matches!(
            rated.channel,
            RatingChannel::Device | RatingChannel::Kiosk | RatingChannel::Officer
        );
        if is_at_the_point && self.is_after_closing(rated) {
            self.see(Sign::RatingAfterClosing, Some(&rated.site), &evidence);
        }
        if is_at_the_point && let Some(counter) = &rated.counter {
            let key = (rated.site.clone(), counter.clone());
            self.rated.entry(key).or_default().push(rated.time);
        }
    }

    /// More than an hour from any working time of the point.
    fn is_after_closing(&self, rated: &Rated) -> bool {
        let calendar = self.rules.calendars.of_site(&rated.site);
        let (before, after) = (
            rated.time.plus_seconds(-3600),
            rated.time.plus_seconds(3600),
        );
        calendar.between(before, after) == 0
    }

    /// All signs.
    pub fn finish(mut self) -> Report {
        let ends = std::mem::take(&mut self.ends);
        for ((agency, _), codes) in ends
            .into_iter()
            .filter(|(_, codes)| codes.len() >= TOGETHER)
        {
            for code in &codes {
                self.see(Sign::EndedTogether, Some(&agency), code);
            }
        }
        for ((site, counter), mut times) in std::mem::take(&mut self.rated) {
            times.sort_unstable();
            let mut begin = 0;
            while begin < times.len() {
                let until = times[begin].plus_seconds(60);
                let end = begin + times[begin..].partition_point(|t| *t < until);
                if end - begin >= BURST {
                    let evidence = format!("{site}/{counter} {} × {}", times[begin], end - begin);
                    self.see(Sign::RatingBurst, Some(&site), &evidence);
                    begin = end;
                } else {
                    begin += 1;
                }
            }
        }
        let mut seen = self.seen;
        let signs = Sign::ALL.into_iter().map(|sign| Told {
            sign,
            question: sign.question(),
            seen: seen.remove(&sign).unwrap_or_default(),
        });
        Report {
            dossiers: self.dossiers,
            ratings: self.ratings,
            signs: signs.collect(),
        }
    }
}
