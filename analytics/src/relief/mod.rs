//! Relief: where the newcomers of an overloaded point are served sooner, and what the public is told of waits.
//!
//! What it holds: minutes between points ([`travel`]), how long a point is open ([`opening`]), what may be expected at a
//! point ([`estimate`], behind the trait [`decision::Outlook`]), who should go where ([`decision`]), and the public list
//! ([`public`]).
//!
//! What flows in: the pack's roads and points, once; the live figures of the sites and an instant. What flows out:
//! proposals for the desk and the list for citizens.
//!
//! Invariants: travel is included, *no data* is never advice, a neighbour is not overloaded by those who are sent, and
//! no proposal makes the sum of everybody's minutes worse.

pub mod decision;
pub mod estimate;
pub mod opening;
pub mod public;
pub mod travel;

#[cfg(test)]
mod tests;

pub use decision::{EndedBy, Expected, Outlook, Relief, Settings, Why, reliefs};
pub use estimate::{Basis, Today};
pub use travel::{Bounds, Neighbour, Neighbours};
