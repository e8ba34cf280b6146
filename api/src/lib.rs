//! The program `vonglau`: what ties the crates together and speaks to the world.
//!
//! What it holds: the commands ([`commands`]), the core — live state, journal and facts of one data
//! directory ([`core`]) —, what keeps it fit for years ([`keeping`]), the machine's clock ([`clock`]), the live views
//! and their topics ([`live`]), what points' past days teach of the next hours ([`forecasting`]), HTTP and WebSocket ([`http`]), how connections are taken ([`listening`]), events from brokers ([`brokers`]), a point's relay ([`relay`]), who may come in and what each may see ([`doors`]),
//! what makes papers into PDF ([`typesetting`]), and the simulated city ([`city`]).
//!
//! What flows in: lines over HTTP or from files, questions, subscriptions. What flows out: receipts after
//! durability, tables, frames.
//!
//! One ticket's way from the kiosk to the wall: [`http::events`] → `ingest::decode` → `ingest::intake`
//! (durable) → [`core::Core::apply`] → [`live::publisher`] → [`live::topic`] → [`http::ws`] → the browser.
//!
//! Invariants: a receipt is sent after its events are durable and in every figure; a reader's memory on
//! the server does not grow with its slowness; the program stops on a signal with nothing lost.

pub mod answers;
pub mod briefing;
pub mod brokers;
pub mod city;
pub mod clock;
pub mod clocks;
pub mod commands;
pub mod core;
pub mod desk;
pub mod doors;
mod erasing;
pub mod forecasting;
pub mod forgetting;
pub mod http;
pub mod keeping;
mod leaving;
pub mod listening;
pub mod live;
pub mod notify;
pub mod records;
mod refill;
pub mod relay;
mod sql;
pub mod survey;
pub mod typesetting;
