//! What a timeline says, in both languages of the interface: what holds in a span, and how odd histories are read.

use serde::Serialize;

/// A sentence in both languages of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Said {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// What holds of a dossier's clock in a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Filed and not validly received: the clock does not run.
    AwaitingReception,
    /// The clock runs, before the due date.
    Running,
    /// The clock runs, past the due date.
    Overdue,
    /// A supplement is awaited: the clock stands.
    AwaitingSupplement,
    /// On its way to another agency, for a procedure whose clock stands then.
    InTransit,
    /// Suspended: the clock stands.
    Suspended,
    /// Settled, and not handed over yet: no lateness of the agency's.
    AwaitingCollection,
    /// Handed over, or ended without settlement.
    Over,
}

impl Phase {
    /// The rule by which a span of it begins (the event contract, *Clocks and rules of reading*; domain rules §3.2).
    pub const fn rule(self) -> Said {
        match self {
            Self::AwaitingReception => Said {
                vi: "Đã nộp, chưa được tiếp nhận hợp lệ: thời hạn giải quyết chưa tính.",
                en: "Filed and not yet validly received: the time for settlement does not run.",
            },
            Self::Running => Said {
                vi: "Thời hạn giải quyết tính theo giờ làm việc từ khi tiếp nhận hợp lệ, không kể thời gian tạm dừng.",
                en: "The time for settlement runs in working hours from valid reception, less stopped spans.",
            },
            Self::Overdue => Said {
                vi: "Đã qua ngày hẹn trả mà chưa có kết quả: hồ sơ quá hạn.",
                en: "The due date has passed without settlement: the dossier is overdue.",
            },
            Self::AwaitingSupplement => Said {
                vi: "Chờ tổ chức, cá nhân bổ sung hồ sơ: thời hạn tạm dừng, ngày hẹn trả lùi tương ứng.",
                en: "A supplement is awaited: the clock stands, and the due date moves by as much.",
            },
            Self::InTransit => Said {
                vi: "Hồ sơ đang luân chuyển đến cơ quan khác; theo quy tắc của thủ tục này thời hạn tạm dừng.",
                en: "On its way to another agency: by this procedure's rule the clock stands.",
            },
            Self::Suspended => Said {
                vi: "Tạm dừng giải quyết (ví dụ chờ thực hiện nghĩa vụ tài chính): thời hạn không tính.",
                en: "Suspended, for instance while a fee or tax is open: the clock stands.",
            },
            Self::AwaitingCollection => Said {
                vi: "Đã có kết quả, chờ trả cho tổ chức, cá nhân: không tính là chậm.",
                en: "Settled and waiting to be collected: this is not lateness.",
            },
            Self::Over => Said {
                vi: "Đã kết thúc.",
                en: "Ended.",
            },
        }
    }

    /// True where the time for settlement runs.
    pub const fn runs(self) -> bool {
        matches!(self, Self::Running | Self::Overdue)
    }
}

/// Something in a dossier's events that is not as it should be, and how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// No event says what was filed.
    NoFiling,
    /// Settled without a reception.
    NoReception,
    /// Received more than once.
    ReceivedTwice,
    /// Received before it was filed.
    ReceivedBeforeFiled,
    /// Something happened to it before it was filed or received.
    BeforeReception,
    /// A due date before the reception.
    DueBeforeReception,
    /// Open without a due date.
    NoDueDate,
    /// A second supplement was asked for.
    SupplementTwice,
    /// A supplement came that nobody had asked for.
    SupplementUnasked,
    /// Something other than handing over, paying or digitising after its end.
    AfterEnd,
    /// Ended more than once.
    EndedTwice,
    /// Settled before it was received.
    SettledBeforeReception,
}

impl Remark {
    /// All, in order.
    pub const ALL: [Self; 12] = [
        Self::NoFiling,
        Self::NoReception,
        Self::ReceivedTwice,
        Self::ReceivedBeforeFiled,
        Self::BeforeReception,
        Self::DueBeforeReception,
        Self::NoDueDate,
        Self::SupplementTwice,
        Self::SupplementUnasked,
        Self::AfterEnd,
        Self::EndedTwice,
        Self::SettledBeforeReception,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoFiling => "no_filing",
            Self::NoReception => "no_reception",
            Self::ReceivedTwice => "received_twice",
            Self::ReceivedBeforeFiled => "received_before_filed",
            Self::BeforeReception => "before_reception",
            Self::DueBeforeReception => "due_before_reception",
            Self::NoDueDate => "no_due_date",
            Self::SupplementTwice => "supplement_twice",
            Self::SupplementUnasked => "supplement_unasked",
            Self::AfterEnd => "after_end",
            Self::EndedTwice => "ended_twice",
            Self::SettledBeforeReception => "settled_before_reception",
        }
    }

    /// How it is read.
    pub const fn reading(self) -> Said {
        match self {
            Self::NoFiling => Said {
                vi: "Không có sự kiện nộp hồ sơ: chưa biết thủ tục, nơi tiếp nhận và cơ quan giải quyết; thời hạn vẫn tính từ khi tiếp nhận.",
                en: "No filing is known: procedure, receiving point and agency are unknown; the clock runs from reception all the same.",
            },
            Self::NoReception => Said {
                vi: "Đã giải quyết nhưng không có sự kiện tiếp nhận: thời gian giải quyết tính từ khi nộp.",
                en: "Settled without a reception: its time is counted from filing.",
            },
            Self::ReceivedTwice => Said {
                vi: "Tiếp nhận nhiều lần: lần sau cùng được tính.",
                en: "Received more than once: the last reception counts.",
            },
            Self::ReceivedBeforeFiled => Said {
                vi: "Thời điểm tiếp nhận trước thời điểm nộp: thời hạn tính từ khi tiếp nhận.",
                en: "Received before it was filed: the clock runs from reception.",
            },
            Self::BeforeReception => Said {
                vi: "Có bước xử lý trước khi tiếp nhận: bước đó được giữ, không tính vào thời hạn.",
                en: "Steps before reception: they are kept, and count nothing.",
            },
            Self::DueBeforeReception => Said {
                vi: "Ngày hẹn trả trước ngày tiếp nhận: hồ sơ quá hạn ngay khi tiếp nhận; đề nghị đơn vị kiểm tra lại.",
                en: "The due date lies before the reception: overdue at once; the unit is asked to check it.",
            },
            Self::NoDueDate => Said {
                vi: "Chưa có ngày hẹn trả và thủ tục chưa có thời hạn để tính: tính là trong hạn và đếm riêng.",
                en: "No due date, and no limit from which it could be computed: counted as in time, and counted apart.",
            },
            Self::SupplementTwice => Said {
                vi: "Yêu cầu bổ sung từ hai lần trở lên: quy định chỉ cho phép một lần; thời gian chờ vẫn được trừ.",
                en: "A second supplement was asked for, and one is allowed: the waiting is taken off all the same.",
            },
            Self::SupplementUnasked => Said {
                vi: "Có bổ sung nhưng không có yêu cầu: không thay đổi thời hạn.",
                en: "A supplement came that nobody had asked for: it changes no clock.",
            },
            Self::AfterEnd => Said {
                vi: "Có bước xử lý sau khi kết thúc: bước đó được giữ, kết quả kết thúc không đổi.",
                en: "Steps after the end: they are kept, and the end stands.",
            },
            Self::EndedTwice => Said {
                vi: "Kết thúc nhiều lần: lần sau cùng được tính; mọi lần đều được giữ.",
                en: "Ended more than once: the last counts, and all are kept.",
            },
            Self::SettledBeforeReception => Said {
                vi: "Kết thúc trước khi tiếp nhận: đồng hồ sai, không có thời gian giải quyết.",
                en: "Settled before it was received: a clock's error; it has no time of settlement.",
            },
        }
    }
}
