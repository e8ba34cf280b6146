//! A topic: a keyed view, its position, and the deltas of the recent past.
//!
//! The protocol is that of the interface contract. A topic has an *epoch*, which changes when its history
//! begins anew, and an *offset*, which grows by one a delta. A reader that holds `(epoch, offset)` is
//! brought up to date by [`Topic::since`]: with the one delta it lacks, encoded once for all; with
//! several merged by key; or, when they are no longer kept, it must begin again from a snapshot.
//!
//! Invariant: applying to the view at offset *a* what `since` answers for *a* gives the present view.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;

use analytics::figures::within::Within;
use axum::extract::ws::Utf8Bytes;
use ingest::event::EventTime;
use parking_lot::RwLock;

/// Deltas kept.
const HISTORY_DELTAS: usize = 2_048;
/// Bytes of deltas kept.
const HISTORY_BYTES: usize = 8 * 1024 * 1024;

/// A value as its JSON text.
pub type Json = Arc<str>;

/// A change of the view.
#[derive(Debug)]
struct Delta {
    /// Its offset; it follows the one before.
    offset: u64,
    set: Vec<(Arc<str>, Json)>,
    remove: Vec<Arc<str>>,
    /// The frame for a reader at `offset - 1`.
    frame: Utf8Bytes,
}

#[derive(Debug)]
struct Inner {
    epoch: String,
    offset: u64,
    as_of: EventTime,
    view: BTreeMap<Arc<str>, Json>,
    history: VecDeque<Delta>,
    history_bytes: usize,
}

/// A topic; see the module's text.
#[derive(Debug)]
pub struct Topic {
    name: String,
    inner: RwLock<Inner>,
}

/// A reader's place in a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The topic's epoch when it was read.
    pub epoch: String,
    /// The last delta that the reader has.
    pub offset: u64,
}

/// Whether a key may ever be a reader's.
type May = fn(&Within, &str) -> bool;
/// What a reader sees of a key's value; `None` where that value is not its own.
type Seen = for<'a> fn(&Within, &str, &'a str) -> Option<Cow<'a, str>>;

/// Which part of a view a reader sees.
#[derive(Debug, Clone, Default)]
pub struct Part(Option<(Within, May, Seen)>);

impl Part {
    /// All of it.
    pub const ALL: Self = Self(None);

    /// What is of a part of the city, by the topic's own word on its keys and values.
    pub const fn of(within: Within, may: May, seen: Seen) -> Self {
        Self(Some((within, may, seen)))
    }

    const fn is_all(&self) -> bool {
        self.0.is_none()
    }

    fn may_have(&self, key: &str) -> bool {
        self.0
            .as_ref()
            .is_none_or(|(within, may, _)| may(within, key))
    }

    fn seen<'a>(&self, key: &str, value: &'a str) -> Option<Cow<'a, str>> {
        match &self.0 {
            None => Some(Cow::Borrowed(value)),
            Some((within, may, seen)) if may(within, key) => seen(within, key, value),
            Some(_) => None,
        }
    }
}

/// What a reader lacks.
#[derive(Debug, Clone, PartialEq)]
pub enum Missed {
    /// Nothing.
    Nothing,
    /// A frame that brings it to the offset.
    Frame(Utf8Bytes, u64),
    /// More than is kept, or another epoch.
    TooMuch,
}

impl Topic {
    /// An empty topic. An epoch is never used twice.
    pub fn new(name: String, epoch: String) -> Self {
        let inner = Inner {
            epoch,
            offset: 0,
            as_of: EventTime::default(),
            view: BTreeMap::new(),
            history: VecDeque::new(),
            history_bytes: 0,
        };
        Self {
            name,
            inner: RwLock::new(inner),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Replaces the whole view; answers whether a delta was made. `always` makes one even without a
    /// change, to carry `as_of`.
    pub fn replace(&self, view: BTreeMap<Arc<str>, Json>, as_of: EventTime, always: bool) -> bool {
        let mut inner = self.inner.write();
        let set = view
            .iter()
            .filter(|(key, value)| inner.view.get(*key) != Some(*value))
            .map(|(key, value)| (Arc::clone(key), Arc::clone(value)))
            .collect();
        let remove = inner
            .view
            .keys()
            .filter(|key| !view.contains_key(*key))
            .cloned()
            .collect();
        inner.change(&self.name, set, remove, as_of, always)
    }

    /// Sets and removes some keys; answers whether a delta was made.
    pub fn update(
        &self,
        set: Vec<(Arc<str>, Json)>,
        remove: Vec<Arc<str>>,
        as_of: EventTime,
        always: bool,
    ) -> bool {
        let mut inner = self.inner.write();
        let set = set
            .into_iter()
            .filter(|(key, value)| inner.view.get(key) != Some(value))
            .collect();
        let remove = remove
            .into_iter()
            .filter(|key| inner.view.contains_key(key))
            .collect();
        inner.change(&self.name, set, remove, as_of, always)
    }

    /// The view, or a reader's part of it, as a frame, and the place it brings the reader to.
    pub fn snapshot(&self, part: &Part) -> (Utf8Bytes, Place) {
        let inner = self.inner.read();
        let mut text =
            String::with_capacity(1024 + inner.view.values().map(|v| v.len() + 24).sum::<usize>());
        let _ = write!(
            text,
            r#"{{"topic":{},"epoch":"{}","offset":{},"kind":"snapshot","recovered":false,"as_of":"{}","data":{{"#,
            quoted(&self.name),
            inner.epoch,
            inner.offset,
            inner.as_of
        );
        let view = inner.view.iter();
        members(
            &mut text,
            view.filter_map(|(k, v)| Some((&**k, part.seen(k, v)?))),
        );
        text.push_str("}}");
        let place = Place {
            epoch: inner.epoch.clone(),
            offset: inner.offset,
        };
        (text.into(), place)
    }

    /// What a reader at a place lacks, of its part of the view. `recovering` marks the first answer to a subscription, which
    /// is a delta even when nothing is missed.
    pub fn since(&self, place: &Place, recovering: bool, part: &Part) -> Missed {
        let inner = self.inner.read();
        if place.epoch != inner.epoch || place.offset > inner.offset {
            return Missed::TooMuch;
        }
        let behind = (inner.offset - place.offset) as usize;
        if behind == 0 && !recovering {
            return Missed::Nothing;
        }
        if behind > inner.history.len() {
            return Missed::TooMuch;
        }
        let missed = inner.history.range(inner.history.len() - behind..);
        if behind == 1
            && !recovering
            && part.is_all()
            && let Some(delta) = inner.history.back()
        {
            return Missed::Frame(delta.frame.clone(), inner.offset);
        }
        // The last word on each key counts.
        let mut merged: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for delta in missed {
            merged.extend(delta.set.iter().map(|(k, v)| (&**k, Some(&**v))));
            merged.extend(delta.remove.iter().map(|k| (&**k, None)));
        }
        // What has left the part is taken away, as what has left the view is; of what never was in it, not even the key is told.
        let merged: Vec<(&str, Option<Cow<'_, str>>)> = merged
            .into_iter()
            .filter(|(key, _)| part.may_have(key))
            .map(|(key, value)| (key, value.and_then(|value| part.seen(key, value))))
            .collect();
        let set = merged.iter().filter_map(|(k, v)| Some((*k, v.as_ref()?)));
        let remove = merged.iter().filter(|(_, v)| v.is_none()).map(|(k, _)| *k);
        let head = Head {
            topic: &self.name,
            epoch: &inner.epoch,
            prev: place.offset,
            offset: inner.offset,
            recovered: recovering.then_some(true),
            as_of: inner.as_of,
        };
        Missed::Frame(delta_frame(&head, set, remove), inner.offset)
    }

    /// The number of keys in the view.
    pub fn len(&self) -> usize {
        self.inner.read().view.len()
    }

    /// True without any key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Inner {
    fn change(
        &mut self,
        name: &str,
        set: Vec<(Arc<str>, Json)>,
        remove: Vec<Arc<str>>,
        as_of: EventTime,
        always: bool,
    ) -> bool {
        if set.is_empty() && remove.is_empty() && !always {
            return false;
        }
        for key in &remove {
            self.view.remove(key);
        }
        for (key, value) in &set {
            self.view.insert(Arc::clone(key), Arc::clone(value));
        }
        let prev = self.offset;
        self.offset += 1;
        self.as_of = as_of;
        let head = Head {
            topic: name,
            epoch: &self.epoch,
            prev,
            offset: self.offset,
            recovered: None,
            as_of,
        };
        let frame = delta_frame(
            &head,
            set.iter().map(|(k, v)| (&**k, &**v)),
            remove.iter().map(|k| &**k),
        );
        self.history_bytes += frame.len();
        self.history.push_back(Delta {
            offset: self.offset,
            set,
            remove,
            frame,
        });
        while self.history.len() > HISTORY_DELTAS || self.history_bytes > HISTORY_BYTES {
            let Some(old) = self.history.pop_front() else {
                break;
            };
            self.history_bytes -= old.frame.len();
            debug_assert!(old.offset < self.offset || self.history.is_empty());
        }
        true
    }
}

struct Head<'a> {
    topic: &'a str,
    epoch: &'a str,
    prev: u64,
    offset: u64,
    recovered: Option<bool>,
    as_of: EventTime,
}

fn delta_frame<'a>(
    head: &Head<'_>,
    set: impl Iterator<Item = (&'a str, impl AsRef<str>)>,
    remove: impl Iterator<Item = &'a str>,
) -> Utf8Bytes {
    let mut text = String::with_capacity(512);
    let _ = write!(
        text,
        r#"{{"topic":{},"epoch":"{}","prev":{},"offset":{},"kind":"delta","#,
        quoted(head.topic),
        head.epoch,
        head.prev,
        head.offset
    );
    if let Some(recovered) = head.recovered {
        let _ = write!(text, r#""recovered":{recovered},"#);
    }
    let _ = write!(text, r#""as_of":"{}","data":{{"set":{{"#, head.as_of);
    members(&mut text, set);
    text.push_str("},\"remove\":[");
    for (i, key) in remove.enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(&quoted(key));
    }
    text.push_str("]}}");
    text.into()
}

fn members<'a>(text: &mut String, members: impl Iterator<Item = (&'a str, impl AsRef<str>)>) {
    for (i, (key, value)) in members.enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(&quoted(key));
        text.push(':');
        text.push_str(value.as_ref());
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn view_of(pairs: &[(u8, u8)]) -> BTreeMap<Arc<str>, Json> {
        pairs
            .iter()
            .map(|(k, v)| (format!("k{k}").into(), v.to_string().into()))
            .collect()
    }

    fn apply(view: &mut BTreeMap<String, Value>, frame: &str) -> (Option<u64>, u64) {
        let frame: Value = serde_json::from_str(frame).unwrap();
        let data = frame["data"].as_object().unwrap();
        if frame["kind"] == "snapshot" {
            *view = data.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        } else {
            for (k, v) in data["set"].as_object().unwrap() {
                view.insert(k.clone(), v.clone());
            }
            for k in data["remove"].as_array().unwrap() {
                view.remove(k.as_str().unwrap());
            }
        }
        (frame["prev"].as_u64(), frame["offset"].as_u64().unwrap())
    }

    proptest! {
        /// Readers that look at random times, from a snapshot or from where they were, always end with
        /// the topic's view, and every delta begins where they stood.
        #[test]
        fn every_reader_ends_with_the_view(
            steps in proptest::collection::vec((proptest::collection::vec((0..6_u8, 0..4_u8), 0..6), any::<bool>(), 0..4_u8), 1..40)
        ) {
            let topic = Topic::new("city".to_owned(), "e1".to_owned());
            let mut reader: Option<(Place, BTreeMap<String, Value>)> = None;
            let mut last = BTreeMap::new();
            for (pairs, always, look) in steps {
                last = view_of(&pairs);
                topic.replace(last.clone(), EventTime(1), always);
                match (&mut reader, look) {
                    (slot, 0) => {
                        let (frame, place) = topic.snapshot(&Part::ALL);
                        let mut view = BTreeMap::new();
                        apply(&mut view, &frame);
                        *slot = Some((place, view));
                    }
                    (Some((place, view)), 1 | 2) => {
                        if let Missed::Frame(frame, offset) = topic.since(place, look == 2, &Part::ALL) {
                            let (prev, got) = apply(view, &frame);
                            prop_assert_eq!(prev, Some(place.offset));
                            prop_assert_eq!(got, offset);
                            place.offset = offset;
                        }
                    }
                    _ => {}
                }
            }
            if let Some((mut place, mut view)) = reader {
                if let Missed::Frame(frame, offset) = topic.since(&place, false, &Part::ALL) {
                    apply(&mut view, &frame);
                    place.offset = offset;
                }
                prop_assert_eq!(topic.since(&place, false, &Part::ALL), Missed::Nothing);
                let expected: BTreeMap<String, Value> =
                    last.iter().map(|(k, v)| (k.to_string(), serde_json::from_str(v).unwrap())).collect();
                prop_assert_eq!(view, expected);
            }
        }
    }

    #[test]
    fn another_epoch_or_a_forgotten_offset_needs_a_snapshot() {
        let topic = Topic::new("city".to_owned(), "e1".to_owned());
        for n in 0..=HISTORY_DELTAS {
            topic.update(
                vec![("k".into(), n.to_string().into())],
                Vec::new(),
                EventTime(1),
                false,
            );
        }
        let at = |epoch: &str, offset| Place {
            epoch: epoch.to_owned(),
            offset,
        };
        assert_eq!(topic.since(&at("e0", 5), true, &Part::ALL), Missed::TooMuch);
        assert_eq!(topic.since(&at("e1", 0), true, &Part::ALL), Missed::TooMuch);
        assert!(matches!(
            topic.since(&at("e1", 1), true, &Part::ALL),
            Missed::Frame(..)
        ));
        assert_eq!(
            topic.since(&at("e1", 1_000_000), true, &Part::ALL),
            Missed::TooMuch
        );
    }
}
