//! The other fields of work, a line each.

use super::super::forms::{NOTHING, list, name, number, percent, points, signed, value};
use super::super::names::{SheetName, pick};
use super::super::{Line, say};
use super::Body;
use crate::briefing::model::{Named, Unit};

/// Names told of a list.
const NAMES: usize = 3;

impl Body<'_> {
    pub(super) fn overdue(&self) -> Option<Line> {
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

    pub(super) fn index(&self) -> Option<Line> {
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

    pub(super) fn network(&self) -> Option<Line> {
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
    pub(super) fn some(&self, sites: &[Named]) -> String {
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

    pub(super) fn mobile(&self) -> Option<Line> {
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

    pub(super) fn satisfaction(&self) -> Option<Line> {
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

    pub(super) fn feedback(&self) -> Option<Line> {
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

    pub(super) fn tasks(&self) -> Option<Line> {
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

    pub(super) fn quality(&self) -> Line {
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
