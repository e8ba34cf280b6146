//! Registers of the plans: tasks ([`tasks`]), training ([`training`]), and published sessions against kept ones
//! ([`sessions`]).

pub mod sessions;
pub mod tasks;
pub mod training;

#[cfg(test)]
mod tests;
