//! Histograms of `/metrics`: what happened between two of them, and its quantiles.
//!
//! Within a bucket values are taken as spread evenly, as Prometheus does; the greatest is known as the upper end of the last
//! bucket that has any.

use std::fmt;

/// Counts by bucket, not summed up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Histogram {
    /// Upper ends, seconds, in order, the last without one, each with how many are in its bucket.
    buckets: Vec<(f64, u64)>,
}

impl Histogram {
    /// Of a name in the text of `/metrics`, of the series that has a label where one is given, such as `of="points"`; empty
    /// where nothing was recorded yet.
    pub fn read(metrics: &str, name: &str, label: Option<&str>) -> Self {
        let mut buckets = Vec::new();
        let mut before = 0;
        for line in metrics.lines() {
            let Some(rest) = line
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix("_bucket{"))
            else {
                continue;
            };
            let Some((labels, count)) = rest.rsplit_once("} ") else {
                continue;
            };
            let mut labels = labels.split(',');
            if label.is_some_and(|wanted| !labels.clone().any(|l| l == wanted)) {
                continue;
            }
            let end = labels.find_map(|l| l.strip_prefix("le=\"")?.strip_suffix('"'));
            let end = end.map(|end| end.parse().unwrap_or(f64::INFINITY));
            if let (Some(end), Ok(up_to)) = (end, count.parse::<u64>()) {
                buckets.push((end, up_to.saturating_sub(before)));
                before = up_to;
            }
        }
        Self { buckets }
    }

    /// What came since an earlier reading of the same.
    #[must_use]
    pub fn since(mut self, earlier: &Self) -> Self {
        for (end, n) in &mut self.buckets {
            let before = earlier
                .buckets
                .iter()
                .find(|(e, _)| e.total_cmp(end).is_eq());
            *n -= before.map_or(0, |(_, before)| *before);
        }
        self
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|(_, n)| n).sum()
    }

    /// The value under which a share of all lies, seconds; `None` of nothing.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rank = share * self.count() as f64;
        let (mut begin, mut before) = (0.0, 0.0);
        for (end, n) in &self.buckets {
            let up_to = before + *n as f64;
            if *n > 0 && up_to >= rank {
                let within = (rank - before).max(0.0) / *n as f64;
                return Some(if end.is_finite() {
                    begin + (end - begin) * within
                } else {
                    // Beyond the last end: it is not known by how much.
                    f64::INFINITY
                });
            }
            (begin, before) = (*end, up_to);
        }
        None
    }

    /// What none is greater than, seconds; 0 of nothing.
    pub fn greatest(&self) -> f64 {
        let last = self.buckets.iter().rev().find(|(_, n)| *n > 0);
        last.map_or(0.0, |(end, _)| *end)
    }
}

/// In milliseconds: the middle, 99 of 100, the most, and of how many.
impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |share: f64| self.quantile(share).unwrap_or(0.0) * 1e3;
        let (middle, most, all) = (at(0.5), at(0.99), self.count());
        let greatest = self.greatest() * 1e3;
        write!(
            f,
            "p50 {middle:.1} ms, p99 {most:.1} ms, none over {greatest:.0} ms ({all})"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "\
# TYPE look_seconds histogram
look_seconds_bucket{le=\"0.01\"} 5
look_seconds_bucket{le=\"0.1\"} 5
look_seconds_bucket{le=\"+Inf\"} 5
look_seconds_sum 0.01
look_seconds_count 5
lock_seconds_bucket{of=\"points\",le=\"0.01\"} 3
lock_seconds_bucket{of=\"points\",le=\"+Inf\"} 3
lock_seconds_bucket{of=\"names\",le=\"0.01\"} 1
lock_seconds_bucket{of=\"names\",le=\"+Inf\"} 2
";
    const AFTER: &str = "\
look_seconds_bucket{le=\"0.01\"} 15
look_seconds_bucket{le=\"0.1\"} 105
look_seconds_bucket{le=\"+Inf\"} 105
";

    #[test]
    fn quantiles_are_of_what_came_in_between() {
        let before = Histogram::read(BEFORE, "look_seconds", None);
        let between = Histogram::read(AFTER, "look_seconds", None).since(&before);
        assert_eq!(between.count(), 100);
        let at = |share| between.quantile(share).expect("there are some");
        assert!((at(0.1) - 0.01).abs() < 1e-12, "{}", at(0.1));
        assert!((at(0.55) - 0.055).abs() < 1e-12, "{}", at(0.55));
        assert!((between.greatest() - 0.1).abs() < 1e-12);
    }

    #[test]
    fn a_series_is_found_by_its_label_and_what_is_beyond_the_last_end_is_not_guessed() {
        let read = |label| Histogram::read(BEFORE, "lock_seconds", Some(label));
        assert_eq!(read("of=\"points\"").count(), 3);
        assert_eq!(read("of=\"names\"").quantile(0.99), Some(f64::INFINITY));
        assert_eq!(read("of=\"none\"").quantile(0.5), None);
        assert_eq!(Histogram::read(BEFORE, "other", None).count(), 0);
    }
}
