//! What siting is asked, made ready: points, cells, candidates, who reaches what and in how long.

use std::collections::BTreeMap;
use std::sync::Arc;

use analytics::coverage::{CellReach, CityShare, Coverage, Within, select, summary};
use analytics::scenario::change::{Warning, WarningCode, change};
use analytics::scenario::choices::{Choices, Demands};
use analytics::siting::{Costs, Cover, SitingError};
use geodata::whereabouts::{Whereabouts, whereabouts};
use geodata::{LonLat, Point};

use super::{Body, Candidate, Candidates, Wanted};
use crate::http::App;
use crate::http::planning::question::Question;
use crate::http::planning::scenario::sound;
use crate::http::problem::Problem;

/// Candidates of a question, at most.
const MAX_CANDIDATES: usize = 5_000;
/// Places chosen, or vehicles' sessions, at most.
pub(super) const MAX_NUMBER: usize = 200;
/// Minutes that a way of more counts as, where ways are added up.
pub(super) const FAR_MINUTES: f64 = 120.0;
/// A vehicle drives no longer than this between the morning's and the afternoon's place.
pub(super) const BETWEEN_MINUTES: f64 = 45.0;

/// What is asked, made ready.
pub(super) struct Setting<'a> {
    pub(super) app: &'a App,
    pub(super) body: &'a Body,
    pub(super) question: Question,
    pub(super) coverage: Arc<Coverage<'static>>,
    /// The points after the body's changes, all of them and those that count.
    pub(super) points: Vec<Point>,
    pub(super) reaches: Vec<CellReach>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Setting<'a> {
    pub(super) fn of(app: &'a App, question: Question, body: &'a Body) -> Result<Self, Problem> {
        sound(&body.changes)?;
        if body.capacity.is_some() && body.problem != Wanted::MostPeople {
            let detail = "`capacity` goes with `most_people` alone";
            return Err(Problem::bad_request(detail));
        }
        let pack = app.core.pack;
        let changed = change(pack, &pack.points, &body.changes);
        let coverage = app.geography.prepared(pack, question.mode)?;
        let reaches = coverage.compute(&select(&changed.points, question.kinds), &question.rule);
        let mut setting = Self {
            app,
            body,
            question,
            coverage,
            points: changed.points,
            reaches,
            candidates: Vec::new(),
            warnings: changed.warnings,
        };
        if body.problem != Wanted::Close {
            setting.candidates = match &body.candidates {
                None => setting.cells(),
                Some(Candidates::Word(word)) if word == "cells" => setting.cells(),
                Some(Candidates::Word(_)) => {
                    let detail = "`candidates` must be \"cells\" or a list of places";
                    return Err(Problem::bad_request(detail));
                }
                Some(Candidates::List(list)) => setting.listed(list)?,
            };
        }
        Ok(setting)
    }

    pub(super) const fn word(&self) -> &'static str {
        match self.body.problem {
            Wanted::MostPeople => "most_people",
            Wanted::Share => "share",
            Wanted::LeastMinutes => "least_minutes",
            Wanted::LeastWorst => "least_worst",
            Wanted::Close => "close",
            Wanted::Mobile => "mobile",
        }
    }

    fn choices(&self) -> Choices<'_> {
        Choices {
            coverage: &self.coverage,
            reaches: &self.reaches,
            rule: self.question.rule,
        }
    }

    /// Of each 5 km² the cell with most people: who may put a point anywhere puts it among people.
    fn cells(&self) -> Vec<Candidate> {
        let units = &self.app.core.pack.units;
        let cells = self.choices().coarse_cells();
        let named = cells.into_iter().map(|reach| {
            let LonLat { lon, lat } = geodata::cells::cell_centre(reach.cell);
            Candidate {
                id: format!("cell-{}", reach.cell),
                name: units[reach.unit.at()].name.clone(),
                lon,
                lat,
            }
        });
        named.collect()
    }

    /// Those of a list that can be, each once; the others are told.
    fn listed(&mut self, list: &[Candidate]) -> Result<Vec<Candidate>, Problem> {
        if list.len() > MAX_CANDIDATES {
            let detail = format!("give at most {MAX_CANDIDATES} candidates");
            return Err(Problem::refused("too_many_candidates", detail));
        }
        let mut ids = std::collections::BTreeSet::new();
        let mut good = Vec::new();
        for one in list {
            let mut warn = |code, detail: String| {
                let id = one.id.clone();
                self.warnings.push(Warning { code, id, detail });
            };
            let found = whereabouts(self.app.core.pack, one.lon, one.lat);
            if let Some(why) = found.refusal() {
                let is_swapped = matches!(
                    found,
                    Whereabouts::Far {
                        is_swapped: true,
                        ..
                    }
                );
                let code = if is_swapped {
                    WarningCode::Swapped
                } else {
                    WarningCode::Outside
                };
                warn(code, format!("it {why}; left out"));
            } else if !ids.insert(one.id.as_str()) {
                warn(
                    WarningCode::Duplicate,
                    "its id stands in the list twice; left out".to_owned(),
                );
            } else {
                good.push(one.clone());
            }
        }
        if good.is_empty() {
            let detail = "there is no candidate that can be: correct the list";
            return Err(Problem::refused("no_candidates", detail));
        }
        Ok(good)
    }

    pub(super) fn city(&self, reaches: &[CellReach]) -> CityShare {
        summary(&self.coverage, reaches, &self.question.rule).city
    }

    pub(super) fn number(&self) -> Result<usize, Problem> {
        let number = self.body.number.unwrap_or(1);
        if number == 0 || number > MAX_NUMBER {
            let detail = format!("`number` must be from 1 to {MAX_NUMBER}");
            return Err(Problem::refused("bad_number", detail));
        }
        Ok(number.min(self.candidates.len().max(1)))
    }

    pub(super) fn places(&self) -> Vec<LonLat> {
        self.candidates.iter().map(Candidate::place).collect()
    }

    pub(super) fn weights(&self) -> Vec<u32> {
        self.reaches.iter().map(|reach| reach.population).collect()
    }

    /// The cells that each candidate covers beside those that are covered already.
    pub(super) fn cover(&self) -> Result<Cover, Problem> {
        self.choices().cover(&self.places()).map_err(refused)
    }

    /// The same with the cells of each point that stays.
    pub(super) fn cover_beside(&self, kept: Vec<Vec<u32>>) -> Result<Cover, Problem> {
        let cover = self.choices().cover_beside(&self.places(), kept);
        cover.map_err(refused)
    }

    pub(super) fn costs(&self) -> Result<Costs, Problem> {
        let choices = self.choices();
        let costs = choices.costs(&self.places(), Demands::Gathered, FAR_MINUTES);
        costs.map_err(refused)
    }

    /// Minutes between candidates, by the cells that they lie in.
    pub(super) fn ways(&self) -> Vec<Vec<(u32, f64)>> {
        let ground = self.coverage.ground();
        let mut in_cell: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (at, candidate) in (0u32..).zip(&self.candidates) {
            let cell = geodata::cells::cell_at(candidate.place());
            if let Some(cell) = cell.and_then(|cell| ground.position(cell)) {
                in_cell.entry(cell).or_default().push(at);
            }
        }
        let matrix = ground.matrix(&self.places(), Within::Minutes(BETWEEN_MINUTES));
        (0..matrix.len())
            .map(|at| {
                let near = matrix.of(at).iter();
                near.flat_map(|reached| {
                    let there = in_cell.get(&(reached.cell as usize)).into_iter().flatten();
                    there.map(|other| (*other, reached.minutes))
                })
                .filter(|(other, _)| *other as usize != at)
                .collect()
            })
            .collect()
    }
}

pub(super) fn refused(error: SitingError) -> Problem {
    Problem::refused("bad_siting", error.to_string())
}
