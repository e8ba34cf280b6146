//! Figures from a store: a question as queries in the words of either engine, and the answer read back.
//!
//! What a visit, a dossier, a snapshot or a rating is, was said when its row was written, by the same functions that
//! the live views use ([`crate::facts`]). So a query only chooses rows and, where that is all there is to it, adds
//! columns up:
//!
//! | family | the engine | here |
//! |---|---|---|
//! | visits | chooses by `counted_at`, adds up the columns of [`super::visits::VisitFact`], gathers waits into the state of a histogram | merges groups, answers quantiles |
//! | ratings | chooses by time, counts and adds scores | merges groups, answers intervals |
//! | dossiers | chooses those that may count in the span: heard of since its begin or not ended, and begun before its end | reads each one's history, and asks what it was at the instant |
//! | duties | as dossiers | reads each one's history, and asks what its duties are |
//! | feedback | the steps of petitions that may count in the span, in order | puts each one's steps together, and asks what it was |
//! | boards | chooses the snapshots that bear on the span, in order | adds up step functions |
//!
//! So the answer is that of [`super::answer`] to the last digit.

mod columns;
mod engine;
mod petitions;
pub mod survey;

use std::collections::BTreeMap;

use arrow::array::{BinaryArray, RecordBatch};
use ingest::event::EventTime;
use ingest::event::time::Day;

use super::boards::{self, Point, Series};
use super::group::{By, in_hour};
use super::ratings::{self, RatingFigures};
use super::table::Table;
use super::visits::{self, Sum, VisitFigures};
use super::{Family, Question};
use super::{dossiers, duties, feedback};
use crate::live::Lasting;
use crate::live::dossier::Dossier;
use crate::registry::Registry;
use crate::rules::Rules;
use columns::Columns;
pub use engine::Engine;
use petitions::Petitions;

/// An answer of an engine that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store's answer cannot be read ({0}); its tables may have been altered")]
pub struct Unreadable(String);

/// Days of which rows are asked for at once, where rows are: a city's dossiers of a month, or boards of three days, are
/// well under 100 MB.
const DOSSIER_DAYS: i32 = 31;
const BOARD_DAYS: i32 = 3;
/// Most pieces of a span: a longer one has longer pieces.
const PIECES: i32 = 200;

/// The queries for a question, whose answers are to be read in their order: one where the engine adds up, and one for each
/// piece of the span where rows are asked for.
pub fn queries(question: &Question, engine: Engine) -> Vec<String> {
    match question.family {
        Family::Visits => vec![visits_query(question, engine)],
        Family::Ratings => vec![ratings_query(question, engine)],
        Family::Boards => {
            let begin = boards::oldest(question.from);
            let pieces = pieces(begin.day(), last_day(question), BOARD_DAYS);
            let span = |(first, after): (Day, Day)| {
                // The begin itself holds no longer.
                let from = first.start().max(EventTime(begin.0 + 1));
                boards_query(question, engine, from, after.start().min(question.to))
            };
            pieces.into_iter().map(span).collect()
        }
        Family::Feedback => vec![feedback_query(engine, question.from, question.to)],
        // Of the desk's log, not of a store.
        Family::Alerts => Vec::new(),
        Family::Dossiers | Family::Duties => {
            let of = |(first, after)| {
                let chosen = dossiers_where(engine, question.from, first, after);
                format!("select history from {chosen}")
            };
            spans_of_dossiers(question.from, question.to)
                .map(of)
                .collect()
        }
    }
}

/// The days on which dossiers began that may count in a span, in pieces: first all that are older.
fn spans_of_dossiers(from: EventTime, to: EventTime) -> impl Iterator<Item = (Option<Day>, Day)> {
    let last = EventTime(to.0 - 1).day().max(from.day());
    let pieces = pieces(from.day(), last, DOSSIER_DAYS).into_iter();
    let old = (None, from.day());
    std::iter::once(old).chain(pieces.map(|(first, after)| (Some(first), after)))
}

/// Days in pieces of so many, each with the day after its last.
fn pieces(first: Day, last: Day, days: i32) -> Vec<(Day, Day)> {
    let days = days.max((last.0 - first.0) / PIECES + 1);
    let begins = (first.0..=last.0).step_by(days as usize);
    let piece = |begin: i32| (Day(begin), Day((begin + days).min(last.0 + 1)));
    begins.map(piece).collect()
}

/// The last local day of a question's span.
fn last_day(question: &Question) -> Day {
    EventTime(question.to.0 - 1).day().max(question.from.day())
}

/// The columns by which the engine groups: the finest that the key is made of. An hour is a whole number.
fn keys(by: Option<By>, hour: &str) -> Vec<String> {
    let names: &[&str] = match by {
        // Alerts have the latter, and they are not asked here.
        None | Some(By::Group | By::Rule | By::Priority) => &[],
        // The unit of a site is the register's to say.
        Some(By::Site | By::Unit) => &["site"],
        Some(By::Service) => &["service"],
        Some(By::Counter) => &["site", "counter"],
        Some(By::Agency) => &["agency"],
        Some(By::Field) => &["field"],
        Some(By::Channel) => &["channel"],
        Some(By::Hour | By::Day | By::Week) => return vec![hour.to_owned()],
    };
    names.iter().map(|&name| name.to_owned()).collect()
}

/// `group by` and the like, where there is something to say.
fn grouped(keys: &[String]) -> String {
    if keys.is_empty() {
        String::new()
    } else {
        format!(" group by {}", keys.join(", "))
    }
}

/// Keys under names of their own, and what is added up.
fn selected(keys: &[String], sums: &[String]) -> String {
    let keys = keys.iter().enumerate();
    let keys = keys.map(|(i, key)| format!("{key} as key_{i}"));
    let all: Vec<String> = keys.chain(sums.iter().cloned()).collect();
    all.join(", ")
}

/// The sums of visits, by the fields of [`VisitFigures`]: a name and the expression that is added up.
const VISIT_SUMS: [(&str, &str); 17] = [
    ("visits", "case when walk_in then 0 else 1 end"),
    (
        "started",
        "case when started_at is not null and not walk_in then 1 else 0 end",
    ),
    (
        "finished",
        "case when outcome = 'finished' and not walk_in then 1 else 0 end",
    ),
    (
        "abandoned",
        "case when outcome = 'abandoned' and not walk_in then 1 else 0 end",
    ),
    (
        "unresolved",
        "case when outcome = 'in_progress' and day < {today} and not walk_in then 1 else 0 end",
    ),
    ("walk_in", "case when walk_in then 1 else 0 end"),
    ("implausible", "implausible"),
    (
        "approximate",
        "case when approximate and not walk_in then 1 else 0 end",
    ),
    ("waits", "case when wait_us is null then 0 else 1 end"),
    ("waits_us", "coalesce(wait_us, 0)"),
    ("transactions", "transactions"),
    ("transactions_us", "transactions_us"),
    ("per_dossier", "per_dossier"),
    ("per_dossier_us", "per_dossier_us"),
    ("per_dossier_over", "per_dossier_over"),
    ("rewaits", "rewaits"),
    ("rewaits_us", "rewaits_us"),
];

fn visits_query(question: &Question, engine: Engine) -> String {
    let keys = keys(question.by, "hour");
    let today = engine.day(question.known_at().day());
    let mut sums: Vec<String> = VISIT_SUMS
        .iter()
        .map(|(name, sum)| format!("sum({}) as s_{name}", sum.replace("{today}", &today)))
        .collect();
    sums.extend(engine.wait_states());
    format!(
        "select {} from {} where day >= {} and day <= {} and counted_at >= {} and counted_at < {}{}{}",
        selected(&keys, &sums),
        engine.rows("visits"),
        engine.day(question.from.day()),
        engine.day(last_day(question)),
        engine.instant(question.from),
        engine.instant(question.to),
        question.within.sql(),
        grouped(&keys)
    )
}

fn ratings_query(question: &Question, engine: Engine) -> String {
    let keys = keys(question.by, &engine.hour("at"));
    let sums = [
        "count(*) as s_ratings",
        "sum(score) as s_score",
        "sum(case when score >= 4 then 1 else 0 end) as s_satisfied",
    ];
    format!(
        "select {} from {} where at >= {} and at < {}{}{}",
        selected(&keys, &sums.map(str::to_owned)),
        engine.rows("ratings"),
        engine.instant(question.from),
        engine.instant(question.to),
        question.within.sql(),
        grouped(&keys)
    )
}

/// Dossiers that began on some days. Of those that were last heard of before the span and had ended, nothing counts
/// in it.
fn dossiers_where(engine: Engine, from: EventTime, first: Option<Day>, after: Day) -> String {
    let first = first.map_or_else(String::new, |day| {
        format!("day >= {} and ", engine.day(day))
    });
    format!(
        "{} where {first}day < {} and (last_event_at >= {} or stage in ('awaiting_acceptance', 'open'))",
        engine.rows("dossiers"),
        engine.day(after),
        engine.instant(from),
    )
}

/// The steps of petitions that something happened to since the span began, or that are not answered.
fn feedback_query(engine: Engine, from: EventTime, to: EventTime) -> String {
    let rows = engine.rows("feedback");
    format!(
        "select feedback, {} as at_us, step, site, agency, field, about, {} as due_us, \
         case when satisfied is null then -1 when satisfied then 1 else 0 end as satisfied, dossier, repeat_of \
         from {rows} where at < {} and feedback in (select feedback from {rows} where at < {} group by feedback \
         having max(at) >= {} or max(case when step in ('answered', 'closed') then 1 else 0 end) = 0) \
         order by feedback, at, source, id",
        engine.microseconds("at"),
        engine.microseconds("due_at"),
        engine.instant(to),
        engine.instant(to),
        engine.instant(from),
    )
}

fn boards_query(question: &Question, engine: Engine, from: EventTime, to: EventTime) -> String {
    format!(
        "select site, service, {} as at_us, waiting, open_counters from {} where at >= {} and at < {}{} \
         order by site, service, at, source, id",
        engine.microseconds("at"),
        engine.rows("boards"),
        engine.instant(from),
        engine.instant(to),
        question.within.sql(),
    )
}

/// An answer being read, batch by batch.
pub struct Answer<'a> {
    question: &'a Question,
    registry: &'a Registry,
    engine: Engine,
    body: Body<'a>,
}

impl std::fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("question", self.question)
            .finish_non_exhaustive()
    }
}

enum Body<'a> {
    Visits(visits::Groups),
    Ratings(ratings::Groups),
    Dossiers(Box<dossiers::Answer<'a>>),
    Duties(Box<duties::Answer<'a>>),
    Feedback(Box<feedback::Answer<'a>>, Petitions),
    Boards(BTreeMap<(String, String), Vec<Point>>),
    Nothing,
}

impl<'a> Answer<'a> {
    /// Of a question, from an engine.
    pub fn new(
        question: &'a Question,
        engine: Engine,
        registry: &'a Registry,
        rules: &'a Rules,
    ) -> Self {
        let body = match question.family {
            Family::Visits => Body::Visits(visits::Groups::of(question)),
            Family::Ratings => Body::Ratings(ratings::Groups::of(question)),
            Family::Dossiers => {
                Body::Dossiers(Box::new(dossiers::Answer::new(question, registry, rules)))
            }
            Family::Duties => {
                Body::Duties(Box::new(duties::Answer::new(question, registry, rules)))
            }
            Family::Feedback => {
                let answer = feedback::Answer::new(question, registry, rules);
                Body::Feedback(Box::new(answer), Petitions::default())
            }
            Family::Boards => Body::Boards(BTreeMap::new()),
            Family::Alerts => Body::Nothing,
        };
        Self {
            question,
            registry,
            engine,
            body,
        }
    }

    /// Reads some of the engine's rows.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Unreadable> {
        let columns = Columns::of(batch);
        match &mut self.body {
            Body::Visits(groups) => {
                let sums = VISIT_SUMS.map(|(name, _)| columns.whole(&format!("s_{name}")));
                let waits = self.engine.read_waits(&columns)?;
                let keys = Keys::of(&columns, self.question, self.registry)?;
                let mut read = Vec::with_capacity(sums.len());
                for sum in sums {
                    read.push(sum?);
                }
                for row in 0..batch.num_rows() {
                    let Some(key) = keys.at(row) else { continue };
                    let at = |sum: usize| read[sum].value(row);
                    let count = |sum: usize| at(sum) as u64;
                    groups.entry(key).merge(&VisitFigures {
                        visits: count(0),
                        started: count(1),
                        finished: count(2),
                        abandoned: count(3),
                        unresolved: count(4),
                        walk_in: count(5),
                        implausible: count(6),
                        approximate: count(7),
                        waits: Sum {
                            n: count(8),
                            us: at(9),
                        },
                        distribution: waits.at(row)?,
                        transactions: Sum {
                            n: count(10),
                            us: at(11),
                        },
                        per_dossier: Sum {
                            n: count(12),
                            us: at(13),
                        },
                        per_dossier_over: count(14),
                        rewaits: Sum {
                            n: count(15),
                            us: at(16),
                        },
                    });
                }
            }
            Body::Ratings(groups) => {
                let keys = Keys::of(&columns, self.question, self.registry)?;
                let [ratings, score, satisfied] =
                    ["s_ratings", "s_score", "s_satisfied"].map(|name| columns.whole(name));
                let (ratings, score, satisfied) = (ratings?, score?, satisfied?);
                for row in 0..batch.num_rows() {
                    let Some(key) = keys.at(row) else { continue };
                    groups.entry(key).merge(&RatingFigures {
                        ratings: ratings.value(row) as u64,
                        score: score.value(row) as u64,
                        satisfied: satisfied.value(row) as u64,
                    });
                }
            }
            Body::Dossiers(answer) => {
                for dossier in histories(&columns)?.iter().flatten() {
                    answer.add(&history(dossier)?);
                }
            }
            Body::Duties(answer) => {
                for dossier in histories(&columns)?.iter().flatten() {
                    answer.add(&history(dossier)?);
                }
            }
            Body::Feedback(answer, petitions) => {
                petitions.add(&columns, batch.num_rows(), &mut |_, p| answer.add(&p))?;
            }
            Body::Boards(series) => {
                let (site, service) = (columns.text("site")?, columns.text("service")?);
                let (at, waiting) = (columns.whole("at_us")?, columns.whole("waiting")?);
                let open_counters = columns.whole("open_counters")?;
                let mut row = 0;
                while row < batch.num_rows() {
                    let key = (site.value(row).to_owned(), service.value(row).to_owned());
                    let is_same = |row: usize| {
                        site.value(row) == key.0.as_str() && service.value(row) == key.1.as_str()
                    };
                    let end = (row..batch.num_rows()).find(|row| !is_same(*row));
                    let end = end.unwrap_or(batch.num_rows());
                    let points = (row..end).map(|row| Point {
                        time: EventTime(at.value(row)),
                        waiting: waiting.value(row) as u32,
                        open_counters: open_counters.value(row) as u32,
                    });
                    let points: Vec<Point> = points.collect();
                    series.entry(key).or_default().extend(points);
                    row = end;
                }
            }
            Body::Nothing => {}
        }
        Ok(())
    }

    /// The table, when all has been read.
    pub fn table(self, lasting: &Lasting) -> Table {
        let mut table = match self.body {
            Body::Visits(groups) => groups.table(),
            Body::Ratings(groups) => groups.table(),
            Body::Dossiers(answer) => answer.table(),
            Body::Duties(answer) => answer.table(),
            Body::Feedback(mut answer, petitions) => {
                petitions.finish(&mut |_, p| answer.add(&p));
                answer.table()
            }
            Body::Boards(series) => {
                let of = |((site, service), points)| Series {
                    site,
                    service,
                    points,
                };
                let series: Vec<Series> = series.into_iter().map(of).collect();
                boards::of_series(&series, self.registry, self.question)
            }
            Body::Nothing => Table::new(&[], Vec::new()),
        };
        self.question.complete(&mut table, lasting, self.registry);
        table
    }
}

fn histories(columns: &Columns<'_>) -> Result<BinaryArray, Unreadable> {
    columns.bytes("history")
}

fn history(bytes: &[u8]) -> Result<Dossier, Unreadable> {
    let damaged = || Unreadable("a dossier's history is damaged".to_owned());
    Dossier::of_history(bytes).ok_or_else(damaged)
}

/// The keys of an answer's rows.
enum Keys<'a> {
    One,
    Texts(Vec<columns::Texts>),
    Units(columns::Texts, &'a Registry),
    Hours(columns::Wholes, By),
}

impl<'a> Keys<'a> {
    fn of(
        columns: &Columns<'_>,
        question: &Question,
        registry: &'a Registry,
    ) -> Result<Self, Unreadable> {
        let Some(by) = question.by else {
            return Ok(Self::One);
        };
        Ok(match by {
            By::Hour | By::Day | By::Week => Self::Hours(columns.whole("key_0")?, by),
            By::Unit => Self::Units(columns.text("key_0")?, registry),
            By::Counter => Self::Texts(vec![columns.text("key_0")?, columns.text("key_1")?]),
            _ => Self::Texts(vec![columns.text("key_0")?]),
        })
    }

    /// The key of a row; `None` for what is in no group, such as the counter of a visit not begun.
    fn at(&self, row: usize) -> Option<String> {
        match self {
            Self::One => Some(String::new()),
            Self::Texts(parts) => {
                let parts = parts.iter().map(|part| part.get(row));
                let parts: Vec<&str> = parts.collect::<Option<_>>()?;
                Some(parts.join("/"))
            }
            Self::Units(sites, registry) => {
                let site = sites.get(row)?;
                Some(registry.unit_of(site).to_owned())
            }
            Self::Hours(hours, by) => {
                let bucket = by.bucket(in_hour(hours.value(row)))?;
                Some(bucket.key)
            }
        }
    }
}
