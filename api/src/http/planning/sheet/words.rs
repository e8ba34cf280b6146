//! The words of a scenario's sheet in either language.

use analytics::briefing::paper::Language;
use analytics::coverage::{Mode, Rule, RuleKind};
use analytics::scenario::change::WarningCode;
use geodata::PointKind;
use serde_json::{Value, json};

/// One of two.
pub const fn pick<'a>(language: Language, vi: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Vi => vi,
        Language::En => en,
    }
}

/// The headings and the legend.
pub fn fixed(language: Language) -> Value {
    let of = |vi, en| pick(language, vi, en);
    json!({
        "rule": of("Quy tắc", "The rule"),
        "figures": of("Trước và sau", "Before and after"),
        "figure": of("Toàn thành phố", "The whole city"),
        "before": of("trước", "before"),
        "after": of("sau", "after"),
        "changes": of("Thay đổi", "What changes"),
        "units": of("Xã, phường thay đổi nhiều nhất", "Communes that it changes most"),
        "unit": of("xã, phường", "commune"),
        "people": of("số người", "people"),
        "covered": of("đủ gần", "near enough"),
        "uncovered": of("chưa đủ gần", "not near enough"),
        "gained": of("được thêm", "gained"),
        "lost": of("mất đi (viền nét đứt)", "lost (dashed edge)"),
    })
}

/// A mode of travel.
pub const fn mode(language: Language, mode: Mode) -> &'static str {
    match mode {
        Mode::Motorbike => pick(language, "xe máy", "motorbike"),
        Mode::Walk => pick(language, "đi bộ", "walking"),
        Mode::Car => pick(language, "ô tô", "car"),
    }
}

/// A kind of point.
pub const fn kind(language: Language, kind: PointKind) -> &'static str {
    match kind {
        PointKind::Branch => pick(language, "chi nhánh", "branch"),
        PointKind::Point => pick(language, "điểm phục vụ xã, phường", "commune point"),
        PointKind::Community => pick(language, "điểm cộng đồng", "community point"),
        PointKind::Mobile => pick(language, "phiên lưu động", "mobile session"),
        PointKind::Kiosk => pick(language, "ki-ốt", "kiosk"),
    }
}

/// The rule as a sentence; `minutes` and `km` as they are written.
pub fn rule(
    language: Language,
    rule: &Rule,
    minutes: &str,
    km: &str,
    by: &str,
    kinds: &str,
) -> String {
    match language {
        Language::Vi => {
            let near = match rule.kind {
                RuleKind::Any => {
                    format!("dưới {minutes} phút bằng {by} hoặc trong vòng {km} km đường chim bay")
                }
                RuleKind::All => {
                    format!("dưới {minutes} phút bằng {by} và trong vòng {km} km đường chim bay")
                }
                RuleKind::Time => format!("dưới {minutes} phút bằng {by}"),
                RuleKind::Distance => format!("trong vòng {km} km đường chim bay"),
            };
            format!("Đủ gần khi {near} tới một điểm đang mở: {kinds}.")
        }
        Language::En => {
            let near = match rule.kind {
                RuleKind::Any => {
                    format!("under {minutes} minutes by {by} or at most {km} km in a straight line")
                }
                RuleKind::All => format!(
                    "under {minutes} minutes by {by} and at most {km} km in a straight line"
                ),
                RuleKind::Time => format!("under {minutes} minutes by {by}"),
                RuleKind::Distance => format!("at most {km} km in a straight line"),
            };
            format!("Near enough is {near} from an open point: {kinds}.")
        }
    }
}

/// What is to be known of a change, with the point's id.
pub fn warning(language: Language, code: WarningCode, id: &str) -> String {
    let words = match code {
        WarningCode::UnknownPoint => pick(
            language,
            "không có điểm này, thay đổi bị bỏ qua",
            "there is no such point; the change is left out",
        ),
        WarningCode::Duplicate => pick(
            language,
            "trùng mã hoặc cách một điểm khác dưới 50 m",
            "its id is another point's, or it stands within 50 m of one",
        ),
        WarningCode::Outside => pick(
            language,
            "nằm ngoài ranh giới thành phố",
            "it lies outside the city's outline",
        ),
        WarningCode::Swapped => pick(
            language,
            "kinh độ và vĩ độ có vẻ bị đảo, thay đổi bị bỏ qua",
            "longitude and latitude look exchanged; the change is left out",
        ),
        WarningCode::FarFromRoad => pick(
            language,
            "cách đường đã biết hơn 1 km: số phút là ước tính (≈)",
            "over 1 km from any known road: its minutes are approximate (≈)",
        ),
    };
    format!("{id}: {words}.")
}
