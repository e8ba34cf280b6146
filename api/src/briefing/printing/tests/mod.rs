//! What the forms promise: the same bytes, the same words and numbers, nothing that could be taken for markup, and the marks
//! that accessibility asks for. Each form is read back with a reader that is not ours.

use std::io::{Cursor, Read as _};
use std::time::Instant;

use calamine::{Data, Reader as _, Xlsx};

use super::fixtures::{LONG_NAME, MADE_AT, awkward, week};
use super::outline::Outline;
use super::plot::Plot;
use super::{Form, FormError, render};
use analytics::briefing::paper::{Block, Chart, ChartPoint, Drawn, Language, Paper};

mod pdf;

fn papers() -> [(&'static str, Paper); 3] {
    [
        ("vi", week(Language::Vi)),
        ("en", week(Language::En)),
        ("awkward", awkward()),
    ]
}

/// The forms of the fixtures as files, to be looked at: `FORMS_OUT=directory`.
#[test]
fn files_to_look_at() {
    let Ok(out) = std::env::var("FORMS_OUT") else {
        return;
    };
    std::fs::create_dir_all(&out).unwrap();
    for round in ["cold", "warm"] {
        for (name, paper) in papers() {
            for form in Form::ALL {
                let start = Instant::now();
                let bytes = render(&paper, form, MADE_AT).unwrap();
                println!(
                    "{round} {name}.{}: {} bytes, {:?}",
                    form.extension(),
                    bytes.len(),
                    start.elapsed()
                );
                std::fs::write(format!("{out}/{name}.{}", form.extension()), bytes).unwrap();
            }
        }
    }
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    for (name, paper) in papers() {
        for form in Form::ALL {
            let once = render(&paper, form, MADE_AT).unwrap();
            assert_eq!(
                once,
                render(&paper, form, MADE_AT).unwrap(),
                "{name} as {form:?}"
            );
            assert_ne!(
                once,
                render(&paper, form, MADE_AT + 60).unwrap(),
                "{name} as {form:?}: the time is not told"
            );
        }
    }
}

#[test]
fn forms_are_known_by_their_extension() {
    for form in Form::ALL {
        assert_eq!(Form::from_extension(form.extension()), Some(form));
    }
    assert_eq!(Form::from_extension("PDF"), Some(Form::Pdf));
    assert_eq!(Form::from_extension("exe"), None);
}

#[test]
fn a_paper_that_breaks_its_invariants_is_refused_by_name() {
    let mut paper = week(Language::Vi);
    paper.sheets[1].rows[2].pop();
    let error = render(&paper, Form::Html, MADE_AT).unwrap_err();
    assert!(
        matches!(&error, FormError::Ragged { table, row: 3, cells: 2, columns: 3 } if *table == paper.sheets[1].name)
    );
    for name in ["", "a/b", "chi tieu", "12345678901234567890123456789012"] {
        let mut paper = week(Language::Vi);
        paper.sheets[2].name = name.into();
        assert!(
            matches!(render(&paper, Form::Xlsx, MADE_AT), Err(FormError::SheetName(bad)) if bad == name)
        );
    }
    for form in Form::ALL {
        assert!(
            matches!(
                render(&week(Language::Vi), form, -1),
                Err(FormError::Time(-1))
            ),
            "{form:?}"
        );
    }
}

#[test]
fn levels_never_skip_and_links_lead_somewhere_or_nowhere() {
    for (_, paper) in papers() {
        let outline = Outline::of(&paper);
        let mut last = 0;
        let mut ids = Vec::new();
        for (level, id) in &outline.entries {
            assert!(*level <= last + 1 && (1..=3).contains(level));
            assert!(!ids.contains(id));
            last = *level;
            ids.push(id.clone());
        }
        for link in [
            "javascript:alert(1)",
            "data:text/html,x",
            "#nowhere",
            "sheet:nowhere",
            "https://",
            "https://a b",
            "",
        ] {
            assert_eq!(outline.goal(link), None, "{link}");
        }
    }
}

#[test]
fn plots_stay_on_their_axis() {
    let values = [
        0.0,
        1.0,
        -1.0,
        95.2,
        98.9,
        1e-9,
        1e12,
        -7.5,
        0.3,
        f64::NAN,
        f64::INFINITY,
    ];
    for drawn in [Drawn::Bars, Drawn::Line] {
        for a in values {
            for b in values {
                let point = |value| ChartPoint {
                    label: String::new(),
                    value: Some(value),
                    text: String::new(),
                    between: Some((value, b)),
                    before: None,
                };
                let chart = Chart {
                    title: String::new(),
                    alternative: String::new(),
                    drawn,
                    unit: String::new(),
                    points: vec![point(a), point(b)],
                    target: None,
                    sheet: None,
                };
                let plot = Plot::of(&chart, Language::Vi);
                assert_eq!(plot.is_empty, !a.is_finite() && !b.is_finite());
                let all = plot
                    .points
                    .iter()
                    .filter_map(|point| point.at)
                    .chain(plot.ticks.iter().map(|tick| tick.at));
                for at in all.chain([plot.zero]) {
                    assert!(
                        (-1e-6..=1.0 + 1e-6).contains(&at),
                        "{drawn:?} {a} {b}: {at}"
                    );
                }
                assert!((2..=13).contains(&plot.ticks.len()), "{drawn:?} {a} {b}");
                let names: Vec<&str> = plot.ticks.iter().map(|tick| tick.text.as_str()).collect();
                assert!(
                    a.abs() < 1e-6
                        || b.abs() < 1e-6
                        || names.windows(2).all(|pair| pair[0] != pair[1]),
                    "{names:?}"
                );
            }
        }
    }
}

/// Every word of a paper's text, without spaces: what a reader of any form must find.
fn sentences(paper: &Paper) -> Vec<String> {
    let mut all = vec![
        paper.title.clone(),
        paper.subject.clone(),
        paper.letterhead.nation.clone(),
    ];
    for block in &paper.blocks {
        match block {
            Block::Heading { text, .. } => all.push(text.clone()),
            Block::Paragraph { spans } | Block::Note { spans } => {
                all.extend(spans.iter().map(|span| span.text.clone()));
            }
            Block::List { items, .. } => {
                all.extend(items.iter().flatten().map(|span| span.text.clone()));
            }
            Block::Table(table) => {
                all.push(table.caption.clone());
                all.extend(
                    table
                        .rows
                        .iter()
                        .flatten()
                        .filter(|cell| cell.text != "—")
                        .map(|cell| cell.text.clone()),
                );
            }
            Block::Chart(chart) => all.push(chart.title.clone()),
        }
    }
    all.extend(
        paper
            .closing
            .signer
            .iter()
            .chain(&paper.fine_print)
            .cloned(),
    );
    all.iter().map(|text| squeezed(text)).collect()
}

fn squeezed(text: &str) -> String {
    super::text::clean(text)
        .chars()
        .filter(|sign| !sign.is_whitespace())
        .collect()
}

#[test]
fn the_xlsx_holds_the_numbers_and_no_formula() {
    for (name, paper) in papers() {
        let bytes = render(&paper, Form::Xlsx, MADE_AT).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names().len(), paper.sheets.len() + 1);
        for (n, sheet) in paper.sheets.iter().enumerate() {
            assert_eq!(book.sheet_names()[n + 1], sheet.name);
            assert!(
                book.worksheet_formula(&sheet.name)
                    .unwrap()
                    .used_cells()
                    .next()
                    .is_none(),
                "{name}"
            );
            if sheet.columns.is_empty() {
                continue;
            }
            let range = book.worksheet_range(&sheet.name).unwrap();
            let rows: Vec<&[Data]> = range.rows().collect();
            let heads: Vec<String> = sheet
                .columns
                .iter()
                .map(|column| column.title.clone())
                .collect();
            let head = rows
                .iter()
                .position(|row| row.iter().map(ToString::to_string).eq(heads.clone()))
                .unwrap();
            assert_eq!(rows.len() - head - 1, sheet.rows.len());
            for (row, read) in sheet.rows.iter().zip(&rows[head + 1..]) {
                for (cell, read) in row.iter().zip(*read) {
                    match (cell.number, read) {
                        (Some(number), Data::Float(found)) => assert_eq!(number, *found),
                        (None, Data::String(text)) => {
                            let said = super::text::clean(&cell.text);
                            assert!(
                                *text == said || cell.mark.is_some(),
                                "{text:?} for {said:?}"
                            );
                        }
                        (number, read) => panic!("{name}: {number:?} was read as {read:?}"),
                    }
                }
            }
            for line in sheet.query.trim().lines() {
                let mut cells = rows[..head].iter().flat_map(|row| row.iter());
                assert!(cells.any(|cell| *cell == *line), "{name}: {line}");
            }
        }
    }
}

#[test]
fn the_docx_is_well_formed_and_holds_the_papers_words() {
    for (name, paper) in papers() {
        let bytes = render(&paper, Form::Docx, MADE_AT).unwrap();
        let mut pack = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut words = String::new();
        for n in 0..pack.len() {
            let mut file = pack.by_index(n).unwrap();
            let part = file.name().unwrap().into_owned();
            let mut xml = String::new();
            file.read_to_string(&mut xml).unwrap();
            let mut reader = quick_xml::Reader::from_str(&xml);
            reader.config_mut().check_end_names = true;
            let (mut is_text, mut depth) = (false, 0);
            loop {
                match reader
                    .read_event()
                    .unwrap_or_else(|error| panic!("{name} {part}: {error}"))
                {
                    quick_xml::events::Event::Start(tag) => {
                        depth += 1;
                        is_text = tag.name().as_ref() == b"w:t";
                        for attribute in tag.attributes() {
                            attribute
                                .unwrap()
                                .decode_and_unescape_value(reader.decoder())
                                .unwrap();
                        }
                    }
                    quick_xml::events::Event::End(_) => (depth, is_text) = (depth - 1, false),
                    quick_xml::events::Event::Text(text)
                        if is_text && part == "word/document.xml" =>
                    {
                        words.push_str(&text.decode().unwrap());
                    }
                    quick_xml::events::Event::GeneralRef(entity)
                        if is_text && part == "word/document.xml" =>
                    {
                        words.push_str(match entity.decode().unwrap().as_ref() {
                            "amp" => "&",
                            "lt" => "<",
                            "gt" => ">",
                            "quot" => "\"",
                            "#39" => "'",
                            other => panic!("{other}"),
                        });
                    }
                    quick_xml::events::Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(depth, 0, "{name} {part}");
        }
        let words = squeezed(&words);
        for sentence in sentences(&paper) {
            assert!(words.contains(&sentence), "{name} lacks {sentence:?}");
        }
    }
}

#[test]
fn the_html_runs_nothing_and_its_links_lead_somewhere() {
    for (name, paper) in papers() {
        let html = String::from_utf8(render(&paper, Form::Html, MADE_AT).unwrap()).unwrap();
        let tag = if paper.language == Language::Vi {
            "vi-VN"
        } else {
            "en"
        };
        assert!(html.starts_with(&format!("<!doctype html>\n<html lang=\"{tag}\">")));
        for bad in ["<script", "<b>", "<i>", "href=\"javascript", " on", "src="] {
            let found = html
                .find(bad)
                .filter(|_| bad != " on" || html.contains(" onclick") || html.contains(" onload"));
            assert_eq!(found, None, "{name}: {bad}");
        }
        for link in html.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap();
            assert_eq!(
                html.matches(&format!("id=\"{id}\"")).count(),
                1,
                "{name}: {id}"
            );
        }
        let charts = paper
            .blocks
            .iter()
            .filter(|block| matches!(block, Block::Chart(_)))
            .count();
        assert_eq!(html.matches("<figure>").count(), charts);
        assert_eq!(html.matches("<svg").count(), html.matches("<desc").count());
        assert_eq!(
            html.matches("<th").count() - html.matches("<thead").count(),
            html.matches("scope=").count()
        );
    }
    assert!(
        LONG_NAME.chars().count() == 64,
        "{}",
        LONG_NAME.chars().count()
    );
}

/// The policy names the style that the page carries, so that a browser takes it and no other.
#[test]
fn the_policy_is_that_of_the_pages_style() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let (_, paper) = &papers()[0];
    let html = String::from_utf8(render(paper, Form::Html, MADE_AT).unwrap()).unwrap();
    let style = html.split("<style>").nth(1).unwrap();
    let style = style.split("</style>").next().unwrap();
    let hash = sha2::Sha256::digest(style.as_bytes());
    let hash = base64::engine::general_purpose::STANDARD.encode(hash);
    assert!(super::policy().contains(&format!("'sha256-{hash}'")));
}
