//! What leaves the live state, and how it comes back.
//!
//! A site's day, a dossier and a petition are the three things that grow with the years. Each is a set of events,
//! with a [`Key`]. One that is over ([`State::leaving`]) is taken out ([`State::take_out`]), written as bytes
//! ([`Leaving::packed`]) and kept by whoever has a disk. An event for one that is not here ([`State::lacks`]) puts it back first
//! ([`State::restore`]). Three things make that safe:
//!
//! - **A copy is never wrong, only old.** Sets only grow, and an event that is in one is not taken twice; so restoring
//!   an old copy and folding what came since gives the same set, however often.
//! - **Nothing leaves before every store has its rows**: `taken` is the position that they have all come to. Where a whole journal
//!   is read anew it is that of the state: the rows are then written from what left, before anybody is answered from a store.
//! - **What is asked of the recent past is answered from here**: [`State::whole_since`] says from when on nothing
//!   has left, and only moves forward.

use std::cell::RefCell;

use compact_str::CompactString;
use ingest::event::time::Day;
use ingest::event::{Body, Event, EventTime};
use serde::{Deserialize, Serialize};

use super::State;
use super::dossier::Dossier;
use super::petition::Petition;
use super::site_day::SiteDay;
use crate::names::Name;

/// Days before today whose sites stay: what a wall shows of last evening, and batches that come hours late.
pub const DAYS_STAY: i32 = 1;
/// Days for which a dossier or petition that is done stays after its last event: results are handed over, fees
/// paid, ratings given in them.
pub const DONE_DAYS_STAY: i32 = 7;
/// Bytes from which on packing pays.
const PACK_BYTES: usize = 512;
/// The level at which it is done. An entity is short: tables made for its letters would cost more time than they save
/// room, and from this level down there are none.
const PACK_LEVEL: i32 = -1;
const PLAIN: u8 = 1;
const PACKED: u8 = 2;

/// What tells an entity from all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// A site's day.
    SiteDay(Day, Name),
    /// A dossier, by its code.
    Dossier(CompactString),
    /// A petition, by its code.
    Petition(CompactString),
}

impl Key {
    /// As bytes, whose order is that of kinds, then of days, then of sites and codes. The day of a dossier is the one that
    /// its code tells: what leaves together lies together on the disk, and a new code is looked for among the youngest.
    pub fn bytes(&self) -> Vec<u8> {
        let tagged = |tag: u8, rest: &[u8]| [&[tag], rest].concat();
        match self {
            Self::SiteDay(day, site) => {
                // The sign turned, so that the order of bytes is that of days.
                let day = (day.0 as u32 ^ 1 << 31).to_be_bytes();
                tagged(b'd', &[&day, site.as_bytes()].concat())
            }
            Self::Dossier(code) => tagged(b's', &[&filed(code), code.as_bytes()].concat()),
            Self::Petition(code) => tagged(b'p', code.as_bytes()),
        }
    }

    /// From bytes; `None` for what [`Key::bytes`] never gives.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (tag, rest) = bytes.split_first()?;
        let text = |bytes| std::str::from_utf8(bytes).ok();
        match tag {
            b'd' => {
                let (day, site) = rest.split_first_chunk()?;
                let day = Day((u32::from_be_bytes(*day) ^ 1 << 31) as i32);
                Some(Self::SiteDay(day, text(site)?.into()))
            }
            b's' => {
                let (day, code) = rest.split_first_chunk()?;
                let code = text(code)?;
                (*day == filed(code)).then(|| Self::Dossier(code.into()))
            }
            b'p' => Some(Self::Petition(text(rest)?.into())),
            _ => None,
        }
    }
}

/// The day that a dossier's code tells, such as `260825` of `000.01.145.H26-260825-0001`; zeros where it tells none.
fn filed(code: &str) -> [u8; 6] {
    let told = code
        .split('-')
        .nth(1)
        .and_then(|d| d.as_bytes().try_into().ok());
    let is_day = |day: &[u8; 6]| day.iter().all(u8::is_ascii_digit);
    told.filter(is_day).unwrap_or([b'0'; 6])
}

/// An entity that was packed by another version, or is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be read back ({detail})")]
pub struct Damaged {
    /// Which.
    pub what: String,
    /// Why.
    pub detail: String,
}

/// What a key stands for, as it is written.
#[derive(Serialize)]
enum Shown<'a> {
    SiteDay(&'a SiteDay),
    Dossier(&'a Dossier),
    Petition(&'a Petition),
}

/// What a key stands for, as it is read: variant by variant as [`Shown`].
#[derive(Debug, Clone, Deserialize)]
enum Entity {
    SiteDay(SiteDay),
    Dossier(Dossier),
    Petition(Petition),
}

impl Entity {
    fn read(key: &Key, bytes: &[u8]) -> Result<Self, Damaged> {
        let plain = unpack(bytes).ok_or_else(|| damaged(key, "its bytes do not unpack"))?;
        postcard::from_bytes(&plain).map_err(|e| damaged(key, &e.to_string()))
    }
}

fn damaged(key: &Key, detail: &str) -> Damaged {
    Damaged {
        what: format!("{key:?}"),
        detail: detail.to_owned(),
    }
}

/// When a packed entity was last heard of: the time of its last event, of a site's day the day's begin.
pub fn last_heard(key: &Key, bytes: &[u8]) -> Result<Option<EventTime>, Damaged> {
    Ok(match (key, Entity::read(key, bytes)?) {
        (Key::SiteDay(day, _), Entity::SiteDay(_)) => Some(day.start()),
        (Key::Dossier(_), Entity::Dossier(d)) => d.marks.all().last().map(|m| m.time),
        (Key::Petition(_), Entity::Petition(p)) => p.marks.all().last().map(|m| m.time),
        _ => return Err(damaged(key, "it is of another kind")),
    })
}

/// A packed entity without an applicant's digest; `None` where it has none.
pub fn forget_applicant(key: &Key, bytes: &[u8], digest: u64) -> Result<Option<Vec<u8>>, Damaged> {
    if !matches!(key, Key::SiteDay(..)) {
        return Ok(None);
    }
    let Entity::SiteDay(mut day) = Entity::read(key, bytes)? else {
        return Err(damaged(key, "it is of another kind"));
    };
    if day.forget_applicant(digest) == 0 {
        return Ok(None);
    }
    pack(&Shown::SiteDay(&day))
        .map(Some)
        .ok_or_else(|| damaged(key, "it does not pack"))
}

/// An entity that was taken out, on its way to a disk.
#[derive(Debug)]
pub struct Leaving {
    entity: Entity,
    /// When the last of its events to come came.
    pub changed: u64,
}

impl Leaving {
    /// As bytes; `None` where it has none, which plain structures of numbers and texts always have.
    pub fn packed(&self) -> Option<Vec<u8>> {
        let shown = match &self.entity {
            Entity::SiteDay(d) => Shown::SiteDay(d),
            Entity::Dossier(d) => Shown::Dossier(d),
            Entity::Petition(p) => Shown::Petition(p),
        };
        pack(&shown)
    }
}

impl State {
    /// Looks at what some events are about, one after the other and with nothing to wait for in between, so that the processor
    /// fetches it all at once: what is folded next is near then. A city's dossiers lie in more memory than any cache has, and
    /// each event is about another. Answers something that depends on all of it.
    pub fn look_ahead(&self, events: &[Event]) -> i64 {
        let times = events.iter().filter_map(|event| {
            let dossier = self.dossiers.get(event.body.dossier()?.as_str())?;
            Some(dossier.marks.all().last()?.time.0)
        });
        times.fold(0, i64::wrapping_add)
    }

    /// The key of what an event is about, where that is not here and may have left.
    pub fn lacks(&self, event: &Event) -> Option<Key> {
        match about(event)? {
            About::SiteDay(site) => {
                let day = event.time.day();
                let may_have_left = self.whole_since.is_some_and(|since| day.start() < since);
                let lacks = may_have_left && self.day_of(day, site).is_none();
                lacks.then(|| Key::SiteDay(day, site.into()))
            }
            About::Dossier(code) => {
                let lacks = !self.dossiers.contains_key(code);
                lacks.then(|| Key::Dossier(code.into()))
            }
            About::Petition(code) => {
                let lacks = !self.petitions.contains_key(code);
                lacks.then(|| Key::Petition(code.into()))
            }
        }
    }

    /// True where an entity is here.
    pub fn holds(&self, key: &Key) -> bool {
        match key {
            Key::SiteDay(day, site) => self.day_of(*day, site).is_some(),
            Key::Dossier(code) => self.dossiers.contains_key(code),
            Key::Petition(code) => self.petitions.contains_key(code),
        }
    }

    /// What may leave at an instant, where every store has the rows of all events up to the position `taken`; in the order
    /// of their bytes.
    pub fn leaving(&self, now: EventTime, taken: u64) -> Vec<Key> {
        let mut keys = Vec::new();
        let first_day = first_staying(now);
        for (day, sites) in self.days.range(..first_day) {
            let over = sites.iter().filter(|(_, d)| d.changed <= taken);
            keys.extend(over.map(|(site, _)| Key::SiteDay(*day, site.clone())));
        }
        let done_before = done_staying(now);
        for (code, dossier) in &self.dossiers {
            let last = dossier.marks.all().last();
            let is_over = !dossier.is_open() && last.is_some_and(|m| m.time < done_before);
            if is_over && dossier.marks.changed() <= taken {
                keys.push(Key::Dossier(code.clone()));
            }
        }
        for (code, petition) in &self.petitions {
            let last = petition.marks.all().last();
            let is_over = !petition.is_open() && last.is_some_and(|m| m.time < done_before);
            if is_over && petition.marks.changed() <= taken {
                keys.push(Key::Petition(code.clone()));
            }
        }
        keys.sort_by_cached_key(Key::bytes);
        keys
    }

    fn shown(&self, key: &Key) -> Option<(Shown<'_>, u64)> {
        Some(match key {
            Key::SiteDay(day, site) => {
                let d = self.day_of(*day, site)?;
                (Shown::SiteDay(d), d.changed)
            }
            Key::Dossier(code) => {
                let d = self.dossiers.get(code)?;
                (Shown::Dossier(d), d.marks.changed())
            }
            Key::Petition(code) => {
                let p = self.petitions.get(code)?;
                (Shown::Petition(p), p.marks.changed())
            }
        })
    }

    /// Takes an entity out, unless an event has come for it that a store has not taken.
    pub fn take_out(&mut self, key: &Key, taken: u64) -> Option<Leaving> {
        let (_, changed) = self.shown(key)?;
        if changed > taken {
            return None;
        }
        let entity = match key {
            Key::SiteDay(day, site) => {
                let sites = self.days.get_mut(day)?;
                let site_day = sites.remove(site)?;
                if sites.is_empty() {
                    self.days.remove(day);
                }
                Entity::SiteDay(site_day)
            }
            Key::Dossier(code) => Entity::Dossier(self.dossiers.remove(code)?),
            Key::Petition(code) => Entity::Petition(self.petitions.remove(code)?),
        };
        Some(Leaving { entity, changed })
    }

    /// Puts back what was taken out and has not left yet. One that is here stays as it is.
    pub fn put_back(&mut self, key: Key, leaving: &Leaving) {
        // It was taken out by this key.
        let _ = self.put(key, leaving.entity.clone());
    }

    /// Notes that what was over at an instant may have left, before any of it does.
    pub fn let_go(&mut self, now: EventTime) {
        // From the younger of the two bounds on, all is here.
        let whole_since = first_staying(now).start();
        self.whole_since = self.whole_since.max(Some(whole_since));
    }

    /// Forgets what nobody needs any more: hours long past, names that nobody holds, room for more than is here.
    pub fn tidy(&mut self, now: EventTime) {
        let horizon = Day(now.day().0 - DONE_DAYS_STAY).start();
        for place in self.lasting.places.values_mut() {
            place.forget_before(horizon);
        }
        self.names.tidy();
        if self.dossiers.capacity() > 4 * self.dossiers.len() {
            self.dossiers.shrink_to_fit();
        }
    }

    /// Puts an entity back that left. One that is here stays as it is.
    pub fn restore(&mut self, key: &Key, bytes: &[u8]) -> Result<(), Damaged> {
        let entity = Entity::read(key, bytes)?;
        self.put(key.clone(), entity)
            .ok_or_else(|| damaged(key, "it is of another kind"))
    }

    fn put(&mut self, key: Key, entity: Entity) -> Option<()> {
        match (key, entity) {
            (Key::SiteDay(day, site), Entity::SiteDay(d)) => {
                self.days.entry(day).or_default().entry(site).or_insert(d);
            }
            (Key::Dossier(code), Entity::Dossier(d)) => {
                self.dossiers.entry(code).or_insert(d);
            }
            (Key::Petition(code), Entity::Petition(p)) => {
                self.petitions.entry(code).or_insert(p);
            }
            _ => return None,
        }
        Some(())
    }

    /// The keys of all that could leave.
    pub fn keys(&self) -> Vec<Key> {
        let days = self.days.iter().flat_map(|(day, sites)| {
            let sites = sites.keys();
            sites.map(|site| Key::SiteDay(*day, site.clone()))
        });
        let dossiers = self.dossiers.keys().cloned().map(Key::Dossier);
        let petitions = self.petitions.keys().cloned().map(Key::Petition);
        days.chain(dossiers).chain(petitions).collect()
    }

    /// Some entities as one block; those that are not here any more are left out.
    pub(super) fn block(&self, keys: &[Key]) -> Vec<u8> {
        let here = keys
            .iter()
            .filter_map(|key| Some((key, self.shown(key)?.0)));
        let here: Vec<(&Key, Shown<'_>)> = here.collect();
        pack(&here).unwrap_or_default()
    }

    /// Puts back what a block holds.
    pub(super) fn put_block(&mut self, block: Block) {
        for (key, entity) in block.0 {
            // A block is written from one state: its keys and kinds agree.
            let _ = self.put(key, entity);
        }
    }
}

/// Entities read back.
pub(super) struct Block(Vec<(Key, Entity)>);

impl Block {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let plain = unpack(bytes).ok_or("a block does not unpack")?;
        let entities = postcard::from_bytes(&plain).map_err(|e| e.to_string())?;
        Ok(Self(entities))
    }
}

/// The first day whose sites stay.
fn first_staying(now: EventTime) -> Day {
    Day(now.day().0 - DAYS_STAY)
}

/// What is done and was last heard of before may leave.
fn done_staying(now: EventTime) -> EventTime {
    Day(now.day().0 - DONE_DAYS_STAY).start()
}

/// Room that is kept for the next packing, if it is no larger.
const KEPT_BYTES: usize = 1 << 20;

/// What packs, and its room.
struct Packer {
    compressor: Option<zstd::bulk::Compressor<'static>>,
    plain: Vec<u8>,
    packed: Vec<u8>,
}

thread_local! {
    /// Kept, since making one takes longer than packing a dossier.
    static PACKER: RefCell<Packer> = RefCell::new(Packer {
        compressor: zstd::bulk::Compressor::new(PACK_LEVEL).ok(),
        plain: Vec::new(),
        packed: Vec::new(),
    });
}

impl Packer {
    fn pack(&mut self, what: &impl Serialize) -> Option<Vec<u8>> {
        self.plain.clear();
        self.plain = postcard::to_extend(what, std::mem::take(&mut self.plain)).ok()?;
        let is_packed = self.compress();
        let content = if is_packed { &self.packed } else { &self.plain };
        let mut bytes = Vec::with_capacity(1 + size_of::<u64>() + content.len());
        if is_packed {
            bytes.push(PACKED);
            bytes.extend_from_slice(&(self.plain.len() as u64).to_le_bytes());
        } else {
            bytes.push(PLAIN);
        }
        bytes.extend_from_slice(content);
        for room in [&mut self.plain, &mut self.packed] {
            if room.capacity() > KEPT_BYTES {
                *room = Vec::new();
            }
        }
        Some(bytes)
    }

    /// Packs the plain bytes, where that pays and there is memory for it.
    fn compress(&mut self) -> bool {
        let Some(compressor) = &mut self.compressor else {
            return false;
        };
        if self.plain.len() < PACK_BYTES {
            return false;
        }
        self.packed.clear();
        self.packed
            .reserve(zstd::zstd_safe::compress_bound(self.plain.len()));
        compressor
            .compress_to_buffer(&self.plain, &mut self.packed)
            .is_ok()
    }
}

/// As bytes; `None` for what has no binary form, which plain structures of numbers and texts always have.
pub(super) fn pack(what: &impl Serialize) -> Option<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| packer.pack(what))
}

pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes.split_first()? {
        (&PLAIN, plain) => Some(plain.to_vec()),
        (&PACKED, rest) => {
            let (length, packed) = rest.split_first_chunk()?;
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            // No more is believed than packing can bring about.
            if length > packed.len().saturating_mul(20_000) {
                return None;
            }
            zstd::bulk::decompress(packed, length).ok()
        }
        _ => None,
    }
}

/// What an event is about, of that which can leave.
enum About<'a> {
    SiteDay(&'a str),
    Dossier(&'a str),
    Petition(&'a str),
}

fn about(event: &Event) -> Option<About<'_>> {
    macro_rules! arms {
        (sites: $($site:ident)*; petitions: $($petition:ident)*) => {
            match &event.body {
                $(Body::$site(b) => Some(About::SiteDay(b.site.as_str())),)*
                $(Body::$petition(b) => Some(About::Petition(b.feedback.as_str())),)*
                Body::RatingGiven(b) => {
                    let site = b.site.as_ref().map_or("", |site| site.as_str());
                    Some(About::SiteDay(site))
                }
                other => other.dossier().map(|code| About::Dossier(code.as_str())),
            }
        };
    }
    arms! {
        sites: TicketIssued TicketCalled TicketStarted TicketFinished TicketAbandoned TicketTransferred
            SiteOpened SiteClosed SiteScheduled SiteMoved CounterOpened CounterClosed CounterPaused CounterResumed
            QueueSnapshot NeedRegistered DeviceHeartbeat;
        petitions: FeedbackReceived FeedbackForwarded FeedbackExplained FeedbackAnswered FeedbackClosed
    }
}
