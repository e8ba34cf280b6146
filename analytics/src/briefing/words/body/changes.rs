//! What changed, and where: in sentences, and as charts.

use super::super::forms::{NOTHING, difference, hour, list, name_or_code, number, signed, value};
use super::super::names::{SheetName, figure, group};
use super::super::{Line, heading, say};
use super::Body;
use super::lower;
use crate::briefing::decompose::{Part, Split};
use crate::briefing::model::{Movement, Trend, Unit, Warning};
use crate::briefing::paper::{Block, Chart, ChartPoint, ChartTarget, Drawn, Language};

/// Contributions told of a change.
const TOLD: usize = 3;
/// Bars of a chart.
const BARS: usize = 8;
/// The least part of a change that has a bar: a hundredth of a minute, seconds.
const LEAST_BAR_S: f64 = 0.6;

impl Body<'_> {
    /// What changed, and where.
    pub(super) fn changes(&self) -> Vec<Block> {
        let b = self.briefing;
        let mut blocks = vec![heading(
            "changes",
            self.words(
                "III. CHUYỂN BIẾN VÀ NƠI PHÁT SINH",
                "III. WHAT CHANGED, AND WHERE",
            ),
        )];
        if b.warnings.contains(&Warning::NoPrevious) {
            let text = self.words(
                "Chưa có kỳ trước để so sánh nên chưa xác định được chuyển biến.",
                "There is nothing to compare with, and no change to tell.",
            );
            let spans = Line::default().text(text).0;
            blocks.push(Block::Paragraph { spans });
            blocks.extend(self.hours().map(Block::Chart));
            return blocks;
        }
        let mut items: Vec<Vec<_>> = b.movements.iter().map(|m| self.movement(m).0).collect();
        items.extend(self.others().map(|line| line.0));
        if items.is_empty() {
            let text = self.words(
                "Không xác định được chuyển biến nào từ số liệu của kỳ này.",
                "The figures of this span show no change.",
            );
            blocks.push(Block::Paragraph {
                spans: Line::default().text(text).0,
            });
        } else {
            blocks.push(Block::List {
                ordered: false,
                items,
            });
        }
        if !b.movements.is_empty() {
            let text = self.words(
                "Các phần đóng góp cộng lại đúng bằng mức thay đổi; số liệu cho biết nơi phát sinh, không tự nó cho biết nguyên nhân.",
                "The parts add up to the change; the figures say where it lies, not why.",
            );
            blocks.push(Block::Paragraph {
                spans: Line::default().text(text).0,
            });
        }
        blocks.extend(self.contributions().map(Block::Chart));
        blocks.extend(self.hours().map(Block::Chart));
        blocks
    }

    pub(super) fn movement(&self, m: &Movement) -> Line {
        let language = self.language;
        let title = figure(language, m.code);
        let (now, was) = (
            value(language, m.unit, m.after),
            value(language, m.unit, m.before),
        );
        let before = self.before();
        let size = difference(language, m.unit, m.change);
        let head = match (m.trend, m.change > 0.0) {
            (Trend::Same, _) => say!(
                language,
                ": {now}, gần như không đổi so với {before}.",
                ": {now}, much as {before}."
            ),
            (_, true) => say!(
                language,
                ": {now}, tăng {size} so với {before} ({was}).",
                ": {now}, up {size} from {was} {before}."
            ),
            (_, false) => say!(
                language,
                ": {now}, giảm {size} so với {before} ({was}).",
                ": {now}, down {size} from {was} {before}."
            ),
        };
        let mut line = Line::default().strong(title).text(head);
        if m.trend == Trend::Same {
            return line;
        }
        if self.is_chance(m.code) {
            // Parts of what may be chance would be read as somebody's doing.
            return line.text(self.words(
                " Mức thay đổi nằm trong giới hạn ngẫu nhiên của mẫu.",
                " The change may be chance.",
            ));
        }
        line = line.text(self.level_and_mix(m));
        for split in m.splits.iter().take(2) {
            let told = self.told(m, split);
            if told.is_empty() {
                continue;
            }
            let by = group(language, split.by);
            let sheet = SheetName::Split(m.code, split.by).link(language);
            line = line
                .text(say!(language, " Nhiều nhất theo ", " Most by "))
                .link(by, sheet)
                .text(format!(": {}.", told.join("; ")));
        }
        line
    }

    /// Whether groups changed themselves or their shares did, where both can be seen.
    pub(super) fn level_and_mix(&self, m: &Movement) -> String {
        let language = self.language;
        let Some(split) = m.splits.first() else {
            return String::new();
        };
        let by = group(language, split.by);
        let shows = |x: f64| x.abs() >= least(m.unit);
        match (shows(split.level), shows(split.mix)) {
            (true, true) => {
                let level = signed(language, m.unit, split.level);
                let mix = signed(language, m.unit, split.mix);
                say!(
                    language,
                    " Do từng {by} thay đổi: {level}; do cơ cấu giữa các {by}: {mix}.",
                    " From {by} changing themselves {level}, from the mix of {by} {mix}."
                )
            }
            (true, false) => say!(
                language,
                " Thay đổi nằm ở từng {by}, không do cơ cấu giữa các {by}.",
                " It lies in {by} changing themselves, not in the mix of {by}."
            ),
            (false, true) => say!(
                language,
                " Thay đổi do cơ cấu giữa các {by}, không do từng {by}.",
                " It lies in the mix of {by}, not in {by} changing themselves."
            ),
            (false, false) => String::new(),
        }
    }

    pub(super) fn is_chance(&self, code: &str) -> bool {
        let headline = self.briefing.headline(code);
        headline.is_some_and(|h| h.may_be_chance == Some(true))
    }

    /// The groups that add most in the direction of the change.
    pub(super) fn told(&self, m: &Movement, split: &Split) -> Vec<String> {
        let language = self.language;
        let shows = |part: &&Part| {
            let shows = part.total().abs() >= least(m.unit);
            part.total() * m.change > 0.0 && shows && !part.key.is_empty()
        };
        let parts = split.parts.iter().filter(shows).take(TOLD);
        let told = parts.map(|part| {
            let adds = signed(language, m.unit, part.total());
            let who = self.part_name(split, part);
            match (part.before, part.after) {
                (Some(was), Some(now)) => {
                    let (was, now) = (value(language, m.unit, was), value(language, m.unit, now));
                    say!(
                        language,
                        "{who} {adds} (từ {was} thành {now})",
                        "{who} {adds} ({was} to {now})"
                    )
                }
                _ => format!("{who} {adds}"),
            }
        });
        told.collect()
    }

    pub(super) fn part_name(&self, split: &Split, part: &Part) -> String {
        if split.by == "hour" {
            return part
                .key
                .parse()
                .map_or_else(|_| part.key.clone(), |h| hour(self.language, h));
        }
        name_or_code(self.language, part.name.as_deref(), &part.key)
    }

    /// Headlines that changed and are not told above.
    pub(super) fn others(&self) -> Option<Line> {
        let (b, language) = (self.briefing, self.language);
        let told = |trend: Trend| {
            let others = b.headlines.iter().filter(move |h| {
                h.trend == trend && b.movement(h.code).is_none() && h.may_be_chance != Some(true)
            });
            let words = others.filter_map(|h| {
                let change = h.change?;
                let name = lower(figure(language, h.code));
                Some(format!("{name} ({})", signed(language, h.unit, change)))
            });
            words.collect::<Vec<_>>()
        };
        let (better, worse) = (told(Trend::Better), told(Trend::Worse));
        let mut line = Line::default();
        if !better.is_empty() {
            line = line
                .strong(self.words("Tốt lên", "Better"))
                .text(format!(": {}.", list(language, &better)));
        }
        if !worse.is_empty() {
            let apart = if line.0.is_empty() { "" } else { " " };
            line = line.text(apart);
            line = line
                .strong(self.words("Xấu đi", "Worse"))
                .text(format!(": {}.", list(language, &worse)));
        }
        (!line.0.is_empty()).then_some(line)
    }

    /// The points that add most to the change of the wait.
    pub(super) fn contributions(&self) -> Option<Chart> {
        let language = self.language;
        let movement = self.briefing.movement("mean_wait_s")?;
        let split = movement.splits.iter().find(|split| split.by == "site")?;
        let parts: Vec<&Part> = split
            .parts
            .iter()
            .filter(|part| !part.key.is_empty() && part.total().abs() >= LEAST_BAR_S)
            .take(BARS)
            .collect();
        if parts.len() < 2 {
            return None;
        }
        let bars = parts.iter().map(|part| ChartPoint {
            label: self.part_name(split, part),
            value: Some(part.total() / 60.0),
            text: signed_minutes(language, part.total()),
            between: None,
            before: None,
        });
        let bars: Vec<ChartPoint> = bars.collect();
        let told = bars.iter().map(|bar| format!("{} {}", bar.label, bar.text));
        let told = told.collect::<Vec<_>>().join("; ");
        Some(Chart {
            title: self.words(
                "Các điểm đóng góp nhiều nhất vào thay đổi của thời gian chờ bình quân toàn Thành phố (phút)",
                "Points that add most to the change of the city's mean wait (minutes)",
            ),
            alternative: told,
            drawn: Drawn::Bars,
            unit: self.words("phút", "minutes"),
            points: bars,
            target: None,
            sheet: Some(SheetName::Split("mean_wait_s", "site").text(language).to_owned()),
        })
    }

    /// The mean wait by hour of the day.
    pub(super) fn hours(&self) -> Option<Chart> {
        let language = self.language;
        let hours = &self.briefing.waits_by_hour;
        if hours
            .iter()
            .filter(|hour| hour.mean_wait_s.is_some())
            .count()
            < 2
        {
            return None;
        }
        let points = hours.iter().map(|wait| ChartPoint {
            label: hour(language, wait.hour),
            value: wait.mean_wait_s.map(|s| s / 60.0),
            text: wait
                .mean_wait_s
                .map_or_else(|| NOTHING.to_owned(), |s| number(language, s / 60.0, 1)),
            between: None,
            before: wait.before.map(|s| s / 60.0),
        });
        let points: Vec<ChartPoint> = points.collect();
        let told = points
            .iter()
            .map(|point| format!("{}: {}", point.label, point.text));
        let told = told.collect::<Vec<_>>().join("; ");
        let target = self
            .briefing
            .headline("mean_wait_s")
            .and_then(|h| h.target.as_ref());
        Some(Chart {
            title: self.words(
                "Thời gian chờ bình quân theo giờ lấy số (phút)",
                "Mean wait by the hour of the number (minutes)",
            ),
            alternative: told,
            drawn: Drawn::Line,
            unit: self.words("phút", "minutes"),
            points,
            target: target.map(|target| ChartTarget {
                label: self.words("Mục tiêu", "Target"),
                value: target.value / 60.0,
            }),
            sheet: Some(SheetName::Hours.text(language).to_owned()),
        })
    }
}

/// The least part of a change that would show in print.
const fn least(unit: Unit) -> f64 {
    match unit {
        Unit::Seconds => 3.0,
        _ => 0.000_5,
    }
}

fn signed_minutes(language: Language, seconds: f64) -> String {
    let sign = if seconds < 0.0 { '−' } else { '+' };
    format!("{sign}{}", number(language, seconds.abs() / 60.0, 2))
}
