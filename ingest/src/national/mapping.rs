//! What a feed's words mean: data, by day and by sender.
//!
//! `mapping.toml`, which ships, has the national list and describes the form; a file of the operator's adds to it. The
//! table that counts for a word is found section by section: a sender's own before everybody's, then the latest that is in force,
//! then the later in the files. A section counts whole, so that a feed with words of its own never falls back on
//! numbers that it may use otherwise. "In force" is asked of the day that a word speaks of, since when it was sent is not told.

use std::collections::BTreeMap;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use crate::event::time::Day;
use crate::event::types::DossierChannel;
use crate::event::{Agency, SiteId, Text};

/// What ships.
const SHIPPED: &str = include_str!("mapping.toml");

/// A mapping cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MappingError(String);

/// A dossier's state, as the national list has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// *Mới đăng ký*, 1.
    Registered,
    /// *Được tiếp nhận*, 2.
    Accepted,
    /// *Không được tiếp nhận*, 3.
    Refused,
    /// *Yêu cầu bổ sung giấy tờ*, 5.
    Supplement,
    /// *Yêu cầu thực hiện nghĩa vụ tài chính*, 6.
    Financial,
    /// *Đang xử lý*, 4. In this order of states it follows what it ends.
    Processing,
    /// *Công dân yêu cầu rút hồ sơ*, 7.
    Withdrawn,
    /// *Dừng xử lý*, 8.
    Stopped,
    /// *Đã xử lý xong*, 9.
    Resolved,
    /// *Đã trả kết quả*, 10.
    Returned,
}

impl Status {
    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "registered" => Self::Registered,
            "accepted" => Self::Accepted,
            "refused" => Self::Refused,
            "processing" => Self::Processing,
            "supplement" => Self::Supplement,
            "financial" => Self::Financial,
            "withdrawn" => Self::Withdrawn,
            "stopped" => Self::Stopped,
            "resolved" => Self::Resolved,
            "returned" => Self::Returned,
            _ => return None,
        })
    }
}

/// What a known word may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said<T> {
    /// That there is nothing to say, by the word `none` of the mapping.
    Nothing,
    /// This.
    That(T),
}

/// A section: words and what they mean.
type Section<T> = Option<BTreeMap<String, T>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    table: Vec<Entry>,
}

/// A table as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    effective_from: String,
    #[serde(default)]
    feeds: Vec<String>,
    status: Section<String>,
    channel: Section<String>,
    filed_on: Section<String>,
    handover: Section<String>,
    paid_online: Section<String>,
    agencies: Section<String>,
    sites: Section<String>,
    fields: Section<String>,
    steps: Section<String>,
}

/// A table, checked.
#[derive(Debug, Clone)]
struct Table {
    from: Day,
    feeds: Vec<String>,
    status: Section<Status>,
    channel: Section<DossierChannel>,
    filed_on: Section<Said<DossierChannel>>,
    handover: Section<DossierChannel>,
    paid_online: Section<Said<Text>>,
    agencies: Section<Agency>,
    sites: Section<SiteId>,
    fields: Section<Text>,
    steps: Section<Text>,
}

/// What the words of every feed mean.
#[derive(Debug, Clone)]
pub struct Mapping {
    tables: Vec<Table>,
}

impl Mapping {
    /// What ships.
    ///
    /// # Errors
    /// Never of the file that ships; a test reads it.
    pub fn shipped() -> Result<Self, MappingError> {
        Ok(Self {
            tables: read(SHIPPED)?,
        })
    }

    /// With the tables of a file of the operator's.
    ///
    /// # Errors
    /// When the file has another form, or a table names what there is not.
    pub fn with(mut self, text: &str) -> Result<Self, MappingError> {
        self.tables.extend(read(text)?);
        Ok(self)
    }

    /// What a feed's words mean on a day.
    pub(super) fn words<'a>(&'a self, feed: &'a str, day: Day) -> Words<'a> {
        Words {
            tables: &self.tables,
            feed,
            day,
        }
    }
}

/// What a feed's words mean on a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    tables: &'a [Table],
    feed: &'a str,
    day: Day,
}

impl<'a> Words<'a> {
    fn section<T: 'a>(
        self,
        of: impl Fn(&'a Table) -> &'a Section<T>,
    ) -> Option<&'a BTreeMap<String, T>> {
        let is_own = |table: &Table| table.feeds.iter().any(|feed| feed == self.feed);
        let in_force = self
            .tables
            .iter()
            .filter(|table| table.from <= self.day && (table.feeds.is_empty() || is_own(table)));
        let giving = in_force.filter_map(|table| {
            let precedence = (!table.feeds.is_empty(), table.from);
            of(table).as_ref().map(|section| (precedence, section))
        });
        // Of equals the last, which is the later in the files.
        let counts = giving.max_by_key(|(precedence, _)| *precedence)?;
        Some(counts.1)
    }

    fn look<T: 'a>(self, word: &str, of: impl Fn(&'a Table) -> &'a Section<T>) -> Option<&'a T> {
        self.section(of)?.get(word)
    }

    /// The first word for what is meant.
    fn word<T: PartialEq + 'a>(
        self,
        meant: &T,
        of: impl Fn(&'a Table) -> &'a Section<T>,
    ) -> Option<&'a str> {
        let section = self.section(of)?;
        let mut words = section.iter().filter(|(_, means)| *means == meant);
        words.next().map(|(word, _)| word.as_str())
    }

    pub(super) fn status(self, word: &str) -> Option<Status> {
        self.look(word, |t| &t.status).copied()
    }

    pub(super) fn status_word(self, status: Status) -> Option<&'a str> {
        self.word(&status, |t| &t.status)
    }

    pub(super) fn channel(self, word: &str) -> Option<DossierChannel> {
        self.look(word, |t| &t.channel).copied()
    }

    pub(super) fn channel_word(self, channel: DossierChannel) -> Option<&'a str> {
        self.word(&channel, |t| &t.channel)
    }

    pub(super) fn filed_on(self, word: &str) -> Option<&'a Said<DossierChannel>> {
        self.look(word, |t| &t.filed_on)
    }

    pub(super) fn handover(self, word: &str) -> Option<DossierChannel> {
        self.look(word, |t| &t.handover).copied()
    }

    pub(super) fn handover_word(self, channel: DossierChannel) -> Option<&'a str> {
        self.word(&channel, |t| &t.handover)
    }

    /// Through what it was paid; nothing where it was not.
    pub(super) fn paid_online(self, word: &str) -> Option<&'a Said<Text>> {
        self.look(word, |t| &t.paid_online)
    }

    pub(super) fn paid_word(self, via: &Text) -> Option<&'a str> {
        self.word(&Said::That(via.clone()), |t| &t.paid_online)
    }

    pub(super) fn agency(self, word: &str) -> Option<&'a Agency> {
        self.look(word, |t| &t.agencies)
    }

    pub(super) fn agency_word(self, agency: &Agency) -> Option<&'a str> {
        self.word(agency, |t| &t.agencies)
    }

    pub(super) fn site(self, word: &str) -> Option<&'a SiteId> {
        self.look(word, |t| &t.sites)
    }

    pub(super) fn field(self, word: &str) -> Option<&'a Text> {
        self.look(word, |t| &t.fields)
    }

    pub(super) fn field_word(self, field: &Text) -> Option<&'a str> {
        self.word(field, |t| &t.fields)
    }

    pub(super) fn step(self, word: &str) -> Option<&'a Text> {
        self.look(word, |t| &t.steps)
    }
}

fn read(text: &str) -> Result<Vec<Table>, MappingError> {
    let file: File = toml::from_str(text).map_err(|e| MappingError(e.to_string()))?;
    if file.version != 1 {
        return Err(MappingError(format!(
            "version {} is not known; this program reads 1",
            file.version
        )));
    }
    file.table.into_iter().map(table).collect()
}

fn table(entry: Entry) -> Result<Table, MappingError> {
    let from = Day::parse_iso(&entry.effective_from).ok_or_else(|| {
        MappingError(format!(
            "effective_from = \"{}\" is no date such as 2026-01-01",
            entry.effective_from
        ))
    })?;
    let channel = DossierChannel::from_word;
    Ok(Table {
        from,
        feeds: entry.feeds,
        status: section("status", entry.status, Status::of_word)?,
        channel: section("channel", entry.channel, channel)?,
        filed_on: section("filed_on", entry.filed_on, |word| or_none(word, channel))?,
        handover: section("handover", entry.handover, channel)?,
        paid_online: section("paid_online", entry.paid_online, |word| {
            or_none(word, Text::new)
        })?,
        agencies: section("agencies", entry.agencies, Agency::new)?,
        sites: section("sites", entry.sites, SiteId::new)?,
        fields: section("fields", entry.fields, Text::new)?,
        steps: section("steps", entry.steps, Text::new)?,
    })
}

/// The word `none`, or what another one means.
fn or_none<T>(word: &str, means: impl Fn(&str) -> Option<T>) -> Option<Said<T>> {
    match word {
        "none" => Some(Said::Nothing),
        word => means(word).map(Said::That),
    }
}

fn section<T>(
    name: &str,
    written: Section<String>,
    means: impl Fn(&str) -> Option<T>,
) -> Result<Section<T>, MappingError> {
    let Some(written) = written else {
        return Ok(None);
    };
    let read = written.into_iter().map(|(word, meant)| {
        let meaning = means(&meant).ok_or_else(|| {
            MappingError(format!(
                "{name}: \"{word}\" = \"{meant}\" is not a meaning that there is"
            ))
        })?;
        Ok((word.trim().nfc().collect(), meaning))
    });
    read.collect::<Result<_, _>>().map(Some)
}
