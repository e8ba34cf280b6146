//! What is read first: what to know of the data, the week in a few sentences, and what is proposed for decision.

use super::super::forms::{date, length, list, short_date};
use super::super::{Line, decided, heading, say};
use super::Body;
use crate::briefing::model::{Verdict, Warning};
use crate::briefing::paper::Block;

impl Body<'_> {
    pub(super) fn notes(&self) -> Vec<Block> {
        let (b, language) = (self.briefing, self.language);
        let length = length(language, b.length);
        let said = b.warnings.iter().filter_map(|warning| match warning {
            // The first paragraph says these.
            Warning::NoData | Warning::NoPrevious | Warning::NoLastYear => None,
            Warning::NotOver => {
                let day = date(language, b.now.to.day());
                Some(say!(
                    language,
                    "Kỳ báo cáo chưa kết thúc; số liệu mới tính đến {day} và được so với cùng khoảng thời gian của kỳ trước.",
                    "The {length} is not over; figures are up to {day}, compared with as much of the one before."
                ))
            }
            Warning::OnePoint => Some(self.words(
                "Chỉ một điểm có số liệu: kết quả không đại diện cho toàn Thành phố.",
                "Only one point has data: this does not stand for the city.",
            )),
            Warning::DaysWithoutData => {
                let days = b.quality.days_without_data.iter();
                let days: Vec<String> = days.map(|day| short_date(language, *day)).collect();
                let (n, days) = (days.len(), list(language, &days));
                Some(say!(
                    language,
                    "Không nhận được số liệu lượt giao dịch của {n} ngày làm việc ({days}): các số cộng dồn thấp hơn thực tế, số bình quân chỉ là của những ngày còn lại.",
                    "No visits are known of {n} working days ({days}): totals are too low, and means are of the other days alone."
                ))
            }
            Warning::PreviousIncomplete => {
                let (n, before) = (b.quality.days_without_data_before.len(), self.before());
                Some(say!(
                    language,
                    "Số liệu {before} thiếu {n} ngày làm việc: so sánh các số cộng dồn chỉ để tham khảo.",
                    "{n} working days of {before} have no visits: totals are not to be compared."
                ))
            }
            Warning::Provisional => Some(self.words(
                "Số liệu những ngày cuối kỳ còn có thể thay đổi do thiết bị gửi muộn.",
                "Figures of the last days may change by what devices still hold back.",
            )),
        });
        let texts: Vec<String> = said.collect();
        if texts.is_empty() {
            return Vec::new();
        }
        vec![Block::Note {
            spans: Line::default().text(texts.join(" ")).0,
        }]
    }

    pub(super) fn nothing(&self) -> Block {
        let text = self.words(
            "Trong kỳ không ghi nhận lượt giao dịch, hồ sơ hay lượt đánh giá nào. Các chỉ tiêu dưới đây vì vậy chưa có số liệu; điều đó không có nghĩa là bằng không.",
            "No visit, dossier or rating was recorded in the span. The figures below are therefore not known, which is not the same as nought.",
        );
        Block::Paragraph {
            spans: Line::default().text(text).0,
        }
    }

    /// The span in one paragraph.
    pub(super) fn lead(&self) -> Block {
        let (b, language) = (self.briefing, self.language);
        let of = |code: &str| b.headline(code).and_then(|h| h.now.value);
        let told = |code: &str| of(code).map(|x| self.count(x));
        let mut parts = Vec::new();
        if let Some(visits) = told("visits") {
            parts.push(say!(
                language,
                "phục vụ {visits} lượt giao dịch trực tiếp",
                "{visits} visits were served"
            ));
        }
        if let Some(accepted) = told("accepted") {
            parts.push(say!(
                language,
                "tiếp nhận {accepted} hồ sơ",
                "{accepted} dossiers received"
            ));
        }
        if let Some(resolved) = told("resolved") {
            parts.push(say!(
                language,
                "giải quyết {resolved} hồ sơ",
                "{resolved} settled"
            ));
        }
        let active = self.count(b.network.active as f64);
        let (parts, length) = (list(language, &parts), length(language, b.length));
        let verdicts = |verdict: Verdict| {
            b.headlines
                .iter()
                .filter(move |h| h.verdict == verdict)
                .count()
        };
        let (met, missed) = (verdicts(Verdict::Met), verdicts(Verdict::Missed));
        let (unsure, unknown) = (
            verdicts(Verdict::Uncertain),
            b.headlines
                .iter()
                .filter(|h| h.verdict == Verdict::NoData && h.target.is_some())
                .count(),
        );
        let mut text = say!(
            language,
            "Trong {length}, {active} điểm có hoạt động; toàn Thành phố {parts}. So với mục tiêu: {met} chỉ tiêu đạt, {missed} chỉ tiêu chưa đạt",
            "In the {length} {active} points were at work; {parts}. Against targets {met} figures meet theirs and {missed} do not"
        );
        if unsure > 0 {
            text.push_str(&say!(
                language,
                ", {unsure} chỉ tiêu chưa đủ mẫu để kết luận",
                "; sample too small to say: {unsure}"
            ));
        }
        if unknown > 0 {
            text.push_str(&say!(
                language,
                ", {unknown} chỉ tiêu chưa có số liệu",
                "; not known: {unknown}"
            ));
        }
        text.push('.');
        if b.warnings.contains(&Warning::NoPrevious) {
            let before = self.before();
            text.push_str(&say!(
                language,
                " Chưa có số liệu {before} để so sánh.",
                " Nothing is known of {before}."
            ));
        }
        if b.warnings.contains(&Warning::NoLastYear) {
            text.push_str(&self.words(
                " Chưa có số liệu cùng kỳ năm trước.",
                " Nothing is known of the year before.",
            ));
        }
        Block::Paragraph {
            spans: Line::default().text(text).0,
        }
    }

    pub(super) fn decisions(&self) -> Vec<Block> {
        let b = self.briefing;
        let title = heading(
            "decisions",
            self.words("I. NỘI DUNG ĐỀ NGHỊ QUYẾT ĐỊNH", "I. FOR DECISION"),
        );
        if b.decisions.is_empty() {
            let text = self.words(
                "Không có nội dung vượt ngưỡng cần quyết định trong kỳ.",
                "Nothing in the span asks for a decision.",
            );
            let spans = Line::default().text(text).0;
            return vec![title, Block::Paragraph { spans }];
        }
        let items = b.decisions.iter();
        let items = items.map(|decision| decided::sentence(b, decision, self.language).0);
        vec![
            title,
            Block::List {
                ordered: true,
                items: items.collect(),
            },
        ]
    }
}
