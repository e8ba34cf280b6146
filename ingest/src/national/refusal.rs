//! Why a message or a record was not taken, and what to say of one that was.
//!
//! The sentences are for the person who mends the sender, in Vietnamese; none holds anything of the message but the
//! name of a field. Codes are numbers other than 0, as the protocol's clients compare them as numbers: a word would read as
//! 0, success. They keep off 3 and -3, by which the portal says "already exists".

use std::fmt;

/// Why nothing of a message can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON.
    Json {
        /// The line of the fault.
        line: usize,
        /// The column of the fault.
        column: usize,
    },
    /// JSON, and not an object with each member once.
    Shape,
    /// A service that is not known here.
    Service,
    /// No `madonvi`, or not in an identifier's form.
    Unit,
    /// `data` is not a list.
    Data,
}

impl Fault {
    /// True when the body was not a message at all.
    pub const fn is_unreadable(&self) -> bool {
        matches!(self, Self::Json { .. } | Self::Shape)
    }

    /// The `error_code`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json { .. } | Self::Shape => "100",
            Self::Service => "101",
            Self::Unit => "102",
            Self::Data => "103",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column } => write!(
                f,
                "Nội dung không phải JSON hợp lệ (dòng {line}, cột {column}): hãy sửa rồi gửi lại"
            ),
            Self::Shape => f.write_str(
                "Nội dung phải là một đối tượng JSON {session, madonvi, service, isUpdating, data}, mỗi trường một lần: hãy sửa rồi gửi lại",
            ),
            Self::Service => f.write_str(
                "service phải là DongBoHoSoMC hoặc CapNhatTienDoHoSoMC: hãy sửa rồi gửi lại",
            ),
            Self::Unit => f.write_str(
                "madonvi trống hoặc sai dạng: hãy điền mã định danh của đơn vị gửi, ví dụ 000.00.01.H26, rồi gửi lại",
            ),
            Self::Data => f.write_str("data phải là danh sách các bản ghi: hãy sửa rồi gửi lại"),
        }
    }
}

impl std::error::Error for Fault {}

/// Why nothing of a record was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Not an object, or with a member twice, or with a list of something else.
    Shape,
    /// `MaHoSo` is absent or not an identifier.
    Dossier,
    /// A required field is absent.
    Missing(&'static str),
    /// A field is not a time.
    Moment(&'static str),
    /// A field's word is not in the mapping.
    Unmapped(&'static str),
    /// A field has not its form.
    Form(&'static str),
}

impl Refusal {
    /// The `error_code`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Shape => "201",
            Self::Dossier => "202",
            Self::Missing(_) => "203",
            Self::Moment(_) => "204",
            Self::Unmapped(_) => "205",
            Self::Form(_) => "206",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => f.write_str(
                "Bản ghi phải là một đối tượng JSON, mỗi trường một lần, danh sách gồm các đối tượng: hãy sửa rồi gửi lại",
            ),
            Self::Dossier => f.write_str(
                "MaHoSo trống hoặc sai dạng (1 đến 64 ký tự A-Z a-z 0-9 . _ : / -): hãy sửa rồi gửi lại",
            ),
            Self::Missing(field) => write!(f, "Thiếu {field}: hãy điền rồi gửi lại"),
            Self::Moment(field) => write!(
                f,
                "{field} không phải thời điểm dạng yyyyMMddHHmmss theo giờ Việt Nam: hãy sửa rồi gửi lại"
            ),
            Self::Unmapped(field) => write!(
                f,
                "{field} có giá trị chưa có trong bảng ánh xạ của đơn vị gửi: hãy kiểm tra giá trị, hoặc đề nghị người vận hành bổ sung national.toml, rồi gửi lại"
            ),
            Self::Form(field) => write!(
                f,
                "{field} sai dạng: hãy gửi mã theo danh mục quốc gia, không quá 64 ký tự, không dấu, không khoảng trắng"
            ),
        }
    }
}

/// What is to be said of a record that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note {
    /// The status says that something happened, and this field does not say when.
    Undated(&'static str),
    /// This field's word is not in the mapping; it was left out.
    LeftOut(&'static str),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undated(field) => write!(
                f,
                "chưa rõ thời điểm của trạng thái: hãy điền {field} hoặc gửi CapNhatTienDoHoSoMC"
            ),
            Self::LeftOut(field) => {
                write!(f, "{field} có giá trị chưa có trong bảng ánh xạ nên bỏ qua")
            }
        }
    }
}
