//! Where a pack's parts come from: files with their fingerprints, credits, licences and dates.

use super::{BuildError, InputFile, Inputs, Report, table};
use crate::{Meta, Source};
use std::collections::BTreeMap;

/// The files of a GTFS feed that are read.
const GTFS_FILES: [&str; 9] = [
    "stops.txt",
    "routes.txt",
    "trips.txt",
    "stop_times.txt",
    "stop_times.json",
    "stop_times.json.gz",
    "calendar.txt",
    "calendar_dates.txt",
    "frequencies.txt",
];

/// What a pack says of itself.
pub(super) fn meta(
    inputs: &Inputs<'_>,
    roads_date: Option<String>,
    report: &mut Report,
) -> Result<Meta, BuildError> {
    let terms = match inputs.terms {
        Some(file) => table::read_terms(file, report)?,
        None => BTreeMap::new(),
    };
    let files = [
        ("units", Some(inputs.units)),
        ("attributes", Some(inputs.attributes)),
        ("population", Some(inputs.population)),
        ("roads", Some(inputs.roads)),
        ("outlines", inputs.outlines),
        ("districts", inputs.districts),
        ("branches", inputs.branches),
        ("points", inputs.points),
    ];
    let source = |part: &str, file: InputFile<'_>| -> Result<Source, BuildError> {
        let fingerprint = file.fingerprint()?;
        let given = terms.get(part);
        let (credit, licence) = given.map_or_else(
            || default_terms(part),
            |terms| (terms.credit.as_str(), terms.licence.as_str()),
        );
        let date = given.and_then(|terms| terms.date.clone());
        let own_date = roads_date.clone().filter(|_| part == "roads");
        Ok(Source {
            part: part.to_owned(),
            file: file_name(file.name).to_owned(),
            bytes: fingerprint.bytes,
            sha256: fingerprint.sha256,
            date: date.filter(|date| !date.is_empty()).or(own_date),
            credit: credit.to_owned(),
            licence: licence.to_owned(),
        })
    };
    let mut sources = Vec::new();
    for (part, file) in files {
        if let Some(file) = file {
            sources.push(source(part, file)?);
        }
    }
    for name in GTFS_FILES {
        let path = inputs.gtfs.map(|folder| folder.join(name));
        if let Some(path) = path.filter(|path| path.is_file()) {
            sources.push(source("gtfs", InputFile::at(name, &path))?);
        }
    }
    Ok(Meta {
        name: inputs.name.to_owned(),
        version: inputs.version.to_owned(),
        command: inputs.command.to_owned(),
        sources,
    })
}

/// What is said of a part whose terms are not given: roads are taken to be OpenStreetMap's, whose
/// licence must not be forgotten.
fn default_terms(part: &str) -> (&'static str, &'static str) {
    match part {
        "roads" => ("© OpenStreetMap contributors", "ODbL 1.0"),
        _ => ("not stated", "not stated"),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
