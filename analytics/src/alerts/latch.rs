//! From readings on a grid to episodes: delays and deadband, as ISA-18.2 has them.

use ingest::event::EventTime;

use super::rule::Rule;
use super::signal::Reading;
use crate::names::Name;

/// A span in which a rule stood for a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// The rule's place among those of the day.
    pub rule: usize,
    /// When the signal went over its limit.
    pub since: EventTime,
    /// When it began to stand.
    pub from: EventTime,
    /// When it ended; `None` while it stands.
    pub until: Option<EventTime>,
    /// After the first and up to the second instant its cause began, where the signal tells: two episodes of one cause have an
    /// instant in common.
    pub began: Option<(EventTime, EventTime)>,
    /// The last reading beyond the limit.
    pub last: Reading,
    /// The worst one.
    pub worst: Reading,
    /// Which device, service or other part of the subject, where one is meant.
    pub detail: Option<Name>,
}

/// The memory of one rule and subject between two instants of the grid.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Latch {
    /// Beyond the limit since.
    beyond: Option<EventTime>,
    /// Not beyond it since.
    well: Option<EventTime>,
    /// The place of the episode that stands.
    stands: Option<usize>,
}

/// What was read of a subject for a rule at an instant.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) at: EventTime,
    /// The rule applies at this hour.
    pub(super) applies: bool,
    pub(super) reading: Option<Reading>,
    /// What else must hold does.
    pub(super) also: bool,
    pub(super) detail: Option<&'a Name>,
    /// See [`Episode::began`].
    pub(super) began: Option<(EventTime, EventTime)>,
}

impl Latch {
    /// True while an episode stands.
    pub(super) const fn stands(&self) -> bool {
        self.stands.is_some()
    }

    /// Goes on to an instant of the grid; episodes are added to and ended in `episodes`.
    pub(super) fn step(
        &mut self,
        place: usize,
        rule: &Rule,
        seen: &Seen<'_>,
        episodes: &mut Vec<Episode>,
    ) {
        let beyond = seen.applies && seen.also && rule.is_beyond(seen.reading, self.stands());
        if !beyond {
            self.beyond = None;
            let well = *self.well.get_or_insert(seen.at);
            let is_over = !seen.applies || (seen.at.0 - well.0) >= rule.off_delay_s * 1_000_000;
            if is_over && let Some(episode) = self.stands.take().and_then(|at| episodes.get_mut(at))
            {
                episode.until = Some(seen.at);
            }
            return;
        }
        self.well = None;
        let since = *self.beyond.get_or_insert(seen.at);
        let Some(reading) = seen.reading else { return };
        if let Some(episode) = self.stands.and_then(|at| episodes.get_mut(at)) {
            let is_worse = match rule.side {
                super::rule::Side::Over => reading.value > episode.worst.value,
                super::rule::Side::Under => reading.value < episode.worst.value,
            };
            episode.last = reading;
            if is_worse {
                episode.worst = reading;
            }
            if let Some(detail) = seen.detail {
                episode.detail = Some(detail.clone());
            }
        } else if (seen.at.0 - since.0) >= rule.on_delay_s * 1_000_000 {
            self.stands = Some(episodes.len());
            episodes.push(Episode {
                rule: place,
                since,
                from: seen.at,
                until: None,
                began: seen.began,
                last: reading,
                worst: reading,
                detail: seen.detail.cloned(),
            });
        }
    }
}
