//! Live views: what screens see, pushed as it changes.
//!
//! [`topic`] is a keyed view with a bounded history: state, catch-up, live. [`publisher`] computes the
//! views from the core and sets them; [`feed`] is the stream of single events. A reader pulls: it
//! remembers its offset and takes what it has missed, merged by key, so that the server keeps nothing for
//! a slow one. [`parts`] says what who is for a part of the city sees of them.

pub mod code;
pub mod feed;
pub mod parts;
pub mod publisher;
pub mod topic;
