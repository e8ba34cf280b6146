//! What a core is made with: the pack and the register that the program carries, and the rules that ship with what the
//! operator's files in the directory add.

use analytics::registry::{Registered, Registry};
use analytics::rules::{Own, Rules, RulesError};
use anyhow::Context as _;
use geodata::Pack;
use ingest::datadir::{AGENCIES, CALENDAR, DataDir, LIMITS, NATIONAL, PROCEDURES, PackName};
use ingest::national::Mapping;

/// The pack that the program carries.
pub fn pack() -> anyhow::Result<&'static Pack> {
    Pack::hanoi().context("the built-in geographic pack cannot be read")
}

/// The pack's name and version, as a data directory keeps them.
pub fn pack_name(pack: &Pack) -> PackName {
    PackName {
        name: pack.meta.name.clone(),
        version: pack.meta.version.clone(),
    }
}

/// The rules that ship, with what the operator's files add.
pub(super) fn rules(dir: &DataDir) -> anyhow::Result<Rules> {
    let [calendar, procedures, limits, agencies] = [
        dir.own(CALENDAR)?,
        dir.own(PROCEDURES)?,
        dir.own(LIMITS)?,
        dir.own(AGENCIES)?,
    ];
    let own = Own {
        calendar: calendar.as_deref(),
        procedures: procedures.as_deref(),
        limits: limits.as_deref(),
        agencies: agencies.as_deref(),
    };
    let rules = Rules::with(own).map_err(|e| {
        let file = match e {
            RulesError::Calendar(_) => CALENDAR,
            RulesError::Procedures(_) => PROCEDURES,
            RulesError::Limits(_) => LIMITS,
            RulesError::Agencies(_) => AGENCIES,
        };
        anyhow::Error::from(e).context(dir.path().join(file).display().to_string())
    })?;
    for remark in rules.remarks() {
        tracing::warn!(path = %dir.path().display(), "{remark}");
    }
    Ok(rules)
}

/// What senders of the national exchange mean, with what the operator's file adds.
pub(super) fn national(dir: &DataDir) -> anyhow::Result<Mapping> {
    let mapping = Mapping::shipped()?;
    match dir.own(NATIONAL)? {
        None => Ok(mapping),
        Some(text) => {
            let path = dir.path().join(NATIONAL);
            mapping
                .with(&text)
                .with_context(|| path.display().to_string())
        }
    }
}

pub(super) fn registry(pack: &Pack) -> Registry {
    let points = pack.points.iter().map(|p| Registered {
        id: p.id.as_str().into(),
        name: p.name.clone(),
        kind: p.kind.as_str(),
        unit: p.unit.as_ref().map_or("", |u| u.as_str()).into(),
        lon: p.place.lon,
        lat: p.place.lat,
        coord_class: p.coord_class.as_str(),
        open: p.open,
    });
    Registry::new(points, pack.units.iter().map(|u| u.code.as_str().into()))
}
