//! What a key may not send, as far as the server has said: kinds of events, each at its point.
//!
//! The server refuses a batch as a whole for one event that the key may not send. Smaller batches show which; from then on events of
//! its kind and point are left out of batches, and put by once it is known that the key may send others. Where nothing shows that, the
//! key is a wrong one, and everything waits.

use std::collections::HashSet;

use ingest::event::Event;

use crate::http::events::site_of;

/// What the server decides by.
type Class = (String, Option<String>);

/// What is known of the key.
#[derive(Debug, Default)]
pub struct Scope {
    outside: HashSet<Class>,
    /// The server took something with this key.
    pub is_proven: bool,
    /// Up to where nothing else was found that waits.
    pub looked_until: u64,
    /// What the server said last.
    pub why: String,
}

fn class(event: &Event) -> Class {
    let kind = event.body.type_name().to_owned();
    (kind, site_of(event, &mut Vec::new()))
}

impl Scope {
    /// The server does not take an event and its like.
    pub fn learn(&mut self, event: &Event, why: String) {
        self.outside.insert(class(event));
        self.why = why;
    }

    /// It may take an event's like by now.
    pub fn doubt(&mut self, event: &Event) {
        self.outside.remove(&class(event));
    }

    /// True where the server does not take it.
    pub fn leaves_out(&self, event: &Event) -> bool {
        !self.outside.is_empty() && self.outside.contains(&class(event))
    }

    /// The server took something.
    pub fn prove(&mut self) {
        if !self.is_proven {
            // What was refused before may have been mended with the rest.
            self.forget();
            self.is_proven = true;
        }
    }

    /// All is to be asked anew.
    pub fn forget(&mut self) {
        self.outside.clear();
        self.looked_until = 0;
    }
}
