//! What if: points moved, added and removed, and what that changes for whom.
//!
//! **In**: the points as they are, changes in order ([`change`]), and coverage of both ([`crate::coverage`]). **Out**: the points
//! as they would be with warnings, and the difference in people, by unit and by cell ([`difference`]).
//!
//! What holds: changes that change nothing give no difference; a change and its opposite give none; people gained less people lost
//! are what the city's covered people grow by; a change that cannot be is left out with a warning, and the others are done.

pub mod change;
pub mod choices;
pub mod difference;

#[cfg(test)]
mod tests;
