//! What a chart looks like, free of what it is drawn with: everything lies between 0 and 1 along the axis of values.

use serde::Serialize;

use super::text::{clean, number};
use analytics::briefing::paper::{Chart, Drawn, Language};

/// A chart, measured.
#[derive(Debug, Serialize)]
pub(super) struct Plot {
    /// Whether nothing was measured at all.
    pub(super) is_empty: bool,
    /// Where zero lies, or the end next to it.
    pub(super) zero: f64,
    /// What the axis says.
    pub(super) ticks: Vec<Named>,
    /// The points, in order.
    pub(super) points: Vec<Point>,
    /// The line across.
    pub(super) target: Option<Named>,
    /// Whether any point has a value before.
    pub(super) has_before: bool,
    /// Whether any point has a range.
    pub(super) has_between: bool,
}

/// A place on the axis and its name.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub(super) at: f64,
    pub(super) text: String,
}

/// A point.
#[derive(Debug, Serialize)]
pub(super) struct Point {
    pub(super) label: String,
    /// The value as it is read.
    pub(super) text: String,
    pub(super) at: Option<f64>,
    pub(super) between: Option<(f64, f64)>,
    pub(super) before: Option<f64>,
}

/// Pieces that an axis is cut into, about.
const PIECES: f64 = 4.0;

impl Plot {
    /// Measures a chart. What is not a finite number counts as not measured.
    pub(super) fn of(chart: &Chart, language: Language) -> Self {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let values: Vec<Option<f64>> = chart
            .points
            .iter()
            .map(|p| p.value.and_then(finite))
            .collect();
        let is_empty = values.iter().all(Option::is_none);
        let ranges: Vec<Option<(f64, f64)>> = chart
            .points
            .iter()
            .map(|point| {
                point
                    .between
                    .filter(|(a, b)| a.is_finite() && b.is_finite())
            })
            .map(|range| range.map(|(a, b)| (a.min(b), a.max(b))))
            .collect();
        let befores: Vec<Option<f64>> = chart
            .points
            .iter()
            .map(|p| p.before.and_then(finite))
            .collect();
        let target = chart
            .target
            .as_ref()
            .filter(|target| target.value.is_finite());

        let seen = values.iter().chain(&befores).flatten().copied();
        let ends = ranges.iter().flatten().flat_map(|(a, b)| [*a, *b]);
        let all = seen.chain(ends).chain(target.map(|target| target.value));
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let axis = Axis::over(low, high, chart.drawn);

        let points = chart.points.iter().enumerate().map(|(n, point)| Point {
            label: clean(&point.label),
            text: clean(&point.text),
            at: values[n].map(|value| axis.at(value)),
            between: ranges[n].map(|(a, b)| (axis.at(a), axis.at(b))),
            before: befores[n].map(|value| axis.at(value)),
        });
        Self {
            is_empty,
            zero: axis.at(0.0).clamp(0.0, 1.0),
            ticks: axis.ticks(language),
            points: points.collect(),
            target: target.map(|target| Named {
                at: axis.at(target.value),
                text: clean(&target.label),
            }),
            has_before: befores.iter().any(Option::is_some),
            has_between: ranges.iter().any(Option::is_some),
        }
    }
}

/// From where to where an axis goes, in steps that are read easily.
struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    fn over(low: f64, high: f64, drawn: Drawn) -> Self {
        let (mut low, mut high) = if low > high { (0.0, 1.0) } else { (low, high) };
        // Bars are measured from zero. A line may begin higher, where it would else be flat.
        if drawn == Drawn::Bars || (low > 0.0 && high - low > high * 0.4) {
            low = low.min(0.0);
            high = high.max(0.0);
        }
        if high - low < f64::EPSILON * high.abs().max(1.0) * 8.0 {
            let margin = (high.abs() * 0.1).max(1.0);
            (low, high) = (low - margin, high + margin);
        }
        let rough = (high - low) / PIECES;
        let ten = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0].into_iter().map(|nice| nice * ten);
        let step = step
            .into_iter()
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(10.0 * ten);
        let mut begin = (low / step).floor() * step;
        // A line that begins above zero keeps off its axis.
        if begin > 0.0 && low - begin < step * 0.25 {
            begin -= step;
        }
        Self {
            low: begin,
            high: (high / step).ceil() * step,
            step,
        }
    }

    fn at(&self, value: f64) -> f64 {
        // Six digits are finer than any printer, and keep the text that says them short.
        let at = (value - self.low) / (self.high - self.low);
        (at * 1e6).round() / 1e6
    }

    fn ticks(&self, language: Language) -> Vec<Named> {
        let count = ((self.high - self.low) / self.step)
            .round()
            .clamp(1.0, 12.0) as usize;
        let has_half = (self.step / 10f64.powf(self.step.log10().floor()) - 2.5).abs() < 1e-9;
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        let decimals = if has_half && self.step < 25.0 {
            decimals + 1
        } else {
            decimals
        }
        .min(6);
        let tick = |n: usize| {
            let value = self.low + self.step * n as f64;
            Named {
                at: self.at(value),
                text: number(value, decimals, language == Language::Vi),
            }
        };
        (0..=count).map(tick).collect()
    }
}

/// The decimals that all of these values need, at most two.
pub(super) fn decimals(values: impl Iterator<Item = f64>) -> usize {
    let needed = |value: f64| {
        let is_whole = |n: &i32| {
            let scaled = value * 10f64.powi(*n);
            (scaled - scaled.round()).abs() < 1e-6
        };
        (0..2).find(is_whole).unwrap_or(2) as usize
    };
    values
        .filter(|value| value.is_finite())
        .map(needed)
        .max()
        .unwrap_or(0)
}
