//! What is read: decisions first, then figures against targets, then changes, then the other fields of work.

use super::forms::{
    NOTHING, count, date, difference, hour, length, list, name, name_or_code, number, percent,
    points, short_date, signed, target, value,
};
use super::names::{SheetName, figure, group, pick};
use super::reader::Reader;
use super::{Line, decided, heading, say, sentence};
use crate::briefing::decompose::{Part, Split};
use crate::briefing::model::{
    Briefing, Headline, Movement, Named, Trend, Unit, Value, Verdict, Warning,
};
use crate::briefing::paper::{
    Align, Block, Cell, Chart, ChartPoint, ChartTarget, Column, Drawn, Language, Mark, Table,
};

/// Contributions told of a change.
const TOLD: usize = 3;
/// Names told of a list.
const NAMES: usize = 3;
/// Bars of a chart.
const BARS: usize = 8;
/// The least part of a change that has a bar: a hundredth of a minute, seconds.
const LEAST_BAR_S: f64 = 0.6;

pub(super) fn blocks(briefing: &Briefing, language: Language, reader: Reader) -> Vec<Block> {
    let it = Body { briefing, language };
    let mut blocks = it.notes();
    if briefing.warnings.contains(&Warning::NoData) {
        blocks.push(it.nothing());
    } else {
        blocks.push(it.lead());
    }
    blocks.extend(it.decisions());
    blocks.push(heading(
        "figures",
        it.words("II. KẾT QUẢ SO VỚI MỤC TIÊU", "II. FIGURES AGAINST TARGETS"),
    ));
    blocks.push(Block::Table(it.table()));
    blocks.extend(it.changes());
    blocks.push(heading(
        "work",
        it.words("IV. CÁC MẶT CÔNG TÁC KHÁC", "IV. OTHER FIELDS OF WORK"),
    ));
    let lines = [
        it.overdue(),
        it.index(),
        it.network(),
        it.mobile(),
        it.satisfaction(),
        it.feedback(),
        reader.sees_tasks().then(|| it.tasks()).flatten(),
        Some(it.quality()),
    ];
    blocks.push(Block::List {
        ordered: false,
        items: lines.into_iter().flatten().map(|line| line.0).collect(),
    });
    blocks
}

struct Body<'a> {
    briefing: &'a Briefing,
    language: Language,
}

impl Body<'_> {
    fn words(&self, vi: &str, en: &str) -> String {
        pick(self.language, vi, en).to_owned()
    }

    fn count(&self, x: f64) -> String {
        count(self.language, x)
    }

    /// What the span before is called: `tuần trước`.
    fn before(&self) -> String {
        let length = length(self.language, self.briefing.length);
        say!(self.language, "{length} trước", "the {length} before")
    }

    fn notes(&self) -> Vec<Block> {
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

    fn nothing(&self) -> Block {
        let text = self.words(
            "Trong kỳ không ghi nhận lượt giao dịch, hồ sơ hay lượt đánh giá nào. Các chỉ tiêu dưới đây vì vậy chưa có số liệu; điều đó không có nghĩa là bằng không.",
            "No visit, dossier or rating was recorded in the span. The figures below are therefore not known, which is not the same as nought.",
        );
        Block::Paragraph {
            spans: Line::default().text(text).0,
        }
    }

    /// The span in one paragraph.
    fn lead(&self) -> Block {
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

    fn decisions(&self) -> Vec<Block> {
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

    fn table(&self) -> Table {
        let language = self.language;
        let length = length(language, self.briefing.length);
        let column = |title: String, align: Align| Column { title, align };
        let (now, before) = (
            say!(language, "{length} này", "this {length}"),
            say!(language, "{length} trước", "the {length} before"),
        );
        Table {
            caption: self.words(
                "Các chỉ tiêu chính so với kỳ trước, cùng kỳ năm trước và mục tiêu",
                "Headline figures beside the span before, the year before and the target",
            ),
            columns: vec![
                column(self.words("Chỉ tiêu", "Figure"), Align::Left),
                column(sentence(&now), Align::Right),
                column(sentence(&before), Align::Right),
                column(
                    self.words("Cùng kỳ năm trước", "A year before"),
                    Align::Right,
                ),
                column(self.words("Mục tiêu", "Target"), Align::Right),
                column(self.words("Đánh giá", "Verdict"), Align::Left),
            ],
            rows: self
                .briefing
                .headlines
                .iter()
                .map(|h| self.row(h))
                .collect(),
            sheet: Some(SheetName::Headlines.text(language).to_owned()),
        }
    }

    fn row(&self, h: &Headline) -> Vec<Cell> {
        let language = self.language;
        let mark = match h.trend {
            Trend::Better => Some(Mark::Better),
            Trend::Worse => Some(Mark::Worse),
            _ => None,
        };
        let goal = h.target.as_ref().map(|goal| {
            let sign = if goal.at_least { "≥" } else { "≤" };
            let value = target(language, h.unit, goal.value);
            // All or none leaves no room on the other side.
            if goal.value == 0.0 || (h.unit == Unit::Share && goal.value >= 1.0) {
                value
            } else {
                format!("{sign} {value}")
            }
        });
        vec![
            text_cell(figure(language, h.code)),
            figure_cell(language, h.unit, h.now, mark),
            figure_cell(language, h.unit, h.previous, None),
            figure_cell(language, h.unit, h.last_year, None),
            Cell {
                number: h.target.as_ref().map(|target| target.value),
                text: goal.unwrap_or_else(|| NOTHING.to_owned()),
                mark: None,
            },
            verdict_cell(language, h.verdict),
        ]
    }

    /// What changed, and where.
    fn changes(&self) -> Vec<Block> {
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

    fn movement(&self, m: &Movement) -> Line {
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
    fn level_and_mix(&self, m: &Movement) -> String {
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

    fn is_chance(&self, code: &str) -> bool {
        let headline = self.briefing.headline(code);
        headline.is_some_and(|h| h.may_be_chance == Some(true))
    }

    /// The groups that add most in the direction of the change.
    fn told(&self, m: &Movement, split: &Split) -> Vec<String> {
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

    fn part_name(&self, split: &Split, part: &Part) -> String {
        if split.by == "hour" {
            return part
                .key
                .parse()
                .map_or_else(|_| part.key.clone(), |h| hour(self.language, h));
        }
        name_or_code(self.language, part.name.as_deref(), &part.key)
    }

    /// Headlines that changed and are not told above.
    fn others(&self) -> Option<Line> {
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
    fn contributions(&self) -> Option<Chart> {
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
    fn hours(&self) -> Option<Chart> {
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

    fn overdue(&self) -> Option<Line> {
        let (b, language) = (self.briefing, self.language);
        let open = b.headline("in_progress_overdue")?.now.value?;
        let open = self.count(open);
        let late: f64 = b
            .overdue
            .agencies
            .iter()
            .map(|agency| agency.resolved)
            .sum();
        let late = self.count(late);
        let worst = b
            .overdue
            .agencies
            .iter()
            .filter(|agency| agency.open > 0.0)
            .take(NAMES);
        let worst: Vec<String> = worst
            .map(|agency| {
                format!(
                    "{} ({})",
                    name(self.language, &agency.agency),
                    self.count(agency.open)
                )
            })
            .collect();
        let mut line = Line::default()
            .strong(self.words("Hồ sơ quá hạn, đôn đốc", "Overdue and urging"))
            .text(say!(
                language,
                ": {open} hồ sơ đang xử lý quá hạn; {late} hồ sơ giải quyết muộn trong kỳ.",
                ": {open} dossiers are open past due; {late} were settled late."
            ));
        if !worst.is_empty() {
            let worst = list(language, &worst);
            line = line
                .text(self.words(" Nhiều nhất ", " Most "))
                .link(self.words("tại", "at"), SheetName::Overdue.link(language))
                .text(format!(" {worst}."));
        }
        let o = &b.overdue;
        if let (Some(raised), Some(urged), Some(answered)) = (o.raised, o.urged, o.answered) {
            let left = self.count(o.open.unwrap_or(0.0));
            let (raised, urged, answered) =
                (self.count(raised), self.count(urged), self.count(answered));
            line = line.text(say!(
                language,
                " Phát {raised} cảnh báo, đôn đốc {urged} (được trả lời {answered}), còn mở {left}.",
                " {raised} alerts were raised, {urged} urged ({answered} answered); {left} are open."
            ));
        }
        if let Some(broken) = o.apologies_broken.filter(|n| *n > 0.0) {
            let broken = self.count(broken);
            line = line.text(say!(
                language,
                " {broken} hồ sơ quá hạn không có thư xin lỗi đúng lúc.",
                " {broken} late dossiers had no apology in time."
            ));
        }
        Some(line)
    }

    fn index(&self) -> Option<Line> {
        let language = self.language;
        let index = self.briefing.index.as_ref()?;
        let (has, known) = (
            number(language, index.points, 2),
            number(language, index.max_known, 0),
        );
        let max = number(language, index.max, 0);
        let mut line = Line::default()
            .link(self.words("Chỉ số 766", "Index 766"), SheetName::Index.link(language))
            .text(say!(
                language,
                " (hệ thống tự ước tính trên hồ sơ trong kỳ, không thay điểm công bố): {has}/{known} điểm của phần tính được, trong tổng {max}",
                " (our own estimate over the span's cases, not the published score): {has} of the {known} points that can be told, of {max} in all"
            ));
        if let Some(change) = index.change {
            let change = signed(language, Unit::Points, change);
            let before = self.before();
            line = line.text(say!(
                language,
                "; {change} so với {before}",
                "; {change} from {before}"
            ));
        }
        line = line.text(".");
        let mut moved: Vec<_> = index
            .indicators
            .iter()
            .filter_map(|i| Some((i, i.change.filter(|change| change.abs() >= 0.005)?)))
            .collect();
        moved.sort_by(|a, b| {
            b.1.abs()
                .total_cmp(&a.1.abs())
                .then_with(|| a.0.code.cmp(&b.0.code))
        });
        let moved: Vec<String> = moved
            .iter()
            .take(NAMES)
            .map(|(i, change)| {
                let name = pick(language, &i.vi, &i.en);
                format!("{name} ({})", signed(language, Unit::Points, *change))
            })
            .collect();
        if !moved.is_empty() && index.change.is_some() {
            let moved = list(language, &moved);
            line = line.text(say!(
                language,
                " Thay đổi do: {moved}.",
                " Moved by {moved}."
            ));
        }
        let mut lost: Vec<_> = index
            .indicators
            .iter()
            .filter_map(|i| Some((i, i.lost.filter(|lost| *lost >= 0.005)?)))
            .collect();
        lost.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.code.cmp(&b.0.code)));
        if let Some((i, lost)) = lost.first() {
            let (name, lost) = (pick(language, &i.vi, &i.en), points(language, *lost));
            line = line.text(say!(
                language,
                " Mất điểm nhiều nhất: {name} ({lost}).",
                " Most is lost at {name} ({lost})."
            ));
        }
        Some(line)
    }

    fn network(&self) -> Option<Line> {
        let (b, language) = (self.briefing, self.language);
        let mut line = Line::default()
            .strong(self.words("Mạng lưới", "Points"))
            .text(": ");
        let mut sentences = Vec::new();
        if let (Some(started), Some(stopped)) = (&b.network.started, &b.network.stopped) {
            if started.is_empty() && stopped.is_empty() {
                sentences.push(self.words(
                    "Không có điểm nào bắt đầu hoặc ngừng phát sinh giao dịch so với kỳ trước.",
                    "No point began or ceased to serve.",
                ));
            }
            for (sites, vi, en) in [
                (started, "Bắt đầu có giao dịch", "Began to serve"),
                (
                    stopped,
                    "Không còn phát sinh giao dịch",
                    "Served before, and not now",
                ),
            ] {
                if !sites.is_empty() {
                    let n = self.count(sites.len() as f64);
                    let who = self.some(sites);
                    let what = pick(language, vi, en);
                    sentences.push(say!(
                        language,
                        "{what}: {n} điểm ({who}).",
                        "{what}: {n} ({who})."
                    ));
                }
            }
        }
        if let Some(coverage) = &b.network.coverage {
            let share = coverage.covered as f64 / (coverage.population.max(1)) as f64;
            let share = number(language, share * 100.0, 2);
            let left = self.count((coverage.population - coverage.covered) as f64);
            let (minutes, km) = (
                number(language, coverage.minutes, 0),
                number(language, coverage.km, 0),
            );
            sentences.push(say!(
                language,
                "{share}% dân số đến được một điểm dưới {minutes} phút hoặc trong {km} km; còn {left} người",
                "{share}% of the people reach a point in under {minutes} minutes or within {km} km; {left} do not"
            ));
            let tail = coverage.gaps.first().map_or_else(
                || ".".to_owned(),
                |gap| {
                    let (unit, people) = (
                        name(self.language, &gap.unit),
                        self.count(gap.uncovered as f64),
                    );
                    say!(
                        language,
                        ", nhiều nhất tại {unit} ({people} người).",
                        ", most of them in {unit} ({people})."
                    )
                },
            );
            if let Some(last) = sentences.last_mut() {
                last.push_str(&tail);
            }
        }
        if sentences.is_empty() {
            return None;
        }
        line = line.text(sentences.join(" "));
        Some(line)
    }

    /// Some names of many.
    fn some(&self, sites: &[Named]) -> String {
        let mut told: Vec<String> = sites
            .iter()
            .take(NAMES)
            .map(|site| name(self.language, site))
            .collect();
        if sites.len() > NAMES {
            told.push("…".to_owned());
            return told.join(", ");
        }
        list(self.language, &told)
    }

    fn mobile(&self) -> Option<Line> {
        let language = self.language;
        let network = &self.briefing.network;
        if network.mobile.points == 0 && network.sessions.published == 0 {
            return None;
        }
        let side = |side: &crate::scorecard::equity::Side| {
            let told = |x: Option<f64>, unit: Unit| {
                x.map_or_else(|| NOTHING.to_owned(), |x| value(language, unit, x))
            };
            let (wait, on_time, satisfied) = (
                told(side.mean_wait_s, Unit::Seconds),
                told(side.on_time, Unit::Share),
                told(side.satisfied, Unit::Share),
            );
            let n = self.count(side.visits);
            say!(
                language,
                "{n} lượt, chờ {wait}, đúng hạn {on_time}, hài lòng {satisfied}",
                "{n} visits, wait {wait}, in time {on_time}, satisfied {satisfied}"
            )
        };
        let (mobile, fixed) = (side(&network.mobile), side(&network.fixed));
        let points = self.count(network.mobile.points as f64);
        let mut line = Line::default()
            .strong(self.words("Điểm cộng đồng, lưu động", "Community and mobile points"))
            .text(say!(
                language,
                " ({points} điểm): {mobile}; điểm cố định: {fixed}.",
                " ({points}): {mobile}; fixed points: {fixed}."
            ));
        let s = network.sessions;
        if s.published > 0 {
            let (published, kept, missed) = (s.published, s.kept + s.late + s.visited, s.missed);
            line = line.text(say!(
                language,
                " Công bố {published} buổi, thực hiện {kept}, không thực hiện {missed}.",
                " {published} sessions were published, {kept} held, {missed} missed."
            ));
        }
        Some(line)
    }

    fn satisfaction(&self) -> Option<Line> {
        let (b, language) = (self.briefing, self.language);
        let h = b.headline("satisfied_share")?;
        let title = self.words("Hài lòng", "Satisfaction");
        let (Some(share), Some(n)) = (h.now.value, h.now.sample) else {
            let text = self.words(": chưa có lượt đánh giá nào.", ": there was no rating.");
            return Some(Line::default().strong(title).text(text));
        };
        let (share, n) = (percent(language, share), self.count(n));
        let mut line = Line::default().strong(title).text(say!(
            language,
            ": {share} trên {n} lượt đánh giá",
            ": {share} of {n} ratings"
        ));
        if let (Some(low), Some(high)) = (h.now.low, h.now.high) {
            let (low, high) = (percent(language, low), percent(language, high));
            line = line.text(say!(
                language,
                " (khoảng tin cậy 95%: {low}–{high})",
                " (95% interval {low} to {high})"
            ));
        }
        let under = self.count(b.unsatisfied.len() as f64);
        match b.unsatisfied.first() {
            None => {
                line = line.text(self.words(
                    "; không điểm nào thấp hơn mục tiêu ngoài giới hạn ngẫu nhiên.",
                    "; no point is under the target beyond chance.",
                ));
            }
            Some(worst) => {
                let (who, has) = (
                    name(self.language, &worst.site),
                    percent(language, worst.share.value.unwrap_or(0.0)),
                );
                line = line
                    .text("; ")
                    .link(
                        say!(language, "{under} điểm", "{under} points"),
                        SheetName::Unsatisfied.link(language),
                    )
                    .text(say!(
                        language,
                        " thấp hơn mục tiêu ngoài giới hạn ngẫu nhiên, thấp nhất {who} ({has}).",
                        " are under the target beyond chance, lowest {who} ({has})."
                    ));
            }
        }
        Some(line)
    }

    fn feedback(&self) -> Option<Line> {
        let language = self.language;
        let f = &self.briefing.feedback;
        let (received, answered, late) = (f.received?, f.answered?, f.open_late?);
        let before = f.received_before.map_or_else(String::new, |n| {
            let (n, before) = (self.count(n), self.before());
            say!(language, " ({before} {n})", " ({n} {before})")
        });
        let on_time = self.count(f.answered_on_time.unwrap_or(0.0));
        let staff = self.count(f.about_staff.unwrap_or(0.0));
        let (received, answered, late) =
            (self.count(received), self.count(answered), self.count(late));
        Some(
            Line::default()
                .strong(self.words("Phản ánh, kiến nghị", "Complaints and proposals"))
                .text(say!(
                    language,
                    ": tiếp nhận {received}{before}; trả lời {answered}, đúng hạn {on_time}; quá hạn chưa trả lời {late}; về cán bộ {staff}.",
                    ": {received} received{before}; {answered} answered, {on_time} in time; {late} open past due; {staff} about staff."
                )),
        )
    }

    fn tasks(&self) -> Option<Line> {
        let language = self.language;
        let t = &self.briefing.tasks;
        let (late, soon, done) = (t.overdue.len(), t.due_soon, t.done);
        if late + soon + done + t.open + t.continuous + t.training.len() == 0 {
            return None;
        }
        let mut line = Line::default()
            .link(
                self.words("Nhiệm vụ", "Tasks"),
                SheetName::Tasks.link(language),
            )
            .text(say!(
                language,
                ": quá hạn {late}, sắp đến hạn {soon}, đã xong {done}.",
                ": {late} past their deadline, {soon} due soon, {done} done."
            ));
        let (count_of, of) = t
            .training
            .iter()
            .fold((0, 0), |sum, s| (sum.0 + s.count, sum.1 + s.of));
        if of > 0 {
            let share = percent(language, count_of as f64 / of as f64);
            let overdue: usize = t.training.iter().map(|s| s.overdue).sum();
            line = line.text(say!(
                language,
                " Tập huấn: {share} số người cần tập huấn; {overdue} lượt đơn vị quá hạn.",
                " Training: {share} of those to be trained; {overdue} units past a deadline."
            ));
        } else {
            line = line.text(self.words(
                " Tập huấn: chưa có báo cáo.",
                " Training: nothing reported.",
            ));
        }
        Some(line)
    }

    fn quality(&self) -> Line {
        let language = self.language;
        let q = &self.briefing.quality;
        let (unheard, registered) = (
            self.count(q.unheard.len() as f64),
            self.count(q.registered as f64),
        );
        let mut text = say!(
            language,
            ": {unheard}/{registered} điểm trong danh mục không gửi số liệu",
            ": {unheard} of {registered} registered points sent nothing"
        );
        if let (Some(odd), Some(unresolved)) = (q.implausible, q.unresolved) {
            let (odd, unresolved) = (self.count(odd), self.count(unresolved));
            text.push_str(&say!(
                language,
                "; {odd} khoảng thời gian bất hợp lý đã loại khỏi số bình quân; {unresolved} lượt không rõ kết thúc",
                "; {odd} implausible durations are left out of means; {unresolved} visits have no end"
            ));
        }
        if let Some(none) = q.no_due_date.filter(|n| *n > 0.0) {
            let none = self.count(none);
            text.push_str(&say!(
                language,
                "; {none} hồ sơ không có ngày hẹn trả",
                "; {none} open dossiers have no due date"
            ));
        }
        text.push('.');
        Line::default()
            .link(
                self.words("Chất lượng số liệu", "Data quality"),
                SheetName::Quality.link(language),
            )
            .text(text)
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

/// A name within a sentence.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

pub(super) fn text_cell(text: &str) -> Cell {
    Cell {
        text: text.to_owned(),
        number: None,
        mark: None,
    }
}

/// A figure's cell; what was not measured says so.
pub(super) fn figure_cell(
    language: Language,
    unit: Unit,
    figure: Value,
    mark: Option<Mark>,
) -> Cell {
    match figure.value {
        Some(x) => Cell {
            text: value(language, unit, x),
            number: Some(x),
            mark,
        },
        None => Cell {
            text: NOTHING.to_owned(),
            number: None,
            mark: Some(Mark::NoData),
        },
    }
}

pub(super) fn verdict_cell(language: Language, verdict: Verdict) -> Cell {
    let (vi, en, mark) = match verdict {
        Verdict::Met => ("Đạt", "Met", Some(Mark::Met)),
        Verdict::Missed => ("Chưa đạt", "Missed", Some(Mark::Missed)),
        Verdict::Uncertain => ("Chưa đủ mẫu", "Too few to say", Some(Mark::Approximate)),
        Verdict::NoTarget => (NOTHING, NOTHING, None),
        Verdict::NoData => ("Chưa có số liệu", "Not known", Some(Mark::NoData)),
    };
    Cell {
        text: pick(language, vi, en).to_owned(),
        number: None,
        mark,
    }
}
