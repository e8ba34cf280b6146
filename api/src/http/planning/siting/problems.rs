//! Each problem put to [`analytics::siting`], and its answer in words of places and people.

use analytics::coverage::{PointRef, Within, select};
use analytics::siting::{
    self, Answer, Budget, Capacities, Cover, Fleet, Place, Replacement, Target,
};
use geodata::LonLat;
use geodata::whereabouts::unit_at;
use serde_json::{Value, json};

use super::Wanted;
use super::setting::{BETWEEN_MINUTES, MAX_NUMBER, Setting, refused};
use crate::http::planning::gaps::rounded;
use crate::http::problem::Problem;

/// Work on the sums of ways, in steps: a first answer with its bound.
const MEDIAN_STEPS: u64 = 150;

/// How good an answer is, in its unit.
struct Found {
    unit: &'static str,
    objective: f64,
    bound: f64,
    gap: f64,
    is_proven: bool,
}

impl Found {
    /// Of a choice of people.
    fn people(answer: &Answer) -> Self {
        Self {
            unit: "people",
            objective: answer.objective as f64,
            bound: answer.bound as f64,
            gap: answer.gap,
            is_proven: answer.proven,
        }
    }
}

impl Setting<'_> {
    pub(super) fn most_people(&self) -> Result<Value, Problem> {
        let number = self.number()?;
        if let Some(capacity) = self.body.capacity {
            return self.most_served(number, capacity);
        }
        let cover = self.cover()?;
        let a = siting::maximal_cover(&cover, number, &Budget::QUICK).map_err(refused)?;
        let chosen = self.chosen(&a.chosen, Some(a.objective), 1.0);
        Ok(self.told(&Found::people(&a), chosen, &a.chosen))
    }

    /// Every point, kept or new, serves so many people at most.
    fn most_served(&self, number: usize, capacity: u32) -> Result<Value, Problem> {
        let points = select(&self.points, self.question.kinds);
        let places: Vec<LonLat> = points.iter().map(|p| p.place).collect();
        let within = Within::Rule(self.question.rule);
        let matrix = self.coverage.ground().matrix(&places, within);
        let kept = (0..matrix.len()).map(|at| matrix.of(at).iter().map(|r| r.cell).collect());
        let cover = self.cover_beside(kept.collect())?;
        let capacities = Capacities {
            candidates: vec![capacity; self.candidates.len()],
            kept: vec![capacity; places.len()],
        };
        let c = siting::capacitated_cover(&cover, &capacities, number, &Budget::QUICK)
            .map_err(refused)?;
        let a = &c.answer;
        let chosen = self.chosen(&a.chosen, Some(a.objective), 1.0);
        let mut told = self.told(&Found::people(a), chosen, &a.chosen);
        told["kept_served"] = json!(c.kept_served);
        Ok(told)
    }

    pub(super) fn share(&self) -> Result<Value, Problem> {
        let target = self.body.target.unwrap_or(1.0);
        let cover = self.cover()?;
        let target = if target >= 1.0 {
            Target::Everyone
        } else {
            Target::Share(target)
        };
        let a = siting::set_cover(&cover, target, &Budget::QUICK).map_err(refused)?;
        let chosen = self.chosen(&a.chosen, None, 1.0);
        let found = Found {
            unit: "points",
            objective: a.objective as f64,
            bound: a.bound as f64,
            gap: a.gap,
            is_proven: a.proven,
        };
        let mut told = self.told(&found, chosen, &a.chosen);
        told["covered"] = json!(a.covered);
        told["wanted"] = json!(a.target);
        Ok(told)
    }

    pub(super) fn least_minutes(&self) -> Result<Value, Problem> {
        let (number, costs) = (self.number()?, self.costs()?);
        let a = siting::p_median(&costs, number, &Budget::steps(MEDIAN_STEPS)).map_err(refused)?;
        // Sums are people × thousandths of a minute; means are told.
        let people = costs
            .weights()
            .iter()
            .map(|people| u64::from(*people))
            .sum::<u64>();
        let per = 1_000.0 * (people.max(1)) as f64;
        let mean = |sum: u64| sum as f64 / per;
        let chosen = self.chosen(&a.chosen, Some(a.before - a.objective), per);
        let found = Found {
            unit: "minutes",
            objective: mean(a.objective),
            bound: mean(a.bound),
            gap: a.gap,
            is_proven: a.proven,
        };
        let mut told = self.told(&found, chosen, &a.chosen);
        told["minutes_before"] = json!(rounded(mean(a.before)));
        told["mean_minutes"] = json!(rounded(a.mean_minutes));
        told["out_of_reach"] = json!(a.out_of_reach);
        Ok(told)
    }

    pub(super) fn least_worst(&self) -> Result<Value, Problem> {
        let (number, costs) = (self.number()?, self.costs()?);
        let a = siting::p_centre(&costs, number, &Budget::QUICK).map_err(refused)?;
        let chosen = self.chosen(&a.chosen, None, 1.0);
        let objective = a.minutes.unwrap_or(f64::NAN);
        let found = Found {
            unit: "minutes",
            objective,
            bound: a.bound,
            gap: a.gap,
            is_proven: a.proven,
        };
        let mut told = self.told(&found, chosen, &a.chosen);
        told["unreachable"] = json!(a.unreachable);
        Ok(told)
    }

    /// Existing points that may close are the candidates; all of those that count.
    pub(super) fn close(&self) -> Result<Value, Problem> {
        let points = select(&self.points, self.question.kinds);
        let places: Vec<LonLat> = points.iter().map(|p| p.place).collect();
        let within = Within::Rule(self.question.rule);
        let matrix = self.coverage.ground().matrix(&places, within);
        let lists = (0..matrix.len()).map(|at| matrix.of(at).iter().map(|r| r.cell).collect());
        let cover = Cover::new(self.weights(), lists.collect(), Vec::new()).map_err(refused)?;
        let wanted = self.body.number.unwrap_or(1);
        if wanted == 0 || wanted > points.len() {
            let detail = format!("`number` must be from 1 to {}", points.len());
            return Err(Problem::refused("bad_number", detail));
        }
        let a = siting::close_points(&cover, wanted, &Budget::QUICK).map_err(refused)?;
        let named = |at: u32| {
            let point = &points[at as usize];
            let name = self
                .points
                .iter()
                .find(|p| p.id == point.id)
                .map(|p| p.name.clone());
            json!({"id": point.id, "name": name})
        };
        let chosen: Vec<Value> = a
            .closed
            .iter()
            .enumerate()
            .map(|(rank, closed)| {
                let place = points[closed.point as usize].place;
                let mut told = named(closed.point);
                told["rank"] = json!(rank + 1);
                told["lon"] = json!(place.lon);
                told["lat"] = json!(place.lat);
                told["unit"] = json!(unit_at(self.app.core.pack, place));
                told["adds"] = json!(closed.loses);
                told["next_best"] = Value::Null;
                told["alone"] = json!(closed.orphaned_people);
                told["cells"] = json!(self.cells_of(closed.orphans.iter().map(|o| o.demand)));
                told["heir"] = json!(closed.heir.map(named));
                told
            })
            .collect();
        let gone: Vec<&str> = a
            .closed
            .iter()
            .map(|c| points[c.point as usize].id)
            .collect();
        let left: Vec<_> = points
            .iter()
            .filter(|p| !gone.contains(&p.id))
            .copied()
            .collect();
        let after = self.coverage.compute(&left, &self.question.rule);
        Ok(json!({
            "unit": "people", "objective": a.objective, "bound": a.bound, "gap": a.gap, "is_proven": a.proven,
            "chosen": chosen, "after": self.city(&after),
        }))
    }

    pub(super) fn mobile(&self) -> Result<Value, Problem> {
        let vehicles = self.body.vehicles.unwrap_or(1);
        // A day has two sessions.
        let days = self.body.sessions_a_week.unwrap_or(10).div_ceil(2).min(7);
        let days: Vec<u8> = (0..days as u8).collect();
        if vehicles == 0 || vehicles * days.len() * 2 > MAX_NUMBER {
            let detail = format!(
                "`vehicles` and `sessions_a_week` must make from 1 to {MAX_NUMBER} sessions"
            );
            return Err(Problem::refused("bad_number", detail));
        }
        let cover = self.cover()?;
        let ways = self.ways();
        let fleet = Fleet {
            vehicles,
            days,
            most_minutes: BETWEEN_MINUTES,
        };
        let m = siting::mobile_routes(&cover, &ways, &fleet, &Budget::QUICK).map_err(refused)?;
        let a = &m.answer;
        let chosen = self.chosen(&a.chosen, Some(a.objective), 1.0);
        let mut told = self.told(&Found::people(a), chosen, &a.chosen);
        let mut timetable = Vec::new();
        for (vehicle, days) in m.timetables.iter().enumerate() {
            for day in days {
                for (half, at) in [("morning", day.morning), ("afternoon", day.afternoon)] {
                    let place = &self.candidates[at as usize];
                    timetable.push(json!({
                        "vehicle": vehicle + 1, "weekday": day.day + 1, "half": half, "id": place.id, "name": place.name,
                    }));
                }
            }
        }
        told["timetable"] = json!(timetable);
        Ok(told)
    }

    fn cells_of(&self, demands: impl Iterator<Item = u32>) -> Vec<String> {
        demands
            .map(|at| self.reaches[at as usize].cell.to_string())
            .collect()
    }

    /// The places. `total` is what they reach together, in the unit of what each adds, of which `per` make one that is told;
    /// without it no replacement is told.
    fn chosen(&self, places: &[Place], total: Option<u64>, per: f64) -> Vec<Value> {
        let is_by_cell = !matches!(self.body.problem, Wanted::LeastMinutes | Wanted::LeastWorst);
        let all = places.iter().enumerate().map(|(rank, place)| {
            let candidate = &self.candidates[place.candidate as usize];
            // In its stead: what it adds, less what the whole would be poorer by.
            let next_told = |r: &Replacement, total: u64| {
                let other = &self.candidates[r.candidate as usize];
                let poorer = total as f64 - r.objective as f64;
                let adds = (place.adds as f64 - poorer).max(0.0) / per;
                json!({"id": other.id, "name": other.name, "adds": rounded(adds)})
            };
            let next = place.next_best.as_ref().zip(total);
            let cells = if is_by_cell {
                self.cells_of(place.rescues.iter().map(|r| r.demand))
            } else {
                Vec::new()
            };
            json!({
                "rank": rank + 1, "id": candidate.id, "name": candidate.name, "lon": candidate.lon, "lat": candidate.lat,
                "unit": unit_at(self.app.core.pack, candidate.place()),
                "adds": rounded(place.adds as f64 / per), "alone": place.rescued_people, "cells": cells,
                "next_best": next.map(|(r, total)| next_told(r, total)),
            })
        });
        all.collect()
    }

    /// An answer with the places that it has and what they make of the city.
    fn told(&self, found: &Found, chosen: Vec<Value>, places: &[Place]) -> Value {
        let mut points = select(&self.points, self.question.kinds);
        let added = places
            .iter()
            .map(|p| &self.candidates[p.candidate as usize]);
        points.extend(added.map(|c| PointRef {
            id: &c.id,
            place: c.place(),
        }));
        let after = self.coverage.compute(&points, &self.question.rule);
        json!({
            "unit": found.unit, "objective": rounded(found.objective), "bound": rounded(found.bound),
            "gap": found.gap, "is_proven": found.is_proven, "chosen": chosen, "after": self.city(&after),
        })
    }
}
