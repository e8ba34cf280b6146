//! Telling receivers what the alert desk shows: by e-mail, by a signed webhook, and to an Alertmanager.
//!
//! What it holds: the receivers as data ([`settings`], an operator's `notify.toml`), a notice and its texts
//! ([`message`]), and the queues with their workers ([`delivery`]).
//!
//! What flows in: a [`Notice`] for each step of an alert's life that the desk logs, with the log's rising number. What
//! flows out: mails and requests, and for each receiver the numbers that are settled, so that the desk's log is the only
//! place where what is not yet told is kept.
//!
//! Invariants:
//! - **At least once.** A notice is settled when the receiver took it, or when it was given up and counted. A receiver
//!   that took it and whose answer was lost gets it again under the same key: `X-Vonglau-Key`, `key` in the body, and a
//!   mail's Message-ID. The part of a message that names the notices is the same at each try.
//! - **In order for each case**, at each receiver.
//! - **Receivers do not wait for each other**: each has its own bounded queue and its own worker with a time limit.
//! - **No secret leaves its file**: passwords, keys and the paths of addresses stand in no log line, health or error.

pub mod delivery;
pub mod message;
pub mod settings;

pub use delivery::{Bounds, Delivery, Fate, Health, Progress, Report};
pub use message::{Notice, Priority, What};
pub use settings::{Receiver, Settings, SettingsError};
