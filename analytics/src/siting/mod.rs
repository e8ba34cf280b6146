//! Siting: where to put, keep, close or drive service points, each answer with a proven bound.
//!
//! **In**: plain arrays — people of each demand, who is covered by what ([`Cover`]) or how many
//! minutes away it is ([`Costs`]), the points that are kept, capacities — and a [`Budget`] counted
//! in steps. **Out**: the chosen places in order of what they add, what each alone rescues, the
//! best place not chosen that could stand in, the objective, and a bound that no choice can beat.
//! Pure and deterministic: the same question has the same answer to the last bit, on any machine.
//!
//! | question | function | objective |
//! |---|---|---|
//! | cover most people with `p` places | [`maximal_cover`] | people |
//! | cover a share of people with fewest places | [`set_cover`] | places |
//! | the same with room for only so many | [`capacitated_cover`] | people served |
//! | least travel in all | [`p_median`] | people × minutes |
//! | least travel of the farthest | [`p_centre`] | minutes |
//! | close or merge `k` points | [`close_points`] | people who lose cover |
//! | a week of vehicles | [`mobile_routes`] | people |
//!
//! # How it is computed
//! All seven come down to *choose `p` of `n`* ([`engine`]): a Lagrangian relaxation gives the
//! bound, reduced costs decide most candidates, greedy and swaps give the choice, branch and bound
//! closes what is left. Set cover and centre ask a covering with a goal; closing is covering by
//! what stays; a vehicle's day is a candidate that covers what either of its places covers.
//!
//! # What a bound is worth
//! People are whole, multipliers lie on a grid and minutes are kept to a thousandth, so every sum
//! is exact: `proven` means proven, for minutes so rounded. A budget that runs out leaves a valid
//! choice and a valid bound, and `gap` says how far apart they are.
//!
//! # Ties
//! Wherever one step finds equals (greedy, swaps, order of places, replacements, branching) the
//! lowest index wins. Among several best choices the one found first is given; it need not be the
//! lowest in the alphabet of indices. The order of demands never matters to what is chosen.

mod answer;
mod budget;
mod capacitated;
mod centre;
mod closing;
mod costs;
mod cover;
mod engine;
mod error;
mod fewest;
mod flow;
pub mod generate;
mod maximal;
mod median;
mod mobile;
mod savings;

pub use answer::{Answer, Place, Replacement, Rescue};
pub use budget::Budget;
pub use capacitated::{CapacitatedAnswer, Capacities, Service, capacitated_cover};
pub use centre::{CentreAnswer, p_centre};
pub use closing::{Closed, ClosingAnswer, close_points};
pub use costs::{Costs, MAX_MINUTES};
pub use cover::{Cover, MAX_PEOPLE};
pub use error::SitingError;
pub use fewest::{FewestAnswer, Target, set_cover};
pub use maximal::maximal_cover;
pub use median::{MedianAnswer, p_median};
pub use mobile::{Fleet, MAX_DAYS, MobileAnswer, VehicleDay, mobile_routes};

#[cfg(test)]
mod tests;
