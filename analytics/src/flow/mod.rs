//! Agencies and flows: the process as it ran, who has what waiting, and which way dossiers go.
//!
//! All are counted case by case from dossiers, in any order: [`process`] is the directly-follows graph with its variants and
//! rework, [`backlog`] what is open by agency, field and level, [`routes`] receiving point × competent agency × place of
//! return.

pub mod backlog;
pub mod process;
pub mod routes;

#[cfg(test)]
mod tests;
