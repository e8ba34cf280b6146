//! The index of direction and service quality (*Bộ chỉ số 766*), live, with what costs points in it.
//!
//! Definitions are data with a day from which on they hold ([`definition`]). Dossiers, petitions and ratings of a period are
//! judged one by one ([`judge`]), counted for the city or its parts ([`tally`]), and the counts become points ([`score`]). What no
//! event tells is entered by people with its source, or is shown as not known: it is never taken for zero, and the total
//! says of how many points it is.
//!
//! This is **our own estimate**. The score that counts is the national portal's, which is entered beside it and never mixed
//! with it.

pub mod definition;
pub mod judge;
pub mod period;
pub mod score;
pub mod tally;

#[cfg(test)]
mod tests;
