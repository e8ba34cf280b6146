//! Pure analytics: the live state, the figures and the coverage, without I/O and without a clock.
//!
//! What it holds: the live state folded from events ([`live`]), the working calendar ([`calendar`]), the
//! figures of the contract ([`figures`]), the views that are pushed to screens ([`view`]), rows for the
//! stores ([`facts`]), quantiles that merge ([`quantile`]), the reach of the points ([`coverage`]) and what changes to them
//! would change ([`scenario`]), where the next should go ([`siting`]), and the briefing that is made of them ([`briefing`]).
//!
//! What flows in: [`ingest::event::Event`]s in any order, the geographic pack, and the instant asked
//! about. What flows out: tables, views, record batches, cells.
//!
//! Invariants:
//! - any order and any repetition of the same events gives the same state ([`mark`]);
//! - a figure is defined in one place ([`figures`]); views, reports and facts take it from there;
//! - *no data* is `None`, never zero;
//! - early or on time + overdue + in progress in time + in progress overdue = total.

pub mod alerts;
pub mod briefing;
pub mod calendar;
pub mod clocks;
pub mod coverage;
pub mod desk;
pub mod facts;
pub mod figures;
pub mod flow;
pub mod forecast;
pub mod index;
pub mod integrity;
pub mod listing;
pub mod live;
pub mod mark;
pub mod names;
pub mod procedure;
pub mod quantile;
pub mod queueing;
pub mod register;
pub mod registry;
pub mod relief;
pub mod rules;
pub mod scenario;
pub mod scorecard;
pub mod siting;
pub mod view;
