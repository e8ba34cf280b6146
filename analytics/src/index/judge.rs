//! Whether a dossier or a petition counts in an indicator, and whether it is good in it.
//!
//! Our reading of the memo's formulas, where it leaves room:
//! - **2.1**: a period's dossiers are those settled in it and those open at its end, as in the city's own tables. Stopped and withdrawn
//!   ones count where they had been received. One that awaits a supplement ended when that was asked for; one that was asked
//!   twice is late. Without a due date and without a limit from which to compute it, it is in time, and counted as unreported.
//! - **3.3, 3.1 (2026), 4.3, 4.4, 4.5b**: of the dossiers received in the period.
//! - **3.6**: of those received of which a fee is due, less those whose payments are all of 0 đồng.
//! - **4.1, 4.2**: of those settled in the period; 4.1 less those whose procedure yields no paper.
//! - **4.4** sees what was taken from the personal store and not what was put into it: it is a lower bound.
//! - **5.4**: of those settled in the period; disliked is a rating of the dossier with 1 or 2 of 5, given in the period, and a
//!   petition about it is one that something happened to in it, or that is not answered.

use ingest::event::EventTime;
use ingest::event::types::{DossierChannel, PaymentMethod};
use serde::Serialize;

use super::definition::Formula;
use crate::live::dossier::{Dossier, DossierEvent as E, DossierState, Stage};
use crate::live::petition::PetitionState;
use crate::live::timeline::Said;
use crate::procedure::Online;
use crate::rules::Rules;

/// What an indicator says of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts and is good.
    Good,
    /// It counts and costs points.
    Bad(Loss),
}

/// Why a case costs points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each has its sentence")]
pub enum Loss {
    SettledLate,
    OpenLate,
    AskedTwice,
    EndedLate,
    NotOnline,
    NotPaidOnline,
    NoElectronicResult,
    NotDigitised,
    NotReused,
    NotFromStore,
    NotPopulation,
    PetitionLate,
    PetitionOpenLate,
    PetitionUnsatisfied,
    PetitionRepeated,
    Disliked,
    HasPetition,
    Late,
    ProcedureNotOffered,
    ProcedureNotUsedOnline,
    PaymentNotOffered,
    PaymentNotUsed,
    ProcedureNotPopulation,
    /// Not lost yet.
    AtRisk,
}

impl Loss {
    /// Its sentence.
    pub const fn said(self) -> Said {
        let (vi, en) = match self {
            Self::SettledLate => ("Giải quyết sau ngày hẹn trả", "Settled after its due date"),
            Self::OpenLate => ("Đang giải quyết, đã quá hạn", "Open and overdue"),
            Self::AskedTwice => (
                "Yêu cầu bổ sung từ hai lần: chỉ số tính là quá hạn",
                "Asked for a supplement twice: the index counts it as late",
            ),
            Self::EndedLate => (
                "Dừng hoặc rút sau ngày hẹn trả",
                "Stopped or withdrawn after its due date",
            ),
            Self::NotOnline => ("Không nộp trực tuyến", "Not filed online"),
            Self::NotPaidOnline => ("Chưa thanh toán trực tuyến", "Not paid online"),
            Self::NoElectronicResult => ("Chưa có kết quả điện tử", "No electronic result"),
            Self::NotDigitised => (
                "Chưa số hóa giấy tờ hoặc chưa có kết quả điện tử",
                "Not digitised, or without an electronic result",
            ),
            Self::NotReused => (
                "Không tái sử dụng dữ liệu số hóa",
                "No digitised data was reused",
            ),
            Self::NotFromStore => (
                "Không lấy giấy tờ từ kho dữ liệu cá nhân, tổ chức",
                "Nothing was taken from the personal store",
            ),
            Self::NotPopulation => (
                "Không khai thác CSDL quốc gia về dân cư",
                "The population database was not used",
            ),
            Self::PetitionLate => ("Trả lời sau thời hạn", "Answered after its due date"),
            Self::PetitionOpenLate => ("Chưa trả lời, đã quá hạn", "Not answered and overdue"),
            Self::PetitionUnsatisfied => (
                "Người phản ánh không hài lòng với trả lời",
                "The person was not satisfied with the answer",
            ),
            Self::PetitionRepeated => ("Có phản ánh lại", "It was said again"),
            Self::Disliked => ("Có đánh giá không hài lòng", "It was rated as unsatisfying"),
            Self::HasPetition => (
                "Có phản ánh, kiến nghị về hồ sơ",
                "There is a petition about it",
            ),
            Self::Late => ("Giải quyết quá hạn", "It was late"),
            Self::ProcedureNotOffered => (
                "Thủ tục chưa cung cấp trực tuyến",
                "The procedure is not offered online",
            ),
            Self::ProcedureNotUsedOnline => (
                "Dịch vụ trực tuyến chưa phát sinh hồ sơ trong kỳ",
                "The online service had no dossier in the period",
            ),
            Self::PaymentNotOffered => (
                "Thủ tục có phí chưa tích hợp thanh toán trực tuyến",
                "The procedure has a fee and no online payment",
            ),
            Self::PaymentNotUsed => (
                "Thủ tục có phí chưa phát sinh thanh toán trực tuyến trong kỳ",
                "The procedure has a fee and none was paid online in the period",
            ),
            Self::ProcedureNotPopulation => (
                "Thủ tục chưa khai thác CSDL quốc gia về dân cư trong kỳ",
                "The procedure did not use the population database in the period",
            ),
            Self::AtRisk => (
                "Đến hạn trong kỳ: sẽ mất điểm nếu chưa giải quyết",
                "Due within the period: it will cost points if it is not settled",
            ),
        };
        Said { vi, en }
    }

    /// What would give its points back, where something can still be done.
    pub const fn cure(self) -> Option<Said> {
        let (vi, en) = match self {
            Self::NotPaidOnline => (
                "Hướng dẫn thanh toán trực tuyến trước khi trả kết quả",
                "Have it paid online before the result is handed out",
            ),
            Self::NoElectronicResult => (
                "Ký số và cấp kết quả điện tử",
                "Issue the electronic result",
            ),
            Self::NotDigitised => (
                "Số hóa giấy tờ và cấp kết quả điện tử",
                "Digitise the papers and issue the electronic result",
            ),
            Self::AtRisk => ("Giải quyết trước ngày hẹn trả", "Settle it by its due date"),
            Self::PetitionUnsatisfied | Self::PetitionRepeated => (
                "Trả lời lại và xác nhận với người phản ánh",
                "Answer again and ask the person",
            ),
            _ => return None,
        };
        Some(Said { vi, en })
    }
}

/// A case: a dossier in a period.
pub struct Case<'a> {
    /// It.
    pub dossier: &'a Dossier,
    /// What it is at the end of the period.
    pub state: &'a DossierState<'a>,
    /// What it is reckoned by.
    pub rules: &'a Rules,
    /// Begin of the period.
    pub from: EventTime,
    /// Its end, or now where that comes first.
    pub to: EventTime,
    /// Somebody rated it as unsatisfying.
    pub is_disliked: bool,
    /// There is a petition about it.
    pub has_petition: bool,
}

/// What a dossier's events say that indicators ask for.
#[derive(Default)]
struct Told {
    e_result: Option<bool>,
    is_digitised: bool,
    reused: bool,
    from_store: bool,
    paid_online: bool,
    /// Every payment that is known is of 0 đồng.
    is_free: Option<bool>,
}

impl Case<'_> {
    fn told(&self) -> Told {
        let mut told = Told::default();
        for mark in self.dossier.marks.before(self.to) {
            match &mark.what {
                E::Digitised(parts) => {
                    told.is_digitised = true;
                    let parts = parts.as_deref();
                    told.reused |= parts.and_then(|p| p.reused).is_some_and(|n| n > 0);
                    told.from_store |= parts.and_then(|p| p.from_store).is_some_and(|n| n > 0);
                }
                E::Resolved(settlement) => told.e_result = settlement.e_result.or(told.e_result),
                E::Paid(payment) => {
                    let payment = payment.as_deref();
                    let method = payment.and_then(|p| p.method);
                    told.paid_online |= method == Some(PaymentMethod::Online);
                    let amount = payment.and_then(|p| p.amount_vnd);
                    let is_zero = amount.map(|amount| amount <= 0.0);
                    told.is_free = match (told.is_free, is_zero) {
                        (Some(before), Some(now)) => Some(before && now),
                        (before, now) => before.or(now),
                    };
                }
                _ => {}
            }
        }
        told
    }

    fn is_within(&self, t: Option<EventTime>) -> bool {
        t.is_some_and(|t| self.from <= t && t < self.to)
    }

    /// The verdict on the period's progress, with whether a due date was known.
    fn progress(&self) -> Option<(Verdict, bool)> {
        let state = self.state;
        let asks_twice = state.second_request.is_some();
        let known = state.due.is_some();
        let verdict = match state.stage {
            Stage::Open => {
                // What awaits a supplement ended when it was asked for.
                let late = match self.awaits_supplement_since() {
                    Some(asked) => self.dossier.at(asked, self.rules).is_overdue(asked),
                    None => state.is_overdue(self.to),
                };
                match (asks_twice, late) {
                    (true, _) => Verdict::Bad(Loss::AskedTwice),
                    (false, true) => Verdict::Bad(Loss::OpenLate),
                    (false, false) => Verdict::Good,
                }
            }
            Stage::Resolved | Stage::Stopped | Stage::Withdrawn
                if self.is_within(state.ended)
                    && (state.stage == Stage::Resolved || state.accepted.is_some()) =>
            {
                let late = state.is_overdue(self.to);
                match (asks_twice, late, state.stage) {
                    (true, ..) => Verdict::Bad(Loss::AskedTwice),
                    (false, true, Stage::Resolved) => Verdict::Bad(Loss::SettledLate),
                    (false, true, _) => Verdict::Bad(Loss::EndedLate),
                    _ => Verdict::Good,
                }
            }
            _ => return None,
        };
        Some((verdict, known))
    }

    fn awaits_supplement_since(&self) -> Option<EventTime> {
        let mut since = None;
        for mark in self.dossier.marks.before(self.to) {
            match mark.what {
                E::SupplementRequested(_) => since = since.or(Some(mark.time)),
                E::Supplemented(_) => since = None,
                _ => {}
            }
        }
        since
    }

    /// What each indicator of dossiers says of it, with whether what it asks for was reported.
    pub fn verdicts(&self, mut each: impl FnMut(Formula, Verdict, bool)) {
        let state = self.state;
        if let Some((verdict, known)) = self.progress() {
            each(Formula::SettledOnTime, verdict, known);
        }
        let told = self.told();
        let filing = state.filing;
        let mut say = |formula, is_good, loss, known| {
            let verdict = if is_good {
                Verdict::Good
            } else {
                Verdict::Bad(loss)
            };
            each(formula, verdict, known);
        };
        if self.is_within(state.accepted) {
            let channel = filing.and_then(|f| f.channel);
            let is_online = channel == Some(DossierChannel::Online);
            // A result that is due on paper has to be there electronically, once there is one.
            let wants_result =
                state.procedure.gives_paper == Some(true) && state.stage == Stage::Resolved;
            let is_whole = !wants_result || told.e_result == Some(true);
            let known = channel.is_some();
            say(
                Formula::FiledOnline,
                is_online && is_whole,
                Loss::NotOnline,
                known,
            );
            if state.procedure.online == Some(Online::Full) {
                say(Formula::FullOnline, is_online, Loss::NotOnline, known);
            }
            let has_fee = filing.and_then(|f| f.has_fee).or(state.procedure.has_fee);
            if has_fee == Some(true) && told.is_free != Some(true) {
                say(
                    Formula::PaidOnline,
                    told.paid_online,
                    Loss::NotPaidOnline,
                    true,
                );
            }
            let known = told.is_digitised;
            say(Formula::Reused, told.reused, Loss::NotReused, known);
            say(
                Formula::FromStore,
                told.from_store,
                Loss::NotFromStore,
                known,
            );
            let account = filing.and_then(|f| f.verified_account);
            let uses_population = account == Some(true) || told.from_store;
            say(
                Formula::PopulationDossiers,
                uses_population,
                Loss::NotPopulation,
                account.is_some(),
            );
        }
        if state.stage == Stage::Resolved && self.is_within(state.ended) {
            let (has_result, known) = (told.e_result == Some(true), told.e_result.is_some());
            if state.procedure.gives_paper != Some(false) {
                say(
                    Formula::EResult,
                    has_result,
                    Loss::NoElectronicResult,
                    known,
                );
            }
            let is_whole = told.is_digitised && has_result;
            say(
                Formula::DigitisedWithResult,
                is_whole,
                Loss::NotDigitised,
                known,
            );
            let late = matches!(self.progress(), Some((Verdict::Bad(_), _)));
            let loss = match (self.is_disliked, self.has_petition) {
                (true, _) => Loss::Disliked,
                (false, true) => Loss::HasPetition,
                (false, false) => Loss::Late,
            };
            let is_good = !self.is_disliked && !self.has_petition && !late;
            say(Formula::DossiersSatisfied, is_good, loss, true);
        }
    }

    /// Due before an instant and in time until now: what would be lost by then if nothing were done.
    pub fn is_at_risk(&self, until: EventTime) -> bool {
        let is_good = matches!(self.progress(), Some((Verdict::Good, _)));
        let is_running = self.state.stage == Stage::Open && !self.state.paused;
        is_good && is_running && self.state.due.is_some_and(|due| due < until)
    }

    /// The procedure was used online, paid for online, or with the population database.
    pub fn uses(&self) -> Uses {
        let told = self.told();
        let filing = self.state.filing;
        Uses {
            online: filing.is_some_and(|f| f.channel == Some(DossierChannel::Online)),
            paid_online: told.paid_online,
            population: told.from_store || filing.is_some_and(|f| f.verified_account == Some(true)),
        }
    }
}

/// How a procedure was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uses {
    /// A dossier was filed online.
    pub online: bool,
    /// A fee was paid online.
    pub paid_online: bool,
    /// The population database was used.
    pub population: bool,
}

impl std::ops::BitOrAssign for Uses {
    fn bitor_assign(&mut self, other: Self) {
        self.online |= other.online;
        self.paid_online |= other.paid_online;
        self.population |= other.population;
    }
}

/// What the two indicators of petitions say of one, where it counts in a period.
pub fn petition(
    state: &PetitionState<'_>,
    is_repeated: bool,
    from: EventTime,
    to: EventTime,
) -> Option<[(Formula, Verdict); 2]> {
    state.received?;
    if state.answered.is_some_and(|answered| answered < from) {
        return None;
    }
    let late = state.is_overdue(to).then_some(match state.answered {
        Some(_) => Loss::PetitionLate,
        None => Loss::PetitionOpenLate,
    });
    let unsatisfied = (state.satisfied == Some(false)).then_some(Loss::PetitionUnsatisfied);
    let repeated = is_repeated.then_some(Loss::PetitionRepeated);
    let verdict = |loss: Option<Loss>| loss.map_or(Verdict::Good, Verdict::Bad);
    Some([
        (Formula::PetitionsOnTime, verdict(late)),
        (
            Formula::PetitionsSatisfied,
            verdict(unsatisfied.or(repeated).or(late)),
        ),
    ])
}
