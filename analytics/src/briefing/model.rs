//! The briefing as it is told to programs: stable names, figures as numbers, and `null` for what was not measured.

use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Serialize;

use super::decompose::Split;
use super::span::{Length, Part};
use super::targets::Target;
use crate::index::score::Origin;
use crate::scorecard::equity::Side;
use crate::view::UnsettledDay;

/// What a figure counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Cases.
    Count,
    /// Seconds.
    Seconds,
    /// A share, 0 to 1.
    Share,
    /// Points of the index.
    Points,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More.
    Higher,
    /// Less.
    Lower,
    /// Neither.
    Neither,
}

/// How a figure stands to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It meets it.
    Met,
    /// It misses it.
    Missed,
    /// The sample is too small to say: the target lies within the interval.
    Uncertain,
    /// It has no target.
    NoTarget,
    /// Nothing was measured.
    NoData,
}

/// How a figure changed from the span before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// For the better.
    Better,
    /// For the worse.
    Worse,
    /// Up, where neither way is better.
    Up,
    /// Down, where neither way is better.
    Down,
    /// Less than is shown.
    Same,
    /// It was not measured in one of the spans.
    Unknown,
}

/// A figure of one span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Value {
    /// Its value.
    pub value: Option<f64>,
    /// Of how many, where that is told.
    pub sample: Option<f64>,
    /// The lower end of its 95 % interval, of what is a sample of the people.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// A figure beside its target and the spans it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headline {
    /// Its name.
    pub code: &'static str,
    /// What it counts in.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// Now.
    #[serde(flatten)]
    pub now: Value,
    /// In the span before.
    pub previous: Value,
    /// In the same span of the year before.
    pub last_year: Value,
    /// From the span before.
    pub change: Option<f64>,
    /// How it changed.
    pub trend: Trend,
    /// Of samples: the two intervals overlap, so that the change may be chance.
    pub may_be_chance: Option<bool>,
    /// Its target.
    pub target: Option<Target>,
    /// How it stands to it.
    pub verdict: Verdict,
    /// The question that gives the same.
    pub query: String,
}

/// A change with where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Movement {
    /// Which figure.
    pub code: &'static str,
    /// What it counts in.
    pub unit: Unit,
    /// In the span before.
    pub before: f64,
    /// Now.
    pub after: f64,
    /// The change.
    pub change: f64,
    /// How it changed.
    pub trend: Trend,
    /// The change split, each time whole.
    pub splits: Vec<Split>,
}

/// A point, an agency or a unit by its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its code.
    pub key: String,
    /// Its name, where it is known.
    pub name: Option<String>,
}

/// An agency's late dossiers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgencyOverdue {
    /// The agency.
    #[serde(flatten)]
    pub agency: Named,
    /// Open at the end of the span, past due.
    pub open: f64,
    /// The same at the end of the span before.
    pub open_before: Option<f64>,
    /// Settled late in the span.
    pub resolved: f64,
    /// All that it settled in the span or has open.
    pub total: f64,
}

/// Late dossiers, and what the alert desk did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overdue {
    /// Agencies with late dossiers, most open ones first.
    pub agencies: Vec<AgencyOverdue>,
    /// Apologies that were due and were given.
    pub apologies_kept: Option<f64>,
    /// Apologies that were due and were not given.
    pub apologies_broken: Option<f64>,
    /// Alerts raised in the span.
    pub raised: Option<f64>,
    /// Of them taken in hand.
    pub acknowledged: Option<f64>,
    /// Of them escalated, since nobody took them in time.
    pub escalated: Option<f64>,
    /// Of them with an urging.
    pub urged: Option<f64>,
    /// Of them with an urging that was answered.
    pub answered: Option<f64>,
    /// Of them still open.
    pub open: Option<f64>,
}

/// An indicator of the index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indicator {
    /// Its code.
    pub code: String,
    /// Its name in Vietnamese.
    pub vi: String,
    /// Its name in English.
    pub en: String,
    /// Its most points.
    pub max: f64,
    /// Its points; none where they are not known.
    pub points: Option<f64>,
    /// In the span before.
    pub previous: Option<f64>,
    /// The change, where both are known.
    pub change: Option<f64>,
    /// Points lost.
    pub lost: Option<f64>,
    /// Its numerator and denominator.
    pub ratio: Option<[f64; 2]>,
    /// Where its points come from.
    pub origin: Origin,
}

/// The index 766 of the span's cases: our own estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Index {
    /// The version of its definition.
    pub version: String,
    /// Where that is written.
    pub source: String,
    /// Its text was read.
    pub is_verified: bool,
    /// Points of what is known.
    pub points: f64,
    /// The most that they could be.
    pub max_known: f64,
    /// The most of the whole index.
    pub max: f64,
    /// The change of the points of those indicators that are known in both spans.
    pub change: Option<f64>,
    /// Indicators, in the definition's order.
    pub indicators: Vec<Indicator>,
}

/// A unit in which people are too far from every point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// The unit.
    #[serde(flatten)]
    pub unit: Named,
    /// People who reach no point in time or near enough.
    pub uncovered: u64,
    /// The unit's people.
    pub population: u64,
}

/// Who reaches a point, by the points' register; and which points began or ceased to serve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// How people travel.
    pub mode: &'static str,
    /// Under so many minutes.
    pub minutes: f64,
    /// Or at most so many kilometres.
    pub km: f64,
    /// The city's people.
    pub population: u64,
    /// Those who reach a point.
    pub covered: u64,
    /// Units with people who do not, most people first.
    pub gaps: Vec<Gap>,
}

/// What was published of mobile and community points' sessions, and what was kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sessions {
    /// Published.
    pub published: usize,
    /// Opened in time.
    pub kept: usize,
    /// Opened late.
    pub late: usize,
    /// Nobody opened them, but people were served.
    pub visited: usize,
    /// Nothing happened.
    pub missed: usize,
    /// Not begun yet.
    pub ahead: usize,
}

/// The points that serve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Network {
    /// Points that served in the span.
    pub active: usize,
    /// Points that served in the span and not in the one before; none where nothing is known of that.
    pub started: Option<Vec<Named>>,
    /// Points that served in the span before and not in this one.
    pub stopped: Option<Vec<Named>>,
    /// Who reaches a point.
    pub coverage: Option<Coverage>,
    /// Community and mobile points.
    pub mobile: Side,
    /// Branches and reception points.
    pub fixed: Side,
    /// Their sessions.
    pub sessions: Sessions,
}

/// A point's ratings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rated {
    /// The point.
    #[serde(flatten)]
    pub site: Named,
    /// The share of 4 and 5, with its sample and interval.
    #[serde(flatten)]
    pub share: Value,
}

/// Complaints and proposals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Feedback {
    /// Received in the span.
    pub received: Option<f64>,
    /// Received in the span before.
    pub received_before: Option<f64>,
    /// Answered in the span.
    pub answered: Option<f64>,
    /// Of them in time.
    pub answered_on_time: Option<f64>,
    /// Open at its end, past due.
    pub open_late: Option<f64>,
    /// About staff, of those answered or open.
    pub about_staff: Option<f64>,
    /// People who were unsatisfied with the answer.
    pub unsatisfied: Option<f64>,
    /// People who said how they found it.
    pub judged: Option<f64>,
}

/// A task past its deadline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LateTask {
    /// Its code.
    pub id: String,
    /// What is to be done, in Vietnamese.
    pub vi: Option<String>,
    /// In English.
    pub en: Option<String>,
    /// Who leads.
    pub lead: Option<String>,
    /// Its deadline.
    pub due: Option<EventTime>,
}

/// A subject of training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subject {
    /// The subject.
    pub subject: String,
    /// Units that reported.
    pub units: usize,
    /// Units in which all are trained.
    pub complete: usize,
    /// Trained, of units that say of how many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// Units past the deadline.
    pub overdue: usize,
}

/// The plans' tasks, and training.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tasks {
    /// Past their deadline, the oldest first.
    pub overdue: Vec<LateTask>,
    /// Due within thirty days.
    pub due_soon: usize,
    /// Open with more time.
    pub open: usize,
    /// Without a deadline.
    pub continuous: usize,
    /// Done.
    pub done: usize,
    /// Training by subject.
    pub training: Vec<Subject>,
}

/// An odd reading of histories.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Odd {
    /// Its word.
    pub code: String,
    /// How it is read, in Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
    /// Dossiers.
    pub count: u64,
}

/// How far the data can be relied on.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Quality {
    /// Branches and reception points of the register that count as open.
    pub registered: usize,
    /// Those of them from which nothing came in the span.
    pub unheard: Vec<Named>,
    /// Working days of the span on which nobody was served anywhere.
    pub days_without_data: Vec<Day>,
    /// The same of the span before, where anything is known of it.
    pub days_without_data_before: Vec<Day>,
    /// Days of which devices may still send something.
    pub provisional: Vec<UnsettledDay>,
    /// Negative durations: set aside.
    pub implausible: Option<f64>,
    /// Visits with a call standing in for a start.
    pub approximate: Option<f64>,
    /// Visits without an end.
    pub unresolved: Option<f64>,
    /// Open dossiers without a due date.
    pub no_due_date: Option<f64>,
    /// Dossiers that something happened to in the span.
    pub dossiers: Option<u64>,
    /// Odd histories.
    pub odd: Vec<Odd>,
}

/// Which rule a proposal comes from; [`super::decisions`] has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// An agency has dossiers past due.
    OverdueAgency,
    /// People wait too long at a point.
    LongWait,
    /// People are not satisfied at a point.
    Unsatisfied,
    /// Complaints are not answered in time.
    LateAnswers,
    /// Online dossiers are not answered in time.
    LateAcknowledgement,
    /// Dossiers are sent back twice.
    SentBackTwice,
    /// Tasks are past their deadline.
    LateTasks,
    /// People are far from every point.
    Uncovered,
    /// Points cannot be seen.
    NoData,
}

/// What is proposed for decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The rule.
    pub rule: Rule,
    /// Whom it is about, where it is somebody.
    pub about: Option<Named>,
    /// The figure that triggered it.
    pub value: f64,
    /// What it is set against: a sample, or a whole.
    pub of: Option<f64>,
    /// A second figure, where the sentence has one.
    pub beside: Option<f64>,
    /// The question that shows the evidence.
    pub evidence: String,
}

/// What a reader is told about the data before the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Nothing was recorded in the span.
    NoData,
    /// The span is not over.
    NotOver,
    /// Only one point served.
    OnePoint,
    /// Some working days have nothing.
    DaysWithoutData,
    /// Some working days of the span before have nothing.
    PreviousIncomplete,
    /// Some days are provisional.
    Provisional,
    /// Nothing is known of the span before.
    NoPrevious,
    /// Nothing is known of the year before.
    NoLastYear,
}

/// A briefing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Briefing {
    /// The span's name, such as `2026-W47`.
    pub span: String,
    /// How long it is.
    pub length: Length,
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// What of it is told.
    pub now: Part,
    /// What it is compared with.
    pub previous: Option<Part>,
    /// The same span of the year before.
    pub last_year: Option<Part>,
    /// The span is over.
    pub is_over: bool,
    /// The data are simulated.
    pub simulated: bool,
    /// What is to be known of the data first.
    pub warnings: Vec<Warning>,
    /// What is proposed for decision, at most three.
    pub decisions: Vec<Decision>,
    /// Figures against targets.
    pub headlines: Vec<Headline>,
    /// What changed, and where.
    pub movements: Vec<Movement>,
    /// Mean waits by hour of the day, now and before.
    pub waits_by_hour: Vec<HourWait>,
    /// Late dossiers and urging.
    pub overdue: Overdue,
    /// The index.
    pub index: Option<Index>,
    /// The points.
    pub network: Network,
    /// Points whose people are less satisfied than the target, beyond chance; the least satisfied first.
    pub unsatisfied: Vec<Rated>,
    /// Complaints and proposals.
    pub feedback: Feedback,
    /// Tasks and training.
    pub tasks: Tasks,
    /// How far the data can be relied on.
    pub quality: Quality,
}

/// Waits of those who came in an hour of the day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourWait {
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The mean, seconds.
    pub mean_wait_s: Option<f64>,
    /// Of how many.
    pub sample: f64,
    /// In the span before.
    pub before: Option<f64>,
}

impl Briefing {
    /// A headline by its code.
    pub fn headline(&self, code: &str) -> Option<&Headline> {
        self.headlines.iter().find(|headline| headline.code == code)
    }

    /// A movement by its code.
    pub fn movement(&self, code: &str) -> Option<&Movement> {
        self.movements.iter().find(|movement| movement.code == code)
    }
}
