//! What people come for: the eleven fields of service of the simulated city.
//!
//! Shares, times and limits are the simulator's assumptions, set so that a year of the city meets
//! the few figures that the scheme publishes (see the module's opening): no table of volumes by
//! field exists. Lateness per field is set so that the overdue share of all settled dossiers lies
//! inside 0.2–0.5 % (Bảng 01, L584–610: 0.31 %, 0.20 %, 0.25 %, 0.50 %), with land the worst, since
//! the land offices are the hot spot of complaints (L914–918).

/// A field of service.
pub(crate) struct Service {
    /// The code sent as `service` and `field`.
    pub(crate) code: &'static str,
    /// The letter of its tickets.
    pub(crate) letter: char,
    /// Share of the dossiers filed at a commune point, at a branch point, and online.
    pub(crate) share: [f64; 3],
    /// Mean minutes of a transaction that files one dossier, and its logarithm's deviation.
    pub(crate) minutes: (f64, f64),
    /// The legal limit, in working hours; 0 is same day, with the cut-off at 15:00.
    pub(crate) limit_hours: i64,
    /// Probability that a settled dossier is late.
    pub(crate) late: f64,
    /// Probability that a department is competent, and which.
    pub(crate) department: (f64, usize),
    /// Probability of a request for a supplement.
    pub(crate) supplement: f64,
    /// Probability that a fee is due, and its usual amount in đồng.
    pub(crate) fee: (f64, u32),
    /// Its procedures: codes of the national form, in a number range kept for simulation.
    pub(crate) procedures: &'static [&'static str],
}

/// Agencies of the city level, as ids.
pub(crate) const DEPARTMENTS: [&str; 8] = [
    "dept/agriculture-environment",
    "dept/finance",
    "dept/construction",
    "dept/justice",
    "dept/home-affairs",
    "dept/health",
    "dept/education",
    "tax/city",
];
/// The tax office: land dossiers wait there for the financial obligation.
pub(crate) const TAX: usize = 7;

/// Index of the land service, the one with its own rules below.
pub(crate) const LAND: usize = 2;

/// The catalogue. Procedure codes `1.99…` are simulated: the form is that of rules.md §2.5.
pub(crate) static SERVICES: [Service; 11] = [
    Service {
        code: "certification",
        letter: 'A',
        share: [0.41, 0.08, 0.02],
        minutes: (6.0, 0.45),
        limit_hours: 0,
        late: 0.000_1,
        department: (0.0, 3),
        supplement: 0.004,
        fee: (0.95, 10_000),
        procedures: &["1.990101", "1.990102", "1.990103"],
    },
    Service {
        code: "civil_status",
        letter: 'B',
        share: [0.20, 0.03, 0.25],
        minutes: (10.0, 0.45),
        limit_hours: 8,
        late: 0.000_5,
        department: (0.03, 3),
        supplement: 0.025,
        fee: (0.35, 15_000),
        procedures: &["1.990201", "1.990202", "1.990203", "1.990204"],
    },
    Service {
        code: "land",
        letter: 'C',
        share: [0.08, 0.34, 0.06],
        minutes: (16.0, 0.55),
        limit_hours: 120,
        late: 0.013,
        department: (0.88, 0),
        supplement: 0.10,
        fee: (0.80, 100_000),
        procedures: &["1.990301", "1.990302", "1.990303", "1.990304"],
    },
    Service {
        code: "business",
        letter: 'D',
        share: [0.06, 0.17, 0.15],
        minutes: (13.0, 0.5),
        limit_hours: 24,
        late: 0.002,
        department: (0.62, 1),
        supplement: 0.08,
        fee: (0.60, 100_000),
        procedures: &["1.990401", "1.990402", "1.990403"],
    },
    Service {
        code: "construction",
        letter: 'E',
        share: [0.02, 0.08, 0.06],
        minutes: (15.0, 0.5),
        limit_hours: 120,
        late: 0.006,
        department: (0.55, 2),
        supplement: 0.12,
        fee: (0.70, 150_000),
        procedures: &["1.990501", "1.990502"],
    },
    Service {
        code: "social",
        letter: 'F',
        share: [0.11, 0.02, 0.08],
        minutes: (11.0, 0.5),
        limit_hours: 80,
        late: 0.003,
        department: (0.25, 4),
        supplement: 0.05,
        fee: (0.0, 0),
        procedures: &["1.990601", "1.990602", "1.990603"],
    },
    Service {
        code: "transport",
        letter: 'G',
        share: [0.04, 0.14, 0.15],
        minutes: (9.0, 0.4),
        limit_hours: 40,
        late: 0.001_5,
        department: (1.0, 2),
        supplement: 0.02,
        fee: (1.0, 115_000),
        procedures: &["1.990701", "1.990702"],
    },
    Service {
        code: "judicial_record",
        letter: 'H',
        share: [0.02, 0.09, 0.14],
        minutes: (9.0, 0.4),
        limit_hours: 80,
        late: 0.004,
        department: (1.0, 3),
        supplement: 0.03,
        fee: (1.0, 200_000),
        procedures: &["1.990801"],
    },
    Service {
        code: "labour",
        letter: 'I',
        share: [0.02, 0.02, 0.03],
        minutes: (10.0, 0.45),
        limit_hours: 40,
        late: 0.002,
        department: (0.8, 4),
        supplement: 0.04,
        fee: (0.1, 600_000),
        procedures: &["1.990901", "1.990902"],
    },
    Service {
        code: "health",
        letter: 'K',
        share: [0.02, 0.02, 0.03],
        minutes: (11.0, 0.45),
        limit_hours: 80,
        late: 0.003,
        department: (0.7, 5),
        supplement: 0.06,
        fee: (0.6, 360_000),
        procedures: &["1.991001", "1.991002"],
    },
    Service {
        code: "education",
        letter: 'L',
        share: [0.02, 0.01, 0.03],
        minutes: (9.0, 0.4),
        limit_hours: 40,
        late: 0.001,
        department: (0.4, 6),
        supplement: 0.03,
        fee: (0.0, 0),
        procedures: &["1.991101"],
    },
];

/// What a person comes to do, with the share of tickets and the mean minutes where it is not filing.
pub(crate) const PURPOSES: [(&str, f64, f64); 5] = [
    ("submit", 0.46, 0.0),
    ("collect", 0.30, 3.2),
    ("self_service", 0.05, 6.0),
    ("pay", 0.05, 3.0),
    ("other", 0.14, 5.5),
];

/// What the simulated city says of its procedures, as `procedures.toml` of a data directory. All of it is made up.
pub(crate) fn procedures_toml() -> String {
    use std::fmt::Write as _;
    let mut text =
        String::from("# Simulated: made up for the demonstration, and of no real procedure.\n");
    for service in &SERVICES {
        for (number, code) in service.procedures.iter().enumerate() {
            // The first of a field is wholly online, the second in part, and so on.
            let online = ["full", "partial", "full", "none"][number % 4];
            let has_fee = service.fee.0 > 0.2;
            let _ = write!(
                text,
                "\n[[procedure]]\ncode = \"{code}\"\neffective_from = \"2020-01-01\"\nfield = \"{}\"\n\
                 online = \"{online}\"\nhas_fee = {has_fee}\npays_online = {}\ngives_paper = true\n\
                 source = \"Dữ liệu mô phỏng\"\n",
                service.code,
                number % 3 != 2,
            );
            if service.limit_hours == 0 {
                text.push_str("same_day_cutoff = \"15:00\"\n");
            }
        }
    }
    text
}

/// How many dossiers one filing visit brings: weights of 1, 2, 3, 4, 6 of them.
pub(crate) const DOSSIERS_A_VISIT: [(u8, f64); 5] =
    [(1, 0.80), (2, 0.13), (3, 0.04), (4, 0.02), (6, 0.01)];

/// The mean of [`DOSSIERS_A_VISIT`].
pub(crate) fn mean_dossiers() -> f64 {
    let weights: f64 = DOSSIERS_A_VISIT.iter().map(|(_, weight)| weight).sum();
    DOSSIERS_A_VISIT
        .iter()
        .map(|(count, weight)| f64::from(*count) * weight)
        .sum::<f64>()
        / weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_procedures_can_be_read_and_are_called_simulated() {
        let text = procedures_toml();
        let procedures = analytics::procedure::Procedures::with(&text).unwrap();
        let day = ingest::event::time::Day(20_000);
        let all: usize = SERVICES.iter().map(|s| s.procedures.len()).sum();
        let simulated = procedures
            .in_force(day)
            .into_iter()
            .filter(|p| p.code.starts_with("1.99"));
        assert_eq!(simulated.count(), all);
        assert!(procedures.remarks().is_empty() && text.contains("Simulated"));
    }

    #[test]
    fn shares_are_whole() {
        for place in 0..3 {
            let sum: f64 = SERVICES.iter().map(|service| service.share[place]).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{place}: {sum}");
        }
        assert!((PURPOSES.iter().map(|p| p.1).sum::<f64>() - 1.0).abs() < 1e-9);
        assert_eq!(SERVICES[LAND].code, "land");
        assert!((mean_dossiers() - 1.32).abs() < 0.05, "{}", mean_dossiers());
    }
}
