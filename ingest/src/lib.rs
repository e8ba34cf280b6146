//! Everything between a producer's line and a durable, typed event.
//!
//! What it holds: the event contract as types ([`event`]), decoding and validation ([`decode`]), the
//! journal that makes accepted events durable ([`journal`]), the exact duplicate index on disk
//! ([`dedup`]), the pipeline that ties them ([`intake`]), its bound on the disk ([`room`]), the stores of
//! facts, embedded or ClickHouse ([`store`]), what has left memory ([`archive`]) and what a restart begins from
//! ([`checkpoint`]), the data directory and its lock ([`datadir`]), its backups ([`backup`])
//! and what is wrong with it ([`doctor`]), what people enter by hand ([`entries`]), the CSV importer ([`import`]) and the
//! national exchange ([`national`]).
//!
//! What flows in: bytes — NDJSON or CloudEvents batches — and the clock as an argument.
//! What flows out: [`event::Event`]s in journal order, and per batch how many lines were accepted,
//! duplicate, conflicting or rejected and why.
//!
//! Invariants:
//! - an event is handed on only after it is durable; what is acknowledged is in the journal;
//! - a `source` + `id` pair is handed on once, however often and whenever it arrives;
//! - `accepted + duplicate + rejected` equals the lines given;
//! - no field that could hold personal data exists past [`decode`]: pseudonyms are keyed there,
//!   unknown fields end there.

pub mod archive;
pub mod backup;
pub mod blocks;
pub mod checkpoint;
pub mod datadir;
pub mod decode;
pub mod dedup;
pub mod desk;
pub mod doctor;
pub mod entries;
pub mod event;
pub mod hex;
pub mod import;
pub mod intake;
pub mod journal;
pub mod national;
pub mod room;
pub mod sealed;
pub mod size;
pub mod store;
