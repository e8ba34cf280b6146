//! A briefing in words: the paper that leadership reads in three minutes, in Vietnamese or English.
//!
//! [`paper`] lays it out as Decree 30/2020 asks: national title, number left for the clerk, place and date, kind and subject,
//! recipients and signer. First what is to be decided ([`decided`]), then figures against targets, then where changes lie, then
//! the other fields of work in a sentence or two each ([`body`]); the rows behind them are sheets ([`sheets`]), each with its
//! definition and the question that gives it. [`forms`] writes numbers and dates, [`names`] says what figures are called,
//! [`reader`] whom a paper is for.

mod body;
mod decided;
pub mod forms;
mod names;
pub mod reader;
mod sheets;

#[cfg(test)]
mod tests;

use ingest::event::time::Day;

use super::model::Briefing;
use super::paper::{Block, Closing, Language, Letterhead, Paper, Span as Words};
use super::span::Span;
use forms::{capital, clock, date, span};
use names::pick;
use reader::Reader;

/// Says a thing in the language of the paper. Both texts may name locals.
macro_rules! say {
    ($language:expr, $vi:literal, $en:literal) => {
        match $language {
            $crate::briefing::paper::Language::Vi => format!($vi),
            $crate::briefing::paper::Language::En => format!($en),
        }
    };
}
use say;

/// The paper of a briefing for a reader.
pub fn paper(briefing: &Briefing, language: Language, reader: Reader) -> Paper {
    let told = Span::parse(&briefing.span)
        .map_or_else(|| briefing.span.clone(), |told| span(language, told));
    let (first, last) = (
        date(language, briefing.first),
        date(language, briefing.last),
    );
    Paper {
        language,
        letterhead: letterhead(briefing, language),
        title: pick(language, "BÁO CÁO", "REPORT").to_owned(),
        subject: say!(
            language,
            "Kết quả giám sát chất lượng phục vụ hành chính công {told} (từ {first} đến {last})",
            "The quality of public administrative service in {told} ({first} to {last})"
        ),
        simulated: briefing.simulated.then(|| {
            pick(
                language,
                "DỮ LIỆU MÔ PHỎNG – không phải số liệu thực tế của Thành phố",
                "SIMULATED DATA – not true figures of the city",
            )
            .to_owned()
        }),
        blocks: body::blocks(briefing, language, reader),
        closing: closing(language, reader),
        sheets: sheets::sheets(briefing, language),
        fine_print: fine_print(briefing, language),
    }
}

/// The day that a paper bears: the first after its span, or the last of which it tells where that is not over.
fn paper_day(briefing: &Briefing) -> Day {
    if briefing.is_over {
        Day(briefing.last.0 + 1)
    } else {
        briefing.now.to.day()
    }
}

fn letterhead(briefing: &Briefing, language: Language) -> Letterhead {
    let day = date(language, paper_day(briefing));
    let text = |vi: &str, en: &str| pick(language, vi, en).to_owned();
    Letterhead {
        parent: text(
            "ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ NỘI",
            "PEOPLE'S COMMITTEE OF HÀ NỘI",
        ),
        agency: text(
            "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
            "PUBLIC ADMINISTRATION SERVICE CENTER",
        ),
        nation: text(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "SOCIALIST REPUBLIC OF VIET NAM",
        ),
        motto: text(
            "Độc lập - Tự do - Hạnh phúc",
            "Independence - Freedom - Happiness",
        ),
        number: text("Số:        /BC-TTPVHCC", "No.        /BC-TTPVHCC"),
        place_and_date: say!(language, "Hà Nội, {day}", "Hà Nội, {day}"),
    }
}

fn closing(language: Language, reader: Reader) -> Closing {
    let line = |line: &(&str, &str)| pick(language, line.0, line.1).to_owned();
    Closing {
        recipients: reader.recipients().iter().map(line).collect(),
        signer: vec![pick(language, "GIÁM ĐỐC", "DIRECTOR").to_owned()],
    }
}

fn fine_print(briefing: &Briefing, language: Language) -> Vec<String> {
    let to = briefing.now.to;
    let mut lines = if briefing.is_over {
        let day = date(language, briefing.last);
        vec![say!(
            language,
            "Số liệu tính đến hết {day}; sự kiện gửi muộn có thể làm thay đổi số liệu khi lập lại báo cáo.",
            "Figures are complete to the end of {day}; events that come late change them when the report is made again."
        )]
    } else {
        let (at, day) = (clock(language, to), date(language, to.day()));
        vec![say!(
            language,
            "Kỳ báo cáo chưa kết thúc: số liệu tính đến {at} {day}, so với cùng khoảng thời gian của các kỳ trước.",
            "The span is not over: figures are up to {at} on {day}, compared with as much of the other spans."
        )]
    };
    lines.push(
        pick(
            language,
            "Nguồn: dữ liệu giám sát của Trung tâm (hệ thống Vọng Lâu). Định nghĩa và câu lệnh cho từng số liệu ở các bảng kèm theo; mục tiêu theo Đề án thí điểm thành lập Trung tâm.",
            "Source: the Center's supervision data (Vọng Lâu). Each figure's definition and question stand in the sheets; targets are those of the scheme that founded the Center.",
        )
        .to_owned(),
    );
    lines
}

/// A line of words in the making.
#[derive(Debug, Clone, Default)]
struct Line(Vec<Words>);

impl Line {
    fn text(mut self, text: impl Into<String>) -> Self {
        self.push(text.into(), false, None);
        self
    }

    fn strong(mut self, text: impl Into<String>) -> Self {
        self.push(text.into(), true, None);
        self
    }

    fn link(mut self, text: impl Into<String>, to: String) -> Self {
        self.push(text.into(), false, Some(to));
        self
    }

    fn push(&mut self, text: String, strong: bool, link: Option<String>) {
        if !text.is_empty() {
            self.0.push(Words { text, strong, link });
        }
    }
}

fn heading(anchor: &str, text: String) -> Block {
    Block::Heading {
        level: 1,
        anchor: anchor.to_owned(),
        text,
    }
}

fn sentence(text: &str) -> String {
    capital(text)
}
