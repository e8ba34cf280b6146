//! `vonglau site`: where the next points should go, each choice with what no other could beat.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use analytics::coverage::{
    CellReach, CityShare, Coverage, PointRef, TravelSettings, select, summary,
};
use analytics::scenario::choices::{Choices, Demands};
use analytics::siting::{
    self, Budget, Costs, Cover, MedianAnswer, Place as Chosen, SitingError, Target,
};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use geodata::LonLat;
use serde_json::{Value, json};

use super::UsageError;
use super::asked::{Place, Reached, read_points};

/// Minutes that a way of more counts as, where ways are added up.
const FAR_MINUTES: f64 = 120.0;
/// Pairs of a place and a cell gone through at most, over all steps: some ten seconds on one core.
const WORK: u64 = 4_000_000_000;
/// Steps at least, for a first answer with its bound, and at most.
const STEPS: (u64, u64) = (60, 100_000);

/// Which of the candidates to add to the points, so that most people are covered or all travel least.
///
/// json: `{"places":[{"id","name","lon","lat","adds_population"}],"population","share","bound","gap"}`:
/// the places in order, with the people each adds to the points and the places before it;
/// `population` and `share` are those covered with the points and the places together; `bound` is
/// how many so many places could cover at most, whichever they were, and `gap` how much of it may
/// be missed. With --share, `fewest` is how many places are needed at least. With --objective time,
/// `person_minutes` and `mean_minutes` are those of everybody to the nearest point (a way of over
/// 120 minutes counts as 120), `person_minutes_bound` is what no choice goes below, and `gap` is
/// to it. geojson: the places as points, with the same figures beside them.
#[derive(Debug, Args)]
pub struct SiteArgs {
    #[command(flatten)]
    place: Place,
    /// Where points may go: id,name,kind,lon,lat, or `cells` for the centre of any cell with people
    /// (with --objective time: of each 5 km² the cell with most people)
    #[arg(long, value_name = "FILE.csv|cells")]
    candidates: String,
    /// So many places
    #[arg(
        long,
        value_name = "K",
        required_unless_present = "share",
        conflicts_with = "share"
    )]
    add: Option<usize>,
    /// The fewest places with which such a share of all people is covered, for instance 0.99
    #[arg(long)]
    share: Option<f64>,
    /// What is best: most people covered, or least minutes of all people together
    #[arg(long, value_enum, default_value = "cover")]
    objective: Objective,
    #[command(flatten)]
    reached: Reached,
    /// Form of the answer
    #[arg(long, value_enum)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Objective {
    Cover,
    Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Geojson,
}

/// A place that may be chosen.
#[derive(Debug)]
struct Candidate {
    id: String,
    name: String,
    place: LonLat,
}

/// Runs `vonglau site`.
pub fn run(args: SiteArgs) -> anyhow::Result<()> {
    if let Some(share) = args.share {
        if !(0.0..=1.0).contains(&share) {
            return Err(UsageError(format!("--share {share}: give a share from 0 to 1")).into());
        }
        if args.objective == Objective::Time {
            let why =
                "--share asks for the fewest places that cover it: leave out --objective time";
            return Err(UsageError(why.to_owned()).into());
        }
    }
    let rule = args.reached.rule()?;
    let pack = args.place.pack()?;
    let points = args.reached.open_then(args.place.points(pack)?)?;
    let points = select(&points, args.place.kinds);
    let coverage = Coverage::prepare(pack, &TravelSettings::default(), args.reached.mode)?;
    let reaches = coverage.compute(&points, &rule);
    let choices = Choices {
        coverage: &coverage,
        reaches: &reaches,
        rule,
    };
    let candidates = candidates(&args, &choices)?;
    let places: Vec<LonLat> = candidates.iter().map(|c| c.place).collect();

    let cover = choices.cover(&places)?;
    let (answer, ids) = match (args.share, args.objective) {
        (Some(share), _) => fewest(&cover, share)?,
        (None, Objective::Cover) => most_people(&cover, number(&args, &candidates)?)?,
        (None, Objective::Time) => {
            let number = number(&args, &candidates)?;
            let costs = choices.costs(&places, Demands::Cells, FAR_MINUTES)?;
            least_minutes(&cover, &costs, number)?
        }
    };
    let chosen: Vec<&Candidate> = ids.iter().map(|at| &candidates[*at as usize]).collect();
    let mut told = answer;
    tell(&mut told, &coverage, &points, &reaches, &rule, &chosen);
    write(args.format, &told).context("cannot write the answer to standard output")
}

/// How many places are asked for, which there must be.
fn number(args: &SiteArgs, candidates: &[Candidate]) -> Result<usize, UsageError> {
    let number = args.add.unwrap_or(1);
    if number > candidates.len() {
        let there = candidates.len();
        return Err(UsageError(format!(
            "--add {number}: there are {there} candidates that can be; ask for no more"
        )));
    }
    Ok(number)
}

/// The candidates, each once.
fn candidates(args: &SiteArgs, choices: &Choices<'_>) -> anyhow::Result<Vec<Candidate>> {
    if args.candidates != "cells" {
        let mut ids = BTreeSet::new();
        let read = read_points(Path::new(&args.candidates), choices.coverage.pack())?;
        let once = read.into_iter().filter(|c| ids.insert(c.id.clone()));
        return Ok(once
            .map(|c| Candidate {
                id: c.id,
                name: c.name,
                place: c.place,
            })
            .collect());
    }
    let cells: Vec<&CellReach> = match args.objective {
        Objective::Cover => choices.cells(),
        Objective::Time => {
            eprintln!(
                "of each 5 km² the cell with most people is a candidate: minutes are added up for each of them"
            );
            choices.coarse_cells()
        }
    };
    let units = &choices.coverage.pack().units;
    let named = cells.into_iter().map(|reach| Candidate {
        id: reach.cell.to_string(),
        name: units[reach.unit.at()].name.clone(),
        place: geodata::cells::cell_centre(reach.cell),
    });
    Ok(named.collect())
}

/// Steps that the work allows, each of which goes through all pairs.
fn budget(pairs: usize) -> Budget<'static> {
    let (least, most) = STEPS;
    Budget::steps((WORK / (pairs as u64).max(1)).clamp(least, most))
}

fn pairs(cover: &Cover) -> usize {
    cover.candidates().iter().map(Vec::len).sum()
}

type Found = (Value, Vec<u32>);

fn in_order(chosen: &[Chosen]) -> Vec<u32> {
    chosen.iter().map(|place| place.candidate).collect()
}

fn most_people(cover: &Cover, number: usize) -> Result<Found, SitingError> {
    let found = siting::maximal_cover(cover, number, &budget(pairs(cover)))?;
    let bound = cover.kept_people() + found.bound;
    let told = json!({"objective": "cover", "bound": bound});
    Ok((told, in_order(&found.chosen)))
}

fn fewest(cover: &Cover, share: f64) -> anyhow::Result<Found> {
    let found = siting::set_cover(cover, Target::Share(share), &budget(pairs(cover)))?;
    let ids = in_order(&found.chosen);
    // How many people so many places could cover: the figure beside the one of people.
    let most = siting::maximal_cover(cover, ids.len(), &budget(pairs(cover)))?;
    let bound = cover.kept_people() + most.bound;
    let told = json!({
        "objective": "cover", "bound": bound, "wanted": found.target, "fewest": found.bound,
        "is_fewest": found.proven,
    });
    Ok((told, ids))
}

fn least_minutes(cover: &Cover, costs: &Costs, number: usize) -> Result<Found, SitingError> {
    let all = costs.pair_count();
    let a: MedianAnswer = siting::p_median(costs, number, &budget(all))?;
    let most = siting::maximal_cover(cover, number, &budget(pairs(cover)))?;
    // Kept to thousandths of a minute.
    let minutes = |sum: u64| sum as f64 / 1_000.0;
    let told = json!({
        "objective": "time", "bound": cover.kept_people() + most.bound, "gap": a.gap,
        "person_minutes": minutes(a.objective), "person_minutes_before": minutes(a.before),
        "person_minutes_bound": minutes(a.bound), "mean_minutes": a.mean_minutes,
        "out_of_reach": a.out_of_reach,
    });
    Ok((told, in_order(&a.chosen)))
}

/// Adds the places and what they make of the city, counted as `vonglau coverage` counts it.
fn tell(
    told: &mut Value,
    coverage: &Coverage<'_>,
    points: &[PointRef<'_>],
    reaches: &[CellReach],
    rule: &analytics::coverage::Rule,
    chosen: &[&Candidate],
) {
    let city = |reaches: &[CellReach]| -> CityShare { summary(coverage, reaches, rule).city };
    let before = city(reaches);
    let mut with = points.to_vec();
    let (mut places, mut covered) = (Vec::new(), before.covered);
    let mut after = before.clone();
    for candidate in chosen {
        with.push(PointRef {
            id: &candidate.id,
            place: candidate.place,
        });
        after = city(&coverage.compute(&with, rule));
        let LonLat { lon, lat } = candidate.place;
        places.push(json!({
            "id": candidate.id, "name": candidate.name, "lon": lon, "lat": lat,
            "adds_population": after.covered - covered,
        }));
        covered = after.covered;
    }
    // Time may come of one new place and distance of another: more than any choice was reckoned to have.
    let bound = told["bound"]
        .as_u64()
        .unwrap_or_default()
        .max(after.covered);
    told["bound"] = json!(bound);
    if told["gap"].is_null() {
        told["gap"] = json!((bound - after.covered) as f64 / (bound.max(1)) as f64);
    }
    told["places"] = json!(places);
    told["population"] = json!(after.covered);
    told["share"] = json!(after.share);
    told["population_before"] = json!(before.covered);
    told["all_population"] = json!(after.population);
    told["far_population"] = json!(after.far_population);
    told["rule"] = json!({"kind": rule.kind.to_string(), "minutes": rule.minutes, "km": rule.km});
    told["mode"] = json!(coverage.mode().to_string());
}

fn write(format: Format, told: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let all = match format {
        Format::Json => told.clone(),
        Format::Geojson => {
            let mut all = told.clone();
            let places = all["places"].take();
            let features = places.as_array().into_iter().flatten().map(|place| {
                json!({
                    "type": "Feature", "id": place["id"], "properties": place,
                    "geometry": {"type": "Point", "coordinates": [place["lon"], place["lat"]]},
                })
            });
            let features: Vec<Value> = features.collect();
            if let Some(members) = all.as_object_mut() {
                members.remove("places");
            }
            all["type"] = json!("FeatureCollection");
            all["features"] = json!(features);
            all
        }
    };
    match writeln!(out, "{all}") {
        // A reader that has seen enough (`| head`) is no failure.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
