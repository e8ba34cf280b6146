//! Tables of the document, and charts as tables of their points.

use std::fmt::Write as _;

use super::super::outline::Goal;
use super::super::plot::{Plot, decimals};
use super::super::text::{escape, number, widths};
use super::super::wording::Shown;
use super::body::{WIDTH, Writer, cell, inside, paragraph, run};
use analytics::briefing::paper::{Align, Cell, Chart, Column, Drawn, Language, Paper, Table};

/// Letters of the longest bar of a chart.
const BAR: f64 = 18.0;

impl Writer<'_> {
    /// Where figures come from, after what else is said of them.
    fn source(&mut self, first: &str, sheet: Option<&String>) {
        let known = sheet.and_then(|name| Some((name, self.outline.sheet(name)?)));
        let runs = match known {
            Some((name, Goal::Sheet(n))) => {
                let link = inside(
                    &format!("sheet_{n}"),
                    &run(name, "<w:rStyle w:val=\"Hyperlink\"/>"),
                );
                run(&format!("{}: ", self.words.source), "") + &link
            }
            _ => String::new(),
        };
        let first = if first.is_empty() {
            String::new()
        } else {
            run(&format!("{first}.  "), "")
        };
        self.out
            .push_str(&paragraph("Source", "", &(first + &runs)));
    }

    fn caption(&mut self, which: usize, text: &str) {
        self.counted[which] += 1;
        let kind = [self.words.table, self.words.figure][which];
        let number = run(&format!("{kind} {}: ", self.counted[which]), "");
        self.out
            .push_str(&paragraph("Caption", "", &(number + &run(text, ""))));
    }

    /// A table with a header row that is repeated on each page, and words for who cannot see it.
    fn grid(&mut self, title: &str, told: &str, columns: &[Column], rows: &[Vec<Cell>]) {
        let weights = widths(columns, rows, self.words);
        let all: usize = weights.iter().sum::<usize>().max(1);
        let widths: Vec<usize> = weights.iter().map(|weight| weight * WIDTH / all).collect();
        let border = |side: &str, size: u32| {
            format!("<w:{side} w:val=\"single\" w:sz=\"{size}\" w:space=\"0\" w:color=\"000000\"/>")
        };
        let _ = write!(
            self.out,
            "<w:tbl><w:tblPr><w:tblW w:w=\"{WIDTH}\" w:type=\"dxa\"/><w:tblBorders>{}{}{}</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:top w:w=\"25\" w:type=\"dxa\"/><w:bottom w:w=\"25\" w:type=\"dxa\"/></w:tblCellMar>\
             <w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/>\
             <w:tblCaption w:val=\"{}\"/><w:tblDescription w:val=\"{}\"/></w:tblPr><w:tblGrid>",
            border("top", 8),
            border("bottom", 8),
            border("insideH", 4),
            escape(title),
            escape(told),
        );
        for width in &widths {
            let _ = write!(self.out, "<w:gridCol w:w=\"{width}\"/>");
        }
        self.out
            .push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        for (width, column) in widths.iter().zip(columns) {
            let text = paragraph("Cell", aligned(column.align), &run(&column.title, "<w:b/>"));
            self.out
                .push_str(&cell(*width, "<w:vAlign w:val=\"bottom\"/>", &text));
        }
        self.out.push_str("</w:tr>");
        for row in rows {
            self.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for ((width, column), said) in widths.iter().zip(columns).zip(row) {
                let shown = Shown::of(said, self.words);
                let is_bar = shown.text.starts_with('█');
                let letters = match (shown.silent, is_bar) {
                    (true, _) => "<w:i/>",
                    (_, true) => "<w:color w:val=\"5B7A99\"/><w:sz w:val=\"14\"/>",
                    _ => "",
                };
                // Short tables stay on one page.
                let kept = if rows.len() <= 12 {
                    "<w:keepNext/>"
                } else {
                    ""
                };
                let more = format!("{kept}{}", aligned(column.align));
                self.out.push_str(&cell(
                    *width,
                    "",
                    &paragraph("Cell", &more, &run(&shown.line(), letters)),
                ));
            }
            self.out.push_str("</w:tr>");
        }
        self.out.push_str("</w:tbl>");
    }

    pub(super) fn table(&mut self, table: &Table) {
        self.caption(0, &table.caption);
        if table.columns.is_empty() {
            self.out
                .push_str(&paragraph("Cell", "", &run(self.words.no_data, "<w:i/>")));
        } else {
            self.grid(&table.caption, &table.caption, &table.columns, &table.rows);
        }
        self.source("", table.sheet.as_ref());
    }

    /// A chart as a table of its points, with bars of text beside them.
    pub(super) fn chart(&mut self, chart: &Chart, paper: &Paper) {
        self.caption(1, &chart.title);
        let plot = Plot::of(chart, paper.language);
        let text = |text: String| Cell {
            text,
            number: None,
            mark: None,
        };
        let ranges = chart
            .points
            .iter()
            .filter_map(|point| point.between)
            .flat_map(|(a, b)| [a, b]);
        let decimals = decimals(ranges.chain(chart.points.iter().filter_map(|point| point.before)));
        let shown = |value: f64| number(value, decimals, paper.language == Language::Vi);
        if plot.is_empty {
            let none = run(self.words.no_data, "<w:i/>");
            self.out
                .push_str(&paragraph("Cell", "<w:jc w:val=\"center\"/>", &none));
            self.source("", chart.sheet.as_ref());
            return;
        }
        // A line may begin above zero, where bars would mislead.
        let has_bars = chart.drawn == Drawn::Bars;
        let column = |title: &str, align| Column {
            title: title.to_owned(),
            align,
        };
        let mut columns = vec![column(self.words.item, Align::Left)];
        let value = if chart.unit.is_empty() {
            self.words.value.to_owned()
        } else {
            format!("{} ({})", self.words.value, chart.unit)
        };
        columns.push(column(&value, Align::Right));
        if plot.has_between {
            columns.push(column(self.words.between, Align::Right));
        }
        if plot.has_before {
            columns.push(column(self.words.before, Align::Right));
        }
        if has_bars {
            columns.push(column(self.words.bar, Align::Left));
        }
        let rows: Vec<Vec<Cell>> = chart
            .points
            .iter()
            .zip(&plot.points)
            .map(|(point, drawn)| {
                let said = match drawn.at {
                    None => self.words.no_data.to_owned(),
                    Some(_) => point.text.clone(),
                };
                let mut row = vec![text(point.label.clone()), text(said)];
                if plot.has_between {
                    let range = point.between.filter(|_| drawn.between.is_some());
                    row.push(text(range.map_or(String::new(), |(a, b)| {
                        format!("{} – {}", shown(a), shown(b))
                    })));
                }
                if plot.has_before {
                    let before = point.before.filter(|_| drawn.before.is_some());
                    row.push(text(before.map_or(String::new(), shown)));
                }
                if has_bars {
                    let length = drawn
                        .at
                        .map_or(0, |at| ((at - plot.zero).abs() * BAR).round() as usize);
                    row.push(text("█".repeat(length)));
                }
                row
            })
            .collect();
        self.grid(&chart.title, &chart.alternative, &columns, &rows);
        let target = chart.target.as_ref().map_or("", |target| &target.label);
        self.source(target, chart.sheet.as_ref());
    }
}

fn aligned(align: Align) -> &'static str {
    match align {
        Align::Left => "",
        Align::Right => "<w:jc w:val=\"right\"/>",
    }
}
