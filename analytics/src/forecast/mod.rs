//! What will be late: for each open dossier the chance that it is settled after its due date.
//!
//! A dossier has an allotted working time and has used a part of it. Of the dossiers whose due date has passed lately, it is known
//! which were late; so of those that were still open with as much of their time used, the share of late ones is the
//! chance. The dossiers compared with are ever more alike: all; those of the agency; of the agency's procedure; and of those the ones
//! that were in the same hands or step then. Each narrower group moves the estimate of the wider one by as much as it
//! has cases ([`model::WEIGHT`]), so that three dossiers decide little and three hundred nearly all.
//!
//! It says of how many it was learned and how well it was right: [`model::Model::calibration`] compares what it would have said of the
//! latest weeks, which it has not learned from, with what came. No person is in it: hands are agencies' hands.
//!
//! Only dossiers whose due date has passed are learned from: of them every outcome is known, and those that take long are not
//! missing.

pub mod course;
pub mod model;

#[cfg(test)]
mod tests;
