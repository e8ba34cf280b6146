//! Dossiers received by an officer in a year, against the norm of the area (scheme L3699–3705).

use serde::Serialize;

/// How a point stands against its norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// At or over it.
    Met,
    /// Under it.
    Under,
    /// So few dossiers come there in a year that the norm does not apply.
    Exempt,
    /// How many work there is not known.
    Unknown,
}

/// A point's productivity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Productivity {
    /// Dossiers received in the span.
    pub received: u64,
    /// The same as of a year.
    pub a_year: f64,
    /// Officers.
    pub staff: Option<f64>,
    /// Dossiers by officer and year.
    pub per_officer: Option<f64>,
    /// The norm.
    pub norm: f64,
    /// How it stands.
    pub standing: Standing,
}

/// Of dossiers received in so many days. A point that receives fewer than the norm of one officer in a year is exempt.
pub fn of(received: u64, days: f64, staff: Option<f64>, norm: f64) -> Productivity {
    let a_year = received as f64 * 365.25 / days.max(1.0);
    let per_officer = staff
        .filter(|staff| *staff > 0.0)
        .map(|staff| a_year / staff);
    let standing = match per_officer {
        _ if a_year < norm => Standing::Exempt,
        None => Standing::Unknown,
        Some(per_officer) if per_officer >= norm => Standing::Met,
        Some(_) => Standing::Under,
    };
    Productivity {
        received,
        a_year,
        staff,
        per_officer,
        norm,
        standing,
    }
}
