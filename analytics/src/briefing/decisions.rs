//! What is proposed for decision: each from a rule over the figures, with the question that shows its evidence.
//!
//! The rules in order of precedence; the first three that find something propose something:
//!
//! 1. the agency with most open dossiers past due;
//! 2. of points with at least [`SAMPLE`] started visits and a mean wait over the target, the one at which people wait
//!    longest over it in all (excess of the mean times visits);
//! 3. of points whose share of satisfied people is under the target beyond chance, the one where most are missing to it;
//! 4. complaints and proposals open past their due date;
//! 5. online dossiers that were answered late or are not answered in time;
//! 6. dossiers that were sent back a second time;
//! 7. tasks past their deadline;
//! 8. the unit with most people who reach no point in time or near enough;
//! 9. registered points from which nothing came.
//!
//! Where nothing at all was recorded in the span, there is only the last to decide.

use super::Inputs;
use super::headlines::query;
use super::model::{Briefing, Decision, Named, Rule};
use crate::figures::Family;
use crate::scorecard::equity::SAMPLE;

/// Proposals of a briefing.
const MOST: usize = 3;

/// What the rules propose.
pub(super) fn propose(inputs: &Inputs<'_>, briefing: &Briefing) -> Vec<Decision> {
    if !inputs.now.has_anything() {
        return no_data(inputs, briefing).into_iter().collect();
    }
    let rules: [fn(&Inputs<'_>, &Briefing) -> Option<Decision>; 9] = [
        overdue_agency,
        long_wait,
        unsatisfied,
        late_answers,
        late_acknowledgement,
        sent_back_twice,
        late_tasks,
        uncovered,
        no_data,
    ];
    let found = rules.iter().filter_map(|rule| rule(inputs, briefing));
    found.take(MOST).collect()
}

fn overdue_agency(inputs: &Inputs<'_>, briefing: &Briefing) -> Option<Decision> {
    let worst = briefing.overdue.agencies.first()?;
    let city = briefing.headline("in_progress_overdue")?.now.value?;
    (worst.open > 0.0).then(|| Decision {
        rule: Rule::OverdueAgency,
        about: Some(worst.agency.clone()),
        value: worst.open,
        of: Some(city),
        beside: worst.open_before,
        evidence: query(Family::Dossiers, &inputs.spans.now, Some("agency")),
    })
}

fn long_wait(inputs: &Inputs<'_>, _: &Briefing) -> Option<Decision> {
    let span = &inputs.spans.now;
    let target = inputs.targets.on("mean_wait_s", span.from.day())?;
    let sites = inputs.now.by_site.iter().filter_map(|(key, figures)| {
        let mean = figures.get("visits.mean_wait_s")?;
        let started = figures.get("visits.started")?;
        let is_long = !key.is_empty() && started >= SAMPLE && !target.is_met(mean);
        is_long.then_some((key, mean, started))
    });
    let sites: Vec<(&String, f64, f64)> = sites.collect();
    let excess = |(_, mean, started): &(&String, f64, f64)| (mean - target.value) * started;
    // Of equal ones the first by code.
    let worst = sites.iter().rev();
    let (key, mean, started) = *worst.max_by(|a, b| excess(a).total_cmp(&excess(b)))?;
    Some(Decision {
        rule: Rule::LongWait,
        about: Some(Named {
            key: key.clone(),
            name: inputs.registry.get(key).map(|point| point.name.clone()),
        }),
        value: mean,
        of: Some(started),
        beside: Some(sites.len() as f64),
        evidence: query(Family::Visits, span, Some("site")),
    })
}

fn unsatisfied(inputs: &Inputs<'_>, briefing: &Briefing) -> Option<Decision> {
    let span = &inputs.spans.now;
    let target = inputs.targets.on("satisfied_share", span.from.day())?.value;
    let missing = |rated: &super::model::Rated| {
        let share = rated.share.value.unwrap_or(target);
        (target - share) * rated.share.sample.unwrap_or(0.0)
    };
    let all = &briefing.unsatisfied;
    let worst = all.iter().rev();
    let worst = worst.max_by(|a, b| missing(a).total_cmp(&missing(b)))?;
    Some(Decision {
        rule: Rule::Unsatisfied,
        about: Some(worst.site.clone()),
        value: worst.share.value?,
        of: worst.share.sample,
        beside: Some(all.len() as f64),
        evidence: query(Family::Ratings, span, Some("site")),
    })
}

fn late_answers(inputs: &Inputs<'_>, briefing: &Briefing) -> Option<Decision> {
    let late = briefing.feedback.open_late.filter(|late| *late > 0.0)?;
    Some(Decision {
        rule: Rule::LateAnswers,
        about: None,
        value: late,
        of: None,
        beside: briefing.feedback.received,
        evidence: query(Family::Feedback, &inputs.spans.now, Some("agency")),
    })
}

fn late_acknowledgement(inputs: &Inputs<'_>, _: &Briefing) -> Option<Decision> {
    let of = |name: &str| inputs.now.city.get(name).unwrap_or(0.0);
    let kept = of("duties.acknowledge_kept");
    let (broken, late) = (
        of("duties.acknowledge_broken"),
        of("duties.acknowledge_late"),
    );
    (broken + late > 0.0).then(|| Decision {
        rule: Rule::LateAcknowledgement,
        about: None,
        value: broken + late,
        of: Some(kept + broken + late),
        beside: Some(late),
        evidence: query(Family::Duties, &inputs.spans.now, Some("agency")),
    })
}

fn sent_back_twice(inputs: &Inputs<'_>, briefing: &Briefing) -> Option<Decision> {
    let twice = briefing.headline("supplement_twice")?.now.value?;
    (twice > 0.0).then(|| Decision {
        rule: Rule::SentBackTwice,
        about: None,
        value: twice,
        of: None,
        beside: None,
        evidence: query(Family::Dossiers, &inputs.spans.now, Some("agency")),
    })
}

fn late_tasks(_: &Inputs<'_>, briefing: &Briefing) -> Option<Decision> {
    let tasks = &briefing.tasks;
    let late = tasks.overdue.len();
    let all = late + tasks.due_soon + tasks.open + tasks.continuous + tasks.done;
    (late > 0).then(|| Decision {
        rule: Rule::LateTasks,
        about: None,
        value: late as f64,
        of: Some(all as f64),
        beside: None,
        evidence: "GET /api/v1/tasks".to_owned(),
    })
}

fn uncovered(_: &Inputs<'_>, briefing: &Briefing) -> Option<Decision> {
    let coverage = briefing.network.coverage.as_ref()?;
    let gap = coverage.gaps.first()?;
    Some(Decision {
        rule: Rule::Uncovered,
        about: Some(gap.unit.clone()),
        value: gap.uncovered as f64,
        of: Some(gap.population as f64),
        beside: Some((coverage.population - coverage.covered) as f64),
        evidence: "vonglau coverage --summary --format csv".to_owned(),
    })
}

fn no_data(inputs: &Inputs<'_>, briefing: &Briefing) -> Option<Decision> {
    let quality = &briefing.quality;
    (!quality.unheard.is_empty()).then(|| Decision {
        rule: Rule::NoData,
        about: None,
        value: quality.unheard.len() as f64,
        of: Some(quality.registered as f64),
        beside: None,
        evidence: query(Family::Visits, &inputs.spans.now, Some("site")),
    })
}
