//! Whom a paper is for: who receives it, and what it leaves out for them.

/// A reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reader {
    /// The city's People's Committee: everything.
    #[default]
    City,
    /// The Government Office: results, difficulties and proposals (scheme L2214–2232); no tasks of the city's own.
    GovernmentOffice,
    /// The People's Council: results, difficulties and what is done about them (scheme L2284–2288); nothing to decide, since it
    /// supervises.
    Council,
}

impl Reader {
    /// Of its word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "city" => Some(Self::City),
            "government-office" => Some(Self::GovernmentOffice),
            "council" => Some(Self::Council),
            _ => None,
        }
    }

    /// It is shown the plans' tasks.
    pub(super) const fn sees_tasks(self) -> bool {
        !matches!(self, Self::GovernmentOffice)
    }

    /// The lines under *Nơi nhận*, Vietnamese and English.
    pub(super) const fn recipients(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::City => &[
                (
                    "- Chủ tịch, các Phó Chủ tịch UBND Thành phố (để báo cáo);",
                    "- The Chairman and Deputy Chairmen of the city's People's Committee (to report);",
                ),
                ("- Lãnh đạo Trung tâm;", "- The Center's leadership;"),
                (
                    "- Các chi nhánh, điểm tiếp nhận (để thực hiện);",
                    "- Branches and reception points (to act);",
                ),
                (
                    "- Lưu: VT, Phòng Kiểm tra - Giám sát.",
                    "- Filed: records office, Inspection and Supervision division.",
                ),
            ],
            Self::GovernmentOffice => &[
                (
                    "- Văn phòng Chính phủ (Cục Kiểm soát TTHC);",
                    "- The Government Office (administrative procedure control);",
                ),
                (
                    "- UBND Thành phố (để báo cáo);",
                    "- The city's People's Committee (to report);",
                ),
                (
                    "- Lưu: VT, Phòng Kiểm tra - Giám sát.",
                    "- Filed: records office, Inspection and Supervision division.",
                ),
            ],
            Self::Council => &[
                (
                    "- Thường trực HĐND Thành phố;",
                    "- The Standing Board of the city's People's Council;",
                ),
                (
                    "- UBND Thành phố (để báo cáo);",
                    "- The city's People's Committee (to report);",
                ),
                (
                    "- Lưu: VT, Phòng Kiểm tra - Giám sát.",
                    "- Filed: records office, Inspection and Supervision division.",
                ),
            ],
        }
    }
}
