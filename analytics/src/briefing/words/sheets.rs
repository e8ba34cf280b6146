//! The rows behind a briefing, a sheet each: with the definition of its figures and the question that gives them.

use super::body::{figure_cell, text_cell, verdict_cell};
use super::forms::{NOTHING, date, hour, name, name_or_code, value};
use super::names::{SheetName, definition, figure, group, pick};
use super::say;
use crate::briefing::decompose::Split;
use crate::briefing::model::{Briefing, Movement, Unit, Value};
use crate::briefing::paper::{Align, Cell, Column, Language, Mark, Sheet};

/// All sheets, in the order in which the paper speaks of them; one without rows says so by its heading alone.
pub(super) fn sheets(briefing: &Briefing, language: Language) -> Vec<Sheet> {
    let it = Sheets { briefing, language };
    let mut sheets = vec![it.headlines()];
    for movement in &briefing.movements {
        sheets.extend(
            movement
                .splits
                .iter()
                .map(|split| it.split(movement, split)),
        );
    }
    sheets.extend([
        it.hours(),
        it.overdue(),
        it.index(),
        it.coverage(),
        it.unsatisfied(),
        it.tasks(),
        it.quality(),
        it.decisions(),
    ]);
    sheets
}

struct Sheets<'a> {
    briefing: &'a Briefing,
    language: Language,
}

/// A heading of a column of words.
const WORDS: Align = Align::Left;
/// A heading of a column of numbers.
const NUMBERS: Align = Align::Right;

impl Sheets<'_> {
    fn sheet(
        &self,
        of: SheetName,
        definitions: Vec<String>,
        query: &str,
        columns: &[(&str, &str, Align)],
        rows: Vec<Vec<Cell>>,
    ) -> Sheet {
        let name = of.text(self.language).to_owned();
        let span = &self.briefing.span;
        let columns = columns.iter().map(|(vi, en, align)| Column {
            title: pick(self.language, vi, en).to_owned(),
            align: *align,
        });
        Sheet {
            title: format!("{name} – {span}"),
            name,
            definitions,
            query: query.to_owned(),
            columns: columns.collect(),
            rows,
        }
    }

    fn word(&self, vi: &str, en: &str) -> String {
        pick(self.language, vi, en).to_owned()
    }

    fn report(&self, rest: &str) -> String {
        let headline = self.briefing.headlines.first();
        // Of the form `vonglau report visits --data DIR --from … --to … --format csv`.
        let query = headline.map_or("", |h| h.query.as_str());
        let span = query.split_once("--from").map_or("", |(_, rest)| rest);
        let span = span.split(" --").take(2).collect::<Vec<_>>().join(" --");
        let (family, by) = rest.split_once(' ').unwrap_or((rest, ""));
        let by = if by.is_empty() {
            String::new()
        } else {
            format!(" --by {by}")
        };
        format!("vonglau report {family} --data DIR --from{span}{by} --format csv")
    }

    fn number(&self, unit: Unit, x: Option<f64>) -> Cell {
        let value = Value {
            value: x,
            ..Value::default()
        };
        figure_cell(self.language, unit, value, None)
    }

    fn headlines(&self) -> Sheet {
        let language = self.language;
        let rows = self.briefing.headlines.iter().map(|h| {
            vec![
                text_cell(figure(language, h.code)),
                self.number(h.unit, h.now.value),
                self.number(Unit::Count, h.now.sample),
                self.number(h.unit, h.now.low),
                self.number(h.unit, h.now.high),
                self.number(h.unit, h.previous.value),
                self.number(h.unit, h.last_year.value),
                self.number(h.unit, h.target.as_ref().map(|target| target.value)),
                verdict_cell(language, h.verdict),
                text_cell(h.target.as_ref().map_or(NOTHING, |target| &target.source)),
                text_cell(definition(language, h.code)),
                text_cell(&h.query),
            ]
        });
        self.sheet(
            SheetName::Headlines,
            vec![self.word(
                "Mỗi dòng nêu định nghĩa và câu lệnh cho đúng số liệu đó; tỷ lệ hài lòng có khoảng tin cậy Wilson 95%.",
                "Each row has the definition and the question of its figure; the share satisfied has Wilson's 95 % interval.",
            )],
            "vonglau briefing --data DIR",
            &[
                ("Chỉ tiêu", "Figure", WORDS),
                ("Kỳ này", "Now", NUMBERS),
                ("Cỡ mẫu", "Sample", NUMBERS),
                ("Cận dưới", "Low", NUMBERS),
                ("Cận trên", "High", NUMBERS),
                ("Kỳ trước", "Before", NUMBERS),
                ("Cùng kỳ năm trước", "A year before", NUMBERS),
                ("Mục tiêu", "Target", NUMBERS),
                ("Đánh giá", "Verdict", WORDS),
                ("Căn cứ mục tiêu", "Where the target is written", WORDS),
                ("Định nghĩa", "Definition", WORDS),
                ("Câu lệnh", "Question", WORDS),
            ],
            rows.collect(),
        )
    }

    fn split(&self, movement: &Movement, split: &Split) -> Sheet {
        let language = self.language;
        let unit = movement.unit;
        let rows = split.parts.iter().map(|part| {
            let who = match (split.by, part.key.as_str()) {
                (_, "") => self.word("Không xếp nhóm", "Of no group"),
                ("hour", key) => key
                    .parse()
                    .map_or_else(|_| key.to_owned(), |h| hour(language, h)),
                (_, key) => name_or_code(language, part.name.as_deref(), key),
            };
            vec![
                text_cell(&part.key),
                text_cell(&who),
                self.number(Unit::Count, Some(part.n_before)),
                self.number(Unit::Count, Some(part.n_after)),
                self.number(unit, part.before),
                self.number(unit, part.after),
                self.exact(part.level),
                self.exact(part.mix),
                self.exact(part.total()),
            ]
        });
        let what = figure(language, movement.code);
        let by = group(language, split.by);
        let change = value(language, unit, movement.change);
        let family = match movement.code {
            "mean_wait_s" => "visits",
            "on_time_share" => "dossiers",
            _ => "ratings",
        };
        let definitions = vec![
            format!("{what}: {}", definition(language, movement.code)),
            say!(
                language,
                "Tổng cột đóng góp bằng mức thay đổi của toàn Thành phố ({change}); cột tính bằng giây hoặc tỷ lệ 0–1.",
                "The contributions add up to the city's change ({change}); they are in seconds, or in shares of 1."
            ),
            say!(
                language,
                "Mức: phần do từng {by} thay đổi; cơ cấu: phần do tỷ trọng giữa các {by} thay đổi (phân rã Bennet).",
                "Level: by {by} changing themselves; mix: by their shares of the sample changing (Bennet's decomposition)."
            ),
        ];
        self.sheet(
            SheetName::Split(movement.code, split.by),
            definitions,
            &self.report(&format!("{family} {}", split.by)),
            &[
                ("Mã", "Code", WORDS),
                ("Tên", "Name", WORDS),
                ("Cỡ mẫu kỳ trước", "Sample before", NUMBERS),
                ("Cỡ mẫu kỳ này", "Sample now", NUMBERS),
                ("Kỳ trước", "Before", NUMBERS),
                ("Kỳ này", "Now", NUMBERS),
                ("Đóng góp – mức", "Adds by level", NUMBERS),
                ("Đóng góp – cơ cấu", "Adds by mix", NUMBERS),
                ("Đóng góp", "Adds", NUMBERS),
            ],
            rows.collect(),
        )
    }

    /// A contribution as it is reckoned.
    fn exact(&self, x: f64) -> Cell {
        Cell {
            text: super::forms::number(self.language, x, 4),
            number: Some(x),
            mark: None,
        }
    }

    fn hours(&self) -> Sheet {
        let rows = self.briefing.waits_by_hour.iter().map(|wait| {
            vec![
                text_cell(&hour(self.language, wait.hour)),
                self.number(Unit::Count, Some(wait.sample)),
                self.number(Unit::Seconds, wait.mean_wait_s),
                self.number(Unit::Seconds, wait.before),
            ]
        });
        self.sheet(
            SheetName::Hours,
            vec![definition(self.language, "mean_wait_s").to_owned()],
            &self.report("visits hour"),
            &[
                ("Giờ lấy số", "Hour of the number", WORDS),
                ("Lượt đã bắt đầu", "Visits begun", NUMBERS),
                ("Chờ bình quân", "Mean wait", NUMBERS),
                ("Kỳ trước", "Before", NUMBERS),
            ],
            rows.collect(),
        )
    }

    fn overdue(&self) -> Sheet {
        let rows = self.briefing.overdue.agencies.iter().map(|agency| {
            vec![
                text_cell(&agency.agency.key),
                text_cell(&name(self.language, &agency.agency)),
                self.number(Unit::Count, Some(agency.open)),
                self.number(Unit::Count, agency.open_before),
                self.number(Unit::Count, Some(agency.resolved)),
                self.number(Unit::Count, Some(agency.total)),
            ]
        });
        self.sheet(
            SheetName::Overdue,
            vec![definition(self.language, "in_progress_overdue").to_owned()],
            &self.report("dossiers agency"),
            &[
                ("Mã", "Code", WORDS),
                ("Cơ quan", "Agency", WORDS),
                ("Đang xử lý quá hạn", "Open past due", NUMBERS),
                ("Kỳ trước", "Before", NUMBERS),
                ("Giải quyết muộn", "Settled late", NUMBERS),
                ("Tổng số", "All", NUMBERS),
            ],
            rows.collect(),
        )
    }

    fn index(&self) -> Sheet {
        let language = self.language;
        let index = self.briefing.index.as_ref();
        let indicators = index.map_or(&[][..], |index| &index.indicators);
        let rows = indicators.iter().map(|i| {
            vec![
                text_cell(&i.code),
                text_cell(pick(language, &i.vi, &i.en)),
                self.number(Unit::Points, Some(i.max)),
                self.number(Unit::Points, i.points),
                self.number(Unit::Points, i.previous),
                self.number(Unit::Points, i.change),
                self.number(Unit::Points, i.lost),
                self.number(Unit::Count, i.ratio.map(|r| r[0])),
                self.number(Unit::Count, i.ratio.map(|r| r[1])),
            ]
        });
        let mut definitions = vec![self.word(
            "Ước tính của hệ thống trên hồ sơ, phản ánh, đánh giá phát sinh trong kỳ; phần chưa có dữ liệu không tính là 0. Điểm chính thức do Cổng Dịch vụ công quốc gia công bố.",
            "Our own estimate over the span's cases; what is not known is not taken for 0. The official score is the national portal's.",
        )];
        definitions.extend(index.map(|index| format!("{}: {}", index.version, index.source)));
        self.sheet(
            SheetName::Index,
            definitions,
            "GET /api/v1/briefings/SPAN, member index",
            &[
                ("Mã", "Code", WORDS),
                ("Chỉ số thành phần", "Indicator", WORDS),
                ("Điểm tối đa", "Most points", NUMBERS),
                ("Kỳ này", "Now", NUMBERS),
                ("Kỳ trước", "Before", NUMBERS),
                ("Thay đổi", "Change", NUMBERS),
                ("Điểm mất", "Lost", NUMBERS),
                ("Tử số", "Numerator", NUMBERS),
                ("Mẫu số", "Denominator", NUMBERS),
            ],
            rows.collect(),
        )
    }

    fn coverage(&self) -> Sheet {
        let coverage = self.briefing.network.coverage.as_ref();
        let gaps = coverage.map_or(&[][..], |coverage| &coverage.gaps);
        let rows = gaps.iter().map(|gap| {
            vec![
                text_cell(&gap.unit.key),
                text_cell(&name(self.language, &gap.unit)),
                self.number(Unit::Count, Some(gap.uncovered as f64)),
                self.number(Unit::Count, Some(gap.population as f64)),
            ]
        });
        self.sheet(
            SheetName::Coverage,
            vec![definition(self.language, "covered_share").to_owned()],
            "vonglau coverage --summary --format csv",
            &[
                ("Mã", "Code", WORDS),
                ("Đơn vị", "Unit", WORDS),
                ("Chưa được phục vụ (người)", "Not reached (people)", NUMBERS),
                ("Dân số", "People", NUMBERS),
            ],
            rows.collect(),
        )
    }

    fn unsatisfied(&self) -> Sheet {
        let rows = self.briefing.unsatisfied.iter().map(|rated| {
            vec![
                text_cell(&rated.site.key),
                text_cell(&name(self.language, &rated.site)),
                self.number(Unit::Count, rated.share.sample),
                self.number(Unit::Share, rated.share.value),
                self.number(Unit::Share, rated.share.low),
                self.number(Unit::Share, rated.share.high),
            ]
        });
        self.sheet(
            SheetName::Unsatisfied,
            vec![
                definition(self.language, "satisfied_share").to_owned(),
                self.word(
                    "Chỉ nêu điểm có từ 30 lượt đánh giá và cả khoảng tin cậy thấp hơn mục tiêu.",
                    "Only points with 30 ratings or more whose whole interval is under the target.",
                ),
            ],
            &self.report("ratings site"),
            &[
                ("Mã", "Code", WORDS),
                ("Điểm", "Point", WORDS),
                ("Lượt đánh giá", "Ratings", NUMBERS),
                ("Tỷ lệ hài lòng", "Satisfied", NUMBERS),
                ("Cận dưới", "Low", NUMBERS),
                ("Cận trên", "High", NUMBERS),
            ],
            rows.collect(),
        )
    }

    fn tasks(&self) -> Sheet {
        let language = self.language;
        let tasks = &self.briefing.tasks;
        let late = tasks.overdue.iter().map(|task| {
            let what = match language {
                Language::Vi => &task.vi,
                Language::En => &task.en,
            };
            let due = task
                .due
                .map_or_else(|| NOTHING.to_owned(), |due| date(language, due.day()));
            vec![
                text_cell(&task.id),
                text_cell(what.as_deref().unwrap_or(&task.id)),
                text_cell(task.lead.as_deref().unwrap_or(NOTHING)),
                text_cell(&due),
                text_cell(pick(language, "Quá hạn", "Past its deadline")),
            ]
        });
        let trained = tasks.training.iter().map(|subject| {
            let (count, of, units, complete) =
                (subject.count, subject.of, subject.units, subject.complete);
            vec![
                text_cell(&subject.subject),
                text_cell(pick(language, "Tập huấn", "Training")),
                text_cell(NOTHING),
                text_cell(NOTHING),
                text_cell(&say!(
                    language,
                    "{count}/{of} người; {complete}/{units} đơn vị hoàn thành",
                    "{count} of {of} people; {complete} of {units} units complete"
                )),
            ]
        });
        self.sheet(
            SheetName::Tasks,
            vec![self.word(
                "Nhiệm vụ quá hạn và tập huấn tại thời điểm cuối kỳ.",
                "Tasks past their deadline, and training, at the end of the span.",
            )],
            "GET /api/v1/tasks, GET /api/v1/training",
            &[
                ("Mã", "Code", WORDS),
                ("Nội dung", "What", WORDS),
                ("Chủ trì", "Lead", WORDS),
                ("Thời hạn", "Deadline", WORDS),
                ("Tình trạng", "Standing", WORDS),
            ],
            late.chain(trained).collect(),
        )
    }

    fn quality(&self) -> Sheet {
        let language = self.language;
        let q = &self.briefing.quality;
        let one = |vi: &str, en: &str, x: Option<f64>| {
            vec![
                text_cell(pick(language, vi, en)),
                self.number(Unit::Count, x),
            ]
        };
        let mut rows = vec![
            one(
                "Khoảng thời gian bất hợp lý (đã loại)",
                "Implausible durations (left out)",
                q.implausible,
            ),
            one(
                "Lượt có giờ bắt đầu ước lượng",
                "Visits with an approximate start",
                q.approximate,
            ),
            one(
                "Lượt không rõ kết thúc",
                "Visits without an end",
                q.unresolved,
            ),
            one(
                "Hồ sơ đang xử lý không có hẹn trả",
                "Open dossiers without a due date",
                q.no_due_date,
            ),
            one(
                "Hồ sơ có sự kiện trong kỳ",
                "Dossiers with an event in the span",
                q.dossiers.map(|n| n as f64),
            ),
        ];
        rows.extend(
            q.odd
                .iter()
                .map(|odd| one(odd.vi, odd.en, Some(odd.count as f64))),
        );
        rows.extend(q.provisional.iter().map(|day| {
            let when = date(language, day.day);
            let what = say!(
                language,
                "Điểm còn số liệu tạm tính của {when}",
                "Points whose data of {when} are provisional"
            );
            vec![
                text_cell(&what),
                self.number(Unit::Count, Some(f64::from(day.sites))),
            ]
        }));
        rows.extend(q.unheard.iter().map(|site| {
            let who = name(language, site);
            let what = say!(language, "Không gửi số liệu: {who}", "Sent nothing: {who}");
            let mut cell = text_cell(NOTHING);
            cell.mark = Some(Mark::NoData);
            vec![text_cell(&what), cell]
        }));
        self.sheet(
            SheetName::Quality,
            vec![self.word(
                "Điểm không gửi số liệu: chi nhánh, điểm tiếp nhận đang mở trong danh mục mà kỳ này không có sự kiện nào.",
                "Points that sent nothing: open branches and reception points of the register without any event in the span.",
            )],
            "GET /api/v1/quality?from=…&to=…",
            &[("Nội dung", "What", WORDS), ("Số lượng", "How many", NUMBERS)],
            rows,
        )
    }

    fn decisions(&self) -> Sheet {
        let language = self.language;
        let rows = self.briefing.decisions.iter().map(|decision| {
            vec![
                text_cell(rule(language, decision.rule)),
                text_cell(
                    &decision
                        .about
                        .as_ref()
                        .map_or_else(|| NOTHING.to_owned(), |about| name(language, about)),
                ),
                self.exact(decision.value),
                decision
                    .of
                    .map_or_else(|| text_cell(NOTHING), |of| self.exact(of)),
                text_cell(&decision.evidence),
            ]
        });
        self.sheet(
            SheetName::Decisions,
            vec![self.word(
                "Ba quy tắc đầu tiên (theo thứ tự ưu tiên cố định) có trường hợp vượt ngưỡng thì nêu thành đề xuất.",
                "The first three rules, in a fixed order, that find something propose something.",
            )],
            "GET /api/v1/briefings/SPAN, member decisions",
            &[
                ("Quy tắc", "Rule", WORDS),
                ("Đối tượng", "About", WORDS),
                ("Giá trị", "Value", NUMBERS),
                ("Trên", "Of", NUMBERS),
                ("Câu lệnh", "Question", WORDS),
            ],
            rows.collect(),
        )
    }
}

fn rule(language: Language, rule: crate::briefing::model::Rule) -> &'static str {
    use crate::briefing::model::Rule;
    let (vi, en) = match rule {
        Rule::OverdueAgency => (
            "Cơ quan có nhiều hồ sơ đang quá hạn nhất",
            "Most open overdue dossiers",
        ),
        Rule::LongWait => (
            "Điểm từ 30 lượt, chờ bình quân vượt mục tiêu, tổng thời gian vượt lớn nhất (giây)",
            "A point with 30 visits or more whose mean wait is over the target, by most in all (seconds)",
        ),
        Rule::Unsatisfied => (
            "Điểm từ 30 lượt đánh giá, cả khoảng tin cậy dưới mục tiêu, thiếu nhiều lượt nhất",
            "A point with 30 ratings or more, under the target beyond chance, most missing to it",
        ),
        Rule::LateAnswers => (
            "Phản ánh, kiến nghị quá hạn chưa trả lời",
            "Complaints open past due",
        ),
        Rule::LateAcknowledgement => (
            "Hồ sơ trực tuyến trả lời muộn hoặc quá 08 giờ làm việc chưa trả lời",
            "Online dossiers not answered in 8 working hours",
        ),
        Rule::SentBackTwice => (
            "Hồ sơ bị yêu cầu bổ sung lần thứ hai",
            "Dossiers sent back twice",
        ),
        Rule::LateTasks => ("Nhiệm vụ quá thời hạn", "Tasks past their deadline"),
        Rule::Uncovered => (
            "Đơn vị có nhiều người chưa được phục vụ nhất",
            "The unit with most people not reached",
        ),
        Rule::NoData => (
            "Điểm trong danh mục không gửi số liệu",
            "Registered points that sent nothing",
        ),
    };
    pick(language, vi, en)
}
