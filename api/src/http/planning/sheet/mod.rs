//! A kept scenario on one page: the map with what changes, and beside it the figures, the rule, the data and their dates.

pub mod map;
pub mod words;

use analytics::briefing::paper::Language;
use analytics::briefing::words::forms::{count, number, percent, short_date};
use analytics::scenario::change::{Change, WarningCode};
use geodata::{CellIndex, LonLat, Pack, PointKind};
use ingest::event::EventTime;
use serde_json::{Value, json};

use super::saved::Kept;
use crate::typesetting::{Job, TypesetError, typeset};
use map::{Class, Drawn, Marked, Scene, drawn};
use words::pick;

/// The layout.
const TEMPLATE: &str = include_str!("sheet.typ");
/// The map's height by its breadth.
const RATIO: f64 = 1.02;
/// Changes that are listed, at most.
const CHANGES: usize = 9;
/// Units that are listed, at most.
const UNITS: usize = 7;
/// Units whose names stand on the map, at most.
const NAMES: usize = 12;
/// Warnings that are told, at most.
const WARNINGS: usize = 3;

/// What a sheet is made of.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// Where.
    pub pack: &'a Pack,
    /// What was kept.
    pub kept: &'a Kept,
    /// What it was answered with, each cell told.
    pub answer: &'a Value,
    /// In which words.
    pub language: Language,
    /// When it is made.
    pub at: EventTime,
}

/// A change with where it is.
struct Told<'a> {
    change: &'a Change,
    place: Option<LonLat>,
    /// The point's name, and its kind.
    name: String,
    kind: Option<PointKind>,
}

impl Sheet<'_> {
    /// The page.
    pub fn pdf(&self) -> Result<Vec<u8>, TypesetError> {
        let changes: Vec<Told<'_>> = self
            .kept
            .changes
            .iter()
            .map(|change| self.told(change))
            .collect();
        let drawn = self.drawn(&changes);
        let view = self.view(&changes, &drawn).to_string();
        typeset(Job {
            template: TEMPLATE,
            files: vec![
                ("sheet.json", view.into_bytes()),
                ("map.svg", drawn.svg.into_bytes()),
            ],
            name: self.kept.id.clone(),
            made_at: self.at.0 / 1_000_000,
        })
    }

    fn told<'a>(&self, change: &'a Change) -> Told<'a> {
        let known = self
            .pack
            .points
            .iter()
            .find(|point| point.id == change.id());
        match change {
            Change::Add {
                name,
                kind,
                lon,
                lat,
                ..
            } => Told {
                change,
                place: Some(LonLat {
                    lon: *lon,
                    lat: *lat,
                }),
                name: name.clone(),
                kind: Some(*kind),
            },
            Change::Move { lon, lat, .. } => Told {
                change,
                place: Some(LonLat {
                    lon: *lon,
                    lat: *lat,
                }),
                name: known.map_or_else(|| change.id().to_owned(), |point| point.name.clone()),
                kind: known.map(|point| point.kind),
            },
            Change::Remove { id } => Told {
                change,
                place: known.map(|point| point.place),
                name: known.map_or_else(|| id.clone(), |point| point.name.clone()),
                kind: known.map(|point| point.kind),
            },
        }
    }

    fn drawn(&self, changes: &[Told<'_>]) -> Drawn {
        let cells = self.answer["cells"].as_array().into_iter().flatten();
        let cells: Vec<(CellIndex, Class)> = cells
            .filter(|cell| cell["population"].as_u64() > Some(0))
            .filter_map(|cell| {
                let index = cell["cell"].as_str()?.parse().ok()?;
                let covered = |side: &str| cell[side]["covered"].as_bool();
                Some((index, Class::of(covered("before")?, covered("after")?)))
            })
            .collect();
        let is_changed = |id: &str| self.kept.changes.iter().any(|change| change.id() == id);
        let counts = |kind: PointKind, open: bool| open && self.kept.question.kinds.contains(kind);
        let points = self.pack.points.iter();
        let mut points: Vec<Marked> = points
            .filter(|point| counts(point.kind, point.open) && !is_changed(&point.id))
            .map(|point| Marked {
                place: point.place,
                kind: point.kind,
            })
            .collect();
        points.sort_by_key(|point| std::cmp::Reverse(point.kind as u8));
        let changed: Vec<LonLat> = changes.iter().filter_map(|told| told.place).collect();
        drawn(
            &Scene {
                pack: self.pack,
                cells: &cells,
                points: &points,
                changed: &changed,
            },
            RATIO,
        )
    }

    fn view(&self, changes: &[Told<'_>], drawn: &Drawn) -> Value {
        let (language, question) = (self.language, &self.kept.question);
        let kinds = PointKind::ALL
            .into_iter()
            .filter(|kind| question.kinds.contains(*kind));
        let kinds: Vec<(PointKind, &str)> = kinds
            .map(|kind| (kind, words::kind(language, kind)))
            .collect();
        let named: Vec<&str> = kinds.iter().map(|(_, name)| *name).collect();
        let rule = words::rule(
            language,
            &question.rule,
            &short(language, question.rule.minutes),
            &short(language, question.rule.km),
            words::mode(language, question.mode),
            &named.join(", "),
        );
        let marks = changes.iter().enumerate();
        let marks = marks.filter_map(|(n, told)| {
            let spot = drawn.spot(told.place?)?;
            Some(json!({"n": n + 1, "spot": spot}))
        });
        let units = self.units();
        let scale = drawn.scale();
        let listed = changes.iter().take(CHANGES).enumerate();
        json!({
            "lang": pick(language, "vi", "en"),
            "title": self.kept.name,
            "note": Some(&self.kept.note).filter(|note| !note.is_empty()),
            "words": words::fixed(language),
            "rule": rule,
            "figures": self.figures(),
            "moved": self.moved(),
            "changes": listed.map(|(n, told)| self.change(n, told)).collect::<Vec<_>>(),
            "more_changes": more(language, changes.len(), CHANGES),
            "units": units.iter().take(UNITS).map(|unit| self.unit(unit)).collect::<Vec<_>>(),
            "more_units": more(language, units.len(), UNITS),
            "warnings": self.warnings(),
            "kinds": kinds.iter().map(|(kind, name)| json!({"kind": kind.as_str(), "name": name})).collect::<Vec<_>>(),
            "map": {
                "ratio": drawn.ratio,
                "alt": self.alternative(),
                "marks": marks.collect::<Vec<_>>(),
                "names": self.names(&units, drawn),
                "scale": scale,
                "scale_words": format!("{} km", short(language, scale.km)),
            },
            "data": self.data(),
            "credits": self.credits(),
        })
    }

    fn figures(&self) -> Vec<[String; 3]> {
        let language = self.language;
        let of = |side: &str, member: &str| self.answer[side][member].as_f64().unwrap_or_default();
        let people = ["before", "after"].map(|side| count(language, of(side, "covered")));
        let shares = ["before", "after"].map(|side| percent(language, of(side, "share")));
        let without = ["before", "after"]
            .map(|side| count(language, of(side, "population") - of(side, "covered")));
        let row = |what: &str, [before, after]: [String; 2]| [what.to_owned(), before, after];
        vec![
            row(
                pick(language, "người ở đủ gần", "people near enough"),
                people,
            ),
            row(pick(language, "tỷ lệ", "their share"), shares),
            row(
                pick(language, "người chưa đủ gần", "people not near enough"),
                without,
            ),
        ]
    }

    fn moved(&self) -> String {
        let language = self.language;
        let of = |member: &str| count(language, self.answer[member].as_f64().unwrap_or_default());
        let far = self.answer["after"]["far_population"]
            .as_f64()
            .unwrap_or_default();
        let (gained, lost, far) = (of("gained"), of("lost"), count(language, far));
        match language {
            Language::Vi => format!(
                "Thêm {gained} người được đủ gần, {lost} người mất đi. {far} người ở cách đường đã biết hơn 1 km: số phút của họ là ước tính (≈)."
            ),
            Language::En => format!(
                "{gained} people gained, {lost} lost. {far} people live over 1 km from any known road: their minutes are approximate (≈)."
            ),
        }
    }

    fn change(&self, n: usize, told: &Told<'_>) -> Value {
        let language = self.language;
        let kind = told.kind.map_or("", |kind| words::kind(language, kind));
        let what = match told.change {
            Change::Add { .. } => pick(language, "Thêm", "Add"),
            Change::Move { .. } => pick(language, "Dời", "Move"),
            Change::Remove { .. } => pick(language, "Bỏ", "Remove"),
        };
        let touched = self.answer["points"].as_array().into_iter().flatten();
        let touched = touched
            .into_iter()
            .find(|point| point["id"] == told.change.id());
        let detail = touched.map(|point| {
            let number = |member: &str| point[member].as_f64().map(|x| count(language, x));
            let unit = point["unit"].as_str().and_then(|code| self.unit_name(code));
            let mut parts: Vec<String> = unit.into_iter().map(str::to_owned).collect();
            parts.extend(number("people").map(|people| match language {
                Language::Vi => format!("gần nhất với {people} người"),
                Language::En => format!("the nearest to {people} people"),
            }));
            parts.extend(number("rescued").map(|people| match language {
                Language::Vi => format!("chỉ nhờ điểm này {people} người đủ gần"),
                Language::En => format!("{people} are near enough by it alone"),
            }));
            parts.join("; ")
        });
        let is_placed = told.place.is_some();
        json!({
            "n": is_placed.then_some(n + 1),
            "what": format!("{what} {kind} {}", told.name).replace("  ", " "),
            "detail": detail.filter(|detail| !detail.is_empty()),
        })
    }

    /// Units that it changes, the most people first.
    fn units(&self) -> Vec<&Value> {
        let mut units: Vec<&Value> = self.answer["units"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        let people = |unit: &Value| {
            unit["gained"].as_u64().unwrap_or_default() + unit["lost"].as_u64().unwrap_or_default()
        };
        units.sort_by_key(|unit| std::cmp::Reverse(people(unit)));
        units
    }

    fn unit(&self, unit: &Value) -> [String; 4] {
        let language = self.language;
        let of = |member: &str| unit[member].as_f64().unwrap_or_default();
        let (gained, lost) = (of("gained"), of("lost"));
        let signed = |sign: char, people: f64| {
            (people > 0.0).then(|| format!("{sign}{}", count(language, people)))
        };
        let people: Vec<String> = [signed('+', gained), signed('−', lost)]
            .into_iter()
            .flatten()
            .collect();
        [
            unit["name"].as_str().unwrap_or_default().to_owned(),
            percent(language, of("before")),
            percent(language, of("after")),
            people.join(" "),
        ]
    }

    fn unit_name(&self, code: &str) -> Option<&str> {
        let mut units = self.pack.units.iter();
        units
            .find(|unit| unit.code.as_str() == code)
            .map(|unit| unit.name.as_str())
    }

    /// Names of the units that it changes most, where they lie.
    fn names(&self, units: &[&Value], drawn: &Drawn) -> Vec<Value> {
        let named = units.iter().take(NAMES).filter_map(|unit| {
            let code = unit["unit"].as_str()?;
            let unit = self
                .pack
                .units
                .iter()
                .find(|unit| unit.code.as_str() == code)?;
            let [west, south, east, north] = unit.bounds()?;
            let middle = LonLat {
                lon: west.midpoint(east),
                lat: south.midpoint(north),
            };
            Some(json!({"name": unit.name, "spot": drawn.spot(middle)?}))
        });
        named.collect()
    }

    fn warnings(&self) -> Vec<String> {
        let all = self.answer["warnings"].as_array().into_iter().flatten();
        let all = all.filter_map(|warning| {
            let code = serde_json::from_value::<WarningCode>(warning["code"].clone()).ok()?;
            Some(words::warning(self.language, code, warning["id"].as_str()?))
        });
        all.take(WARNINGS).collect()
    }

    /// The map for who does not see it.
    fn alternative(&self) -> String {
        let of = |side: &str| {
            percent(
                self.language,
                self.answer[side]["share"].as_f64().unwrap_or_default(),
            )
        };
        let (before, after) = (of("before"), of("after"));
        match self.language {
            Language::Vi => format!(
                "Bản đồ các khu vực đủ gần một điểm phục vụ trước và sau {} thay đổi: từ {before} lên {after} số dân; số liệu từng xã, phường ở bảng bên cạnh.",
                self.kept.changes.len()
            ),
            Language::En => format!(
                "Map of the areas near enough to a point before and after {} changes: from {before} to {after} of the people; the table beside it has the communes.",
                self.kept.changes.len()
            ),
        }
    }

    fn data(&self) -> String {
        let (meta, language) = (&self.pack.meta, self.language);
        let (name, version, id) = (&meta.name, &meta.version, &self.kept.id);
        let made = short_date(language, self.at.day());
        // A city whose clock is its events' has no time before the first.
        let saved = Some(self.kept.saved_at).filter(|at| at.0 > 0);
        let saved = saved.map(|at| short_date(language, at.day()));
        let saved = saved.map_or_else(String::new, |day| match language {
            Language::Vi => format!(", lưu {day}"),
            Language::En => format!(", saved {day}"),
        });
        match language {
            Language::Vi => {
                format!("Dữ liệu: {name}, bản {version}. Kịch bản {id}{saved}, tính lại {made}.")
            }
            Language::En => {
                format!(
                    "Data: {name}, version {version}. Scenario {id}{saved}, computed anew {made}."
                )
            }
        }
    }

    fn credits(&self) -> String {
        let mut credits: Vec<&str> = Vec::new();
        for source in &self.pack.meta.sources {
            if !source.credit.is_empty() && !credits.contains(&source.credit.as_str()) {
                credits.push(&source.credit);
            }
        }
        credits.join(" · ")
    }
}

/// What of a list does not stand there.
fn more(language: Language, all: usize, shown: usize) -> Option<String> {
    let rest = all.checked_sub(shown).filter(|rest| *rest > 0)?;
    Some(match language {
        Language::Vi => format!("và {rest} mục khác"),
        Language::En => format!("and {rest} more"),
    })
}

/// A number with a decimal where it has one.
fn short(language: Language, x: f64) -> String {
    let decimals = usize::from((x - x.round()).abs() > 1e-9);
    number(language, x, decimals)
}
