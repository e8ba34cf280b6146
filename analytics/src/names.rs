//! Shared texts: a site's code stands in thousands of visits and is kept once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

/// A shared text; compares and hashes as its characters.
pub type Name = Arc<str>;

/// The live state's maps: hashed quickly, with a key of the process's own.
pub type Map<K, V> = HashMap<K, V, RandomState>;

/// Hands out one [`Name`] for equal texts.
#[derive(Debug, Default)]
pub struct Names(HashSet<Name, RandomState>);

impl Names {
    /// The shared form of a text.
    pub fn get(&mut self, text: &str) -> Name {
        if let Some(name) = self.0.get(text) {
            return Arc::clone(name);
        }
        let name: Name = text.into();
        self.0.insert(Arc::clone(&name));
        name
    }
}
