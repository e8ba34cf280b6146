//! Charts as SVG in the page. Drawn narrow, so that their words stay readable on a phone: bars carry their names above them.
//!
//! Colours come from the page's style (dark, light, print); every meaning is also a shape or a word.

use std::fmt::Write as _;

use super::super::plot::{Plot, Point};
use super::super::text::escape;
use super::super::wording::Wording;
use analytics::briefing::paper::{Chart, Drawn, Language};

/// Width of a drawing in its own units, of which a letter takes about 6.
const WIDTH: f64 = 400.0;
const LETTER: f64 = 6.2;
/// Height of a bar with its name.
const ROW: f64 = 40.0;
/// Height of the area of a line.
const AREA: f64 = 170.0;

/// Draws a chart: the `n`th of its page.
pub(super) fn draw(chart: &Chart, language: Language, words: &'static Wording, n: usize) -> String {
    let plot = Plot::of(chart, language);
    let unit = if chart.unit.is_empty() {
        String::new()
    } else {
        format!(
            "<p class=\"source\">{}: {}</p>\n",
            words.unit,
            escape(&chart.unit)
        )
    };
    if plot.is_empty {
        return format!("<p class=\"note\"><em>{}</em></p>\n{unit}", words.no_data);
    }
    let mut pen = Pen { out: String::new() };
    let height = match chart.drawn {
        Drawn::Bars => bars(&mut pen, &plot, words),
        Drawn::Line => line(&mut pen, &plot, words),
    };
    let height = key(&mut pen, &plot, words, chart.drawn, height);
    let told = if chart.alternative.trim().is_empty() {
        &chart.title
    } else {
        &chart.alternative
    };
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-labelledby=\"c.{n}.t c.{n}.d\">\n<title id=\"c.{n}.t\">{}</title>\n\
         <desc id=\"c.{n}.d\">{}</desc>\n{}</svg>\n{unit}",
        escape(&chart.title),
        escape(told),
        pen.out
    )
}

/// Writes shapes.
struct Pen {
    out: String,
}

impl Pen {
    fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let _ = writeln!(
            self.out,
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        );
    }

    fn text(&mut self, class: &str, anchor: &str, (x, y): (f64, f64), text: &str) {
        let _ = writeln!(
            self.out,
            "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escape(text)
        );
    }

    /// Words around a place that stay within the drawing.
    fn within(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let half = wide(text) / 2.0;
        if x + half > WIDTH {
            self.text(class, "end", (WIDTH, y), text);
        } else if x < half {
            self.text(class, "start", (0.0, y), text);
        } else {
            self.text(class, "middle", (x, y), text);
        }
    }

    fn diamond(&mut self, x: f64, y: f64) {
        let _ = writeln!(
            self.out,
            "<path class=\"diamond\" d=\"M{x:.1} {:.1}l4 4-4 4-4-4z\"/>",
            y - 4.0
        );
    }

    /// A range with its ends: a whisker, lying or standing.
    fn range(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let (dx, dy) = if (y1 - y2).abs() < f64::EPSILON {
            (0.0, 4.0)
        } else {
            (4.0, 0.0)
        };
        self.line("range", (x1, y1), (x2, y2));
        for (x, y) in [(x1, y1), (x2, y2)] {
            self.line("range", (x - dx, y - dy), (x + dx, y + dy));
        }
    }
}

fn wide(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER
}

/// Text of at most so many units, cut with an ellipsis: the table or the description has all of it.
fn cut(text: &str, units: f64) -> String {
    let most = (units / LETTER).max(2.0) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Lying bars. Answers how high they are.
fn bars(pen: &mut Pen, plot: &Plot, words: &'static Wording) -> f64 {
    let values = plot
        .points
        .iter()
        .map(|point| wide(&point.text))
        .fold(0.0, f64::max);
    let right = (values + 14.0).min(WIDTH * 0.4);
    let (left, width) = (4.0, WIDTH - right - 4.0);
    let x = |at: f64| left + at * width;
    let mut y = 4.0;
    if let Some(target) = &plot.target {
        pen.within("soft", (x(target.at), 12.0), &cut(&target.text, WIDTH));
        pen.line("target", (x(target.at), 16.0), (x(target.at), 22.0));
        y = 18.0;
    }
    for point in &plot.points {
        pen.text(
            "",
            "start",
            (left, y + 15.0),
            &cut(&point.label, WIDTH - left),
        );
        let (top, bottom) = (y + 20.0, y + 34.0);
        let middle = f64::midpoint(top, bottom);
        for tick in &plot.ticks {
            pen.line("grid", (x(tick.at), top - 1.0), (x(tick.at), bottom + 1.0));
        }
        if let Some(at) = point.at {
            let (from, to) = (x(at.min(plot.zero)), x(at.max(plot.zero)));
            let _ = writeln!(
                pen.out,
                "<rect class=\"bar\" x=\"{from:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"14\"/>",
                to - from
            );
        }
        if let Some(target) = &plot.target {
            pen.line(
                "target",
                (x(target.at), top - 2.0),
                (x(target.at), bottom + 2.0),
            );
        }
        match point.at {
            None => pen.text(
                "none halo",
                "start",
                (x(plot.zero) + 4.0, middle + 4.5),
                words.no_data,
            ),
            Some(at) => {
                if let Some((a, b)) = point.between {
                    pen.range((x(a), middle), (x(b), middle));
                }
                if let Some(before) = point.before {
                    pen.diamond(x(before), middle);
                }
                let end = furthest(point, at).max(plot.zero);
                pen.text(
                    "said halo",
                    "start",
                    (x(end) + 8.0, middle + 4.5),
                    &cut(&point.text, right - 8.0),
                );
            }
        }
        y += ROW;
    }
    y += 12.0;
    // Names that would meet are said every second, third … tick.
    let widest = plot
        .ticks
        .iter()
        .map(|tick| wide(&tick.text))
        .fold(0.0, f64::max)
        + 8.0;
    let every = (widest * (plot.ticks.len() - 1) as f64 / width)
        .ceil()
        .max(1.0) as usize;
    for tick in plot.ticks.iter().step_by(every) {
        pen.within("soft", (x(tick.at), y), &tick.text);
    }
    y + 6.0
}

/// How far to the right a bar with all that belongs to it reaches.
fn furthest(point: &Point, at: f64) -> f64 {
    let range = point.between.map_or(at, |(_, b)| b);
    at.max(range).max(point.before.unwrap_or(at))
}

/// A line over labels. Answers how high it is.
fn line(pen: &mut Pen, plot: &Plot, words: &'static Wording) -> f64 {
    let axis = plot
        .ticks
        .iter()
        .map(|tick| wide(&tick.text))
        .fold(0.0, f64::max)
        + 6.0;
    let (top, width) = (26.0, WIDTH - axis - 16.0);
    let slot = width / plot.points.len() as f64;
    let x = |n: usize| axis + (n as f64 + 0.5) * slot;
    let y = |at: f64| top + (1.0 - at) * AREA;
    for tick in &plot.ticks {
        pen.line("grid", (axis, y(tick.at)), (axis + width, y(tick.at)));
        pen.text("soft", "end", (axis - 5.0, y(tick.at) + 4.0), &tick.text);
    }
    let longest = plot
        .points
        .iter()
        .map(|point| wide(&point.label))
        .fold(0.0, f64::max);
    let every = ((longest.min(84.0) + 6.0) / slot).ceil().max(1.0) as usize;
    for (n, point) in plot.points.iter().enumerate().step_by(every) {
        let room = (every as f64 * slot - 4.0).max(24.0);
        pen.within("soft", (x(n), top + AREA + 17.0), &cut(&point.label, room));
    }
    for (n, pair) in plot.points.windows(2).enumerate() {
        if let (Some(a), Some(b)) = (pair[0].before, pair[1].before) {
            pen.line("was", (x(n), y(a)), (x(n + 1), y(b)));
        }
        if let (Some(a), Some(b)) = (pair[0].at, pair[1].at) {
            pen.line("now", (x(n), y(a)), (x(n + 1), y(b)));
        }
    }
    if let Some(target) = &plot.target {
        pen.line("target", (axis, y(target.at)), (axis + width, y(target.at)));
        pen.text(
            "soft halo",
            "end",
            (axis + width, y(target.at) - 5.0),
            &cut(&target.text, width),
        );
    }
    let said = said(plot, slot);
    for (n, point) in plot.points.iter().enumerate() {
        if let Some(before) = point.before {
            pen.diamond(x(n), y(before));
        }
        let Some(at) = point.at else {
            let text = if slot > wide(words.no_data) {
                words.no_data
            } else {
                "×"
            };
            pen.text("none halo", "middle", (x(n), top + AREA - 6.0), text);
            continue;
        };
        if let Some((a, b)) = point.between {
            pen.range((x(n), y(a)), (x(n), y(b)));
        }
        let _ = writeln!(
            pen.out,
            "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"/>",
            x(n),
            y(at)
        );
        if said.contains(&n) {
            let high = point.between.map_or(at, |(_, b)| b.max(at));
            // Away from where the line goes up.
            let rises = |n: Option<usize>| {
                n.and_then(|n| plot.points.get(n)?.at)
                    .is_some_and(|other| other > at)
            };
            let half = wide(&point.text) / 2.0;
            let shift = if rises(Some(n + 1)) {
                2.0 - half
            } else if rises(n.checked_sub(1)) {
                half - 2.0
            } else {
                0.0
            };
            pen.within("said halo", (x(n) + shift, y(high) - 8.0), &point.text);
        }
    }
    top + AREA + 26.0
}

/// Which values are said: each where there is room, else the first, the last, the lowest and the highest.
fn said(plot: &Plot, slot: f64) -> Vec<usize> {
    let measured: Vec<(usize, f64)> = plot
        .points
        .iter()
        .enumerate()
        .filter_map(|(n, point)| Some((n, point.at?)))
        .collect();
    let by_value = |a: &&(usize, f64), b: &&(usize, f64)| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0));
    let ends = [
        measured.first(),
        measured.last(),
        measured.iter().min_by(by_value),
        measured.iter().max_by(by_value),
    ];
    let is_end = |n: usize| ends.iter().flatten().any(|(end, _)| *end == n);
    let fits = |n: usize| wide(&plot.points[n].text) + 4.0 < slot;
    measured
        .iter()
        .map(|(n, _)| *n)
        .filter(|n| fits(*n) || is_end(*n))
        .collect()
}

/// What the shapes mean, under the drawing. Answers how high all is.
fn key(pen: &mut Pen, plot: &Plot, words: &'static Wording, drawn: Drawn, height: f64) -> f64 {
    let (mut x, y) = (4.0, height + 12.0);
    let begin = x;
    if plot.has_before {
        pen.diamond(x + 4.0, y - 4.0);
        pen.text("soft", "start", (x + 13.0, y), words.before);
        x += wide(words.before) + 30.0;
    }
    if plot.has_between {
        pen.range((x, y - 4.0), (x + 16.0, y - 4.0));
        pen.text("soft", "start", (x + 21.0, y), words.between);
        x += wide(words.between) + 38.0;
    }
    if drawn == Drawn::Line && plot.points.iter().any(|point| point.at.is_none()) {
        pen.text("soft", "start", (x, y), &format!("× {}", words.no_data));
        x += 1.0;
    }
    if x > begin { y + 6.0 } else { height }
}
