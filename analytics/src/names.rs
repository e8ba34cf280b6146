//! Shared texts: a site's code stands in thousands of visits and is kept once.

use std::collections::HashSet;
use std::sync::Arc;

/// A shared text; compares and hashes as its characters.
pub type Name = Arc<str>;

/// Hands out one [`Name`] for equal texts.
#[derive(Debug, Default)]
pub struct Names(HashSet<Name>);

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
