//! The HTML: one page that needs nothing else, without a script, for a phone as for a printer.
//!
//! Its own policy (`default-src 'none'`) forbids anything but the style that it carries, so that even a fault in escaping could
//! not fetch or run anything. Printed, it is an A4 paper like the PDF.

use std::fmt::Write as _;

use super::FormError;
use super::outline::{Goal, Outline};
use super::text::{escape, stamp};
use super::wording::{Shown, Wording};
use analytics::briefing::paper::{Align, Block, Cell, Column, Paper, Sheet, Span, Table};

mod chart;

const STYLE: &str = include_str!("paper.css");
/// What a browser may do with the page when a server gives it: show it, in the style that it carries, and nothing else.
pub(super) fn policy() -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    // All that stands between the style's tags.
    let hash = sha2::Sha256::digest(format!("\n{STYLE}").as_bytes());
    let hash = base64::engine::general_purpose::STANDARD.encode(hash);
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Rows of a sheet that the page carries; the XLSX has all.
const ROWS: usize = 200;

/// A paper as HTML.
pub(super) fn render(paper: &Paper, made_at: i64) -> Result<String, FormError> {
    let stamp = stamp(made_at).ok_or(FormError::Time(made_at))?;
    let words = Wording::of(paper.language);
    let mut writer = Writer {
        out: String::new(),
        outline: Outline::of(paper),
        words,
        counted: [0; 2],
    };
    let name = escape(&format!("{} – {}", paper.title, paper.subject));
    writer.add(&format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"dcterms.created\" content=\"{stamp}\">\n<title>{name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
        words.tag
    ));
    writer.letterhead(paper);
    writer.blocks(paper);
    writer.closing(paper);
    writer.annex(&paper.sheets);
    writer.add("</main>\n");
    if let Some(simulated) = &paper.simulated {
        writer.add(&format!(
            "<footer class=\"simulated\">{}</footer>\n",
            escape(simulated)
        ));
    }
    writer.add("</body>\n</html>\n");
    Ok(writer.out)
}

struct Writer<'a> {
    out: String,
    outline: Outline<'a>,
    words: &'static Wording,
    /// Tables and figures so far.
    counted: [usize; 2],
}

impl Writer<'_> {
    fn add(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    /// An element with words in it; left out when there are none.
    fn line(&mut self, tag: &str, class: &str, text: &str) {
        if !text.is_empty() {
            self.add(&format!(
                "<{tag} class=\"{class}\">{}</{tag}>\n",
                escape(text)
            ));
        }
    }

    fn letterhead(&mut self, paper: &Paper) {
        let head = &paper.letterhead;
        self.add("<header>\n<div class=\"letterhead\">\n<div class=\"agency\">\n");
        self.line("p", "parent", &head.parent);
        self.line("p", "issuer", &head.agency);
        self.line("p", "number", &head.number);
        self.add("</div>\n<div class=\"nation\">\n");
        self.line("p", "title", &head.nation);
        self.line("p", "motto", &head.motto);
        self.line("p", "place", &head.place_and_date);
        self.add("</div>\n</div>\n");
        let (title, subject) = (escape(&paper.title), escape(&paper.subject));
        self.add(&format!(
            "<h1>{title} <span class=\"subject\">{subject}</span></h1>\n</header>\n"
        ));
        if let Some(simulated) = &paper.simulated {
            self.line("p", "simulated", simulated);
        }
    }

    fn blocks(&mut self, paper: &Paper) {
        let mut heading = 0;
        for block in &paper.blocks {
            match block {
                Block::Heading { text, .. } => {
                    if let Some((level, id)) = self.outline.entries.get(heading) {
                        // The paper's title is the page's only `h1`.
                        let level = level + 1;
                        let line = format!(
                            "<h{level} id=\"{}\">{}</h{level}>\n",
                            escape(id),
                            escape(text)
                        );
                        self.add(&line);
                    }
                    heading += 1;
                }
                Block::Paragraph { spans } => {
                    let words = self.spans(spans);
                    self.add(&format!("<p>{words}</p>\n"));
                }
                Block::Note { spans } => {
                    let words = self.spans(spans);
                    self.add(&format!("<p class=\"note\" role=\"note\">{words}</p>\n"));
                }
                Block::List { ordered, items } => {
                    let tag = if *ordered { "ol" } else { "ul" };
                    self.add(&format!("<{tag}>\n"));
                    for item in items {
                        let words = self.spans(item);
                        self.add(&format!("<li>{words}</li>\n"));
                    }
                    self.add(&format!("</{tag}>\n"));
                }
                Block::Table(table) => self.table(table),
                Block::Chart(chart) => {
                    self.counted[1] += 1;
                    let n = self.counted[1];
                    let drawing = chart::draw(chart, paper.language, self.words, n);
                    let source = self.source(chart.sheet.as_ref());
                    self.add(&format!(
                        "<figure>\n<figcaption>{} {n}: {}</figcaption>\n{drawing}{source}</figure>\n",
                        self.words.figure,
                        escape(&chart.title)
                    ));
                }
            }
        }
    }

    fn spans(&self, spans: &[Span]) -> String {
        let span = |span: &Span| {
            let words = escape(&span.text);
            let words = if span.strong {
                format!("<strong>{words}</strong>")
            } else {
                words
            };
            let goal = span
                .link
                .as_deref()
                .and_then(|link| self.outline.goal(link));
            goal.map_or(words.clone(), |goal| self.link(goal, &words))
        };
        spans.iter().map(span).collect()
    }

    fn link(&self, goal: Goal<'_>, words: &str) -> String {
        let to = match goal {
            Goal::Heading(n) => {
                format!("#{}", self.outline.entries.get(n).map_or("", |(_, id)| id))
            }
            Goal::Sheet(n) => format!("#s.{n}"),
            Goal::Outside(url) => {
                return format!("<a href=\"{}\" rel=\"noreferrer\">{words}</a>", escape(url));
            }
        };
        format!("<a href=\"{}\">{words}</a>", escape(&to))
    }

    fn source(&self, sheet: Option<&String>) -> String {
        let known = sheet.and_then(|name| Some((name, self.outline.sheet(name)?)));
        known.map_or(String::new(), |(name, goal)| {
            format!(
                "<p class=\"source\">{}: {}</p>\n",
                self.words.source,
                self.link(goal, &escape(name))
            )
        })
    }

    fn table(&mut self, table: &Table) {
        self.counted[0] += 1;
        let caption = format!(
            "{} {}: {}",
            self.words.table, self.counted[0], table.caption
        );
        self.grid(&caption, &table.columns, &table.rows);
        let source = self.source(table.sheet.as_ref());
        self.add(&source);
    }

    /// A table that scrolls by itself where it is wider than the phone, and can be reached by keyboard to do so.
    fn grid(&mut self, caption: &str, columns: &[Column], rows: &[Vec<Cell>]) {
        if columns.is_empty() {
            self.line("p", "", caption);
            self.line("p", "source", self.words.no_data);
            return;
        }
        let caption = escape(caption);
        self.add(&format!(
            "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n<thead>\n<tr>"
        ));
        let side = |column: &Column| {
            if column.align == Align::Right {
                " class=\"right\""
            } else {
                ""
            }
        };
        for column in columns {
            self.add(&format!(
                "<th scope=\"col\"{}>{}</th>",
                side(column),
                escape(&column.title)
            ));
        }
        self.add("</tr>\n</thead>\n<tbody>\n");
        for row in rows {
            self.add("<tr>");
            for (n, (column, cell)) in columns.iter().zip(row).enumerate() {
                let shown = Shown::of(cell, self.words);
                let mut words = escape(&shown.text);
                if shown.silent {
                    words = format!("<em>{words}</em>");
                }
                if let Some((sign, word)) = shown.mark {
                    let _ = write!(
                        words,
                        " <span class=\"mark\"><span aria-hidden=\"true\">{sign}</span> {word}</span>"
                    );
                }
                // The first column names the row.
                let cell = if n == 0 {
                    format!("<th scope=\"row\"{}>{words}</th>", side(column))
                } else {
                    format!("<td{}>{words}</td>", side(column))
                };
                self.add(&cell);
            }
            self.add("</tr>\n");
        }
        self.add("</tbody>\n</table>\n</div>\n");
    }

    fn closing(&mut self, paper: &Paper) {
        self.add("<div class=\"closing\">\n<div class=\"recipients\">\n");
        for line in &paper.closing.recipients {
            self.line("p", "", line);
        }
        let class = if paper.closing.signer.is_empty() {
            ""
        } else {
            "signer"
        };
        self.add(&format!("</div>\n<div class=\"{class}\">\n"));
        for line in &paper.closing.signer {
            self.line("p", "", line);
        }
        self.add("</div>\n</div>\n");
        if !paper.fine_print.is_empty() {
            self.add("<div class=\"fine\">\n");
            for line in &paper.fine_print {
                self.line("p", "", line);
            }
            self.add("</div>\n");
        }
    }

    fn annex(&mut self, sheets: &[Sheet]) {
        if sheets.is_empty() {
            return;
        }
        self.add(&format!(
            "<section class=\"annex\">\n<h2>{}</h2>\n",
            self.words.annex
        ));
        for (n, sheet) in sheets.iter().enumerate() {
            self.add(&format!(
                "<h3 id=\"s.{n}\">{}. {}</h3>\n",
                escape(&sheet.name),
                escape(&sheet.title)
            ));
            if !sheet.definitions.is_empty() {
                self.add("<ul>\n");
                for definition in &sheet.definitions {
                    self.line("li", "", definition);
                }
                self.add("</ul>\n");
            }
            if !sheet.query.trim().is_empty() {
                self.add(&format!(
                    "<p>{}:</p>\n<pre tabindex=\"0\"><code>{}</code></pre>\n",
                    self.words.query,
                    sheet
                        .query
                        .trim()
                        .lines()
                        .map(escape)
                        .collect::<Vec<String>>()
                        .join("\n")
                ));
            }
            let shown = &sheet.rows[..sheet.rows.len().min(ROWS)];
            self.add(&format!(
                "<details>\n<summary>{}: {}</summary>\n",
                self.words.rows,
                sheet.rows.len()
            ));
            self.grid(&sheet.title, &sheet.columns, shown);
            if shown.len() < sheet.rows.len() {
                self.line(
                    "p",
                    "source",
                    &format!("1–{ROWS} / {} (XLSX)", sheet.rows.len()),
                );
            }
            self.add("</details>\n");
        }
        self.add("</section>\n");
    }
}
