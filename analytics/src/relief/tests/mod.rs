//! Ways against plain code, proposals against every possible allocation, and what the public is told.

mod decision;
mod estimate;
mod public;
mod travel;
