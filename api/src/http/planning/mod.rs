//! The planner's questions: what changes to the points would change ([`scenario`]), who is left out ([`gaps`]), who reaches an open point
//! when ([`week`]) and by bus ([`bus`]), how groups of people do ([`groups`]), how soon people are served, the queue counted ([`queue`]),
//! how unequally ([`equity`]), where the next points should go ([`siting`]), scenarios that are kept ([`saved`]) and as files ([`export`]), and features for a GIS ([`features`]).
//!
//! Every question says by which mode, rule and kinds of points ([`question`]), and every answer repeats it and says what
//! it was computed from. `docs/planning.md` has the shapes.

pub mod bus;
pub mod equity;
pub mod export;
pub mod features;
pub mod gaps;
pub mod groups;
pub mod question;
pub mod queue;
pub mod saved;
pub mod scenario;
pub mod sheet;
pub mod siting;
pub mod week;
