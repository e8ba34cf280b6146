//! The planner's questions: what changes to the points would change ([`scenario`]), scenarios that are kept
//! ([`saved`]), and features for a GIS ([`features`]).
//!
//! Every question says by which mode, rule and kinds of points ([`question`]), and every answer repeats it and says what
//! it was computed from. `docs/planning.md` has the shapes.

pub mod features;
pub mod question;
pub mod saved;
pub mod scenario;
