//! Papers of small weeks, word for word, and what every paper keeps.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::paper;
use super::reader::Reader;
use crate::briefing::paper::{Block, Language, Mark, Paper, Span};
use crate::briefing::span::{Span as Period, Spans};
use crate::briefing::tables::Tables;
use crate::briefing::tests::week::{Week, at, point};
use crate::registry::Registry;

fn line(spans: &[Span]) -> String {
    let words = spans.iter().map(|span| match &span.link {
        Some(link) => format!("[{}]({link})", span.text),
        None if span.strong => format!("**{}**", span.text),
        None => span.text.clone(),
    });
    words.collect()
}

/// What is read of a paper, as plain lines.
fn read(paper: &Paper) -> String {
    let mut out = String::new();
    let head = &paper.letterhead;
    for text in [
        &head.parent,
        &head.agency,
        &head.nation,
        &head.motto,
        &head.number,
        &head.place_and_date,
        &paper.title,
        &paper.subject,
    ] {
        let _ = writeln!(out, "{text}");
    }
    let _ = writeln!(out, "{}", paper.simulated.as_deref().unwrap_or_default());
    for block in &paper.blocks {
        match block {
            Block::Heading { text, .. } => {
                let _ = writeln!(out, "\n# {text}");
            }
            Block::Paragraph { spans } => {
                let _ = writeln!(out, "{}", line(spans));
            }
            Block::Note { spans } => {
                let _ = writeln!(out, "! {}", line(spans));
            }
            Block::List { ordered, items } => {
                for (at, item) in items.iter().enumerate() {
                    let sign = if *ordered {
                        format!("{}.", at + 1)
                    } else {
                        "-".to_owned()
                    };
                    let _ = writeln!(out, "{sign} {}", line(item));
                }
            }
            Block::Table(table) => {
                let titles: Vec<&str> = table.columns.iter().map(|c| &*c.title).collect();
                let _ = writeln!(out, "| {} |", titles.join(" | "));
                for row in &table.rows {
                    let cells: Vec<&str> = row.iter().map(|cell| &*cell.text).collect();
                    let _ = writeln!(out, "| {} |", cells.join(" | "));
                }
            }
            Block::Chart(chart) => {
                let _ = writeln!(out, "~ {} ~ {}", chart.title, chart.alternative);
            }
        }
    }
    for text in paper
        .closing
        .recipients
        .iter()
        .chain(&paper.closing.signer)
        .chain(&paper.fine_print)
    {
        let _ = writeln!(out, "{text}");
    }
    out
}

fn of(week: &Week, language: Language) -> Paper {
    let paper = paper(&week.brief(), language, Reader::City);
    assert_whole(&paper);
    paper
}

/// What holds of every paper: rows as long as their columns, links that lead somewhere, sheets' names, at most two charts and
/// three decisions first, nothing left of a program's way to write.
fn assert_whole(paper: &Paper) {
    let names: BTreeSet<&str> = paper.sheets.iter().map(|sheet| &*sheet.name).collect();
    assert_eq!(names.len(), paper.sheets.len(), "a sheet's name is its own");
    for sheet in &paper.sheets {
        assert!(sheet.name.chars().count() <= 31, "{}", sheet.name);
        let is_plain = |c: char| c.is_alphanumeric() || c == ' ' || c == '-';
        assert!(sheet.name.chars().all(is_plain), "{}", sheet.name);
        assert!(!sheet.definitions.is_empty() && !sheet.query.is_empty());
        assert!(
            sheet
                .rows
                .iter()
                .all(|row| row.len() == sheet.columns.len()),
            "{}",
            sheet.name
        );
    }
    let mut links = Vec::new();
    let mut anchors = BTreeSet::new();
    let mut headings = Vec::new();
    let mut charts = 0;
    for block in &paper.blocks {
        match block {
            Block::Heading { anchor, .. } => {
                assert!(anchors.insert(anchor), "{anchor} twice");
                headings.push(anchor.as_str());
            }
            Block::Paragraph { spans } | Block::Note { spans } => links.extend(spans),
            Block::List { items, .. } => links.extend(items.iter().flatten()),
            Block::Table(table) => {
                assert!(
                    table
                        .rows
                        .iter()
                        .all(|row| row.len() == table.columns.len())
                );
                let cells = table.rows.iter().flatten();
                for cell in cells.filter(|cell| cell.mark == Some(Mark::NoData)) {
                    assert_eq!(cell.number, None, "no figure is no number");
                }
                assert!(
                    table
                        .sheet
                        .as_deref()
                        .is_none_or(|sheet| names.contains(sheet))
                );
            }
            Block::Chart(chart) => {
                charts += 1;
                assert!(
                    chart
                        .sheet
                        .as_deref()
                        .is_none_or(|sheet| names.contains(sheet)),
                    "{:?}",
                    chart.sheet
                );
                assert!(!chart.alternative.is_empty());
            }
        }
    }
    assert_eq!(headings.first(), Some(&"decisions"));
    assert!(charts <= 2);
    for span in links {
        if let Some(sheet) = span
            .link
            .as_deref()
            .and_then(|link| link.strip_prefix("sheet:"))
        {
            assert!(names.contains(sheet), "{sheet} leads nowhere");
        }
    }
    let text = read(paper);
    for odd in [
        "NaN", "inf", "Some(", "None", "  ", " ,", " .", "..", "{", "}",
    ] {
        let body: String = text
            .lines()
            .filter(|line| !line.starts_with("Số:") && !line.starts_with("No."))
            .collect();
        assert!(!body.contains(odd), "`{odd}` in {body}");
    }
}

/// Compares with a file, or writes it where `VONGLAU_GOLDEN=write`.
fn assert_golden(name: &str, text: &str) {
    let path = format!(
        "{}/src/briefing/words/golden/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var("VONGLAU_GOLDEN").is_ok_and(|way| way == "write") {
        std::fs::write(&path, text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, golden,
        "{name}: look at the difference; VONGLAU_GOLDEN=write takes it"
    );
}

#[test]
fn a_small_week_reads_as_it_should_in_both_languages() {
    let week = Week::usual();
    assert_golden("week.vi.txt", &read(&of(&week, Language::Vi)));
    assert_golden("week.en.txt", &read(&of(&week, Language::En)));
}

#[test]
fn a_week_without_anything_is_a_paper_that_says_so() {
    let mut week = Week::usual();
    week.now = Tables::default();
    assert_golden("nothing.vi.txt", &read(&of(&week, Language::Vi)));
    assert_golden("nothing.en.txt", &read(&of(&week, Language::En)));
}

#[test]
fn a_paper_is_read_in_three_minutes() {
    let week = Week::usual();
    for (language, most) in [(Language::Vi, 1_000), (Language::En, 750)] {
        let text = read(&of(&week, language));
        let is_read = |line: &&str| !line.starts_with(['|', '~']);
        let words: usize = text
            .lines()
            .filter(is_read)
            .map(|line| line.split_whitespace().count())
            .sum();
        assert!(words <= most, "{words} words in {language:?}");
    }
}

#[test]
fn a_week_that_is_not_over_a_gap_and_one_point_are_said_first() {
    let mut week = Week::usual();
    week.spans = Spans::at(Period::parse("2026-W47").unwrap(), at("2026-11-19T10:30")).unwrap();
    week.now.by_site.retain(|site, _| site == "00004");
    week.now
        .by_hour
        .retain(|hour, _| !hour.starts_with("2026-11-17"));
    let text = read(&of(&week, Language::Vi));
    let note = text.lines().find(|line| line.starts_with("! ")).unwrap();
    for said in [
        "chưa kết thúc",
        "1 ngày làm việc (17/11/2026)",
        "Chỉ một điểm",
    ] {
        assert!(note.contains(said), "{note}");
    }
    assert!(
        text.contains("10 giờ 30 ngày 19 tháng 11 năm 2026"),
        "{text}"
    );
}

#[test]
fn ten_times_the_load_and_names_of_sixty_four_letters_are_written_whole() {
    let mut week = Week::usual();
    let name = "Điểm tiếp nhận và trả kết quả của xã có tên dài đúng sáu mươi tư".to_owned();
    assert_eq!(name.chars().count(), 64);
    week.registry = Registry::new([point("00070", &name)], []);
    for (name, value) in [("visits.visits", 10_000.0), ("visits.started", 10_000.0)] {
        week.now.city.set(name, value);
    }
    let text = read(&of(&week, Language::Vi));
    assert!(text.contains(&name) && text.contains("10.000"), "{text}");
}

#[test]
fn readers_are_told_what_is_for_them() {
    let briefing = Week::usual().brief();
    let text = |reader| read(&paper(&briefing, Language::Vi, reader));
    assert!(text(Reader::City).contains("Nhiệm vụ"));
    let office = text(Reader::GovernmentOffice);
    assert!(!office.contains("[Nhiệm vụ]") && office.contains("Văn phòng Chính phủ"));
    assert!(text(Reader::Council).contains("HĐND Thành phố"));
    assert_eq!(
        text(Reader::City),
        text(Reader::City),
        "the same briefing, the same words"
    );
}
