//! The XLSX: a list of sheets with links, then one worksheet for each sheet of the paper, over each its title, definitions and
//! query, and up to when its data are complete.
//!
//! Numbers are written as they are reckoned with, shown as the paper shows them: the number format takes its decimals, its
//! percent sign and the sign and word of a mark from the cell's text, so that a marked cell can still be summed. Text is always
//! written as text: what begins with `=`, `+`, `-` or `@` stays what it is.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet,
};

use super::FormError;
use super::text::{civil, clean};
use super::wording::{Shown, Wording};
use analytics::briefing::paper::{Align, Cell, Language, Paper, Sheet};

/// Letters that a cell of a spreadsheet holds at most.
const LETTERS: usize = 32_767;
/// Columns are between this wide, in letters.
const WIDTHS: (usize, usize) = (9, 48);

/// How cells look.
struct Look {
    title: Format,
    warning: Format,
    small: Format,
    query: Format,
    head: Format,
    link: Format,
}

impl Look {
    fn new() -> Self {
        let plain = || {
            Format::new()
                .set_font_name("Times New Roman")
                .set_font_size(11)
        };
        Self {
            title: plain().set_bold().set_font_size(14),
            warning: plain().set_bold().set_italic(),
            small: plain(),
            query: Format::new().set_font_name("Courier New").set_font_size(9),
            head: plain()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_border_top(FormatBorder::Medium)
                .set_border_bottom(FormatBorder::Thin),
            link: plain().set_underline(rust_xlsxwriter::FormatUnderline::Single),
        }
    }
}

/// A paper as XLSX.
pub(super) fn render(paper: &Paper, made_at: i64) -> Result<Vec<u8>, FormError> {
    civil(made_at).ok_or(FormError::Time(made_at))?;
    let words = Wording::of(paper.language);
    let look = Look::new();
    let mut book = Workbook::new();
    let properties = DocProperties::new()
        .set_title(short(&format!("{} – {}", paper.title, paper.subject), 250))
        .set_author(short(&paper.letterhead.agency, 250))
        .set_creation_datetime(&ExcelDateTime::from_timestamp(made_at)?);
    book.set_properties(&properties);

    let names: Vec<String> = paper
        .sheets
        .iter()
        .map(|sheet| sheet.name.to_lowercase())
        .collect();
    let mut contents = words.contents.to_owned();
    while names.contains(&contents.to_lowercase()) {
        contents.push_str(" -");
    }
    list(book.add_worksheet(), &contents, paper, words, &look)?;
    for sheet in &paper.sheets {
        fill(book.add_worksheet(), sheet, &contents, paper, &look)?;
    }
    Ok(book.save_to_buffer()?)
}

/// Clean text of at most so many letters.
fn short(text: &str, letters: usize) -> String {
    let text = clean(text);
    if text.chars().count() <= letters {
        return text;
    }
    text.chars().take(letters - 1).chain(['…']).collect()
}

fn write(
    at: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    look: &Format,
) -> Result<(), FormError> {
    at.write_string_with_format(row, column, short(text, LETTERS), look)?;
    Ok(())
}

fn to_sheet(name: &str) -> Url {
    Url::new(format!("internal:'{name}'!A1"))
}

/// The list of sheets.
fn list(
    at: &mut Worksheet,
    name: &str,
    paper: &Paper,
    words: &'static Wording,
    look: &Look,
) -> Result<(), FormError> {
    at.set_name(name)?;
    write(at, 0, 0, &paper.title, &look.title)?;
    write(at, 1, 0, &paper.subject, &look.title)?;
    let mut row = 2;
    if let Some(simulated) = &paper.simulated {
        write(at, row, 0, simulated, &look.warning)?;
        row += 1;
    }
    row += 1;
    if paper.sheets.is_empty() {
        write(at, row, 0, words.no_sheets, &look.small)?;
        row += 1;
    } else {
        for (column, text) in [words.sheet, words.holds, words.rows]
            .into_iter()
            .enumerate()
        {
            write(at, row, column as u16, text, &look.head)?;
        }
        for sheet in &paper.sheets {
            row += 1;
            at.write_url_with_options(
                row,
                0,
                to_sheet(&sheet.name),
                sheet.name.as_str(),
                "",
                Some(&look.link),
            )?;
            write(at, row, 1, &sheet.title, &look.small)?;
            at.write_number_with_format(row, 2, sheet.rows.len() as f64, &look.small)?;
        }
        row += 1;
    }
    for line in &paper.fine_print {
        row += 1;
        write(at, row, 0, line, &look.small)?;
    }
    let width = |text: &str| text.chars().count().clamp(WIDTHS.0, 2 * WIDTHS.1) as f64 + 2.0;
    let widest = |texts: Vec<&str>| texts.into_iter().map(width).fold(12.0, f64::max);
    at.set_column_width(
        0,
        widest(
            paper
                .sheets
                .iter()
                .map(|sheet| sheet.name.as_str())
                .collect(),
        ),
    )?;
    at.set_column_width(
        1,
        widest(
            paper
                .sheets
                .iter()
                .map(|sheet| sheet.title.as_str())
                .collect(),
        ),
    )?;
    print_well(at);
    Ok(())
}

/// One sheet of the paper.
fn fill(
    at: &mut Worksheet,
    sheet: &Sheet,
    contents: &str,
    paper: &Paper,
    look: &Look,
) -> Result<(), FormError> {
    let words = Wording::of(paper.language);
    at.set_name(sheet.name.as_str())?;
    write(at, 0, 0, &sheet.title, &look.title)?;
    at.write_url_with_options(
        1,
        0,
        to_sheet(contents),
        format!("← {contents}"),
        "",
        Some(&look.link),
    )?;
    let mut row = 2;
    if let Some(simulated) = &paper.simulated {
        write(at, row, 0, simulated, &look.warning)?;
        row += 1;
    }
    for definition in &sheet.definitions {
        write(
            at,
            row,
            0,
            &format!("{}: {definition}", words.definitions),
            &look.small,
        )?;
        row += 1;
    }
    // Line by line, so that it can be read and copied as it is.
    let query = sheet.query.trim();
    if !query.is_empty() {
        write(at, row, 0, &format!("{}:", words.query), &look.small)?;
        row += 1;
    }
    for line in query.lines() {
        write(at, row, 0, line, &look.query)?;
        row += 1;
    }
    for line in &paper.fine_print {
        write(at, row, 0, line, &look.small)?;
        row += 1;
    }
    let head = row + 1;
    if sheet.columns.is_empty() {
        print_well(at);
        return Ok(());
    }
    let last = sheet.columns.len() as u16 - 1;
    for (column, heading) in sheet.columns.iter().enumerate() {
        write(at, head, column as u16, &heading.title, &look.head)?;
    }
    for (n, cells) in sheet.rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let is_right = sheet.columns[column].align == Align::Right;
            put(
                at,
                (head + 1 + n as u32, column as u16),
                cell,
                is_right,
                paper.language,
            )?;
        }
    }
    for (column, heading) in sheet.columns.iter().enumerate() {
        let letters = |text: &str| text.chars().count();
        let head = heading
            .title
            .split_whitespace()
            .map(letters)
            .max()
            .unwrap_or(0)
            + 3;
        let cells = sheet
            .rows
            .iter()
            .map(|row| letters(&Shown::of(&row[column], words).line()));
        let width = cells.max().unwrap_or(0).max(head).clamp(WIDTHS.0, WIDTHS.1);
        at.set_column_width(column as u16, width as f64 + 1.5)?;
    }
    at.set_freeze_panes(head + 1, 0)?;
    at.autofilter(head, 0, head + sheet.rows.len() as u32, last)?;
    at.set_repeat_rows(head, head)?;
    print_well(at);
    Ok(())
}

fn print_well(at: &mut Worksheet) {
    // 9 is A4. As wide as one page, as long as it takes.
    at.set_paper_size(9)
        .set_landscape()
        .set_print_fit_to_pages(1, 0);
    at.set_footer("&C&P / &N");
}

/// One cell: its number where it has one that a spreadsheet can hold, else its words.
fn put(
    at: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    is_right: bool,
    language: Language,
) -> Result<(), FormError> {
    let shown = Shown::of(cell, Wording::of(language));
    let align = if is_right {
        FormatAlign::Right
    } else {
        FormatAlign::Left
    };
    let format = Format::new()
        .set_font_name("Times New Roman")
        .set_font_size(11)
        .set_align(align);
    if let Some(number) = cell
        .number
        .filter(|number| number.is_finite() && !shown.silent)
    {
        let format = format.set_num_format(number_format(number, &shown, language));
        at.write_number_with_format(row, column, number, &format)?;
        return Ok(());
    }
    let format = if shown.silent {
        format.set_italic()
    } else {
        format
    };
    write(at, row, column, &shown.line(), &format)
}

/// The number format that shows a number about as its text does.
fn number_format(number: f64, shown: &Shown, language: Language) -> String {
    let point = if language == Language::Vi { ',' } else { '.' };
    let decimals = shown
        .text
        .split(point)
        .nth(1)
        .map_or(0, |rest| {
            rest.chars().take_while(char::is_ascii_digit).count()
        })
        .min(6);
    let mut format = "#,##0".to_owned();
    if decimals > 0 {
        format.push('.');
        format.extend(std::iter::repeat_n('0', decimals));
    }
    if shown.text.contains('%') {
        // A share (0.979 shown as 97.9 %) or a percentage (97.9): the text tells which.
        let digits: String = shown.text.chars().filter(char::is_ascii_digit).collect();
        let read = digits.parse::<f64>().unwrap_or(0.0) / 10f64.powi(decimals as i32);
        let is_share = (number.abs() * 100.0 - read).abs() < (number.abs() - read).abs();
        format.push_str(if is_share { "%" } else { "\" %\"" });
    }
    if let Some((sign, word)) = shown.mark {
        format.push_str("\" ");
        format.push_str(sign);
        format.push(' ');
        format.push_str(word);
        format.push('"');
    }
    format
}
