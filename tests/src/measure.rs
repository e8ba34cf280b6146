//! What the benchmarks and the soak share: the table at the end, a process's memory, and a straight line through
//! samples.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, ensure};

/// A row of the table at the end.
#[derive(Debug)]
pub struct Line {
    /// What was measured.
    pub what: &'static str,
    /// What came out.
    pub measured: String,
    /// What is promised, or a dash.
    pub promised: &'static str,
    /// Whether it holds.
    pub holds: bool,
}

/// Prints the table.
pub fn print_table(lines: &[Line]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| what | measured | promised | holds |\n|---|---|---|---|"
    )?;
    for line in lines {
        let holds = if line.holds { "yes" } else { "NO" };
        writeln!(
            out,
            "| {} | {} | {} | {holds} |",
            line.what, line.measured, line.promised
        )?;
    }
    Ok(())
}

/// Runs this program again with the program under test named, since the harness finds it by that.
pub fn rerun_with(built: &Path) -> anyhow::Result<()> {
    let this = std::env::current_exe()?;
    let status = std::process::Command::new(this)
        .args(std::env::args_os().skip(1))
        .env("VONGLAU_BIN", built)
        .status()?;
    ensure!(status.success(), "what was measured did not end well");
    Ok(())
}

/// A process's resident memory in MB of 2^20 bytes.
pub fn resident_mb(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .context("the kernel tells resident memory")?;
    let kb: f64 = line
        .split_whitespace()
        .nth(1)
        .context("VmRSS has a number")?
        .parse()?;
    Ok(kb / 1024.0)
}

/// A slope with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// By how much the second number grows with one of the first.
    pub slope: f64,
    /// Its standard error.
    pub error: f64,
}

impl Slope {
    /// The 95 % interval.
    pub fn interval(self) -> (f64, f64) {
        (
            self.slope - 1.96 * self.error,
            self.slope + 1.96 * self.error,
        )
    }
}

/// The least-squares line through samples. Samples of memory hang together from one to the next, which makes the usual
/// standard error too small: it is widened by what the residuals' correlation with their neighbours says.
pub fn slope(samples: &[(f64, f64)]) -> Option<Slope> {
    let n = samples.len() as f64;
    if samples.len() < 5 {
        return None;
    }
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / n;
    let (x0, y0) = (mean(|s| s.0), mean(|s| s.1));
    let spread: f64 = samples.iter().map(|(x, _)| (x - x0).powi(2)).sum();
    let slope = samples
        .iter()
        .map(|(x, y)| (x - x0) * (y - y0))
        .sum::<f64>()
        / spread;
    let residuals: Vec<f64> = samples
        .iter()
        .map(|(x, y)| y - y0 - slope * (x - x0))
        .collect();
    let square: f64 = residuals.iter().map(|r| r * r).sum();
    let neighbours: f64 = residuals.windows(2).map(|w| w[0] * w[1]).sum();
    let correlation = if square > 0.0 {
        (neighbours / square).clamp(0.0, 0.95)
    } else {
        0.0
    };
    let plain = (square / (n - 2.0) / spread).sqrt();
    let error = plain * ((1.0 + correlation) / (1.0 - correlation)).sqrt();
    Some(Slope { slope, error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn a_line_is_found_and_its_interval_holds_the_truth_as_often_as_it_says() {
        let line: Vec<(f64, f64)> = (0..10)
            .map(|i| (f64::from(i), 3.0 + 0.5 * f64::from(i)))
            .collect();
        let found = slope(&line).expect("enough samples");
        assert!((found.slope - 0.5).abs() < 1e-12 && found.error < 1e-9);
        assert_eq!(slope(&line[..4]), None);

        // Noise that hangs together, around a flat line.
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let mut held = 0;
        for _ in 0..500 {
            let mut level = 0.0;
            let samples: Vec<(f64, f64)> = (0..120)
                .map(|i| {
                    level = 0.6 * level + rng.random_range(-1.0..1.0);
                    (f64::from(i), 300.0 + level)
                })
                .collect();
            let (low, high) = slope(&samples).expect("enough samples").interval();
            held += usize::from(low <= 0.0 && 0.0 <= high);
        }
        assert!((450..=490).contains(&held), "{held} of 500");
    }
}
