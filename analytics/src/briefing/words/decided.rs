//! What is proposed, in sentences: what to do, and the figures that ask for it.

use super::Line;
use super::forms::{count, minutes, name, percent, target};
use super::names::{SheetName, pick};
use super::say;
use crate::briefing::model::{Briefing, Decision, Rule};
use crate::briefing::paper::Language;

/// A proposal as a sentence with the way to its evidence.
pub(super) fn sentence(briefing: &Briefing, decision: &Decision, language: Language) -> Line {
    let who = decision
        .about
        .as_ref()
        .map(|about| name(language, about))
        .unwrap_or_default();
    let (act, why) = words(briefing, decision, language, &who);
    let evidence = pick(language, "căn cứ", "evidence");
    Line::default()
        .strong(act)
        .text(format!(" {why} ("))
        .link(evidence, sheet(decision.rule).link(language))
        .text(").")
}

/// The sheet in which a rule's evidence stands.
const fn sheet(rule: Rule) -> SheetName {
    match rule {
        Rule::OverdueAgency => SheetName::Overdue,
        Rule::LongWait => SheetName::Split("mean_wait_s", "site"),
        Rule::Unsatisfied => SheetName::Unsatisfied,
        Rule::LateAnswers | Rule::LateAcknowledgement | Rule::SentBackTwice => SheetName::Headlines,
        Rule::LateTasks => SheetName::Tasks,
        Rule::Uncovered => SheetName::Coverage,
        Rule::NoData => SheetName::Quality,
    }
}

fn words(
    briefing: &Briefing,
    decision: &Decision,
    language: Language,
    who: &str,
) -> (String, String) {
    let goal = |code: &str| {
        let headline = briefing.headline(code);
        let goal = headline.and_then(|h| Some((h.unit, h.target.as_ref()?.value)));
        goal.map_or_else(String::new, |(unit, value)| target(language, unit, value))
    };
    let (value, of) = (decision.value, decision.of.unwrap_or(0.0));
    let beside = decision.beside.unwrap_or(0.0);
    let n = count(language, value);
    let all = count(language, of);
    let more = count(language, beside);
    match decision.rule {
        Rule::OverdueAgency => {
            let share = percent(language, if of > 0.0 { value / of } else { 0.0 });
            let was = decision.beside.map_or_else(String::new, |_| {
                say!(
                    language,
                    "; kỳ trước {more} hồ sơ",
                    "; {more} the time before"
                )
            });
            (
                say!(
                    language,
                    "Giao {who} giải quyết dứt điểm {n} hồ sơ đang quá hạn, báo cáo lý do và thời hạn hoàn thành:",
                    "Have {who} settle its {n} overdue dossiers, and report why and by when:"
                ),
                say!(
                    language,
                    "chiếm {share} trong {all} hồ sơ quá hạn toàn Thành phố{was}",
                    "{share} of the city's {all}{was}"
                ),
            )
        }
        Rule::LongWait => {
            let (wait, limit) = (minutes(language, value), goal("mean_wait_s"));
            (
                say!(
                    language,
                    "Xem xét điều tiết nhân lực, quầy tiếp nhận tại {who}:",
                    "Consider moving staff or counters to {who}:"
                ),
                say!(
                    language,
                    "chờ bình quân {wait}/lượt ({all} lượt), mục tiêu tối đa {limit}; toàn Thành phố có {more} điểm vượt mục tiêu",
                    "a mean wait of {wait} ({all} visits) against a target of {limit}; points over it: {more}"
                ),
            )
        }
        Rule::Unsatisfied => {
            let (share, limit) = (percent(language, value), goal("satisfied_share"));
            (
                say!(
                    language,
                    "Kiểm tra chất lượng phục vụ tại {who}:",
                    "Inspect the service at {who}:"
                ),
                say!(
                    language,
                    "{share} hài lòng trên {all} lượt đánh giá, mục tiêu {limit}; có {more} điểm thấp hơn mục tiêu ngoài giới hạn ngẫu nhiên",
                    "{share} satisfied of {all} ratings against a target of {limit}; points under it beyond chance: {more}"
                ),
            )
        }
        Rule::LateAnswers => (
            say!(
                language,
                "Đôn đốc trả lời {n} phản ánh, kiến nghị đã quá hạn:",
                "Urge the answers to {n} complaints past their due date:"
            ),
            say!(
                language,
                "trong kỳ tiếp nhận {more}",
                "{more} were received in the span"
            ),
        ),
        Rule::LateAcknowledgement => (
            say!(
                language,
                "Chấn chỉnh việc trả lời hồ sơ trực tuyến:",
                "Correct the answering of online dossiers:"
            ),
            say!(
                language,
                "{n}/{all} hồ sơ trả lời muộn hơn 08 giờ làm việc hoặc chưa được trả lời ({more} hồ sơ)",
                "{n} of {all} were answered after 8 working hours, or are not answered yet ({more})"
            ),
        ),
        Rule::SentBackTwice => (
            say!(
                language,
                "Yêu cầu các cơ quan chấm dứt việc yêu cầu bổ sung hồ sơ quá 01 lần:",
                "Have agencies cease to send dossiers back more than once:"
            ),
            say!(language, "{n} hồ sơ trong kỳ", "{n} dossiers in the span"),
        ),
        Rule::LateTasks => (
            say!(
                language,
                "Chỉ đạo hoàn thành {n} nhiệm vụ đã quá thời hạn:",
                "Have {n} tasks past their deadline completed:"
            ),
            say!(
                language,
                "trong tổng số {all} nhiệm vụ theo kế hoạch",
                "of {all} tasks of the plans"
            ),
        ),
        Rule::Uncovered => (
            say!(
                language,
                "Xem xét bố trí điểm cộng đồng hoặc lịch phục vụ lưu động tại {who}:",
                "Consider a community point or mobile sessions in {who}:"
            ),
            say!(
                language,
                "{n}/{all} người dân chưa có điểm phục vụ trong 30 phút hoặc 5 km; toàn Thành phố {more} người",
                "{n} of {all} people have no point within 30 minutes or 5 km; {more} in the city"
            ),
        ),
        Rule::NoData => (
            say!(
                language,
                "Kiểm tra kết nối dữ liệu của {n} điểm:",
                "Check how {n} points send their data:"
            ),
            say!(
                language,
                "không nhận được số liệu nào trong kỳ, trên {all} điểm trong danh mục",
                "nothing came from them in the span, of {all} in the register"
            ),
        ),
    }
}
