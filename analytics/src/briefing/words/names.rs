//! What figures and rows are called.

use crate::briefing::paper::Language;

/// A figure's name, as at the head of a row.
pub(super) fn figure(language: Language, code: &str) -> &'static str {
    let (vi, en) = match code {
        "visits" => (
            "Lượt giao dịch trực tiếp (lấy số)",
            "Visits (numbers issued)",
        ),
        "mean_wait_s" => ("Thời gian chờ bình quân/lượt", "Mean wait of a visit"),
        "over_15min_share" => (
            "Tỷ lệ lượt chờ trên 15 phút",
            "Share of waits over 15 minutes",
        ),
        "mean_transaction_per_dossier_s" => (
            "Thời gian giao dịch bình quân/hồ sơ",
            "Mean transaction time of a dossier",
        ),
        "accepted" => ("Hồ sơ tiếp nhận", "Dossiers received"),
        "resolved" => ("Hồ sơ đã giải quyết", "Dossiers settled"),
        "on_time_share" => (
            "Tỷ lệ giải quyết trước hạn, đúng hạn",
            "Share settled early or on time",
        ),
        "in_progress_overdue" => ("Hồ sơ đang xử lý quá hạn", "Dossiers open past due"),
        "digitised_share" => (
            "Tỷ lệ số hóa trước khi giải quyết",
            "Share digitised before settlement",
        ),
        "supplement_twice" => (
            "Hồ sơ bị yêu cầu bổ sung từ 02 lần",
            "Dossiers sent back twice or more",
        ),
        "acknowledged_share" => (
            "Tỷ lệ hồ sơ trực tuyến được trả lời trong 08 giờ làm việc",
            "Share of online dossiers answered in 8 working hours",
        ),
        "satisfied_share" => ("Tỷ lệ hài lòng", "Share of satisfied people"),
        "answered_on_time_share" => (
            "Tỷ lệ phản ánh, kiến nghị trả lời đúng hạn",
            "Share of complaints answered on time",
        ),
        "covered_share" => (
            "Tỷ lệ dân số có điểm phục vụ trong 30 phút hoặc 5 km",
            "Share of people with a point within 30 minutes or 5 km",
        ),
        _ => ("Chỉ tiêu khác", "Another figure"),
    };
    pick(language, vi, en)
}

/// How a figure is defined.
pub(super) fn definition(language: Language, code: &str) -> &'static str {
    let (vi, en) = match code {
        "visits" => (
            "Số thứ tự đã cấp trong kỳ.",
            "Queue numbers issued in the span.",
        ),
        "mean_wait_s" => (
            "Từ khi cấp số đến khi cán bộ bắt đầu làm việc, bình quân các lượt đã bắt đầu.",
            "From the issue of a number to the begin of work, mean of the visits that were begun.",
        ),
        "over_15min_share" => (
            "Lượt chờ trên 900 giây trên tổng số lượt đã bắt đầu.",
            "Waits over 900 seconds, of the visits that were begun.",
        ),
        "mean_transaction_per_dossier_s" => (
            "Thời gian giao dịch chia cho số hồ sơ của lượt, bình quân các lượt có khai số hồ sơ.",
            "A transaction's time by its dossiers, mean of those that say how many they handled.",
        ),
        "accepted" => (
            "Hồ sơ được tiếp nhận hợp lệ trong kỳ.",
            "Dossiers validly received in the span.",
        ),
        "resolved" => (
            "Hồ sơ có kết quả trong kỳ.",
            "Dossiers settled in the span.",
        ),
        "on_time_share" => (
            "Hồ sơ giải quyết trong kỳ không muộn hơn thời điểm hẹn trả, trên tổng số đã giải quyết.",
            "Of the dossiers settled in the span, those not after their due instant.",
        ),
        "in_progress_overdue" => (
            "Hồ sơ đã tiếp nhận, chưa giải quyết và đã quá hẹn trả tại thời điểm cuối kỳ.",
            "Dossiers received, not settled and past due at the end of the span.",
        ),
        "digitised_share" => (
            "Hồ sơ được số hóa trước hoặc cùng lúc có kết quả, trên tổng số đã giải quyết.",
            "Of the dossiers settled in the span, those digitised by then.",
        ),
        "supplement_twice" => (
            "Hồ sơ có yêu cầu bổ sung lần thứ hai trong kỳ.",
            "Dossiers whose second request for a supplement falls in the span.",
        ),
        "acknowledged_share" => (
            "Hồ sơ trực tuyến được trả lời trong kỳ và trong 08 giờ làm việc, trên tổng số được trả lời hoặc đã hết 08 giờ mà chưa trả lời ở cuối kỳ.",
            "Of the online dossiers answered in the span, or unanswered at its end with the 8 working hours over, those answered within them.",
        ),
        "satisfied_share" => (
            "Lượt đánh giá 4 hoặc 5 điểm trên tổng số lượt; khoảng tin cậy Wilson 95%.",
            "Ratings of 4 or 5 of all; the interval is Wilson's of 95 %.",
        ),
        "answered_on_time_share" => (
            "Phản ánh, kiến nghị được trả lời trong kỳ và đúng hạn, trên tổng số được trả lời hoặc còn mở và quá hạn ở cuối kỳ.",
            "Of the complaints answered in the span, or open past their due date at its end, those answered by it.",
        ),
        "covered_share" => (
            "Dân số đến được một điểm dưới 30 phút bằng xe máy hoặc trong 5 km, theo danh mục điểm.",
            "People who reach a point of the register in under 30 minutes by motorbike or within 5 km.",
        ),
        _ => ("", ""),
    };
    pick(language, vi, en)
}

/// What a change is split by.
pub(super) fn group(language: Language, by: &str) -> &'static str {
    let (vi, en) = match by {
        "site" => ("điểm", "points"),
        "agency" => ("cơ quan", "agencies"),
        "field" => ("lĩnh vực", "fields"),
        _ => ("khung giờ", "hours"),
    };
    pick(language, vi, en)
}

/// One of two texts.
pub(super) const fn pick<'a>(language: Language, vi: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Vi => vi,
        Language::En => en,
    }
}

/// The sheets of a briefing: a name that a table or a sentence links to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SheetName {
    Headlines,
    Split(&'static str, &'static str),
    Overdue,
    Index,
    Hours,
    Coverage,
    Unsatisfied,
    Tasks,
    Quality,
    Decisions,
}

impl SheetName {
    /// Its name in a language: at most 31 characters.
    pub(super) fn text(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Self::Headlines => ("Chỉ tiêu", "Headlines"),
            Self::Split("mean_wait_s", "hour") => ("Chờ theo khung giờ", "Wait by hour"),
            Self::Split("mean_wait_s", _) => ("Chờ theo điểm", "Wait by point"),
            Self::Split("on_time_share", "agency") => {
                ("Đúng hạn theo cơ quan", "On time by agency")
            }
            Self::Split("on_time_share", "field") => ("Đúng hạn theo lĩnh vực", "On time by field"),
            Self::Split("on_time_share", _) => ("Đúng hạn theo điểm", "On time by point"),
            Self::Split(..) => ("Hài lòng theo điểm", "Satisfied by point"),
            Self::Overdue => ("Quá hạn theo cơ quan", "Overdue by agency"),
            Self::Index => ("Chỉ số 766", "Index 766"),
            Self::Hours => ("Thời gian chờ trong ngày", "Waits of the day"),
            Self::Coverage => ("Bao phủ theo đơn vị", "Coverage by unit"),
            Self::Unsatisfied => ("Điểm dưới mục tiêu hài lòng", "Points under the target"),
            Self::Tasks => ("Nhiệm vụ và tập huấn", "Tasks and training"),
            Self::Quality => ("Chất lượng số liệu", "Data quality"),
            Self::Decisions => ("Căn cứ đề xuất", "Grounds of proposals"),
        };
        pick(language, vi, en)
    }

    /// A link to it.
    pub(super) fn link(self, language: Language) -> String {
        format!("sheet:{}", self.text(language))
    }
}
