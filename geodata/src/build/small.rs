//! A small city for tests: two units, one road, and whatever a test has differ.

use super::{BuildError, Built, InputFile, Inputs, build};
use crate::Pack;
use std::path::Path;

/// Two square units side by side.
pub(super) const UNITS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"00001"},"geometry":{"type":"Polygon","coordinates":[[[105.8,21.0],[105.84,21.0],[105.84,21.04],[105.8,21.04],[105.8,21.0]]]}},
{"type":"Feature","properties":{"code":"00002"},"geometry":{"type":"Polygon","coordinates":[[[105.84,21.0],[105.88,21.0],[105.88,21.04],[105.84,21.04],[105.84,21.0]]]}}]}"#;
pub(super) const TABLE: &str =
    "code,name,kind,area_legal,pop\n00001,Phường Một,phuong,18.5,1000\n00002,Xã Hai,xa,18.5,500\n";
pub(super) const GRID: &str = "lon,lat,pop\n105.81,21.01,10\n105.83,21.01,10\n105.85,21.01,10\n105.87,21.01,10\n105.81,21.03,10\n105.83,21.03,10\n105.85,21.03,10\n105.87,21.03,10\n";
pub(super) const ROADS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"Phố Đông"},"geometry":{"type":"LineString","coordinates":[[105.80,21.02],[105.84,21.02],[105.88,21.02]]}}]}"#;

/// A build of small files, with what differs from the good ones.
pub(super) struct Small<'a> {
    pub(super) units: &'a str,
    pub(super) table: &'a str,
    pub(super) grid: &'a [u8],
    pub(super) roads: (&'a str, &'a [u8]),
    pub(super) points: Option<&'a str>,
    pub(super) branches: Option<&'a str>,
    pub(super) gtfs: Option<&'a Path>,
}

impl Default for Small<'_> {
    fn default() -> Self {
        Self {
            units: UNITS,
            table: TABLE,
            grid: GRID.as_bytes(),
            roads: ("roads.geojson", ROADS.as_bytes()),
            points: None,
            branches: None,
            gtfs: None,
        }
    }
}

impl Small<'_> {
    pub(super) fn build(&self) -> Result<Built, BuildError> {
        build(&Inputs {
            name: "Thử",
            version: "1",
            command: "",
            units: InputFile::in_memory("units.geojson", self.units.as_bytes()),
            attributes: InputFile::in_memory("table.csv", self.table.as_bytes()),
            population: InputFile::in_memory("people", self.grid),
            roads: InputFile::in_memory(self.roads.0, self.roads.1),
            outlines: None,
            districts: None,
            branches: self
                .branches
                .map(|text| InputFile::in_memory("branches.csv", text.as_bytes())),
            points: self
                .points
                .map(|text| InputFile::in_memory("points.csv", text.as_bytes())),
            gtfs: self.gtfs,
            terms: None,
        })
    }

    pub(super) fn told(&self) -> (Pack, Vec<String>, String) {
        let Built { pack, report } = self.build().unwrap();
        let again = Pack::read(&pack.write().unwrap()).unwrap();
        assert_eq!(again, pack, "what is built survives writing");
        let findings = report.findings.iter().map(ToString::to_string).collect();
        (pack, findings, report.effects.join("\n"))
    }
}

/// That each of some texts begins a finding and holds a word, in this order, and no more are told.
pub(super) fn assert_told(findings: &[String], expected: &[(&str, &str)]) {
    assert_eq!(findings.len(), expected.len(), "{findings:#?}");
    for (finding, (start, word)) in findings.iter().zip(expected) {
        assert!(
            finding.starts_with(start),
            "{finding} should start with {start}"
        );
        assert!(finding.contains(word), "{finding} should hold {word}");
        assert!(!finding.contains('\n'), "{finding}");
    }
}
