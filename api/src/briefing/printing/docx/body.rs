//! The document itself: the letterhead, what is read, who signs, and where the figures come from.

use std::fmt::Write as _;

use super::super::outline::{Goal, Outline};
use super::super::text::escape;
use super::super::wording::Wording;
use super::parts::{MAIN, RELATION};
use analytics::briefing::paper::{Block, Paper, Sheet, Span};

/// What `document.xml` holds, and what the other parts need to know of it.
pub(super) struct Body {
    /// The part.
    pub(super) document: String,
    /// Addresses out of the paper: `out0`, `out1` …
    pub(super) links: Vec<String>,
    /// How many counted lists there are.
    pub(super) numbered: usize,
}

/// The width between the margins, in twentieths of a point: 160 mm.
pub(super) const WIDTH: usize = 9_071;

/// Writes the document.
pub(super) fn of(paper: &Paper, words: &'static Wording) -> Body {
    let mut writer = Writer {
        out: format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <w:document xmlns:w=\"{MAIN}\" xmlns:r=\"{RELATION}\"><w:body>"
        ),
        outline: Outline::of(paper),
        words,
        links: Vec::new(),
        numbered: 0,
        bookmarks: 0,
        counted: [0; 2],
    };
    writer.letterhead(paper);
    writer.blocks(paper);
    writer.closing(paper);
    writer.annex(&paper.sheets);
    // A4; margins 22 mm above and below, 30 mm at the left, 20 mm at the right.
    writer.out.push_str(
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"part3\"/><w:headerReference w:type=\"first\" r:id=\"part4\"/>\
         <w:footerReference w:type=\"default\" r:id=\"part5\"/><w:footerReference w:type=\"first\" r:id=\"part5\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1247\" w:right=\"1134\" w:bottom=\"1247\" w:left=\"1701\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>\
         <w:titlePg/></w:sectPr></w:body></w:document>",
    );
    Body {
        document: writer.out,
        links: writer.links,
        numbered: writer.numbered,
    }
}

/// A run of text with what its letters are like.
pub(super) fn run(text: &str, letters: &str) -> String {
    format!(
        "<w:r><w:rPr>{letters}</w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escape(text)
    )
}

/// A paragraph in a style; `more` is what else is said of it, after the style.
pub(super) fn paragraph(style: &str, more: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{more}</w:pPr>{runs}</w:p>")
}

/// A short line under a text: an empty paragraph that is lower than a letter, with a border over it.
fn rule(indent: usize) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Letterhead\"/><w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"000000\"/></w:pBdr>\
         <w:spacing w:before=\"40\" w:line=\"80\" w:lineRule=\"exact\"/><w:ind w:left=\"{indent}\" w:right=\"{indent}\"/></w:pPr></w:p>"
    )
}

/// A cell so wide.
pub(super) fn cell(width: usize, more: &str, paragraphs: &str) -> String {
    format!(
        "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{more}</w:tcPr>{paragraphs}</w:tc>"
    )
}

/// A table without lines, for what stands side by side.
fn side_by_side(widths: [usize; 2], rows: &[[String; 2]]) -> String {
    let rows = rows.iter().map(|[left, right]| {
        format!(
            "<w:tr>{}{}</w:tr>",
            cell(widths[0], "", left),
            cell(widths[1], "", right)
        )
    });
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{WIDTH}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>\
         <w:gridCol w:w=\"{}\"/><w:gridCol w:w=\"{}\"/></w:tblGrid>{}</w:tbl>",
        widths[0],
        widths[1],
        rows.collect::<String>()
    )
}

/// Writes the document from its top to its end.
pub(super) struct Writer<'a> {
    pub(super) out: String,
    pub(super) outline: Outline<'a>,
    pub(super) words: &'static Wording,
    pub(super) links: Vec<String>,
    pub(super) numbered: usize,
    pub(super) bookmarks: usize,
    /// Tables and figures so far.
    pub(super) counted: [usize; 2],
}

impl Writer<'_> {
    fn letterhead(&mut self, paper: &Paper) {
        let head = &paper.letterhead;
        let mut agency = String::new();
        if !head.parent.is_empty() {
            agency.push_str(&paragraph("Letterhead", "", &run(&head.parent, "")));
        }
        agency.push_str(&paragraph("Letterhead", "", &run(&head.agency, "<w:b/>")));
        agency.push_str(&rule(1_180));
        let size = "<w:sz w:val=\"26\"/>";
        let nation = paragraph("Letterhead", "", &run(&head.nation, "<w:b/>"))
            + &paragraph(
                "Letterhead",
                "",
                &run(&head.motto, &format!("<w:b/>{size}")),
            )
            + &rule(1_050);
        let number = paragraph(
            "Letterhead",
            "<w:spacing w:before=\"60\"/>",
            &run(&head.number, size),
        );
        let place = paragraph(
            "Letterhead",
            "<w:spacing w:before=\"60\"/>",
            &run(&head.place_and_date, &format!("<w:i/>{size}")),
        );
        // The nation's title stands in one line at 12 pt.
        self.out.push_str(&side_by_side(
            [3_521, 5_550],
            &[[agency, nation], [number, place]],
        ));
        self.out
            .push_str(&paragraph("Title", "", &run(&paper.title, "")));
        self.out
            .push_str(&paragraph("Subtitle", "", &run(&paper.subject, "")));
        self.out.push_str(&rule(3_400));
        if let Some(simulated) = &paper.simulated {
            self.out
                .push_str(&paragraph("Simulated", "", &run(simulated, "")));
        }
    }

    fn blocks(&mut self, paper: &Paper) {
        let mut heading = 0;
        for block in &paper.blocks {
            match block {
                Block::Heading { text, .. } => {
                    let level = self
                        .outline
                        .entries
                        .get(heading)
                        .map_or(1, |(level, _)| *level);
                    self.heading(level, &format!("heading_{heading}"), text);
                    heading += 1;
                }
                Block::Paragraph { spans } => {
                    let runs = self.spans(spans);
                    self.out.push_str(&paragraph("BodyText", "", &runs));
                }
                Block::Note { spans } => {
                    let runs = self.spans(spans);
                    self.out.push_str(&paragraph("Notice", "", &runs));
                }
                Block::List { ordered, items } => {
                    let list = if *ordered {
                        self.numbered += 1;
                        self.numbered + 1
                    } else {
                        1
                    };
                    for item in items {
                        let runs = self.spans(item);
                        self.item(list, &runs);
                    }
                }
                Block::Table(table) => self.table(table),
                Block::Chart(chart) => self.chart(chart, paper),
            }
        }
    }

    fn heading(&mut self, level: u8, bookmark: &str, text: &str) {
        let n = self.bookmarks;
        self.bookmarks += 1;
        let runs = format!(
            "<w:bookmarkStart w:id=\"{n}\" w:name=\"{bookmark}\"/>{}<w:bookmarkEnd w:id=\"{n}\"/>",
            run(text, "")
        );
        self.out
            .push_str(&paragraph(&format!("Heading{level}"), "", &runs));
    }

    fn item(&mut self, list: usize, runs: &str) {
        let number = format!("<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{list}\"/></w:numPr>");
        self.out
            .push_str(&paragraph("ListParagraph", &number, runs));
    }

    fn spans(&mut self, spans: &[Span]) -> String {
        let mut out = String::new();
        for span in spans {
            let bold = if span.strong { "<w:b/><w:bCs/>" } else { "" };
            let linked = || {
                run(
                    &span.text,
                    &format!("<w:rStyle w:val=\"Hyperlink\"/>{bold}"),
                )
            };
            match span
                .link
                .as_deref()
                .and_then(|link| self.outline.goal(link))
            {
                None => out.push_str(&run(&span.text, bold)),
                Some(Goal::Heading(n)) => out.push_str(&inside(&format!("heading_{n}"), &linked())),
                Some(Goal::Sheet(n)) => out.push_str(&inside(&format!("sheet_{n}"), &linked())),
                Some(Goal::Outside(url)) => {
                    let n = self.links.len();
                    self.links.push(url.to_owned());
                    let _ = write!(
                        out,
                        "<w:hyperlink r:id=\"out{n}\">{}</w:hyperlink>",
                        linked()
                    );
                }
            }
        }
        out
    }

    fn closing(&mut self, paper: &Paper) {
        let mut recipients = String::new();
        for (n, line) in paper.closing.recipients.iter().enumerate() {
            let letters = if n == 0 {
                "<w:b/><w:i/><w:sz w:val=\"24\"/>"
            } else {
                ""
            };
            recipients.push_str(&paragraph("Recipients", "", &run(line, letters)));
        }
        let mut signer = String::new();
        for line in &paper.closing.signer {
            signer.push_str(&paragraph("Signer", "", &run(line, "")));
        }
        if !paper.closing.signer.is_empty() {
            let letters = "<w:b w:val=\"0\"/><w:i/><w:sz w:val=\"22\"/>";
            signer.push_str(&paragraph(
                "Signer",
                "",
                &run(self.words.signature, letters),
            ));
        }
        // Room for the signature, and at least one paragraph in the cell.
        for _ in 0..4 {
            signer.push_str(&paragraph("Signer", "", ""));
        }
        if recipients.is_empty() {
            recipients = paragraph("Recipients", "", "");
        }
        self.out.push_str(&paragraph("FinePrint", "", ""));
        self.out
            .push_str(&side_by_side([4_535, 4_536], &[[recipients, signer]]));
        for line in &paper.fine_print {
            self.out
                .push_str(&paragraph("FinePrint", "", &run(line, "")));
        }
    }

    fn annex(&mut self, sheets: &[Sheet]) {
        if sheets.is_empty() {
            // A table may not be the last thing of a document.
            self.out.push_str(&paragraph("FinePrint", "", ""));
            return;
        }
        self.out.push_str(&paragraph(
            "Heading1",
            "<w:pageBreakBefore/>",
            &run(self.words.annex, ""),
        ));
        for (n, sheet) in sheets.iter().enumerate() {
            self.heading(
                2,
                &format!("sheet_{n}"),
                &format!("{}. {}", sheet.name, sheet.title),
            );
            for definition in &sheet.definitions {
                self.item(1, &run(definition, ""));
            }
            if !sheet.query.trim().is_empty() {
                self.out.push_str(&paragraph(
                    "FinePrint",
                    "",
                    &run(&format!("{}:", self.words.query), ""),
                ));
                let lines: Vec<String> = sheet
                    .query
                    .trim()
                    .lines()
                    .map(|line| run(line, ""))
                    .collect();
                self.out
                    .push_str(&paragraph("Query", "", &lines.join("<w:r><w:br/></w:r>")));
            }
            let rows = format!("{}: {}", self.words.rows, sheet.rows.len());
            self.out
                .push_str(&paragraph("FinePrint", "", &run(&rows, "")));
        }
    }
}

pub(super) fn inside(bookmark: &str, runs: &str) -> String {
    format!("<w:hyperlink w:anchor=\"{bookmark}\">{runs}</w:hyperlink>")
}
