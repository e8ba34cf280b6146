//! The parts of a briefing beside its headlines and movements, each taken from the module that defines it.

use std::collections::BTreeMap;

use ingest::event::time::Day;

use super::Inputs;
use super::headlines::share;
use super::model::{
    AgencyOverdue, Coverage, Feedback, Gap, Index, Indicator, LateTask, Named, Network, Odd,
    Overdue, Quality, Rated, Sessions, Subject, Tasks,
};
use super::span::Part;
use super::tables::Tables;
use crate::figures::Family;
use crate::index::score::{Scored, totals};
use crate::register::sessions::Kept;
use crate::register::tasks::Standing;
use crate::scorecard::equity;

fn site(inputs: &Inputs<'_>, key: &str) -> Named {
    Named {
        key: key.to_owned(),
        name: inputs.registry.get(key).map(|point| point.name.clone()),
    }
}

/// A city's count, where its family told something.
fn count(tables: Option<&Tables>, family: Family, name: &str) -> Option<f64> {
    let tables = tables.filter(|tables| tables.has(family))?;
    tables.city.get(name)
}

pub(super) fn overdue(inputs: &Inputs<'_>) -> Overdue {
    let open = |tables: &Tables, key: &str| -> Option<f64> {
        tables
            .by_agency
            .get(key)?
            .get("dossiers.in_progress_overdue")
    };
    let all = inputs
        .now
        .by_agency
        .iter()
        .filter(|(key, _)| !key.is_empty());
    let mut agencies: Vec<AgencyOverdue> = all
        .map(|(key, figures)| {
            let of = |name: &str| figures.get(name).unwrap_or(0.0);
            let before = inputs
                .previous
                .filter(|tables| tables.has(Family::Dossiers));
            AgencyOverdue {
                agency: Named {
                    key: key.clone(),
                    name: inputs.rules.agencies.name(key).map(str::to_owned),
                },
                open: of("dossiers.in_progress_overdue"),
                open_before: before.map(|tables| open(tables, key).unwrap_or(0.0)),
                resolved: of("dossiers.resolved_overdue"),
                total: of("dossiers.total"),
            }
        })
        .filter(|agency| agency.open + agency.resolved > 0.0)
        .collect();
    agencies.sort_by(|a, b| {
        let by_open = b.open.total_cmp(&a.open);
        let by_late = by_open.then(b.resolved.total_cmp(&a.resolved));
        by_late.then_with(|| a.agency.key.cmp(&b.agency.key))
    });
    let desk = |name: &str| count(Some(inputs.now), Family::Alerts, &format!("alerts.{name}"));
    let duty = |name: &str| count(Some(inputs.now), Family::Duties, &format!("duties.{name}"));
    Overdue {
        agencies,
        apologies_kept: duty("apology_kept"),
        apologies_broken: duty("apology_broken"),
        raised: desk("raised"),
        acknowledged: desk("acknowledged"),
        escalated: desk("escalated"),
        urged: desk("urged"),
        answered: desk("answered"),
        open: desk("open"),
    }
}

/// The index; none of a span in which there was no case.
pub(super) fn index(inputs: &Inputs<'_>) -> Option<Index> {
    let index = inputs.index?;
    if !inputs.now.has(Family::Dossiers) {
        return None;
    }
    let before = index.previous.unwrap_or_default();
    let of_before = |code: &str| before.iter().find(|scored: &&Scored| scored.code == code);
    let indicators: Vec<Indicator> = index
        .version
        .indicators
        .iter()
        .zip(index.now)
        .map(|(definition, scored)| {
            let previous = of_before(&scored.code).and_then(|scored| scored.points);
            Indicator {
                code: scored.code.clone(),
                vi: definition.vi.clone(),
                en: definition.en.clone(),
                max: scored.max,
                points: scored.points,
                previous,
                change: scored
                    .points
                    .zip(previous)
                    .map(|(now, before)| now - before),
                lost: scored.lost,
                ratio: scored.ratio.map(|ratio| [ratio.good, ratio.all]),
                origin: scored.origin,
            }
        })
        .collect();
    let (_, whole) = totals(index.version, index.now);
    let changes: Vec<f64> = indicators.iter().filter_map(|i| i.change).collect();
    let has_before = inputs
        .previous
        .is_some_and(|tables| tables.has(Family::Dossiers));
    Some(Index {
        version: index.version.name.clone(),
        source: index.version.source.clone(),
        is_verified: index.version.is_verified,
        points: whole.points,
        max_known: whole.max_known,
        max: whole.max,
        change: (has_before && !changes.is_empty()).then(|| changes.iter().sum()),
        indicators,
    })
}

/// Units told in a list of gaps.
const GAPS: usize = 20;

pub(super) fn network(inputs: &Inputs<'_>) -> Network {
    let active = inputs.now.active_sites();
    let before = inputs.previous.map(Tables::active_sites);
    let apart = |some: &std::collections::BTreeSet<&str>,
                 others: &std::collections::BTreeSet<&str>| {
        some.difference(others)
            .map(|key| site(inputs, key))
            .collect::<Vec<_>>()
    };
    // Where nothing came at all, no point is known to have ceased.
    let comparable = before.as_ref().filter(|_| inputs.now.has_anything());
    let kind = |key: &str| match inputs.registry.get(key)?.kind {
        "mobile" | "community" => Some(true),
        "branch" | "point" => Some(false),
        _ => None,
    };
    let sides = equity::of_points(&inputs.now.by_site, kind);
    Network {
        active: active.len(),
        started: comparable.map(|before| apart(&active, before)),
        stopped: comparable.map(|before| apart(before, &active)),
        coverage: coverage(inputs),
        mobile: sides.urban,
        fixed: sides.rural,
        sessions: sessions(inputs),
    }
}

fn coverage(inputs: &Inputs<'_>) -> Option<Coverage> {
    let summary = inputs.coverage?;
    let mut gaps: Vec<Gap> = summary
        .units
        .iter()
        .filter(|unit| unit.covered < unit.population)
        .map(|unit| Gap {
            unit: Named {
                key: unit.unit.to_string(),
                name: Some(unit.name.clone()),
            },
            uncovered: unit.population - unit.covered,
            population: unit.population,
        })
        .collect();
    gaps.sort_by(|a, b| {
        let by_people = b.uncovered.cmp(&a.uncovered);
        by_people.then_with(|| a.unit.key.cmp(&b.unit.key))
    });
    gaps.truncate(GAPS);
    Some(Coverage {
        mode: summary.mode.as_str(),
        minutes: summary.minutes,
        km: summary.km,
        population: summary.city.population,
        covered: summary.city.covered,
        gaps,
    })
}

fn sessions(inputs: &Inputs<'_>) -> Sessions {
    let mut counts = Sessions::default();
    for session in inputs.sessions {
        counts.published += 1;
        *match session.kept {
            Kept::Kept => &mut counts.kept,
            Kept::Late => &mut counts.late,
            Kept::Visited => &mut counts.visited,
            Kept::Missed => &mut counts.missed,
            Kept::Ahead => &mut counts.ahead,
        } += 1;
    }
    counts
}

/// Points with a sample whose whole interval is under the target.
pub(super) fn unsatisfied(inputs: &Inputs<'_>) -> Vec<Rated> {
    let day = inputs.spans.now.from.day();
    let Some(target) = inputs.targets.on("satisfied_share", day) else {
        return Vec::new();
    };
    let rated = inputs.now.by_site.iter().filter(|(key, _)| !key.is_empty());
    let rated = rated.filter_map(|(key, figures)| {
        let (good, all) = (
            figures.get("ratings.satisfied")?,
            figures.get("ratings.ratings")?,
        );
        let share = share(good, all);
        let is_known = all >= equity::SAMPLE && share.high.is_some_and(|high| high < target.value);
        is_known.then(|| Rated {
            site: site(inputs, key),
            share,
        })
    });
    let mut rated: Vec<Rated> = rated.collect();
    let value = |rated: &Rated| rated.share.value.unwrap_or(1.0);
    rated.sort_by(|a, b| {
        let by_share = value(a).total_cmp(&value(b));
        by_share.then_with(|| a.site.key.cmp(&b.site.key))
    });
    rated
}

pub(super) fn feedback(inputs: &Inputs<'_>) -> Feedback {
    let of = |name: &str| {
        count(
            Some(inputs.now),
            Family::Feedback,
            &format!("feedback.{name}"),
        )
    };
    Feedback {
        received: of("received"),
        received_before: count(inputs.previous, Family::Feedback, "feedback.received"),
        answered: of("answered"),
        answered_on_time: of("answered_on_time"),
        open_late: of("open_late"),
        about_staff: of("about_staff"),
        unsatisfied: of("unsatisfied"),
        judged: of("judged"),
    }
}

pub(super) fn tasks(inputs: &Inputs<'_>) -> Tasks {
    let of = |standing: Standing| {
        let rows = inputs.tasks.iter();
        rows.filter(move |row| row.standing == standing)
    };
    let mut late_units: BTreeMap<&str, usize> = BTreeMap::new();
    for row in inputs.training.rows.iter().filter(|row| row.is_overdue) {
        *late_units.entry(&row.subject).or_default() += 1;
    }
    let subjects = inputs.training.subjects.iter();
    Tasks {
        overdue: of(Standing::Overdue)
            .map(|row| LateTask {
                id: row.id.clone(),
                vi: row.vi.clone(),
                en: row.en.clone(),
                lead: row.lead.clone(),
                due: row.due,
            })
            .collect(),
        due_soon: of(Standing::DueSoon).count(),
        open: of(Standing::Open).count(),
        continuous: of(Standing::Continuous).count(),
        done: of(Standing::Done).count(),
        training: subjects
            .map(|(subject, sum)| Subject {
                subject: subject.to_string(),
                units: sum.units,
                complete: sum.complete,
                count: sum.count,
                of: sum.of,
                overdue: late_units.get(&**subject).copied().unwrap_or(0),
            })
            .collect(),
    }
}

pub(super) fn quality(inputs: &Inputs<'_>) -> Quality {
    let visits = |name: &str| count(Some(inputs.now), Family::Visits, &format!("visits.{name}"));
    let heard = &inputs.now.by_site;
    let points = inputs.registry.points();
    let fixed: Vec<_> = points
        .filter(|point| point.open && matches!(point.kind, "branch" | "point"))
        .collect();
    let unheard = fixed.iter().filter(|point| !heard.contains_key(&*point.id));
    Quality {
        registered: fixed.len(),
        unheard: unheard.map(|point| site(inputs, &point.id)).collect(),
        days_without_data: days_without_data(inputs, inputs.now, &inputs.spans.now),
        days_without_data_before: inputs
            .previous
            .zip(inputs.spans.previous.as_ref())
            .map_or_else(Vec::new, |(tables, span)| {
                days_without_data(inputs, tables, span)
            }),
        provisional: inputs.provisional.to_vec(),
        implausible: visits("implausible"),
        approximate: visits("approximate"),
        unresolved: visits("unresolved"),
        no_due_date: count(Some(inputs.now), Family::Dossiers, "dossiers.no_due_date"),
        dossiers: inputs.odd.map(|found| found.dossiers),
        odd: inputs.odd.map_or_else(Vec::new, |found| {
            let readings = found.found.iter().map(|reading| Odd {
                code: reading.code.clone(),
                vi: reading.said.vi,
                en: reading.said.en,
                count: reading.odd.count,
            });
            readings.collect()
        }),
    }
}

/// The city's working days, over by now, on which nobody was served.
fn days_without_data(inputs: &Inputs<'_>, tables: &Tables, span: &Part) -> Vec<Day> {
    let active = tables.active_days();
    let calendar = inputs.rules.calendars.city();
    let days = (span.from.day().0..span.to.day().0).map(Day);
    let days = days.filter(|day| calendar.works_on(*day));
    days.filter(|day| !active.contains(day.to_string().as_str()))
        .collect()
}
