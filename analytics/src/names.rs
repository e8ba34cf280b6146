//! Shared texts: a site's code stands in thousands of visits and is kept once.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A shared text; compares, hashes and is written as its characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<str>);

/// The live state's maps: hashed quickly, with a key of the process's own.
pub type Map<K, V> = HashMap<K, V, RandomState>;

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

thread_local! {
    /// The names that a thread reads back: a text that comes again is the same one.
    static READ: RefCell<Names> = RefCell::default();
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Name, E> {
                Ok(READ.with_borrow_mut(|names| names.get(text)))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// Hands out one [`Name`] for equal texts.
#[derive(Debug, Default)]
pub struct Names(HashSet<Name, RandomState>);

impl Names {
    /// The shared form of a text.
    pub fn get(&mut self, text: &str) -> Name {
        if let Some(name) = self.0.get(text) {
            return name.clone();
        }
        let name = Name::from(text);
        self.0.insert(name.clone());
        name
    }

    /// Forgets the texts that nobody else holds.
    pub fn tidy(&mut self) {
        self.0.retain(|name| Arc::strong_count(&name.0) > 1);
    }
}

/// Forgets what this thread has read back and nobody else holds.
pub fn tidy_read() {
    READ.with_borrow_mut(Names::tidy);
}
