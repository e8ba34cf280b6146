//! What people write at the desk: seats and texts, in which no person may be named by a number.
//!
//! There is no field for a person anywhere, and a free text is not to become one: a telephone number, an identity
//! card's or a citizen's number is refused. A dossier's code, dates and times of day are numbers that name nobody.

use ingest::event::DossierId;
use ingest::event::time::Day;

use super::entering::line;
use super::problem::Problem;

/// The longest explanation, characters.
const MAX_SAID: usize = 500;
/// Digits in a row that a text may have: the shortest number that is somebody's, of an old identity card, has nine.
const MAX_DIGITS: usize = 8;

/// A seat of the desk: an id, which is not a person's name.
pub(super) fn seat(name: &str, text: &str) -> Result<String, Problem> {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"._:/-".contains(&b);
    if !(1..=64).contains(&text.len()) || !text.bytes().all(is_letter) {
        let detail =
            format!("`{name}` must be a seat's id, such as ca-1: letters, digits and ._:/-");
        return Err(Problem::refused("bad_seat", detail));
    }
    unless_a_person(name, text)?;
    Ok(text.to_owned())
}

/// A text that people write: of lines that may be kept, and without numbers that may be somebody's.
pub(super) fn said(name: &str, text: &str) -> Result<String, Problem> {
    if text.chars().count() > MAX_SAID {
        let detail = format!("`{name}` may have up to {MAX_SAID} characters");
        return Err(Problem::refused("not_a_line", detail));
    }
    let mut kept = Vec::new();
    for one in text
        .split('\n')
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        let pieces: Vec<char> = one.chars().collect();
        for piece in pieces.chunks(ingest::event::value::MAX_TEXT_CHARS) {
            let piece: String = piece.iter().collect();
            if !piece.trim().is_empty() {
                kept.push(line(name, &piece)?);
            }
        }
    }
    let whole = kept.join(" ");
    if whole.is_empty() {
        line(name, "")?;
    }
    unless_a_person(name, &whole)?;
    Ok(whole)
}

fn unless_a_person(name: &str, text: &str) -> Result<(), Problem> {
    if !has_long_number(text) {
        return Ok(());
    }
    let detail = format!(
        "`{name}` has a long number, which may be somebody's: name persons by nothing but a dossier's code"
    );
    Err(Problem::refused("names_a_person", detail))
}

/// True where digits follow each other, with nothing but what numbers are grouped with between them, to more than
/// [`MAX_DIGITS`]. Codes of dossiers, dates and times end a run.
fn has_long_number(text: &str) -> bool {
    let mut digits = 0;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if is_code(bare) || is_date(bare) || is_time(bare) {
            digits = 0;
            continue;
        }
        for c in word.chars() {
            if c.is_numeric() {
                digits += 1;
            } else if c.is_alphabetic() || ",;:".contains(c) {
                digits = 0;
            }
            if digits > MAX_DIGITS {
                return true;
            }
        }
    }
    false
}

fn is_code(word: &str) -> bool {
    DossierId::new(word).is_some_and(|id| id.code_valid())
}

/// `2026-11-23`, `23/11/2026`, `23-11-2026` or `23.11.2026`.
fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
    let [a, b, c] = parts[..] else { return false };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    Day::parse_iso(&format!("{year}-{month:0>2}-{day:0>2}")).is_some()
}

/// `08:30` or `8:30:15`.
fn is_time(word: &str) -> bool {
    let parts: Vec<&str> = word.split(':').collect();
    let is_part = |p: &&str| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    (2..=3).contains(&parts.len()) && parts.iter().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_refused_however_they_are_grouped() {
        for text in [
            "gọi 0912345678",
            "gọi 0912 345 678 nhé",
            "gọi 0912.345.678",
            "gọi (+84) 912-345-678",
            "CCCD 001099012345",
            "CCCD 001 099 012 345",
            "CMND 012345678",
            "hồ sơ 000.00.25.H26-261123-0001, gọi 0912345678",
            "H26 0912345678",
            "２ ３ ４ ５ ６ ７ ８ ９ １",
            "23/11/2026 0912345678",
        ] {
            assert!(has_long_number(text), "{text}");
        }
    }

    #[test]
    fn codes_dates_times_and_counts_are_taken() {
        for text in [
            "hồ sơ 000.00.25.H26-261123-0001",
            "hai hồ sơ 000.00.25.H26-261123-0001 và 000.00.25.H26-261123-0002.",
            "hẹn 23/11/2026 08:30, chậm nhất 2026-11-24 10:15:00",
            "8:30 9:15 10:45 11:20",
            "12 quầy, 30 người, 45 phút, 1022",
            "tổng đài 19001009",
        ] {
            assert!(!has_long_number(text), "{text}");
        }
    }

    #[test]
    fn a_seat_is_a_code_and_no_telephone_number() {
        assert!(seat("by", "ca-1").is_ok());
        for wrong in ["", "ca 1", "Nguyễn", "0912345678", "ca/0912-345-678"] {
            assert!(seat("by", wrong).is_err(), "{wrong}");
        }
    }
}
