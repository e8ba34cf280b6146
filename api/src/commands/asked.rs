//! What commands about reach are asked alike: points, pack, mode and rule.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use analytics::coverage::{Mode, Rule, RuleKind};
use analytics::relief::opening::is_within_hours;
use analytics::rules::Rules;
use anyhow::{Context as _, bail};
use clap::Args;
use geodata::{KindSet, Pack, Point, points_csv};

use super::UsageError;
use super::pack::read_pack;
use crate::http::questions::{TIME_FORM, parse_time};

/// Where people are, and which points there are.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// Points to reach: id,name,kind,lon,lat[,unit,open]; without it, the pack's own
    #[arg(long, value_name = "FILE.csv")]
    points: Option<PathBuf>,
    /// Geographic pack; without it, Hà Nội's, which is built in
    #[arg(long, value_name = "PACK")]
    pack: Option<PathBuf>,
    /// Kinds of points that count
    #[arg(
        long,
        value_name = "KIND,…",
        default_value = "branch,point,community,mobile"
    )]
    pub(super) kinds: KindSet,
}

impl Place {
    /// The pack; one of its own is read for the whole run of the command.
    pub(super) fn pack(&self) -> anyhow::Result<&'static Pack> {
        match &self.pack {
            Some(path) => Ok(Box::leak(Box::new(read_pack(path)?))),
            None => Ok(Pack::hanoi()?),
        }
    }

    /// The points, of all kinds; those of a file are told on stderr where they lie outside.
    pub(super) fn points(&self, pack: &'static Pack) -> anyhow::Result<Cow<'static, [Point]>> {
        match &self.points {
            Some(path) => Ok(Cow::Owned(read_points(path, pack)?)),
            None => Ok(Cow::Borrowed(&pack.points)),
        }
    }
}

/// Who counts as reached.
#[derive(Debug, Args)]
pub(super) struct Reached {
    /// How people travel: motorbike, walk or car
    #[arg(long, default_value = "motorbike")]
    pub(super) mode: Mode,
    /// Covered in time: under so many minutes
    #[arg(long, default_value_t = 30.0)]
    minutes: f64,
    /// Covered in distance: at most so many kilometres in a straight line
    #[arg(long, default_value_t = 5.0)]
    km: f64,
    /// Which must hold: any (time or distance), all, time or distance
    #[arg(long, default_value = "any")]
    rule: RuleKind,
    /// Count only points that are open at this time: by the working calendar, since no pack holds published hours
    #[arg(long, value_name = "T")]
    at: Option<String>,
}

impl Reached {
    pub(super) fn rule(&self) -> Result<Rule, UsageError> {
        for (name, limit) in [("--minutes", self.minutes), ("--km", self.km)] {
            if !(limit >= 0.0 && limit.is_finite()) {
                return Err(UsageError(format!(
                    "{name} {limit}: give a number from 0 up"
                )));
            }
        }
        Ok(Rule {
            kind: self.rule,
            minutes: self.minutes,
            km: self.km,
        })
    }

    /// Closes the points that are not open at `--at`, and says on stderr by what that was known.
    pub(super) fn open_then(
        &self,
        points: Cow<'static, [Point]>,
    ) -> anyhow::Result<Cow<'static, [Point]>> {
        let Some(text) = &self.at else {
            return Ok(points);
        };
        let at =
            parse_time(text).ok_or_else(|| UsageError(format!("--at {text}: give {TIME_FORM}")))?;
        let rules = Rules::shipped()?;
        let mut points = points.into_owned();
        for point in &mut points {
            let calendar = rules.calendars.of_site(&point.id);
            point.open = point.open && is_within_hours(None, calendar, at);
        }
        eprintln!(
            "open at {at} is taken from the working calendar: points' own hours are not published in a pack"
        );
        Ok(Cow::Owned(points))
    }
}

/// Reads a points file and tells on stderr which rows lie outside and which are left out.
pub(super) fn read_points(path: &Path, pack: &Pack) -> anyhow::Result<Vec<Point>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = points_csv::read(&bytes, pack).with_context(|| path.display().to_string())?;
    for row in &file.outside {
        eprintln!(
            "{} line {}: `{}` lies {:.1} km outside the units' outline; used",
            path.display(),
            row.line,
            row.id,
            row.km
        );
    }
    for row in &file.rejected {
        eprintln!(
            "{} line {}: {}; left out",
            path.display(),
            row.line,
            row.reason
        );
    }
    if file.points.is_empty() {
        let rejected = file.rejected.len();
        bail!(
            "{} holds no usable point ({rejected} rows left out): correct it",
            path.display()
        );
    }
    Ok(file.points)
}
