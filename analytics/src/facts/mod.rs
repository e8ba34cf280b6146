//! The fact tables: rows of the live state as Arrow record batches, for SQL and the stores.
//!
//! A row is what the live fold knows of an entity, by the same functions that the figures use; SQL over
//! facts therefore agrees with the reports. A table is partitioned by local day: a visit by that of its
//! ticket, a dossier by that of its first event, everything else by that of its event.
//!
//! [`changes`] gives the rows that events after a journal position made or changed. A store that has taken
//! them all up to one position and asks again from there is complete: rows replace rows of the same key, and
//! a row whose key is gone is given as a deletion. Nothing in a row depends on the clock, so that a row
//! changes only by an event; what changes by time alone ([`Table::view`]) is computed when it is read.

pub mod alerts;
mod builder;
mod table;

use std::collections::BTreeMap;

use arrow::error::ArrowError;
use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::store::{Changes, Rows, StoreError};

use crate::calendar;
use crate::figures::boards::HOLD_S;
use crate::figures::group::hour_of;
use crate::figures::visits::VisitFact;
use crate::live::State;
use crate::live::dossier::{Dossier, DossierEvent, DossierState};
use crate::live::site_day::SiteDay;
use crate::live::visit::{End, Visit};
use crate::mark::Mark;
use crate::names::Name;
use crate::quantile::bucket_of;
use crate::registry::Registry;
use crate::rules::Rules;
use builder::{Builder, Cell, maybe, text};
pub use table::{ALERTS, TABLES, Table, stored_tables};

/// What rows are read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The state.
    pub state: &'a State,
    /// The register of points.
    pub registry: &'a Registry,
    /// What they are reckoned by.
    pub rules: &'a Rules,
}

/// Rows that are fetched at once.
const LOOK_AHEAD: usize = 16;

/// A part of the journal: the events after `since`, up to `until`.
///
/// A row belongs to the window of the last event that changed it: what was changed again after `until` is left
/// to a later one, which gives the row as it is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Journal position up to which everything was given before.
    pub since: u64,
    /// Journal position of its end.
    pub until: u64,
}

impl Window {
    const fn has(self, changed: u64) -> bool {
        self.since < changed && changed <= self.until
    }
}

/// The changes of a table, by its number in [`TABLES`].
pub fn table_changes(
    context: Context<'_>,
    table: usize,
    window: Window,
) -> Result<Changes, StoreError> {
    let table = TABLES[table];
    let days = changes(context, table, window).map_err(|e| StoreError::Encode {
        path: table.name.into(),
        detail: e.to_string(),
    })?;
    Ok(Changes {
        table: table.stored(),
        days,
    })
}

/// The rows of a table that belong to a window, by day.
pub fn changes(
    context: Context<'_>,
    table: &'static Table,
    window: Window,
) -> Result<BTreeMap<Day, Rows>, ArrowError> {
    let mut out = Partitions {
        table,
        window,
        expected: BTreeMap::new(),
        days: BTreeMap::new(),
    };
    match table.name {
        "visits" => visits(context, &mut out),
        "dossiers" => dossiers(context, &mut out),
        "dossier_steps" => dossier_steps(context, &mut out),
        "ratings" => ratings(context, &mut out),
        "boards" => boards(context, &mut out),
        "counters" => counters(context, &mut out),
        "feedback" => feedback(context, &mut out),
        _ => {}
    }
    let built = out.days.into_iter().map(|(day, b)| Ok((day, b.finish()?)));
    built.collect()
}

/// A builder for each day that has changes.
struct Partitions {
    table: &'static Table,
    window: Window,
    expected: BTreeMap<Day, usize>,
    days: BTreeMap<Day, Builder>,
}

impl Partitions {
    /// Makes room for a row of each of some days.
    fn expect(&mut self, days: impl Iterator<Item = Day>) {
        for day in days {
            *self.expected.entry(day).or_default() += 1;
        }
    }

    fn of(&mut self, day: Day) -> &mut Builder {
        let (table, expected) = (self.table, &self.expected);
        self.days.entry(day).or_insert_with(|| {
            Builder::with_capacity(table, expected.get(&day).copied().unwrap_or_default())
        })
    }
}

/// The sites' days in order.
fn site_days(c: Context<'_>) -> impl Iterator<Item = (Day, &Name, &SiteDay)> {
    c.state.days.iter().flat_map(|(day, sites)| {
        let mut sites: Vec<_> = sites.iter().collect();
        sites.sort_unstable_by_key(|(site, _)| *site);
        sites.into_iter().map(|(site, d)| (*day, site, d))
    })
}

fn visits(c: Context<'_>, out: &mut Partitions) {
    let mut rows = Vec::new();
    for (day, site, site_day) in site_days(c) {
        let tickets = site_day.tickets.iter();
        let changed = tickets.filter(|(_, ticket)| out.window.has(ticket.marks.changed()));
        let first = rows.len();
        rows.extend(changed.map(|(code, ticket)| (day, site, code, ticket)));
        rows[first..].sort_unstable_by_key(|(.., code, _)| *code);
    }
    out.expect(rows.iter().map(|(day, ..)| *day));
    for some in rows.chunks(LOOK_AHEAD) {
        let firsts = some.iter().map(|(.., ticket)| ticket.marks.all().first());
        fetch(firsts.map(|first| first.map_or(0, |mark| mark.time.0)));
        for (day, site, code, ticket) in some {
            visit(c, &ticket.visit(site, *day, code), out.of(*day));
        }
    }
}

/// Looks at something of each of some rows, with nothing to wait for in between, so that the processor fetches them all at once: rows
/// in a table's order lie all over a state that is larger than any cache.
fn fetch(parts: impl Iterator<Item = i64>) {
    std::hint::black_box(parts.fold(0, i64::wrapping_add));
}

fn first_byte(text: &str) -> u8 {
    text.as_bytes().first().copied().unwrap_or_default()
}

fn visit(c: Context<'_>, v: &Visit, b: &mut Builder) {
    let outcome = match v.end {
        Some((_, End::Finished)) => "finished",
        Some((_, End::Abandoned)) => "abandoned",
        None => "in_progress",
    };
    let dossiers: Option<u32> = v
        .legs
        .iter()
        .filter_map(|l| l.dossiers)
        .reduce(|a, b| a + b);
    let transaction = v
        .legs
        .iter()
        .filter_map(super::live::visit::Leg::transaction_s)
        .reduce(|a, b| a + b);
    let fact = VisitFact::of(v);
    let whole = |n: u64| Cell::Whole(n as i64);
    b.row([
        text(&v.site),
        text(c.registry.unit_of(&v.site)),
        Cell::Date(v.day),
        text(&v.ticket),
        maybe(v.service.as_ref(), text),
        maybe(v.counter.as_ref(), text),
        text(v.priority.as_str()),
        maybe(v.purpose, |p| Cell::Text(p.as_str())),
        maybe(v.issued, Cell::Time),
        maybe(v.started(), Cell::Time),
        maybe(v.end, |e| Cell::Time(e.0)),
        text(outcome),
        maybe(v.legs[0].wait_s(), Cell::Number),
        maybe(transaction, Cell::Number),
        maybe(dossiers, |n| Cell::Whole(n.into())),
        Cell::Whole(v.legs.len() as i64),
        Cell::Flag(v.is_approximate()),
        Cell::Flag(v.issued.is_none()),
        Cell::Time(fact.counted_at),
        Cell::Whole(hour_of(fact.counted_at)),
        maybe(fact.wait_us, Cell::Whole),
        maybe(fact.wait_us, |us| Cell::Whole(bucket_of(us as f64 / 1e6))),
        whole(fact.transactions.n),
        Cell::Whole(fact.transactions.us),
        whole(fact.per_dossier.n),
        Cell::Whole(fact.per_dossier.us),
        whole(fact.per_dossier_over),
        whole(fact.rewaits.n),
        Cell::Whole(fact.rewaits.us),
        whole(fact.implausible),
    ]);
}

fn dossiers(c: Context<'_>, out: &mut Partitions) {
    let window = out.window;
    let all = c.state.dossiers.iter();
    let changed = all.filter(|(_, d)| window.has(d.marks.changed()));
    let mut found = Vec::new();
    for (code, dossier) in changed {
        for day in days_left(dossier) {
            let key = [("day", Cell::Date(day)), ("dossier", text(code))];
            out.of(day).deletion(&key);
        }
        let marks = dossier.marks.all();
        if let (Some(first), Some(last)) = (marks.first(), marks.last()) {
            let d = dossier.at(EventTime(last.time.0 + 1), c.rules);
            found.push((first.time.day(), last.time, code, dossier, d));
        }
    }
    // What is put in order is small: a dossier's state is not.
    let places = found.iter().enumerate();
    let mut order: Vec<_> = places
        .map(|(at, (_, last, code, _, d))| (d.stage.as_str(), *last, *code, at))
        .collect();
    order.sort_unstable();
    out.expect(found.iter().map(|(day, ..)| *day));
    for some in order.chunks(LOOK_AHEAD) {
        let parts = some.iter().map(|(.., at)| {
            let (.., dossier, d) = &found[*at];
            let last = dossier.marks.all().last().map_or(0, |mark| mark.time.0);
            last ^ d.filing.map_or(0, |f| i64::from(first_byte(&f.procedure)))
        });
        fetch(parts);
        for (stage, last, code, at) in some {
            let (day, .., dossier, d) = &found[*at];
            dossier_row(c, (*day, code, dossier), (stage, *last, d), out.of(*day));
        }
    }
}

fn dossier_row(
    c: Context<'_>,
    (day, code, dossier): (Day, &str, &Dossier),
    (stage, last, d): (&str, EventTime, &DossierState<'_>),
    b: &mut Builder,
) {
    let marks = dossier.marks.all().iter();
    let settlement = marks.clone().rev().find_map(|mark| match mark.what {
        DossierEvent::Resolved(settlement) => Some(settlement),
        _ => None,
    });
    let mut handed_out = marks.filter(|mark| matches!(mark.what, DossierEvent::Returned(_)));
    let returned = handed_out.next().map(|mark| mark.time);
    let valid = ingest::event::DossierId::new(code).is_some_and(|id| id.code_valid());
    b.row([
        Cell::Date(day),
        text(code),
        Cell::Flag(valid),
        maybe(d.filing, |f| text(&f.procedure)),
        maybe(d.filing, |f| text(&f.field)),
        maybe(d.filing, |f| text(&f.site)),
        maybe(d.filing, |f| text(c.registry.unit_of(&f.site))),
        maybe(d.filing, |f| text(&f.agency)),
        maybe(d.holder, text),
        maybe(d.filing.and_then(|f| f.channel), |ch| {
            Cell::Text(ch.as_str())
        }),
        maybe(d.submitted, Cell::Time),
        maybe(d.accepted, Cell::Time),
        maybe(d.due, Cell::Time),
        maybe(d.ended, Cell::Time),
        Cell::Time(last),
        text(stage),
        Cell::Flag(d.paused),
        maybe(d.digitised, Cell::Time),
        maybe(d.second_request, Cell::Time),
        maybe(d.worked, |w| Cell::Number(calendar::hours(w))),
        maybe(d.filing.and_then(|f| f.home_unit.as_ref()), text),
        maybe(d.filing.and_then(|f| f.performer), |p| {
            Cell::Text(p.as_str())
        }),
        Cell::Flag(d.is_due_computed),
        maybe(settlement.and_then(|s| s.result), |r| {
            Cell::Text(r.as_str())
        }),
        maybe(returned, Cell::Time),
        Cell::Bytes(&dossier.history()),
    ]);
}

/// The days on which a dossier's row ever stood and stands no longer: its first event was of one day, and then an
/// earlier one came. All of them, since a window may have been skipped by a row that changed again.
fn days_left(dossier: &Dossier) -> Vec<Day> {
    let marks = dossier.marks.all();
    let came_first = marks.iter().min_by_key(|mark| mark.arrived);
    if came_first.map(|mark| mark.time.day()) == marks.first().map(|mark| mark.time.day()) {
        // Most dossiers: what came first is of the first day.
        return Vec::new();
    }
    let mut arrivals: Vec<_> = dossier
        .marks
        .all()
        .iter()
        .map(|mark| (mark.arrived, mark.time.day()))
        .collect();
    arrivals.sort_unstable();
    let mut stood = Vec::new();
    let mut first: Option<Day> = None;
    for (_, day) in arrivals {
        if first.is_none_or(|first| day < first) {
            stood.extend(first);
            first = Some(day);
        }
    }
    stood
}

fn dossier_steps(c: Context<'_>, out: &mut Partitions) {
    let changed = c
        .state
        .dossiers
        .iter()
        .filter(|(_, d)| d.marks.changed() > out.window.since);
    let marks = changed.flat_map(|(code, d)| d.marks.all().iter().map(move |mark| (code, mark)));
    let marks = marks.filter(|(_, mark)| out.window.has(mark.arrived));
    // With the time beside: most rows are put in order without a look at their marks.
    let mut rows: Vec<_> = marks.map(|(code, mark)| (mark.time, code, mark)).collect();
    rows.sort_unstable_by(|(time, code, mark), (time_b, code_b, b)| {
        let rest = || (code, &mark.source, &mark.id).cmp(&(code_b, &b.source, &b.id));
        time.cmp(time_b).then_with(rest)
    });
    out.expect(rows.iter().map(|(time, ..)| time.day()));
    for some in rows.chunks(LOOK_AHEAD) {
        let parts = some.iter().map(|(_, code, mark)| {
            let texts = i64::from(first_byte(code)) + i64::from(first_byte(&mark.id));
            texts ^ mark.what.kind() as i64
        });
        fetch(parts);
        for (time, code, mark) in some {
            step(*time, code, mark, out.of(time.day()));
        }
    }
}

fn step(time: EventTime, code: &str, mark: &Mark<DossierEvent>, b: &mut Builder) {
    let (what, hand_over) = (&mark.what, mark.what.hand_over());
    let apology = match what {
        DossierEvent::Extended(_, apology) => *apology,
        _ => None,
    };
    b.row([
        text(code),
        Cell::Time(time),
        text(what.step()),
        maybe(what.agency(), text),
        maybe(what.due(), Cell::Time),
        maybe(what.reason(), text),
        maybe(hand_over.and_then(|h| h.step.as_ref()), text),
        maybe(hand_over.and_then(|h| h.step_due), Cell::Time),
        maybe(hand_over.and_then(|h| h.paper), Cell::Flag),
        maybe(apology, Cell::Flag),
        text(&mark.source),
        text(&mark.id),
    ]);
}

fn ratings(c: Context<'_>, out: &mut Partitions) {
    let mut rows = Vec::new();
    for (day, site, site_day) in site_days(c) {
        let marks = site_day.ratings.all().iter();
        let changed = marks.filter(|mark| out.window.has(mark.arrived));
        rows.extend(changed.map(|mark| (day, site, mark)));
    }
    rows.sort_unstable_by_key(|(day, _, m)| (*day, m.time, &m.source, &m.id));
    out.expect(rows.iter().map(|(day, ..)| *day));
    for (day, site, mark) in rows {
        // Ratings that name no site stand under one without a code.
        let site = (!site.is_empty()).then_some(site);
        let r = &mark.what;
        out.of(day).row([
            Cell::Time(mark.time),
            Cell::Whole(r.score.into()),
            text(r.channel.as_str()),
            maybe(site, text),
            maybe(site, |s| text(c.registry.unit_of(s))),
            maybe(r.counter.as_ref(), text),
            maybe(r.ticket.as_deref(), Cell::Text),
            maybe(r.dossier.as_deref(), Cell::Text),
            text(&mark.source),
            text(&mark.id),
        ]);
    }
}

/// How long a snapshot held: until the next of its series, for at most [`HOLD_S`], and within its day.
fn boards(c: Context<'_>, out: &mut Partitions) {
    let mut rows = Vec::new();
    for (day, site, site_day) in site_days(c) {
        for (service, marks) in &site_day.boards {
            let all = marks.all();
            for (i, mark) in all.iter().enumerate() {
                let next = all.get(i + 1);
                // A later snapshot that comes between ends the hold of the one before.
                let changed = mark.arrived.max(next.map_or(0, |n| n.arrived));
                if out.window.has(changed) {
                    let until = next.map_or(day.end(), |n| n.time);
                    rows.push((day, site, service, mark, until));
                }
            }
        }
    }
    rows.sort_unstable_by_key(|(day, site, service, m, _)| {
        (*day, m.time, *site, *service, &m.source, &m.id)
    });
    out.expect(rows.iter().map(|(day, ..)| *day));
    for (day, site, service, mark, until) in rows {
        let held = until.seconds_since(mark.time).min(HOLD_S as f64);
        let board = &mark.what;
        out.of(day).row([
            text(site),
            text(service),
            Cell::Time(mark.time),
            Cell::Whole(board.waiting.into()),
            Cell::Whole(board.open_counters.into()),
            maybe(board.serving.as_ref(), text),
            maybe(board.service_seconds, Cell::Number),
            Cell::Number(held),
            text(&mark.source),
            text(&mark.id),
        ]);
    }
}

fn counters(c: Context<'_>, out: &mut Partitions) {
    let mut rows = Vec::new();
    for (day, site, site_day) in site_days(c) {
        for (counter, marks) in &site_day.counters {
            let changed = marks.all().iter().filter(|m| out.window.has(m.arrived));
            rows.extend(changed.map(|mark| (day, site, counter, mark)));
        }
    }
    rows.sort_unstable_by_key(|(day, site, counter, m)| {
        (*day, m.time, *site, *counter, &m.source, &m.id)
    });
    out.expect(rows.iter().map(|(day, ..)| *day));
    for (day, site, counter, mark) in rows {
        let services = mark.what.services.as_ref().map(|s| s.join(","));
        out.of(day).row([
            text(site),
            text(counter),
            Cell::Time(mark.time),
            text(mark.what.state.as_str()),
            maybe(services.as_deref(), Cell::Text),
            maybe(mark.what.performer, |p| Cell::Text(p.as_str())),
            text(&mark.source),
            text(&mark.id),
        ]);
    }
}

fn feedback(c: Context<'_>, out: &mut Partitions) {
    let petitions = c.state.petitions.iter();
    let marks = petitions.flat_map(|(id, p)| p.marks.all().iter().map(move |mark| (id, mark)));
    let mut rows: Vec<_> = marks
        .filter(|(_, mark)| out.window.has(mark.arrived))
        .collect();
    rows.sort_unstable_by_key(|(id, m)| (m.time, *id, &m.source, &m.id));
    out.expect(rows.iter().map(|(_, m)| m.time.day()));
    for (id, mark) in rows {
        let p = &mark.what;
        out.of(mark.time.day()).row([
            text(id),
            Cell::Time(mark.time),
            text(p.step.as_str()),
            maybe(p.site.as_ref(), text),
            maybe(p.agency.as_ref(), text),
            maybe(p.field.as_ref(), text),
            maybe(p.about, |a| Cell::Text(a.as_str())),
            maybe(p.due, Cell::Time),
            maybe(p.satisfied, Cell::Flag),
            maybe(p.dossier.as_deref(), Cell::Text),
            maybe(p.repeat_of.as_deref(), Cell::Text),
            text(&mark.source),
            text(&mark.id),
        ]);
    }
}
