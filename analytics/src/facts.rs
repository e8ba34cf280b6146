//! The fact tables: rows of the live state as Arrow record batches, for SQL and the stores.
//!
//! A row is what the live fold knows of an entity, by the same functions that the figures use; SQL over
//! facts therefore agrees with the reports. A table is partitioned by local day: a visit by that of its
//! ticket, a dossier by that of its filing, everything else by that of its event. Times are UTC
//! microseconds with the zone `+07:00`, so that they show in local time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, RecordBatch,
    StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use ingest::event::EventTime;
use ingest::event::time::Day;

use crate::calendar::{self, Calendar};
use crate::figures::boards::HOLD_S;
use crate::live::State;
use crate::live::dossier::DossierEvent;
use crate::live::visit::End;
use crate::registry::Registry;

/// The fact tables.
pub const TABLES: [&str; 7] = [
    "visits",
    "dossiers",
    "dossier_steps",
    "ratings",
    "boards",
    "counters",
    "feedback",
];

/// A kind of column.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Whole,
    Number,
    Flag,
    Time,
    Date,
}

use Kind::{Date, Flag, Number, Text, Time, Whole};

const VISITS: &[(&str, Kind)] = &[
    ("site", Text),
    ("unit", Text),
    ("day", Date),
    ("ticket", Text),
    ("service", Text),
    ("counter", Text),
    ("priority", Text),
    ("purpose", Text),
    ("issued_at", Time),
    ("started_at", Time),
    ("ended_at", Time),
    ("outcome", Text),
    ("wait_s", Number),
    ("transaction_s", Number),
    ("dossiers", Whole),
    ("legs", Whole),
    ("approximate", Flag),
    ("walk_in", Flag),
];
const DOSSIERS: &[(&str, Kind)] = &[
    ("dossier", Text),
    ("code_valid", Flag),
    ("procedure", Text),
    ("field", Text),
    ("site", Text),
    ("unit", Text),
    ("agency", Text),
    ("holder", Text),
    ("channel", Text),
    ("submitted_at", Time),
    ("accepted_at", Time),
    ("due_at", Time),
    ("ended_at", Time),
    ("stage", Text),
    ("overdue", Flag),
    ("paused", Flag),
    ("digitised_at", Time),
    ("second_supplement_at", Time),
    ("working_hours", Number),
];
const DOSSIER_STEPS: &[(&str, Kind)] = &[
    ("dossier", Text),
    ("at", Time),
    ("step", Text),
    ("agency", Text),
    ("due_at", Time),
    ("source", Text),
];
const RATINGS: &[(&str, Kind)] = &[
    ("at", Time),
    ("score", Whole),
    ("channel", Text),
    ("site", Text),
    ("unit", Text),
    ("counter", Text),
];
const BOARDS: &[(&str, Kind)] = &[
    ("site", Text),
    ("service", Text),
    ("at", Time),
    ("waiting", Whole),
    ("open_counters", Whole),
    ("serving", Text),
    ("service_seconds", Number),
    ("held_s", Number),
];
const COUNTERS: &[(&str, Kind)] = &[
    ("site", Text),
    ("counter", Text),
    ("at", Time),
    ("state", Text),
    ("services", Text),
    ("performer", Text),
];
const FEEDBACK: &[(&str, Kind)] = &[
    ("feedback", Text),
    ("at", Time),
    ("step", Text),
    ("site", Text),
    ("agency", Text),
    ("field", Text),
    ("about", Text),
    ("due_at", Time),
    ("satisfied", Flag),
];

fn columns(table: &str) -> &'static [(&'static str, Kind)] {
    match table {
        "visits" => VISITS,
        "dossiers" => DOSSIERS,
        "dossier_steps" => DOSSIER_STEPS,
        "ratings" => RATINGS,
        "boards" => BOARDS,
        "counters" => COUNTERS,
        "feedback" => FEEDBACK,
        _ => &[],
    }
}

/// The columns of a table.
pub fn schema(table: &str) -> SchemaRef {
    let zone = || Some(Arc::from("+07:00"));
    let fields: Vec<Field> = columns(table)
        .iter()
        .map(|(name, kind)| {
            let data = match kind {
                Text => DataType::Utf8,
                Whole => DataType::Int64,
                Number => DataType::Float64,
                Flag => DataType::Boolean,
                Time => DataType::Timestamp(TimeUnit::Microsecond, zone()),
                Date => DataType::Date32,
            };
            Field::new(*name, data, true)
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// The columns of `alerts`, which no rule fills yet.
pub fn alerts_schema() -> SchemaRef {
    let names = ["alert", "rule", "priority", "site", "subject", "state"];
    let fields = names.map(|name| Field::new(name, DataType::Utf8, true));
    Arc::new(Schema::new(fields.to_vec()))
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
enum Cell<'a> {
    None,
    Text(&'a str),
    Whole(i64),
    Number(f64),
    Flag(bool),
    Time(EventTime),
    Date(Day),
}

fn text<T: AsRef<str> + ?Sized>(s: &T) -> Cell<'_> {
    Cell::Text(s.as_ref())
}

fn maybe<'a, T>(value: Option<T>, cell: impl FnOnce(T) -> Cell<'a>) -> Cell<'a> {
    value.map_or(Cell::None, cell)
}

/// Builds a batch from rows in the table's order.
struct Builder {
    schema: SchemaRef,
    columns: Vec<Column>,
}

enum Column {
    Text(StringBuilder),
    Whole(Int64Builder),
    Number(Float64Builder),
    Flag(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
    Date(Date32Builder),
}

impl Builder {
    fn new(table: &str) -> Self {
        let columns = columns(table)
            .iter()
            .map(|(_, kind)| match kind {
                Text => Column::Text(StringBuilder::new()),
                Whole => Column::Whole(Int64Builder::new()),
                Number => Column::Number(Float64Builder::new()),
                Flag => Column::Flag(BooleanBuilder::new()),
                Time => Column::Time(TimestampMicrosecondBuilder::new().with_timezone("+07:00")),
                Date => Column::Date(Date32Builder::new()),
            })
            .collect();
        Self {
            schema: schema(table),
            columns,
        }
    }

    fn row<const N: usize>(&mut self, cells: [Cell<'_>; N]) {
        debug_assert_eq!(N, self.columns.len(), "a row has a cell for each column");
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, cell) {
                (Column::Text(b), Cell::Text(s)) => b.append_value(s),
                (Column::Text(b), _) => b.append_null(),
                (Column::Whole(b), Cell::Whole(n)) => b.append_value(n),
                (Column::Whole(b), _) => b.append_null(),
                (Column::Number(b), Cell::Number(x)) => b.append_value(x),
                (Column::Number(b), _) => b.append_null(),
                (Column::Flag(b), Cell::Flag(f)) => b.append_value(f),
                (Column::Flag(b), _) => b.append_null(),
                (Column::Time(b), Cell::Time(t)) => b.append_value(t.0),
                (Column::Time(b), _) => b.append_null(),
                (Column::Date(b), Cell::Date(d)) => b.append_value(d.0),
                (Column::Date(b), _) => b.append_null(),
            }
        }
    }

    fn finish(self) -> Result<RecordBatch, ArrowError> {
        let arrays = self
            .columns
            .into_iter()
            .map(|column| -> ArrayRef {
                match column {
                    Column::Text(mut b) => Arc::new(b.finish()),
                    Column::Whole(mut b) => Arc::new(b.finish()),
                    Column::Number(mut b) => Arc::new(b.finish()),
                    Column::Flag(mut b) => Arc::new(b.finish()),
                    Column::Time(mut b) => Arc::new(b.finish()),
                    Column::Date(mut b) => Arc::new(b.finish()),
                }
            })
            .collect();
        RecordBatch::try_new(self.schema, arrays)
    }
}

/// What rows are read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The state.
    pub state: &'a State,
    /// The register of points.
    pub registry: &'a Registry,
    /// The working calendar.
    pub calendar: &'a Calendar,
    /// The time up to which the state is complete: dossiers are as they are then.
    pub as_of: EventTime,
}

/// The local days that have rows in any table.
pub fn days(state: &State) -> BTreeSet<Day> {
    let mut days: BTreeSet<Day> = state.days.keys().copied().collect();
    days.extend(state.ratings.all().iter().map(|m| m.time.day()));
    for place in state.places.values() {
        days.extend(
            place
                .boards
                .values()
                .flat_map(super::mark::Marks::all)
                .map(|m| m.time.day()),
        );
        days.extend(
            place
                .counters
                .values()
                .flat_map(super::mark::Marks::all)
                .map(|m| m.time.day()),
        );
    }
    for dossier in state.dossiers.values() {
        days.extend(dossier.marks.all().iter().map(|m| m.time.day()));
    }
    for petition in state.petitions.values() {
        days.extend(petition.all().iter().map(|m| m.time.day()));
    }
    days
}

/// The rows of a table that belong to each of some days, those without rows among them.
pub fn rows(
    context: Context<'_>,
    table: &str,
    days: &BTreeSet<Day>,
) -> Result<BTreeMap<Day, RecordBatch>, ArrowError> {
    let mut out = Partitions(days.iter().map(|day| (*day, Builder::new(table))).collect());
    match table {
        "visits" => visits(context, &mut out),
        "dossiers" => dossiers(context, &mut out),
        "dossier_steps" => dossier_steps(context, &mut out),
        "ratings" => ratings(context, &mut out),
        "boards" => boards(context, &mut out),
        "counters" => counters(context, &mut out),
        "feedback" => feedback(context, &mut out),
        _ => {}
    }
    let built = out.0.into_iter().map(|(day, b)| Ok((day, b.finish()?)));
    built.collect()
}

/// A builder for each day that was asked for.
struct Partitions(BTreeMap<Day, Builder>);

impl Partitions {
    /// The builder of a day; `None` where it was not asked for.
    fn of(&mut self, day: Day) -> Option<&mut Builder> {
        self.0.get_mut(&day)
    }

    fn has(&self, day: Day) -> bool {
        self.0.contains_key(&day)
    }
}

fn visits(c: Context<'_>, out: &mut Partitions) {
    for (day, b) in &mut out.0 {
        visits_of(c, *day, b);
    }
}

fn visits_of(c: Context<'_>, day: Day, b: &mut Builder) {
    let mut sites: Vec<_> = c.state.days.get(&day).into_iter().flatten().collect();
    sites.sort_unstable_by_key(|(site, _)| *site);
    let visits = sites.into_iter().flat_map(|(site, tickets)| {
        let mut tickets: Vec<_> = tickets.iter().collect();
        tickets.sort_unstable_by_key(|(ticket, _)| *ticket);
        tickets
            .into_iter()
            .map(move |(ticket, t)| t.visit(site, day, ticket))
    });
    for v in visits {
        let outcome = match v.end {
            Some((_, End::Finished)) => "finished",
            Some((_, End::Abandoned)) => "abandoned",
            None if day.end() <= c.as_of => "unresolved",
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
        b.row([
            text(&v.site),
            text(c.registry.unit_of(&v.site)),
            Cell::Date(day),
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
        ]);
    }
}

fn dossiers(c: Context<'_>, out: &mut Partitions) {
    let at = EventTime(c.as_of.0 + 1);
    let mut all: Vec<_> = c
        .state
        .dossiers
        .iter()
        .filter_map(|(code, d)| Some((d.first_day()?, code, d)))
        .filter(|(day, _, _)| out.has(*day))
        .collect();
    all.sort_unstable_by_key(|(day, code, _)| (*day, *code));
    for (day, code, dossier) in all {
        let Some(b) = out.of(day) else { continue };
        let d = dossier.at(at, c.calendar);
        let valid = ingest::event::DossierId::new(code).is_some_and(|id| id.code_valid());
        let overdue = d.due.is_some_and(|due| d.ended.unwrap_or(c.as_of) > due);
        b.row([
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
            text(d.stage.as_str()),
            Cell::Flag(overdue),
            Cell::Flag(d.paused),
            maybe(d.digitised, Cell::Time),
            maybe(d.second_request, Cell::Time),
            maybe(d.worked, |w| Cell::Number(calendar::hours(w))),
        ]);
    }
}

fn dossier_steps(c: Context<'_>, out: &mut Partitions) {
    let days = (out.0.keys().next().copied(), out.0.keys().last().copied());
    let (Some(first), Some(last)) = days else {
        return;
    };
    let mut dossiers: Vec<_> = c
        .state
        .dossiers
        .iter()
        .filter(|(_, d)| d.touches(first, last))
        .collect();
    dossiers.sort_unstable_by_key(|(code, _)| *code);
    let marks = dossiers
        .into_iter()
        .flat_map(|(code, d)| d.marks.all().iter().map(move |mark| (code, mark)));
    for (code, mark) in marks {
        let Some(b) = out.of(mark.time.day()) else {
            continue;
        };
        let (agency, due) = match &mark.what {
            DossierEvent::Submitted(f) => (Some(&f.agency), None),
            DossierEvent::Transferred(a) | DossierEvent::Taken(a) => (Some(a), None),
            DossierEvent::Accepted(due) => (None, *due),
            DossierEvent::Extended(due) => (None, Some(*due)),
            _ => (None, None),
        };
        b.row([
            text(code),
            Cell::Time(mark.time),
            text(mark.what.step()),
            maybe(agency, text),
            maybe(due, Cell::Time),
            text(&mark.source),
        ]);
    }
}

fn ratings(c: Context<'_>, out: &mut Partitions) {
    for mark in c.state.ratings.all() {
        let r = &mark.what;
        let Some(b) = out.of(mark.time.day()) else {
            continue;
        };
        b.row([
            Cell::Time(mark.time),
            Cell::Whole(r.score.into()),
            text(r.channel.as_str()),
            maybe(r.site.as_ref(), text),
            maybe(r.site.as_ref(), |s| text(c.registry.unit_of(s))),
            maybe(r.counter.as_ref(), text),
        ]);
    }
}

fn boards(c: Context<'_>, out: &mut Partitions) {
    for (site, place) in &c.state.places {
        for (service, marks) in &place.boards {
            let all = marks.all();
            for (i, mark) in all.iter().enumerate() {
                let Some(b) = out.of(mark.time.day()) else {
                    continue;
                };
                let next = all
                    .get(i + 1)
                    .map_or(HOLD_S as f64, |n| n.time.seconds_since(mark.time));
                let board = &mark.what;
                b.row([
                    text(site),
                    text(service),
                    Cell::Time(mark.time),
                    Cell::Whole(board.waiting.into()),
                    Cell::Whole(board.open_counters.into()),
                    maybe(board.serving.as_ref(), text),
                    maybe(board.service_seconds, Cell::Number),
                    Cell::Number(next.min(HOLD_S as f64)),
                ]);
            }
        }
    }
}

fn counters(c: Context<'_>, out: &mut Partitions) {
    for (site, place) in &c.state.places {
        for (counter, marks) in &place.counters {
            for mark in marks.all() {
                let Some(b) = out.of(mark.time.day()) else {
                    continue;
                };
                let services = mark.what.services.as_ref().map(|s| s.join(","));
                b.row([
                    text(site),
                    text(counter),
                    Cell::Time(mark.time),
                    text(mark.what.state.as_str()),
                    maybe(services.as_deref(), Cell::Text),
                    maybe(mark.what.performer, |p| Cell::Text(p.as_str())),
                ]);
            }
        }
    }
}

fn feedback(c: Context<'_>, out: &mut Partitions) {
    let mut all: Vec<_> = c.state.petitions.iter().collect();
    all.sort_by_key(|(id, _)| *id);
    for (id, marks) in all {
        for mark in marks.all() {
            let p = &mark.what;
            let Some(b) = out.of(mark.time.day()) else {
                continue;
            };
            b.row([
                text(id),
                Cell::Time(mark.time),
                text(p.step),
                maybe(p.site.as_ref(), text),
                maybe(p.agency.as_ref(), text),
                maybe(p.field.as_ref(), text),
                maybe(p.about, |a| Cell::Text(a.as_str())),
                maybe(p.due, Cell::Time),
                maybe(p.satisfied, Cell::Flag),
            ]);
        }
    }
}
