//! Instants out of text: formats, the zone of naive times, the dates that can be right.
//!
//! Invariant: an instant keeps the offset it was written with, or that of the mapping's zone. A
//! naive time that a clock change makes double or skips is read by the usual convention (the earlier
//! offset) and counted.

use super::ImportError;
use super::mapping;
use super::template::{Names, Source, Template};
use jiff::civil::{Date, Time as Clock};
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// An instant with the offset to write it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) offset: Offset,
    /// It lay in a clock change.
    pub(crate) ambiguous: bool,
}

impl Moment {
    /// RFC 3339.
    pub(crate) fn write(&self) -> String {
        self.at.display_with_offset(self.offset).to_string()
    }

    /// The local date.
    pub(crate) fn date(&self) -> Date {
        self.offset.to_datetime(self.at).date()
    }
}

/// A compiled named time.
#[derive(Debug)]
pub(crate) struct NamedTime {
    pub(crate) name: String,
    text: Template,
    formats: Vec<String>,
    not_before: Option<Date>,
    not_after: Option<Date>,
    pub(crate) optional: bool,
    zone: TimeZone,
}

/// Why a time is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bad {
    Unreadable,
    OutOfRange,
}

impl NamedTime {
    pub(crate) fn compile(
        name: &str,
        time: &mapping::Time,
        names: Names<'_>,
        zone: &TimeZone,
    ) -> Result<Self, ImportError> {
        if time.formats.is_empty() {
            return Err(ImportError::Mapping(format!("times.{name}: no formats")));
        }
        let date = |text: &Option<String>| {
            text.as_deref()
                .map(|text| {
                    text.parse::<Date>().map_err(|_| {
                        ImportError::Mapping(format!("times.{name}: `{text}` is no date"))
                    })
                })
                .transpose()
        };
        Ok(Self {
            name: name.to_owned(),
            text: Template::compile(&time.text, names, false)?,
            formats: time.formats.clone(),
            not_before: date(&time.not_before)?,
            not_after: date(&time.not_after)?,
            optional: time.optional,
            zone: zone.clone(),
        })
    }

    /// The instant of a row; `None` where the text is empty.
    pub(crate) fn read(&self, row: &dyn Source) -> Result<Option<Moment>, Bad> {
        let text = self.text.render(row, None);
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let moment = self
            .formats
            .iter()
            .find_map(|format| self.parse(format, text))
            .ok_or(Bad::Unreadable)?;
        let date = moment.date();
        let early = self.not_before.is_some_and(|first| date < first);
        let late = self.not_after.is_some_and(|last| date > last);
        if early || late {
            Err(Bad::OutOfRange)
        } else {
            Ok(Some(moment))
        }
    }

    fn parse(&self, format: &str, text: &str) -> Option<Moment> {
        let broken = strtime::parse(format, text).ok()?;
        if let Some(offset) = broken.offset() {
            let at = broken.to_timestamp().ok()?;
            return Some(Moment {
                at,
                offset,
                ambiguous: false,
            });
        }
        let naive = broken
            .to_datetime()
            .or_else(|_| {
                broken
                    .to_date()
                    .map(|date| date.to_datetime(Clock::midnight()))
            })
            .ok()?;
        let ambiguous = self.zone.to_ambiguous_zoned(naive);
        let is_ambiguous = ambiguous.is_ambiguous();
        let zoned: Zoned = ambiguous.compatible().ok()?;
        Some(Moment {
            at: zoned.timestamp(),
            offset: zoned.offset(),
            ambiguous: is_ambiguous,
        })
    }
}
