//! What in the data is not as it should be: odd histories ([`quality`]), and signs of massaged data ([`signs`]).
//!
//! Both are counted with examples and stop nothing. A sign is a **question to the unit, never a verdict**: each has an innocent
//! reading, too, and the words say so.

pub mod quality;
pub mod signs;

#[cfg(test)]
mod tests;
