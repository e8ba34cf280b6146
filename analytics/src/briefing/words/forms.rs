//! How numbers, dates and names are written in either language.
//!
//! Vietnamese: a comma before decimals and a point between thousands; `ngày 05 tháng 02 năm 2026`, with a nought before days
//! under ten and the months January and February (Decree 30/2020, annex I). English: the other way round, `5 February 2026`.

use ingest::event::time::Day;

use crate::briefing::model::{Named, Unit};
use crate::briefing::paper::Language;
use crate::briefing::span::{Length, Span};

/// What a number is that is not known.
pub(super) const NOTHING: &str = "–";

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A number with so many decimals.
pub fn number(language: Language, x: f64, decimals: usize) -> String {
    let (thousands, decimal) = match language {
        Language::Vi => ('.', ','),
        Language::En => (',', '.'),
    };
    let text = format!("{:.decimals$}", x.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    // What is shown as nought has no sign.
    if x < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(thousands);
        }
        out.push(digit);
    }
    if !rest.is_empty() {
        out.push(decimal);
        out.push_str(rest);
    }
    out
}

/// A count.
pub fn count(language: Language, x: f64) -> String {
    number(language, x, 0)
}

/// A share as per cent.
pub fn percent(language: Language, share: f64) -> String {
    format!("{}%", number(language, share * 100.0, 1))
}

/// Seconds as minutes.
pub(super) fn minutes(language: Language, seconds: f64) -> String {
    let minutes = number(language, seconds / 60.0, 1);
    match language {
        Language::Vi => format!("{minutes} phút"),
        Language::En if minutes == "1.0" => format!("{minutes} minute"),
        Language::En => format!("{minutes} minutes"),
    }
}

/// A figure in its unit.
pub(super) fn value(language: Language, unit: Unit, x: f64) -> String {
    match unit {
        Unit::Count => count(language, x),
        Unit::Seconds => minutes(language, x),
        Unit::Share => percent(language, x),
        Unit::Points => points(language, x),
    }
}

/// Points of the index.
pub(super) fn points(language: Language, x: f64) -> String {
    let points = number(language, x, 2);
    match language {
        Language::Vi => format!("{points} điểm"),
        Language::En => format!("{points} points"),
    }
}

/// The size of a difference, without its sign.
pub(super) fn difference(language: Language, unit: Unit, x: f64) -> String {
    let x = x.abs();
    match (unit, language) {
        (Unit::Share, Language::Vi) => {
            format!("{} điểm phần trăm", number(language, x * 100.0, 1))
        }
        (Unit::Share, Language::En) => {
            format!("{} percentage points", number(language, x * 100.0, 1))
        }
        _ => value(language, unit, x),
    }
}

/// A difference with its sign, short, as in a list of contributions.
pub(super) fn signed(language: Language, unit: Unit, x: f64) -> String {
    let sign = if x < 0.0 { '−' } else { '+' };
    format!("{sign}{}", difference(language, unit, x))
}

/// A date in words.
pub(super) fn date(language: Language, day: Day) -> String {
    let date = day.date();
    let (d, m, y) = (date.day(), date.month(), date.year());
    match language {
        Language::Vi if m < 3 => format!("ngày {d:02} tháng {m:02} năm {y}"),
        Language::Vi => format!("ngày {d:02} tháng {m} năm {y}"),
        Language::En => {
            let month = MONTHS.get(m as usize - 1).copied().unwrap_or_default();
            format!("{d} {month} {y}")
        }
    }
}

/// A date in figures.
pub fn short_date(language: Language, day: Day) -> String {
    let date = day.date();
    match language {
        Language::Vi => format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()),
        Language::En => self::date(language, day),
    }
}

/// A time of day, such as `8 giờ 30`.
pub(super) fn clock(language: Language, t: ingest::event::EventTime) -> String {
    let minutes = t.local_time_of_day_us() / 60_000_000;
    let (hour, minute) = (minutes / 60, minutes % 60);
    match language {
        Language::Vi if minute == 0 => format!("{hour} giờ"),
        Language::Vi => format!("{hour} giờ {minute:02}"),
        Language::En => format!("{hour:02}:{minute:02}"),
    }
}

/// An hour of the day, from its begin to its end.
pub(super) fn hour(language: Language, hour: u8) -> String {
    let next = hour + 1;
    match language {
        Language::Vi => format!("{hour}–{next} giờ"),
        Language::En => format!("{hour:02}–{next:02} h"),
    }
}

/// A span's name.
pub(super) fn span(language: Language, span: Span) -> String {
    let (number, year) = (span.number(), span.year());
    match (language, span.length()) {
        (Language::Vi, Length::Week) => format!("tuần {number} năm {year}"),
        (Language::Vi, Length::Month) if number < 3 => format!("tháng {number:02} năm {year}"),
        (Language::Vi, Length::Month) => format!("tháng {number} năm {year}"),
        (Language::Vi, Length::Quarter) => {
            let number = ["I", "II", "III", "IV"].get(number as usize - 1);
            format!("quý {} năm {year}", number.unwrap_or(&""))
        }
        (Language::En, Length::Week) => format!("week {number} of {year}"),
        (Language::En, Length::Month) => {
            let month = MONTHS.get(number as usize - 1).copied().unwrap_or_default();
            format!("{month} {year}")
        }
        (Language::En, Length::Quarter) => format!("quarter {number} of {year}"),
    }
}

/// What a length is called.
pub(super) const fn length(language: Language, length: Length) -> &'static str {
    match (language, length) {
        (Language::Vi, Length::Week) => "tuần",
        (Language::Vi, Length::Month) => "tháng",
        (Language::Vi, Length::Quarter) => "quý",
        (Language::En, Length::Week) => "week",
        (Language::En, Length::Month) => "month",
        (Language::En, Length::Quarter) => "quarter",
    }
}

/// Somebody's name, or the code where no name is known.
pub(super) fn name(language: Language, named: &Named) -> String {
    name_or_code(language, named.name.as_deref(), &named.key)
}

/// A name, or the code where none is known.
pub(super) fn name_or_code(language: Language, name: Option<&str>, key: &str) -> String {
    match (name, language) {
        (Some(name), _) => name.to_owned(),
        (None, Language::Vi) => format!("đơn vị mã {key}"),
        (None, Language::En) => format!("the unit coded {key}"),
    }
}

/// A figure in its unit without needless decimals, as targets are written.
pub(super) fn target(language: Language, unit: Unit, x: f64) -> String {
    let (scaled, sign) = match (unit, language) {
        (Unit::Seconds, Language::Vi) => (x / 60.0, " phút"),
        (Unit::Seconds, Language::En) => (x / 60.0, " minutes"),
        (Unit::Share, _) => (x * 100.0, "%"),
        _ => return value(language, unit, x),
    };
    let is_whole = (scaled - scaled.round()).abs() < 1e-9;
    format!("{}{sign}", number(language, scaled, usize::from(!is_whole)))
}

/// Words joined as in a sentence: `A, B và C`.
pub(super) fn list(language: Language, words: &[String]) -> String {
    let and = match language {
        Language::Vi => " và ",
        Language::En => " and ",
    };
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(", ")),
    }
}

/// A text with its first letter in capitals.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_as_each_language_writes_them() {
        let (vi, en) = (Language::Vi, Language::En);
        assert_eq!(number(vi, 1_234_567.891, 1), "1.234.567,9");
        assert_eq!(number(en, 1_234_567.891, 1), "1,234,567.9");
        assert_eq!(number(vi, -999.0, 0), "−999");
        assert_eq!(number(vi, -0.04, 1), "0,0");
        assert_eq!(percent(vi, 0.934_5), "93,5%");
        assert_eq!(minutes(vi, 738.0), "12,3 phút");
        assert_eq!(minutes(en, 60.0), "1.0 minute");
        assert_eq!(signed(vi, Unit::Share, -0.012), "−1,2 điểm phần trăm");
    }

    #[test]
    fn dates_stand_as_the_decree_writes_them() {
        let day = |text: &str| Day::parse_iso(text).unwrap();
        let vi = Language::Vi;
        assert_eq!(date(vi, day("2026-11-23")), "ngày 23 tháng 11 năm 2026");
        assert_eq!(date(vi, day("2026-02-05")), "ngày 05 tháng 02 năm 2026");
        assert_eq!(date(vi, day("2026-03-05")), "ngày 05 tháng 3 năm 2026");
        assert_eq!(date(Language::En, day("2026-02-05")), "5 February 2026");
        let at = |text: &str| {
            ingest::event::EventTime::parse_rfc3339(&format!("2026-11-23T{text}:00+07:00")).unwrap()
        };
        assert_eq!(clock(vi, at("08:30")), "8 giờ 30");
        assert_eq!(clock(vi, at("17:00")), "17 giờ");
        let span_of = |text: &str| span(vi, Span::parse(text).unwrap());
        assert_eq!(span_of("2026-W47"), "tuần 47 năm 2026");
        assert_eq!(span_of("2026-Q4"), "quý IV năm 2026");
        assert_eq!(span_of("2026-02"), "tháng 02 năm 2026");
    }

    #[test]
    fn words_are_joined_as_in_a_sentence() {
        let words = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(list(Language::Vi, &words(&["A", "B", "C"])), "A, B và C");
        assert_eq!(list(Language::En, &words(&["A"])), "A");
        assert_eq!(list(Language::En, &[]), "");
        assert_eq!(capital("đúng hạn"), "Đúng hạn");
    }
}
