//! A dossier's clock, explained: what held from when to when, which event began it, and by which rule.
//!
//! [`Dossier::timeline`] reads the same marks in the same order as [`Dossier::at`], and is held to it by a property: the
//! working time of the spans in which the clock runs is the time that the figures count, and a dossier told as
//! overdue is so in the figures. One that is overdue in them is told so where time was worked since a due date that was
//! still to come when it was set.
//!
//! Every [`Phase`] and every [`Remark`] has its sentence in Vietnamese and English ([`words`]).

mod words;

use std::collections::BTreeSet;

use ingest::event::EventTime;
use serde::Serialize;

use super::dossier::{Dossier, DossierEvent, DossierState, Stage, StepKind};
use crate::calendar::{Calendar, WorkingUs, hours};
use crate::mark::Mark;
use crate::names::Name;
use crate::procedure::ClockRule;
use crate::rules::Rules;
pub use words::{Phase, Remark, Said};

/// An event as the reason of something.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Because {
    /// The event's type, `dossier.` left out.
    pub event: &'static str,
    /// When it happened.
    pub time: EventTime,
    /// Who said it; empty where only the history is known.
    pub source: Name,
    /// Its id within the source.
    pub id: String,
}

/// A span of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    /// What held.
    pub phase: Phase,
    /// Its beginning.
    pub from: EventTime,
    /// Its end; `None` where it goes on at the instant asked about.
    pub to: Option<EventTime>,
    /// Working hours in it, by the competent agency's calendar.
    pub working_hours: f64,
    /// Hours in it.
    pub hours: f64,
    /// The event that began it; of an overdue span, the one that set the due date.
    pub because: Because,
    /// The rule that began it.
    pub rule: Said,
}

/// A due date that was set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DueDate {
    /// As it was set.
    pub due: EventTime,
    /// As stopped spans have moved it until the next was set.
    pub moved_to: EventTime,
    /// No receipt gave it: it is computed from the procedure's limit.
    pub is_computed: bool,
    /// By which event.
    pub because: Because,
}

/// Who had a dossier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turn {
    /// The agency.
    pub holder: Name,
    /// From when on.
    pub from: EventTime,
    /// Until when; `None` where it has it at the instant.
    pub to: Option<EventTime>,
    /// Working hours of it in which the clock ran.
    pub working_hours: f64,
    /// The event that gave it.
    pub because: Because,
}

/// A dossier explained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    /// What held, from its first event to the instant, without gaps.
    pub spans: Vec<Span>,
    /// The due dates that were set, in order.
    pub due_dates: Vec<DueDate>,
    /// Who had it, in order.
    pub turns: Vec<Turn>,
    /// What is not as it should be.
    pub remarks: Vec<Remark>,
}

/// A piece of a timeline before it is told.
struct Piece<'a> {
    phase: Phase,
    from: EventTime,
    because: &'a Mark<DossierEvent>,
}

impl Dossier {
    /// Its clock explained at an instant, from events timed before it.
    pub fn timeline(&self, instant: EventTime, rules: &Rules) -> Timeline {
        let marks = self.marks.before(instant);
        let state = self.at(instant, rules);
        let calendar = state.calendar;
        let until = state.ended.unwrap_or(instant);
        let clock = Clock::read(marks, until, state.clock);
        let due_dates = due_dates(marks, &clock, &state);
        let mut pieces = Vec::new();
        if let Some(first) = marks.first() {
            pieces.push(Piece {
                phase: Phase::AwaitingReception,
                from: first.time,
                because: first,
            });
        }
        let runs = state.accepted.is_some() || state.stage == Stage::Resolved;
        if runs {
            pieces.extend(clock.pieces);
        }
        let last_due = due_dates.last().map(|set| (set.passed, set.mark));
        let mut pieces = past_due(pieces, last_due, until);
        pieces.extend(after_end(marks, &state));
        let spans = told(&pieces, instant, calendar);
        Timeline {
            turns: turns(marks, &spans, until, calendar),
            remarks: self.remarks(&state, instant),
            due_dates: due_dates.into_iter().map(|set| set.told).collect(),
            spans,
        }
    }
}

impl Dossier {
    /// What is not as it should be, from events timed before an instant; `state` is what it is then.
    pub fn remarks(&self, state: &DossierState<'_>, instant: EventTime) -> Vec<Remark> {
        remarks(self.marks.before(instant), state)
    }
}

/// When the clock ran and stood.
struct Clock<'a> {
    /// From the reception on.
    pieces: Vec<Piece<'a>>,
    /// When it stood, each from and to.
    stops: Vec<(EventTime, EventTime)>,
}

impl<'a> Clock<'a> {
    fn read(marks: &'a [Mark<DossierEvent>], until: EventTime, rule: &ClockRule) -> Self {
        let began = began_by(marks, rule);
        let mut clock = Self {
            pieces: Vec::new(),
            stops: Vec::new(),
        };
        // The event that began each pause of the rule which holds.
        let mut pauses: Vec<Option<&Mark<DossierEvent>>> = vec![None; rule.pauses.len()];
        let mut stopped_since = None;
        for mark in marks.iter().take_while(|mark| mark.time <= until) {
            let kind = mark.what.kind();
            for ((begin, end), by) in rule.pauses.iter().zip(&mut pauses) {
                if kind == *begin {
                    by.get_or_insert(mark);
                } else if kind == *end {
                    *by = None;
                }
            }
            let stop = pauses.iter().flatten().min_by_key(|by| phase_of(by));
            match (stop, stopped_since) {
                (Some(_), None) => stopped_since = Some(mark.time),
                (None, Some(since)) => {
                    clock.stops.push((since, mark.time));
                    stopped_since = None;
                }
                _ => {}
            }
            let (phase, because) = match stop {
                Some(by) => (phase_of(by), *by),
                None => (Phase::Running, mark),
            };
            let begins = began.is_some_and(|began| std::ptr::eq(began, mark));
            let goes_on = clock.pieces.last().is_some_and(|last| last.phase != phase);
            if begins || goes_on {
                clock.pieces.push(Piece {
                    phase,
                    from: mark.time,
                    because,
                });
            }
        }
        if let Some(since) = stopped_since {
            clock.stops.push((since, until));
        }
        clock
    }
}

/// The event by which a clock begins: the last of the first kind that begins it and that there is one of.
fn began_by<'a>(
    marks: &'a [Mark<DossierEvent>],
    rule: &ClockRule,
) -> Option<&'a Mark<DossierEvent>> {
    let of_kind = |kind: &StepKind| marks.iter().rfind(|mark| mark.what.kind() == *kind);
    rule.start.iter().find_map(of_kind)
}

/// What holds while the clock stands by an event: of several, the first here is told.
fn phase_of(by: &Mark<DossierEvent>) -> Phase {
    match by.what.kind() {
        StepKind::SupplementRequested => Phase::AwaitingSupplement,
        StepKind::Transferred => Phase::InTransit,
        _ => Phase::Suspended,
    }
}

/// A due date with what else is known of it.
struct Set<'a> {
    mark: &'a Mark<DossierEvent>,
    told: DueDate,
    /// When it passed, or will: stops that began after it do not move that.
    passed: EventTime,
}

fn due_dates<'a>(
    marks: &'a [Mark<DossierEvent>],
    clock: &Clock<'_>,
    state: &DossierState<'_>,
) -> Vec<Set<'a>> {
    let calendar = state.calendar;
    let resets = |kind: StepKind| state.clock.reset.contains(&kind);
    let computed = |mark: &'a Mark<DossierEvent>| {
        let computed = state.procedure.due(mark.time, calendar)?;
        Some((mark, computed.due, true))
    };
    let set = marks.iter().filter_map(|mark| match mark.what {
        DossierEvent::Accepted(due) => Some((mark, due?, false)),
        DossierEvent::Extended(due, _) if resets(StepKind::Extended) => Some((mark, due, false)),
        DossierEvent::Supplemented(_) if resets(StepKind::Supplemented) => computed(mark),
        _ => None,
    });
    let mut set: Vec<_> = set.collect();
    if set.is_empty() && state.accepted.is_some() {
        set.extend(began_by(marks, state.clock).and_then(computed));
    }
    let next = set.iter().skip(1).map(|(mark, ..)| Some(mark.time));
    let until = next.chain([None]);
    set.iter()
        .zip(until)
        .map(|(&(mark, due, is_computed), until)| {
            let clip = |t: EventTime| t.max(mark.time).min(until.unwrap_or(EventTime(i64::MAX)));
            let stops = clock
                .stops
                .iter()
                .map(|(from, to)| (clip(*from), clip(*to)));
            let mut stopped = 0;
            let (mut passed, mut has_passed) = (due, false);
            for (from, to) in stops {
                let length = calendar.between(from, to);
                stopped += length;
                has_passed |= calendar.between(passed, from) > 0;
                if !has_passed {
                    passed = calendar.add(passed, length);
                }
            }
            Set {
                mark,
                told: DueDate {
                    due,
                    moved_to: calendar.add(due, stopped),
                    is_computed,
                    because: Because::of(mark),
                },
                passed,
            }
        })
        .collect()
}

/// Pieces in which the clock runs, cut where the due date passed.
fn past_due<'a>(
    pieces: Vec<Piece<'a>>,
    due: Option<(EventTime, &'a Mark<DossierEvent>)>,
    until: EventTime,
) -> Vec<Piece<'a>> {
    let Some((passed, set_by)) = due else {
        return pieces;
    };
    let mut cut = Vec::with_capacity(pieces.len() + 1);
    let mut rest = pieces.into_iter().peekable();
    while let Some(piece) = rest.next() {
        let end = rest.peek().map_or(until, |next| next.from);
        let is_cut = piece.phase == Phase::Running && passed < end;
        let from = piece.from;
        if !is_cut || from < passed {
            cut.push(piece);
        }
        if is_cut {
            cut.push(Piece {
                phase: Phase::Overdue,
                from: from.max(passed),
                because: set_by,
            });
        }
    }
    cut
}

/// What holds after the end.
fn after_end<'a>(marks: &'a [Mark<DossierEvent>], state: &DossierState<'_>) -> Vec<Piece<'a>> {
    let Some(ended) = state.ended else {
        return Vec::new();
    };
    let end = marks.iter().rfind(|mark| mark.what.is_end());
    let returned = marks
        .iter()
        .find(|mark| mark.time >= ended && matches!(mark.what, DossierEvent::Returned(_)));
    let mut pieces = Vec::new();
    let over = if state.stage == Stage::Resolved {
        pieces.extend(end.map(|end| Piece {
            phase: Phase::AwaitingCollection,
            from: ended,
            because: end,
        }));
        returned
    } else {
        end
    };
    pieces.extend(over.map(|mark| Piece {
        phase: Phase::Over,
        from: mark.time,
        because: mark,
    }));
    pieces
}

impl Because {
    fn of(mark: &Mark<DossierEvent>) -> Self {
        Self {
            event: mark.what.step(),
            time: mark.time,
            source: mark.source.clone(),
            id: mark.id.to_string(),
        }
    }
}

/// Microseconds as hours, to a ten-thousandth.
fn told_hours(us: WorkingUs) -> f64 {
    (hours(us) * 1e4).round() / 1e4
}

/// Pieces as spans, those without a length left out.
fn told(pieces: &[Piece<'_>], instant: EventTime, calendar: &Calendar) -> Vec<Span> {
    let ends = pieces.iter().skip(1).map(|next| Some(next.from));
    let spans = pieces.iter().zip(ends.chain([None]));
    let spans = spans.filter(|(piece, to)| to.is_none_or(|to| piece.from < to));
    spans
        .map(|(piece, to)| {
            let end = to.unwrap_or(instant);
            Span {
                phase: piece.phase,
                from: piece.from,
                to,
                working_hours: told_hours(calendar.between(piece.from, end)),
                hours: told_hours(end.0 - piece.from.0),
                because: Because::of(piece.because),
                rule: piece.phase.rule(),
            }
        })
        .collect()
}

fn turns(
    marks: &[Mark<DossierEvent>],
    spans: &[Span],
    until: EventTime,
    calendar: &Calendar,
) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for mark in marks.iter().take_while(|mark| mark.time <= until) {
        let holder = match &mark.what {
            DossierEvent::Submitted(filing) if turns.is_empty() => &filing.agency,
            DossierEvent::Transferred(agency, _) | DossierEvent::Taken(agency, _) => agency,
            _ => continue,
        };
        if let Some(last) = turns.last_mut() {
            if last.holder == *holder {
                continue;
            }
            last.to = Some(mark.time);
        }
        turns.push(Turn {
            holder: holder.clone(),
            from: mark.time,
            to: None,
            working_hours: 0.0,
            because: Because::of(mark),
        });
    }
    for turn in &mut turns {
        let (begin, end) = (turn.from, turn.to.unwrap_or(until));
        let running = spans.iter().filter(|span| span.phase.runs());
        let worked: WorkingUs = running
            .map(|span| {
                let to = span.to.unwrap_or(until);
                calendar.between(span.from.max(begin), to.min(end)).max(0)
            })
            .sum();
        turn.working_hours = told_hours(worked);
    }
    turns
}

fn remarks(marks: &[Mark<DossierEvent>], state: &DossierState<'_>) -> Vec<Remark> {
    use DossierEvent as E;
    let count = |is: fn(&E) -> bool| marks.iter().filter(|mark| is(&mark.what)).count();
    // Two that say the same step of one instant, as two messages about one fact do, are one.
    let instants = |is: fn(&E) -> bool| {
        let found = marks.iter().filter(|mark| is(&mark.what));
        let found = found.map(|mark| (mark.time, mark.what.step()));
        found.collect::<BTreeSet<_>>().len()
    };
    let first = |is: fn(&E) -> bool| marks.iter().position(|mark| is(&mark.what));
    let first_time = |is: fn(&E) -> bool| first(is).map(|at| marks[at].time);
    let is_filed = |e: &E| matches!(e, E::Submitted(_));
    let is_received = |e: &E| matches!(e, E::Accepted(_));
    let is_asked = |e: &E| matches!(e, E::SupplementRequested(_));
    let goes_on =
        |e: &E| !matches!(e, E::Returned(_) | E::Paid(_) | E::Digitised(_)) && !e.is_end();
    let is_step = |e: &E| {
        !matches!(
            e,
            E::Submitted(_) | E::Accepted(_) | E::Paid(_) | E::Digitised(_)
        )
    };
    let began = state.began;
    let holds = |remark: &Remark| match remark {
        Remark::NoFiling => count(is_filed) == 0,
        Remark::NoReception => state.stage == Stage::Resolved && state.accepted.is_none(),
        Remark::ReceivedTwice => instants(is_received) > 1,
        Remark::ReceivedBeforeFiled => state
            .accepted
            .zip(state.submitted)
            .is_some_and(|(accepted, submitted)| accepted < submitted),
        Remark::BeforeReception => match (state.accepted, first_time(is_step)) {
            (Some(_), Some(step)) => first_time(is_received).is_some_and(|first| step < first),
            _ => false,
        },
        Remark::DueBeforeReception => marks.iter().any(|mark| match mark.what {
            E::Accepted(due) => due.is_some_and(|due| due < mark.time),
            _ => false,
        }),
        Remark::NoDueDate => state.stage == Stage::Open && state.due.is_none(),
        Remark::SupplementTwice => state.second_request.is_some(),
        Remark::SupplementUnasked => {
            let came = marks.iter().enumerate().find(|(_, mark)| {
                matches!(mark.what, E::Supplemented(_)) && !goes_on_with_taking(marks, mark)
            });
            came.is_some_and(|(came, _)| first(is_asked).is_none_or(|asked| came < asked))
        }
        Remark::AfterEnd => state.ended.is_some_and(|ended| {
            let later = marks.iter().filter(|mark| mark.time > ended);
            later.into_iter().any(|mark| goes_on(&mark.what))
        }),
        Remark::EndedTwice => instants(E::is_end) > 1,
        Remark::SettledBeforeReception => {
            state.stage == Stage::Resolved
                && began
                    .zip(state.ended)
                    .is_some_and(|(began, ended)| ended < began)
        }
    };
    Remark::ALL.into_iter().filter(holds).collect()
}

/// True for what a source tells with an agency's taking, of the same instant: that the clock goes on, whether it stood or not.
/// Nobody says by it that a supplement came (the national exchange's status 4, `ingest::national`).
fn goes_on_with_taking(marks: &[Mark<DossierEvent>], mark: &Mark<DossierEvent>) -> bool {
    marks.iter().any(|other| {
        matches!(other.what, DossierEvent::Taken(..))
            && other.time == mark.time
            && other.source == mark.source
    })
}

#[cfg(test)]
mod tests;
