//! The pack as a whole: its parts, where they come from, and what must hold of them.

use crate::{Cells, Point, RoadNetwork, Unit, UnitIndex, format, transit::Timetable};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, sync::OnceLock};

/// The bytes of Hà Nội's pack, made by the command that its README gives.
static HANOI: &[u8] = include_bytes!("../packs/hanoi.vlpack");

/// Where one part of a pack comes from, and on what terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The part of the pack: `units`, `attributes`, `outlines`, `population`, `roads`,
    /// `districts`, `branches`, `points` or `gtfs`.
    pub part: String,
    /// File name it was read from.
    pub file: String,
    /// Size of that file in bytes.
    pub bytes: u64,
    /// SHA-256 of that file, lower-case hexadecimal.
    pub sha256: String,
    /// The day its content is of, where known: from the terms, or as an extract says of itself.
    pub date: Option<String>,
    /// Whom to credit.
    pub credit: String,
    /// Its licence.
    pub licence: String,
}

/// What a pack says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The city.
    pub name: String,
    /// Version of the content, set by who made it.
    pub version: String,
    /// The command that made it.
    pub command: String,
    /// Sources, credits and licences, in the order of the command's arguments.
    pub sources: Vec<Source>,
}

/// Why a pack cannot be used. Each says what to do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The bytes do not start as a pack does.
    #[error("this is not a geographic pack: give a file made by `vonglau pack build`")]
    NotAPack,
    /// Made by an older program, in a format that is no longer read.
    #[error(
        "the pack has format version {found}, this program reads version {supported}: \
         make it again with this program's `vonglau pack build` (docs/packs.md)"
    )]
    OldFormat {
        /// The version in the file.
        found: u16,
        /// The version this program reads.
        supported: u16,
    },
    /// Made by a newer program.
    #[error(
        "the pack has format version {found}, this program reads version {supported}: \
         use the newer program that made it, or make it again with this program's \
         `vonglau pack build`"
    )]
    NewFormat {
        /// The version in the file.
        found: u16,
        /// The version this program reads.
        supported: u16,
    },
    /// Shorter or longer than it says.
    #[error(
        "the pack is cut short or has extra bytes ({found} bytes of content, {expected} expected): \
         copy it again, or make it again with `vonglau pack build`"
    )]
    Length {
        /// Bytes after the header.
        found: u64,
        /// Bytes that the header announces.
        expected: u64,
    },
    /// The checksum does not fit.
    #[error(
        "the pack is damaged (its checksum does not match): copy it again, or make it again with \
         `vonglau pack build`"
    )]
    Damaged,
    /// More than the format can hold.
    #[error("the pack would be larger than 2 GiB unpacked: cut the roads to the city")]
    TooLarge,
    /// It reads, but says something that cannot be.
    #[error("the pack is not sound ({0}): make it again with `vonglau pack build`")]
    Unsound(String),
}

/// A city: units, cells, roads, points and timetable, with their provenance.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// Name, version, command and sources.
    pub meta: Meta,
    /// The units, sorted by code.
    pub units: Vec<Unit>,
    /// The population cells.
    pub cells: Cells,
    /// The road network.
    pub roads: RoadNetwork,
    /// The points where people are served.
    pub points: Vec<Point>,
    /// The timetable of public transport, where the city gave one.
    pub timetable: Option<Timetable>,
}

impl Pack {
    /// The pack of Hà Nội that is built into the program, read once.
    pub fn hanoi() -> Result<&'static Self, PackError> {
        static LOADED: OnceLock<Pack> = OnceLock::new();
        if let Some(pack) = LOADED.get() {
            return Ok(pack);
        }
        let pack = Self::read(HANOI)?;
        Ok(LOADED.get_or_init(|| pack))
    }

    /// Reads a pack from its bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, PackError> {
        let pack = format::decode(bytes)?;
        pack.check()?;
        Ok(pack)
    }

    /// The pack's bytes: the same pack gives the same bytes.
    pub fn write(&self) -> Result<Vec<u8>, PackError> {
        self.check()?;
        format::encode(self)
    }

    /// The unit of that code, with its position.
    pub fn unit(&self, code: &str) -> Option<(UnitIndex, &Unit)> {
        let at = self
            .units
            .binary_search_by(|unit| unit.code.as_str().cmp(code))
            .ok()?;
        Some((UnitIndex(at as u16), &self.units[at]))
    }

    /// The legal population of all units.
    pub fn population(&self) -> u64 {
        self.units
            .iter()
            .map(|unit| u64::from(unit.population))
            .sum()
    }

    /// Checks what must hold of every pack (the list in the crate's documentation).
    pub fn check(&self) -> Result<(), PackError> {
        self.check_units()?;
        self.check_cells()?;
        let mut ids = HashSet::new();
        for point in &self.points {
            if !ids.insert(point.id.as_str()) {
                return Err(unsound(format!("point {} stands in it twice", point.id)));
            }
            let unit_is_known = point
                .unit
                .as_ref()
                .is_none_or(|code| self.unit(&code.0).is_some());
            if !unit_is_known {
                return Err(unsound(format!("point {} is in no unit of it", point.id)));
            }
        }
        Ok(())
    }

    fn check_units(&self) -> Result<(), PackError> {
        if self.units.is_empty() || self.units.len() > usize::from(u16::MAX) {
            return Err(unsound(format!("it has {} units", self.units.len())));
        }
        let in_order = self
            .units
            .windows(2)
            .all(|pair| pair[0].code < pair[1].code);
        if !in_order {
            return Err(unsound(
                "its units are not sorted by code, each once".into(),
            ));
        }
        let odd_area = self
            .units
            .iter()
            .find(|unit| !(unit.area_km2 > 0.0 && unit.area_km2 < 1e6));
        match odd_area {
            Some(unit) => Err(unsound(format!("unit {} has no possible area", unit.code))),
            None => Ok(()),
        }
    }

    fn check_cells(&self) -> Result<(), PackError> {
        let cells = self.cells.as_slice();
        if !cells.windows(2).all(|pair| pair[0].index < pair[1].index) {
            return Err(unsound("its cells are not sorted, each once".into()));
        }
        let mut people = vec![0u64; self.units.len()];
        let mut counts = vec![0u32; self.units.len()];
        for cell in cells {
            if cell.index.resolution() != crate::CELL_RESOLUTION || cell.unit.at() >= people.len() {
                return Err(unsound(format!(
                    "cell {} does not belong in it",
                    cell.index
                )));
            }
            people[cell.unit.at()] += u64::from(cell.population);
            counts[cell.unit.at()] += 1;
        }
        for ((unit, people), count) in self.units.iter().zip(people).zip(counts) {
            if count == 0 || people != u64::from(unit.population) {
                return Err(unsound(format!(
                    "the {count} cells of unit {} hold {people} people, its legal population is {}",
                    unit.code, unit.population
                )));
            }
        }
        Ok(())
    }
}

pub(crate) fn unsound(what: String) -> PackError {
    PackError::Unsound(what)
}
